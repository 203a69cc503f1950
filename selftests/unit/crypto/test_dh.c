// SPDX-License-Identifier: Apache-2.0
/*
 * Key exchange. Vectors: RFC 5903 section 8 (curves), RFC 7748 section 6 (X25519,
 * X448). MODP has none in its RFCs: the primes are compared with the formula of
 * RFC 3526, the exchange with BN_mod_exp().
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "user/crypto/dh.c"

#include "hex.h"

static const struct alg *group(uint16_t id)
{
	const struct alg *g = alg_by_ike2(ALG_KE, id, 0);

	assert_non_null(g);
	return g;
}

static struct octets of(const struct dh_public *p)
{
	return (struct octets){ p->b, p->len };
}

static const uint16_t all[] = { 2, 5, 14, 15, 16, 17, 18, 19, 20, 21, 31, 32 };

/* --- known private values ------------------------------------------------------------------ */

/* The public value has to be given to OpenSSL with the private one of a curve of RFC 5903. */
static struct dh known(uint16_t id, const char *private, const char *public)
{
	struct dh dh = { .group = group(id) };
	struct octets priv = hex(private), pub = hex(public);
	OSSL_PARAM_BLD *bld;
	OSSL_PARAM *params;
	EVP_PKEY_CTX *ctx;
	uint8_t point[133] = { 4 };
	BIGNUM *d;

	if (kind_of(dh.group) == XDH) {
		dh.key = EVP_PKEY_new_raw_private_key_ex(NULL, dh.group->openssl, NULL, priv.p,
							 priv.n);
		assert_non_null(dh.key);
		return dh;
	}
	memcpy(point + 1, pub.p, pub.n);
	bld = OSSL_PARAM_BLD_new();
	d = BN_bin2bn(priv.p, (int)priv.n, NULL);
	assert_true(OSSL_PARAM_BLD_push_utf8_string(bld, OSSL_PKEY_PARAM_GROUP_NAME,
						    dh.group->openssl, 0));
	assert_true(OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_PRIV_KEY, d));
	assert_true(OSSL_PARAM_BLD_push_octet_string(bld, OSSL_PKEY_PARAM_PUB_KEY, point, pub.n + 1));
	params = OSSL_PARAM_BLD_to_param(bld);
	ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	assert_int_equal(EVP_PKEY_fromdata_init(ctx), 1);
	assert_int_equal(EVP_PKEY_fromdata(ctx, &dh.key, EVP_PKEY_KEYPAIR, params), 1);
	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(bld);
	BN_free(d);
	return dh;
}

