// SPDX-License-Identifier: Apache-2.0
/* Devices: what is there under a name or an if_id, and many that go at once. */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

#include "user/kernel/kobj_priv.h"

/*
 * Each deletion of a device waits for all CPUs (synchronize_net()), a group of
 * them waits once. Not too many at a time: the kernel holds its lock meanwhile.
 */
#define GROUP_MIN	8
#define GROUP_MAX	1024
#define GROUP_FIRST	0x58490000U

static bool same_device(const struct kobj_link *a, const struct kobj_link *b)
{
	return a->type == b->type && (a->type != KOBJ_LINK_XFRM || a->if_id == b->if_id);
}

/* It may be gone already. */
static int drop(struct kobj_run *r, const struct kobj *o, int *result, struct err *words)
{
	int err = kobj_nl_learn_dev(r->nl, o->link.name, r->e);

	if (!err)
		err = kobj_one(r->nl, KOBJ_DROP, o, result, words, r->e);
	if (!err && *result == -ENODEV)
		*result = 0;
	return err;
}

/* Leaves the operation as after a successful KOBJ_NEW, or finishes it. */
static int remake(struct kobj_run *r, struct kobj_op *op)
{
	struct err words = {};
	int result = 0, err;

	err = drop(r, op->is, &result, &words);
	if (!err && !result)
		err = kobj_one(r->nl, KOBJ_NEW, op->is, &result, &words, r->e);
	if (err)
		return err;
	op->err = 0;
	if (result)
		kobj_finish(op, result, words.text);
	return 0;
}

/* Also what is gone meanwhile. A foreign device is refused when it is to be set. */
int kobj_links_remake(struct kobj_run *r)
{
	const struct kobj_dev *dev;
	struct kobj_op *op;
	int err = 0;
	size_t i;

	for (i = 0; !err && i < r->n; i++) {
		op = &r->op[i];
		dev = kobj_devs_by_name(&r->nl->world.devs, op->is->link.name);
		if (!dev || (dev->ours && !same_device(&op->was->link, &op->is->link)))
			err = remake(r, op);
	}
	return err;
}

/* The device that has this if_id: the kernel allows one in a namespace. */
static const struct kobj_dev *holder_of(const struct kobj_devs *devs, uint32_t if_id)
{
	struct hash_iter it = {};
	const struct kobj_dev *dev;

	while ((dev = hash_next(&devs->by_name, &it)))
		if (if_id && dev->if_id == if_id)
			return dev;
	return NULL;
}

static const struct kobj *to_be_deleted(const struct kobj_run *r, const char *name)
{
	size_t i;

	for (i = 0; i < r->nlater; i++)
		if (r->later[i].todo == KOBJ_DEL && r->later[i].was->kind == KOBJ_LINK &&
		    !strcmp(r->later[i].was->link.name, name))
			return r->later[i].was;
	return NULL;
}

/* Its name is free, so its if_id is taken: by one of ours that is about to go, or for good. */
static int settle_if_id(struct kobj_run *r, struct kobj_op *op)
{
	const struct kobj_dev *holder;
	const struct kobj *going;
	struct err words = {};
	int result = 0, err;

	err = kobj_nl_learn_devs(r->nl, r->e);
	if (err)
		return err;
	holder = holder_of(&r->nl->world.devs, op->is->link.if_id);
	going = holder && holder->ours ? to_be_deleted(r, holder->name) : NULL;
	if (!going) {
		err_set(&words, -EEXIST, "device %s has this if_id", holder ? holder->name : "?");
		kobj_finish(op, -EEXIST, words.text);
		return 0;
	}
	err = drop(r, going, &result, &words);
	if (!err && !result)
		return remake(r, op);
	if (!err)
		kobj_finish(op, result, words.text);
	return err;
}

static int settle_one(struct kobj_run *r, struct kobj_op *op, const struct kobj_looked *found)
{
	const struct kobj *old = kobj_set_find(&found->ours, op->is);

	if (kobj_set_find(&found->foreign, op->is)) {
		kobj_finish(op, -EEXIST, "a device of this name is there, and not ours");
		return 0;
	}
	if (!old)
		return settle_if_id(r, op);
	if (!same_device(&old->link, &op->is->link))
		return remake(r, op);
	op->err = 0;
	return 0;
}

int kobj_links_settle(struct kobj_run *r)
{
	struct kobj_looked found;
	int err = kobj_look(r, -EEXIST, &found);
	size_t i;

	if (err)
		return err;
	for (i = 0; !err && i < r->n; i++)
		if (!r->op[i].tried && r->op[i].err == -EEXIST)
			err = settle_one(r, &r->op[i], &found);
	kobj_looked_fini(&found);
	return err;
}

/* --- groups --- */

/* A number that no device has. */
static uint32_t free_group(const struct kobj_devs *devs)
{
	struct hash_iter it = {};
	const struct kobj_dev *dev;
	uint32_t group = GROUP_FIRST;

	while ((dev = hash_next(&devs->by_name, &it)))
		if (dev->group >= group && dev->group < 2 * GROUP_FIRST)
			group = dev->group + 1;
	return group;
}

static void grouped(void *ctx, size_t tag, int err, const char *words)
{
	struct kobj_op *op = ctx;

	if (err)
		kobj_finish(&op[tag], err == -ENODEV ? 0 : err, words);
}

static int put_into_group(struct kobj_run *r, uint32_t group, size_t from, size_t to)
{
	const struct nl_batch_answer answer = { .done = grouped, .ctx = r->op };
	const struct kobj_dev *dev;
	struct ifinfomsg *ifi;
	struct nlmsghdr *nlh;
	int err = 0;
	size_t i;

	for (i = from; !err && i < to; i++) {
		dev = kobj_devs_by_name(&r->nl->world.devs, r->op[i].was->link.name);
		if (!dev || !dev->ours) {
			kobj_finish(&r->op[i], 0, "");	/* ours is gone */
			continue;
		}
		nlh = nl_batch_request(r->nl->batch, RTM_SETLINK, 0, i);
		if (!nlh) {
			err = nl_batch_run(r->nl->route, r->nl->batch, &answer, r->e);
			nlh = nl_batch_request(r->nl->batch, RTM_SETLINK, 0, i);
		}
		ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));
		ifi->ifi_index = dev->ifindex;
		mnl_attr_put_u32(nlh, IFLA_GROUP, group);
	}
	return err ? err : nl_batch_run(r->nl->route, r->nl->batch, &answer, r->e);
}

/* 0: they are gone; else one by one. */
static int delete_group(struct kobj_nl *nl, uint32_t group)
{
	struct nlmsghdr *req = nl_request(nl->route, RTM_DELLINK, 0);

	mnl_nlmsg_put_extra_header(req, sizeof(struct ifinfomsg));
	mnl_attr_put_u32(req, IFLA_GROUP, group);
	return nl_ask(nl->route, req, NULL, NULL, NULL);
}

int kobj_links_delete(struct kobj_run *r)
{
	size_t from, to, i;
	uint32_t group;
	int err;

	if (r->n < GROUP_MIN)
		return 0;
	err = kobj_nl_learn_devs(r->nl, r->e);
	group = free_group(&r->nl->world.devs);
	for (from = 0; !err && from < r->n; from = to) {
		to = r->n - from > GROUP_MAX ? from + GROUP_MAX : r->n;
		err = put_into_group(r, group, from, to);
		if (err || delete_group(r->nl, group))
			continue;
		for (i = from; i < to; i++)
			if (!r->op[i].tried)
				kobj_finish(&r->op[i], 0, "");
	}
	return err;
}
