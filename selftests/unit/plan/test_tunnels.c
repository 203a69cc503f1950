// SPDX-License-Identifier: Apache-2.0
/* Tunnel and Loopback interfaces, static routes (A12, R-CFG-8, R-CFG-9, R-FRAG-9, R-TS-8). */
#include "selftests/unit/plan/planner.h"

#include <netinet/in.h>
#include <string.h>

#define PROFILE	"crypto ipsec transform-set t esp-aes esp-sha256-hmac\ncrypto ipsec profile p\n" \
		" set transform-set t\n"
#define TUNNEL	"interface Tunnel0\n ip address 10.255.0.1 255.255.255.252\n" \
		" tunnel protection ipsec profile p\n"
#define V4	" tunnel mode ipsec ipv4\n"
#define V6	" tunnel mode ipsec ipv6\n"
#define FROM(x)	" tunnel source " x "\n"
#define TO(x)	" tunnel destination " x "\n"
#define PLAIN	PROFILE TUNNEL V4 FROM("eth0") TO("198.51.100.2")

static void test_tunnels_inactive_ones_say_why(void **state)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{ PLAIN, NULL },
		{ PROFILE TUNNEL FROM("eth0") TO("198.51.100.2"), "GRE tunnels are not built yet" },
		{ PROFILE TUNNEL V4 TO("198.51.100.2"), "no tunnel source" },
		{ PROFILE TUNNEL V4 FROM("eth0"), "no tunnel destination" },
		{ "interface Tunnel0\n" V4 FROM("eth0") TO("198.51.100.2"), "no tunnel protection" },
		{ TUNNEL V4 FROM("eth0") TO("198.51.100.2"), "no usable IPsec profile" },
		{ PROFILE TUNNEL V4 FROM("eth0") TO("gw.example.net"), "names need IKE" },
		{ PROFILE TUNNEL V4 FROM("eth0") TO("2001:db8::2"), "destination is not an IPv4 address" },
		{ PROFILE TUNNEL V6 FROM("eth0") TO("198.51.100.2"), "destination is not an IPv6 address" },
		{ PROFILE TUNNEL V6 FROM("198.51.100.1") TO("2001:db8::2"), "source is not an IPv6 address" },
		{ PROFILE TUNNEL V6 FROM("eth1") TO("2001:db8::2"), "interface eth1 has no IPv6 address" },
		{ PROFILE TUNNEL V4 FROM("Serial0") TO("198.51.100.2") "interface Serial0\n",
		  "interface Serial0 is not present" },
		{ PROFILE TUNNEL V4 FROM("GigabitEthernet0/0") TO("198.51.100.2")
		  "interface GigabitEthernet0/0\n", NULL },
		{ PROFILE TUNNEL V4 FROM("192.0.2.200") TO("198.51.100.2"), NULL },
	};
	struct planned p;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		plan_text(&p, rows[i].text);
		assert_int_equal(p.ret, 0);
		expect_item(&p, "interface Tunnel0", rows[i].why);
		if (rows[i].why)
			expect_objects(&p, "", "");
		planned_fini(&p);
	}
}

static void test_tunnels_numbers(void **state)
{
	struct planned p;

	plan_text(&p, PROFILE "interface Tunnel16777215\n tunnel protection ipsec profile p\n" V4
		      FROM("eth0") TO("198.51.100.2"));
	expect_item(&p, "interface Tunnel16777215", NULL);
	assert_int_equal(p.plan.item[0]->id, 0x54ffffff);
	assert_string_equal(p.plan.item[0]->dev, "xi-tun16777215");
	planned_fini(&p);

	plan_text(&p, PROFILE "interface Tunnel16777216\n tunnel protection ipsec profile p\n" V4
		      FROM("eth0") TO("198.51.100.2"));
	expect_item(&p, "interface Tunnel16777216", "0 to 16777215");
	planned_fini(&p);
}

