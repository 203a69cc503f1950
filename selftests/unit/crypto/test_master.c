// SPDX-License-Identifier: Apache-2.0
/* The master key in its file: whole or not at all, and only if nobody else reads it (R-PSK6-8). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/crypto/master.h"

static char dir[] = "/tmp/xipsec-master-XXXXXX";
static char path[48], other[64];

static int setup(void **state)
{
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/master-key", dir);
	snprintf(other, sizeof(other), "%s/other", dir);
	return 0;
}

static int teardown(void **state)
{
	unlink(path);
	unlink(other);
	return rmdir(dir);
}

static int count_random(void *ctx, void *buf, size_t len)
{
	static uint8_t n;

	memset(buf, ++n, len);
	return 0;
}

static int no_random(void *ctx, void *buf, size_t len)
{
	return -EIO;
}

static const struct env env = { .random = count_random };

static struct type6 *make(const char *text)
{
	struct err e = {};
	struct type6 *t = master_change(NULL, text, &env, &e);

	assert_non_null(t);
	return t;
}

static void save(const struct type6 *t)
{
	struct err e = {};

	if (master_save(path, t, &e))
		fail_msg("%s", e.text);
}

static struct type6 *load(void)
{
	struct type6 *t = NULL;
	struct err e = {};

	if (master_load(path, &t, &e))
		fail_msg("%s", e.text);
	return t;
}

static void expect_refused(const char *file, int code, const char *says)
{
	struct type6 *t = NULL;
	struct err e = {};

	assert_int_equal(master_load(file, &t, &e), code);
	assert_null(t);
	if (!strstr(e.text, says) || strncmp(e.text, file, strlen(file)))
		fail_msg("\"%s\" does not say \"%s\"", e.text, says);
}

static char *read_text(const char *file)
{
	static char text[MASTER_FILE_MAX];
	int fd = open(file, O_RDONLY);
	ssize_t n = read(fd, text, sizeof(text) - 1);

	assert_true(n >= 0);
	text[n] = '\0';
	close(fd);
	return text;
}

static void put(const char *file, const char *text, size_t len, mode_t mode)
{
	int fd;

	unlink(file);
	fd = open(file, O_WRONLY | O_CREAT | O_EXCL, 0600);
	assert_int_equal(write(fd, text, len), (ssize_t)len);
	fchmod(fd, mode);
	close(fd);
}

static void test_master_round_trip(void **state)
{
	struct type6 *t = make("testkey 123"), *back;
	char str[TYPE6_STR_MAX], clear[TYPE6_TEXT_MAX + 1];
	struct stat st;
	bool old;

	save(t);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_null(strstr(read_text(path), "testkey"));
	back = load();
	assert_true(master_is(back, "testkey 123"));
	assert_false(master_is(back, "testkey 124"));
	assert_false(master_is(back, "testkey 12"));
	assert_false(master_is(back, ""));
	assert_int_equal(type6_seal(t, "cisco", str), TYPE6_OK);
	assert_int_equal(type6_open(back, str, clear, &old), TYPE6_OK);
	assert_string_equal(clear, "cisco");
	assert_false(old);
	type6_free(t);
	type6_free(back);
}

/* docs/type6.md has this one; Python's hashlib and cryptography made it. */
static void test_master_known_answer(void **state)
{
	static const char file[] = "xipsec-master-key 1\n"
				   "key EREREREREREREREREREREQ dGVzdGtleSAxMjM\nend\n";
	char clear[TYPE6_TEXT_MAX + 1], str[TYPE6_STR_MAX];
	struct type6 *t;

	put(path, file, strlen(file), 0600);
	t = load();
	assert_int_equal(type6_open(t, "x1EREREREREREREREREREREY7P9uM7SKIcIeIOiuJzCR8Be1ZLsH7eu-NfhJIeVho-8uEB",
				    clear, NULL), TYPE6_OK);
	assert_string_equal(clear, "cisco");
	type6_seal(t, "cisco", str);
	assert_string_equal(str, "x1EREREREREREREREREREREY7P9uM7SKIcIeIOiuJzCR8Be1ZLsH7eu-NfhJIeVho-8uEB");
	save(t);
	assert_string_equal(read_text(path), file);
	type6_free(t);
}

