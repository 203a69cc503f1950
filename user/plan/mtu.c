// SPDX-License-Identifier: Apache-2.0
/*
 * xfrm_state_mtu(), esp_init_state() and ah_init_state() of the kernel in numbers:
 *
 *	outer IP | UDP | SPI, number | IV | inner, padding, 2 | ICV
 *	outer IP | AH with its ICV, to a multiple of 8 | inner
 *	outer IP | AH ... | the ESP packet behind its IP header
 */
#include "user/plan/mtu.h"

#include <sys/socket.h>

#define ESP_FIXED	8	/* SPI and sequence number (RFC 4303 section 2) */
#define ESP_TRAILER	2	/* pad length, next header */
#define AH_FIXED	12	/* RFC 4302 section 2 */
#define UDP_HEADER	8

static uint32_t align(uint32_t n, uint32_t to)
{
	return (n + to - 1) & ~(to - 1);
}

static uint32_t ip_header(const struct mtu_shape *s)
{
	return s->family == AF_INET6 ? 40 : 20;
}

/* The kernel aligns to 8 for IPv4 too; to 4 it would only with XFRM_STATE_ALIGN4. */
static uint32_t ah_header(const struct mtu_shape *s)
{
	return s->ah ? align(AH_FIXED + s->ah_icv, 8) : 0;
}

/* All that is there whatever the inner packet is. */
static uint32_t fixed(const struct mtu_shape *s)
{
	uint32_t n = ip_header(s) + ah_header(s);

	if (s->esp)
		n += ESP_FIXED + s->e.iv + s->e.icv + (s->udp ? UDP_HEADER : 0);
	return n;
}

static uint32_t block(const struct mtu_shape *s)
{
	return align(s->e.block, 4);
}

uint32_t mtu_inner(const struct mtu_shape *s, uint32_t outer_mtu)
{
	uint32_t rest;

	if (outer_mtu <= fixed(s))
		return 0;
	rest = outer_mtu - fixed(s);
	if (!s->esp)
		return rest;
	rest &= ~(block(s) - 1);
	return rest > ESP_TRAILER ? rest - ESP_TRAILER : 0;
}

uint32_t mtu_outer(const struct mtu_shape *s, uint32_t inner)
{
	return fixed(s) + (s->esp ? align(inner + ESP_TRAILER, block(s)) : inner);
}