/* R-FRAG-9: `ip mtu`, else computed for the device of the local address and the transform. */
static void test_tunnels_mtu(void **state)
{
	struct sa_info sa = {
		.key = { .proto = IPPROTO_ESP }, .if_id = 0x54000000, .encap_type = 2,
		.enc = { .name = "cbc(aes)" }, .auth = { .name = "hmac(sha512)", .icv_bits = 256 },
	};
	struct planned p;

	plan_text(&p, PLAIN);
	assert_int_equal(plan_item_of(&p, "interface Tunnel0")->mtu, 1438);
	p.sa = &sa;
	plan_again(&p);
	assert_int_equal(plan_item_of(&p, "interface Tunnel0")->mtu, 1406);
	planned_fini(&p);

	plan_text(&p, PLAIN " ip mtu 1500\n");
	assert_int_equal(plan_item_of(&p, "interface Tunnel0")->mtu, 1500);
	planned_fini(&p);

	plan_text(&p, PROFILE TUNNEL V4 FROM("eth2") TO("198.51.100.2"));
	assert_int_equal(plan_item_of(&p, "interface Tunnel0")->mtu, 8926);
	planned_fini(&p);

	/* R-TS-8: a profile without a set has AES-GCM. */
	plan_text(&p, "crypto ipsec profile p\n" TUNNEL V4 FROM("eth0") TO("198.51.100.2"));
	assert_int_equal(plan_item_of(&p, "interface Tunnel0")->mtu, 1446);
	planned_fini(&p);

	plan_text(&p, PROFILE TUNNEL V6 FROM("eth0") TO("2001:db8:a::2"));
	assert_int_equal(plan_item_of(&p, "interface Tunnel0")->mtu, 1406);
	planned_fini(&p);
}

/* A family is carried when the mode or an address says so. */
static void test_tunnels_both_families(void **state)
{
	struct planned p;

	plan_text(&p, PROFILE TUNNEL V6 FROM("2001:db8:a::1") TO("2001:db8:a::2")
		      " ipv6 address 2001:db8:77::1/64\n ip address 10.3.0.1 255.255.255.0 secondary\n"
		      " shutdown\n");
	expect_objects(&p, "",
		"device xi-tun0 (xfrm, if_id 0x54000000) mtu 1406 down \"Tunnel0\"\n"
		"address 10.255.0.1/30 dev xi-tun0\n"
		"address 10.3.0.1/24 dev xi-tun0\n"
		"address 2001:db8:77::1/64 dev xi-tun0\n"
		"policy out any to any if_id 0x54000000 +0 esp tunnel 2001:db8:a::1 > 2001:db8:a::2 reqid 54000000\n"
		"policy in any to any if_id 0x54000000 +0 esp tunnel 2001:db8:a::2 > 2001:db8:a::1 reqid 54000000\n"
		"policy fwd any to any if_id 0x54000000 +0 esp tunnel 2001:db8:a::2 > 2001:db8:a::1 reqid 54000000\n"
		"policy out any to any if_id 0x54000000 +0 esp tunnel 2001:db8:a::1 > 2001:db8:a::2 reqid 54000000\n"
		"policy in any to any if_id 0x54000000 +0 esp tunnel 2001:db8:a::2 > 2001:db8:a::1 reqid 54000000\n"
		"policy fwd any to any if_id 0x54000000 +0 esp tunnel 2001:db8:a::2 > 2001:db8:a::1 reqid 54000000\n");
	planned_fini(&p);
}

/* From a Loopback packets leave where the peer is: that device is guarded and gives the MTU. */
static void test_tunnels_from_a_loopback(void **state)
{
	struct planned p;

	plan_text(&p, PROFILE TUNNEL V4 FROM("Loopback0") TO("192.0.2.9")
		      "interface Loopback0\n ip address 10.0.0.1 255.255.255.255\n");
	assert_string_equal(plan_item_of(&p, "interface Tunnel0")->outside, "eth1");
	assert_string_equal(p.plan.guard[0], "eth1");
	planned_fini(&p);

	plan_text(&p, PROFILE TUNNEL V4 FROM("Loopback0") TO("10.9.9.9")
		      "interface Loopback0\n ip address 10.0.0.1 255.255.255.255\n"
		      "ip route 10.9.0.0 255.255.0.0 203.0.113.7\nip route 10.9.9.0 255.255.255.0 Tunnel0\n"
		      "ip route 10.0.0.0 255.0.0.0 192.0.2.7\n");
	assert_string_equal(plan_item_of(&p, "interface Tunnel0")->outside, "eth2");
	assert_int_equal(plan_item_of(&p, "interface Tunnel0")->mtu, 8926);
	planned_fini(&p);

	/* Not known: the usual MTU, and nothing to guard. */
	plan_text(&p, PROFILE TUNNEL V4 FROM("Loopback0") TO("10.9.9.9")
		      "interface Loopback0\n ip address 10.0.0.1 255.255.255.255\n");
	assert_string_equal(plan_item_of(&p, "interface Tunnel0")->outside, "");
	assert_int_equal(plan_item_of(&p, "interface Tunnel0")->mtu, 1438);
	assert_int_equal(p.plan.nguards, 0);
	planned_fini(&p);
}

