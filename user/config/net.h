/* SPDX-License-Identifier: Apache-2.0 */
/* IPv4 arithmetic on printed addresses; the arguments were checked before. */
#ifndef XIPSEC_CONFIG_NET_H
#define XIPSEC_CONFIG_NET_H

#include <arpa/inet.h>
#include <stdint.h>

/* 0 for anything that is not one. */
static inline uint32_t net_v4(const char *text)
{
	struct in_addr in;

	return text && inet_pton(AF_INET, text, &in) == 1 ? ntohl(in.s_addr) : 0;
}

static inline unsigned int net_bits(uint32_t mask)
{
	return (unsigned int)__builtin_popcount(mask);
}

/* Ones, then zeros. */
static inline int net_is_mask(uint32_t mask)
{
	return !(~mask & (~mask + 1));
}

#endif /* XIPSEC_CONFIG_NET_H */
