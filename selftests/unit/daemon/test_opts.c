// SPDX-License-Identifier: Apache-2.0
/* The command line of xipsecd: what is taken, and one clear line for what is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "user/daemon/opts.h"

#define ARGS	40

static int parse(struct opts *o, struct err *e, const char *line)
{
	static char copy[2048];
	char *argv[ARGS + 1] = { "xipsecd" };
	int argc = 1;
	char *word, *save;

	snprintf(copy, sizeof(copy), "%s", line);
	for (word = strtok_r(copy, " ", &save); word && argc < ARGS;
	     word = strtok_r(NULL, " ", &save))
		argv[argc++] = word;
	memset(e, 0, sizeof(*e));
	return opts_parse(o, argc, argv, e);
}

static void test_opts_bad_lines(void **state)
{
	static const struct {
		const char	*line;
		const char	*says;
	} rows[] = {
		{ "-t",				"-t needs a file" },
		{ "-c",				"'-c' needs a value" },
		{ "-t -c x --interface-table y", "--interface-table is for running" },
		{ "-i",				"'-i' needs a value" },
		{ "-i eth0 -x",			"unknown option '-x'" },
		{ "-i eth0 --nonsense",		"unknown option '--nonsense'" },
		{ "eth0",			"unexpected word 'eth0'" },
		{ "-i eth0 eth0",		"named twice" },
		{ "-i a/b",			"cannot be the name" },
		{ "-i sixteen-letters-",	"cannot be the name" },
		{ "-i eth0 --xdp-mode fast",	"--xdp-mode: unknown word 'fast'" },
		{ "-i eth0 --window-source x",	"--window-source: unknown word 'x'" },
		{ "-i eth0 --unknown-rate x",	"not a number from 0 to 1000000" },
		{ "-i eth0 --unknown-rate -1",	"not a number" },
		{ "-i eth0 --unknown-rate 1000001", "not a number" },
		{ "-i eth0 --unknown-burst 5x",	"--unknown-burst" },
		{ "-i eth0 --replay-log-interval 86401", "86400" },
		{ "-i eth0 --max-sa x",		"--max-sa" },
		{ "-i eth0 --max-sa 65537",	"not a number from 0 to 65536" },
		{ "-i eth0 -R run",		"not an absolute path" },
	};
	struct opts o;
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_int_equal(parse(&o, &e, rows[i].line), -EINVAL);
		if (!strstr(e.text, rows[i].says))
			fail_msg("'%s' says '%s', not '%s'", rows[i].line, e.text, rows[i].says);
		assert_null(strchr(e.text, '\n'));
	}
}

static void test_opts_defaults(void **state)
{
	struct opts o;
	struct err e;

	(void)state;
	assert_int_equal(parse(&o, &e, "-i eth0"), 0);
	assert_int_equal(o.action, OPTS_RUN);
	assert_false(o.foreground);
	assert_string_equal(o.rundir, "/run/xipsec");
	assert_int_equal(o.nifs, 1);
	assert_int_equal(o.bpf.variant, BPF_VARIANT_AUTO);
	assert_int_equal(o.bpf.mode, XDP_MODE_AUTO);
	assert_int_equal(o.bpf.max_sa, 0);			/* the SAD decides */
	assert_int_equal(o.bpf.limits.unknown_pps, 100);
	assert_int_equal(o.bpf.limits.replay_log_s, 60);	/* R-ARW-13 */
}

static void test_opts_all(void **state)
{
	struct opts o;
	struct err e;

	(void)state;
	assert_int_equal(parse(&o, &e, "-i eth0 eth1 -fv --interface eth2.7 -R /tmp/x "
				       "--xdp-mode generic --window-source live "
				       "--unknown-rate 0 --unknown-burst 7 "
				       "--max-sa 65536 --replay-log-interval 5"), 0);
	assert_int_equal(o.nifs, 3);
	assert_string_equal(o.ifs[1], "eth1");
	assert_string_equal(o.ifs[2], "eth2.7");
	assert_true(o.foreground);
	assert_true(o.verbose);
	assert_string_equal(o.rundir, "/tmp/x");
	assert_int_equal(o.bpf.mode, XDP_MODE_GENERIC_ONLY);
	assert_int_equal(o.bpf.variant, BPF_VARIANT_LIVE);
	assert_int_equal(o.bpf.limits.unknown_pps, 0);
	assert_int_equal(o.bpf.limits.unknown_burst, 7);
	assert_int_equal(o.bpf.max_sa, 65536);
	assert_int_equal(o.bpf.limits.replay_log_s, 5);
}

static void test_opts_too_many_interfaces(void **state)
{
	char line[1024] = "-i";
	struct opts o;
	struct err e;
	int i;

	(void)state;
	for (i = 0; i < GUARD_MAX_IF; i++)
		sprintf(line + strlen(line), " e%d", i);
	assert_int_equal(parse(&o, &e, line), 0);
	strcat(line, " last");
	assert_int_equal(parse(&o, &e, line), -EINVAL);
}

static void test_opts_actions(void **state)
{
	struct opts o;
	struct err e;

	(void)state;
	assert_int_equal(parse(&o, &e, "--detach"), 0);
	assert_int_equal(o.action, OPTS_DETACH);
	assert_int_equal(parse(&o, &e, "--help"), 0);
	assert_int_equal(o.action, OPTS_HELP);
	assert_int_equal(parse(&o, &e, "--version"), 0);
	assert_int_equal(o.action, OPTS_VERSION);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_opts_bad_lines),
		cmocka_unit_test(test_opts_defaults),
		cmocka_unit_test(test_opts_all),
		cmocka_unit_test(test_opts_too_many_interfaces),
		cmocka_unit_test(test_opts_actions),
	};

	return cmocka_run_group_tests_name("opts", tests, NULL, NULL);
}
