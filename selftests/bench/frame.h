/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Frames as a peer would send them, with fixed keys and addresses, so that two
 * runs measure the same bytes. User space makes them, null.bpf.c injects them.
 */
#ifndef BENCH_FRAME_H
#define BENCH_FRAME_H

#include <linux/types.h>

#define FRAMES_MAX	2048
#define FRAME_MAX	1532

struct frame {
	__u32	len;
	__u8	data[FRAME_MAX];
};

/* The topology is drawn in guest.c. Host byte order. */
#define ADDR_PEER	0xc6336402	/* 198.51.100.2 */
#define ADDR_GATEWAY	0xc6336401	/* 198.51.100.1 */
#define ADDR_INNER_SRC	0x0a010002	/* 10.1.0.2, protected by the peer */
#define ADDR_INNER_DST	0x0a020002	/* 10.2.0.2, behind the gateway */
#define ADDR_CLEAR_SRC	0x0a030002	/* 10.3.0.2, no policy */

#define BENCH_SPI	0x58490001

enum cipher { CIPHER_GCM, CIPHER_CBC };

struct flow {
	enum cipher	cipher;
	__u32		inner_len;	/* octets of the inner IP packet */
	__u32		window;
	__u32		esn;
};

/* What `ip xfrm state add` wants to hear of the keys below. */
const char *flow_keys(enum cipher cipher);

/* A valid ESP packet in tunnel mode, addressed to the gateway. */
void frame_esp(struct frame *f, const struct flow *flow, __u64 seq);

/* An ESP header with nothing true behind it. */
void frame_esp_fake(struct frame *f, __u32 daddr, __u32 spi, __u32 seq, __u32 ip_len);

void frame_udp(struct frame *f, __u32 saddr, __u32 daddr, __u16 port, __u32 ip_len);

#endif /* BENCH_FRAME_H */
