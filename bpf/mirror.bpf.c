// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The authenticated side: programs on functions of the kernel's XFRM, the only
 * writers of windows (I1).
 *
 *   xi_mirror     at xfrm_replay_advance(), which xfrm_input() calls when a
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

/* The SA's slot, made if there is none. Its window is not started: readers pass. */
static __always_inline struct xi_window *slot_of(struct xfrm_state *x, const struct xi_sa_key *key)
{
	struct xi_config *cfg;
	struct xi_window *w;
	struct replay r;
	__u64 has;
	int fresh;

	xfrm_replay_read(x, &r);
	/* The same SPI may serve several SAs that differ in their mark. */
	if (x->mark.m)
		r.flags |= XI_WIN_SHARED;
	w = xi_slot_add(SLOTS, key, r.size, r.flags, cookie_of(x), &fresh);
	if (!w) {
		cfg = config_get();
		if (cfg)
			cfg->incomplete = 1;
		return NULL;
	}
	has = XI_READ_ONCE(w->cookie);
	if (has != cookie_of(x)) {
		/*
		 * The daemon made the slot, or the end of the former SA was missed. Two at a time
		 * differ in their mark, and the one that has a mark has said so in the flags.
		 */
		if (has && (w->flags | r.flags) & XI_WIN_SHARED) {
			__sync_fetch_and_or(&w->flags, XI_WIN_SHARED);
			return w;
		}
		xi_window_stop(w);
		if (!xi_slot_own(w, key, has, cookie_of(x)))
			return NULL;	/* being deleted: the next packet makes it anew */
		w->size = r.size;
	}
	__sync_fetch_and_or(&w->flags, r.flags);
	return w;
}

/* The first packet since we are here, or since the SA came to be shared. */
static __noinline int mirror_learn(struct xfrm_state *x)
{
	struct xi_sa_key key;

	/* An asynchronous cipher may end after its SA did: nothing to keep then. */
	if (!is_guarded(x) || x->km.state != XFRM_STATE_VALID)
		return 0;
	xfrm_key_read(x, &key);
	return slot_of(x, &key) != NULL;
}

/* From the kernel's top on; nothing is marked yet. */
static __always_inline void mirror_start(struct xfrm_state *x, struct xi_window *w)
{
	struct replay r;

	xfrm_replay_read(x, &r);
	xi_window_start(w, bpf_ktime_get_ns() | 1, r.top, r.size, r.flags);
}

/*
 * Called between the integrity check and the kernel's own update, under x->lock:
 * whoever is rejected because of what we write is judged by the kernel later,
 * with the same numbers. We keep our own top and so need not read the kernel's.
 */
SEC("fentry/xfrm_replay_advance")
int BPF_PROG(xi_mirror, struct xfrm_state *x, __be32 net_seq)
{
	__u32 seq = bpf_ntohl(net_seq);
	struct xi_window *w;
	__u64 number, top;

	w = xi_slot_find_cookie(SLOTS, x->id.spi, cookie_of(x));
	if (xi_unlikely(!w)) {
		if (!mirror_learn(x))
			return 0;
		w = xi_slot_find_cookie(SLOTS, x->id.spi, cookie_of(x));
		if (!w)
			return 0;
	}
	if (xi_unlikely(!w->epoch)) {
		if (!w->size)
			return 0;
		mirror_start(x, w);
		if (!w->epoch)
			return 0;
	}
	top = w->top;
	number = w->flags & XI_WIN_ESN ? xi_window_infer(top, w->size, seq) : seq;
	/*
	 * The kernel accepted it: it must be new to us, within 2^32 to the right or inside the
	 * window. If not, somebody set the kernel's numbers back: begin anew with the next packet.
	 */
	if (xi_unlikely(number > top ? number - top > 0xffffffff : top - number >= w->size)) {
		xi_window_stop(w);
		return 0;
	}
	xi_window_advance(w, number > top ? number : top, number);
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
		w = xi_slot_find(SLOTS, &key);
		if (w) {
			xi_window_stop(w);
			w->size = xfrm_replay_size(x);
		}
		return 0;
	}
	/* Outbound SAs have no window. An address we do not know yet is learnt with its first packet. */
	if (!addr_is_local(key.daddr, key.family))
		return 0;
	/* A valid state that is new or updated is one that starts: an update of another is dead. */
	w = slot_of(x, &key);
	if (w)
		xi_window_stop(w);
	return 0;
}

SEC("fexit/__xfrm_state_delete")
int BPF_PROG(xi_sa_delete, struct xfrm_state *x)
{
	struct xi_sa_key key;

	if (!is_guarded(x))
		return 0;
	xfrm_key_read(x, &key);
	xi_slot_del(SLOTS, &key, cookie_of(x));
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
