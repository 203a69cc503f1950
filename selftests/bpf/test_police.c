// SPDX-License-Identifier: Apache-2.0
/*
 * Unknown SPIs and what the daemon is told: one bucket per source (IPv4 address
 * or IPv6 /64), one for the events of all, a map that a stranger cannot fill
 * (R-LOG-11, R-SPI-1), and one replay message a minute and SA (R-LOG-10, R-ARW-13).
 *
 * Costs are hours where a count must be exact, so that the test's own speed does
 * not matter; time passes by setting a bucket back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <arpa/inet.h>
#include <sys/socket.h>
#include <bpf/bpf.h>
#include <cmocka.h>

#include "gateway.h"

#define STRANGERS	100000	/* XI_PACKETS sets another number */

#define MS	1000000ULL
#define HOUR	(3600ULL * 1000 * MS)

#define UNKNOWN4	"eth ip4:src=%u esp:spi=0xdead"
#define UNKNOWN6	"eth ip6:net=%u,src=%u esp:spi=0xdead"

static struct outer outer;
static struct xi_config cfg;

/* A fresh object for each test: buckets are state. */
static int setup(void **state)
{
	(void)state;
	if (outer_open(&outer, NULL))
		return -1;
	gateway_setup(&outer);
	cfg = (struct xi_config){
		.abi = XI_ABI,
		.unknown_cost_ns = HOUR, .unknown_burst_ns = 5 * HOUR,
		.event_cost_ns = HOUR, .event_burst_ns = 2 * HOUR,
		.event_all_cost_ns = HOUR, .event_all_burst_ns = 100 * HOUR,
		.replay_log_ns = 60 * 1000 * MS,
	};
	outer_config(&outer, &cfg);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	outer_close(&outer);
	return 0;
}

static struct outcome run4(unsigned int src)
{
	char text[128];

	snprintf(text, sizeof(text), UNKNOWN4, src);
	return outer_run_text(&outer, text);
}

static struct outcome run6(unsigned int net, unsigned int src)
{
	char text[128];

	snprintf(text, sizeof(text), UNKNOWN6, net, src);
	return outer_run_text(&outer, text);
}

static void must(struct outcome r, int verdict, enum xi_reason reason)
{
	if (r.verdict != verdict || r.reason != reason || r.n_counted != 1 || r.changed)
		fail_msg("%s %s, counted %u; want %s %s", verdict_name(r.verdict),
			 reason_names[r.reason], r.n_counted, verdict_name(verdict),
			 reason_names[reason]);
}

static struct xi_source_key source4(unsigned int src)
{
	struct xi_source_key key = { .family = AF_INET };
	uint32_t a4 = htonl(PKT_IP4_SRC + src);

	memcpy(key.saddr, &a4, sizeof(a4));
	return key;
}

static unsigned int count_keys(int map, size_t key_size)
{
	uint8_t keys[2][64], *last = NULL;
	unsigned int n = 0;

	assert_true(key_size <= sizeof(keys[0]));
	while (!bpf_map_get_next_key(map, last, keys[n & 1]))
		last = keys[n++ & 1];
	return n;
}

/* --- dropping ------------------------------------------------------------------------ */

static void test_police_drops_above_the_rate(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 5; i++)
		must(run4(7), XDP_PASS, XI_R_NO_SA);
	for (i = 0; i < 20; i++)
		must(run4(7), XDP_DROP, XI_R_NO_SA_FLOOD);
	assert_int_equal(outer.counts[XI_R_NO_SA], 5);
	assert_int_equal(outer.counts[XI_R_NO_SA_FLOOD], 20);
	/* A source over its rate is policed for unknown SPIs, not for its good traffic. */
	must(outer_run_text(&outer, "eth ip4:src=7 esp:seq=101"), XDP_PASS, XI_R_SA_NEW);
	must(outer_run_text(&outer, "eth ip4:src=7 esp:spi=0x1004"), XDP_PASS, XI_R_SA_UNSTARTED);
	must(outer_run_text(&outer, "eth ip4:src=7,dst=9 esp:spi=0xdead"), XDP_PASS, XI_R_TRANSIT);
	must(outer_run_text(&outer, "eth ip4:src=7 udp:dport=500 data"), XDP_PASS, XI_R_IKE);
	must(outer_run_text(&outer, "eth ip4:src=7 udp zero:n=4 data"), XDP_PASS, XI_R_IKE);
}

