// SPDX-License-Identifier: Apache-2.0
/*
 * The order of the writer's stores (window.h, "No false reject"): a reader is
 * run at, and spread over, every step of the writer.
 *
 * The writer's run is recorded: a copy of the window after each store. A reader
 * that stands still sees one copy; a real one sees its first read in copy i,
 * the next in copy j >= i, and so on. Both are tried.
 *
 * What a reader may do: reject what the window of its epoch rejects at last.
 * The kernel moves before the mirror does, so when the reader looks, the kernel
 * is at least there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <xipsec/types.h>

struct xi_window;
static void record_step(const struct xi_window *w);
static void reader_moves(void);

#define XI_WINDOW_STEP(w)	record_step(w)
#undef XI_READ_ONCE
#define XI_READ_ONCE(x)							\
	(*({								\
		reader_moves();						\
		(const volatile __typeof__(x) *)&(x);			\
	}))

#include <xipsec/window.h>

#define MAX_STEPS	512
#define MAX_READS	8

/* --- the recorded writer --------------------------------------------------------- */

static struct {
	struct xi_window steps[MAX_STEPS];
	unsigned int n;
	int on;
} record;

static void record_step(const struct xi_window *w)
{
	if (!record.on)
		return;
	assert_in_range(record.n, 0, MAX_STEPS - 1);
	record.steps[record.n++] = *w;
}

static void record_begin(const struct xi_window *w)
{
	record.n = 0;
	record.on = 1;
	record_step(w);
}

/* --- the reader that is spread over the steps --------------------------------------- */

static struct {
	struct xi_window seen;
	unsigned int at[MAX_READS];	/* step seen by the first read, the second, ... */
	unsigned int reads;
	int on;
} reader;

static void reader_moves(void)
{
	unsigned int i = reader.reads;

	if (!reader.on)
		return;
	reader.reads++;
	if (i < MAX_READS && (!i || reader.at[i] != reader.at[i - 1]))
		reader.seen = record.steps[reader.at[i]];
}

static enum xi_window_verdict read_at(const struct xi_window *w, uint32_t seq)
{
	reader.on = 0;
	return xi_window_check(w, seq);
}

static enum xi_window_verdict read_spread(uint32_t seq)
{
	enum xi_window_verdict v;

	reader.reads = 0;
	reader.on = 1;
	v = xi_window_check(&reader.seen, seq);
	reader.on = 0;
	return v;
}

static int is_reject(enum xi_window_verdict v)
{
	return v == XI_WIN_DUP || v == XI_WIN_OLD || v == XI_WIN_ZERO;
}

/* The last step of the epoch that a reader saw first. */
static const struct xi_window *last_of_epoch(unsigned int from)
{
	uint64_t epoch = record.steps[from].epoch;
	unsigned int i = from;

	while (i + 1 < record.n && record.steps[i + 1].epoch == epoch)
		i++;
	return &record.steps[i];
}

static void reader_must_not(const char *what, uint32_t seq, enum xi_window_verdict v)
{
	unsigned int i;

	printf("# %s: seq %#x verdict %d top %#llx -> %#llx, reads at", what, seq, v,
	       (unsigned long long)record.steps[0].top,
	       (unsigned long long)record.steps[record.n - 1].top);
	for (i = 0; i < MAX_READS; i++)
		printf(" %u", reader.at[i]);
	printf(" of %u\n", record.n);
	fail_msg("a false reject");
}

static uint64_t tried;

/*
 * With ESN a number that leaves the window on the left is read as one of the
 * next round, and passes to the integrity check, which fails: still no packet
 * that the kernel would take.
 */
static int would_take(const struct xi_window *last, const struct xi_window *first, uint32_t seq)
{
	if (is_reject(read_at(last, seq)))
		return 0;
	return !(last->flags & XI_WIN_ESN) || xi_window_infer(last->top, last->size, seq) ==
					      xi_window_infer(first->top, first->size, seq);
}

static void try_reader(const char *what, uint32_t seq)
{
	const struct xi_window *first = &record.steps[reader.at[0]];
	enum xi_window_verdict v = read_spread(seq);

	tried++;
	if (is_reject(v) && would_take(last_of_epoch(reader.at[0]), first, seq))
		reader_must_not(what, seq, v);
}

