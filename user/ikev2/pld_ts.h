/* SPDX-License-Identifier: Apache-2.0 */
/* Traffic Selector payloads (RFC 7296 section 3.13). */
#ifndef XIPSEC_IKEV2_PLD_TS_H
#define XIPSEC_IKEV2_PLD_TS_H

#include "user/ike/selector.h"
#include "user/ikev2/payload.h"

/*
 * At least one selector; ranges in order. Counted in out->over but left out: those of types that
 * we do not know, and those beyond TS_MAX. Leaving some out is narrowing, which a responder may do.
 */
int pld_ts_parse(struct span body, struct ts_list *out, struct err *e);
void pld_ts_build(struct wr *w, const struct ts_list *l);

#endif /* XIPSEC_IKEV2_PLD_TS_H */
