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

#include "selftests/unit/kernel/kobjs.h"
#include "selftests/unit/kernel/netns.h"
#include "user/kernel/kobj_nl.h"
#include "user/kernel/xfrm_compat.h"

#define TABLE	(XI_TABLE_FIRST + 1)

static struct kobj_nl *nl;
static bool have_dummy;

#define NEEDS_KERNEL()	do { if (!nl) skip(); } while (0)
#define NEEDS_DUMMY()	do { if (!nl || !have_dummy) skip(); } while (0)

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
	struct err e = {};

	if (!netns_enter())
		return 0;
	nl = kobj_nl_open(&e);
	if (nl)
		make_device();
	else
		print_message("%s\n", e.text);
	return 0;
}

static int teardown(void **state)
{
	kobj_nl_close(nl);
	nl = NULL;
	return 0;
}

/* The namespace of this thread is the shell's, too. */
static void sh(const char *command)
{
	if (system(command))
		fail_msg("%s", command);
}

static bool says(const char *command, const char *text)
{
	char out[4096] = {};
	FILE *f = popen(command, "r");
	size_t n;

	assert_non_null(f);
	n = fread(out, 1, sizeof(out) - 1, f);
	pclose(f);
	return n && strstr(out, text);
}

static void add(struct kobj_set *s, struct kobj o)
{
	assert_non_null(kobj_set_add(s, &o));
}

static void dump(struct kobj_set *found)
{
	struct err e = {};

	*found = (struct kobj_set){};
	if (kobj_nl_dump(nl, found, &e))
		fail_msg("%s", e.text);
}

static void print_failed(const struct kobj_op *op, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (op[i].err)
			print_message("%d: %s\n", op[i].err, op[i].why);
}

/* From one set to another; how many operations failed. */
static int change(const struct kobj_set *was, const struct kobj_set *is)
{
	struct kobj_ops ops;
	struct err e = {};
	int failed;
	size_t i;

	assert_int_equal(kobj_diff(was, is, &ops), 0);
	failed = kobj_nl_apply(nl, ops.op, ops.n, &e);
	if (failed < 0)
		fail_msg("%s", e.text);
	for (i = 0; i < ops.n; i++)
		assert_true(ops.op[i].tried);
	print_failed(ops.op, ops.n);
	kobj_ops_fini(&ops);
	return failed;
}

/* What the kernel has is what is wanted: nothing has to be done. */
static void expect_kernel_has(const struct kobj_set *is)
{
	char text[KOBJ_STR_MAX];
	struct kobj_set found;
	struct kobj_ops ops;
	size_t i;

	dump(&found);
	assert_int_equal(kobj_diff(&found, is, &ops), 0);
	for (i = 0; i < ops.n; i++)
		print_message("todo %d: %s\n", ops.op[i].todo,
			      kobj_str(ops.op[i].is ? ops.op[i].is : ops.op[i].was, text));
	assert_int_equal(ops.n, 0);
	kobj_ops_fini(&ops);
	kobj_set_fini(&found);
}

static void become(const struct kobj_set *is)
{
	struct kobj_set found;

	dump(&found);
	assert_int_equal(change(&found, is), 0);
	kobj_set_fini(&found);
	expect_kernel_has(is);
}

/* One operation; its result, and whether `why` says so. */
static int one(enum kobj_todo todo, const struct kobj *was, const struct kobj *is, const char *why)
{
	struct kobj_op op = { .todo = todo, .was = was, .is = is };
	int failed = kobj_nl_apply(nl, &op, 1, NULL);

	assert_true(op.tried);
	assert_int_equal(failed, op.err != 0);
	if (why && !strstr(op.why, why))
		fail_msg("'%s' is not in '%s'", why, op.why);
	if (op.err && !why)
		print_message("%s\n", op.why);
	return op.err;
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
		add(s, kobjs_link("xi-d0", 0));
		add(s, kobjs_link("xi-d1", 0));
		add(s, kobjs_address("xi-d0", "10.0.0.1", 24));
		add(s, kobjs_address("xi-d0", "2001:db8:9::1", 64));
		add(s, kobjs_address("xi-d1", "10.0.1.1", 32));
	}
	add(s, block_policy());
	add(s, port_policy());
	add(s, kobjs_policy(XFRM_POLICY_OUT, 7, "0.0.0.0", "10.2.0.0", 0));
	add(s, kobjs_route("10.2.0.0", 16, TABLE, "xi-d0"));
	add(s, via(kobjs_route("10.3.0.0", 16, 254, ""), "10.0.0.2"));
	add(s, mtu);
	add(s, of_type(kobjs_route("0.0.0.0", 0, TABLE, ""), KOBJ_ROUTE_BLACKHOLE));
	add(s, of_type(kobjs_route("10.9.0.0", 16, TABLE, ""), KOBJ_ROUTE_THROW));
	add(s, kobjs_route("2001:db8:2::", 48, TABLE, "xi-d0"));
	add(s, via(kobjs_route("2001:db8:3::", 48, 254, "xi-d0"), "2001:db8:9::2"));
	add(s, of_type(kobjs_route("::", 0, TABLE, ""), KOBJ_ROUTE_BLACKHOLE));
	add(s, kobjs_rule(10000, "10.1.0.0", 16, TABLE));
	add(s, with_action(kobjs_rule(10001, "10.1.0.0", 16, 10010), KOBJ_RULE_GOTO));
	add(s, with_action(kobjs_rule(10010, "0.0.0.0", 0, 0), KOBJ_RULE_NOP));
	add(s, kobjs_rule(10002, "2001:db8:1::", 48, TABLE));
	add(s, full_rule());
}

