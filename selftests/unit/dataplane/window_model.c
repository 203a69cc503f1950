// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "window_model.h"

void model_start(struct window_model *m, uint64_t top, uint32_t size, bool esn)
{
	m->size = size;
	m->esn = esn;
	m->top = top;
	m->n_seen = 0;
}

static __int128 left_edge(const struct window_model *m)
{
	return (__int128)m->top - m->size + 1;
}

__int128 model_number(const struct window_model *m, uint32_t seq)
{
	const __int128 round = (__int128)1 << 32;
	__int128 left = left_edge(m), distance;

	if (!m->esn)
		return seq;
	distance = (seq - left) % round;
	if (distance < 0)
		distance += round;
	return left + distance;
}

/* Index of the first number that is not below `number`. */
static size_t seen_find(const struct window_model *m, uint64_t number)
{
	size_t low = 0, high = m->n_seen;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (m->seen[mid] < number)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

enum model_verdict model_check(const struct window_model *m, uint32_t seq)
{
	__int128 number = model_number(m, seq);
	size_t i;

	if (number < 0 || number > m->top)
		return MODEL_NEW;
	if (number == 0)
		return MODEL_ZERO;
	if (number < left_edge(m))
		return MODEL_OLD;
	i = seen_find(m, number);
	return i < m->n_seen && m->seen[i] == number ? MODEL_DUP : MODEL_NEW;
}

/* Numbers to the left of the window are not asked for any more. */
static void seen_forget_old(struct window_model *m)
{
	__int128 left = left_edge(m);
	size_t i = left > 0 ? seen_find(m, left) : 0;

	m->n_seen -= i;
	memmove(m->seen, m->seen + i, m->n_seen * sizeof(m->seen[0]));
}

void model_authenticated(struct window_model *m, uint64_t number)
{
	size_t i;

	if (number > m->top)
		m->top = number;
	if (m->n_seen == MODEL_SEEN_MAX)
		seen_forget_old(m);
	i = seen_find(m, number);
	if (i < m->n_seen && m->seen[i] == number)
		return;
	memmove(m->seen + i + 1, m->seen + i, (m->n_seen - i) * sizeof(m->seen[0]));
	m->seen[i] = number;
	m->n_seen++;
}
