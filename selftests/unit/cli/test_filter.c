// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "user/cli/filter.h"

#define TEXT	"interface: eth0\n  replay: 3\n\n  drop: 1\nend\n"

static const struct {
	const char *line, *command, *out;
} rows[] = {
	{ "sh ver", "sh ver", TEXT },
	{ "sh ver | json", "sh ver ", TEXT },
	{ "sh ver | include replay", "sh ver ", "  replay: 3\n" },
	{ "sh ver|i replay|drop", "sh ver", "  replay: 3\n  drop: 1\n" },
	{ "sh ver | INC ^[a-z]+$  ", "sh ver ", "end\n" },
	{ "sh ver | ex :", "sh ver ", "\nend\n" },
	{ "sh ver | begin drop", "sh ver ", "  drop: 1\nend\n" },
	{ "sh ver | count", "sh ver ", "Number of lines = 5\n" },
	{ "sh ver | c :", "sh ver ", "Number of lines which match regexp = 3\n" },
	{ "sh ver | include nothing", "sh ver ", "" },
};

static void test_filter_lines(void **state)
{
	size_t i, len;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *line = strdup(rows[i].line), *text = strdup(TEXT), *got = NULL;
		FILE *out = open_memstream(&got, &len);
		struct filter f;

		assert_int_equal(filter_cut(&f, line, NULL), 0);
		assert_string_equal(line, rows[i].command);
		filter_write(&f, text, out);
		fclose(out);
		assert_string_equal(got, rows[i].out);
		filter_fini(&f);
		free(line);
		free(text);
		free(got);
	}
}

static void test_filter_refuses(void **state)
{
	static const char *const wrong[] = {
		"sh ver |", "sh ver | ", "sh ver | sect", "sh ver | redirect x", "sh ver | include",
		"sh ver | json x", "sh ver | inc (", "sh ver | included x",
	};
	struct filter f;
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		char *line = strdup(wrong[i]);
		struct err e = {};

		assert_int_equal(filter_cut(&f, line, &e), -EINVAL);
		assert_true(e.text[0]);
		filter_fini(&f);
		free(line);
	}
}

/* A line and those below it: all of them when one matches. */
static void test_filter_section(void **state)
{
	static const char config[] = "hostname R\n!\ncrypto map lab 10\n set peer 192.0.2.1\n"
		" match address 101\ninterface eth0\n crypto map lab\nend\n";
	static const struct {
		const char *re, *out;
	} wanted[] = {
		{ "sh run | sec ^crypto", "crypto map lab 10\n set peer 192.0.2.1\n match address 101\n" },
		{ "sh run | section 192", "crypto map lab 10\n set peer 192.0.2.1\n match address 101\n" },
		{ "sh run | section crypto map lab$", "interface eth0\n crypto map lab\n" },
		{ "sh run | s end", "end\n" },
		{ "sh run | s nothing", "" },
	};
	size_t i, len;

	for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		char *line = strdup(wanted[i].re), *text = strdup(config), *got = NULL;
		FILE *out = open_memstream(&got, &len);
		struct filter f;

		assert_int_equal(filter_cut(&f, line, NULL), 0);
		filter_write(&f, text, out);
		fclose(out);
		assert_string_equal(got, wanted[i].out);
		filter_fini(&f);
		free(line);
		free(text);
		free(got);
	}
}

static void test_filter_help(void **state)
{
	char more[32], *got = NULL;
	size_t len;
	FILE *out = open_memstream(&got, &len);

	filter_help(" in", out);
	filter_help(" include ", out);
	fclose(out);
	assert_string_equal(got, "  include             Include lines that match\n"
				 "  LINE                Regular expression\n");
	free(got);
	filter_complete(" in", more, sizeof(more));
	assert_string_equal(more, "clude ");
	filter_complete("", more, sizeof(more));
	assert_string_equal(more, "");
	filter_complete("x", more, sizeof(more));
	assert_string_equal(more, "");
}

static void test_filter_writes_no_control_characters(void **state)
{
	char text[] = "a\033[31mb\rc\x7f\nd\n", *got = NULL;
	size_t len;
	FILE *out = open_memstream(&got, &len);
	struct filter f = {};

	filter_write(&f, text, out);
	fclose(out);
	assert_string_equal(got, "a[31mbc\nd\n");
	free(got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_filter_lines),
		cmocka_unit_test(test_filter_refuses),
		cmocka_unit_test(test_filter_section),
		cmocka_unit_test(test_filter_help),
		cmocka_unit_test(test_filter_writes_no_control_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
