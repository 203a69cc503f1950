/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* ESP, AH and what shares UDP 4500 with ESP (R-NAT-8): down to SPI and sequence number. */
#ifndef XI_BPF_PARSE_ESP_H
#define XI_BPF_PARSE_ESP_H

#include <bpf/bpf_endian.h>
#include <xipsec/wire_esp.h>

#include "pkt.h"

static __always_inline int is_ours(__u8 proto)
{
	return proto == XI_IPPROTO_ESP || proto == XI_IPPROTO_AH || proto == XI_IPPROTO_UDP;
}

static __always_inline int parse_esp_header(struct pkt *p)
{
	struct xi_esp *esp = p->pos;

	if ((void *)(esp + 1) > p->end)
		return pass(p, XI_R_TRUNCATED);
	p->key.proto = XI_IPPROTO_ESP;
	p->key.spi = esp->spi;
	p->seq = bpf_ntohl(esp->seq);
	return CONT;
}

static __always_inline int parse_ah_header(struct pkt *p)
{
	struct xi_ah *ah = p->pos;

	if ((void *)(ah + 1) > p->end)
		return pass(p, XI_R_TRUNCATED);
	p->key.proto = XI_IPPROTO_AH;
	p->key.spi = ah->spi;
	p->seq = bpf_ntohl(ah->seq);
	return CONT;
}

/*
 * The same three-way choice as the kernel's __xfrm4_udp_encap_rcv(): one byte
 * 0xff, a non-zero word with more than an ESP header behind it, else IKE.
 */
static __always_inline int parse_natt(struct pkt *p, __u32 payload)
{
	__u8 *byte = p->pos;
	__be32 *word = p->pos;

	if (payload == 1 && (void *)(byte + 1) <= p->end && *byte == XI_NATT_KEEPALIVE)
		return pass(p, XI_R_KEEPALIVE);
	if (payload <= sizeof(struct xi_esp))
		return pass(p, XI_R_NATT_OTHER);
	if ((void *)(word + 1) > p->end)
		return pass(p, XI_R_TRUNCATED);
	if (*word == XI_NATT_MARKER)
		return pass(p, XI_R_IKE);
	return parse_esp_header(p);
}

static __always_inline int parse_udp(struct pkt *p)
{
	struct xi_udp *udp = p->pos;
	__u32 len;

	if ((void *)(udp + 1) > p->end)
		return pass(p, XI_R_TRUNCATED);
	if (udp->dest == bpf_htons(XI_PORT_IKE))
		return pass(p, XI_R_IKE);
	if (udp->dest != bpf_htons(XI_PORT_NATT))
		return CLEAR;
	len = bpf_ntohs(udp->len);
	if (len < sizeof(*udp))
		return pass(p, XI_R_BAD_HEADER);
	p->pos = udp + 1;
	return parse_natt(p, len - sizeof(*udp));
}

/* The rest of a packet is elsewhere: only the kernel can put it together. */
static __always_inline int parse_fragment(struct pkt *p)
{
	struct xi_udp *udp = p->pos;

	if (p->l4_proto != XI_IPPROTO_UDP || (void *)(udp + 1) > p->end ||
	    udp->dest == bpf_htons(XI_PORT_IKE) || udp->dest == bpf_htons(XI_PORT_NATT))
		return pass(p, XI_R_FRAG_FIRST);
	return CLEAR;
}

static __always_inline int parse_esp(struct pkt *p)
{
	if (xi_unlikely(!is_ours(p->l4_proto)))
		return CLEAR;
	if (p->fragment)
		return parse_fragment(p);
	if (xi_likely(p->l4_proto == XI_IPPROTO_ESP))
		return parse_esp_header(p);
	if (p->l4_proto == XI_IPPROTO_AH)
		return parse_ah_header(p);
	return parse_udp(p);
}

#endif /* XI_BPF_PARSE_ESP_H */
