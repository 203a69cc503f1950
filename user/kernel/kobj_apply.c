// SPDX-License-Identifier: Apache-2.0
/*
 * Doing what has to be done, a run of operations of one kind at a time: many in a
 * batch, and those that meet something unexpected once more, after a look at what
 * the kernel has. What is not ours is never touched.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/kernel/kobj_priv.h"

/* Up to so many, the kernel is asked for each; beyond, for all there is. */
#define ASK_EACH	32

#define NOT_OURS	"is there already, and not ours"

static const struct kobj *object_of(const struct kobj_op *op, enum kobj_verb verb)
{
	return (verb == KOBJ_DROP || verb == KOBJ_GET) && op->was ? op->was : op->is;
}

static enum kobj_kind kind_of(const struct kobj_op *op)
{
	return op->is ? op->is->kind : op->was->kind;
}

void kobj_finish(struct kobj_op *op, int err, const char *words)
{
	op->tried = true;
	op->err = err;
	op->why[0] = '\0';
	if (err)
		kobj_why(op->is ? op->is : op->was, err, words, op->why, sizeof(op->why));
}

/* --- messages --- */

struct batch {
	struct kobj_run *r;
	kobj_done done;
	struct kobj_looked *found;	/* of questions */
};

static void batch_done(void *ctx, size_t tag, int err, const char *words)
{
	struct batch *b = ctx;

	if (b->done)
		b->done(&b->r->op[tag], err, words);
}

static void batch_message(void *ctx, size_t tag, const struct nlmsghdr *nlh);

static int flush(struct batch *b)
{
	const struct nl_batch_answer to = { .message = batch_message, .done = batch_done,
					    .ctx = b };
	struct kobj_nl *nl = b->r->nl;
	struct nl *sock = kobj_socket(nl, kind_of(b->r->op));
	int err = nl_batch_run(sock, nl->batch, &to, b->r->e);

	if (b->found)
		nl_wipe(sock);
	return err;
}

static int put(struct batch *b, enum kobj_verb verb, size_t i)
{
	const struct kobj *o = object_of(&b->r->op[i], verb);
	struct kobj_nl *nl = b->r->nl;
	struct nlmsghdr *nlh = nl_batch_request(nl->batch, 0, 0, i);
	struct err words = {};
	int err = 0;

	if (!nlh) {
		err = flush(b);
		nlh = nl_batch_request(nl->batch, 0, 0, i);
	}
	if (err)
		return err;
	err = kobj_codec(o->kind)->write(nlh, verb, o, &nl->world, &words);
	if (err) {
		nl_batch_take_back(nl->batch);
		batch_done(b, i, err, words.text);
	}
	return 0;
}

static int run_batch(struct batch *b, enum kobj_verb verb, int only)
{
	struct kobj_run *r = b->r;
	int err = 0;
	size_t i;

	for (i = 0; !err && i < r->n; i++)
		if (!r->op[i].tried && r->op[i].err == only)
			err = put(b, verb, i);
	return err ? err : flush(b);
}

int kobj_batch(struct kobj_run *r, enum kobj_verb verb, kobj_done done)
{
	struct batch b = { .r = r, .done = done };

	return run_batch(&b, verb, 0);
}

struct one {
	int	*result;
	struct err *words;
};

static void one_done(void *ctx, size_t tag, int err, const char *words)
{
	struct one *one = ctx;

	*one->result = err;
	if (err)
		err_set(one->words, err, "%s", words);
}

int kobj_one(struct kobj_nl *nl, enum kobj_verb verb, const struct kobj *o, int *result,
	     struct err *words, struct err *e)
{
	struct one one = { .result = result, .words = words };
	const struct nl_batch_answer to = { .done = one_done, .ctx = &one };
	struct nlmsghdr *nlh = nl_batch_request(nl->batch, 0, 0, 0);

	*result = kobj_codec(o->kind)->write(nlh, verb, o, &nl->world, words);
	if (*result) {
		nl_batch_take_back(nl->batch);
		return 0;
	}
	return nl_batch_run(kobj_socket(nl, o->kind), nl->batch, &to, e);
}

/* --- what is there --- */

static int keep(struct kobj_looked *found, const struct kobj *o, bool ours)
{
	struct kobj_set *to = ours ? &found->ours : &found->foreign;

	if (kobj_set_find(to, o))
		return 0;
	return kobj_set_add(to, o) ? 0 : -ENOMEM;
}

