// SPDX-License-Identifier: Apache-2.0
/*
 * Messages about objects: what is written is read again as the same, and has the
 * form of the kernel's headers.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
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

#include "selftests/unit/kernel/image.h"
#include "selftests/unit/kernel/kobj_wire.h"
#include "selftests/unit/kernel/kobjs.h"
#include "user/kernel/kobj_msg.h"

/* --- what is written is read --- */

static struct kobj bundle_policy(void)
{
	struct kobj o = kobjs_policy(XFRM_POLICY_IN, 9, "2001:db8:1::", "2001:db8:2::", 48);

	o.policy.sel.proto = 6;
	o.policy.sel.sport = 22;
	o.policy.sel.sport_mask = 0xffff;
	o.policy.sel.dport = 0x400;
	o.policy.sel.dport_mask = 0xfc00;
	o.policy.tmpl[1] = (struct kobj_tmpl){ .proto = IPPROTO_AH, .mode = XFRM_MODE_TRANSPORT,
					       .reqid = 5, .optional = true };
	o.policy.ntmpl = 2;
	return o;
}

static struct kobj block_policy(void)
{
	struct kobj o = kobjs_policy(XFRM_POLICY_OUT, 0, "0.0.0.0", "0.0.0.0", 0);

	o.policy.action = XFRM_POLICY_BLOCK;
	o.policy.ntmpl = 0;
	o.policy.priority = XI_POLICY_LAST;
	return o;
}

static struct kobj transport_sa(void)
{
	struct kobj o = kobjs_ah("2001:db8::2", 0x1002);

	o.sa.mode = XFRM_MODE_TRANSPORT;
	o.sa.inbound = false;
	o.sa.window = 0;
	o.sa.oseq = 0xfffffff0;
	return o;
}

static struct kobj longest_sa(void)
{
	struct kobj o = kobjs_full_sa();

	memset(o.sa.enc, 'e', sizeof(o.sa.enc) - 1);
	memset(o.sa.auth, 'a', sizeof(o.sa.auth) - 1);
	o.sa.enc_key.len = o.sa.auth_key.len = SECRET_MAX;
	o.sa.out_mark = XI_MARK;
	return o;
}

static struct kobj full_route(void)
{
	struct kobj o = kobjs_route("10.2.0.0", 16, XI_TABLE_LAST, "eth0");

	o.route.via = kobjs_addr("192.0.2.7");
	o.route.metric = 4000000000;
	o.route.mtu = 1400;
	return o;
}

static struct kobj route_of_type(enum kobj_route_type type, const char *dst)
{
	struct kobj o = kobjs_route(dst, 0, 254, "");

	o.route.type = type;
	return o;
}

static struct kobj full_rule(void)
{
	struct kobj o = kobjs_rule(XI_RULE_LAST, "2001:db8:1::", 48, 254);

	o.rule.dst = kobjs_addr("2001:db8:2::");
	o.rule.dplen = 128;
	o.rule.proto = 6;
	o.rule.sport_lo = o.rule.sport_hi = 22;
	o.rule.dport_lo = 1;
	o.rule.dport_hi = 65534;
	o.rule.mark = XI_MARK;
	o.rule.mark_mask = XI_MARK_MASK;
	return o;
}

static struct kobj rule_of_action(enum kobj_rule_action action, uint32_t to)
{
	struct kobj o = kobjs_rule(XI_RULE_FIRST, "0.0.0.0", 0, to);

	o.rule.action = action;
	return o;
}

#define SAMPLES	17

static void samples(struct kobj s[static SAMPLES])
{
	struct kobj all[SAMPLES] = {
		kobjs_address("xi-a", "10.0.0.1", 24), kobjs_address("xi-a", "2001:db8::1", 128),
		kobjs_full_sa(), kobjs_gcm("2001:db8::1", 0xffffffff), kobjs_ah("192.0.2.1", 0x100),
		transport_sa(), longest_sa(),
		bundle_policy(), block_policy(),
		kobjs_policy(XFRM_POLICY_FWD, 1, "10.1.0.0", "10.2.0.0", 16),
		full_route(), route_of_type(KOBJ_ROUTE_BLACKHOLE, "::"),
		route_of_type(KOBJ_ROUTE_THROW, "0.0.0.0"),
		full_rule(), rule_of_action(KOBJ_RULE_NOP, 0), rule_of_action(KOBJ_RULE_GOTO, 20000),
		kobjs_rule(10000, "10.1.0.0", 16, XI_TABLE_FIRST),
	};

	memcpy(s, all, sizeof(all));
}

