/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The replay window as RFC 4303 section 3.4.3 and appendix A2 put it, in the
 * plainest form: the ordered list of all numbers that were authenticated and
 * still matter. No ring, no bitmap, no 32-bit halves; nothing of window.h.
 */
#ifndef WINDOW_MODEL_H
#define WINDOW_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MODEL_SEEN_MAX	16384

enum model_verdict { MODEL_NEW, MODEL_DUP, MODEL_OLD, MODEL_ZERO };

struct window_model {
	uint32_t size;
	bool esn;
	uint64_t top;
	size_t n_seen;
	uint64_t seen[MODEL_SEEN_MAX];	/* ascending */
};

/* Nothing is marked at the start, `top` neither. */
void model_start(struct window_model *m, uint64_t top, uint32_t size, bool esn);

/*
 * The number that `seq` stands for. With ESN that is the one number of the
 * 2^32 from the left edge of the window upwards that ends in `seq`. The left
 * edge lies below zero while the window is not yet full; a number below zero
 * was never sent. Such a packet is "new" here, as in window.h and in the kernel:
 * its integrity check fails, since the upper half is part of what is checked.
 */
__int128 model_number(const struct window_model *m, uint32_t seq);

enum model_verdict model_check(const struct window_model *m, uint32_t seq);

/* The packet with `number` passed its integrity check. */
void model_authenticated(struct window_model *m, uint64_t number);

#endif /* WINDOW_MODEL_H */
