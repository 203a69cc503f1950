// SPDX-License-Identifier: Apache-2.0
/* The token bucket of bucket.h: rate, burst to the last token, extremes of time, lost races. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <xipsec/types.h>

/* Somebody else takes a token between our read and our exchange. */
static void (*before_exchange)(__u64 *tat);

static __u64 exchange(__u64 *tat, __u64 old, __u64 new)
{
	if (before_exchange)
		before_exchange(tat);
	return __sync_val_compare_and_swap(tat, old, new);
}

#define __sync_val_compare_and_swap(p, old, new) exchange(p, old, new)
#include <xipsec/bucket.h>
#undef __sync_val_compare_and_swap

#define SECOND	1000000000ULL
#define FULL	UINT64_MAX

static void test_bucket_single_takes(void **state)
{
	static const struct {
		const char *name;
		__u64 tat, now, cost, burst;
		enum xi_bucket want;
		__u64 tat_after;
	} rows[] = {
		{ "first of all",		0, 0, 10, 50, XI_BUCKET_OK, 10 },
		{ "full after a long rest",	7, SECOND, 10, 50, XI_BUCKET_OK, SECOND + 10 },
		{ "last token",			140, 100, 10, 50, XI_BUCKET_OK, 150 },
		{ "one ns beyond",		141, 100, 10, 50, XI_BUCKET_EMPTY, 141 },
		{ "empty",			150, 100, 10, 50, XI_BUCKET_EMPTY, 150 },
		{ "burst of one",		100, 100, 10, 10, XI_BUCKET_OK, 110 },
		{ "burst of one, used",		110, 100, 10, 10, XI_BUCKET_EMPTY, 110 },
		{ "burst of one, due",		110, 110, 10, 10, XI_BUCKET_OK, 120 },
		{ "cost above burst",		0, 100, 51, 50, XI_BUCKET_EMPTY, 0 },
		{ "no cost",			100, 100, 0, 0, XI_BUCKET_OK, 100 },
		{ "tat in the far future",	FULL, 0, 10, 50, XI_BUCKET_EMPTY, FULL },
		{ "tat so far that it wraps",	FULL - 5, 0, 10, 50, XI_BUCKET_EMPTY, FULL - 5 },
		{ "far future, cost 1",		FULL, 0, 1, 1, XI_BUCKET_EMPTY, FULL },
		{ "cost wraps",			100, 0, FULL, 50, XI_BUCKET_EMPTY, 100 },
		{ "cost wraps to a little",	100, 0, FULL - 98, 50, XI_BUCKET_EMPTY, 100 },
		{ "everything allowed",		0, 0, FULL, FULL, XI_BUCKET_OK, FULL },
		{ "endless burst",		FULL - 20, 0, 10, FULL, XI_BUCKET_OK, FULL - 10 },
		{ "end of time",		0, FULL - 10, 10, 50, XI_BUCKET_OK, FULL },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		__u64 tat = rows[i].tat;
		enum xi_bucket got = xi_bucket_take(&tat, rows[i].now, rows[i].cost, rows[i].burst);

		if (got != rows[i].want || tat != rows[i].tat_after)
			fail_msg("%s: got %d, tat %llu", rows[i].name, got, (unsigned long long)tat);
	}
}

/*
 * A burst of exactly burst / cost, then one token each cost. (A burst of one
 * saves nothing for the next asker, so it stays below the rate.)
 */
static void test_bucket_rate_and_burst(void **state)
{
	static const struct {
		__u64 rate, burst, asks, seconds;
	} rows[] = {
		{ 1, 1, 1000, 5 },
		{ 10, 20, 100000, 3 },
		{ 100, 5, 101, 10 },
		{ 1000, 2, 30000, 3 },
		{ 100000, 64, 1000000, 1 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		__u64 cost = SECOND / rows[i].rate, burst = cost * rows[i].burst;
		__u64 tat = 0, begin = 12345 * SECOND, now, n = 0;

		while (xi_bucket_take(&tat, begin, cost, burst) == XI_BUCKET_OK)
			n++;
		assert_int_equal(n, rows[i].burst);

		for (n = 0, now = begin; now < begin + rows[i].seconds * SECOND;
		     now += SECOND / rows[i].asks)
			n += xi_bucket_take(&tat, now, cost, burst) == XI_BUCKET_OK;
		assert_in_range(n, rows[i].rate * rows[i].seconds * 98 / 100 - 1,
				rows[i].rate * rows[i].seconds);
	}
}

/* A token is due to the nanosecond. */
static void test_bucket_refills_on_time(void **state)
{
	__u64 tat = 0, now = SECOND, i;

	(void)state;
	for (i = 0; i < 5; i++)
		assert_int_equal(xi_bucket_take(&tat, now, 10, 50), XI_BUCKET_OK);
	for (i = 1; i < 10; i++)
		assert_int_equal(xi_bucket_take(&tat, now + i, 10, 50), XI_BUCKET_EMPTY);
	assert_int_equal(xi_bucket_take(&tat, now + 10, 10, 50), XI_BUCKET_OK);
	assert_int_equal(xi_bucket_take(&tat, now + 10, 10, 50), XI_BUCKET_EMPTY);
}

static void other_cpu_takes(__u64 *tat)
{
	before_exchange = NULL;
	*tat += 10;
}

/* The loser takes nothing and is told so: not OK, and not "empty" either. */
static void test_bucket_lost_race(void **state)
{
	__u64 tat = 100;

	(void)state;
	before_exchange = other_cpu_takes;
	assert_int_equal(xi_bucket_take(&tat, 100, 10, 50), XI_BUCKET_RACE);
	assert_int_equal(tat, 110);
	assert_int_equal(xi_bucket_take(&tat, 100, 10, 50), XI_BUCKET_OK);
	assert_int_equal(tat, 120);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bucket_single_takes),
		cmocka_unit_test(test_bucket_rate_and_burst),
		cmocka_unit_test(test_bucket_refills_on_time),
		cmocka_unit_test(test_bucket_lost_race),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