static void expect_same(const struct kobj *o, const struct kobj *back)
{
	char text[KOBJ_STR_MAX];

	if (!kobj_equal(o, back))
		fail_msg("%s", kobj_str(o, text));
	if (o->kind != KOBJ_SA)
		return;
	assert_int_equal(back->sa.inbound, o->sa.inbound);
	assert_int_equal(back->sa.window, o->sa.window);
	assert_true(back->sa.oseq == o->sa.oseq);
}

static void test_kobj_msg_written_is_read(void **state)
{
	struct kobj all[SAMPLES], back;
	struct nlmsghdr *nlh;
	char name[16];
	struct image im;
	size_t i;

	samples(all);
	for (i = 0; i < SAMPLES; i++) {
		nlh = wire_written(&im, KOBJ_NEW, &all[i]);
		assert_true(nlh->nlmsg_flags & NLM_F_EXCL || all[i].kind == KOBJ_SA ||
			    all[i].kind == KOBJ_POLICY);
		snprintf(name, sizeof(name), "object-%02zu", i);
		image_save(nlh, name);
		assert_int_equal(wire_heard(nlh, all[i].kind, &back), 0);
		expect_same(&all[i], &back);
	}
}

/* A link tells its settings and its kind in one message, which is never written so. */
static struct nlmsghdr *link_message(struct image *im, const char *name, const char *kind,
				     uint32_t if_id)
{
	struct ifinfomsg ifi = { .ifi_index = 9, .ifi_flags = IFF_UP };
	struct nlmsghdr *nlh = image_start(im, RTM_NEWLINK, &ifi, sizeof(ifi));
	struct nlattr *info, *data;

	mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	mnl_attr_put_u32(nlh, IFLA_MTU, 1400);
	mnl_attr_put_u32(nlh, IFLA_GROUP, 5);
	mnl_attr_put_strz(nlh, IFLA_IFALIAS, "crypto map lab 10");
	info = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, kind);
	data = mnl_attr_nest_start(nlh, IFLA_INFO_DATA);
	mnl_attr_put_u32(nlh, IFLA_XFRM_LINK, 2);
	mnl_attr_put_u32(nlh, IFLA_XFRM_IF_ID, if_id);
	mnl_attr_nest_end(nlh, data);
	mnl_attr_nest_end(nlh, info);
	return nlh;
}

static void test_kobj_msg_link_is_read(void **state)
{
	struct kobj want = kobjs_link("xi-a", 0x4d000001), o;
	struct nlmsghdr *nlh;
	struct kobj_dev dev;
	struct image im;

	nlh = link_message(&im, "xi-a", "xfrm", 0x4d000001);
	image_save(nlh, "link-xfrm");
	assert_int_equal(kobj_link_read(nlh, &o, &dev), 0);
	assert_true(kobj_equal(&o, &want));
	assert_int_equal(dev.ifindex, 9);
	assert_int_equal(dev.group, 5);
	assert_true(dev.ours);
	/* Attributes of a dummy are not those of an XFRM interface. */
	want = kobjs_link("xi-a", 0);
	assert_int_equal(kobj_link_read(link_message(&im, "xi-a", "dummy", 7), &o, &dev), 0);
	assert_true(kobj_equal(&o, &want));
	assert_int_equal(dev.if_id, 0);
	/* Not ours: another name, another kind. Its if_id counts all the same. */
	assert_int_equal(kobj_link_read(link_message(&im, "xfrm0", "xfrm", 8), &o, &dev), -ENOENT);
	assert_int_equal(dev.if_id, 8);
	assert_string_equal(dev.name, "xfrm0");
	assert_int_equal(kobj_link_read(link_message(&im, "xi-a", "veth", 8), &o, &dev), -ENOENT);
	assert_int_equal(kobj_link_read(link_message(&im, "axi-", "xfrm", 8), &o, &dev), -ENOENT);
	nlh->nlmsg_type = RTM_DELLINK;
	assert_int_equal(kobj_link_read(nlh, &o, &dev), -EAFNOSUPPORT);
}

