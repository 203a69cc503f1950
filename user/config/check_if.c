// SPDX-License-Identifier: Apache-2.0
/* Interfaces: addresses, tunnels, lists that keep IKE and IPsec out (R-CFG-9, R-CFG-11, A12). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/config/check.h"
#include "user/config/ifname.h"
#include "user/config/net.h"

struct subnet {
	uint32_t	first, last;
	const struct node *n;
};

static int compare_subnets(const void *x, const void *y)
{
	const struct subnet *a = x, *b = y;

	if (a->first != b->first)
		return a->first < b->first ? -1 : 1;
	return (a->last < b->last) - (a->last > b->last);
}

static size_t collect_subnets(const struct tree *t, struct subnet *list)
{
	const struct node *i, *a;
	size_t n = 0;
	uint32_t addr, mask;

	for_each_child(i, &t->root) {
		if (!i->p || i->p->row->defines != O_IF)
			continue;
		for_each_child(a, i) {
			if (!node_is(a, "ip address"))
				continue;
			addr = net_v4(node_arg(a, "address"));
			mask = net_v4(node_arg(a, "mask"));
			if (list)
				list[n] = (struct subnet){ addr & mask, addr | ~mask, a };
			n++;
		}
	}
	return n;
}

/* Sorted by their first address, a subnet overlaps with the one that reaches furthest before it. */
static void check_overlaps(struct check *c)
{
	size_t n = collect_subnets(c->l->tree, NULL), i;
	struct subnet *list = calloc(n + 1, sizeof(*list)), *far;

	if (!list)
		return;
	collect_subnets(c->l->tree, list);
	qsort(list, n, sizeof(*list), compare_subnets);
	for (far = list, i = 1; i < n; i++) {
		if (list[i].first <= far->last)
			check_say(c, DIAG_WARNING, list[i].n,
				  "subnet of %s overlaps with that of %s (line %u)",
				  node_name(list[i].n->parent), node_name(far->n->parent),
				  far->n->line);
		if (list[i].last > far->last)
			far = &list[i];
	}
	free(list);
}

static bool is_ipsec_tunnel(const struct node *n)
{
	const struct node *mode = check_child(n, "tunnel mode");

	return mode && node_has(mode, "ipsec");
}

static void check_shared(struct check *c, const struct node *n)
{
	const struct node *p = check_child(n, "tunnel protection");

	if (p && node_has(p, "shared") && is_ipsec_tunnel(n))
		check_say(c, DIAG_ERROR, p, "`shared` does not go with tunnel mode ipsec (R-VTI-3)");
}

/* R-VTI-4, R-TS-4: on a tunnel interface there is nothing for transport mode to do. */
static void check_transport(struct check *c, const struct node *n)
{
	const struct node *p = check_child(n, "tunnel protection"), *line;
	const struct object_entry *profile, *set;
	const struct node *mode;

	profile = p ? check_object(c, O_IPSEC_PROFILE, node_arg(p, "ipsec-profile")) : NULL;
	if (!profile || !is_ipsec_tunnel(n))
		return;
	for_each_child(line, profile->node[0]) {
		if (!node_is(line, "set transform-set"))
			continue;
		set = check_object(c, O_TSET, node_arg(line, "transform-set"));
		mode = set ? check_child(set->node[0], "mode") : NULL;
		if (mode && node_has(mode, "transport"))
			check_say(c, DIAG_WARNING, p, "%s uses tunnel mode: transport mode of \"%s\" is ignored",
				  node_name(n), set->name);
	}
}

static void check_tunnel(struct check *c, struct node *n)
{
	static const char *const parts[][2] = {
		{ "tunnel source", "no tunnel source" },
		{ "tunnel destination", "no tunnel destination" },
	};
	size_t i;

	check_shared(c, n);
	check_transport(c, n);
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]) && !n->inactive; i++)
		if (!check_child(n, parts[i][0]))
			check_deactivate(c, n, parts[i][1]);
	if (!n->inactive && is_ipsec_tunnel(n) && !check_child(n, "tunnel protection"))
		check_deactivate(c, n, "no tunnel protection");
}

/* R-VTI-5: everything into the tunnel, its own packets too. */
static void check_default_route(struct check *c, const struct node *route)
{
	const char *name = node_arg(route, "interface"), *peer;
	const struct object_entry *tunnel;
	const struct node *d, *r;
	uint32_t mask;

	if (!name || !ifname_is_tunnel(name) || net_v4(node_arg(route, "mask")))
		return;
	tunnel = check_object(c, O_IF, name);
	d = tunnel ? check_child(tunnel->node[0], "tunnel destination") : NULL;
	peer = d ? node_arg(d, "address") : NULL;
	if (!peer)
		return;
	for_each_child(r, &c->l->tree->root) {
		if (!node_is(r, "ip route") || r == route)
			continue;
		mask = net_v4(node_arg(r, "mask"));
		if (mask && (net_v4(peer) & mask) == net_v4(node_arg(r, "prefix")))
			return;
	}
	check_say(c, DIAG_WARNING, route, "the default route goes into %s, and so would its own packets: add a route to %s",
		  name, peer);
}

