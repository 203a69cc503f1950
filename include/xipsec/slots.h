/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * xi_window as a hash table in an array: open addressing, a few probes, no lock.
 *
 * Why not a BPF hash map: its lookup of a 24-byte key costs 190 instructions
 * (6.12), an array's 20, and each packet needs one in XDP and one in the mirror
 * (docs/benchmarks.md). The array is mapped into the daemon, so the same lines
 * run there.
 *
 * A slot goes EMPTY -> BUSY -> LIVE -> BUSY -> DEAD -> BUSY -> ... BUSY is taken
 * by compare and exchange, and whoever took it owns the slot: one fills it, one
 * frees it. A search passes over DEAD and BUSY and ends at EMPTY.
 *
 * Two who add the same key at once may take two slots. Each writes the key and
 * then, before anybody can find his slot, looks for another one with it, behind
 * a barrier: at least one of the two sees the other. Who sees one gives his slot
 * back and begins anew; so no two slots are ever LIVE with one key.
 *
 * xi_mirror writes the window of a slot with the cookie of its SA, under the
 * kernel's lock on it. Such a slot is freed under that lock (xi_sa_delete), or by
 * the daemon when the SA with that very cookie has ended: or else a window would
 * get the numbers of another SA. Hence a cookie is there only while LIVE, and
 * who frees a slot takes it first and then looks whose it is.
 *
 * Includers define, before this file, how a slot is reached:
 *	struct xi_slots { ...; __u32 mask; };		mask: slots less one
 *	struct xi_window *xi_slot_at(const struct xi_slots *t, __u32 i);  NULL: none
 */
#ifndef XIPSEC_SLOTS_H
#define XIPSEC_SLOTS_H

#include "window.h"

/* How often an adder begins anew when another one was in its way. */
#ifndef XI_ADD_TRIES
#define XI_ADD_TRIES	4
#endif

/* Tests hook in to let others act in between. */
#ifndef XI_SLOT_STEP
#define XI_SLOT_STEP(w)	do { } while (0)
#endif

/*
 * SPIs are chosen by the receiver, us: nobody else can make them collide. They may
 * be random or count up in any octet, so all 32 bits must reach the lowest of the
 * result: the upper half of a product of 64 bits has them. An ESP and an AH SA of
 * one SPI are neighbours: the mirror need not read the protocol.
 */
static __always_inline __u32 xi_slot_home(__be32 spi)
{
	return (__u64)spi * 0x9e3779b97f4a7c15ULL >> 32;
}