static void test_kobj_msg_link_is_written(void **state)
{
	struct kobj o = kobjs_link("xi-a", 0x4d000001);
	struct nl_attr a, kind, data, id;
	const struct ifinfomsg *ifi;
	struct nlmsghdr *nlh;
	struct nl_attrs it;
	struct image im;

	nlh = wire_written(&im, KOBJ_NEW, &o);
	assert_int_equal(nlh->nlmsg_type, RTM_NEWLINK);
	assert_true(wire_attr(nlh, sizeof(*ifi), IFLA_LINKINFO, &a));
	it = nl_attrs_in(&a);
	assert_int_equal(nl_attr_next(&it, &kind), 1);
	assert_string_equal((const char *)kind.data, "xfrm");
	assert_int_equal(nl_attr_next(&it, &data), 1);
	it = nl_attrs_in(&data);
	assert_int_equal(nl_attr_next(&it, &id), 1);
	assert_int_equal(id.type, IFLA_XFRM_IF_ID);
	assert_int_equal(*(const uint32_t *)id.data, 0x4d000001);
	nlh = wire_written(&im, KOBJ_SET, &o);
	ifi = mnl_nlmsg_get_payload(nlh);
	assert_int_equal(nlh->nlmsg_type, RTM_SETLINK);
	assert_int_equal(nlh->nlmsg_flags & NLM_F_CREATE, 0);
	assert_int_equal(ifi->ifi_flags, IFF_UP);
	assert_int_equal(ifi->ifi_change, IFF_UP);
	assert_int_equal(wire_u32(nlh, sizeof(*ifi), IFLA_MTU), 1400);
	o.link.up = false;
	o.link.mtu = 0;
	o.link.alias[0] = '\0';
	nlh = wire_written(&im, KOBJ_SET, &o);
	assert_int_equal(ifi->ifi_flags, 0);
	assert_int_equal(ifi->ifi_change, IFF_UP);
	assert_false(wire_has(nlh, sizeof(*ifi), IFLA_MTU));
	assert_true(wire_attr(nlh, sizeof(*ifi), IFLA_IFALIAS, &a));
	assert_int_equal(a.len, 0);
	/* Only what is ours is deleted, by its number. */
	nlh = wire_written(&im, KOBJ_DROP, &o);
	assert_int_equal(nlh->nlmsg_type, RTM_DELLINK);
	assert_int_equal(ifi->ifi_index, 7);
	o = kobjs_link("eth0", 0);
	assert_int_equal(wire_refused(KOBJ_DROP, &o), -ENODEV);
	assert_int_equal(wire_refused(KOBJ_SET, &o), -EEXIST);
	o = kobjs_link("xi-b", 0);
	assert_int_equal(wire_refused(KOBJ_DROP, &o), -ENODEV);
}

/* --- whose is it --- */

static void test_kobj_msg_whose_sa(void **state)
{
	struct xfrm_mark mark = { .v = 1, .m = 0xff };
	struct kobj o = kobjs_full_sa(), back;
	struct nlmsghdr *nlh;
	struct image im;

	o.sa.reqid = XI_ID(XI_ID_TUNNEL, 1);
	assert_int_equal(wire_heard(wire_written(&im, KOBJ_NEW, &o), KOBJ_SA, &back), -ENOENT);
	assert_true(kobj_same_key(&o, &back));
	o.sa.reqid = XI_ID(XI_ID_MAP, 0xffffff);
	nlh = wire_written(&im, KOBJ_NEW, &o);
	assert_int_equal(wire_heard(nlh, KOBJ_SA, &back), 0);
	mnl_attr_put(nlh, XFRMA_MARK, sizeof(mark), &mark);
	assert_int_equal(wire_heard(nlh, KOBJ_SA, &back), -EAFNOSUPPORT);
	assert_int_equal(back.sa.auth_key.len, 0);
	nlh->nlmsg_type = XFRM_MSG_EXPIRE;
	assert_int_equal(wire_heard(nlh, KOBJ_SA, &back), -EAFNOSUPPORT);
}

