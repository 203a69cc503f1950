// SPDX-License-Identifier: Apache-2.0
/* The machine as the planner sees it, and when it has changed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "user/daemon/devices.c"

static struct link_info links[4];
static struct link_addr addrs[4];
static size_t nlinks, naddrs;
static bool backwards;

void link_nl_each(const struct link_nl *nl, const struct link_nl_events *ev)
{
	size_t i;

	(void)nl;
	for (i = 0; i < nlinks; i++)
		ev->link(ev->ctx, &links[backwards ? nlinks - 1 - i : i]);
	for (i = 0; i < naddrs; i++)
		ev->addr(ev->ctx, &addrs[backwards ? naddrs - 1 - i : i]);
}

static void machine(void)
{
	links[0] = (struct link_info){ .ifindex = 2, .name = "eth0", .mtu = 1500, .up = true };
	links[1] = (struct link_info){ .ifindex = 3, .name = "eth1", .mtu = 1500 };
	addrs[0] = (struct link_addr){ 2, { AF_INET, { 192, 0, 2, 1 } }, 24 };
	addrs[1] = (struct link_addr){ 3, { AF_INET, { 10, 1, 0, 1 } }, 16 };
	nlinks = naddrs = 2;
	backwards = false;
}

static uint64_t read_digest(void)
{
	struct devices d;
	struct err e;
	uint64_t digest;

	assert_int_equal(devices_read(NULL, &d, &e), 0);
	digest = d.digest;
	devices_fini(&d);
	return digest;
}

static void test_devices_digest_of_others(void **state)
{
	uint64_t was;

	(void)state;
	machine();
	was = read_digest();
	backwards = true;
	assert_int_equal(read_digest(), was);

	links[0].mtu = 1400;
	assert_int_not_equal(read_digest(), was);
	machine();
	links[1].up = true;
	assert_int_not_equal(read_digest(), was);
	machine();
	links[1].ifindex = addrs[1].ifindex = 4;
	assert_int_not_equal(read_digest(), was);
	machine();
	addrs[1].addr.b[3] = 2;
	assert_int_not_equal(read_digest(), was);
	machine();
	addrs[1].plen = 24;
	assert_int_not_equal(read_digest(), was);
	machine();
	naddrs = 1;
	assert_int_not_equal(read_digest(), was);
	machine();
	addrs[1].ifindex = 2;
	assert_int_not_equal(read_digest(), was);
	machine();
	nlinks = 1;
	assert_int_not_equal(read_digest(), was);
}

/* What is made and taken back for an entry that fails is no reason to try again. */
static void test_devices_digest_without_ours(void **state)
{
	uint64_t was;

	(void)state;
	machine();
	was = read_digest();
	links[2] = (struct link_info){ .ifindex = 9, .name = "xi-tun0", .mtu = 1400, .up = true };
	addrs[2] = (struct link_addr){ 9, { AF_INET, { 10, 9, 0, 1 } }, 30 };
	nlinks = naddrs = 3;
	assert_int_equal(read_digest(), was);
	memcpy(links[2].name, "xi_tun0", 8);
	assert_int_not_equal(read_digest(), was);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_devices_digest_of_others),
		cmocka_unit_test(test_devices_digest_without_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
