// SPDX-License-Identifier: Apache-2.0
/*
 * Whole messages: two built by hand from the RFC, then the forms of each exchange (RFC 7296
 * sections 1.2 to 1.5, 2.5, 2.21, 3.14).
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "selftests/lib/hex.h"
#include "user/ike/proposal.h"
#include "user/ikev2/message.h"
#include "user/ikev2/pld_ke.h"
#include "user/ikev2/pld_notify.h"
#include "user/ikev2/pld_sa.h"

/* --- by hand -------------------------------------------------------------------------------- */

/* IKE_SA_INIT request as section 1.2 draws it, with NAT detection and fragmentation. */
#define INIT								\
	"a1b2c3d4e5f60718 0000000000000000 21 20 22 08 00000000 000000f8"	\
	/* SA: AES_GCM_16-256, PRF_HMAC_SHA2_384, ECP_256, CURVE25519 */	\
	"22000030 0000002c 01 01 00 04"					\
	"0300000c 01 00 0014 800e 0100 | 03000008 02 00 0006"		\
	"03000008 04 00 0013 | 00000008 04 00 001f"			\
	"28000048 0013 0000 ab*64 "		/* KE: ECP_256 */	\
	"29000024 cd*32 "			/* Nonce */		\
	"2900001c 00 00 4004 11*20 "		/* NAT_DETECTION_SOURCE_IP */ \
	"2900001c 00 00 4005 22*20 "		/* NAT_DETECTION_DESTINATION_IP */ \
	"00000008 00 00 402e"			/* IKEV2_FRAGMENTATION_SUPPORTED */

/* The inside of an IKE_AUTH request with PSK: IDi N(INITIAL_CONTACT) IDr AUTH SA TSi TSr. */
#define AUTH								\
	"2900000c 01 000000 c0000201"					\
	"24000008 00 00 4000"						\
	"2700000e 02 000000 67772e657861"				\
	"21000028 02 000000 ee*32 "					\
	"2c000024 00000020 01 03 04 02 c0ffee01 0300000c 01 00 0014 800e 0100 | 00000008 05 00 0000" \
	"2d000018 01 000000 07 00 0010 0000 ffff 0a010000 0a0100ff"	\
	"00000018 01 000000 07 00 0010 0000 ffff 0a020000 0a0200ff"

static struct span bytes_of(const char *hex, uint8_t *buf, size_t cap)
{
	return span_of(buf, hex_bytes(hex, buf, cap));
}

static int parse(struct span datagram, struct message *m, struct err *e)
{
	struct ike_header h;
	struct span msg;

	if (ike_demux(IKE_PORT_500, datagram, &h, &msg, e) != IKE_DG_V2)
		return -EINVAL;
	return message_parse(msg, &h, m, e);
}

static void test_ike_sa_init_by_hand(void **state)
{
	uint8_t buf[512];
	struct span in = bytes_of(INIT, buf, sizeof(buf));
	struct proposals sa;
	struct pld_notify n;
	struct message m;
	struct span nonce;
	struct pld_ke ke;
	struct err e;
	char text[256];

	if (parse(in, &m, &e))
		fail_msg("%s", e.text);
	assert_int_equal(m.form, FORM_INIT);
	assert_int_equal(m.n, 6);
	assert_true(m.h.spi_i == 0xa1b2c3d4e5f60718ULL);
	assert_int_equal(pld_sa_parse(message_find(&m, PLD_SA, 0)->body, &sa, NULL), 0);
	assert_string_equal(proposal_list_str(&sa, text, sizeof(text)),
			    "1: IKE AES_GCM_16-256 PRF_HMAC_SHA2_384 ECP_256 CURVE25519");
	assert_int_equal(pld_ke_parse(message_find(&m, PLD_KE, 0)->body, &ke, NULL), 0);
	assert_true(ke.method == KE_ECP_256 && pld_ke_fits(&ke, IKE_INITIATOR));
	assert_int_equal(pld_nonce_parse(message_find(&m, PLD_NONCE, 0)->body, &nonce, NULL), 0);
	assert_int_equal(nonce.n, 32);
	assert_true(message_notify(&m, N_NAT_DETECTION_DESTINATION_IP, &n));
	assert_int_equal(n.data.p[0], 0x22);
	assert_true(message_notify(&m, N_IKEV2_FRAGMENTATION_SUPPORTED, &n));
	assert_false(message_notify(&m, N_COOKIE, &n));
	assert_false(message_error(&m, &n));
	assert_null(message_find(&m, PLD_SA, 1));
}

