/* SPDX-License-Identifier: Apache-2.0 */
/* Between kobj_nl.c (asking) and kobj_apply.c (doing). */
#ifndef XIPSEC_KERNEL_KOBJ_PRIV_H
#define XIPSEC_KERNEL_KOBJ_PRIV_H

#include "user/kernel/kobj_msg.h"
#include "user/kernel/kobj_nl.h"

struct kobj_nl {
	struct nl	*route, *xfrm;
	struct nl	*events;	/* XFRMNLGRP_SA, while SAs are replaced; else NULL */
	struct nl_batch	*batch;
	struct kobj_world world;
};

struct nl *kobj_socket(const struct kobj_nl *nl, enum kobj_kind kind);

/*
 * Every object in a dump of this kind. `like` (may be NULL) narrows it where the
 * kernel can: a device's addresses, a table's routes; without it, routes are
 * those of our protocol unless `all`. ours: what the reader says. A kernel that
 * lacks the kind has none. A non-zero result of `each` is returned.
 */
typedef int (*kobj_each)(void *ctx, const struct kobj *o, bool ours);
int kobj_nl_each(struct kobj_nl *nl, enum kobj_kind kind, const struct kobj *like, bool all,
		 kobj_each each, void *ctx, struct err *e);

/* Into nl->world.devs: all devices, or one, which need not be there. */
int kobj_nl_learn_devs(struct kobj_nl *nl, struct err *e);
int kobj_nl_learn_dev(struct kobj_nl *nl, const char *name, struct err *e);

/* Operations of one kind that want the same done. */
struct kobj_run {
	struct kobj_nl	*nl;
	struct kobj_op	*op;
	size_t		n;
	struct kobj_op	*later;		/* what follows, of whatever kind */
	size_t		nlater;
	struct err	*e;		/* why the sockets do not work */
};

/* The operation is over. words: the kernel's, where it failed. */
void kobj_finish(struct kobj_op *op, int err, const char *words);

/*
 * Many in a batch, one result each. Those that are neither tried nor have an
 * err. done() finishes the operation or leaves something in its err. Returns 0,
 * or a negative errno: the socket does not work (r->e).
 */
typedef void (*kobj_done)(struct kobj_op *op, int err, const char *words);
int kobj_batch(struct kobj_run *r, enum kobj_verb verb, kobj_done done);

/* One, at once: *result is the kernel's errno, words its text. Returns as kobj_batch(). */
int kobj_one(struct kobj_nl *nl, enum kobj_verb verb, const struct kobj *o, int *result,
	     struct err *words, struct err *e);

/* What the kernel has under the keys of operations whose err is `err`. */
struct kobj_looked {
	struct kobj_set	ours, foreign;
};
int kobj_look(struct kobj_run *r, int err, struct kobj_looked *found);
void kobj_looked_fini(struct kobj_looked *found);

/* Devices that are there already, change, or go: all of a run. */
int kobj_links_settle(struct kobj_run *r);	/* ADD: those whose err is -EEXIST */
int kobj_links_remake(struct kobj_run *r);	/* CHANGE: of another type or if_id */
int kobj_links_delete(struct kobj_run *r);

/* An SA in place of `old`, which is ours and in the kernel. Finishes the operation. */
int kobj_sa_replace(struct kobj_nl *nl, struct kobj_op *op, const struct kobj *old,
		    struct err *e);

#endif /* XIPSEC_KERNEL_KOBJ_PRIV_H */
