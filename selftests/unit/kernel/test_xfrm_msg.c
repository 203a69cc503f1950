// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "selftests/unit/kernel/image.h"
#include "user/kernel/xfrm_msg.h"

static void assert_addr(const struct addr *a, const char *want)
{
	char buf[ADDR_STR_MAX];

	assert_string_equal(addr_str(a, buf), want);
}

/* Every attribute that we read, and the ones that the kernel sends beside them. */
static struct nlmsghdr *image_full(struct image *im)
{
	struct xfrm_usersa_info p = image_sa_info(AF_INET);
	struct xfrm_encap_tmpl encap = { .encap_type = 2, .encap_sport = htons(4500),
					 .encap_dport = htons(40000) };
	struct xfrm_user_offload offload = { .ifindex = 3,
					     .flags = XFRM_OFFLOAD_INBOUND | XFRM_OFFLOAD_PACKET };
	struct xfrm_mark mark = { .v = 0x10, .m = 0xff };
	struct nlmsghdr *nlh;

	p.sel.family = AF_INET;
	inet_pton(AF_INET, "10.1.0.0", &p.sel.saddr);
	inet_pton(AF_INET, "10.2.0.0", &p.sel.daddr);
	p.sel.prefixlen_s = 16;
	p.sel.prefixlen_d = 24;
	p.sel.proto = IPPROTO_TCP;
	p.sel.dport = htons(443);
	p.sel.dport_mask = 0xffff;
	p.sel.sport = htons(99);	/* mask 0: any */
	p.lft = (struct xfrm_lifetime_cfg){ 1, 2, 3, 4, 5, 6, 7, 8 };
	p.curlft = (struct xfrm_lifetime_cur){ 1000, 10, 1700000000, 1700000001 };
	p.stats = (struct xfrm_stats){ 11, 12, 13 };
	p.flags = XFRM_STATE_ESN | XFRM_STATE_NOPMTUDISC;
	p.replay_window = 32;
	nlh = image_start(im, XFRM_MSG_NEWSA, &p, sizeof(p));
	image_put_alg(nlh, XFRMA_ALG_AUTH, "hmac(sha256)", 256, -1);
	image_put_alg(nlh, XFRMA_ALG_AUTH_TRUNC, "hmac(sha256)", 256, 128);
	image_put_alg(nlh, XFRMA_ALG_CRYPT, "cbc(aes)", 128, -1);
	image_put_alg(nlh, XFRMA_ALG_COMP, "deflate", 0, -1);
	mnl_attr_put(nlh, XFRMA_ENCAP, sizeof(encap), &encap);
	mnl_attr_put_u32(nlh, XFRMA_IF_ID, 42);
	mnl_attr_put(nlh, XFRMA_MARK, sizeof(mark), &mark);
	mnl_attr_put_u64(nlh, XFRMA_LASTUSED, 1700000002);
	image_put_esn(nlh, 4, 128, 0x100000002ULL, 0x300000004ULL);
	mnl_attr_put(nlh, XFRMA_OFFLOAD_DEV, sizeof(offload), &offload);
	mnl_attr_put_u8(nlh, XFRMA_SA_DIR, XFRM_SA_DIR_IN);
	return nlh;
}

