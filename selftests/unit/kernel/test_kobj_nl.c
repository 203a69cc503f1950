// SPDX-License-Identifier: Apache-2.0
/*
 * Objects in this machine's kernel, in a namespace of the test's own: devices of
 * kind dummy, addresses, routes, rules and policies. SAs and XFRM interfaces need
 * modules that not every kernel has: selftests/vm/kobj.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "selftests/unit/kernel/kobj_live.h"
#include "selftests/unit/kernel/kobjs.h"
#include "user/kernel/kobj_nl.h"
#include "user/kernel/xfrm_compat.h"

#define TABLE	(XI_TABLE_FIRST + 1)

static bool have_dummy;

#define NEEDS_KERNEL()	do { if (!live.nl) skip(); } while (0)
#define NEEDS_DUMMY()	do { if (!live.nl || !have_dummy) skip(); } while (0)

/* Without the module dummy, routes stand on a device that is not ours. */
static void make_device(void)
{
	have_dummy = !system("ip link add xi-try type dummy 2>/dev/null && ip link del xi-try");
	if (!have_dummy && system("ip link add xi-d0 type veth peer name d1 && "
				  "ip link set xi-d0 up && ip link set d1 up && "
				  "ip addr add 10.0.0.1/24 dev xi-d0 && "
				  "ip addr add 2001:db8:9::1/64 dev xi-d0 nodad"))
		fail_msg("no device");
}

static int setup(void **state)
{
	if (live_open())
		make_device();
	return 0;
}

static int teardown(void **state)
{
	live_close();
	return 0;
}

static struct kobj via(struct kobj o, const char *gateway)
{
	o.route.via = kobjs_addr(gateway);
	return o;
}

static struct kobj of_type(struct kobj o, enum kobj_route_type type)
{
	o.route.type = type;
	return o;
}

static struct kobj with_action(struct kobj o, enum kobj_rule_action action)
{
	o.rule.action = action;
	return o;
}

static struct kobj full_rule(void)
{
	struct kobj o = kobjs_rule(10005, "10.1.2.0", 24, TABLE);

	o.rule.dst = kobjs_addr("10.2.0.0");
	o.rule.dplen = 16;
	o.rule.proto = 17;
	o.rule.sport_lo = o.rule.sport_hi = 500;
	o.rule.dport_lo = 1024;
	o.rule.dport_hi = 65534;
	o.rule.mark = XI_MARK;
	o.rule.mark_mask = XI_MARK_MASK;
	return o;
}

static struct kobj block_policy(void)
{
	struct kobj o = kobjs_policy(XFRM_POLICY_FWD, 7, "10.1.0.0", "10.2.0.0", 16);

	o.policy.action = XFRM_POLICY_BLOCK;
	o.policy.ntmpl = 0;
	return o;
}

static struct kobj port_policy(void)
{
	struct kobj o = kobjs_policy(XFRM_POLICY_IN, 7, "2001:db8:2::", "2001:db8:1::", 48);

	o.policy.sel.proto = 6;
	o.policy.sel.sport = 0x1400;
	o.policy.sel.sport_mask = 0xfc00;
	o.policy.sel.dport = 22;
	o.policy.sel.dport_mask = 0xffff;
	o.policy.ntmpl = 2;
	o.policy.tmpl[0].optional = true;
	o.policy.tmpl[1] = (struct kobj_tmpl){ .proto = 51, .mode = XFRM_MODE_TRANSPORT,
					       .reqid = XI_ID(XI_ID_MAP, 7) };
	return o;
}