static void test_written_it_is_the_same(void **state)
{
	uint8_t buf[512], out[512], nat[20];
	struct span in = bytes_of(INIT, buf, sizeof(buf));
	struct wr w = wr_of(out, sizeof(out));
	struct ike_header h = { .spi_i = 0xa1b2c3d4e5f60718ULL, .exchange = EX_IKE_SA_INIT,
				.flags = IKE_F_INITIATOR | IKE_F_VERSION };
	uint8_t ke[64], nonce[32];
	struct proposals sa = {};
	struct message_writer mw;

	memset(ke, 0xab, sizeof(ke));
	memset(nonce, 0xcd, sizeof(nonce));
	proposals_add(&sa, IKE_PROTO_IKE, 0, 0);
	proposals_add_transform(&sa, T_ENCR, ENCR_AES_GCM_16, 256);
	proposals_add_transform(&sa, T_PRF, PRF_HMAC_SHA2_384, 0);
	proposals_add_transform(&sa, T_KE, KE_ECP_256, 0);
	proposals_add_transform(&sa, T_KE, KE_CURVE25519, 0);
	message_begin(&mw, &w, &h);
	chain_add(&mw.chain, PLD_SA);
	pld_sa_build(&w, &sa);
	chain_add(&mw.chain, PLD_KE);
	pld_ke_build(&w, &(struct pld_ke){ KE_ECP_256, span_of(ke, sizeof(ke)) });
	chain_add(&mw.chain, PLD_NONCE);
	pld_nonce_build(&w, span_of(nonce, sizeof(nonce)));
	memset(nat, 0x11, sizeof(nat));
	chain_add(&mw.chain, PLD_NOTIFY);
	pld_notify_build(&w, &(struct pld_notify){ .type = N_NAT_DETECTION_SOURCE_IP, .data = span_of(nat, 20) });
	memset(nat, 0x22, sizeof(nat));
	chain_add(&mw.chain, PLD_NOTIFY);
	pld_notify_build(&w, &(struct pld_notify){ .type = N_NAT_DETECTION_DESTINATION_IP, .data = span_of(nat, 20) });
	chain_add(&mw.chain, PLD_NOTIFY);
	pld_notify_build(&w, &(struct pld_notify){ .type = N_IKEV2_FRAGMENTATION_SUPPORTED });
	message_end(&mw);
	assert_false(w.bad);
	assert_int_equal(w.n, in.n);
	assert_memory_equal(out, in.p, in.n);
	/* Without room for it all, it says so. */
	for (size_t cap = 0; cap < in.n; cap++) {
		w = wr_of(out, cap);
		message_begin(&mw, &w, &h);
		chain_add(&mw.chain, PLD_VENDOR);
		wr_zero(&w, in.n - 32);
		message_end(&mw);
		assert_true(w.bad);
	}
}

static void test_ike_auth_by_hand(void **state)
{
	uint8_t buf[512], inner[512];
	struct span in = bytes_of("a1b2c3d4e5f60718 1122334455667788 2e 20 23 08 00000001 00000040"
				  "23000024 5a*32", buf, sizeof(buf));
	struct span plain = bytes_of(AUTH, inner, sizeof(inner));
	struct message m;
	struct pld_notify n;
	struct err e;

	if (parse(in, &m, &e))
		fail_msg("%s", e.text);
	assert_int_equal(m.form, FORM_SEALED);
	assert_int_equal(m.sk.first, PLD_IDI);
	assert_int_equal(m.sk.aad, 32);
	assert_int_equal(m.sk.sealed.n, 32);
	assert_int_equal(m.sk.total, 0);
	if (message_inner(&m, plain, m.sk.first, &e))
		fail_msg("%s", e.text);
	assert_int_equal(m.form, FORM_AUTH);
	assert_int_equal(m.n, 7);
	assert_true(message_notify(&m, N_INITIAL_CONTACT, &n));
}

