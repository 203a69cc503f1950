// SPDX-License-Identifier: Apache-2.0
/*
 * Signatures. Vectors: RFC 8032 section 7.1, 7.4 (Ed25519, Ed448), RFC 6979 appendix
 * A.2.5 to A.2.7 (ECDSA; valid signatures, whoever makes them), Project Wycheproof's
 * rsa_signature_2048_sha256 and rsa_pss_2048_sha256_mgf1_32 (Apache-2.0), cases 3, 8
 * and 9; identifiers of RFC 7427 appendix A as it prints them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "hex.h"
#include "user/crypto/sign.h"

static const struct sign_alg *alg(const char *name)
{
	const struct sign_alg *t;
	size_t n, i;

	t = sign_table(&n);
	for (i = 0; i < n; i++)
		if (!strcmp(t[i].name, name))
			return &t[i];
	fail_msg("no %s", name);
	return NULL;
}

static struct octets text(const char *s)
{
	return (struct octets){ (const uint8_t *)s, strlen(s) };
}

/* --- keys ---------------------------------------------------------------------------------- */

#define WYCHEPROOF_N \
	"a2b451a07d0aa5f96e455671513550514a8a5b462ebef717094fa1fee82224e637f9746d3f7cafd31878d80325b6ef5a" \
	"1700f65903b469429e89d6eac8845097b5ab393189db92512ed8a7711a1253facd20f79c15e8247f3d3e42e46e48c98e" \
	"254a2fe9765313a03eff8f17e1a029397a1fa26a8dce26f490ed81299615d9814c22da610428e09c7d9658594266f5c0" \
	"21d0fceca08d945a12be82de4d1ece6b4c03145b5d3495d4ed5411eb878daf05fd7afc3e09ada0f1126422f590975a19" \
	"69816f48698bcbba1b4d9cae79d460d8f9f85e7975005d9bc22c4e5ac0f7c1a45d12569a62807d3b9a02e5a530e77306" \
	"6f453d1f5b4c2e9cf7820283f742b9d5"

static EVP_PKEY *from_params(const char *type, OSSL_PARAM_BLD *bld)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(bld);
	EVP_PKEY *key = NULL;

	assert_int_equal(EVP_PKEY_fromdata_init(ctx), 1);
	assert_int_equal(EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params), 1);
	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(bld);
	return key;
}

static EVP_PKEY *rsa_public(struct octets n, unsigned long e)
{
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	BIGNUM *bn = BN_bin2bn(n.p, (int)n.n, NULL);
	EVP_PKEY *key;

	OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_N, bn);
	OSSL_PARAM_BLD_push_ulong(bld, OSSL_PKEY_PARAM_RSA_E, e);
	key = from_params("RSA", bld);
	BN_free(bn);
	return key;
}

static EVP_PKEY *ec_public(const char *curve, const char *point)
{
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	struct octets o = hex(point);

	OSSL_PARAM_BLD_push_utf8_string(bld, OSSL_PKEY_PARAM_GROUP_NAME, curve, 0);
	OSSL_PARAM_BLD_push_octet_string(bld, OSSL_PKEY_PARAM_PUB_KEY, o.p, o.n);
	return from_params("EC", bld);
}

/* Made once: RSA takes a while. */
enum { RSA2048, RSA_PSS, P256, P384, P521, ED25519, ED448, NKEYS };

static EVP_PKEY *keys[NKEYS];

static int setup(void **state)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA-PSS", NULL);

	keys[RSA2048] = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
	EVP_PKEY_keygen_init(ctx);
	EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, 2048);
	EVP_PKEY_generate(ctx, &keys[RSA_PSS]);
	EVP_PKEY_CTX_free(ctx);
	keys[P256] = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	keys[P384] = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");
	keys[P521] = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-521");
	keys[ED25519] = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	keys[ED448] = EVP_PKEY_Q_keygen(NULL, NULL, "ED448");
	return keys[RSA2048] && keys[RSA_PSS] && keys[P521] && keys[ED448] ? 0 : -1;
}

static int teardown(void **state)
{
	size_t i;

	for (i = 0; i < NKEYS; i++)
		EVP_PKEY_free(keys[i]);
	return 0;
}

/* --- published vectors --------------------------------------------------------------------- */

