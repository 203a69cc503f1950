// SPDX-License-Identifier: Apache-2.0
#include "user/plan/sel.h"

#include "user/plan/prefix.h"

static bool has_port(uint16_t lo, uint16_t hi, uint16_t port)
{
	return lo <= port && port <= hi;
}

bool sel_has(const struct flow_sel *s, const struct flow_packet *p)
{
	if (s->family != p->family || (s->proto && s->proto != p->proto))
		return false;
	if (!prefix_has(&s->src, s->splen, &p->src) || !prefix_has(&s->dst, s->dplen, &p->dst))
		return false;
	if (sel_any_ports(s))
		return true;
	return p->has_ports && has_port(s->sport_lo, s->sport_hi, p->sport) &&
	       has_port(s->dport_lo, s->dport_hi, p->dport);
}

bool sel_overlaps(const struct flow_sel *a, const struct flow_sel *b)
{
	return a->family == b->family && (!a->proto || !b->proto || a->proto == b->proto) &&
	       a->sport_lo <= b->sport_hi && b->sport_lo <= a->sport_hi &&
	       a->dport_lo <= b->dport_hi && b->dport_lo <= a->dport_hi &&
	       prefix_overlaps(&a->src, a->splen, &b->src, b->splen) &&
	       prefix_overlaps(&a->dst, a->dplen, &b->dst, b->dplen);
}

bool sel_covers(const struct flow_sel *a, const struct flow_sel *b)
{
	return a->family == b->family && (!a->proto || a->proto == b->proto) &&
	       a->sport_lo <= b->sport_lo && b->sport_hi <= a->sport_hi &&
	       a->dport_lo <= b->dport_lo && b->dport_hi <= a->dport_hi &&
	       prefix_covers(&a->src, a->splen, &b->src, b->splen) &&
	       prefix_covers(&a->dst, a->dplen, &b->dst, b->dplen);
}

static uint16_t higher(uint16_t a, uint16_t b)
{
	return a > b ? a : b;
}

static uint16_t lower(uint16_t a, uint16_t b)
{
	return a < b ? a : b;
}

struct flow_sel sel_both(const struct flow_sel *a, const struct flow_sel *b)
{
	return (struct flow_sel){
		.family = a->family,
		.proto = a->proto ? a->proto : b->proto,
		.src = a->splen > b->splen ? a->src : b->src,
		.splen = a->splen > b->splen ? a->splen : b->splen,
		.dst = a->dplen > b->dplen ? a->dst : b->dst,
		.dplen = a->dplen > b->dplen ? a->dplen : b->dplen,
		.sport_lo = higher(a->sport_lo, b->sport_lo),
		.sport_hi = lower(a->sport_hi, b->sport_hi),
		.dport_lo = higher(a->dport_lo, b->dport_lo),
		.dport_hi = lower(a->dport_hi, b->dport_hi),
	};
}

struct flow_sel sel_mirror(const struct flow_sel *s)
{
	return (struct flow_sel){
		.family = s->family, .proto = s->proto,
		.src = s->dst, .splen = s->dplen, .dst = s->src, .dplen = s->splen,
		.sport_lo = s->dport_lo, .sport_hi = s->dport_hi,
		.dport_lo = s->sport_lo, .dport_hi = s->sport_hi,
	};
}

bool sel_equal(const struct flow_sel *a, const struct flow_sel *b)
{
	return sel_covers(a, b) && sel_covers(b, a);
}

static uint32_t mix(uint32_t h, const void *data, size_t len)
{
	const unsigned char *p = data;

	while (len--)
		h = (h ^ *p++) * 16777619u;	/* FNV-1a; the lists are the operator's own */
	return h;
}

uint32_t sel_hash(const struct flow_sel *s)
{
	const uint16_t small[] = {
		s->family, s->proto, s->splen, s->dplen, s->sport_lo, s->sport_hi, s->dport_lo,
		s->dport_hi,
	};
	struct addr src = prefix_net(&s->src, s->splen), dst = prefix_net(&s->dst, s->dplen);
	uint32_t h = mix(2166136261u, small, sizeof(small));

	h = mix(h, src.b, sizeof(src.b));
	return mix(h, dst.b, sizeof(dst.b));
}
