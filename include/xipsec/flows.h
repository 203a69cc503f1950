/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Protected flows: what may come in encrypted only (R-CMAP-6, R-CLEAR-6). Access
 * lists as user/plan/flow.h compiles them, groups and the longest prefix, in three
 * maps. Written as an outbound packet has it; xi_outer turns the packet round.
 *
 * Everything is there twice. A packet reads `number` once and stays in that half;
 * the daemon fills the other half, raises the number, and then clears what was. So
 * lists change as a whole while packets flow. Who finds another number behind his
 * decision than before it may have seen a half being cleared: he passes.
 */
#ifndef XIPSEC_FLOWS_H
#define XIPSEC_FLOWS_H

#include "types.h"

#define XI_FLOW_IFS	32	/* in a half, as the next two */
#define XI_FLOW_GROUPS	64
#define XI_FLOW_TARGETS	65536

/* Where packets of an interface are looked for; ends at the first without ifindex. */
struct xi_flow_if {
	__u32	ifindex;	/* 0: none, here and behind */
	__u32	vlan;		/* of the packet as XDP sees it; below */
	__u16	first, end;	/* groups */
	__u32	flags;		/* XI_FLOW_IF_... */
};

/*
 * XDP is not in the driver there: what the kernel has decrypted may come by once
 * more, clear. So packets to an address of ours are not judged; what a tunnel
 * carries comes by on the tunnel's own device.
 */
#define XI_FLOW_IF_TWICE	0x1

/*
 * The VID of a tag, of two outer << 16 | inner. 0 is the interface's own traffic: no
 * tag, or one that is but a priority. A packet with a VID is of another interface,
 * the VLAN device on top of this one.
 */
#define XI_FLOW_VIDS	0x0fff0fff

struct xi_flow_half {
	__u64	mask;		/* bit ifindex % 64: may have flows; 0: there are none at all */
	struct xi_flow_if ifs[XI_FLOW_IFS];
};

struct xi_flow_set {
	__u32	number;		/* of the change; its lowest bit is the half in use */
	__u32	pad;
	struct xi_flow_half half[2];
};

#define XI_FLOW_DENY	0x1	/* all of the selector; goes on at `next` */
#define XI_FLOW_PORTS	0x2	/* ports are compared */

/* Index: half * XI_FLOW_GROUPS + number of the group. */
struct xi_flow_group {
	__u8	src[16], src_mask[16];	/* as xi_sa_key.daddr */
	__u8	dst[16], dst_mask[16];	/* of a deny; else in xi_flow */
	__u16	sport_lo, sport_hi, dport_lo, dport_hi;	/* host byte order */
	__u16	next;			/* of a deny: group */
	__u8	family;			/* 0: unused */
	__u8	proto;			/* 0: any */
	__u32	flags;			/* XI_FLOW_... */
};

/* Remote networks of a group: the longest prefix. */
struct xi_flow_key {
	__u32	prefixlen;	/* XI_FLOW_KEY_BITS and the length of the network's mask */
	__u8	half, group;
	__u16	pad;
	__u8	addr[16];	/* as xi_sa_key.daddr */
};

#define XI_FLOW_KEY_BITS	32

struct xi_flow {
	__u32	id;		/* XI_ID() of the entry or tunnel that protects it */
	__u32	line;		/* of the compiled list, from 0 */
};

_Static_assert(sizeof(struct xi_flow_if) == 16, "ABI");
_Static_assert(sizeof(struct xi_flow_half) == 8 + 16 * XI_FLOW_IFS, "ABI");
_Static_assert(sizeof(struct xi_flow_set) == 8 + 2 * (8 + 16 * XI_FLOW_IFS), "ABI");
_Static_assert(sizeof(struct xi_flow_group) == 80, "ABI");
_Static_assert(sizeof(struct xi_flow_key) == 24, "ABI");
_Static_assert(sizeof(struct xi_flow) == 8, "ABI");

#endif /* XIPSEC_FLOWS_H */
