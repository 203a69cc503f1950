// SPDX-License-Identifier: Apache-2.0
/*
 * The replay window decides as RFC 4303 says (window_model.h), and rejects
 * nothing that the kernel would not reject (kernel_model.h, I2).
 *
 * XI_SEED and XI_DECISIONS set the random part; a failure prints both the seed
 * and the step.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <xipsec/window.h>

#include "kernel_model.h"
#include "window_model.h"

#ifdef __SANITIZE_ADDRESS__
#define DECISIONS	1000000ULL
#else
#define DECISIONS	20000000ULL
#endif

#define EPISODE_STEPS	6000
#define U32(x)		((uint32_t)(x))

static struct xi_window win;
static struct window_model model;

static const uint32_t sizes[] = { 1, 2, 31, 32, 33, 63, 64, 65, 66, 100, 127, 128, 129, 200, 256,
				  300, 512, 1000, 1024, 2048, 4032, 4095, 4096 };

static const char *const verdict_names[] = { "NEW", "UNSTARTED", "OFF", "AMBIGUOUS",
					     "DUP", "OLD", "ZERO" };

static const enum xi_window_verdict as_window[] = {
	[MODEL_NEW] = XI_WIN_NEW, [MODEL_DUP] = XI_WIN_DUP,
	[MODEL_OLD] = XI_WIN_OLD, [MODEL_ZERO] = XI_WIN_ZERO,
};

static int is_reject(enum xi_window_verdict v)
{
	return v == XI_WIN_DUP || v == XI_WIN_OLD || v == XI_WIN_ZERO;
}

static void start_fresh(struct xi_window *w, uint64_t top, uint32_t size, uint32_t flags)
{
	memset(w, 0, sizeof(*w));
	xi_window_start(w, 1, top, size, flags);
}

static void mark(struct xi_window *w, uint64_t number)
{
	xi_window_advance(w, number > w->top ? number : w->top, number);
}

/* --- vectors ----------------------------------------------------------------- */

/* R-ARW-1: N=64, X=100: 37..100 are inside, 36 is dropped. */
static void test_window_vector_of_requirement(void **state)
{
	uint32_t seq;

	(void)state;
	start_fresh(&win, 0, 64, 0);
	mark(&win, 100);
	assert_int_equal(xi_window_check(&win, 36), XI_WIN_OLD);
	for (seq = 37; seq < 100; seq++)
		assert_int_equal(xi_window_check(&win, seq), XI_WIN_NEW);
	assert_int_equal(xi_window_check(&win, 100), XI_WIN_DUP);
	assert_int_equal(xi_window_check(&win, 101), XI_WIN_NEW);
	for (seq = 37; seq < 100; seq++) {
		mark(&win, seq);
		assert_int_equal(xi_window_check(&win, seq), XI_WIN_DUP);
	}
	assert_int_equal(xi_window_check(&win, 36), XI_WIN_OLD);
}

/* R-ARW-2: number 0 is never valid, wherever the window stands. */
static void test_window_zero_is_never_valid(void **state)
{
	static const uint64_t tops[] = { 0, 1, 62, 63, 64, 65, 1000, 0xffffffff };
	size_t i, s;

	(void)state;
	for (s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
		for (i = 0; i < sizeof(tops) / sizeof(tops[0]); i++) {
			start_fresh(&win, tops[i], sizes[s], 0);
			assert_int_equal(xi_window_check(&win, 0), XI_WIN_ZERO);
		}
	}
	/* With ESN 0 may be the low half of 2^32, which is a valid number. */
	start_fresh(&win, 10, 64, XI_WIN_ESN);
	assert_int_equal(xi_window_check(&win, 0), XI_WIN_ZERO);
	start_fresh(&win, 0xffffffff, 64, XI_WIN_ESN);
	assert_int_equal(xi_window_check(&win, 0), XI_WIN_NEW);
}

