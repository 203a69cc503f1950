// SPDX-License-Identifier: Apache-2.0
/* Addresses of our devices: RTM_NEWADDR, RTM_DELADDR. */
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "user/kernel/kobj_msg.h"

#ifndef IFAPROT_KERNEL_LL
#define IFAPROT_KERNEL_LL	3	/* link-local, set by the kernel: Linux 5.18 */
#endif

static int addr_write(struct nlmsghdr *nlh, enum kobj_verb verb, const struct kobj *o,
		      const struct kobj_world *w, struct err *e)
{
	const struct kobj_dev *dev = kobj_devs_by_name(&w->devs, o->addr.dev);
	struct ifaddrmsg *ifa = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifa));

	if (!dev)
		return err_set(e, -ENODEV, "no device %s", o->addr.dev);
	if (!dev->ours)
		return err_set(e, verb == KOBJ_DROP ? -ENODEV : -EPERM, "device %s is not ours",
			       o->addr.dev);
	nlh->nlmsg_type = verb == KOBJ_DROP ? RTM_DELADDR : RTM_NEWADDR;
	if (verb == KOBJ_NEW)
		nlh->nlmsg_flags |= NLM_F_CREATE | NLM_F_EXCL;
	ifa->ifa_family = o->addr.addr.family;
	ifa->ifa_prefixlen = o->addr.plen;
	ifa->ifa_index = (uint32_t)dev->ifindex;
	kobj_put_addr(nlh, IFA_LOCAL, &o->addr.addr);
	kobj_put_addr(nlh, IFA_ADDRESS, &o->addr.addr);
	return 0;
}

/* The kernel gives each device a link-local address of its own: nobody configured that. */
static bool is_kernels(const struct addr *a, uint8_t proto)
{
	return proto == IFAPROT_KERNEL_LL && a->family == AF_INET6;
}

static int addr_read(const struct nlmsghdr *nlh, const struct kobj_world *w, struct kobj *o)
{
	const struct kobj_dev *dev;
	struct addr local = {};
	struct ifaddrmsg ifa;
	struct nl_attrs it;
	uint8_t proto = 0;
	struct nl_attr a;
	bool ok = true;
	int more;

	if (!nl_get_header(nlh, &ifa, sizeof(ifa)))
		return -EBADMSG;
	if (nlh->nlmsg_type != RTM_NEWADDR || !kobj_addr_len(ifa.ifa_family))
		return -EAFNOSUPPORT;
	*o = (struct kobj){ .kind = KOBJ_ADDR };
	o->addr.plen = ifa.ifa_prefixlen;
	it = nl_attrs_of(nlh, sizeof(ifa));
	while ((more = nl_attr_next(&it, &a)) == 1) {
		if (a.type == IFA_LOCAL)
			ok &= kobj_get_addr(&a, ifa.ifa_family, &local);
		else if (a.type == IFA_ADDRESS)
			ok &= kobj_get_addr(&a, ifa.ifa_family, &o->addr.addr);
		else if (a.type == IFA_PROTO)
			ok &= nl_attr_get(&a, &proto, sizeof(proto));
	}
	if (more || !ok)
		return -EBADMSG;
	/* With a peer, IFA_ADDRESS is the peer's. IPv6 has IFA_LOCAL only then. */
	if (local.family)
		o->addr.addr = local;
	if (!o->addr.addr.family)
		return -EAFNOSUPPORT;
	dev = kobj_devs_by_index(&w->devs, (int)ifa.ifa_index);
	if (dev)
		memcpy(o->addr.dev, dev->name, sizeof(o->addr.dev));
	return dev && dev->ours && !is_kernels(&o->addr.addr, proto) ? 0 : -ENOENT;
}

const struct kobj_codec kobj_addr_codec = { .write = addr_write, .read = addr_read };
