// SPDX-License-Identifier: Apache-2.0
#include "selftests/unit/plan/kernel_rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static bool in_prefix(const struct addr *net, unsigned int len, const struct addr *a)
{
	unsigned int i;

	for (i = 0; i < len; i++)
		if ((net->b[i / 8] ^ a->b[i / 8]) & (0x80 >> i % 8))
			return false;
	return true;
}

/* fib_rule_port_match(); a packet without ports has 0. */
static bool in_span(uint16_t lo, uint16_t hi, uint16_t port)
{
	return (!lo && !hi) || (lo <= port && port <= hi);
}

static bool rule_has(const struct kobj_rule *r, const struct flow_packet *p, uint32_t mark)
{
	/* What the kernel refuses (fib_rule_port_range_valid()). */
	if ((r->sport_hi && (!r->sport_lo || r->sport_hi == 65535 || r->sport_lo > r->sport_hi)) ||
	    (r->dport_hi && (!r->dport_lo || r->dport_hi == 65535 || r->dport_lo > r->dport_hi)))
		fail_msg("rule %u: the kernel refuses these ports", r->priority);
	return r->family == p->family && !((r->mark ^ mark) & r->mark_mask) &&
	       (!r->proto || r->proto == p->proto) &&
	       in_prefix(&r->src, r->splen, &p->src) && in_prefix(&r->dst, r->dplen, &p->dst) &&
	       in_span(r->sport_lo, r->sport_hi, p->has_ports ? p->sport : 0) &&
	       in_span(r->dport_lo, r->dport_hi, p->has_ports ? p->dport : 0);
}

static const char *table_lookup(const struct plan *p, uint32_t table, const struct addr *dst)
{
	const struct kobj_route *best = NULL;
	size_t i;

	for (i = 0; i < p->objects.n; i++) {
		const struct kobj *o = p->objects.list[i];

		if (!o || o->kind != KOBJ_ROUTE || o->route.table != table ||
		    o->route.dst.family != dst->family ||
		    !in_prefix(&o->route.dst, o->route.plen, dst))
			continue;
		if (!best || o->route.plen > best->plen ||
		    (o->route.plen == best->plen && o->route.metric < best->metric))
			best = &o->route;
	}
	if (!best || best->type == KOBJ_ROUTE_THROW)
		return NULL;
	return best->type == KOBJ_ROUTE_UNICAST ? best->dev : "dropped";
}

/* The rule with the lowest priority from `from` on, of the packet's family. */
static const struct kobj_rule *next_rule(const struct plan *p, uint8_t family, uint32_t from)
{
	const struct kobj_rule *best = NULL;
	size_t i;

	for (i = 0; i < p->objects.n; i++) {
		const struct kobj *o = p->objects.list[i];

		if (!o || o->kind != KOBJ_RULE || o->rule.family != family || o->rule.priority < from)
			continue;
		if (!best || o->rule.priority < best->priority)
			best = &o->rule;
	}
	return best;
}

const char *kernel_route(const struct plan *p, const struct flow_packet *packet, uint32_t mark)
{
	const struct kobj_rule *r = next_rule(p, packet->family, 0), *to;
	const char *dev;

	while (r) {
		if (!rule_has(r, packet, mark) || r->action == KOBJ_RULE_NOP) {
			r = next_rule(p, packet->family, r->priority + 1);
			continue;
		}
		if (r->action == KOBJ_RULE_GOTO) {
			to = next_rule(p, packet->family, r->to);
			if (!to || to->priority != r->to || r->to <= r->priority)
				fail_msg("rule %u goes to %u, which is not there", r->priority, r->to);
			r = to;
			continue;
		}
		dev = table_lookup(p, r->to, &packet->dst);
		if (dev)
			return dev;
		r = next_rule(p, packet->family, r->priority + 1);
	}
	return NULL;
}

static bool policy_has(const struct kobj_sel *s, const struct flow_packet *p)
{
	uint16_t sport = p->has_ports ? p->sport : 0, dport = p->has_ports ? p->dport : 0;

	return s->src.family == p->family && (!s->proto || s->proto == p->proto) &&
	       in_prefix(&s->src, s->splen, &p->src) && in_prefix(&s->dst, s->dplen, &p->dst) &&
	       !((s->sport ^ sport) & s->sport_mask) && !((s->dport ^ dport) & s->dport_mask);
}

const struct kobj_policy *kernel_policy(const struct plan *p, uint8_t dir, uint32_t if_id,
					const struct flow_packet *packet)
{
	const struct kobj_policy *best = NULL;
	size_t i;

	for (i = 0; i < p->objects.n; i++) {
		const struct kobj *o = p->objects.list[i];

		if (!o || o->kind != KOBJ_POLICY || o->policy.dir != dir || o->policy.if_id != if_id ||
		    !policy_has(&o->policy.sel, packet))
			continue;
		if (!best || o->policy.priority < best->priority)
			best = &o->policy;
	}
	return best;
}
