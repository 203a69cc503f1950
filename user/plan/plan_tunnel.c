// SPDX-License-Identifier: Apache-2.0
/* Tunnel interfaces with `tunnel mode ipsec`: an XFRM interface each (A12). */
#include <linux/xfrm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/plan/plan_priv.h"
#include "user/plan/prefix.h"

static const char *family_name(uint8_t family)
{
	return family == AF_INET6 ? "IPv6" : "IPv4";
}

/* The source is an address, or an interface that has one. */
static void find_source(struct planner *p, struct plan_item *item, const struct node *n,
			uint8_t family)
{
	const struct node *source = check_child(n, "tunnel source");
	const char *address = source ? node_arg(source, "address") : NULL;
	const char *name = source ? node_arg(source, "interface") : NULL;
	const struct plan_iface *i = name ? iface_find(p, name) : NULL;
	struct plan_iface foreign = { .name = name };
	const char *dev;

	if (address) {
		addr_parse(address, &item->local);
		if (item->local.family != family)
			plan_inactive(item, "tunnel source is not an %s address", family_name(family));
		return;
	}
	if (!name) {
		plan_inactive(item, "no tunnel source");
		return;
	}
	if (!i) {
		/* A device of the machine without a line of its own. */
		dev = p->env->device(p->env->ctx, name);
		foreign.is = dev ? dev_find(p, dev) : NULL;
		i = &foreign;
	}
	if (!i->ours && !i->is)
		plan_inactive(item, "interface %s is not present", name);
	else if (!iface_address(p, i, family, &item->local))
		plan_inactive(item, "interface %s has no %s address", name, family_name(family));
}

/* Where packets of the tunnel leave and come in: the device of the local address, unless that
 * is one of ours, a Loopback: then the way to the peer, as far as it is known. */
static void find_outside(struct planner *p, struct plan_item *item)
{
	const char *dev = dev_of_address(p, &item->local);

	if (!*dev || !strncmp(dev, "xi-", 3) || !strcmp(dev, "lo"))
		dev = net_device(p, &item->peer);
	if (!strncmp(dev, "xi-", 3))
		dev = "";	/* inside another tunnel: nothing of the machine's own to guard */
	snprintf(item->outside, sizeof(item->outside), "%s", dev);
}

static void find_peer(struct plan_item *item, const struct node *n, uint8_t family)
{
	const struct node *d = check_child(n, "tunnel destination");
	const char *address = d ? node_arg(d, "address") : NULL;

	if (!d)
		plan_inactive(item, "no tunnel destination");
	else if (!address)
		plan_inactive(item, "tunnel destination %.60s: names need IKE, which is not built yet",
			      node_arg(d, "host"));
	else if (!addr_parse(address, &item->peer) || item->peer.family != family)
		plan_inactive(item, "tunnel destination is not an %s address", family_name(family));
}

/* The first set of the profile that can be used (R-TS-8: the default set when it names none). */
static bool profile_tset(const struct planner *p, const struct node *n, struct tset *t)
{
	const struct node *protection = check_child(n, "tunnel protection"), *line;
	const struct index_entry *profile;
	unsigned int i, named = 0;
	size_t count;

	profile = protection ? index_find(p, O_IPSEC_PROFILE, node_arg(protection, "ipsec-profile"),
					  &count) : NULL;
	if (!profile)
		return false;
	for_each_child(line, profile->node) {
		if (!node_is(line, "set transform-set"))
			continue;
		for (i = 0; i < line->ntokens; i++) {
			if (!line->token[i].el->name)
				continue;
			named++;
			if (plan_tset(p, line->token[i].text, t))
				return true;
		}
	}
	return !named && plan_tset(p, NULL, t);
}

static uint32_t find_mtu(struct planner *p, const struct plan_item *item, const struct node *n,
			 const struct tset *t)
{
	const struct node *set = check_child(n, "ip mtu");
	struct mtu_shape s = tset_shape(t, item->peer.family);
	const struct sa_info *sa;

	if (set)
		return node_num(set, "mtu", 0);	/* R-FRAG-9 */
	sa = p->env->outbound_sa ? p->env->outbound_sa(p->env->ctx, item->id) : NULL;
	if (sa)
		tset_shape_of_sa(sa, &s);
	return mtu_inner(&s, iface_mtu(p, item->outside));
}

