// SPDX-License-Identifier: Apache-2.0
#include "user/crypto/master.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/lib/base64url.h"

#define HEAD	"xipsec-master-key 1\n"
#define TAIL	"end\n"
#define ENTRY	"key "		/* salt, blank, master key */

#define SALT_CHARS	BASE64URL_LEN(TYPE6_SALT)
#define KEY_CHARS	BASE64URL_LEN(SECRET_MAX)
#define ENTRY_MAX	(sizeof(ENTRY) + SALT_CHARS + 1 + KEY_CHARS + 1)

static_assert(sizeof(HEAD) + sizeof(TAIL) + (1 + TYPE6_OLD_MAX) * ENTRY_MAX < MASTER_FILE_MAX,
	      "MASTER_FILE_MAX");

/* --- reading ------------------------------------------------------------------------------- */

/* Never a name: what was looked at is what is read. */
static int judge_file(int fd, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st))
		return err_set(e, -errno, "%s", strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_set(e, -EPERM, "not a regular file");
	if (st.st_uid != 0 && st.st_uid != geteuid())
		return err_set(e, -EPERM, "owned by user %u, not by root", st.st_uid);
	if (st.st_mode & (S_IRWXG | S_IRWXO))
		return err_set(e, -EPERM, "others than its owner may use it: chmod 600");
	if (st.st_size >= MASTER_FILE_MAX)
		return err_set(e, -EBADMSG, "not a master key: too long");
	return 0;
}

static int read_file(int fd, char text[static MASTER_FILE_MAX], struct err *e)
{
	size_t len = 0;
	ssize_t n;

	do {
		n = read(fd, text + len, MASTER_FILE_MAX - 1 - len);
		if (n > 0)
			len += (size_t)n;
	} while (n > 0 || (n < 0 && errno == EINTR));
	if (n < 0)
		return err_set(e, -errno, "%s", strerror(errno));
	text[len] = '\0';
	if (strlen(text) != len)
		return err_set(e, -EBADMSG, "damaged: a zero byte");
	return 0;
}

static bool take(const char **p, const char *what)
{
	size_t len = strlen(what);

	if (strncmp(*p, what, len))
		return false;
	*p += len;
	return true;
}

/* Decodes the characters up to `end`, which is skipped. */
static ssize_t take_bytes(const char **p, char end, uint8_t *out, size_t room)
{
	char word[KEY_CHARS + 1];
	const char *to = strchr(*p, end);
	ssize_t n;

	if (!to || (size_t)(to - *p) >= sizeof(word))
		return -1;
	memcpy(word, *p, (size_t)(to - *p));
	word[to - *p] = '\0';
	*p = to + 1;
	n = base64url_decode(word, out, room);
	explicit_bzero(word, sizeof(word));
	return n;
}

static bool take_master(const char **p, struct type6_master *m)
{
	ssize_t n;

	if (!take(p, ENTRY) || take_bytes(p, ' ', m->salt, TYPE6_SALT) != TYPE6_SALT)
		return false;
	n = take_bytes(p, '\n', m->text.b, sizeof(m->text.b));
	if (n < TYPE6_MASTER_MIN)
		return false;
	m->text.len = (size_t)n;
	return true;
}

static int parse(const char *text, struct type6_master *gen, unsigned int *n, struct err *e)
{
	const char *p = text;

	if (!take(&p, "xipsec-master-key "))
		return err_set(e, -EBADMSG, "not a master key");
	p = text;
	if (!take(&p, HEAD))
		return err_set(e, -EBADMSG, "made by a later version");
	for (*n = 0; *n <= TYPE6_OLD_MAX && take_master(&p, &gen[*n]); (*n)++)
		;
	if (!*n || strcmp(p, TAIL))
		return err_set(e, -EBADMSG, "damaged");
	return 0;
}

