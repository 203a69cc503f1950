/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A token bucket in one word: the generic cell rate algorithm (ITU-T I.371).
 *
 * `tat` is the theoretical arrival time: the moment at which the bucket will be
 * full again. Taking a token moves it `cost` nanoseconds into the future; when
 * it would then lie more than `burst` ahead of now, the bucket is empty. So a
 * steady rate is 1 s / cost, and burst / cost tokens may go at once.
 *
 * No lock: the word is changed by compare and exchange, once. The loser of a
 * race is told "empty"; what that means is the caller's choice, and callers
 * choose what cannot hurt (no event, no drop).
 */
#ifndef XIPSEC_BUCKET_H
#define XIPSEC_BUCKET_H

#include "types.h"

enum xi_bucket { XI_BUCKET_OK, XI_BUCKET_EMPTY, XI_BUCKET_RACE };

/* now_ns: any clock that does not go back. */
static __always_inline enum xi_bucket
xi_bucket_take(__u64 *tat, __u64 now_ns, __u64 cost_ns, __u64 burst_ns)
{
	__u64 old = XI_READ_ONCE(*tat);
	__u64 from = old > now_ns ? old : now_ns;

	if (cost_ns > burst_ns || from - now_ns > burst_ns - cost_ns)
		return XI_BUCKET_EMPTY;
	if (__sync_val_compare_and_swap(tat, old, from + cost_ns) != old)
		return XI_BUCKET_RACE;
	return XI_BUCKET_OK;
}

#endif /* XIPSEC_BUCKET_H */
