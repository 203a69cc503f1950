// SPDX-License-Identifier: Apache-2.0
/* One owner's objects are done whole or not at all, on a kernel that refuses what we say. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "user/daemon/apply.c"
#include "user/kernel/kobj_msg.h"

/* The kernel: names of dummy devices, and one name that it does not take. */
static struct kobj_set kernel;
static const char *refused;
static size_t asked;

int kobj_nl_apply(struct kobj_nl *nl, struct kobj_op *op, size_t n, struct err *e)
{
	int failed = 0;
	size_t i;

	(void)nl;
	(void)e;
	asked++;
	for (i = 0; i < n; i++) {
		const struct kobj *o = op[i].is ? op[i].is : op[i].was;
		struct kobj *there = kobj_set_find(&kernel, o);

		op[i].tried = true;
		if (op[i].todo != KOBJ_DEL && refused && !strcmp(o->link.name, refused) &&
		    o->link.mtu != 1000) {
			op[i].err = -EOPNOTSUPP;
			kobj_why(o, op[i].err, "Operation not supported", op[i].why,
				 sizeof(op[i].why));
			failed++;
			continue;
		}
		if (there)
			kobj_set_del(&kernel, there);
		if (op[i].todo != KOBJ_DEL)
			assert_non_null(kobj_set_add(&kernel, op[i].is));
	}
	return failed;
}

static void add(struct kobj_set *s, const char *owner, const char *name, uint32_t mtu)
{
	struct kobj o = { .kind = KOBJ_LINK, .owner = owner,
			  .link = { .type = KOBJ_LINK_DUMMY, .mtu = mtu } };

	snprintf(o.link.name, sizeof(o.link.name), "%s", name);
	assert_non_null(kobj_set_add(s, &o));
}

static uint32_t mtu_of(const char *name)
{
	struct kobj o = { .kind = KOBJ_LINK };
	const struct kobj *there;

	snprintf(o.link.name, sizeof(o.link.name), "%s", name);
	there = kobj_set_find(&kernel, &o);
	return there ? there->link.mtu : 0;
}

static void begin(void)
{
	kobj_set_fini(&kernel);
	kernel = (struct kobj_set){};
	refused = NULL;
	asked = 0;
}

static void test_all_is_done(void **state)
{
	struct kobj_set was = {}, is = {};
	struct apply_report r;
	struct err e = {};

	(void)state;
	begin();
	add(&kernel, NULL, "xi-old", 1000);
	add(&was, "old", "xi-old", 1000);
	add(&is, "a", "xi-a", 1001);
	add(&is, "b", "xi-b", 1002);
	assert_int_equal(apply_difference(NULL, &was, &is, &r, &e), 0);
	assert_int_equal(r.n, 0);
	assert_int_equal(r.done, 3);
	assert_int_equal(mtu_of("xi-a"), 1001);
	assert_int_equal(mtu_of("xi-b"), 1002);
	assert_int_equal(mtu_of("xi-old"), 0);
	apply_report_fini(&r);
	/* Nothing to do asks nobody. */
	asked = 0;
	assert_int_equal(apply_difference(NULL, &is, &is, &r, &e), 0);
	assert_int_equal(asked, 0);
	kobj_set_fini(&was);
	kobj_set_fini(&is);
}

static void test_a_refusal_takes_its_owner_back(void **state)
{
	struct kobj_set was = {}, is = {};
	struct apply_report r;
	struct err e = {};

	(void)state;
	begin();
	/* Owner "a" had a device, changes it, gets one more, and one that is refused. */
	add(&kernel, NULL, "xi-a", 1000);
	add(&was, "a", "xi-a", 1000);
	add(&is, "a", "xi-a", 1400);
	add(&is, "a", "xi-a2", 1400);
	add(&is, "a", "xi-bad", 1400);
	add(&is, "b", "xi-b", 1002);
	refused = "xi-bad";
	assert_int_equal(apply_difference(NULL, &was, &is, &r, &e), 0);
	assert_int_equal(r.n, 1);
	assert_string_equal(r.failure[0].owner, "a");
	assert_string_equal(r.failure[0].why,
			    "device xi-bad (dummy): Operation not supported: it needs module dummy "
			    "(CONFIG_DUMMY)");
	assert_int_equal(mtu_of("xi-a"), 1000);
	assert_int_equal(mtu_of("xi-a2"), 0);
	assert_int_equal(mtu_of("xi-bad"), 0);
	assert_int_equal(mtu_of("xi-b"), 1002);
	assert_int_equal(r.done, 1);
	assert_null(apply_failure_of(&r, "b"));
	apply_report_fini(&r);
	kobj_set_fini(&was);
	kobj_set_fini(&is);
}

/* A change may be a deletion and an addition, of which the second failed. */
static void test_a_refused_change_is_taken_back(void **state)
{
	struct kobj_set was = {}, is = {};
	struct apply_report r;
	struct err e = {};

	(void)state;
	begin();
	add(&was, "a", "xi-bad", 1000);	/* the kernel has lost it meanwhile */
	add(&is, "a", "xi-bad", 1400);
	refused = "xi-bad";
	assert_int_equal(apply_difference(NULL, &was, &is, &r, &e), 0);
	assert_int_equal(r.n, 1);
	assert_int_equal(mtu_of("xi-bad"), 1000);
	apply_report_fini(&r);
	kobj_set_fini(&was);
	kobj_set_fini(&is);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_is_done),
		cmocka_unit_test(test_a_refusal_takes_its_owner_back),
		cmocka_unit_test(test_a_refused_change_is_taken_back),
	};
	int ret;

	log_open("test", LOG_TO_STDERR, SEV_EMERG, &env_system);
	ret = cmocka_run_group_tests(tests, NULL, NULL);
	kobj_set_fini(&kernel);
	return ret;
}
