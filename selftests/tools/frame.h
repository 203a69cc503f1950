/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where things are in an Ethernet frame. One parser for all sub-commands: it only ever yields
 * offsets that lie inside the frame, so what they point at may be read and changed. Offset 0
 * means "not there" (no field of interest can sit at 0).
 */
#ifndef XI_FRAME_H
#define XI_FRAME_H

#include "wire.h"

#define FRAME_TAGS_MAX 4

enum frame_kind { FRAME_OTHER, FRAME_ESP, FRAME_AH, FRAME_NATT, FRAME_IKE };

struct frame {
	enum frame_kind kind;
	unsigned int version;		/* of IP: 4, 6, 0 for not IP */
	unsigned int tags;		/* VLAN tags, outermost first in vid[] */
	uint16_t vid[FRAME_TAGS_MAX];
	uint16_t ethertype;		/* below the tags */
	uint8_t proto;			/* upper protocol, IPv6 extension headers skipped */
	bool fragment;			/* first or later fragment */
	size_t l3, l4;			/* l4 absent in later fragments */
	size_t end;			/* first byte behind the IP packet: padding is not packet */
	size_t udp;			/* whole UDP header present */
	size_t spi, seq;		/* 4 bytes each */
	size_t icv_last;		/* last byte of the ICV */
};

void frame_parse(struct frame *f, const uint8_t *p, size_t len);
const char *frame_proto_name(const struct frame *f, char buf[static 8]);

static inline size_t frame_addr_len(const struct frame *f)
{
	return f->version == 4 ? 4 : f->version == 6 ? 16 : 0;
}

static inline size_t frame_src(const struct frame *f)
{
	return f->l3 + (f->version == 4 ? 12 : 8);
}

static inline size_t frame_dst(const struct frame *f)
{
	return frame_src(f) + frame_addr_len(f);
}

/* Checksums made right after a change. */
void ipv4_checksum_fix(uint8_t *ip);
void udp_checksum_fix(const struct frame *f, uint8_t *p);	/* IPv4: 0; IPv6: computed */

#endif