/* Every state that is not a judged window passes everything. */
static void test_window_passes_without_a_window(void **state)
{
	static const uint32_t seqs[] = { 0, 1, 64, 0xffffffff };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(seqs) / sizeof(seqs[0]); i++) {
		memset(&win, 0, sizeof(win));
		assert_int_equal(xi_window_check(&win, seqs[i]), XI_WIN_OFF);
		win.size = 64;
		assert_int_equal(xi_window_check(&win, seqs[i]), XI_WIN_UNSTARTED);
		start_fresh(&win, 1000, 64, 0);
		xi_window_stop(&win);
		assert_int_equal(xi_window_check(&win, seqs[i]), XI_WIN_UNSTARTED);
		start_fresh(&win, 1000, 64, XI_WIN_SHARED);
		assert_int_equal(xi_window_check(&win, seqs[i]), XI_WIN_AMBIGUOUS);
		/* Replay state written from user space may switch the check off. */
		start_fresh(&win, 1000, 0, 0);
		assert_false(is_reject(xi_window_check(&win, seqs[i])));
		/* And so may a size that our ring cannot hold come. */
		start_fresh(&win, 100000, XI_WINDOW_MAX + 1, 0);
		mark(&win, 100001);
		assert_false(is_reject(xi_window_check(&win, seqs[i])));
		assert_false(is_reject(xi_window_check(&win, 100001)));
	}
}

/* Another SA may show its key at any time: that must outlive a start. */
static void test_window_shared_survives_start(void **state)
{
	(void)state;
	start_fresh(&win, 100, 64, XI_WIN_SHARED);
	xi_window_start(&win, 2, 200, 64, 0);
	assert_int_equal(xi_window_check(&win, 1), XI_WIN_AMBIGUOUS);
}

/* What was received before a start is unknown: nothing is a duplicate. */
static void test_window_start_forgets(void **state)
{
	uint64_t n;

	(void)state;
	start_fresh(&win, 0, 64, 0);
	for (n = 1; n <= 1000; n++)
		mark(&win, n);
	xi_window_start(&win, 2, 990, 64, 0);
	for (n = 990 - 63; n <= 1000; n++)
		assert_int_equal(xi_window_check(&win, U32(n)), XI_WIN_NEW);
	assert_int_equal(xi_window_check(&win, 990 - 64), XI_WIN_OLD);
}

/* A ring holds every number of the window, wherever in a word the top stands. */
static void test_window_ring_holds_the_window(void **state)
{
	uint32_t size, words;

	(void)state;
	for (size = 1; size <= XI_WINDOW_MAX; size++) {
		words = xi_window_words(size);
		assert_int_equal(words & (words - 1), 0);
		assert_in_range(words, 2, XI_RING_WORDS);
		/* The worst place: the top at bit 0 of its word. */
		assert_true(words >= (size - 1 + 63) / 64 + 1);
	}
}

/* What is marked now says nothing of the numbers to come, in this round of the ring or the next. */
static void skip_and_come_back(uint64_t top)
{
	uint64_t end = top + 64 * (win.mask + 2);

	if (win.mask > 7)
		end = top + 200;
	while (win.top < end) {
		mark(&win, win.top + 3);
		assert_int_equal(xi_window_check(&win, U32(win.top - 1)), XI_WIN_NEW);
		assert_int_equal(xi_window_check(&win, U32(win.top - 2)), XI_WIN_NEW);
	}
}

/* All sizes, both edges, the top at each place of a word; nothing seen, then all seen. */
static void test_window_edges_of_every_size(void **state)
{
	uint32_t size, step;
	uint64_t top;

	(void)state;
	for (size = 1; size <= XI_WINDOW_MAX; size += size < 300 ? 1 : 61) {
		for (step = 0; step < 64; step += size < 300 ? 1 : 21) {
			top = 3 * XI_WINDOW_MAX + step;
			start_fresh(&win, top - 1, size, 0);
			mark(&win, top);
			assert_int_equal(xi_window_check(&win, U32(top - size)), XI_WIN_OLD);
			assert_int_equal(xi_window_check(&win, U32(top)), XI_WIN_DUP);
			if (size == 1)
				continue;
			assert_int_equal(xi_window_check(&win, U32(top - size + 1)), XI_WIN_NEW);
			mark(&win, top - size + 1);
			assert_int_equal(xi_window_check(&win, U32(top - size + 1)), XI_WIN_DUP);
			if (size > 2)
				skip_and_come_back(top);
		}
	}
}