/* --- R-CFG-11 ----------------------------------------------------------------------------- */

static const struct {
	const char	*protocol;
	unsigned int	port;
	const char	*what;
} wanted[] = {
	{ "udp", 500, "IKE (UDP 500)" },
	{ "esp", 0, "ESP (protocol 50)" },
	{ "ahp", 0, "AH (protocol 51)" },
	{ "udp", 4500, "NAT traversal (UDP 4500)" },
};

static bool protocol_fits(const struct node *entry, size_t i)
{
	const char *p = node_arg(entry, "protocol");

	return !strcmp(p, "ip") || !strcmp(p, wanted[i].protocol);
}

/* Ports may be those of the source: then the entry says nothing about the destination. */
static bool port_fits(const struct node *entry, size_t i)
{
	const char *port = node_arg(entry, "port");

	if (!wanted[i].port || (!port && !node_arg(entry, "low")))
		return true;
	if (port && node_has(entry, "eq"))
		return arg_port(port) == wanted[i].port;
	return true;
}

static bool from_anywhere(const struct node *entry)
{
	return !node_arg(entry, "source") && !node_arg(entry, "destination") &&
	       !node_arg(entry, "port") && !node_arg(entry, "low");
}

/* Judges only what is certain: the first entry that may permit, or surely denies. */
static bool is_denied(const struct node *parent, const char *list, size_t i)
{
	const struct node *e;

	for_each_child(e, parent) {
		if (!e->p || !node_arg(e, "protocol") || (list && strcmp(node_name(e) ?: "", list)))
			continue;
		if (!protocol_fits(e, i) || !port_fits(e, i))
			continue;
		if (node_has(e, "permit"))
			return false;
		if (from_anywhere(e))
			return true;
	}
	return true;
}

static void check_access_group(struct check *c, const struct node *iface)
{
	const struct node *g;
	const struct object_entry *list;
	size_t i;

	for_each_child(g, iface) {
		if (!node_is(g, "ip access-group") || !node_has(g, "in"))
			continue;
		list = check_object(c, O_ACL, node_arg(g, "list"));
		if (list && list->node[0]->p->row->enters == M_ACL6)
			continue;
		for (i = 0; list && i < sizeof(wanted) / sizeof(wanted[0]); i++) {
			bool named = list->node[0]->p->row->enters == M_ACL;

			if (is_denied(named ? list->node[0] : &c->l->tree->root,
				      named ? NULL : list->name, i))
				check_say(c, DIAG_WARNING, g, "access list %s keeps out %s",
					  list->name, wanted[i].what);
		}
	}
}

/* --- R-DF-4 ------------------------------------------------------------------------------- */

static const char *df_bit(const struct node *iface)
{
	const struct node *d = check_child(iface, "crypto ipsec df-bit");

	return d ? d->token[d->ntokens - 1].text : "";
}

static void check_df_bit(struct check *c, const struct node *local)
{
	const struct node *i, *m, *first = NULL;

	for_each_child(i, &c->l->tree->root) {
		m = i->p && i->p->row->defines == O_IF ? check_child(i, "crypto map") : NULL;
		if (!m || strcmp(node_arg(m, "map"), node_name(local)))
			continue;
		if (first && strcmp(df_bit(first), df_bit(i)))
			check_say(c, DIAG_WARNING, m, "%s and %s share map %s by local-address and differ in df-bit",
				  node_name(first), node_name(i), node_name(local));
		if (!first)
			first = i;
	}
}

static bool carries_crypto(const struct node *iface)
{
	return check_child(iface, "crypto map") || check_child(iface, "crypto ipsec client ezvpn");
}

void check_interfaces(struct check *c)
{
	struct node *n;

	check_overlaps(c);
	for_each_child(n, &c->l->tree->root) {
		if (!n->p)
			continue;
		if (n->p->row->defines == O_IF && ifname_is_tunnel(node_name(n)))
			check_tunnel(c, n);
		if (n->p->row->defines == O_IF && carries_crypto(n))
			check_access_group(c, n);
		if (node_is(n, "ip route"))
			check_default_route(c, n);
		if (node_is(n, "crypto map") && node_has(n, "local-address"))
			check_df_bit(c, n);
	}
}
