// SPDX-License-Identifier: Apache-2.0
/* `copy running-config startup-config` (R-CFG-3): whole, private, and the one before is kept. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "user/config/file.h"
#include "user/daemon/save.c"

static char dir[64];
static struct gateway gw;

static const char *in_dir(const char *name)
{
	static char path[4][128];
	static unsigned int at;

	at = (at + 1) % 4;
	snprintf(path[at], sizeof(path[at]), "%s/%s", dir, name);
	return path[at];
}

static void configure(const char *text)
{
	struct diags d = {};
	struct load l;

	if (gw.running)
		tree_fini(gw.running);
	free(gw.running);
	gw.running = calloc(1, sizeof(*gw.running));
	assert_int_equal(tree_init(gw.running), 0);
	load_init(&l, grammar_get(NULL), gw.running, &d);
	load_text(&l, text, strlen(text));
	assert_int_equal(d.count[DIAG_ERROR], 0);
	load_fini(&l);
	diag_fini(&d);
}

static int setup(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/xipsec-save-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(gw.startup, sizeof(gw.startup), "%s/startup-config", dir);
	return 0;
}

static int teardown(void **state)
{
	static const char *const names[] = { "startup-config", "startup-config.bak",
					     "startup-config.new", "startup-config.bak.new" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		unlink(in_dir(names[i]));
		rmdir(in_dir(names[i]));
	}
	tree_fini(gw.running);
	free(gw.running);
	gw.running = NULL;
	return rmdir(dir);
}

static bool holds(const char *name, const char *what)
{
	struct err e = {};
	size_t len;
	char *text;
	bool found;

	if (file_read(in_dir(name), &text, &len, &e))
		return false;
	found = memmem(text, len, what, strlen(what));
	free(text);
	return found;
}

static void test_saved_and_kept(void **state)
{
	struct err e = {};
	struct stat st;

	(void)state;
	configure("hostname one\ncrypto isakmp key a-key-of-the-greatest-secrecy address 192.0.2.1\n");
	assert_int_equal(gateway_save(&gw, &e), 0);
	assert_true(holds("startup-config", "hostname one\n"));
	assert_true(holds("startup-config", "a-key-of-the-greatest-secrecy"));
	assert_false(holds("startup-config.bak", ""));
	assert_int_equal(stat(gw.startup, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);

	configure("hostname two\n");
	assert_int_equal(gateway_save(&gw, &e), 0);
	assert_true(holds("startup-config", "hostname two\n"));
	assert_true(holds("startup-config.bak", "hostname one\n"));
	configure("hostname three\n");
	assert_int_equal(gateway_save(&gw, &e), 0);
	assert_true(holds("startup-config.bak", "hostname two\n"));
	assert_int_equal(access(in_dir("startup-config.new"), F_OK), -1);
	assert_int_equal(access(in_dir("startup-config.bak.new"), F_OK), -1);
}

/* What an interrupted save left is no obstacle, and a symbolic link is not followed. */
static void test_leftovers(void **state)
{
	struct err e = {};
	int fd = open(in_dir("startup-config.bak.new"), O_CREAT | O_WRONLY, 0644);

	(void)state;
	close(fd);
	assert_int_equal(symlink("/nowhere/at/all", in_dir("startup-config.new")), 0);
	configure("hostname one\n");
	assert_int_equal(gateway_save(&gw, &e), 0);
	assert_int_equal(gateway_save(&gw, &e), 0);
	assert_true(holds("startup-config", "hostname one\n"));
}

static void test_failure_leaves_the_old(void **state)
{
	struct err e = {};

	(void)state;
	configure("hostname one\n");
	assert_int_equal(gateway_save(&gw, &e), 0);
	configure("hostname two\n");
	assert_int_equal(mkdir(in_dir("startup-config.new"), 0700), 0);
	assert_int_not_equal(gateway_save(&gw, &e), 0);
	assert_non_null(strstr(e.text, "startup-config.new"));
	assert_true(holds("startup-config", "hostname one\n"));
}

int main(void)
{
#define T(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_saved_and_kept),
		T(test_leftovers),
		T(test_failure_leaves_the_old),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
