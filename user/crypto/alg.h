/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The algorithms that we know, in one table: what IOS calls them, their numbers
 * in IKEv2 (IANA "IKEv2 Parameters") and IKEv1, the kernel's name, lengths, what
 * OpenSSL calls them, and how requirements.md section E treats them. A row is one
 * algorithm with one length of key.
 */
#ifndef XIPSEC_CRYPTO_ALG_H
#define XIPSEC_CRYPTO_ALG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* IKEv2 transform types. */
enum alg_type {
	ALG_ENCR = 1,
	ALG_PRF = 2,
	ALG_INTEG = 3,
	ALG_KE = 4,		/* key exchange: Diffie-Hellman groups and KEMs */
};

/* What it may be used for. */
enum alg_use {
	ALG_IKE	= 0x1,
	ALG_ESP	= 0x2,
	ALG_AH	= 0x4,
};

enum alg_treat {
	ALG_ACCEPT,
	ALG_NOTICE,		/* accepted, one notice for each load; never a default */
	ALG_OPT_IN,		/* only with `crypto legacy permit CLASS` */
	ALG_REJECT,		/* known by name only, so that a refusal can say which it was */
};

/* Names of IOS. NULL: it has none there. Numbers: 0 where there is none. */
struct alg {
	enum alg_type	type;
	uint16_t	id;		/* IKEv2 */
	uint16_t	bits;		/* IKEv2's Key Length attribute; 0: never sent */
	uint8_t		use;		/* ALG_IKE | ALG_ESP | ALG_AH */
	enum alg_treat	treat;
	const char	*legacy;	/* CLASS of ALG_OPT_IN */

	const char	*ike;		/* in `crypto ikev2 proposal` */
	const char	*set;		/* in a transform set; integrity: without "esp-", "ah-" */
	const char	*show;		/* in `show crypto ikev2 proposal` (R-IKE-24) */
	const char	*kernel;	/* of XFRM */
	const char	*openssl;	/* cipher, digest of the HMAC, curve, group or KEM */

	uint16_t	ike1;		/* IKEv1, phase 1: attribute value (RFC 2409 appendix A) */
	uint16_t	esp1;		/* IKEv1, phase 2: transform, authentication (RFC 2407) */

	/* Ciphers, integrity, PRFs; bytes. */
	uint16_t	key_len;	/* without the salt */
	uint16_t	salt_len;	/* behind the key, as IKE derives and the kernel takes it */
	uint16_t	block;		/* the ciphertext is a multiple of it */
	uint16_t	iv;
	uint16_t	icv;		/* of an AEAD, or of the integrity algorithm */
	bool		aead;

	/* Key exchanges; bytes. Two public values only of a KEM. */
	uint16_t	pub_i, pub_r;
	uint16_t	shared;		/* length of the shared secret */
};

/* Bounds of the table, for buffers; a test compares. */
#define ALG_KEY_MAX	64		/* key and salt */
#define ALG_ICV_MAX	32
#define ALG_PRF_MAX	64
#define ALG_PUB_MAX	1568		/* ML-KEM-1024 */
#define ALG_SHARED_MAX	1024		/* group 18 */

/* All rows; *n: how many. */
const struct alg *alg_table(size_t *n);

/* NULL: not known. bits: the Key Length attribute, 0 if there was none. */
const struct alg *alg_by_ike2(enum alg_type type, uint16_t id, uint16_t bits);
const struct alg *alg_by_ike1(enum alg_type type, uint16_t id, uint16_t bits);

/* The words of `crypto ikev2 proposal`; "19" for a group. */
const struct alg *alg_by_ike_word(enum alg_type type, const char *word);

/* "esp-aes" with 256; "esp-sha-hmac", "ah-sha-hmac". bits: where a cipher has a choice. */
const struct alg *alg_by_set_word(enum alg_type type, const char *word, uint16_t bits);

/* key_bits as the kernel counts: with the salt. 0: whichever comes first. */
const struct alg *alg_by_kernel(enum alg_type type, const char *name, uint16_t key_bits);

/* Bytes of key material that IKE derives for it. */
static inline size_t alg_key_material(const struct alg *a)
{
	return (size_t)a->key_len + a->salt_len;
}

#endif /* XIPSEC_CRYPTO_ALG_H */
