/* SPDX-License-Identifier: Apache-2.0 */
/* Items of the plan as answers name them: by entry, by interface, by what the kernel's SAs carry. */
#ifndef XIPSEC_CTL_ITEMS_H
#define XIPSEC_CTL_ITEMS_H

#include "user/daemon/gateway.h"

/* For one answer; the plan must not change meanwhile. */
struct items {
	const struct plan_item **list;	/* sorted by the node they come from */
	size_t		n;
	struct items_id {
		uint32_t	id;
		size_t		at;		/* index in the plan */
		const struct plan_item *item;
	}		*by_id;		/* sorted */
	size_t		nids;
};

int items_init(struct items *it, const struct plan *p);	/* 0, -ENOMEM */
void items_fini(struct items *it);

/* The items of a map entry (one on each interface) or of an interface; *n of them. */
const struct plan_item *const *items_of(const struct items *it, const struct node *node, size_t *n);

/*
 * The item that an SA was made for: by request id, for tunnels by if_id; *at is its
 * index in the plan. NULL: none of ours.
 */
const struct plan_item *items_of_sa(const struct items *it, uint32_t reqid, uint32_t if_id,
				    size_t *at);

/* "lab" of crypto maps, "Tunnel0-head-0" of tunnels; returns buf. */
#define ITEM_TAG_MAX	80
const char *item_tag(const struct plan_item *i, char buf[static ITEM_TAG_MAX]);

/* Name of the interface as it is configured: "FastEthernet0/0", "Tunnel0". */
const char *item_interface(const struct plan_item *i);

/* Whether it stands for a flow: a map's entry or a tunnel with protection. */
bool item_has_flow(const struct plan_item *i);

/* Whether `asked` (IOS or Linux name) names the interface that is configured as `name`. */
bool item_is_named(const struct gateway *gw, const char *name, const char *asked);

#endif /* XIPSEC_CTL_ITEMS_H */
