/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Is a packet of a protected flow? The same search as flow_lookup() of
 * user/plan/flow.h, in the maps of xipsec/flows.h.
 */
#ifndef XI_BPF_FLOW_H
#define XI_BPF_FLOW_H

#include <xipsec/flows.h>
#include <xipsec/window.h>

#include "pkt.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, __u32);
	__type(value, struct xi_flow_set);
} xi_flow_set SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2 * XI_FLOW_GROUPS);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, __u32);
	__type(value, struct xi_flow_group);
} xi_flow_group SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 2 * XI_FLOW_TARGETS);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, struct xi_flow_key);
	__type(value, struct xi_flow);
} xi_flow SEC(".maps");

static __always_inline struct xi_flow_set *flow_set_get(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&xi_flow_set, &zero);
}

/*
 * All that a clear packet pays where nothing is protected. NULL: nothing on this
 * interface. Else perhaps.
 */
static __always_inline struct xi_flow_set *flow_set_for(const struct pkt *p)
{
	struct xi_flow_set *s = flow_set_get();
	__u64 mask;

	if (!s)
		return NULL;
	mask = s->half[s->number & 1].mask;
	if (xi_likely(!mask) || !(mask >> (p->ctx->ingress_ifindex % 64) & 1))
		return NULL;
	return s;
}

/* What is not addresses is as it was read: flow_search() makes sense of it. */
struct flow_query {
	__u64	src[2], dst[2];		/* of the answer: src is the packet's destination */
	__u32	number;			/* of the flow set */
	__u32	ifindex;
	__u32	tags;			/* as pkt.tags */
	__u16	sport, dport;		/* if `seen`, of the answer; host byte order */
	__u8	family, proto;
	__u8	fragment;		/* enum fragment */
	__u8	seen;			/* the first four octets behind the IP header */
};

#define PROTO_TCP	6
#define PROTO_DCCP	33
#define PROTO_ICMPV6	58
#define PROTO_SCTP	132
#define PROTO_UDPLITE	136

static __always_inline int has_ports(__u8 proto)
{
	return proto == PROTO_TCP || proto == XI_IPPROTO_UDP || proto == PROTO_SCTP ||
	       proto == PROTO_UDPLITE || proto == PROTO_DCCP;
}

#define ICMPV6_MLD_QUERY	130
#define ICMPV6_REDIRECT		137
#define ICMPV6_MLD2_REPORT	143

/*
 * Neighbour discovery and multicast listeners keep the link alive on which ESP
 * comes: no tunnel can carry them, whatever a list says.
 */
static __always_inline int is_of_the_link(const struct flow_query *q)
{
	__u8 type = q->dport >> 8;	/* the first octet */

	if (q->proto != PROTO_ICMPV6 || q->fragment == FRAG_LATER)
		return 0;
	if (!q->seen)
		return 1;
	return (type >= ICMPV6_MLD_QUERY && type <= ICMPV6_REDIRECT) || type == ICMPV6_MLD2_REPORT;
}

static __always_inline const struct xi_flow_if *flow_if_find(const struct xi_flow_set *s,
							     const struct flow_query *q)
{
	const struct xi_flow_if *f;
	__u32 i;

	for (i = 0; i < XI_FLOW_IFS; i++) {
		f = &s->half[q->number & 1].ifs[i];
		if (!f->ifindex)
			return NULL;
		if (f->ifindex == q->ifindex && f->vlan == (q->tags & XI_FLOW_VIDS))
			return f;
	}
	return NULL;
}

static __always_inline int flow_net_differs(const __u64 *addr, const __u8 *net, const __u8 *mask)
{
	const __u64 *n = (const __u64 *)net, *m = (const __u64 *)mask;

	return (((addr[0] ^ n[0]) & m[0]) | ((addr[1] ^ n[1]) & m[1])) != 0;
}

enum flow_match { FLOW_NO, FLOW_YES, FLOW_UNSURE };

static __always_inline enum flow_match flow_ports_match(const struct xi_flow_group *g,
							const struct flow_query *q)
{
	if (!has_ports(q->proto))
		return FLOW_NO;
	/* What a deny may have let out clear must not be dropped. */
	if (!q->seen)
		return g->flags & XI_FLOW_DENY ? FLOW_UNSURE : FLOW_NO;
	return q->sport >= g->sport_lo && q->sport <= g->sport_hi &&
	       q->dport >= g->dport_lo && q->dport <= g->dport_hi ? FLOW_YES : FLOW_NO;
}

static __always_inline enum flow_match flow_group_match(const struct xi_flow_group *g,
							const struct flow_query *q)
{
	if (g->family != q->family || (g->proto && g->proto != q->proto) ||
	    flow_net_differs(q->src, g->src, g->src_mask))
		return FLOW_NO;
	if (g->flags & XI_FLOW_DENY && flow_net_differs(q->dst, g->dst, g->dst_mask))
		return FLOW_NO;
	return g->flags & XI_FLOW_PORTS ? flow_ports_match(g, q) : FLOW_YES;
}

static __always_inline int flow_target_find(const struct flow_query *q, __u32 group)
{
	struct xi_flow_key key = {
		.prefixlen = XI_FLOW_KEY_BITS + (q->family == XI_AF_INET ? 32 : 128),
		.half = q->number & 1, .group = group,
	};

	__builtin_memcpy(key.addr, q->dst, sizeof(key.addr));
	return bpf_map_lookup_elem(&xi_flow, &key) != NULL;
}

#define FLOW_PROTECTED	0x10000
#define FLOW_END	0x20000

/* One group: FLOW_PROTECTED, FLOW_END, or the group to go on with. */
__noinline __u32 flow_step(struct flow_query *q, __u32 at)
{
	const struct xi_flow_group *g;
	enum flow_match match;
	__u32 index;

	if (!q)
		return FLOW_END;
	index = (q->number & 1) * XI_FLOW_GROUPS + at;
	g = bpf_map_lookup_elem(&xi_flow_group, &index);
	if (!g)
		return FLOW_END;
	match = flow_group_match(g, q);
	if (match == FLOW_NO)
		return at + 1;
	if (match == FLOW_UNSURE)
		return FLOW_END;
	if (g->flags & XI_FLOW_DENY)
		return g->next > at ? g->next : FLOW_END;
	return flow_target_find(q, at) ? FLOW_PROTECTED : at + 1;
}

/*
 * 1: protected. A function of its own, as the one above: the verifier walks it
 * once, and not for every way through the headers.
 */
__noinline int flow_search(struct flow_query *q)
{
	struct xi_flow_set *s = flow_set_get();
	const struct xi_flow_if *f;
	__u32 n, at, end, flags;

	if (!q || !s || is_of_the_link(q))
		return 0;
	f = flow_if_find(s, q);
	if (!f)
		return 0;
	at = f->first;
	end = f->end;
	flags = f->flags;
	for (n = 0; n < XI_FLOW_GROUPS && at < end; n++)
		at = flow_step(q, at);
	if (at != FLOW_PROTECTED ||
	    (flags & XI_FLOW_IF_TWICE && addr_is_local(q->src, q->family)))
		return 0;
	/* Changed meanwhile: perhaps a deny was gone already. */
	return !xi_load_fence() && XI_READ_ONCE(s->number) == q->number;
}

#endif /* XI_BPF_FLOW_H */
