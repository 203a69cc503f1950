// SPDX-License-Identifier: Apache-2.0
#include "user/crypto/sign.h"

#include <errno.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <string.h>

#define RSA_BITS_MIN	2048
#define RSA_BITS_MAX	8192	/* verifying costs more with each bit, and the peer chooses */
#define RSA_E_MIN	65537	/* e = 3 and a careless check of the padding: forgeries */

/* --- AlgorithmIdentifiers: RFC 7427 appendix A, RFC 8420 appendix A ------------------------ */

/* SEQUENCE { OID 1.2.840.113549.1.1.x, NULL } */
#define RSA_DER(x)	0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, x, \
			0x05, 0x00
/* SEQUENCE { OID 1.2.840.10045.4.3.x } */
#define ECDSA_DER(x)	0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, x
/* SEQUENCE { OID 2.16.840.1.101.3.4.2.x, NULL } */
#define HASH_DER(x)	0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, x, \
			0x05, 0x00
/* SEQUENCE { OID 1.2.840.113549.1.1.10, SEQUENCE { [0] hash, [1] { MGF1, hash }, [2] salt } } */
#define PSS_DER(x, salt) \
			0x30, 0x41, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, \
			0x0a, 0x30, 0x34, 0xa0, 0x0f, HASH_DER(x), 0xa1, 0x1c, 0x30, 0x1a, 0x06, \
			0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08, HASH_DER(x), \
			0xa2, 0x03, 0x02, 0x01, salt
/* SEQUENCE { OID 1.3.101.x } */
#define EDDSA_DER(x)	0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, x

#define DER(...)	{ (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }) }

/* Best first, where several fit a key. */
/* clang-format off */
static const struct sign_alg table[] = {
	{ "Ed25519", SIGN_EDDSA, SIGN_IDENTITY, DER(EDDSA_DER(0x70)), "ED25519" },
	{ "Ed448", SIGN_EDDSA, SIGN_IDENTITY, DER(EDDSA_DER(0x71)), "ED448" },
	{ "ECDSA with SHA-256", SIGN_ECDSA, SIGN_SHA256, DER(ECDSA_DER(0x02)), NULL },
	{ "ECDSA with SHA-384", SIGN_ECDSA, SIGN_SHA384, DER(ECDSA_DER(0x03)), NULL },
	{ "ECDSA with SHA-512", SIGN_ECDSA, SIGN_SHA512, DER(ECDSA_DER(0x04)), NULL },
	{ "RSA-PSS with SHA-256", SIGN_RSA_PSS, SIGN_SHA256, DER(PSS_DER(0x01, 0x20)), NULL },
	{ "RSA-PSS with SHA-384", SIGN_RSA_PSS, SIGN_SHA384, DER(PSS_DER(0x02, 0x30)), NULL },
	{ "RSA-PSS with SHA-512", SIGN_RSA_PSS, SIGN_SHA512, DER(PSS_DER(0x03, 0x40)), NULL },
	{ "RSA with SHA-256", SIGN_RSA_PKCS1, SIGN_SHA256, DER(RSA_DER(0x0b)), NULL },
	{ "RSA with SHA-384", SIGN_RSA_PKCS1, SIGN_SHA384, DER(RSA_DER(0x0c)), NULL },
	{ "RSA with SHA-512", SIGN_RSA_PKCS1, SIGN_SHA512, DER(RSA_DER(0x0d)), NULL },
};
/* clang-format on */

#define NALGS	(sizeof(table) / sizeof(table[0]))

const struct sign_alg *sign_table(size_t *n)
{
	*n = NALGS;
	return table;
}

const struct sign_alg *sign_by_der(struct octets der)
{
	size_t i;

	for (i = 0; i < NALGS; i++)
		if (table[i].der.n == der.n && !memcmp(table[i].der.p, der.p, der.n))
			return &table[i];
	return NULL;
}

int sign_parse(struct octets data, const struct sign_alg **alg, struct octets *sig, struct err *e)
{
	size_t len;

	*alg = NULL;
	*sig = (struct octets){};
	if (!data.n || data.n - 1 <= data.p[0])
		return err_set(e, -EBADMSG, "a signature of %zu bytes is cut off", data.n);
	len = data.p[0];
	*alg = sign_by_der((struct octets){ data.p + 1, len });
	if (!*alg)
		return err_set(e, -ENOTSUP, "a signature algorithm that we do not know");
	*sig = (struct octets){ data.p + 1 + len, data.n - 1 - len };
	return 0;
}

/* --- keys ---------------------------------------------------------------------------------- */

static const char *hash_name(enum sign_hash hash)
{
	switch (hash) {
	case SIGN_SHA256:
		return "SHA256";
	case SIGN_SHA384:
		return "SHA384";
	case SIGN_SHA512:
		return "SHA512";
	default:
		return NULL;
	}
}

static bool is_rsa(EVP_PKEY *key)
{
	return EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_is_a(key, "RSA-PSS");
}

/* The hash whose strength is that of the curve (RFC 4754); 0: not a curve of ours. */
static enum sign_hash hash_of_curve(EVP_PKEY *key)
{
	static const struct {
		const char	*curve;
		enum sign_hash	hash;
	} curves[] = {
		{ "prime256v1", SIGN_SHA256 },
		{ "secp384r1", SIGN_SHA384 },
		{ "secp521r1", SIGN_SHA512 },
	};
	char name[64] = "";
	size_t i;

	if (!EVP_PKEY_is_a(key, "EC") ||
	    EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, name, sizeof(name),
					   NULL) != 1)
		return 0;
	for (i = 0; i < sizeof(curves) / sizeof(curves[0]); i++)
		if (!strcmp(curves[i].curve, name))
			return curves[i].hash;
	return 0;
}

