/* SPDX-License-Identifier: Apache-2.0 */
/* A configuration planned on a machine of the test's, and the objects as text. */
#ifndef XIPSEC_UNIT_PLAN_PLANNER_H
#define XIPSEC_UNIT_PLAN_PLANNER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "user/config/load.h"
#include "user/plan/plan.h"

/*
 * eth0 (2, MTU 1500, 198.51.100.1/24, 2001:db8:a::1/64), which is also
 * GigabitEthernet0/0; eth1 (3, 192.0.2.1/24); eth2 (4, MTU 9000, 203.0.113.1/24);
 * and xi-tun9 (10.91.0.1/24), left by the configuration before.
 */
struct planned {
	struct tree	t;
	struct diags	d;
	struct load	l;
	struct plan	plan;
	struct err	err;
	int		ret;
	const struct sa_info *sa;	/* what outbound_sa() answers; before plan_again() */
};

void plan_text(struct planned *p, const char *text);
void plan_again(struct planned *p);
void planned_fini(struct planned *p);

/* Objects whose text begins with `begin`, a line each, as they were added; to be freed. */
char *plan_objects(const struct planned *p, const char *begin);
void expect_objects(const struct planned *p, const char *begin, const char *want);

/* A line of an object: kobj_str() and what it leaves out. */
#define OBJECT_TEXT_MAX	640
const char *object_text(const struct kobj *o, char buf[static OBJECT_TEXT_MAX]);

const struct plan_item *plan_item_of(const struct planned *p, const char *owner);
/* Inactive with a reason that has `why` in it; NULL: in use. */
void expect_item(const struct planned *p, const char *owner, const char *why);

#endif /* XIPSEC_UNIT_PLAN_PLANNER_H */
