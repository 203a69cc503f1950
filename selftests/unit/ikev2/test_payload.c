// SPDX-License-Identifier: Apache-2.0
/*
 * Payloads, each by a table: what is good comes back byte for byte, what is not is refused.
 * Then every good one with each of its bytes changed, cut and prolonged: no crash, and what is
 * still taken means the same after a round trip.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "selftests/lib/hex.h"
#include "selftests/lib/ike_again.h"

enum { BAD, SAME, OTHER };	/* OTHER: taken, but we would not write it so */

#define CBC	"0300000c 01 00 000c 800e 0080 "	/* ENCR_AES_CBC-128, more follow */
#define PRF	"03000008 02 00 0005 "
#define INT	"03000008 03 00 000c "
#define G14	"00000008 04 00 000e "			/* the last one */

// clang-format off
static const struct {
	uint8_t type;
	int want;
	const char *name, *hex;
} rows[] = {
	{ PLD_SA, SAME, "IKE", "0000002c 01 01 00 04" CBC PRF INT G14 },
	{ PLD_SA, SAME, "IKE rekey", "00000034 01 01 08 04 0102030405060708" CBC PRF INT G14 },
	{ PLD_SA, SAME, "ESP twice", "02000020 01 03 04 02 00001000 0300000c 01 00 0014 800e 0100 00000008 05 00 0000 "
				     "00000014 02 03 04 01 00001001 00000008 01 00 0003" },
	{ PLD_SA, SAME, "an answer's number", "0000002c 05 01 00 04" CBC PRF INT G14 },
	{ PLD_SA, SAME, "no transform", "00000008 01 01 00 00" },
	{ PLD_SA, OTHER, "reserved bytes", "00ff0014 01 01 00 01 00ff000c 01 ff 000c 800e 0080" },
	{ PLD_SA, OTHER, "unknown protocol", "0000000a 01 09 02 00 aaaa" },
	{ PLD_SA, BAD, "nothing", "" },
	{ PLD_SA, BAD, "proposal's length 0", "00000000 01 01 00 00" },
	{ PLD_SA, BAD, "proposal's length 7", "00000007 01 01 00 00" },
	{ PLD_SA, BAD, "proposal's length one more", "00000009 01 01 00 00" },
	{ PLD_SA, BAD, "proposal's length one less", "0000002b 01 01 00 04" CBC PRF INT G14 },
	{ PLD_SA, BAD, "proposal's length 65535", "0000ffff 01 01 00 04" CBC PRF INT G14 },
	{ PLD_SA, BAD, "says that more follow", "0200002c 01 01 00 04" CBC PRF INT G14 },
	{ PLD_SA, BAD, "says that none follows", "00000008 01 01 00 00 00000008 02 01 00 00" },
	{ PLD_SA, BAD, "marked 1", "0100002c 01 01 00 04" CBC PRF INT G14 },
	{ PLD_SA, BAD, "one transform fewer than said", "0000002c 01 01 00 05" CBC PRF INT G14 },
	{ PLD_SA, BAD, "one more than said", "0000002c 01 01 00 03" CBC PRF INT G14 },
	{ PLD_SA, BAD, "more than 0 said", "0000002c 01 01 00 00" CBC PRF INT G14 },
	{ PLD_SA, BAD, "numbers start at 2", "02000008 02 01 00 00 00000008 03 01 00 00" },
	{ PLD_SA, BAD, "numbers stay", "02000008 01 01 00 00 00000008 01 01 00 00" },
	{ PLD_SA, BAD, "numbers jump", "02000008 01 01 00 00 00000008 03 01 00 00" },
	{ PLD_SA, BAD, "SPI of 4 for IKE", "0000000c 01 01 04 00 00001000" },
	{ PLD_SA, BAD, "SPI of 0 for ESP", "00000008 01 03 00 00" },
	{ PLD_SA, BAD, "SPI of 8 for ESP", "00000010 01 03 08 00 0000100000001000" },
	{ PLD_SA, BAD, "SPI longer than the proposal", "0000000a 01 03 04 00 0000" },
	{ PLD_SA, BAD, "SPI of 255", "00000008 01 07 ff 00" },
	{ PLD_SA, BAD, "transform's length 0", "00000010 01 01 00 01 00000000 01 00 000c" },
	{ PLD_SA, BAD, "transform's length 7", "00000010 01 01 00 01 00000007 01 00 000c" },
	{ PLD_SA, BAD, "transform's length one more", "00000010 01 01 00 01 00000009 01 00 000c" },
	{ PLD_SA, BAD, "the last transform says more", "00000010 01 01 00 01 03000008 01 00 000c" },
	{ PLD_SA, BAD, "the first says last", "00000018 01 01 00 02 00000008 01 00 0003 00000008 02 00 0002" },
	{ PLD_SA, BAD, "attribute cut", "00000012 01 01 00 01 0000000a 01 00 000c 800e" },
	{ PLD_SA, BAD, "attribute of 1 byte", "00000011 01 01 00 01 00000009 01 00 000c 80" },
	{ PLD_SA, BAD, "attribute longer than its transform", "00000016 01 01 00 01 0000000e 01 00 000c 000e 0003 0080" },

	{ PLD_KE, SAME, "X25519", "001f 0000 aa*32" },
	{ PLD_KE, SAME, "unknown group", "ffff 0000 00" },
	{ PLD_KE, OTHER, "reserved", "001f ffff aa*32" },
	{ PLD_KE, BAD, "no data", "001f 0000" },
	{ PLD_KE, BAD, "short", "001f 00" },
	{ PLD_KE, BAD, "nothing", "" },

	{ PLD_NONCE, BAD, "15", "aa*15" },
	{ PLD_NONCE, SAME, "16", "aa*16" },
	{ PLD_NONCE, SAME, "256", "aa*256" },
	{ PLD_NONCE, BAD, "257", "aa*257" },
	{ PLD_NONCE, BAD, "nothing", "" },

	{ PLD_IDI, SAME, "IPv4", "01 000000 c0000201" },
	{ PLD_IDR, SAME, "FQDN", "02 000000 67772e65" },
	{ PLD_IDI, OTHER, "reserved", "02 ffffff 67772e65" },
	{ PLD_IDI, SAME, "unknown type", "c8 000000 00" },
	{ PLD_IDI, BAD, "IPv4 of 3", "01 000000 c00002" },
	{ PLD_IDI, BAD, "FQDN with NUL", "02 000000 677700" },
	{ PLD_IDI, BAD, "short", "01 0000" },
	{ PLD_IDI, BAD, "nothing", "" },

	{ PLD_CERT, SAME, "X.509", "04 30*40" },
	{ PLD_CERT, SAME, "unknown encoding", "c8 00" },
	{ PLD_CERT, BAD, "no data", "04" },
	{ PLD_CERT, BAD, "nothing", "" },

	{ PLD_CERTREQ, SAME, "any CA", "04" },
	{ PLD_CERTREQ, SAME, "two CAs", "04 aa*40" },
	{ PLD_CERTREQ, BAD, "one and a half", "04 aa*30" },
	{ PLD_CERTREQ, SAME, "other encodings have their own", "01 aa*30" },
	{ PLD_CERTREQ, BAD, "nothing", "" },

	{ PLD_AUTH, SAME, "PSK", "02 000000 aa*32" },
	{ PLD_AUTH, SAME, "RFC 7427, no parameters", "0e 000000 0c 300a06082a8648ce3d040302 aa*70" },
	{ PLD_AUTH, SAME, "RFC 7427, parameters", "0e 000000 0f 300d06092a864886f70d01010b0500 aa*256" },
	{ PLD_AUTH, OTHER, "reserved", "02 010203 aa*32" },
	{ PLD_AUTH, BAD, "no data", "02 000000" },
	{ PLD_AUTH, BAD, "short", "02 0000" },
	{ PLD_AUTH, BAD, "nothing", "" },
	{ PLD_AUTH, BAD, "RFC 7427, no algorithm", "0e 000000" },
	{ PLD_AUTH, BAD, "algorithm of length 0", "0e 000000 00 aa*70" },
	{ PLD_AUTH, BAD, "algorithm one shorter", "0e 000000 0b 300a06082a8648ce3d040302 aa*70" },
	{ PLD_AUTH, BAD, "algorithm one longer", "0e 000000 0d 300a06082a8648ce3d040302 aa*70" },
	{ PLD_AUTH, BAD, "algorithm longer than the payload", "0e 000000 ff 300a06082a8648ce3d040302" },
	{ PLD_AUTH, BAD, "algorithm's inner length", "0e 000000 0c 300906082a8648ce3d040302 aa*70" },
	{ PLD_AUTH, BAD, "no OID", "0e 000000 02 3000 aa*70" },
	{ PLD_AUTH, BAD, "no signature", "0e 000000 0c 300a06082a8648ce3d040302" },

	{ PLD_NOTIFY, SAME, "INITIAL_CONTACT", "00 00 4000" },
	{ PLD_NOTIFY, SAME, "as old peers send it", "01 00 4000" },
	{ PLD_NOTIFY, SAME, "unknown", "00 00 ffff aa*9" },
	{ PLD_NOTIFY, SAME, "COOKIE of 1", "00 00 4006 aa" },
	{ PLD_NOTIFY, SAME, "COOKIE of 64", "00 00 4006 aa*64" },
	{ PLD_NOTIFY, BAD, "COOKIE of 65", "00 00 4006 aa*65" },
	{ PLD_NOTIFY, BAD, "COOKIE of 0", "00 00 4006" },
	{ PLD_NOTIFY, SAME, "NAT detection", "00 00 4004 aa*20" },
	{ PLD_NOTIFY, BAD, "NAT detection of 19", "00 00 4004 aa*19" },
	{ PLD_NOTIFY, BAD, "NAT detection of 21", "00 00 4005 aa*21" },
	{ PLD_NOTIFY, SAME, "REKEY_SA", "03 04 4009 00001000" },
	{ PLD_NOTIFY, BAD, "REKEY_SA for nothing", "00 00 4009" },
	{ PLD_NOTIFY, BAD, "REKEY_SA without SPI", "03 00 4009" },
	{ PLD_NOTIFY, BAD, "REKEY_SA for IKE", "01 04 4009 00001000" },
	{ PLD_NOTIFY, BAD, "REKEY_SA with an SPI of 8", "03 08 4009 0000100000001000" },
	{ PLD_NOTIFY, SAME, "INVALID_KE_PAYLOAD", "00 00 0011 000e" },
	{ PLD_NOTIFY, BAD, "INVALID_KE_PAYLOAD of 1", "00 00 0011 0e" },
	{ PLD_NOTIFY, BAD, "odd hash algorithms", "00 00 402f 000200" },
	{ PLD_NOTIFY, SAME, "hash algorithms", "00 00 402f 00020003" },
	{ PLD_NOTIFY, BAD, "QCD token of 15", "00 00 4023 aa*15" },
	{ PLD_NOTIFY, SAME, "QCD token of 16", "00 00 4023 aa*16" },
	{ PLD_NOTIFY, BAD, "message IDs of 11", "00 00 4026 aa*11" },
	{ PLD_NOTIFY, SAME, "SPI of IKE", "01 08 0004 0102030405060708" },
	{ PLD_NOTIFY, BAD, "SPI of 3", "03 03 2c00 010203" },
	{ PLD_NOTIFY, BAD, "SPI longer than the payload", "03 04 4009 000010" },
	{ PLD_NOTIFY, BAD, "SPI of 255", "03 ff 4009 00001000" },
	{ PLD_NOTIFY, BAD, "short", "00 00 40" },
	{ PLD_NOTIFY, BAD, "nothing", "" },

	{ PLD_DELETE, SAME, "the IKE SA", "01 00 0000" },
	{ PLD_DELETE, OTHER, "the IKE SA, counted", "01 00 0001" },
	{ PLD_DELETE, BAD, "the IKE SA with an SPI", "01 08 0001 0102030405060708" },
	{ PLD_DELETE, SAME, "two of ESP", "03 04 0002 00001000 00001001" },
	{ PLD_DELETE, SAME, "none of AH", "02 04 0000" },
	{ PLD_DELETE, BAD, "one fewer than said", "03 04 0003 00001000 00001001" },
	{ PLD_DELETE, BAD, "one more", "03 04 0001 00001000 00001001" },
	{ PLD_DELETE, BAD, "65535 said", "03 04 ffff 00001000" },
	{ PLD_DELETE, BAD, "of 8 bytes", "03 08 0001 0000100000001000" },
	{ PLD_DELETE, BAD, "of 0 bytes", "03 00 ffff" },
	{ PLD_DELETE, BAD, "no protocol", "00 04 0001 00001000" },
	{ PLD_DELETE, BAD, "unknown protocol", "04 04 0001 00001000" },
	{ PLD_DELETE, BAD, "short", "03 04 00" },

	{ PLD_TSI, SAME, "IPv4", "01 000000 07 00 0010 0000 ffff 0a010000 0a0100ff" },
	{ PLD_TSR, SAME, "IPv6, TCP 443", "01 000000 08 06 0028 01bb 01bb 20010db8 00*12 20010db8 ff*12" },
	{ PLD_TSI, SAME, "OPAQUE", "01 000000 07 06 0010 ffff 0000 0a010000 0a0100ff" },
	{ PLD_TSI, SAME, "two", "02 000000 07 00 0010 0000 ffff 0a010000 0a0100ff 07 11 0010 0035 0035 0a010000 0a010000" },
	{ PLD_TSI, OTHER, "reserved", "01 ff0000 07 00 0010 0000 ffff 0a010000 0a0100ff" },
	{ PLD_TSI, OTHER, "unknown type skipped", "02 000000 0a 00 0008 00000001 07 00 0010 0000 ffff 0a010000 0a0100ff" },
	{ PLD_TSI, BAD, "none", "00 000000" },
	{ PLD_TSI, BAD, "one fewer than said", "02 000000 07 00 0010 0000 ffff 0a010000 0a0100ff" },
	{ PLD_TSI, BAD, "one more", "01 000000 07 00 0010 0000 ffff 0a010000 0a0100ff 07 00 0010 0000 ffff 0a010000 0a0100ff" },
	{ PLD_TSI, BAD, "length 0", "01 000000 07 00 0000 0000 ffff 0a010000 0a0100ff" },
	{ PLD_TSI, BAD, "length 7", "01 000000 0a 00 0007 000000" },
	{ PLD_TSI, BAD, "length one less", "01 000000 07 00 000f 0000 ffff 0a010000 0a0100" },
	{ PLD_TSI, BAD, "length one more", "01 000000 07 00 0011 0000 ffff 0a010000 0a0100ff 00" },
	{ PLD_TSI, BAD, "IPv6 in the size of IPv4", "01 000000 08 00 0010 0000 ffff 0a010000 0a0100ff" },
	{ PLD_TSI, BAD, "ends before it starts", "01 000000 07 00 0010 0000 ffff 0a010100 0a0100ff" },
	{ PLD_TSI, BAD, "ports end before they start", "01 000000 07 06 0010 0051 0050 0a010000 0a0100ff" },
	{ PLD_TSI, BAD, "nothing", "" },

	{ PLD_CP, SAME, "request", "01 000000 0001 0000 0003 0000" },
	{ PLD_CP, SAME, "reply", "02 000000 0001 0004 0a000001 0008 0011 20010db8 00*12 40 0019 0003 612e62" },
	{ PLD_CP, SAME, "empty", "04 000000" },
	{ PLD_CP, OTHER, "reserved bit", "01 000000 8001 0000" },
	{ PLD_CP, BAD, "address of 3", "02 000000 0001 0003 0a0000" },
	{ PLD_CP, BAD, "subnet of 4", "02 000000 000d 0004 0a000000" },
	{ PLD_CP, BAD, "address of IPv6 of 15", "02 000000 0008 000f aa*15" },
	{ PLD_CP, BAD, "longer than the payload", "02 000000 0001 0004 0a0000" },
	{ PLD_CP, BAD, "attribute cut", "02 000000 0001 00" },
	{ PLD_CP, BAD, "short", "02 0000" },

	{ PLD_EAP, SAME, "identity", "01 01 0005 01" },
	{ PLD_EAP, SAME, "response", "02 01 0008 01 616263" },
	{ PLD_EAP, SAME, "success", "03 01 0004" },
	{ PLD_EAP, BAD, "success with more", "03 01 0005 00" },
	{ PLD_EAP, BAD, "request without a type", "01 01 0004" },
	{ PLD_EAP, BAD, "length one less", "01 01 0004 01" },
	{ PLD_EAP, BAD, "length one more", "01 01 0006 01" },
	{ PLD_EAP, BAD, "length 0", "01 01 0000 01" },
	{ PLD_EAP, BAD, "code 0", "00 01 0005 01" },
	{ PLD_EAP, BAD, "code 5", "05 01 0005 01" },
	{ PLD_EAP, BAD, "nothing", "" },
};
// clang-format on

