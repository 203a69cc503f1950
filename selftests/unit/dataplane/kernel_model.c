// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "kernel_model.h"

void kernel_start(struct kernel_model *k, enum kernel_mode mode, uint64_t top, uint32_t window)
{
	memset(k, 0, sizeof(*k));
	k->mode = mode;
	k->window = window;
	k->seq = (uint32_t)top;
	k->seq_hi = mode == KERNEL_ESN ? (uint32_t)(top >> 32) : 0;
}

uint64_t kernel_top(const struct kernel_model *k)
{
	return (uint64_t)k->seq_hi << 32 | k->seq;
}

bool kernel_is_regular(const struct kernel_model *k, uint64_t from_top, uint64_t to_top)
{
	if (k->mode == KERNEL_LEGACY || !(k->window & (k->window - 1)))
		return true;
	return from_top > k->window && from_top >> 32 == to_top >> 32 &&
	       (uint32_t)from_top > k->window;
}

/* Where the ring keeps the number that lies `diff` below the top. */
static uint32_t ring_below(const struct kernel_model *k, uint32_t diff)
{
	uint32_t pos = (k->seq - 1) % k->window;

	return pos >= diff ? (pos - diff) % k->window : k->window - (diff - pos);
}

static bool ring_get(const struct kernel_model *k, uint32_t nr)
{
	return k->bmp[nr >> 5] >> (nr & 31) & 1;
}

static void ring_set(struct kernel_model *k, uint32_t nr)
{
	k->bmp[nr >> 5] |= 1U << (nr & 31);
}

/* `diff` numbers upwards: what lies between old and new top is unseen. */
static void ring_move(struct kernel_model *k, uint32_t diff)
{
	uint32_t pos = (k->seq - 1) % k->window, i, nr;

	if (diff >= k->window) {
		memset(k->bmp, 0, sizeof(k->bmp));
	} else {
		for (i = 1; i < diff; i++) {
			nr = (pos + i) % k->window;
			k->bmp[nr >> 5] &= ~(1U << (nr & 31));
		}
	}
	ring_set(k, (pos + diff) % k->window);
}

static bool legacy_accepts(const struct kernel_model *k, uint32_t seq)
{
	uint32_t diff = k->seq - seq;

	if (!seq)
		return false;
	if (seq > k->seq)
		return true;
	if (diff >= (k->window < 32 ? k->window : 32))
		return false;
	return !(k->bitmap >> diff & 1);
}

static bool bmp_accepts(const struct kernel_model *k, uint32_t seq)
{
	uint32_t diff = k->seq - seq;

	if (!seq)
		return false;
	if (seq > k->seq)
		return true;
	return diff < k->window && !ring_get(k, ring_below(k, diff));
}

static bool esn_accepts(const struct kernel_model *k, uint32_t seq)
{
	uint32_t top = k->seq, bottom = top - k->window + 1, diff = top - seq;

	if (!seq && !k->seq_hi && top < k->window - 1)
		return false;
	if (top >= k->window - 1) {
		if (seq > top || seq < bottom)
			return true;
	} else if (seq > top && seq < bottom) {
		return true;
	}
	return diff < k->window && !ring_get(k, ring_below(k, diff));
}

bool kernel_accepts(const struct kernel_model *k, uint32_t seq)
{
	if (!k->window)
		return true;
	switch (k->mode) {
	case KERNEL_LEGACY:
		return legacy_accepts(k, seq);
	case KERNEL_BMP:
		return bmp_accepts(k, seq);
	default:
		return esn_accepts(k, seq);
	}
}

/* RFC 4303 appendix A2.2, as a value that goes into the integrity check. */
uint32_t kernel_high_half(const struct kernel_model *k, uint32_t seq)
{
	uint32_t bottom = k->seq - k->window + 1;

	if (k->mode != KERNEL_ESN)
		return 0;
	if (k->seq >= k->window - 1)
		return seq < bottom ? k->seq_hi + 1 : k->seq_hi;
	return seq >= bottom ? k->seq_hi - 1 : k->seq_hi;
}

static void legacy_advance(struct kernel_model *k, uint32_t seq)
{
	uint32_t diff;

	if (seq > k->seq) {
		diff = seq - k->seq;
		k->bitmap = diff < k->window && diff < 32 ? k->bitmap << diff | 1 : 1;
		k->seq = seq;
	} else {
		k->bitmap |= 1U << (k->seq - seq);
	}
}

static void ring_advance(struct kernel_model *k, uint32_t seq)
{
	uint32_t hi = kernel_high_half(k, seq);
	int32_t wrap = (int32_t)(hi - k->seq_hi);

	if ((!wrap && seq > k->seq) || wrap > 0) {
		ring_move(k, wrap ? ~k->seq + seq + 1 : seq - k->seq);
		k->seq = seq;
		k->seq_hi += wrap > 0;
	} else {
		ring_set(k, ring_below(k, k->seq - seq));
	}
}

void kernel_advance(struct kernel_model *k, uint32_t seq)
{
	if (!k->window)
		return;
	if (k->mode == KERNEL_LEGACY)
		legacy_advance(k, seq);
	else
		ring_advance(k, seq);
}
