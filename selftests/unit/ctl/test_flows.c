// SPDX-License-Identifier: Apache-2.0
/* SAs and policies as `ip xfrm` and strongSwan leave them, and the flows that they are. */
#include <linux/xfrm.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake.h"
#include "user/ctl/flows.h"

#define US	"192.0.2.1"
#define PEER	"198.51.100.2"
#define OTHER	"203.0.113.7"

static struct sa_info sas[FAKE_MAX];
static bool inbound[FAKE_MAX];
static size_t n;
static struct policy_info pols[FAKE_MAX];
static size_t npols;
static struct flows flows;

static int setup(void **state)
{
	n = npols = 0;
	memset(&flows, 0, sizeof(flows));
	return 0;
}

static int teardown(void **state)
{
	flows_free(&flows);
	return 0;
}

static struct sa_info *in(const char *from, const char *us, uint32_t spi, uint32_t reqid)
{
	sas[n] = fake_sa(from, us, spi, reqid);
	inbound[n] = true;
	return &sas[n++];
}

static struct sa_info *out(const char *us, const char *to, uint32_t spi, uint32_t reqid)
{
	sas[n] = fake_sa(us, to, spi, reqid);
	inbound[n] = false;
	return &sas[n++];
}

/* Both directions of 10.1.0.0/16 - 10.2.0.0/16, plus what is forwarded, as daemons do. */
static void tunnel_policies(const char *peer, uint32_t reqid, const char *left, const char *right)
{
	static const uint8_t dirs[] = { XFRM_POLICY_FWD, XFRM_POLICY_IN, XFRM_POLICY_OUT };
	size_t i;

	for (i = 0; i < 3; i++) {
		bool o = dirs[i] == XFRM_POLICY_OUT;

		pols[npols] = fake_policy(dirs[i], o ? left : right, 16, o ? right : left, 16);
		fake_template(&pols[npols++], IPPROTO_ESP, reqid, o ? US : peer, o ? peer : US);
	}
}

static void build(size_t want)
{
	assert_int_equal(flows_build(sas, inbound, n, pols, npols, &flows), 0);
	assert_int_equal(flows.n, want);
}

static void assert_addr(const struct addr *a, const char *text)
{
	char buf[ADDR_STR_MAX];

	assert_string_equal(addr_str(a, buf), text);
}

static void assert_ts(const struct flow *f, unsigned int i, const char *local, uint8_t lplen,
		      const char *remote, uint8_t rplen)
{
	assert_in_range(i, 0, f->nts - 1);
	assert_addr(&f->ts[i].local, local);
	assert_addr(&f->ts[i].remote, remote);
	assert_int_equal(f->ts[i].local_plen, lplen);
	assert_int_equal(f->ts[i].remote_plen, rplen);
}

static void test_flows_nothing(void **state)
{
	build(0);
}

static void test_flows_tunnel(void **state)
{
	out(US, PEER, 0x1001, 1);
	in(PEER, US, 0x1002, 1);
	tunnel_policies(PEER, 1, "10.1.0.0", "10.2.0.0");
	build(1);
	assert_addr(&flows.flow[0].local, US);
	assert_addr(&flows.flow[0].remote, PEER);
	assert_int_equal(flows.flow[0].reqid, 1);
	assert_int_equal(flows.flow[0].nsas, 2);
	assert_ptr_equal(flows.flow[0].sas[0].sa, &sas[1]);	/* inbound first */
	assert_int_equal(flows.flow[0].ts_source, FLOW_TS_POLICY);
	assert_int_equal(flows.flow[0].nts, 1);
	assert_ts(&flows.flow[0], 0, "10.1.0.0", 16, "10.2.0.0", 16);
}

/* A request for an SA that does not exist yet. */
static void test_flows_acquire_is_none(void **state)
{
	out(US, PEER, 0, 1);
	build(0);
}

