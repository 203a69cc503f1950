// SPDX-License-Identifier: Apache-2.0
#include "user/crypto/dh.h"

#include <errno.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/dh.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <stdlib.h>
#include <string.h>

#define POINT_UNCOMPRESSED	0x04	/* SEC 1 section 2.3.3 */
#define GROUP_2_PRIVATE_BITS	320	/* twice the group's strength, with some to spare */

/* How OpenSSL wants the group to be handled. */
enum kind { MODP, ECP, XDH, KEM };

struct dh {
	const struct alg *group;
	EVP_PKEY	*key;
};

static enum kind kind_of(const struct alg *g)
{
	if (!strncmp(g->openssl, "P-", 2))
		return ECP;
	if (!strncmp(g->openssl, "X", 1))
		return XDH;
	return strncmp(g->openssl, "ML-KEM-", 7) ? MODP : KEM;
}

/* Name of the key type, as EVP_KEYMGMT has it. */
static const char *key_type(const struct alg *g)
{
	switch (kind_of(g)) {
	case MODP:
		return "DH";
	case ECP:
		return "EC";
	default:
		return g->openssl;
	}
}

static bool in_table(const struct alg *g)
{
	return g && g->type == ALG_KE && g->treat != ALG_REJECT && g->openssl &&
	       g->pub_i <= ALG_PUB_MAX && g->pub_r <= ALG_PUB_MAX && g->shared <= ALG_SHARED_MAX;
}

bool dh_available(const struct alg *group)
{
	EVP_KEYMGMT *mgmt;

	if (!in_table(group))
		return false;
	mgmt = EVP_KEYMGMT_fetch(NULL, key_type(group), NULL);
	EVP_KEYMGMT_free(mgmt);
	ERR_clear_error();
	return mgmt != NULL;
}

void dh_secret_wipe(struct dh_secret *s)
{
	OPENSSL_cleanse(s, sizeof(*s));
}

void dh_free(struct dh *dh)
{
	if (!dh)
		return;
	EVP_PKEY_free(dh->key);
	free(dh);
}

/* What OpenSSL says is of no use to a reader of the log; the group is. */
static int failed(const struct alg *g, const char *what, struct err *e)
{
	ERR_clear_error();
	return err_set(e, -EIO, "OpenSSL cannot %s (%s)", what, g->show);
}

static int rejected(const struct alg *g, const char *why, struct err *e)
{
	ERR_clear_error();
	return err_set(e, -EKEYREJECTED, "the peer's public value %s (%s)", why, g->show);
}

/* --- parameters of a group ----------------------------------------------------------------- */

/* Group 2, which OpenSSL does not know by name. */
static OSSL_PARAM *oakley_group_2(void)
{
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	BIGNUM *p = BN_get_rfc2409_prime_1024(NULL), *g = BN_new();
	OSSL_PARAM *params = NULL;

	if (bld && p && g && BN_set_word(g, 2) &&
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_FFC_P, p) &&
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_FFC_G, g) &&
	    OSSL_PARAM_BLD_push_int(bld, OSSL_PKEY_PARAM_DH_PRIV_LEN, GROUP_2_PRIVATE_BITS))
		params = OSSL_PARAM_BLD_to_param(bld);
	OSSL_PARAM_BLD_free(bld);
	BN_free(p);
	BN_free(g);
	return params;
}

static OSSL_PARAM *group_params(const struct alg *g)
{
	OSSL_PARAM named[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)g->openssl, 0),
		OSSL_PARAM_construct_end(),
	};

	return g->id == 2 ? oakley_group_2() : OSSL_PARAM_dup(named);
}

/* A key without values: of MODP and ECP, whose parameters are apart from them. */
static EVP_PKEY *empty_key(const struct alg *g)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, key_type(g), NULL);
	OSSL_PARAM *params = group_params(g);
	EVP_PKEY *key = NULL;

	if (!ctx || !params || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEY_PARAMETERS, params) != 1) {
		EVP_PKEY_free(key);
		key = NULL;
	}
	OSSL_PARAM_free(params);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

/* --- public values ------------------------------------------------------------------------- */

