// SPDX-License-Identifier: Apache-2.0
/*
 * An SA in place of another one. The kernel changes neither keys nor windows, so
 * the old one is deleted and a new one added. With the same keys, no sequence
 * number may be sent twice and none be accepted twice: the new one goes on where
 * the old one stopped, which is told by the event of its deletion. (Asked for
 * before, the answer would be old: packets go out meanwhile.)
 */
#include <errno.h>
#include <string.h>

#include "user/kernel/kobj_priv.h"
#include "user/kernel/xfrm_compat.h"

/* Where the event was lost: more than what can be sent between a look and a deletion. */
#define SA_OSEQ_JUMP	(1 << 20)

struct listen {
	const struct xi_sa_key *key;
	struct sa_replay *at;
	bool	heard;
};

static void hear(void *ctx, const struct nlmsghdr *nlh)
{
	struct listen *l = ctx;

	if (l->at && nlh->nlmsg_type == XFRM_MSG_DELSA)
		l->heard |= kobj_sa_read_replay(nlh, l->key, l->at);
}

static void open_ears(struct kobj_nl *nl)
{
	if (nl->events)
		return;
	nl->events = nl_listen(NETLINK_XFRM, NULL);
	if (nl->events && nl_join(nl->events, XFRMNLGRP_SA, NULL)) {
		nl_close(nl->events);
		nl->events = NULL;
	}
}

static bool listen_for(struct kobj_nl *nl, const struct xi_sa_key *key, struct sa_replay *at)
{
	struct listen l = { .key = key, .at = at };

	if (!nl->events)
		return false;
	(void)nl_read(nl->events, hear, &l);
	nl_wipe(nl->events);
	return l.heard;
}

static int got(void *ctx, const struct nlmsghdr *nlh)
{
	struct listen *l = ctx;

	l->heard = kobj_sa_read_replay(nlh, l->key, l->at);
	return 0;
}

/* Before: in case that the end is not heard. */
static void ask(struct kobj_nl *nl, const struct kobj *old, struct sa_replay *at)
{
	struct listen l = { .key = &old->sa.key, .at = at };
	struct nlmsghdr *req = nl_request(nl->xfrm, 0, 0);

	if (!kobj_codec(KOBJ_SA)->write(req, KOBJ_GET, old, &nl->world, NULL))
		(void)nl_ask(nl->xfrm, req, got, &l, NULL);
	nl_wipe(nl->xfrm);
	at->oseq += SA_OSEQ_JUMP;
}

static bool all_zero(const struct secret *s)
{
	uint8_t sum = 0;
	size_t i;

	for (i = 0; i < s->len; i++)
		sum |= s->b[i];
	return !sum;
}

/* A kernel in lockdown shows zeros for keys (xfrm_redact()): they may be the same. */
static bool may_be_same(const struct secret *old, const struct secret *new)
{
	return old->len == new->len && (secret_equal(old, new) || all_zero(old));
}

static bool same_keys(const struct kobj_sa *old, const struct kobj_sa *new)
{
	return !strcmp(old->enc, new->enc) && !strcmp(old->auth, new->auth) &&
	       !strcmp(old->aead, new->aead) && may_be_same(&old->enc_key, &new->enc_key) &&
	       may_be_same(&old->auth_key, &new->auth_key) &&
	       may_be_same(&old->aead_key, &new->aead_key);
}

static void new_done(void *ctx, size_t tag, int err, const char *words)
{
	err_set(ctx, err, "%s", words);
}

static int put_new(struct kobj_nl *nl, const struct kobj *o, const struct sa_replay *from,
		   struct err *words, struct err *e)
{
	const struct nl_batch_answer to = { .done = new_done, .ctx = words };
	struct nlmsghdr *nlh = nl_batch_request(nl->batch, 0, 0, 0);

	words->code = 0;
	if (kobj_sa_write_new(nlh, o, &nl->world, from, words)) {
		nl_batch_take_back(nl->batch);
		return 0;
	}
	return nl_batch_run(nl->xfrm, nl->batch, &to, e);
}

/* What cannot be made must not cost what was there. */
static int put_back(struct kobj_nl *nl, const struct kobj *old, const struct sa_replay *at,
		    struct err *why, struct err *e)
{
	struct err words = {};
	struct kobj o = *old;
	int err;

	err = put_new(nl, &o, at, &words, e);
	explicit_bzero(&o.sa, sizeof(o.sa));
	if (!err && words.code)
		err_prefix(why, "the old one is lost, too (%s)", words.text);
	return err;
}

int kobj_sa_replace(struct kobj_nl *nl, struct kobj_op *op, const struct kobj *old, struct err *e)
{
	bool same = same_keys(&old->sa, &op->is->sa);
	struct err words = {};
	struct sa_replay at = {};
	int result, err;

	open_ears(nl);
	ask(nl, old, &at);
	(void)listen_for(nl, &old->sa.key, NULL);	/* what came before */
	err = kobj_one(nl, KOBJ_DROP, old, &result, &words, e);
	if (err)
		return err;
	if (result && result != -ESRCH) {
		kobj_finish(op, result, words.text);
		return 0;
	}
	(void)listen_for(nl, &old->sa.key, &at);
	err = put_new(nl, op->is, same ? &at : NULL, &words, e);
	if (!err && words.code)
		err = put_back(nl, old, &at, &words, e);
	if (!err)
		kobj_finish(op, words.code, words.text);
	return err;
}
