/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The replay window: RFC 4303 section 3.4.3 and appendix A, with the ring of
 * RFC 6479 instead of a bitmap that has to be shifted. These lines run in the
 * BPF programs and, compiled for user space, in the unit tests.
 *
 * One writer, many readers, no lock. xi_mirror writes, after the kernel has
 * authenticated a packet and under the kernel's own lock on the SA; xi_outer
 * reads on any CPU, before authentication. The two rules:
 *
 *   No false reject (I2). The kernel will judge the packet later than the
 *   reader does, and its window never moves back. So a reader that sees an
 *   older state is only more permissive. What must never be seen is a new top
 *   together with a bit of the ring's previous round: the writer therefore
 *   clears the words it passes, then publishes the top, then sets the bit.
 *
 *   No missed replay (I3). A number whose packet was authenticated has its bit
 *   set before the kernel releases the SA.
 *
 * A reader may hold a slot whose SA was deleted and that serves another SA by
 * now, be it before or after he first looked at the window. Each start of a
 * window has an epoch of its own; a reader that is about to reject reads key,
 * epoch and bit again behind a barrier. That costs nothing on the path of
 * accepted packets, and makes the readers right on machines with weak ordering
 * too.
 */
#ifndef XIPSEC_WINDOW_H
#define XIPSEC_WINDOW_H

#include "maps.h"

enum xi_window_verdict {
	XI_WIN_NEW,		/* pass: not seen yet, or to the right of the window */
	XI_WIN_UNSTARTED,	/* pass: no authenticated packet seen yet */
	XI_WIN_OFF,		/* pass: the SA has no replay check */
	XI_WIN_AMBIGUOUS,	/* pass: XI_WIN_SHARED */
	XI_WIN_DUP,		/* reject: seen */
	XI_WIN_OLD,		/* reject: to the left of the window */
	XI_WIN_ZERO,		/* reject: number 0 is never sent (RFC 4303 section 3.3.3) */
};

/*
 * Stores of the writer become visible in program order. x86 does so by itself,
 * the compiler has to be told; elsewhere an exchange orders (BPF has no
 * store-release before Linux 6.15). Tests hook in to run a reader in between.
 */
#ifndef XI_WINDOW_STEP
#define XI_WINDOW_STEP(w)	do { } while (0)
#endif

#if defined(__TARGET_ARCH_x86) || defined(__x86_64__)
#define xi_store_release(p, v)						\
	do {								\
		__asm__ volatile("" ::: "memory");			\
		XI_WRITE_ONCE(*(p), (v));				\
		__asm__ volatile("" ::: "memory");			\
	} while (0)
#else
#define xi_store_release(p, v)	((void)__sync_lock_test_and_set((p), (v)))
#endif

/* A BPF atomic that fetches is a full barrier; there is no other (before 6.15). Always 0. */
static __always_inline int xi_fence(void)
{
	__u64 fence = 0;

	return __sync_fetch_and_add(&fence, 1) != 0;
}

/* What was read before is read before what follows. Always 0. */
static __always_inline int xi_load_fence(void)
{
#if defined(__TARGET_ARCH_x86) || defined(__x86_64__)
	__asm__ volatile("" ::: "memory");
	return 0;
#else
	return xi_fence();
#endif
}

static __always_inline int xi_key_equal(const struct xi_sa_key *a, const struct xi_sa_key *b)
{
	const __u64 *x = (const __u64 *)a, *y = (const __u64 *)b;

	return !((x[2] ^ y[2]) | (x[0] ^ y[0]) | (x[1] ^ y[1]));
}

/*
 * Words of the ring that a window of `size` numbers needs: a power of two. With
 * the top at bit 0 of its word, size - 1 numbers lie in the words before it.
 */
static __always_inline __u32 xi_window_words(__u32 size)
{
	__u32 need = (size + 62) / 64 + 1, words = 2;

	if (need > 2)
		words = 4;
	if (need > 4)
		words = 8;
	if (need > 8)
		words = 16;
	if (need > 16)
		words = 32;
	if (need > 32)
		words = 64;
	if (need > 64)
		words = XI_RING_WORDS;
	return words;
}

/*
 * RFC 4303 appendix A2.2: the 64-bit number that the sender most likely meant.
 * Below zero (a window that spans the very first numbers) the result is
 * huge, hence "new": the kernel's integrity check refuses such a packet.
 */
static __always_inline __u64 xi_window_infer(__u64 top, __u32 size, __u32 seq)
{
	__u32 top_lo = (__u32)top, hi = (__u32)(top >> 32);
	__u32 bottom = top_lo - size + 1;

	if (top_lo >= size - 1) {	/* A: the window lies in one subspace */
		if (seq < bottom)
			hi++;
	} else {			/* B: the window spans two subspaces */
		if (seq >= bottom)
			hi--;
	}
	return (__u64)hi << 32 | seq;
}

