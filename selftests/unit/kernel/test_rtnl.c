// SPDX-License-Identifier: Apache-2.0
/* Devices, addresses and routes: messages as bytes, and a namespace of our own. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "selftests/unit/kernel/image.h"
#include "selftests/unit/kernel/netns.h"
#include "user/kernel/rtnl.c"

static void test_rtnl_link_message(void **state)
{
	struct ifinfomsg ifi = { .ifi_index = 7, .ifi_flags = IFF_UP | IFF_RUNNING };
	struct rtnl_link_stats64 stats = { .rx_packets = 5, .tx_bytes = 1ULL << 40 };
	const uint8_t mac[6] = { 2, 0, 0, 0, 0, 9 };
	struct nlmsghdr *nlh;
	struct nlattr *nest;
	struct rtnl_link l;
	struct image im;
	size_t len;

	nlh = image_start(&im, RTM_NEWLINK, &ifi, sizeof(ifi));
	mnl_attr_put_strz(nlh, IFLA_IFNAME, "xi-tun0");
	mnl_attr_put_u32(nlh, IFLA_MTU, 1438);
	mnl_attr_put(nlh, IFLA_ADDRESS, sizeof(mac), mac);
	nest = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, "xfrm");
	mnl_attr_nest_end(nlh, nest);
	mnl_attr_put(nlh, IFLA_STATS64, 100, &stats);	/* of an older kernel: fewer */
	assert_int_equal(read_link(&l, nlh), 0);
	assert_string_equal(l.name, "xi-tun0");
	assert_string_equal(l.kind, "xfrm");
	assert_int_equal(l.mtu, 1438);
	assert_true(l.up && l.running && l.has_mac && l.has_stats && !l.loopback);
	assert_int_equal(l.stats.rx_packets, 5);
	assert_true(l.stats.tx_bytes == 1ULL << 40);
	/* Cut anywhere: refused or understood, never read beyond. */
	for (len = NLMSG_HDRLEN; len < nlh->nlmsg_len; len++) {
		struct nlmsghdr *cut = image_cut(nlh, len);

		(void)read_link(&l, cut);
		free(cut);
	}
}

struct seen {
	unsigned int n;
	struct rtnl_route r[4];
};

static int see_route(void *ctx, const struct rtnl_route *r)
{
	struct seen *s = ctx;

	if (s->n < 4)
		s->r[s->n] = *r;
	s->n++;
	return 0;
}

static struct nlmsghdr *image_route(struct image *im, uint8_t table, uint32_t long_table)
{
	struct rtmsg rtm = { .rtm_family = AF_INET, .rtm_dst_len = 16, .rtm_table = table,
			     .rtm_protocol = RTPROT_STATIC, .rtm_type = RTN_UNICAST };
	struct nlmsghdr *nlh = image_start(im, RTM_NEWROUTE, &rtm, sizeof(rtm));

	mnl_attr_put_u32(nlh, RTA_DST, htonl(0x0a020000));
	if (long_table)
		mnl_attr_put_u32(nlh, RTA_TABLE, long_table);
	mnl_attr_put_u32(nlh, RTA_PRIORITY, 20);
	return nlh;
}

static void test_rtnl_route_message(void **state)
{
	struct seen s = {};
	struct route_look look = { AF_INET, RT_TABLE_MAIN, see_route, &s };
	struct nlmsghdr *nlh;
	struct image im;

	nlh = image_route(&im, RT_TABLE_MAIN, 0);
	mnl_attr_put_u32(nlh, RTA_GATEWAY, htonl(0xc0000201));
	mnl_attr_put_u32(nlh, RTA_OIF, 3);
	assert_int_equal(read_route(&look, nlh), 0);
	assert_int_equal(s.n, 1);
	assert_int_equal(s.r[0].plen, 16);
	assert_int_equal(s.r[0].metric, 20);
	assert_int_equal(s.r[0].ifindex, 3);
	assert_int_equal(s.r[0].dst.b[1], 2);
	assert_int_equal(s.r[0].via.b[3], 1);
	/* A table beyond 255 stands in its attribute alone; another one is not ours to tell. */
	nlh = image_route(&im, RT_TABLE_COMPAT, 0x58490001);
	assert_int_equal(read_route(&look, nlh), 0);
	assert_int_equal(s.n, 1);
	look.table = 0x58490001;
	assert_int_equal(read_route(&look, nlh), 0);
	assert_int_equal(s.n, 2);
}

