// SPDX-License-Identifier: Apache-2.0
/*
 * Packets of an attacker: mutations of the rows, and random numbers at known
 * SAs. xi_outer agrees with an independent reference (ref_outer.h), and of all
 * slots not one byte changes but the counters of drops (I1). XI_SEED and
 * XI_PACKETS set the random part.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "gateway.h"
#include "ref_outer.h"
#include "rows_outer.h"

#define PACKETS	250000

static struct outer outer;

/* --- all slots, used or not, byte for byte --------------------------------------------- */

static struct xi_window at_start[XI_SLOTS_MIN];

static void slots_read(void)
{
	memcpy(at_start, outer.windows.base, sizeof(at_start));
}

static int setup(void **state)
{
	(void)state;
	if (outer_open(&outer, NULL))
		return -1;
	gateway_setup(&outer);
	slots_read();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	outer_close(&outer);
	return 0;
}

/* --- what an attacker sends ------------------------------------------------------------ */

static uint64_t seed;

static uint64_t rng(void)	/* splitmix64 */
{
	uint64_t z = (seed += 0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static const uint8_t tempting[] = { 0, 1, 4, 5, 6, 7, 8, 9, 15, 17, 43, 44, 50, 51, 59, 60, 0x3f,
				    0x40, 0x45, 0x46, 0x4f, 0x60, 0x7f, 0x80, 0x81, 0x88, 0xff };

/* The headers are where it hurts: most changes are made in the first 80 bytes. */
static void mutate(struct pkt_buf *b)
{
	unsigned int times = rng() % 4;
	size_t at;

	while (times--) {
		at = rng() % (rng() % 4 && b->len > 80 ? 80 : b->len);
		switch (rng() % 4) {
		case 0:
			b->data[at] ^= 1 << rng() % 8;
			break;
		case 1:
			b->data[at] = tempting[rng() % sizeof(tempting)];
			break;
		case 2:
			b->data[at] = rng();
			break;
		default:	/* a piece of the packet where it does not belong */
			memmove(b->data + at, b->data + rng() % (at + 1), rng() % (b->len - at));
		}
	}
	if (rng() % 4 == 0)
		b->len = RUN_MIN + rng() % (b->len - RUN_MIN + 1);
}

static const char *dump(const struct pkt_buf *b)
{
	static char text[512];
	size_t i;

	for (i = 0; i < b->len && i < 200; i++)
		sprintf(text + 2 * i, "%02x", b->data[i]);
	return text;
}

static void run_both(const struct pkt_buf *b, uint64_t step)
{
	struct outcome r = outer_run(&outer, b->data, b->len);
	enum xi_reason want = ref_outer(b->data, b->len);

	if (r.reason == want && r.n_counted == 1 && !r.changed &&
	    r.verdict == (reason_actions[want] == XI_DROP ? XDP_DROP : XDP_PASS))
		return;
	printf("# step %llu, %zu bytes %s\n", (unsigned long long)step, b->len, dump(b));
	fail_msg("%s %s, counted %u%s; the reference says %s", verdict_name(r.verdict),
		 reason_names[r.reason], r.n_counted, r.changed ? ", changed" : "",
		 reason_names[want]);
}

static uint64_t env_number(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 0) : otherwise;
}

/* Rows of large frames cost time and say nothing new. */
static const char *any_row(void)
{
	const char *text;

	do
		text = outer_rows[rng() % outer_n_rows].packet;
	while (strstr(text, "=8900"));
	return text;
}

static void test_hostile_mutations(void **state)
{
	static struct pkt_buf b;
	uint64_t n = env_number("XI_PACKETS", PACKETS), i;

	(void)state;
	seed = env_number("XI_SEED", 0x20260202);
	printf("# seed %#llx, %llu packets\n", (unsigned long long)seed, (unsigned long long)n);
	for (i = 0; i < n; i++) {
		assert_int_equal(pkt_build(&b, any_row(), NULL), 0);
		mutate(&b);
		run_both(&b, i);
	}
}

/* Any number at a known SA, every way in which it can come. */
static void test_hostile_numbers(void **state)
{
	static const char *const ways[] = {
		"eth ip%d:dst=%u %s:spi=%#x,seq=%#x,len=16",
		"eth vlan ip%d:dst=%u %s:spi=%#x,seq=%#x,len=0",
		"eth ip%d:dst=%u udp %s:spi=%#x,seq=%#x,len=20",
	};
	uint64_t n = env_number("XI_PACKETS", PACKETS) / 2, i;
	static struct pkt_buf b;
	char text[128];

	(void)state;
	seed = env_number("XI_SEED", 0x20260303);
	for (i = 0; i < n; i++) {
		const struct gateway_sa *sa = &gateway_sas[rng() % gateway_n_sas];
		uint32_t seq = rng() % 4 ? sa->top + 8 - rng() % (sa->size + 70) : rng();

		snprintf(text, sizeof(text), ways[rng() % (sa->proto == ESP ? 3 : 2)],
			 sa->family == 2 ? 4 : 6, sa->host, sa->proto == ESP ? "esp" : "ah",
			 sa->spi, seq);
		assert_int_equal(pkt_build(&b, text, NULL), 0);
		run_both(&b, i);
	}
}

static void test_hostile_leaves_windows_alone(void **state)
{
	const struct xi_window *now = outer.windows.base;
	unsigned int i, live = 0, dropped = 0;

	(void)state;
	assert_int_equal(windows_slots(&outer.windows), XI_SLOTS_MIN);
	assert_int_equal(offsetof(struct xi_window, drop) + sizeof(now->drop), sizeof(*now));
	for (i = 0; i < XI_SLOTS_MIN; i++) {
		assert_memory_equal(&now[i], &at_start[i], offsetof(struct xi_window, drop));
		live += now[i].state == XI_SLOT_LIVE;
		dropped += now[i].drop.duplicate + now[i].drop.too_old + now[i].drop.seq_zero;
		if (now[i].state != XI_SLOT_LIVE)	/* nor are drops counted for nobody */
			assert_memory_equal(&now[i], &at_start[i], sizeof(*now));
	}
	assert_int_equal(live, gateway_n_sas);
	assert_int_equal(dropped, outer.counts[XI_R_REPLAY_DUP] + outer.counts[XI_R_REPLAY_OLD] +
				  outer.counts[XI_R_SEQ_ZERO]);
}

static void test_hostile_counts_add_up(void **state)
{
	uint64_t sum = 0;
	int i;

	(void)state;
	for (i = 0; i < XI_R_MAX; i++) {
		printf("# %9llu %s\n", (unsigned long long)outer.counts[i], reason_names[i]);
		sum += outer.counts[i];
	}
	assert_int_equal(sum, outer.runs);
	assert_int_equal(outer.counts[XI_R_NONE], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hostile_mutations),
		cmocka_unit_test(test_hostile_numbers),
		cmocka_unit_test(test_hostile_leaves_windows_alone),
		cmocka_unit_test(test_hostile_counts_add_up),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