static void test_kobj_msg_whose_policy(void **state)
{
	static const struct {
		uint32_t priority;
		int	 want;
	} rows[] = {
		{ 0, -ENOENT }, { XI_POLICY_FIRST - 1, -ENOENT }, { XI_POLICY_FIRST, 0 },
		{ XI_POLICY_LAST, 0 }, { XI_POLICY_LAST + 1, -ENOENT },
	};
	struct kobj o = bundle_policy(), back;
	struct xfrm_mark mark = { .v = 1, .m = 0xff };
	struct xfrm_user_tmpl t[3] = {};
	struct nlmsghdr *nlh;
	struct image im;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		o.policy.priority = rows[i].priority;
		assert_int_equal(wire_heard(wire_written(&im, KOBJ_NEW, &o), KOBJ_POLICY, &back),
				 rows[i].want);
		assert_true(kobj_same_key(&o, &back));
	}
	o = block_policy();
	nlh = wire_written(&im, KOBJ_NEW, &o);
	mnl_attr_put(nlh, XFRMA_TMPL, sizeof(t), t);	/* more than we ever make */
	assert_int_equal(wire_heard(nlh, KOBJ_POLICY, &back), -ENOENT);
	nlh = wire_written(&im, KOBJ_NEW, &o);
	mnl_attr_put(nlh, XFRMA_TMPL, sizeof(t[0]) - 4, t);
	assert_int_equal(wire_heard(nlh, KOBJ_POLICY, &back), -EBADMSG);
	nlh = wire_written(&im, KOBJ_NEW, &o);
	mnl_attr_put(nlh, XFRMA_MARK, sizeof(mark), &mark);
	assert_int_equal(wire_heard(nlh, KOBJ_POLICY, &back), -EAFNOSUPPORT);
	o.policy.dir = XFRM_POLICY_FWD + 1;	/* of a socket */
	assert_int_equal(wire_heard(wire_written(&im, KOBJ_NEW, &o), KOBJ_POLICY, &back), -EAFNOSUPPORT);
}

static void test_kobj_msg_whose_route(void **state)
{
	struct kobj o = full_route(), back;
	struct rtmsg *rtm;
	struct nlmsghdr *nlh;
	struct image im;

	nlh = wire_written(&im, KOBJ_NEW, &o);
	rtm = mnl_nlmsg_get_payload(nlh);
	assert_int_equal(rtm->rtm_protocol, XI_RTPROT);
	rtm->rtm_protocol = RTPROT_STATIC;
	assert_int_equal(wire_heard(nlh, KOBJ_ROUTE, &back), -ENOENT);
	assert_true(kobj_same_key(&o, &back));
	rtm->rtm_protocol = XI_RTPROT;
	rtm->rtm_tos = 4;
	assert_int_equal(wire_heard(nlh, KOBJ_ROUTE, &back), -ENOENT);
	rtm->rtm_tos = 0;
	rtm->rtm_type = RTN_PROHIBIT;
	assert_int_equal(wire_heard(nlh, KOBJ_ROUTE, &back), -ENOENT);
	rtm->rtm_type = RTN_UNICAST;
	mnl_attr_put_u32(nlh, RTA_NH_ID, 3);
	assert_int_equal(wire_heard(nlh, KOBJ_ROUTE, &back), -ENOENT);
	rtm->rtm_flags = RTM_F_CLONED;
	assert_int_equal(wire_heard(nlh, KOBJ_ROUTE, &back), -EAFNOSUPPORT);
	rtm->rtm_flags = 0;
	rtm->rtm_family = AF_BRIDGE;
	assert_int_equal(wire_heard(nlh, KOBJ_ROUTE, &back), -EAFNOSUPPORT);
}

