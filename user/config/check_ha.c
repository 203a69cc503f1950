// SPDX-License-Identifier: Apache-2.0
/* Stateful failover: groups have an address, follow each other and agree (R-HA-3, D7). */
#include <string.h>

#include "user/config/check.h"

/* The line `standby G WORD` of the group, or NULL. */
static const struct node *standby(const struct node *iface, const char *group, const char *word)
{
	const struct node *s;

	for_each_child(s, iface) {
		const char *g = node_is(s, "standby") ? node_arg(s, "group") : NULL;

		if (node_is(s, "standby") && node_has(s, word) && !strcmp(g ?: "0", group))
			return s;
	}
	return NULL;
}

/* The group's number on an interface where it has this name. */
static const char *group_number(const struct node *iface, const char *name)
{
	const struct node *s;

	for_each_child(s, iface)
		if (node_is(s, "standby") && node_has(s, "name") &&
		    !strcmp(node_arg(s, "group-name"), name))
			return node_arg(s, "group") ?: "0";
	return NULL;
}

static void check_addresses(struct check *c, const struct node *iface)
{
	const struct node *s;

	for_each_child(s, iface) {
		if (!node_is(s, "standby") || !node_has(s, "ip"))
			continue;
		if (!check_child(iface, "ip address"))
			check_say(c, DIAG_WARNING, s, "%s has no address of its own for its HSRP group",
				  node_name(iface));
		return;
	}
}

static unsigned int priority(const struct node *iface, const char *group)
{
	const struct node *p = standby(iface, group, "priority");

	return p ? node_num(p, "priority", 100) : 100;
}

/* Groups of one SSP group move together, or packets end in a black hole. */
static void check_ssp_group(struct check *c, const struct node *ssp)
{
	const struct node *r, *first = NULL, *iface;
	const struct object_entry *hsrp;
	const char *group, *first_group = NULL;
	unsigned int n = 0;

	for_each_child(r, ssp)
		n += node_is(r, "redundancy");
	for_each_child(r, ssp) {
		hsrp = node_is(r, "redundancy") ?
		       check_object(c, O_HSRP, node_arg(r, "group-name")) : NULL;
		if (!hsrp)
			continue;
		iface = hsrp->node[0];
		group = group_number(iface, hsrp->name);
		if (!group)
			continue;
		if (n > 1 && !standby(iface, group, "track"))
			check_say(c, DIAG_WARNING, r, "HSRP group \"%s\" tracks no interface: the groups may part",
				  hsrp->name);
		if (first && priority(iface, group) != priority(first, first_group))
			check_say(c, DIAG_WARNING, r, "HSRP groups of one SSP group differ in priority");
		if (!first) {
			first = iface;
			first_group = group;
		}
	}
}

void check_ha(struct check *c)
{
	const struct node *n;

	for_each_child(n, &c->l->tree->root) {
		if (n->p && n->p->row->defines == O_IF)
			check_addresses(c, n);
		if (node_is(n, "ssp group"))
			check_ssp_group(c, n);
	}
}
