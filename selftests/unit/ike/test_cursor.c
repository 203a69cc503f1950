// SPDX-License-Identifier: Apache-2.0
/* The bounds of reader and writer: at the end, past it, and ever after. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "user/ike/cursor.h"

static const uint8_t bytes[15] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };

static void test_reads_big_endian(void **state)
{
	struct cur c = cur_of(span_of(bytes, sizeof(bytes)));

	assert_int_equal(cur_u8(&c), 1);
	assert_int_equal(cur_u16(&c), 0x0203);
	assert_int_equal(cur_u32(&c), 0x04050607);
	assert_true(cur_u64(&c) == 0x08090a0b0c0d0e0fULL);
	assert_true(cur_done(&c));
}

static void test_reads_to_the_last_byte_and_no_further(void **state)
{
	size_t have, want;

	for (have = 0; have <= 8; have++) {
		for (want = 1; want <= 8; want *= 2) {
			struct cur c = cur_of(span_of(bytes, have));
			uint64_t v = want == 1	 ? cur_u8(&c)
				     : want == 2 ? cur_u16(&c)
				     : want == 4 ? cur_u32(&c)
						 : cur_u64(&c);

			assert_int_equal(c.bad, have < want);
			assert_int_equal(c.n, have < want ? 0 : have - want);
			assert_true(have >= want || !v);
		}
	}
}

static void test_a_fault_sticks(void **state)
{
	struct cur c = cur_of(span_of(bytes, 3));

	assert_int_equal(cur_u32(&c), 0);
	assert_int_equal(cur_u8(&c), 0);
	assert_int_equal(cur_take(&c, 0).n, 0);
	assert_int_equal(cur_rest(&c).n, 0);
	assert_int_equal(cur_peek(&c), 0);
	assert_true(c.bad);
	assert_false(cur_done(&c));
}

static void test_huge_sizes_are_short(void **state)
{
	struct cur c = cur_of(span_of(bytes, sizeof(bytes)));

	cur_u8(&c);
	assert_int_equal(cur_take(&c, SIZE_MAX).n, 0);
	assert_true(c.bad);
}

static void test_sub_is_bounded(void **state)
{
	struct cur c = cur_of(span_of(bytes, sizeof(bytes))), sub = cur_sub(&c, 3);

	cur_u32(&sub);
	assert_true(sub.bad);
	assert_false(c.bad);
	assert_int_equal(cur_u8(&c), 4);
	sub = cur_sub(&c, 100);
	assert_true(sub.bad);
	assert_true(c.bad);
	assert_int_equal(sub.n, 0);
}

static void test_nothing_is_read_of_nothing(void **state)
{
	struct cur c = cur_of(span_of(NULL, 0));

	assert_true(cur_done(&c));
	assert_int_equal(cur_take(&c, 0).n, 0);
	assert_true(cur_done(&c));
	assert_true(span_equal(span_of(NULL, 0), span_of(bytes, 0)));
	assert_false(span_equal(span_of(bytes, 1), span_of(bytes, 2)));
	assert_false(span_equal(span_of(bytes, 1), span_of(bytes + 1, 1)));
}

static void test_writer_fills_its_room_and_no_more(void **state)
{
	uint8_t buf[16];
	struct wr w = wr_of(buf, 15);

	memset(buf, 0xee, sizeof(buf));
	wr_u8(&w, 1);
	wr_u16(&w, 0x0203);
	wr_u32(&w, 0x04050607);
	wr_u64(&w, 0x08090a0b0c0d0e0fULL);
	assert_false(w.bad);
	assert_memory_equal(buf, bytes, 15);
	wr_u8(&w, 1);
	assert_true(w.bad);
	assert_int_equal(w.n, 15);
	assert_int_equal(buf[15], 0xee);
	assert_int_equal(wr_since(&w, 0).n, 0);
}

static void test_a_full_writer_stays_full(void **state)
{
	uint8_t buf[4];
	struct wr w = wr_of(buf, 4);

	wr_u16(&w, 1);
	wr_u32(&w, 2);
	wr_u8(&w, 3);
	wr_zero(&w, SIZE_MAX);
	assert_true(w.bad);
	assert_int_equal(w.n, 2);
}

static void test_patches_what_is_written(void **state)
{
	uint8_t buf[8];
	struct wr w = wr_of(buf, 8);

	wr_zero(&w, 6);
	wr_u16_at(&w, 4, 65535);
	wr_u8_at(&w, 0, 255);
	assert_false(w.bad);
	assert_memory_equal(buf, "\xff\0\0\0\xff\xff", 6);
	assert_int_equal(wr_since(&w, 4).n, 2);
	wr_u16_at(&w, 5, 1);
	assert_true(w.bad);
}

static void test_values_that_do_not_fit_are_faults(void **state)
{
	uint8_t buf[8];
	struct wr w = wr_of(buf, 8);

	wr_zero(&w, 8);
	wr_u16_at(&w, 0, 65536);
	assert_true(w.bad);
	w = wr_of(buf, 8);
	wr_zero(&w, 8);
	wr_u8_at(&w, 0, 256);
	assert_true(w.bad);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_big_endian),
		cmocka_unit_test(test_reads_to_the_last_byte_and_no_further),
		cmocka_unit_test(test_a_fault_sticks),
		cmocka_unit_test(test_huge_sizes_are_short),
		cmocka_unit_test(test_sub_is_bounded),
		cmocka_unit_test(test_nothing_is_read_of_nothing),
		cmocka_unit_test(test_writer_fills_its_room_and_no_more),
		cmocka_unit_test(test_a_full_writer_stays_full),
		cmocka_unit_test(test_patches_what_is_written),
		cmocka_unit_test(test_values_that_do_not_fit_are_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
