// SPDX-License-Identifier: Apache-2.0
/* IKE fragmentation (RFC 7383): cutting, putting together in any order, and the bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "user/ikev2/fragment.h"

static uint8_t text[FRAGMENT_BYTES_MAX + 1];
static struct fragment_budget budget;
static struct fragment_set set;

static int setup(void **state)
{
	size_t i;

	for (i = 0; i < sizeof(text); i++)
		text[i] = (uint8_t)(i * 7 + i / 256);
	budget = (struct fragment_budget){ .most = 1 << 20 };
	fragment_set_init(&set, &budget);
	return 0;
}

static int teardown(void **state)
{
	fragment_clear(&set);
	return budget.used != 0;
}

static struct pld_sk sk(uint16_t number, uint16_t total)
{
	return (struct pld_sk){ .first = number == 1 ? PLD_IDI : 0, .number = number, .total = total };
}

static enum fragment_verdict add(uint32_t id, uint16_t number, uint16_t total, size_t n)
{
	struct pld_sk s = sk(number, total);

	return fragment_add(&set, id, &s, span_of(text, n));
}

static void test_cut_pieces_are_the_whole(void **state)
{
	static const size_t sizes[] = { 1, 2, 99, 100, 101, 1000, 1001, 12800 };
	size_t i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		uint16_t total = fragment_count(sizes[i], 100), k;
		size_t at = 0;

		assert_int_equal(total, (sizes[i] + 99) / 100);
		for (k = 1; k <= total; k++) {
			struct fragment f = fragment_get(span_of(text, sizes[i]), PLD_IDI, k, total);

			assert_int_equal(f.first, k == 1 ? PLD_IDI : 0);
			assert_true(f.plain.n && f.plain.n <= 100);
			assert_ptr_equal(f.plain.p, text + at);
			at += f.plain.n;
		}
		assert_int_equal(at, sizes[i]);
	}
}

static void test_bounds_of_cutting(void **state)
{
	assert_int_equal(fragment_count(0, 100), 0);
	assert_int_equal(fragment_count(100, 0), 0);
	assert_int_equal(fragment_count(FRAGMENTS_MAX * 100, 100), FRAGMENTS_MAX);
	assert_int_equal(fragment_count(FRAGMENTS_MAX * 100 + 1, 100), 0);
	assert_int_equal(fragment_count(FRAGMENT_BYTES_MAX, 65535), 1);
	assert_int_equal(fragment_count(FRAGMENT_BYTES_MAX + 1, 65535), 0);
	assert_int_equal(fragment_count(SIZE_MAX, SIZE_MAX), 0);
}

/* Any order, each one twice: once whole, and the same bytes. */
static void test_any_order(void **state)
{
	unsigned int seed = 11, round;

	for (round = 0; round < 500; round++) {
		size_t n = 1 + (size_t)rand_r(&seed) % 20000, most = 200 + (size_t)rand_r(&seed) % 1300;
		uint16_t total = fragment_count(n, most), order[FRAGMENTS_MAX], k;
		static uint8_t out[FRAGMENT_BYTES_MAX];
		struct span plain;
		uint8_t first;

		for (k = 0; k < total; k++) {
			uint16_t j = (uint16_t)((unsigned int)rand_r(&seed) % (k + 1u));

			order[k] = order[j];
			order[j] = (uint16_t)(k + 1);
		}
		for (k = 0; k < total; k++) {
			struct fragment f = fragment_get(span_of(text, n), PLD_IDI, order[k], total);
			struct pld_sk s = { .first = f.first, .number = f.number, .total = total };

			assert_false(fragment_join(&set, out, sizeof(out), &plain, &first));
			assert_int_equal(fragment_look(&set, round, &s), FRAGMENT_KEPT);
			assert_int_equal(fragment_add(&set, round, &s, f.plain),
					 k + 1 < total ? FRAGMENT_KEPT : FRAGMENT_WHOLE);
			assert_int_equal(fragment_add(&set, round, &s, f.plain), FRAGMENT_TWICE);
		}
		assert_false(fragment_join(&set, out, n - 1, &plain, &first));
		assert_true(fragment_join(&set, out, n, &plain, &first));
		assert_int_equal(first, PLD_IDI);
		assert_true(span_equal(plain, span_of(text, n)));
		assert_int_equal(set.bytes, n);
		fragment_clear(&set);
	}
}

