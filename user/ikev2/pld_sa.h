/* SPDX-License-Identifier: Apache-2.0 */
/* The Security Association payload: proposals, transforms, attributes (RFC 7296 section 3.3). */
#ifndef XIPSEC_IKEV2_PLD_SA_H
#define XIPSEC_IKEV2_PLD_SA_H

#include "user/ike/proposal.h"
#include "user/ikev2/payload.h"

/*
 * All of it is checked: lengths, "last" markers against them, counts, numbers (an offer
 * counts from 1, section 3.3.1), sizes of SPIs by protocol. Not taken up but counted in
 * out->over: proposals that find no room (a part of one must never be agreed to), those of
 * a protocol that we do not know, and those whose ESP or AH SPI is below 256 (RFC 4303
 * section 2.1), which the kernel must never see. Types of transforms and attributes that
 * we do not know are kept as they are: the choice refuses them (section 3.3.6).
 */
int pld_sa_parse(struct span body, struct proposals *out, struct err *e);
void pld_sa_build(struct wr *w, const struct proposals *s);

#endif /* XIPSEC_IKEV2_PLD_SA_H */
