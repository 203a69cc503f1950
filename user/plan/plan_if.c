// SPDX-License-Identifier: Apache-2.0
/* Interfaces: their devices and addresses (R-CFG-8, R-CFG-9); Loopbacks, which are ours. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/config/net.h"
#include "user/plan/plan_priv.h"
#include "user/plan/prefix.h"

#define MTU_USUAL	1500

/* Number of an interface that we make; false: another one, or it has slots. */
static bool own_number(const char *name, const char *type, unsigned long *number)
{
	size_t len = strlen(type);

	if (strncmp(name, type, len) || !isdigit((unsigned char)name[len]) ||
	    name[len + strspn(name + len, "0123456789")])
		return false;
	*number = strtoul(name + len, NULL, 10);
	return true;
}

static int compare_dev(const void *x, const void *y)
{
	return strcmp((*(const struct plan_dev *const *)x)->name,
		      (*(const struct plan_dev *const *)y)->name);
}

/* There may be a device for each of ten thousand entries. */
static void sort_devices(struct planner *p)
{
	size_t i;

	p->dev = calloc(p->env->ndevs + 1, sizeof(*p->dev));
	if (!p->dev) {
		plan_fail(p, -ENOMEM, NULL);
		return;
	}
	for (i = 0; i < p->env->ndevs; i++)
		p->dev[i] = &p->env->dev[i];
	qsort(p->dev, p->env->ndevs, sizeof(*p->dev), compare_dev);
}

const struct plan_dev *dev_find(const struct planner *p, const char *name)
{
	struct plan_dev like = {};
	const struct plan_dev *key = &like, **hit;

	snprintf(like.name, sizeof(like.name), "%s", name);
	hit = p->dev ? bsearch(&key, p->dev, p->env->ndevs, sizeof(*p->dev), compare_dev) : NULL;
	return hit ? *hit : NULL;
}

static void iface_init(const struct planner *p, struct plan_iface *i, const struct node *n)
{
	const char *dev;
	unsigned long number;

	i->node = n;
	i->name = node_name(n);
	if (!strncmp(i->name, "Tunnel", 6) || !strncmp(i->name, "Loopback", 8)) {
		i->ours = true;
		if (own_number(i->name, "Tunnel", &number) && number <= 0xffffff)
			snprintf(i->dev, sizeof(i->dev), "xi-tun%u", (unsigned int)number);
		else if (own_number(i->name, "Loopback", &number) && number <= UINT32_MAX)
			snprintf(i->dev, sizeof(i->dev), "xi-lo%u", (unsigned int)number);
		return;
	}
	dev = p->env->device(p->env->ctx, i->name);
	i->is = dev ? dev_find(p, dev) : NULL;
	if (i->is)
		memcpy(i->dev, i->is->name, sizeof(i->dev));
}

const struct plan_iface *iface_find(const struct planner *p, const char *name)
{
	size_t i;

	for (i = 0; i < p->nifaces; i++)
		if (!strcmp(p->iface[i].name, name))
			return &p->iface[i];
	return NULL;
}

/* Without a line of its own a device of the machine can be named too. */
const char *iface_device(const struct planner *p, const char *name)
{
	const struct plan_iface *i = iface_find(p, name);
	const struct plan_dev *d;
	const char *dev;

	if (i && i->ours) {
		struct kobj o = { .kind = KOBJ_LINK };

		memcpy(o.link.name, i->dev, sizeof(o.link.name));
		return kobj_set_find(&p->plan->objects, &o) ? i->dev : "";
	}
	if (i)
		return i->dev;
	dev = p->env->device(p->env->ctx, name);
	d = dev ? dev_find(p, dev) : NULL;
	return d ? d->name : "";
}

bool iface_configured(const struct plan_iface *i, unsigned int n, struct addr *a, uint8_t *plen)
{
	const struct node *c;
	unsigned int pass;

	for (pass = 0; i->node && pass < 3; pass++) {
		for_each_child(c, i->node) {
			if (pass == 2 ? !node_is(c, "ipv6 address") :
			    !node_is(c, "ip address") || node_has(c, "secondary") != (pass == 1))
				continue;
			if (n--)
				continue;
			if (pass == 2)
				return arg_prefix(node_arg(c, "address"), a, plen);
			*plen = (uint8_t)net_bits(net_v4(node_arg(c, "mask")));
			return addr_parse(node_arg(c, "address"), a);
		}
	}
	return false;
}