#define ROWS	(sizeof(rows) / sizeof(rows[0]))

static void test_tables(void **state)
{
	size_t i;

	for (i = 0; i < ROWS; i++) {
		uint8_t in[512], out[1024];
		size_t n = hex_bytes(rows[i].hex, in, sizeof(in));
		struct wr w = wr_of(out, sizeof(out));
		struct err e = {};
		int rc = payload_again(rows[i].type, span_of(in, n), &w, &e);
		int got = rc ? BAD : w.n == n && !memcmp(in, out, n) ? SAME : OTHER;

		if (got != rows[i].want || w.bad)
			fail_msg("%s, %s: %d (%s)", payload_name(rows[i].type), rows[i].name, rc, e.text);
		if (rc && (rc != -EBADMSG || e.code != rc || !e.text[0]))
			fail_msg("%s, %s: %d without a reason", payload_name(rows[i].type), rows[i].name, rc);
	}
}

/* What is taken means the same once written and read. */
static void check_stable(uint8_t type, const uint8_t *in, size_t n)
{
	uint8_t once[2048], twice[2048];
	uint8_t *exact = malloc(n ? n : 1);
	struct wr w = wr_of(once, sizeof(once)), w2 = wr_of(twice, sizeof(twice));

	/* A buffer of its own size, so that the sanitizer sees a byte too far. */
	memcpy(exact, in, n);
	if (!payload_again(type, span_of(exact, n), &w, NULL) && !w.bad && w.n) {
		/* All that is left of an SA or TS of unknown things may be nothing. */
		if (!payload_again(type, wr_since(&w, 0), &w2, NULL)) {
			assert_int_equal(w.n, w2.n);
			assert_memory_equal(once, twice, w.n);
		} else {
			assert_true(type == PLD_SA || type == PLD_TSI || type == PLD_TSR);
		}
	}
	free(exact);
}

