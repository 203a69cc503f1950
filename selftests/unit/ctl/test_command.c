// SPDX-License-Identifier: Apache-2.0
/* EXEC lines, read by the one table (R-CFG-2): what is understood, and where a wrong word stands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "user/ctl/command.h"

static struct command_line c;

static const struct {
	const char *line, *full;
	const char *is;			/* the words that it is found by */
	const char *has, *arg, *value;
} good[] = {
	{ "show crypto engine", "show crypto engine", "show crypto engine", NULL, NULL, NULL },
	{ "sh cry ips sa", "show crypto ipsec sa", "show crypto ipsec sa", "sa", "address", NULL },
	{ "  SH   Cry\tIPsec  SA  ", "show crypto ipsec sa", "show crypto ipsec", "crypto", NULL, NULL },
	{ "sh cr ip s d", "show crypto ipsec sa detail", "show crypto ipsec sa", "detail", NULL, NULL },
	{ "sh cry ip sa p 192.0.2.1", "show crypto ipsec sa peer 192.0.2.1",
	  "show crypto ipsec sa", "peer", "address", "192.0.2.1" },
	{ "sh cry ip sa peer 2001:DB8::1 det", "show crypto ipsec sa peer 2001:DB8::1 detail",
	  "show crypto ipsec sa", "detail", "address", "2001:db8::1" },
	/* Names of Linux as they are, names of IOS in any of their forms. */
	{ "sh cry ip sa int eth0.100", "show crypto ipsec sa interface eth0.100",
	  "show crypto ipsec sa", "interface", "interface", "eth0.100" },
	{ "sh cry ip sa int lo", "show crypto ipsec sa interface lo", "show crypto ipsec sa",
	  "interface", "interface", "lo" },
	{ "sh cry ip sa int fas 0/0 d", "show crypto ipsec sa interface fas 0/0 detail",
	  "show crypto ipsec sa", "detail", "interface", "FastEthernet0/0" },
	{ "sh cry ip sa int xi-m1", "show crypto ipsec sa interface xi-m1",
	  "show crypto ipsec sa", "interface", "interface", "xi-m1" },
	/* Arguments keep their case. */
	{ "sh cry ip sa map TestTag1", "show crypto ipsec sa map TestTag1", "show crypto ipsec sa",
	  "map", "map", "TestTag1" },
	{ "sh cry ip sa map \"two words\"", "show crypto ipsec sa map \"two words\"",
	  "show crypto ipsec sa", "map", "map", "two words" },
	{ "sh cry ip sa id", "show crypto ipsec sa identity", "show crypto ipsec sa", "identity",
	  NULL, NULL },
	/* One of two words: what is printed is asked for. */
	{ "sh cry ip sa addr det", "show crypto ipsec sa address detail", "show crypto ipsec sa",
	  "address", NULL, NULL },
	{ "sh cry dr a", "show crypto drops all", "show crypto drops", "all", NULL, NULL },
	{ "sh cry dr s", "show crypto drops sources", "show crypto drops sources", "sources", NULL, NULL },
	{ "sh log", "show logging", "show logging", NULL, NULL, NULL },
	{ "cl c c", "clear crypto counters", "clear crypto counters", NULL, NULL, NULL },
	{ "no deb cry isa ha fs", "no debug crypto isakmp ha fsm", "debug crypto", "fsm", NULL, NULL },
	{ "un all", "undebug all", "undebug", "all", NULL, NULL },
	{ "reload \"/tmp/a b\"", "reload \"/tmp/a b\"", "reload", NULL, "file", "/tmp/a b" },
	{ "wr", "write", "write", NULL, NULL, NULL },
	{ "ping 192.0.2.1", "ping 192.0.2.1", "ping", NULL, "address", "192.0.2.1" },
	{ "ping gw.example.net", "ping gw.example.net", "ping", NULL, "host", "gw.example.net" },
	{ "cle cry sa peer gw.example.net", "clear crypto sa peer gw.example.net", "clear crypto sa",
	  "peer", "host", "gw.example.net" },
};

