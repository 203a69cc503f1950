// SPDX-License-Identifier: Apache-2.0
/*
 * xi_outer, packet by packet: the rows of rows_outer.c, then each of them cut
 * at every byte. Every run is counted under exactly one reason.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <cmocka.h>

#include "gateway.h"
#include "rows_outer.h"

static struct outer outer;

static int setup(void **state)
{
	int err = outer_open(&outer, NULL);

	(void)state;
	if (err) {
		print_error("xi_outer cannot be loaded from %s: %s\n", bpf_file("outer.bpf.o"),
			    strerror(-err));
		return -1;
	}
	gateway_setup(&outer);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	outer_close(&outer);
	return 0;
}

/* 1 when it is not as the row says. */
static int row_fails(const struct outer_row *row, const struct outcome *r)
{
	if (r->verdict == row->verdict && r->reason == row->reason && r->n_counted == 1 &&
	    !r->changed)
		return 0;
	printf("# \"%s\": %s %s, counted %u%s; want %s %s\n", row->name,
	       verdict_name(r->verdict), reason_names[r->reason], r->n_counted,
	       r->changed ? ", packet changed" : "", verdict_name(row->verdict),
	       reason_names[row->reason]);
	return 1;
}

static void test_outer_rows(void **state)
{
	unsigned int i, failed = 0;

	(void)state;
	for (i = 0; i < outer_n_rows; i++) {
		struct outcome r = outer_run_text(&outer, outer_rows[i].packet);

		failed += row_fails(&outer_rows[i], &r);
	}
	printf("# %u rows\n", outer_n_rows);
	assert_int_equal(failed, 0);
}

/* Each reason is met by a row, but those that need a setting of their own. */
static void test_outer_rows_meet_every_reason(void **state)
{
	unsigned int met = 1 << XI_R_NONE | 1 << XI_R_SA_LAG | 1 << XI_R_NO_SA_FLOOD, i;

	(void)state;
	for (i = 0; i < outer_n_rows; i++) {
		met |= 1 << outer_rows[i].reason;
		assert_int_equal(outer_rows[i].verdict == XDP_DROP,
				 reason_actions[outer_rows[i].reason] == XI_DROP);
	}
	assert_int_equal(met, (1 << XI_R_MAX) - 1);
}

/*
 * A packet that is cut before the end of its sequence number is never dropped;
 * behind that the verdict is that of the whole packet.
 */
static void cut_row(const struct outer_row *row)
{
	static struct pkt_buf b;
	struct outcome r;
	size_t len;

	assert_int_equal(pkt_build(&b, row->packet, NULL), 0);
	for (len = RUN_MIN; len < b.len && len < 400; len++) {
		r = outer_run(&outer, b.data, len);
		if (r.n_counted != 1 || r.changed || r.reason == XI_R_NONE ||
		    (r.verdict == XDP_DROP) != (reason_actions[r.reason] == XI_DROP))
			fail_msg("\"%s\" cut to %zu: verdict %d counted %u", row->name, len,
				 r.verdict, r.n_counted);
		if (r.verdict == XDP_DROP && len < b.spi_end)
			fail_msg("\"%s\" cut to %zu: dropped, the number ends at %zu", row->name,
				 len, b.spi_end);
		if (b.spi_end && len >= b.spi_end &&
		    (r.verdict != row->verdict || r.reason != row->reason))
			fail_msg("\"%s\" cut to %zu: %s", row->name, len, reason_names[r.reason]);
	}
}

static void test_outer_cut_at_every_byte(void **state)
{
	unsigned int i;
	uint64_t before = outer.runs;

	(void)state;
	for (i = 0; i < outer_n_rows; i++)
		cut_row(&outer_rows[i]);
	printf("# %llu packets\n", (unsigned long long)(outer.runs - before));
}

/* What show crypto drops prints of the last packet. */
static void test_outer_remembers_who(void **state)
{
	static const uint8_t source[4] = { 198, 51, 100, 200 };
	struct xi_reason_stat s, before = outer_reason(&outer, XI_R_REPLAY_DUP);

	(void)state;
	outer_run_text(&outer, "eth ip4:src=200 ah:spi=0x2000,seq=10,len=12");
	s = outer_reason(&outer, XI_R_REPLAY_DUP);
	assert_int_equal(s.packets, before.packets + 1);
	assert_int_equal(s.bytes, before.bytes + 14 + 20 + 12 + 12);
	assert_memory_equal(s.last_saddr, source, sizeof(source));
	assert_int_equal(s.last_spi, __builtin_bswap32(0x2000));
	assert_int_equal(s.last_family, AF_INET);
	assert_int_equal(s.last_proto, AH);
	assert_true(s.last_ns > 0);
	/* Of what passes as good traffic nothing is remembered. */
	outer_run_text(&outer, "eth ip4 esp:seq=101");
	s = outer_reason(&outer, XI_R_SA_NEW);
	assert_int_equal(s.last_ns, 0);
	assert_int_equal(s.last_spi, 0);
}

/* No exit without a name: the reasons add up to the runs. */
static void test_outer_counts_add_up(void **state)
{
	uint64_t sum = 0;
	int i;

	(void)state;
	for (i = 0; i < XI_R_MAX; i++)
		sum += outer.counts[i];
	assert_int_equal(sum, outer.runs);
	assert_int_equal(outer.counts[XI_R_NONE], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_outer_rows),
		cmocka_unit_test(test_outer_rows_meet_every_reason),
		cmocka_unit_test(test_outer_cut_at_every_byte),
		cmocka_unit_test(test_outer_remembers_who),
		cmocka_unit_test(test_outer_counts_add_up),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