static void test_master_change_and_settle(void **state)
{
	static const char *const texts[] = { "the first", "the second", "the third", "the fourth",
					     "the fifth" };
	struct type6 *t = make(texts[0]), *next;
	char str[5][TYPE6_STR_MAX], clear[TYPE6_TEXT_MAX + 1];
	const struct type6_master *gen;
	struct master_store s;
	unsigned int n, i;
	bool old;

	type6_seal(t, "cisco", str[0]);
	for (i = 1; i < 5; i++) {
		next = master_change(t, texts[i], &env, NULL);
		type6_free(t);
		save(next);
		type6_free(next);
		t = load();
		assert_true(master_is(t, texts[i]));
		type6_seal(t, "cisco", str[i]);
	}
	gen = type6_masters(t, &n);
	assert_int_equal(n, 1 + TYPE6_OLD_MAX);
	assert_memory_not_equal(gen[0].salt, gen[1].salt, TYPE6_SALT);
	for (i = 0; i < 5; i++) {
		assert_int_equal(type6_open(t, str[i], clear, &old),
				 i ? TYPE6_OK : TYPE6_MISMATCH);	/* the first is forgotten */
		assert_int_equal(old, i < 4);
	}
	/* The one in use again is no change. */
	next = master_change(t, texts[4], &env, NULL);
	type6_masters(next, &n);
	assert_int_equal(n, 1 + TYPE6_OLD_MAX);
	assert_memory_equal(type6_masters(next, &n)->salt, gen[0].salt, TYPE6_SALT);
	type6_free(next);
	type6_free(t);
	assert_int_equal(master_store_open(&s, path, NULL), 0);
	assert_int_equal(master_store_settle(&s, NULL), 0);
	assert_int_equal(type6_open(s.t6, str[3], clear, NULL), TYPE6_MISMATCH);
	master_store_close(&s);
	t = load();
	type6_masters(t, &n);
	assert_int_equal(n, 1);
	assert_int_equal(type6_open(t, str[4], clear, NULL), TYPE6_OK);
	assert_int_equal(type6_open(t, str[3], clear, NULL), TYPE6_MISMATCH);
	type6_free(t);
}

static void test_master_refuses_bad_ones(void **state)
{
	static const struct env broken = { .random = no_random };
	struct err e = {};

	assert_null(master_change(NULL, "1234567", &env, &e));
	assert_non_null(strstr(e.text, "at least 8"));
	assert_null(master_change(NULL, "12345678", &broken, &e));
	assert_non_null(strstr(e.text, "random"));
}

static void test_master_file_must_be_ours(void **state)
{
	struct type6 *t = make("testkey 123");
	static const mode_t modes[] = { 0640, 0604, 0620, 0602, 0610, 0601, 0644 };
	struct err e = {};
	size_t i;

	unlink(path);
	expect_refused(path, -ENOENT, "No such file");
	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		save(t);
		chmod(path, modes[i]);
		expect_refused(path, -EPERM, "chmod 600");
	}
	save(t);	/* a new file, and as it should be */
	type6_free(load());
	if (!geteuid()) {
		assert_int_equal(chown(path, 65534, 0), 0);
		expect_refused(path, -EPERM, "owned by user 65534");
		unlink(path);
		save(t);
	}
	assert_int_equal(rename(path, other), 0);
	assert_int_equal(symlink(other, path), 0);
	expect_refused(path, -ELOOP, "symbolic link");
	/* A link is replaced, not followed. */
	save(t);
	assert_int_equal(unlink(other), 0);
	type6_free(load());
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	expect_refused(path, -EPERM, "not a regular file");
	unlink(path);
	expect_refused(dir, -EPERM, "not a regular file");
	assert_int_equal(master_save("/nonexistent/master-key", t, &e), -ENOENT);
	assert_non_null(strstr(e.text, "/nonexistent/master-key"));
	type6_free(t);
}

