// SPDX-License-Identifier: Apache-2.0
/* -t and -c of xipsecd: what goes together, and what this version does not do yet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "user/daemon/opts.h"

static int parse(struct opts *o, struct err *e, char *a, char *b, char *c)
{
	char *argv[] = { "xipsecd", a, b, c, NULL };

	memset(e, 0, sizeof(*e));
	return opts_parse(o, c ? 4 : b ? 3 : a ? 2 : 1, argv, e);
}

static void test_daemon_opts_check(void **state)
{
	struct opts o;
	struct err e;

	assert_int_equal(parse(&o, &e, "-t", "-c", "file"), 0);
	assert_int_equal(o.action, OPTS_CHECK);
	assert_string_equal(o.config, "file");
	assert_int_equal(parse(&o, &e, "--config=file", "--test", NULL), 0);
	assert_int_equal(o.action, OPTS_CHECK);
	assert_int_equal(parse(&o, &e, "-tcfile", NULL, NULL), 0);
	assert_string_equal(o.config, "file");
}

/* Without -c and -i the startup configuration is meant; -i beside -c guards more. */
static void test_daemon_opts_run(void **state)
{
	struct opts o;
	struct err e;

	assert_int_equal(parse(&o, &e, NULL, NULL, NULL), 0);
	assert_int_equal(o.action, OPTS_RUN);
	assert_null(o.config);
	assert_int_equal(parse(&o, &e, "-c", "file", "-ieth0"), 0);
	assert_string_equal(o.config, "file");
	assert_int_equal(o.nifs, 1);
}

static void test_daemon_opts_refused(void **state)
{
	struct opts o;
	struct err e;

	assert_int_not_equal(parse(&o, &e, "-t", NULL, NULL), 0);
	assert_non_null(strstr(e.text, "-t -c FILE"));
	assert_int_not_equal(parse(&o, &e, "-t", "-c", NULL), 0);
	assert_non_null(strstr(e.text, "needs a value"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_daemon_opts_check),
		cmocka_unit_test(test_daemon_opts_run),
		cmocka_unit_test(test_daemon_opts_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
