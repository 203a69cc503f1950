// SPDX-License-Identifier: Apache-2.0
/* Switches of `debug`, and what they let through (R-SHOW-8, R-LOG-21). */
#include "configured.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "user/ctl/debug.h"
#include "user/lib/log.h"

static struct configured c;

static int setup(void **state)
{
	configured_init(&c, "hostname r\n");
	return 0;
}

static int teardown(void **state)
{
	configured_fini(&c);
	return 0;
}

static void test_debug_switches(void **state)
{
	configured_expect(&c, "show debugging", "");
	configured_expect(&c, "debug crypto isakmp", "Crypto ISAKMP debugging is on\n");
	configured_expect(&c, "debug crypto ipsec", "Crypto IPSEC debugging is on\n");
	assert_int_equal(c.fake.gw.debug, DEBUG_ISAKMP | DEBUG_IPSEC);
	configured_expect(&c, "debug standby", "HSRP debugging is on\n");
	configured_expect(&c, "show debugging",
		"Cryptographic Subsystem:\n"
		"  Crypto ISAKMP debugging is on\n"
		"  Crypto IPSEC debugging is on\n"
		"\nHSRP:\n"
		"  HSRP debugging is on\n");
	configured_expect(&c, "no debug crypto isakmp", "Crypto ISAKMP debugging is off\n");
	configured_expect(&c, "undebug standby", "HSRP debugging is off\n");
	assert_int_equal(c.fake.gw.debug, DEBUG_IPSEC);
	configured_expect(&c, "debug crypto ikev2", "IKEv2 default debugging is on\n");
	configured_expect(&c, "debug ssp packet", "SSP debugging is on\n");
	configured_expect(&c, "undebug all", "All possible debugging has been turned off\n");
	assert_int_equal(c.fake.gw.debug, 0);
	configured_expect(&c, "debug all", "All possible debugging has been turned on\n");
	configured_expect(&c, "no debug all", "All possible debugging has been turned off\n");
	assert_int_equal(c.fake.gw.debug, 0);
}

/* What could tell nothing does not pretend to. */
static void test_debug_refuses(void **state)
{
	free(configured_error(&c, "debug crypto isakmp ha"));
	free(configured_error(&c, "debug crypto ipsec client ezvpn"));
	assert_int_equal(c.fake.gw.debug, 0);
}

struct last {
	char		text[300];
	unsigned int	n;
};

static void each(void *ctx, uint64_t wall_ns, const char *line)
{
	struct last *l = ctx;

	l->n++;
	strncpy(l->text, line, sizeof(l->text) - 1);
}

static struct last last_line(void)
{
	struct last l = {};

	log_ring_each(each, &l);
	return l;
}

static void test_debug_ipsec_sa(void **state)
{
	struct sa_info sa = fake_sa("192.0.2.1", "198.51.100.2", 0x1214F0D, 1), gone = {};
	unsigned int before = last_line().n;

	debug_ipsec_sa(&c.fake.gw, &sa, true);
	c.fake.gw.debug = DEBUG_ISAKMP;
	debug_ipsec_sa(&c.fake.gw, &sa, true);
	assert_int_equal(last_line().n, before);
	c.fake.gw.debug = DEBUG_IPSEC;
	debug_ipsec_sa(&c.fake.gw, &sa, true);
	assert_int_equal(last_line().n, before + 1);
	assert_string_equal(last_line().text,
		"IPSEC(create_sa): sa created, (sa) sa_dest= 198.51.100.2, sa_prot= 50,"
		" sa_spi= 0x1214F0D(18960141), sa_trans= esp-256-aes esp-sha256-hmac,"
		" sa_conn_id= 20237");
	gone.key = sa.key;
	debug_ipsec_sa(&c.fake.gw, &gone, false);
	assert_string_equal(last_line().text,
		"IPSEC(delete_sa): deleting SA, (sa) sa_dest= 198.51.100.2, sa_prot= 50,"
		" sa_spi= 0x1214F0D(18960141), sa_trans= -, sa_conn_id= 20237");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_debug_switches, setup, teardown),
		cmocka_unit_test_setup_teardown(test_debug_refuses, setup, teardown),
		cmocka_unit_test_setup_teardown(test_debug_ipsec_sa, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
