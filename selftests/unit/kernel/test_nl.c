// SPDX-License-Identifier: Apache-2.0
/* Framing, against this machine's rtnetlink in a namespace of the test's own. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
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

/* --- batches --- */

struct answers {
	int	 err[200];
	unsigned int n, messages;
	char	 words[200];
	size_t	 last_tag;
};

static void on_message(void *ctx, size_t tag, const struct nlmsghdr *nlh)
{
	struct answers *a = ctx;

	assert_int_equal(nlh->nlmsg_type, RTM_NEWLINK);
	a->messages++;
	a->last_tag = tag;
}

static void on_done(void *ctx, size_t tag, int err, const char *words)
{
	struct answers *a = ctx;

	assert_int_equal(a->err[tag], 1);	/* once each */
	a->err[tag] = err;
	a->n++;
	if (err)
		snprintf(a->words, sizeof(a->words), "%s", words);
}

static bool put_addr(struct nl_batch *b, size_t tag, uint8_t plen)
{
	struct nlmsghdr *req = nl_batch_request(b, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, tag);
	struct ifaddrmsg *ifa;

	if (!req)
		return false;
	ifa = mnl_nlmsg_put_extra_header(req, sizeof(*ifa));
	ifa->ifa_family = AF_INET;
	ifa->ifa_prefixlen = plen;
	ifa->ifa_index = 1;
	mnl_attr_put_u32(req, IFA_LOCAL, htonl(0x0a080000 + (uint32_t)tag));
	return true;
}

static void put_get(struct nl_batch *b, size_t tag, int ifindex)
{
	struct nlmsghdr *req = nl_batch_request(b, RTM_GETLINK, 0, tag);
	struct ifinfomsg *ifi = mnl_nlmsg_put_extra_header(req, sizeof(*ifi));

	ifi->ifi_index = ifindex;
}

static struct answers *answers_new(void)
{
	static struct answers a;
	size_t i;

	a = (struct answers){};
	for (i = 0; i < sizeof(a.err) / sizeof(a.err[0]); i++)
		a.err[i] = 1;
	return &a;
}

/* One fails, with the kernel's words and its own tag; the others are done. */
static void test_nl_batch_each_has_its_answer(void **state)
{
	struct nl *nl = nl_open(NETLINK_ROUTE, NULL);
	struct nl_batch *b = nl_batch_new(NULL);
	struct answers *a = answers_new();
	const struct nl_batch_answer to = { .message = on_message, .done = on_done, .ctx = a };
	int i;

	NEEDS_NETNS();
	for (i = 0; i < 10; i++)
		assert_true(put_addr(b, (size_t)i, i == 6 ? 99 : 32));
	put_get(b, 10, 1);
	put_get(b, 11, 4711);
	assert_int_equal(nl_batch_run(nl, b, &to, NULL), 0);
	assert_int_equal(a->n, 12);
	for (i = 0; i < 11; i++)
		assert_int_equal(a->err[i], i == 6 ? -EINVAL : 0);
	assert_int_equal(a->err[11], -ENODEV);
	assert_int_equal(a->messages, 1);
	assert_int_equal(a->last_tag, 10);
	/* The next one is as fresh, and an empty one nothing. */
	a = answers_new();
	put_addr(b, 3, 32);
	assert_int_equal(nl_batch_run(nl, b, &to, NULL), 0);
	assert_int_equal(a->err[3], -EEXIST);
	assert_int_equal(nl_batch_run(nl, b, &to, NULL), 0);
	assert_int_equal(a->n, 1);
	nl_batch_free(b);
	nl_close(nl);
}

