// SPDX-License-Identifier: Apache-2.0
/*
 * bpf/outer.bpf.c compiled for user space, its helpers played by this file.
 *
 * Input: one byte of setting (see settings_apply), then the frame. The frame
 * ends where a forbidden page begins, so that reading one byte too far is fatal;
 * it lies below 2 GiB, because struct xdp_md holds addresses in 32 bits.
 *
 * Must hold for every input: one reason is counted, and only one; a drop has a
 * reason that drops; no byte of the frame changes, nor of a slot but the counters
 * of its drops (I1).
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>

static void *mock_lookup(void *map, const void *key);
static long mock_update(void *map, const void *key, const void *value, __u64 flags);
static void *mock_reserve(void *ring, __u64 size, __u64 flags);
static void mock_submit(void *data, __u64 flags);
static __u64 mock_time(void);

#define bpf_map_lookup_elem(map, key)			mock_lookup(map, key)
#define bpf_map_update_elem(map, key, value, flags)	mock_update(map, key, value, flags)
#define bpf_ringbuf_reserve(ring, size, flags)		mock_reserve(ring, size, flags)
#define bpf_ringbuf_submit(data, flags)			mock_submit(data, flags)
#define bpf_ktime_get_coarse_ns()			mock_time()
#define bpf_probe_read_kernel(to, size, from)		(memcpy(to, from, size), 0)

/* BPF reads unaligned, and CO-RE has no meaning here. */
#define preserve_access_index	annotate("preserve_access_index")
#pragma clang attribute push(__attribute__((no_sanitize("alignment"))), apply_to = function)
#include "bpf/outer.bpf.c"
#pragma clang attribute pop