/* Every byte of the hand-made messages changed: refused, or a message all the same. */
static void test_each_byte_changed(void **state)
{
	uint8_t buf[512], inner[512];
	struct span in = bytes_of(INIT, buf, sizeof(buf)), plain = bytes_of(AUTH, inner, sizeof(inner));
	struct message m = { .h = { .exchange = EX_IKE_AUTH, .flags = IKE_F_INITIATOR } };
	size_t at;
	int v;

	for (at = 0; at < in.n; at++) {
		uint8_t was = buf[at];

		for (v = 0; v < 256; v++) {
			struct err e = {};
			int rc;

			buf[at] = (uint8_t)v;
			rc = parse(in, &m, &e);
			assert_true(rc == -EINVAL || (rc ? e.text[0] : m.form != FORM_NONE));
		}
		buf[at] = was;
	}
	m = (struct message){ .h = { .exchange = EX_IKE_AUTH, .flags = IKE_F_INITIATOR } };
	for (at = 0; at < plain.n; at++) {
		uint8_t was = inner[at];

		for (v = 0; v < 256; v++) {
			inner[at] = (uint8_t)v;
			message_inner(&m, plain, PLD_IDI, NULL);
		}
		inner[at] = was;
	}
	assert_int_equal(message_inner(&m, plain, PLD_IDI, NULL), 0);
	for (at = 0; at < plain.n; at++)
		assert_int_not_equal(message_inner(&m, span_of(inner, at), PLD_IDI, NULL), 0);
}

/* --- forms ---------------------------------------------------------------------------------- */

/* A payload as it may stand anywhere, by one letter or two. */
static const struct {
	const char *word;
	uint8_t type;
	bool critical;
	const char *body;
} words[] = {
	{ "SA", PLD_SA, false, "00000008 01 01 00 00" },
	{ "KE", PLD_KE, false, "001f0000 aa*32" },
	{ "No", PLD_NONCE, false, "aa*16" },
	{ "IDi", PLD_IDI, false, "01000000 c0000201" },
	{ "IDr", PLD_IDR, false, "01000000 c0000202" },
	{ "CERT", PLD_CERT, false, "0430" },
	{ "REQ", PLD_CERTREQ, false, "04" },
	{ "AUTH", PLD_AUTH, false, "02000000 aa" },
	{ "N", PLD_NOTIFY, false, "00004000" },
	{ "ERR", PLD_NOTIFY, false, "0000000e" },
	{ "D", PLD_DELETE, false, "01000000" },
	{ "V", PLD_VENDOR, false, "76" },
	{ "TSi", PLD_TSI, false, "01000000 07000010 0000ffff 0a010000 0a0100ff" },
	{ "TSr", PLD_TSR, false, "01000000 07000010 0000ffff 0a010000 0a0100ff" },
	{ "CP", PLD_CP, false, "01000000" },
	{ "EAP", PLD_EAP, false, "0101000501" },
	{ "SK", PLD_SK, false, "aa*32" },
	{ "SKF", PLD_SKF, false, "00010002 aa*32" },
	{ "u", 200, false, "aa" },
	{ "U", 200, true, "aa" },
	{ "W", 49, true, "" },
	{ "C!", PLD_VENDOR, true, "" },	/* critical, of a type that we know */
	{ "bad", PLD_KE, false, "00" },
};

static size_t build_chain(const char *text, uint8_t *buf, size_t cap, uint8_t *first)
{
	char *copy = strdup(text), *save, *word;
	struct wr w = wr_of(buf, cap);
	struct payload_chain ch;

	chain_begin(&ch, &w);
	for (word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		size_t i;

		for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
			uint8_t body[128];
			size_t at = w.n;

			if (strcmp(word, words[i].word))
				continue;
			chain_add(&ch, words[i].type);
			wr_u8_at(&w, at + 1, words[i].critical ? 0x80 : 0);
			/* What is inside of it. */
			if (words[i].type == PLD_SK || words[i].type == PLD_SKF)
				wr_u8_at(&w, at, PLD_IDI);
			wr_span(&w, span_of(body, hex_bytes(words[i].body, body, sizeof(body))));
			break;
		}
		if (i == sizeof(words) / sizeof(words[0]))
			fail_msg("no word %s", word);
	}
	*first = chain_end(&ch);
	assert_false(w.bad);
	free(copy);
	return w.n;
}

