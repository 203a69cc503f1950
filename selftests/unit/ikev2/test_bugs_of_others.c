// SPDX-License-Identifier: Apache-2.0
/*
 * What broke other daemons, as far as it is in reading messages: for each the kind of input, what
 * it did there, and that here it is refused, bounded or harmless.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "selftests/lib/hex.h"
#include "selftests/lib/ike_again.h"
#include "user/ike/proposal.h"
#include "user/ikev2/fragment.h"
#include "user/ikev2/message.h"

static int again(uint8_t type, const char *hex)
{
	uint8_t in[512], out[512];
	struct wr w = wr_of(out, sizeof(out));

	return payload_again(type, span_of(in, hex_bytes(hex, in, sizeof(in))), &w, NULL);
}

/* A length below its own header: underflow, then an allocation of 4 GB. */
static void test_strongswan_2026_25075_length_below_the_header(void **state)
{
	char hex[64];
	int len;

	for (len = 0; len < 8; len++) {
		snprintf(hex, sizeof(hex), "0000%04x 01 01 00 00", len);
		assert_int_equal(again(PLD_SA, hex), -EBADMSG);
		snprintf(hex, sizeof(hex), "00000010 01 01 00 01 0000%04x 01 00 0003", len);
		assert_int_equal(again(PLD_SA, hex), -EBADMSG);
		snprintf(hex, sizeof(hex), "01000000 0700%04x 0000ffff 0a000000 0a0000ff", len);
		assert_int_equal(again(PLD_TSI, hex), -EBADMSG);
		snprintf(hex, sizeof(hex), "01 01 %04x 0100", len == 6 ? 0 : len);
		assert_int_equal(again(PLD_EAP, hex), -EBADMSG);
	}
}

/* TLVs of length 0: a loop that never ends. */
static void test_strongswan_2025_62291_tlvs_without_content(void **state)
{
	uint8_t buf[4096] = {};
	struct payload_walk w = payload_walk_of(span_of(buf, sizeof(buf)), PLD_VENDOR);
	struct payload p;

	buf[0] = PLD_VENDOR;
	assert_int_equal(payload_next(&w, &p, NULL), -EBADMSG);
	/* Attributes of no content do come to their end. */
	assert_int_equal(again(PLD_CP, "01000000 00*72"), 0);
	assert_int_equal(again(PLD_SA, "00000018 01 01 00 01 00000010 01 00 000c 0000 0000 0000 0000"), 0);
}

/* A value of key exchange of another size than its group's, copied to a buffer of that size. */
static void test_strongswan_2023_41913_size_of_key_exchange(void **state)
{
	static const uint8_t big[65000];
	struct pld_ke ke = { KE_ECP_256, span_of(big, sizeof(big)) };

	assert_false(pld_ke_fits(&ke, IKE_INITIATOR));
	ke.data.n = 65;
	assert_false(pld_ke_fits(&ke, IKE_INITIATOR));
	ke.data.n = 64;
	assert_true(pld_ke_fits(&ke, IKE_RESPONDER));
}

/* A fragment with more unknown payloads inside than the array has: an assertion. */
static void test_libreswan_2026_12413_unknown_payloads_in_fragments(void **state)
{
	struct fragment_budget budget = { .most = 1 << 20 };
	uint8_t plain[4 * (MSG_PAYLOADS_MAX + 1)] = {}, out[sizeof(plain)];
	struct message m = { .h = { .exchange = EX_INFORMATIONAL } };
	struct fragment_set set;
	struct span joined;
	uint8_t first;
	size_t i;

	for (i = 0; i <= MSG_PAYLOADS_MAX; i++) {
		plain[4 * i] = i < MSG_PAYLOADS_MAX ? 200 : 0;
		plain[4 * i + 3] = 4;
	}
	fragment_set_init(&set, &budget);
	for (i = 1; i <= 2; i++) {
		struct fragment f = fragment_get(span_of(plain, sizeof(plain)), 200, (uint16_t)i, 2);
		struct pld_sk sk = { .first = f.first, .number = f.number, .total = f.total };

		fragment_add(&set, 1, &sk, f.plain);
	}
	assert_true(fragment_join(&set, out, sizeof(out), &joined, &first));
	assert_int_equal(message_inner(&m, joined, first, NULL), -EBADMSG);
	/* One fewer is read, and skipped. */
	out[4 * (MSG_PAYLOADS_MAX - 1)] = 0;
	assert_int_equal(message_inner(&m, span_of(out, 4 * MSG_PAYLOADS_MAX), first, NULL), 0);
	assert_int_equal(m.skipped, MSG_PAYLOADS_MAX);
	fragment_clear(&set);
}