static void test_kobj_nl_round_trip(void **state)
{
	struct kobj_set is = {}, none = {};

	NEEDS_KERNEL();
	expect_kernel_has(&none);
	add_world(&is);
	become(&is);
	/* Once more from nothing: all is there already, and that is success. */
	assert_int_equal(change(&none, &is), 0);
	expect_kernel_has(&is);
	if (have_dummy) {
		assert_true(says("ip link show xi-d0", "alias crypto map lab 10"));
		assert_true(says("ip link show xi-d0", "mtu 1400"));
	}
	become(&none);
	/* And once more: all is gone already. */
	assert_int_equal(change(&is, &none), 0);
	expect_kernel_has(&none);
	kobj_set_fini(&is);
}

static void add_changed_devices(struct kobj_set *s)
{
	struct kobj o = kobjs_link("xi-d0", 0);

	o.link.mtu = 1350;
	o.link.alias[0] = '\0';
	add(s, o);
	o = kobjs_link("xi-d1", 0);
	o.link.up = false;
	add(s, o);
	add(s, kobjs_address("xi-d0", "10.0.0.1", 25));
	add(s, kobjs_address("xi-d0", "2001:db8:9::1", 80));
}

/* Each kind changed in the way that it can be. */
static void test_kobj_nl_changes(void **state)
{
	struct kobj_set was = {}, is = {};
	struct kobj o;

	NEEDS_KERNEL();
	add_world(&was);
	become(&was);
	if (have_dummy)
		add_changed_devices(&is);
	o = block_policy();
	o.policy.priority++;
	add(&is, o);
	o = port_policy();
	o.policy.tmpl[1].reqid++;
	add(&is, o);
	o = kobjs_route("10.2.0.0", 16, TABLE, "xi-d0");
	o.route.mtu = 1299;
	add(&is, o);
	add(&is, via(kobjs_route("10.3.0.0", 16, 254, ""), "10.0.0.3"));
	add(&is, of_type(kobjs_route("10.9.0.0", 16, TABLE, ""), KOBJ_ROUTE_BLACKHOLE));
	add(&is, of_type(kobjs_route("2001:db8:2::", 48, TABLE, ""), KOBJ_ROUTE_THROW));
	add(&is, via(kobjs_route("2001:db8:3::", 48, 254, "xi-d0"), "2001:db8:9::3"));
	add(&is, with_action(kobjs_rule(10001, "10.1.0.0", 16, 10011), KOBJ_RULE_GOTO));
	add(&is, with_action(kobjs_rule(10011, "0.0.0.0", 0, 0), KOBJ_RULE_NOP));
	become(&is);
	become(&was);
	become(&is);
	kobj_set_fini(&was);
	kobj_set_fini(&is);
	become(&is);
}

/* A device of our name and kind is ours, whoever made it. */
static void test_kobj_nl_device_by_name(void **state)
{
	struct kobj_set none = {}, is = {};
	struct kobj o = kobjs_link("xi-d0", 0);

	NEEDS_DUMMY();
	sh("ip link add xi-d0 type dummy && ip link set xi-d0 up && "
	   "ip addr add 10.0.0.1/24 dev xi-d0");
	add(&is, kobjs_address("xi-d0", "10.0.0.1", 24));
	o.link.mtu = 1500;
	o.link.alias[0] = '\0';
	add(&is, o);
	expect_kernel_has(&is);
	become(&none);
	kobj_set_fini(&is);
}

/* Of somebody else under the key of `o`: it is not added, not changed, and not deleted. */
static void expect_spared(const struct kobj *o, const struct kobj *changed)
{
	assert_int_equal(one(KOBJ_ADD, NULL, o, "not ours"), -EEXIST);
	assert_int_equal(one(KOBJ_CHANGE, o, changed, "not ours"), -EEXIST);
	assert_int_equal(one(KOBJ_DEL, o, NULL, ""), 0);
}