static const struct {
	uint16_t id;
	const char *i, *gi, *r, *gr, *gir;
} vectors[] = {
	/* RFC 5903 sections 8.1, 8.2, 8.3 */
	{ 19, "c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433",
	  "dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c3772581180"
	  "5271a0461cdb8252d61f1c456fa3e59ab1f45b33accf5f58389e0577b8990bb3",
	  "c6ef9c5d78ae012a011164acb397ce2088685d8f06bf9be0b283ab46476bee53",
	  "d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf63"
	  "56fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872ab",
	  "d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de" },
	{ 20,
	  "099f3c7034d4a2c699884d73a375a67f7624ef7c6b3c0f160647b67414dce655e35b538041e649ee3faef896783ab194",
	  "667842d7d180ac2cde6f74f37551f55755c7645c20ef73e31634fe72b4c55ee6de3ac808acb4bdb4c88732aee95f41aa"
	  "9482ed1fc0eeb9cafc4984625ccfc23f65032149e0e144ada024181535a0f38eeb9fcff3c2c947dae69b4c634573a81c",
	  "41cb0779b4bdb85d47846725fbec3c9430fab46cc8dc5060855cc9bda0aa2942e0308312916b8ed2960e4bd55a7448fc",
	  "e558dbef53eecde3d3fccfc1aea08a89a987475d12fd950d83cfa41732bc509d0d1ac43a0336def96fda41d0774a3571"
	  "dcfbec7aacf3196472169e838430367f66eebe3c6e70c416dd5f0c68759dd1fff83fa40142209dff5eaad96db9e6386c",
	  "11187331c279962d93d604243fd592cb9d0a926f422e47187521287e7156c5c4d603135569b9e9d09cf5d4a270f59746" },
	{ 21,
	  "0037ade9319a89f4dabdb3ef411aaccca5123c61acab57b5393dce47608172a0"
	  "95aa85a30fe1c2952c6771d937ba9777f5957b2639bab072462f68c27a57382d4a52",
	  "0015417e84dbf28c0ad3c278713349dc7df153c897a1891bd98bab4357c9ecbe"
	  "e1e3bf42e00b8e380aeae57c2d107564941885942af5a7f4601723c4195d176ced3e"
	  "017cae20b6641d2eeb695786d8c946146239d099e18e1d5a514c739d7cb4a10a"
	  "d8a788015ac405d7799dc75e7b7d5b6cf2261a6a7f1507438bf01beb6ca3926f9582",
	  "0145ba99a847af43793fdd0e872e7cdfa16be30fdc780f97bccc3f078380201e"
	  "9c677d600b343757a3bdbf2a3163e4c2f869cca7458aa4a4effc311f5cb151685eb9",
	  "00d0b3975ac4b799f5bea16d5e13e9af971d5e9b984c9f39728b5e5739735a21"
	  "9b97c356436adc6e95bb0352f6be64a6c2912d4ef2d0433ced2b6171640012d9460f"
	  "015c68226383956e3bd066e797b623c27ce0eac2f551a10c2c724d9852077b87"
	  "220b6536c5c408a1d2aebb8e86d678ae49cb57091f4732296579ab44fcd17f0fc56a",
	  "01144c7d79ae6956bc8edb8e7c787c4521cb086fa64407f97894e5e6b2d79b04"
	  "d1427e73ca4baa240a34786859810c06b3c715a3a8cc3151f2bee417996d19f3ddea" },
	/* RFC 7748 sections 6.1, 6.2 */
	{ 31, "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
	  "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
	  "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
	  "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
	  "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742" },
	{ 32,
	  "9a8f4925d1519f5775cf46b04b5800d4ee9ee8bae8bc5565d498c28d"
	  "d9c9baf574a9419744897391006382a6f127ab1d9ac2d8c0a598726b",
	  "9b08f7cc31b7e3e67d22d5aea121074a273bd2b83de09c63faa73d2c"
	  "22c5d9bbc836647241d953d40c5b12da88120d53177f80e532c41fa0",
	  "1c306a7ac2a0e2e0990b294470cba339e6453772b075811d8fad0d1d"
	  "6927c120bb5ee8972b0d3e21374c9c921b09d1b0366f10b65173992d",
	  "3eb7a829b0cd20f5bcfc0b599b6feccf6da4627107bdb0d4f345b430"
	  "27d8b972fc3e34fb4232a13ca706dcb57aec3dae07bdc1c67bf33609",
	  "07fff4181ac6cc95ec1c16a94a0f74d12da232ce40a77552281d282b"
	  "b60c0b56fd2464c335543936521c24403085d59a449a5037514a879d" },
};

static void test_dh_published_vectors(void **state)
{
	size_t i;

	for (i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		struct dh a = known(vectors[i].id, vectors[i].i, vectors[i].gi);
		struct dh b = known(vectors[i].id, vectors[i].r, vectors[i].gr);
		struct dh_public pub;
		struct dh_secret s;

		assert_int_equal(export_public(a.group, a.key, &pub, NULL), 0);
		assert_octets(of(&pub), hex(vectors[i].gi));
		assert_int_equal(export_public(b.group, b.key, &pub, NULL), 0);
		assert_octets(of(&pub), hex(vectors[i].gr));
		assert_int_equal(dh_finish(&a, hex(vectors[i].gr), &s, NULL), 0);
		assert_octets(dh_octets(&s), hex(vectors[i].gir));
		assert_int_equal(dh_finish(&b, hex(vectors[i].gi), &s, NULL), 0);
		assert_octets(dh_octets(&s), hex(vectors[i].gir));
		EVP_PKEY_free(a.key);
		EVP_PKEY_free(b.key);
	}
}

/* --- all groups ---------------------------------------------------------------------------- */

static void test_dh_both_ways(void **state)
{
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		const struct alg *g = group(all[i]);
		struct dh_public pub_i, pub_r;
		struct dh_secret si, sr;
		struct err e = {};
		struct dh *dh;

		assert_true(dh_available(g));
		assert_int_equal(dh_new(g, &dh, &pub_i, &e), 0);
		assert_int_equal(pub_i.len, g->pub_i);
		assert_int_equal(dh_respond(g, of(&pub_i), &pub_r, &sr, &e), 0);
		assert_int_equal(pub_r.len, g->pub_r);
		assert_int_equal(dh_finish(dh, of(&pub_r), &si, &e), 0);
		assert_int_equal(si.len, g->shared);
		assert_octets(dh_octets(&si), dh_octets(&sr));
		assert_false(pub_i.len == pub_r.len && !memcmp(pub_i.b, pub_r.b, pub_i.len));
		dh_free(dh);
	}
}

