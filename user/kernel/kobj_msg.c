// SPDX-License-Identifier: Apache-2.0
/* What the messages of all kinds share. */
#include "user/kernel/kobj_msg.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

/* More devices than any kernel survives. */
#define DEVS_MAX	(1024 * 1024)

struct by_index {
	int	ifindex;	/* key */
	struct kobj_dev *dev;
};

int kobj_devs_init(struct kobj_devs *d)
{
	int err = hash_init(&d->by_name, IF_NAMESIZE, sizeof(struct kobj_dev), DEVS_MAX,
			    &env_system);

	if (!err)
		err = hash_init(&d->by_index, sizeof(int), sizeof(struct by_index), DEVS_MAX,
				&env_system);
	return err;
}

void kobj_devs_fini(struct kobj_devs *d)
{
	hash_fini(&d->by_name);
	hash_fini(&d->by_index);
}

int kobj_devs_clear(struct kobj_devs *d)
{
	kobj_devs_fini(d);
	return kobj_devs_init(d);
}

static void forget(struct kobj_devs *d, struct kobj_dev *dev)
{
	struct by_index *at = hash_find(&d->by_index, &dev->ifindex);

	if (at)
		hash_del(&d->by_index, at);
	hash_del(&d->by_name, dev);
}

int kobj_devs_learn(struct kobj_devs *d, const struct kobj_dev *dev)
{
	struct by_index *at = hash_find(&d->by_index, &dev->ifindex);
	struct kobj_dev *known = hash_find(&d->by_name, dev->name);

	/* Renamed, or made anew under its name. */
	if (known && (!at || at->dev != known)) {
		forget(d, known);
		known = NULL;
	}
	if (at && at->dev != known) {
		forget(d, at->dev);
		at = NULL;
	}
	if (!known)
		known = hash_add(&d->by_name, dev->name);
	if (!known)
		return -ENOMEM;
	*known = *dev;
	if (!at)
		at = hash_add(&d->by_index, &dev->ifindex);
	if (!at) {
		hash_del(&d->by_name, known);
		return -ENOMEM;
	}
	at->dev = known;
	return 0;
}

const struct kobj_dev *kobj_devs_by_name(const struct kobj_devs *d, const char *name)
{
	char key[IF_NAMESIZE] = {};

	memcpy(key, name, strnlen(name, IF_NAMESIZE - 1));
	return hash_find(&d->by_name, key);
}

const struct kobj_dev *kobj_devs_by_index(const struct kobj_devs *d, int ifindex)
{
	const struct by_index *at = hash_find(&d->by_index, &ifindex);

	return at ? at->dev : NULL;
}

size_t kobj_addr_len(uint8_t family)
{
	return family == AF_INET ? 4 : family == AF_INET6 ? 16 : 0;
}

void kobj_put_addr(struct nlmsghdr *nlh, uint16_t type, const struct addr *a)
{
	mnl_attr_put(nlh, type, kobj_addr_len(a->family), a->b);
}

bool kobj_get_addr(const struct nl_attr *a, uint8_t family, struct addr *to)
{
	if (a->len < kobj_addr_len(family))
		return false;
	*to = addr_make(family, a->data);
	return true;
}

bool kobj_get_text(const struct nl_attr *a, char *to, size_t size)
{
	size_t len = strnlen((const char *)a->data, a->len);

	if (len == a->len)
		return false;
	if (len >= size)
		len = size - 1;
	memset(to, 0, size);
	memcpy(to, a->data, len);
	return true;
}

const struct kobj_codec *kobj_codec(enum kobj_kind kind)
{
	static const struct kobj_codec *const codecs[KOBJ_KINDS] = {
		[KOBJ_LINK] = &kobj_link_codec,
		[KOBJ_ADDR] = &kobj_addr_codec,
		[KOBJ_SA] = &kobj_sa_codec,
		[KOBJ_POLICY] = &kobj_policy_codec,
		[KOBJ_ROUTE] = &kobj_route_codec,
		[KOBJ_RULE] = &kobj_rule_codec,
	};

	return codecs[kind];
}
