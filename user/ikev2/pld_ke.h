/* SPDX-License-Identifier: Apache-2.0 */
/* Key Exchange and Nonce payloads (RFC 7296 sections 3.4 and 3.9, RFC 9370). */
#ifndef XIPSEC_IKEV2_PLD_KE_H
#define XIPSEC_IKEV2_PLD_KE_H

#include "user/ike/header.h"
#include "user/ikev2/payload.h"

#define NONCE_MIN	16
#define NONCE_MAX	256

struct pld_ke {
	uint16_t	method;		/* T_KE of transform.h */
	struct span	data;		/* borrowed, not empty */
};

int pld_ke_parse(struct span body, struct pld_ke *out, struct err *e);
void pld_ke_build(struct wr *w, const struct pld_ke *ke);

/*
 * Whether the data has the size of its method from that side: to be asked before it goes
 * near any arithmetic. False for methods that we do not know.
 */
bool pld_ke_fits(const struct pld_ke *ke, enum ike_role sender);

int pld_nonce_parse(struct span body, struct span *out, struct err *e);
void pld_nonce_build(struct wr *w, struct span nonce);

#endif /* XIPSEC_IKEV2_PLD_KE_H */
