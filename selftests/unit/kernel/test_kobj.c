// SPDX-License-Identifier: Apache-2.0
/* Objects: keys, what is equal, sets, and what has to be done. */
#include <arpa/inet.h>
#include <netinet/in.h>
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
#include "user/kernel/kobj.h"
#include "user/kernel/xfrm_compat.h"

/* --- keys and equality: one change to an object, and what it does --- */

enum effect { NOTHING, CHANGED, OTHER };	/* equal; same key; other key */

static void link_name(struct kobj *o) { o->link.name[3]++; }
static void link_type(struct kobj *o) { o->link.type = KOBJ_LINK_DUMMY; }
static void link_if_id(struct kobj *o) { o->link.if_id++; }
static void link_mtu(struct kobj *o) { o->link.mtu++; }
static void link_mtu_0(struct kobj *o) { o->link.mtu = 0; }
static void link_up(struct kobj *o) { o->link.up = false; }
static void link_alias(struct kobj *o) { o->link.alias[0]++; }
static void addr_dev(struct kobj *o) { o->addr.dev[0]++; }
static void addr_addr(struct kobj *o) { o->addr.addr.b[3]++; }
static void addr_plen(struct kobj *o) { o->addr.plen++; }
static void sa_daddr(struct kobj *o) { o->sa.key.daddr[0]++; }
static void sa_spi(struct kobj *o) { o->sa.key.spi++; }
static void sa_proto(struct kobj *o) { o->sa.key.proto = IPPROTO_AH; }
static void sa_family(struct kobj *o) { o->sa.key.family = AF_INET6; }
static void sa_saddr(struct kobj *o) { o->sa.saddr.b[0]++; }
static void sa_mode(struct kobj *o) { o->sa.mode = XFRM_MODE_TRANSPORT; }
static void sa_reqid(struct kobj *o) { o->sa.reqid++; }
static void sa_if_id(struct kobj *o) { o->sa.if_id++; }
static void sa_direction_not_told(struct kobj *o) { o->sa.inbound = false; }
static void sa_nopmtudisc(struct kobj *o) { o->sa.nopmtudisc = !o->sa.nopmtudisc; }
static void sa_esn(struct kobj *o) { o->sa.esn = !o->sa.esn; }
static void sa_window(struct kobj *o) { o->sa.window++; }
static void sa_oseq(struct kobj *o) { o->sa.oseq++; }
static void sa_enc(struct kobj *o) { o->sa.enc[0] = 'C'; }
static void sa_auth(struct kobj *o) { o->sa.auth[0] = 'C'; }
static void sa_aead(struct kobj *o) { o->sa.aead[0] = 'C'; }
static void sa_icv(struct kobj *o) { o->sa.icv_bits++; }
static void sa_enc_key(struct kobj *o) { o->sa.enc_key.b[15]++; }
static void sa_auth_key(struct kobj *o) { o->sa.auth_key.b[31]++; }
static void sa_aead_key(struct kobj *o) { o->sa.aead_key.b[19]++; }
static void sa_sport(struct kobj *o) { o->sa.encap_sport++; }
static void sa_dport(struct kobj *o) { o->sa.encap_dport++; }
static void sa_mark(struct kobj *o) { o->sa.out_mark++; }
static void sa_soft_s(struct kobj *o) { o->sa.soft_seconds++; }
static void sa_hard_s(struct kobj *o) { o->sa.hard_seconds++; }
static void sa_soft_b(struct kobj *o) { o->sa.soft_bytes++; }
static void sa_hard_b(struct kobj *o) { o->sa.hard_bytes++; }
static void pol_dir(struct kobj *o) { o->policy.dir = XFRM_POLICY_FWD; }
static void pol_if_id(struct kobj *o) { o->policy.if_id++; }
static void pol_src(struct kobj *o) { o->policy.sel.src.b[0]++; }
static void pol_dst(struct kobj *o) { o->policy.sel.dst.b[0]++; }
static void pol_splen(struct kobj *o) { o->policy.sel.splen++; }
static void pol_dplen(struct kobj *o) { o->policy.sel.dplen++; }
static void pol_proto(struct kobj *o) { o->policy.sel.proto++; }
static void pol_sport(struct kobj *o) { o->policy.sel.sport = 1; o->policy.sel.sport_mask = 1; }
static void pol_dport(struct kobj *o) { o->policy.sel.dport = 1; o->policy.sel.dport_mask = 1; }
static void pol_port_unmasked(struct kobj *o) { o->policy.sel.sport = 7; o->policy.sel.dport = 8; }
static void pol_priority(struct kobj *o) { o->policy.priority++; }
static void pol_action(struct kobj *o) { o->policy.action = XFRM_POLICY_BLOCK; }
static void pol_ntmpl(struct kobj *o) { o->policy.ntmpl = 2; }
static void pol_second(struct kobj *o) { o->policy.tmpl[1].reqid++; }
static void tmpl_proto(struct kobj *o) { o->policy.tmpl[0].proto++; }
static void tmpl_mode(struct kobj *o) { o->policy.tmpl[0].mode = XFRM_MODE_TRANSPORT; }
static void tmpl_saddr(struct kobj *o) { o->policy.tmpl[0].saddr.b[0]++; }
static void tmpl_daddr(struct kobj *o) { o->policy.tmpl[0].daddr.b[0]++; }
static void tmpl_reqid(struct kobj *o) { o->policy.tmpl[0].reqid++; }
static void tmpl_optional(struct kobj *o) { o->policy.tmpl[0].optional = true; }
static void route_dst(struct kobj *o) { o->route.dst.b[0]++; }
static void route_plen(struct kobj *o) { o->route.plen++; }
static void route_table(struct kobj *o) { o->route.table++; }
static void route_metric(struct kobj *o) { o->route.metric = 7; }
static void route_metric_1024(struct kobj *o) { o->route.metric = 1024; }
static void route_type(struct kobj *o) { o->route.type = KOBJ_ROUTE_THROW; }
static void route_via(struct kobj *o) { o->route.via = kobjs_addr("192.0.2.7"); }
static void route_dev(struct kobj *o) { o->route.dev[0]++; }
static void route_no_dev(struct kobj *o) { o->route.dev[0] = '\0'; }
static void route_mtu(struct kobj *o) { o->route.mtu++; }
static void rule_family(struct kobj *o) { o->rule.family = AF_INET6; }
static void rule_priority(struct kobj *o) { o->rule.priority++; }
static void rule_src(struct kobj *o) { o->rule.src.b[0]++; }
static void rule_dst_any(struct kobj *o) { o->rule.dst.b[0]++; }
static void rule_dst_set(struct kobj *o) { o->rule.dst.b[0]++; o->rule.dplen = 8; }
static void rule_any(struct kobj *o) { o->rule.dst.family = 0; }
static void rule_splen(struct kobj *o) { o->rule.splen++; }
static void rule_dplen(struct kobj *o) { o->rule.dplen++; }
static void rule_proto(struct kobj *o) { o->rule.proto++; }
static void rule_sport_lo(struct kobj *o) { o->rule.sport_lo++; }
static void rule_sport_hi(struct kobj *o) { o->rule.sport_hi++; }
static void rule_dport_lo(struct kobj *o) { o->rule.dport_lo++; }
static void rule_dport_hi(struct kobj *o) { o->rule.dport_hi++; }
static void rule_mark(struct kobj *o) { o->rule.mark = 1; o->rule.mark_mask = 1; }
static void rule_mark_unmasked(struct kobj *o) { o->rule.mark = 1; }
static void rule_action(struct kobj *o) { o->rule.action = KOBJ_RULE_NOP; }
static void rule_to(struct kobj *o) { o->rule.to++; }

