/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Clear packets. One of a protected flow should have come encrypted: it is
 * dropped before routing and netfilter have any work with it (R-CMAP-6,
 * R-CLEAR-6). The kernel's policies would drop it too; so whatever is in doubt
 * is left to them.
 */
#ifndef XI_BPF_CLEAR_H
#define XI_BPF_CLEAR_H

#include <bpf/bpf_endian.h>

#include "flow.h"
#include "police.h"

/* The way back: source and destination change places. */
static __always_inline void query_make(const struct pkt *p, __u32 number, struct flow_query *q)
{
	__be16 *port = p->pos;

	__builtin_memset(q, 0, sizeof(*q));
	__builtin_memcpy(q->src, p->key.daddr, sizeof(q->src));
	__builtin_memcpy(q->dst, p->saddr, sizeof(q->dst));
	q->number = number;
	q->ifindex = p->ctx->ingress_ifindex;
	q->tags = p->tags;
	q->family = p->key.family;
	q->proto = p->l4_proto;
	q->fragment = p->fragment;
	if (p->fragment == FRAG_LATER || (void *)(port + 2) > p->end)
		return;
	q->seen = 1;
	q->dport = bpf_ntohs(port[0]);
	q->sport = bpf_ntohs(port[1]);
}

static __always_inline int clear_drop(struct pkt *p)
{
	struct xi_config *cfg = config_get();
	__u64 now = bpf_ktime_get_coarse_ns();
	struct xi_source *src;

	p->key.proto = p->l4_proto;
	src = source_get(p);
	if (cfg && src) {
		__sync_fetch_and_add(&src->packets, 1);
		if (event_is_due(cfg, src, now))
			event_send(p, XI_EV_NOT_IPSEC, XI_R_UNPROTECTED, now);
	}
	return verdict(p, XDP_DROP, XI_R_UNPROTECTED, now);
}

/* Neither ESP nor AH, IKE or what belongs to them. */
static __always_inline int clear(struct pkt *p)
{
	enum xi_reason reason = p->fragment && p->l4_proto == XI_IPPROTO_UDP ? XI_R_FRAG_FIRST :
									       XI_R_NOT_IPSEC;
	struct xi_flow_set *s = flow_set_for(p);
	struct flow_query q;

	if (xi_likely(!s))
		return pass(p, reason);
	query_make(p, XI_READ_ONCE(s->number), &q);
	if (!flow_search(&q))
		return pass(p, reason);
	return clear_drop(p);
}

#endif /* XI_BPF_CLEAR_H */
