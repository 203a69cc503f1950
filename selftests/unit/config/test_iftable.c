// SPDX-License-Identifier: Apache-2.0
/* The table of interfaces outside of the IOS language (R-CFG-8). */
#include "selftests/unit/config/conf.h"

#include <stdlib.h>
#include <string.h>

#include "user/config/iftable.h"

static void parse(struct iftable *m, struct diags *d, const char *text)
{
	*d = (struct diags){};
	assert_int_equal(iftable_parse(m, text, strlen(text), d), 0);
}

static void test_names_both_ways(void **state)
{
	struct iftable m;
	struct diags d;

	(void)state;
	parse(&m, &d, "! the outside\nFastEthernet0/0 eth0\r\n# the inside\n"
	      "gig 0/1 enp3s0.100\n\nBDI10 br-lan");
	assert_int_equal(d.n, 0);
	assert_int_equal(m.n, 3);
	assert_string_equal(iftable_device(&m, "FastEthernet0/0"), "eth0");
	assert_string_equal(iftable_device(&m, "GigabitEthernet0/1"), "enp3s0.100");
	assert_string_equal(iftable_device(&m, "BDI10"), "br-lan");
	assert_null(iftable_device(&m, "FastEthernet0/1"));
	assert_null(iftable_device(&m, "FastEthernet0/0FastEthernet0/0FastEthernet0/0FastEthernet0/0"));
	assert_string_equal(iftable_ios(&m, "br-lan"), "BDI10");
	assert_string_equal(iftable_ios(&m, "eth7"), "eth7");
	diag_fini(&d);
	iftable_fini(&m);
}

static void test_wrong_lines_are_named_and_left_out(void **state)
{
	static const struct {
		const char *line, *says;
	} rows[] = {
		{ "FastEthernet0/0", "expected" },
		{ "FastEthernet0/0 eth0 eth1", "expected" },
		{ "FastEthernet0/0 a/b", "expected" },
		{ "FastEthernet0/0 sixteen-letters-", "expected" },
		{ "FastEthernet0/0 ..", "expected" },
		{ "Wormhole0 eth0", "no such type" },
		{ "Tunnel0 tun0", "made by the gateway" },
		{ "Loopback0 lo", "made by the gateway" },
		{ "Ethernet0 eth0\nEthernet0 eth1", "named before" },
		{ "\001\002", "not a line" },
		{ "LongLongLongLongLongLongLongLongLongLongLongLongLongLong0 eth0", "too long" },
	};
	struct iftable m;
	struct diags d;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		parse(&m, &d, rows[i].line);
		assert_int_equal(d.count[DIAG_ERROR], 1);
		if (!strstr(d.list[0].text, rows[i].says))
			fail_msg("'%s': %s", rows[i].line, d.list[0].text);
		assert_int_equal(m.n, i == 8);
		diag_fini(&d);
		iftable_fini(&m);
	}
}

static void test_the_table_is_bounded(void **state)
{
	char *text = calloc(IFTABLE_MAX + 10, 32), *p = text;
	struct iftable m;
	struct diags d;
	int i;

	(void)state;
	for (i = 0; i < IFTABLE_MAX + 5; i++)
		p += sprintf(p, "Ethernet%d e%d\n", i, i);
	parse(&m, &d, text);
	assert_int_equal(m.n, IFTABLE_MAX - 1);
	assert_int_equal(d.count[DIAG_ERROR], 1);
	assert_string_equal(iftable_device(&m, "Ethernet4000"), "e4000");
	diag_fini(&d);
	iftable_fini(&m);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_both_ways),
		cmocka_unit_test(test_wrong_lines_are_named_and_left_out),
		cmocka_unit_test(test_the_table_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
