// SPDX-License-Identifier: Apache-2.0
/* Rates over five minutes, from counters that are looked at every five seconds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "user/ctl/rates.c"

#define SEC	1000000000ULL

static int setup(void **state)
{
	return hash_init(&all_rates.table, IF_NAMESIZE, sizeof(struct device_rates), RATES_MAX,
			 &env_system) ? -1 : !(all_rates.ready = true);
}

static int teardown(void **state)
{
	rates_fini();
	return 0;
}

static void look(const char *text, uint64_t now_ns)
{
	FILE *f = fmemopen((void *)(uintptr_t)text, strlen(text), "r");

	rates_look(f, now_ns);
	fclose(f);
}

#define HEAD	"Inter-|   Receive                                                |  Transmit\n" \
		" face |bytes    packets errs drop fifo frame compressed multicast|bytes packets\n"

static void eth0(uint64_t now_ns, unsigned int bytes_in, unsigned int packets_in,
		 unsigned int bytes_out, unsigned int packets_out)
{
	char text[600];

	snprintf(text, sizeof(text), HEAD
		 "  eth0: %u %u 0 0 0 0 0 0 %u %u 0 0 0 0 0 0\n", bytes_in, packets_in, bytes_out,
		 packets_out);
	look(text, now_ns);
}

static void test_rates_mean(void **state)
{
	struct rates r;

	eth0(10 * SEC, 1000, 10, 0, 0);
	assert_true(rates_get("eth0", &r));
	assert_int_equal(r.in_bits, 0);
	assert_int_equal(r.last_in_ns, 0);
	/* 3000 bytes and 30 packets a second for 5 of 300 seconds. */
	eth0(15 * SEC, 16000, 160, 0, 0);
	assert_true(rates_get("eth0", &r));
	assert_int_equal(r.in_bits, 400);
	assert_int_equal(r.in_packets, 1);	/* 0.5, rounded */
	assert_int_equal(r.out_bits, 0);
	assert_true(r.last_in_ns == 15 * SEC);
	assert_int_equal(r.last_out_ns, 0);
	/* A look after more than the span is all there is. */
	eth0(1015 * SEC, 16000, 160, 125000, 2000);
	assert_true(rates_get("eth0", &r));
	assert_int_equal(r.in_bits, 0);
	assert_int_equal(r.out_bits, 1000);
	assert_int_equal(r.out_packets, 2);
	assert_true(r.last_in_ns == 15 * SEC && r.last_out_ns == 1015 * SEC);
	/* The device was made anew: its counters begin again. */
	eth0(2015 * SEC, 5, 1, 0, 0);
	assert_true(rates_get("eth0", &r));
	assert_int_equal(r.out_bits, 0);
}

static void test_rates_lines(void **state)
{
	struct rates r;

	look(HEAD "   lo:   1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\n"
	     "eth0.1:100:1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\n"
	     "xi-m1: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\n"
	     "xi-tun0: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\n"
	     "half: 1 1 0\nno colon\n: 1 1 1\n", SEC);
	assert_true(rates_get("lo", &r));
	assert_true(rates_get("eth0.1:100", &r));
	assert_true(rates_get("xi-tun0", &r));
	assert_false(rates_get("xi-m1", &r));	/* of a crypto map: too many of them */
	assert_false(rates_get("half", &r));
	assert_false(rates_get("a-name-that-is-too-long", &r));
	look(HEAD, 2 * SEC);			/* gone is gone */
	assert_false(rates_get("lo", &r));
}

static uint64_t clock_ns;

static uint64_t fake_mono(void *ctx)
{
	return clock_ns;
}

static void test_rates_tick(void **state)
{
	const struct env env = { .mono_ns = fake_mono };
	struct rates r;

	clock_ns = 100 * SEC;
	all_rates.last_ns = 0;
	rates_tick(&env);
	assert_true(rates_get("lo", &r));
	clock_ns = 104 * SEC;
	rates_tick(&env);
	assert_true(all_rates.last_ns == 100 * SEC);
	clock_ns = 105 * SEC;
	rates_tick(&env);
	assert_true(all_rates.last_ns == 105 * SEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_rates_mean, setup, teardown),
		cmocka_unit_test_setup_teardown(test_rates_lines, setup, teardown),
		cmocka_unit_test_setup_teardown(test_rates_tick, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