enum base { LINK, ADDR, SA, GCM, POLICY, ROUTE, ROUTE6, BLACKHOLE, RULE, GOTO, NOP, BASES };

static struct kobj base_of(enum base b)
{
	struct kobj o = {};

	switch (b) {
	case LINK:	return kobjs_link("xi-a", 0x4d000001);
	case ADDR:	return kobjs_address("xi-a", "10.0.0.1", 24);
	case SA:	return kobjs_sa("192.0.2.1", 0x1001);
	case GCM:	return kobjs_gcm("192.0.2.1", 0x1001);
	case POLICY:	return kobjs_policy(XFRM_POLICY_OUT, 1, "10.1.0.0", "10.2.0.0", 16);
	case ROUTE:	return kobjs_route("10.2.0.0", 16, 254, "xi-a");
	case ROUTE6:	return kobjs_route("2001:db8::", 32, 254, "xi-a");
	case BLACKHOLE:
		o = kobjs_route("10.2.0.0", 16, 254, "");
		o.route.type = KOBJ_ROUTE_BLACKHOLE;
		return o;
	case RULE:	return kobjs_rule(10000, "10.1.0.0", 16, 77);
	default:
		o = kobjs_rule(10000, "10.1.0.0", 16, 10010);
		o.rule.action = b == GOTO ? KOBJ_RULE_GOTO : KOBJ_RULE_NOP;
		return o;
	}
}