int master_load(const char *path, struct type6 **t, struct err *e)
{
	struct type6_master gen[1 + TYPE6_OLD_MAX + 1] = {};
	char text[MASTER_FILE_MAX];
	unsigned int n = 0;
	int fd, ret;

	/* O_NONBLOCK: opening a pipe that somebody left there must not wait. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return err_set(e, -errno, "%s: %s", path,
			       errno == ELOOP ? "a symbolic link: put the file itself there" :
						strerror(errno));
	ret = judge_file(fd, e);
	if (!ret)
		ret = read_file(fd, text, e);
	if (!ret)
		ret = parse(text, gen, &n, e);
	close(fd);
	if (!ret) {
		*t = type6_new(gen, n);
		if (!*t)
			ret = err_set(e, -ENOMEM, "out of memory");
	}
	explicit_bzero(text, sizeof(text));
	explicit_bzero(gen, sizeof(gen));
	if (ret)
		err_prefix(e, "%s", path);
	return ret;
}

int master_store_open(struct master_store *s, const char *path, struct err *e)
{
	int ret;

	*s = (struct master_store){};
	if (strlen(path) >= sizeof(s->path))
		return err_set(e, -ENAMETOOLONG, "%s: a path of more than %zu bytes", path,
			       sizeof(s->path) - 1);
	strcpy(s->path, path);
	ret = master_load(path, &s->t6, e);
	if (ret == -ENOENT)
		return 0;
	s->unreadable = ret;
	return ret;
}

void master_store_close(struct master_store *s)
{
	type6_free(s->t6);
	*s = (struct master_store){};
}

/* --- writing ------------------------------------------------------------------------------- */

static size_t put_entry(const struct type6_master *m, char *to)
{
	char salt[SALT_CHARS + 1], key[KEY_CHARS + 1];
	int n;

	base64url_encode(m->salt, TYPE6_SALT, salt);
	base64url_encode(m->text.b, m->text.len, key);
	n = snprintf(to, ENTRY_MAX, ENTRY "%s %s\n", salt, key);
	explicit_bzero(key, sizeof(key));
	return (size_t)n;
}

static int write_all(int fd, const char *text, size_t len)
{
	ssize_t n;

	while (len) {
		n = write(fd, text, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		text += n;
		len -= (size_t)n;
	}
	return fsync(fd) ? -errno : 0;
}

/* A name that changed is on the disk when its folder is. */
static int sync_folder(const char *path)
{
	char copy[PATH_MAX];
	int fd, ret;

	snprintf(copy, sizeof(copy), "%s", path);
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ret = fsync(fd) ? -errno : 0;
	close(fd);
	return ret;
}

/* One name, not one of many: what a crash leaves is overwritten by the next change. */
static int temporary(const char *path, char name[static PATH_MAX])
{
	int fd;

	if (snprintf(name, PATH_MAX, "%s.new", path) >= PATH_MAX)
		return -ENAMETOOLONG;
	unlink(name);
	fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	return fd < 0 ? -errno : fd;
}

static int replace(const char *path, const char *text, size_t len)
{
	char name[PATH_MAX];
	int fd = temporary(path, name), ret;

	if (fd < 0)
		return fd;
	ret = write_all(fd, text, len);
	close(fd);
	if (!ret && rename(name, path))
		ret = -errno;
	if (ret) {
		unlink(name);
		return ret;
	}
	return sync_folder(path);
}

int master_save(const char *path, const struct type6 *t, struct err *e)
{
	char text[MASTER_FILE_MAX] = HEAD;
	size_t len = strlen(text);
	const struct type6_master *gen;
	unsigned int i, n;
	int ret;

	gen = type6_masters(t, &n);
	for (i = 0; i < n; i++)
		len += put_entry(&gen[i], text + len);
	len += (size_t)snprintf(text + len, sizeof(text) - len, TAIL);
	ret = replace(path, text, len);
	explicit_bzero(text, sizeof(text));
	return ret ? err_set(e, ret, "%s: %s", path, strerror(-ret)) : 0;
}

int master_delete(const char *path, struct err *e)
{
	char name[PATH_MAX];
	int ret = 0;

	if (snprintf(name, sizeof(name), "%s.new", path) < PATH_MAX)
		unlink(name);
	if (unlink(path) && errno != ENOENT)
		ret = -errno;
	else
		ret = sync_folder(path);
	return ret ? err_set(e, ret, "%s: %s", path, strerror(-ret)) : 0;
}

/* --- generations --------------------------------------------------------------------------- */

bool master_is(const struct type6 *t, const char *text)
{
	const struct type6_master *gen;
	struct secret is;
	unsigned int n;
	bool same;

	gen = type6_masters(t, &n);
	same = secret_set(&is, text, strlen(text)) && secret_equal(&is, &gen[0].text);
	secret_wipe(&is);
	return same;
}

struct type6 *master_change(const struct type6 *was, const char *text, const struct env *env,
			    struct err *e)
{
	struct type6_master gen[1 + TYPE6_OLD_MAX] = {};
	const struct type6_master *old = NULL;
	struct type6 *t = NULL;
	unsigned int n = 0;

	if (!type6_master_fits(text, e))
		return NULL;
	if (was)
		old = type6_masters(was, &n);
	if (was && master_is(was, text)) {
		memcpy(gen, old, n * sizeof(*gen));
	} else {
		if (n > TYPE6_OLD_MAX)
			n = TYPE6_OLD_MAX;	/* the oldest goes */
		if (n)
			memcpy(&gen[1], old, n * sizeof(*gen));
		secret_set(&gen[0].text, text, strlen(text));
		n++;
		if (env->random(env->ctx, gen[0].salt, TYPE6_SALT)) {
			err_set(e, -EIO, "no random numbers for the salt");
			goto out;
		}
	}
	t = type6_new(gen, n);
	if (!t)
		err_set(e, -ENOMEM, "out of memory");
out:
	explicit_bzero(gen, sizeof(gen));
	return t;
}

int master_store_settle(struct master_store *s, struct err *e)
{
	struct type6 *t;
	unsigned int n;
	int ret;

	if (!s->t6)
		return 0;
	type6_masters(s->t6, &n);
	if (n == 1)
		return 0;
	t = type6_new(type6_masters(s->t6, &n), 1);
	if (!t)
		return err_set(e, -ENOMEM, "out of memory");
	ret = master_save(s->path, t, e);
	if (ret) {
		type6_free(t);
		return ret;
	}
	type6_free(s->t6);
	s->t6 = t;
	return 0;
}
