// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "selftests/unit/kernel/image.h"
#include "selftests/unit/kernel/netns.h"
#include "user/kernel/link.c"

static struct nlmsghdr *image_link(struct image *im, uint16_t type, uint8_t family)
{
	struct ifinfomsg ifi = { .ifi_family = family, .ifi_index = 7, .ifi_flags = IFF_UP };
	struct nlmsghdr *nlh = image_start(im, type, &ifi, sizeof(ifi));

	mnl_attr_put_strz(nlh, IFLA_IFNAME, "eth0");
	mnl_attr_put_u32(nlh, IFLA_MTU, 1500);
	return nlh;
}

struct xdp_row {
	const char *name;
	uint8_t	 attached;
	uint32_t id, drv, skb;
	uint32_t want;
};

static const struct xdp_row xdp_rows[] = {
	{ "none", XDP_ATTACHED_NONE, 0, 0, 0, 0 },
	{ "native", XDP_ATTACHED_DRV, 11, 11, 0, 11 },
	{ "generic", XDP_ATTACHED_SKB, 12, 0, 12, 12 },
	{ "both", XDP_ATTACHED_MULTI, 0, 13, 14, 13 },
};

static void put_xdp(struct nlmsghdr *nlh, const struct xdp_row *r)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, IFLA_XDP);

	mnl_attr_put_u8(nlh, IFLA_XDP_ATTACHED, r->attached);
	if (r->id)
		mnl_attr_put_u32(nlh, IFLA_XDP_PROG_ID, r->id);
	if (r->drv)
		mnl_attr_put_u32(nlh, IFLA_XDP_DRV_PROG_ID, r->drv);
	if (r->skb)
		mnl_attr_put_u32(nlh, IFLA_XDP_SKB_PROG_ID, r->skb);
	mnl_attr_nest_end(nlh, nest);
}

static void test_link_xdp(void **state)
{
	struct nlmsghdr *nlh;
	struct link_info l;
	struct image im;
	size_t i;

	for (i = 0; i < sizeof(xdp_rows) / sizeof(xdp_rows[0]); i++) {
		nlh = image_link(&im, RTM_NEWLINK, AF_UNSPEC);
		put_xdp(nlh, &xdp_rows[i]);
		image_save(nlh, xdp_rows[i].name);
		if (link_msg_link(nlh, &l) || l.xdp_attached != xdp_rows[i].attached ||
		    l.xdp_prog_id != xdp_rows[i].want)
			fail_msg("%s", xdp_rows[i].name);
		assert_int_equal(l.ifindex, 7);
		assert_string_equal(l.name, "eth0");
		assert_int_equal(l.mtu, 1500);
		assert_true(l.up);
	}
}

/* A port leaves its bridge: RTM_DELLINK of family AF_BRIDGE, and the device is still there. */
static void test_link_bridge_messages_are_not_about_devices(void **state)
{
	struct link_info l;
	struct image im;

	assert_int_equal(link_msg_link(image_link(&im, RTM_DELLINK, AF_BRIDGE), &l), -ENOENT);
}

static void test_link_bad_lengths(void **state)
{
	static const struct {
		uint16_t type, len;
	} bad[] = {
		{ IFLA_IFNAME, 0 }, { IFLA_IFNAME, 3 }, { IFLA_IFNAME, 17 }, { IFLA_MTU, 3 },
		{ IFLA_XDP, 4 }, { IFLA_XDP, 5 },	/* nested: beyond the nest, too short */
	};
	const uint8_t bytes[32] = { 5, 0, IFLA_XDP_PROG_ID };
	struct ifinfomsg ifi = { .ifi_index = 7 };
	struct nlmsghdr *nlh;
	struct link_info l;
	struct image im;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		nlh = image_start(&im, RTM_NEWLINK, &ifi, sizeof(ifi));
		mnl_attr_put(nlh, bad[i].type, bad[i].len, bytes);
		if (link_msg_link(nlh, &l) != -EBADMSG)
			fail_msg("%zu", i);
	}
}