/* The answer to KOBJ_GET. What cannot be read is somebody else's under the same key. */
static void batch_message(void *ctx, size_t tag, const struct nlmsghdr *nlh)
{
	struct batch *b = ctx;
	struct kobj_op *op = &b->r->op[tag];
	const struct kobj *asked = object_of(op, KOBJ_GET);
	struct kobj o;
	int err;

	if (!b->found)
		return;
	err = kobj_codec(asked->kind)->read(nlh, &b->r->nl->world, &o);
	if (err && err != -ENOENT)
		o = *asked;
	if (keep(b->found, &o, !err))
		kobj_finish(op, -ENOMEM, "out of memory");
	if (asked->kind == KOBJ_SA)
		explicit_bzero(&o.sa, sizeof(o.sa));
}

static void get_done(struct kobj_op *op, int err, const char *words)
{
	if (err && err != -ESRCH && err != -ENOENT && err != -ENODEV)
		kobj_finish(op, err, words);
}

struct look {
	struct kobj_looked *found;
	const struct kobj_set *wanted;
};

static int look_each(void *ctx, const struct kobj *o, bool ours)
{
	struct look *k = ctx;

	return kobj_set_find(k->wanted, o) ? keep(k->found, o, ours) : 0;
}

static int look_by_dump(struct kobj_run *r, const struct kobj_set *wanted,
			struct kobj_looked *found)
{
	struct look k = { .found = found, .wanted = wanted };
	int err = 0;
	size_t i;

	if (wanted->n > ASK_EACH)
		return kobj_nl_each(r->nl, wanted->list[0]->kind, NULL, true, look_each, &k, r->e);
	for (i = 0; !err && i < wanted->n; i++)
		err = kobj_nl_each(r->nl, wanted->list[i]->kind, wanted->list[i], true, look_each,
				   &k, r->e);
	return err;
}

int kobj_look(struct kobj_run *r, int err, struct kobj_looked *found)
{
	struct batch b = { .r = r, .done = get_done, .found = found };
	enum kobj_kind kind = object_of(r->op, KOBJ_GET)->kind;
	struct kobj_set wanted = {};
	int ret = 0;
	size_t i;

	*found = (struct kobj_looked){};
	if (kind == KOBJ_LINK || kind == KOBJ_SA || kind == KOBJ_POLICY) {
		ret = run_batch(&b, KOBJ_GET, err);
	} else {
		for (i = 0; !ret && i < r->n; i++)
			if (!r->op[i].tried && r->op[i].err == err &&
			    !kobj_set_add(&wanted, object_of(&r->op[i], KOBJ_GET)))
				ret = err_set(r->e, -ENOMEM, "out of memory");
		if (!ret && wanted.n)
			ret = look_by_dump(r, &wanted, found);
		kobj_set_fini(&wanted);
	}
	if (ret)
		kobj_looked_fini(found);
	return ret;
}

void kobj_looked_fini(struct kobj_looked *found)
{
	kobj_set_fini(&found->ours);
	kobj_set_fini(&found->foreign);
}

/* --- devices that messages name --- */

static bool has_dev(enum kobj_kind kind)
{
	return kind == KOBJ_LINK || kind == KOBJ_ADDR || kind == KOBJ_ROUTE;
}

static const char *dev_of(const struct kobj *o)
{
	return o->kind == KOBJ_LINK ? o->link.name : o->kind == KOBJ_ADDR ? o->addr.dev :
	       o->kind == KOBJ_ROUTE ? o->route.dev : "";
}

/* Each run anew: devices have been made since, or somebody renamed one. */
static int learn_devs(struct kobj_run *r)
{
	const char *name;
	int err = 0;
	size_t i;

	if (!has_dev(kind_of(r->op)))
		return 0;
	if (r->n > ASK_EACH)
		return kobj_nl_learn_devs(r->nl, r->e);
	err = kobj_devs_clear(&r->nl->world.devs);
	if (err)
		err_set(r->e, err, "table of devices: %s", strerror(-err));
	for (i = 0; !err && i < r->n; i++) {
		name = dev_of(r->op[i].is ? r->op[i].is : r->op[i].was);
		if (name[0] && !kobj_devs_by_name(&r->nl->world.devs, name))
			err = kobj_nl_learn_dev(r->nl, name, r->e);
	}
	return err;
}

/* --- additions --- */

