// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The authenticated side: programs on functions of the kernel's XFRM, the only
 * writers of windows (I1).
 *
 *   xi_mirror     after xfrm_replay_advance(), which xfrm_input() calls when a
 *                 packet has passed its integrity check, holding x->lock: the
 *                 window in the map moves.
 *   xi_sa_event   after km_state_notify(): an SA was added or updated, or user
 *                 space rewrote its replay state.
 *   xi_sa_delete  after __xfrm_state_delete(), on every way an SA ends, holding
 *                 x->lock: the window goes, so that a reused SPI starts anew.
 *
 * So the map follows the kernel's SAD even while the daemon is not running; the
 * daemon adds what was there before it came, and looks after it (user/sad).
 */
#include <linux/errno.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <xipsec/window.h>

#include "lib/maps.h"
#include "lib/xfrm.h"

const volatile __u32 xi_netns = 0;	/* inode of the network namespace that is guarded */
const volatile __u64 xi_salt = 0;	/* hides kernel addresses in xi_window.cookie */

static __always_inline int is_guarded(struct xfrm_state *x)
{
	return x->xs_net.net->ns.inum == xi_netns;
}

/*
 * The verifier of 6.1 and 6.12: "math between ptr_ pointer and register is not
 * allowed". A negation gives it a number.
 */
static __always_inline __u64 cookie_of(const struct xfrm_state *x)
{
	__u64 n = (__u64)(long)x;

	asm volatile("%0 = -%0" : "+r"(n));
	return n ^ xi_salt;
}

/* A new element: not started; what a reader of it does is pass. */
static __always_inline struct xi_window *window_new(struct xfrm_state *x,
						    const struct xi_sa_key *key)
{
	static const struct xi_window fresh;	/* too large for the stack */
	struct xi_config *cfg;
	struct xi_window *w;
	struct replay r;
	int err;

	err = bpf_map_update_elem(&xi_window, key, &fresh, BPF_NOEXIST);

	if (err && err != -EEXIST) {	/* full, or no memory */
		cfg = config_get();
		if (cfg)
			cfg->incomplete = 1;
	}
	w = bpf_map_lookup_elem(&xi_window, key);
	if (!w || w->cookie)
		return w;
	xfrm_replay_read(x, &r);
	w->cookie = cookie_of(x);
	w->size = r.size;
	__sync_fetch_and_or(&w->flags, r.flags);
	/* The same SPI may serve several SAs that differ in their mark. */
	if (x->mark.m)
		__sync_fetch_and_or(&w->flags, XI_WIN_SHARED);
	return w;
}

SEC("fexit/xfrm_replay_advance")
int BPF_PROG(xi_mirror, struct xfrm_state *x, __be32 net_seq)
{
	__u32 seq = bpf_ntohl(net_seq);
	struct xi_sa_key key;
	struct xi_window *w;
	struct replay r;

	/* A window with the cookie of x was made for x: the name space need not be asked again. */
	xfrm_key_read(x, &key);
	w = bpf_map_lookup_elem(&xi_window, &key);
	if (xi_unlikely(!w || w->cookie != cookie_of(x))) {
		/* An asynchronous cipher may end after its SA did: nothing to keep then. */
		if (!is_guarded(x) || x->km.state != XFRM_STATE_VALID)
			return 0;
		w = w && w->cookie ? w : window_new(x, &key);
		if (!w)
			return 0;
		if (w->cookie != cookie_of(x)) {
			__sync_fetch_and_or(&w->flags, XI_WIN_SHARED);
			return 0;
		}
	}
	if (!w->size)
		return 0;

	r.top = xfrm_replay_top(x);
	/* Late attach, or user space set the numbers back: from here on, nothing marked yet. */
	if (xi_unlikely(!w->epoch || r.top < w->top)) {
		xfrm_replay_read(x, &r);
		xi_window_start(w, bpf_ktime_get_ns() | 1, r.top, r.size, r.flags);
	}
	/* What was accepted lies in the window: its distance to the top is a small number. */
	xi_window_advance(w, r.top, r.top - (__u32)((__u32)r.top - seq));
	return 0;
}

SEC("fexit/km_state_notify")
int BPF_PROG(xi_sa_event, struct xfrm_state *x, const struct km_event *c)
{
	__u32 event = c->event;
	struct xi_sa_key key;
	struct xi_window *w;

	if (event != XFRM_MSG_NEWSA && event != XFRM_MSG_UPDSA && event != XFRM_MSG_NEWAE)
		return 0;
	if (!x || !is_guarded(x) || x->km.state != XFRM_STATE_VALID)
		return 0;
	xfrm_key_read(x, &key);

	if (event == XFRM_MSG_NEWAE) {
		/* Replay state written from user space (failover): what we hold is void. */
		if (c->data.aevent != XFRM_AE_CU)
			return 0;
		w = bpf_map_lookup_elem(&xi_window, &key);
		if (w)
			xi_window_stop(w);
		return 0;
	}
	/* Outbound SAs have no window. An address we do not know yet is learnt with its first packet. */
	if (!addr_is_local(key.daddr, key.family))
		return 0;
	w = window_new(x, &key);
	if (w && w->cookie != cookie_of(x))
		__sync_fetch_and_or(&w->flags, XI_WIN_SHARED);
	return 0;
}

SEC("fexit/__xfrm_state_delete")
int BPF_PROG(xi_sa_delete, struct xfrm_state *x)
{
	struct xi_sa_key key;
	struct xi_window *w;

	if (!is_guarded(x))
		return 0;
	xfrm_key_read(x, &key);
	w = bpf_map_lookup_elem(&xi_window, &key);
	if (!w || (w->cookie && w->cookie != cookie_of(x)))
		return 0;
	xi_window_stop(w);	/* for readers that hold the element */
	bpf_map_delete_elem(&xi_window, &key);
	bpf_map_delete_elem(&xi_sa_drop, &key);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
