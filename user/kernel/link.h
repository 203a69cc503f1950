/* SPDX-License-Identifier: Apache-2.0 */
/* Network devices and addresses of this network namespace, and their changes (rtnetlink). */
#ifndef XIPSEC_KERNEL_LINK_H
#define XIPSEC_KERNEL_LINK_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "user/lib/addr.h"
#include "user/lib/err.h"

struct link_nl;

struct link_info {
	int		ifindex;
	char		name[IF_NAMESIZE];
	uint32_t	mtu;
	bool		up;		/* IFF_UP */
	uint8_t		xdp_attached;	/* IFLA_XDP_ATTACHED: XDP_ATTACHED_NONE, _DRV, _SKB, _HW, _MULTI */
	uint32_t	xdp_prog_id;	/* 0: none */
};

struct link_addr {
	int		ifindex;
	struct addr	addr;
	uint8_t		plen;
};

struct link_nl_events {
	void (*link)(void *ctx, const struct link_info *l);		/* new or changed */
	void (*link_gone)(void *ctx, const struct link_info *l);
	void (*addr)(void *ctx, const struct link_addr *a);
	void (*addr_gone)(void *ctx, const struct link_addr *a);
	void *ctx;
};

struct link_nl *link_nl_open(struct err *e);
void link_nl_close(struct link_nl *nl);
int link_nl_fd(const struct link_nl *nl);

/* Tells all that is there now through ev->link and ev->addr. */
int link_nl_dump(struct link_nl *nl, const struct link_nl_events *ev, struct err *e);

/* Tells again what was told and is still there, through ev->link and ev->addr; asks nobody. */
void link_nl_each(const struct link_nl *nl, const struct link_nl_events *ev);

/* As xfrm_nl_read(). */
int link_nl_read(struct link_nl *nl, const struct link_nl_events *ev);

#endif /* XIPSEC_KERNEL_LINK_H */
