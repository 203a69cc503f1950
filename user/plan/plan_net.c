// SPDX-License-Identifier: Apache-2.0
/*
 * Which networks are behind which device, as far as configuration and machine
 * tell: connected ones and static routes. A crypto map judges what leaves by its
 * interface only, so these are the exceptions of lists with `any` in them.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/config/net.h"
#include "user/plan/plan_priv.h"
#include "user/plan/prefix.h"

bool static_read(const struct planner *p, const struct node *n, struct plan_static *r)
{
	const char *via = node_arg(n, "nexthop");

	*r = (struct plan_static){ .ifname = node_arg(n, "interface"), .dev = "" };
	if (node_is(n, "ipv6 route")) {
		if (!arg_prefix(node_arg(n, "prefix"), &r->addr, &r->plen))
			return false;
	} else {
		if (!addr_parse(node_arg(n, "prefix"), &r->addr))
			return false;
		r->plen = (uint8_t)net_bits(net_v4(node_arg(n, "mask")));
	}
	r->addr = prefix_net(&r->addr, r->plen);
	if (via && !addr_parse(via, &r->via))
		return false;
	if (r->ifname)
		r->dev = strncmp(r->ifname, "Null", 4) ? iface_device(p, r->ifname) : "Null0";
	return true;
}

static void net_add(struct planner *p, const struct addr *a, uint8_t plen, const char *dev)
{
	struct plan_net *more;
	size_t room = p->net_room * 2 + 32;

	if (!*dev || p->ret)
		return;
	if (p->nnets == p->net_room) {
		more = realloc(p->net, room * sizeof(*more));
		if (!more) {
			plan_fail(p, -ENOMEM, NULL);
			return;
		}
		p->net = more;
		p->net_room = room;
	}
	p->net[p->nnets] = (struct plan_net){ .addr = prefix_net(a, plen), .plen = plen };
	snprintf(p->net[p->nnets++].dev, IF_NAMESIZE, "%s", dev);
}

static void add_connected(struct planner *p)
{
	struct addr a;
	unsigned int n;
	uint8_t plen;
	size_t i;

	for (i = 0; i < p->nifaces; i++)
		for (n = 0; iface_configured(&p->iface[i], n, &a, &plen); n++)
			net_add(p, &a, plen, iface_device(p, p->iface[i].name));
	for (i = 0; i < p->env->ndevs; i++) {
		const struct plan_dev *d = &p->env->dev[i];

		/* Of ours the configuration tells: a plan does not depend on the one before. */
		for (n = 0; d->plen && n < d->naddrs && strncmp(d->name, "xi-", 3); n++)
			net_add(p, &d->addr[n], d->plen[n], d->name);
	}
}

static const char *device_among(const struct planner *p, size_t n, const struct addr *to)
{
	const struct plan_net *best = NULL;
	size_t i;

	for (i = 0; i < n; i++) {
		const struct plan_net *net = &p->net[i];

		if (prefix_covers(&net->addr, net->plen, to, prefix_bits(to->family)) &&
		    (!best || net->plen > best->plen))
			best = net;
	}
	return best ? best->dev : "";
}

/* A next hop is looked for in connected networks only, as it has to be there. */
static void add_static(struct planner *p)
{
	size_t connected = p->nnets;
	struct plan_static r;
	const struct node *n;

	for_each_child(n, &p->t->root) {
		if ((!node_is(n, "ip route") && !node_is(n, "ipv6 route")) || !static_read(p, n, &r))
			continue;
		net_add(p, &r.addr, r.plen,
			r.ifname ? r.dev : device_among(p, connected, &r.via));
	}
}

static int compare(const void *x, const void *y)
{
	const struct plan_net *a = x, *b = y;
	int d;

	if (a->addr.family != b->addr.family)
		return a->addr.family < b->addr.family ? -1 : 1;
	d = memcmp(a->addr.b, b->addr.b, sizeof(a->addr.b));
	if (d)
		return d;
	return a->plen != b->plen ? a->plen - b->plen : strcmp(a->dev, b->dev);
}

void nets_build(struct planner *p)
{
	static const struct addr link_local = { .family = AF_INET6, .b = { 0xfe, 0x80 } };
	size_t i, n = 0;

	p->nnets = 0;
	add_connected(p);
	add_static(p);
	/* On each link, and never behind a tunnel of ours. */
	net_add(p, &link_local, 10, "*");
	qsort(p->net, p->nnets, p->nnets ? sizeof(*p->net) : 1, compare);
	for (i = 0; i < p->nnets; i++)
		if (!i || compare(&p->net[i], &p->net[i - 1]))
			p->net[n++] = p->net[i];
	p->nnets = n;
}

const char *net_device(const struct planner *p, const struct addr *to)
{
	const char *dev = device_among(p, p->nnets, to);

	return *dev == '*' ? "" : dev;
}

const struct plan_net *nets_inside(const struct planner *p, const struct addr *net,
				   unsigned int plen, size_t *n)
{
	struct plan_net like = { .addr = prefix_net(net, plen) };
	size_t lo = 0, hi = p->nnets, mid;

	while (lo < hi) {
		mid = (lo + hi) / 2;
		if (compare(&p->net[mid], &like) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (*n = 0; lo + *n < p->nnets; ++*n)
		if (!prefix_covers(net, plen, &p->net[lo + *n].addr, prefix_bits(net->family)))
			break;
	return *n ? &p->net[lo] : NULL;
}
