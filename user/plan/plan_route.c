// SPDX-License-Identifier: Apache-2.0
/* `ip route` and `ipv6 route`: routes of the main table, the distance as metric (R-VTI-9). */
#include <stdio.h>
#include <string.h>

#include "user/plan/plan_priv.h"

static void name_route(struct plan_item *item, const struct node *n, const struct plan_static *r)
{
	char via[ADDR_STR_MAX] = "", to[64];
	const char *ifname = r->ifname ? r->ifname : "";

	if (r->via.family)
		addr_str(&r->via, via);
	snprintf(to, sizeof(to), "%.20s%s%.40s", ifname, *ifname && *via ? " " : "", via);
	if (node_is(n, "ipv6 route"))
		snprintf(item->owner, sizeof(item->owner), "ipv6 route %.43s %.40s",
			 node_arg(n, "prefix"), to);
	else
		snprintf(item->owner, sizeof(item->owner), "ip route %.15s %.15s %.40s",
			 node_arg(n, "prefix"), node_arg(n, "mask"), to);
}

/*
 * What cannot be made is an item with its reason, not a failure of all: the
 * route is made when its interface appears.
 */
static void route_build(struct planner *p, const struct node *n)
{
	struct plan_item *item = plan_item_new(p, PLAN_ROUTE, n);
	struct kobj o = { .kind = KOBJ_ROUTE };
	struct plan_static r;

	if (!item)
		return;
	if (!static_read(p, n, &r))
		plan_inactive(item, "the prefix cannot be read");
	name_route(item, n, &r);
	if (r.ifname && !*r.dev)
		plan_inactive(item, "interface %s is not present or not in use", r.ifname);
	if (!plan_usable(item, n))
		return;
	o.route.dst = r.addr;
	o.route.plen = r.plen;
	o.route.table = TABLE_MAIN;
	o.route.metric = node_num(n, "distance", 1);
	o.route.via = r.via;
	if (!strcmp(r.dev, "Null0")) {
		o.route.type = KOBJ_ROUTE_BLACKHOLE;
		o.route.via = (struct addr){};
	} else {
		o.route.type = KOBJ_ROUTE_UNICAST;
		snprintf(o.route.dev, sizeof(o.route.dev), "%s", r.dev);
	}
	if (!plan_add(p, item, &o))
		plan_inactive(item, "another route has this prefix and this distance");
}

void routes_build(struct planner *p)
{
	const struct node *n;

	for_each_child(n, &p->t->root)
		if ((node_is(n, "ip route") || node_is(n, "ipv6 route")) && !p->ret)
			route_build(p, n);
}
