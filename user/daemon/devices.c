// SPDX-License-Identifier: Apache-2.0
#include "user/daemon/devices.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define DEVICES_MAX	65536

struct pile {
	struct plan_dev	*dev;
	struct link_addr *addr;
	size_t		ndevs, dev_room, naddrs, addr_room;
	uint64_t	up;		/* part of the digest */
	bool		failed;
};

static uint64_t mix(uint64_t h, const void *data, size_t len)
{
	const unsigned char *p = data;

	while (len--)
		h = (h ^ *p++) * 1099511628211ULL;	/* FNV-1a */
	return h;
}

static bool is_ours(const char *name)
{
	return !strncmp(name, "xi-", 3);
}

/* Room for one more of `size` bytes; false: none. */
static bool grow(struct pile *p, void **list, size_t n, size_t *room, size_t size)
{
	void *more;

	if (n < *room)
		return true;
	more = n < DEVICES_MAX ? reallocarray(*list, 2 * *room + 16, size) : NULL;
	if (!more) {
		p->failed = true;
		return false;
	}
	*list = more;
	*room = 2 * *room + 16;
	return true;
}

static void on_link(void *ctx, const struct link_info *l)
{
	struct pile *p = ctx;
	struct plan_dev *d;

	if (!grow(p, (void **)&p->dev, p->ndevs, &p->dev_room, sizeof(*p->dev)))
		return;
	d = &p->dev[p->ndevs++];
	*d = (struct plan_dev){ .ifindex = l->ifindex, .mtu = l->mtu };
	memcpy(d->name, l->name, sizeof(d->name));
	/* In whatever order they come; next hops are refused until it is up. */
	if (l->up && !is_ours(l->name))
		p->up += mix(14695981039346656037ULL, &l->ifindex, sizeof(l->ifindex));
}

static void on_addr(void *ctx, const struct link_addr *a)
{
	struct pile *p = ctx;

	if (grow(p, (void **)&p->addr, p->naddrs, &p->addr_room, sizeof(*p->addr)))
		p->addr[p->naddrs++] = *a;
}

/* By device, then by address: the same machine gives the same list. */
static int compare_addr(const void *x, const void *y)
{
	const struct link_addr *a = x, *b = y;

	if (a->ifindex != b->ifindex)
		return a->ifindex < b->ifindex ? -1 : 1;
	if (a->addr.family != b->addr.family)
		return a->addr.family < b->addr.family ? -1 : 1;
	return memcmp(a->addr.b, b->addr.b, sizeof(a->addr.b));
}

static int compare_dev(const void *x, const void *y)
{
	const struct plan_dev *a = x, *b = y;

	return (a->ifindex > b->ifindex) - (a->ifindex < b->ifindex);
}

static uint64_t digest(const struct pile *p)
{
	uint64_t h = mix(14695981039346656037ULL, &p->up, sizeof(p->up));
	size_t i;
	unsigned int n;

	for (i = 0; i < p->ndevs; i++) {
		const struct plan_dev *d = &p->dev[i];

		if (is_ours(d->name))
			continue;
		h = mix(h, d->name, strlen(d->name) + 1);
		h = mix(h, &d->ifindex, sizeof(d->ifindex));
		h = mix(h, &d->mtu, sizeof(d->mtu));
		for (n = 0; n < d->naddrs; n++) {
			h = mix(h, &d->addr[n].family, sizeof(d->addr[n].family));
			h = mix(h, d->addr[n].b, sizeof(d->addr[n].b));
			h = mix(h, &d->plen[n], sizeof(d->plen[n]));
		}
	}
	return h;
}

static int assign(struct pile *p, struct devices *d)
{
	size_t i, at = 0;

	d->addr = calloc(p->naddrs + 1, sizeof(*d->addr));
	d->plen = calloc(p->naddrs + 1, sizeof(*d->plen));
	if (!d->addr || !d->plen)
		return -ENOMEM;
	qsort(p->dev, p->ndevs, sizeof(*p->dev), compare_dev);
	qsort(p->addr, p->naddrs, sizeof(*p->addr), compare_addr);
	for (i = 0; i < p->ndevs; i++) {
		p->dev[i].addr = &d->addr[d->naddrs];
		p->dev[i].plen = &d->plen[d->naddrs];
		while (at < p->naddrs && p->addr[at].ifindex < p->dev[i].ifindex)
			at++;
		for (; at < p->naddrs && p->addr[at].ifindex == p->dev[i].ifindex; at++) {
			d->addr[d->naddrs] = p->addr[at].addr;
			d->plen[d->naddrs++] = p->addr[at].plen;
			p->dev[i].naddrs++;
		}
	}
	d->digest = digest(p);
	d->dev = p->dev;
	d->ndevs = p->ndevs;
	p->dev = NULL;
	return 0;
}

int devices_read(const struct link_nl *nl, struct devices *d, struct err *e)
{
	struct pile p = {};
	struct link_nl_events ev = { .link = on_link, .addr = on_addr, .ctx = &p };
	int ret = 0;

	*d = (struct devices){};
	link_nl_each(nl, &ev);
	if (p.failed || assign(&p, d))
		ret = err_set(e, -ENOMEM, "no room for %zu devices", p.ndevs);
	free(p.dev);
	free(p.addr);
	return ret;
}

void devices_fini(struct devices *d)
{
	free(d->dev);
	free(d->addr);
	free(d->plen);
	*d = (struct devices){};
}
