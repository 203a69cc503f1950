/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Encrypted payloads: SK (RFC 7296 section 3.14) and SKF, a fragment (RFC 7383 section 2.5).
 * Here they are found and framed only: sizes of IV and checksum are the algorithm's, and who
 * opens them has the keys.
 *
 *	SK:  generic header | IV, ciphertext, checksum
 *	SKF: generic header | fragment number | total | IV, ciphertext, checksum
 */
#ifndef XIPSEC_IKEV2_PLD_SK_H
#define XIPSEC_IKEV2_PLD_SK_H

#include "user/ikev2/payload.h"

struct pld_sk {
	uint8_t		first;		/* type of the first payload inside; of later fragments 0 */
	uint16_t	number, total;	/* of SKF; 0 of SK */
	struct span	sealed;		/* borrowed: IV, ciphertext, checksum */
	size_t		aad;		/* bytes before `sealed`, authenticated too */
};

/*
 * `msg` is the whole message, `p` its last payload. -EBADMSG also for fragment numbers that
 * cannot be: 0, above the total, a first payload named anywhere but in the first one.
 */
int pld_sk_parse(struct span msg, const struct payload *p, struct pld_sk *out, struct err *e);

/*
 * Starts an SK payload (total 0) or fragment in a message being written, the type inside
 * and the fragment's numbers in place. Returns where its generic header stands.
 * Whoever seals appends IV, ciphertext and checksum, and pld_sk_finish() sets the length.
 */
size_t pld_sk_begin(struct wr *w, uint8_t first, uint16_t number, uint16_t total);
void pld_sk_finish(struct wr *w, size_t at);

#endif /* XIPSEC_IKEV2_PLD_SK_H */
