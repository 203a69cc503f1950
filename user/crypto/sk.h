/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Encrypted payload of IKEv2, SK, and the Encrypted Fragment, SKF: RFC 7296
 * section 3.14, RFC 5282 (AEADs), RFC 7634, RFC 7383. A message is one buffer:
 *
 *	| head | IV | text | padding | pad length | ICV |
 *
 * head: the IKE header, payloads before SK if any, SK's own header (SKF's with
 * its two numbers). It is authenticated, so the lengths in it are written before
 * sealing: sk_sealed_len() is what the header of the message has to say.
 */
#ifndef XIPSEC_CRYPTO_SK_H
#define XIPSEC_CRYPTO_SK_H

#include "user/crypto/prf.h"
#include "user/lib/env.h"

#define SK_MESSAGE_MAX	65535	/* bytes: a UDP datagram, or what was reassembled */

/* One direction of one IKE SA. Keys are borrowed. */
struct sk {
	const struct alg	*encr;
	const struct alg	*integ;		/* NULL with an AEAD */
	const struct sk_key	*e, *a;		/* a: NULL with an AEAD */
	/*
	 * The next IV of an AEAD, which may be used once only: a number that only
	 * goes up. Whoever takes an SA over starts above what was used.
	 */
	uint64_t		iv;
};

/* Whether the algorithms go together and the keys have their lengths. */
bool sk_usable(const struct sk *s);

/* Where the text starts; the whole message with a text of that length. 0: too long. */
size_t sk_text_offset(const struct sk *s, size_t head);
size_t sk_sealed_len(const struct sk *s, size_t head, size_t text_len);

/*
 * Encrypts the text that stands at sk_text_offset(), in place; writes IV, padding,
 * ICV. *len: all of the message. An IV of CBC is random, from env. -EINVAL: keys do
 * not fit, -EMSGSIZE: `room` is too small, and the buffer is as it was. Then the text
 * is wiped: -EOVERFLOW: no IV is left, the SA has to go; what env says; -EIO.
 */
int sk_seal(struct sk *s, const struct env *env, uint8_t *msg, size_t room, size_t head,
	    size_t text_len, size_t *len);

/*
 * Opens a message of len bytes in place. text: within msg. -EBADMSG: not authentic,
 * or of a wrong length, which it does not tell apart; text is then empty and the
 * buffer holds nothing decrypted. -EINVAL: keys do not fit; -EIO: OpenSSL failed.
 */
int sk_open(const struct sk *s, uint8_t *msg, size_t len, size_t head, struct octets *text);

#endif /* XIPSEC_CRYPTO_SK_H */
