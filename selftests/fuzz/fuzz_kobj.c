// SPDX-License-Identifier: Apache-2.0
/*
 * What the kernel tells of devices, addresses, SAs, policies, routes and rules,
 * from any bytes at all. The input is one netlink message; its length field is set
 * to what there is, and every reader sees it. What a reader takes for ours, the
 * writer can say again, and the reader then hears the same.
 */
#include <stdlib.h>

#include "user/kernel/kobj.c"
#include "user/kernel/kobj_addr.c"
#include "user/kernel/kobj_link.c"
#include "user/kernel/kobj_msg.c"
#include "user/kernel/kobj_policy.c"
#include "user/kernel/kobj_route.c"
#include "user/kernel/kobj_rule.c"
#include "user/kernel/kobj_sa.c"
#include "user/kernel/nl.c"
#include "user/kernel/xfrm_msg.c"
#include "user/lib/addr.c"
#include "user/lib/env.c"
#include "user/lib/err.c"
#include "user/lib/hash.c"
#include "user/lib/secret.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(x)	do { if (!(x)) abort(); } while (0)

static struct kobj_world *world_of_two(void)
{
	const struct kobj_dev ours = { .name = "xi-a", .ifindex = 7, .ours = true };
	const struct kobj_dev other = { .name = "eth0", .ifindex = 2 };
	static struct kobj_world w;

	if (w.devs.by_name.nbucket)
		return &w;
	CHECK(!kobj_devs_init(&w.devs));
	CHECK(!kobj_devs_learn(&w.devs, &ours) && !kobj_devs_learn(&w.devs, &other));
	w.sa_dir = true;
	return &w;
}

static void check_names(const struct kobj *o)
{
	if (o->kind == KOBJ_LINK)
		CHECK(memchr(o->link.name, 0, sizeof(o->link.name)) &&
		      memchr(o->link.alias, 0, sizeof(o->link.alias)));
	if (o->kind == KOBJ_SA)
		CHECK(memchr(o->sa.enc, 0, sizeof(o->sa.enc)) &&
		      memchr(o->sa.auth, 0, sizeof(o->sa.auth)) &&
		      memchr(o->sa.aead, 0, sizeof(o->sa.aead)) &&
		      o->sa.enc_key.len <= SECRET_MAX && o->sa.auth_key.len <= SECRET_MAX &&
		      o->sa.aead_key.len <= SECRET_MAX);
	if (o->kind == KOBJ_POLICY)
		CHECK(o->policy.ntmpl <= KOBJ_TMPL_MAX);
}

/* A link is made in two messages, an SA said with less than the kernel may tell. */
static void say_again(const struct kobj *o, const struct kobj_world *w)
{
	_Alignas(8) uint8_t buf[NL_BATCH_ROOM] = {};
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	const struct kobj_codec *c = kobj_codec(o->kind);
	struct kobj again;

	if (c->write(nlh, KOBJ_NEW, o, w, NULL))
		return;
	CHECK(nlh->nlmsg_len <= sizeof(buf));
	if (o->kind == KOBJ_LINK || o->kind == KOBJ_SA)
		return;
	CHECK(c->read(nlh, w, &again) == 0);
	CHECK(kobj_equal(o, &again));
	CHECK(kobj_key_hash(o) == kobj_key_hash(&again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct kobj_world *w = world_of_two();
	struct xi_sa_key key = { .family = AF_INET };
	char text[KOBJ_STR_MAX];
	struct nlmsghdr *nlh;
	struct sa_replay at;
	struct kobj o;
	int kind, ret;

	if (size < sizeof(*nlh) || size > 65536)
		return 0;
	nlh = malloc(size);
	memcpy(nlh, data, size);
	nlh->nlmsg_len = (uint32_t)size;
	for (kind = 0; kind < KOBJ_KINDS; kind++) {
		ret = kobj_codec((enum kobj_kind)kind)->read(nlh, w, &o);
		CHECK(ret == 0 || ret == -ENOENT || ret == -EAFNOSUPPORT || ret == -EBADMSG);
		if (ret && ret != -ENOENT)
			continue;
		CHECK((int)o.kind == kind);
		check_names(&o);
		CHECK(strlen(kobj_str(&o, text)) < sizeof(text));
		if (kind == KOBJ_SA)
			key = o.sa.key;
		if (!ret)
			say_again(&o, w);
	}
	if (kobj_sa_read_replay(nlh, &key, &at))
		CHECK(at.words <= SA_REPLAY_WORDS);
	free(nlh);
	return 0;
}
