// SPDX-License-Identifier: Apache-2.0
/* Devices: RTM_NEWLINK, RTM_DELLINK, RTM_GETLINK. */
#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "user/kernel/kobj_msg.h"

#define NAME_OURS	"xi-"

static const char *const kinds[] = {
	[KOBJ_LINK_XFRM] = "xfrm",
	[KOBJ_LINK_DUMMY] = "dummy",
};

static void put_kind(struct nlmsghdr *nlh, const struct kobj_link *l)
{
	struct nlattr *info = mnl_attr_nest_start(nlh, IFLA_LINKINFO), *data;

	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, kinds[l->type]);
	if (l->type == KOBJ_LINK_XFRM) {
		data = mnl_attr_nest_start(nlh, IFLA_INFO_DATA);
		mnl_attr_put_u32(nlh, IFLA_XFRM_IF_ID, l->if_id);
		mnl_attr_nest_end(nlh, data);
	}
	mnl_attr_nest_end(nlh, info);
}

static void put_settings(struct nlmsghdr *nlh, struct ifinfomsg *ifi, const struct kobj_link *l)
{
	ifi->ifi_change = IFF_UP;
	ifi->ifi_flags = l->up ? IFF_UP : 0;
	if (l->mtu)
		mnl_attr_put_u32(nlh, IFLA_MTU, l->mtu);
	/* Without its final zero: an empty one takes the alias away. */
	mnl_attr_put(nlh, IFLA_IFALIAS, strlen(l->alias), l->alias);
}

/*
 * A new device gets its settings by KOBJ_SET: rtnl_newlink_create() does not know
 * an alias. It is found by its name, because its number is not known yet.
 */
static int link_write(struct nlmsghdr *nlh, enum kobj_verb verb, const struct kobj *o,
		      const struct kobj_world *w, struct err *e)
{
	struct ifinfomsg *ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));
	const struct kobj_dev *dev = kobj_devs_by_name(&w->devs, o->link.name);

	if (verb == KOBJ_SET && dev && !dev->ours)
		return err_set(e, -EEXIST, "a device of this name is there, and not ours");
	if (verb == KOBJ_DROP) {
		if (!dev || !dev->ours)
			return err_set(e, -ENODEV, "no such device of ours");
		nlh->nlmsg_type = RTM_DELLINK;
		ifi->ifi_index = dev->ifindex;
		return 0;
	}
	mnl_attr_put_strz(nlh, IFLA_IFNAME, o->link.name);
	if (verb == KOBJ_GET) {
		nlh->nlmsg_type = RTM_GETLINK;
		mnl_attr_put_u32(nlh, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	} else if (verb == KOBJ_NEW) {
		nlh->nlmsg_type = RTM_NEWLINK;
		nlh->nlmsg_flags |= NLM_F_CREATE | NLM_F_EXCL;
		put_kind(nlh, &o->link);
	} else {
		nlh->nlmsg_type = RTM_SETLINK;
		put_settings(nlh, ifi, &o->link);
	}
	return 0;
}

/* What of a device decides whose it is. */
struct link_reader {
	struct kobj	*o;
	struct kobj_dev	*dev;
	char		kind[16];
};

static int read_data(const struct nl_attr *nest, struct link_reader *r)
{
	struct nl_attrs it = nl_attrs_in(nest);
	struct nl_attr a;
	int more;

	while ((more = nl_attr_next(&it, &a)) == 1)
		if (a.type == IFLA_XFRM_IF_ID && !nl_attr_get(&a, &r->dev->if_id, 4))
			return -EBADMSG;
	return more;
}

static int read_info(const struct nl_attr *nest, struct link_reader *r)
{
	struct nl_attrs it = nl_attrs_in(nest);
	struct nl_attr a, data = {};
	int more;

	while ((more = nl_attr_next(&it, &a)) == 1) {
		if (a.type == IFLA_INFO_KIND && !kobj_get_text(&a, r->kind, sizeof(r->kind)))
			return -EBADMSG;
		if (a.type == IFLA_INFO_DATA)
			data = a;
	}
	/* Attributes of other kinds have other meanings. */
	if (!more && data.data && !strcmp(r->kind, kinds[KOBJ_LINK_XFRM]))
		return read_data(&data, r);
	return more;
}

static int link_attr(const struct nl_attr *a, struct link_reader *r)
{
	struct kobj_link *l = &r->o->link;
	bool ok = true;

	if (a->type == IFLA_IFNAME)
		ok = a->len <= IF_NAMESIZE && kobj_get_text(a, l->name, sizeof(l->name));
	else if (a->type == IFLA_MTU)
		ok = nl_attr_get(a, &l->mtu, sizeof(l->mtu));
	else if (a->type == IFLA_GROUP)
		ok = nl_attr_get(a, &r->dev->group, sizeof(r->dev->group));
	else if (a->type == IFLA_IFALIAS)
		ok = kobj_get_text(a, l->alias, sizeof(l->alias));
	else if (a->type == IFLA_LINKINFO)
		return read_info(a, r);
	return ok ? 0 : -EBADMSG;
}

static bool is_ours(struct link_reader *r)
{
	struct kobj_link *l = &r->o->link;
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(r->kind, kinds[i])) {
			l->type = (enum kobj_link_type)i;
			return !strncmp(l->name, NAME_OURS, strlen(NAME_OURS));
		}
	return false;
}

int kobj_link_read(const struct nlmsghdr *nlh, struct kobj *o, struct kobj_dev *dev)
{
	struct link_reader r = { .o = o, .dev = dev };
	struct ifinfomsg ifi;
	struct nl_attrs it;
	struct nl_attr a;
	int more, err;

	if (!nl_get_header(nlh, &ifi, sizeof(ifi)))
		return -EBADMSG;
	/* A bridge tells of its ports in the same words. */
	if (nlh->nlmsg_type != RTM_NEWLINK || ifi.ifi_family != AF_UNSPEC)
		return -EAFNOSUPPORT;
	*o = (struct kobj){ .kind = KOBJ_LINK };
	*dev = (struct kobj_dev){ .ifindex = ifi.ifi_index };
	o->link.up = ifi.ifi_flags & IFF_UP;
	it = nl_attrs_of(nlh, sizeof(ifi));
	while ((more = nl_attr_next(&it, &a)) == 1) {
		err = link_attr(&a, &r);
		if (err)
			return err;
	}
	if (more)
		return more;
	dev->ours = is_ours(&r);
	o->link.if_id = dev->if_id;
	memcpy(dev->name, o->link.name, sizeof(dev->name));
	return dev->ours ? 0 : -ENOENT;
}

static int link_read(const struct nlmsghdr *nlh, const struct kobj_world *w, struct kobj *o)
{
	struct kobj_dev dev;

	return kobj_link_read(nlh, o, &dev);
}

const struct kobj_codec kobj_link_codec = { .write = link_write, .read = link_read };
