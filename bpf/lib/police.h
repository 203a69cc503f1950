/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Unknown SPIs. The kernel would drop them too (XfrmInNoStates), silently and
 * at ten times the cost. We count them, tell the daemon at a bounded rate
 * (recovery starts there), and pass them; only a source that sends more than
 * its rate is dropped here, and never on a doubt: not when the map may be
 * incomplete, not when the kernel turns out to know the SA.
 */
#ifndef XI_BPF_POLICE_H
#define XI_BPF_POLICE_H

#include <xipsec/bucket.h>
#include <xipsec/events.h>

#include "kfunc.h"
#include "pkt.h"

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, XI_MAX_SOURCE);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, struct xi_source_key);
	__type(value, struct xi_source);
} xi_source SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, XI_EVENTS_SIZE);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} xi_events SEC(".maps");

/* A ring buffer has no value type: this names it in BTF. libbpf leaves the section out. */
struct xi_event *xi_event_type SEC(".xi_btf");

static __always_inline void event_send(const struct pkt *p, enum xi_event_kind kind,
				       enum xi_reason reason, __u64 now)
{
	struct xi_event *ev = bpf_ringbuf_reserve(&xi_events, sizeof(*ev), 0);

	if (!ev)
		return;
	ev->time_ns = now;
	ev->kind = kind;
	ev->reason = reason;
	ev->ifindex = p->ctx->ingress_ifindex;
	ev->seq = p->seq;
	ev->key = p->key;
	__builtin_memcpy(ev->saddr, p->saddr, sizeof(ev->saddr));
	bpf_ringbuf_submit(ev, 0);
}

static __always_inline struct xi_source *source_get(const struct pkt *p)
{
	struct xi_source_key key = { .family = p->key.family };
	struct xi_source fresh = {};
	struct xi_source *s;

	/* Whoever has one IPv6 address has its /64: one bucket for all of them. */
	__builtin_memcpy(key.saddr, p->saddr, sizeof(key.saddr));
	s = bpf_map_lookup_elem(&xi_source, &key);
	if (s)
		return s;
	bpf_map_update_elem(&xi_source, &key, &fresh, BPF_NOEXIST);
	return bpf_map_lookup_elem(&xi_source, &key);
}

static __always_inline int event_is_due(struct xi_config *cfg, struct xi_source *src, __u64 now)
{
	return xi_bucket_take(&src->event_tat, now, cfg->event_cost_ns, cfg->event_burst_ns) ==
	       XI_BUCKET_OK &&
	       xi_bucket_take(&cfg->event_all_tat, now, cfg->event_all_cost_ns,
			      cfg->event_all_burst_ns) == XI_BUCKET_OK;
}

/* Known to the kernel though not to the map? Asked only before a drop. */
static __always_inline int kernel_knows(struct xdp_md *ctx, const struct pkt *p)
{
	struct xfrm_state *x;

	/* The live variant comes here without a look at what the daemon knows. */
	if (xi_slot_find(SLOTS, &p->key))
		return 1;
	if (!kernel_sa_available())
		return 0;
	x = kernel_sa_get(ctx, p);
	if (!x)
		return 0;
	bpf_xdp_xfrm_state_release(x);
	return 1;
}

static __always_inline int police_unknown(struct xdp_md *ctx, const struct pkt *p)
{
	struct xi_config *cfg = config_get();
	struct xi_source *src;
	__u64 now;

	if (!addr_is_local(p->key.daddr, p->key.family))
		return pass(p, XI_R_TRANSIT);
	now = bpf_ktime_get_coarse_ns();
	src = source_get(p);
	if (!cfg || !src)
		return verdict(p, XDP_PASS, XI_R_NO_SA, now);
	__sync_fetch_and_add(&src->packets, 1);

	if (event_is_due(cfg, src, now))
		event_send(p, XI_EV_NO_SA, XI_R_NO_SA, now);

	if (cfg->unknown_cost_ns && !cfg->incomplete &&
	    xi_bucket_take(&src->rate_tat, now, cfg->unknown_cost_ns, cfg->unknown_burst_ns) ==
	    XI_BUCKET_EMPTY) {
		if (kernel_knows(ctx, p))
			return pass(p, XI_R_SA_LAG);
		return verdict(p, XDP_DROP, XI_R_NO_SA_FLOOD, now);
	}
	return verdict(p, XDP_PASS, XI_R_NO_SA, now);
}

#endif /* XI_BPF_POLICE_H */