#define ROW(base, change, effect)	{ base, change, effect, #base " " #change }
static const struct {
	enum base base;
	void	(*change)(struct kobj *o);
	enum effect effect;
	const char *name;
} rows[] = {
	ROW(LINK, link_name, OTHER), ROW(LINK, link_type, CHANGED), ROW(LINK, link_if_id, CHANGED),
	ROW(LINK, link_mtu, CHANGED), ROW(LINK, link_mtu_0, NOTHING), ROW(LINK, link_up, CHANGED),
	ROW(LINK, link_alias, CHANGED),
	ROW(ADDR, addr_dev, OTHER), ROW(ADDR, addr_addr, OTHER), ROW(ADDR, addr_plen, OTHER),
	ROW(SA, sa_daddr, OTHER), ROW(SA, sa_spi, OTHER), ROW(SA, sa_proto, OTHER),
	ROW(SA, sa_family, OTHER), ROW(SA, sa_saddr, CHANGED), ROW(SA, sa_mode, CHANGED),
	ROW(SA, sa_reqid, CHANGED), ROW(SA, sa_if_id, CHANGED),
	ROW(SA, sa_direction_not_told, NOTHING), ROW(SA, sa_nopmtudisc, NOTHING),
	ROW(GCM, sa_nopmtudisc, CHANGED), ROW(SA, sa_esn, CHANGED), ROW(SA, sa_window, CHANGED),
	ROW(GCM, sa_window, NOTHING), ROW(SA, sa_oseq, NOTHING), ROW(SA, sa_enc, CHANGED),
	ROW(SA, sa_auth, CHANGED), ROW(GCM, sa_aead, CHANGED), ROW(SA, sa_icv, CHANGED),
	ROW(SA, sa_enc_key, CHANGED), ROW(SA, sa_auth_key, CHANGED), ROW(GCM, sa_aead_key, CHANGED),
	ROW(SA, sa_sport, CHANGED), ROW(SA, sa_dport, CHANGED), ROW(SA, sa_mark, CHANGED),
	ROW(SA, sa_soft_s, CHANGED), ROW(SA, sa_hard_s, CHANGED), ROW(SA, sa_soft_b, CHANGED),
	ROW(SA, sa_hard_b, CHANGED),
	ROW(POLICY, pol_dir, OTHER), ROW(POLICY, pol_if_id, OTHER), ROW(POLICY, pol_src, OTHER),
	ROW(POLICY, pol_dst, OTHER), ROW(POLICY, pol_splen, OTHER), ROW(POLICY, pol_dplen, OTHER),
	ROW(POLICY, pol_proto, OTHER), ROW(POLICY, pol_sport, OTHER), ROW(POLICY, pol_dport, OTHER),
	ROW(POLICY, pol_port_unmasked, NOTHING), ROW(POLICY, pol_priority, CHANGED),
	ROW(POLICY, pol_action, CHANGED), ROW(POLICY, pol_ntmpl, CHANGED),
	ROW(POLICY, pol_second, NOTHING), ROW(POLICY, tmpl_proto, CHANGED),
	ROW(POLICY, tmpl_mode, CHANGED), ROW(POLICY, tmpl_saddr, CHANGED),
	ROW(POLICY, tmpl_daddr, CHANGED), ROW(POLICY, tmpl_reqid, CHANGED),
	ROW(POLICY, tmpl_optional, CHANGED),
	ROW(ROUTE, route_dst, OTHER), ROW(ROUTE, route_plen, OTHER), ROW(ROUTE, route_table, OTHER),
	ROW(ROUTE, route_metric, OTHER), ROW(ROUTE, route_metric_1024, OTHER),
	ROW(ROUTE6, route_metric_1024, NOTHING), ROW(ROUTE, route_type, CHANGED),
	ROW(ROUTE, route_via, CHANGED), ROW(ROUTE, route_dev, CHANGED),
	ROW(ROUTE, route_no_dev, NOTHING), ROW(ROUTE, route_mtu, CHANGED),
	ROW(BLACKHOLE, route_dev, NOTHING), ROW(BLACKHOLE, route_type, CHANGED),
	ROW(RULE, rule_family, OTHER), ROW(RULE, rule_priority, OTHER), ROW(RULE, rule_src, OTHER),
	ROW(RULE, rule_dst_any, NOTHING), ROW(RULE, rule_dst_set, OTHER), ROW(RULE, rule_any, NOTHING),
	ROW(RULE, rule_splen, OTHER), ROW(RULE, rule_dplen, OTHER),
	ROW(RULE, rule_proto, OTHER), ROW(RULE, rule_sport_lo, OTHER),
	ROW(RULE, rule_sport_hi, OTHER), ROW(RULE, rule_dport_lo, OTHER),
	ROW(RULE, rule_dport_hi, OTHER), ROW(RULE, rule_mark, OTHER),
	ROW(RULE, rule_mark_unmasked, NOTHING), ROW(RULE, rule_action, OTHER),
	ROW(RULE, rule_to, OTHER), ROW(GOTO, rule_to, CHANGED), ROW(NOP, rule_to, NOTHING),
};

