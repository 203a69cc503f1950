// SPDX-License-Identifier: Apache-2.0
#include "selftests/unit/kernel/kobj_live.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "selftests/unit/kernel/netns.h"

struct live live;

bool live_open(void)
{
	struct err e = {};

	if (!netns_enter())
		return false;
	live.nl = kobj_nl_open(&e);
	if (!live.nl)
		print_message("%s\n", e.text);
	return live.nl;
}

void live_close(void)
{
	kobj_nl_close(live.nl);
	live.nl = NULL;
}

/* The namespace of this thread is the shell's, too. */
void live_sh(const char *command)
{
	if (system(command))
		fail_msg("%s", command);
}

bool live_says(const char *command, const char *text)
{
	char out[4096] = {};
	FILE *f = popen(command, "r");
	size_t n;

	assert_non_null(f);
	n = fread(out, 1, sizeof(out) - 1, f);
	pclose(f);
	return n && strstr(out, text);
}

void live_add(struct kobj_set *s, struct kobj o)
{
	assert_non_null(kobj_set_add(s, &o));
}

void live_dump(struct kobj_set *found)
{
	struct err e = {};

	*found = (struct kobj_set){};
	if (kobj_nl_dump(live.nl, found, &e))
		fail_msg("%s", e.text);
}

static void print_failed(const struct kobj_op *op, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (op[i].err)
			print_message("%d: %s\n", op[i].err, op[i].why);
}

/* From one set to another; how many operations failed. */
int live_change(const struct kobj_set *was, const struct kobj_set *is)
{
	struct kobj_ops ops;
	struct err e = {};
	int failed;
	size_t i;

	assert_int_equal(kobj_diff(was, is, &ops), 0);
	failed = kobj_nl_apply(live.nl, ops.op, ops.n, &e);
	if (failed < 0)
		fail_msg("%s", e.text);
	for (i = 0; i < ops.n; i++)
		assert_true(ops.op[i].tried);
	print_failed(ops.op, ops.n);
	kobj_ops_fini(&ops);
	return failed;
}

/* What the kernel has is what is wanted: nothing has to be done. */
void live_expect_kernel_has(const struct kobj_set *is)
{
	char text[KOBJ_STR_MAX];
	struct kobj_set found;
	struct kobj_ops ops;
	size_t i;

	live_dump(&found);
	assert_int_equal(kobj_diff(&found, is, &ops), 0);
	for (i = 0; i < ops.n; i++)
		print_message("todo %d: %s\n", ops.op[i].todo,
			      kobj_str(ops.op[i].is ? ops.op[i].is : ops.op[i].was, text));
	assert_int_equal(ops.n, 0);
	kobj_ops_fini(&ops);
	kobj_set_fini(&found);
}

void live_become(const struct kobj_set *is)
{
	struct kobj_set found;

	live_dump(&found);
	assert_int_equal(live_change(&found, is), 0);
	kobj_set_fini(&found);
	live_expect_kernel_has(is);
}

/* One operation; its result, and whether `why` says so. */
int live_one(enum kobj_todo todo, const struct kobj *was, const struct kobj *is, const char *why)
{
	struct kobj_op op = { .todo = todo, .was = was, .is = is };
	int failed = kobj_nl_apply(live.nl, &op, 1, NULL);

	assert_true(op.tried);
	assert_int_equal(failed, op.err != 0);
	if (why && !strstr(op.why, why))
		fail_msg("'%s' is not in '%s'", why, op.why);
	if (op.err && !why)
		print_message("%s\n", op.why);
	return op.err;
}
