// SPDX-License-Identifier: Apache-2.0
#include "user/kernel/kobj.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define OPS_FIRST	64

static int push(struct kobj_ops *ops, enum kobj_todo todo, const struct kobj *was,
		const struct kobj *is)
{
	size_t room = ops->room ? 2 * ops->room : OPS_FIRST;
	struct kobj_op *op;

	if (ops->n == ops->room) {
		op = realloc(ops->op, room * sizeof(*op));
		if (!op)
			return -ENOMEM;
		ops->op = op;
		ops->room = room;
	}
	ops->op[ops->n++] = (struct kobj_op){ .todo = todo, .was = was, .is = is };
	return 0;
}

static const struct kobj *link_of(const struct kobj_set *s, const char *dev)
{
	struct kobj like = { .kind = KOBJ_LINK };

	memcpy(like.link.name, dev, sizeof(like.link.name));
	return kobj_set_find(s, &like);
}

/* A device of another type or if_id is made anew: what stood on it is gone with the old one. */
static bool went_with_its_device(const struct kobj_set *was, const struct kobj_set *is,
				 const struct kobj *o)
{
	const char *dev = o->kind == KOBJ_ADDR ? o->addr.dev : o->kind == KOBJ_ROUTE ?
			  o->route.dev : "";
	const struct kobj *a, *b;

	if (!dev[0])
		return false;
	a = link_of(was, dev);
	b = link_of(is, dev);
	return a && b && (a->link.type != b->link.type || a->link.if_id != b->link.if_id);
}

static int push_new(const struct kobj_set *was, const struct kobj_set *is, enum kobj_kind kind,
		    struct kobj_ops *ops)
{
	const struct kobj *o, *old;
	size_t i;
	int err = 0;

	for (i = 0; !err && i < is->n; i++) {
		o = is->list[i];
		if (!o || o->kind != kind)
			continue;
		old = kobj_set_find(was, o);
		if (!old || went_with_its_device(was, is, old))
			err = push(ops, KOBJ_ADD, NULL, o);
		else if (!kobj_equal(old, o))
			err = push(ops, KOBJ_CHANGE, old, o);
	}
	return err;
}

/* The last first: what was made on top of others goes before them. */
static int push_gone(const struct kobj_set *was, const struct kobj_set *is, enum kobj_kind kind,
		     struct kobj_ops *ops)
{
	const struct kobj *o;
	size_t i;
	int err = 0;

	for (i = was->n; !err && i-- > 0;) {
		o = was->list[i];
		if (o && o->kind == kind && !kobj_set_find(is, o))
			err = push(ops, KOBJ_DEL, o, NULL);
	}
	return err;
}

int kobj_diff(const struct kobj_set *was, const struct kobj_set *is, struct kobj_ops *ops)
{
	int kind, err = 0;

	*ops = (struct kobj_ops){};
	for (kind = 0; !err && kind < KOBJ_KINDS; kind++)
		err = push_new(was, is, (enum kobj_kind)kind, ops);
	for (kind = KOBJ_KINDS; !err && kind-- > 0;)
		err = push_gone(was, is, (enum kobj_kind)kind, ops);
	if (err)
		kobj_ops_fini(ops);
	return err;
}

void kobj_ops_fini(struct kobj_ops *ops)
{
	free(ops->op);
	*ops = (struct kobj_ops){};
}