/* local, address: as the kernel sends them; NULL: not there. */
static const struct {
	const char *name;
	int	 family;
	const char *local, *address, *want;	/* want NULL: -ENOENT */
} addrs[] = {
	{ "ipv4", AF_INET, "192.0.2.1", "192.0.2.1", "192.0.2.1" },
	{ "ipv4 peer", AF_INET, "192.0.2.1", "192.0.2.2", "192.0.2.1" },
	{ "ipv6", AF_INET6, NULL, "2001:db8::1", "2001:db8::1" },
	{ "ipv6 peer", AF_INET6, "2001:db8::1", "2001:db8::2", "2001:db8::1" },
	{ "nothing", AF_INET, NULL, NULL, NULL },
	{ "other family", AF_UNIX, NULL, NULL, NULL },
};

static void put_addr(struct nlmsghdr *nlh, uint16_t type, int family, const char *text)
{
	uint8_t b[16];

	if (!text)
		return;
	inet_pton(family, text, b);
	mnl_attr_put(nlh, type, family == AF_INET ? 4 : 16, b);
}

static struct nlmsghdr *image_addr(struct image *im, size_t i, bool swapped)
{
	struct ifaddrmsg ifa = { .ifa_family = (uint8_t)addrs[i].family, .ifa_index = 7 };
	struct nlmsghdr *nlh = image_start(im, RTM_NEWADDR, &ifa, sizeof(ifa));

	if (swapped)
		put_addr(nlh, IFA_LOCAL, addrs[i].family, addrs[i].local);
	put_addr(nlh, IFA_ADDRESS, addrs[i].family, addrs[i].address);
	if (!swapped)
		put_addr(nlh, IFA_LOCAL, addrs[i].family, addrs[i].local);
	return nlh;
}

static void test_link_addr_ours_not_the_peers(void **state)
{
	char buf[ADDR_STR_MAX];
	struct link_addr la;
	struct image im;
	size_t i;
	int ret;

	for (i = 0; i < 2 * sizeof(addrs) / sizeof(addrs[0]); i++) {
		ret = link_msg_addr(image_addr(&im, i / 2, i % 2), &la);
		image_save((void *)im.bytes, addrs[i / 2].name);
		if (ret != (addrs[i / 2].want ? 0 : -ENOENT))
			fail_msg("%s: %d", addrs[i / 2].name, ret);
		if (ret)
			continue;
		assert_int_equal(la.ifindex, 7);
		assert_string_equal(addr_str(&la.addr, buf), addrs[i / 2].want);
	}
}

static void test_link_cut_everywhere(void **state)
{
	struct nlmsghdr *nlh, *cut;
	struct link_addr la;
	struct link_info l;
	struct image im;
	size_t len;
	int ret;

	nlh = image_link(&im, RTM_NEWLINK, AF_UNSPEC);
	put_xdp(nlh, &xdp_rows[3]);
	for (len = sizeof(*nlh); len <= nlh->nlmsg_len; len++) {
		cut = image_cut(nlh, len);
		ret = link_msg_link(cut, &l);
		assert_true(ret == 0 || ret == -EBADMSG);
		free(cut);
	}
	nlh = image_addr(&im, 3, false);
	for (len = sizeof(*nlh); len <= nlh->nlmsg_len; len++) {
		cut = image_cut(nlh, len);
		ret = link_msg_addr(cut, &la);
		assert_true(ret == 0 || ret == -EBADMSG || ret == -ENOENT);
		free(cut);
	}
}

/* --- with this machine's rtnetlink --- */

struct seen {
	unsigned int links, links_gone, addrs, addrs_gone;
	char last_addr[ADDR_STR_MAX];
	int lo_index;
};

static void on_link(void *ctx, const struct link_info *l)
{
	struct seen *s = ctx;

	s->links++;
	if (!strcmp(l->name, "lo") && l->up)
		s->lo_index = l->ifindex;
}

static void on_link_gone(void *ctx, const struct link_info *l)
{
	((struct seen *)ctx)->links_gone++;
}

static void on_addr(void *ctx, const struct link_addr *a)
{
	struct seen *s = ctx;

	s->addrs++;
	addr_str(&a->addr, s->last_addr);
}

static void on_addr_gone(void *ctx, const struct link_addr *a)
{
	struct seen *s = ctx;

	s->addrs_gone++;
	addr_str(&a->addr, s->last_addr);
}