static void test_each_byte_changed(void **state)
{
	static const uint8_t values[] = { 0, 1, 2, 3, 7, 8, 0x7f, 0x80, 0xff };
	size_t i, at, v;

	for (i = 0; i < ROWS; i++) {
		uint8_t in[512];
		size_t n = hex_bytes(rows[i].hex, in, sizeof(in));

		for (at = 0; at < n; at++) {
			uint8_t was = in[at];

			for (v = 0; v < sizeof(values); v++) {
				in[at] = values[v];
				check_stable(rows[i].type, in, n);
			}
			in[at] = (uint8_t)(was - 1);
			check_stable(rows[i].type, in, n);
			in[at] = (uint8_t)(was + 1);
			check_stable(rows[i].type, in, n);
			in[at] = was;
		}
	}
}

static void test_cut_and_prolonged(void **state)
{
	size_t i, n;

	for (i = 0; i < ROWS; i++) {
		uint8_t in[516] = {};
		size_t whole = hex_bytes(rows[i].hex, in, sizeof(in) - 4);

		for (n = 0; n <= whole + 4; n++)
			check_stable(rows[i].type, in, n);
	}
}

/* --- what the tables cannot say ------------------------------------------------------------- */

static size_t esp_proposals(uint8_t *buf, size_t cap, unsigned int proposals, unsigned int transforms)
{
	struct wr w = wr_of(buf, cap);
	unsigned int i, j;

	for (i = 0; i < proposals; i++) {
		wr_u8(&w, i + 1 < proposals ? 2 : 0);
		wr_u8(&w, 0);
		wr_u16(&w, (uint16_t)(12 + 8 * transforms));
		wr_u8(&w, (uint8_t)(i + 1));
		wr_u8(&w, IKE_PROTO_ESP);
		wr_u8(&w, 4);
		wr_u8(&w, (uint8_t)transforms);
		wr_u32(&w, 0x1000 + i);
		for (j = 0; j < transforms; j++) {
			wr_u8(&w, j + 1 < transforms ? 3 : 0);
			wr_u8(&w, 0);
			wr_u16(&w, 8);
			wr_u8(&w, T_ENCR);
			wr_u8(&w, 0);
			wr_u16(&w, (uint16_t)j);
		}
	}
	assert_false(w.bad);
	return w.n;
}