/* GMAC as IKE's cipher: keys of size 0. A proposal without a group: an assertion. */
static void test_libreswan_2024_3652_and_2016_5391_proposals_that_make_no_sense(void **state)
{
	static const uint16_t ciphers[] = { ENCR_NULL, ENCR_NULL_AUTH_AES_GMAC };
	struct proposals offer, got;
	size_t i;

	for (i = 0; i < 2; i++) {
		memset(&offer, 0, sizeof(offer));
		proposals_add(&offer, IKE_PROTO_IKE, 0, 0);
		proposals_add_transform(&offer, T_ENCR, ciphers[i], i ? 128 : 0);
		proposals_add_transform(&offer, T_PRF, PRF_HMAC_SHA2_256, 0);
		if (!i)
			proposals_add_transform(&offer, T_INTEG, INTEG_SHA2_256_128, 0);
		proposals_add_transform(&offer, T_KE, KE_MODP_2048, 0);
		assert_false(proposal_choose(&offer, &offer, PROPOSAL_IKE, &got, NULL));
	}
	memset(&offer, 0, sizeof(offer));
	proposals_add(&offer, IKE_PROTO_IKE, 0, 0);
	proposals_add_transform(&offer, T_ENCR, ENCR_AES_GCM_16, 256);
	proposals_add_transform(&offer, T_PRF, PRF_HMAC_SHA2_256, 0);
	assert_false(proposal_choose(&offer, &offer, PROPOSAL_IKE, &got, NULL));
}

/* REKEY_SA for protocol 0 or 1, echoed into the answer, which aborted while being built. */
static void test_libreswan_2023_38710_rekey_of_no_protocol(void **state)
{
	uint8_t buf[64];
	struct wr w = wr_of(buf, sizeof(buf));

	assert_int_equal(again(PLD_NOTIFY, "00 00 4009"), -EBADMSG);
	assert_int_equal(again(PLD_NOTIFY, "01 04 4009 00001000"), -EBADMSG);
	assert_int_equal(again(PLD_NOTIFY, "04 04 4009 00001000"), -EBADMSG);
	/* And a builder given nonsense says so, without an end to the process. */
	pld_notify_build(&w, &(struct pld_notify){ .type = N_REKEY_SA, .spi_len = 5 });
	assert_true(w.bad);
}

/* The same SPI twice in a Delete: freed twice. Here a list of numbers, whatever they are. */
static void test_libreswan_2023_38712_delete_twice(void **state)
{
	uint8_t buf[64];
	struct pld_delete d;

	assert_int_equal(pld_delete_parse(span_of(buf, hex_bytes("03040002 00001000 00001000", buf, 64)), &d, NULL), 0);
	assert_int_equal(pld_delete_spi(&d, 0), pld_delete_spi(&d, 1));
	assert_int_equal(again(PLD_DELETE, "03 04 ffff 00001000"), -EBADMSG);
}

/* Malformed traffic selectors: freed twice. Nothing is allocated for them here. */
static void test_libreswan_2023_23009_malformed_selectors(void **state)
{
	assert_int_equal(again(PLD_TSI, "02000000 07000010 0000ffff 0a000000 0a0000ff 0700"), -EBADMSG);
	assert_int_equal(again(PLD_TSI, "01000000 0700ffff 0000ffff 0a000000 0a0000ff"), -EBADMSG);
	assert_int_equal(again(PLD_TSI, "ff000000"), -EBADMSG);
}

/* A truncated algorithm in AUTH: an assertion. */
static void test_libreswan_2026_50721_truncated_algorithm(void **state)
{
	uint8_t body[64], out[64];
	size_t n = hex_bytes("0e000000 0f 300d06092a864886f70d01010b0500 aa*16", body, sizeof(body)), i;

	for (i = 0; i < 21; i++) {
		struct wr w = wr_of(out, sizeof(out));

		assert_int_equal(payload_again(PLD_AUTH, span_of(body, i), &w, NULL), -EBADMSG);
	}
	for (i = 0; i < 255; i++) {
		struct wr w = wr_of(out, sizeof(out));

		if (i == 15)
			continue;
		body[4] = (uint8_t)i;
		assert_int_equal(payload_again(PLD_AUTH, span_of(body, n), &w, NULL), -EBADMSG);
	}
}

/* EAP lengths that do not fit what is there: a read behind the end. */
static void test_openiked_f4cf5d1_eap_length(void **state)
{
	assert_int_equal(again(PLD_EAP, "01 01 0100 01"), -EBADMSG);
	assert_int_equal(again(PLD_EAP, "01 01 ffff 01"), -EBADMSG);
	assert_int_equal(again(PLD_EAP, "01 01 00"), -EBADMSG);
}

/* An SPI of 0 in an SA: used after free in the kernel (CVE-2025-39965). It never gets there. */
static void test_kernel_2025_39965_spi_0(void **state)
{
	uint8_t buf[64];
	struct proposals s;

	assert_int_equal(pld_sa_parse(span_of(buf, hex_bytes("0000000c 01 03 04 00 00000000", buf, 64)), &s, NULL), 0);
	assert_int_equal(s.n, 0);
	assert_int_equal(s.over, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strongswan_2026_25075_length_below_the_header),
		cmocka_unit_test(test_strongswan_2025_62291_tlvs_without_content),
		cmocka_unit_test(test_strongswan_2023_41913_size_of_key_exchange),
		cmocka_unit_test(test_libreswan_2026_12413_unknown_payloads_in_fragments),
		cmocka_unit_test(test_libreswan_2024_3652_and_2016_5391_proposals_that_make_no_sense),
		cmocka_unit_test(test_libreswan_2023_38710_rekey_of_no_protocol),
		cmocka_unit_test(test_libreswan_2023_38712_delete_twice),
		cmocka_unit_test(test_libreswan_2023_23009_malformed_selectors),
		cmocka_unit_test(test_libreswan_2026_50721_truncated_algorithm),
		cmocka_unit_test(test_openiked_f4cf5d1_eap_length),
		cmocka_unit_test(test_kernel_2025_39965_spi_0),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
