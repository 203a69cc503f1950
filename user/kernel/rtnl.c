// SPDX-License-Identifier: Apache-2.0
#include "user/kernel/rtnl.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "user/kernel/nl.h"

static int rtnl_failed(struct err *e, int err, const char *what)
{
	if (err == -EBADMSG)
		err_set(e, err, "a message of a form not known");
	return e ? err_prefix(e, "rtnetlink: %s", what) : err;
}

/* A string attribute with or without its NUL, cut to fit. */
static void get_text(const struct nl_attr *a, char *to, size_t size)
{
	size_t len = a->len < size - 1 ? a->len : size - 1;

	memset(to, 0, size);
	memcpy(to, a->data, len);
}

/* --- a device --------------------------------------------------------------------------------- */

static int read_linkinfo(const struct nl_attr *nest, struct rtnl_link *l)
{
	struct nl_attrs it = nl_attrs_in(nest);
	struct nl_attr a;
	int more;

	while ((more = nl_attr_next(&it, &a)) == 1)
		if (a.type == IFLA_INFO_KIND)
			get_text(&a, l->kind, sizeof(l->kind));
	return more;
}

/* Of an older kernel the counters are fewer. */
static void read_stats(const struct nl_attr *a, struct rtnl_link *l)
{
	size_t len = a->len < sizeof(l->stats) ? a->len : sizeof(l->stats);

	memcpy(&l->stats, a->data, len);
	l->has_stats = true;
}

static int read_link_attr(const struct nl_attr *a, struct rtnl_link *l)
{
	switch (a->type) {
	case IFLA_IFNAME:
		get_text(a, l->name, sizeof(l->name));
		return 0;
	case IFLA_MTU:
		return nl_attr_get(a, &l->mtu, sizeof(l->mtu)) ? 0 : -EBADMSG;
	case IFLA_TXQLEN:
		return nl_attr_get(a, &l->txqlen, sizeof(l->txqlen)) ? 0 : -EBADMSG;
	case IFLA_ADDRESS:
		l->has_mac = a->len == sizeof(l->mac) && nl_attr_get(a, l->mac, sizeof(l->mac));
		return 0;
	case IFLA_LINKINFO:
		return read_linkinfo(a, l);
	case IFLA_STATS64:
		read_stats(a, l);
		return 0;
	default:
		return 0;
	}
}

static int read_link(void *ctx, const struct nlmsghdr *nlh)
{
	struct rtnl_link *l = ctx;
	struct ifinfomsg ifi;
	struct nl_attrs it;
	struct nl_attr a;
	int more, err = 0;

	if (nlh->nlmsg_type != RTM_NEWLINK)
		return 0;
	if (!nl_get_header(nlh, &ifi, sizeof(ifi)))
		return -EBADMSG;
	*l = (struct rtnl_link){
		.ifindex = ifi.ifi_index, .up = ifi.ifi_flags & IFF_UP,
		.running = ifi.ifi_flags & IFF_RUNNING, .loopback = ifi.ifi_flags & IFF_LOOPBACK,
		.point_to_point = ifi.ifi_flags & IFF_POINTOPOINT,
	};
	it = nl_attrs_of(nlh, sizeof(ifi));
	while ((more = nl_attr_next(&it, &a)) == 1 && !err)
		err = read_link_attr(&a, l);
	return err ? err : more < 0 ? more : 0;
}

int rtnl_get_link(const char *name, struct rtnl_link *l, struct err *e)
{
	struct nl *nl = nl_open(NETLINK_ROUTE, e);
	struct nlmsghdr *req;
	int err;

	if (!nl)
		return e ? e->code : -EIO;
	*l = (struct rtnl_link){};
	req = nl_request(nl, RTM_GETLINK, 0);
	mnl_nlmsg_put_extra_header(req, sizeof(struct ifinfomsg));
	mnl_attr_put_strz(req, IFLA_IFNAME, name);
	err = nl_ask(nl, req, read_link, l, e);
	nl_close(nl);
	return err && err != -ENODEV ? rtnl_failed(e, err, name) : err;
}

/* --- addresses -------------------------------------------------------------------------------- */

struct addr_look {
	int	ifindex;
	void	(*each)(void *ctx, const struct rtnl_addr *a);
	void	*ctx;
};