static void put_hop(struct nlmsghdr *nlh, int ifindex, uint32_t gateway)
{
	struct {
		struct rtnexthop h;
		struct nlattr a;
		uint32_t gw;
	} hop = { .h = { .rtnh_len = sizeof(hop), .rtnh_ifindex = ifindex },
		  .a = { .nla_len = 8, .nla_type = RTA_GATEWAY }, .gw = htonl(gateway) };

	memcpy((char *)nlh + nlh->nlmsg_len, &hop, sizeof(hop));
	nlh->nlmsg_len += sizeof(hop);
}

static void test_rtnl_multipath(void **state)
{
	struct seen s = {};
	struct route_look look = { AF_INET, RT_TABLE_MAIN, see_route, &s };
	struct nlmsghdr *nlh;
	struct nlattr *nest;
	struct image im;
	size_t len;

	nlh = image_route(&im, RT_TABLE_MAIN, 0);
	nest = mnl_attr_nest_start(nlh, RTA_MULTIPATH);
	put_hop(nlh, 3, 0xc0000201);
	put_hop(nlh, 4, 0xc0000202);
	mnl_attr_nest_end(nlh, nest);
	assert_int_equal(read_route(&look, nlh), 0);
	assert_int_equal(s.n, 2);
	assert_int_equal(s.r[0].ifindex, 3);
	assert_int_equal(s.r[1].ifindex, 4);
	assert_int_equal(s.r[1].via.b[3], 2);
	for (len = NLMSG_HDRLEN; len < nlh->nlmsg_len; len++) {
		struct nlmsghdr *cut = image_cut(nlh, len);

		(void)read_route(&look, cut);
		free(cut);
	}
	/* A length that cannot be. */
	((struct rtnexthop *)mnl_attr_get_payload(nest))->rtnh_len = 4;
	assert_int_equal(read_route(&look, nlh), -EBADMSG);
}

static void see_addr(void *ctx, const struct rtnl_addr *a)
{
	struct rtnl_addr *to = ctx;

	if (a->addr.family == AF_INET && a->addr.b[0] == 192)
		*to = *a;
}

static void test_rtnl_live(void **state)
{
	struct rtnl_addr a = {};
	struct rtnl_link l;
	struct err e = {};
	struct seen s = {};

	if (!netns_enter())
		skip();
	assert_int_equal(rtnl_get_link("lo", &l, &e), 0);
	assert_true(l.up && l.running && l.loopback && l.has_stats);
	assert_int_equal(l.ifindex, 1);
	assert_int_equal(rtnl_get_link("none", &l, &e), -ENODEV);
	netns_addr(true, "192.0.2.1", 24);
	assert_int_equal(rtnl_each_addr(1, see_addr, &a, &e), 0);
	assert_int_equal(a.plen, 24);
	assert_int_equal(a.peer.family, 0);
	assert_int_equal(rtnl_each_addr(2, see_addr, &a, &e), 0);
	assert_int_equal(rtnl_each_route(AF_INET, RT_TABLE_MAIN, see_route, &s, &e), 0);
	assert_int_equal(s.n, 0);	/* the addresses of lo make none */
	assert_int_equal(rtnl_each_route(AF_INET, RT_TABLE_LOCAL, see_route, &s, &e), 0);
	assert_true(s.n >= 2);
	assert_int_equal(s.r[0].protocol, RTPROT_KERNEL);
	assert_int_equal(s.r[0].ifindex, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rtnl_link_message),
		cmocka_unit_test(test_rtnl_route_message),
		cmocka_unit_test(test_rtnl_multipath),
		cmocka_unit_test(test_rtnl_live),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