static void test_tunnels_loopbacks(void **state)
{
	struct planned p;

	plan_text(&p, "interface Loopback2147483647\n ip address 10.0.0.1 255.255.255.255\n"
		      " ipv6 address 2001:db8::7/128\n ip mtu 9000\ninterface Loopback1\n shutdown\n");
	expect_objects(&p, "",
		"device xi-lo1 (dummy) mtu 0 down \"Loopback1\"\n"
		"device xi-lo2147483647 (dummy) mtu 9000 up \"Loopback2147483647\"\n"
		"address 10.0.0.1/32 dev xi-lo2147483647\n"
		"address 2001:db8::7/128 dev xi-lo2147483647\n");
	planned_fini(&p);
}

/* R-VTI-9, R-CFG-9; what has no interface says so and waits. */
static void test_tunnels_routes(void **state)
{
	struct planned p;

	plan_text(&p, PLAIN
		"ip route 10.1.0.0 255.255.0.0 Tunnel0\n"
		"ip route 10.2.0.0 255.255.0.0 GigabitEthernet0/0 198.51.100.7 20\n"
		"ip route 10.2.0.0 255.255.0.0 192.0.2.7\n"
		"ip route 10.2.0.0 255.255.0.0 192.0.2.8\n"
		"ip route 10.3.0.0 255.255.0.0 Serial0\n"
		"ip route 10.4.0.0 255.255.0.0 Tunnel5\n"
		"ip route 10.5.0.0 255.255.0.0 Null0\n"
		"ip route 10.6.0.0 255.255.0.0 eth2\n"
		"ip route 10.7.0.0 255.255.0.0 eth9\n"
		"ipv6 route 2001:db8:5::/48 eth0 fe80::9\n"
		"ipv6 route ::/0 2001:db8:a::9 200\n");
	expect_objects(&p, "route",
		"route 10.1.0.0/16 dev xi-tun0 table 254 metric 1\n"
		"route 10.2.0.0/16 via 198.51.100.7 dev eth0 table 254 metric 20\n"
		"route 10.2.0.0/16 via 192.0.2.7 table 254 metric 1\n"
		"route blackhole 10.5.0.0/16 table 254 metric 1\n"
		"route 10.6.0.0/16 dev eth2 table 254 metric 1\n"
		"route 2001:db8:5::/48 via fe80::9 dev eth0 table 254 metric 1\n"
		"route ::/0 via 2001:db8:a::9 table 254 metric 200\n");
	expect_item(&p, "ip route 10.2.0.0 255.255.0.0 192.0.2.8", "another route has this prefix");
	expect_item(&p, "ip route 10.3.0.0 255.255.0.0 Serial0", "Serial0 is not present");
	expect_item(&p, "ip route 10.4.0.0 255.255.0.0 Tunnel5", "not in use");
	expect_item(&p, "ip route 10.7.0.0 255.255.0.0 eth9", "eth9 is not present");
	expect_item(&p, "ip route 10.2.0.0 255.255.0.0 GigabitEthernet0/0 198.51.100.7", NULL);
	expect_item(&p, "ipv6 route 2001:db8:5::/48 eth0 fe80::9", NULL);
	planned_fini(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tunnels_inactive_ones_say_why),
		cmocka_unit_test(test_tunnels_numbers),
		cmocka_unit_test(test_tunnels_mtu),
		cmocka_unit_test(test_tunnels_both_families),
		cmocka_unit_test(test_tunnels_from_a_loopback),
		cmocka_unit_test(test_tunnels_loopbacks),
		cmocka_unit_test(test_tunnels_routes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
