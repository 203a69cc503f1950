/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a checked configuration wants: objects in the kernel, interfaces to
 * guard, flows to protect. A pure function of the tree and of what the machine
 * has (struct plan_env); nothing is done here.
 */
#ifndef XIPSEC_PLAN_PLAN_H
#define XIPSEC_PLAN_PLAN_H

#include "user/config/tree.h"
#include "user/kernel/kobj.h"
#include "user/lib/err.h"
#include "user/plan/flow.h"

/* A network device of the machine. */
struct plan_dev {
	char		name[IF_NAMESIZE];
	int		ifindex;
	uint32_t	mtu;
	const struct addr *addr;
	const uint8_t	*plen;		/* of each address; NULL: not known */
	unsigned int	naddrs;
};

struct plan_env {
	const struct plan_dev *dev;
	size_t		ndevs;
	/* Linux device of an IOS name (/etc/xipsec/interfaces), or NULL: not present (R-CFG-8). */
	const char	*(*device)(void *ctx, const char *ios_name);
	/* The outbound SA in use on this if_id, with its real transform; NULL: none yet. */
	const struct sa_info *(*outbound_sa)(void *ctx, uint32_t if_id);
	void		*ctx;
};

enum plan_kind { PLAN_MAP, PLAN_TUNNEL, PLAN_LOOPBACK, PLAN_ROUTE };

/* An entry of a crypto map on an interface, a Tunnel, a Loopback, a static route. */
struct plan_item {
	enum plan_kind	kind;
	uint32_t	id;		/* XI_ID(); 0: Loopback, route, or not used at all */
	char		owner[96];	/* "crypto map lab 10 on eth0", "interface Tunnel0" */
	char		dev[IF_NAMESIZE];	/* of ours; "": transport mode, no device */
	const struct node *node;	/* of the tree: the entry, the interface, the route */
	const struct node *interface;	/* where it is applied; NULL: a route */
	char		outside[IF_NAMESIZE];	/* Linux device of the interface; "": none */
	struct addr	local, peer;
	uint32_t	mtu;		/* computed; of dev */
	bool		manual;
	char		inactive[200];	/* why it is not used; "": it is */
};

struct plan {
	struct kobj_set	objects;
	struct plan_item **item;
	size_t		nitems;
	struct plan_item **by_id;	/* those with an id, sorted */
	size_t		nby_id;
	/* Protected flows, one set of groups for each outside interface. */
	struct plan_flows {
		char	outside[IF_NAMESIZE];
		int	ifindex;
		struct flow_groups groups;
	}		*flows;
	size_t		nflows;
	char		(*guard)[IF_NAMESIZE];	/* Linux devices that need xi_outer */
	size_t		nguards;
};

/* The tree lives longer than the plan. 0, or a negative errno with *e. */
int plan_build(const struct tree *t, const struct plan_env *env, struct plan *out, struct err *e);
void plan_fini(struct plan *p);		/* a zeroed one is fine */

/* NULL: none. */
const struct plan_item *plan_item_by_id(const struct plan *p, uint32_t id);

#endif /* XIPSEC_PLAN_PLAN_H */