static void test_police_gives_each_source_a_bucket(void **state)
{
	unsigned int src;
	int i;

	(void)state;
	for (src = 1; src < 20; src++) {
		for (i = 0; i < 5; i++)
			must(run4(src), XDP_PASS, XI_R_NO_SA);
		must(run4(src), XDP_DROP, XI_R_NO_SA_FLOOD);
	}
	/* AH, another SPI, UDP: still the same source. */
	must(outer_run_text(&outer, "eth ip4:src=1 ah:spi=0xbeef"), XDP_DROP, XI_R_NO_SA_FLOOD);
	must(outer_run_text(&outer, "eth ip4:src=2 udp esp:spi=3"), XDP_DROP, XI_R_NO_SA_FLOOD);
}

static void test_police_gives_a_64_one_bucket(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < 5; i++)
		must(run6(1, 100 + i), XDP_PASS, XI_R_NO_SA);
	for (i = 0; i < 20; i++)
		must(run6(1, 200 + i), XDP_DROP, XI_R_NO_SA_FLOOD);
	for (i = 0; i < 5; i++)
		must(run6(2, 100), XDP_PASS, XI_R_NO_SA);
	must(run6(2, 100), XDP_DROP, XI_R_NO_SA_FLOOD);
	assert_int_equal(count_keys(outer.source, sizeof(struct xi_source_key)), 2);
}

static void test_police_refills(void **state)
{
	struct xi_source_key key = source4(7);
	struct xi_source src;
	int i;

	(void)state;
	for (i = 0; i < 6; i++)
		run4(7);
	assert_int_equal(bpf_map_lookup_elem(outer.source, &key, &src), 0);
	assert_int_equal(src.packets, 6);
	src.rate_tat -= 2 * HOUR;
	bpf_map_update_elem(outer.source, &key, &src, BPF_ANY);
	must(run4(7), XDP_PASS, XI_R_NO_SA);
	must(run4(7), XDP_PASS, XI_R_NO_SA);
	must(run4(7), XDP_DROP, XI_R_NO_SA_FLOOD);
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

/*
 * 20 ms a packet, on the real clock. The burst is long, and spent first: so a
 * test that has to wait for its CPU loses no token.
 */
static void test_police_keeps_the_rate(void **state)
{
	uint64_t begin, before, passed = 0;

	(void)state;
	cfg.unknown_cost_ns = 20 * MS;
	cfg.unknown_burst_ns = 500 * cfg.unknown_cost_ns;
	outer_config(&outer, &cfg);
	while (run4(7).verdict == XDP_PASS)
		;
	begin = now_ns();
	do {
		before = now_ns();
		passed += run4(7).verdict == XDP_PASS;
	} while (before - begin < 500 * MS);
	/* Two tokens for the ends: the clock of the program is coarse. */
	assert_in_range(passed, (before - begin) / (20 * MS) - 2,
			(now_ns() - begin) / (20 * MS) + 2);
}

static void must_never_drop(void)
{
	int i;

	outer_config(&outer, &cfg);
	for (i = 0; i < 500; i++)
		must(run4(7), XDP_PASS, XI_R_NO_SA);
}

static void test_police_off(void **state)
{
	(void)state;
	cfg.unknown_cost_ns = 0;
	must_never_drop();
}

/* The map was full once: an SPI that is not in it may be one of ours. */
static void test_police_not_when_incomplete(void **state)
{
	(void)state;
	cfg.incomplete = 1;
	must_never_drop();
}

/* No daemon has written anything yet: all zero. */
static void test_police_not_before_configuration(void **state)
{
	(void)state;
	memset(&cfg, 0, sizeof(cfg));
	must_never_drop();
}

/* --- events --------------------------------------------------------------------------- */

static void test_event_of_unknown_spi(void **state)
{
	static const uint8_t source[16] = { 198, 51, 100, 7 };
	struct xi_sa_key key = sa_key(AF_INET, AH, 0xbeef, 1);
	uint64_t before = now_ns();
	struct xi_event *ev = &outer.last_event;

	(void)state;
	outer_run_text(&outer, "eth ip4:src=7 ah:spi=0xbeef,seq=0x01020304");
	assert_int_equal(outer_events(&outer), 1);
	assert_int_equal(ev->kind, XI_EV_NO_SA);
	assert_int_equal(ev->reason, XI_R_NO_SA);
	assert_int_equal(ev->seq, 0x01020304);
	assert_int_equal(ev->ifindex, 1);	/* BPF_PROG_RUN says loopback */
	assert_memory_equal(&ev->key, &key, sizeof(key));
	assert_memory_equal(ev->saddr, source, sizeof(source));
	assert_in_range(ev->time_ns, before - 20 * MS, now_ns());
}

static void test_event_of_unknown_spi_over_ipv6(void **state)
{
	struct xi_sa_key key = sa_key(AF_INET6, ESP, 0xdead, 1);
	uint8_t source[16];

	(void)state;
	pkt_addr6_src(source, 3, 9);
	run6(3, 9);
	assert_int_equal(outer_events(&outer), 1);
	assert_memory_equal(&outer.last_event.key, &key, sizeof(key));
	assert_memory_equal(outer.last_event.saddr, source, sizeof(source));
}

static void test_events_of_one_source_are_limited(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < 50; i++)
		run4(7);
	assert_int_equal(outer_events(&outer), 2);
	for (i = 0; i < 50; i++)
		run4(8);
	assert_int_equal(outer_events(&outer), 2);
}

