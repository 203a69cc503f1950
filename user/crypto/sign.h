/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signatures of the Digital Signature method of IKEv2 (RFC 7427, 8420): the
 * AUTH payload's data is
 *
 *	length (1) | AlgorithmIdentifier, DER | signature
 *
 * The identifiers that we know are compared byte by byte; there is no parser of
 * ASN.1 here. SHA-1 is not among them (RFC 8247 section 3).
 *
 * Keys are the caller's. RSA: 2048 to 8192 bits, an exponent of 65537 or more;
 * ECDSA: P-256, P-384, P-521; Ed25519, Ed448. Others are -EKEYREJECTED.
 */
#ifndef XIPSEC_CRYPTO_SIGN_H
#define XIPSEC_CRYPTO_SIGN_H

#include <openssl/types.h>
#include <stdbool.h>

#include "user/crypto/octets.h"
#include "user/lib/err.h"

/* IANA "IKEv2 Hash Algorithms", as SIGNATURE_HASH_ALGORITHMS has them. */
enum sign_hash {
	SIGN_SHA256 = 2,
	SIGN_SHA384 = 3,
	SIGN_SHA512 = 4,
	SIGN_IDENTITY = 5,	/* of EdDSA, which hashes itself */
};

#define SIGN_HASHES	4	/* of them, from SIGN_SHA256 */
#define SIGN_BIT(hash)	(1u << (hash))
#define SIGN_MAX	1024	/* bytes: of RSA with 8192 bits */
#define SIGN_DER_MAX	67

enum sign_scheme {
	SIGN_RSA_PKCS1,		/* RSASSA-PKCS1-v1_5 */
	SIGN_RSA_PSS,		/* MGF1 with the same hash, a salt of its length */
	SIGN_ECDSA,
	SIGN_EDDSA,
};

struct sign_alg {
	const char		*name;
	enum sign_scheme	scheme;
	enum sign_hash		hash;
	struct octets		der;
	const char		*key;	/* OpenSSL's name of the key type, of EdDSA */
};

/* All of them, *n. */
const struct sign_alg *sign_table(size_t *n);

/* NULL: not one of ours, byte by byte. */
const struct sign_alg *sign_by_der(struct octets der);

/*
 * The data of an AUTH payload: *alg and *sig (within data). -EBADMSG: too short;
 * -ENOTSUP: an AlgorithmIdentifier that we do not know.
 */
int sign_parse(struct octets data, const struct sign_alg **alg, struct octets *sig, struct err *e);

/*
 * What to sign with, for a peer that announced these hashes (SIGN_BIT()). pss: prefer
 * it with an RSA key that can do both. NULL: nothing fits.
 */
const struct sign_alg *sign_pick(EVP_PKEY *key, unsigned int hashes, bool pss);

/* Whether a key may be used at all, to sign or to verify. */
int sign_key_check(EVP_PKEY *key, struct err *e);

/* sig: SIGN_MAX bytes; ECDSA's is DER. -EKEYREJECTED, -EINVAL (key and algorithm), -EIO. */
int sign_make(const struct sign_alg *alg, EVP_PKEY *key, struct octets text,
	      uint8_t sig[static SIGN_MAX], size_t *len, struct err *e);

/* 0: it is the key's signature of this text; else as above, -EKEYREJECTED if it is not. */
int sign_check(const struct sign_alg *alg, EVP_PKEY *key, struct octets text, struct octets sig,
	       struct err *e);

#endif /* XIPSEC_CRYPTO_SIGN_H */
