// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "user/lib/err.h"

static void test_err_set_returns_the_code(void **state)
{
	struct err e = {};

	assert_int_equal(err_set(&e, -ENOENT, "no %s", "way"), -ENOENT);
	assert_int_equal(e.code, -ENOENT);
	assert_string_equal(e.text, "no way");
	assert_int_equal(err_set(NULL, -EPERM, "nobody asks"), -EPERM);
}

static void test_err_prefix_adds_context_in_front(void **state)
{
	struct err e = {};

	err_set(&e, -EBUSY, "in use");
	assert_int_equal(err_prefix(&e, "interface %s", "eth0"), -EBUSY);
	assert_int_equal(err_prefix(&e, "attach"), -EBUSY);
	assert_string_equal(e.text, "attach: interface eth0: in use");
}

static void test_err_prefix_without_err_stays_a_failure(void **state)
{
	assert_true(err_prefix(NULL, "context") < 0);
}

static void test_err_text_is_cut_to_its_place(void **state)
{
	char text[2 * ERR_TEXT_MAX];
	struct err e = {};

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	err_set(&e, -EIO, "%s", text);
	assert_int_equal(strlen(e.text), ERR_TEXT_MAX - 1);
	assert_int_equal(err_prefix(&e, "%s", text), -EIO);
	assert_int_equal(strlen(e.text), ERR_TEXT_MAX - 1);
	err_set(&e, -EIO, "cause");
	err_prefix(&e, "%.*s", ERR_TEXT_MAX - 3, text);
	assert_string_equal(e.text + ERR_TEXT_MAX - 4, "x: ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_err_set_returns_the_code),
		cmocka_unit_test(test_err_prefix_adds_context_in_front),
		cmocka_unit_test(test_err_prefix_without_err_stays_a_failure),
		cmocka_unit_test(test_err_text_is_cut_to_its_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