static void test_events_of_all_sources_are_limited(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < 250; i++)
		run4(i);
	assert_int_equal(outer_events(&outer), 100);
	for (i = 0; i < 250; i++)
		run6(i, 1);
	assert_int_equal(outer_events(&outer), 0);
}

/* R-LOG-10, R-ARW-13: one message a minute and SA; every drop is counted. */
static void test_event_of_replay_once_a_minute(void **state)
{
	struct xi_sa_key key = sa_key(AF_INET, ESP, 0x1000, 1);
	struct xi_sa_drop *d;
	int i;

	(void)state;
	for (i = 0; i < 100; i++)
		must(outer_run_text(&outer, "eth ip4 esp:seq=99"), XDP_DROP, XI_R_REPLAY_DUP);
	for (i = 0; i < 30; i++)
		must(outer_run_text(&outer, "eth ip4 esp:seq=5"), XDP_DROP, XI_R_REPLAY_OLD);
	for (i = 0; i < 3; i++)
		must(outer_run_text(&outer, "eth ip4 esp:seq=0"), XDP_DROP, XI_R_SEQ_ZERO);
	assert_int_equal(outer_events(&outer), 1);
	assert_int_equal(outer.last_event.kind, XI_EV_REPLAY);
	assert_int_equal(outer.last_event.reason, XI_R_REPLAY_DUP);
	assert_int_equal(outer.last_event.seq, 99);
	assert_memory_equal(&outer.last_event.key, &key, sizeof(key));

	d = outer_sa_drop(&outer, &key);
	assert_non_null(d);
	assert_int_equal(d->duplicate, 100);
	assert_int_equal(d->too_old, 30);
	assert_int_equal(d->seq_zero, 3);
	assert_int_equal(d->last_seq, 0);
	assert_true(d->last_ns > 0);

	d->log_tat -= 60 * 1000 * MS;	/* a minute later */
	outer_run_text(&outer, "eth ip4 esp:seq=36");
	outer_run_text(&outer, "eth ip4 esp:seq=36");
	assert_int_equal(outer_events(&outer), 1);
	assert_int_equal(outer.last_event.reason, XI_R_REPLAY_OLD);
	assert_int_equal(outer.last_event.seq, 36);
	/* Another SA has a minute of its own; AH of the same SPI is another SA (R-ARW-15). */
	outer_run_text(&outer, "eth ip4 ah:seq=50");
	assert_int_equal(outer_events(&outer), 1);
	assert_int_equal(outer.last_event.key.proto, AH);
	assert_int_equal(outer_sa_drop(&outer, &key)->duplicate, 100);
	assert_int_equal(outer_sa_drop(&outer, &key)->too_old, 32);
}

