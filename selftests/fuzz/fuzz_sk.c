// SPDX-License-Identifier: Apache-2.0
/*
 * What a peer's bytes reach in the cryptographic layer: an Encrypted payload of any
 * suite, a KE payload's public value, the data of an AUTH payload. A message that
 * was sealed opens to the same text; any other opens to nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "user/crypto/alg.c"
#include "user/crypto/dh.c"
#undef NALGS
#define table	sign_algs
#include "user/crypto/hmac.c"
#include "user/crypto/sign.c"
#include "user/crypto/sk.c"
#include "user/lib/err.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(x)	do { if (!(x)) abort(); } while (0)

static int fixed_random(void *ctx, void *buf, size_t len)
{
	memset(buf, 0x5a, len);
	return 0;
}

static const struct env env = { .random = fixed_random };

static bool within(struct octets text, const uint8_t *msg, size_t len)
{
	return text.p >= msg && text.n <= len && (size_t)(text.p - msg) <= len - text.n;
}

/* As it is, then sealed, then sealed and damaged where the input says. */
static void try_sk(struct sk *s, const uint8_t *data, size_t size, size_t head)
{
	static uint8_t msg[SK_MESSAGE_MAX + 64];
	struct octets text;
	size_t len, at;

	memcpy(msg, data, size);
	if (!sk_open(s, msg, size, head, &text))
		CHECK(within(text, msg, size));
	else
		CHECK(!text.p && !text.n);
	if (head > size)
		return;
	memcpy(msg, data, head);
	memcpy(msg + sk_text_offset(s, head), data + head, size - head);
	CHECK(!sk_seal(s, &env, msg, sizeof(msg), head, size - head, &len));
	at = size ? data[0] * 7u % len : 0;
	msg[at] ^= 0x20;
	/* A failed opening wipes: the rest is with the message as it was. */
	if (size % 2) {
		CHECK(sk_open(s, msg, len, head, &text) == -EBADMSG);
		return;
	}
	msg[at] ^= 0x20;
	CHECK(!sk_open(s, msg, len, head, &text));
	CHECK(text.n == size - head && !memcmp(text.p, data + head, text.n));
}

static void try_dh(uint16_t id, struct octets peer)
{
	const struct alg *g = alg_by_ike2(ALG_KE, id, 0);
	struct dh_public pub;
	struct dh_secret s;
	struct err e;
	int ret;

	if (!g || !dh_available(g))
		return;
	ret = dh_respond(g, peer, &pub, &s, &e);
	CHECK(!ret || ret == -EKEYREJECTED);
	CHECK(ret ? !s.len && !pub.len : s.len == g->shared && pub.len == g->pub_r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct {
		uint16_t encr, bits, integ;
	} suites[] = { { 20, 256, 0 }, { 28, 0, 0 }, { 12, 256, 12 }, { 12, 128, 2 }, { 3, 0, 14 } };
	static const uint16_t groups[] = { 2, 14, 19, 20, 21, 31, 32, 36 };
	struct sk_key e = {}, a = {};
	const struct sign_alg *alg;
	struct octets sig;
	struct err err;
	struct sk s;

	if (size < 3 || size > 4096)
		return 0;
	s = (struct sk){ .encr = alg_by_ike2(ALG_ENCR, suites[data[0] % 5].encr,
					     suites[data[0] % 5].bits),
			 .integ = alg_by_ike2(ALG_INTEG, suites[data[0] % 5].integ, 0),
			 .e = &e, .a = &a };
	e.len = (uint8_t)alg_key_material(s.encr);
	a.len = s.integ ? (uint8_t)s.integ->key_len : 0;
	memset(e.b, 0x11, e.len);
	e.b[9] = 1, e.b[17] = 2;
	memset(a.b, 0x22, a.len);
	try_sk(&s, data + 2, size - 2, data[1]);
	try_dh(groups[data[1] % 8], (struct octets){ data + 2, size - 2 });
	if (!sign_parse((struct octets){ data + 2, size - 2 }, &alg, &sig, &err))
		CHECK(alg && sig.n && within(sig, data, size));
	return 0;
}
