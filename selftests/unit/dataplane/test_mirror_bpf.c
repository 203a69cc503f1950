// SPDX-License-Identifier: Apache-2.0
/*
 * bpf/mirror.bpf.c, run natively on SAs of the kernel model: packets that were
 * authenticated, SAs that end and begin anew under the same SPI, replay state
 * written from user space, a mirror that is attached late, SPIs shared by marks.
 *
 * After each event the window in the map must reject nothing that the kernel
 * would take (I2), and every number the mirror was told of (I3).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <cmocka.h>

#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>
#include <xipsec/window.h>

static void *mock_lookup(void *map, const void *key);
static __u64 mock_time(void);

#define bpf_map_lookup_elem(map, key)			mock_lookup(map, key)
#define bpf_ktime_get_ns()				mock_time()
#define bpf_ktime_get_boot_ns()				mock_time()

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunknown-pragmas"
#pragma GCC diagnostic ignored "-Wpragmas"
#pragma GCC diagnostic ignored "-Wattributes"
#pragma GCC diagnostic ignored "-Wmissing-prototypes"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#ifdef __clang__
#define preserve_access_index	annotate("preserve_access_index")
#endif
#include "bpf/lib/maps.h"
/* cookie_of() speaks BPF assembly: left out. Only "asm volatile(" is meant. */
#define asm
#define volatile(...)
#include "bpf/mirror.bpf.c"
#pragma GCC diagnostic pop
#undef asm
#undef volatile

#include "kernel_model.h"

/* --- the maps ------------------------------------------------------------------------------ */

static struct xi_window slots[XI_SLOTS_MIN];
static struct xi_config the_config;

static void *mock_lookup(void *map, const void *key)
{
	static __u32 one = 1;
	__u32 index;

	if (map == &xi_config)
		return &the_config;
	if (map == &xi_local)
		return &one;
	assert_ptr_equal(map, &xi_window);
	memcpy(&index, key, sizeof(index));
	assert_in_range(index, 0, XI_SLOTS_MIN - 1);
	return &slots[index];
}

static __u64 mock_time(void)
{
	static __u64 now;

	return now += 1000;
}

/* --- the kernel ---------------------------------------------------------------------------- */

struct sa {
	struct xfrm_state x;
	struct kernel_model k;
	__u32 ring[sizeof(struct xfrm_replay_state_esn) / sizeof(__u32) + 128];
	uint64_t told[64];	/* numbers the mirror was told of since the window's start */
	unsigned int n_told;
};

static struct net here, elsewhere;
static struct sa sas[2];

static void sa_fill(struct sa *sa)
{
	struct xfrm_replay_state_esn *esn = (struct xfrm_replay_state_esn *)sa->ring;
	const struct kernel_model *k = &sa->k;

	sa->x.repl_mode = k->mode == KERNEL_LEGACY ? XFRM_REPLAY_MODE_LEGACY :
			  k->mode == KERNEL_BMP ? XFRM_REPLAY_MODE_BMP : XFRM_REPLAY_MODE_ESN;
	sa->x.props.replay_window = k->mode == KERNEL_LEGACY ? k->window : 0;
	sa->x.replay.seq = k->seq;
	sa->x.replay_esn = esn;
	esn->seq = k->seq;
	esn->seq_hi = k->seq_hi;
	esn->replay_window = k->window;
}

static void sa_init(struct sa *sa, enum kernel_mode mode, uint64_t top, uint32_t size)
{
	memset(sa, 0, sizeof(*sa));
	kernel_start(&sa->k, mode, top, size);
	sa->x.xs_net.net = &here;
	sa->x.id.daddr.a4 = htonl(0xc0000201);
	sa->x.id.spi = htonl(0x1000);
	sa->x.id.proto = 50;
	sa->x.props.family = 2;
	sa->x.km.state = XFRM_STATE_VALID;
	sa_fill(sa);
}

