// SPDX-License-Identifier: Apache-2.0
/* Routes: RTM_NEWROUTE, RTM_DELROUTE. */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "user/kernel/kobj_msg.h"

static const uint8_t types[] = {
	[KOBJ_ROUTE_UNICAST] = RTN_UNICAST,
	[KOBJ_ROUTE_BLACKHOLE] = RTN_BLACKHOLE,
	[KOBJ_ROUTE_THROW] = RTN_THROW,
};

static int put_nexthop(struct nlmsghdr *nlh, struct rtmsg *rtm, enum kobj_verb verb,
		       const struct kobj_route *r, const struct kobj_world *w, struct err *e)
{
	const struct kobj_dev *dev;

	if (r->via.family) {
		if (r->via.family != r->dst.family)
			return err_set(e, -EAFNOSUPPORT, "a gateway of another family");
		kobj_put_addr(nlh, RTA_GATEWAY, &r->via);
	} else {
		rtm->rtm_scope = r->dst.family == AF_INET ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
	}
	if (!r->dev[0])
		return 0;
	dev = kobj_devs_by_name(&w->devs, r->dev);
	if (!dev && verb == KOBJ_DROP)
		return 0;	/* then without */
	if (!dev)
		return err_set(e, -ENODEV, "no device %s", r->dev);
	mnl_attr_put_u32(nlh, RTA_OIF, (uint32_t)dev->ifindex);
	return 0;
}

static void put_key(struct nlmsghdr *nlh, struct rtmsg *rtm, const struct kobj_route *r)
{
	uint32_t metric = r->metric;

	rtm->rtm_family = r->dst.family;
	rtm->rtm_dst_len = r->plen;
	rtm->rtm_protocol = XI_RTPROT;
	rtm->rtm_type = types[r->type];
	kobj_put_addr(nlh, RTA_DST, &r->dst);
	mnl_attr_put_u32(nlh, RTA_TABLE, r->table);
	/* Deleted is by any metric if none is given: so IPv6's own is (IP6_RT_PRIO_USER). */
	if (!metric && r->dst.family == AF_INET6)
		metric = 1024;
	if (metric)
		mnl_attr_put_u32(nlh, RTA_PRIORITY, metric);
}

/* Whose it is decides what is deleted (rtm_protocol), not what is replaced: see kobj_apply.c. */
static int route_write(struct nlmsghdr *nlh, enum kobj_verb verb, const struct kobj *o,
		       const struct kobj_world *w, struct err *e)
{
	struct rtmsg *rtm = mnl_nlmsg_put_extra_header(nlh, sizeof(*rtm));
	const struct kobj_route *r = &o->route;
	struct nlattr *metrics;
	int err = 0;

	put_key(nlh, rtm, r);
	if (r->type == KOBJ_ROUTE_UNICAST)
		err = put_nexthop(nlh, rtm, verb, r, w, e);
	if (err)
		return err;
	if (verb == KOBJ_DROP) {
		nlh->nlmsg_type = RTM_DELROUTE;
		rtm->rtm_scope = RT_SCOPE_NOWHERE;	/* any */
		return 0;
	}
	nlh->nlmsg_type = RTM_NEWROUTE;
	nlh->nlmsg_flags |= NLM_F_CREATE | (verb == KOBJ_NEW ? NLM_F_EXCL : NLM_F_REPLACE);
	if (r->mtu && r->type == KOBJ_ROUTE_UNICAST) {
		metrics = mnl_attr_nest_start(nlh, RTA_METRICS);
		mnl_attr_put_u32(nlh, RTAX_MTU, r->mtu);
		mnl_attr_nest_end(nlh, metrics);
	}
	return 0;
}

static bool read_metrics(const struct nl_attr *nest, uint32_t *mtu)
{
	struct nl_attrs it = nl_attrs_in(nest);
	struct nl_attr a;
	int more;

	while ((more = nl_attr_next(&it, &a)) == 1)
		if (a.type == RTAX_MTU && !nl_attr_get(&a, mtu, sizeof(*mtu)))
			return false;
	return !more;
}

struct route_reader {
	const struct kobj_world *w;
	struct kobj_route *r;
	uint8_t	family;
	bool	several;	/* next hops, or one of another family: never ours */
};

static bool route_attr(const struct nl_attr *a, struct route_reader *rd)
{
	const struct kobj_dev *dev;
	uint32_t oif;

	switch (a->type) {
	case RTA_DST:
		return kobj_get_addr(a, rd->family, &rd->r->dst);
	case RTA_GATEWAY:
		return kobj_get_addr(a, rd->family, &rd->r->via);
	case RTA_TABLE:
		return nl_attr_get(a, &rd->r->table, sizeof(rd->r->table));
	case RTA_PRIORITY:
		return nl_attr_get(a, &rd->r->metric, sizeof(rd->r->metric));
	case RTA_METRICS:
		return read_metrics(a, &rd->r->mtu);
	case RTA_OIF:
		if (!nl_attr_get(a, &oif, sizeof(oif)))
			return false;
		dev = kobj_devs_by_index(&rd->w->devs, (int)oif);
		if (dev)
			memcpy(rd->r->dev, dev->name, sizeof(rd->r->dev));
		return true;
	case RTA_MULTIPATH:
	case RTA_VIA:
	case RTA_NH_ID:
		rd->several = true;
		return true;
	}
	return true;
}

static bool read_type(uint8_t type, enum kobj_route_type *to)
{
	size_t i;

	for (i = 0; i < sizeof(types); i++)
		if (types[i] == type) {
			*to = (enum kobj_route_type)i;
			return true;
		}
	return false;
}

static int route_read(const struct nlmsghdr *nlh, const struct kobj_world *w, struct kobj *o)
{
	struct route_reader rd = { .w = w, .r = &o->route };
	struct nl_attrs it;
	struct rtmsg rtm;
	struct nl_attr a;
	int more;

	if (!nl_get_header(nlh, &rtm, sizeof(rtm)))
		return -EBADMSG;
	if (nlh->nlmsg_type != RTM_NEWROUTE || !kobj_addr_len(rtm.rtm_family) ||
	    rtm.rtm_flags & RTM_F_CLONED)
		return -EAFNOSUPPORT;
	rd.family = rtm.rtm_family;
	*o = (struct kobj){ .kind = KOBJ_ROUTE };
	o->route.dst.family = rtm.rtm_family;	/* a default route has no RTA_DST */
	o->route.plen = rtm.rtm_dst_len;
	o->route.table = rtm.rtm_table;
	it = nl_attrs_of(nlh, sizeof(rtm));
	while ((more = nl_attr_next(&it, &a)) == 1)
		if (!route_attr(&a, &rd))
			return -EBADMSG;
	if (more)
		return more;
	if (!read_type(rtm.rtm_type, &o->route.type) || rtm.rtm_protocol != XI_RTPROT ||
	    rtm.rtm_tos || rtm.rtm_src_len || rd.several)
		return -ENOENT;
	/* IPv6 has a device for those too: lo. */
	if (o->route.type != KOBJ_ROUTE_UNICAST) {
		o->route.dev[0] = '\0';
		o->route.via = (struct addr){};
		o->route.mtu = 0;
	}
	return 0;
}

const struct kobj_codec kobj_route_codec = { .write = route_write, .read = route_read };