static void test_kobj_key_and_equality(void **state)
{
	struct kobj a, b;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		a = base_of(rows[i].base);
		b = base_of(rows[i].base);
		assert_true(kobj_equal(&a, &b));
		rows[i].change(&b);
		if (kobj_same_key(&a, &b) != (rows[i].effect != OTHER) ||
		    kobj_same_key(&b, &a) != (rows[i].effect != OTHER) ||
		    kobj_equal(&a, &b) != (rows[i].effect == NOTHING) ||
		    kobj_equal(&b, &a) != (rows[i].effect == NOTHING))
			fail_msg("%s", rows[i].name);
		if (rows[i].effect != OTHER && kobj_key_hash(&a) != kobj_key_hash(&b))
			fail_msg("%s: hash", rows[i].name);
	}
}

/* Both outbound: a direction that is not told must not hide a window of an inbound one. */
static void test_kobj_window_of_the_side_that_is_told(void **state)
{
	struct kobj want = base_of(SA), told = base_of(SA);

	told.sa.inbound = false;
	told.sa.window++;
	assert_false(kobj_equal(&want, &told));
	assert_false(kobj_equal(&told, &want));
}

static void test_kobj_kinds_are_unlike(void **state)
{
	struct kobj a, b;
	int i, k;

	for (i = 0; i < BASES; i++)
		for (k = 0; k < BASES; k++) {
			a = base_of((enum base)i);
			b = base_of((enum base)k);
			if (a.kind != b.kind)
				assert_false(kobj_same_key(&a, &b) || kobj_equal(&a, &b));
		}
}