static void test_impossible_numbers(void **state)
{
	static const struct { uint8_t first; uint16_t number, total; } at[] = {
		{ PLD_IDI, 0, 0 }, { PLD_IDI, 0, 2 }, { 0, 3, 2 }, { PLD_IDI, 2, 2 }, { 0, 1, 2 }, { PLD_IDI, 1, 0 },
	};
	size_t i;

	for (i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		struct pld_sk s = { .first = at[i].first, .number = at[i].number, .total = at[i].total };

		assert_int_equal(fragment_add(&set, 1, &s, span_of(text, 10)), FRAGMENT_BAD);
	}
	assert_int_equal(add(1, 1, 2, 0), FRAGMENT_BAD);
	assert_null(set.part);
	assert_int_equal(budget.used, 0);
}

static void test_number_of_fragments_is_bounded(void **state)
{
	assert_int_equal(add(1, 1, FRAGMENTS_MAX + 1, 10), FRAGMENT_FULL);
	assert_int_equal(add(1, 1, 65535, 10), FRAGMENT_FULL);
	assert_null(set.part);
	assert_int_equal(add(1, 1, FRAGMENTS_MAX, 10), FRAGMENT_KEPT);
}

static void test_a_larger_total_starts_again(void **state)
{
	assert_int_equal(add(5, 1, 3, 100), FRAGMENT_KEPT);
	assert_int_equal(add(5, 2, 3, 100), FRAGMENT_KEPT);
	assert_int_equal(add(5, 1, 2, 100), FRAGMENT_STALE);
	assert_int_equal(set.have, 2);
	assert_int_equal(add(5, 4, 4, 50), FRAGMENT_KEPT);
	assert_true(set.total == 4 && set.have == 1 && set.bytes == 50);
	assert_int_equal(add(5, 3, 3, 100), FRAGMENT_STALE);
	/* To look at one that is not opened yet must change nothing. */
	struct pld_sk s = sk(1, 9);
	assert_int_equal(fragment_look(&set, 5, &s), FRAGMENT_KEPT);
	assert_int_equal(fragment_look(&set, 6, &s), FRAGMENT_KEPT);
	assert_true(set.total == 4 && set.id == 5);
}

static void test_another_message_starts_again(void **state)
{
	assert_int_equal(add(5, 1, 3, 100), FRAGMENT_KEPT);
	assert_int_equal(add(6, 1, 2, 30), FRAGMENT_KEPT);
	assert_true(set.id == 6 && set.bytes == 30 && set.have == 1);
	assert_int_equal(add(6, 2, 2, 30), FRAGMENT_WHOLE);
}

static void test_bytes_are_bounded(void **state)
{
	assert_int_equal(add(1, 1, 2, FRAGMENT_BYTES_MAX + 1), FRAGMENT_BAD);
	assert_int_equal(add(1, 1, 2, FRAGMENT_BYTES_MAX), FRAGMENT_KEPT);
	assert_int_equal(add(1, 2, 2, 1), FRAGMENT_FULL);
	assert_null(set.part);
	assert_int_equal(budget.used, 0);
	assert_int_equal(add(1, 1, 2, FRAGMENT_BYTES_MAX - 1), FRAGMENT_KEPT);
	assert_int_equal(add(1, 2, 2, 1), FRAGMENT_WHOLE);
}

/* The slow-fragment attack: many peers, each with one fragment less than all. */
static void test_the_budget_is_one_for_all(void **state)
{
	static struct fragment_set many[100];
	struct pld_sk s = sk(1, FRAGMENTS_MAX);
	unsigned int i, kept = 0;

	budget.most = 100000;
	for (i = 0; i < 100; i++) {
		fragment_set_init(&many[i], &budget);
		kept += fragment_add(&many[i], 1, &s, span_of(text, 1000)) == FRAGMENT_KEPT;
		assert_true(budget.used <= budget.most);
	}
	assert_true(kept > 10 && kept < 100);
	fragment_clear(&many[0]);
	assert_int_equal(fragment_add(&many[99], 1, &s, span_of(text, 1000)), FRAGMENT_KEPT);
	for (i = 0; i < 100; i++)
		fragment_clear(&many[i]);
	assert_int_equal(budget.used, 0);
}

static void test_a_budget_of_nothing(void **state)
{
	budget.most = 0;
	assert_int_equal(add(1, 1, 2, 10), FRAGMENT_FULL);
	assert_null(set.part);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(NAME) cmocka_unit_test_setup_teardown(NAME, setup, teardown)
		T(test_cut_pieces_are_the_whole),
		T(test_bounds_of_cutting),
		T(test_any_order),
		T(test_impossible_numbers),
		T(test_number_of_fragments_is_bounded),
		T(test_a_larger_total_starts_again),
		T(test_another_message_starts_again),
		T(test_bytes_are_bounded),
		T(test_the_budget_is_one_for_all),
		T(test_a_budget_of_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