static void test_xfrm_msg_sa_full(void **state)
{
	struct image im;
	struct nlmsghdr *nlh = image_full(&im);
	const uint8_t key_bytes[4] = { 0xa5, 0xa5, 0xa5, 0xa5 };
	struct sa_info sa;

	memset(&sa, 0xee, sizeof(sa));
	image_save(nlh, "sa-full");
	assert_int_equal(xfrm_msg_sa(nlh, &sa), 0);
	assert_int_equal(sa.key.spi, htonl(0x1234));
	assert_int_equal(sa.key.proto, IPPROTO_ESP);
	assert_int_equal(sa.key.family, AF_INET);
	assert_int_equal(sa.key.pad, 0);
	assert_memory_equal(sa.key.daddr, "\xc0\x00\x02\x01\0\0\0\0\0\0\0\0\0\0\0\0", 16);
	assert_addr(&sa.saddr, "198.51.100.1");
	assert_addr(&sa.sel.saddr, "10.1.0.0");
	assert_addr(&sa.sel.daddr, "10.2.0.0");
	assert_int_equal(sa.sel.splen, 16);
	assert_int_equal(sa.sel.dplen, 24);
	assert_int_equal(sa.sel.proto, IPPROTO_TCP);
	assert_int_equal(sa.sel.sport, 0);
	assert_int_equal(sa.sel.dport, 443);
	assert_int_equal(sa.reqid, 7);
	assert_int_equal(sa.if_id, 42);
	assert_int_equal(sa.mark, 0x10);
	assert_int_equal(sa.mark_mask, 0xff);
	assert_int_equal(sa.mode, XFRM_MODE_TUNNEL);
	assert_int_equal(sa.flags, XFRM_STATE_ESN | XFRM_STATE_NOPMTUDISC);
	assert_int_equal(sa.dir, SA_DIR_IN);
	assert_true(sa.esn);
	assert_true(sa.offload_packet);
	assert_int_equal(sa.replay_window, 128);
	assert_true(sa.replay_top == 0x300000004ULL);
	assert_true(sa.replay_oseq == 0x100000002ULL);
	assert_string_equal(sa.auth.name, "hmac(sha256)");
	assert_int_equal(sa.auth.key_bits, 256);
	assert_int_equal(sa.auth.icv_bits, 128);
	assert_string_equal(sa.enc.name, "cbc(aes)");
	assert_int_equal(sa.enc.key_bits, 128);
	assert_string_equal(sa.comp.name, "deflate");
	assert_string_equal(sa.aead.name, "");
	assert_int_equal(sa.encap_type, 2);
	assert_int_equal(sa.encap_sport, 4500);
	assert_int_equal(sa.encap_dport, 40000);
	assert_int_equal(sa.bytes, 1000);
	assert_int_equal(sa.packets, 10);
	assert_int_equal(sa.add_time, 1700000000);
	assert_int_equal(sa.use_time, 1700000001);
	assert_int_equal(sa.soft_byte_limit, 1);
	assert_int_equal(sa.hard_byte_limit, 2);
	assert_int_equal(sa.soft_packet_limit, 3);
	assert_int_equal(sa.hard_packet_limit, 4);
	assert_int_equal(sa.soft_add_expires, 5);
	assert_int_equal(sa.hard_add_expires, 6);
	assert_int_equal(sa.stat_replay_window, 11);
	assert_int_equal(sa.stat_replay, 12);
	assert_int_equal(sa.stat_integrity_failed, 13);
	/* Keys never leave the message. */
	assert_null(memmem(&sa, sizeof(sa), key_bytes, sizeof(key_bytes)));
}

static void test_xfrm_msg_sa_ipv6_aead(void **state)
{
	struct xfrm_usersa_info p = image_sa_info(AF_INET6);
	struct nlmsghdr *nlh;
	struct sa_info sa;
	struct image im;

	nlh = image_start(&im, XFRM_MSG_UPDSA, &p, sizeof(p));
	image_put_alg(nlh, XFRMA_ALG_AEAD, "rfc4106(gcm(aes))", 288, 128);
	mnl_attr_put_u8(nlh, XFRMA_SA_DIR, XFRM_SA_DIR_OUT);
	image_save(nlh, "sa-ipv6-aead");
	assert_int_equal(xfrm_msg_sa(nlh, &sa), 0);
	assert_int_equal(sa.key.family, AF_INET6);
	assert_int_equal(sa.key.daddr[15], 2);
	assert_addr(&sa.saddr, "2001:db8::1");
	assert_addr(&sa.sel.daddr, "-");		/* family 0: any */
	assert_string_equal(sa.aead.name, "rfc4106(gcm(aes))");
	assert_int_equal(sa.aead.key_bits, 288);
	assert_int_equal(sa.aead.icv_bits, 128);
	assert_int_equal(sa.dir, SA_DIR_OUT);
}

