// SPDX-License-Identifier: Apache-2.0
#include "user/kernel/link.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "user/kernel/nl.h"
#include "user/lib/hash.h"

/* What is remembered to tell what is gone; beyond it only the kernel's own word counts. */
#define LINK_MAX_LINKS	65536
#define LINK_MAX_ADDRS	65536

struct known_link {
	int	 ifindex;	/* key */
	uint32_t look;		/* the dump that saw it last */
	struct link_info info;
};

struct addr_key {
	int	ifindex;
	uint8_t	family;
	uint8_t	b[16];
	uint8_t	pad[3];
};

struct known_addr {
	struct addr_key key;
	uint32_t look;
	uint8_t plen;
};

/*
 * What the listener was told last. An address may stand on an interface more
 * than once (with other prefix lengths or peers), and RTM_DELADDR of one of
 * them does not mean that it is gone: so that message makes us look, and what
 * the look does not find is told as gone. The same finds what was lost.
 */
struct link_nl {
	struct nl *ask;
	struct nl *events;
	struct hash links, addrs;
	uint32_t look;
	bool	 must_look;
};

static int read_xdp(const struct nl_attr *nest, struct link_info *l)
{
	/* With several modes at once (XDP_ATTACHED_MULTI) there is no IFLA_XDP_PROG_ID. */
	uint32_t id = 0, drv = 0, skb = 0, hw = 0;
	struct nl_attrs it = nl_attrs_in(nest);
	struct nl_attr a;
	bool ok = true;
	int more;

	while ((more = nl_attr_next(&it, &a)) == 1) {
		if (a.type == IFLA_XDP_ATTACHED)
			ok &= nl_attr_get(&a, &l->xdp_attached, sizeof(l->xdp_attached));
		else if (a.type == IFLA_XDP_PROG_ID)
			ok &= nl_attr_get(&a, &id, sizeof(id));
		else if (a.type == IFLA_XDP_DRV_PROG_ID)
			ok &= nl_attr_get(&a, &drv, sizeof(drv));
		else if (a.type == IFLA_XDP_SKB_PROG_ID)
			ok &= nl_attr_get(&a, &skb, sizeof(skb));
		else if (a.type == IFLA_XDP_HW_PROG_ID)
			ok &= nl_attr_get(&a, &hw, sizeof(hw));
	}
	l->xdp_prog_id = id ? id : drv ? drv : skb ? skb : hw;
	return more || !ok ? -EBADMSG : 0;
}

static int read_name(const struct nl_attr *a, char name[static IF_NAMESIZE])
{
	if (!a->len || a->len > IF_NAMESIZE || a->data[a->len - 1] != '\0')
		return -EBADMSG;
	memset(name, 0, IF_NAMESIZE);
	memcpy(name, a->data, a->len);
	return 0;
}

static int read_link_attr(const struct nl_attr *a, struct link_info *l)
{
	if (a->type == IFLA_IFNAME)
		return read_name(a, l->name);
	if (a->type == IFLA_MTU)
		return nl_attr_get(a, &l->mtu, sizeof(l->mtu)) ? 0 : -EBADMSG;
	if (a->type == IFLA_XDP)
		return read_xdp(a, l);
	return 0;
}

/* RTM_NEWLINK, RTM_DELLINK. 0; -ENOENT: not about a device itself; -EBADMSG. */
static int link_msg_link(const struct nlmsghdr *nlh, struct link_info *l)
{
	struct ifinfomsg ifi;
	struct nl_attrs it;
	struct nl_attr a;
	int more, err;

	if (!nl_get_header(nlh, &ifi, sizeof(ifi)))
		return -EBADMSG;
	/* A bridge tells of its ports in the same words: RTM_DELLINK, and the device stays. */
	if (ifi.ifi_family != AF_UNSPEC)
		return -ENOENT;
	*l = (struct link_info){ .ifindex = ifi.ifi_index, .up = ifi.ifi_flags & IFF_UP };
	it = nl_attrs_of(nlh, sizeof(ifi));
	while ((more = nl_attr_next(&it, &a)) == 1) {
		err = read_link_attr(&a, l);
		if (err)
			return err;
	}
	return more;
}

