// SPDX-License-Identifier: Apache-2.0
#include "user/ikev2/pld_sa.h"

#include <errno.h>
#include <string.h>

#define MORE_PROPOSALS	2
#define MORE_TRANSFORMS	3
#define ATTR_TV		0x8000
#define ATTR_KEYLEN	14
#define SPI_MIN		256

/* Attributes (section 3.3.5): the key length is the only one there is. */
static int parse_attrs(struct cur *c, struct transform *t, struct err *e)
{
	while (c->n) {
		uint16_t type = cur_u16(c), value = cur_u16(c);

		if (!(type & ATTR_TV))
			cur_take(c, value);
		if (c->bad)
			return err_set(e, -EBADMSG,
				       "SA: an attribute is longer than its transform");
		if (type == (ATTR_TV | ATTR_KEYLEN) && value && !t->keylen)
			t->keylen = value;
		else
			t->flags |= TF_ATTR;
	}
	return 0;
}

static int parse_transform(struct cur *c, bool last, struct transform *t, struct err *e)
{
	uint8_t more = cur_u8(c);
	struct cur sub;
	size_t len;

	memset(t, 0, sizeof(*t));
	cur_u8(c);
	len = cur_u16(c);
	if (c->bad || len < 8)
		return err_set(e, -EBADMSG, "SA: transform of length %zu (< 8)", len);
	sub = cur_sub(c, len - 4);
	if (sub.bad)
		return err_set(e, -EBADMSG,
			       "SA: transform of length %zu is longer than its proposal", len);
	if (more != (last ? 0 : MORE_TRANSFORMS))
		return err_set(e, -EBADMSG, "SA: transform marked %u, %s", more,
			       last ? "the last one" : "not the last one");
	t->type = cur_u8(&sub);
	cur_u8(&sub);
	t->id = cur_u16(&sub);
	return parse_attrs(&sub, t, e);
}

static bool spi_len_fits(uint8_t protocol, uint8_t len)
{
	if (protocol == IKE_PROTO_IKE)
		return !len || len == 8;
	return len == 4;
}

static uint64_t spi_value(struct span s)
{
	struct cur c = cur_of(s);

	return s.n == 8 ? cur_u64(&c) : s.n == 4 ? cur_u32(&c) : 0;
}

static bool is_usable(const struct proposal *p)
{
	if (p->protocol == IKE_PROTO_IKE)
		return !p->spi_len || p->spi;
	return p->spi >= SPI_MIN;
}

/* The transforms of one proposal, into what is left of the pool. *fits: all of them are in it. */
static int parse_transforms(struct cur *c, unsigned int count, struct proposals *out,
			    struct proposal *p, bool *fits, struct err *e)
{
	struct transform t;
	unsigned int i;
	int rc;

	*fits = true;
	for (i = 0; i < count; i++) {
		if ((rc = parse_transform(c, i + 1 == count, &t, e)))
			return rc;
		if (p->first + p->n < TRANSFORMS_MAX)
			out->t[p->first + p->n++] = t;
		else
			*fits = false;
	}
	if (!cur_done(c))
		return err_set(e, -EBADMSG, "SA: %zu bytes behind the last transform", c->n);
	return 0;
}

static int parse_proposal(struct cur *c, uint8_t *more, struct proposals *out, struct err *e)
{
	struct proposal p = { .first = out->nt };
	bool known, fits;
	struct cur sub;
	uint8_t count;
	size_t len;
	int rc;

	*more = cur_u8(c);
	cur_u8(c);
	len = cur_u16(c);
	if (c->bad || len < 8)
		return err_set(e, -EBADMSG, "SA: proposal of length %zu (< 8)", len);
	sub = cur_sub(c, len - 4);
	if (sub.bad)
		return err_set(e, -EBADMSG, "SA: proposal of length %zu is longer than its payload",
			       len);
	p.number = cur_u8(&sub);
	p.protocol = cur_u8(&sub);
	p.spi_len = cur_u8(&sub);
	count = cur_u8(&sub);
	known = p.protocol >= IKE_PROTO_IKE && p.protocol <= IKE_PROTO_ESP;
	if (known && !spi_len_fits(p.protocol, p.spi_len))
		return err_set(e, -EBADMSG, "SA: SPI of %u bytes for protocol %u", p.spi_len,
			       p.protocol);
	p.spi = spi_value(cur_take(&sub, p.spi_len));
	if (sub.bad)
		return err_set(e, -EBADMSG, "SA: SPI of %u bytes is longer than its proposal",
			       p.spi_len);
	if ((rc = parse_transforms(&sub, count, out, &p, &fits, e)))
		return rc;
	if (known && fits && is_usable(&p) && out->n < PROPOSALS_MAX) {
		out->p[out->n++] = p;
		out->nt = (uint16_t)(p.first + p.n);
	} else {
		out->over++;
	}
	return p.number;
}

int pld_sa_parse(struct span body, struct proposals *out, struct err *e)
{
	struct cur c = cur_of(body);
	int number, last = 0;
	uint8_t more;

	out->n = out->nt = out->over = 0;
	do {
		number = parse_proposal(&c, &more, out, e);
		if (number < 0)
			return number;
		if (more != (c.n ? MORE_PROPOSALS : 0))
			return err_set(e, -EBADMSG,
				       "SA: proposal marked %u with %zu bytes behind it", more,
				       c.n);
		/* An answer has the one that was chosen, an offer counts from 1. */
		if ((last || c.n) && number != last + 1)
			return err_set(e, -EBADMSG, "SA: proposal %d behind proposal %d", number,
				       last);
		last = number;
	} while (c.n);
	return 0;
}

static void build_transform(struct wr *w, const struct transform *t, bool last)
{
	wr_u8(w, last ? 0 : MORE_TRANSFORMS);
	wr_u8(w, 0);
	wr_u16(w, t->keylen ? 12 : 8);
	wr_u8(w, t->type);
	wr_u8(w, 0);
	wr_u16(w, t->id);
	if (t->keylen) {
		wr_u16(w, ATTR_TV | ATTR_KEYLEN);
		wr_u16(w, t->keylen);
	}
}

void pld_sa_build(struct wr *w, const struct proposals *s)
{
	uint16_t i, j;

	for (i = 0; i < s->n; i++) {
		const struct proposal *p = &s->p[i];
		size_t at = w->n;

		wr_u8(w, i + 1 < s->n ? MORE_PROPOSALS : 0);
		wr_u8(w, 0);
		wr_u16(w, 0);
		wr_u8(w, p->number);
		wr_u8(w, p->protocol);
		wr_u8(w, p->spi_len);
		wr_u8(w, (uint8_t)p->n);
		if (p->spi_len == 8)
			wr_u64(w, p->spi);
		else if (p->spi_len == 4)
			wr_u32(w, (uint32_t)p->spi);
		/* Neither a size of SPI nor an attribute that we could not say again. */
		if ((p->spi_len && p->spi_len != 4 && p->spi_len != 8) || p->n > 255)
			w->bad = true;
		for (j = 0; j < p->n; j++) {
			if (s->t[p->first + j].flags)
				w->bad = true;
			build_transform(w, &s->t[p->first + j], j + 1 == p->n);
		}
		wr_u16_at(w, at + 2, w->n - at);
	}
}