/* The truncated form says more, whichever comes first: copy_to_user_auth(). */
static void test_xfrm_msg_auth_has_two_forms(void **state)
{
	struct xfrm_usersa_info p = image_sa_info(AF_INET);
	struct nlmsghdr *nlh;
	struct sa_info sa;
	struct image im;

	nlh = image_start(&im, XFRM_MSG_NEWSA, &p, sizeof(p));
	image_put_alg(nlh, XFRMA_ALG_AUTH_TRUNC, "hmac(sha1)", 160, 96);
	image_put_alg(nlh, XFRMA_ALG_AUTH, "hmac(sha1)", 160, -1);
	assert_int_equal(xfrm_msg_sa(nlh, &sa), 0);
	assert_int_equal(sa.auth.icv_bits, 96);
	nlh = image_start(&im, XFRM_MSG_NEWSA, &p, sizeof(p));
	image_put_alg(nlh, XFRMA_ALG_AUTH, "hmac(sha1)", 160, -1);
	assert_int_equal(xfrm_msg_sa(nlh, &sa), 0);
	assert_int_equal(sa.auth.key_bits, 160);
	assert_int_equal(sa.auth.icv_bits, 0);
}

/* xfrm_address_t is a union: what stands behind an IPv4 address is not part of it. */
static void test_xfrm_msg_ipv4_is_four_bytes(void **state)
{
	struct xfrm_usersa_info p = image_sa_info(AF_INET);
	struct nlmsghdr *nlh;
	struct sa_info sa;
	struct image im;

	p.id.daddr.a6[1] = p.id.daddr.a6[3] = p.saddr.a6[2] = 0xffffffff;
	nlh = image_start(&im, XFRM_MSG_NEWSA, &p, sizeof(p));
	assert_int_equal(xfrm_msg_sa(nlh, &sa), 0);
	assert_memory_equal(sa.key.daddr, "\xc0\x00\x02\x01\0\0\0\0\0\0\0\0\0\0\0\0", 16);
	assert_memory_equal(sa.saddr.b, "\xc6\x33\x64\x01\0\0\0\0\0\0\0\0\0\0\0\0", 16);
}

/* The three modes of xfrm_init_replay(), and what there is without attributes. */
static const struct {
	const char *name;
	uint8_t	 flags, legacy_window;
	int	 bmp_len;		/* -1: no XFRMA_REPLAY_ESN_VAL */
	uint32_t esn_window;
	bool	 has_legacy;
	uint32_t window;
	uint64_t top, oseq;
	bool	 esn;
} modes[] = {
#define LO	0x100000000ULL
#define HI	0x300000000ULL
	{ "bare",	  0, 0,			       -1, 0,	  false, 0, 0, 0, false },
	{ "bare window",  0, 8,			       -1, 0,	  false, 8, 0, 0, false },
	{ "legacy",	  0, 32,		       -1, 0,	  true, 32, 9, 5, false },
	{ "legacy 255",	  0, 255,		       -1, 0,	  true, 32, 9, 5, false },
	{ "legacy off",	  0, 0,			       -1, 0,	  true, 0, 9, 5, false },
	{ "flag alone",	  XFRM_STATE_ESN, 32,	       -1, 0,	  true, 32, 9, 5, false },
	{ "bmp",	  0, 32,		       4, 128,	  false, 128, 0x4, 0x2, false },
	{ "bmp both",	  0, 32,		       4, 100,	  true, 100, 0x4, 0x2, false },
	{ "bmp off",	  0, 0,			       0, 0,	  false, 0, 0x4, 0x2, false },
	{ "esn",	  XFRM_STATE_ESN, 0,	       1, 32,	  false, 32, HI + 4, LO + 2, true },
	{ "esn 4096",	  XFRM_STATE_ESN, 32,	       128, 4096, false, 4096, HI + 4, LO + 2, true },
	{ "esn not full", XFRM_STATE_ESN, 32,	       2, 33,	  true, 33, HI + 4, LO + 2, true },
};

