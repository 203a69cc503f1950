// SPDX-License-Identifier: Apache-2.0
/*
 * The form of an SA: windows, sequence numbers, algorithms; one that goes on where
 * another stopped.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/udp.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "selftests/unit/kernel/image.h"
#include "selftests/unit/kernel/kobj_wire.h"
#include "selftests/unit/kernel/kobjs.h"
#include "user/kernel/kobj_msg.h"

#define SA_HEADER	sizeof(struct xfrm_usersa_info)

/* struct xfrm_replay_state_esn, without its bitmap. */
struct esn {
	uint32_t bmp_len, oseq, seq, oseq_hi, seq_hi, replay_window;
};

static struct esn esn_of(const struct nlmsghdr *nlh, size_t *bytes)
{
	struct esn h = {};
	struct nl_attr a;

	if (!wire_attr(nlh, SA_HEADER, XFRMA_REPLAY_ESN_VAL, &a))
		fail_msg("no XFRMA_REPLAY_ESN_VAL");
	assert_true(nl_attr_get(&a, &h, sizeof(h)));
	*bytes = a.len;
	return h;
}

/* R-ARW: the window is the configured one, and its bitmap holds it (xfrm_init_replay()). */
static void test_kobj_sa_inbound_window(void **state)
{
	static const struct {
		uint32_t window, words;
	} rows[] = { { 1, 1 }, { 32, 1 }, { 33, 2 }, { 64, 2 }, { 1024, 32 }, { 4096, 128 } };
	struct esn h;
	struct nlmsghdr *nlh;
	struct image im;
	struct kobj o;
	size_t i, bytes;

	for (i = 0; i < 2 * sizeof(rows) / sizeof(rows[0]); i++) {
		o = kobjs_sa("192.0.2.1", 0x1001);
		o.sa.window = rows[i / 2].window;
		o.sa.esn = i % 2;
		o.sa.oseq = 77;		/* an inbound SA has none */
		nlh = wire_written(&im, KOBJ_NEW, &o);
		h = esn_of(nlh, &bytes);
		assert_int_equal(h.replay_window, rows[i / 2].window);
		assert_int_equal(h.bmp_len, rows[i / 2].words);
		assert_int_equal(bytes, sizeof(h) + 4 * h.bmp_len);
		assert_int_equal(h.oseq + h.seq, 0);
		assert_false(wire_has(nlh, SA_HEADER, XFRMA_REPLAY_VAL));
	}
	o.sa.window = 4097;
	assert_int_equal(wire_refused(KOBJ_NEW, &o), -ERANGE);
	o.sa.window = 0;
	o.sa.esn = false;
	assert_false(wire_has(wire_written(&im, KOBJ_NEW, &o), SA_HEADER, XFRMA_REPLAY_ESN_VAL));
}

/* Since 6.10 an outbound SA has no window; before it, ESN had to have one. */
static void test_kobj_sa_outbound_window(void **state)
{
	struct kobj o = kobjs_gcm("192.0.2.1", 0x1001);
	struct esn h;
	struct xfrm_replay_state old;
	struct nlmsghdr *nlh;
	struct image im;
	struct nl_attr a;
	size_t bytes;

	o.sa.window = 1024;
	h = esn_of(wire_written(&im, KOBJ_NEW, &o), &bytes);
	assert_int_equal(h.replay_window + h.bmp_len, 0);
	assert_int_equal(bytes, sizeof(h));
	assert_int_equal(h.oseq, 0x23456789);
	assert_int_equal(h.oseq_hi, 1);
	wire_world.sa_dir = false;
	nlh = wire_written(&im, KOBJ_NEW, &o);
	wire_world.sa_dir = true;
	assert_false(wire_has(nlh, SA_HEADER, XFRMA_SA_DIR));
	h = esn_of(nlh, &bytes);
	assert_true(h.replay_window > 0 && h.replay_window <= h.bmp_len * 32);
	assert_int_equal(h.oseq_hi, 1);
	/* Without ESN it has 32 bits, and what is beyond is used up. */
	o.sa.esn = false;
	nlh = wire_written(&im, KOBJ_NEW, &o);
	assert_false(wire_has(nlh, SA_HEADER, XFRMA_REPLAY_ESN_VAL));
	assert_true(wire_attr(nlh, SA_HEADER, XFRMA_REPLAY_VAL, &a));
	assert_true(nl_attr_get(&a, &old, sizeof(old)));
	assert_int_equal(old.oseq, 0xffffffff);
	assert_int_equal(old.seq + old.bitmap, 0);
	o.sa.oseq = 0;
	assert_false(wire_has(wire_written(&im, KOBJ_NEW, &o), SA_HEADER, XFRMA_REPLAY_VAL));
}