static int export_public(const struct alg *g, EVP_PKEY *key, struct dh_public *pub, struct err *e)
{
	size_t skip = kind_of(g) == ECP ? 1 : 0, n;
	uint8_t *b = NULL;
	int ret = 0;

	n = EVP_PKEY_get1_encoded_public_key(key, &b);
	if (n != g->pub_i + skip || (skip && b[0] != POINT_UNCOMPRESSED)) {
		ret = failed(g, "encode a public value", e);
	} else {
		memcpy(pub->b, b + skip, n - skip);
		pub->len = (uint16_t)(n - skip);
	}
	OPENSSL_free(b);
	return ret;
}

/* Of a point: decoding it checks that it is on the curve. */
static EVP_PKEY *decode_public(const struct alg *g, struct octets v)
{
	uint8_t b[1 + ALG_PUB_MAX] = { POINT_UNCOMPRESSED };
	size_t skip = kind_of(g) == ECP ? 1 : 0;
	EVP_PKEY *key;

	if (kind_of(g) == XDH || kind_of(g) == KEM)
		return EVP_PKEY_new_raw_public_key_ex(NULL, g->openssl, NULL, v.p, v.n);
	memcpy(b + skip, v.p, v.n);
	key = empty_key(g);
	if (key && EVP_PKEY_set1_encoded_public_key(key, b, v.n + skip) != 1) {
		EVP_PKEY_free(key);
		key = NULL;
	}
	return key;
}

/*
 * RFC 6989: for the groups that we have (safe primes, prime order) the range and
 * the curve's equation are all that there is to check. OpenSSL's "quick" check
 * is that; its full one costs 40 times the exchange and finds nothing more.
 * Decoding does the same today, which no manual page promises.
 */
static bool public_fits(EVP_PKEY *key)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	bool fits = ctx && EVP_PKEY_public_check_quick(ctx) == 1;

	EVP_PKEY_CTX_free(ctx);
	return fits;
}

static int import_public(const struct alg *g, struct octets v, EVP_PKEY **key, struct err *e)
{
	*key = NULL;
	if (v.n != g->pub_i)
		return err_set(e, -EKEYREJECTED,
			       "the peer's public value has %zu bytes, not %u (%s)", v.n, g->pub_i,
			       g->show);
	*key = decode_public(g, v);
	if (*key && (kind_of(g) == XDH || kind_of(g) == KEM || public_fits(*key)))
		return 0;
	EVP_PKEY_free(*key);
	*key = NULL;
	return rejected(g, kind_of(g) == ECP ? "is not on the curve" : "is out of range", e);
}

/* --- secrets ------------------------------------------------------------------------------- */

static bool is_zero(const struct dh_secret *s)
{
	static const uint8_t zero[ALG_SHARED_MAX];

	return !CRYPTO_memcmp(s->b, zero, s->len);
}

static bool derive(const struct alg *g, EVP_PKEY *ours, EVP_PKEY *peer, struct dh_secret *out)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, ours, NULL);
	unsigned int pad = 1;
	OSSL_PARAM params[] = {
		OSSL_PARAM_uint(OSSL_EXCHANGE_PARAM_PAD, &pad),
		OSSL_PARAM_END,
	};
	size_t len = sizeof(out->b);
	bool fine;

	fine = ctx && EVP_PKEY_derive_init(ctx) == 1 &&
	       (kind_of(g) != MODP || EVP_PKEY_CTX_set_params(ctx, params) == 1) &&
	       EVP_PKEY_derive_set_peer_ex(ctx, peer, 0) == 1 &&
	       EVP_PKEY_derive(ctx, out->b, &len) == 1 && len == g->shared;
	EVP_PKEY_CTX_free(ctx);
	out->len = fine ? (uint16_t)len : 0;
	return fine;
}

/* *out only if there is a result that is a secret. */
static int derive_checked(const struct alg *g, EVP_PKEY *ours, EVP_PKEY *peer,
			  struct dh_secret *out, struct err *e)
{
	if (derive(g, ours, peer, out) && !is_zero(out))
		return 0;
	dh_secret_wipe(out);
	return rejected(g, "gives no secret", e);
}

