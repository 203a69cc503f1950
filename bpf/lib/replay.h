/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The replay check of a packet whose SPI and number are known, from one of two
 * sources: the window that xi_mirror keeps in the map, or the live state of the
 * kernel where programs cannot be attached to its functions.
 */
#ifndef XI_BPF_REPLAY_H
#define XI_BPF_REPLAY_H

#include <xipsec/window.h>

#include "kfunc.h"
#include "police.h"

/* Where windows come from. Set at load; user/dataplane/bpf.c chooses. */
#define XI_SOURCE_MIRROR	0
#define XI_SOURCE_LIVE		1

const volatile __u32 xi_variant = XI_SOURCE_MIRROR;

/* Only the counters of the slot are ours to write (I1). */
static __always_inline int replay_drop(const struct pkt *p, struct xi_window *w,
				       enum xi_reason reason, __u64 *counter)
{
	__u64 now = bpf_ktime_get_coarse_ns();
	struct xi_config *cfg;

	if (w) {
		__sync_fetch_and_add(counter, 1);
		w->drop.last_ns = now;
		w->drop.last_seq = p->seq;
		/* A message is due once its interval has passed: nearly never. */
		if (xi_unlikely(XI_READ_ONCE(w->drop.log_tat) <= now)) {
			cfg = config_get();
			if (cfg && xi_bucket_take(&w->drop.log_tat, now, cfg->replay_log_ns,
						  cfg->replay_log_ns) == XI_BUCKET_OK)
				event_send(p, XI_EV_REPLAY, reason, now);
		}
	}
	return verdict(p, XDP_DROP, reason, now);
}

/* w: the slot of the SA; NULL in the live variant where the table has none. */
static __always_inline int replay_verdict(const struct pkt *p, struct xi_window *w,
					  enum xi_window_verdict v)
{
	if (xi_likely(v == XI_WIN_NEW))
		return pass(p, XI_R_SA_NEW);
	switch (v) {
	case XI_WIN_DUP:
		return replay_drop(p, w, XI_R_REPLAY_DUP, &w->drop.duplicate);
	case XI_WIN_OLD:
		return replay_drop(p, w, XI_R_REPLAY_OLD, &w->drop.too_old);
	case XI_WIN_ZERO:
		return replay_drop(p, w, XI_R_SEQ_ZERO, &w->drop.seq_zero);
	case XI_WIN_UNSTARTED:
		return pass(p, XI_R_SA_UNSTARTED);
	case XI_WIN_OFF:
		return pass(p, XI_R_SA_NO_WINDOW);
	case XI_WIN_AMBIGUOUS:
		return pass(p, XI_R_SA_SHARED);
	default:
		return pass(p, XI_R_SA_NEW);
	}
}

/*
 * The bit of a number in the kernel's ring (xfrm_replay_check_bmp(), _esn()):
 * bit (n - 1) mod window. 0 when it cannot be read: pass.
 */
static __always_inline int live_ring_bit(struct xfrm_replay_state_esn *esn, __u32 top, __u32 diff,
					 __u32 size)
{
	__u32 pos = (top - 1) % size, nr, word = 0;

	nr = pos >= diff ? (pos - diff) % size : size - (diff - pos);
	if (bpf_probe_read_kernel(&word, sizeof(word), &esn->bmp[(nr >> 5) & 127]))
		return 0;
	return word >> (nr & 31) & 1;
}

/* 0 when nobody changes the state just now. */
static __always_inline int live_locked(struct xfrm_state *x)
{
	return x->lock.rlock.raw_lock.val.counter;
}

/*
 * The kernel's writer first changes the bits, then the top, and holds x->lock.
 * We cannot take it; a rejection stands only if nobody held the lock before and
 * after, and the top is the same: then what was read belongs together.
 */
static __always_inline enum xi_window_verdict live_check(struct xfrm_state *x, __u32 seq)
{
	int locked = live_locked(x);
	enum xi_window_verdict v = XI_WIN_DUP;
	struct replay r, again;
	__u64 number, fence = 0;
	__u32 diff;

	xfrm_replay_read(x, &r);
	if (!r.size)
		return XI_WIN_OFF;
	number = r.flags & XI_WIN_ESN ? xi_window_infer(r.top, r.size, seq) : seq;
	if (number > r.top || locked)
		return XI_WIN_NEW;
	diff = r.top - number;
	if (!number) {
		v = XI_WIN_ZERO;
	} else if (r.top - number >= r.size) {
		v = XI_WIN_OLD;
	} else if (x->repl_mode == XFRM_REPLAY_MODE_LEGACY) {
		if (!(x->replay.bitmap >> (diff & 31) & 1))
			return XI_WIN_NEW;
	} else if (!live_ring_bit(x->replay_esn, r.top, diff, r.size)) {
		return XI_WIN_NEW;
	}
	if (__sync_fetch_and_add(&fence, 1) || live_locked(x))
		return XI_WIN_NEW;
	xfrm_replay_read(x, &again);
	return again.top == r.top ? v : XI_WIN_NEW;
}

static __always_inline int replay_live(struct xdp_md *ctx, const struct pkt *p)
{
	enum xi_window_verdict v;
	struct xfrm_state *x;

	struct xi_window *w = xi_slot_find(SLOTS, &p->key);

	/* The kernel is asked without a mark: of several SAs it names one, of a marked one none. */
	if (w && XI_READ_ONCE(w->flags) & XI_WIN_SHARED)
		return pass(p, XI_R_SA_SHARED);
	if (!kernel_sa_available())
		return pass(p, XI_R_SA_UNSTARTED);
	x = kernel_sa_get(ctx, p);
	if (!x)
		return police_unknown(ctx, p);
	v = x->mark.m ? XI_WIN_AMBIGUOUS : live_check(x, p->seq);
	bpf_xdp_xfrm_state_release(x);
	return replay_verdict(p, w, v);
}

static __always_inline int replay(struct xdp_md *ctx, const struct pkt *p)
{
	struct xi_window *w;

	/* RFC 4303 section 2.1: never on the wire, and no SA of the kernel can have it. */
	if (!p->key.spi)
		return addr_is_local(p->key.daddr, p->key.family) ? drop(p, XI_R_SPI_ZERO) :
								    pass(p, XI_R_TRANSIT);
	if (xi_variant == XI_SOURCE_LIVE)
		return replay_live(ctx, p);
	w = xi_slot_find(SLOTS, &p->key);
	if (!w)
		return police_unknown(ctx, p);
	return replay_verdict(p, w, xi_window_judge(w, &p->key, p->seq));
}

#endif /* XI_BPF_REPLAY_H */