static void test_caps_of_proposals(void **state)
{
	static uint8_t buf[65536];
	static const struct { unsigned int proposals, transforms, kept, pool, over; } at[] = {
		{ PROPOSALS_MAX, 1, PROPOSALS_MAX, PROPOSALS_MAX, 0 },
		{ PROPOSALS_MAX + 1, 1, PROPOSALS_MAX, PROPOSALS_MAX, 1 },
		{ 255, 1, PROPOSALS_MAX, PROPOSALS_MAX, 255 - PROPOSALS_MAX },
		{ 2, TRANSFORMS_MAX / 2, 2, TRANSFORMS_MAX, 0 },
		{ 3, TRANSFORMS_MAX / 2, 2, TRANSFORMS_MAX, 1 },
		{ 1, 255, 1, 255, 0 },
		/* No part of one: it would be another proposal. */
		{ 2, 255, 1, 255, 1 },
	};
	struct proposals s;
	size_t i;

	for (i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		size_t n = esp_proposals(buf, sizeof(buf), at[i].proposals, at[i].transforms);

		assert_int_equal(pld_sa_parse(span_of(buf, n), &s, NULL), 0);
		assert_int_equal(s.n, at[i].kept);
		assert_int_equal(s.nt, at[i].pool);
		assert_int_equal(s.over, at[i].over);
	}
	/* A proposal behind one without room is still looked at. */
	i = esp_proposals(buf, sizeof(buf), 40, 1);
	buf[i - 5] = 1;
	assert_int_equal(pld_sa_parse(span_of(buf, i), &s, NULL), -EBADMSG);
}

