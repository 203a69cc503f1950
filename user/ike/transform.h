/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Transforms by their IANA numbers (registry "IKEv2 Parameters"): names, and the
 * facts that decide whether a proposal makes sense. IKEv1's attributes are turned
 * into the same numbers by its own codec.
 */
#ifndef XIPSEC_IKE_TRANSFORM_H
#define XIPSEC_IKE_TRANSFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum ike_protocol { IKE_PROTO_NONE = 0, IKE_PROTO_IKE = 1, IKE_PROTO_AH = 2, IKE_PROTO_ESP = 3 };

enum transform_type {
	T_ENCR	= 1,
	T_PRF	= 2,
	T_INTEG	= 3,
	T_KE	= 4,		/* Diffie-Hellman groups and all that came after them */
	T_ESN	= 5,
	T_ADDKE1 = 6,		/* RFC 9370; T_ADDKE1 + 6 is the seventh */
	T_ADDKE7 = 12,
	T_TYPES,
};

enum {				/* identifiers that decisions are made by */
	ENCR_NULL = 11, ENCR_AES_CBC = 12, ENCR_AES_CTR = 13, ENCR_AES_GCM_16 = 20,
	ENCR_NULL_AUTH_AES_GMAC = 21, ENCR_CHACHA20_POLY1305 = 28,
	PRF_HMAC_SHA2_256 = 5, PRF_HMAC_SHA2_384 = 6, PRF_HMAC_SHA2_512 = 7,
	INTEG_NONE = 0, INTEG_SHA1_96 = 2, INTEG_SHA2_256_128 = 12, INTEG_SHA2_384_192 = 13,
	INTEG_SHA2_512_256 = 14,
	KE_NONE = 0, KE_MODP_2048 = 14, KE_ECP_256 = 19, KE_ECP_384 = 20, KE_ECP_521 = 21,
	KE_CURVE25519 = 31, KE_CURVE448 = 32, KE_ML_KEM_512 = 35, KE_ML_KEM_768 = 36,
	KE_ML_KEM_1024 = 37,
	ESN_NO = 0, ESN_YES = 1,
};

enum {				/* transform.flags */
	TF_ATTR = 1,		/* an attribute that is unknown, twice there or of the wrong form */
};

struct transform {
	uint8_t		type;		/* enum transform_type, or one that we do not know */
	uint8_t		flags;
	uint16_t	id;
	uint16_t	keylen;		/* bits; 0: no such attribute */
};

enum keylen_rule {
	KEYLEN_NO,		/* the attribute must not be there */
	KEYLEN_MUST,
};

/* What is known of an identifier. */
struct transform_info {
	uint8_t		type;		/* T_KE also for T_ADDKE1 and on */
	uint16_t	id;
	const char	*name;		/* as in the registry */
	enum keylen_rule keylen;
	bool		aead;		/* integrity is in it */
	uint16_t	ke_i, ke_r;	/* bytes of key exchange data from either side */
};

/* NULL: not known. */
const struct transform_info *transform_info(uint8_t type, uint16_t id);

/* "key exchange", "additional key exchange 2" ...; of unknown types "transform type". */
const char *transform_type_name(uint8_t type);

#define TRANSFORM_STR_MAX	48

/* "AES_GCM_16-256", "ECP_384"; "ENCR 1234" and "type 77: 5" for what is unknown. Returns buf. */
const char *transform_str(const struct transform *t, char buf[static TRANSFORM_STR_MAX]);

static inline bool transform_is_ke(uint8_t type)
{
	return type == T_KE || (type >= T_ADDKE1 && type <= T_ADDKE7);
}

static inline bool transform_equal(const struct transform *a, const struct transform *b)
{
	return a->type == b->type && a->flags == b->flags && a->id == b->id &&
	       a->keylen == b->keylen;
}

#endif /* XIPSEC_IKE_TRANSFORM_H */