static void test_xfrm_msg_replay_modes(void **state)
{
	struct xfrm_usersa_info p;
	struct nlmsghdr *nlh;
	struct sa_info sa;
	struct image im;
	size_t i;

	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		p = image_sa_info(AF_INET);
		p.flags = modes[i].flags;
		p.replay_window = modes[i].legacy_window;
		nlh = image_start(&im, XFRM_MSG_NEWSA, &p, sizeof(p));
		if (modes[i].bmp_len >= 0)
			image_put_esn(nlh, (uint32_t)modes[i].bmp_len, modes[i].esn_window,
				      0x100000002ULL, 0x300000004ULL);
		if (modes[i].has_legacy)
			image_put_replay(nlh, 5, 9);
		if (xfrm_msg_sa(nlh, &sa) || sa.replay_window != modes[i].window ||
		    sa.replay_top != modes[i].top || sa.replay_oseq != modes[i].oseq ||
		    sa.esn != modes[i].esn)
			fail_msg("%s", modes[i].name);
		if (i == 3 || i == 10)
			image_save(nlh, i == 3 ? "sa-legacy" : "sa-esn-4096");
	}
}

/* Lengths that cannot be; words[] is what stands at the attribute's start, in 32-bit words. */
static const struct {
	const char *name;
	uint16_t type, len;
	struct { unsigned int at; uint32_t value; } word[2];
} bad[] = {
	{ "esn: no header",	   XFRMA_REPLAY_ESN_VAL, 23, {} },
	{ "esn: bitmap cut",	   XFRMA_REPLAY_ESN_VAL, 24 + 12, { { 0, 4 } } },
	{ "esn: bitmap cut by 1",  XFRMA_REPLAY_ESN_VAL, 24 + 15, { { 0, 4 } } },
	{ "esn: huge bitmap",	   XFRMA_REPLAY_ESN_VAL, 24, { { 0, 0x40000000 } } },
	{ "esn: window > bitmap",  XFRMA_REPLAY_ESN_VAL, 24 + 16, { { 0, 4 }, { 5, 129 } } },
	{ "esn: window, no bits",  XFRMA_REPLAY_ESN_VAL, 24, { { 5, 1 } } },
	{ "esn: product wraps",	   XFRMA_REPLAY_ESN_VAL, 24, { { 0, 0x08000000 }, { 5, 64 } } },
	{ "replay: short",	   XFRMA_REPLAY_VAL, 11, {} },
	{ "auth: short",	   XFRMA_ALG_AUTH, 67, {} },
	{ "auth: key cut",	   XFRMA_ALG_AUTH, 68 + 31, { { 16, 256 } } },
	{ "auth: key of 1 bit",	   XFRMA_ALG_AUTH, 68, { { 16, 1 } } },
	{ "auth: key wraps",	   XFRMA_ALG_AUTH, 68, { { 16, 0xffffffff } } },
	{ "crypt: key cut",	   XFRMA_ALG_CRYPT, 68 + 15, { { 16, 128 } } },
	{ "comp: short",	   XFRMA_ALG_COMP, 0, {} },
	{ "trunc: short",	   XFRMA_ALG_AUTH_TRUNC, 71, {} },
	{ "trunc: key cut",	   XFRMA_ALG_AUTH_TRUNC, 72 + 31, { { 16, 256 } } },
	{ "trunc: icv too large",  XFRMA_ALG_AUTH_TRUNC, 72, { { 17, 0x10000 } } },
	{ "aead: short",	   XFRMA_ALG_AEAD, 71, {} },
	{ "aead: key cut",	   XFRMA_ALG_AEAD, 72 + 35, { { 16, 288 } } },
	{ "encap: short",	   XFRMA_ENCAP, 23, {} },
	{ "mark: short",	   XFRMA_MARK, 7, {} },
	{ "if_id: short",	   XFRMA_IF_ID, 3, {} },
	{ "offload: short",	   XFRMA_OFFLOAD_DEV, 7, {} },
	{ "dir: empty",		   XFRMA_SA_DIR, 0, {} },
};