static void add_done(struct kobj_op *op, int err, const char *words)
{
	if (err == -EEXIST)
		op->err = err;		/* whose? later */
	else if (err || op->is->kind != KOBJ_LINK)
		kobj_finish(op, err, words);
}

static void final_done(struct kobj_op *op, int err, const char *words)
{
	kobj_finish(op, err, words);
}

/*
 * To the kernel the rules are the same one: the new one is added behind the old,
 * then the first of them is deleted. So there is a rule all the time.
 */
static int rule_replace(struct kobj_run *r, struct kobj_op *op)
{
	struct err words = {};
	int result, err;

	err = kobj_one(r->nl, KOBJ_SET, op->is, &result, &words, r->e);
	if (!err && !result)
		err = kobj_one(r->nl, KOBJ_DROP, op->is, &result, &words, r->e);
	if (!err)
		kobj_finish(op, result, words.text);
	return err;
}

struct other_prefix {
	const struct kobj *is;
	struct kobj old;
	bool	exact, found;
};

static int find_other_prefix(void *ctx, const struct kobj *o, bool ours)
{
	struct other_prefix *p = ctx;

	if (kobj_same_key(o, p->is)) {
		p->exact = true;
	} else if (!strcmp(o->addr.dev, p->is->addr.dev) &&
		   addr_equal(&o->addr.addr, &p->is->addr.addr)) {
		p->found = true;
		p->old = *o;
	}
	return 0;
}

/* An IPv6 address stands on a device once, whatever its prefix length. */
static int addr_settle(struct kobj_run *r, struct kobj_op *op)
{
	struct other_prefix p = { .is = op->is };
	struct err words = {};
	int result = 0, err;

	err = kobj_nl_each(r->nl, KOBJ_ADDR, op->is, true, find_other_prefix, &p, r->e);
	if (!err && !p.exact && p.found)
		err = kobj_one(r->nl, KOBJ_DROP, &p.old, &result, &words, r->e);
	if (!err && !result && !p.exact)
		err = kobj_one(r->nl, KOBJ_NEW, op->is, &result, &words, r->e);
	if (!err)
		kobj_finish(op, result, words.text);
	return err;
}

/* In place of `old`, which is ours but not as it should be. */
static int replace(struct kobj_run *r, struct kobj_op *op, const struct kobj *old)
{
	struct err words = {};
	int result, err;

	if (op->is->kind == KOBJ_SA)
		return kobj_sa_replace(r->nl, op, old, r->e);
	if (op->is->kind == KOBJ_RULE)
		return rule_replace(r, op);
	err = kobj_one(r->nl, KOBJ_SET, op->is, &result, &words, r->e);
	if (!err)
		kobj_finish(op, result, words.text);
	return err;
}

static int settle_one(struct kobj_run *r, struct kobj_op *op, const struct kobj_looked *found)
{
	const struct kobj *old = kobj_set_find(&found->ours, op->is);

	if (kobj_set_find(&found->foreign, op->is))
		kobj_finish(op, -EEXIST, NOT_OURS);
	else if (!old)
		kobj_finish(op, -EEXIST, "the kernel says it is there, and does not show it");
	else if (kobj_equal(old, op->is))
		kobj_finish(op, 0, "");
	else
		return replace(r, op, old);
	return 0;
}

/* Those that are there already. */
static int settle(struct kobj_run *r)
{
	struct kobj_looked found;
	struct kobj_op *op;
	int err = 0;
	size_t i;

	/* The kernel compares all that an address or a rule is, but for the exceptions above. */
	for (i = 0; !err && i < r->n; i++) {
		op = &r->op[i];
		if (op->tried || op->err != -EEXIST)
			continue;
		if (op->is->kind == KOBJ_ADDR)
			err = addr_settle(r, op);
		else if (op->is->kind == KOBJ_RULE && op->is->rule.action != KOBJ_RULE_GOTO)
			kobj_finish(op, 0, "");
	}
	if (err)
		return err;
	err = kobj_look(r, -EEXIST, &found);
	if (err)
		return err;
	for (i = 0; !err && i < r->n; i++)
		if (!r->op[i].tried && r->op[i].err == -EEXIST)
			err = settle_one(r, &r->op[i], &found);
	kobj_looked_fini(&found);
	return err;
}

