// SPDX-License-Identifier: Apache-2.0
/*
 * The variant without a mirror (bpf/lib/replay.h, live_check): it reads the
 * kernel's own replay state. Here that state is a struct xfrm_state filled from
 * kernel_model.h; live_check must say what the kernel says, in all three modes,
 * and reject nothing while somebody holds the SA's lock or moves its top.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>

/* What another CPU does between our first look at the bits and the last at the top. */
static void (*meanwhile)(void);

static long probe_read(void *to, __u32 size, const void *from)
{
	memcpy(to, from, size);
	if (meanwhile)
		meanwhile();
	return 0;
}

#define bpf_probe_read_kernel(to, size, from)	probe_read(to, size, from)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunknown-pragmas"
#pragma GCC diagnostic ignored "-Wpragmas"
#pragma GCC diagnostic ignored "-Wattributes"
#ifdef __clang__
#define preserve_access_index	annotate("preserve_access_index")
#endif
#include "bpf/lib/replay.h"
#pragma GCC diagnostic pop

#include "kernel_model.h"

static struct xfrm_state x;
static __u32 ring_memory[sizeof(struct xfrm_replay_state_esn) / sizeof(__u32) + 128];
static struct xfrm_replay_state_esn *const ring = (struct xfrm_replay_state_esn *)ring_memory;

static void state_fill(const struct kernel_model *k)
{
	memset(&x, 0, sizeof(x));
	x.repl_mode = k->mode == KERNEL_LEGACY ? XFRM_REPLAY_MODE_LEGACY :
		      k->mode == KERNEL_BMP ? XFRM_REPLAY_MODE_BMP : XFRM_REPLAY_MODE_ESN;
	x.props.replay_window = k->mode == KERNEL_LEGACY ? k->window : 0;
	x.replay.seq = k->seq;
	x.replay.bitmap = k->bitmap;
	x.replay_esn = ring;
	ring->seq = k->seq;
	ring->seq_hi = k->seq_hi;
	ring->replay_window = k->window;
	memcpy(ring->bmp, k->bmp, sizeof(k->bmp));
}

static int is_reject(enum xi_window_verdict v)
{
	return v == XI_WIN_DUP || v == XI_WIN_OLD || v == XI_WIN_ZERO;
}

static uint64_t seed = 0x20260505;

static uint64_t rng(void)	/* splitmix64 */
{
	uint64_t z = (seed += 0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static uint32_t draw_seq(const struct kernel_model *k)
{
	switch (rng() % 8) {
	case 0:
		return rng();
	case 1:
		return rng() % 3;
	case 2:
		return k->seq - k->window + rng() % 5 - 2;
	case 3:
		return k->seq + 1 + rng() % (2 * k->window);
	default:
		return k->seq - rng() % (k->window + 8);
	}
}

/* The one difference: number 0 is never valid (R-ARW-2), the kernel lets it pass once. */
static int is_quirk(const struct kernel_model *k, uint32_t seq)
{
	return k->mode == KERNEL_ESN && !seq && !k->seq_hi && k->seq == k->window - 1;
}

/* Numbers below zero were never sent; leaps would end the numbers without ESN at once. */
static int is_sent(const struct kernel_model *k, uint32_t seq)
{
	if (k->mode != KERNEL_ESN)
		return seq && seq <= k->seq + 5000ULL;
	return kernel_high_half(k, seq) != UINT32_MAX && (seq || k->seq_hi);
}

static void test_live_says_what_the_kernel_says(void **state)
{
	static const uint32_t sizes[] = { 1, 2, 31, 32, 33, 64, 100, 128, 1024, 4095, 4096 };
	unsigned int episode, step, rejected = 0;
	struct kernel_model k;

	(void)state;
	for (episode = 0; episode < 600; episode++) {
		enum kernel_mode mode = rng() % 3;
		uint32_t size = mode == KERNEL_LEGACY ? 1 + rng() % 32 : sizes[rng() % 11];
		uint64_t top = rng() % 2 ? rng() % 100 : 0xffffffff - rng() % 300;

		kernel_start(&k, mode, top + (mode == KERNEL_ESN ? (rng() % 3) << 32 : 0), size);
		for (step = 0; step < 2000; step++) {
			uint32_t seq = draw_seq(&k);
			int rejects, takes = kernel_accepts(&k, seq);

			state_fill(&k);
			rejects = is_reject(live_check(&x, seq));
			rejected += rejects;
			if (rejects == takes && !is_quirk(&k, seq))
				fail_msg("episode %u step %u mode %d size %u top %#llx seq %#x: %s",
					 episode, step, mode, size,
					 (unsigned long long)kernel_top(&k), seq,
					 rejects ? "false reject" : "missed replay");
			if (takes && is_sent(&k, seq) && rng() % 4)
				kernel_advance(&k, seq);
		}
	}
	printf("# 1,200,000 decisions, %u rejected\n", rejected);
	assert_true(rejected > 100000);
}

static struct kernel_model k64;

static void start_64(void)
{
	kernel_start(&k64, KERNEL_BMP, 1000, 64);
	kernel_advance(&k64, 1001);
	state_fill(&k64);
	meanwhile = NULL;
}

static void test_live_off(void **state)
{
	(void)state;
	kernel_start(&k64, KERNEL_LEGACY, 100, 0);
	state_fill(&k64);
	assert_int_equal(live_check(&x, 5), XI_WIN_OFF);
}

static void lock_taken(void)
{
	x.lock.rlock.raw_lock.val.counter = 1;
}

static void lock_released(void)
{
	x.lock.rlock.raw_lock.val.counter = 0;
}

static void top_moved(void)
{
	ring->seq = 1002;
}

/* A rejection needs a state that nobody changes. */
static void test_live_rejects_only_what_stands_still(void **state)
{
	(void)state;
	start_64();
	assert_int_equal(live_check(&x, 1001), XI_WIN_DUP);
	lock_taken();
	assert_int_equal(live_check(&x, 1001), XI_WIN_NEW);
	assert_int_equal(live_check(&x, 5), XI_WIN_NEW);

	start_64();
	lock_taken();
	meanwhile = lock_released;
	assert_int_equal(live_check(&x, 1001), XI_WIN_NEW);

	start_64();
	meanwhile = lock_taken;
	assert_int_equal(live_check(&x, 1001), XI_WIN_NEW);

	start_64();
	meanwhile = top_moved;
	assert_int_equal(live_check(&x, 1001), XI_WIN_NEW);
	meanwhile = NULL;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_live_says_what_the_kernel_says),
		cmocka_unit_test(test_live_off),
		cmocka_unit_test(test_live_rejects_only_what_stands_still),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
