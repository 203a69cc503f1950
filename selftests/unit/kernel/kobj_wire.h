/* SPDX-License-Identifier: Apache-2.0 */
/* Objects written to messages and read from them, in a world of two devices. All of it asserts. */
#ifndef KOBJ_WIRE_H
#define KOBJ_WIRE_H

#include "selftests/unit/kernel/image.h"
#include "user/kernel/kobj_msg.h"

extern struct kobj_world wire_world;	/* xi-a is 7 and ours, eth0 is 2; Linux 6.10 */

int wire_setup(void **state);
int wire_teardown(void **state);

struct nlmsghdr *wire_written(struct image *im, enum kobj_verb verb, const struct kobj *o);
int wire_refused(enum kobj_verb verb, const struct kobj *o);	/* the error */
int wire_heard(const struct nlmsghdr *nlh, enum kobj_kind kind, struct kobj *o);

/* Attributes behind a header of so many bytes. */
bool wire_attr(const struct nlmsghdr *nlh, size_t header, uint16_t type, struct nl_attr *a);
uint32_t wire_u32(const struct nlmsghdr *nlh, size_t header, uint16_t type);
bool wire_has(const struct nlmsghdr *nlh, size_t header, uint16_t type);

#endif /* KOBJ_WIRE_H */
