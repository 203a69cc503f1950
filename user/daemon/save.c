// SPDX-License-Identifier: Apache-2.0
/* The startup configuration, written so that a crash at any point leaves a whole one. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/config/print.h"
#include "user/daemon/gateway.h"
#include "user/lib/log.h"

static int sync_dir(const char *path)
{
	char copy[512];
	int fd, ret;

	snprintf(copy, sizeof(copy), "%s", path);
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ret = fsync(fd) ? -errno : 0;
	close(fd);
	return ret;
}

/* Keys are in it, so nobody else may read it, from its first byte on. */
static int write_new(const struct tree *t, const char *path, struct err *e)
{
	int fd, ret = 0;
	FILE *f;

	if (unlink(path) && errno != ENOENT)
		return err_set(e, -errno, "%s: %s", path, strerror(errno));
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	f = fd < 0 ? NULL : fdopen(fd, "w");
	if (!f) {
		ret = err_set(e, -errno, "%s: %s", path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return ret;
	}
	print_config(t, PRINT_CLEAR, f);
	if (fflush(f) || ferror(f) || fsync(fd))
		ret = err_set(e, errno ? -errno : -EIO, "%s: cannot write: %s", path,
			      strerror(errno ? errno : EIO));
	if (fclose(f) && !ret)
		ret = err_set(e, -errno, "%s: cannot write: %s", path, strerror(errno));
	return ret;
}

/* The file before stays under its name until the new one takes it, and as .bak after that. */
static int keep_old(const char *path, const char *bak, const char *tmp, struct err *e)
{
	if (unlink(tmp) && errno != ENOENT)
		return err_set(e, -errno, "%s: %s", tmp, strerror(errno));
	if (link(path, tmp)) {
		if (errno == ENOENT)
			return 0;
		return err_set(e, -errno, "%s: cannot keep a copy: %s", path, strerror(errno));
	}
	if (rename(tmp, bak))
		return err_set(e, -errno, "%s: %s", bak, strerror(errno));
	return 0;
}

int gateway_save(struct gateway *gw, struct err *e)
{
	char tmp[300], bak[300], bak_tmp[300];
	struct err forget = {};
	int ret;

	if (!gw->running)
		return err_set(e, -EINVAL, "guard mode: there is no configuration to save");
	snprintf(tmp, sizeof(tmp), "%s.new", gw->startup);
	snprintf(bak, sizeof(bak), "%s.bak", gw->startup);
	snprintf(bak_tmp, sizeof(bak_tmp), "%s.bak.new", gw->startup);
	ret = write_new(gw->running, tmp, e);
	if (!ret)
		ret = keep_old(gw->startup, bak, bak_tmp, e);
	if (!ret && rename(tmp, gw->startup))
		ret = err_set(e, -errno, "%s: %s", gw->startup, strerror(errno));
	if (!ret && sync_dir(gw->startup))
		ret = err_set(e, -EIO, "%s: cannot write its folder to disk", gw->startup);
	if (ret)
		unlink(tmp);
	else if (master_store_settle(&gw->master, &forget))
		log_xi(SEV_WARNING, "TYPE6", "the master key before stays in its file: %s", forget.text);
	return ret;
}
