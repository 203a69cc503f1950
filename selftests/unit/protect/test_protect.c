// SPDX-License-Identifier: Apache-2.0
/*
 * protect_set() against xi_outer's search (bpf/lib/flow.h), over maps in memory:
 * at each step of the writer a reader sees the old flows or the new ones, whole;
 * a reader that is held up while lists change never drops what none of them
 * protects; whatever fails, the old flows stay in use (R-CMAP-6).
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <cmocka.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/if_link.h>

enum { FD_SET = 100, FD_GROUP, FD_FLOW };

static int mem_lookup(int fd, const void *key, void *value);
static int mem_update(int fd, const void *key, const void *value);
static int mem_delete(int fd, const void *key);
static int mem_next(int fd, const void *key, void *next);
static int mem_update_batch(int fd, const void *keys, const void *values, __u32 *n);
static int mem_delete_batch(int fd, const void *keys, __u32 *n);
static int mem_query(int ifindex, struct bpf_xdp_query_opts *o);

#define bpf_map_lookup_elem(fd, key, value)		mem_lookup(fd, key, value)
#define bpf_map_update_elem(fd, key, value, flags)	mem_update(fd, key, value)
#define bpf_map_delete_elem(fd, key)			mem_delete(fd, key)
#define bpf_map_get_next_key(fd, key, next)		mem_next(fd, key, next)
#define bpf_map_update_batch(fd, keys, values, n, opts)	((void)(opts), mem_update_batch(fd, keys, values, n))
#define bpf_map_delete_batch(fd, keys, n, opts)		((void)(opts), mem_delete_batch(fd, keys, n))
#define bpf_xdp_query(ifindex, flags, opts)		mem_query(ifindex, opts)
#include "user/dataplane/protect.c"

#include "flow_reader.h"
#include "user/plan/prefix.h"

#define IFINDEX	3
#define ROUNDS	40
#define PACKETS	24

/* --- maps in memory -------------------------------------------------------------------------- */

static struct xi_flow_set the_set;
static struct xi_flow_group the_groups[2 * XI_FLOW_GROUPS];
static struct element {
	struct xi_flow_key key;
	struct xi_flow	flow;
} *elements;
static size_t nelements;

static bool no_batches;
static int calls, fail_at;		/* the fail_at-th call fails; 0: none */
static void (*each_step)(void);		/* after each change of a map */

static struct bpf_maps maps(void)
{
	struct bpf_maps m = BPF_MAPS_NONE;

	m.flow_set = FD_SET;
	m.flow_group = FD_GROUP;
	m.flow = FD_FLOW;
	return m;
}

static bool fails(void)
{
	errno = ENOMEM;
	return ++calls == fail_at;
}

static void step(void)
{
	if (each_step)
		each_step();
}

#define MODE(n)	(50 + (n))	/* ifindex with that attach mode */

static int mem_query(int ifindex, struct bpf_xdp_query_opts *o)
{
	o->attach_mode = ifindex >= 50 && ifindex < 60 ? ifindex - 50 : XDP_ATTACHED_NONE;
	return ifindex == IFINDEX ? -ENODEV : 0;
}

static struct element *element_find(const struct xi_flow_key *key)
{
	size_t i;

	for (i = 0; i < nelements; i++)
		if (!memcmp(&elements[i].key, key, sizeof(*key)))
			return &elements[i];
	errno = ENOENT;
	return NULL;
}

static void flow_put(const struct xi_flow_key *key, const struct xi_flow *flow)
{
	struct element *el = element_find(key);

	assert_true(key->half < 2 && key->group < XI_FLOW_GROUPS && !key->pad);
	if (!el) {
		elements = realloc(elements, (nelements + 1) * sizeof(*elements));
		assert_non_null(elements);
		el = &elements[nelements++];
		el->key = *key;
	}
	el->flow = *flow;
	step();
}

static int flow_take(const struct xi_flow_key *key)
{
	struct element *el = element_find(key);

	if (!el)
		return -1;
	*el = elements[--nelements];
	step();
	return 0;
}

