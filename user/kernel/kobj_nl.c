// SPDX-License-Identifier: Apache-2.0
/* The sockets, and what the kernel has. */
#include "user/kernel/kobj_nl.h"

#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "user/kernel/kobj_priv.h"
#include "user/kernel/xfrm_compat.h"

#ifndef NETLINK_GET_STRICT_CHK
#define NETLINK_GET_STRICT_CHK	12	/* Linux 4.20 */
#endif

struct nl *kobj_socket(const struct kobj_nl *nl, enum kobj_kind kind)
{
	return kind == KOBJ_SA || kind == KOBJ_POLICY ? nl->xfrm : nl->route;
}

/*
 * A number that XFRMA_SA_DIR does not have, in a question after an SA that cannot
 * be: a kernel that knows the attribute refuses it, others do not look at it.
 */
static int probe_sa_dir(struct kobj_nl *nl, struct err *e)
{
	struct nlmsghdr *req = nl_request(nl->xfrm, XFRM_MSG_GETSA, 0);
	struct xfrm_usersa_id *id = mnl_nlmsg_put_extra_header(req, sizeof(*id));
	int err;	/* one of them is expected */

	id->family = AF_INET;
	id->proto = IPPROTO_ESP;
	mnl_attr_put_u8(req, XFRMA_SA_DIR, 0xff);
	err = nl_ask(nl->xfrm, req, NULL, NULL, NULL);
	if (err == -EPERM)
		return err_set(e, err, "XFRM netlink: CAP_NET_ADMIN is needed");
	nl->world.sa_dir = err == -ERANGE || err == -EINVAL;
	return 0;
}