static void add_policies(struct planner *p, const struct plan_item *item, const struct tset *t,
			 uint8_t family)
{
	static const uint8_t dirs[] = { XFRM_POLICY_OUT, XFRM_POLICY_IN, XFRM_POLICY_FWD };
	const struct flow_sel any = {
		.family = family, .src = { .family = family }, .dst = { .family = family },
		.sport_hi = 65535, .dport_hi = 65535,
	};
	size_t i;

	for (i = 0; i < sizeof(dirs); i++) {
		struct kobj_policy like = {
			.dir = dirs[i], .if_id = item->id, .priority = XI_POLICY_FIRST,
			.action = XFRM_POLICY_ALLOW,
		};

		like.ntmpl = policy_templates(item, t, false, dirs[i], like.tmpl);
		policy_add(p, item, &like, &any);
	}
}

/* R-VTI-4: all of the family it carries, and of the other one where it has such an address. */
static void add_objects(struct planner *p, struct plan_item *item, const struct plan_iface *i,
			const struct tset *t, uint8_t family)
{
	struct kobj o = { .kind = KOBJ_LINK, .link = { .type = KOBJ_LINK_XFRM, .if_id = item->id } };
	uint8_t other = family == AF_INET ? AF_INET6 : AF_INET, plen;
	struct addr a;
	unsigned int n;

	memcpy(item->dev, i->dev, sizeof(item->dev));
	memcpy(o.link.name, i->dev, sizeof(o.link.name));
	snprintf(o.link.alias, sizeof(o.link.alias), "%s", i->name);
	o.link.mtu = item->mtu;
	o.link.up = !check_child(i->node, "shutdown");
	plan_add(p, item, &o);
	iface_add_addresses(p, item, i);
	add_policies(p, item, t, family);
	for (n = 0; iface_configured(i, n, &a, &plen); n++) {
		if (a.family != other)
			continue;
		add_policies(p, item, t, other);
		break;
	}
}

static void tunnel_build(struct planner *p, const struct plan_iface *i)
{
	struct plan_item *item = plan_item_new(p, PLAN_TUNNEL, i->node);
	const struct node *mode = check_child(i->node, "tunnel mode");
	uint8_t family = mode && node_has(mode, "ipv6") ? AF_INET6 : AF_INET;
	struct tset t = {};

	if (!item)
		return;
	item->interface = i->node;
	snprintf(item->owner, sizeof(item->owner), "interface %s", i->name);
	if (!*i->dev)
		plan_inactive(item, "the number of the tunnel is not one of 0 to 16777215");
	else
		item->id = XI_ID(XI_ID_TUNNEL, (uint32_t)strtoul(i->name + 6, NULL, 10));
	if (!mode || !node_has(mode, "ipsec"))
		plan_inactive(item, "GRE tunnels are not built yet: use `tunnel mode ipsec ipv4`");
	if (!plan_usable(item, i->node))
		return;
	find_peer(item, i->node, family);
	find_source(p, item, i->node, family);
	if (!*item->inactive)
		find_outside(p, item);
	plan_guard(p, item->outside);
	if (!profile_tset(p, i->node, &t))
		plan_inactive(item, "no usable transform set");
	if (*item->inactive)
		return;
	item->mtu = find_mtu(p, item, i->node, &t);
	if (item->mtu < 68)
		plan_inactive(item, "the MTU of %s leaves no room for a packet", item->outside);
	else
		add_objects(p, item, i, &t, family);
}

void tunnels_build(struct planner *p)
{
	size_t i;

	for (i = 0; i < p->nifaces; i++)
		if (p->iface[i].ours && !strncmp(p->iface[i].name, "Tunnel", 6))
			tunnel_build(p, &p->iface[i]);
}