static struct seen seen;
static const struct link_nl_events seen_events = {
	.link = on_link, .link_gone = on_link_gone, .addr = on_addr, .addr_gone = on_addr_gone,
	.ctx = &seen,
};
static struct link_nl *nl;

static int native_setup(void **state)
{
	struct err e = {};

	seen = (struct seen){};
	if (!netns_enter())
		return 0;
	nl = link_nl_open(&e);
	assert_non_null(nl);
	assert_int_equal(link_nl_dump(nl, &seen_events, &e), 0);
	return 0;
}

static int native_teardown(void **state)
{
	link_nl_close(nl);
	nl = NULL;
	return 0;
}

static void test_link_nl_dump_tells_all(void **state)
{
	unsigned int addrs_then;

	if (!nl)
		skip();
	assert_int_equal(seen.lo_index, 1);
	assert_in_range(seen.addrs, 1, 2);	/* 127.0.0.1, ::1 */
	addrs_then = seen.addrs;
	assert_int_equal(link_nl_dump(nl, &seen_events, NULL), 0);
	assert_int_equal(seen.addrs, 2 * addrs_then);
	assert_int_equal(seen.addrs_gone, 0);
}

static void test_link_nl_read_tells_changes(void **state)
{
	if (!nl)
		skip();
	seen = (struct seen){};
	netns_addr(true, "10.9.9.9", 24);
	assert_int_equal(link_nl_read(nl, &seen_events), 0);
	assert_int_equal(seen.addrs, 1);
	assert_string_equal(seen.last_addr, "10.9.9.9");
	netns_addr(false, "10.9.9.9", 24);
	assert_int_equal(link_nl_read(nl, &seen_events), 0);
	assert_int_equal(seen.addrs_gone, 1);
	assert_string_equal(seen.last_addr, "10.9.9.9");
}

/* The same address with two prefix lengths is gone with the second. */
static void test_link_nl_address_that_stands_twice(void **state)
{
	if (!nl)
		skip();
	netns_addr(true, "10.9.9.9", 24);
	netns_addr(true, "10.9.9.9", 32);
	seen = (struct seen){};
	assert_int_equal(link_nl_read(nl, &seen_events), 0);
	assert_int_equal(seen.addrs, 1);
	netns_addr(false, "10.9.9.9", 24);
	assert_int_equal(link_nl_read(nl, &seen_events), 0);
	assert_int_equal(seen.addrs_gone, 0);
	netns_addr(false, "10.9.9.9", 32);
	assert_int_equal(link_nl_read(nl, &seen_events), 0);
	assert_int_equal(seen.addrs_gone, 1);
}

/* After a loss the caller dumps: what went meanwhile is told then. */
static void test_link_nl_dump_after_a_loss(void **state)
{
	int size = 1, i;

	if (!nl)
		skip();
	netns_addr(true, "10.9.9.9", 24);
	assert_int_equal(link_nl_read(nl, &seen_events), 0);
	setsockopt(link_nl_fd(nl), SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	for (i = 0; i < 20; i++) {
		netns_addr(true, "10.8.8.8", 24);
		netns_addr(false, "10.8.8.8", 24);
	}
	netns_addr(false, "10.9.9.9", 24);
	seen = (struct seen){};
	assert_int_equal(link_nl_read(nl, &seen_events), -ENOBUFS);
	assert_int_equal(seen.addrs_gone, 0);
	assert_int_equal(link_nl_dump(nl, &seen_events, NULL), 0);
	assert_int_equal(seen.addrs_gone, 1);
}

#define NATIVE(t)	cmocka_unit_test_setup_teardown(t, native_setup, native_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_link_xdp),
		cmocka_unit_test(test_link_bridge_messages_are_not_about_devices),
		cmocka_unit_test(test_link_bad_lengths),
		cmocka_unit_test(test_link_addr_ours_not_the_peers),
		cmocka_unit_test(test_link_cut_everywhere),
		NATIVE(test_link_nl_dump_tells_all),
		NATIVE(test_link_nl_read_tells_changes),
		NATIVE(test_link_nl_address_that_stands_twice),
		NATIVE(test_link_nl_dump_after_a_loss),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
