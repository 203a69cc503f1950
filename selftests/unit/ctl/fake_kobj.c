// SPDX-License-Identifier: Apache-2.0
#include "selftests/unit/ctl/fake_kobj.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

struct fake_kobj fake_kobj;

struct kobj_nl {
	unsigned int	open;
};

struct kobj_nl *kobj_nl_open(struct err *e)
{
	static struct kobj_nl nl;

	if (fake_kobj.open_fails) {
		err_set(e, fake_kobj.open_fails, "no netlink today");
		return NULL;
	}
	nl.open++;
	return &nl;
}

void kobj_nl_close(struct kobj_nl *nl)
{
	if (!nl->open--)
		abort();
}

int kobj_nl_apply(struct kobj_nl *nl, struct kobj_op *op, size_t n, struct err *e)
{
	int failed = 0;
	size_t i;

	if (!nl->open)
		abort();
	for (i = 0; i < n; i++) {
		op[i].tried = true;
		if (op[i].todo != KOBJ_DEL || op[i].was->kind != KOBJ_SA)
			abort();
		if (ntohl(op[i].was->sa.key.spi) == fake_kobj.refused) {
			op[i].err = -EBUSY;
			snprintf(op[i].why, sizeof(op[i].why), "busy");
			failed++;
		} else if (fake_kobj.n < FAKE_KOBJ_MAX) {
			fake_kobj.deleted[fake_kobj.n++] = *op[i].was;
		}
	}
	return failed;
}