enum { CLEAR, IN };	/* IN: inside of SK */

// clang-format off
static const struct {
	uint8_t exchange;
	bool response;
	int layer;
	const char *chain;
	int rc;
	enum msg_form form;
	const char *reason;
} rows[] = {
	{ 34, false, CLEAR, "SA KE No",			0, FORM_INIT, NULL },
	{ 34, false, CLEAR, "No KE SA",			0, FORM_INIT, NULL },
	{ 34, false, CLEAR, "N SA V KE N No V N",	0, FORM_INIT, NULL },
	{ 34, false, CLEAR, "SA KE No u",		0, FORM_INIT, NULL },
	{ 34, false, CLEAR, "SA KE No C!",		0, FORM_INIT, NULL },
	{ 34, false, CLEAR, "SA KE No U",		-EPROTO, 0, "unknown critical payload of type 200" },
	{ 34, false, CLEAR, "U bad",			-EPROTO, 0, "unknown critical payload of type 200" },
	{ 34, false, CLEAR, "W U SA",			-EPROTO, 0, "unknown critical payload of type 49" },
	{ 34, false, CLEAR, "SA KE",			-EBADMSG, 0, "IKE_SA_INIT request lacks the Nonce payload" },
	{ 34, false, CLEAR, "KE No",			-EBADMSG, 0, "IKE_SA_INIT request lacks the SA payload" },
	{ 34, false, CLEAR, "SA SA KE No",		-EBADMSG, 0, "two SA payloads" },
	{ 34, false, CLEAR, "SA KE KE No",		-EBADMSG, 0, "two KE payloads" },
	{ 34, false, CLEAR, "SA KE No No",		-EBADMSG, 0, "two Nonce payloads" },
	{ 34, false, CLEAR, "SA KE No IDi",		-EBADMSG, 0, "IKE_SA_INIT request has a IDi payload" },
	{ 34, false, CLEAR, "SA KE No REQ",		-EBADMSG, 0, "IKE_SA_INIT request has a CERTREQ payload" },
	{ 34, false, CLEAR, "SA bad No",		-EBADMSG, 0, "KE: 1 bytes (< 5)" },
	{ 34, false, CLEAR, "N",			-EBADMSG, 0, NULL },
	{ 34, false, CLEAR, "SK",			-EBADMSG, 0, "IKE_SA_INIT may not be protected" },
	{ 34, true,  CLEAR, "SA KE No",			0, FORM_INIT, NULL },
	{ 34, true,  CLEAR, "SA KE No REQ REQ N V",	0, FORM_INIT, NULL },
	{ 34, true,  CLEAR, "N",			0, FORM_REFUSED, NULL },
	{ 34, true,  CLEAR, "ERR V",			0, FORM_REFUSED, NULL },
	{ 34, true,  CLEAR, "V",			-EBADMSG, 0, NULL },

	{ 35, false, CLEAR, "SK",			0, FORM_SEALED, NULL },
	{ 35, false, CLEAR, "SKF",			0, FORM_SEALED, NULL },
	{ 35, false, CLEAR, "u SK",			0, FORM_SEALED, NULL },
	{ 35, false, CLEAR, "N SK",			-EBADMSG, 0, "a N payload outside of SK" },
	{ 35, false, CLEAR, "U SK",			-EPROTO, 0, NULL },
	{ 35, false, CLEAR, "IDi AUTH SA TSi TSr",	-EBADMSG, 0, "IKE_AUTH request lacks the N payload" },
	{ 35, true,  CLEAR, "N",			0, FORM_CLEAR_NOTICE, NULL },
	{ 37, false, CLEAR, "ERR",			0, FORM_CLEAR_NOTICE, NULL },
	{ 37, false, CLEAR, "D",			-EBADMSG, 0, NULL },
	{ 37, false, CLEAR, "N D",			-EBADMSG, 0, "INFORMATIONAL request has a D payload" },
	{ 37, false, CLEAR, "",				-EBADMSG, 0, NULL },

	{ 35, false, IN, "IDi AUTH SA TSi TSr",		0, FORM_AUTH, NULL },
	{ 35, false, IN, "TSr TSi SA AUTH IDi",		0, FORM_AUTH, NULL },
	{ 35, false, IN, "IDi CERT CERT CERT REQ REQ N IDr AUTH CP SA TSi TSr N V", 0, FORM_AUTH, NULL },
	{ 35, false, IN, "IDi AUTH",			0, FORM_AUTH_CHILDLESS, NULL },
	{ 35, false, IN, "IDi SA TSi TSr",		0, FORM_AUTH_EAP_START, NULL },
	{ 35, false, IN, "IDi",				0, FORM_AUTH_EAP_CHILDLESS, NULL },
	{ 35, false, IN, "EAP",				0, FORM_AUTH_EAP, NULL },
	{ 35, false, IN, "AUTH",			0, FORM_AUTH_EAP_END, NULL },
	{ 35, false, IN, "IDi AUTH SA TSi",		-EBADMSG, 0, "IKE_AUTH request lacks the TSr payload" },
	{ 35, false, IN, "IDi AUTH TSi TSr",		-EBADMSG, 0, "IKE_AUTH request lacks the SA payload" },
	{ 35, false, IN, "IDi IDi AUTH SA TSi TSr",	-EBADMSG, 0, "two IDi payloads" },
	{ 35, false, IN, "IDi AUTH AUTH SA TSi TSr",	-EBADMSG, 0, "two AUTH payloads" },
	{ 35, false, IN, "IDi AUTH SA TSi TSi TSr",	-EBADMSG, 0, "two TSi payloads" },
	{ 35, false, IN, "IDi AUTH SA TSi TSr EAP",	-EBADMSG, 0, NULL },
	{ 35, false, IN, "IDi AUTH SA TSi TSr KE",	-EBADMSG, 0, "IKE_AUTH request has a KE payload" },
	{ 35, false, IN, "N",				-EBADMSG, 0, NULL },
	{ 35, false, IN, "",				-EBADMSG, 0, NULL },
	{ 35, false, IN, "SK",				-EBADMSG, 0, "an encrypted payload inside of another" },
	{ 35, false, IN, "IDi AUTH SKF",		-EBADMSG, 0, "an encrypted payload inside of another" },
	{ 35, false, IN, "IDi AUTH SA TSi TSr U",	-EPROTO, 0, NULL },
	{ 35, true,  IN, "IDr AUTH SA TSi TSr",		0, FORM_AUTH, NULL },
	{ 35, true,  IN, "IDr CERT AUTH ERR",		0, FORM_AUTH_CHILDLESS, NULL },
	{ 35, true,  IN, "IDr AUTH EAP",		0, FORM_AUTH_EAP_START, NULL },
	{ 35, true,  IN, "IDr EAP",			0, FORM_AUTH_EAP_START, NULL },
	{ 35, true,  IN, "EAP",				0, FORM_AUTH_EAP, NULL },
	{ 35, true,  IN, "AUTH SA TSi TSr CP",		0, FORM_AUTH_EAP_END, NULL },
	{ 35, true,  IN, "AUTH",			0, FORM_AUTH_EAP_END_CHILDLESS, NULL },
	{ 35, true,  IN, "ERR",				0, FORM_REFUSED, NULL },
	{ 35, true,  IN, "IDr SA TSi TSr",		-EBADMSG, 0, "IKE_AUTH response lacks the AUTH payload" },
	{ 35, true,  IN, "IDi AUTH SA TSi TSr",		-EBADMSG, 0, NULL },

	{ 36, false, IN, "SA No TSi TSr",		0, FORM_CHILD, NULL },
	{ 36, false, IN, "N SA No KE TSi TSr",		0, FORM_CHILD, NULL },
	{ 36, false, IN, "SA No KE",			0, FORM_IKE_REKEY, NULL },
	{ 36, false, IN, "SA No",			-EBADMSG, 0, NULL },
	{ 36, false, IN, "N",				-EBADMSG, 0, NULL },
	{ 36, false, IN, "SA No TSi TSr AUTH",		-EBADMSG, 0, "CREATE_CHILD_SA request has a AUTH payload" },
	{ 36, true,  IN, "SA No KE TSi TSr",		0, FORM_CHILD, NULL },
	{ 36, true,  IN, "SA No KE N",			0, FORM_IKE_REKEY, NULL },
	{ 36, true,  IN, "ERR",				0, FORM_REFUSED, NULL },

	{ 37, false, IN, "",				0, FORM_INFORMATIONAL, NULL },
	{ 37, false, IN, "D D N N V CP",		0, FORM_INFORMATIONAL, NULL },
	{ 37, false, IN, "CP CP",			-EBADMSG, 0, "two CP payloads" },
	{ 37, true,  IN, "D",				0, FORM_INFORMATIONAL, NULL },
	{ 37, false, IN, "SA",				-EBADMSG, 0, "INFORMATIONAL request has a SA payload" },

	{ 43, false, IN, "KE",				0, FORM_INTERMEDIATE, NULL },
	{ 43, true,  IN, "N",				0, FORM_INTERMEDIATE, NULL },
	{ 43, false, IN, "AUTH",			-EBADMSG, 0, NULL },
	{ 44, false, IN, "KE N",			0, FORM_FOLLOWUP_KE, NULL },
	{ 44, false, IN, "N",				-EBADMSG, 0, NULL },
	{ 44, true,  IN, "ERR",				0, FORM_REFUSED, NULL },
	{ 33, false, CLEAR, "SA",			-ENOTSUP, 0, "exchange type 33 is not known" },
	{ 38, false, CLEAR, "SK",			-ENOTSUP, 0, NULL },
	{ 255, true, CLEAR, "N",			-ENOTSUP, 0, NULL },
};
// clang-format on

