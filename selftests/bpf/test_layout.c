// SPDX-License-Identifier: Apache-2.0
/*
 * The structs that programs and user space share have the same layout on both
 * sides: sizes and offsets of BTF against those of this compiler, in both
 * directions, so that a member that one side lacks is noticed too.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <linux/btf.h>
#include <bpf/btf.h>
#include <cmocka.h>

#include "harness.h"

#define STRUCTS(S, M)							\
	S(xi_sa_key)							\
	M(xi_sa_key, daddr) M(xi_sa_key, spi) M(xi_sa_key, proto)	\
	M(xi_sa_key, family) M(xi_sa_key, pad)				\
	S(xi_window)							\
	M(xi_window, key) M(xi_window, state) M(xi_window, flags)	\
	M(xi_window, cookie) M(xi_window, epoch) M(xi_window, top)	\
	M(xi_window, size) M(xi_window, mask) M(xi_window, bits)	\
	M(xi_window, drop)						\
	S(xi_sa_drop)							\
	M(xi_sa_drop, duplicate) M(xi_sa_drop, too_old)			\
	M(xi_sa_drop, seq_zero) M(xi_sa_drop, last_ns)			\
	M(xi_sa_drop, log_tat) M(xi_sa_drop, last_seq)			\
	M(xi_sa_drop, pad)						\
	S(xi_reason_stat)						\
	M(xi_reason_stat, packets) M(xi_reason_stat, bytes)		\
	M(xi_reason_stat, last_ns) M(xi_reason_stat, last_saddr)	\
	M(xi_reason_stat, last_spi) M(xi_reason_stat, last_family)	\
	M(xi_reason_stat, last_proto) M(xi_reason_stat, pad)		\
	S(xi_source_key)						\
	M(xi_source_key, saddr) M(xi_source_key, family)		\
	M(xi_source_key, pad)						\
	S(xi_source)							\
	M(xi_source, rate_tat) M(xi_source, event_tat)			\
	M(xi_source, packets)						\
	S(xi_local_key)							\
	M(xi_local_key, addr) M(xi_local_key, family)			\
	M(xi_local_key, pad)						\
	S(xi_config)							\
	M(xi_config, abi) M(xi_config, incomplete)			\
	M(xi_config, variant) M(xi_config, kfunc)			\
	M(xi_config, netns) M(xi_config, pad) M(xi_config, salt)	\
	M(xi_config, unknown_cost_ns) M(xi_config, unknown_burst_ns)	\
	M(xi_config, event_cost_ns) M(xi_config, event_burst_ns)	\
	M(xi_config, event_all_cost_ns) M(xi_config, event_all_burst_ns) \
	M(xi_config, event_all_tat) M(xi_config, replay_log_ns)		\
	S(xi_flow_set)							\
	M(xi_flow_set, number) M(xi_flow_set, pad) M(xi_flow_set, half)	\
	S(xi_flow_half)							\
	M(xi_flow_half, mask) M(xi_flow_half, ifs)			\
	S(xi_flow_if)							\
	M(xi_flow_if, ifindex) M(xi_flow_if, vlan)			\
	M(xi_flow_if, first) M(xi_flow_if, end) M(xi_flow_if, flags)	\
	S(xi_flow_group)						\
	M(xi_flow_group, src) M(xi_flow_group, src_mask)		\
	M(xi_flow_group, dst) M(xi_flow_group, dst_mask)		\
	M(xi_flow_group, sport_lo) M(xi_flow_group, sport_hi)		\
	M(xi_flow_group, dport_lo) M(xi_flow_group, dport_hi)		\
	M(xi_flow_group, next) M(xi_flow_group, family)			\
	M(xi_flow_group, proto) M(xi_flow_group, flags)			\
	S(xi_flow_key)							\
	M(xi_flow_key, prefixlen) M(xi_flow_key, half)			\
	M(xi_flow_key, group) M(xi_flow_key, pad) M(xi_flow_key, addr)	\
	S(xi_flow)							\
	M(xi_flow, id) M(xi_flow, line)					\
	S(xi_event)							\
	M(xi_event, time_ns) M(xi_event, kind) M(xi_event, reason)	\
	M(xi_event, ifindex) M(xi_event, seq) M(xi_event, key)		\
	M(xi_event, saddr)

static const struct {
	const char *name;
	size_t size;
} structs[] = {
#define S(s)	{ #s, sizeof(struct s) },
#define M(s, m)
	STRUCTS(S, M)
#undef S
#undef M
};

static const struct {
	const char *owner, *name;
	size_t offset, size;
} members[] = {
#define S(s)
#define M(s, m)	{ #s, #m, offsetof(struct s, m), sizeof(((struct s *)0)->m) },
	STRUCTS(S, M)
#undef S
#undef M
};

static struct btf *btf;

static const struct btf_type *struct_find(const char *name)
{
	int id = btf__find_by_name_kind(btf, name, BTF_KIND_STRUCT);

	return id < 0 ? NULL : btf__type_by_id(btf, id);
}

/* 1 when the member is missing there or lies elsewhere. */
static int member_differs(size_t i)
{
	const struct btf_type *t = struct_find(members[i].owner);
	const struct btf_member *m = t ? btf_members(t) : NULL;
	int k, n = t ? btf_vlen(t) : 0;

	for (k = 0; k < n; k++, m++) {
		if (strcmp(btf__name_by_offset(btf, m->name_off), members[i].name))
			continue;
		if (m->offset == members[i].offset * 8 &&
		    btf__resolve_size(btf, m->type) == (int64_t)members[i].size)
			return 0;
		printf("# %s.%s: offset %u size %lld in BTF, %zu and %zu here\n", members[i].owner,
		       members[i].name, m->offset / 8, (long long)btf__resolve_size(btf, m->type),
		       members[i].offset, members[i].size);
		return 1;
	}
	printf("# %s.%s is not in BTF\n", members[i].owner, members[i].name);
	return 1;
}

static void check_file(const char *file, const char *only)
{
	size_t i, k, listed, failed = 0;

	btf = btf__parse_elf(bpf_file(file), NULL);
	assert_non_null(btf);
	for (i = 0; i < sizeof(structs) / sizeof(structs[0]); i++) {
		const struct btf_type *t = struct_find(structs[i].name);

		if (only && !strstr(only, structs[i].name))
			continue;
		if (!t) {
			printf("# %s is not in BTF of %s\n", structs[i].name, file);
			failed++;
			continue;
		}
		for (k = 0, listed = 0; k < sizeof(members) / sizeof(members[0]); k++) {
			if (strcmp(members[k].owner, structs[i].name))
				continue;
			listed++;
			failed += member_differs(k);
		}
		if (t->size != structs[i].size || btf_vlen(t) != listed) {
			printf("# %s: %u bytes, %u members in BTF; %zu and %zu here\n",
			       structs[i].name, t->size, btf_vlen(t), structs[i].size, listed);
			failed++;
		}
	}
	btf__free(btf);
	assert_int_equal(failed, 0);
}

static void test_layout_of_outer(void **state)
{
	(void)state;
	check_file("outer.bpf.o", NULL);
}

static void test_layout_of_mirror(void **state)
{
	(void)state;
	check_file("mirror.bpf.o", "xi_sa_key xi_window xi_sa_drop xi_local_key xi_config");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layout_of_outer),
		cmocka_unit_test(test_layout_of_mirror),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
