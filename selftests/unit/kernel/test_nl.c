// SPDX-License-Identifier: Apache-2.0
/* Framing, against this machine's rtnetlink in a namespace of the test's own. */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "selftests/unit/kernel/netns.h"
#include "user/kernel/nl.c"

static bool have_netns;

#define NEEDS_NETNS()	do { if (!have_netns) skip(); } while (0)

static int group_setup(void **state)
{
	have_netns = netns_enter();
	return 0;
}

static void count(void *ctx, const struct nlmsghdr *nlh)
{
	++*(unsigned int *)ctx;
}

static int count_and_stop(void *ctx, const struct nlmsghdr *nlh)
{
	++*(unsigned int *)ctx;
	return 77;
}

static void test_nl_ask_tells_the_kernels_reason(void **state)
{
	struct nl *nl = nl_open(NETLINK_ROUTE, NULL);
	struct nlmsghdr *req;
	struct ifaddrmsg *ifa;
	struct err e = {};

	NEEDS_NETNS();
	req = nl_request(nl, RTM_NEWADDR, NLM_F_CREATE);
	ifa = mnl_nlmsg_put_extra_header(req, sizeof(*ifa));
	ifa->ifa_family = AF_INET;
	ifa->ifa_prefixlen = 99;
	ifa->ifa_index = 1;
	mnl_attr_put_u32(req, IFA_LOCAL, 0x01020304);
	assert_int_equal(nl_ask(nl, req, NULL, NULL, &e), -EINVAL);
	assert_int_equal(e.code, -EINVAL);
	assert_non_null(strstr(e.text, "prefix"));	/* "ipv4: Invalid prefix length" */
	nl_close(nl);
}

/* What stopped has been read to its end: the next answer is the next question's. */
static void test_nl_ask_after_a_dump_that_was_stopped(void **state)
{
	struct nl *nl = nl_open(NETLINK_ROUTE, NULL);
	struct nlmsghdr *req;
	unsigned int n = 0;
	int i;

	NEEDS_NETNS();
	for (i = 0; i < 3; i++) {
		req = nl_request(nl, RTM_GETADDR, NLM_F_DUMP);
		mnl_nlmsg_put_extra_header(req, sizeof(struct ifaddrmsg));
		assert_int_equal(nl_ask(nl, req, count_and_stop, &n, NULL), 77);
	}
	assert_int_equal(n, 3);
	nl_close(nl);
}

static void test_nl_read_waits_for_nothing(void **state)
{
	struct nl *nl = nl_listen(NETLINK_ROUTE, NULL);
	unsigned int n = 0;

	NEEDS_NETNS();
	assert_int_equal(nl_join(nl, RTNLGRP_IPV4_IFADDR, NULL), 0);
	assert_int_equal(nl_read(nl, count, &n), 0);
	assert_int_equal(n, 0);
	netns_addr(true, "10.9.0.1", 24);
	netns_addr(false, "10.9.0.1", 24);
	assert_int_equal(nl_read(nl, count, &n), 0);
	assert_int_equal(n, 2);
	nl_close(nl);
}

