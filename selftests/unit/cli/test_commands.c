// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "user/cli/commands.h"

static const struct {
	const char *line, *canonical;
	enum command_id id;
	unsigned int flags;
	const char *arg;
} good[] = {
	{ "show crypto engine", "show crypto engine", CMD_SHOW_ENGINE, 0, NULL },
	{ "sh cry ips sa", "show crypto ipsec sa", CMD_SHOW_SA, 0, NULL },
	{ "  SH   Cry\tIPsec  SA  ", "show crypto ipsec sa", CMD_SHOW_SA, 0, NULL },
	{ "sh cr i s d", "show crypto ipsec sa detail", CMD_SHOW_SA, SA_DETAIL, NULL },
	{ "sh cry ip sa p 192.0.2.1", "show crypto ipsec sa peer 192.0.2.1", CMD_SHOW_SA, SA_PEER,
	  "192.0.2.1" },
	{ "sh cry ip sa peer 2001:db8::1 det", "show crypto ipsec sa peer 2001:db8::1 detail",
	  CMD_SHOW_SA, SA_PEER | SA_DETAIL, "2001:db8::1" },
	{ "sh cry ip sa int eth0.100", "show crypto ipsec sa interface eth0.100", CMD_SHOW_SA,
	  SA_INTERFACE, "eth0.100" },
	/* Arguments keep their case (R-CFG-2). */
	{ "sh cry ip sa map TestTag1", "show crypto ipsec sa map TestTag1", CMD_SHOW_SA, SA_MAP,
	  "TestTag1" },
	{ "sh cry ip sa id", "show crypto ipsec sa identity", CMD_SHOW_SA, SA_IDENTITY,
	  NULL },
	{ "sh cry ip sa ad", "show crypto ipsec sa address", CMD_SHOW_SA, SA_ADDRESS, NULL },
	{ "show crypto drops", "show crypto drops", CMD_SHOW_DROPS, 0, NULL },
	{ "sh cry d a", "show crypto drops all", CMD_SHOW_DROPS, DROPS_ALL, NULL },
	{ "sh cry d s", "show crypto drops sources", CMD_SHOW_DROP_SOURCES, 0, NULL },
	{ "sh log", "show logging", CMD_SHOW_LOGGING, 0, NULL },
	{ "sh v", "show version", CMD_SHOW_VERSION, 0, NULL },
	{ "clear crypto counters", "clear crypto counters", CMD_CLEAR_COUNTERS, 0, NULL },
	{ "c c c", "clear crypto counters", CMD_CLEAR_COUNTERS, 0, NULL },
};

static void test_commands_accepts(void **state)
{
	struct command_line c;
	size_t i, column;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		print_message("%s\n", good[i].line);
		assert_int_equal(command_parse(good[i].line, &c, &column), COMMAND_OK);
		assert_string_equal(c.canonical, good[i].canonical);
		assert_int_equal(c.command->id, good[i].id);
		assert_int_equal(c.command->flags, good[i].flags);
		assert_int_equal(c.nargs, good[i].arg ? 1 : 0);
		if (good[i].arg)
			assert_string_equal(c.args[0], good[i].arg);
		/* What the client sends, the server reads the same. */
		assert_int_equal(command_parse(good[i].canonical, &c, &column), COMMAND_OK);
		assert_string_equal(c.canonical, good[i].canonical);
	}
}

