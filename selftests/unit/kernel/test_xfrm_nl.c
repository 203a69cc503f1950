// SPDX-License-Identifier: Apache-2.0
/*
 * Against this machine's XFRM, in a namespace of the test's own. A kernel
 * without the ESP type still allocates SPIs: larval SAs are real enough for
 * dumps, questions and events.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "selftests/unit/kernel/image.h"
#include "selftests/unit/kernel/netns.h"
#include "user/kernel/xfrm_nl.c"

static struct xfrm_nl *nl;

static int setup(void **state)
{
	struct err e = {};

	nl = netns_enter() ? xfrm_nl_open(&e) : NULL;
	return 0;
}

static int teardown(void **state)
{
	xfrm_nl_close(nl);
	nl = NULL;
	return 0;
}

static struct xi_sa_key sa_key(uint32_t spi)
{
	struct xi_sa_key key = { .spi = htonl(spi), .proto = IPPROTO_ESP, .family = AF_INET };

	inet_pton(AF_INET, "192.0.2.1", key.daddr);
	return key;
}

/* XFRM_MSG_ALLOCSPI of exactly this SPI. */
static void larval_add(uint32_t spi)
{
	struct nlmsghdr *req = nl_request(nl->ask, XFRM_MSG_ALLOCSPI, 0);
	struct xfrm_userspi_info *u = mnl_nlmsg_put_extra_header(req, sizeof(*u));

	u->info = image_sa_info(AF_INET);
	u->info.id.spi = 0;
	u->info.reqid = spi;	/* else the kernel takes an earlier larval SA */
	u->min = u->max = spi;
	assert_int_equal(nl_ask(nl->ask, req, NULL, NULL, NULL), 0);
}

static int sa_del(uint32_t spi)
{
	struct nlmsghdr *req = nl_request(nl->ask, XFRM_MSG_DELSA, 0);
	struct xfrm_usersa_id *id = mnl_nlmsg_put_extra_header(req, sizeof(*id));
	struct xi_sa_key key = sa_key(spi);

	memcpy(&id->daddr, key.daddr, 16);
	id->spi = key.spi;
	id->family = AF_INET;
	id->proto = IPPROTO_ESP;
	return nl_ask(nl->ask, req, NULL, NULL, NULL);
}

static void sa_flush(void)
{
	struct nlmsghdr *req = nl_request(nl->ask, XFRM_MSG_FLUSHSA, 0);
	struct xfrm_usersa_flush *f = mnl_nlmsg_put_extra_header(req, sizeof(*f));

	f->proto = 255;		/* IPSEC_PROTO_ANY */
	assert_int_equal(nl_ask(nl->ask, req, NULL, NULL, NULL), 0);
}

static int count_sa(void *ctx, const struct sa_info *sa)
{
	struct xi_sa_key want = sa_key(ntohl(sa->key.spi));

	assert_memory_equal(&sa->key, &want, sizeof(want));
	++*(unsigned int *)ctx;
	return 0;
}

static int refuse_sa(void *ctx, const struct sa_info *sa)
{
	return -ECANCELED;
}

static int count_policy(void *ctx, const struct policy_info *p)
{
	++*(unsigned int *)ctx;
	return 0;
}

static void test_xfrm_nl_empty(void **state)
{
	struct xi_sa_key key = sa_key(0x1000);
	struct sa_info sa;
	struct err e = {};
	unsigned int n = 0;

	if (!nl)
		skip();
	assert_int_equal(xfrm_nl_dump_sa(nl, count_sa, &n, &e), 0);
	assert_int_equal(xfrm_nl_dump_policy(nl, count_policy, &n, &e), 0);
	assert_int_equal(n, 0);
	assert_int_equal(xfrm_nl_get_sa(nl, &key, &sa, &e), -ESRCH);
	assert_int_equal(xfrm_nl_get_sa(nl, &key, &sa, NULL), -ESRCH);
}

static void test_xfrm_nl_dump_and_get(void **state)
{
	struct xi_sa_key key = sa_key(0x1000);
	struct sa_info sa;
	struct err e = {};
	unsigned int n = 0, i;

	if (!nl)
		skip();
	for (i = 0; i < 300; i++)	/* more than one datagram */
		larval_add(0x1000 + i);
	assert_int_equal(xfrm_nl_dump_sa(nl, count_sa, &n, &e), 0);
	assert_int_equal(n, 300);
	assert_int_equal(xfrm_nl_get_sa(nl, &key, &sa, &e), 0);
	assert_memory_equal(&sa.key, &key, sizeof(key));
	assert_int_equal(sa.reqid, 0x1000);
	/* A dump that ends early leaves nothing behind for the next question. */
	assert_int_equal(xfrm_nl_dump_sa(nl, refuse_sa, NULL, &e), -ECANCELED);
	assert_int_equal(xfrm_nl_get_sa(nl, &key, &sa, &e), 0);
	assert_memory_equal(&sa.key, &key, sizeof(key));
}