static void test_kobj_msg_whose_rule(void **state)
{
	static const uint32_t outside[] = { XI_RULE_FIRST - 1, XI_RULE_LAST + 1 };
	struct kobj o = full_rule(), back;
	struct fib_rule_hdr *h;
	struct nlmsghdr *nlh;
	struct image im;
	size_t i;

	for (i = 0; i < 2; i++) {
		o.rule.priority = outside[i];
		assert_int_equal(wire_heard(wire_written(&im, KOBJ_NEW, &o), KOBJ_RULE, &back), -ENOENT);
	}
	o = full_rule();
	nlh = wire_written(&im, KOBJ_NEW, &o);
	h = mnl_nlmsg_get_payload(nlh);
	h->flags = FIB_RULE_INVERT;
	assert_int_equal(wire_heard(nlh, KOBJ_RULE, &back), -ENOENT);
	h->flags = 0;
	h->tos = 4;
	assert_int_equal(wire_heard(nlh, KOBJ_RULE, &back), -ENOENT);
	h->tos = 0;
	h->action = FR_ACT_PROHIBIT;
	assert_int_equal(wire_heard(nlh, KOBJ_RULE, &back), -ENOENT);
	h->action = FR_ACT_TO_TBL;
	mnl_attr_put_u8(nlh, FRA_PROTOCOL, RTPROT_STATIC);
	assert_int_equal(wire_heard(nlh, KOBJ_RULE, &back), -ENOENT);
	nlh = wire_written(&im, KOBJ_NEW, &o);
	mnl_attr_put_strz(nlh, FRA_IIFNAME, "eth0");
	assert_int_equal(wire_heard(nlh, KOBJ_RULE, &back), -ENOENT);
}

static void test_kobj_msg_whose_address(void **state)
{
	struct kobj o = kobjs_address("xi-a", "fe80::1", 64), back;
	struct ifaddrmsg *ifa;
	struct nlmsghdr *nlh;
	struct image im;

	nlh = wire_written(&im, KOBJ_NEW, &o);
	assert_int_equal(wire_heard(nlh, KOBJ_ADDR, &back), 0);	/* configured */
	mnl_attr_put_u8(nlh, IFA_PROTO, 3);			/* the kernel's own */
	assert_int_equal(wire_heard(nlh, KOBJ_ADDR, &back), -ENOENT);
	nlh = wire_written(&im, KOBJ_NEW, &o);
	ifa = mnl_nlmsg_get_payload(nlh);
	ifa->ifa_index = 2;
	assert_int_equal(wire_heard(nlh, KOBJ_ADDR, &back), -ENOENT);
	ifa->ifa_index = 99;
	assert_int_equal(wire_heard(nlh, KOBJ_ADDR, &back), -ENOENT);
	o = kobjs_address("eth0", "10.0.0.1", 24);
	assert_int_equal(wire_refused(KOBJ_NEW, &o), -EPERM);
	assert_int_equal(wire_refused(KOBJ_DROP, &o), -ENODEV);
	o = kobjs_address("xi-z", "10.0.0.1", 24);
	assert_int_equal(wire_refused(KOBJ_NEW, &o), -ENODEV);
}

/* --- other writers --- */

static void test_kobj_msg_policy_is_written(void **state)
{
	struct kobj o = bundle_policy();
	const struct xfrm_userpolicy_info *p;
	const struct xfrm_userpolicy_id *id;
	const struct xfrm_user_tmpl *t;
	struct nlmsghdr *nlh;
	struct image im;
	struct nl_attr a;

	nlh = wire_written(&im, KOBJ_NEW, &o);
	p = mnl_nlmsg_get_payload(nlh);
	assert_int_equal(nlh->nlmsg_type, XFRM_MSG_NEWPOLICY);
	assert_int_equal(p->sel.sport, htons(22));
	assert_int_equal(p->sel.dport_mask, htons(0xfc00));
	assert_int_equal(p->sel.family, AF_INET6);
	assert_true(p->lft.hard_byte_limit == XFRM_INF && p->lft.hard_packet_limit == XFRM_INF);
	assert_int_equal(wire_u32(nlh, sizeof(*p), XFRMA_IF_ID), 9);
	assert_true(wire_attr(nlh, sizeof(*p), XFRMA_TMPL, &a));
	assert_int_equal(a.len, 2 * sizeof(*t));
	t = (const void *)a.data;
	assert_int_equal(t[0].id.proto, IPPROTO_ESP);
	assert_int_equal(t[0].mode, XFRM_MODE_TUNNEL);
	assert_int_equal(t[0].family, AF_INET6);
	assert_int_equal(t[0].optional, 0);
	assert_int_equal(t[0].aalgos, UINT32_MAX);
	assert_int_equal(t[1].id.proto, IPPROTO_AH);
	assert_int_equal(t[1].family, AF_INET6);
	assert_int_equal(t[1].optional, 1);
	nlh = wire_written(&im, KOBJ_SET, &o);
	assert_int_equal(nlh->nlmsg_type, XFRM_MSG_UPDPOLICY);
	nlh = wire_written(&im, KOBJ_DROP, &o);
	assert_int_equal(nlh->nlmsg_type, XFRM_MSG_DELPOLICY);
	id = mnl_nlmsg_get_payload(nlh);
	assert_int_equal(id->dir, XFRM_POLICY_IN);
	assert_int_equal(id->index, 0);
	assert_int_equal(wire_u32(nlh, sizeof(*id), XFRMA_IF_ID), 9);
	o.policy.ntmpl = 3;
	assert_int_equal(wire_refused(KOBJ_NEW, &o), -E2BIG);
}