static void test_xfrm_msg_bad_lengths(void **state)
{
	struct xfrm_usersa_info p = image_sa_info(AF_INET);
	uint32_t words[64];
	struct nlmsghdr *nlh;
	struct sa_info sa;
	struct image im;
	size_t i, j;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		memset(words, 0, sizeof(words));
		for (j = 0; j < 2; j++)
			if (bad[i].word[j].value)
				words[bad[i].word[j].at] = bad[i].word[j].value;
		nlh = image_start(&im, XFRM_MSG_NEWSA, &p, sizeof(p));
		mnl_attr_put(nlh, bad[i].type, bad[i].len, words);
		if (xfrm_msg_sa(nlh, &sa) != -EBADMSG)
			fail_msg("%s", bad[i].name);
	}
}

static void test_xfrm_msg_name_must_end(void **state)
{
	struct xfrm_usersa_info p = image_sa_info(AF_INET);
	struct nlmsghdr *nlh;
	struct sa_info sa;
	struct image im;
	char name[65];

	memset(name, 'x', sizeof(name));
	name[64] = '\0';
	nlh = image_start(&im, XFRM_MSG_NEWSA, &p, sizeof(p));
	image_put_alg(nlh, XFRMA_ALG_CRYPT, name, 128, -1);
	assert_int_equal(xfrm_msg_sa(nlh, &sa), -EBADMSG);
	name[63] = '\0';
	nlh = image_start(&im, XFRM_MSG_NEWSA, &p, sizeof(p));
	image_put_alg(nlh, XFRMA_ALG_CRYPT, name, 128, -1);
	assert_int_equal(xfrm_msg_sa(nlh, &sa), 0);
	assert_int_equal(strlen(sa.enc.name), 63);
}

static void test_xfrm_msg_unknown_attributes_are_passed_over(void **state)
{
	struct xfrm_usersa_info p = image_sa_info(AF_INET);
	struct nlmsghdr *nlh = NULL;
	struct nlattr *nest;
	struct sa_info sa;
	struct image im;

	nlh = image_start(&im, XFRM_MSG_NEWSA, &p, sizeof(p));
	nest = mnl_attr_nest_start(nlh, 77);
	mnl_attr_put_u8(nlh, XFRMA_REPLAY_ESN_VAL, 1);	/* another number space */
	mnl_attr_nest_end(nlh, nest);
	mnl_attr_put(nlh, 78, 0, NULL);
	mnl_attr_put_u32(nlh, XFRMA_IF_ID, 3);
	image_save(nlh, "sa-unknown");
	assert_int_equal(xfrm_msg_sa(nlh, &sa), 0);
	assert_int_equal(sa.if_id, 3);
	assert_int_equal(sa.replay_window, 0);
}

static void test_xfrm_msg_families(void **state)
{
	static const uint16_t families[] = { 0, AF_UNIX, AF_PACKET, 0x0102, 0xffff };
	struct xfrm_usersa_info p = image_sa_info(AF_INET);
	struct sa_info sa;
	struct image im;
	size_t i;

	for (i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		p.family = families[i];
		assert_int_equal(xfrm_msg_sa(image_start(&im, XFRM_MSG_NEWSA, &p, sizeof(p)), &sa),
				 -EBADMSG);
	}
	/* A prefix that is too long is a matter of show commands alone. */
	p.family = p.sel.family = AF_INET;
	p.sel.prefixlen_d = 129;
	assert_int_equal(xfrm_msg_sa(image_start(&im, XFRM_MSG_NEWSA, &p, sizeof(p)), &sa), 0);
	assert_int_equal(sa.sel.dplen, 32);
}

/*
 * Cut at every byte, in memory that ends there (make SAN=1 watches): an error,
 * or what the attributes before the cut say.
 */
static void test_xfrm_msg_sa_cut_everywhere(void **state)
{
	struct image im;
	const struct nlmsghdr *nlh = image_full(&im);
	unsigned int good = 0;
	struct nlmsghdr *cut;
	struct sa_info sa;
	size_t len;
	int ret;

	for (len = sizeof(struct nlmsghdr); len <= nlh->nlmsg_len; len++) {
		cut = image_cut(nlh, len);
		ret = xfrm_msg_sa(cut, &sa);
		if (ret)
			assert_int_equal(ret, -EBADMSG);
		else
			good++;
		if (len < NLMSG_HDRLEN + sizeof(struct xfrm_usersa_info))
			assert_int_equal(ret, -EBADMSG);
		free(cut);
	}
	/* Behind the header and each of 11 attributes; up to three bytes more look like padding. */
	assert_in_range(good, 12, 12 * 4);
}