static __always_inline __u32 xi_window_word(const struct xi_window *w, __u64 number)
{
	return (__u32)(number >> 6) & w->mask & (XI_RING_WORDS - 1);
}

/*
 * The same window as at `epoch`, and that of `key`, read behind a full barrier.
 * The key first: between two reads of one epoch the slot has one owner.
 */
static __always_inline int xi_window_same(const struct xi_window *w, const struct xi_sa_key *key,
					  __u64 epoch)
{
	if (xi_fence())
		return 0;
	if (key && (!xi_key_equal(&w->key, key) || xi_load_fence()))
		return 0;
	return XI_READ_ONCE(w->epoch) == epoch;
}

/*
 * seq: host byte order, as on the wire. key: what the slot was found by; NULL:
 * the slot cannot change hands. Never writes.
 */
static __always_inline enum xi_window_verdict
xi_window_judge(const struct xi_window *w, const struct xi_sa_key *key, __u32 seq)
{
	__u64 epoch = XI_READ_ONCE(w->epoch);	/* before all else that is read */
	__u32 size = XI_READ_ONCE(w->size), flags = XI_READ_ONCE(w->flags);
	__u64 top, number, bit;

	if (flags & XI_WIN_SHARED)
		return XI_WIN_AMBIGUOUS;
	if (!epoch)
		return size ? XI_WIN_UNSTARTED : XI_WIN_OFF;

	top = XI_READ_ONCE(w->top);
	number = flags & XI_WIN_ESN ? xi_window_infer(top, size, seq) : seq;
	if (xi_likely(number > top))
		return XI_WIN_NEW;
	if (!number)
		return xi_window_same(w, key, epoch) ? XI_WIN_ZERO : XI_WIN_NEW;
	if (top - number >= size)
		return xi_window_same(w, key, epoch) ? XI_WIN_OLD : XI_WIN_NEW;

	bit = 1ULL << (number & 63);
	if (!(XI_READ_ONCE(w->bits[xi_window_word(w, number)]) & bit))
		return XI_WIN_NEW;
	if (!xi_window_same(w, key, epoch) ||
	    !(XI_READ_ONCE(w->bits[xi_window_word(w, number)]) & bit))
		return XI_WIN_NEW;
	return XI_WIN_DUP;
}

static __always_inline enum xi_window_verdict
xi_window_check(const struct xi_window *w, __u32 seq)
{
	return xi_window_judge(w, NULL, seq);
}

/*
 * Forget the window: readers pass until the next start. The epoch goes first,
 * so that a reader who saw anything newer does not find the old epoch.
 */
static __always_inline void xi_window_stop(struct xi_window *w)
{
	xi_store_release(&w->epoch, 0);
	XI_WINDOW_STEP(w);
}

/*
 * Begin at the kernel's `top` with no number marked: what was received before
 * is unknown and so is not rejected as a duplicate. size: up to XI_WINDOW_MAX;
 * 0, which replay state written from user space may bring, and a larger one than
 * any kernel has leave it stopped: nothing is judged.
 * epoch: not 0, never used before for this memory.
 */
static __always_inline void xi_window_start(struct xi_window *w, __u64 epoch, __u64 top,
					    __u32 size, __u32 flags)
{
	__u32 words = xi_window_words(size), i;

	xi_window_stop(w);
	for (i = 0; i < XI_RING_WORDS; i++)
		XI_WRITE_ONCE(w->bits[i], 0);
	XI_WINDOW_STEP(w);
	w->top = top;
	w->size = size;
	w->mask = words - 1;
	__sync_fetch_and_or(&w->flags, flags);	/* XI_WIN_SHARED may come at any time */
	XI_WINDOW_STEP(w);
	xi_store_release(&w->epoch, size && size <= XI_WINDOW_MAX ? epoch : 0);
	XI_WINDOW_STEP(w);
}

/*
 * A packet with `number` was authenticated, and the SA's highest number is now
 * `top` (>= number, >= w->top). The window must be started.
 */
static __always_inline void xi_window_advance(struct xi_window *w, __u64 top, __u64 number)
{
	__u64 first = w->top >> 6, last = top >> 6, i;
	__u32 word;

	if (top > w->top) {
		/* Words between the old top's and the new top's hold the last round: clear. */
		for (i = 1; i <= XI_RING_WORDS; i++) {
			if (first + i > last || i > (__u64)w->mask + 1)
				break;
			XI_WRITE_ONCE(w->bits[xi_window_word(w, (first + i) << 6)], 0);
			XI_WINDOW_STEP(w);
		}
		xi_store_release(&w->top, top);
		XI_WINDOW_STEP(w);
	}
	word = xi_window_word(w, number);
	xi_store_release(&w->bits[word], w->bits[word] | 1ULL << (number & 63));
	XI_WINDOW_STEP(w);
}

#endif /* XIPSEC_WINDOW_H */
