/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parts of the planner share. They run in the order of this file, and
 * each only adds: interfaces, networks and the ways to them, tunnels, entries of
 * crypto maps, rules and tables towards their devices, what is blocked, static
 * routes. An error that ends it all is kept in `ret`; later parts do no harm then.
 */
#ifndef XIPSEC_PLAN_PRIV_H
#define XIPSEC_PLAN_PRIV_H

#include "user/config/check.h"
#include "user/plan/plan.h"
#include "user/plan/tset.h"

#define TABLE_MAIN	254

/* --- objects of the configuration by name (plan_index.c) ----------------------------------- */

#define INDEX_LOCAL_ADDRESS	O_MAX	/* `crypto map NAME local-address`, which defines nothing */

struct index_entry {
	unsigned int	kind;		/* enum object */
	const char	*name;
	unsigned int	rank;		/* sequence number of an entry, else place in the tree */
	const struct node *node;
};

/* --- interfaces (plan_if.c) ----------------------------------------------------------------- */

struct plan_iface {
	const struct node *node;	/* NULL: a device that is only referred to */
	const char	*name;		/* "GigabitEthernet0/0" */
	char		dev[IF_NAMESIZE];	/* "": not present */
	bool		ours;		/* Tunnel, Loopback */
	const struct plan_dev *is;	/* NULL: the machine does not have it, or not yet */
};

/* A network behind a device: connected, or by a static route. */
struct plan_net {
	struct addr	addr;
	uint8_t		plen;
	char		dev[IF_NAMESIZE];
};

/* --- access lists (plan_acl.c) ---------------------------------------------------------------- */

struct acl_line {
	struct flow_sel	sel;
	bool		permit;
	uint16_t	at;		/* of the list's lines; `neq` makes two of one */
};

struct acl {
	struct acl_line	*line;
	size_t		n, room;
};

/* --- entries of crypto maps (plan_map.c) ------------------------------------------------------ */

/* One that is used. */
struct plan_entry {
	struct plan_item *item;
	struct acl	acl;
	struct tset	tset;
	bool		transport;	/* between the peers' own addresses: no device */
	size_t		outside;	/* of plan->flows */
};

struct planner {
	const struct tree *t;
	const struct plan_env *env;
	struct plan	*plan;
	struct err	*err;
	int		ret;

	struct index_entry *index;
	size_t		nindex;
	const struct node *replay, *df, *fragmentation;	/* global settings */

	const struct plan_dev **dev;	/* of the machine, sorted by name */
	struct plan_iface *iface;
	size_t		nifaces;
	struct plan_net	*net;
	size_t		nnets, net_room;

	struct plan_entry *entry;
	size_t		nentries, entry_room;
};

/* Remembers the first error. */
void plan_fail(struct planner *p, int ret, const char *why);

/* A new item, owned by the plan; NULL: no memory. */
struct plan_item *plan_item_new(struct planner *p, enum plan_kind kind, const struct node *node);
/* Why it is not used; what has a reason keeps it. */
void plan_inactive(struct plan_item *item, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Whether the check after loading left the node in use; if not, the item tells why. */
bool plan_usable(struct plan_item *item, const struct node *n);

/*
 * false: an object with this key is there already. Without an owner: shared by
 * crypto maps, so that it stays when the kernel refuses what else one of them has.
 */
bool plan_add(struct planner *p, const struct plan_item *owner, struct kobj *o);

void plan_guard(struct planner *p, const char *dev);

void index_build(struct planner *p);
/* The entries of one name, in order of their rank; NULL: none. */
const struct index_entry *index_find(const struct planner *p, unsigned int kind, const char *name,
				     size_t *n);

void ifaces_build(struct planner *p);		/* and the Loopbacks */
/* Its device, "" if there is none; tunnels that are not in use have none. */
const struct plan_iface *iface_find(const struct planner *p, const char *name);
const char *iface_device(const struct planner *p, const char *name);
const struct plan_dev *dev_find(const struct planner *p, const char *name);
/* Configured address, else the device's first of that family; false: none. */
bool iface_address(const struct planner *p, const struct plan_iface *i, uint8_t family,
		   struct addr *a);
/* The n-th address of the configuration, the primary one first; false: there are not so many. */
bool iface_configured(const struct plan_iface *i, unsigned int n, struct addr *a, uint8_t *plen);
/* The device that has the address; "": none. */
const char *dev_of_address(const struct planner *p, const struct addr *a);
/* Of a device, lowered by `ip mtu` of its interface; 1500 if it is not known. */
uint32_t iface_mtu(const struct planner *p, const char *dev);
void iface_add_addresses(struct planner *p, const struct plan_item *item,
			 const struct plan_iface *i);

/*
 * Prefix, device and next hop of `ip route`, `ipv6 route`; dev "": it has none, or
 * it is not present. "Null0" stands for itself.
 */
struct plan_static {
	struct addr	addr, via;
	uint8_t		plen;
	const char	*ifname, *dev;
};
bool static_read(const struct planner *p, const struct node *n, struct plan_static *r);

/* plan_net.c: of what is in use so far, so once more when there are tunnels. Sorted by address. */
void nets_build(struct planner *p);
/* Device towards an address by the networks that are known; "": not known. */
const char *net_device(const struct planner *p, const struct addr *to);
/* Those whose address is inside a prefix; *n: how many. They may be larger than it. */
const struct plan_net *nets_inside(const struct planner *p, const struct addr *net,
				   unsigned int plen, size_t *n);

/* -EINVAL: the list cannot be used, why[] says so. */
int acl_read(const struct planner *p, const char *name, struct acl *acl, char *why, size_t size);
void acl_fini(struct acl *acl);

void tunnels_build(struct planner *p);
void maps_build(struct planner *p);
void rules_build(struct planner *p);
void blocks_build(struct planner *p);
void routes_build(struct planner *p);

/* --- policies (plan_policy.c) ----------------------------------------------------------------- */

/* Templates of an item: ESP, then AH. Returns how many. */
uint8_t policy_templates(const struct plan_item *item, const struct tset *t, bool transport,
			 uint8_t dir, struct kobj_tmpl tmpl[static KOBJ_TMPL_MAX]);

/*
 * A policy for each pair of port and mask that the selector needs. `like` has
 * all but the selector, which is that of the direction of like->dir.
 */
void policy_add(struct planner *p, const struct plan_item *owner, const struct kobj_policy *like,
		const struct flow_sel *sel);

/* Transform set by name, "default" and NULL among them; false: not usable. */
bool plan_tset(const struct planner *p, const char *name, struct tset *t);

#endif /* XIPSEC_PLAN_PRIV_H */