static __always_inline struct xi_window *
xi_slot_find(const struct xi_slots *t, const struct xi_sa_key *key)
{
	__u32 home = xi_slot_home(key->spi), i;

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
xi_slot_find_cookie(const struct xi_slots *t, __be32 spi, __u64 cookie)
{
	__u32 home = xi_slot_home(spi), i;

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

/* A slot that is ours (BUSY), and has been found by others. */
static __always_inline void xi_slot_free(struct xi_window *w)
{
	xi_window_stop(w);	/* for readers that hold the slot */
	xi_store_release(&w->cookie, 0);
	xi_store_release(&w->state, XI_SLOT_DEAD);
}

/*
 * Removes the SA: a slot with its key that has its cookie, or none. Whoever has
 * no cookie (0) deletes nothing that xi_mirror may be writing to.
 */
static __always_inline void xi_slot_del(const struct xi_slots *t, const struct xi_sa_key *key,
					__u64 cookie)
{
	__u32 home = xi_slot_home(key->spi), i;

	for (i = 0; i < XI_PROBES; i++) {
		struct xi_window *w = xi_slot_at(t, (home + i) & t->mask);
		__u64 has;

		if (!w || XI_READ_ONCE(w->state) == XI_SLOT_EMPTY)
			return;
		if (!xi_key_equal(&w->key, key))
			continue;
		if (__sync_val_compare_and_swap(&w->state, XI_SLOT_LIVE, XI_SLOT_BUSY) !=
		    XI_SLOT_LIVE) {
			/* The daemon holds it just now, and may put it back: not with our window. */
			if (cookie && __sync_val_compare_and_swap(&w->cookie, cookie, 0) == cookie)
				xi_window_stop(w);
			continue;
		}
		XI_SLOT_STEP(w);
		has = XI_READ_ONCE(w->cookie);
		if (xi_key_equal(&w->key, key) && (!has || has == cookie))
			xi_slot_free(w);
		else
			xi_store_release(&w->state, XI_SLOT_LIVE);
	}
}

/*
 * Gives a slot that was found by its key another cookie. 0: somebody else did, or
 * it is being deleted.
 */
static __always_inline int xi_slot_own(struct xi_window *w, const struct xi_sa_key *key,
				       __u64 old, __u64 cookie)
{
	if (__sync_val_compare_and_swap(&w->cookie, old, cookie) != old)
		return 0;
	XI_SLOT_STEP(w);
	/* Who deletes takes the slot, then looks at the cookie: one of us sees the other. */
	if (XI_READ_ONCE(w->state) == XI_SLOT_LIVE && xi_key_equal(&w->key, key))
		return 1;
	__sync_val_compare_and_swap(&w->cookie, cookie, 0);
	return 0;
}

static __always_inline struct xi_window *
xi_slot_claim(const struct xi_slots *t, const struct xi_sa_key *key)
{
	__u32 home = xi_slot_home(key->spi), i;

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

/* Does another slot than ours have this key, or is it about to? */
static __always_inline int xi_slot_rival(const struct xi_slots *t, const struct xi_sa_key *key,
					 const struct xi_window *ours)
{
	__u32 home = xi_slot_home(key->spi), i;

	for (i = 0; i < XI_PROBES; i++) {
		struct xi_window *w = xi_slot_at(t, (home + i) & t->mask);
		__u32 state;

		if (!w)
			return 0;
		state = XI_READ_ONCE(w->state);
		/* No slot becomes EMPTY again: nobody has taken one behind it. */
		if (state == XI_SLOT_EMPTY)
			return 0;
		if (w != ours && state != XI_SLOT_DEAD && xi_key_equal(&w->key, key))
			return 1;
	}
	return 0;
}

/* Fills a slot that is ours (BUSY). What readers then see is an SA whose window has not started. */
static __always_inline int xi_slot_fill(const struct xi_slots *t, struct xi_window *w,
					const struct xi_sa_key *key, __u32 size, __u32 flags)
{
	XI_SLOT_STEP(w);
	xi_window_stop(w);
	w->key = *key;
	XI_SLOT_STEP(w);
	if (xi_fence() || xi_slot_rival(t, key, w)) {
		XI_SLOT_STEP(w);
		xi_store_release(&w->state, XI_SLOT_DEAD);
		return 0;
	}
	w->size = size;
	w->flags = flags;
	w->drop.duplicate = 0;
	w->drop.too_old = 0;
	w->drop.seq_zero = 0;
	w->drop.last_ns = 0;
	w->drop.log_tat = 0;
	w->drop.last_seq = 0;
	XI_SLOT_STEP(w);
	xi_store_release(&w->state, XI_SLOT_LIVE);
	XI_SLOT_STEP(w);
	return 1;
}

/*
 * Finds the SA or makes it known; *fresh says which. size: of the window,
 * 0 to XI_WINDOW_MAX. cookie: what a fresh slot gets; 0: none. NULL: no slot is
 * free within reach, or others were in our way each time.
 */
static __always_inline struct xi_window *
xi_slot_add(const struct xi_slots *t, const struct xi_sa_key *key, __u32 size, __u32 flags,
	    __u64 cookie, int *fresh)
{
	struct xi_window *w;
	int i;

	*fresh = 0;
	for (i = 0; i < XI_ADD_TRIES; i++) {
		w = xi_slot_find(t, key);
		if (w)
			return w;
		w = xi_slot_claim(t, key);
		if (!w || !xi_slot_fill(t, w, key, size, flags))
			continue;
		if (cookie)
			__sync_val_compare_and_swap(&w->cookie, 0, cookie);
		*fresh = 1;
		return w;
	}
	return NULL;
}

#endif /* XIPSEC_SLOTS_H */
