/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The packet as the stages of xi_outer see it, and the one way out.
 *
 * A stage returns a verdict of XDP (>= 0), CONT or CLEAR. Each verdict is made by
 * verdict(), which counts it under a reason: no exit without a name.
 */
#ifndef XI_BPF_PKT_H
#define XI_BPF_PKT_H

#include "maps.h"

#define CONT	(-1)
#define CLEAR	(-2)		/* clear.h has the last word */

#define XI_AF_INET	2
#define XI_AF_INET6	10
#define XI_IPPROTO_UDP	17
#define XI_IPPROTO_ESP	50
#define XI_IPPROTO_AH	51

enum fragment {
	FRAG_NONE,
	FRAG_FIRST,		/* of several: its header can be read */
	FRAG_LATER,		/* clear packets only: others are passed at once */
};

struct pkt {
	struct xdp_md *ctx;
	void	*data;		/* of the frame */
	void	*pos;		/* next header */
	void	*end;		/* of what can be read */
	struct xi_sa_key key;	/* daddr and family from L3; spi and proto from ESP or AH */
	__u8	saddr[16];	/* as xi_sa_key.daddr */
	__u32	seq;		/* host byte order */
	__u16	l3_proto;	/* EtherType, network byte order */
	__u8	l4_proto;
	__u8	fragment;	/* enum fragment */
	__u32	tags;		/* VLAN: TCI, outer << 16 | inner */
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, XI_R_MAX);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, __u32);
	__type(value, struct xi_reason_stat);
} xi_reason SEC(".maps");

static __always_inline struct xi_reason_stat *count(const struct pkt *p, __u32 reason)
{
	struct xi_reason_stat *s = bpf_map_lookup_elem(&xi_reason, &reason);

	if (s) {
		s->packets++;
		s->bytes += (__u64)(p->end - p->data);
	}
	return s;
}

/* Passed to the kernel's stack. */
static __always_inline int pass(const struct pkt *p, enum xi_reason reason)
{
	count(p, reason);
	return XDP_PASS;
}

/* Passed or dropped, and worth remembering who it was: drops and unknown SPIs. */
static __always_inline int verdict(const struct pkt *p, int action, enum xi_reason reason,
				   __u64 now)
{
	struct xi_reason_stat *s = count(p, reason);

	if (s) {
		s->last_ns = now;
		__builtin_memcpy(s->last_saddr, p->saddr, sizeof(s->last_saddr));
		s->last_spi = p->key.spi;
		s->last_family = p->key.family;
		s->last_proto = p->key.proto;
	}
	return action;
}

static __always_inline int drop(const struct pkt *p, enum xi_reason reason)
{
	return verdict(p, XDP_DROP, reason, bpf_ktime_get_coarse_ns());
}

#endif /* XI_BPF_PKT_H */
