// SPDX-License-Identifier: Apache-2.0
/* The directory of pins: its lock, what an earlier daemon left in it, its end. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "user/dataplane/bpf_priv.h"

void pin_path(char out[static PIN_PATH_MAX], const char *name)
{
	snprintf(out, PIN_PATH_MAX, "%s/%s", XI_PIN_DIR, name);
}

int pins_lock(struct err *e)
{
	int fd;

	if (mkdir(XI_PIN_DIR, 0700) && errno != EEXIST)
		return err_set(e, -errno, "mkdir %s: %s", XI_PIN_DIR, strerror(errno));
	fd = open(XI_PIN_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_set(e, -errno, "%s: %s", XI_PIN_DIR, strerror(errno));
	if (!flock(fd, LOCK_EX | LOCK_NB))
		return fd;
	close(fd);
	return err_set(e, -EBUSY, "%s: another xipsecd works with these pins (other run directory?)",
		       XI_PIN_DIR);
}

static int map_info(const char *name, struct bpf_map_info *info)
{
	__u32 len = sizeof(*info);
	char path[PIN_PATH_MAX];
	int fd;

	pin_path(path, name);
	fd = bpf_obj_get(path);
	if (fd >= 0 && bpf_obj_get_info_by_fd(fd, info, &len)) {
		close(fd);
		return -errno;
	}
	return fd;
}

bool pins_config(struct xi_config *cfg)
{
	struct bpf_map_info info = {};
	int fd = map_info(XI_MAP_CONFIG, &info);
	__u32 zero = 0;
	bool ours;

	if (fd < 0)
		return false;
	ours = info.value_size == sizeof(*cfg) && !bpf_map_lookup_elem(fd, &zero, cfg) &&
	       cfg->abi == XI_ABI;
	close(fd);
	return ours;
}

__u32 pins_slots(void)
{
	struct bpf_map_info info = {};
	int fd = map_info(XI_MAP_WINDOW, &info);

	if (fd < 0)
		return 0;
	close(fd);
	return info.max_entries;
}

/* Every pin is a file of one directory level; names are ours. */
int pins_remove(struct err *e)
{
	struct dirent *d;
	DIR *dir = opendir(XI_PIN_DIR);
	int ret = 0;

	if (!dir)
		return errno == ENOENT ? 0 : err_set(e, -errno, "%s: %s", XI_PIN_DIR,
						     strerror(errno));
	while ((d = readdir(dir))) {
		if (d->d_name[0] == '.')
			continue;
		if (unlinkat(dirfd(dir), d->d_name, 0))
			ret = err_set(e, -errno, "unlink %s/%s: %s", XI_PIN_DIR, d->d_name,
				      strerror(errno));
	}
	closedir(dir);
	if (!ret && rmdir(XI_PIN_DIR))
		ret = err_set(e, -errno, "rmdir %s: %s", XI_PIN_DIR, strerror(errno));
	return ret;
}
