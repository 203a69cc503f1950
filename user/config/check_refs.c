// SPDX-License-Identifier: Apache-2.0
/*
 * References between objects (R-CFG-6). They may dangle; each one that does is
 * said, and the object that needs it is inactive. Needs are followed downwards,
 * so a refused transform set makes profile and tunnel inactive too.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "user/config/check.h"
#include "user/config/ifname.h"

/* What an object cannot work without, once it names one of the kind. */
static bool is_needed(enum object kind)
{
	switch (kind) {
	case O_CLASS: case O_HSRP: case O_POOL: case O_SSP: case O_VRF: case O_PMAP: case O_MAP:
	case O_EZVPN: case O_NONE:
		return false;
	default:
		return true;
	}
}

static bool is_builtin(enum object kind, const char *name)
{
	return (kind == O_TSET && !strcmp(name, "default")) ||
	       (kind == O_CLASS && !strcmp(name, "class-default"));
}

/* Defined by what is given: Linux devices are there without a line of ours. */
static bool is_foreign(enum object kind, const char *name)
{
	return kind == O_IF && name[0] >= 'a' && name[0] <= 'z';
}

static bool usable(struct check *c, struct node *n);

enum standing { STANDS, MISSING, REFUSED, IDLE };

static enum standing standing_of(struct check *c, enum object kind, const char *name)
{
	const struct object_entry *e = check_object(c, kind, name);
	enum standing worst = REFUSED;
	unsigned int i;

	if (is_builtin(kind, name) || is_foreign(kind, name))
		return STANDS;
	if (!e)
		return MISSING;
	for (i = 0; i < e->n; i++) {
		if (e->node[i]->refused)
			continue;
		if (kind == O_MAP || kind == O_DYNMAP || kind == O_IF || usable(c, e->node[i]))
			return STANDS;
		worst = IDLE;
	}
	return worst;
}

/* Which kinds an object names, and of which it has one that stands. */
struct needs {
	uint32_t	named, met;
};

static void follow(struct check *c, struct node *n, struct needs *needs)
{
	static const char *const how[] = {
		[MISSING] = "is not defined", [REFUSED] = "was refused", [IDLE] = "is inactive",
	};
	unsigned int i;

	for (i = 0; i < n->ntokens; i++) {
		enum object kind = n->token[i].el->name ? n->token[i].el->spec.ref : O_NONE;
		const char *name = n->token[i].text;
		enum standing s;

		if (kind == O_NONE)
			continue;
		needs->named |= 1u << kind;
		s = standing_of(c, kind, name);
		if (s == STANDS)
			needs->met |= 1u << kind;
		else
			check_say(c, DIAG_WARNING, n, "%s \"%s\" %s", object_name(kind), name,
				  how[s]);
	}
}

static void follow_below(struct check *c, struct node *n, struct needs *needs)
{
	struct node *child;

	for_each_child(child, n) {
		if (!child->p)
			continue;
		follow(c, child, needs);
		follow_below(c, child, needs);
	}
}

/* An interface stays one whatever it carries; a tunnel does not work without its protection. */
static bool can_be_inactive(const struct node *n)
{
	if (n->p->row->defines == O_IF)
		return ifname_is_tunnel(node_name(n));
	return n->p->row->enters != M_NONE && n->p->row->enters != M_PMAP &&
	       n->p->row->enters != M_SSP && n->p->row->enters != M_TRUSTPOINT &&
	       n->p->row->enters != M_CMAP;
}

/* "no usable transform set, access list"; false: all is met. */
static bool unmet(const struct needs *needs, char *why, size_t size)
{
	enum object kind;
	size_t used = 0;

	for (kind = O_NONE + 1; kind < O_MAX && used < size; kind++)
		if (is_needed(kind) && needs->named & ~needs->met & 1u << kind)
			used += (size_t)snprintf(why + used, size - used, "%s%s",
						 used ? ", " : "no usable ", object_name(kind));
	return used;
}

static bool usable(struct check *c, struct node *n)
{
	struct needs needs = {};
	char why[200];

	if (n->refused)
		return false;
	if (n->checked)
		return !n->inactive;
	n->checked = true;
	follow(c, n, &needs);
	follow_below(c, n, &needs);
	if (!can_be_inactive(n))
		return true;
	if (n->refused_child) {
		snprintf(why, sizeof(why), "line %u was refused", n->refused_child);
		check_deactivate(c, n, why);
		return false;
	}
	if (!unmet(&needs, why, sizeof(why)))
		return true;
	check_deactivate(c, n, why);
	return false;
}

void check_references(struct check *c)
{
	struct node *n;

	for_each_child(n, &c->l->tree->root)
		if (n->p)
			usable(c, n);
}