static int read_addr_attr(const struct nl_attr *a, uint8_t family, struct rtnl_addr *ra)
{
	size_t len = family == AF_INET ? 4 : 16;
	uint32_t flags;

	if (a->type == IFA_FLAGS && nl_attr_get(a, &flags, sizeof(flags)))
		ra->secondary = flags & IFA_F_SECONDARY;
	if (a->type != IFA_LOCAL && a->type != IFA_ADDRESS)
		return 0;
	if (a->len < len)
		return -EBADMSG;
	*(a->type == IFA_LOCAL ? &ra->addr : &ra->peer) = addr_make(family, a->data);
	return 0;
}

/* On a link to one peer IFA_ADDRESS is the peer's; else it is ours, as IFA_LOCAL. */
static int read_addr(void *ctx, const struct nlmsghdr *nlh)
{
	const struct addr_look *look = ctx;
	struct rtnl_addr ra = {};
	struct ifaddrmsg ifa;
	struct nl_attrs it;
	struct nl_attr a;
	int more, err = 0;

	if (nlh->nlmsg_type != RTM_NEWADDR)
		return 0;
	if (!nl_get_header(nlh, &ifa, sizeof(ifa)))
		return -EBADMSG;
	if ((int)ifa.ifa_index != look->ifindex ||
	    (ifa.ifa_family != AF_INET && ifa.ifa_family != AF_INET6))
		return 0;
	ra.plen = ifa.ifa_prefixlen;
	ra.secondary = ifa.ifa_flags & IFA_F_SECONDARY;
	it = nl_attrs_of(nlh, sizeof(ifa));
	while ((more = nl_attr_next(&it, &a)) == 1 && !err)
		err = read_addr_attr(&a, ifa.ifa_family, &ra);
	if (err || more < 0)
		return err ? err : more;
	if (!ra.addr.family)
		ra.addr = ra.peer;
	if (addr_equal(&ra.addr, &ra.peer))
		ra.peer = (struct addr){};
	if (ra.addr.family)
		look->each(look->ctx, &ra);
	return 0;
}

int rtnl_each_addr(int ifindex, void (*each)(void *ctx, const struct rtnl_addr *a), void *ctx,
		   struct err *e)
{
	struct addr_look look = { ifindex, each, ctx };
	struct nl *nl = nl_open(NETLINK_ROUTE, e);
	struct nlmsghdr *req;
	int err;

	if (!nl)
		return e ? e->code : -EIO;
	req = nl_request(nl, RTM_GETADDR, NLM_F_DUMP);
	mnl_nlmsg_put_extra_header(req, sizeof(struct ifaddrmsg));
	err = nl_ask(nl, req, read_addr, &look, e);
	nl_close(nl);
	return err ? rtnl_failed(e, err, "addresses") : 0;
}

/* --- routes ----------------------------------------------------------------------------------- */

struct route_look {
	uint8_t	family;
	uint32_t table;
	int	(*each)(void *ctx, const struct rtnl_route *r);
	void	*ctx;
};

static int read_gateway(const struct nl_attr *a, uint8_t family, struct rtnl_route *r)
{
	if (a->len < (family == AF_INET ? 4 : 16))
		return -EBADMSG;
	r->via = addr_make(family, a->data);
	return 0;
}

/* An address of the other family: RFC 5549. */
static int read_via(const struct nl_attr *a, struct rtnl_route *r)
{
	struct rtvia v;
	size_t len;

	if (!nl_attr_get(a, &v, sizeof(v)))
		return -EBADMSG;
	len = v.rtvia_family == AF_INET ? 4 : 16;
	if (v.rtvia_family != AF_INET && v.rtvia_family != AF_INET6)
		return 0;
	if (a->len < sizeof(v) + len)
		return -EBADMSG;
	r->via = addr_make((uint8_t)v.rtvia_family, a->data + sizeof(v));
	return 0;
}

static int read_route_attr(const struct nl_attr *a, struct rtnl_route *r, uint32_t *table,
			   struct nl_attr *hops)
{
	uint32_t oif;