static void told(struct sa *sa, uint64_t number)
{
	sa->told[sa->n_told++ % 64] = number;
}

/*
 * A packet passed its integrity check and the kernel's second look at its window:
 * the mirror is told, then the kernel's window moves.
 */
static void sa_packet(struct sa *sa, uint32_t seq)
{
	unsigned long long args[] = { (uintptr_t)&sa->x, htonl(seq), 0 };
	uint64_t number = (uint64_t)kernel_high_half(&sa->k, seq) << 32 | seq;

	xi_mirror(args);
	told(sa, number);
	kernel_advance(&sa->k, seq);
	sa_fill(sa);
}

static void sa_notify(struct sa *sa, uint32_t event, uint32_t aevent)
{
	struct km_event c = { .event = event, .data.aevent = aevent };
	unsigned long long args[] = { (uintptr_t)&sa->x, (uintptr_t)&c, 0 };

	xi_sa_event(args);
}

static void sa_delete(struct sa *sa)
{
	unsigned long long args[] = { (uintptr_t)&sa->x, 0 };

	sa->x.km.state = 5;	/* XFRM_STATE_DEAD */
	xi_sa_delete(args);
}

/* --- what must hold -------------------------------------------------------------------------- */

static int is_reject(enum xi_window_verdict v)
{
	return v == XI_WIN_DUP || v == XI_WIN_OLD || v == XI_WIN_ZERO;
}

/* The slot of the one key that the SAs of these tests have. NULL: there is none. */
static struct xi_window *the_slot(void)
{
	struct xi_sa_key key;

	xfrm_key_read(&sas[0].x, &key);
	return xi_slot_find(SLOTS, &key);
}

static enum xi_window_verdict check(uint32_t seq)
{
	struct xi_window *w = the_slot();

	assert_non_null(w);
	return xi_window_check(w, seq);
}

static int map_rejects(uint32_t seq)
{
	return the_slot() && is_reject(check(seq));
}

static uint64_t seed = 0x20260606;