static int mem_lookup(int fd, const void *key, void *value)
{
	assert_int_equal(fd, FD_SET);
	assert_int_equal(*(const __u32 *)key, 0);
	if (fails())
		return -1;
	memcpy(value, &the_set, sizeof(the_set));
	return 0;
}

static int mem_update(int fd, const void *key, const void *value)
{
	__u32 index = *(const __u32 *)key;

	if (fails())
		return -1;
	if (fd == FD_FLOW) {
		flow_put(key, value);
		return 0;
	}
	if (fd == FD_SET) {
		assert_int_equal(index, 0);
		memcpy(&the_set, value, sizeof(the_set));
	} else {
		assert_in_range(index, 0, 2 * XI_FLOW_GROUPS - 1);
		memcpy(&the_groups[index], value, sizeof(the_groups[0]));
	}
	step();
	return 0;
}

static int mem_delete(int fd, const void *key)
{
	assert_int_equal(fd, FD_FLOW);
	return fails() ? -1 : flow_take(key);
}

static int mem_next(int fd, const void *key, void *next)
{
	struct element *el = key ? element_find(key) : NULL;
	size_t i = el ? (size_t)(el - elements) + 1 : 0;

	assert_int_equal(fd, FD_FLOW);
	if (fails())
		return -1;
	errno = ENOENT;
	if (i >= nelements)
		return -1;
	memcpy(next, &elements[i].key, sizeof(elements[i].key));
	return 0;
}

static int mem_update_batch(int fd, const void *keys, const void *values, __u32 *n)
{
	__u32 i;

	assert_int_equal(fd, FD_FLOW);
	if (no_batches || fails()) {
		errno = 524;	/* ENOTSUPP */
		*n = 0;
		return -1;
	}
	for (i = 0; i < *n; i++)
		flow_put((const struct xi_flow_key *)keys + i, (const struct xi_flow *)values + i);
	return 0;
}

static int mem_delete_batch(int fd, const void *keys, __u32 *n)
{
	__u32 i;

	assert_int_equal(fd, FD_FLOW);
	if (no_batches || fails()) {
		errno = 524;
		*n = 0;
		return -1;
	}
	for (i = 0; i < *n; i++)
		assert_int_equal(flow_take((const struct xi_flow_key *)keys + i), 0);
	return 0;
}

/* The longest prefix, looked for one by one. */
static struct xi_flow *flow_match(const struct xi_flow_key *key)
{
	struct element *best = NULL;
	size_t i;

	for (i = 0; i < nelements; i++) {
		struct element *el = &elements[i];
		struct addr net = { 0 }, a = { 0 };

		memcpy(net.b, el->key.addr, 16);
		memcpy(a.b, key->addr, 16);
		if (el->key.half == key->half && el->key.group == key->group &&
		    el->key.prefixlen <= key->prefixlen &&
		    prefix_has(&net, el->key.prefixlen - XI_FLOW_KEY_BITS, &a) &&
		    (!best || best->key.prefixlen < el->key.prefixlen))
			best = el;
	}
	return best ? &best->flow : NULL;
}

static int looks;
static int stop_at_look;
static void (*at_look)(void);		/* before the stop_at_look-th */

static void *look(enum reader_map map, const void *key)
{
	__u32 index;

	if (++looks == stop_at_look)
		at_look();
	if (map == READER_SET)
		return &the_set;
	if (map == READER_FLOW)
		return flow_match(key);
	memcpy(&index, key, sizeof(index));
	return index < 2 * XI_FLOW_GROUPS ? &the_groups[index] : NULL;
}

/* --- the log ------------------------------------------------------------------------------------ */

static int notices;
static char notice[512];

void log_msg(const char *facility, enum log_severity sev, const char *mnemonic, const char *fmt,
	     ...)
{
	va_list ap;

	(void)facility;
	assert_int_equal(sev, SEV_NOTICE);
	assert_string_equal(mnemonic, "FLOWS_LIMIT");
	va_start(ap, fmt);
	vsnprintf(notice, sizeof(notice), fmt, ap);
	va_end(ap);
	notices++;
}