static void test_flows_rekey_overlap(void **state)
{
	in(PEER, US, 0x1, 1)->add_time = 100;
	in(PEER, US, 0x2, 1)->add_time = 200;
	out(US, PEER, 0x3, 1)->add_time = 100;
	out(US, PEER, 0x4, 1)->add_time = 200;
	tunnel_policies(PEER, 1, "10.1.0.0", "10.2.0.0");
	build(1);
	assert_int_equal(flows.flow[0].nsas, 4);
	assert_ptr_equal(flows.flow[0].sas[0].sa, &sas[1]);	/* newest first */
	assert_int_equal(flows.flow[0].sas[0].rank, 0);
	assert_ptr_equal(flows.flow[0].sas[1].sa, &sas[0]);
	assert_int_equal(flows.flow[0].sas[1].rank, 1);
	assert_ptr_equal(flows.flow[0].sas[2].sa, &sas[3]);
	assert_int_equal(flows.flow[0].nts, 1);
}

static void test_flows_several_to_one_peer(void **state)
{
	out(US, PEER, 0x1, 1);
	out(US, PEER, 0x2, 2);
	in(PEER, US, 0x3, 2);
	in(PEER, US, 0x4, 1);
	tunnel_policies(PEER, 2, "10.1.0.0", "10.3.0.0");
	tunnel_policies(PEER, 1, "10.1.0.0", "10.2.0.0");
	build(2);
	assert_int_equal(flows.flow[0].reqid, 1);
	assert_ts(&flows.flow[0], 0, "10.1.0.0", 16, "10.2.0.0", 16);
	assert_int_equal(flows.flow[1].reqid, 2);
	assert_ts(&flows.flow[1], 0, "10.1.0.0", 16, "10.3.0.0", 16);
	assert_int_equal(flows.flow[1].nsas, 2);
}

/* One child SA, several pairs of traffic selectors (IKEv2). */
static void test_flows_several_selectors(void **state)
{
	char net[16];
	int i;

	out(US, PEER, 0x1, 1);
	in(PEER, US, 0x2, 1);
	for (i = 0; i < 4; i++) {
		snprintf(net, sizeof(net), "10.%d.0.0", 10 + i);
		tunnel_policies(PEER, 1, "10.1.0.0", net);
	}
	build(1);
	assert_int_equal(flows.flow[0].nts, 4);
	assert_ts(&flows.flow[0], 3, "10.1.0.0", 16, "10.13.0.0", 16);
}

static void test_flows_selectors_are_bounded(void **state)
{
	static struct policy_info many[FLOW_TS_MAX + 5];
	char net[16];
	int i;

	out(US, PEER, 0x1, 1);
	for (i = 0; i < FLOW_TS_MAX + 5; i++) {
		snprintf(net, sizeof(net), "10.%d.0.0", 10 + i);
		many[i] = fake_policy(XFRM_POLICY_OUT, "10.1.0.0", 16, net, 16);
		fake_template(&many[i], IPPROTO_ESP, 1, US, PEER);
	}
	assert_int_equal(flows_build(sas, inbound, n, many, FLOW_TS_MAX + 5, &flows), 0);
	assert_int_equal(flows.flow[0].nts, FLOW_TS_MAX);
	assert_int_equal(flows.flow[0].ts_more, 5);
}

static struct sa_info *ah(struct sa_info *sa, uint32_t reqid)
{
	sa->key.proto = IPPROTO_AH;
	sa->reqid = reqid;
	sa->mode = XFRM_MODE_TRANSPORT;
	return sa;
}

static void bundle_policy(uint8_t dir, const char *src, const char *dst, uint32_t ah_reqid)
{
	pols[npols] = fake_policy(dir, dir == XFRM_POLICY_OUT ? "10.1.0.0" : "10.2.0.0", 16,
				  dir == XFRM_POLICY_OUT ? "10.2.0.0" : "10.1.0.0", 16);
	fake_template(&pols[npols], IPPROTO_ESP, 1, src, dst);
	fake_template(&pols[npols++], IPPROTO_AH, ah_reqid, NULL, NULL);
}

