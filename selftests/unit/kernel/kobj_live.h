/* SPDX-License-Identifier: Apache-2.0 */
/* Objects in the running kernel, in a namespace of the test's own. All of it asserts. */
#ifndef KOBJ_LIVE_H
#define KOBJ_LIVE_H

#include "user/kernel/kobj_nl.h"

extern struct live {
	struct kobj_nl *nl;	/* NULL: not allowed here */
} live;

bool live_open(void);		/* a new namespace */
void live_close(void);

void live_sh(const char *command);	/* in the namespace */
bool live_says(const char *command, const char *text);	/* in what it prints */

void live_add(struct kobj_set *s, struct kobj o);
void live_dump(struct kobj_set *found);

/* From one set to another; how many operations failed. */
int live_change(const struct kobj_set *was, const struct kobj_set *is);

/* What the kernel has is what is wanted: nothing has to be done. */
void live_expect_kernel_has(const struct kobj_set *is);

/* From whatever the kernel has; nothing fails, and live_expect_kernel_has(). */
void live_become(const struct kobj_set *is);

/* One operation; its result. why (may be NULL): what op.why has to say. */
int live_one(enum kobj_todo todo, const struct kobj *was, const struct kobj *is, const char *why);

#endif /* KOBJ_LIVE_H */