static void test_reserved_spis_are_left_out(void **state)
{
	static const struct { const char *spi; bool kept; } at[] = {
		{ "00000000", false }, { "000000ff", false }, { "00000100", true }, { "ffffffff", true },
	};
	struct proposals s;
	size_t i;

	for (i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		char hex[64] = "0000000c 01 03 04 00 ";
		uint8_t buf[64];

		strcat(hex, at[i].spi);
		assert_int_equal(pld_sa_parse(span_of(buf, hex_bytes(hex, buf, sizeof(buf))), &s, NULL), 0);
		assert_int_equal(s.n, at[i].kept);
		assert_int_equal(s.over, !at[i].kept);
	}
}

static void test_attributes(void **state)
{
	static const struct { const char *attrs; uint16_t keylen; uint8_t flags; } at[] = {
		{ "800e 0080", 128, 0 },
		{ "", 0, 0 },
		{ "800e 0000", 0, TF_ATTR },
		{ "800e 0080 800e 0100", 128, TF_ATTR },
		{ "000e 0002 0080", 0, TF_ATTR },
		{ "000e 0000", 0, TF_ATTR },
		{ "8011 0001", 0, TF_ATTR },
		{ "8011 0001 800e 0080", 128, TF_ATTR },
	};
	struct proposals s;
	size_t i;

	for (i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		uint8_t buf[64], attrs[32];
		size_t n = hex_bytes(at[i].attrs, attrs, sizeof(attrs));
		struct wr w = wr_of(buf, sizeof(buf));

		wr_u32(&w, (uint32_t)(16 + n));
		wr_u32(&w, 0x01010001);
		wr_u32(&w, (uint32_t)(8 + n));
		wr_u32(&w, 0x0100000c);
		wr_span(&w, span_of(attrs, n));
		assert_int_equal(pld_sa_parse(wr_since(&w, 0), &s, NULL), 0);
		assert_int_equal(s.t[0].keylen, at[i].keylen);
		assert_int_equal(s.t[0].flags, at[i].flags);
	}
}

