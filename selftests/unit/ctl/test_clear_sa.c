// SPDX-License-Identifier: Apache-2.0
/* `clear crypto sa` deletes what is chosen of ours, and nothing of others (R-SHOW-4). */
#include "configured.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_kobj.h"
#include "user/cli/view.h"
#include "user/ctl/sa_base.h"

static struct configured c;

#define CONF								\
	"crypto ipsec transform-set t1 esp-aes 256 esp-sha256-hmac\n"	\
	"access-list 141 permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255\n"	\
	"crypto map lab 10 ipsec-manual\n set peer 198.51.100.2\n set transform-set t1\n match address 141\n" \
	"crypto map home 10 ipsec-manual\n set peer branch.example\n set transform-set t1\n match address 141\n" \
	"interface eth0\n crypto map lab\ninterface eth1\n crypto map home\n"

static void add_sa(struct sa_info sa)
{
	c.fake.xfrm.sas[c.fake.xfrm.nsas++] = sa;
}

/* Two of lab, one of home, one that somebody else keyed to the same peer. */
static int setup(void **state)
{
	configured_init(&c, CONF);
	configured_map(&c, "lab", 10, "eth0", 1, "198.51.100.2");
	configured_map(&c, "home", 10, "eth1", 2, "198.51.100.3");
	add_sa(fake_sa("192.0.2.1", "198.51.100.2", 0x200, XI_ID(XI_ID_MAP, 1)));
	add_sa(fake_sa("198.51.100.2", "192.0.2.1", 0x201, XI_ID(XI_ID_MAP, 1)));
	add_sa(fake_sa("192.0.2.1", "198.51.100.3", 0x300, XI_ID(XI_ID_MAP, 2)));
	add_sa(fake_sa("192.0.2.1", "198.51.100.2", 0x900, 7));
	fake_kobj = (struct fake_kobj){};
	fake_gateway.applied = 0;
	return 0;
}

static int teardown(void **state)
{
	configured_fini(&c);
	sa_base_fini();
	return 0;
}

/* Which were deleted, and how many that were chosen were left alone. */
static void expect_clear(const char *command, const char *spis, unsigned int left_alone)
{
	char got[100] = "";
	json_t *o;
	size_t i;

	fake_kobj.n = 0;
	o = configured_ask(&c, command);
	for (i = 0; i < fake_kobj.n; i++) {
		assert_int_equal(fake_kobj.deleted[i].kind, KOBJ_SA);
		sprintf(got + strlen(got), "%x ", ntohl(fake_kobj.deleted[i].sa.key.spi));
	}
	assert_string_equal(got, spis);
	assert_int_equal(view_int(o, "deleted"), fake_kobj.n);
	assert_int_equal(view_int(o, "left-alone"), left_alone);
	json_decref(o);
}

static void test_clear_sa(void **state)
{
	/* In the order of the configuration; inbound first. */
	expect_clear("clear crypto sa", "201 200 300 ", 1);
	assert_int_equal(fake_gateway.applied, 1);
	expect_clear("clear crypto sa map lab", "201 200 ", 0);
	expect_clear("clear crypto sa map none", "", 0);
	expect_clear("clear crypto sa peer 198.51.100.2", "201 200 ", 1);
	expect_clear("clear crypto sa peer branch.example", "300 ", 0);
	expect_clear("clear crypto sa spi 198.51.100.3 esp 0x300", "300 ", 0);
	expect_clear("clear crypto sa entry 198.51.100.3 50 768", "300 ", 0);
	expect_clear("clear crypto sa spi 198.51.100.3 ah 768", "", 0);
	expect_clear("clear crypto sa spi 198.51.100.2 esp 0x300", "", 0);
	expect_clear("clear crypto sa spi 198.51.100.2 esp 0x900", "", 1);
}

/* The one that sends goes on where it was: the peer's window would refuse number 1. */
static void test_clear_sa_keeps_numbers(void **state)
{
	struct sa_info sa = fake_sa("192.0.2.1", "198.51.100.3", 0x300, XI_ID(XI_ID_MAP, 2));

	c.fake.xfrm.sas[2].replay_oseq = 4711;
	fake_gateway.kept = 0;
	expect_clear("clear crypto sa map home", "300 ", 0);
	assert_int_equal(fake_gateway.kept, 1);
	assert_memory_equal(&fake_gateway.kept_key, &sa.key, sizeof(sa.key));
	assert_int_equal(fake_gateway.kept_oseq, 4711);
	expect_clear("clear crypto sa spi 192.0.2.1 esp 0x201", "201 ", 0);
	assert_int_equal(fake_gateway.kept, 1);		/* inbound ones have none */
}