/* ESP in tunnel mode with AH around it: the templates name other request ids. */
static void test_flows_bundle(void **state)
{
	const struct flow *f;

	ah(out(US, PEER, 0x1, 0), 2);
	out(US, PEER, 0x2, 1);
	ah(in(PEER, US, 0x3, 0), 2);
	in(PEER, US, 0x4, 1);
	bundle_policy(XFRM_POLICY_OUT, US, PEER, 2);
	bundle_policy(XFRM_POLICY_IN, PEER, US, 2);
	build(1);
	f = &flows.flow[0];
	assert_int_equal(f->reqid, 1);
	assert_int_equal(f->nsas, 4);
	assert_ptr_equal(f->sas[0].sa, &sas[3]);
	assert_ptr_equal(f->sas[1].sa, &sas[2]);
	assert_ptr_equal(flow_bundle_mate(f, &f->sas[1], IPPROTO_ESP), &f->sas[0]);
	assert_ptr_equal(flow_bundle_mate(f, &f->sas[3], IPPROTO_ESP), &f->sas[2]);
	assert_null(flow_bundle_mate(f, &f->sas[0], IPPROTO_COMP));
	assert_ts(f, 0, "10.1.0.0", 16, "10.2.0.0", 16);
}

/* A bundle in the middle of a rekey: old with old, new with new. */
static void test_flows_bundle_rekey(void **state)
{
	const struct flow *f;

	in(PEER, US, 0x1, 1)->add_time = 100;
	in(PEER, US, 0x2, 1)->add_time = 200;
	ah(in(PEER, US, 0x3, 1), 1)->add_time = 200;
	ah(in(PEER, US, 0x4, 1), 1)->add_time = 100;
	build(1);
	f = &flows.flow[0];
	assert_ptr_equal(f->sas[2].sa, &sas[2]);
	assert_ptr_equal(flow_bundle_mate(f, &f->sas[2], IPPROTO_ESP)->sa, &sas[1]);
	assert_ptr_equal(flow_bundle_mate(f, &f->sas[3], IPPROTO_ESP)->sa, &sas[0]);
}

static void test_flows_transport(void **state)
{
	out(US, PEER, 0x1, 7)->mode = XFRM_MODE_TRANSPORT;
	in(PEER, US, 0x2, 7)->mode = XFRM_MODE_TRANSPORT;
	pols[npols] = fake_policy(XFRM_POLICY_OUT, US, 32, PEER, 32);
	pols[npols].sel.proto = IPPROTO_UDP;
	pols[npols].sel.dport = 1701;
	fake_template(&pols[npols++], IPPROTO_ESP, 7, NULL, NULL);
	/* Another host pair with the same request id (a shared policy): not ours. */
	pols[npols] = fake_policy(XFRM_POLICY_OUT, US, 32, OTHER, 32);
	fake_template(&pols[npols++], IPPROTO_ESP, 7, NULL, NULL);
	build(1);
	assert_int_equal(flows.flow[0].nts, 1);
	assert_ts(&flows.flow[0], 0, US, 32, PEER, 32);
	assert_int_equal(flows.flow[0].ts[0].proto, IPPROTO_UDP);
	assert_int_equal(flows.flow[0].ts[0].remote_port, 1701);
}

/* Only the inbound policy is there: its source is the remote side. */
static void test_flows_inbound_only(void **state)
{
	in(PEER, US, 0x2, 1);
	tunnel_policies(PEER, 1, "10.1.0.0", "10.2.0.0");
	npols = 2;	/* forward and in */
	build(1);
	assert_ts(&flows.flow[0], 0, "10.1.0.0", 16, "10.2.0.0", 16);
}

static void test_flows_natt(void **state)
{
	static const uint16_t port[] = { 1024, 2048 };
	int i;

	/* Two clients behind one NAT: address and request id are equal. */
	for (i = 0; i < 2; i++) {
		struct sa_info *sa = in(OTHER, US, 0x10U + (uint32_t)i, 5);

		sa->encap_type = 2;
		sa->encap_sport = port[i];
		sa->encap_dport = 4500;
		sa = out(US, OTHER, 0x20U + (uint32_t)i, 5);
		sa->encap_type = 2;
		sa->encap_sport = 4500;
		sa->encap_dport = port[i];
	}
	build(2);
	assert_int_equal(flows.flow[0].remote_port, 1024);
	assert_int_equal(flows.flow[0].nsas, 2);
	assert_int_equal(flows.flow[1].remote_port, 2048);
	assert_int_equal(flows.flow[1].ts_source, FLOW_TS_NONE);
}