/* The secret of MODP has leading zeros: RFC 7296 section 2.14. About one in 256. */
static void test_dh_is_never_shortened(void **state)
{
	const struct alg *g = group(2);
	struct dh_public pub_i, pub_r;
	struct dh_secret si, sr;
	unsigned int i, secrets = 0, publics = 0;
	struct dh *dh;

	assert_int_equal(dh_new(g, &dh, &pub_i, NULL), 0);
	for (i = 0; i < 20000 && (!secrets || !publics); i++) {
		assert_int_equal(dh_respond(g, of(&pub_i), &pub_r, &sr, NULL), 0);
		assert_int_equal(pub_r.len, 128);
		assert_int_equal(sr.len, 128);
		publics += !pub_r.b[0];
		if (sr.b[0])
			continue;
		secrets++;
		assert_int_equal(dh_finish(dh, of(&pub_r), &si, NULL), 0);
		assert_octets(dh_octets(&si), dh_octets(&sr));
	}
	assert_true(secrets && publics);
	dh_free(dh);
}

/* --- values that are refused (RFC 6989) ---------------------------------------------------- */

/* why: what the error says, so that it is known which check refused. */
static void expect_refused_for(const struct alg *g, struct octets peer, const char *why)
{
	struct dh_public pub;
	struct dh_secret s;
	struct err e = {};
	struct dh *dh;
	size_t i;

	memset(&s, 0xff, sizeof(s));
	if (dh_respond(g, peer, &pub, &s, &e) != -EKEYREJECTED)
		fail_msg("%s: accepted %zu bytes, %02x ...", g->show, peer.n, peer.n ? peer.p[0] : 0);
	if (!strstr(e.text, "peer's public value") || !strstr(e.text, why))
		fail_msg("\"%s\" does not say \"%s\"", e.text, why);
	assert_int_equal(s.len, 0);
	assert_int_equal(pub.len, 0);
	for (i = 0; i < sizeof(s.b); i++)
		assert_int_equal(s.b[i], 0);
	assert_int_equal(dh_new(g, &dh, &pub, &e), 0);
	assert_int_equal(dh_finish(dh, peer, &s, &e), -EKEYREJECTED);
	assert_int_equal(s.len, 0);
	dh_free(dh);
	assert_int_equal(ERR_peek_error(), 0);
}

static void expect_refused(const struct alg *g, struct octets peer)
{
	expect_refused_for(g, peer, "");
}

static void test_dh_wrong_lengths(void **state)
{
	static uint8_t long_value[1025];
	struct dh_public pub;
	struct dh *dh;
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		const struct alg *g = group(all[i]);

		assert_int_equal(dh_new(g, &dh, &pub, NULL), 0);
		memcpy(long_value, pub.b, pub.len);
		long_value[pub.len] = 0;
		expect_refused(g, (struct octets){ long_value, 0 });
		expect_refused(g, (struct octets){ long_value, 1 });
		expect_refused(g, (struct octets){ long_value, pub.len - 1u });
		expect_refused(g, (struct octets){ long_value, pub.len + 1u });
		dh_free(dh);
	}
}

static BIGNUM *prime_of(const struct alg *g)
{
	EVP_PKEY *key = empty_key(g);
	BIGNUM *p = NULL;

	assert_int_equal(EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_FFC_P, &p), 1);
	EVP_PKEY_free(key);
	return p;
}

/* RFC 6989 section 2.1: 1 < r < p - 1. */
static void test_dh_modp_range(void **state)
{
	static const uint16_t ids[] = { 2, 5, 14, 15, 16, 17, 18 };
	static uint8_t v[1024];
	size_t i;

	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		const struct alg *g = group(ids[i]);
		BIGNUM *p = prime_of(g);
		struct octets peer = { v, g->pub_i };
		struct dh_public pub;
		struct dh_secret s;

		memset(v, 0, sizeof(v));
		expect_refused_for(g, peer, "out of range");		/* 0 */
		v[g->pub_i - 1] = 1;
		expect_refused_for(g, peer, "out of range");		/* 1 */
		v[g->pub_i - 1] = 2;
		assert_int_equal(dh_respond(g, peer, &pub, &s, NULL), 0);
		BN_bn2binpad(p, v, g->pub_i);
		expect_refused_for(g, peer, "out of range");		/* p */
		v[g->pub_i - 1] -= 1;
		expect_refused_for(g, peer, "out of range");		/* p - 1 */
		v[g->pub_i - 1] -= 1;
		assert_int_equal(dh_respond(g, peer, &pub, &s, NULL), 0);
		memset(v, 0xff, sizeof(v));
		expect_refused_for(g, peer, "out of range");		/* beyond p */
		BN_free(p);
	}
}