static void test_sizes_of_key_exchange(void **state)
{
	static const struct { uint16_t method; size_t i, r; } at[] = {
		{ 14, 256, 256 }, { 16, 512, 512 }, { 19, 64, 64 }, { 20, 96, 96 }, { 21, 132, 132 },
		{ 31, 32, 32 }, { 32, 56, 56 }, { 36, 1184, 1088 }, { 37, 1568, 1568 },
	};
	static const uint8_t data[2000];
	size_t k, n;

	for (n = 0; n < sizeof(data); n++) {
		for (k = 0; k < sizeof(at) / sizeof(at[0]); k++) {
			struct pld_ke ke = { at[k].method, span_of(data, n) };

			assert_int_equal(pld_ke_fits(&ke, IKE_INITIATOR), n == at[k].i);
			assert_int_equal(pld_ke_fits(&ke, IKE_RESPONDER), n == at[k].r);
		}
		assert_false(pld_ke_fits(&(struct pld_ke){ KE_NONE, span_of(data, n) }, IKE_INITIATOR));
		assert_false(pld_ke_fits(&(struct pld_ke){ 999, span_of(data, n) }, IKE_INITIATOR));
	}
}

static void test_caps_of_selectors_and_attributes(void **state)
{
	static uint8_t buf[65536];
	struct wr w = wr_of(buf, sizeof(buf));
	struct ts_list l;
	struct pld_cp cp;
	unsigned int i;

	wr_u32(&w, 255u << 24);
	for (i = 0; i < 255; i++) {
		wr_u32(&w, 0x07000010);
		wr_u32(&w, 0x0000ffff);
		wr_u32(&w, i);
		wr_u32(&w, i);
	}
	assert_int_equal(pld_ts_parse(wr_since(&w, 0), &l, NULL), 0);
	assert_int_equal(l.n, TS_MAX);
	assert_int_equal(l.over, 255 - TS_MAX);
	w = wr_of(buf, sizeof(buf));
	wr_u32(&w, 1u << 24);
	for (i = 0; i < CP_ATTRS_MAX + 5; i++)
		wr_u32(&w, 0x00030000);
	assert_int_equal(pld_cp_parse(wr_since(&w, 0), &cp, NULL), 0);
	assert_int_equal(cp.n, CP_ATTRS_MAX);
	assert_int_equal(cp.over, 5);
}

