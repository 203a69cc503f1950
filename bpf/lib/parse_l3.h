/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * IPv4 with options and IPv6 with a bounded chain of extension headers, down to
 * ESP, AH, UDP or whatever else there is. What the kernel's ip_rcv() or ip6_rcv_core() would refuse is
 * passed to them: their counters are the ones operators know.
 */
#ifndef XI_BPF_PARSE_L3_H
#define XI_BPF_PARSE_L3_H

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <bpf/bpf_endian.h>

#include "parse_esp.h"

#define IPV4_MF		0x2000
#define IPV4_OFFSET	0x1fff

/* More than any sender has reason to use; the chain ends in "doubtful: pass". */
#define IPV6_EXT_MAX	6

#define NEXTHDR_HOP	0
#define NEXTHDR_ROUTING	43
#define NEXTHDR_FRAGMENT 44
#define NEXTHDR_DEST	60

struct ipv6_ext {
	__u8	nexthdr;
	__u8	hdrlen;		/* 8 octets, less the first */
	union {
		__be16	frag_off;	/* fragment header: offset, reserved, M */
		struct {
			__u8	type;
			__u8	segments_left;
		} routing;
	};
	__be32	id;
};

/* In words of 64 bits, as keys are compared: octets would be put together each time. */
static __always_inline void addr_set(__u8 *to, __u64 head, __u64 tail)
{
	((__u64 *)to)[0] = head;
	((__u64 *)to)[1] = tail;
}

static __always_inline int parse_ipv4(struct pkt *p)
{
	struct iphdr *ip = p->pos;
	__u32 first, len;

	if ((void *)(ip + 1) > p->end)
		return pass(p, XI_R_TRUNCATED);
	first = *(__u8 *)ip;
	len = (first & 0xf) * 4;
	/* Version 4, and 5 to 15 words of header. */
	if (first - 0x45 > 10 || bpf_ntohs(ip->tot_len) < len)
		return pass(p, XI_R_BAD_HEADER);

	p->l4_proto = ip->protocol;
	p->key.family = XI_AF_INET;
	addr_set(p->key.daddr, ip->daddr, 0);
	addr_set(p->saddr, ip->saddr, 0);

	if (xi_unlikely(ip->frag_off & bpf_htons(IPV4_MF | IPV4_OFFSET))) {
		p->fragment = ip->frag_off & bpf_htons(IPV4_OFFSET) ? FRAG_LATER : FRAG_FIRST;
		/* A piece of ESP, or of what may be ESP or IKE in UDP. */
		if (p->fragment == FRAG_LATER && is_ours(p->l4_proto))
			return pass(p, XI_R_FRAG_LATER);
	}
	p->pos += len;
	return CONT;
}

static __always_inline int is_extension(__u8 next)
{
	return next == NEXTHDR_HOP || next == NEXTHDR_ROUTING || next == NEXTHDR_DEST ||
	       next == NEXTHDR_FRAGMENT;
}

/* next: of the packet's first header in fragments. It tells no more than that. */
static __always_inline int ipv6_later_fragment(struct pkt *p, __u8 next)
{
	if (is_ours(next) || is_extension(next))
		return pass(p, XI_R_FRAG_LATER);
	p->l4_proto = next;
	p->fragment = FRAG_LATER;
	return CONT;
}

static __always_inline int parse_ipv6(struct pkt *p)
{
	struct ipv6hdr *ip = p->pos;
	__u8 next;
	int i;

	if ((void *)(ip + 1) > p->end)
		return pass(p, XI_R_TRUNCATED);
	if (ip->version != 6)
		return pass(p, XI_R_BAD_HEADER);
	p->key.family = XI_AF_INET6;
	addr_set(p->key.daddr, ((__u64 *)&ip->daddr)[0], ((__u64 *)&ip->daddr)[1]);
	addr_set(p->saddr, ((__u64 *)&ip->saddr)[0], ((__u64 *)&ip->saddr)[1]);
	next = ip->nexthdr;
	p->pos = ip + 1;

	for (i = 0; i < IPV6_EXT_MAX; i++) {
		struct ipv6_ext *ext = p->pos;

		p->l4_proto = next;
		if (!is_extension(next))
			return CONT;
		if ((void *)(ext + 1) > p->end)
			return pass(p, XI_R_TRUNCATED);
		/* We are a stop on the way (RFC 8200 section 4.4): what follows is another's. */
		if (next == NEXTHDR_ROUTING && ext->routing.segments_left)
			return pass(p, XI_R_TRANSIT);
		if (next == NEXTHDR_FRAGMENT) {
			__u16 frag = bpf_ntohs(ext->frag_off);

			/* An atomic fragment (RFC 6946) is whole: neither bit is set. */
			if (frag & 0xfff8)
				return ipv6_later_fragment(p, ext->nexthdr);
			if (frag & 1)
				p->fragment = FRAG_FIRST;
			p->pos += sizeof(*ext);
		} else {
			p->pos += (ext->hdrlen + 1) * 8;
		}
		next = ext->nexthdr;
	}
	return pass(p, XI_R_EXT_DEPTH);
}

static __always_inline int parse_l3(struct pkt *p)
{
	if (p->l3_proto == bpf_htons(ETH_P_IP))
		return parse_ipv4(p);
	if (p->l3_proto == bpf_htons(ETH_P_IPV6))
		return parse_ipv6(p);
	return pass(p, XI_R_NOT_IP);
}

#endif /* XI_BPF_PARSE_L3_H */
