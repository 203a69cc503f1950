/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes of a message, read and written without a way past their end: the only
 * arithmetic on pointers that the codecs of IKE do. Faults stick: a reader that
 * was short once gives zeros from then on, a writer that was full once writes no
 * more, so that a parser reads a whole layout and asks at its end whether it was there.
 *
 * Numbers are big endian on the wire and host order here. Nothing is copied by a
 * reader: spans borrow from the message and live as long as it does.
 */
#ifndef XIPSEC_IKE_CURSOR_H
#define XIPSEC_IKE_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct span {
	const uint8_t	*p;		/* may be NULL when n is 0 */
	size_t		n;
};

static inline struct span span_of(const void *p, size_t n)
{
	return (struct span){ .p = p, .n = n };
}

/* Not in constant time: not for secrets. */
bool span_equal(struct span a, struct span b);

/* --- reading -------------------------------------------------------------------------------- */

struct cur {
	const uint8_t	*p;
	size_t		n;		/* bytes left; of a bad one 0 */
	bool		bad;		/* something was asked for that was not there */
};

struct cur cur_of(struct span s);

uint8_t cur_u8(struct cur *c);
uint16_t cur_u16(struct cur *c);
uint32_t cur_u32(struct cur *c);
uint64_t cur_u64(struct cur *c);

/* The next n bytes; short: an empty span, and the reader is bad. */
struct span cur_take(struct cur *c, size_t n);

/* All that is left; empty for a bad reader. */
struct span cur_rest(struct cur *c);

/* A reader of the next n bytes alone, bad from the start if they are not there. */
struct cur cur_sub(struct cur *c, size_t n);

/* The next byte, left where it is; 0 at the end, which is no fault. */
uint8_t cur_peek(const struct cur *c);

/* Everything asked for was there, and nothing is left over. */
static inline bool cur_done(const struct cur *c)
{
	return !c->bad && !c->n;
}

/* --- writing -------------------------------------------------------------------------------- */

struct wr {
	uint8_t		*p;		/* borrowed */
	size_t		n, cap;		/* written, room in all */
	bool		bad;		/* did not fit, or a patch outside of what is written */
};

struct wr wr_of(void *buf, size_t cap);

void wr_u8(struct wr *w, uint8_t v);
void wr_u16(struct wr *w, uint16_t v);
void wr_u32(struct wr *w, uint32_t v);
void wr_u64(struct wr *w, uint64_t v);
void wr_zero(struct wr *w, size_t n);
void wr_span(struct wr *w, struct span s);

/* Patches what was written at `at`. A value that does not fit the field is a fault. */
void wr_u8_at(struct wr *w, size_t at, size_t v);
void wr_u16_at(struct wr *w, size_t at, size_t v);
void wr_u32_at(struct wr *w, size_t at, size_t v);

/* What is written from `at` on; empty for a bad writer. */
struct span wr_since(const struct wr *w, size_t at);

#endif /* XIPSEC_IKE_CURSOR_H */