/* RTM_NEWADDR, RTM_DELADDR: as above. */
static int link_msg_addr(const struct nlmsghdr *nlh, struct link_addr *la)
{
	struct ifaddrmsg ifa;
	struct nl_attrs it;
	struct nl_attr a;
	bool local = false;
	size_t len;
	int more;

	if (!nl_get_header(nlh, &ifa, sizeof(ifa)))
		return -EBADMSG;
	if (ifa.ifa_family != AF_INET && ifa.ifa_family != AF_INET6)
		return -ENOENT;
	len = ifa.ifa_family == AF_INET ? 4 : 16;
	*la = (struct link_addr){ .ifindex = (int)ifa.ifa_index, .plen = ifa.ifa_prefixlen };
	it = nl_attrs_of(nlh, sizeof(ifa));
	while ((more = nl_attr_next(&it, &a)) == 1) {
		if (a.type != IFA_LOCAL && a.type != IFA_ADDRESS)
			continue;
		if (a.len < len)
			return -EBADMSG;
		/* On a point-to-point link IFA_ADDRESS is the peer's; IFA_LOCAL is always ours. */
		if (a.type == IFA_ADDRESS && local)
			continue;
		local = a.type == IFA_LOCAL;
		la->addr = addr_make(ifa.ifa_family, a.data);
	}
	if (more)
		return more;
	return la->addr.family ? 0 : -ENOENT;
}

static void learn_link(struct link_nl *nl, const struct link_info *l)
{
	struct known_link *k = hash_find(&nl->links, &l->ifindex);

	if (!k)
		k = hash_add(&nl->links, &l->ifindex);
	if (!k)
		return;
	k->info = *l;
	k->look = nl->look;
}

/* True: it was not known. */
static bool learn_addr(struct link_nl *nl, const struct link_addr *la)
{
	struct addr_key key = { .ifindex = la->ifindex, .family = la->addr.family };
	struct known_addr *k;
	bool is_new;

	memcpy(key.b, la->addr.b, sizeof(key.b));
	k = hash_find(&nl->addrs, &key);
	is_new = !k;
	if (!k)
		k = hash_add(&nl->addrs, &key);
	if (k) {
		k->look = nl->look;
		k->plen = la->plen;
	}
	return is_new;
}

static void sweep_links(struct link_nl *nl, const struct link_nl_events *ev)
{
	struct hash_iter it = {};
	struct known_link *k;
	struct link_info gone;

	while ((k = hash_next(&nl->links, &it))) {
		if (k->look == nl->look)
			continue;
		gone = k->info;
		hash_del(&nl->links, k);
		ev->link_gone(ev->ctx, &gone);
	}
}

static void sweep_addrs(struct link_nl *nl, const struct link_nl_events *ev)
{
	struct hash_iter it = {};
	struct link_addr gone;
	struct known_addr *k;

	while ((k = hash_next(&nl->addrs, &it))) {
		if (k->look == nl->look)
			continue;
		gone.ifindex = k->key.ifindex;
		gone.addr = addr_make(k->key.family, k->key.b);
		hash_del(&nl->addrs, k);
		ev->addr_gone(ev->ctx, &gone);
	}
}

struct look {
	struct link_nl *nl;
	const struct link_nl_events *ev;
	bool	tell_all;	/* else what is new */
};

static int look_link(void *ctx, const struct nlmsghdr *nlh)
{
	const struct look *k = ctx;
	struct link_info l;
	int err;

	if (nlh->nlmsg_type != RTM_NEWLINK)
		return 0;
	err = link_msg_link(nlh, &l);
	if (err)
		return err == -ENOENT ? 0 : err;
	learn_link(k->nl, &l);
	k->ev->link(k->ev->ctx, &l);
	return 0;
}

static int look_addr(void *ctx, const struct nlmsghdr *nlh)
{
	const struct look *k = ctx;
	struct link_addr la;
	int err;

	if (nlh->nlmsg_type != RTM_NEWADDR)
		return 0;
	err = link_msg_addr(nlh, &la);
	if (err)
		return err == -ENOENT ? 0 : err;
	if (learn_addr(k->nl, &la) || k->tell_all)
		k->ev->addr(k->ev->ctx, &la);
	return 0;
}

/* Our own refusal of a message has no words yet; the kernel's has. */
static int dump_failed(struct err *e, int err, const char *what)
{
	if (!e)
		return err;
	if (err == -EBADMSG)
		err_set(e, err, "a message of a form not known");
	return err_prefix(e, "rtnetlink: dump of %s", what);
}

