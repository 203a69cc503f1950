/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Questions to rtnetlink that are asked once and not followed: a device with its
 * counters, its addresses, the routes of a table. What changes is link.h's.
 */
#ifndef XIPSEC_KERNEL_RTNL_H
#define XIPSEC_KERNEL_RTNL_H

#include <linux/if_link.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "user/lib/addr.h"
#include "user/lib/err.h"

struct rtnl_link {
	int		ifindex;
	char		name[IF_NAMESIZE];
	char		kind[16];	/* "xfrm", "dummy", "vlan"; "": a real device */
	uint32_t	mtu;
	uint32_t	txqlen;
	bool		up;		/* IFF_UP */
	bool		running;	/* IFF_RUNNING: and its carrier */
	bool		loopback, point_to_point;
	uint8_t		mac[6];
	bool		has_mac;
	bool		has_stats;
	struct rtnl_link_stats64 stats;
};

/* 0; -ENODEV: there is none of this name; else *e. */
int rtnl_get_link(const char *name, struct rtnl_link *l, struct err *e);

/* An address of a device; `peer` without family unless the link is to one peer. */
struct rtnl_addr {
	struct addr	addr, peer;
	uint8_t		plen;
	bool		secondary;
};

int rtnl_each_addr(int ifindex, void (*each)(void *ctx, const struct rtnl_addr *a), void *ctx,
		   struct err *e);

/* One way to a network; with several next hops, each is told. */
struct rtnl_route {
	uint8_t		family, plen;
	struct addr	dst, via;	/* via without family: directly, or to nowhere */
	int		ifindex;	/* 0: none */
	uint32_t	metric;
	uint8_t		protocol;	/* RTPROT_... */
	uint8_t		scope, type;	/* RT_SCOPE_..., RTN_... */
};

/* A non-zero result of `each` ends it and is returned. */
int rtnl_each_route(uint8_t family, uint32_t table,
		    int (*each)(void *ctx, const struct rtnl_route *r), void *ctx, struct err *e);

#endif /* XIPSEC_KERNEL_RTNL_H */
