// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/plan/plan_priv.h"

static bool is_local_address(const struct node *n)
{
	return node_is(n, "crypto map") && node_has(n, "local-address");
}

static int compare(const void *x, const void *y)
{
	const struct index_entry *a = x, *b = y;
	int d;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	d = strcmp(a->name, b->name);
	return d ? d : (a->rank > b->rank) - (a->rank < b->rank);
}

static void take(struct planner *p, const struct node *n, unsigned int place)
{
	struct index_entry *e = &p->index[p->nindex];

	if (node_is(n, "crypto ipsec security-association replay"))
		p->replay = n;
	else if (node_is(n, "crypto ipsec df-bit"))
		p->df = n;
	else if (node_is(n, "crypto ipsec fragmentation"))
		p->fragmentation = n;
	if (!node_name(n) || (n->p->row->defines == O_NONE && !is_local_address(n)))
		return;
	e->kind = is_local_address(n) ? INDEX_LOCAL_ADDRESS : n->p->row->defines;
	e->name = node_name(n);
	e->rank = n->p->row->enters == M_MAP ? node_num(n, "sequence", 0) : place;
	e->node = n;
	p->nindex++;
}

void index_build(struct planner *p)
{
	const struct node *n;
	unsigned int place = 0;

	for_each_child(n, &p->t->root)
		place++;
	p->index = calloc(place + 1, sizeof(*p->index));
	if (!p->index) {
		plan_fail(p, -ENOMEM, NULL);
		return;
	}
	place = 0;
	for_each_child(n, &p->t->root)
		if (n->p)
			take(p, n, place++);
	qsort(p->index, p->nindex, sizeof(*p->index), compare);
}

const struct index_entry *index_find(const struct planner *p, unsigned int kind, const char *name,
				     size_t *n)
{
	const struct index_entry like = { .kind = kind, .name = name };
	size_t lo = 0, hi = p->nindex, mid;

	*n = 0;
	while (lo < hi) {
		mid = (lo + hi) / 2;
		if (compare(&p->index[mid], &like) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	while (lo + *n < p->nindex && p->index[lo + *n].kind == kind &&
	       !strcmp(p->index[lo + *n].name, name))
		++*n;
	return *n ? &p->index[lo] : NULL;
}
