/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Crypto access lists, compiled. IOS searches the entries of a map in order of
 * their sequence numbers, and the lines of each list from the top: permit means
 * protect by this entry, deny means go on with the next entry, the end means
 * clear (R-CMAP-6, R-CFG-10). A thousand entries that differ in the remote network only
 * must not cost a thousand comparisons a packet, so lines that differ only in
 * `dst` become one group: one comparison, then the longest prefix.
 *
 * Compiled once, used twice: as policy routing (`ip rule`, a routing table for each
 * group) and, mirrored, in XDP against clear packets that should have come encrypted.
 */
#ifndef XIPSEC_PLAN_FLOW_H
#define XIPSEC_PLAN_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "user/lib/addr.h"

struct flow_sel {			/* as an outbound packet has it */
	uint8_t		family;
	uint8_t		proto;		/* 0: any */
	uint8_t		splen, dplen;
	struct addr	src, dst;
	uint16_t	sport_lo, sport_hi, dport_lo, dport_hi;	/* host order; 0, 65535: any */
};

/* In the order of search; lines of one entry stand together. */
struct flow_line {
	struct flow_sel	sel;
	bool		permit;
	uint32_t	entry;		/* rising number of the entry on its interface */
	uint32_t	id;		/* XI_ID() of the instance: which device it goes to */
};

struct flow_target {
	struct addr	dst;
	uint8_t		dplen;
	uint32_t	id;
	uint32_t	line;		/* index of the line it comes from */
};

/*
 * A packet that matches `sel` (dst too, when `deny`) is looked for in the
 * targets: the longest one protects it; none: on with the next group. A deny
 * goes on at the group `next`, which may be the end (ngroups).
 */
struct flow_group {
	struct flow_sel	sel;		/* a permit group: dst is any */
	bool		deny;
	uint32_t	next;
	uint32_t	first, n;	/* targets */
};

struct flow_groups {
	struct flow_group *group;
	size_t		ngroups;
	struct flow_target *target;
	size_t		ntargets;
};

/* 0, -ENOMEM. Exact: for every packet the first line that decides it in `lines` decides here. */
int flow_compile(const struct flow_line *lines, size_t n, struct flow_groups *out);
void flow_groups_fini(struct flow_groups *g);

struct flow_packet {
	uint8_t		family, proto;
	struct addr	src, dst;
	bool		has_ports;	/* false: a later fragment, or no ports in this protocol */
	uint16_t	sport, dport;	/* host order */
};

/* Id of the instance that protects the packet; 0: none. The model of tests, and of XDP. */
uint32_t flow_lookup(const struct flow_groups *g, const struct flow_packet *p);

#endif /* XIPSEC_PLAN_FLOW_H */
