// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "user/lib/env.h"
#include "user/lib/hash.c"

struct entry {
	uint8_t	 key[12];	/* not a multiple of eight: the tail of the hash */
	uint32_t value;
};

static void key_make(uint8_t key[12], uint32_t i)
{
	memset(key, 0, 12);
	memcpy(key, &i, sizeof(i));
	memcpy(key + 8, &i, sizeof(i));
}

static void table_fill(struct hash *h, uint32_t n)
{
	struct entry *e;
	uint8_t key[12];
	uint32_t i;

	assert_int_equal(hash_init(h, 12, sizeof(struct entry), n, &env_system), 0);
	for (i = 0; i < n; i++) {
		key_make(key, i);
		assert_null(hash_find(h, key));
		e = hash_add(h, key);
		assert_non_null(e);
		assert_int_equal(e->value, 0);
		e->value = i;
	}
}

static void test_hash_finds_what_was_added(void **state)
{
	struct hash h;
	struct entry *e, *first;
	uint8_t key[12];
	uint32_t i;

	table_fill(&h, 10000);
	key_make(key, 0);
	first = hash_find(&h, key);
	for (i = 0; i < 10000; i++) {
		key_make(key, i);
		e = hash_find(&h, key);
		assert_non_null(e);
		assert_int_equal(e->value, i);
	}
	key_make(key, 10000);
	assert_null(hash_find(&h, key));
	assert_null(hash_add(&h, key));		/* full */
	hash_del(&h, first);
	assert_non_null(hash_add(&h, key));
	hash_fini(&h);
}

static void test_hash_next_sees_each_once_and_may_delete(void **state)
{
	uint8_t seen[1000] = {};
	struct hash_iter it = {};
	struct entry *e;
	struct hash h;
	uint32_t i;

	table_fill(&h, 1000);
	while ((e = hash_next(&h, &it))) {
		seen[e->value]++;
		if (e->value % 2)
			hash_del(&h, e);
	}
	for (i = 0; i < 1000; i++)
		assert_int_equal(seen[i], 1);
	assert_int_equal(h.count, 500);
	it = (struct hash_iter){};
	while ((e = hash_next(&h, &it)))
		assert_int_equal(e->value % 2, 0);
	hash_fini(&h);
	hash_fini(&h);
}

/* Reference values of SipHash-1-3: key 00..0f, input 00, 00 01, ... (little-endian machines). */
static void test_hash_is_siphash(void **state)
{
	static const struct {
		size_t	 len;
		uint64_t hash;
	} vectors[] = {
		{ 0, 0xabac0158050fc4dcULL },
		{ 1, 0xc9f49bf37d57ca93ULL },
		{ 7, 0xd3927d989bb11140ULL },
		{ 8, 0x369095118d299a8eULL },
	};
	uint8_t in[16], key[16];
	uint64_t seed[2];
	size_t i;

	for (i = 0; i < 16; i++)
		in[i] = key[i] = (uint8_t)i;
	memcpy(seed, key, sizeof(seed));
	for (i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++)
		assert_int_equal(sip13(seed, in, vectors[i].len), vectors[i].hash);
}

static int no_random(void *ctx, void *buf, size_t len)
{
	return -EAGAIN;
}

static void test_hash_needs_a_seed(void **state)
{
	const struct env env = { .random = no_random };
	struct hash h;

	assert_int_equal(hash_init(&h, 12, sizeof(struct entry), 1, &env), -EAGAIN);
	hash_fini(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hash_finds_what_was_added),
		cmocka_unit_test(test_hash_next_sees_each_once_and_may_delete),
		cmocka_unit_test(test_hash_is_siphash),
		cmocka_unit_test(test_hash_needs_a_seed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