static int look_at_links(struct link_nl *nl, const struct link_nl_events *ev, struct err *e)
{
	struct look k = { .nl = nl, .ev = ev, .tell_all = true };
	struct nlmsghdr *req = nl_request(nl->ask, RTM_GETLINK, NLM_F_DUMP);
	int err;

	mnl_nlmsg_put_extra_header(req, sizeof(struct ifinfomsg));
	mnl_attr_put_u32(req, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	nl->look++;
	err = nl_ask(nl->ask, req, look_link, &k, e);
	if (err)
		return dump_failed(e, err, "interfaces");
	sweep_links(nl, ev);
	return 0;
}

static int look_at_addrs(struct link_nl *nl, const struct link_nl_events *ev, bool tell_all,
			 struct err *e)
{
	struct look k = { .nl = nl, .ev = ev, .tell_all = tell_all };
	struct nlmsghdr *req = nl_request(nl->ask, RTM_GETADDR, NLM_F_DUMP);
	int err;

	mnl_nlmsg_put_extra_header(req, sizeof(struct ifaddrmsg));
	nl->look++;
	err = nl_ask(nl->ask, req, look_addr, &k, e);
	if (err)
		return dump_failed(e, err, "addresses");
	sweep_addrs(nl, ev);
	nl->must_look = false;
	return 0;
}

static int open_sockets(struct link_nl *nl, struct err *e)
{
	static const unsigned int groups[] = { RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR,
					       RTNLGRP_IPV6_IFADDR };
	size_t i;
	int err;

	nl->ask = nl_open(NETLINK_ROUTE, e);
	nl->events = nl->ask ? nl_listen(NETLINK_ROUTE, e) : NULL;
	if (!nl->events)
		return -EIO;
	for (i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		err = nl_join(nl->events, groups[i], e);
		if (err)
			return err;
	}
	return 0;
}

struct link_nl *link_nl_open(struct err *e)
{
	struct link_nl *nl = calloc(1, sizeof(*nl));
	int err;

	if (!nl) {
		err_set(e, -ENOMEM, "out of memory");
		return NULL;
	}
	if (open_sockets(nl, e)) {
		if (e)
			err_prefix(e, "rtnetlink");
		link_nl_close(nl);
		return NULL;
	}
	err = hash_init(&nl->links, sizeof(int), sizeof(struct known_link), LINK_MAX_LINKS,
			&env_system);
	if (!err)
		err = hash_init(&nl->addrs, sizeof(struct addr_key), sizeof(struct known_addr),
				LINK_MAX_ADDRS, &env_system);
	if (err) {
		err_set(e, err, "tables of interfaces: %s", strerror(-err));
		link_nl_close(nl);
		return NULL;
	}
	return nl;
}

void link_nl_close(struct link_nl *nl)
{
	if (!nl)
		return;
	nl_close(nl->ask);
	nl_close(nl->events);
	hash_fini(&nl->links);
	hash_fini(&nl->addrs);
	free(nl);
}

int link_nl_fd(const struct link_nl *nl)
{
	return nl_fd(nl->events);
}

int link_nl_dump(struct link_nl *nl, const struct link_nl_events *ev, struct err *e)
{
	int err = look_at_links(nl, ev, e);

	return err ? err : look_at_addrs(nl, ev, true, e);
}

static void link_gone(struct link_nl *nl, const struct link_nl_events *ev,
		      const struct link_info *l)
{
	struct known_link *k = hash_find(&nl->links, &l->ifindex);

	if (k)
		hash_del(&nl->links, k);
	ev->link_gone(ev->ctx, l);
}

static void event_message(void *ctx, const struct nlmsghdr *nlh)
{
	struct look *k = ctx;
	struct link_info l;

	switch (nlh->nlmsg_type) {
	case RTM_NEWLINK:
		(void)look_link(k, nlh);
		break;
	case RTM_DELLINK:
		if (link_msg_link(nlh, &l) == 0)
			link_gone(k->nl, k->ev, &l);
		break;
	case RTM_NEWADDR:
		(void)look_addr(k, nlh);
		break;
	case RTM_DELADDR:
		k->nl->must_look = true;
		break;
	}
}

int link_nl_read(struct link_nl *nl, const struct link_nl_events *ev)
{
	struct look k = { .nl = nl, .ev = ev };
	int err = nl_read(nl->events, event_message, &k);

	if (!err && nl->must_look)
		err = look_at_addrs(nl, ev, false, NULL);
	return err;
}

void link_nl_each(const struct link_nl *nl, const struct link_nl_events *ev)
{
	struct hash_iter links = {}, addrs = {};
	const struct known_link *l;
	const struct known_addr *a;

	while ((l = hash_next(&nl->links, &links)))
		ev->link(ev->ctx, &l->info);
	while ((a = hash_next(&nl->addrs, &addrs))) {
		struct link_addr la = { .ifindex = a->key.ifindex,
					.addr = addr_make(a->key.family, a->key.b),
					.plen = a->plen };

		ev->addr(ev->ctx, &la);
	}
}