/* A transport inside a tunnel is of the tunnel's family, whatever runs through it. */
static void test_kobj_msg_policy_families(void **state)
{
	struct kobj o = bundle_policy();
	const struct xfrm_user_tmpl *t;
	struct nlmsghdr *nlh;
	struct image im;
	struct nl_attr a;

	o.policy.tmpl[0].saddr = kobjs_addr("192.0.2.1");
	o.policy.tmpl[0].daddr = kobjs_addr("192.0.2.2");
	nlh = wire_written(&im, KOBJ_NEW, &o);
	wire_attr(nlh, sizeof(struct xfrm_userpolicy_info), XFRMA_TMPL, &a);
	t = (const void *)a.data;
	assert_int_equal(t[0].family, AF_INET);
	assert_int_equal(t[1].family, AF_INET);
}

static void test_kobj_msg_route_is_written(void **state)
{
	struct kobj o = full_route();
	const struct rtmsg *rtm;
	struct nlmsghdr *nlh;
	struct image im;

	nlh = wire_written(&im, KOBJ_SET, &o);
	rtm = mnl_nlmsg_get_payload(nlh);
	assert_true(nlh->nlmsg_flags & NLM_F_REPLACE && nlh->nlmsg_flags & NLM_F_CREATE);
	assert_int_equal(rtm->rtm_scope, RT_SCOPE_UNIVERSE);
	assert_int_equal(wire_u32(nlh, sizeof(*rtm), RTA_TABLE), XI_TABLE_LAST);
	assert_int_equal(wire_u32(nlh, sizeof(*rtm), RTA_OIF), 2);
	nlh = wire_written(&im, KOBJ_DROP, &o);
	assert_int_equal(nlh->nlmsg_type, RTM_DELROUTE);
	assert_int_equal(rtm->rtm_protocol, XI_RTPROT);
	assert_int_equal(rtm->rtm_scope, RT_SCOPE_NOWHERE);
	o.route.via.family = 0;
	nlh = wire_written(&im, KOBJ_NEW, &o);
	assert_int_equal(rtm->rtm_scope, RT_SCOPE_LINK);
	assert_int_equal(nlh->nlmsg_flags & NLM_F_REPLACE, 0);
	o = kobjs_route("2001:db8::", 32, 254, "eth0");
	nlh = wire_written(&im, KOBJ_DROP, &o);
	assert_int_equal(wire_u32(nlh, sizeof(*rtm), RTA_PRIORITY), 1024);
	o.route.via = kobjs_addr("192.0.2.1");
	assert_int_equal(wire_refused(KOBJ_NEW, &o), -EAFNOSUPPORT);
	o = kobjs_route("10.0.0.0", 8, 254, "gone");
	assert_int_equal(wire_refused(KOBJ_NEW, &o), -ENODEV);
	assert_false(wire_has(wire_written(&im, KOBJ_DROP, &o), sizeof(*rtm), RTA_OIF));
}