	switch (a->type) {
	case RTA_DST:
		if (a->len < (r->family == AF_INET ? 4 : 16))
			return -EBADMSG;
		r->dst = addr_make(r->family, a->data);
		return 0;
	case RTA_TABLE:
		return nl_attr_get(a, table, sizeof(*table)) ? 0 : -EBADMSG;
	case RTA_PRIORITY:
		return nl_attr_get(a, &r->metric, sizeof(r->metric)) ? 0 : -EBADMSG;
	case RTA_OIF:
		if (!nl_attr_get(a, &oif, sizeof(oif)))
			return -EBADMSG;
		r->ifindex = (int)oif;
		return 0;
	case RTA_GATEWAY:
		return read_gateway(a, r->family, r);
	case RTA_VIA:
		return read_via(a, r);
	case RTA_MULTIPATH:
		*hops = *a;
		return 0;
	default:
		return 0;
	}
}

/* struct rtnexthop, its attributes behind it, padded to 4; several. */
static int each_hop(const struct route_look *look, const struct rtnl_route *route,
		    const struct nl_attr *hops)
{
	size_t at = 0, left;
	int err = 0;

	while (!err && hops->len - at >= sizeof(struct rtnexthop)) {
		struct rtnl_route r = *route;
		struct rtnexthop h;
		struct nl_attrs it;
		struct nl_attr a;
		int more;

		memcpy(&h, hops->data + at, sizeof(h));
		left = hops->len - at;
		if (h.rtnh_len < sizeof(h) || h.rtnh_len > left)
			return -EBADMSG;
		r.ifindex = h.rtnh_ifindex;
		it = (struct nl_attrs){ hops->data + at + sizeof(h), h.rtnh_len - sizeof(h) };
		while ((more = nl_attr_next(&it, &a)) == 1 && !err)
			err = a.type == RTA_GATEWAY ? read_gateway(&a, r.family, &r) :
			      a.type == RTA_VIA ? read_via(&a, &r) : 0;
		if (!err)
			err = more < 0 ? more : look->each(look->ctx, &r);
		at += (size_t)RTNH_ALIGN(h.rtnh_len) < left ? (size_t)RTNH_ALIGN(h.rtnh_len) : left;
	}
	return err;
}

static int read_route(void *ctx, const struct nlmsghdr *nlh)
{
	const struct route_look *look = ctx;
	struct rtnl_route r = {};
	struct nl_attr a, hops = {};
	struct nl_attrs it;
	struct rtmsg rtm;
	uint32_t table;
	int more, err = 0;

	if (nlh->nlmsg_type != RTM_NEWROUTE)
		return 0;
	if (!nl_get_header(nlh, &rtm, sizeof(rtm)))
		return -EBADMSG;
	if (rtm.rtm_family != look->family || rtm.rtm_flags & RTM_F_CLONED)
		return 0;
	r = (struct rtnl_route){ .family = rtm.rtm_family, .plen = rtm.rtm_dst_len,
				 .protocol = rtm.rtm_protocol, .scope = rtm.rtm_scope,
				 .type = rtm.rtm_type, .dst.family = rtm.rtm_family };
	table = rtm.rtm_table;
	it = nl_attrs_of(nlh, sizeof(rtm));
	while ((more = nl_attr_next(&it, &a)) == 1 && !err)
		err = read_route_attr(&a, &r, &table, &hops);
	if (err || more < 0)
		return err ? err : more;
	if (table != look->table)
		return 0;
	return hops.len ? each_hop(look, &r, &hops) : look->each(look->ctx, &r);
}

int rtnl_each_route(uint8_t family, uint32_t table,
		    int (*each)(void *ctx, const struct rtnl_route *r), void *ctx, struct err *e)
{
	struct route_look look = { family, table, each, ctx };
	struct nl *nl = nl_open(NETLINK_ROUTE, e);
	struct nlmsghdr *req;
	struct rtmsg *rtm;
	int err;

	if (!nl)
		return e ? e->code : -EIO;
	req = nl_request(nl, RTM_GETROUTE, NLM_F_DUMP);
	rtm = mnl_nlmsg_put_extra_header(req, sizeof(*rtm));
	rtm->rtm_family = family;
	err = nl_ask(nl, req, read_route, &look, e);
	nl_close(nl);
	return err < 0 ? rtnl_failed(e, err, "routes") : err;
}
