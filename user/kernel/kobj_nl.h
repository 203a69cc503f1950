/* SPDX-License-Identifier: Apache-2.0 */
/* Objects of ours (kobj.h) in the kernel: which there are, and doing what has to be done. */
#ifndef XIPSEC_KERNEL_KOBJ_NL_H
#define XIPSEC_KERNEL_KOBJ_NL_H

#include "user/kernel/kobj.h"

struct kobj_nl;		/* two sockets: NETLINK_ROUTE, NETLINK_XFRM */

struct kobj_nl *kobj_nl_open(struct err *e);
void kobj_nl_close(struct kobj_nl *nl);		/* NULL is fine */

/* All that carries our marks, into *found (zeroed before). Keys of SAs are in it. */
int kobj_nl_dump(struct kobj_nl *nl, struct kobj_set *found, struct err *e);

/*
 * Does them in order, many in one message to the kernel where they are of one
 * kind. An operation that fails has its err and why; the others are done.
 * Returns how many failed, or a negative errno: the sockets do not work (*e).
 *
 * Adding what is there already, and taking away what is gone, is success.
 */
int kobj_nl_apply(struct kobj_nl *nl, struct kobj_op *op, size_t n, struct err *e);

#endif /* XIPSEC_KERNEL_KOBJ_NL_H */
