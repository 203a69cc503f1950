// SPDX-License-Identifier: Apache-2.0
#include "user/daemon/apply.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/lib/log.h"

const struct apply_failure *apply_failure_of(const struct apply_report *r, const char *owner)
{
	size_t i;

	for (i = 0; owner && i < r->n; i++)
		if (!strncmp(r->failure[i].owner, owner, sizeof(r->failure[i].owner) - 1))
			return &r->failure[i];
	return NULL;
}

static const char *owner_of(const struct kobj_op *op)
{
	return op->is ? op->is->owner : op->was ? op->was->owner : NULL;
}

/* The first reason of an owner is kept; what fails later often follows from it. */
static int note_failure(struct apply_report *r, const struct kobj_op *op)
{
	const char *owner = owner_of(op);
	struct apply_failure *more;

	if (apply_failure_of(r, owner))
		return 0;
	more = reallocarray(r->failure, r->n + 1, sizeof(*more));
	if (!more)
		return -ENOMEM;
	r->failure = more;
	more = &r->failure[r->n++];
	snprintf(more->owner, sizeof(more->owner), "%s", owner ? owner : "");
	snprintf(more->why, sizeof(more->why), "%s", op->why);
	return 0;
}

/* Taking something away that does not go is told, and spoils nothing else. */
static void log_stuck(const struct kobj_op *op)
{
	log_xi(SEV_WARNING, "KERNEL", "cannot remove %s", op->why);
}

static int find_failures(const struct kobj_ops *ops, struct apply_report *r)
{
	size_t i;
	int ret;

	for (i = 0; i < ops->n; i++) {
		if (!ops->op[i].tried || !ops->op[i].err)
			continue;
		if (ops->op[i].todo == KOBJ_DEL) {
			log_stuck(&ops->op[i]);
			continue;
		}
		ret = note_failure(r, &ops->op[i]);
		if (ret)
			return ret;
	}
	return 0;
}

static struct kobj_op inverse(const struct kobj_op *op)
{
	static const enum kobj_todo back[] = {
		[KOBJ_ADD] = KOBJ_DEL, [KOBJ_CHANGE] = KOBJ_CHANGE, [KOBJ_DEL] = KOBJ_ADD,
	};

	return (struct kobj_op){ .todo = back[op->todo], .was = op->is, .is = op->was };
}

/*
 * What was done for an owner that failed, undone from the last to the first. A
 * change that failed is undone too: it may have got half way (delete, then add).
 */
static int roll_back(struct kobj_nl *nl, const struct kobj_ops *ops, struct apply_report *r,
		     struct err *e)
{
	struct kobj_op *undo = calloc(ops->n + 1, sizeof(*undo));
	size_t i, n = 0;
	int ret;

	if (!undo)
		return err_set(e, -ENOMEM, "out of memory");
	for (i = ops->n; i-- > 0;) {
		const struct kobj_op *op = &ops->op[i];

		if (!op->tried || !apply_failure_of(r, owner_of(op)))
			continue;
		if (!op->err || op->todo == KOBJ_CHANGE)
			undo[n++] = inverse(op);
	}
	ret = n ? kobj_nl_apply(nl, undo, n, e) : 0;
	for (i = 0; ret > 0 && i < n; i++)
		if (undo[i].err)
			log_xi(SEV_WARNING, "KERNEL", "cannot take back %s", undo[i].why);
	free(undo);
	r->done -= n < r->done ? n : r->done;
	return ret < 0 ? ret : 0;
}

int apply_difference(struct kobj_nl *nl, const struct kobj_set *was, const struct kobj_set *is,
		     struct apply_report *r, struct err *e)
{
	struct kobj_ops ops = {};
	int ret;

	*r = (struct apply_report){};
	ret = kobj_diff(was, is, &ops);
	if (ret) {
		err_set(e, ret, "out of memory");
	} else if (ops.n) {
		ret = kobj_nl_apply(nl, ops.op, ops.n, e);
		r->done = ret >= 0 ? ops.n - (size_t)ret : 0;
		if (ret > 0) {
			ret = find_failures(&ops, r);
			if (ret)
				err_set(e, ret, "out of memory");
			else if (r->n)
				ret = roll_back(nl, &ops, r, e);
		}
	}
	kobj_ops_fini(&ops);
	return ret;
}

void apply_report_fini(struct apply_report *r)
{
	free(r->failure);
	*r = (struct apply_report){};
}