/* A loss is told once, and what comes after it is seen: NETLINK_S_CONGESTED is over. */
static void test_nl_read_after_a_loss(void **state)
{
	struct nl *nl = nl_listen(NETLINK_ROUTE, NULL);
	unsigned int n = 0;
	int size = 1, i;

	NEEDS_NETNS();
	setsockopt(nl_fd(nl), SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	assert_int_equal(nl_join(nl, RTNLGRP_IPV4_IFADDR, NULL), 0);
	for (i = 0; i < 20; i++) {
		netns_addr(true, "10.9.0.1", 24);
		netns_addr(false, "10.9.0.1", 24);
	}
	assert_int_equal(nl_read(nl, count, &n), -ENOBUFS);
	assert_int_equal(n, 0);
	assert_int_equal(nl_read(nl, count, &n), 0);
	assert_int_equal(n, 0);
	netns_addr(true, "10.9.0.1", 24);
	assert_int_equal(nl_read(nl, count, &n), 0);
	assert_int_equal(n, 1);
	netns_addr(false, "10.9.0.1", 24);
	nl_close(nl);
}

/* Another process sends us what looks like an event. */
static void test_nl_read_hears_the_kernel_alone(void **state)
{
	struct nl *nl = nl_listen(NETLINK_ROUTE, NULL), *other = nl_open(NETLINK_ROUTE, NULL);
	struct sockaddr_nl to = { .nl_family = AF_NETLINK,
				  .nl_pid = mnl_socket_get_portid(nl->sock) };
	struct nlmsghdr *forged = nl_request(other, RTM_DELADDR, 0);
	unsigned int n = 0;

	NEEDS_NETNS();
	mnl_nlmsg_put_extra_header(forged, sizeof(struct ifaddrmsg));
	assert_int_equal(sendto(nl_fd(other), forged, forged->nlmsg_len, 0, (void *)&to,
				sizeof(to)), forged->nlmsg_len);
	assert_int_equal(nl_read(nl, count, &n), 0);
	assert_int_equal(n, 0);
	nl_close(nl);
	nl_close(other);
}

static void test_nl_open_of_a_protocol_that_is_not(void **state)
{
	struct err e = {};

	assert_null(nl_open(MAX_LINKS - 1, &e));
	assert_int_equal(e.code, -EPROTONOSUPPORT);
}

/* take_message() by hand: what rtnetlink does seldom. */
static struct nlmsghdr *message(void *buf, uint16_t type, uint16_t flags, int32_t code)
{
	struct nlmsghdr *nlh;

	memset(buf, 0, 256);
	nlh = mnl_nlmsg_put_header(buf);
	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = flags;
	nlh->nlmsg_seq = 5;
	memcpy(mnl_nlmsg_put_extra_header(nlh, sizeof(code)), &code, sizeof(code));
	return nlh;
}

static void test_nl_answers_by_hand(void **state)
{
	_Alignas(8) uint8_t buf[256];
	struct err e = {};
	unsigned int n = 0;
	struct answer an = { .seq = 5, .each = count_and_stop, .ctx = &n, .e = &e };
	struct nlmsghdr *nlh = message(buf, 100, 0, 0);

	nlh->nlmsg_seq = 4;	/* of an earlier question */
	take_message(&an, nlh);
	assert_int_equal(n, 0);
	take_message(&an, message(buf, 100, NLM_F_DUMP_INTR, 0));
	assert_true(an.interrupted);
	assert_int_equal(an.stop, 77);
	take_message(&an, message(buf, 100, 0, 0));
	assert_int_equal(n, 1);
	take_message(&an, message(buf, NLMSG_DONE, 0, -ENOENT));
	assert_true(an.done);
	assert_int_equal(an.err, -ENOENT);
	an = (struct answer){ .seq = 5, .e = &e };
	take_message(&an, message(buf, NLMSG_ERROR, 0, -EPERM));	/* too short for nlmsgerr */
	assert_int_equal(an.err, -EBADMSG);
}

static const struct {
	const char *name;
	uint8_t	 bytes[12];
	size_t	 len;
	int	 attrs, end;
} walks[] = {
	{ "none", {}, 0, 0, 0 },
	{ "padding", {}, 3, 0, 0 },
	{ "empty one", { 4, 0, 1, 0 }, 4, 1, 0 },
	{ "length 0", { 0, 0, 1, 0 }, 4, 0, -EBADMSG },
	{ "length 3", { 3, 0, 1, 0 }, 4, 0, -EBADMSG },
	{ "beyond the end", { 9, 0, 1, 0, 1, 2, 3, 4 }, 8, 0, -EBADMSG },
	{ "last without padding", { 5, 0, 1, 0, 1 }, 5, 1, 0 },
	{ "two", { 5, 0, 1, 0, 1, 0, 0, 0, 4, 0, 2, 0 }, 12, 2, 0 },
	{ "second bad", { 5, 0, 1, 0, 1, 0, 0, 0, 5, 0, 2, 0 }, 12, 1, -EBADMSG },
};

static void test_nl_attr_next(void **state)
{
	struct nl_attrs it;
	struct nl_attr a;
	size_t i;
	int n, more;

	for (i = 0; i < sizeof(walks) / sizeof(walks[0]); i++) {
		it = (struct nl_attrs){ .p = walks[i].bytes, .left = walks[i].len };
		for (n = 0; (more = nl_attr_next(&it, &a)) == 1; n++)
			assert_int_equal(a.type, n + 1);
		if (n != walks[i].attrs || more != walks[i].end)
			fail_msg("%s: %d attributes, then %d", walks[i].name, n, more);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nl_ask_tells_the_kernels_reason),
		cmocka_unit_test(test_nl_ask_after_a_dump_that_was_stopped),
		cmocka_unit_test(test_nl_read_waits_for_nothing),
		cmocka_unit_test(test_nl_read_after_a_loss),
		cmocka_unit_test(test_nl_read_hears_the_kernel_alone),
		cmocka_unit_test(test_nl_open_of_a_protocol_that_is_not),
		cmocka_unit_test(test_nl_answers_by_hand),
		cmocka_unit_test(test_nl_attr_next),
	};

	return cmocka_run_group_tests(tests, group_setup, NULL);
}