static int parse_row(uint8_t exchange, bool response, int layer, const char *chain, struct message *m,
		     uint8_t *buf, struct err *e)
{
	uint8_t first, type;
	size_t n = build_chain(chain, buf, 4096, &first);
	struct ike_header h = { .spi_i = 1, .exchange = exchange, .major = 2 };
	static uint8_t bytes[4096 + IKE_HEADER_LEN];

	h.flags = response ? IKE_F_RESPONSE : IKE_F_INITIATOR;
	h.spi_r = response || exchange != EX_IKE_SA_INIT;
	h.next = first;
	if (layer == CLEAR) {
		memcpy(bytes + IKE_HEADER_LEN, buf, n);
		return message_parse(span_of(bytes, IKE_HEADER_LEN + n), &h, m, e);
	}
	memcpy(bytes + IKE_HEADER_LEN, buf, n);
	n = build_chain("SK", buf, 4096, &type);
	memmove(buf + IKE_HEADER_LEN, buf, n);
	h.next = PLD_SK;
	assert_int_equal(message_parse(span_of(buf, IKE_HEADER_LEN + n), &h, m, e), 0);
	n = build_chain(chain, buf, 4096, &first);
	return message_inner(m, span_of(buf, n), first, e);
}

static void test_forms(void **state)
{
	static uint8_t buf[8192];
	struct message m;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct err e = {};
		int rc = parse_row(rows[i].exchange, rows[i].response, rows[i].layer, rows[i].chain, &m, buf, &e);

		if (rc != rows[i].rc || (!rc && m.form != rows[i].form))
			fail_msg("row %zu, %u %s: %d (%s), form %d", i, rows[i].exchange, rows[i].chain, rc,
				 e.text, m.form);
		if (rows[i].reason && strcmp(e.text, rows[i].reason))
			fail_msg("row %zu: %s", i, e.text);
		if (rc && !e.text[0])
			fail_msg("row %zu: no reason", i);
	}
}