static void test_kobj_sa_flags_and_direction(void **state)
{
	struct kobj o = kobjs_gcm("192.0.2.1", 0x1001);
	const struct xfrm_usersa_info *p;
	struct nlmsghdr *nlh;
	struct image im;
	struct nl_attr a;

	nlh = wire_written(&im, KOBJ_NEW, &o);
	p = mnl_nlmsg_get_payload(nlh);
	assert_int_equal(p->flags, XFRM_STATE_AF_UNSPEC | XFRM_STATE_NOPMTUDISC | XFRM_STATE_ESN);
	assert_int_equal(p->sel.family, AF_UNSPEC);
	assert_int_equal(p->replay_window, 0);
	assert_true(wire_attr(nlh, SA_HEADER, XFRMA_SA_DIR, &a));
	assert_int_equal(a.data[0], XFRM_SA_DIR_OUT);
	assert_int_equal(wire_u32(nlh, SA_HEADER, XFRMA_SET_MARK), XI_MARK);
	assert_int_equal(wire_u32(nlh, SA_HEADER, XFRMA_SET_MARK_MASK), XI_MARK_MASK);
	assert_true(p->lft.hard_byte_limit == XFRM_INF && p->lft.soft_byte_limit == XFRM_INF);
	assert_true(p->lft.hard_packet_limit == XFRM_INF && p->lft.soft_packet_limit == XFRM_INF);
	/* Inbound, the kernel refuses to be told of path MTU discovery. */
	o.sa.inbound = true;
	o.sa.window = 64;
	o.sa.esn = false;
	o.sa.mode = XFRM_MODE_TRANSPORT;
	nlh = wire_written(&im, KOBJ_NEW, &o);
	assert_int_equal(p->flags, 0);
	assert_true(wire_attr(nlh, SA_HEADER, XFRMA_SA_DIR, &a));
	assert_int_equal(a.data[0], XFRM_SA_DIR_IN);
}

static void test_kobj_sa_algorithms(void **state)
{
	const struct xfrm_algo_auth *auth;
	const struct xfrm_encap_tmpl *encap;
	const struct xfrm_algo *enc;
	struct kobj o = kobjs_full_sa();
	struct nlmsghdr *nlh;
	struct image im;
	struct nl_attr a;

	nlh = wire_written(&im, KOBJ_NEW, &o);
	assert_true(wire_attr(nlh, SA_HEADER, XFRMA_ALG_AUTH_TRUNC, &a));
	auth = (const void *)a.data;
	assert_string_equal(auth->alg_name, "hmac(sha256)");
	assert_int_equal(auth->alg_key_len, 256);
	assert_int_equal(auth->alg_trunc_len, 128);
	assert_int_equal(a.len, sizeof(*auth) + 32);
	assert_memory_equal(auth->alg_key, o.sa.auth_key.b, 32);
	assert_true(wire_attr(nlh, SA_HEADER, XFRMA_ALG_CRYPT, &a));
	enc = (const void *)a.data;
	assert_string_equal(enc->alg_name, "cbc(aes)");
	assert_int_equal(enc->alg_key_len, 128);
	assert_int_equal(a.len, sizeof(*enc) + 16);
	assert_memory_equal(enc->alg_key, o.sa.enc_key.b, 16);
	assert_false(wire_has(nlh, SA_HEADER, XFRMA_ALG_AEAD));
	assert_true(wire_attr(nlh, SA_HEADER, XFRMA_ENCAP, &a));
	encap = (const void *)a.data;
	assert_int_equal(encap->encap_type, UDP_ENCAP_ESPINUDP);
	assert_int_equal(encap->encap_sport, htons(4500));
	assert_int_equal(encap->encap_dport, htons(1024));
	o = kobjs_gcm("192.0.2.1", 1);
	nlh = wire_written(&im, KOBJ_NEW, &o);
	assert_true(wire_attr(nlh, SA_HEADER, XFRMA_ALG_AEAD, &a));
	auth = (const void *)a.data;
	assert_int_equal(auth->alg_key_len, 160);
	assert_int_equal(auth->alg_trunc_len, 128);
	assert_false(wire_has(nlh, SA_HEADER, XFRMA_ENCAP));
	/* A cipher without a key: ESP that only authenticates. */
	o = kobjs_sa("192.0.2.1", 1);
	strcpy(o.sa.enc, "ecb(cipher_null)");
	secret_wipe(&o.sa.enc_key);
	assert_true(wire_attr(wire_written(&im, KOBJ_NEW, &o), SA_HEADER, XFRMA_ALG_CRYPT, &a));
	assert_int_equal(a.len, sizeof(*enc));
	assert_int_equal(wire_refused(KOBJ_SET, &o), -EOPNOTSUPP);
}