/* Signatures as they are; then each bit off, and the text too. */
static void check_vector(const char *name, EVP_PKEY *key, struct octets msg, struct octets sig)
{
	const struct sign_alg *a = alg(name);
	uint8_t bad[SIGN_MAX];
	struct err e = {};
	size_t bit;

	if (sign_check(a, key, msg, sig, &e))
		fail_msg("%s: %s", name, e.text);
	for (bit = 0; bit < 8 * sig.n; bit += 3) {
		memcpy(bad, sig.p, sig.n);
		bad[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(sign_check(a, key, msg, (struct octets){ bad, sig.n }, &e),
				 -EKEYREJECTED);
	}
	/* CVE-2026-50721, -50722: truncated at every length, and longer. */
	for (bit = 0; bit < sig.n; bit++)
		assert_int_equal(sign_check(a, key, msg, (struct octets){ sig.p, bit }, &e),
				 -EKEYREJECTED);
	memcpy(bad, sig.p, sig.n);
	bad[sig.n] = 0;
	assert_int_equal(sign_check(a, key, msg, (struct octets){ bad, sig.n + 1 }, &e), -EKEYREJECTED);
	assert_int_equal(sign_check(a, key, text("another text"), sig, &e), -EKEYREJECTED);
	assert_int_equal(ERR_peek_error(), 0);
	EVP_PKEY_free(key);
}

static EVP_PKEY *raw_public(const char *type, const char *public)
{
	struct octets o = hex(public);

	return EVP_PKEY_new_raw_public_key_ex(NULL, type, NULL, o.p, o.n);
}

/* RFC 8032 section 7.1: TEST 2, TEST 3. Section 7.4: "1 octet". */
static void test_sign_rfc8032(void **state)
{
	check_vector("Ed25519",
		     raw_public("ED25519", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"),
		     hex("72"),
		     hex("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
			 "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"));
	check_vector("Ed25519",
		     raw_public("ED25519", "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"),
		     hex("af82"),
		     hex("6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
			 "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"));
	check_vector("Ed448",
		     raw_public("ED448", "43ba28f430cdff456ae531545f7ecd0ac834a55d9358c0372bfa0c6c"
					 "6798c0866aea01eb00742802b8438ea4cb82169c235160627b4c3a9480"),
		     hex("03"),
		     hex("26b8f91727bd62897af15e41eb43c377efb9c610d48f2335cb0bd0087810f435"
			 "2541b143c4b981b7e18f62de8ccdf633fc1bf037ab7cd779805e0dbcc0aae1cb"
			 "cee1afb2e027df36bc04dcecbf154336c19f0af7e0a6472905e799f1953d2a0f"
			 "f3348ab21aa4adafd1d234441cf807c03a00"));
}

/* RFC 6979 appendices A.2.5, A.2.6, A.2.7: the message "sample"; r and s as DER. */
static void test_sign_rfc6979(void **state)
{
	check_vector("ECDSA with SHA-256",
		     ec_public("P-256",
			       "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
			       "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"),
		     text("sample"),
		     hex("3046022100efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
			 "022100f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"));
	check_vector("ECDSA with SHA-384",
		     ec_public("P-384",
			       "04ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64"
			       "def8f0ea9055866064a254515480bc13"
			       "8015d9b72d7d57244ea8ef9ac0c621896708a59367f9dfb9f54ca84b3f1c9db1"
			       "288b231c3ae0d4fe7344fd2533264720"),
		     text("sample"),
		     hex("306602310094edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c"
			 "81a648152e44acf96e36dd1e80fabe4602310099ef4aeb15f178cea1fe40db2603138f130e"
			 "740a19624526203b6351d0a3a94fa329c145786e679e7b82c71a38628ac8"));
	check_vector("ECDSA with SHA-512",
		     ec_public("P-521",
			       "0401894550d0785932e00eaa23b694f213f8c3121f86dc97a04e5a7167db4e5bcd37"
			       "1123d46e45db6b5d5370a7f20fb633155d38ffa16d2bd761dcac474b9a2f5023a4"
			       "00493101c962cd4d2fddf782285e64584139c2f91b47f87ff82354d6630f746a28a0"
			       "db25741b5b34a828008b22acc23f924faafbd4d33f81ea66956dfeaa2bfdfcf5"),
		     text("sample"),
		     hex("308187024200c328fafcbd79dd77850370c46325d987cb525569fb63c5d3bc53950e6d4c5f"
			 "174e25a1ee9017b5d450606add152b534931d7d4e8455cc91f9b15bf05ec36e377fa024161"
			 "7cce7cf5064806c467f678d3b4080d6f1cc50af26ca209417308281b68af282623eaa63e5b"
			 "5c0723d8b8c37ff0777b1a20f8ccb1dccc43997f1ee0e44da4a67a"));
}

static void test_sign_wycheproof_rsa(void **state)
{
	static const char pkcs1[] =
		"264491e844c119f14e425c03282139a558dcdaeb82a4628173cd407fd319f9076eaebc0dd87a1c22e4d17839096886d5"
		"8a9d5b7f7aeb63efec56c45ac7bead4203b6886e1faa90e028ec0ae094d46bf3f97efdd19045cfbc25a1abda2432639f"
		"9876405c0d68f8edbf047c12a454f7681d5d5a2b54bd3723d193dbad4338baad753264006e2d08931c4b8bb79aa1c9ca"
		"d10eb6605f87c5831f6e2b08e002f9c6f21141f5841d92727dd3e1d99c36bc560da3c9067df99fcaf818941f72588be3"
		"3032bad22caf6704223bb114d575b6d02d9d222b580005d930e8f40cce9f672eebb634a20177d84351627964b83f2053"
		"d736a84ab1a005f63bd5ba943de6205c";
	static const char pss[] =
		"401eb03cdb47ca88033e3030f6bdecbac8f5c8fc1dd6a13d23d379ed9a2b309891d13d74fea9d21d159b9e6d8f37efa2"
		"489962e24555f56dd434ff1d31ce4f9f5abd3f22cbea8b691d6a11e44efb83e2bca155e6a164325e0fde2a8865afd5c9"
		"f51161a9d615f62af7ec2e31b3e5ab649c164490d31d88cfae35b84aea7925690f929a144b6d2f48e8fb894a52deecd1"
		"b9a6496990c4ecf1588699a42cacd10c53af350514e4291ea9a058e77f101e32c1c0cefa61d945f7bc931f8bd19e7ba3"
		"169358a60e5a8b0123bc3199b9fdcafe8e519c41ba675491a27b85e44ef2d77277c10fe107293c8290186913bc9a99b6"
		"40d8da041b64f31eab1d35920985f4a5";
	/* Cases 8 and 9 of PKCS#1: no NULL in the digest's identifier; a length in its long form. */
	static const char no_null[] =
		"095dad1fd82bcd36652a381b7f4dd656bd89b40aa58b56da4f6aa8247874b935e65d2b86752d537df7103884d39dd9ad"
		"3d65f87404526b09094c5615c6249979b0dc58d2199ae8696a5b76b4bb03eaf08c2ab6aec686c6b1b289c9b44f648bd3"
		"0cb1ac6a64a73d68e59cd05e7aa1b780f4bfd7b83dfe3b884ec11821a93dc5bbb47a00eea4557b6b96b5656276001f1f"
		"295ddbbbc511a99b9a665b9c2674c8af0d812286d0be3ce74817ba2cad283757de35dfb149f2835f60cb03ff155524a5"
		"7f78b148feceb84cd20b0ae22e3e48f433fbd9bfd60be8afec93165ee0310be961d3695f309d031320c830aa6ba08b5a"
		"51d943797097c57630be391bd23736cc";
	static const char long_form[] =
		"8a0e82d4f334aca72a718b6f8f643f69c6048d619d5eba71263a5d2d3ac7a7af133b780c7595ca2c982c006e861948f5"
		"43cd0210c758691f9626842c25de2843ea314ca8eff285d47e0cffa54180af416004017034962a80a5959c3d3f1bfc15"
		"4a4824462a93c014f6dfe920824f414a6e30e0e5944d480b99949ec7bf64c4a7461575933b17d7d6b0178b5192392ace"
		"3ed8469e8ac1dacae51ad5d3ad73dcb213e056d04596e64d8c0703def3110c7cecc93ba8ac8059f0f3d66b89d8712c62"
		"b41d407e4b4a104f4569558b0290c213cad6d0653898b9df8f4a453ab07d13bfb7598d505abbd0c4987e4f1ac66e1a52"
		"3e113e370ab7cf990f0cc63f50f4f0a4";
	EVP_PKEY *key = rsa_public(hex(WYCHEPROOF_N), 65537);
	struct octets test = hex("54657374"), digits = hex("313233343030");
	struct err e = {};

	check_vector("RSA with SHA-256", rsa_public(hex(WYCHEPROOF_N), 65537), test, hex(pkcs1));
	check_vector("RSA-PSS with SHA-256", rsa_public(hex(WYCHEPROOF_N), 65537), test, hex(pss));
	assert_int_equal(sign_check(alg("RSA with SHA-256"), key, digits, hex(no_null), &e),
			 -EKEYREJECTED);
	assert_int_equal(sign_check(alg("RSA with SHA-256"), key, digits, hex(long_form), &e),
			 -EKEYREJECTED);
	/* One scheme's is not the other's, nor another hash's. */
	assert_int_equal(sign_check(alg("RSA with SHA-256"), key, test, hex(pss), &e), -EKEYREJECTED);
	assert_int_equal(sign_check(alg("RSA-PSS with SHA-256"), key, test, hex(pkcs1), &e),
			 -EKEYREJECTED);
	assert_int_equal(sign_check(alg("RSA with SHA-384"), key, test, hex(pkcs1), &e), -EKEYREJECTED);
	assert_int_equal(sign_check(alg("RSA-PSS with SHA-512"), key, test, hex(pss), &e),
			 -EKEYREJECTED);
	EVP_PKEY_free(key);
}

/* RFC 7427 appendix A.1, A.3, A.4; RFC 8420 appendix A. */
static void test_sign_identifiers(void **state)
{
	static const struct {
		const char *name, *der;
	} rows[] = {
		{ "RSA with SHA-256", "300d06092a864886f70d01010b0500" },
		{ "RSA with SHA-384", "300d06092a864886f70d01010c0500" },
		{ "RSA with SHA-512", "300d06092a864886f70d01010d0500" },
		{ "ECDSA with SHA-256", "300a06082a8648ce3d040302" },
		{ "ECDSA with SHA-384", "300a06082a8648ce3d040303" },
		{ "ECDSA with SHA-512", "300a06082a8648ce3d040304" },
		{ "RSA-PSS with SHA-256",
		  "304106092a864886f70d01010a3034a00f300d06096086480165030402010500"
		  "a11c301a06092a864886f70d010108300d06096086480165030402010500a203020120" },
		{ "RSA-PSS with SHA-384",
		  "304106092a864886f70d01010a3034a00f300d06096086480165030402020500"
		  "a11c301a06092a864886f70d010108300d06096086480165030402020500a203020130" },
		{ "RSA-PSS with SHA-512",
		  "304106092a864886f70d01010a3034a00f300d06096086480165030402030500"
		  "a11c301a06092a864886f70d010108300d06096086480165030402030500a203020140" },
		{ "Ed25519", "300506032b6570" },
		{ "Ed448", "300506032b6571" },
	};
	size_t i, n;

	sign_table(&n);
	assert_int_equal(n, sizeof(rows) / sizeof(rows[0]));
	for (i = 0; i < n; i++) {
		X509_ALGOR *parsed;
		const uint8_t *p;

		assert_octets(alg(rows[i].name)->der, hex(rows[i].der));
		assert_ptr_equal(sign_by_der(hex(rows[i].der)), alg(rows[i].name));
		assert_true(alg(rows[i].name)->der.n <= SIGN_DER_MAX);
		/* OpenSSL's ASN.1 reads the same of them. */
		p = alg(rows[i].name)->der.p;
		parsed = d2i_X509_ALGOR(NULL, &p, (long)alg(rows[i].name)->der.n);
		assert_non_null(parsed);
		assert_ptr_equal(p, alg(rows[i].name)->der.p + alg(rows[i].name)->der.n);
		X509_ALGOR_free(parsed);
	}
}

/* --- parsing ------------------------------------------------------------------------------- */

static void test_sign_parse(void **state)
{
	const struct sign_alg *a;
	const struct sign_alg *t;
	struct octets sig;
	struct err e = {};
	size_t n, i, k, bit;
	uint8_t data[128];

	t = sign_table(&n);
	for (i = 0; i < n; i++) {
		data[0] = (uint8_t)t[i].der.n;
		memcpy(data + 1, t[i].der.p, t[i].der.n);
		data[1 + t[i].der.n] = 0xaa;
		data[2 + t[i].der.n] = 0xbb;
		assert_int_equal(sign_parse((struct octets){ data, t[i].der.n + 3 }, &a, &sig, &e), 0);
		assert_ptr_equal(a, &t[i]);
		assert_octets(sig, hex("aabb"));
		/* A signature of no bytes is cut off too. */
		for (k = 0; k <= t[i].der.n + 1; k++) {
			assert_int_equal(sign_parse((struct octets){ data, k }, &a, &sig, &e), -EBADMSG);
			assert_null(a);
			assert_null(sig.p);
		}
		/* One bit off is another algorithm or none, never this one. */
		for (bit = 8; bit < 8 * (1 + t[i].der.n); bit++) {
			data[bit / 8] ^= (uint8_t)(1 << bit % 8);
			k = sign_parse((struct octets){ data, t[i].der.n + 3 }, &a, &sig, &e) ? 1 : 0;
			assert_true(k ? !a && !sig.p : a != &t[i]);
			data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
	}
	/* SHA-1 (RFC 8247 section 3), and parameters that are not what RFC 7427 prints. */
	assert_null(sign_by_der(hex("300d06092a864886f70d0101050500")));
	assert_null(sign_by_der(hex("300906072a8648ce3d0401")));
	assert_null(sign_by_der(hex("300b06092a864886f70d01010a")));
	assert_null(sign_by_der(hex("300d06092a864886f70d01010a3000")));
	assert_null(sign_by_der(hex("300b06092a864886f70d01010b")));
	assert_null(sign_by_der((struct octets){}));
	data[0] = 255;
	assert_int_equal(sign_parse((struct octets){ data, 128 }, &a, &sig, &e), -EBADMSG);
	data[0] = 0;
	assert_int_equal(sign_parse((struct octets){ data, 128 }, &a, &sig, &e), -ENOTSUP);
}

/* --- making and checking ------------------------------------------------------------------- */

static bool belongs(const struct sign_alg *a, int key)
{
	switch (a->scheme) {
	case SIGN_RSA_PKCS1:
		return key == RSA2048;
	case SIGN_RSA_PSS:
		return key == RSA2048 || key == RSA_PSS;
	case SIGN_ECDSA:
		return key == P256 || key == P384 || key == P521;
	default:
		return key == (strcmp(a->name, "Ed448") ? ED25519 : ED448);
	}
}

/* Each algorithm with each key: what belongs together signs, and only that. */
static void test_sign_every_key(void **state)
{
	const struct sign_alg *t;
	struct octets msg = text("signed octets");
	uint8_t sig[SIGN_MAX];
	struct err e = {};
	size_t n, i, len;
	int k, other;

	t = sign_table(&n);
	for (i = 0; i < n; i++) {
		for (k = 0; k < NKEYS; k++) {
			if (!belongs(&t[i], k)) {
				assert_int_equal(sign_make(&t[i], keys[k], msg, sig, &len, &e), -EINVAL);
				assert_int_equal(len, 0);
				assert_int_equal(sign_check(&t[i], keys[k], msg, msg, &e), -EINVAL);
				continue;
			}
			assert_int_equal(sign_make(&t[i], keys[k], msg, sig, &len, &e), 0);
			assert_int_equal(sign_check(&t[i], keys[k], msg, (struct octets){ sig, len }, &e),
					 0);
			for (other = 0; other < NKEYS; other++)
				if (other != k)
					assert_true(sign_check(&t[i], keys[other], msg,
							       (struct octets){ sig, len }, &e) < 0);
		}
	}
	assert_int_equal(ERR_peek_error(), 0);
}

static const struct sign_alg *pick(int key, unsigned int hashes, bool pss)
{
	return sign_pick(keys[key], hashes, pss);
}

static void test_sign_pick(void **state)
{
	unsigned int sha2 = SIGN_BIT(SIGN_SHA256) | SIGN_BIT(SIGN_SHA384) | SIGN_BIT(SIGN_SHA512);
	unsigned int all = sha2 | SIGN_BIT(SIGN_IDENTITY);

	assert_string_equal(pick(P256, all, false)->name, "ECDSA with SHA-256");
	assert_string_equal(pick(P384, all, false)->name, "ECDSA with SHA-384");
	assert_string_equal(pick(P521, all, false)->name, "ECDSA with SHA-512");
	/* The curve's hash if the peer has it, else the best that it has. */
	assert_string_equal(pick(P384, SIGN_BIT(SIGN_SHA512), false)->name, "ECDSA with SHA-512");
	assert_string_equal(pick(P521, SIGN_BIT(SIGN_SHA256) | SIGN_BIT(SIGN_SHA384), false)->name,
			    "ECDSA with SHA-256");
	assert_string_equal(pick(RSA2048, all, true)->name, "RSA-PSS with SHA-256");
	assert_string_equal(pick(RSA2048, all, false)->name, "RSA with SHA-256");
	assert_string_equal(pick(RSA2048, SIGN_BIT(SIGN_SHA512), false)->name, "RSA with SHA-512");
	/* A key for PSS alone is not asked what it prefers. */
	assert_string_equal(pick(RSA_PSS, all, false)->name, "RSA-PSS with SHA-256");
	assert_string_equal(pick(ED25519, all, false)->name, "Ed25519");
	assert_string_equal(pick(ED448, all, true)->name, "Ed448");
	assert_null(pick(ED25519, sha2, false));
	assert_null(pick(RSA2048, SIGN_BIT(SIGN_IDENTITY), false));
	assert_null(pick(P256, 0, true));
	assert_null(sign_pick(NULL, all, false));
}

/* --- keys that are refused (section E, field-notes: e = 3) --------------------------------- */

static void expect_refused(EVP_PKEY *key, const char *name, const char *says)
{
	uint8_t sig[SIGN_MAX];
	struct err e = {};
	size_t len;

	assert_int_equal(sign_key_check(key, &e), -EKEYREJECTED);
	if (!strstr(e.text, says))
		fail_msg("\"%s\" does not say \"%s\"", e.text, says);
	assert_int_equal(sign_make(alg(name), key, text("x"), sig, &len, &e), -EKEYREJECTED);
	assert_int_equal(sign_check(alg(name), key, text("x"), text("y"), &e), -EKEYREJECTED);
	assert_null(sign_pick(key, ~0u, true));
	EVP_PKEY_free(key);
}

static void test_sign_weak_keys(void **state)
{
	static uint8_t n[1040];
	struct octets good = hex(WYCHEPROOF_N);
	EVP_PKEY *key;

	memset(n, 0xff, sizeof(n));
	expect_refused(EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)1024), "RSA with SHA-256", "1024");
	n[0] = 0x7f;
	expect_refused(rsa_public((struct octets){ n, 256 }, 65537), "RSA with SHA-256", "2047");
	n[0] = 0xff;
	expect_refused(rsa_public((struct octets){ n, 1040 }, 65537), "RSA-PSS with SHA-256", "8320");
	expect_refused(rsa_public(good, 3), "RSA with SHA-256", "exponent");
	expect_refused(rsa_public(good, 1), "RSA with SHA-256", "exponent");
	expect_refused(rsa_public(good, 65535), "RSA-PSS with SHA-256", "exponent");
	expect_refused(rsa_public(good, 65538), "RSA-PSS with SHA-256", "exponent");
	key = rsa_public(good, 0x100000001);
	assert_int_equal(sign_key_check(key, NULL), 0);
	EVP_PKEY_free(key);
	expect_refused(EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-224"), "ECDSA with SHA-256", "not RSA");
	expect_refused(EVP_PKEY_Q_keygen(NULL, NULL, "EC", "secp256k1"), "ECDSA with SHA-256", "not RSA");
	expect_refused(EVP_PKEY_Q_keygen(NULL, NULL, "X25519"), "Ed25519", "not RSA");
	expect_refused(NULL, "Ed25519", "no key");
}

/* A public key does not sign; that is an error, not an abort. */
static void test_sign_without_a_private_key(void **state)
{
	EVP_PKEY *key = rsa_public(hex(WYCHEPROOF_N), 65537);
	uint8_t sig[SIGN_MAX];
	struct err e = {};
	size_t len;

	assert_int_equal(sign_make(alg("RSA with SHA-256"), key, text("x"), sig, &len, &e), -EIO);
	assert_int_equal(len, 0);
	assert_int_equal(ERR_peek_error(), 0);
	EVP_PKEY_free(key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sign_rfc8032),
		cmocka_unit_test(test_sign_rfc6979),
		cmocka_unit_test(test_sign_wycheproof_rsa),
		cmocka_unit_test(test_sign_identifiers),
		cmocka_unit_test(test_sign_parse),
		cmocka_unit_test(test_sign_every_key),
		cmocka_unit_test(test_sign_pick),
		cmocka_unit_test(test_sign_weak_keys),
		cmocka_unit_test(test_sign_without_a_private_key),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
