/* SPDX-License-Identifier: Apache-2.0 */
/* Doing what a plan differs by, and taking an object back whole when the kernel refuses a part. */
#ifndef XIPSEC_DAEMON_APPLY_H
#define XIPSEC_DAEMON_APPLY_H

#include "user/kernel/kobj_nl.h"

struct apply_failure {
	char	owner[96];	/* "crypto map lab 10 on eth0" */
	char	why[256];	/* the object, and the kernel's words */
};

struct apply_report {
	struct apply_failure *failure;	/* one for each owner */
	size_t	n;
	size_t	done;		/* operations that were done, and stayed */
};

/*
 * Brings the kernel from `was` to `is`. What belongs to one owner is done whole or
 * not at all: when one of its objects is refused, its others go back to what they were.
 * 0; -ENOMEM; or the sockets do not work, *e.
 */
int apply_difference(struct kobj_nl *nl, const struct kobj_set *was, const struct kobj_set *is,
		     struct apply_report *r, struct err *e);
void apply_report_fini(struct apply_report *r);		/* a zeroed one is fine */

const struct apply_failure *apply_failure_of(const struct apply_report *r, const char *owner);

#endif /* XIPSEC_DAEMON_APPLY_H */
