// SPDX-License-Identifier: Apache-2.0
#include "user/config/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* All of it, up to the bound: one byte more is too much. Pipes are fine. */
static int read_all(int fd, char **text, size_t *len, struct err *e)
{
	size_t room = 0;
	ssize_t n;
	char *more;

	*text = NULL;
	*len = 0;
	for (;;) {
		if (*len == room) {
			room = room ? room * 2 : 65536;
			more = realloc(*text, room);
			if (!more)
				return err_set(e, -ENOMEM, "out of memory");
			*text = more;
		}
		n = read(fd, *text + *len, room - *len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_set(e, -errno, "cannot read: %s", strerror(errno));
		if (n == 0)
			return 0;
		*len += (size_t)n;
		if (*len > LEX_FILE_MAX)
			return err_set(e, -EFBIG, "larger than %d bytes: not a configuration",
				       LEX_FILE_MAX);
	}
}

static int open_file(const char *path, struct stat *st, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return err_set(e, -errno, "cannot open: %s", strerror(errno));
	if (fstat(fd, st) || S_ISDIR(st->st_mode)) {
		close(fd);
		return err_set(e, -EISDIR, "cannot read: it is a directory");
	}
	if (S_ISREG(st->st_mode) && st->st_size > LEX_FILE_MAX) {
		close(fd);
		return err_set(e, -EFBIG, "larger than %d bytes: not a configuration", LEX_FILE_MAX);
	}
	return fd;
}

int file_read(const char *path, char **text, size_t *len, struct err *e)
{
	struct stat st;
	int fd = open_file(path, &st, e), ret;

	*text = NULL;
	*len = 0;
	if (fd < 0)
		return fd;
	ret = read_all(fd, text, len, e);
	close(fd);
	return ret;
}

static void warn_readable(const struct load *l, const struct stat *st)
{
	if (l->first_secret && S_ISREG(st->st_mode) && st->st_mode & S_IROTH)
		diag_add(l->diags, DIAG_WARNING, l->first_secret,
			 "the file is readable by everyone and holds a key: chmod 600");
}

int file_load(const char *path, const struct master_store *keys, struct tree *t, struct diags *d,
	      struct err *e)
{
	const struct grammar *g;
	struct load l;
	struct stat st;
	char *text = NULL;
	size_t len = 0;
	int fd, ret;

	*d = (struct diags){};
	ret = tree_init(t);
	if (ret)
		return err_set(e, ret, "out of memory");
	g = grammar_get(e);
	if (!g)
		return e->code;
	fd = open_file(path, &st, e);
	if (fd < 0)
		return fd;
	ret = read_all(fd, &text, &len, e);
	close(fd);
	if (!ret) {
		load_init(&l, g, t, d);
		if (keys) {
			l.type6 = keys->t6;
			l.type6_unreadable = keys->unreadable;
		}
		load_text(&l, text, len);
		warn_readable(&l, &st);
		diag_sort(d);
		load_fini(&l);
	}
	if (text)
		explicit_bzero(text, len);
	free(text);
	return ret;
}

/* Not being root is no fault of the configuration; a key that others may read is one to mend. */
static void note_master_key(struct diags *d, int ret, const struct err *e)
{
	if (ret == -EACCES)
		diag_add(d, DIAG_NOTICE, 0, "%s: type 6 keys are not checked", e->text);
	else if (ret)
		diag_add(d, DIAG_WARNING, 0, "%s", e->text);
}

int file_check(const char *path, const char *master_key, FILE *out)
{
	struct master_store keys;
	struct err e = {}, no_key = {};
	struct diags d;
	struct tree t;
	int status = 1, ret = master_store_open(&keys, master_key, &no_key);

	if (file_load(path, &keys, &t, &d, &e))
		diag_add(&d, DIAG_ERROR, 0, "%s", e.text);
	else
		note_master_key(&d, ret, &no_key);
	diag_sort(&d);
	diag_print(&d, path, out);
	if (!d.count[DIAG_ERROR])
		status = 0;
	diag_fini(&d);
	tree_fini(&t);
	master_store_close(&keys);
	return status;
}
