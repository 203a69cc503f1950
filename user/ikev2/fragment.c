// SPDX-License-Identifier: Apache-2.0
#include "user/ikev2/fragment.h"

#include <stdlib.h>
#include <string.h>

/* --- cutting -------------------------------------------------------------------------------- */

uint16_t fragment_count(size_t plain, size_t most)
{
	size_t n;

	if (!plain || !most || plain > FRAGMENT_BYTES_MAX)
		return 0;
	n = (plain + most - 1) / most;
	return n <= FRAGMENTS_MAX ? (uint16_t)n : 0;
}

/* Where fragment `number` starts: the bytes are dealt out evenly. */
static size_t start_of(size_t plain, uint16_t number, uint16_t total)
{
	return plain * (number - 1U) / total;
}

struct fragment fragment_get(struct span plain, uint8_t first, uint16_t number, uint16_t total)
{
	struct fragment f = { .number = number, .total = total, .first = number == 1 ? first : 0 };
	struct cur c = cur_of(plain);
	size_t from = start_of(plain.n, number, total);

	cur_take(&c, from);
	f.plain = cur_take(&c, start_of(plain.n, (uint16_t)(number + 1), total) - from);
	return f;
}

/* --- putting together ----------------------------------------------------------------------- */

void fragment_set_init(struct fragment_set *s, struct fragment_budget *budget)
{
	*s = (struct fragment_set){ .budget = budget };
}

/* What the parts and their table cost. */
static size_t cost(const struct fragment_set *s)
{
	return s->bytes + s->total * sizeof(*s->part);
}

void fragment_clear(struct fragment_set *s)
{
	uint16_t i;

	if (s->part)
		s->budget->used -= cost(s);
	for (i = 0; s->part && i < s->total; i++) {
		if (s->part[i].p)
			explicit_bzero(s->part[i].p, s->part[i].n);
		free(s->part[i].p);
	}
	free(s->part);
	fragment_set_init(s, s->budget);
}

/* What is held is of the same cut. */
static bool same_cut(const struct fragment_set *s, uint32_t id, const struct pld_sk *sk)
{
	return s->part && s->id == id && s->total == sk->total;
}

enum fragment_verdict fragment_look(const struct fragment_set *s, uint32_t id,
				    const struct pld_sk *sk)
{
	if (!sk->number || sk->number > sk->total || !sk->first != (sk->number > 1))
		return FRAGMENT_BAD;
	if (sk->total > FRAGMENTS_MAX)
		return FRAGMENT_FULL;
	if (s->part && s->id == id && sk->total < s->total)
		return FRAGMENT_STALE;
	if (same_cut(s, id, sk) && s->part[sk->number - 1].p)
		return FRAGMENT_TWICE;
	return FRAGMENT_KEPT;
}

static bool afford(struct fragment_set *s, size_t n)
{
	if (n > s->budget->most || s->budget->used > s->budget->most - n)
		return false;
	s->budget->used += n;
	return true;
}

static enum fragment_verdict start(struct fragment_set *s, uint32_t id, uint16_t total)
{
	size_t table = total * sizeof(*s->part);

	fragment_clear(s);
	if (!afford(s, table))
		return FRAGMENT_FULL;
	s->part = calloc(total, sizeof(*s->part));
	if (!s->part) {
		s->budget->used -= table;
		return FRAGMENT_NO_MEMORY;
	}
	s->id = id;
	s->total = total;
	return FRAGMENT_KEPT;
}

static enum fragment_verdict keep(struct fragment_set *s, const struct pld_sk *sk,
				  struct span plain)
{
	uint8_t *p;

	if (s->bytes + plain.n > FRAGMENT_BYTES_MAX) {
		/* No order of fragments makes a message of it. */
		fragment_clear(s);
		return FRAGMENT_FULL;
	}
	if (!afford(s, plain.n))
		return FRAGMENT_FULL;
	p = malloc(plain.n);
	if (!p) {
		s->budget->used -= plain.n;
		return FRAGMENT_NO_MEMORY;
	}
	memcpy(p, plain.p, plain.n);
	s->part[sk->number - 1].p = p;
	s->part[sk->number - 1].n = (uint16_t)plain.n;
	s->bytes += plain.n;
	s->have++;
	if (sk->number == 1)
		s->first = sk->first;
	return s->have == s->total ? FRAGMENT_WHOLE : FRAGMENT_KEPT;
}

enum fragment_verdict fragment_add(struct fragment_set *s, uint32_t id, const struct pld_sk *sk,
				   struct span plain)
{
	enum fragment_verdict v = fragment_look(s, id, sk);

	if (v != FRAGMENT_KEPT)
		return v;
	/* Each has to bring the message further. */
	if (!plain.n || plain.n > FRAGMENT_BYTES_MAX)
		return FRAGMENT_BAD;
	if (!same_cut(s, id, sk)) {
		v = start(s, id, sk->total);
		if (v != FRAGMENT_KEPT)
			return v;
	}
	return keep(s, sk, plain);
}

bool fragment_join(const struct fragment_set *s, uint8_t *buf, size_t cap, struct span *plain,
		   uint8_t *first)
{
	struct wr w = wr_of(buf, cap);
	uint16_t i;

	if (!s->part || s->have != s->total)
		return false;
	for (i = 0; i < s->total; i++)
		wr_span(&w, span_of(s->part[i].p, s->part[i].n));
	if (w.bad)
		return false;
	*plain = wr_since(&w, 0);
	*first = s->first;
	return true;
}
