// SPDX-License-Identifier: Apache-2.0
#include "selftests/unit/kernel/kobj_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct kobj_world wire_world;

int wire_setup(void **state)
{
	const struct kobj_dev ours = { .name = "xi-a", .ifindex = 7, .ours = true };
	const struct kobj_dev other = { .name = "eth0", .ifindex = 2 };

	assert_int_equal(kobj_devs_init(&wire_world.devs), 0);
	assert_int_equal(kobj_devs_learn(&wire_world.devs, &ours), 0);
	assert_int_equal(kobj_devs_learn(&wire_world.devs, &other), 0);
	wire_world.sa_dir = true;
	return 0;
}

int wire_teardown(void **state)
{
	kobj_devs_fini(&wire_world.devs);
	return 0;
}

struct nlmsghdr *wire_written(struct image *im, enum kobj_verb verb, const struct kobj *o)
{
	struct nlmsghdr *nlh;
	struct err e = {};

	memset(im, 0, sizeof(*im));
	nlh = mnl_nlmsg_put_header(im->bytes);
	if (kobj_codec(o->kind)->write(nlh, verb, o, &wire_world, &e))
		fail_msg("%s", e.text);
	assert_true(nlh->nlmsg_len <= NL_BATCH_ROOM);
	return nlh;
}

int wire_refused(enum kobj_verb verb, const struct kobj *o)
{
	struct image im = {};

	return kobj_codec(o->kind)->write(mnl_nlmsg_put_header(im.bytes), verb, o, &wire_world, NULL);
}

int wire_heard(const struct nlmsghdr *nlh, enum kobj_kind kind, struct kobj *o)
{
	return kobj_codec(kind)->read(nlh, &wire_world, o);
}

bool wire_attr(const struct nlmsghdr *nlh, size_t header, uint16_t type, struct nl_attr *a)
{
	struct nl_attrs it = nl_attrs_of(nlh, header);

	while (nl_attr_next(&it, a) == 1)
		if (a->type == type)
			return true;
	return false;
}

uint32_t wire_u32(const struct nlmsghdr *nlh, size_t header, uint16_t type)
{
	uint32_t v = 0;
	struct nl_attr a;

	if (!wire_attr(nlh, header, type, &a) || a.len != 4)
		fail_msg("attribute %u", type);
	memcpy(&v, a.data, 4);
	return v;
}

bool wire_has(const struct nlmsghdr *nlh, size_t header, uint16_t type)
{
	struct nl_attr a;

	return wire_attr(nlh, header, type, &a);
}
