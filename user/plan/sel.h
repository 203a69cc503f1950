/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of packets (struct flow_sel): which packet is in, overlap, containment, intersection. */
#ifndef XIPSEC_PLAN_SEL_H
#define XIPSEC_PLAN_SEL_H

#include "user/plan/flow.h"

/* A packet without ports is only in sets of any ports. */
bool sel_has(const struct flow_sel *s, const struct flow_packet *p);

/* Whether a packet can be in both. */
bool sel_overlaps(const struct flow_sel *a, const struct flow_sel *b);

/* Whether each packet of `b` is in `a`. */
bool sel_covers(const struct flow_sel *a, const struct flow_sel *b);

/* What is in both; they overlap. */
struct flow_sel sel_both(const struct flow_sel *a, const struct flow_sel *b);

/* The packets of the other direction. */
struct flow_sel sel_mirror(const struct flow_sel *s);

/* Bits of addresses behind their lengths do not count. */
bool sel_equal(const struct flow_sel *a, const struct flow_sel *b);
uint32_t sel_hash(const struct flow_sel *s);

static inline bool sel_any_ports(const struct flow_sel *s)
{
	return !s->sport_lo && s->sport_hi == 65535 && !s->dport_lo && s->dport_hi == 65535;
}

#endif /* XIPSEC_PLAN_SEL_H */
