// SPDX-License-Identifier: Apache-2.0
/* R-CFG-12, R-LOG-2: what a configuration says about messages, done and told. */
#include "configured.h"

#include "user/daemon/logging.h"
#include "user/lib/log.h"

static struct configured c;

static void as_configured(const char *text, enum log_severity least, size_t bytes, bool console)
{
	struct log_keeping keep;

	configured_init(&c, text);
	logging_configure(c.fake.gw.running);
	log_kept(&keep);
	assert_int_equal(keep.least, least);
	assert_int_equal(keep.bytes, bytes);
	assert_int_equal(keep.console, console);
}

static void test_logging_of_a_configuration(void **state)
{
	(void)state;
	as_configured("hostname r\n", SEV_DEBUG, 0, true);
	configured_fini(&c);
	as_configured("logging buffered\nlogging console\n", SEV_DEBUG, 0, true);
	configured_fini(&c);
	as_configured("logging buffered 4096 errors\nno logging console\n", SEV_ERROR, 4096, false);
	configured_expect_json(&c, "show logging", "buffer-level", "3");
	configured_expect_json(&c, "show logging", "buffer-bytes", "4096");
	configured_expect_json(&c, "show logging", "console", "false");
	configured_fini(&c);
	as_configured("logging buffered notifications\n", SEV_NOTICE, 0, true);
	configured_fini(&c);
	as_configured("logging buffered 8192 0\n", SEV_EMERG, 8192, true);
	configured_fini(&c);
	as_configured("logging buffered 8192 debugging\n", SEV_DEBUG, 8192, true);
	configured_fini(&c);
}

static void test_logging_stamps(void **state)
{
	(void)state;
	as_configured("service timestamps debug datetime msec localtime\n"
		      "service timestamps log uptime\n", SEV_DEBUG, 0, true);
	configured_expect_json(&c, "show logging", "timestamps",
			       "{'debug':{'localtime':true,'msec':true,'uptime':false},"
			       "'log':{'localtime':false,'msec':false,'uptime':true}}");
	configured_fini(&c);
	as_configured("service timestamps debug datetime\n", SEV_DEBUG, 0, true);
	configured_expect_json(&c, "show logging", "timestamps",
			       "{'debug':{'localtime':false,'msec':false,'uptime':false},"
			       "'log':{'localtime':false,'msec':true,'uptime':false}}");
	configured_fini(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_logging_of_a_configuration),
		cmocka_unit_test(test_logging_stamps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
