/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * xi_window as a hash table in an array: open addressing, a few probes, no lock.
 *
 * Why not a BPF hash map: its lookup of a 24-byte key costs 190 instructions
 * (6.12), an array's 20, and each packet needs one in XDP and one in the mirror
 * (docs/benchmarks.md). The array is mapped into the daemon, so the same lines
 * run there.
 *
 * A slot goes EMPTY -> BUSY -> LIVE -> DEAD -> BUSY -> ... BUSY is taken by
 * compare and exchange. A search passes over DEAD and BUSY and ends at EMPTY.
 * Two who add the same key at once may fill two slots: each looks again when its
 * own is visible, and the one further from home gives way. A key is removed from
 * every slot that has it.
 *
 * Includers define, before this file, how a slot is reached:
 *	struct xi_slots { ...; __u32 mask; };		mask: slots less one
 *	struct xi_window *xi_slot_at(const struct xi_slots *t, __u32 i);  NULL: none
 */
#ifndef XIPSEC_SLOTS_H
#define XIPSEC_SLOTS_H

#include "window.h"

/*
 * SPIs are chosen by the receiver, us: nobody else can make them collide. They may
 * be random or count up in any octet, so all 32 bits must reach the lowest of the
 * result: the upper half of a product of 64 bits has them.
 */
static __always_inline __u32 xi_slot_home(__be32 spi, __u8 proto)
{
	return (__u64)(spi ^ (__u32)proto << 8) * 0x9e3779b97f4a7c15ULL >> 32;
}

static __always_inline int xi_key_equal(const struct xi_sa_key *a, const struct xi_sa_key *b)
{
	const __u64 *x = (const __u64 *)a, *y = (const __u64 *)b;

	return !((x[2] ^ y[2]) | (x[0] ^ y[0]) | (x[1] ^ y[1]));
}

static __always_inline struct xi_window *
xi_slot_find(const struct xi_slots *t, const struct xi_sa_key *key)
{
	__u32 home = xi_slot_home(key->spi, key->proto), i;

	for (i = 0; i < XI_PROBES; i++) {
		struct xi_window *w = xi_slot_at(t, (home + i) & t->mask);

		if (!w)
			return NULL;
		if (xi_likely(xi_key_equal(&w->key, key)) && XI_READ_ONCE(w->state) == XI_SLOT_LIVE)
			return w;
		if (XI_READ_ONCE(w->state) == XI_SLOT_EMPTY)
			return NULL;
	}
	return NULL;
}

/* The slot of the kernel's state with this cookie; an SA without one (0) is never found. */
static __always_inline struct xi_window *
xi_slot_find_cookie(const struct xi_slots *t, __be32 spi, __u8 proto, __u64 cookie)
{
	__u32 home = xi_slot_home(spi, proto), i;

	for (i = 0; i < XI_PROBES; i++) {
		struct xi_window *w = xi_slot_at(t, (home + i) & t->mask);

		if (!w)
			return NULL;
		if (xi_likely(w->cookie == cookie))
			return w;
		if (XI_READ_ONCE(w->state) == XI_SLOT_EMPTY)
			return NULL;
	}
	return NULL;
}

static __always_inline void xi_slot_free(struct xi_window *w)
{
	xi_window_stop(w);	/* for readers that hold the slot */
	XI_WRITE_ONCE(w->cookie, 0);
	xi_store_release(&w->state, XI_SLOT_DEAD);
}

/* Who deletes, with the kernel's lock or the daemon, deletes only what is the same SA. */
static __always_inline void xi_slot_del(const struct xi_slots *t, const struct xi_sa_key *key,
					__u64 cookie)
{
	__u32 home = xi_slot_home(key->spi, key->proto), i;

	for (i = 0; i < XI_PROBES; i++) {
		struct xi_window *w = xi_slot_at(t, (home + i) & t->mask);

		if (!w || XI_READ_ONCE(w->state) == XI_SLOT_EMPTY)
			return;
		if (XI_READ_ONCE(w->state) == XI_SLOT_LIVE && xi_key_equal(&w->key, key) &&
		    (!cookie || !w->cookie || w->cookie == cookie))
			xi_slot_free(w);
	}
}

/* Fills a slot that is ours (BUSY); readers see nothing but an SA whose window has not started. */
static __always_inline void xi_slot_fill(struct xi_window *w, const struct xi_sa_key *key,
					 __u32 size, __u32 flags, __u64 cookie)
{
	xi_window_stop(w);
	w->key = *key;
	w->size = size;
	w->flags = flags;
	w->cookie = cookie;
	w->drop.duplicate = 0;
	w->drop.too_old = 0;
	w->drop.seq_zero = 0;
	w->drop.last_ns = 0;
	w->drop.log_tat = 0;
	w->drop.last_seq = 0;
	xi_store_release(&w->state, XI_SLOT_LIVE);
}

static __always_inline struct xi_window *
xi_slot_claim(const struct xi_slots *t, const struct xi_sa_key *key)
{
	__u32 home = xi_slot_home(key->spi, key->proto), i;

	for (i = 0; i < XI_PROBES; i++) {
		struct xi_window *w = xi_slot_at(t, (home + i) & t->mask);
		__u32 state;

		if (!w)
			return NULL;
		state = XI_READ_ONCE(w->state);
		if ((state == XI_SLOT_EMPTY || state == XI_SLOT_DEAD) &&
		    __sync_val_compare_and_swap(&w->state, state, XI_SLOT_BUSY) == state)
			return w;
	}
	return NULL;
}

/*
 * Finds the SA or makes it known; *fresh says which. size: of the window,
 * 0 to XI_WINDOW_MAX. NULL: no slot is free within reach.
 */
static __always_inline struct xi_window *
xi_slot_add(const struct xi_slots *t, const struct xi_sa_key *key, __u32 size, __u32 flags,
	    __u64 cookie, int *fresh)
{
	struct xi_window *w = xi_slot_find(t, key), *first;
	__u64 fence = 0;

	*fresh = 0;
	if (w)
		return w;
	w = xi_slot_claim(t, key);
	if (!w)
		return NULL;
	xi_slot_fill(w, key, size, flags, cookie);
	if (__sync_fetch_and_add(&fence, 1))	/* ours is visible before we look again */
		return NULL;
	first = xi_slot_find(t, key);
	if (first && first != w) {
		xi_slot_free(w);
		return first;
	}
	*fresh = 1;
	return w;
}

#endif /* XIPSEC_SLOTS_H */