static void test_faults_have_their_notification(void **state)
{
	static uint8_t buf[8192];
	struct message m;
	struct span data;
	int rc = parse_row(34, false, CLEAR, "SA KE No U", &m, buf, NULL);

	assert_int_equal(message_fault_notify(rc, &m, &data), N_UNSUPPORTED_CRITICAL_PAYLOAD);
	assert_true(data.n == 1 && data.p[0] == 200);
	assert_int_equal(message_fault_notify(-EBADMSG, &m, &data), N_INVALID_SYNTAX);
	assert_int_equal(data.n, 0);
	assert_int_equal(message_fault_notify(0, &m, &data), 0);
	assert_int_equal(message_fault_notify(-ENOMEM, &m, &data), 0);
}

static void test_headers(void **state)
{
	static uint8_t bytes[4096];
	uint8_t first;
	size_t n = IKE_HEADER_LEN + build_chain("SA KE No", bytes + IKE_HEADER_LEN, 2048, &first);
	struct ike_header good = { .spi_i = 1, .next = first, .major = 2, .exchange = 34, .flags = IKE_F_INITIATOR }, h;
	struct message m;

	assert_int_equal(message_parse(span_of(bytes, n), &good, &m, NULL), 0);
	h = good, h.id = 1;
	assert_int_equal(message_parse(span_of(bytes, n), &h, &m, NULL), -EBADMSG);
	h = good, h.spi_r = 1;
	assert_int_equal(message_parse(span_of(bytes, n), &h, &m, NULL), -EBADMSG);
	h = good, h.flags = 0;
	assert_int_equal(message_parse(span_of(bytes, n), &h, &m, NULL), -EBADMSG);
	h = good, h.flags = IKE_F_INITIATOR | IKE_F_RESPONSE;
	assert_int_equal(message_parse(span_of(bytes, n), &h, &m, NULL), -EBADMSG);
	h = good, h.flags = IKE_F_RESPONSE;
	assert_int_equal(message_parse(span_of(bytes, n), &h, &m, NULL), -EBADMSG);
	h.spi_r = 1;
	assert_int_equal(message_parse(span_of(bytes, n), &h, &m, NULL), 0);
	n = IKE_HEADER_LEN + build_chain("SK", bytes + IKE_HEADER_LEN, 2048, &first);
	h = good, h.exchange = 37, h.next = PLD_SK;
	assert_int_equal(message_parse(span_of(bytes, n), &h, &m, NULL), -EBADMSG);
	h.spi_r = 1;
	assert_int_equal(message_parse(span_of(bytes, n), &h, &m, NULL), 0);
}