static int setup(void **state)
{
	(void)state;
	memset(&the_set, 0, sizeof(the_set));
	memset(the_groups, 0, sizeof(the_groups));
	nelements = 0;
	no_batches = false;
	calls = fail_at = notices = stop_at_look = 0;
	each_step = at_look = NULL;
	reader_lookup = look;
	return 0;
}

/* --- lists and packets ---------------------------------------------------------------------- */

static uint64_t seed = 0x20260606;

static uint64_t rng(void)	/* splitmix64 */
{
	uint64_t z = (seed += 0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static struct addr any_addr(void)
{
	return (struct addr){ AF_INET, { 10, 0, 0, (uint8_t)(rng() % 8) } };
}

static void any_flows(struct plan_flows *f)
{
	struct flow_line lines[12];
	size_t n = 1 + rng() % 12, i;

	*f = (struct plan_flows){ .outside = "none", .ifindex = IFINDEX };
	for (i = 0; i < n; i++) {
		lines[i] = (struct flow_line){
			.permit = rng() % 2, .entry = (uint32_t)(i / 4), .id = 1,
			.sel = { .family = AF_INET, .proto = rng() % 2 ? 6 : 0,
				 .src = any_addr(), .dst = any_addr(),
				 .splen = (uint8_t)(29 + rng() % 3),
				 .dplen = (uint8_t)(29 + rng() % 3),
				 .sport_hi = 65535, .dport_hi = 65535 },
		};
		if (lines[i].sel.proto && rng() % 2)
			lines[i].sel.sport_lo = lines[i].sel.sport_hi = (uint16_t)(rng() % 2);
	}
	assert_int_equal(flow_compile(lines, n, &f->groups), 0);
}

static struct flow_packet packets[PACKETS];

static void any_packets(void)
{
	int i;

	for (i = 0; i < PACKETS; i++)
		packets[i] = (struct flow_packet){
			.family = AF_INET, .proto = rng() % 2 ? 6 : 1, .src = any_addr(),
			.dst = any_addr(), .has_ports = true, .sport = (uint16_t)(rng() % 2),
		};
}

static bool model(const struct plan_flows *f, const struct flow_packet *p)
{
	struct flow_packet q = *p;

	q.has_ports = p->proto == 6;
	return flow_lookup(&f->groups, &q) != 0;
}

static void set(const struct plan_flows *f)
{
	struct bpf_maps m = maps();
	struct err e = {};

	if (protect_set(&m, f, 1, NULL, &e))
		fail_msg("%s", e.text);
}

static void must_be(const struct plan_flows *f)
{
	int i;

	for (i = 0; i < PACKETS; i++)
		assert_int_equal(reader_ask(&packets[i], IFINDEX), model(f, &packets[i]));
}

/* Nothing is left of what was there before. */
static void must_be_alone(const struct plan_flows *f)
{
	static const struct xi_flow_group none[XI_FLOW_GROUPS];
	static const struct xi_flow_half empty;
	int used = the_set.number & 1;
	size_t i;

	assert_int_equal(nelements, f->groups.ntargets);
	for (i = 0; i < nelements; i++)
		assert_int_equal(elements[i].key.half, used);
	assert_memory_equal(&the_groups[!used * XI_FLOW_GROUPS], none, sizeof(none));
	assert_memory_equal(&the_set.half[!used], &empty, sizeof(empty));
}

/* --- tests ---------------------------------------------------------------------------------------- */

static struct plan_flows lists[3];
static __u32 number_before;
static unsigned int steps_seen, steps_after;

static void old_or_new(void)
{
	bool switched = the_set.number != number_before;

	must_be(&lists[switched]);
	steps_seen++;
	steps_after += switched;
}

static void test_protect_each_step_is_old_or_new(void **state)
{
	int i;

	(void)state;
	any_flows(&lists[0]);
	set(&lists[0]);
	for (i = 0; i < ROUNDS; i++) {
		any_packets();
		any_flows(&lists[1]);
		no_batches = i % 2;
		number_before = the_set.number;
		each_step = old_or_new;
		set(&lists[1]);
		each_step = NULL;
		assert_int_equal(the_set.number, number_before + 1);
		must_be(&lists[1]);
		must_be_alone(&lists[1]);
		flow_groups_fini(&lists[0].groups);
		lists[0] = lists[1];
	}
	assert_true(steps_after > ROUNDS && steps_seen > 2 * steps_after);
	flow_groups_fini(&lists[0].groups);
}

static int changes;

static void change_lists(void)
{
	int i;

	for (i = 1; i <= changes; i++)
		set(&lists[i]);
}

/* Held up at any look, while lists change once or twice: a drop is one of the list it began with. */
static void test_protect_reader_held_up(void **state)
{
	unsigned int asked = 0, drops = 0, others = 0;
	int round, i, n;
	bool hit;

	(void)state;
	at_look = change_lists;
	for (round = 0; round < ROUNDS; round++) {
		any_packets();
		for (i = 0; i < 3; i++)
			any_flows(&lists[i]);
		for (i = 0; i < PACKETS; i++) {
			for (n = 1, changes = 1; changes <= 2; n++) {
				stop_at_look = 0;
				set(&lists[0]);
				looks = 0;
				stop_at_look = n + 1;	/* the first one reads the number */
				hit = reader_ask(&packets[i], IFINDEX);
				asked++;
				drops += hit;
				others += model(&lists[changes], &packets[i]);
				if (hit && !model(&lists[0], &packets[i]))
					fail_msg("dropped: held up at look %d, %d changes", n, changes);
				if (looks < stop_at_look) {
					n = 0;
					changes++;
				}
			}
		}
		for (i = 0; i < 3; i++)
			flow_groups_fini(&lists[i].groups);
	}
	printf("# %u readers, %u drops\n", asked, drops);
	assert_true(drops > 0 && others > 0);
}

/* Any call to the kernel fails: an error is told, and the old flows are in use. */
static void test_protect_failures_leave_the_old_flows(void **state)
{
	struct bpf_maps m = maps();
	int round, i, failed = 0;

	(void)state;
	for (round = 0; round < 10; round++) {
		any_packets();
		any_flows(&lists[0]);
		any_flows(&lists[1]);
		no_batches = round % 2;
		for (i = 1;; i++) {
			struct err e = {};
			int ret;

			fail_at = 0;
			set(&lists[0]);
			calls = 0;
			fail_at = i;
			ret = protect_set(&m, &lists[1], 1, NULL, &e);
			if (ret) {
				failed++;
				assert_int_equal(ret, e.code);
				assert_true(e.text[0]);
			}
			if (calls < fail_at)
				break;
			must_be(&lists[ret == 0]);
			fail_at = 0;
			set(&lists[1]);
			must_be(&lists[1]);
			must_be_alone(&lists[1]);
		}
		flow_groups_fini(&lists[0].groups);
		flow_groups_fini(&lists[1].groups);
	}
	assert_true(failed > 100);
}

/* A daemon that died in the middle has left half a list: adopted, swept, idempotent. */
static void test_protect_sweeps_leftovers(void **state)
{
	struct xi_flow_key key = { .prefixlen = XI_FLOW_KEY_BITS + 8, .half = 1, .group = 0,
				   .addr = { 10 } };
	struct xi_flow flow = { 7, 7 };

	(void)state;
	any_packets();
	any_flows(&lists[0]);
	set(&lists[0]);
	set(&lists[0]);
	flow_put(&key, &flow);
	the_groups[XI_FLOW_GROUPS] = (struct xi_flow_group){ .family = AF_INET };
	the_groups[2 * XI_FLOW_GROUPS - 1] = (struct xi_flow_group){ .family = AF_INET };
	the_set.half[1].mask = ~0ULL;
	must_be(&lists[0]);
	set(&lists[0]);
	must_be(&lists[0]);
	must_be_alone(&lists[0]);
	set(&lists[0]);
	must_be_alone(&lists[0]);
	flow_groups_fini(&lists[0].groups);
}

/* R-CMAP-6: nothing configured, nothing judged. */
static void test_protect_nothing(void **state)
{
	struct plan_flows none = { .outside = "none", .ifindex = IFINDEX };
	struct protect_stats st = { .groups = 9 };
	struct bpf_maps m = maps();

	(void)state;
	any_packets();
	any_flows(&lists[0]);
	set(&lists[0]);
	assert_int_equal(protect_set(&m, NULL, 0, &st, NULL), 0);
	assert_int_equal(st.groups + st.targets + st.interfaces, 0);
	must_be(&none);
	must_be_alone(&none);
	assert_int_equal(the_set.half[the_set.number & 1].mask, 0);
	flow_groups_fini(&lists[0].groups);

	any_flows(&lists[0]);
	lists[0].ifindex = 0;	/* not there now */
	set(&lists[0]);
	must_be(&none);
	flow_groups_fini(&lists[0].groups);
}

/* --- what does not fit ------------------------------------------------------------------- */

static void many_groups(struct plan_flows *f, uint32_t n, uint32_t targets)
{
	struct flow_group *g = calloc(n, sizeof(*g));
	struct flow_target *t = calloc((size_t)n * targets, sizeof(*t));
	uint32_t i;

	assert_true(g && t);
	for (i = 0; i < n; i++)
		g[i] = (struct flow_group){
			.sel = { .family = AF_INET, .proto = (uint8_t)(i + 1), .sport_hi = 65535,
				 .dport_hi = 65535 },
			.first = i * targets, .n = targets,
		};
	for (i = 0; i < n * targets; i++)
		t[i] = (struct flow_target){ .dst = { AF_INET, { 10, i >> 16 & 255, i >> 8 & 255,
							i & 255 } }, .dplen = 32, .id = 1 };
	*f = (struct plan_flows){ .outside = "none", .ifindex = IFINDEX,
				  .groups = { g, n, t, (size_t)n * targets } };
}

static bool asks(uint8_t proto, uint32_t host, uint32_t ifindex)
{
	struct flow_packet p = { .family = AF_INET, .proto = proto, .src.family = AF_INET,
				 .dst = { AF_INET, { 10, host >> 16 & 255, host >> 8 & 255,
						     host & 255 } } };

	return reader_ask(&p, ifindex);
}

static void test_protect_too_many_groups(void **state)
{
	struct bpf_maps m = maps();
	struct plan_flows two[2];
	struct protect_stats st;

	(void)state;
	many_groups(&two[0], XI_FLOW_GROUPS - 4, 1);
	many_groups(&two[1], 10, 2);
	two[1].ifindex = IFINDEX + 1;
	/* Jumps: to what is there, to the end, and to what is cut off. */
	two[1].groups.group[0].deny = two[1].groups.group[1].deny = true;
	two[1].groups.group[0].sel.proto = 200;
	two[1].groups.group[0].next = 3;
	two[1].groups.group[1].next = 9;
	assert_int_equal(protect_set(&m, two, 2, &st, NULL), 0);
	assert_int_equal(st.interfaces, 2);
	assert_int_equal(st.groups, XI_FLOW_GROUPS);
	assert_int_equal(st.groups_out, 6);
	assert_int_equal(st.targets, XI_FLOW_GROUPS - 4 + 4);
	assert_int_equal(st.targets_out, 12);
	assert_int_equal(notices, 1);
	assert_non_null(strstr(notice, "6 of 70 groups, 12 of 76 networks, 0 of 2 interfaces"));
	assert_true(asks(XI_FLOW_GROUPS - 4, XI_FLOW_GROUPS - 5, IFINDEX));
	assert_false(asks(XI_FLOW_GROUPS - 3, XI_FLOW_GROUPS - 4, IFINDEX));
	assert_true(asks(3, 4, IFINDEX + 1));
	assert_true(asks(4, 6, IFINDEX + 1));
	assert_false(asks(5, 8, IFINDEX + 1));
	assert_int_equal(the_groups[2 * XI_FLOW_GROUPS - 4].next, XI_FLOW_GROUPS - 1);
	assert_int_equal(the_groups[2 * XI_FLOW_GROUPS - 3].next, XI_FLOW_GROUPS);
	flow_groups_fini(&two[0].groups);
	flow_groups_fini(&two[1].groups);
}

static void test_protect_too_many_interfaces(void **state)
{
	struct plan_flows many[XI_FLOW_IFS + 2];
	struct bpf_maps m = maps();
	struct protect_stats st;
	int i;

	(void)state;
	for (i = 0; i < XI_FLOW_IFS + 2; i++) {
		many_groups(&many[i], 1, 1);
		many[i].ifindex = 10 + i;
	}
	assert_int_equal(protect_set(&m, many, XI_FLOW_IFS + 2, &st, NULL), 0);
	assert_int_equal(st.interfaces, XI_FLOW_IFS);
	assert_int_equal(st.interfaces_out, 2);
	assert_int_equal(notices, 1);
	assert_true(asks(1, 0, 10));
	assert_true(asks(1, 0, 10 + XI_FLOW_IFS - 1));
	assert_false(asks(1, 0, 10 + XI_FLOW_IFS));
	assert_false(asks(1, 0, 9));
	for (i = 0; i < XI_FLOW_IFS + 2; i++)
		flow_groups_fini(&many[i].groups);
}

/* Networks beyond the limit are left out, one group after the other. */
static void test_protect_too_many_targets(void **state)
{
	struct protect_stats st = {};
	struct image im = {};
	struct plan_flows f;

	(void)state;
	many_groups(&f, 3, XI_FLOW_TARGETS / 2);
	assert_int_equal(image_make(&im, &f, 1, 1, &st, NULL), 0);
	assert_int_equal(st.targets, XI_FLOW_TARGETS);
	assert_int_equal(st.targets_out, XI_FLOW_TARGETS / 2);
	assert_int_equal(st.groups_out, 0);
	assert_int_equal(im.key[XI_FLOW_TARGETS - 1].group, 1);
	image_fini(&im);
	flow_groups_fini(&f.groups);
}

/* Only in the driver is a packet seen once (tunnels without a device, transport mode). */
static void test_protect_knows_the_hook(void **state)
{
	struct plan_flows f[6];
	struct bpf_maps m = maps();
	int i;

	(void)state;
	for (i = 0; i < 6; i++) {
		many_groups(&f[i], 1, 1);
		f[i].ifindex = i < 5 ? MODE(i) : IFINDEX;
	}
	assert_int_equal(protect_set(&m, f, 6, NULL, NULL), 0);
	for (i = 0; i < 6; i++) {
		assert_int_equal(the_set.half[the_set.number & 1].ifs[i].flags,
				 i == XDP_ATTACHED_DRV || i == XDP_ATTACHED_HW ?
				 0 : XI_FLOW_IF_TWICE);
		flow_groups_fini(&f[i].groups);
	}
}

static void test_protect_masks(void **state)
{
	__u8 mask[16];

	(void)state;
	mask_set(mask, 0);
	assert_int_equal(mask[0], 0);
	mask_set(mask, 9);
	assert_int_equal(mask[0], 255);
	assert_int_equal(mask[1], 0x80);
	assert_int_equal(mask[2], 0);
	mask_set(mask, 128);
	assert_int_equal(mask[15], 255);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup(name, setup)
	const struct CMUnitTest tests[] = {
		T(test_protect_each_step_is_old_or_new),
		T(test_protect_reader_held_up),
		T(test_protect_failures_leave_the_old_flows),
		T(test_protect_sweeps_leftovers),
		T(test_protect_nothing),
		T(test_protect_too_many_groups),
		T(test_protect_too_many_interfaces),
		T(test_protect_too_many_targets),
		T(test_protect_knows_the_hook),
		T(test_protect_masks),
	};

	return cmocka_run_group_tests_name("protect", tests, NULL, NULL);
}