/* RFC 6989 section 2.3: a point that is not on the curve. One bit off, anywhere. */
static void test_dh_points_off_the_curve(void **state)
{
	static const uint16_t ids[] = { 19, 20, 21 };
	static uint8_t v[132];
	size_t i, bit;

	for (i = 0; i < 3; i++) {
		const struct alg *g = group(ids[i]);
		struct octets good = hex(vectors[i].gr), peer = { v, good.n };
		size_t half = good.n / 2;

		memset(v, 0, sizeof(v));
		expect_refused_for(g, peer, "not on the curve");		/* the point at infinity has no such encoding */
		memset(v, 0xff, sizeof(v));
		expect_refused_for(g, peer, "not on the curve");
		memcpy(v, good.p, half);
		memcpy(v + half, good.p, half);
		expect_refused_for(g, peer, "not on the curve");		/* x twice */
		for (bit = 0; bit < 8 * good.n; bit += 7) {
			memcpy(v, good.p, good.n);
			v[bit / 8] ^= (uint8_t)(1 << bit % 8);
			expect_refused_for(g, peer, "not on the curve");
		}
	}
	/* x + p is x modulo p, but not in range: P-256's prime behind a small x is made so. */
	memset(v, 0, sizeof(v));
	memcpy(v, hex("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff").p, 32);
	memcpy(v + 32, hex("66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4").p, 32);
	expect_refused(group(19), (struct octets){ v, 64 });
}

/* The same point with x = 0 in range is on the curve: what is refused above is its encoding. */
static void test_dh_point_with_x_zero(void **state)
{
	static uint8_t v[64];
	struct dh_public pub;
	struct dh_secret s;

	memcpy(v + 32, hex("66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4").p, 32);
	assert_int_equal(dh_respond(group(19), (struct octets){ v, 64 }, &pub, &s, NULL), 0);
}

/* RFC 8031 section 2.2 and RFC 7748 section 6: points of small order give zeros. */
static void test_dh_all_zero_results(void **state)
{
	static const char *const low[] = {
		"0000000000000000000000000000000000000000000000000000000000000000",
		"0100000000000000000000000000000000000000000000000000000000000000",
		"e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
		"5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	};
	static uint8_t v[56];
	size_t i;

	for (i = 0; i < sizeof(low) / sizeof(low[0]); i++)
		expect_refused(group(31), hex(low[i]));
	expect_refused(group(32), (struct octets){ v, 56 });
	v[0] = 1;
	expect_refused(group(32), (struct octets){ v, 56 });
}

/* --- MODP without published vectors -------------------------------------------------------- */

/* RFC 3526: 2^n - 2^(n-64) - 1 + 2^64 * ([2^(n-130) pi] + c): the two ends, and that p, q are prime. */
static void test_dh_primes_of_rfc3526(void **state)
{
	static const uint16_t ids[] = { 2, 5, 14 };
	size_t i;

	for (i = 0; i < 3; i++) {
		const struct alg *g = group(ids[i]);
		BN_CTX *ctx = BN_CTX_new();
		BIGNUM *p = prime_of(g), *q = BN_new();
		uint8_t b[1024];

		assert_int_equal(BN_num_bits(p), 8 * g->pub_i);
		BN_bn2bin(p, b);
		assert_memory_equal(b, hex("ffffffffffffffff c90fdaa22168c234").p, 16);
		assert_memory_equal(b + g->pub_i - 8, hex("ffffffffffffffff").p, 8);
		BN_rshift1(q, p);
		assert_int_equal(BN_check_prime(p, ctx, NULL), 1);
		assert_int_equal(BN_check_prime(q, ctx, NULL), 1);
		BN_free(p);
		BN_free(q);
		BN_CTX_free(ctx);
	}
}

static void test_dh_modp_is_exponentiation(void **state)
{
	static const uint16_t ids[] = { 2, 5, 14, 15, 16, 17, 18 };
	size_t i;

	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		const struct alg *g = group(ids[i]);
		BIGNUM *p = prime_of(g), *x = NULL, *r = BN_new(), *two = BN_new();
		BN_CTX *ctx = BN_CTX_new();
		struct dh_public pub, peer;
		uint8_t want[1024];
		struct dh_secret s;
		struct dh *dh, *other;

		assert_int_equal(dh_new(g, &dh, &pub, NULL), 0);
		assert_int_equal(dh_new(g, &other, &peer, NULL), 0);
		assert_int_equal(EVP_PKEY_get_bn_param(dh->key, OSSL_PKEY_PARAM_PRIV_KEY, &x), 1);
		/* RFC 3526 section 8: an exponent of twice the group's strength. */
		assert_true(BN_num_bits(x) >= (g->id == 2 ? 200 : g->id == 5 ? 180 : 218));
		BN_set_word(two, 2);
		BN_mod_exp(r, two, x, p, ctx);
		BN_bn2binpad(r, want, g->pub_i);
		assert_octets(of(&pub), (struct octets){ want, g->pub_i });
		assert_int_equal(dh_finish(dh, of(&peer), &s, NULL), 0);
		BN_bin2bn(peer.b, peer.len, two);
		BN_mod_exp(r, two, x, p, ctx);
		BN_bn2binpad(r, want, g->pub_i);
		assert_octets(dh_octets(&s), (struct octets){ want, g->pub_i });
		dh_free(dh);
		dh_free(other);
		BN_free(p);
		BN_free(x);
		BN_free(r);
		BN_free(two);
		BN_CTX_free(ctx);
	}
}