static int open_all(struct kobj_nl *nl, struct err *e)
{
	int on = 1, err;

	err = kobj_devs_init(&nl->world.devs);
	if (err)
		return err_set(e, err, "table of devices: %s", strerror(-err));
	nl->batch = nl_batch_new(e);
	nl->route = nl->batch ? nl_open(NETLINK_ROUTE, e) : NULL;
	nl->xfrm = nl->route ? nl_open(NETLINK_XFRM, e) : NULL;
	if (!nl->xfrm) {
		if (nl->route && e && e->code == -EPROTONOSUPPORT)
			err_set(e, e->code, "the kernel has no XFRM netlink: modprobe xfrm_user");
		return -EIO;
	}
	/* Dumps of one table, one device, one protocol; without it they are longer. */
	(void)setsockopt(nl_fd(nl->route), SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	return probe_sa_dir(nl, e);
}

struct kobj_nl *kobj_nl_open(struct err *e)
{
	struct kobj_nl *nl = calloc(1, sizeof(*nl));

	if (!nl) {
		err_set(e, -ENOMEM, "out of memory");
		return NULL;
	}
	if (open_all(nl, e)) {
		kobj_nl_close(nl);
		return NULL;
	}
	return nl;
}

void kobj_nl_close(struct kobj_nl *nl)
{
	if (!nl)
		return;
	nl_close(nl->route);
	nl_close(nl->xfrm);
	nl_close(nl->events);
	nl_batch_free(nl->batch);
	kobj_devs_fini(&nl->world.devs);
	free(nl);
}

/* --- devices --- */

static int learn_message(void *ctx, const struct nlmsghdr *nlh)
{
	struct kobj_world *w = ctx;
	struct kobj_dev dev;
	struct kobj o;
	int err = kobj_link_read(nlh, &o, &dev);

	if (err && err != -ENOENT)
		return err == -EAFNOSUPPORT ? 0 : err;
	return kobj_devs_learn(&w->devs, &dev);
}

static struct nlmsghdr *link_dump(struct kobj_nl *nl)
{
	struct nlmsghdr *req = nl_request(nl->route, RTM_GETLINK, NLM_F_DUMP);

	mnl_nlmsg_put_extra_header(req, sizeof(struct ifinfomsg));
	mnl_attr_put_u32(req, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	return req;
}

int kobj_nl_learn_devs(struct kobj_nl *nl, struct err *e)
{
	int err = kobj_devs_clear(&nl->world.devs);

	if (!err)
		err = nl_ask(nl->route, link_dump(nl), learn_message, &nl->world, e);
	return err ? err_set(e, err, "dump of devices: %s", strerror(-err)) : 0;
}

int kobj_nl_learn_dev(struct kobj_nl *nl, const char *name, struct err *e)
{
	struct nlmsghdr *req = nl_request(nl->route, RTM_GETLINK, 0);
	struct err words = {};
	int err;

	mnl_nlmsg_put_extra_header(req, sizeof(struct ifinfomsg));
	mnl_attr_put_strz(req, IFLA_IFNAME, name);
	mnl_attr_put_u32(req, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	err = nl_ask(nl->route, req, learn_message, &nl->world, &words);
	if (err == -ENODEV)
		return 0;	/* who needs it says so */
	return err ? err_set(e, err, "device %s: %s", name,
			     words.code ? words.text : strerror(-err)) : 0;
}

/* --- dumps --- */

static struct nlmsghdr *addr_dump(struct kobj_nl *nl, const struct kobj *like)
{
	struct nlmsghdr *req = nl_request(nl->route, RTM_GETADDR, NLM_F_DUMP);
	struct ifaddrmsg *ifa = mnl_nlmsg_put_extra_header(req, sizeof(*ifa));
	const struct kobj_dev *dev;

	if (!like)
		return req;
	ifa->ifa_family = like->addr.addr.family;
	dev = kobj_devs_by_name(&nl->world.devs, like->addr.dev);
	if (dev)
		ifa->ifa_index = (uint32_t)dev->ifindex;
	return req;
}

/* Of one family: an all-family dump cannot be narrowed. */
static struct nlmsghdr *route_dump(struct kobj_nl *nl, uint8_t family, const struct kobj *like,
				   bool all)
{
	struct nlmsghdr *req = nl_request(nl->route, RTM_GETROUTE, NLM_F_DUMP);
	struct rtmsg *rtm = mnl_nlmsg_put_extra_header(req, sizeof(*rtm));

	rtm->rtm_family = family;
	if (like)
		mnl_attr_put_u32(req, RTA_TABLE, like->route.table);
	else if (!all)
		rtm->rtm_protocol = XI_RTPROT;
	return req;
}

static struct nlmsghdr *rule_dump(struct kobj_nl *nl, const struct kobj *like)
{
	struct nlmsghdr *req = nl_request(nl->route, RTM_GETRULE, NLM_F_DUMP);
	struct fib_rule_hdr *h = mnl_nlmsg_put_extra_header(req, sizeof(*h));

	if (like)
		h->family = like->rule.family;
	return req;
}

struct dump {
	const struct kobj_codec *codec;
	struct kobj_world *w;
	kobj_each each;
	void	*ctx;
};

static int dump_message(void *ctx, const struct nlmsghdr *nlh)
{
	struct dump *d = ctx;
	struct kobj o;
	int err = d->codec->read(nlh, d->w, &o);

	if (!err || err == -ENOENT)
		err = d->each(d->ctx, &o, !err);
	else if (err == -EAFNOSUPPORT)
		return 0;
	if (o.kind == KOBJ_SA)
		explicit_bzero(&o.sa, sizeof(o.sa));
	return err;
}

static const char *const plural[KOBJ_KINDS] = {
	"devices", "addresses", "SAs", "policies", "routes", "rules",
};

static int run_dump(struct kobj_nl *nl, enum kobj_kind kind, struct nlmsghdr *req, struct dump *d,
		    struct err *e)
{
	struct nl *sock = kobj_socket(nl, kind);
	struct err words = {};
	int err = nl_ask(sock, req, dump_message, d, &words);

	if (kind == KOBJ_SA)
		nl_wipe(sock);
	/* No such table, no such protocol in this kernel: then there are none. */
	if (err == -ENOENT || err == -EOPNOTSUPP || err == -EAFNOSUPPORT)
		return 0;
	if (err == -EBADMSG)
		err_set(&words, err, "a message of a form not known");
	return err ? err_set(e, err, "dump of %s: %s", plural[kind],
			     words.code ? words.text : strerror(-err)) : 0;
}

static int dump_routes(struct kobj_nl *nl, const struct kobj *like, bool all, struct dump *d,
		       struct err *e)
{
	int err;

	if (like)
		return run_dump(nl, KOBJ_ROUTE, route_dump(nl, like->route.dst.family, like, all),
				d, e);
	err = run_dump(nl, KOBJ_ROUTE, route_dump(nl, AF_INET, NULL, all), d, e);
	if (!err)
		err = run_dump(nl, KOBJ_ROUTE, route_dump(nl, AF_INET6, NULL, all), d, e);
	return err;
}

int kobj_nl_each(struct kobj_nl *nl, enum kobj_kind kind, const struct kobj *like, bool all,
		 kobj_each each, void *ctx, struct err *e)
{
	struct dump d = { .codec = kobj_codec(kind), .w = &nl->world, .each = each, .ctx = ctx };
	struct nlmsghdr *req;

	switch (kind) {
	case KOBJ_LINK:
		req = link_dump(nl);
		break;
	case KOBJ_ADDR:
		req = addr_dump(nl, like);
		break;
	case KOBJ_SA:
		req = nl_request(nl->xfrm, XFRM_MSG_GETSA, NLM_F_DUMP);
		break;
	case KOBJ_POLICY:
		req = nl_request(nl->xfrm, XFRM_MSG_GETPOLICY, NLM_F_DUMP);
		break;
	case KOBJ_RULE:
		req = rule_dump(nl, like);
		break;
	default:
		return dump_routes(nl, like, all, &d, e);
	}
	return run_dump(nl, kind, req, &d, e);
}

/* A disturbed dump is asked for again, and IPv6 that is off answers with IPv4. */
static int keep_ours(void *ctx, const struct kobj *o, bool ours)
{
	struct kobj_set *found = ctx;

	if (!ours || kobj_set_find(found, o))
		return 0;
	return kobj_set_add(found, o) ? 0 : -ENOMEM;
}

int kobj_nl_dump(struct kobj_nl *nl, struct kobj_set *found, struct err *e)
{
	int kind, err = kobj_nl_learn_devs(nl, e);

	for (kind = 0; !err && kind < KOBJ_KINDS; kind++)
		err = kobj_nl_each(nl, (enum kobj_kind)kind, NULL, false, keep_ours, found, e);
	if (err)
		kobj_set_fini(found);
	return err;
}