static void test_values(void **state)
{
	uint8_t buf[64];
	struct pld_notify n;
	struct pld_delete d;
	struct ts_list l;

	assert_int_equal(pld_notify_parse(span_of(buf, hex_bytes("03 04 4009 01020304", buf, 64)), &n, NULL), 0);
	assert_true(n.type == N_REKEY_SA && n.protocol == 3 && n.spi_len == 4 && n.spi == 0x01020304 && !n.data.n);
	assert_string_equal(notify_name(N_REKEY_SA), "REKEY_SA");
	assert_string_equal(notify_name(N_ADDITIONAL_KEY_EXCHANGE), "ADDITIONAL_KEY_EXCHANGE");
	assert_null(notify_name(3));
	assert_true(notify_is_error(16383) && !notify_is_error(16384));
	assert_int_equal(pld_delete_parse(span_of(buf, hex_bytes("03 04 0002 00001000 00001000", buf, 64)), &d, NULL), 0);
	assert_int_equal(d.n, 2);
	assert_int_equal(pld_delete_spi(&d, 0), 0x1000);
	assert_int_equal(pld_delete_spi(&d, 1), 0x1000);
	assert_int_equal(pld_delete_spi(&d, 2), 0);
	assert_int_equal(pld_ts_parse(span_of(buf, hex_bytes("01 000000 07 06 0010 0050 005a 0a010000 0a0100ff", buf, 64)), &l, NULL), 0);
	assert_true(l.n == 1 && l.ts[0].proto == 6 && l.ts[0].port_lo == 80 && l.ts[0].port_hi == 90);
	assert_int_equal(l.ts[0].lo.family, AF_INET);
}

