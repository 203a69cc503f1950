/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pseudo-random functions, and the keys that IKEv2 makes with them: SKEYSEED and
 * SK_* (RFC 7296 section 2.14, 2.18; RFC 9370), KEYMAT of child SAs (2.17), AUTH
 * by a shared key (2.15), and what a PPK adds (RFC 8784).
 *
 * All return 0 or a negative errno: -EINVAL (an algorithm that is no PRF, an empty
 * key or secret, nonces out of bounds, more output than prf+ has), -EIO (OpenSSL
 * failed). On failure the output is wiped.
 */
#ifndef XIPSEC_CRYPTO_PRF_H
#define XIPSEC_CRYPTO_PRF_H

#include "user/crypto/alg.h"
#include "user/crypto/octets.h"

/* A key of an SA: with the salt, if its cipher has one. Wiped by its owner. */
struct sk_key {
	uint8_t	len;		/* bytes; 0: none */
	uint8_t	b[ALG_KEY_MAX];
};

/* The algorithms of an IKE SA. integ: NULL with an AEAD. */
struct ike_algs {
	const struct alg *encr, *prf, *integ;
};

/* Of an IKE SA, as RFC 7296 section 2.14 names them. ai, ar: none with an AEAD. */
struct ike_keys {
	struct sk_key	d, ai, ar, ei, er, pi, pr;
};

/* Of a child SA: _i protects what the initiator of the exchange sends. */
struct child_keys {
	struct sk_key	ei, ai, er, ar;
};

#define NONCE_MIN	16	/* RFC 7296 section 3.9 */
#define NONCE_MAX	256

struct nonces {
	struct octets	i, r;
};

/* Key exchanges of one message, more than one only with RFC 9370. */
#define KE_MAX		8

/* prf(key, in[0] | in[1] ...): prf->key_len bytes. */
int prf(const struct alg *prf, struct octets key, const struct octets *in, size_t n,
	struct sk_key *out);

/* prf+ of section 2.13; len: up to 255 outputs of the PRF. */
int prf_plus(const struct alg *prf, struct octets key, const struct octets *seed, size_t n,
	     uint8_t *out, size_t len);

/*
 * SKEYSEED = prf(Ni | Nr, g^ir).
 * Beside it for a rekey, with the old SA's PRF: prf(SK_d, g^ir | Ni | Nr | SK(1) ... SK(n)).
 * And the step after an IKE_INTERMEDIATE (RFC 9370 section 2.2.2), which is a rekey of one secret.
 */
int prf_skeyseed(const struct alg *prf, const struct nonces *n, struct octets shared,
		 struct sk_key *out);
int prf_skeyseed_rekey(const struct alg *old_prf, const struct sk_key *sk_d,
		       const struct octets *shared, size_t nshared, const struct nonces *n,
		       struct sk_key *out);

/* {SK_d | SK_ai | ... } = prf+(SKEYSEED, Ni | Nr | SPIi | SPIr). SPIs: 8 bytes each. */
int prf_ike_keys(const struct ike_algs *algs, const struct sk_key *skeyseed,
		 const struct nonces *n, const uint8_t spi_i[static 8],
		 const uint8_t spi_r[static 8], struct ike_keys *out);

/* KEYMAT = prf+(SK_d, [g^ir |] Ni | Nr [| SK(1) ...]), cut in the order of section 2.17. */
int prf_child_keys(const struct alg *prf, const struct sk_key *sk_d, const struct octets *shared,
		   size_t nshared, const struct nonces *n, const struct alg *encr,
		   const struct alg *integ, struct child_keys *out);

/* SK_d, SK_pi and SK_pr become prf+(PPK, what they were): RFC 8784 section 3. */
int prf_ppk(const struct alg *prf, struct octets ppk, struct ike_keys *k);

/* prf(Shared Secret, "Key Pad for IKEv2"): all of a pre-shared key that AUTH needs. */
int prf_pad_psk(const struct alg *prf, struct octets psk, struct sk_key *out);

/*
 * AUTH = prf(padded key, signed octets): message, nonce, prf(SK_p, ID) [, IntAuth].
 * prf_check_auth() compares in constant time; -EKEYREJECTED: another one.
 */
int prf_auth(const struct alg *prf, const struct sk_key *padded, const struct octets *in, size_t n,
	     struct sk_key *out);
int prf_check_auth(const struct alg *prf, const struct sk_key *padded, const struct octets *in,
		   size_t n, struct octets auth);

static inline struct octets sk_octets(const struct sk_key *k)
{
	return (struct octets){ k->b, k->len };
}

void sk_key_wipe(struct sk_key *k);
void ike_keys_wipe(struct ike_keys *k);
void child_keys_wipe(struct child_keys *k);

#endif /* XIPSEC_CRYPTO_PRF_H */
