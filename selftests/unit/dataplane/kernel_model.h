/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the kernel judges sequence numbers (net/xfrm/xfrm_replay.c), retold: the
 * three ways it keeps a window, with their 32-bit arithmetic and their quirks.
 * Against it is shown that a rejection of ours is one of the kernel's too (I2).
 *
 * Two quirks, both out of reach of a conforming sender:
 *  - ESN: number 0 is let pass by the check when the top is exactly window - 1.
 *  - A ring of a size that is not a power of two breaks where the low half of
 *    the numbers wraps, and between 0 and 1: bit (n - 1) mod size jumps there.
 *    The kernel then forgets what it saw. kernel_is_regular() tells.
 */
#ifndef KERNEL_MODEL_H
#define KERNEL_MODEL_H

#include <stdbool.h>
#include <stdint.h>

enum kernel_mode { KERNEL_LEGACY, KERNEL_BMP, KERNEL_ESN };

struct kernel_model {
	enum kernel_mode mode;
	uint32_t window;
	uint32_t seq, seq_hi;
	uint32_t bitmap;	/* legacy: bit i is number seq - i */
	uint32_t bmp[128];	/* else: bit (n - 1) mod window is number n */
};

void kernel_start(struct kernel_model *k, enum kernel_mode mode, uint64_t top, uint32_t window);
bool kernel_accepts(const struct kernel_model *k, uint32_t seq);
uint32_t kernel_high_half(const struct kernel_model *k, uint32_t seq);
void kernel_advance(struct kernel_model *k, uint32_t seq);
uint64_t kernel_top(const struct kernel_model *k);

/* No quirk of the ring between two tops. */
bool kernel_is_regular(const struct kernel_model *k, uint64_t from_top, uint64_t to_top);

#endif /* KERNEL_MODEL_H */
