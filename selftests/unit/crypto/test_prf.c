// SPDX-License-Identifier: Apache-2.0
/*
 * PRFs and the keys of IKEv2. Vectors: RFC 4231 and RFC 2202 (HMAC), and one of
 * NIST's for IKEv2 (CAVS, SP 800-135, as libreswan's source quotes it). Beyond
 * those, a second prf+ of a few lines with OpenSSL's one-shot HMAC().
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "hex.h"
#include "user/crypto/prf.h"

#define PRF_SHA1	2
#define PRF_SHA256	5
#define PRF_SHA384	6
#define PRF_SHA512	7

static const struct alg *prf_alg(uint16_t id)
{
	return alg_by_ike2(ALG_PRF, id, 0);
}

static struct octets text(const char *s)
{
	return (struct octets){ (const uint8_t *)s, strlen(s) };
}

static struct octets bytes(const void *p, size_t n)
{
	return (struct octets){ p, n };
}

/* RFC 4231 sections 4.2, 4.3, 4.7 (a key longer than the block); RFC 2202 section 3 (SHA-1). */
static void test_prf_hmac_vectors(void **state)
{
	static uint8_t long_key[131];
	const char *jefe = "what do ya want for nothing?";
	struct {
		uint16_t id;
		struct octets key, in;
		const char *want;
	} rows[] = {
		{ PRF_SHA256, hex("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"), text("Hi There"),
		  "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
		{ PRF_SHA384, hex("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"), text("Hi There"),
		  "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59c"
		  "faea9ea9076ede7f4af152e8b2fa9cb6" },
		{ PRF_SHA512, hex("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"), text("Hi There"),
		  "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
		  "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854" },
		{ PRF_SHA256, text("Jefe"), text(jefe),
		  "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
		{ PRF_SHA384, text("Jefe"), text(jefe),
		  "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"
		  "8e2240ca5e69e2c78b3239ecfab21649" },
		{ PRF_SHA512, text("Jefe"), text(jefe),
		  "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
		  "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737" },
		{ PRF_SHA256, bytes(long_key, 131),
		  text("Test Using Larger Than Block-Size Key - Hash Key First"),
		  "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54" },
		{ PRF_SHA1, text("Jefe"), text(jefe), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79" },
	};
	size_t i, cut;

	memset(long_key, 0xaa, sizeof(long_key));
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sk_key out;

		assert_int_equal(prf(prf_alg(rows[i].id), rows[i].key, &rows[i].in, 1, &out), 0);
		assert_octets(sk_octets(&out), hex(rows[i].want));
		/* The same in two pieces, cut anywhere. */
		for (cut = 0; cut <= rows[i].in.n; cut++) {
			struct octets in[] = { { rows[i].in.p, cut },
					       { rows[i].in.p + cut, rows[i].in.n - cut } };

			assert_int_equal(prf(prf_alg(rows[i].id), rows[i].key, in, 2, &out), 0);
			assert_octets(sk_octets(&out), hex(rows[i].want));
		}
	}
}

/* RFC 7296 section 2.13, once more and without our code. */
static void second_prf_plus(const char *md, struct octets key, struct octets seed, uint8_t *out,
			    size_t len)
{
	uint8_t in[64 + 512 + 1], t[64];
	unsigned int tlen = 0, count;
	size_t done = 0;

	for (count = 1; done < len; count++) {
		memcpy(in, t, tlen);
		memcpy(in + tlen, seed.p, seed.n);
		in[tlen + seed.n] = (uint8_t)count;
		assert_non_null(HMAC(EVP_get_digestbyname(md), key.p, (int)key.n, in,
				     tlen + seed.n + 1, t, &tlen));
		memcpy(out + done, t, len - done < tlen ? len - done : tlen);
		done += tlen;
	}
}

static void test_prf_plus_of_every_length(void **state)
{
	static const uint16_t ids[] = { PRF_SHA1, PRF_SHA256, PRF_SHA384, PRF_SHA512 };
	static uint8_t ours[255 * 64 + 1], theirs[255 * 64 + 1];
	struct octets key = hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b");
	struct octets seed = hex("a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7");
	struct octets cut[] = { { seed.p, 7 }, { seed.p + 7, seed.n - 7 } };
	size_t i, len, max;

	for (i = 0; i < 4; i++) {
		const struct alg *a = prf_alg(ids[i]);

		max = 255 * (size_t)a->key_len;
		for (len = 0; len <= max; len += len < 300 || len > max - 3 ? 1 : 997) {
			if (len > 300 && len + 997 > max)
				len = max;
			second_prf_plus(a->openssl, key, seed, theirs, len);
			assert_int_equal(prf_plus(a, key, cut, 2, ours, len), 0);
			assert_memory_equal(ours, theirs, len);
		}
		/* The count is one byte: there is no 256th block. */
		assert_int_equal(prf_plus(a, key, cut, 2, ours, max + 1), -EINVAL);
	}
}

/* CAVS "ikev2": SHA-1, nonces of 8 bytes, which a negotiation would refuse; so prf() itself. */
static void test_prf_nist_ikev2(void **state)
{
	const struct alg *a = prf_alg(PRF_SHA1);
	struct octets gir = hex("4b2c1f971981a8ad8d0abeafabf38cf75fc8349c148142465ed9c8b516b8be52");
	struct octets fresh = hex("863f3c9d06efd39d2b907b97f8699e5dd5251ef64a2a176f36ee40c87d4f9330");
	struct octets ni = hex("32b50d5f4a3763f3"), nr = hex("9206a04b26564cb1");
	struct octets spi_i = hex("34c9e7c188868785"), spi_r = hex("3ff77d760d2b2199");
	struct octets seed[] = { ni, nr, spi_i, spi_r }, child[] = { fresh, ni, nr };
	uint8_t out[132];
	struct sk_key skeyseed, d;

	assert_int_equal(prf(a, hex("32b50d5f4a3763f39206a04b26564cb1"), &gir, 1, &skeyseed), 0);
	assert_octets(sk_octets(&skeyseed), hex("a9a7b222b59f8f48645f28a1db5b5f5d7479cba7"));
	assert_int_equal(prf_plus(a, sk_octets(&skeyseed), seed, 4, out, 132), 0);
	assert_octets(bytes(out, 132),
		      hex("a14293677cc80ff8f9cc0eee30d895da9d8f405666e30ef0dfcb63c634a46002"
			  "a2a63080e514a062768b76606f9fa5e992204fc5a670bde3f10d6b027113936a"
			  "5c55b648a194ae587b0088d52204b702c979fa280870d2ed41efa9c549fd1119"
			  "8af1670b143d384bd275c5f594cf266b05ebadca855e4249520a441a81157435"
			  "a7a56cc4"));
	d.len = 20;
	memcpy(d.b, out, 20);
	assert_int_equal(prf_plus(a, sk_octets(&d), seed, 2, out, 132), 0);
	assert_octets(bytes(out, 132),
		      hex("8059e3ee8810e6c3a91bc8bcd2a7a41151b8d0e6ae239c7b38093ad85ef4c581"
			  "1a8e7b5d1cdabd9560b2d5e092d1f24e2d4b85eccdf0ad0dc9abd94b51ee7181"
			  "4ca6dbc8bb51b6309f5b9545c7eb35cf5580b1e521a8fe20754a2d883ba0c2cf"
			  "285f524aea6545b33106bc03e614296d319d41d4b50b3f510b1c0a22f3e66499"
			  "4d234cb4"));
	assert_int_equal(prf_plus(a, sk_octets(&d), child, 3, out, 132), 0);
	assert_octets(bytes(out, 132),
		      hex("bb43244c1860ad65ee1e211ffe8bb3661750c8f89cb9f547df7f4fa61d373016"
			  "28190e38c66232eab4b3ab14c400a5197dd3730ed4820a8a10394d51e1c04000"
			  "52f63ebd36b0e7ef53aaed31eba4a5080d7d4b5666023a8bbb5ffb7857240f9a"
			  "05884d1b7d2f933708450b7b3288f1fc863ab49fa901227cffc06e27899c7054"
			  "d56fd74c"));
	assert_int_equal(prf(a, sk_octets(&d), child, 3, &skeyseed), 0);
	assert_octets(sk_octets(&skeyseed), hex("63e81194946ebd05df7df5ebf5d8750056bf1f1d"));
}

/* --- the keys of an SA: which bytes of the stream are whose -------------------------------- */

static struct nonces some_nonces(void)
{
	return (struct nonces){ hex("101112131415161718191a1b1c1d1e1f2021"),
				hex("303132333435363738393a3b3c3d3e3f40414243444546") };
}

static const uint8_t spi_i[8] = { 1, 2, 3, 4, 5, 6, 7, 8 }, spi_r[8] = { 9, 8, 7, 6, 5, 4, 3, 2 };

static struct octets all_seeds(void)
{
	return hex("101112131415161718191a1b1c1d1e1f2021 303132333435363738393a3b3c3d3e3f40414243444546"
		   "0102030405060708 0908070605040302");
}

static void check_ike_keys(uint16_t encr, uint16_t bits, uint16_t prf_id, uint16_t integ, size_t d,
			   size_t a, size_t e)
{
	struct ike_algs algs = { alg_by_ike2(ALG_ENCR, encr, bits), prf_alg(prf_id),
				 alg_by_ike2(ALG_INTEG, integ, 0) };
	struct nonces n = some_nonces();
	struct sk_key seed;
	struct ike_keys k;
	uint8_t want[512], *p = want;
	const struct {
		struct sk_key *key;
		size_t len;
	} order[] = { { &k.d, d },  { &k.ai, a }, { &k.ar, a }, { &k.ei, e },
		      { &k.er, e }, { &k.pi, d }, { &k.pr, d } };
	size_t i;

	assert_int_equal(prf_skeyseed(algs.prf, &n, hex("0011223344556677"), &seed), 0);
	assert_int_equal(prf_ike_keys(&algs, &seed, &n, spi_i, spi_r, &k), 0);
	second_prf_plus(algs.prf->openssl, sk_octets(&seed), all_seeds(), want, 3 * d + 2 * a + 2 * e);
	for (i = 0; i < 7; i++) {
		assert_octets(sk_octets(order[i].key), bytes(p, order[i].len));
		p += order[i].len;
	}
}

/* RFC 7296 section 2.14; RFC 5282 section 7: no SK_ai, SK_ar; a salt behind SK_ei, SK_er. */
static void test_prf_ike_keys_in_order(void **state)
{
	check_ike_keys(12, 128, PRF_SHA256, 12, 32, 32, 16);
	check_ike_keys(12, 256, PRF_SHA512, 14, 64, 64, 32);
	check_ike_keys(12, 256, PRF_SHA1, 2, 20, 20, 32);
	check_ike_keys(20, 128, PRF_SHA256, 0, 32, 0, 20);
	check_ike_keys(20, 256, PRF_SHA384, 0, 48, 0, 36);
	check_ike_keys(28, 0, PRF_SHA256, 0, 32, 0, 36);
}

static void test_prf_skeyseed_is_keyed_by_the_nonces(void **state)
{
	struct nonces n = some_nonces();
	struct octets shared = hex("0011223344556677");
	struct sk_key seed, want;

	assert_int_equal(prf_skeyseed(prf_alg(PRF_SHA256), &n, shared, &seed), 0);
	assert_int_equal(prf(prf_alg(PRF_SHA256),
			     hex("101112131415161718191a1b1c1d1e1f2021"
				 "303132333435363738393a3b3c3d3e3f40414243444546"),
			     &shared, 1, &want),
			 0);
	assert_octets(sk_octets(&seed), sk_octets(&want));
}

/* RFC 7296 section 2.18; RFC 9370 section 2.2.4: the first secret before, the others behind. */
static void test_prf_rekey(void **state)
{
	const struct alg *a = prf_alg(PRF_SHA256);
	struct octets shared[] = { hex("aa01"), hex("bb02"), hex("cc03") };
	struct nonces n = some_nonces();
	struct sk_key d = { 32, { 7 } }, seed, want;
	struct octets in = hex("aa01 101112131415161718191a1b1c1d1e1f2021"
			       "303132333435363738393a3b3c3d3e3f40414243444546 bb02 cc03");

	assert_int_equal(prf_skeyseed_rekey(a, &d, shared, 3, &n, &seed), 0);
	assert_int_equal(prf(a, sk_octets(&d), &in, 1, &want), 0);
	assert_octets(sk_octets(&seed), sk_octets(&want));
	in.n -= 4;
	assert_int_equal(prf_skeyseed_rekey(a, &d, shared, 1, &n, &seed), 0);
	assert_int_equal(prf(a, sk_octets(&d), &in, 1, &want), 0);
	assert_octets(sk_octets(&seed), sk_octets(&want));
	/* In place, as a chain of IKE_INTERMEDIATE exchanges would. */
	assert_int_equal(prf_skeyseed_rekey(a, &d, shared, 1, &n, &d), 0);
	assert_octets(sk_octets(&d), sk_octets(&want));
	/* A rekey has a secret always. */
	assert_int_equal(prf_skeyseed_rekey(a, &d, shared, 0, &n, &seed), -EINVAL);
	assert_int_equal(prf_skeyseed_rekey(a, &d, shared, KE_MAX + 1, &n, &seed), -EINVAL);
}

/* RFC 7296 section 2.17: encryption before integrity, initiator before responder. */
static void test_prf_child_keys_in_order(void **state)
{
	const struct alg *a = prf_alg(PRF_SHA256), *gcm = alg_by_ike2(ALG_ENCR, 20, 256);
	const struct alg *aes = alg_by_ike2(ALG_ENCR, 12, 256), *mac = alg_by_ike2(ALG_INTEG, 12, 0);
	struct octets shared[] = { hex("aa01"), hex("bb02") };
	struct nonces n = some_nonces();
	struct sk_key d = { 32, { 7 } };
	struct child_keys k;
	uint8_t want[256];

	second_prf_plus("SHA256", sk_octets(&d),
			hex("101112131415161718191a1b1c1d1e1f2021"
			    "303132333435363738393a3b3c3d3e3f40414243444546"), want, 128);
	assert_int_equal(prf_child_keys(a, &d, NULL, 0, &n, aes, mac, &k), 0);
	assert_octets(sk_octets(&k.ei), bytes(want, 32));
	assert_octets(sk_octets(&k.ai), bytes(want + 32, 32));
	assert_octets(sk_octets(&k.er), bytes(want + 64, 32));
	assert_octets(sk_octets(&k.ar), bytes(want + 96, 32));
	/* AH */
	assert_int_equal(prf_child_keys(a, &d, NULL, 0, &n, NULL, mac, &k), 0);
	assert_octets(sk_octets(&k.ai), bytes(want, 32));
	assert_octets(sk_octets(&k.ar), bytes(want + 32, 32));
	assert_int_equal(k.ei.len, 0);
	/* With a key exchange, and a second one (RFC 9370). */
	second_prf_plus("SHA256", sk_octets(&d),
			hex("aa01 101112131415161718191a1b1c1d1e1f2021"
			    "303132333435363738393a3b3c3d3e3f40414243444546 bb02"), want, 72);
	assert_int_equal(prf_child_keys(a, &d, shared, 2, &n, gcm, NULL, &k), 0);
	assert_octets(sk_octets(&k.ei), bytes(want, 36));
	assert_octets(sk_octets(&k.er), bytes(want + 36, 36));
	assert_int_equal(k.ai.len + k.ar.len, 0);
}

/* RFC 8784 section 3. */
static void test_prf_ppk(void **state)
{
	struct ike_keys k = { .d = { 32, { 1 } }, .pi = { 32, { 2 } }, .pr = { 32, { 3 } },
			      .ei = { 16, { 4 } } };
	struct ike_keys before = k, none = {};
	struct octets ppk = hex("5050504b5050504b5050504b5050504b5050504b5050504b5050504b5050504b");
	uint8_t want[32];

	assert_int_equal(prf_ppk(prf_alg(PRF_SHA256), ppk, &k), 0);
	second_prf_plus("SHA256", ppk, sk_octets(&before.d), want, 32);
	assert_octets(sk_octets(&k.d), bytes(want, 32));
	second_prf_plus("SHA256", ppk, sk_octets(&before.pi), want, 32);
	assert_octets(sk_octets(&k.pi), bytes(want, 32));
	second_prf_plus("SHA256", ppk, sk_octets(&before.pr), want, 32);
	assert_octets(sk_octets(&k.pr), bytes(want, 32));
	assert_octets(sk_octets(&k.ei), sk_octets(&before.ei));
	assert_int_equal(prf_ppk(prf_alg(PRF_SHA256), bytes("", 0), &k), -EINVAL);
	assert_int_equal(prf_ppk(prf_alg(PRF_SHA256), ppk, &none), -EINVAL);
}

/* RFC 7296 section 2.15 */
static void test_prf_auth_by_a_shared_key(void **state)
{
	const struct alg *a = prf_alg(PRF_SHA256);
	struct octets in[] = { text("message 1"), text("nonce"), text("maced id") };
	struct octets whole = text("message 1noncemaced id");
	struct octets pad = text("Key Pad for IKEv2");
	struct sk_key padded, want, auth;
	unsigned int bit;

	assert_int_equal(prf_pad_psk(a, text("cisco123"), &padded), 0);
	assert_int_equal(prf(a, text("cisco123"), &pad, 1, &want), 0);
	assert_octets(sk_octets(&padded), sk_octets(&want));
	assert_int_equal(prf_auth(a, &padded, in, 3, &auth), 0);
	assert_int_equal(prf(a, sk_octets(&padded), &whole, 1, &want), 0);
	assert_octets(sk_octets(&auth), sk_octets(&want));

	assert_int_equal(prf_check_auth(a, &padded, in, 3, sk_octets(&auth)), 0);
	for (bit = 0; bit < 8 * 32; bit++) {
		auth.b[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(prf_check_auth(a, &padded, in, 3, sk_octets(&auth)), -EKEYREJECTED);
		auth.b[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_int_equal(prf_check_auth(a, &padded, in, 3, bytes(auth.b, 31)), -EKEYREJECTED);
	assert_int_equal(prf_check_auth(a, &padded, in, 3, bytes(auth.b, 0)), -EKEYREJECTED);
	assert_int_equal(prf_check_auth(a, &padded, in, 2, sk_octets(&auth)), -EKEYREJECTED);
}

static void assert_wiped(const void *p, size_t n)
{
	static const uint8_t zero[sizeof(struct ike_keys)];

	assert_memory_equal(p, zero, n);
}

static void test_prf_refuses(void **state)
{
	const struct alg *a = prf_alg(PRF_SHA256), *gcm = alg_by_ike2(ALG_ENCR, 20, 256);
	const struct alg *mac = alg_by_ike2(ALG_INTEG, 12, 0), *aes = alg_by_ike2(ALG_ENCR, 12, 256);
	struct octets in = text("in"), empty = {}, shared = hex("aa");
	struct nonces n = some_nonces(), bad = n;
	struct sk_key out, seed = { 32, { 1 } }, none = {};
	struct child_keys c;
	struct ike_keys k;
	uint8_t b[16];

	memset(&out, 0xff, sizeof(out));
	assert_int_equal(prf(a, empty, &in, 1, &out), -EINVAL);
	assert_wiped(&out, sizeof(out));
	assert_int_equal(prf(NULL, in, &in, 1, &out), -EINVAL);
	assert_int_equal(prf(prf_alg(1), in, &in, 1, &out), -EINVAL);	/* MD5 */
	assert_int_equal(prf(mac, in, &in, 1, &out), -EINVAL);
	memset(b, 0xff, sizeof(b));
	assert_int_equal(prf_plus(a, empty, &in, 1, b, sizeof(b)), -EINVAL);
	assert_wiped(b, sizeof(b));
	assert_int_equal(prf_pad_psk(a, empty, &out), -EINVAL);
	assert_int_equal(prf_auth(a, &none, &in, 1, &out), -EINVAL);

	/* RFC 7296 section 3.9: 16 to 256 bytes. */
	assert_int_equal(prf_skeyseed(a, &n, empty, &out), -EINVAL);
	bad.i.n = 15;
	assert_int_equal(prf_skeyseed(a, &bad, shared, &out), -EINVAL);
	assert_int_equal(prf_child_keys(a, &seed, NULL, 0, &bad, gcm, NULL, &c), -EINVAL);
	bad.i.n = 16;
	assert_int_equal(prf_skeyseed(a, &bad, shared, &out), 0);
	bad.r.n = 257;
	memset(&out, 0xff, sizeof(out));
	assert_int_equal(prf_skeyseed(a, &bad, shared, &out), -EINVAL);
	assert_wiped(&out, sizeof(out));
	assert_int_equal(prf_skeyseed_rekey(a, &seed, &shared, 1, &bad, &out), -EINVAL);

	/* An AEAD has no integrity algorithm, anything else has one. */
	memset(&k, 0xff, sizeof(k));
	assert_int_equal(prf_ike_keys(&(struct ike_algs){ gcm, a, mac }, &seed, &n, spi_i, spi_r, &k),
			 -EINVAL);
	assert_wiped(&k, sizeof(k));
	assert_int_equal(prf_ike_keys(&(struct ike_algs){ aes, a, NULL }, &seed, &n, spi_i, spi_r, &k),
			 -EINVAL);
	assert_int_equal(prf_ike_keys(&(struct ike_algs){ NULL, a, mac }, &seed, &n, spi_i, spi_r, &k),
			 -EINVAL);
	assert_int_equal(prf_ike_keys(&(struct ike_algs){ gcm, a, NULL }, &none, &n, spi_i, spi_r, &k),
			 -EINVAL);
	assert_int_equal(prf_child_keys(a, &seed, NULL, 0, &n, aes, NULL, &c), -EINVAL);
	assert_int_equal(prf_child_keys(a, &seed, NULL, 0, &n, NULL, NULL, &c), -EINVAL);
	assert_int_equal(prf_child_keys(a, &seed, &empty, 1, &n, gcm, NULL, &c), -EINVAL);
	assert_int_equal(prf_child_keys(a, &none, NULL, 0, &n, gcm, NULL, &c), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_prf_hmac_vectors),
		cmocka_unit_test(test_prf_plus_of_every_length),
		cmocka_unit_test(test_prf_nist_ikev2),
		cmocka_unit_test(test_prf_ike_keys_in_order),
		cmocka_unit_test(test_prf_skeyseed_is_keyed_by_the_nonces),
		cmocka_unit_test(test_prf_rekey),
		cmocka_unit_test(test_prf_child_keys_in_order),
		cmocka_unit_test(test_prf_ppk),
		cmocka_unit_test(test_prf_auth_by_a_shared_key),
		cmocka_unit_test(test_prf_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