/* All reads at one step; then a jump from any step to any later one before each read. */
static void try_readers(const char *what, uint32_t seq)
{
	unsigned int stride = record.n > 40 ? record.n / 20 : 1, i, j, k, r;

	for (i = 0; i < record.n; i++) {
		for (k = 0; k < MAX_READS; k++)
			reader.at[k] = i;
		try_reader(what, seq);
	}
	for (i = 0; i < record.n; i += stride) {
		for (j = i + 1; j < record.n; j += j + stride < record.n - 6 ? stride : 1) {
			for (r = 1; r < MAX_READS; r++) {
				for (k = 0; k < MAX_READS; k++)
					reader.at[k] = k < r ? i : j;
				try_reader(what, seq);
			}
		}
	}
}

static uint64_t rng(void)	/* splitmix64 */
{
	static uint64_t state = 0x5eed;
	uint64_t z = (state += 0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* Every read somewhere, in order. */
static void try_random_readers(const char *what, uint32_t seq, unsigned int times)
{
	unsigned int k;

	while (times--) {
		reader.at[0] = rng() % record.n;
		for (k = 1; k < MAX_READS; k++)
			reader.at[k] = reader.at[k - 1] +
				       (rng() % 2 ? rng() % (record.n - reader.at[k - 1]) : 0);
		try_reader(what, seq);
	}
}

/* --- the numbers that matter around two tops ------------------------------------------- */

static void try_numbers(const char *what, uint64_t old_top, uint64_t new_top, uint32_t size)
{
	static const int64_t near[] = { -66, -65, -64, -63, -2, -1, 0, 1, 2, 62, 63, 64, 65 };
	uint64_t ring = 64ULL * xi_window_words(size);
	uint64_t around[] = { old_top, new_top, old_top - size, new_top - size, old_top - ring,
			      new_top - ring, old_top + ring };
	size_t i, j;

	for (i = 0; i < sizeof(around) / sizeof(around[0]); i++) {
		for (j = 0; j < sizeof(near) / sizeof(near[0]); j++) {
			try_readers(what, (uint32_t)(around[i] + near[j]));
			try_random_readers(what, (uint32_t)(around[i] + near[j]), 20);
		}
	}
	try_readers(what, 0);
}

/* A window in which every third number, and all of its ring's previous round, was seen. */
static void window_lived_in(struct xi_window *w, uint64_t top, uint32_t size, uint32_t flags)
{
	uint64_t ring = 64ULL * xi_window_words(size), n = top > 2 * ring ? top - 2 * ring : 1;

	memset(w, 0, sizeof(*w));
	record.on = 0;
	xi_window_start(w, 7, n - 1, size, flags);
	for (; n < top; n++) {
		if (n % 3 || top - n > size)
			xi_window_advance(w, n, n);
	}
	xi_window_advance(w, top, top);
}

static struct xi_window win;

/* The documented order: a mark is never seen before the top that covers it. */
static void check_marks_below_top(uint64_t number)
{
	unsigned int i;

	for (i = 0; i < record.n; i++) {
		const struct xi_window *w = &record.steps[i];

		if (w->top < number &&
		    w->bits[xi_window_word(w, number)] >> (number & 63) & 1 &&
		    !(record.steps[0].bits[xi_window_word(w, number)] >> (number & 63) & 1))
			fail_msg("step %u: %#llx is marked above the top", i,
				 (unsigned long long)number);
	}
}

static void test_advance_never_shows_a_false_reject(void **state)
{
	static const uint32_t sizes[] = { 1, 32, 64, 65, 100, 128, 1024, 4096 };
	size_t s, j;

	(void)state;
	for (s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
		uint64_t size = sizes[s], ring = 64ULL * xi_window_words(sizes[s]);
		uint64_t jumps[] = { 1, 2, 63, 64, 65, size, ring - 1, ring, ring + 1,
				     2 * ring, 3 * ring + 17, 1 << 30 };

		for (j = 0; j < sizeof(jumps) / sizeof(jumps[0]); j++) {
			uint64_t top = 3 * XI_WINDOW_MAX + 40 + 13 * j, to = top + jumps[j];

			window_lived_in(&win, top, sizes[s], 0);
			record_begin(&win);
			xi_window_advance(&win, to, to);
			check_marks_below_top(to);
			try_numbers("advance", top, to, sizes[s]);
		}
	}
}

static void test_advance_over_the_wrap_with_esn(void **state)
{
	static const uint64_t jumps[] = { 1, 40, 64, 127, 128, 129, 5000, 1 << 20 };
	size_t j;

	(void)state;
	for (j = 0; j < sizeof(jumps) / sizeof(jumps[0]); j++) {
		uint64_t top = 0x1fffffff0;

		window_lived_in(&win, top, 64, XI_WIN_ESN);
		record_begin(&win);
		xi_window_advance(&win, top + jumps[j], top + jumps[j]);
		check_marks_below_top(top + jumps[j]);
		try_numbers("advance over the wrap", top, top + jumps[j], 64);
	}
}

/* I3: when the writer is done, what was authenticated is rejected. */
static void test_advance_leaves_its_mark(void **state)
{
	static const uint64_t jumps[] = { 0, 1, 63, 64, 65, 127, 128, 129, 8192, 1 << 30 };
	size_t j;

	(void)state;
	for (j = 0; j < sizeof(jumps) / sizeof(jumps[0]); j++) {
		uint64_t top = 100000, to = top + jumps[j];

		window_lived_in(&win, top, 64, 0);
		xi_window_advance(&win, to, to);
		assert_int_equal(read_at(&win, (uint32_t)to), XI_WIN_DUP);
		assert_int_equal(read_at(&win, (uint32_t)to + 1), XI_WIN_NEW);
		xi_window_advance(&win, to, to - 5);
		assert_int_equal(read_at(&win, (uint32_t)to - 5), XI_WIN_DUP);
	}
}

/* User space set the numbers back: what the old window rejected, the new one may want. */
static void test_restart_never_shows_a_false_reject(void **state)
{
	static const uint64_t to[] = { 0, 1, 50, 12000, 12400, 100000 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(to) / sizeof(to[0]); i++) {
		window_lived_in(&win, 12340, 64, 0);
		record_begin(&win);
		xi_window_start(&win, 8, to[i], 64, 0);
		xi_window_advance(&win, to[i] + 1, to[i] + 1);
		try_numbers("restart", 12340, to[i] + 1, 64);
	}
}

static void test_stop_is_seen_at_once(void **state)
{
	(void)state;
	window_lived_in(&win, 12340, 64, 0);
	record_begin(&win);
	xi_window_stop(&win);
	assert_int_equal(read_at(&win, 12340), XI_WIN_UNSTARTED);
	try_numbers("stop", 12340, 12340, 64);
}

/*
 * The SA is deleted, its memory serves another one: other top, size and kind of
 * numbers. The kernel writes the fresh value in any order it likes; here word by
 * word, from either end.
 */
static void reuse_memory(struct xi_window *w, int backwards)
{
	uint64_t *words = (uint64_t *)w;
	unsigned int n = sizeof(*w) / 8, i;

	for (i = 0; i < n; i++) {
		words[backwards ? n - 1 - i : i] = 0;
		if (i < 6 || i >= n - 6)
			record_step(w);
	}
	w->size = 4096;
	record_step(w);
}

static void test_memory_of_another_sa(void **state)
{
	static const uint64_t tops[] = { 0, 12000, 12340, 12345, 20000, 0x500000000 };
	size_t i, backwards;

	(void)state;
	for (i = 0; i < sizeof(tops) / sizeof(tops[0]); i++) {
		for (backwards = 0; backwards < 2; backwards++) {
			window_lived_in(&win, 12340, 64, 0);
			record_begin(&win);
			xi_window_stop(&win);
			reuse_memory(&win, backwards);
			xi_window_start(&win, 9, tops[i], 4096, tops[i] >> 32 ? XI_WIN_ESN : 0);
			xi_window_advance(&win, tops[i] + 64, tops[i] + 64);
			xi_window_advance(&win, tops[i] + 64, tops[i] + 60);
			try_numbers("memory reused", 12340, tops[i] + 64, 64);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_advance_never_shows_a_false_reject),
		cmocka_unit_test(test_advance_over_the_wrap_with_esn),
		cmocka_unit_test(test_advance_leaves_its_mark),
		cmocka_unit_test(test_restart_never_shows_a_false_reject),
		cmocka_unit_test(test_stop_is_seen_at_once),
		cmocka_unit_test(test_memory_of_another_sa),
	};

	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	printf("# %llu readers\n", (unsigned long long)tried);
	return failed;
}