/* A bit of everything that any kernel has. */
static void add_world(struct kobj_set *s)
{
	struct kobj mtu = kobjs_route("10.4.0.0", 16, TABLE, "xi-d0");

	mtu.route.mtu = 1300;
	mtu.route.metric = 7;
	if (have_dummy) {
		live_add(s, kobjs_link("xi-d0", 0));
		live_add(s, kobjs_link("xi-d1", 0));
		live_add(s, kobjs_address("xi-d0", "10.0.0.1", 24));
		live_add(s, kobjs_address("xi-d0", "2001:db8:9::1", 64));
		live_add(s, kobjs_address("xi-d1", "10.0.1.1", 32));
	}
	live_add(s, block_policy());
	live_add(s, port_policy());
	live_add(s, kobjs_policy(XFRM_POLICY_OUT, 7, "0.0.0.0", "10.2.0.0", 0));
	live_add(s, kobjs_route("10.2.0.0", 16, TABLE, "xi-d0"));
	live_add(s, via(kobjs_route("10.3.0.0", 16, 254, ""), "10.0.0.2"));
	live_add(s, mtu);
	live_add(s, of_type(kobjs_route("0.0.0.0", 0, TABLE, ""), KOBJ_ROUTE_BLACKHOLE));
	live_add(s, of_type(kobjs_route("10.9.0.0", 16, TABLE, ""), KOBJ_ROUTE_THROW));
	live_add(s, kobjs_route("2001:db8:2::", 48, TABLE, "xi-d0"));
	live_add(s, via(kobjs_route("2001:db8:3::", 48, 254, "xi-d0"), "2001:db8:9::2"));
	live_add(s, of_type(kobjs_route("::", 0, TABLE, ""), KOBJ_ROUTE_BLACKHOLE));
	live_add(s, kobjs_rule(10000, "10.1.0.0", 16, TABLE));
	live_add(s, with_action(kobjs_rule(10001, "10.1.0.0", 16, 10010), KOBJ_RULE_GOTO));
	live_add(s, with_action(kobjs_rule(10010, "0.0.0.0", 0, 0), KOBJ_RULE_NOP));
	live_add(s, kobjs_rule(10002, "2001:db8:1::", 48, TABLE));
	live_add(s, full_rule());
}

static void test_kobj_nl_round_trip(void **state)
{
	struct kobj_set is = {}, none = {};

	NEEDS_KERNEL();
	live_expect_kernel_has(&none);
	add_world(&is);
	live_become(&is);
	/* Once more from nothing: all is there already, and that is success. */
	assert_int_equal(live_change(&none, &is), 0);
	live_expect_kernel_has(&is);
	if (have_dummy) {
		assert_true(live_says("ip link show xi-d0", "alias crypto map lab 10"));
		assert_true(live_says("ip link show xi-d0", "mtu 1400"));
	}
	live_become(&none);
	/* And once more: all is gone already. */
	assert_int_equal(live_change(&is, &none), 0);
	live_expect_kernel_has(&none);
	kobj_set_fini(&is);
}

static void add_changed_devices(struct kobj_set *s)
{
	struct kobj o = kobjs_link("xi-d0", 0);

	o.link.mtu = 1350;
	o.link.alias[0] = '\0';
	live_add(s, o);
	o = kobjs_link("xi-d1", 0);
	o.link.up = false;
	live_add(s, o);
	live_add(s, kobjs_address("xi-d0", "10.0.0.1", 25));
	live_add(s, kobjs_address("xi-d0", "2001:db8:9::1", 80));
}

/* Each kind changed in the way that it can be. */
static void test_kobj_nl_changes(void **state)
{
	struct kobj_set was = {}, is = {};
	struct kobj o;

	NEEDS_KERNEL();
	add_world(&was);
	live_become(&was);
	if (have_dummy)
		add_changed_devices(&is);
	o = block_policy();
	o.policy.priority++;
	live_add(&is, o);
	o = port_policy();
	o.policy.tmpl[1].reqid++;
	live_add(&is, o);
	o = kobjs_route("10.2.0.0", 16, TABLE, "xi-d0");
	o.route.mtu = 1299;
	live_add(&is, o);
	live_add(&is, via(kobjs_route("10.3.0.0", 16, 254, ""), "10.0.0.3"));
	live_add(&is, of_type(kobjs_route("10.9.0.0", 16, TABLE, ""), KOBJ_ROUTE_BLACKHOLE));
	live_add(&is, of_type(kobjs_route("2001:db8:2::", 48, TABLE, ""), KOBJ_ROUTE_THROW));
	live_add(&is, via(kobjs_route("2001:db8:3::", 48, 254, "xi-d0"), "2001:db8:9::3"));
	live_add(&is, with_action(kobjs_rule(10001, "10.1.0.0", 16, 10011), KOBJ_RULE_GOTO));
	live_add(&is, with_action(kobjs_rule(10011, "0.0.0.0", 0, 0), KOBJ_RULE_NOP));
	live_become(&is);
	live_become(&was);
	live_become(&is);
	kobj_set_fini(&was);
	kobj_set_fini(&is);
	live_become(&is);
}

/* A device of our name and kind is ours, whoever made it. */
static void test_kobj_nl_device_by_name(void **state)
{
	struct kobj_set none = {}, is = {};
	struct kobj o = kobjs_link("xi-d0", 0);

	NEEDS_DUMMY();
	live_sh("ip link add xi-d0 type dummy && ip link set xi-d0 up && "
	   "ip addr add 10.0.0.1/24 dev xi-d0");
	live_add(&is, kobjs_address("xi-d0", "10.0.0.1", 24));
	o.link.mtu = 1500;
	o.link.alias[0] = '\0';
	live_add(&is, o);
	live_expect_kernel_has(&is);
	live_become(&none);
	kobj_set_fini(&is);
}