#define CHECK(what)							\
	do {								\
		if (!(what)) {						\
			fprintf(stderr, "does not hold: %s\n", #what);	\
			abort();					\
		}							\
	} while (0)

#define FRAME_MAX	4096

/* --- the gateway ---------------------------------------------------------------------- */

#define N_SAS		8

static struct xi_window slots[XI_SLOTS_MIN];
static struct xi_window *sas[N_SAS];
static struct xi_window sas_before[N_SAS];
static struct xi_config config;
static struct xi_reason_stat reasons[XI_R_MAX];
static struct xi_source_key source_keys[4];
static struct xi_source sources[4];
static unsigned int n_sources;
static struct xi_event event;
static int ring_is_full;
static uint8_t *frame_end;

static const __u8 local4[16] = { 192, 0, 2, 1 };
static const __u8 local6[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 };

static void sa_add(int i, __u8 family, __u8 proto, __u32 spi, __u64 top, __u32 size, __u32 flags)
{
	struct xi_sa_key key = { .family = family, .proto = proto, .spi = bpf_htonl(spi) };
	int fresh;

	memcpy(key.daddr, family == XI_AF_INET ? local4 : local6, 16);
	sas[i] = xi_slot_add(SLOTS, &key, size, flags, 0xc0 + i, &fresh);
	CHECK(sas[i] && fresh);
	if (!top)
		return;
	xi_window_start(sas[i], 1, top, size, flags);
	xi_window_advance(sas[i], top, top);
	xi_window_advance(sas[i], top, top - size / 2);
}

static void gateway_init(void)
{
	sa_add(0, XI_AF_INET, XI_IPPROTO_ESP, 0x1000, 100, 64, 0);
	sa_add(1, XI_AF_INET, XI_IPPROTO_ESP, 0x1001, 5000, 1024, 0);
	sa_add(2, XI_AF_INET, XI_IPPROTO_ESP, 0x1002, 0x100000010, 64, XI_WIN_ESN);
	sa_add(3, XI_AF_INET, XI_IPPROTO_ESP, 0x1004, 0, 64, 0);
	sa_add(4, XI_AF_INET, XI_IPPROTO_ESP, 0x1005, 100, 64, XI_WIN_SHARED);
	sa_add(5, XI_AF_INET, XI_IPPROTO_AH, 0x1000, 50, 64, 0);
	sa_add(6, XI_AF_INET6, XI_IPPROTO_ESP, 0x1000, 200, 64, 0);
	sa_add(7, XI_AF_INET6, XI_IPPROTO_AH, 0x1000, 300, 4096, 0);
}

static void frame_init(void)
{
	uint8_t *area = mmap(NULL, FRAME_MAX + 4096, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	CHECK(area != MAP_FAILED);
	CHECK(!mprotect(area + FRAME_MAX, 4096, PROT_NONE));
	frame_end = area + FRAME_MAX;
}

/* --- helpers ------------------------------------------------------------------------------ */

static void *source_find(const struct xi_source_key *key)
{
	unsigned int i;

	for (i = 0; i < n_sources; i++) {
		if (!memcmp(&source_keys[i], key, sizeof(*key)))
			return &sources[i];
	}
	return NULL;
}

/*
 * Flows on interface 1, in half 1: group 0 denies TCP to 198.51.100.0/24 from port
 * 22, group 1 protects all of TCP, groups 2 and 3 all of IPv4 and IPv6.
 */
static struct xi_flow_set flow_set;
static struct xi_flow_group flow_groups[2 * XI_FLOW_GROUPS];

static void flows_init(void)
{
	struct xi_flow_group *g = &flow_groups[XI_FLOW_GROUPS];

	flow_set.number = 1;
	flow_set.half[1].mask = 2;
	flow_set.half[1].ifs[0] = (struct xi_flow_if){ .ifindex = 1, .first = 0, .end = 4 };
	g[0] = (struct xi_flow_group){
		.dst = { 198, 51, 100 }, .dst_mask = { 255, 255, 255 }, .sport_lo = 22,
		.sport_hi = 22, .dport_hi = 65535, .next = 2, .family = XI_AF_INET, .proto = 6,
		.flags = XI_FLOW_DENY | XI_FLOW_PORTS,
	};
	g[1] = (struct xi_flow_group){ .family = XI_AF_INET, .proto = 6 };
	g[2] = (struct xi_flow_group){ .family = XI_AF_INET };
	g[3] = (struct xi_flow_group){ .family = XI_AF_INET6 };
}

/* Networks begin with an even octet; keys must be as long as they say. */
static void *flow_find(const struct xi_flow_key *key)
{
	static struct xi_flow flow;
	int v4 = flow_groups[key->half * XI_FLOW_GROUPS + key->group].family == XI_AF_INET;

	CHECK(key->half == 1 && key->group < XI_FLOW_GROUPS && !key->pad);
	CHECK(key->prefixlen == XI_FLOW_KEY_BITS + (v4 ? 32 : 128));
	return key->addr[0] & 1 ? NULL : &flow;
}

static int is_local(const struct xi_local_key *key)
{
	return !memcmp(key->addr, key->family == XI_AF_INET ? local4 : local6, 16);
}

static void *mock_lookup(void *map, const void *key)
{
	static __u32 one = 1;
	__u32 index;

	if (map == &xi_reason) {
		memcpy(&index, key, sizeof(index));
		return index < XI_R_MAX ? &reasons[index] : NULL;
	}
	if (map == &xi_config)
		return &config;
	if (map == &xi_local)
		return is_local(key) ? &one : NULL;
	if (map == &xi_source)
		return source_find(key);
	if (map == &xi_flow_set)
		return &flow_set;
	if (map == &xi_flow)
		return flow_find(key);
	if (map == &xi_flow_group) {
		memcpy(&index, key, sizeof(index));
		return index < 2 * XI_FLOW_GROUPS ? &flow_groups[index] : NULL;
	}
	CHECK(map == &xi_window);
	memcpy(&index, key, sizeof(index));
	CHECK(index < XI_SLOTS_MIN);
	return &slots[index];
}

static long mock_update(void *map, const void *key, const void *value, __u64 flags)
{
	CHECK(flags == BPF_NOEXIST);
	CHECK(map == &xi_source);
	if (n_sources == sizeof(sources) / sizeof(sources[0]))
		return -12;
	memcpy(&source_keys[n_sources], key, sizeof(source_keys[0]));
	memcpy(&sources[n_sources++], value, sizeof(sources[0]));
	return 0;
}

static void *mock_reserve(void *ring, __u64 size, __u64 flags)
{
	CHECK(ring == &xi_events && size == sizeof(event) && !flags);
	memset(&event, 0x5a, sizeof(event));
	return ring_is_full ? NULL : &event;
}

static void mock_submit(void *data, __u64 flags)
{
	CHECK(data == &event && !flags);
	CHECK(event.kind == XI_EV_NO_SA || event.kind == XI_EV_REPLAY ||
	      event.kind == XI_EV_NOT_IPSEC);
	CHECK((event.kind == XI_EV_NOT_IPSEC) == (event.reason == XI_R_UNPROTECTED));
	CHECK(event.reason > XI_R_NONE && event.reason < XI_R_MAX);
	CHECK(!event.key.pad);
}

static __u64 mock_time(void)
{
	static __u64 now = 1000000;

	return now += 1000;
}

/* --- one run -------------------------------------------------------------------------------- */

static void settings_apply(uint8_t bits)
{
	config = (struct xi_config){
		.abi = XI_ABI,
		.incomplete = !!(bits & 1),
		.unknown_cost_ns = bits & 2 ? 100000 : 0,
		.unknown_burst_ns = bits & 4 ? 100000 : 300000,
		.event_cost_ns = 100000, .event_burst_ns = 300000,
		.event_all_cost_ns = 1000, .event_all_burst_ns = bits & 8 ? 1000 : 3000,
		.replay_log_ns = bits & 16 ? 1000 : 60000000000,
	};
	ring_is_full = !!(bits & 32);
	flow_set.half[1].mask = bits & 128 ? 2 : 0;
	flow_set.half[1].ifs[0].flags = bits & 1 ? XI_FLOW_IF_TWICE : 0;
	if (bits & 64)
		n_sources = 0;
}

static enum xi_reason reason_counted(size_t len)
{
	enum xi_reason r = XI_R_NONE;
	int i, n = 0;

	for (i = 0; i < XI_R_MAX; i++) {
		if (!reasons[i].packets)
			continue;
		n += reasons[i].packets;
		r = i;
		CHECK(reasons[i].bytes == len);
	}
	CHECK(n == 1);
	CHECK(r != XI_R_NONE);
	return r;
}

static int reason_drops(enum xi_reason r)
{
	static const enum xi_action actions[] = {
#define X(name, action, text) [XI_R_##name] = XI_##action,
		XI_REASONS(X)
#undef X
	};

	return actions[r] == XI_DROP;
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	gateway_init();
	flows_init();
	frame_init();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct xdp_md ctx = { .ingress_ifindex = 1 };
	size_t i;
	int act;

	if (size < 1 || size - 1 > FRAME_MAX)
		return 0;
	settings_apply(*data++);
	size--;
	memcpy(frame_end - size, data, size);
	memset(reasons, 0, sizeof(reasons));
	for (i = 0; i < N_SAS; i++)
		sas_before[i] = *sas[i];
	ctx.data = (__u32)(uintptr_t)(frame_end - size);
	ctx.data_end = (__u32)(uintptr_t)frame_end;

	act = xi_outer(&ctx);

	CHECK(act == XDP_PASS || act == XDP_DROP);
	CHECK((act == XDP_DROP) == reason_drops(reason_counted(size)));
	CHECK(!size || !memcmp(frame_end - size, data, size));
	for (i = 0; i < N_SAS; i++)
		CHECK(!memcmp(sas[i], &sas_before[i], offsetof(struct xi_window, drop)));
	return 0;
}
