// SPDX-License-Identifier: Apache-2.0
#include "user/ctl/defs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/config/print.h"

static int def_compare_name(enum object kind_a, const char *a, enum object kind_b, const char *b)
{
	int d;

	if (kind_a != kind_b)
		return kind_a < kind_b ? -1 : 1;
	d = natural_compare(a, b);
	return d ? d : strcmp(a, b);	/* "01" and "1" are two names */
}

static int def_compare(const void *x, const void *y)
{
	const struct def *a = x, *b = y;
	int d = def_compare_name(a->kind, a->name, b->kind, b->name);

	if (d)
		return d;
	if (a->sequence != b->sequence)
		return a->sequence < b->sequence ? -1 : 1;
	return (a->at > b->at) - (a->at < b->at);
}

static bool def_counts(const struct node *n)
{
	return n->p && node_counts(n) && n->p->row->defines != O_NONE && node_name(n);
}

int defs_init(struct defs *d, const struct tree *t)
{
	const struct node *n;
	size_t count = 0;

	*d = (struct defs){};
	if (!t)
		return 0;
	for (n = t->root.first; n; n = n->next)
		count += def_counts(n);
	d->list = calloc(count + 1, sizeof(*d->list));
	if (!d->list)
		return -ENOMEM;
	for (n = t->root.first; n; n = n->next) {
		if (!def_counts(n))
			continue;
		d->list[d->n] = (struct def){ n->p->row->defines, node_name(n),
					      node_num(n, "sequence", 0), d->n, n };
		d->n++;
	}
	qsort(d->list, d->n, sizeof(*d->list), def_compare);
	return 0;
}

void defs_fini(struct defs *d)
{
	free(d->list);
	*d = (struct defs){};
}

/* The first that is not before; one past the end when there is none. */
static size_t def_lower(const struct defs *d, enum object kind, const char *name)
{
	size_t lo = 0, hi = d->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct def *m = &d->list[mid];

		if (def_compare_name(m->kind, name ? m->name : "", kind, name ? name : "") < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

const struct def *defs_of(const struct defs *d, enum object kind, const char *name, size_t *n)
{
	size_t first = def_lower(d, kind, name), end = first;

	while (end < d->n && d->list[end].kind == kind &&
	       (!name || !strcmp(d->list[end].name, name)))
		end++;
	*n = end - first;
	return d->list + first;
}

const struct node *defs_node(const struct defs *d, enum object kind, const char *name)
{
	const struct def *first;
	size_t n;

	if (!name)
		return NULL;
	first = defs_of(d, kind, name, &n);
	return n ? first->node : NULL;
}

/* `ip access-list extended 101` and `access-list 101 ...` are of one list. */
size_t defs_acl(const struct defs *d, const char *name,
		void (*each)(void *ctx, const struct node *line), void *ctx)
{
	const struct def *def;
	const struct node *line;
	size_t n, i, lines = 0;

	if (!name)
		return 0;
	def = defs_of(d, O_ACL, name, &n);
	for (i = 0; i < n; i++) {
		if (def[i].node->p->row->enters == M_NONE) {
			each(ctx, def[i].node);
			lines++;
			continue;
		}
		for_each_child(line, def[i].node) {
			each(ctx, line);
			lines++;
		}
	}
	return lines;
}