/* --- what a stranger can make us remember --------------------------------------------- */

static void test_strangers_cannot_fill_the_maps(void **state)
{
	static struct xi_window slots[XI_SLOTS_MIN];
	static struct pkt_buf b;
	const char *text = getenv("XI_PACKETS");
	unsigned int n = text ? strtoul(text, NULL, 0) : STRANGERS, i, dropped = 0;
	uint64_t z = 0x20260404;

	(void)state;
	memcpy(slots, outer.windows.base, sizeof(slots));
	for (i = 0; i < n; i++) {
		int is_ip6 = i >= n / 2;

		z = z * 6364136223846793005ULL + 1442695040888963407ULL;
		if (!i || i == n / 2)
			pkt_build(&b, is_ip6 ? "eth ip6 esp:spi=0xdead" : "eth ip4 esp:spi=0xdead",
				  NULL);
		memcpy(b.data + 14 + (is_ip6 ? 8 : 12), (uint8_t *)&z + 2, is_ip6 ? 6 : 4);
		dropped += outer_run(&outer, b.data, b.len).verdict != XDP_PASS;
	}
	assert_int_equal(dropped, 0);
	assert_in_range(count_keys(outer.source, sizeof(struct xi_source_key)), 1000,
			XI_MAX_SOURCE);
	assert_memory_equal(outer.windows.base, slots, sizeof(slots));
	assert_int_equal(outer_events(&outer), 100);
	/* And a new source is limited as ever: the oldest makes room. */
	for (i = 0; i < 5; i++)
		must(run4(7), XDP_PASS, XI_R_NO_SA);
	must(run4(7), XDP_DROP, XI_R_NO_SA_FLOOD);
	printf("# %u sources remembered\n",
	       count_keys(outer.source, sizeof(struct xi_source_key)));
}

/* Transit leaves nothing behind, whatever its source. */
static void test_transit_is_not_remembered(void **state)
{
	(void)state;
	must(outer_run_text(&outer, "eth ip4:dst=9,src=3 esp:spi=0xdead"), XDP_PASS, XI_R_TRANSIT);
	assert_int_equal(count_keys(outer.source, sizeof(struct xi_source_key)), 0);
	assert_int_equal(outer_events(&outer), 0);
}

/* Nobody reads the events: the ring is full, verdicts are as ever. */
static void test_full_ring_changes_no_verdict(void **state)
{
	int i;

	(void)state;
	memset(&cfg, 0, sizeof(cfg));	/* no limit to events */
	outer_config(&outer, &cfg);
	for (i = 0; i < 6000; i++) {
		must(run4(i), XDP_PASS, XI_R_NO_SA);
		must(outer_run_text(&outer, "eth ip4 esp:seq=99"), XDP_DROP, XI_R_REPLAY_DUP);
	}
	assert_in_range(outer_events(&outer), 2000, 12000);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_police_drops_above_the_rate),
		T(test_police_gives_each_source_a_bucket),
		T(test_police_gives_a_64_one_bucket),
		T(test_police_refills),
		T(test_police_keeps_the_rate),
		T(test_police_off),
		T(test_police_not_when_incomplete),
		T(test_police_not_before_configuration),
		T(test_event_of_unknown_spi),
		T(test_event_of_unknown_spi_over_ipv6),
		T(test_events_of_one_source_are_limited),
		T(test_events_of_all_sources_are_limited),
		T(test_event_of_replay_once_a_minute),
		T(test_strangers_cannot_fill_the_maps),
		T(test_transit_is_not_remembered),
		T(test_full_ring_changes_no_verdict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