static void test_kobj_msg_rule_is_written(void **state)
{
	struct fib_rule_port_range range;
	struct kobj o = full_rule();
	const struct fib_rule_hdr *h;
	struct nlmsghdr *nlh;
	struct image im;
	struct nl_attr a;

	nlh = wire_written(&im, KOBJ_NEW, &o);
	h = mnl_nlmsg_get_payload(nlh);
	assert_int_equal(h->action, FR_ACT_TO_TBL);
	assert_int_equal(wire_u32(nlh, sizeof(*h), FRA_TABLE), 254);
	assert_true(wire_attr(nlh, sizeof(*h), FRA_DPORT_RANGE, &a));
	assert_true(nl_attr_get(&a, &range, sizeof(range)));
	assert_int_equal(range.start, 1);
	assert_int_equal(range.end, 65534);
	assert_true(wire_attr(nlh, sizeof(*h), FRA_PROTOCOL, &a));
	assert_int_equal(a.data[0], XI_RTPROT);
	nlh = wire_written(&im, KOBJ_SET, &o);
	assert_int_equal(nlh->nlmsg_flags & (NLM_F_EXCL | NLM_F_REPLACE), 0);
	o.rule.sport_lo = 0;
	assert_int_equal(wire_refused(KOBJ_NEW, &o), -ERANGE);
	o.rule.sport_lo = 23;
	assert_int_equal(wire_refused(KOBJ_NEW, &o), -ERANGE);
	o.rule.sport_hi = 65535;
	assert_int_equal(wire_refused(KOBJ_NEW, &o), -ERANGE);
	o = rule_of_action(KOBJ_RULE_GOTO, 20000);
	nlh = wire_written(&im, KOBJ_NEW, &o);
	assert_int_equal(h->action, FR_ACT_GOTO);
	assert_int_equal(wire_u32(nlh, sizeof(*h), FRA_GOTO), 20000);
	assert_false(wire_has(nlh, sizeof(*h), FRA_SRC));
	assert_false(wire_has(nlh, sizeof(*h), FRA_TABLE));
}

/* --- bounds --- */

static void test_kobj_msg_cut_everywhere(void **state)
{
	struct kobj all[SAMPLES], back;
	struct nlmsghdr *nlh, *cut;
	struct sa_replay at;
	struct image im;
	size_t i, len;
	int ret;

	samples(all);
	for (i = 0; i < SAMPLES; i++) {
		nlh = wire_written(&im, KOBJ_NEW, &all[i]);
		for (len = sizeof(*nlh); len < nlh->nlmsg_len; len++) {
			cut = image_cut(nlh, len);
			ret = wire_heard(cut, all[i].kind, &back);
			assert_true(ret == 0 || ret == -EBADMSG || ret == -ENOENT ||
				    ret == -EAFNOSUPPORT);
			if (all[i].kind == KOBJ_SA) {
				cut->nlmsg_type = XFRM_MSG_DELSA;
				(void)kobj_sa_read_replay(cut, &all[i].sa.key, &at);
			}
			free(cut);
		}
	}
	nlh = link_message(&im, "xi-a", "xfrm", 1);
	for (len = sizeof(*nlh); len < nlh->nlmsg_len; len++) {
		cut = image_cut(nlh, len);
		(void)wire_heard(cut, KOBJ_LINK, &back);
		free(cut);
	}
}

/* --- devices --- */

static void test_kobj_devs_follow_names(void **state)
{
	struct kobj_dev dev = { .name = "xi-b", .ifindex = 7, .ours = true };

	assert_int_equal(kobj_devs_learn(&wire_world.devs, &dev), 0);	/* renamed */
	assert_null(kobj_devs_by_name(&wire_world.devs, "xi-a"));
	assert_int_equal(kobj_devs_by_name(&wire_world.devs, "xi-b")->ifindex, 7);
	dev.ifindex = 8;						/* made anew */
	assert_int_equal(kobj_devs_learn(&wire_world.devs, &dev), 0);
	assert_null(kobj_devs_by_index(&wire_world.devs, 7));
	assert_string_equal(kobj_devs_by_index(&wire_world.devs, 8)->name, "xi-b");
	strcpy(dev.name, "eth0");					/* both at once */
	assert_int_equal(kobj_devs_learn(&wire_world.devs, &dev), 0);
	assert_null(kobj_devs_by_name(&wire_world.devs, "xi-b"));
	assert_null(kobj_devs_by_index(&wire_world.devs, 2));
	assert_int_equal(kobj_devs_by_name(&wire_world.devs, "eth0")->ifindex, 8);
	assert_int_equal(kobj_devs_clear(&wire_world.devs), 0);
	assert_null(kobj_devs_by_name(&wire_world.devs, "eth0"));
}

/* --- why --- */