/* --- what is not there --------------------------------------------------------------------- */

static void test_dh_groups_that_are_not_there(void **state)
{
	static const uint16_t refused[] = { 1, 22, 23, 24 };
	struct dh_public pub;
	struct err e = {};
	struct dh *dh;
	size_t i;

	for (i = 0; i < 4; i++) {
		assert_false(dh_available(group(refused[i])));
		assert_int_equal(dh_new(group(refused[i]), &dh, &pub, &e), -ENOTSUP);
		assert_null(dh);
	}
	assert_false(dh_available(NULL));
	assert_false(dh_available(alg_by_ike2(ALG_PRF, 5, 0)));
}

/* FIPS 203, where OpenSSL is 3.5 or later; before, absent without a crash. */
static void test_dh_ml_kem(void **state)
{
	static const uint16_t ids[] = { 36, 37 };
	size_t i;

	for (i = 0; i < 2; i++) {
		const struct alg *g = group(ids[i]);
		struct dh_public pub_i, pub_r;
		struct dh_secret si, sr;
		struct err e = {};
		struct dh *dh;

		if (!dh_available(g)) {
			assert_true(OPENSSL_version_major() == 3 && OPENSSL_version_minor() < 5);
			assert_int_equal(dh_new(g, &dh, &pub_i, &e), -ENOTSUP);
			continue;
		}
		assert_int_equal(dh_new(g, &dh, &pub_i, &e), 0);
		assert_int_equal(pub_i.len, g->pub_i);
		assert_int_equal(dh_respond(g, of(&pub_i), &pub_r, &sr, &e), 0);
		assert_int_equal(pub_r.len, g->pub_r);
		assert_int_equal(dh_finish(dh, of(&pub_r), &si, &e), 0);
		assert_octets(dh_octets(&si), dh_octets(&sr));
		/* Another ciphertext gives another secret, no error (implicit rejection). */
		pub_r.b[7] ^= 1;
		assert_int_equal(dh_finish(dh, of(&pub_r), &si, &e), 0);
		assert_memory_not_equal(si.b, sr.b, 32);
		assert_int_equal(dh_finish(dh, (struct octets){ pub_r.b, pub_r.len - 1u }, &si, &e),
				 -EKEYREJECTED);
		/* FIPS 203 section 7.2: coefficients below q only. */
		memset(pub_i.b, 0xff, 32);
		assert_int_equal(dh_respond(g, of(&pub_i), &pub_r, &sr, &e), -EKEYREJECTED);
		assert_int_equal(dh_respond(g, (struct octets){ pub_i.b, 31 }, &pub_r, &sr, &e),
				 -EKEYREJECTED);
		dh_free(dh);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dh_published_vectors),
		cmocka_unit_test(test_dh_both_ways),
		cmocka_unit_test(test_dh_is_never_shortened),
		cmocka_unit_test(test_dh_wrong_lengths),
		cmocka_unit_test(test_dh_modp_range),
		cmocka_unit_test(test_dh_points_off_the_curve),
		cmocka_unit_test(test_dh_point_with_x_zero),
		cmocka_unit_test(test_dh_all_zero_results),
		cmocka_unit_test(test_dh_primes_of_rfc3526),
		cmocka_unit_test(test_dh_modp_is_exponentiation),
		cmocka_unit_test(test_dh_groups_that_are_not_there),
		cmocka_unit_test(test_dh_ml_kem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