static void test_master_file_damaged(void **state)
{
	static const char good[] = "xipsec-master-key 1\n"
				   "key EREREREREREREREREREREQ dGVzdGtleSAxMjM\nend\n";
	static const char *const bad[] = {
		"", "\n", "end\n", "xipsec-master-key 1\n", "xipsec-master-key 1\nend\n",
		"xipsec-master-key 1\nkey EREREREREREREREREREREQ dGVzdGtleSAxMjM\n",
		"xipsec-master-key 1\nkey EREREREREREREREREREREQ dGVzdGtleSAxMjM\nend",
		"xipsec-master-key 1\nkey EREREREREREREREREREREQ dGVzdGtleSAxMjM\nend\n\n",
		"xipsec-master-key 1\nkey ERERERERERERERERERER dGVzdGtleSAxMjM\nend\n",
		"xipsec-master-key 1\nkey EREREREREREREREREREREREQ dGVzdGtleSAxMjM\nend\n",
		"xipsec-master-key 1\nkey EREREREREREREREREREREQ dGVzdA\nend\n",
		"xipsec-master-key 1\nkey EREREREREREREREREREREQ dGVzd+tleSAxMjM\nend\n",
		"xipsec-master-key 1\nkey EREREREREREREREREREREQ\nend\n",
		"xipsec-master-key 2\nkey EREREREREREREREREREREQ dGVzdGtleSAxMjM\nend\n",
		"testkey 123\n",
	};
	char text[sizeof(good)], many[4096] = "xipsec-master-key 1\n";
	struct type6 *t;
	struct err e;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		put(path, bad[i], strlen(bad[i]), 0600);
		expect_refused(path, -EBADMSG, strstr(bad[i], "key 2") ? "later version" : "");
	}
	/* Cut off anywhere, a zero anywhere: refused, or another key, never a crash. */
	for (i = 0; i < strlen(good); i++) {
		put(path, good, i, 0600);
		expect_refused(path, -EBADMSG, "");
		memcpy(text, good, sizeof(good));
		text[i] = '\0';
		put(path, text, strlen(good), 0600);
		expect_refused(path, -EBADMSG, "");
	}
	for (i = 0; i < 4; i++)
		strcat(many, "key EREREREREREREREREREREQ dGVzdGtleSAxMjM\n");
	strcat(many, "end\n");
	put(path, many, strlen(many), 0600);
	t = load();
	type6_free(t);
	many[strlen(many) - 4] = '\0';
	strcat(many, "key EREREREREREREREREREREQ dGVzdGtleSAxMjM\nend\n");
	put(path, many, strlen(many), 0600);
	assert_int_equal(master_load(path, &t, &e), -EBADMSG);
	memset(many, 'k', sizeof(many));
	put(path, many, sizeof(many), 0600);
	expect_refused(path, -EBADMSG, "too long");
}

static void test_master_delete(void **state)
{
	struct type6 *t = make("testkey 123");
	struct err e = {};

	save(t);
	snprintf(other, sizeof(other), "%s.new", path);
	put(other, "left by a crash", 15, 0600);
	assert_int_equal(master_delete(path, &e), 0);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(access(other, F_OK), -1);
	assert_int_equal(master_delete(path, &e), 0);
	/* What a crash left is in nobody's way. */
	put(other, "left by a crash", 15, 0644);
	save(t);
	assert_int_equal(access(other, F_OK), -1);
	type6_free(load());
	snprintf(other, sizeof(other), "%s/other", dir);
	type6_free(t);
}

/*
 * Killed before each system call of a change: the file is the old one or the
 * new one, and the new one opens what the old one made.
 */
static void change_and_exit(const char *text)
{
	struct type6 *t = NULL, *next;
	struct err e = {};

	if (master_load(path, &t, &e))
		_exit(1);
	next = master_change(t, text, &env, &e);
	if (ptrace(PTRACE_TRACEME, 0, 0, 0))
		_exit(4);
	raise(SIGSTOP);
	_exit(!next || master_save(path, next, &e) ? 2 : 0);
}

/* true: killed before its system call number `at` (entries and exits); false: it ended. */
static bool kill_at(pid_t pid, unsigned int at)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 4)
		skip();		/* no ptrace here */
	assert_true(WIFSTOPPED(status));
	ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD);
	for (; at; at--) {
		assert_int_equal(ptrace(PTRACE_SYSCALL, pid, 0, 0), 0);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		if (WIFEXITED(status)) {
			assert_int_equal(WEXITSTATUS(status), 0);
			return false;
		}
	}
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return true;
}

static void test_master_crash_leaves_old_or_new(void **state)
{
	char str[TYPE6_STR_MAX], clear[TYPE6_TEXT_MAX + 1];
	struct type6 *t = make("the old one"), *now;
	unsigned int at, was_old = 0, was_new = 0;
	bool killed = true;
	pid_t pid;

	type6_seal(t, "cisco", str);
	for (at = 0; killed; at++) {
		save(t);
		pid = fork();
		if (!pid)
			change_and_exit("the new one");
		killed = kill_at(pid, at);
		now = load();
		if (master_is(now, "the old one"))
			was_old++;
		else
			was_new += master_is(now, "the new one");
		assert_int_equal(was_old + was_new, at + 1);
		if (was_new == 1 || !killed) {
			type6_begin(now, 1);
			assert_int_equal(type6_open(now, str, clear, NULL), TYPE6_OK);
		}
		type6_free(now);
	}
	assert_true(was_old > 5 && was_new > 5);
	snprintf(other, sizeof(other), "%s.new", path);
	unlink(other);
	type6_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_master_round_trip),
		cmocka_unit_test(test_master_known_answer),
		cmocka_unit_test(test_master_change_and_settle),
		cmocka_unit_test(test_master_refuses_bad_ones),
		cmocka_unit_test(test_master_file_must_be_ours),
		cmocka_unit_test(test_master_file_damaged),
		cmocka_unit_test(test_master_delete),
		cmocka_unit_test(test_master_crash_leaves_old_or_new),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
