// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "user/lib/env.h"

static void test_env_clocks(void **state)
{
	uint64_t a = env_mono_ns(&env_system), b = env_mono_ns(&env_system);
	uint64_t wall = env_wall_ns(&env_system);

	assert_true(b >= a);
	assert_in_range(wall / 1000000000ULL, (uint64_t)time(NULL) - 2, (uint64_t)time(NULL) + 2);
}

static void test_env_random(void **state)
{
	uint8_t a[32] = {}, b[32] = {};

	assert_int_equal(env_system.random(env_system.ctx, a, sizeof(a)), 0);
	assert_int_equal(env_system.random(env_system.ctx, b, sizeof(b)), 0);
	assert_memory_not_equal(a, b, sizeof(a));
	assert_int_equal(env_system.random(env_system.ctx, a, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_env_clocks),
		cmocka_unit_test(test_env_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