static void test_flows_ipv6(void **state)
{
	in("2001:db8::2", "2001:db8::1", 0x1, 1);
	out("2001:db8::1", "2001:db8::2", 0x2, 1);
	pols[npols] = fake_policy(XFRM_POLICY_OUT, "2001:db8:1::", 48, "2001:db8:2::", 48);
	fake_template(&pols[npols++], IPPROTO_ESP, 1, "2001:db8::1", "2001:db8::2");
	build(1);
	assert_addr(&flows.flow[0].remote, "2001:db8::2");
	assert_ts(&flows.flow[0], 0, "2001:db8:1::", 48, "2001:db8:2::", 48);
}

/* By hand, without request ids and policies: the SA's own selector tells flows apart. */
static void test_flows_by_selector(void **state)
{
	static const char *const nets[] = { "10.2.0.0", "10.3.0.0" };
	struct sa_info *sa;
	int i;

	for (i = 0; i < 2; i++) {
		sa = out(US, PEER, 0x10U + (uint32_t)i, 0);
		addr_parse("10.1.0.0", &sa->sel.saddr);
		addr_parse(nets[i], &sa->sel.daddr);
		sa->sel.splen = sa->sel.dplen = 16;
		sa = in(PEER, US, 0x20U + (uint32_t)i, 0);
		addr_parse(nets[i], &sa->sel.saddr);
		addr_parse("10.1.0.0", &sa->sel.daddr);
		sa->sel.splen = sa->sel.dplen = 16;
	}
	build(2);
	assert_int_equal(flows.flow[0].nsas, 2);
	assert_int_equal(flows.flow[0].ts_source, FLOW_TS_SA);
	assert_ts(&flows.flow[0], 0, "10.1.0.0", 16, "10.2.0.0", 16);
	assert_ts(&flows.flow[1], 0, "10.1.0.0", 16, "10.3.0.0", 16);
}

static void test_flows_without_policy(void **state)
{
	in(PEER, US, 0x1, 1);
	out(US, PEER, 0x2, 1);
	build(1);
	assert_int_equal(flows.flow[0].nts, 0);
	assert_int_equal(flows.flow[0].ts_source, FLOW_TS_NONE);
}

/* A template without a request id takes any SA between its endpoints. */
static void test_flows_template_without_reqid(void **state)
{
	out(US, PEER, 0x1, 9);
	tunnel_policies(PEER, 0, "10.1.0.0", "10.2.0.0");
	build(1);
	assert_int_equal(flows.flow[0].reqid, 9);
	assert_ts(&flows.flow[0], 0, "10.1.0.0", 16, "10.2.0.0", 16);
}

/* XFRM interfaces: the policy of another if_id is not this flow's. */
static void test_flows_if_id(void **state)
{
	out(US, PEER, 0x1, 1)->if_id = 42;
	tunnel_policies(PEER, 1, "10.1.0.0", "10.2.0.0");
	build(1);
	assert_int_equal(flows.flow[0].nts, 0);
	flows_free(&flows);
	pols[2].if_id = 42;
	build(1);
	assert_int_equal(flows.flow[0].nts, 1);
	assert_int_equal(flows.flow[0].if_id, 42);
}

#define T(name)	cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_flows_nothing),
		T(test_flows_tunnel),
		T(test_flows_acquire_is_none),
		T(test_flows_rekey_overlap),
		T(test_flows_several_to_one_peer),
		T(test_flows_several_selectors),
		T(test_flows_selectors_are_bounded),
		T(test_flows_bundle),
		T(test_flows_bundle_rekey),
		T(test_flows_transport),
		T(test_flows_inbound_only),
		T(test_flows_natt),
		T(test_flows_ipv6),
		T(test_flows_by_selector),
		T(test_flows_without_policy),
		T(test_flows_template_without_reqid),
		T(test_flows_if_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
