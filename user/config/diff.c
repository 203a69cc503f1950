// SPDX-License-Identifier: Apache-2.0
#include "user/config/diff.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct pairing {
	struct tree	*was, *is;
	struct diff	*d;
	int		err;
};

static void push_change(struct pairing *r, enum diff_kind kind, struct node *was, struct node *is)
{
	struct diff *d = r->d;
	struct change *more;

	if (d->n == d->room) {
		more = realloc(d->list, (d->room * 2 + 16) * sizeof(*more));
		if (!more) {
			r->err = -ENOMEM;
			return;
		}
		d->list = more;
		d->room = d->room * 2 + 16;
	}
	d->list[d->n++] = (struct change){ kind, was, is };
}

/* Refused lines and defaults are as if they were not there. */
static bool counts(const struct node *n)
{
	return n && !n->refused && !n->is_default;
}

static void push_all(struct pairing *r, enum diff_kind kind, struct node *n)
{
	struct node *c;

	push_change(r, kind, kind == DIFF_REMOVED ? n : NULL, kind == DIFF_ADDED ? n : NULL);
	for (c = n->first; c; c = c->next)
		if (c->p && counts(c))
			push_all(r, kind, c);
}

static bool same_values(const struct node *a, const struct node *b)
{
	const struct node *x, *y;
	unsigned int i;

	if (a->ntokens != b->ntokens || a->negated != b->negated)
		return false;
	for (i = 0; i < a->ntokens; i++)
		if (a->token[i].el != b->token[i].el || strcmp(a->token[i].text, b->token[i].text))
			return false;
	if (a->p->row->enters != M_RAW)
		return true;
	for (x = a->first, y = b->first; x && y; x = x->next, y = y->next)
		if (strcmp(x->raw, y->raw))
			return false;
	return !x && !y;
}

/* A line of a list, where it stood and where it stands. */
struct place {
	struct node	*was, *is;
};

static int compare_group(const struct node *a, const struct node *b)
{
	unsigned int i = 0, j = 0;
	int d;

	if (a->p->order != b->p->order)
		return a->p->order < b->p->order ? -1 : 1;
	for (;; i++, j++) {
		while (i < a->ntokens && !a->token[i].el->key)
			i++;
		while (j < b->ntokens && !b->token[j].el->key)
			j++;
		if (i == a->ntokens || j == b->ntokens)
			return (i < a->ntokens) - (j < b->ntokens);
		d = strcmp(a->token[i].text, b->token[j].text);
		if (d)
			return d;
	}
}

static int compare_place(const void *x, const void *y)
{
	const struct place *a = x, *b = y;
	int d = compare_group(a->is, b->is);

	return d ? d : (a->is->at > b->is->at) - (a->is->at < b->is->at);
}

/* Of each list, the lines that stand behind one they stood before. */
static void find_moved(struct pairing *r, struct place *list, size_t n)
{
	unsigned int furthest = 0;
	size_t i;

	qsort(list, n, sizeof(*list), compare_place);
	for (i = 0; i < n; i++) {
		if (i && compare_group(list[i - 1].is, list[i].is))
			furthest = 0;
		if (list[i].was->at < furthest)
			push_change(r, DIFF_MOVED, list[i].was, list[i].is);
		else
			furthest = list[i].was->at;
	}
}

static unsigned int number_children(struct node *parent)
{
	unsigned int at = 0;
	struct node *n;

	for (n = parent->first; n; n = n->next)
		n->at = ++at;
	return at;
}

static void diff_below(struct pairing *r, struct node *was, struct node *is)
{
	unsigned int count = number_children(is);
	struct place *list = calloc(count + 1, sizeof(*list));
	struct node *n, *other;
	size_t lists = 0;

	if (!list) {
		r->err = -ENOMEM;
		return;
	}
	number_children(was);
	for (n = was->first; n; n = n->next)
		if (n->p && counts(n) && !counts(tree_find(r->is, is, n)))
			push_all(r, DIFF_REMOVED, n);
	for (n = is->first; n; n = n->next) {
		if (!n->p || !counts(n))
			continue;
		other = tree_find(r->was, was, n);
		if (!counts(other)) {
			push_all(r, DIFF_ADDED, n);
			continue;
		}
		if (!same_values(other, n))
			push_change(r, DIFF_CHANGED, other, n);
		if (n->p->row->flags & R_MULTI)
			list[lists++] = (struct place){ other, n };
		else if (n->first || other->first)
			diff_below(r, other, n);
	}
	find_moved(r, list, lists);
	free(list);
}

int diff_trees(struct tree *was, struct tree *is, struct diff *d)
{
	struct pairing r = { .was = was, .is = is, .d = d };

	*d = (struct diff){};
	diff_below(&r, &was->root, &is->root);
	return r.err;
}

void diff_fini(struct diff *d)
{
	free(d->list);
	*d = (struct diff){};
}
