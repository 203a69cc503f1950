// SPDX-License-Identifier: Apache-2.0
#include "user/ike/cursor.h"

#include <string.h>

bool span_equal(struct span a, struct span b)
{
	/* memcmp() must not see NULL, not even for nothing. */
	return a.n == b.n && (!a.n || !memcmp(a.p, b.p, a.n));
}

struct cur cur_of(struct span s)
{
	return (struct cur){ .p = s.p, .n = s.n };
}

struct span cur_take(struct cur *c, size_t n)
{
	struct span s = { .p = c->p, .n = n };

	if (c->bad || n > c->n) {
		c->bad = true;
		/* So that a loop over what is left ends. */
		c->n = 0;
		return (struct span){};
	}
	if (n)
		c->p += n;
	c->n -= n;
	return s;
}

struct span cur_rest(struct cur *c)
{
	return cur_take(c, c->n);
}

struct cur cur_sub(struct cur *c, size_t n)
{
	struct cur sub = cur_of(cur_take(c, n));

	sub.bad = c->bad;
	return sub;
}

static uint64_t number(struct cur *c, size_t n)
{
	struct span s = cur_take(c, n);
	uint64_t v = 0;
	size_t i;

	for (i = 0; i < s.n; i++)
		v = v << 8 | s.p[i];
	return v;
}

uint8_t cur_u8(struct cur *c)
{
	return (uint8_t)number(c, 1);
}

uint16_t cur_u16(struct cur *c)
{
	return (uint16_t)number(c, 2);
}

uint32_t cur_u32(struct cur *c)
{
	return (uint32_t)number(c, 4);
}

uint64_t cur_u64(struct cur *c)
{
	return number(c, 8);
}

uint8_t cur_peek(const struct cur *c)
{
	return !c->bad && c->n ? *c->p : 0;
}

struct wr wr_of(void *buf, size_t cap)
{
	return (struct wr){ .p = buf, .cap = cap };
}

/* Room for n bytes, now counted as written; NULL: there is none, or nothing to write. */
static uint8_t *room(struct wr *w, size_t n)
{
	uint8_t *at;

	if (w->bad || n > w->cap - w->n) {
		w->bad = true;
		return NULL;
	}
	if (!n)
		return NULL;
	at = w->p + w->n;
	w->n += n;
	return at;
}

static void put(uint8_t *at, size_t n, uint64_t v)
{
	while (n--) {
		at[n] = (uint8_t)v;
		v >>= 8;
	}
}

static void append(struct wr *w, size_t n, uint64_t v)
{
	uint8_t *at = room(w, n);

	if (at)
		put(at, n, v);
}

void wr_u8(struct wr *w, uint8_t v)
{
	append(w, 1, v);
}

void wr_u16(struct wr *w, uint16_t v)
{
	append(w, 2, v);
}

void wr_u32(struct wr *w, uint32_t v)
{
	append(w, 4, v);
}

void wr_u64(struct wr *w, uint64_t v)
{
	append(w, 8, v);
}

void wr_zero(struct wr *w, size_t n)
{
	uint8_t *at = room(w, n);

	if (at)
		memset(at, 0, n);
}

void wr_span(struct wr *w, struct span s)
{
	uint8_t *at = room(w, s.n);

	if (at)
		memcpy(at, s.p, s.n);
}

static void patch(struct wr *w, size_t at, size_t n, size_t v)
{
	if (w->bad || at > w->n || n > w->n - at || (uint64_t)v >> (8 * n)) {
		w->bad = true;
		return;
	}
	put(w->p + at, n, v);
}

void wr_u8_at(struct wr *w, size_t at, size_t v)
{
	patch(w, at, 1, v);
}

void wr_u16_at(struct wr *w, size_t at, size_t v)
{
	patch(w, at, 2, v);
}

void wr_u32_at(struct wr *w, size_t at, size_t v)
{
	patch(w, at, 4, v);
}

struct span wr_since(const struct wr *w, size_t at)
{
	if (w->bad || at >= w->n)
		return (struct span){};
	return span_of(w->p + at, w->n - at);
}