static void test_refusal(void **state)
{
	uint8_t buf[64], want[64];
	struct wr w = wr_of(buf, sizeof(buf));
	struct ike_header h = { .spi_i = 0x0102030405060708, .spi_r = 0x1112131415161718, .next = 46, .major = 3,
				.minor = 5, .exchange = 37, .flags = 0xdf & ~IKE_F_RESPONSE, .id = 7, .length = 999 };
	size_t n = hex_bytes("0102030405060708 1112131415161718 29 20 25 20 00000007 00000025"
			     "00000009 00 00 0005 02", want, sizeof(want));

	message_refuse(&w, &h, N_INVALID_MAJOR_VERSION, span_of("\x02", 1));
	assert_false(w.bad);
	assert_int_equal(w.n, n);
	assert_memory_equal(buf, want, n);
	h.flags = 0;
	w = wr_of(buf, sizeof(buf));
	message_refuse(&w, &h, N_INVALID_IKE_SPI, (struct span){});
	assert_int_equal(buf[19], IKE_F_RESPONSE | IKE_F_INITIATOR);
}

/* libreswan CVE-2026-12413: one payload more than its array has. */
static void test_payloads_at_and_over_the_cap(void **state)
{
	static uint8_t buf[8192];
	char chain[1024];
	int unknown, extra, i;
	struct message m;

	for (unknown = 0; unknown < 2; unknown++) {
		for (extra = 0; extra < 3; extra++) {
			int rc;

			strcpy(chain, "SA KE No");
			for (i = 3; i < MSG_PAYLOADS_MAX + extra; i++)
				strcat(chain, unknown ? " u" : " N");
			rc = parse_row(34, false, CLEAR, chain, &m, buf, NULL);
			assert_int_equal(rc, extra ? -EBADMSG : 0);
			if (!extra)
				assert_int_equal(m.n + m.skipped, MSG_PAYLOADS_MAX);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ike_sa_init_by_hand),
		cmocka_unit_test(test_written_it_is_the_same),
		cmocka_unit_test(test_ike_auth_by_hand),
		cmocka_unit_test(test_each_byte_changed),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_faults_have_their_notification),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_refusal),
		cmocka_unit_test(test_payloads_at_and_over_the_cap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