/* --- going on where another SA stopped --- */

static struct nlmsghdr *went_on(struct image *im, const struct kobj *o,
				const struct sa_replay *from)
{
	struct nlmsghdr *nlh;

	memset(im, 0, sizeof(*im));
	nlh = mnl_nlmsg_put_header(im->bytes);
	assert_int_equal(kobj_sa_write_new(nlh, o, &wire_world, from, NULL), 0);
	return nlh;
}

static void test_kobj_sa_goes_on_outbound(void **state)
{
	const struct sa_replay from = { .oseq = 0x200000005, .seq = 9 };
	struct kobj o = kobjs_gcm("192.0.2.1", 1), back;
	struct image im;

	assert_int_equal(wire_heard(went_on(&im, &o, &from), KOBJ_SA, &back), 0);
	assert_true(back.sa.oseq == 0x200000005);
	o.sa.oseq = 0x300000000;	/* further already */
	assert_int_equal(wire_heard(went_on(&im, &o, &from), KOBJ_SA, &back), 0);
	assert_true(back.sa.oseq == 0x300000000);
	o.sa.oseq = 0;
	o.sa.esn = false;
	assert_int_equal(wire_heard(went_on(&im, &o, &from), KOBJ_SA, &back), 0);
	assert_true(back.sa.oseq == 0xffffffff);
}

static void test_kobj_sa_goes_on_inbound(void **state)
{
	struct sa_replay from = { .oseq = 5, .seq = 0x200000005, .window = 64, .words = 2,
				  .bmp = { 0x12345678, 0x9abcdef0, 1 } };
	struct kobj o = kobjs_sa("192.0.2.1", 1);
	struct esn h;
	const uint32_t *bmp;
	struct nlmsghdr *nlh;
	struct image im;
	struct nl_attr a;
	size_t bytes;

	o.sa.esn = true;
	nlh = went_on(&im, &o, &from);
	h = esn_of(nlh, &bytes);
	assert_int_equal(h.seq, 5);
	assert_int_equal(h.seq_hi, 2);
	assert_int_equal(h.oseq, 0);
	wire_attr(nlh, SA_HEADER, XFRMA_REPLAY_ESN_VAL, &a);
	bmp = (const void *)(a.data + sizeof(h));
	assert_memory_equal(bmp, from.bmp, 8);
	/* In another window the bits mean other numbers: all are taken for seen. */
	o.sa.window = 96;
	nlh = went_on(&im, &o, &from);
	wire_attr(nlh, SA_HEADER, XFRMA_REPLAY_ESN_VAL, &a);
	bmp = (const void *)(a.data + sizeof(h));
	assert_true(bmp[0] == UINT32_MAX && bmp[1] == UINT32_MAX && bmp[2] == UINT32_MAX);
	o.sa.window = 63;		/* of as many words */
	nlh = went_on(&im, &o, &from);
	wire_attr(nlh, SA_HEADER, XFRMA_REPLAY_ESN_VAL, &a);
	bmp = (const void *)(a.data + sizeof(h));
	assert_true(bmp[0] == UINT32_MAX && bmp[1] == UINT32_MAX);
	o.sa.window = 64;
	from.words = 0;
	nlh = went_on(&im, &o, &from);
	wire_attr(nlh, SA_HEADER, XFRMA_REPLAY_ESN_VAL, &a);
	bmp = (const void *)(a.data + sizeof(h));
	assert_true(bmp[0] == UINT32_MAX && bmp[1] == UINT32_MAX);
	/* Nothing has come: nothing is seen. */
	from.seq = 0;
	nlh = went_on(&im, &o, &from);
	wire_attr(nlh, SA_HEADER, XFRMA_REPLAY_ESN_VAL, &a);
	bmp = (const void *)(a.data + sizeof(h));
	assert_true(!bmp[0] && !bmp[1]);
}

