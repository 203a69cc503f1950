// SPDX-License-Identifier: Apache-2.0
#include "user/kernel/xfrm_nl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/kernel/nl.h"
#include "user/kernel/xfrm_compat.h"
#include "user/lib/log.h"

/* A message that we cannot read means a kernel that we do not know: say so once an hour. */
#define BADMSG_LOG_NS	(3600 * 1000000000ULL)

struct xfrm_nl {
	struct nl *ask;
	struct nl *events;
	struct log_limit badmsg;
};

static void explain(struct err *e)
{
	if (!e)
		return;
	if (e->code == -EPROTONOSUPPORT)
		err_set(e, e->code, "the kernel has no XFRM netlink: modprobe xfrm_user");
	else if (e->code == -EPERM)
		err_set(e, e->code, "XFRM netlink: CAP_NET_ADMIN is needed");
	else
		err_prefix(e, "XFRM netlink");
}

struct xfrm_nl *xfrm_nl_open(struct err *e)
{
	struct xfrm_nl *nl = calloc(1, sizeof(*nl));

	if (!nl) {
		err_set(e, -ENOMEM, "out of memory");
		return NULL;
	}
	nl->ask = nl_open(NETLINK_XFRM, e);
	nl->events = nl->ask ? nl_listen(NETLINK_XFRM, e) : NULL;
	if (!nl->events || nl_join(nl->events, XFRMNLGRP_SA, e) ||
	    nl_join(nl->events, XFRMNLGRP_EXPIRE, e)) {
		explain(e);
		xfrm_nl_close(nl);
		return NULL;
	}
	/* Without CONFIG_XFRM_MIGRATE SAs do not move, and there is nothing to join. */
	(void)nl_join(nl->events, XFRMNLGRP_MIGRATE, NULL);
	return nl;
}

void xfrm_nl_close(struct xfrm_nl *nl)
{
	if (!nl)
		return;
	nl_close(nl->ask);
	nl_close(nl->events);
	free(nl);
}

int xfrm_nl_fd(const struct xfrm_nl *nl)
{
	return nl_fd(nl->events);
}

/* What a dump hands its messages to; one of the two is set. */
struct dump {
	int	(*each_sa)(void *ctx, const struct sa_info *sa);
	int	(*each_policy)(void *ctx, const struct policy_info *p);
	void	*ctx;
};

static int dump_sa_message(void *ctx, const struct nlmsghdr *nlh)
{
	const struct dump *d = ctx;
	struct sa_info sa;
	int err;

	if (nlh->nlmsg_type != XFRM_MSG_NEWSA)
		return 0;
	err = xfrm_msg_sa(nlh, &sa);
	return err ? err : d->each_sa(d->ctx, &sa);
}

static int dump_policy_message(void *ctx, const struct nlmsghdr *nlh)
{
	const struct dump *d = ctx;
	struct policy_info p;
	int err;

	if (nlh->nlmsg_type != XFRM_MSG_NEWPOLICY)
		return 0;
	err = xfrm_msg_policy(nlh, &p);
	return err ? err : d->each_policy(d->ctx, &p);
}

/*
 * net/xfrm does not flag disturbed dumps (no nl_dump_check_consistent() in
 * xfrm_user.c): an SA is seen once, one that is added meanwhile (at the head of
 * the list, xfrm_state_walk()) not at all. Its event is in the other socket.
 */
int xfrm_nl_dump_sa(struct xfrm_nl *nl, int (*each)(void *ctx, const struct sa_info *sa),
		    void *ctx, struct err *e)
{
	struct dump d = { .each_sa = each, .ctx = ctx };
	int err;

	err = nl_ask(nl->ask, nl_request(nl->ask, XFRM_MSG_GETSA, NLM_F_DUMP), dump_sa_message, &d,
		     e);
	if (err == -EBADMSG)
		err_set(e, err, "XFRM netlink: an SA of a form not known");
	return err;
}

int xfrm_nl_dump_policy(struct xfrm_nl *nl, int (*each)(void *ctx, const struct policy_info *p),
			void *ctx, struct err *e)
{
	struct dump d = { .each_policy = each, .ctx = ctx };
	int err;

	err = nl_ask(nl->ask, nl_request(nl->ask, XFRM_MSG_GETPOLICY, NLM_F_DUMP),
		     dump_policy_message, &d, e);
	if (err == -EBADMSG)
		err_set(e, err, "XFRM netlink: a policy of a form not known");
	return err;
}

struct get {
	struct sa_info *sa;
	bool	found;
};

static int get_message(void *ctx, const struct nlmsghdr *nlh)
{
	struct get *g = ctx;

	if (nlh->nlmsg_type != XFRM_MSG_NEWSA)
		return 0;
	g->found = true;
	return xfrm_msg_sa(nlh, g->sa);
}

/* xfrm_get_sa(); without XFRMA_MARK the lookup is that of a packet with mark 0. */
int xfrm_nl_get_sa(struct xfrm_nl *nl, const struct xi_sa_key *key, struct sa_info *sa,
		   struct err *e)
{
	struct nlmsghdr *req = nl_request(nl->ask, XFRM_MSG_GETSA, 0);
	struct xfrm_usersa_id *id = mnl_nlmsg_put_extra_header(req, sizeof(*id));
	struct get g = { .sa = sa };
	int err;

	memcpy(&id->daddr, key->daddr, sizeof(key->daddr));
	id->spi = key->spi;
	id->family = key->family;
	id->proto = key->proto;
	err = nl_ask(nl->ask, req, get_message, &g, e);
	if (!err && !g.found)
		return err_set(e, -EPROTO, "XFRM netlink: an answer without an SA");
	return err;
}

struct reading {
	struct xfrm_nl *nl;
	const struct xfrm_nl_events *ev;
};

static int tell_new(const struct reading *r, const struct nlmsghdr *nlh)
{
	struct sa_info sa;
	int err = xfrm_msg_sa(nlh, &sa);

	if (!err)
		r->ev->sa_new(r->ev->ctx, &sa);
	return err;
}

static int tell_gone(const struct reading *r, const struct nlmsghdr *nlh)
{
	struct xi_sa_key key;
	bool hard;
	int err = xfrm_msg_sa_gone(nlh, &key, &hard);

	if (!err && hard)	/* after a soft expiry the SA lives on */
		r->ev->sa_gone(r->ev->ctx, &key);
	return err;
}

static void event_message(void *ctx, const struct nlmsghdr *nlh)
{
	struct reading *r = ctx;
	int err = 0;

	switch (nlh->nlmsg_type) {
	case XFRM_MSG_NEWSA:
	case XFRM_MSG_UPDSA:
		err = tell_new(r, nlh);
		break;
	case XFRM_MSG_DELSA:
	case XFRM_MSG_EXPIRE:
		err = tell_gone(r, nlh);
		break;
	case XFRM_MSG_FLUSHSA:
	/* SAs got other addresses, and no NEWSA says so: xfrm_state_migrate(). */
	case XFRM_MSG_MIGRATE:
		r->ev->flushed(r->ev->ctx);
		break;
	}
	if (err)
		log_limited(&r->nl->badmsg, BADMSG_LOG_NS, "XIPSEC", SEV_ERROR, "XFRM_BADMSG",
			    "XFRM event of a form not known: type=%u length=%u", nlh->nlmsg_type,
			    nlh->nlmsg_len);
}

int xfrm_nl_read(struct xfrm_nl *nl, const struct xfrm_nl_events *ev)
{
	struct reading r = { .nl = nl, .ev = ev };

	return nl_read(nl->events, event_message, &r);
}
