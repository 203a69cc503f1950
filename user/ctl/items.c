// SPDX-License-Identifier: Apache-2.0
#include "user/ctl/items.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/config/check.h"

static int item_compare(const void *x, const void *y)
{
	const struct plan_item *const *a = x, *const *b = y;
	uintptr_t p = (uintptr_t)(*a)->node, q = (uintptr_t)(*b)->node;

	if (p != q)
		return p < q ? -1 : 1;
	return ((*a)->id > (*b)->id) - ((*a)->id < (*b)->id);
}

static int item_compare_id(const void *x, const void *y)
{
	const struct items_id *a = x, *b = y;

	return (a->id > b->id) - (a->id < b->id);
}

int items_init(struct items *it, const struct plan *p)
{
	size_t i;

	*it = (struct items){ .list = calloc(p->nitems + 1, sizeof(*it->list)),
			      .by_id = calloc(p->nitems + 1, sizeof(*it->by_id)) };
	if (!it->list || !it->by_id)
		return -ENOMEM;
	for (i = 0; i < p->nitems; i++) {
		if (p->item[i]->node)
			it->list[it->n++] = p->item[i];
		if (p->item[i]->id)
			it->by_id[it->nids++] = (struct items_id){ p->item[i]->id, i, p->item[i] };
	}
	qsort(it->list, it->n, sizeof(*it->list), item_compare);
	qsort(it->by_id, it->nids, sizeof(*it->by_id), item_compare_id);
	return 0;
}

void items_fini(struct items *it)
{
	free(it->list);
	free(it->by_id);
	*it = (struct items){};
}

const struct plan_item *const *items_of(const struct items *it, const struct node *node, size_t *n)
{
	size_t lo = 0, hi = it->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if ((uintptr_t)it->list[mid]->node < (uintptr_t)node)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (*n = 0; lo + *n < it->n && it->list[lo + *n]->node == node; (*n)++)
		;
	return it->list + lo;
}

static bool is_id_of(uint32_t id, uint32_t kind)
{
	return id >> 24 == kind;
}

const struct plan_item *items_of_sa(const struct items *it, uint32_t reqid, uint32_t if_id,
				    size_t *at)
{
	struct items_id key = {}, *found;

	if (is_id_of(reqid, XI_ID_MAP))
		key.id = reqid;
	else if (is_id_of(if_id, XI_ID_MAP) || is_id_of(if_id, XI_ID_TUNNEL))
		key.id = if_id;
	else
		return NULL;
	found = bsearch(&key, it->by_id, it->nids, sizeof(*it->by_id), item_compare_id);
	if (!found)
		return NULL;
	*at = found->at;
	return found->item;
}

const char *item_interface(const struct plan_item *i)
{
	const struct node *n = i->interface ? i->interface : i->node;
	const char *name = n ? node_name(n) : NULL;

	return name ? name : "-";
}

const char *item_tag(const struct plan_item *i, char buf[static ITEM_TAG_MAX])
{
	const char *name = i->node ? node_name(i->node) : NULL;

	if (i->kind == PLAN_MAP)
		snprintf(buf, ITEM_TAG_MAX, "%s", name ? name : "-");
	else
		snprintf(buf, ITEM_TAG_MAX, "%s-head-0", item_interface(i));
	return buf;
}

bool item_has_flow(const struct plan_item *i)
{
	if (i->kind == PLAN_MAP)
		return true;
	return i->kind == PLAN_TUNNEL && i->node && check_child(i->node, "tunnel protection");
}

bool item_is_named(const struct gateway *gw, const char *name, const char *asked)
{
	const char *device, *other;

	if (!strcmp(name, asked))
		return true;
	device = gateway_device(gw, name);
	other = gateway_device(gw, asked);
	return device && (!strcmp(device, asked) || (other && !strcmp(device, other)));
}
