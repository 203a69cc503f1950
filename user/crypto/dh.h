/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Key exchange: MODP groups (RFC 2409, 3526), curves (RFC 5903, 8031), ML-KEM where
 * OpenSSL has it. Public values are encoded as the KE payload has them: MODP with
 * leading zeros up to the length of the prime, a curve's point as x | y without
 * OpenSSL's first byte, X25519 and X448 as they are.
 *
 * A peer's value is checked as RFC 6989 wants it before it is used: its length, its
 * range, that the point is on the curve, that the result of X25519 or X448 is not
 * all zeros. What fails is -EKEYREJECTED.
 *
 * Private values come from OpenSSL's own generator, not from struct env: a run
 * cannot be repeated bit by bit, but nothing is decided by them.
 *
 * Nothing is shared between two struct dh: each may be used by a thread of its own.
 */
#ifndef XIPSEC_CRYPTO_DH_H
#define XIPSEC_CRYPTO_DH_H

#include "user/crypto/alg.h"
#include "user/crypto/octets.h"
#include "user/lib/err.h"

struct dh_public {
	uint16_t	len;
	uint8_t		b[ALG_PUB_MAX];
};

/* The shared secret, as RFC 7296 section 2.14 wants it: never shortened. Wiped by its owner. */
struct dh_secret {
	uint16_t	len;
	uint8_t		b[ALG_SHARED_MAX];
};

/* Our private value and what belongs to it. */
struct dh;

/* Whether this OpenSSL has the group; a group that the table rejects is not there. */
bool dh_available(const struct alg *group);

/* A new private value. The initiator's part: pub is what it sends. -ENOTSUP, -EIO. */
int dh_new(const struct alg *group, struct dh **dh, struct dh_public *pub, struct err *e);
void dh_free(struct dh *dh);	/* wipes; NULL is fine */

/* What the responder sent. -EKEYREJECTED: not a value of this group. */
int dh_finish(const struct dh *dh, struct octets peer, struct dh_secret *out, struct err *e);

/* The responder's part in one step: peer is what the initiator sent, pub the answer. */
int dh_respond(const struct alg *group, struct octets peer, struct dh_public *pub,
	       struct dh_secret *out, struct err *e);

static inline struct octets dh_octets(const struct dh_secret *s)
{
	return (struct octets){ s->b, s->len };
}

void dh_secret_wipe(struct dh_secret *s);

#endif /* XIPSEC_CRYPTO_DH_H */