bool iface_address(const struct planner *p, const struct plan_iface *i, uint8_t family,
		   struct addr *a)
{
	unsigned int n;
	uint8_t plen;

	for (n = 0; iface_configured(i, n, a, &plen); n++)
		if (a->family == family)
			return true;
	for (n = 0; i->is && n < i->is->naddrs; n++) {
		*a = i->is->addr[n];
		/* fe80::/10 is of no use as the end of a tunnel. */
		if (a->family == family && !(family == AF_INET6 && a->b[0] == 0xfe &&
					     (a->b[1] & 0xc0) == 0x80))
			return true;
	}
	return false;
}

const char *dev_of_address(const struct planner *p, const struct addr *a)
{
	struct addr own;
	unsigned int n;
	uint8_t plen;
	size_t i;

	for (i = 0; i < p->env->ndevs; i++)
		for (n = 0; n < p->env->dev[i].naddrs; n++)
			if (addr_equal(&p->env->dev[i].addr[n], a))
				return p->env->dev[i].name;
	for (i = 0; i < p->nifaces; i++)
		for (n = 0; iface_configured(&p->iface[i], n, &own, &plen); n++)
			if (addr_equal(&own, a))
				return p->iface[i].dev;
	return "";
}

uint32_t iface_mtu(const struct planner *p, const char *dev)
{
	const struct plan_dev *d = dev_find(p, dev);
	uint32_t mtu = d && d->mtu ? d->mtu : MTU_USUAL, set;
	const struct node *c;
	size_t i;

	for (i = 0; i < p->nifaces; i++) {
		if (strcmp(p->iface[i].dev, dev))
			continue;
		c = check_child(p->iface[i].node, "ip mtu");
		set = c ? node_num(c, "mtu", mtu) : mtu;
		mtu = set < mtu ? set : mtu;
	}
	return mtu;
}

void iface_add_addresses(struct planner *p, const struct plan_item *item,
			 const struct plan_iface *i)
{
	struct kobj o = { .kind = KOBJ_ADDR };
	unsigned int n;

	memcpy(o.addr.dev, i->dev, sizeof(o.addr.dev));
	for (n = 0; iface_configured(i, n, &o.addr.addr, &o.addr.plen); n++)
		plan_add(p, item, &o);
}

static void loopback_build(struct planner *p, const struct plan_iface *i)
{
	struct plan_item *item = plan_item_new(p, PLAN_LOOPBACK, i->node);
	const struct node *mtu = check_child(i->node, "ip mtu");
	struct kobj o = { .kind = KOBJ_LINK, .link = { .type = KOBJ_LINK_DUMMY } };

	if (!item)
		return;
	item->interface = i->node;
	snprintf(item->owner, sizeof(item->owner), "interface %s", i->name);
	if (!*i->dev)
		plan_inactive(item, "the number is not one of a loopback interface");
	if (!plan_usable(item, i->node))
		return;
	memcpy(item->dev, i->dev, sizeof(item->dev));
	memcpy(o.link.name, i->dev, sizeof(o.link.name));
	snprintf(o.link.alias, sizeof(o.link.alias), "%s", i->name);
	item->mtu = o.link.mtu = mtu ? node_num(mtu, "mtu", 0) : 0;
	o.link.up = !check_child(i->node, "shutdown");
	plan_add(p, item, &o);
	iface_add_addresses(p, item, i);
}

void ifaces_build(struct planner *p)
{
	size_t i;

	for (i = 0; i < p->nindex; i++)
		p->nifaces += p->index[i].kind == O_IF;
	p->iface = calloc(p->nifaces + 1, sizeof(*p->iface));
	if (!p->iface) {
		p->nifaces = 0;
		plan_fail(p, -ENOMEM, NULL);
		return;
	}
	sort_devices(p);
	p->nifaces = 0;
	for (i = 0; i < p->nindex; i++)
		if (p->index[i].kind == O_IF)
			iface_init(p, &p->iface[p->nifaces++], p->index[i].node);
	for (i = 0; i < p->nifaces; i++)
		if (p->iface[i].ours && !strncmp(p->iface[i].name, "Loopback", 8))
			loopback_build(p, &p->iface[i]);
}