static struct nlmsghdr *image_delsa(struct image *im)
{
	struct xfrm_usersa_info p = image_sa_info(AF_INET);
	struct xfrm_usersa_id id = { .daddr = p.id.daddr, .spi = p.id.spi, .family = AF_INET,
				     .proto = IPPROTO_ESP };
	struct nlmsghdr *nlh;

	id.daddr.a6[3] = 0xffffffff;
	nlh = image_start(im, XFRM_MSG_DELSA, &id, sizeof(id));
	mnl_attr_put(nlh, XFRMA_SA, sizeof(p), &p);
	return nlh;
}

static struct nlmsghdr *image_expire(struct image *im, uint8_t hard)
{
	struct xfrm_user_expire x = { .state = image_sa_info(AF_INET6), .hard = hard };

	return image_start(im, XFRM_MSG_EXPIRE, &x, sizeof(x));
}

static void test_xfrm_msg_sa_gone(void **state)
{
	struct xi_sa_key key;
	struct nlmsghdr *nlh;
	struct image im;
	bool hard;

	nlh = image_delsa(&im);
	image_save(nlh, "delsa");
	hard = false;
	assert_int_equal(xfrm_msg_sa_gone(nlh, &key, &hard), 0);
	assert_true(hard);
	assert_int_equal(key.spi, htonl(0x1234));
	assert_int_equal(key.proto, IPPROTO_ESP);
	assert_memory_equal(key.daddr, "\xc0\x00\x02\x01\0\0\0\0\0\0\0\0\0\0\0\0", 16);

	nlh = image_expire(&im, 1);
	image_save(nlh, "expire");
	assert_int_equal(xfrm_msg_sa_gone(nlh, &key, &hard), 0);
	assert_true(hard);
	assert_int_equal(key.family, AF_INET6);
	assert_int_equal(key.daddr[15], 2);
	assert_int_equal(xfrm_msg_sa_gone(image_expire(&im, 0), &key, &hard), 0);
	assert_false(hard);
}

static void gone_cut_everywhere(const struct nlmsghdr *nlh, size_t header)
{
	struct xi_sa_key key;
	struct nlmsghdr *cut;
	size_t len;
	bool hard;

	for (len = sizeof(struct nlmsghdr); len <= nlh->nlmsg_len; len++) {
		cut = image_cut(nlh, len);
		assert_int_equal(xfrm_msg_sa_gone(cut, &key, &hard),
				 len < NLMSG_HDRLEN + header ? -EBADMSG : 0);
		free(cut);
	}
}

static void test_xfrm_msg_sa_gone_cut_everywhere(void **state)
{
	struct image im;

	gone_cut_everywhere(image_delsa(&im), sizeof(struct xfrm_usersa_id));
	gone_cut_everywhere(image_expire(&im, 1), sizeof(struct xfrm_user_expire));
}

static struct nlmsghdr *image_policy(struct image *im, unsigned int ntmpl, size_t tmpl_bytes)
{
	struct xfrm_userpolicy_info p = { .index = 0x51, .priority = 100, .dir = XFRM_POLICY_OUT,
					  .action = XFRM_POLICY_ALLOW };
	struct xfrm_user_tmpl t[8] = {};
	struct nlmsghdr *nlh;
	unsigned int i;

	p.sel.family = AF_INET6;
	p.sel.prefixlen_d = 64;
	inet_pton(AF_INET6, "2001:db8:2::", &p.sel.daddr);
	for (i = 0; i < ntmpl; i++) {
		t[i].id.spi = htonl(0x100 + i);
		t[i].id.proto = IPPROTO_ESP;
		t[i].family = AF_INET;
		inet_pton(AF_INET, "192.0.2.1", &t[i].id.daddr);
		inet_pton(AF_INET, "198.51.100.1", &t[i].saddr);
		t[i].reqid = i + 1;
		t[i].mode = XFRM_MODE_TUNNEL;
	}
	nlh = image_start(im, XFRM_MSG_NEWPOLICY, &p, sizeof(p));
	mnl_attr_put(nlh, XFRMA_TMPL, tmpl_bytes ? tmpl_bytes : ntmpl * sizeof(t[0]), t);
	mnl_attr_put_u32(nlh, XFRMA_IF_ID, 9);
	return nlh;
}