static uint64_t rng(void)	/* splitmix64 */
{
	uint64_t z = (seed += 0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static uint64_t asked, rejected;

static void no_false_reject(const struct sa *sa, const char *when)
{
	int i;

	for (i = 0; i < 12; i++) {
		uint32_t seq = rng() % 4 ? sa->k.seq + 4 - rng() % (sa->k.window + 70) : rng();

		asked++;
		if (!seq || !map_rejects(seq))
			continue;
		rejected++;
		if (kernel_accepts(&sa->k, seq))
			fail_msg("%s: seq %#x is rejected, top %#llx size %u mode %d", when, seq,
				 (unsigned long long)kernel_top(&sa->k), sa->k.window, sa->k.mode);
	}
}

static void no_missed_replay(const struct sa *sa)
{
	unsigned int i, n = sa->n_told < 64 ? sa->n_told : 64;

	for (i = 0; i < n; i++) {
		/* With ESN what lies left of the window is a number of the next round. */
		if (kernel_top(&sa->k) - sa->told[i] >= sa->k.window && sa->k.mode == KERNEL_ESN)
			continue;
		if (!map_rejects((uint32_t)sa->told[i]))
			fail_msg("%#llx passes again, top %#llx size %u mode %d",
				 (unsigned long long)sa->told[i],
				 (unsigned long long)kernel_top(&sa->k), sa->k.window, sa->k.mode);
	}
}

static void world_reset(void)
{
	memset(slots, 0, sizeof(slots));
	memset(&the_config, 0, sizeof(the_config));
	elsewhere.ns.inum = 4711;
}

/* Sizes of powers of two, or legacy: where the kernel's ring has no quirk. */
static void sa_draw(struct sa *sa)
{
	enum kernel_mode mode = rng() % 3;
	uint32_t size = mode == KERNEL_LEGACY ? 1 + rng() % 32 : 1U << (rng() % 13);
	uint64_t top = rng() % 3 ? rng() % 50 : 0xffffffff - rng() % 3000;

	if (mode == KERNEL_ESN)
		top += (rng() % 3) << 32;
	else
		top &= 0x7fffffff;
	sa_init(sa, mode, top, size);
}

static uint32_t draw_seq(const struct sa *sa)
{
	uint32_t seq = sa->k.seq + (rng() % 3 ? 1 : rng() % 400 - rng() % (sa->k.window + 1));

	return rng() % 200 ? seq : seq + (1U << (rng() % 24));
}

static int is_sent(const struct sa *sa, uint32_t seq)
{
	if (sa->k.mode == KERNEL_ESN)
		return kernel_high_half(&sa->k, seq) != UINT32_MAX && (seq || sa->k.seq_hi);
	return seq && seq < 0x90000000;
}

/* Failover: the daemon writes what the other gateway had. */
static void sa_rewrite(struct sa *sa)
{
	uint64_t top = kernel_top(&sa->k) + rng() % 300 - (kernel_top(&sa->k) > 300 ? rng() % 300 : 0);

	kernel_start(&sa->k, sa->k.mode, top, sa->k.window);
	sa_fill(sa);
	sa_notify(sa, XFRM_MSG_NEWAE, XFRM_AE_CU);
	sa->n_told = 0;
}

static void test_mirror_lives_of_sas(void **state)
{
	unsigned int life, step;
	struct sa *sa = &sas[0];

	(void)state;
	world_reset();
	for (life = 0; life < 1500; life++) {
		sa_draw(sa);
		if (rng() % 4)		/* else the mirror was attached late */
			sa_notify(sa, rng() % 2 ? XFRM_MSG_NEWSA : XFRM_MSG_UPDSA, 0);
		no_false_reject(sa, "new");
		for (step = 0; step < 300; step++) {
			uint32_t seq = draw_seq(sa);

			if (!is_sent(sa, seq) || !kernel_accepts(&sa->k, seq))
				continue;
			sa_packet(sa, seq);
			no_missed_replay(sa);
			no_false_reject(sa, "packet");
			if (rng() % 500)
				continue;
			sa_rewrite(sa);
			no_false_reject(sa, "replay state written");
		}
		sa_notify(sa, XFRM_MSG_NEWAE, 1);	/* the kernel's own news change nothing */
		no_missed_replay(sa);
		sa_delete(sa);
		assert_null(the_slot());
	}
	printf("# %llu numbers asked, %llu rejected\n", (unsigned long long)asked,
	       (unsigned long long)rejected);
	assert_true(rejected > asked / 20);
}

/* Two SAs under one key: nothing is judged, whichever came first. */
static void test_mirror_shared_by_marks(void **state)
{
	int order;

	(void)state;
	for (order = 0; order < 3; order++) {
		world_reset();
		sa_init(&sas[0], KERNEL_BMP, 100, 64);
		sa_init(&sas[1], KERNEL_BMP, 5, 64);
		sas[order & 1].x.mark.m = 0xff;
		sa_packet(&sas[0], 101);
		if (order < 2)
			sa_notify(&sas[1], XFRM_MSG_NEWSA, 0);
		else
			sa_packet(&sas[1], 6);
		assert_int_equal(check(101), XI_WIN_AMBIGUOUS);
		sa_packet(&sas[0], 102);
		sa_packet(&sas[1], 7);
		assert_int_equal(check(7), XI_WIN_AMBIGUOUS);
		/* The end of the one whose window it is not takes nothing away. */
		sa_delete(&sas[1]);
		assert_non_null(the_slot());
		sa_delete(&sas[0]);
		assert_null(the_slot());
	}
}

/* What the daemon found when it came is the mirror's with the first packet. */
static void test_mirror_takes_the_daemons_slot(void **state)
{
	struct xi_sa_key key;
	int fresh;

	(void)state;
	world_reset();
	sa_init(&sas[0], KERNEL_BMP, 100, 64);
	xfrm_key_read(&sas[0].x, &key);
	xi_slot_add(SLOTS, &key, 32, 0, 0, &fresh);
	sa_packet(&sas[0], 101);
	assert_int_equal(the_slot()->size, 64);
	assert_int_equal(check(101), XI_WIN_DUP);
	/* From now on the daemon, who asked about another state or none, takes nothing away. */
	xi_slot_del(SLOTS, &key, 0);
	assert_int_equal(check(101), XI_WIN_DUP);
	sa_delete(&sas[0]);
	assert_null(the_slot());
}

/* The end of an SA was missed, and its SPI serves the next one: that begins at 1. */
static void test_mirror_end_missed(void **state)
{
	int notified;

	(void)state;
	for (notified = 0; notified < 2; notified++) {
		world_reset();
		sa_init(&sas[0], KERNEL_BMP, 1000, 64);
		sa_packet(&sas[0], 1001);
		sa_init(&sas[1], KERNEL_BMP, 0, 64);
		if (notified) {
			sa_notify(&sas[1], XFRM_MSG_NEWSA, 0);
			assert_int_equal(check(1), XI_WIN_UNSTARTED);
		}
		sa_packet(&sas[1], 1);
		assert_int_equal(check(1), XI_WIN_DUP);
		assert_int_equal(check(2), XI_WIN_NEW);
		/* A packet of the former one, still in an asynchronous cipher, changes nothing. */
		sas[0].x.km.state = 5;
		sa_packet(&sas[0], 1002);
		assert_int_equal(check(2), XI_WIN_NEW);
	}
}

/* The daemon holds the slot just now: no packet is judged wrongly, the next one finds its place. */
static void test_mirror_slot_is_held(void **state)
{
	struct xi_window *w;

	(void)state;
	world_reset();
	sa_init(&sas[0], KERNEL_BMP, 100, 64);
	sa_packet(&sas[0], 101);
	w = the_slot();
	w->state = XI_SLOT_BUSY;
	sa_packet(&sas[0], 102);	/* found by its cookie */
	w->state = XI_SLOT_LIVE;
	assert_int_equal(check(102), XI_WIN_DUP);
	w->state = XI_SLOT_BUSY;
	sa_delete(&sas[0]);
	w->state = XI_SLOT_LIVE;	/* put back after its SA ended: judges nothing */
	assert_int_equal(check(5), XI_WIN_UNSTARTED);
	sa_init(&sas[1], KERNEL_BMP, 0, 64);
	sa_packet(&sas[1], 1);
	assert_int_equal(check(1), XI_WIN_DUP);
}

/* An asynchronous cipher ends after its SA did: nothing is kept of a dead SA. */
static void test_mirror_ignores_the_dead(void **state)
{
	(void)state;
	world_reset();
	sa_init(&sas[0], KERNEL_BMP, 100, 64);
	sa_packet(&sas[0], 101);
	sa_delete(&sas[0]);
	sa_packet(&sas[0], 102);
	assert_null(the_slot());
	sa_init(&sas[1], KERNEL_BMP, 0, 64);
	sa_notify(&sas[1], XFRM_MSG_NEWSA, 0);
	sa_packet(&sas[0], 103);	/* and its successor's window stays clean */
	assert_int_equal(check(103), XI_WIN_UNSTARTED);
	sa_packet(&sas[1], 1);
	assert_int_equal(check(1), XI_WIN_DUP);
	assert_int_equal(check(2), XI_WIN_NEW);
}

/* Every slot serves an SA of another key. */
static void fill_all(void)
{
	unsigned int i;

	for (i = 0; i < XI_SLOTS_MIN; i++) {
		slots[i].state = XI_SLOT_LIVE;
		slots[i].key.spi = 1 + i;
		slots[i].cookie = 1 + i;
	}
}

static void test_mirror_full_map_is_told(void **state)
{
	(void)state;
	world_reset();
	fill_all();
	sa_init(&sas[0], KERNEL_BMP, 100, 64);
	sa_packet(&sas[0], 101);
	assert_null(the_slot());
	assert_int_equal(the_config.incomplete, 1);
}

static void test_mirror_keeps_to_its_name_space(void **state)
{
	(void)state;
	world_reset();
	sa_init(&sas[0], KERNEL_BMP, 100, 64);
	sas[0].x.xs_net.net = &elsewhere;
	sa_notify(&sas[0], XFRM_MSG_NEWSA, 0);
	sa_packet(&sas[0], 101);
	assert_null(the_slot());
	/* Nor does the end of an SA there end ours. */
	sa_init(&sas[1], KERNEL_BMP, 100, 64);
	sa_packet(&sas[1], 101);
	sa_delete(&sas[0]);
	assert_non_null(the_slot());
}

/* R-ARW-5: a replay check that is off stays off. */
static void test_mirror_replay_off(void **state)
{
	(void)state;
	world_reset();
	sa_init(&sas[0], KERNEL_BMP, 100, 0);
	sa_notify(&sas[0], XFRM_MSG_NEWSA, 0);
	sa_packet(&sas[0], 5);
	sa_packet(&sas[0], 5);
	assert_int_equal(check(5), XI_WIN_OFF);
}

/* Replay state written from user space may bring another size, or none. */
static void test_mirror_size_changes(void **state)
{
	static const uint32_t sizes[] = { 0, 32, 128, 1024 };
	size_t i;
	uint32_t seq;

	(void)state;
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		world_reset();
		sa_init(&sas[0], KERNEL_BMP, 0, 64);
		for (seq = 1; seq <= 2000; seq++)
			sa_packet(&sas[0], seq);
		kernel_start(&sas[0].k, KERNEL_BMP, 2000, sizes[i]);
		sa_fill(&sas[0]);
		sa_notify(&sas[0], XFRM_MSG_NEWAE, XFRM_AE_CU);
		sa_packet(&sas[0], 2001);
		for (seq = 1; seq <= 2010; seq++) {
			if (map_rejects(seq) && kernel_accepts(&sas[0].k, seq))
				fail_msg("size %u: %u is rejected", sizes[i], seq);
		}
	}
}

/*
 * Somebody set the kernel's numbers back and the mirror was not told: what we
 * hold is void as soon as a packet shows it.
 */
static void test_mirror_numbers_set_back(void **state)
{
	enum kernel_mode mode;
	uint32_t seq;

	(void)state;
	for (mode = KERNEL_LEGACY; mode <= KERNEL_ESN; mode++) {
		world_reset();
		sa_init(&sas[0], mode, 0, 32);
		for (seq = 1; seq <= 5000; seq++)
			sa_packet(&sas[0], seq);
		kernel_start(&sas[0].k, mode, 1000, 32);
		sa_fill(&sas[0]);
		sa_packet(&sas[0], 1001);
		if (mode != KERNEL_ESN)		/* ESN: taken for a number of the next round */
			assert_int_equal(check(4990), XI_WIN_UNSTARTED);
		for (seq = 1002; seq < 1040; seq++) {
			sa_packet(&sas[0], seq);
			no_false_reject(&sas[0], "set back");
			assert_true(map_rejects(seq));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mirror_lives_of_sas),
		cmocka_unit_test(test_mirror_shared_by_marks),
		cmocka_unit_test(test_mirror_takes_the_daemons_slot),
		cmocka_unit_test(test_mirror_end_missed),
		cmocka_unit_test(test_mirror_slot_is_held),
		cmocka_unit_test(test_mirror_ignores_the_dead),
		cmocka_unit_test(test_mirror_full_map_is_told),
		cmocka_unit_test(test_mirror_keeps_to_its_name_space),
		cmocka_unit_test(test_mirror_replay_off),
		cmocka_unit_test(test_mirror_size_changes),
		cmocka_unit_test(test_mirror_numbers_set_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