static bool decapsulate(const struct alg *g, EVP_PKEY *ours, struct octets text,
			struct dh_secret *out)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, ours, NULL);
	size_t len = sizeof(out->b);
	bool fine;

	fine = ctx && EVP_PKEY_decapsulate_init(ctx, NULL) == 1 &&
	       EVP_PKEY_decapsulate(ctx, out->b, &len, text.p, text.n) == 1 && len == g->shared;
	EVP_PKEY_CTX_free(ctx);
	out->len = fine ? (uint16_t)len : 0;
	return fine;
}

static bool encapsulate(const struct alg *g, EVP_PKEY *peer, struct dh_public *text,
			struct dh_secret *out)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, peer, NULL);
	size_t len = sizeof(out->b), text_len = sizeof(text->b);
	bool fine;

	fine = ctx && EVP_PKEY_encapsulate_init(ctx, NULL) == 1 &&
	       EVP_PKEY_encapsulate(ctx, text->b, &text_len, out->b, &len) == 1 &&
	       len == g->shared && text_len == g->pub_r;
	EVP_PKEY_CTX_free(ctx);
	out->len = fine ? (uint16_t)len : 0;
	text->len = fine ? (uint16_t)text_len : 0;
	return fine;
}

/* --- the exchange -------------------------------------------------------------------------- */

static EVP_PKEY *generate(const struct alg *g)
{
	EVP_PKEY *params = NULL, *key = NULL;
	EVP_PKEY_CTX *ctx;

	if (kind_of(g) == XDH || kind_of(g) == KEM) {
		ctx = EVP_PKEY_CTX_new_from_name(NULL, g->openssl, NULL);
	} else {
		params = empty_key(g);
		ctx = params ? EVP_PKEY_CTX_new_from_pkey(NULL, params, NULL) : NULL;
	}
	if (ctx && EVP_PKEY_keygen_init(ctx) == 1)
		EVP_PKEY_generate(ctx, &key);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(params);
	return key;
}

int dh_new(const struct alg *group, struct dh **dh, struct dh_public *pub, struct err *e)
{
	struct dh *d;
	int ret;

	*dh = NULL;
	pub->len = 0;
	if (!dh_available(group))
		return err_set(e, -ENOTSUP, "this OpenSSL has no key exchange %u",
			       group ? group->id : 0);
	d = calloc(1, sizeof(*d));
	if (!d)
		return err_set(e, -ENOMEM, "out of memory");
	d->group = group;
	d->key = generate(group);
	ret = d->key ? export_public(group, d->key, pub, e) :
		       failed(group, "make a private value", e);
	if (ret)
		dh_free(d);
	else
		*dh = d;
	return ret;
}

int dh_finish(const struct dh *dh, struct octets peer, struct dh_secret *out, struct err *e)
{
	const struct alg *g = dh->group;
	EVP_PKEY *key;
	int ret;

	dh_secret_wipe(out);
	if (kind_of(g) == KEM) {
		if (peer.n == g->pub_r && decapsulate(g, dh->key, peer, out))
			return 0;
		dh_secret_wipe(out);
		return rejected(g, "is no ciphertext", e);
	}
	ret = import_public(g, peer, &key, e);
	if (!ret)
		ret = derive_checked(g, dh->key, key, out, e);
	EVP_PKEY_free(key);
	return ret;
}

/* The peer's value is looked at before a private value is made: refusing costs little. */
int dh_respond(const struct alg *group, struct octets peer, struct dh_public *pub,
	       struct dh_secret *out, struct err *e)
{
	EVP_PKEY *theirs = NULL;
	struct dh *dh = NULL;
	int ret;

	dh_secret_wipe(out);
	pub->len = 0;
	if (!dh_available(group))
		return err_set(e, -ENOTSUP, "this OpenSSL has no key exchange %u",
			       group ? group->id : 0);
	ret = import_public(group, peer, &theirs, e);
	if (!ret && kind_of(group) == KEM) {
		ret = encapsulate(group, theirs, pub, out) ? 0 : failed(group, "encapsulate", e);
	} else if (!ret) {
		ret = dh_new(group, &dh, pub, e);
		if (!ret)
			ret = derive_checked(group, dh->key, theirs, out, e);
	}
	if (ret) {
		dh_secret_wipe(out);
		pub->len = 0;
	}
	dh_free(dh);
	EVP_PKEY_free(theirs);
	return ret;
}