static void test_kobj_nl_foreign_routes_stay(void **state)
{
	struct kobj_set none = {};
	struct kobj o, changed;

	NEEDS_KERNEL();
	sh("ip link add eth9 type veth peer name d9 && ip link set eth9 up && ip link set d9 up &&"
	   "ip addr add 10.7.0.1/24 dev eth9 && ip route add 10.5.0.0/16 dev eth9 proto static &&"
	   "ip -6 route add 2001:db8:5::/48 dev eth9");
	expect_kernel_has(&none);
	o = kobjs_route("10.5.0.0", 16, 254, "eth9");
	changed = of_type(o, KOBJ_ROUTE_BLACKHOLE);
	expect_spared(&o, &changed);
	o = kobjs_route("2001:db8:5::", 48, 254, "eth9");
	changed = of_type(o, KOBJ_ROUTE_BLACKHOLE);
	expect_spared(&o, &changed);
	assert_true(says("ip route show 10.5.0.0/16", "dev eth9 proto static"));
	assert_true(says("ip -6 route show 2001:db8:5::/48", "dev eth9"));
	o = kobjs_address("eth9", "10.7.0.1", 24);
	assert_int_equal(one(KOBJ_ADD, NULL, &o, "not ours"), -EPERM);
	assert_int_equal(one(KOBJ_DEL, &o, NULL, ""), 0);
	assert_true(says("ip addr show eth9", "10.7.0.1/24"));
}

static void test_kobj_nl_foreign_policies_stay(void **state)
{
	struct kobj o = block_policy(), changed = o;
	struct kobj_set none = {};

	NEEDS_KERNEL();
	sh("ip xfrm policy add src 10.1.0.0/16 dst 10.2.0.0/16 dir fwd if_id 7 action block &&"
	   "ip xfrm policy add src 10.1.0.0/16 dst 10.2.0.0/16 dir fwd mark 9 action block");
	expect_kernel_has(&none);
	changed.policy.priority++;
	expect_spared(&o, &changed);
	assert_true(says("ip xfrm policy", "dir fwd action block priority 0"));
	/* Without the if_id it is another policy, also beside one with a mark. */
	o.policy.if_id = 0;
	assert_int_equal(one(KOBJ_ADD, NULL, &o, NULL), 0);
	assert_int_equal(one(KOBJ_DEL, &o, NULL, NULL), 0);
	assert_true(says("ip xfrm policy", "mark 0x9"));
}

/* Without our protocol, or outside our priorities. */
static void test_kobj_nl_foreign_rules_stay(void **state)
{
	struct kobj o = kobjs_rule(10000, "10.1.0.0", 16, 7);
	struct kobj_set none = {};

	NEEDS_KERNEL();
	sh("ip rule add from 10.1.0.0/16 table 7 pref 10000 &&"
	   "ip rule add from 10.1.0.0/16 table 7 pref 9000 protocol 158 &&"
	   "ip rule add from 10.1.0.0/16 iif lo table 7 pref 10001 protocol 158");
	expect_kernel_has(&none);
	assert_int_equal(one(KOBJ_ADD, NULL, &o, ""), 0);	/* beside it */
	assert_int_equal(one(KOBJ_DEL, &o, NULL, ""), 0);
	assert_int_equal(one(KOBJ_DEL, &o, NULL, ""), 0);
	assert_true(says("ip rule show pref 10000", "10000:\tfrom 10.1.0.0/16 lookup 7"));
	assert_true(says("ip rule show pref 9000", "lookup 7"));
	assert_true(says("ip rule show pref 10001", "lookup 7"));
}

static void test_kobj_nl_foreign_devices_stay(void **state)
{
	struct kobj o = kobjs_link("xi-veth", 0), changed = o;
	struct kobj_set none = {};

	NEEDS_DUMMY();
	sh("ip link add xi-veth type veth peer name xi-peer && ip link add other type dummy");
	expect_kernel_has(&none);
	changed.link.mtu = 1300;
	expect_spared(&o, &changed);
	assert_true(says("ip link show xi-veth", "mtu 1500"));
	assert_true(says("ip link show other", "mtu 1500"));
}