/* Of somebody else under the key of `o`: it is not added, not changed, and not deleted. */
static void expect_spared(const struct kobj *o, const struct kobj *changed)
{
	assert_int_equal(live_one(KOBJ_ADD, NULL, o, "not ours"), -EEXIST);
	assert_int_equal(live_one(KOBJ_CHANGE, o, changed, "not ours"), -EEXIST);
	assert_int_equal(live_one(KOBJ_DEL, o, NULL, ""), 0);
}

static void test_kobj_nl_foreign_routes_stay(void **state)
{
	struct kobj_set none = {};
	struct kobj o, changed;

	NEEDS_KERNEL();
	live_sh("ip link add eth9 type veth peer name d9 && ip link set eth9 up && ip link set d9 up &&"
	   "ip addr add 10.7.0.1/24 dev eth9 && ip route add 10.5.0.0/16 dev eth9 proto static &&"
	   "ip -6 route add 2001:db8:5::/48 dev eth9");
	live_expect_kernel_has(&none);
	o = kobjs_route("10.5.0.0", 16, 254, "eth9");
	changed = of_type(o, KOBJ_ROUTE_BLACKHOLE);
	expect_spared(&o, &changed);
	o = kobjs_route("2001:db8:5::", 48, 254, "eth9");
	changed = of_type(o, KOBJ_ROUTE_BLACKHOLE);
	expect_spared(&o, &changed);
	assert_true(live_says("ip route show 10.5.0.0/16", "dev eth9 proto static"));
	assert_true(live_says("ip -6 route show 2001:db8:5::/48", "dev eth9"));
	o = kobjs_address("eth9", "10.7.0.1", 24);
	assert_int_equal(live_one(KOBJ_ADD, NULL, &o, "not ours"), -EPERM);
	assert_int_equal(live_one(KOBJ_DEL, &o, NULL, ""), 0);
	assert_true(live_says("ip addr show eth9", "10.7.0.1/24"));
}

static void test_kobj_nl_foreign_policies_stay(void **state)
{
	struct kobj o = block_policy(), changed = o;
	struct kobj_set none = {};

	NEEDS_KERNEL();
	live_sh("ip xfrm policy add src 10.1.0.0/16 dst 10.2.0.0/16 dir fwd if_id 7 action block &&"
	   "ip xfrm policy add src 10.1.0.0/16 dst 10.2.0.0/16 dir fwd mark 9 action block");
	live_expect_kernel_has(&none);
	changed.policy.priority++;
	expect_spared(&o, &changed);
	assert_true(live_says("ip xfrm policy", "if_id 0x7"));
	/* Without the if_id it is another policy, also beside one with a mark. */
	o.policy.if_id = 0;
	assert_int_equal(live_one(KOBJ_ADD, NULL, &o, NULL), 0);
	assert_int_equal(live_one(KOBJ_DEL, &o, NULL, NULL), 0);
	assert_true(live_says("ip xfrm policy", "mark 0x9"));
}

/* Without our protocol, or outside our priorities. */
static void test_kobj_nl_foreign_rules_stay(void **state)
{
	struct kobj o = kobjs_rule(10000, "10.1.0.0", 16, 7);
	struct kobj_set none = {};

	NEEDS_KERNEL();
	live_sh("ip rule add from 10.1.0.0/16 table 7 pref 10000 &&"
	   "ip rule add from 10.1.0.0/16 table 7 pref 9000 protocol 158 &&"
	   "ip rule add from 10.1.0.0/16 iif lo table 7 pref 10001 protocol 158");
	live_expect_kernel_has(&none);
	assert_int_equal(live_one(KOBJ_ADD, NULL, &o, ""), 0);	/* beside it */
	assert_int_equal(live_one(KOBJ_DEL, &o, NULL, ""), 0);
	assert_int_equal(live_one(KOBJ_DEL, &o, NULL, ""), 0);
	assert_true(live_says("ip rule show pref 10000", "10000:\tfrom 10.1.0.0/16 lookup 7"));
	assert_true(live_says("ip rule show pref 9000", "lookup 7"));
	assert_true(live_says("ip rule show pref 10001", "lookup 7"));
}