/* Garbage in the padding and behind strings changes nothing. */
static void test_kobj_padding_does_not_count(void **state)
{
	struct kobj a = base_of(LINK), b;

	memset(&b, 0xa5, sizeof(b));
	b.kind = KOBJ_LINK;
	strcpy(b.link.name, a.link.name);
	b.link.type = a.link.type;
	b.link.if_id = a.link.if_id;
	b.link.mtu = a.link.mtu;
	b.link.up = true;
	strcpy(b.link.alias, a.link.alias);
	assert_true(kobj_equal(&a, &b));
	assert_true(kobj_key_hash(&a) == kobj_key_hash(&b));
}

/* --- words --- */

static void test_kobj_str(void **state)
{
	static const struct {
		enum base base;
		const char *text;
	} says[] = {
		{ LINK, "device xi-a (xfrm, if_id 0x4d000001)" },
		{ ADDR, "address 10.0.0.1/24 dev xi-a" },
		{ SA, "ESP SA to 192.0.2.1 SPI 0x00001001" },
		{ POLICY, "policy out 10.1.0.0/16 to 10.2.0.0/16 if_id 0x1" },
		{ ROUTE, "route 10.2.0.0/16 dev xi-a table 254" },
		{ BLACKHOLE, "route blackhole 10.2.0.0/16 table 254" },
		{ RULE, "IPv4 rule 10000 from 10.1.0.0/16 to any table 77" },
		{ GOTO, "IPv4 rule 10000 from 10.1.0.0/16 to any goto 10010" },
		{ NOP, "IPv4 rule 10000 from 10.1.0.0/16 to any nop" },
	};
	char buf[KOBJ_STR_MAX];
	struct kobj o;
	size_t i;

	for (i = 0; i < sizeof(says) / sizeof(says[0]); i++) {
		o = base_of(says[i].base);
		assert_string_equal(kobj_str(&o, buf), says[i].text);
	}
	o = base_of(POLICY);
	o.policy.sel.proto = 17;
	o.policy.sel.sport = 500;
	o.policy.sel.sport_mask = 0xffff;
	o.policy.sel.dport = 0x400;
	o.policy.sel.dport_mask = 0xfc00;
	assert_string_equal(kobj_str(&o, buf), "policy out 10.1.0.0/16 port 500 to 10.2.0.0/16 "
			    "port 0x400/0xfc00 protocol 17 if_id 0x1");
	o = base_of(RULE);
	o.rule.proto = 6;
	o.rule.sport_lo = o.rule.sport_hi = 22;
	o.rule.dport_hi = 1023;
	o.rule.mark = XI_MARK;
	o.rule.mark_mask = XI_MARK_MASK;
	assert_string_equal(kobj_str(&o, buf), "IPv4 rule 10000 from 10.1.0.0/16 port 22 to any "
			    "port 0-1023 protocol 6 fwmark 0x58000000/0xff000000 table 77");
	o = base_of(ROUTE);
	o.route.via = kobjs_addr("192.0.2.7");
	o.route.metric = 5;
	assert_string_equal(kobj_str(&o, buf),
			    "route 10.2.0.0/16 via 192.0.2.7 dev xi-a table 254 metric 5");
}

/* The longest there is fits, and what would not is cut. */
static void test_kobj_str_is_bounded(void **state)
{
	char buf[KOBJ_STR_MAX + 1];
	struct kobj o = base_of(RULE);

	buf[KOBJ_STR_MAX] = '!';
	memset(&o.rule, 0xff, sizeof(o.rule));
	o.rule.family = o.rule.src.family = o.rule.dst.family = AF_INET6;
	o.rule.sport_lo = o.rule.dport_lo = 0xfffe;
	o.rule.action = KOBJ_RULE_TABLE;
	kobj_str(&o, buf);
	assert_non_null(strstr(buf, " table 4294967295"));
	memset(&o.policy, 0xff, sizeof(o.policy));
	o.kind = KOBJ_POLICY;
	o.policy.sel.src.family = o.policy.sel.dst.family = AF_INET6;
	kobj_str(&o, buf);
	assert_non_null(strstr(buf, " if_id 0xffffffff"));
	assert_int_equal(buf[KOBJ_STR_MAX], '!');
}

