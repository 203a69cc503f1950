/* SPDX-License-Identifier: Apache-2.0 */
/* The largest packet that fits a tunnel, to the byte, as the kernel computes it (R-FRAG-1). */
#ifndef XIPSEC_PLAN_MTU_H
#define XIPSEC_PLAN_MTU_H

#include <stdbool.h>
#include <stdint.h>

struct mtu_esp {
	uint16_t	iv;		/* bytes on the wire before the payload */
	uint16_t	block;		/* 1 for stream ciphers and AEAD: padded to 4 */
	uint16_t	icv;		/* bytes */
};

struct mtu_shape {
	uint8_t		family;		/* outer: AF_INET, AF_INET6 */
	bool		esp, ah;	/* both: AH outside ESP */
	bool		udp;		/* NAT-T: 8 bytes */
	struct mtu_esp	e;
	uint16_t	ah_icv;
};

/* Largest inner packet, bytes, for an outer link MTU; 0: none fits. Tunnel mode. */
uint32_t mtu_inner(const struct mtu_shape *s, uint32_t outer_mtu);

/* Size on the wire, outer header included, of an inner packet. */
uint32_t mtu_outer(const struct mtu_shape *s, uint32_t inner);

#endif /* XIPSEC_PLAN_MTU_H */
