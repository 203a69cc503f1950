// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "selftests/unit/kernel/netns.h"
#include "user/kernel/nl.h"

static void lo_up(struct nl *nl)
{
	struct nlmsghdr *req = nl_request(nl, RTM_NEWLINK, 0);
	struct ifinfomsg *ifi = mnl_nlmsg_put_extra_header(req, sizeof(*ifi));

	ifi->ifi_index = 1;
	ifi->ifi_flags = ifi->ifi_change = IFF_UP;
	assert_int_equal(nl_ask(nl, req, NULL, NULL, NULL), 0);
}

bool netns_enter(void)
{
	struct nl *nl;

	if (unshare(CLONE_NEWNET))
		return false;
	nl = nl_open(NETLINK_ROUTE, NULL);
	assert_non_null(nl);
	lo_up(nl);
	nl_close(nl);
	return true;
}

void netns_addr(bool add, const char *addr, int prefix_len)
{
	struct nl *nl = nl_open(NETLINK_ROUTE, NULL);
	struct ifaddrmsg *ifa;
	struct nlmsghdr *req;
	uint32_t v4;

	assert_non_null(nl);
	assert_int_equal(inet_pton(AF_INET, addr, &v4), 1);
	req = nl_request(nl, add ? RTM_NEWADDR : RTM_DELADDR, add ? NLM_F_CREATE | NLM_F_EXCL : 0);
	ifa = mnl_nlmsg_put_extra_header(req, sizeof(*ifa));
	ifa->ifa_family = AF_INET;
	ifa->ifa_prefixlen = (uint8_t)prefix_len;
	ifa->ifa_index = 1;
	mnl_attr_put_u32(req, IFA_LOCAL, v4);
	assert_int_equal(nl_ask(nl, req, NULL, NULL, NULL), 0);
	nl_close(nl);
}