static void test_xfrm_msg_policy(void **state)
{
	struct policy_info pol;
	struct nlmsghdr *nlh;
	struct image im;

	nlh = image_policy(&im, 2, 0);
	image_save(nlh, "policy");
	assert_int_equal(xfrm_msg_policy(nlh, &pol), 0);
	assert_int_equal(pol.index, 0x51);
	assert_int_equal(pol.priority, 100);
	assert_int_equal(pol.if_id, 9);
	assert_int_equal(pol.dir, XFRM_POLICY_OUT);
	assert_int_equal(pol.action, XFRM_POLICY_ALLOW);
	assert_addr(&pol.sel.daddr, "2001:db8:2::");
	assert_int_equal(pol.sel.dplen, 64);
	assert_int_equal(pol.ntmpl, 2);
	assert_addr(&pol.tmpl[1].daddr, "192.0.2.1");
	assert_addr(&pol.tmpl[1].saddr, "198.51.100.1");
	assert_int_equal(pol.tmpl[1].spi, 0x101);
	assert_int_equal(pol.tmpl[1].reqid, 2);
	assert_int_equal(pol.tmpl[1].proto, IPPROTO_ESP);
	assert_int_equal(pol.tmpl[1].mode, XFRM_MODE_TUNNEL);
}

static void test_xfrm_msg_policy_templates(void **state)
{
	struct policy_info pol;
	struct image im;

	assert_int_equal(xfrm_msg_policy(image_policy(&im, 0, 0), &pol), 0);
	assert_int_equal(pol.ntmpl, 0);
	assert_int_equal(xfrm_msg_policy(image_policy(&im, 6, 0), &pol), 0);	/* XFRM_MAX_DEPTH */
	assert_int_equal(pol.ntmpl, 4);
	assert_int_equal(xfrm_msg_policy(image_policy(&im, 1, 63), &pol), -EBADMSG);
	assert_int_equal(xfrm_msg_policy(image_policy(&im, 2, 100), &pol), -EBADMSG);
}

static void test_xfrm_msg_policy_cut_everywhere(void **state)
{
	struct image im;
	const struct nlmsghdr *nlh = image_policy(&im, 2, 0);
	struct policy_info pol;
	struct nlmsghdr *cut;
	size_t len;
	int ret;

	for (len = sizeof(struct nlmsghdr); len <= nlh->nlmsg_len; len++) {
		cut = image_cut(nlh, len);
		ret = xfrm_msg_policy(cut, &pol);
		assert_true(ret == 0 || ret == -EBADMSG);
		if (len < NLMSG_HDRLEN + sizeof(struct xfrm_userpolicy_info))
			assert_int_equal(ret, -EBADMSG);
		free(cut);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_xfrm_msg_sa_full),
		cmocka_unit_test(test_xfrm_msg_sa_ipv6_aead),
		cmocka_unit_test(test_xfrm_msg_auth_has_two_forms),
		cmocka_unit_test(test_xfrm_msg_ipv4_is_four_bytes),
		cmocka_unit_test(test_xfrm_msg_replay_modes),
		cmocka_unit_test(test_xfrm_msg_bad_lengths),
		cmocka_unit_test(test_xfrm_msg_name_must_end),
		cmocka_unit_test(test_xfrm_msg_unknown_attributes_are_passed_over),
		cmocka_unit_test(test_xfrm_msg_families),
		cmocka_unit_test(test_xfrm_msg_sa_cut_everywhere),
		cmocka_unit_test(test_xfrm_msg_sa_gone),
		cmocka_unit_test(test_xfrm_msg_sa_gone_cut_everywhere),
		cmocka_unit_test(test_xfrm_msg_policy),
		cmocka_unit_test(test_xfrm_msg_policy_templates),
		cmocka_unit_test(test_xfrm_msg_policy_cut_everywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