static void test_kobj_str_has_no_keys(void **state)
{
	char buf[KOBJ_STR_MAX];
	struct kobj o = base_of(GCM);

	kobj_str(&o, buf);
	assert_null(strstr(buf, "0123"));
	assert_null(strstr(buf, "salt"));
}

/* --- sets, against an array --- */

#define MODEL	300

static struct kobj model_of(unsigned int i)
{
	char text[32];

	snprintf(text, sizeof(text), "10.0.%u.%u", i / 256, i % 256);
	switch (i % 3) {
	case 0:	return kobjs_sa(text, i);
	case 1:	return kobjs_route(text, 32, 254, "xi-a");
	default: return kobjs_rule(10000 + i, text, 32, 7);
	}
}

static void check_model(const struct kobj_set *s, struct kobj *const there[MODEL])
{
	size_t i, live = 0, want = 0;
	struct kobj like;

	for (i = 0; i < MODEL; i++) {
		like = model_of((unsigned int)i);
		assert_ptr_equal(kobj_set_find(s, &like), there[i]);
		if (there[i])
			assert_true(kobj_equal(there[i], &like));
		want += !!there[i];
	}
	for (i = 0; i < s->n; i++)
		live += !!s->list[i];
	assert_int_equal(live, want);
}

static void test_kobj_set_adds_finds_deletes(void **state)
{
	struct kobj *there[MODEL] = {};
	struct kobj_set s = {};
	unsigned int round, i, seed = 1;
	struct kobj o;

	check_model(&s, there);
	for (round = 0; round < 8000; round++) {
		seed = seed * 1103515245 + 12345;
		i = (seed >> 16) % MODEL;
		if (there[i]) {
			kobj_set_del(&s, there[i]);
			there[i] = NULL;
		} else {
			o = model_of(i);
			there[i] = kobj_set_add(&s, &o);
			assert_non_null(there[i]);
		}
		if (round % 500 == 0)
			check_model(&s, there);
	}
	check_model(&s, there);
	assert_true(s.room <= 1024);	/* gaps are used again */
	kobj_set_fini(&s);
	kobj_set_fini(&s);
}

static void test_kobj_set_keeps_the_order(void **state)
{
	struct kobj_set s = {};
	uint32_t last = 0;
	struct kobj o;
	size_t i;

	for (i = 0; i < 1000; i++) {
		o = kobjs_rule((uint32_t)i + 1, "10.0.0.0", 8, 7);
		assert_non_null(kobj_set_add(&s, &o));
		if (i % 2 == 0)
			kobj_set_del(&s, kobj_set_find(&s, &o));
	}
	for (i = 0; i < s.n; i++) {
		if (!s.list[i])
			continue;
		assert_true(s.list[i]->rule.priority > last);
		last = s.list[i]->rule.priority;
	}
	assert_int_equal(last, 1000);
	kobj_set_fini(&s);
}

/* --- the difference --- */

static void add(struct kobj_set *s, struct kobj o)
{
	assert_non_null(kobj_set_add(s, &o));
}

static void add_all(struct kobj_set *s, const char *prefix)
{
	char name[IF_NAMESIZE];

	snprintf(name, sizeof(name), "xi-%s", prefix);
	/* In an order of no use. */
	add(s, kobjs_rule(10000 + (uint32_t)prefix[0], "10.1.0.0", 16, 77));
	add(s, kobjs_route("10.2.0.0", 16, (uint32_t)prefix[0], name));
	add(s, kobjs_policy(XFRM_POLICY_OUT, (uint32_t)prefix[0], "10.1.0.0", "10.2.0.0", 16));
	add(s, kobjs_sa("192.0.2.1", (uint32_t)prefix[0]));
	add(s, kobjs_address(name, "10.0.0.1", 24));
	add(s, kobjs_link(name, (uint32_t)prefix[0]));
}