static void test_kobj_nl_foreign_devices_stay(void **state)
{
	struct kobj o = kobjs_link("xi-veth", 0), changed = o;
	struct kobj_set none = {};

	NEEDS_DUMMY();
	live_sh("ip link add xi-veth type veth peer name xi-peer && ip link add other type dummy");
	live_expect_kernel_has(&none);
	changed.link.mtu = 1300;
	expect_spared(&o, &changed);
	assert_true(live_says("ip link show xi-veth", "mtu 1500"));
	assert_true(live_says("ip link show other", "mtu 1500"));
}

/* A foreign route of the same key that came later and stands in front is not replaced. */
static void test_kobj_nl_foreign_route_in_front(void **state)
{
	struct kobj o = kobjs_route("10.5.0.0", 16, 254, "xi-d0"), changed = o;
	struct kobj link = kobjs_link("xi-d0", 0);

	NEEDS_KERNEL();
	if (have_dummy)
		assert_int_equal(live_one(KOBJ_ADD, NULL, &link, NULL), 0);
	assert_int_equal(live_one(KOBJ_ADD, NULL, &o, NULL), 0);
	live_sh("ip route prepend blackhole 10.5.0.0/16 proto static");
	changed.route.mtu = 1300;
	assert_int_equal(live_one(KOBJ_CHANGE, &o, &changed, "not ours"), -EEXIST);
	assert_true(live_says("ip route show 10.5.0.0/16", "blackhole default") ||
		    live_says("ip route show 10.5.0.0/16", "blackhole 10.5.0.0/16 proto static"));
	live_sh("ip route del blackhole 10.5.0.0/16");
	assert_int_equal(live_one(KOBJ_CHANGE, &o, &changed, NULL), 0);
	assert_true(live_says("ip route show 10.5.0.0/16", "mtu 1300"));
}

/* What failed says why; the others are done. */
static void test_kobj_nl_one_failure_among_many(void **state)
{
	struct kobj_set none = {}, is = {};
	struct kobj_ops ops;
	size_t i;

	NEEDS_KERNEL();
	if (have_dummy)
		live_add(&is, kobjs_link("xi-d0", 0));
	live_add(&is, via(kobjs_route("10.3.0.0", 16, TABLE, "xi-d0"), "10.99.0.2"));
	live_add(&is, kobjs_route("10.4.0.0", 16, TABLE, "xi-none"));
	for (i = 0; i < 100; i++) {
		char text[32];

		snprintf(text, sizeof(text), "10.5.%zu.0", i);
		live_add(&is, kobjs_route(text, 24, TABLE, "xi-d0"));
	}
	assert_int_equal(kobj_diff(&none, &is, &ops), 0);
	assert_int_equal(kobj_nl_apply(live.nl, ops.op, ops.n, NULL), 2);
	for (i = 0; i < ops.n; i++) {
		if (i == have_dummy)
			assert_string_equal(ops.op[i].why, "route 10.3.0.0/16 via 10.99.0.2 dev xi-d0 "
					    "table 1481179137: Nexthop has invalid gateway");
		else if (i == have_dummy + 1u)
			assert_string_equal(ops.op[i].why, "route 10.4.0.0/16 dev xi-none table "
					    "1481179137: no device xi-none");
		else
			assert_int_equal(ops.op[i].err, 0);
	}
	kobj_ops_fini(&ops);
	kobj_set_fini(&is);
	live_become(&none);
}

/* More than a batch, in and out; devices by groups. */
static void test_kobj_nl_many(void **state)
{
	struct kobj_set none = {}, is = {};
	char text[32];
	unsigned int i;

	NEEDS_DUMMY();
	for (i = 0; i < 70; i++) {
		snprintf(text, sizeof(text), "xi-d%u", i);
		live_add(&is, kobjs_link(text, 0));
		live_add(&is, kobjs_route("0.0.0.0", 0, XI_TABLE_FIRST + i, text));
		snprintf(text, sizeof(text), "10.1.%u.0", i);
		live_add(&is, kobjs_rule(10000 + i, text, 24, XI_TABLE_FIRST + i));
	}
	live_sh("ip link add other type dummy && ip link set other group 7");
	live_become(&is);
	assert_int_equal(live_change(&none, &is), 0);
	live_become(&none);
	assert_true(live_says("ip link show other", "group 7"));
	live_sh("ip link del other");
	kobj_set_fini(&is);
}