/* A foreign route of the same key that came later and stands in front is not replaced. */
static void test_kobj_nl_foreign_route_in_front(void **state)
{
	struct kobj o = kobjs_route("10.5.0.0", 16, 254, "xi-d0"), changed = o;
	struct kobj link = kobjs_link("xi-d0", 0);

	NEEDS_KERNEL();
	if (have_dummy)
		assert_int_equal(one(KOBJ_ADD, NULL, &link, NULL), 0);
	assert_int_equal(one(KOBJ_ADD, NULL, &o, NULL), 0);
	sh("ip route prepend blackhole 10.5.0.0/16 proto static");
	changed.route.mtu = 1300;
	assert_int_equal(one(KOBJ_CHANGE, &o, &changed, "not ours"), -EEXIST);
	assert_true(says("ip route show 10.5.0.0/16", "blackhole default") ||
		    says("ip route show 10.5.0.0/16", "blackhole 10.5.0.0/16 proto static"));
	sh("ip route del blackhole 10.5.0.0/16");
	assert_int_equal(one(KOBJ_CHANGE, &o, &changed, NULL), 0);
	assert_true(says("ip route show 10.5.0.0/16", "mtu 1300"));
}

/* What failed says why; the others are done. */
static void test_kobj_nl_one_failure_among_many(void **state)
{
	struct kobj_set none = {}, is = {};
	struct kobj_ops ops;
	size_t i;

	NEEDS_KERNEL();
	if (have_dummy)
		add(&is, kobjs_link("xi-d0", 0));
	add(&is, via(kobjs_route("10.3.0.0", 16, TABLE, "xi-d0"), "10.99.0.2"));
	add(&is, kobjs_route("10.4.0.0", 16, TABLE, "xi-none"));
	for (i = 0; i < 100; i++) {
		char text[32];

		snprintf(text, sizeof(text), "10.5.%zu.0", i);
		add(&is, kobjs_route(text, 24, TABLE, "xi-d0"));
	}
	assert_int_equal(kobj_diff(&none, &is, &ops), 0);
	assert_int_equal(kobj_nl_apply(nl, ops.op, ops.n, NULL), 2);
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
	become(&none);
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
		add(&is, kobjs_link(text, 0));
		add(&is, kobjs_route("0.0.0.0", 0, XI_TABLE_FIRST + i, text));
		snprintf(text, sizeof(text), "10.1.%u.0", i);
		add(&is, kobjs_rule(10000 + i, text, 24, XI_TABLE_FIRST + i));
	}
	sh("ip link add other type dummy && ip link set other group 7");
	become(&is);
	assert_int_equal(change(&none, &is), 0);
	become(&none);
	assert_true(says("ip link show other", "group 7"));
	sh("ip link del other");
	kobj_set_fini(&is);
}

/* A device of ours of another type is made anew, with what stood on it. */
static void test_kobj_nl_link_remade(void **state)
{
	struct kobj_set is = {}, was = {};
	struct kobj o = kobjs_link("xi-d0", 7);

	NEEDS_DUMMY();
	add(&is, kobjs_link("xi-d0", 0));
	add(&is, kobjs_address("xi-d0", "10.0.0.1", 24));
	add(&is, kobjs_route("10.5.0.0", 16, TABLE, "xi-d0"));
	become(&is);
	/* As if it had been an XFRM interface, which not every kernel has. */
	add(&was, o);
	add(&was, kobjs_address("xi-d0", "10.0.0.1", 24));
	add(&was, kobjs_route("10.5.0.0", 16, TABLE, "xi-d0"));
	assert_int_equal(change(&was, &is), 0);
	expect_kernel_has(&is);
	kobj_set_fini(&was);
	kobj_set_fini(&is);
	become(&is);
}

static void test_kobj_nl_missing_modules_are_named(void **state)
{
	struct kobj o = kobjs_sa("192.0.2.1", 0x1001);
	struct kobj_op op = { .todo = KOBJ_ADD, .is = &o };

	NEEDS_KERNEL();
	if (kobj_nl_apply(nl, &op, 1, NULL) == 0) {
		one(KOBJ_DEL, &o, NULL, NULL);
		skip();		/* this kernel has ESP */
	}
	assert_int_equal(op.err, -EPROTONOSUPPORT);
	assert_non_null(strstr(op.why, "module esp4 (CONFIG_INET_ESP)"));
	o = kobjs_link("xi-x", 7);
	op = (struct kobj_op){ .todo = KOBJ_ADD, .is = &o };
	if (kobj_nl_apply(nl, &op, 1, NULL) == 0)
		one(KOBJ_DEL, &o, NULL, NULL);
	else
		assert_non_null(strstr(op.why, "module xfrm_interface (CONFIG_XFRM_INTERFACE)"));
}

static void test_kobj_nl_rule_ports(void **state)
{
	struct kobj o = full_rule();

	NEEDS_KERNEL();
	o.rule.dport_hi = 65535;
	assert_int_equal(one(KOBJ_ADD, NULL, &o, "ports of a rule are 1 to 65534"), -ERANGE);
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
		cmocka_unit_test_setup_teardown(test_kobj_nl_rule_ports, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
