// SPDX-License-Identifier: Apache-2.0
/* Files of every kind, and what `xipsecd -t` prints of them. */
#include "selftests/unit/config/conf.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/config/file.h"

static char dir[] = "/tmp/xipsec-config-XXXXXX";
static char path[64], master[64];

static int setup(void **state)
{
	return mkdtemp(dir) ? snprintf(path, sizeof(path), "%s/c", dir) < 0 ||
			      snprintf(master, sizeof(master), "%s/master", dir) < 0 : -1;
}

static int teardown(void **state)
{
	unlink(path);
	return rmdir(dir);
}

static void put(const char *text, size_t len, mode_t mode)
{
	int fd;

	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), (ssize_t)len);
	fchmod(fd, mode);
	close(fd);
}

/* What is printed, the file's name replaced by F. */
static char *check(const char *file, int status)
{
	char *text = NULL, *out, *to, *p;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	assert_int_equal(file_check(file, master, f), status);
	fclose(f);
	out = to = calloc(1, len + 1);
	for (p = text; *p;) {
		if (!strncmp(p, file, strlen(file))) {
			*to++ = 'F';
			p += strlen(file);
		} else {
			*to++ = *p++;
		}
	}
	free(text);
	return out;
}

static void test_file_form(void **state)
{
	static const char text[] = "hostname a\nip cef\ncrypto isakmp keepalive\n";
	char *out;

	put(text, strlen(text), 0600);
	out = check(path, 1);
	assert_string_equal(out, "F:2: notice: line ignored (unrelated to IPsec): ip cef\n"
				 "F:3: error: Incomplete command.\n"
				 "    crypto isakmp keepalive\n"
				 "                           ^\n"
				 "F: 1 error, 0 warnings, 1 notice\n");
	free(out);
	put("hostname a\n", 11, 0600);
	out = check(path, 0);
	assert_string_equal(out, "F: 0 errors, 0 warnings, 0 notices\n");
	free(out);
}

static void test_file_that_everyone_reads(void **state)
{
	static const char key[] = "hostname a\ncrypto isakmp key abcdefghijklmnopqrstuvwxyz address 192.0.2.1\n";
	static const char sealed[] = "crypto isakmp key 6 abc address 192.0.2.1\n";
	char *out;

	put(key, strlen(key), 0644);
	out = check(path, 0);
	assert_non_null(strstr(out, "F:2: warning: the file is readable by everyone and holds a key"));
	free(out);
	put(key, strlen(key), 0640);
	out = check(path, 0);
	assert_null(strstr(out, "readable by everyone"));
	free(out);
	put(sealed, strlen(sealed), 0644);
	out = check(path, 0);
	assert_null(strstr(out, "readable by everyone"));
	free(out);
}

static void put_master(const char *text, mode_t mode)
{
	int fd = open(master, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	fchmod(fd, mode);
	close(fd);
}

/* What `-t` says of type 6 keys where there is a master key, another one, none, a bad one. */
static void test_file_with_master_key(void **state)
{
	/* As in docs/type6.md: "testkey 123" and "cisco"; and another master key. */
	static const char sealed[] = "crypto isakmp key 6 "
		"x1EREREREREREREREREREREY7P9uM7SKIcIeIOiuJzCR8Be1ZLsH7eu-NfhJIeVho-8uEB address 192.0.2.1\n";
	static const char right[] = "xipsec-master-key 1\nkey EREREREREREREREREREREQ dGVzdGtleSAxMjM\nend\n";
	static const char wrong[] = "xipsec-master-key 1\nkey EREREREREREREREREREREQ dGVzdGtleSAxMjQ\nend\n";
	static const struct {
		const char *master;
		mode_t mode;
		const char *says, *says_not;
	} rows[] = {
		{ right, 0600, "F: 0 errors, 0 warnings, 1 notice\n", "type 6" },
		{ wrong, 0600, "F:1: warning: ciphertext for 192.0.2.1 is incompatible with the configured master key", "F:0:" },
		{ right, 0644, "F:0: warning: ", "incompatible" },
		{ right, 0644, "chmod 600", "incompatible" },
		{ right, 0644, "F:1: notice: type 6 keys are not checked", "incompatible" },
		{ "damaged", 0600, "not a master key", "incompatible" },
		{ NULL, 0, "F:1: notice: type 6 keys cannot be opened here: there is no master key", "F:0:" },
	};
	char *out;
	size_t i;

	put(sealed, strlen(sealed), 0600);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		unlink(master);
		if (rows[i].master)
			put_master(rows[i].master, rows[i].mode);
		out = check(path, 0);
		if (!strstr(out, rows[i].says) || strstr(out, rows[i].says_not))
			fail_msg("%zu: %s", i, out);
		free(out);
	}
	unlink(master);
}

static void test_file_that_is_none(void **state)
{
	char *out = check("/nonexistent", 1);
	int fd;

	assert_string_equal(out, "F:0: error: cannot open: No such file or directory\n"
				 "F: 1 error, 0 warnings, 0 notices\n");
	free(out);
	out = check(dir, 1);
	assert_non_null(strstr(out, "it is a directory"));
	free(out);
	put("\x7f" "ELF\0\0", 6, 0600);
	out = check(path, 1);
	assert_non_null(strstr(out, "F:1: error: control characters: this is not a configuration"));
	free(out);
	/* 100 MB, with a hole for a body */
	put("", 0, 0600);
	fd = open(path, O_WRONLY);
	assert_int_equal(ftruncate(fd, 100 << 20), 0);
	close(fd);
	out = check(path, 1);
	assert_non_null(strstr(out, "F:0: error: larger than 16777216 bytes"));
	free(out);
	out = check("/dev/zero", 1);
	assert_non_null(strstr(out, "larger than"));
	free(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_file_form),
		cmocka_unit_test(test_file_that_everyone_reads),
		cmocka_unit_test(test_file_with_master_key),
		cmocka_unit_test(test_file_that_is_none),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