struct events {
	unsigned int added, gone, flushed;
	struct xi_sa_key last;
};

static void on_new(void *ctx, const struct sa_info *sa)
{
	((struct events *)ctx)->added++;
}

static void on_gone(void *ctx, const struct xi_sa_key *key)
{
	((struct events *)ctx)->gone++;
	((struct events *)ctx)->last = *key;
}

static void on_flushed(void *ctx)
{
	((struct events *)ctx)->flushed++;
}

static void test_xfrm_nl_events(void **state)
{
	struct events seen = {};
	const struct xfrm_nl_events ev = { on_new, on_gone, on_flushed, &seen };
	struct xi_sa_key key = sa_key(0x1000);

	if (!nl)
		skip();
	assert_int_equal(xfrm_nl_read(nl, &ev), 0);
	larval_add(0x1000);
	larval_add(0x1001);
	assert_int_equal(sa_del(0x1000), 0);
	assert_int_equal(xfrm_nl_read(nl, &ev), 0);
	assert_int_equal(seen.added, 0);	/* the kernel tells no larval SA */
	assert_int_equal(seen.gone, 1);
	assert_memory_equal(&seen.last, &key, sizeof(key));
	sa_flush();
	assert_int_equal(xfrm_nl_read(nl, &ev), 0);
	assert_int_equal(seen.gone, 1);
	assert_int_equal(seen.flushed, 1);
}

/* What event_message() makes of each kind, from images. */
static void test_xfrm_nl_event_kinds(void **state)
{
	struct xfrm_user_expire x = { .state = image_sa_info(AF_INET), .hard = 1 };
	struct xfrm_usersa_flush flush = { .proto = IPPROTO_ESP };
	struct events seen = {};
	const struct xfrm_nl_events ev = { on_new, on_gone, on_flushed, &seen };
	struct xfrm_nl fake = {};
	struct reading r = { .nl = &fake, .ev = &ev };
	struct image im;

	event_message(&r, image_start(&im, XFRM_MSG_NEWSA, &x.state, sizeof(x.state)));
	event_message(&r, image_start(&im, XFRM_MSG_UPDSA, &x.state, sizeof(x.state)));
	assert_int_equal(seen.added, 2);
	event_message(&r, image_start(&im, XFRM_MSG_EXPIRE, &x, sizeof(x)));
	assert_int_equal(seen.gone, 1);
	x.hard = 0;
	event_message(&r, image_start(&im, XFRM_MSG_EXPIRE, &x, sizeof(x)));
	assert_int_equal(seen.gone, 1);
	event_message(&r, image_start(&im, XFRM_MSG_FLUSHSA, &flush, sizeof(flush)));
	event_message(&r, image_start(&im, XFRM_MSG_MIGRATE, &flush, sizeof(flush)));
	assert_int_equal(seen.flushed, 2);
	event_message(&r, image_start(&im, XFRM_MSG_NEWPOLICY, &flush, sizeof(flush)));
	/* Too short: counted by the log, nothing told. */
	event_message(&r, image_start(&im, XFRM_MSG_NEWSA, &flush, sizeof(flush)));
	assert_int_equal(seen.added, 2);
}

static void test_xfrm_nl_explains_what_is_missing(void **state)
{
	struct err e = {};

	err_set(&e, -EPROTONOSUPPORT, "netlink socket: Protocol not supported");
	explain(&e);
	assert_non_null(strstr(e.text, "modprobe xfrm_user"));
	err_set(&e, -EPERM, "netlink group 3: Operation not permitted");
	explain(&e);
	assert_non_null(strstr(e.text, "CAP_NET_ADMIN"));
}

#define NATIVE(t)	cmocka_unit_test_setup_teardown(t, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NATIVE(test_xfrm_nl_empty),
		NATIVE(test_xfrm_nl_dump_and_get),
		NATIVE(test_xfrm_nl_events),
		cmocka_unit_test(test_xfrm_nl_event_kinds),
		cmocka_unit_test(test_xfrm_nl_explains_what_is_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
