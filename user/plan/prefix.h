/* SPDX-License-Identifier: Apache-2.0 */
/* Prefixes of addresses: bits, containment, overlap. Lengths are trusted to fit the family. */
#ifndef XIPSEC_PLAN_PREFIX_H
#define XIPSEC_PLAN_PREFIX_H

#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#include "user/lib/addr.h"

static inline unsigned int prefix_bits(uint8_t family)
{
	return family == AF_INET6 ? 128 : 32;
}

static inline bool prefix_bit(const struct addr *a, unsigned int i)
{
	return a->b[i / 8] >> (7 - i % 8) & 1;
}

/* Whether the first `len` bits are those of `net`; families are not looked at. */
static inline bool prefix_has(const struct addr *net, unsigned int len, const struct addr *a)
{
	unsigned int whole = len / 8, rest = len % 8;

	if (memcmp(net->b, a->b, whole))
		return false;
	return !rest || !((net->b[whole] ^ a->b[whole]) >> (8 - rest));
}

static inline bool prefix_covers(const struct addr *a, unsigned int alen, const struct addr *b,
				 unsigned int blen)
{
	return a->family == b->family && alen <= blen && prefix_has(a, alen, b);
}

static inline bool prefix_overlaps(const struct addr *a, unsigned int alen, const struct addr *b,
				   unsigned int blen)
{
	return a->family == b->family && prefix_has(a, alen < blen ? alen : blen, b);
}

/* The network: bits behind `len` are 0. */
static inline struct addr prefix_net(const struct addr *a, unsigned int len)
{
	struct addr net = *a;
	unsigned int i;

	for (i = 0; i < sizeof(net.b); i++) {
		unsigned int keep = len > i * 8 ? len - i * 8 : 0;

		if (keep < 8)
			net.b[i] &= (uint8_t)(0xff00 >> keep);
	}
	return net;
}

#endif /* XIPSEC_PLAN_PREFIX_H */