static void test_kobj_why_names_what_is_missing(void **state)
{
	struct kobj sa = kobjs_sa("192.0.2.1", 1), gcm = kobjs_gcm("2001:db8::1", 1);
	struct kobj ah = kobjs_ah("192.0.2.1", 1), ah6 = kobjs_ah("2001:db8::1", 1);
	struct kobj link = kobjs_link("xi-a", 1), dummy = kobjs_link("xi-a", 0);
	struct kobj rule = kobjs_rule(10000, "10.0.0.0", 8, 7);
	const struct {
		const struct kobj *o;
		int	 err;
		const char *words, *says;
	} rows[] = {
		{ &sa, -EPROTONOSUPPORT, "Requested type not found", "module esp4 (CONFIG_INET_ESP)" },
		{ &gcm, -EPROTONOSUPPORT, "", "module esp6 (CONFIG_INET6_ESP)" },
		{ &ah, -EPROTONOSUPPORT, "", "module ah4 (CONFIG_INET_AH)" },
		{ &ah6, -EPROTONOSUPPORT, "", "module ah6 (CONFIG_INET6_AH)" },
		{ &sa, -ENOSYS, "Requested CRYPT algorithm not found",
		  ": the kernel lacks cbc(aes) (CONFIG_CRYPTO_AES, CONFIG_CRYPTO_CBC)" },
		{ &sa, -ENOSYS, "Requested AUTH_TRUNC algorithm not found",
		  ": the kernel lacks hmac(sha256) (CONFIG_CRYPTO_SHA256)" },
		{ &sa, -ENOENT, "Kernel was unable to initialize cryptographic operations",
		  "the kernel lacks cbc(aes) or hmac(sha256) (" },
		{ &gcm, -ENOSYS, "", "the kernel lacks rfc4106(gcm(aes)) (CONFIG_CRYPTO_GCM)" },
		{ &link, -EOPNOTSUPP, "Unknown device type", "module xfrm_interface (CONFIG_XFRM_" },
		{ &dummy, -EOPNOTSUPP, "Unknown device type", "module dummy (CONFIG_DUMMY)" },
		{ &rule, -EOPNOTSUPP, "", "CONFIG_IP_MULTIPLE_TABLES" },
		{ &rule, -EPERM, "Operation not permitted", "CAP_NET_ADMIN" },
	};
	char why[192];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		kobj_why(rows[i].o, rows[i].err, rows[i].words, why, sizeof(why));
		if (!strstr(why, rows[i].says) || !strstr(why, rows[i].words))
			fail_msg("%s", why);
	}
	kobj_why(&rule, -EINVAL, "No", why, sizeof(why));
	assert_string_equal(why, "IPv4 rule 10000 from 10.0.0.0/8 to any table 7: No");
}

/* What is wrong is never cut away by the name of what it is wrong with. */
static void test_kobj_why_is_bounded(void **state)
{
	struct kobj o = full_rule();
	char words[400], why[192];

	memset(o.rule.src.b, 0xff, 16);
	memset(o.rule.dst.b, 0xff, 16);
	kobj_why(&o, -EPERM, "Operation not permitted", why, sizeof(why));
	assert_non_null(strstr(why, ": Operation not permitted: CAP_NET_ADMIN is needed"));
	memset(words, 'w', sizeof(words));
	words[sizeof(words) - 1] = '\0';
	kobj_why(&o, -EPERM, words, why, sizeof(why));
	assert_int_equal(strlen(why), sizeof(why) - 1);
}

#define TEST(t)	cmocka_unit_test_setup_teardown(t, wire_setup, wire_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_kobj_msg_written_is_read),
		TEST(test_kobj_msg_link_is_read),
		TEST(test_kobj_msg_link_is_written),
		TEST(test_kobj_msg_whose_sa),
		TEST(test_kobj_msg_whose_policy),
		TEST(test_kobj_msg_whose_route),
		TEST(test_kobj_msg_whose_rule),
		TEST(test_kobj_msg_whose_address),
		TEST(test_kobj_msg_policy_is_written),
		TEST(test_kobj_msg_policy_families),
		TEST(test_kobj_msg_route_is_written),
		TEST(test_kobj_msg_rule_is_written),
		TEST(test_kobj_msg_cut_everywhere),
		TEST(test_kobj_devs_follow_names),
		TEST(test_kobj_why_names_what_is_missing),
		TEST(test_kobj_why_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