/* XFRM_MSG_DELSA as xfrm_notify_sa() makes it. */
static struct nlmsghdr *end_of(struct image *im, const struct kobj *o, const struct sa_replay *at)
{
	struct xfrm_usersa_id id = {};
	struct nlmsghdr *nlh, *as_new;
	struct nl_attrs rest;
	struct image other;

	as_new = went_on(&other, o, at);
	nlh = image_start(im, XFRM_MSG_DELSA, &id, sizeof(id));
	mnl_attr_put(nlh, XFRMA_SA, SA_HEADER, mnl_nlmsg_get_payload(as_new));
	rest = nl_attrs_of(as_new, SA_HEADER);
	memcpy(im->bytes + nlh->nlmsg_len, rest.p, rest.left);
	nlh->nlmsg_len += (uint32_t)rest.left;
	return nlh;
}

/* Of another SA, however little it differs. */
static void expect_end_of_none_other(const struct nlmsghdr *nlh, struct xi_sa_key key)
{
	struct xi_sa_key other[4] = { key, key, key, key };
	struct sa_replay at;
	size_t i;

	other[0].spi++;
	other[1].proto = IPPROTO_AH;
	other[2].family = AF_INET6;
	other[3].daddr[3]++;
	for (i = 0; i < 4; i++)
		assert_false(kobj_sa_read_replay(nlh, &other[i], &at));
}

static void test_kobj_sa_end_is_read(void **state)
{
	const struct sa_replay from = { .seq = 0x200000005, .window = 64, .words = 2,
					.bmp = { 0x12345678, 0x9abcdef0 } };
	struct kobj o = kobjs_sa("192.0.2.1", 1), out = kobjs_gcm("2001:db8::1", 2);
	struct sa_replay at = {};
	struct nlmsghdr *nlh;
	struct image im;

	o.sa.esn = true;
	nlh = end_of(&im, &o, &from);
	image_save(nlh, "sa-end");
	assert_true(kobj_sa_read_replay(nlh, &o.sa.key, &at));
	assert_true(at.seq == from.seq);
	assert_int_equal(at.window, 64);
	assert_int_equal(at.words, 2);
	assert_memory_equal(at.bmp, from.bmp, sizeof(at.bmp));
	expect_end_of_none_other(nlh, o.sa.key);
	nlh->nlmsg_type = XFRM_MSG_FLUSHSA;
	assert_false(kobj_sa_read_replay(nlh, &o.sa.key, &at));
	assert_true(kobj_sa_read_replay(end_of(&im, &out, NULL), &out.sa.key, &at));
	assert_true(at.oseq == out.sa.oseq);
	assert_true(kobj_sa_read_replay(wire_written(&im, KOBJ_NEW, &out), &out.sa.key, &at));
	assert_true(at.oseq == out.sa.oseq);
}

#define TEST(t)	cmocka_unit_test_setup_teardown(t, wire_setup, wire_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_kobj_sa_inbound_window),
		TEST(test_kobj_sa_outbound_window),
		TEST(test_kobj_sa_flags_and_direction),
		TEST(test_kobj_sa_algorithms),
		TEST(test_kobj_sa_goes_on_outbound),
		TEST(test_kobj_sa_goes_on_inbound),
		TEST(test_kobj_sa_end_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