/* A device of ours of another type is made anew, with what stood on it. */
static void test_kobj_nl_link_remade(void **state)
{
	struct kobj_set is = {}, was = {};
	struct kobj o = kobjs_link("xi-d0", 7);

	NEEDS_DUMMY();
	live_add(&is, kobjs_link("xi-d0", 0));
	live_add(&is, kobjs_address("xi-d0", "10.0.0.1", 24));
	live_add(&is, kobjs_route("10.5.0.0", 16, TABLE, "xi-d0"));
	live_become(&is);
	/* As if it had been an XFRM interface, which not every kernel has. */
	live_add(&was, o);
	live_add(&was, kobjs_address("xi-d0", "10.0.0.1", 24));
	live_add(&was, kobjs_route("10.5.0.0", 16, TABLE, "xi-d0"));
	assert_int_equal(live_change(&was, &is), 0);
	live_expect_kernel_has(&is);
	kobj_set_fini(&was);
	kobj_set_fini(&is);
	live_become(&is);
}

static void test_kobj_nl_missing_modules_are_named(void **state)
{
	struct kobj o = kobjs_sa("192.0.2.1", 0x1001);
	struct kobj_op op = { .todo = KOBJ_ADD, .is = &o };

	NEEDS_KERNEL();
	if (kobj_nl_apply(live.nl, &op, 1, NULL) == 0) {
		live_one(KOBJ_DEL, &o, NULL, NULL);
		skip();		/* this kernel has ESP */
	}
	assert_int_equal(op.err, -EPROTONOSUPPORT);
	assert_non_null(strstr(op.why, "module esp4 (CONFIG_INET_ESP)"));
	o = kobjs_link("xi-x", 7);
	op = (struct kobj_op){ .todo = KOBJ_ADD, .is = &o };
	if (kobj_nl_apply(live.nl, &op, 1, NULL) == 0)
		live_one(KOBJ_DEL, &o, NULL, NULL);
	else
		assert_non_null(strstr(op.why, "module xfrm_interface (CONFIG_XFRM_INTERFACE)"));
}

/* What is forgiven leaves no words behind, and nobody need listen. */
static void test_kobj_nl_success_says_nothing(void **state)
{
	struct kobj route = kobjs_route("10.9.0.0", 16, TABLE, "xi-gone");
	struct kobj link = kobjs_link("xi-gone", 0);
	struct kobj_op op[] = {
		{ .todo = KOBJ_DEL, .was = &route }, { .todo = KOBJ_DEL, .was = &link },
	};
	struct kobj_set found = {};
	struct err e = {};

	NEEDS_KERNEL();
	assert_int_equal(kobj_nl_apply(live.nl, op, 2, &e), 0);
	assert_int_equal(e.code, 0);
	assert_string_equal(e.text, "");
	assert_int_equal(kobj_nl_apply(live.nl, op, 2, NULL), 0);
	assert_int_equal(kobj_nl_dump(live.nl, &found, &e), 0);
	assert_int_equal(e.code, 0);
	kobj_set_fini(&found);
	assert_int_equal(kobj_nl_dump(live.nl, &found, NULL), 0);
	kobj_set_fini(&found);
}

static void test_kobj_nl_rule_ports(void **state)
{
	struct kobj o = full_rule();

	NEEDS_KERNEL();
	o.rule.dport_hi = 65535;
	assert_int_equal(live_one(KOBJ_ADD, NULL, &o, "ports of a rule are 1 to 65534"), -ERANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_kobj_nl_round_trip, setup, teardown),
		cmocka_unit_test_setup_teardown(test_kobj_nl_changes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_kobj_nl_device_by_name, setup, teardown),
		cmocka_unit_test_setup_teardown(test_kobj_nl_foreign_routes_stay, setup, teardown),
		cmocka_unit_test_setup_teardown(test_kobj_nl_foreign_policies_stay, setup, teardown),
		cmocka_unit_test_setup_teardown(test_kobj_nl_foreign_rules_stay, setup, teardown),
		cmocka_unit_test_setup_teardown(test_kobj_nl_foreign_devices_stay, setup, teardown),
		cmocka_unit_test_setup_teardown(test_kobj_nl_foreign_route_in_front, setup, teardown),
		cmocka_unit_test_setup_teardown(test_kobj_nl_one_failure_among_many, setup, teardown),
		cmocka_unit_test_setup_teardown(test_kobj_nl_many, setup, teardown),
		cmocka_unit_test_setup_teardown(test_kobj_nl_link_remade, setup, teardown),
		cmocka_unit_test_setup_teardown(test_kobj_nl_missing_modules_are_named, setup, teardown),
		cmocka_unit_test_setup_teardown(test_kobj_nl_success_says_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(test_kobj_nl_rule_ports, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