static int add_all(struct kobj_run *r)
{
	bool links = r->op->is->kind == KOBJ_LINK;
	int err = learn_devs(r);

	if (!err)
		err = kobj_batch(r, KOBJ_NEW, add_done);
	if (!err)
		err = links ? kobj_links_settle(r) : settle(r);
	/* mtu, alias, up: the devices are there now. */
	if (!err && links)
		err = kobj_batch(r, KOBJ_SET, final_done);
	return err;
}

/* --- changes --- */

static bool own_table(const struct kobj *o)
{
	return o->kind == KOBJ_ROUTE && o->route.table >= XI_TABLE_FIRST &&
	       o->route.table <= XI_TABLE_LAST;
}

/* Whose it is now, before anything replaces it; in our own tables all is ours. */
static int change_one(struct kobj_run *r, struct kobj_op *op, const struct kobj_looked *found)
{
	const struct kobj *old = kobj_set_find(&found->ours, op->is);
	struct err words = {};
	int result, err;

	if (kobj_set_find(&found->foreign, op->is)) {
		kobj_finish(op, -EEXIST, NOT_OURS);
		return 0;
	}
	if (old)
		return replace(r, op, old);
	err = kobj_one(r->nl, KOBJ_NEW, op->is, &result, &words, r->e);
	if (!err)
		kobj_finish(op, result, words.text);
	return err;
}

static int change_looked_at(struct kobj_run *r)
{
	struct kobj_looked found;
	int err = kobj_look(r, 0, &found);
	size_t i;

	if (err)
		return err;
	for (i = 0; !err && i < r->n; i++)
		if (!r->op[i].tried)
			err = change_one(r, &r->op[i], &found);
	kobj_looked_fini(&found);
	return err;
}

static int change_all(struct kobj_run *r)
{
	bool links = r->op->is->kind == KOBJ_LINK, own = true;
	int err = learn_devs(r);
	size_t i;

	if (!err && links)
		err = kobj_links_remake(r);
	for (i = 0; i < r->n; i++)
		own &= own_table(r->op[i].is);
	if (err)
		return err;
	return links || own ? kobj_batch(r, KOBJ_SET, final_done) : change_looked_at(r);
}

/* --- deletions --- */

static void drop_done(struct kobj_op *op, int err, const char *words)
{
	bool gone = err == -ENOENT || err == -ESRCH || err == -ENODEV || err == -EADDRNOTAVAIL;

	kobj_finish(op, gone ? 0 : err, words);
}

/* The kernel deletes an SA or a policy by its key, whoever made it: so ours is gone, if foreign. */
static int spare_foreign(struct kobj_run *r)
{
	struct kobj_looked found;
	int err = kobj_look(r, 0, &found);
	size_t i;

	if (err)
		return err;
	for (i = 0; i < r->n; i++)
		if (!r->op[i].tried && !kobj_set_find(&found.ours, r->op[i].was))
			kobj_finish(&r->op[i], 0, "");
	kobj_looked_fini(&found);
	return 0;
}

static int drop_all(struct kobj_run *r)
{
	enum kobj_kind kind = r->op->was->kind;
	int err = learn_devs(r);

	if (!err && (kind == KOBJ_SA || kind == KOBJ_POLICY))
		err = spare_foreign(r);
	if (!err && kind == KOBJ_LINK)
		err = kobj_links_delete(r);
	return err ? err : kobj_batch(r, KOBJ_DROP, drop_done);
}

/* --- all --- */

static int apply_run(struct kobj_run *r)
{
	size_t i;

	for (i = 0; i < r->n; i++) {
		r->op[i].tried = false;
		r->op[i].err = 0;
	}
	switch (r->op->todo) {
	case KOBJ_ADD:
		return add_all(r);
	case KOBJ_CHANGE:
		return change_all(r);
	default:
		return drop_all(r);
	}
}

int kobj_nl_apply(struct kobj_nl *nl, struct kobj_op *op, size_t n, struct err *e)
{
	struct kobj_run r = { .nl = nl, .e = e };
	size_t i, end;
	int err = 0, failed = 0;

	for (i = 0; !err && i < n; i = end) {
		end = i + 1;
		while (end < n && op[end].todo == op[i].todo && kind_of(&op[end]) == kind_of(&op[i]))
			end++;
		r.op = &op[i];
		r.n = end - i;
		r.later = &op[end];
		r.nlater = n - end;
		err = apply_run(&r);
	}
	nl_close(nl->events);
	nl->events = NULL;
	if (err)
		return err;
	for (i = 0; i < n; i++)
		failed += op[i].err != 0;
	return failed;
}