/* --- the chain ------------------------------------------------------------------------------ */

static int walk(const char *hex, uint8_t first, unsigned int *n)
{
	uint8_t buf[512];
	struct payload_walk w = payload_walk_of(span_of(buf, hex_bytes(hex, buf, sizeof(buf))), first);
	struct payload p;
	int rc;

	for (*n = 0; (rc = payload_next(&w, &p, NULL)) > 0; (*n)++)
		;
	return rc;
}

static void test_chain(void **state)
{
	// clang-format off
	static const struct { const char *name, *hex; uint8_t first; int rc; unsigned int n; } at[] = {
		{ "nothing",		"", 0, 0, 0 },
		{ "one",		"00000005 aa", 40, 0, 1 },
		{ "two",		"29000004 00000005 aa", 40, 0, 2 },
		{ "critical, reserved",	"00ff0005 aa", 40, 0, 1 },
		{ "length 0",		"00000000", 40, -EBADMSG, 0 },
		{ "length 3",		"00000003", 40, -EBADMSG, 0 },
		{ "length one more",	"00000006 aa", 40, -EBADMSG, 0 },
		{ "length one less",	"00000004 aa", 40, -EBADMSG, 1 },
		{ "length 65535",	"0000ffff aa", 40, -EBADMSG, 0 },
		{ "length 0, itself",	"28000000", 40, -EBADMSG, 0 },
		{ "cut",		"000000", 40, -EBADMSG, 0 },
		{ "another is said",	"29000005 aa", 40, -EBADMSG, 1 },
		{ "none is said",	"00000005 aa", 0, -EBADMSG, 0 },
		{ "SK",			"23000005 aa", 46, 0, 1 },
		{ "SK and more",	"23000005 aa 00000004", 46, -EBADMSG, 0 },
		{ "SKF and more",	"23000005 aa 00", 53, -EBADMSG, 0 },
	};
	// clang-format on
	size_t i;

	for (i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		unsigned int n;
		int rc = walk(at[i].hex, at[i].first, &n);

		if (rc != at[i].rc || n != at[i].n)
			fail_msg("%s: %d, %u payloads", at[i].name, rc, n);
	}
}

static void test_chain_written(void **state)
{
	uint8_t buf[64], want[64];
	struct wr w = wr_of(buf, sizeof(buf));
	struct payload_chain ch;

	chain_begin(&ch, &w);
	assert_int_equal(chain_end(&ch), 0);
	chain_begin(&ch, &w);
	chain_add(&ch, PLD_NONCE);
	wr_u8(&w, 0xaa);
	chain_add(&ch, PLD_VENDOR);
	chain_add(&ch, PLD_NOTIFY);
	wr_u32(&w, 0x00004000);
	assert_int_equal(chain_end(&ch), PLD_NONCE);
	assert_int_equal(w.n, hex_bytes("2b000005 aa 29000004 00000008 00004000", want, 64));
	assert_memory_equal(buf, want, w.n);
}

static void test_a_payload_too_long_for_its_length_is_a_fault(void **state)
{
	static uint8_t buf[70000];
	struct wr w = wr_of(buf, sizeof(buf));
	struct payload_chain ch;

	chain_begin(&ch, &w);
	chain_add(&ch, PLD_CERT);
	wr_zero(&w, 65532);
	chain_end(&ch);
	assert_true(w.bad);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_each_byte_changed),
		cmocka_unit_test(test_cut_and_prolonged),
		cmocka_unit_test(test_caps_of_proposals),
		cmocka_unit_test(test_reserved_spis_are_left_out),
		cmocka_unit_test(test_attributes),
		cmocka_unit_test(test_sizes_of_key_exchange),
		cmocka_unit_test(test_caps_of_selectors_and_attributes),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_chain),
		cmocka_unit_test(test_chain_written),
		cmocka_unit_test(test_a_payload_too_long_for_its_length_is_a_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