/* Nothing was deleted: nothing has to be set up again. */
static void test_clear_sa_nothing(void **state)
{
	expect_clear("clear crypto sa map none", "", 0);
	assert_int_equal(fake_gateway.applied, 0);
}

static void test_clear_sa_text(void **state)
{
	configured_expect(&c, "clear crypto sa",
		"Deleted: 3 security associations; of others, left alone: 1\n");
	fake_kobj.refused = 0x200;
	configured_expect(&c, "clear crypto sa map lab",
		"Deleted: 1 security associations; of others, left alone: 0\n"
		"% SPI 0x200: busy\n");
}

static void expect_error(const char *command, const char *want)
{
	char *got = configured_error(&c, command);

	assert_non_null(strstr(got, want));
	free(got);
	assert_int_equal(fake_kobj.n, 0);
}

static void test_clear_sa_refuses(void **state)
{
	expect_error("clear crypto sa vrf red", "no VRFs");
	expect_error("clear crypto sa spi 198.51.100.3 tcp 768", "protocol tcp has no SAs");
	expect_error("clear crypto sa spi 198.51.100.3 esp 0", "is not an SPI");
	expect_error("clear crypto sa spi 198.51.100.3 esp 300x", "is not an SPI");
	expect_error("clear crypto sa spi 198.51.100.3 esp -1", "is not an SPI");
	expect_error("clear crypto sa spi 198.51.100.3 esp 0x100000000", "is not an SPI");
	fake_kobj.open_fails = -EPERM;
	expect_error("clear crypto sa", "no netlink today");
	fake_kobj.open_fails = 0;
	fake_gateway.apply_fails = -EIO;
	free(configured_error(&c, "clear crypto sa"));
	fake_gateway.apply_fails = 0;
}

static long long encaps(void)
{
	json_t *o = configured_ask(&c, "show crypto ipsec sa map lab");
	const json_t *f = json_array_get(view_at(o, "flows"), 0);
	long long n = view_int(f, "counters.encaps") * 1000 + view_int(f, "counters.bytes-out");

	json_decref(o);
	return n;
}

/* Counters of the kernel stay; what is shown begins at 0, and again when the SA is made anew. */
static void test_clear_sa_counters(void **state)
{
	struct sa_info *sa = &c.fake.xfrm.sas[0];

	sa->packets = 10;
	sa->bytes = 100;
	assert_int_equal(encaps(), 10100);
	configured_expect(&c, "clear crypto sa counters",
			  "Cleared: counters of 4 security associations\n");
	assert_int_equal(encaps(), 0);
	sa->packets = 11;
	sa->bytes = 107;
	assert_int_equal(encaps(), 1007);
	assert_int_equal(fake_kobj.n, 0);
	sa->add_time++;			/* another SA with this SPI */
	assert_int_equal(encaps(), 11107);
	sa->add_time--;
	sa->packets = 9;		/* the same moment, and counted from 0 */
	sa->bytes = 90;
	assert_int_equal(encaps(), 9090);
}

/* What is gone is forgotten with the next clearing. */
static void test_clear_sa_counters_forget(void **state)
{
	struct sa_info sa = c.fake.xfrm.sas[0];
	struct sa_counts counts;

	sa.packets = 5;
	c.fake.xfrm.sas[0] = sa;
	json_decref(configured_ask(&c, "clear crypto sa counters"));
	sa_base_counts(&sa, NULL, &counts);
	assert_int_equal(counts.packets, 0);
	c.fake.xfrm.nsas = 0;
	json_decref(configured_ask(&c, "clear crypto sa counters"));
	sa_base_counts(&sa, NULL, &counts);
	assert_int_equal(counts.packets, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_clear_sa, setup, teardown),
		cmocka_unit_test_setup_teardown(test_clear_sa_keeps_numbers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_clear_sa_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(test_clear_sa_text, setup, teardown),
		cmocka_unit_test_setup_teardown(test_clear_sa_refuses, setup, teardown),
		cmocka_unit_test_setup_teardown(test_clear_sa_counters, setup, teardown),
		cmocka_unit_test_setup_teardown(test_clear_sa_counters_forget, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
