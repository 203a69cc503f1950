// SPDX-License-Identifier: Apache-2.0
/* Errors and help as IOS prints them (R-CFG-2, R-CFG-5). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "user/cli/say.h"
#include "user/ctl/command.h"

static char *complaint(const char *line, int indent)
{
	static struct command_line c;
	enum verdict v = command_read(&c, line);
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	say_verdict(f, line, v, c.match.column, indent);
	fclose(f);
	return text;
}

static void test_say_verdict(void **state)
{
	static const struct {
		const char *line;
		int indent;
		const char *text;
	} rows[] = {
		{ "show version", -1, "" },
		{ "show", -1, "% Incomplete command.\n" },
		{ "sh cry ip sa i", -1, "% Ambiguous command:  \"sh cry ip sa i\"\n" },
		{ "show cripto engine", -1,
		  "show cripto engine\n     ^\n% Invalid input detected at '^' marker.\n" },
		/* The line stands behind a prompt of seven characters. */
		{ "show cripto", 7, "            ^\n% Invalid input detected at '^' marker.\n" },
		{ "show\tcripto", 7,
		  "           \t^\n% Invalid input detected at '^' marker.\n" },
		{ "foo", 0, "^\n% Invalid input detected at '^' marker.\n" },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *text = complaint(rows[i].line, rows[i].indent);

		assert_string_equal(text, rows[i].text);
		free(text);
	}
}

static void test_say_help(void **state)
{
	static const struct {
		enum mode mode;
		const char *line, *text;
	} rows[] = {
		{ M_EXEC, "sh v", "  version             Version\n" },
		{ M_EXEC, "sh cry ip sa peer ", "  A.B.C.D or X:X::X   Address\n" },
		{ M_EXEC, "sh ver ", "  |                   Output modifiers\n  <cr>\n" },
		{ M_EXEC, "clear crypto counters ", "  <cr>\n" },
		{ M_EXEC, "sh cry ip sa i", "  identity            IPSEC SADB identity tree\n"
					     "  interface           Show info for specific interface\n" },
		{ M_ISAKMP_POLICY, "en", "  encryption          Cipher, or keys kept encrypted\n"
					  "  end                 Leave configuration\n" },
	};
	char *text;
	size_t i, len;
	FILE *f;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		f = open_memstream(&text, &len);
		assert_int_equal(say_help(f, rows[i].mode, rows[i].line, -1), MATCH_OK);
		fclose(f);
		assert_string_equal(text, rows[i].text);
		free(text);
	}
	f = open_memstream(&text, &len);
	assert_int_equal(say_help(f, M_EXEC, "show x", 2), MATCH_INVALID);
	assert_int_equal(say_help(f, M_EXEC, "show foo ", 2), MATCH_INVALID);
	assert_int_equal(say_help(f, M_EXEC, "show cry i ", 2), MATCH_AMBIGUOUS);
	fclose(f);
	assert_string_equal(text,
			    "       ^\n% Invalid input detected at '^' marker.\n"
			    "       ^\n% Invalid input detected at '^' marker.\n"
			    "% Ambiguous command:  \"show cry i \"\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_say_verdict),
		cmocka_unit_test(test_say_help),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
