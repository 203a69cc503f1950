// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>

#include "ref_clear.h"
#include "user/lib/addr.h"
#include "user/plan/sel.h"

static bool proto_has_ports(uint8_t proto)
{
	return proto == 6 || proto == 17 || proto == 33 || proto == 132 || proto == 136;
}

/* Neighbour discovery and listener reports, or an ICMPv6 that may be. */
static bool is_of_the_link(const struct ref_packet *p)
{
	if (p->proto != 58 || p->later)
		return false;
	return p->l4_len < 4 || (p->l4[0] >= 130 && p->l4[0] <= 137) || p->l4[0] == 143;
}

/*
 * Groups for a packet whose ports cannot be seen: it is in no permit of ports, and
 * may be in each deny of ports, which ends the search.
 */
static struct flow_groups without_ports(const struct flow_groups *g)
{
	struct flow_groups blind = *g;
	size_t i;

	blind.group = malloc((g->ngroups + 1) * sizeof(*blind.group));
	for (i = 0; i < g->ngroups; i++) {
		struct flow_group *b = &blind.group[i];

		*b = g->group[i];
		if (sel_any_ports(&b->sel))
			continue;
		b->sel.sport_lo = b->sel.dport_lo = 0;
		b->sel.sport_hi = b->sel.dport_hi = 65535;
		if (b->deny)
			b->next = (uint32_t)g->ngroups;
		else
			b->n = 0;
	}
	return blind;
}

bool ref_clear(const struct flow_groups *g, const struct ref_packet *p)
{
	struct flow_packet out = {	/* the answer to it */
		.family = p->family, .proto = p->proto,
		.src = addr_make(p->family, p->dst), .dst = addr_make(p->family, p->src),
	};
	struct flow_groups blind;
	bool hit;

	if (is_of_the_link(p))
		return false;
	if (!proto_has_ports(p->proto))
		return flow_lookup(g, &out) != 0;
	if (!p->later && p->l4_len >= 4) {
		out.has_ports = true;
		out.dport = (uint16_t)(p->l4[0] << 8 | p->l4[1]);
		out.sport = (uint16_t)(p->l4[2] << 8 | p->l4[3]);
		return flow_lookup(g, &out) != 0;
	}
	blind = without_ports(g);
	hit = flow_lookup(&blind, &out) != 0;
	free(blind.group);
	return hit;
}