static int rsa_check(EVP_PKEY *key, struct err *e)
{
	int bits = EVP_PKEY_get_bits(key);
	BIGNUM *exponent = NULL;
	bool fits;

	if (bits < RSA_BITS_MIN || bits > RSA_BITS_MAX)
		return err_set(e, -EKEYREJECTED, "an RSA key of %d bits; %d to %d are accepted",
			       bits, RSA_BITS_MIN, RSA_BITS_MAX);
	fits = EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &exponent) == 1 &&
	       BN_is_odd(exponent) &&
	       (BN_num_bits(exponent) > 32 || BN_get_word(exponent) >= RSA_E_MIN);
	BN_free(exponent);
	return fits ? 0 : err_set(e, -EKEYREJECTED, "an RSA key with an exponent below %d",
				  RSA_E_MIN);
}

int sign_key_check(EVP_PKEY *key, struct err *e)
{
	int ret = 0;

	if (!key)
		ret = err_set(e, -EKEYREJECTED, "no key");
	else if (is_rsa(key))
		ret = rsa_check(key, e);
	else if (!hash_of_curve(key) && !EVP_PKEY_is_a(key, "ED25519") &&
		 !EVP_PKEY_is_a(key, "ED448"))
		ret = err_set(e, -EKEYREJECTED, "a key that is not RSA, ECDSA or EdDSA as we use it");
	ERR_clear_error();
	return ret;
}

/* A key for RSASSA-PSS only (RFC 4055) makes no other signatures. */
static bool key_fits(const struct sign_alg *alg, EVP_PKEY *key)
{
	switch (alg->scheme) {
	case SIGN_RSA_PKCS1:
		return EVP_PKEY_is_a(key, "RSA");
	case SIGN_RSA_PSS:
		return is_rsa(key);
	case SIGN_ECDSA:
		return EVP_PKEY_is_a(key, "EC");
	case SIGN_EDDSA:
		return EVP_PKEY_is_a(key, alg->key);
	}
	return false;
}

const struct sign_alg *sign_pick(EVP_PKEY *key, unsigned int hashes, bool pss)
{
	const struct sign_alg *best = NULL;
	enum sign_hash curve;
	size_t i;

	if (sign_key_check(key, NULL))
		return NULL;
	curve = hash_of_curve(key);
	for (i = 0; i < NALGS; i++) {
		const struct sign_alg *a = &table[i];

		if (!(hashes & SIGN_BIT(a->hash)) || !key_fits(a, key))
			continue;
		/* The hash of the curve; not every peer takes another (RFC 7427 A.3 does not say). */
		if (a->hash == curve)
			return a;
		if (a->scheme == SIGN_RSA_PSS && !pss && EVP_PKEY_is_a(key, "RSA"))
			continue;
		best = best ?: a;
	}
	/* PSS is all that the peer and we have in common. */
	return best || pss ? best : sign_pick(key, hashes, true);
}

/* --- signatures ---------------------------------------------------------------------------- */

static bool set_padding(const struct sign_alg *alg, EVP_PKEY_CTX *ctx)
{
	switch (alg->scheme) {
	case SIGN_RSA_PKCS1:
		return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1;
	case SIGN_RSA_PSS:
		return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
		       EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) == 1;
	default:
		return true;
	}
}

/* Before either operation. */
static int judge(const struct sign_alg *alg, EVP_PKEY *key, struct err *e)
{
	int ret = sign_key_check(key, e);

	if (!ret && !key_fits(alg, key))
		ret = err_set(e, -EINVAL, "%s is not for this kind of key", alg->name);
	return ret;
}

int sign_make(const struct sign_alg *alg, EVP_PKEY *key, struct octets text,
	      uint8_t sig[static SIGN_MAX], size_t *len, struct err *e)
{
	EVP_PKEY_CTX *pctx = NULL;
	size_t n = SIGN_MAX;
	EVP_MD_CTX *ctx;
	int ret;

	*len = 0;
	ret = judge(alg, key, e);
	if (ret)
		return ret;
	ctx = EVP_MD_CTX_new();
	if (ctx &&
	    EVP_DigestSignInit_ex(ctx, &pctx, hash_name(alg->hash), NULL, NULL, key, NULL) == 1 &&
	    set_padding(alg, pctx) && EVP_DigestSign(ctx, sig, &n, text.p, text.n) == 1)
		*len = n;
	else
		ret = err_set(e, -EIO, "OpenSSL cannot sign (%s)", alg->name);
	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	return ret;
}

int sign_check(const struct sign_alg *alg, EVP_PKEY *key, struct octets text, struct octets sig,
	       struct err *e)
{
	EVP_PKEY_CTX *pctx = NULL;
	EVP_MD_CTX *ctx;
	int ret;

	ret = judge(alg, key, e);
	if (ret)
		return ret;
	ctx = EVP_MD_CTX_new();
	if (!ctx ||
	    EVP_DigestVerifyInit_ex(ctx, &pctx, hash_name(alg->hash), NULL, NULL, key, NULL) != 1 ||
	    !set_padding(alg, pctx))
		ret = err_set(e, -EIO, "OpenSSL cannot verify (%s)", alg->name);
	/* 0 and the negative ones alike: one of them is a forgery, and all are none of the key's. */
	else if (EVP_DigestVerify(ctx, sig.p, sig.n, text.p, text.n) != 1)
		ret = err_set(e, -EKEYREJECTED, "the signature is not right (%s)", alg->name);
	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	return ret;
}