static void test_command_reads(void **state)
{
	char text[LEX_LINE_MAX];
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (command_read(&c, good[i].line) != MATCH_OK)
			fail_msg("%s: %s", good[i].line, c.match.why);
		command_text(&c, text, sizeof(text));
		assert_string_equal(text, good[i].full);
		assert_true(command_is(&c.command, good[i].is));
		assert_false(command_is(&c.command, "show crypto ip"));
		if (good[i].has)
			assert_true(command_has(&c.command, good[i].has));
		if (good[i].value)
			assert_string_equal(command_arg(&c.command, good[i].arg), good[i].value);
		else if (good[i].arg)
			assert_null(command_arg(&c.command, good[i].arg));
		/* What the client sends, the daemon reads the same. */
		assert_int_equal(command_read(&c, good[i].full), MATCH_OK);
		command_text(&c, text, sizeof(text));
		assert_string_equal(text, good[i].full);
	}
}

static void test_command_refuses(void **state)
{
	static const struct {
		const char *line;
		enum verdict verdict;
		unsigned int column;
	} bad[] = {
		{ "", MATCH_INCOMPLETE, 0 },
		{ "   ", MATCH_INCOMPLETE, 0 },
		{ "! a remark", MATCH_INCOMPLETE, 0 },
		{ "show", MATCH_INCOMPLETE, 0 },
		{ "sh cry", MATCH_INCOMPLETE, 0 },
		{ "sh cry ips sa peer", MATCH_INCOMPLETE, 0 },
		{ "sh cry i sa", MATCH_AMBIGUOUS, 0 },		/* ikev2, ipsec, isakmp */
		{ "sh cry ips sa i", MATCH_AMBIGUOUS, 0 },	/* identity, interface */
		{ "show foo", MATCH_INVALID, 5 },
		/* Few commands have a `no` form. */
		{ "no show version", MATCH_INVALID, 3 },
		{ "no debug", MATCH_INCOMPLETE, 0 },
		{ "foo", MATCH_INVALID, 0 },
		{ "  foo", MATCH_INVALID, 2 },
		{ "shows", MATCH_INVALID, 0 },
		{ "show  crypto   engines", MATCH_INVALID, 15 },
		{ "show version now", MATCH_INVALID, 13 },
		{ "sh cry ips sa peer 192.0.2.256", MATCH_INVALID, 19 },
		{ "sh cry ips sa peer gw.example.net", MATCH_INVALID, 19 },
		{ "sh cry ips sa int a-name-of-16-byt", MATCH_INVALID, 18 },
		{ "sh cry ips sa int ../x", MATCH_INVALID, 18 },
		/* The name of an argument's kind is not a keyword. */
		{ "sh cry ips sa peer ADDRESS", MATCH_INVALID, 19 },
		{ "show version\x1b[2J", MATCH_INVALID, 0 },
	};
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		print_message("%s\n", bad[i].line);
		assert_int_equal(command_read(&c, bad[i].line), bad[i].verdict);
		assert_true(*c.match.why);
		if (bad[i].verdict == MATCH_INVALID)
			assert_int_equal(c.match.column, bad[i].column);
	}
}

static void test_command_bounds(void **state)
{
	char line[2 * LEX_LINE_MAX] = "sh cry ips sa map ";
	size_t start = strlen(line);

	memset(line + start, 'x', ARG_MAX_LEN - 1);
	assert_int_equal(command_read(&c, line), MATCH_OK);
	assert_int_equal(strlen(command_arg(&c.command, "map")), ARG_MAX_LEN - 1);
	memset(line + start, 'x', ARG_MAX_LEN);
	assert_int_equal(command_read(&c, line), MATCH_INVALID);
	assert_int_equal(c.match.column, start);
	memset(line + start, 'x', sizeof(line) - start - 1);
	assert_int_equal(command_read(&c, line), MATCH_INVALID);
}

static void test_command_find(void **state)
{
	static const struct {
		const char *words;
		int n;
	} table[] = { { "show crypto", 1 }, { "show crypto drops sources", 3 },
		      { "show crypto drops", 2 }, { "show ip", 4 } }, *row;
	static const struct {
		const char *line;
		int n;
	} rows[] = { { "sh cry dr all", 2 }, { "sh cry dr so", 3 }, { "sh cry eng", 1 },
		     { "sh ip route", 4 }, { "sh ver", 0 } };
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(command_read(&c, rows[i].line), MATCH_OK);
		row = command_find(&c.command, table, sizeof(table) / sizeof(table[0]), sizeof(table[0]));
		assert_int_equal(row ? row->n : 0, rows[i].n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_command_reads),
		cmocka_unit_test(test_command_refuses),
		cmocka_unit_test(test_command_bounds),
		cmocka_unit_test(test_command_find),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
