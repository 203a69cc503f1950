// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "user/lib/addr.h"

static const struct {
	const char *in, *out;	/* out NULL: not an address */
} texts[] = {
	{ "192.0.2.1", "192.0.2.1" },
	{ "0.0.0.0", "0.0.0.0" },
	{ "255.255.255.255", "255.255.255.255" },
	{ "2001:DB8::1", "2001:db8::1" },
	{ "::", "::" },
	{ "::ffff:192.0.2.1", "::ffff:192.0.2.1" },
	{ "", NULL },
	{ "192.0.2", NULL },
	{ "192.0.2.256", NULL },
	{ "192.0.2.1 ", NULL },
	{ "192.0.2.1/24", NULL },
	{ "2001:db8::1%eth0", NULL },
	{ "2001:db8::g", NULL },
	{ "example", NULL },
};

static void test_addr_parse_and_str(void **state)
{
	char buf[ADDR_STR_MAX];
	struct addr a;
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		memset(&a, 0xee, sizeof(a));
		if (addr_parse(texts[i].in, &a) != (texts[i].out != NULL))
			fail_msg("%s", texts[i].in);
		if (texts[i].out)
			assert_string_equal(addr_str(&a, buf), texts[i].out);
		else
			assert_int_equal(a.family, 0xee);
	}
}

static void test_addr_make_takes_four_bytes_for_ipv4(void **state)
{
	uint8_t bytes[16];
	struct addr a, b;

	memset(bytes, 0xff, sizeof(bytes));
	a = addr_make(AF_INET, bytes);
	assert_true(addr_parse("255.255.255.255", &b));
	assert_true(addr_equal(&a, &b));
	assert_memory_equal(&a, &b, sizeof(a));
	a = addr_make(AF_INET6, bytes);
	assert_memory_equal(a.b, bytes, 16);
	assert_false(addr_equal(&a, &b));
}

static void test_addr_of_no_family(void **state)
{
	char buf[ADDR_STR_MAX];
	uint8_t bytes[16] = { 1 };
	struct addr a = addr_make(0, bytes);

	assert_true(addr_is_any(&a));
	assert_string_equal(addr_str(&a, buf), "-");
}

static void test_addr_is_any(void **state)
{
	struct addr a;

	addr_parse("0.0.0.0", &a);
	assert_true(addr_is_any(&a));
	addr_parse("::", &a);
	assert_true(addr_is_any(&a));
	addr_parse("::1", &a);
	assert_false(addr_is_any(&a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addr_parse_and_str),
		cmocka_unit_test(test_addr_make_takes_four_bytes_for_ipv4),
		cmocka_unit_test(test_addr_of_no_family),
		cmocka_unit_test(test_addr_is_any),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