static void test_nl_batch_full(void **state)
{
	struct nl *nl = nl_open(NETLINK_ROUTE, NULL);
	struct nl_batch *b = nl_batch_new(NULL);
	struct answers *a = answers_new();
	const struct nl_batch_answer to = { .message = on_message, .done = on_done, .ctx = a };
	size_t n = 0, i;

	NEEDS_NETNS();
	while (put_addr(b, 100 + n, 99))	/* refused: answers with words are the longest */
		n++;
	assert_int_equal(n, NL_BATCH_MAX);
	assert_int_equal(nl_batch_run(nl, b, &to, NULL), 0);
	assert_int_equal(a->n, n);
	for (i = 0; i < n; i++)
		assert_int_equal(a->err[100 + i], -EINVAL);
	assert_true(put_addr(b, 0, 99));
	nl_batch_free(b);
	nl_close(nl);
}

/* Long requests fill it by their bytes. */
static void test_nl_batch_full_of_bytes(void **state)
{
	struct nl_batch *b = nl_batch_new(NULL);
	static const uint8_t key[1900];
	struct nlmsghdr *req;
	size_t n = 0;

	while ((req = nl_batch_request(b, 16, 0, n))) {
		mnl_attr_put(req, 1, sizeof(key), key);
		assert_true(req->nlmsg_len <= NL_BATCH_ROOM);
		n++;
	}
	assert_true(n > 10 && n < NL_BATCH_MAX);
	assert_true(batch_bytes(b) <= sizeof(b->buf));
	nl_batch_free(b);
}

static void test_nl_batch_take_back(void **state)
{
	struct nl *nl = nl_open(NETLINK_ROUTE, NULL);
	struct nl_batch *b = nl_batch_new(NULL);
	struct answers *a = answers_new();
	const struct nl_batch_answer to = { .message = on_message, .done = on_done, .ctx = a };
	size_t i;

	NEEDS_NETNS();
	nl_batch_take_back(b);
	put_addr(b, 0, 32);
	nl_batch_take_back(b);
	for (i = 20; i < 23; i++)
		put_addr(b, i, 32);
	nl_batch_take_back(b);
	put_addr(b, 25, 32);
	assert_int_equal(nl_batch_run(nl, b, &to, NULL), 0);
	assert_int_equal(a->n, 3);
	assert_int_equal(a->err[20] + a->err[21] + a->err[25], 0);
	nl_batch_free(b);
	nl_close(nl);
}

/* Keys do not stay in memory that others may get. */
static void test_nl_batch_wipes(void **state)
{
	static const char key[] = "not to be found";
	struct nl *nl = nl_open(NETLINK_ROUTE, NULL);
	struct nl_batch *b = nl_batch_new(NULL);
	struct answers *a = answers_new();
	const struct nl_batch_answer to = { .done = on_done, .ctx = a };

	NEEDS_NETNS();
	mnl_attr_put(nl_batch_request(b, RTM_NEWADDR, 0, 0), 1, sizeof(key), key);
	assert_non_null(memmem(b->buf, sizeof(b->buf), key, sizeof(key)));
	nl_batch_take_back(b);
	assert_null(memmem(b->buf, sizeof(b->buf), key, sizeof(key)));
	mnl_attr_put(nl_batch_request(b, RTM_NEWADDR, 0, 0), 1, sizeof(key), key);
	assert_int_equal(nl_batch_run(nl, b, &to, NULL), 0);
	assert_null(memmem(b->buf, sizeof(b->buf), key, sizeof(key)));
	memcpy(nl->buf + 100, key, sizeof(key));
	nl_wipe(nl);
	assert_null(memmem(nl->buf, sizeof(nl->buf), key, sizeof(key)));
	nl_batch_free(b);
	nl_close(nl);
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
		cmocka_unit_test(test_nl_batch_each_has_its_answer),
		cmocka_unit_test(test_nl_batch_full),
		cmocka_unit_test(test_nl_batch_full_of_bytes),
		cmocka_unit_test(test_nl_batch_take_back),
		cmocka_unit_test(test_nl_batch_wipes),
		cmocka_unit_test(test_nl_answers_by_hand),
		cmocka_unit_test(test_nl_attr_next),
	};

	return cmocka_run_group_tests(tests, group_setup, NULL);
}