static const struct {
	const char *line;
	enum command_verdict verdict;
	size_t column;
} bad[] = {
	{ "", COMMAND_EMPTY, 0 },
	{ "   ", COMMAND_EMPTY, 0 },
	{ "show", COMMAND_INCOMPLETE, 0 },
	{ "sh cry", COMMAND_INCOMPLETE, 0 },
	{ "sh cry ips", COMMAND_INCOMPLETE, 0 },
	{ "sh cry ips sa peer", COMMAND_INCOMPLETE, 0 },
	{ "sh cry ips sa i", COMMAND_AMBIGUOUS, 0 },	/* identity, interface */
	{ "show foo", COMMAND_INVALID, 5 },
	{ "foo", COMMAND_INVALID, 0 },
	{ "  foo", COMMAND_INVALID, 2 },
	{ "shows", COMMAND_INVALID, 0 },
	{ "show  crypto   engines", COMMAND_INVALID, 15 },
	{ "show version now", COMMAND_INVALID, 13 },
	{ "sh cry ips sa peer 192.0.2.256", COMMAND_INVALID, 19 },
	{ "sh cry ips sa peer gw.example.net", COMMAND_INVALID, 19 },
	{ "sh cry ips sa int a-name-of-16-byt", COMMAND_INVALID, 18 },
	{ "sh cry ips sa int ../x", COMMAND_INVALID, 18 },
	/* The name of an argument's kind is not a keyword. */
	{ "sh cry ips sa peer ADDRESS", COMMAND_INVALID, 19 },
};

static void test_commands_refuses(void **state)
{
	struct command_line c;
	size_t i, column;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		print_message("%s\n", bad[i].line);
		assert_int_equal(command_parse(bad[i].line, &c, &column), bad[i].verdict);
		if (bad[i].verdict == COMMAND_INVALID)
			assert_int_equal(column, bad[i].column);
	}
}

static void test_commands_bounds(void **state)
{
	char line[4096] = "sh cry ips sa map ";
	struct command_line c;
	size_t column, start = strlen(line);

	memset(line + start, 'x', COMMAND_ARG_MAX - 1);
	assert_int_equal(command_parse(line, &c, &column), COMMAND_OK);
	assert_int_equal(strlen(c.args[0]), COMMAND_ARG_MAX - 1);
	memset(line + start, 'x', sizeof(line) - start - 1);
	assert_int_equal(command_parse(line, &c, &column), COMMAND_INVALID);
	assert_int_equal(column, start);
}

static char *complaint(const char *line)
{
	struct command_line c;
	char *text = NULL;
	size_t column, len;
	FILE *f = open_memstream(&text, &len);
	enum command_verdict v = command_parse(line, &c, &column);

	command_complain(f, line, v, column);
	fclose(f);
	return text;
}

/* R-CFG-5 */
static void test_commands_complains_as_ios(void **state)
{
	static const char *const rows[][2] = {
		{ "show version", "" },
		{ "show", "% Incomplete command.\n" },
		{ "sh cry ip sa i", "% Ambiguous command:  \"sh cry ip sa i\"\n" },
		{ "show cripto engine",
		  "show cripto engine\n     ^\n% Invalid input detected at '^' marker.\n" },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *text = complaint(rows[i][0]);

		assert_string_equal(text, rows[i][1]);
		free(text);
	}
}

static enum command_verdict help(const char *line, char **text, size_t *column)
{
	size_t len;
	FILE *f = open_memstream(text, &len);
	enum command_verdict v = command_help(f, line, column);

	fclose(f);
	return v;
}

static void test_commands_help(void **state)
{
	static const struct {
		const char *line, *text;
	} rows[] = {
		{ "?", "  clear              Reset functions\n"
		       "  show               Show running system information\n" },
		{ "sh v?", "  version            Version of client, daemon and kernel\n" },
		{ "sh cry ip sa peer ?",
		  "  A.B.C.D or X:X::X  IPv4 or IPv6 address of the peer\n" },
		{ "sh ver ?", "  |                  Output modifiers\n  <cr>\n" },
		{ "sh cry ip sa i?", "  identity           IPSEC SADB identity tree\n"
				     "  interface          Show info for specific interface\n" },
	};
	size_t i, column;
	char *text;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(help(rows[i].line, &text, &column), COMMAND_OK);
		assert_string_equal(text, rows[i].text);
		free(text);
	}
	assert_int_equal(help("show x?", &text, &column), COMMAND_INVALID);
	assert_int_equal(column, 5);
	free(text);
	assert_int_equal(help("show foo ?", &text, &column), COMMAND_INVALID);
	assert_int_equal(column, 5);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commands_accepts),
		cmocka_unit_test(test_commands_refuses),
		cmocka_unit_test(test_commands_bounds),
		cmocka_unit_test(test_commands_complains_as_ios),
		cmocka_unit_test(test_commands_help),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