/* RFC 4303 appendix A2.2, both cases, around a wrap of the low half. */
static void test_window_infers_high_half(void **state)
{
	static const struct {
		uint64_t top;
		uint32_t size, seq;
		uint64_t number;
	} rows[] = {
		{ 1000, 64, 1000, 1000 },
		{ 1000, 64, 937, 937 },
		{ 1000, 64, 936, 0x1000003a8 },		/* left of the window: next round */
		{ 63, 64, 0, 0 },
		{ 62, 64, 0xffffffff, 0xffffffffffffffff },	/* number -1: never sent */
		{ 0x100000000, 64, 0xffffffff, 0xffffffff },
		{ 0x100000000, 64, 0xffffffc1, 0xffffffc1 },
		{ 0x100000000, 64, 0xffffffc0, 0x1ffffffc0 },
		{ 0x10000003e, 64, 0xffffffff, 0xffffffff },
		{ 0x10000003f, 64, 0xffffffff, 0x1ffffffff },
		{ 0xffffffff, 64, 0, 0x100000000 },
		{ 0x7ffffffff, 4096, 5, 0x800000005 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_true(xi_window_infer(rows[i].top, rows[i].size, rows[i].seq) ==
			    rows[i].number);
}

/* --- random and hostile sequences ---------------------------------------------- */

static uint64_t rng_state;

static uint64_t rng(void)	/* splitmix64 */
{
	uint64_t z = (rng_state += 0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static uint64_t below(uint64_t n)
{
	return rng() % n;
}

enum move { NEXT, LOSS, REORDER, REPLAY, LEFT_EDGE, WORD_EDGE, RING, JUMP, UNIFORM, LOW, WRAP };

/* What a sequence is made of: moves are drawn from the list. */
static const struct story {
	const char *name;
	enum move moves[8];
	unsigned int n_moves;
	unsigned int authentic;		/* of 100; the rest are an attacker's */
} stories[] = {
	{ "in order",	{ NEXT },					1, 100 },
	{ "loss",	{ NEXT, NEXT, NEXT, LOSS },			4, 100 },
	{ "burst",	{ NEXT, NEXT, NEXT, NEXT, NEXT, LOSS, WORD_EDGE }, 7, 100 },
	{ "reorder",	{ NEXT, LOSS, REORDER, REORDER, LEFT_EDGE },	5, 100 },
	{ "replay",	{ NEXT, REPLAY, REPLAY, REORDER, LOSS },	5, 100 },
	{ "edges",	{ LOSS, REORDER, LEFT_EDGE, WORD_EDGE, LEFT_EDGE, NEXT }, 6, 95 },
	{ "rings",	{ NEXT, REORDER, RING, RING, REPLAY },		5, 100 },
	{ "jumps",	{ NEXT, REORDER, JUMP, REPLAY, REORDER },	5, 100 },
	{ "forged",	{ UNIFORM, NEXT, NEXT, REORDER, LOW, JUMP },	6, 30 },
	{ "wrap",	{ NEXT, REORDER, WRAP, LEFT_EDGE, LOSS, REPLAY }, 6, 90 },
	{ "wild",	{ NEXT, REORDER, LEFT_EDGE, WORD_EDGE, RING, JUMP, UNIFORM, WRAP }, 8, 70 },
};

static uint64_t draw_number(enum move move, uint64_t top, uint32_t size)
{
	uint64_t ring = 64ULL * xi_window_words(size);

	switch (move) {
	case NEXT:
		return top + 1;
	case LOSS:
		return top + 1 + below(5);
	case REORDER:
		return top - below(size);
	case REPLAY:
		return top - below(size < 8 ? size : 8);
	case LEFT_EDGE:
		return top - size + below(5) - 2;
	case WORD_EDGE:
		return top + (below(2) ? 63 + below(3) : size - 1 + below(3));
	case RING:
		return top + ring * (1 + below(3)) + below(3) - 1;
	case JUMP:
		return top + below(2ULL << below(below(8) ? 20 : 31));
	case UNIFORM:
		return (top >> 32 << 32) + U32(rng());
	case LOW:
		return below(4);
	default:
		return (top >> 32 << 32) + (below(2) ? below(2 * size) : 0xffffffff - below(2 * size));
	}
}

static uint64_t draw_start(uint32_t size, bool esn)
{
	static const uint64_t bases[] = { 0, 1, 100000, 0xffffffff - 8000, 0xffffffff };
	uint64_t top = bases[below(sizeof(bases) / sizeof(bases[0]))];

	if (!below(4))
		top = below(2 * size);
	if (!below(4))
		top = U32(0 - below(2 * size));
	if (!esn)
		return U32(top) > 0xff000000 && below(8) ? below(1U << 30) : U32(top);
	return top + (below(3) << 32) + (below(16) ? 0 : 0x7fffffff00000000);
}

/* One SA's life: ours, the model, the kernel's, and a reader that looks at an old copy. */
struct episode {
	uint64_t seed;
	unsigned int step;
	const struct story *story;
	uint32_t size;
	bool esn;
	struct xi_window stale;
	uint64_t stale_top;
	struct kernel_model kernels[2];
	unsigned int n_kernels;
	bool regular;		/* see kernel_model.h */
};

static struct {
	uint64_t decisions, rejects, kernel_rejects, stale_rejects, irregular;
} total;

static void episode_fail(const struct episode *e, uint32_t seq, const char *what)
{
	printf("# seed %#llx step %u story \"%s\" size %u %s top %#llx seq %#x: %s\n",
	       (unsigned long long)e->seed, e->step, e->story->name, e->size,
	       e->esn ? "esn" : "32 bit", (unsigned long long)model.top, seq, what);
	fail_msg("see the line above");
}

static void episode_start(struct episode *e)
{
	uint64_t top;

	e->story = &stories[below(sizeof(stories) / sizeof(stories[0]))];
	e->size = below(8) ? sizes[below(sizeof(sizes) / sizeof(sizes[0]))] : 1 + below(4096);
	e->esn = below(2);
	top = draw_start(e->size, e->esn);
	start_fresh(&win, top, e->size, e->esn ? XI_WIN_ESN : 0);
	model_start(&model, top, e->size, e->esn);
	e->stale = win;
	e->stale_top = top;
	e->regular = true;
	e->n_kernels = 1;
	kernel_start(&e->kernels[0], e->esn ? KERNEL_ESN : KERNEL_BMP, top, e->size);
	if (!e->esn && e->size <= 32)
		kernel_start(&e->kernels[e->n_kernels++], KERNEL_LEGACY, top, e->size);
	e->regular = kernel_is_regular(&e->kernels[0], top, top);
}

/* I2, the same state on both sides: rejected by us, so rejected by the kernel. */
static void episode_kernel(struct episode *e, uint32_t seq, enum xi_window_verdict v)
{
	unsigned int i;

	if (!is_reject(v))
		return;
	total.rejects++;
	if (v == XI_WIN_ZERO && e->esn && model.top == e->size - 1)
		return;		/* a quirk of the kernel, see kernel_model.h */
	for (i = 0; i < e->n_kernels; i++) {
		if (e->kernels[i].mode != KERNEL_LEGACY && !e->regular) {
			total.irregular++;
			continue;
		}
		if (kernel_accepts(&e->kernels[i], seq))
			episode_fail(e, seq, "rejected, and the kernel accepts");
		total.kernel_rejects++;
	}
}

/*
 * I2, a reader with an older state: the packet is a real one, so the kernel
 * accepts it when check and integrity check do. Two states that lie 2^31 apart
 * are left out: a peer that leaps 2^32 numbers at once cannot be told from one
 * that repeats itself, by nobody.
 */
static void episode_stale(struct episode *e, uint64_t number)
{
	const struct kernel_model *k = &e->kernels[0];
	enum xi_window_verdict v = xi_window_check(&e->stale, U32(number));
	bool same_number = kernel_high_half(k, U32(number)) == (e->esn ? U32(number >> 32) : 0);

	if (!is_reject(v) || !number || !e->regular || model.top - e->stale_top > 1U << 31)
		return;
	if (number > model.top + (1U << 31))
		return;
	if (kernel_accepts(k, U32(number)) && same_number)
		episode_fail(e, U32(number), "rejected by a stale reader, and the kernel accepts");
	total.stale_rejects++;
}

static void episode_authenticated(struct episode *e, uint64_t number)
{
	uint64_t before = model.top;
	unsigned int i;

	model_authenticated(&model, number);
	mark(&win, number);
	for (i = 0; i < e->n_kernels; i++)
		kernel_advance(&e->kernels[i], U32(number));
	e->regular = e->regular && kernel_is_regular(&e->kernels[0], before, model.top);
	if (win.top != model.top || (e->regular && kernel_top(&e->kernels[0]) != model.top))
		episode_fail(e, U32(number), "the tops differ");
}

static void episode_step(struct episode *e)
{
	enum move move = e->story->moves[below(e->story->n_moves)];
	uint64_t number = draw_number(move, model.top, e->size);
	bool authentic = below(100) < e->story->authentic;
	enum xi_window_verdict got, want;
	uint32_t seq;

	/* A sender without ESN stops before its numbers wrap; an attacker does as he likes. */
	if (!e->esn && number > 0xffffffff)
		number = below(2) ? model.top - below(e->size) : U32(number);
	seq = U32(number);
	got = xi_window_check(&win, seq);
	want = as_window[model_check(&model, seq)];
	total.decisions++;
	if (got != want) {
		printf("# got %s, the model says %s\n", verdict_names[got], verdict_names[want]);
		episode_fail(e, seq, "ours and the model differ");
	}
	episode_kernel(e, seq, got);
	if (!authentic)
		return;
	episode_stale(e, number);
	if (got == XI_WIN_NEW && number && model_number(&model, seq) == (__int128)number)
		episode_authenticated(e, number);
	if (!below(24)) {
		e->stale = win;
		e->stale_top = model.top;
	}
}

static uint64_t env_number(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 0) : otherwise;
}

static void test_window_agrees_with_models(void **state)
{
	uint64_t decisions = env_number("XI_DECISIONS", DECISIONS);
	uint64_t seed = env_number("XI_SEED", 0x20260101);
	static struct episode e;

	(void)state;
	for (; total.decisions < decisions; seed++) {
		rng_state = e.seed = seed;
		episode_start(&e);
		for (e.step = 0; e.step < EPISODE_STEPS; e.step++)
			episode_step(&e);
	}
	printf("# %llu decisions, %llu rejected; kernel asked %llu times, %llu left to its quirk; "
	       "stale readers rejected %llu\n",
	       (unsigned long long)total.decisions, (unsigned long long)total.rejects,
	       (unsigned long long)total.kernel_rejects, (unsigned long long)total.irregular,
	       (unsigned long long)total.stale_rejects);
	assert_true(total.rejects > decisions / 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_window_vector_of_requirement),
		cmocka_unit_test(test_window_zero_is_never_valid),
		cmocka_unit_test(test_window_passes_without_a_window),
		cmocka_unit_test(test_window_shared_survives_start),
		cmocka_unit_test(test_window_start_forgets),
		cmocka_unit_test(test_window_ring_holds_the_window),
		cmocka_unit_test(test_window_edges_of_every_size),
		cmocka_unit_test(test_window_infers_high_half),
		cmocka_unit_test(test_window_agrees_with_models),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
