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
static char path[64];

static int setup(void **state)
{
	return mkdtemp(dir) ? snprintf(path, sizeof(path), "%s/c", dir) < 0 : -1;
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

	assert_int_equal(file_check(file, f), status);
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
		cmocka_unit_test(test_file_that_is_none),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
