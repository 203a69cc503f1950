// SPDX-License-Identifier: Apache-2.0
#include "user/plan/plan.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/plan/plan_priv.h"

void plan_fail(struct planner *p, int ret, const char *why)
{
	if (!p->ret)
		p->ret = err_set(p->err, ret, "%s", why ? why : "out of memory");
}

struct plan_item *plan_item_new(struct planner *p, enum plan_kind kind, const struct node *node)
{
	struct plan *plan = p->plan;
	struct plan_item *item = calloc(1, sizeof(*item)), **more;

	/* Room doubles whenever the count is a power of two. */
	if (item && !(plan->nitems & (plan->nitems - 1))) {
		more = realloc(plan->item, (plan->nitems * 2 + 1) * sizeof(struct plan_item *));
		if (more)
			plan->item = more;
		else
			plan_fail(p, -ENOMEM, NULL);
	}
	if (!item || p->ret) {
		free(item);
		plan_fail(p, -ENOMEM, NULL);
		return NULL;
	}
	item->kind = kind;
	item->node = node;
	plan->item[plan->nitems++] = item;
	return item;
}

void plan_inactive(struct plan_item *item, const char *fmt, ...)
{
	va_list ap;

	if (*item->inactive)
		return;
	va_start(ap, fmt);
	vsnprintf(item->inactive, sizeof(item->inactive), fmt, ap);
	va_end(ap);
}

bool plan_usable(struct plan_item *item, const struct node *n)
{
	if (n->refused)
		plan_inactive(item, "it was refused");
	else if (n->inactive)
		plan_inactive(item, "%s", n->why ? n->why : "something it needs is missing");
	return !*item->inactive;
}

bool plan_add(struct planner *p, const struct plan_item *owner, struct kobj *o)
{
	o->owner = owner ? owner->owner : NULL;
	if (p->ret || kobj_set_find(&p->plan->objects, o))
		return false;
	if (!kobj_set_add(&p->plan->objects, o))
		plan_fail(p, -ENOMEM, NULL);
	return true;
}

void plan_guard(struct planner *p, const char *dev)
{
	struct plan *plan = p->plan;
	char (*more)[IF_NAMESIZE];
	size_t i;

	if (!*dev)
		return;
	for (i = 0; i < plan->nguards; i++)
		if (!strcmp(plan->guard[i], dev))
			return;
	more = realloc(plan->guard, (plan->nguards + 1) * sizeof(*more));
	if (!more) {
		plan_fail(p, -ENOMEM, NULL);
		return;
	}
	plan->guard = more;
	snprintf(plan->guard[plan->nguards++], IF_NAMESIZE, "%s", dev);
}

bool plan_tset(const struct planner *p, const char *name, struct tset *t)
{
	size_t n;
	const struct index_entry *set = name ? index_find(p, O_TSET, name, &n) : NULL;

	if (!set)
		return (!name || !strcmp(name, "default")) && tset_read(NULL, t);
	return !set->node->refused && !set->node->inactive && tset_read(set->node, t);
}

/* --- items by id ------------------------------------------------------------------------------ */

static int compare_id(const void *x, const void *y)
{
	const struct plan_item *a = *(struct plan_item *const *)x;
	const struct plan_item *b = *(struct plan_item *const *)y;

	return (a->id > b->id) - (a->id < b->id);
}

static void sort_ids(struct planner *p)
{
	struct plan *plan = p->plan;
	size_t i;

	plan->by_id = calloc(plan->nitems + 1, sizeof(struct plan_item *));
	if (!plan->by_id) {
		plan_fail(p, -ENOMEM, NULL);
		return;
	}
	for (i = 0; i < plan->nitems; i++)
		if (plan->item[i]->id)
			plan->by_id[plan->nby_id++] = plan->item[i];
	qsort(plan->by_id, plan->nby_id, sizeof(struct plan_item *), compare_id);
}

const struct plan_item *plan_item_by_id(const struct plan *p, uint32_t id)
{
	const struct plan_item like = { .id = id }, *key = &like;
	struct plan_item **hit;

	if (!p->nby_id)
		return NULL;
	hit = bsearch(&key, p->by_id, p->nby_id, sizeof(struct plan_item *), compare_id);
	return hit ? *hit : NULL;
}

/* --- the whole -------------------------------------------------------------------------------- */

static void planner_fini(struct planner *p)
{
	size_t i;

	for (i = 0; i < p->nentries; i++)
		acl_fini(&p->entry[i].acl);
	free(p->entry);
	free(p->index);
	free(p->dev);
	free(p->iface);
	free(p->net);
}

int plan_build(const struct tree *t, const struct plan_env *env, struct plan *out, struct err *e)
{
	struct planner p = { .t = t, .env = env, .plan = out, .err = e };

	*out = (struct plan){};
	index_build(&p);
	ifaces_build(&p);
	nets_build(&p);
	tunnels_build(&p);
	nets_build(&p);
	maps_build(&p);
	sort_ids(&p);
	rules_build(&p);
	blocks_build(&p);
	routes_build(&p);
	planner_fini(&p);
	if (p.ret)
		plan_fini(out);
	return p.ret;
}

void plan_fini(struct plan *p)
{
	size_t i;

	kobj_set_fini(&p->objects);
	for (i = 0; i < p->nitems; i++)
		free(p->item[i]);
	for (i = 0; i < p->nflows; i++)
		flow_groups_fini(&p->flows[i].groups);
	free(p->item);
	free(p->by_id);
	free(p->flows);
	free(p->guard);
	*p = (struct plan){};
}
