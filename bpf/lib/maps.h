/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The maps, all pinned by name under XI_PIN_DIR, so that the programs, a
 * restarted daemon and bpftool find the same ones. Sizes and reasons: abi.h.
 */
#ifndef XI_BPF_MAPS_H
#define XI_BPF_MAPS_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <xipsec/events.h>
#include <xipsec/maps.h>

/* The loader sets the number of slots, here and in xi_slot_mask. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, XI_SLOTS_MIN);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, __u32);
	__type(value, struct xi_window);
} xi_window SEC(".maps");

const volatile __u32 xi_slot_mask = XI_SLOTS_MIN - 1;

struct xi_slots {
	__u32	mask;
};

static __always_inline struct xi_window *xi_slot_at(const struct xi_slots *t, __u32 i)
{
	return bpf_map_lookup_elem(&xi_window, &i);
}

#include <xipsec/slots.h>

#define SLOTS	(&(struct xi_slots){ .mask = xi_slot_mask })

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, XI_MAX_LOCAL);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, struct xi_local_key);
	__type(value, __u32);
} xi_local SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, __u32);
	__type(value, struct xi_config);
} xi_config SEC(".maps");

static __always_inline struct xi_config *config_get(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&xi_config, &zero);
}

static __always_inline int addr_is_local(const void *addr16, __u8 family)
{
	struct xi_local_key key = { .family = family };

	__builtin_memcpy(key.addr, addr16, sizeof(key.addr));
	return bpf_map_lookup_elem(&xi_local, &key) != NULL;
}

#endif /* XI_BPF_MAPS_H */