static void test_kobj_diff_order(void **state)
{
	struct kobj_set was = {}, is = {};
	struct kobj_ops ops;
	size_t i;

	add_all(&was, "both");
	add_all(&is, "both");
	add_all(&was, "gone");
	add_all(&is, "new");
	add(&is, kobjs_link("xi-late", 9));
	kobj_set_find(&is, &(struct kobj){ .kind = KOBJ_LINK, .link = { .name = "xi-both" } })
		->link.mtu = 1300;
	assert_int_equal(kobj_diff(&was, &is, &ops), 0);
	assert_int_equal(ops.n, 6 + 2 + 6);
	for (i = 0; i < ops.n; i++) {
		assert_int_equal(ops.op[i].err, 0);
		assert_false(ops.op[i].tried);
		if (i < 8) {
			assert_true(ops.op[i].todo != KOBJ_DEL);
			assert_true(!i || ops.op[i].is->kind >= ops.op[i - 1].is->kind);
		} else {
			assert_int_equal(ops.op[i].todo, KOBJ_DEL);
			assert_null(ops.op[i].is);
			assert_int_equal(ops.op[i].was->kind, KOBJ_RULE - (i - 8));
		}
	}
	assert_int_equal(ops.op[0].todo, KOBJ_CHANGE);
	assert_int_equal(ops.op[0].is->link.mtu, 1300);
	assert_int_equal(ops.op[0].was->link.mtu, 1400);
	assert_string_equal(ops.op[1].is->link.name, "xi-new");
	assert_null(ops.op[1].was);
	assert_string_equal(ops.op[2].is->link.name, "xi-late");
	kobj_ops_fini(&ops);
	kobj_set_fini(&was);
	kobj_set_fini(&is);
}

static void test_kobj_diff_of_equals_is_nothing(void **state)
{
	struct kobj_set was = {}, is = {}, none = {};
	struct kobj_ops ops;

	add_all(&was, "a");
	add_all(&is, "a");
	assert_int_equal(kobj_diff(&was, &is, &ops), 0);
	assert_int_equal(ops.n, 0);
	assert_int_equal(kobj_diff(&none, &none, &ops), 0);
	assert_int_equal(ops.n, 0);
	assert_int_equal(kobj_diff(&was, &none, &ops), 0);
	assert_int_equal(ops.n, 6);
	kobj_ops_fini(&ops);
	kobj_set_fini(&was);
	kobj_set_fini(&is);
}

/* What was made last goes first. */
static void test_kobj_diff_deletes_backwards(void **state)
{
	struct kobj_set was = {}, none = {};
	struct kobj_ops ops;
	size_t i;

	for (i = 0; i < 200; i++)
		add(&was, kobjs_rule(10000 + (uint32_t)i, "10.1.0.0", 16, 77));
	assert_int_equal(kobj_diff(&was, &none, &ops), 0);
	assert_int_equal(ops.n, 200);
	for (i = 0; i < 200; i++)
		assert_int_equal(ops.op[i].was->rule.priority, 10199 - i);
	kobj_ops_fini(&ops);
	kobj_set_fini(&was);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kobj_key_and_equality),
		cmocka_unit_test(test_kobj_window_of_the_side_that_is_told),
		cmocka_unit_test(test_kobj_kinds_are_unlike),
		cmocka_unit_test(test_kobj_padding_does_not_count),
		cmocka_unit_test(test_kobj_str),
		cmocka_unit_test(test_kobj_str_is_bounded),
		cmocka_unit_test(test_kobj_str_has_no_keys),
		cmocka_unit_test(test_kobj_set_adds_finds_deletes),
		cmocka_unit_test(test_kobj_set_keeps_the_order),
		cmocka_unit_test(test_kobj_diff_order),
		cmocka_unit_test(test_kobj_diff_of_equals_is_nothing),
		cmocka_unit_test(test_kobj_diff_deletes_backwards),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
