/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Ethernet with up to two VLAN tags (IEEE 802.1Q, 802.1ad). */
#ifndef XI_BPF_PARSE_L2_H
#define XI_BPF_PARSE_L2_H

#include <linux/if_ether.h>
#include <bpf/bpf_endian.h>

#include "pkt.h"

/* As struct ethhdr, which is packed: its EtherType would be read octet by octet. */
struct eth_hdr {
	__u8	dest[6], source[6];
	__be16	proto;
};

struct vlan_hdr {
	__be16	tci;
	__be16	proto;
};

static __always_inline int is_vlan(__be16 proto)
{
	return proto == bpf_htons(ETH_P_8021Q) || proto == bpf_htons(ETH_P_8021AD);
}

static __always_inline int parse_l2(struct pkt *p)
{
	struct eth_hdr *eth = p->pos;
	int i;

	if ((void *)(eth + 1) > p->end)
		return pass(p, XI_R_TRUNCATED);
	p->l3_proto = eth->proto;
	p->pos = eth + 1;

#pragma unroll
	for (i = 0; i < 2; i++) {
		struct vlan_hdr *vlan = p->pos;

		if (!is_vlan(p->l3_proto))
			return CONT;
		if ((void *)(vlan + 1) > p->end)
			return pass(p, XI_R_TRUNCATED);
		p->l3_proto = vlan->proto;
		p->tags = p->tags << 16 | bpf_ntohs(vlan->tci);
		p->pos = vlan + 1;
	}
	if (is_vlan(p->l3_proto))
		return pass(p, XI_R_VLAN_DEPTH);
	return CONT;
}

#endif /* XI_BPF_PARSE_L2_H */
