// SPDX-License-Identifier: Apache-2.0
#include "user/ikev2/pld_ts.h"

#include <errno.h>
#include <sys/socket.h>

enum { TS_IPV4_RANGE = 7, TS_IPV6_RANGE = 8 };

#define TS_HEADER_LEN	8		/* with the ports */

static int parse_range(struct cur *c, uint8_t family, uint8_t proto, struct ts_list *out,
		       struct err *e)
{
	size_t bytes = family == AF_INET ? 4 : 16;
	struct span lo, hi;
	struct ts t = { .proto = proto };

	t.port_lo = cur_u16(c);
	t.port_hi = cur_u16(c);
	lo = cur_take(c, bytes);
	hi = cur_take(c, bytes);
	if (!cur_done(c))
		return err_set(e, -EBADMSG, "TS: selector is not of the size of its addresses");
	t.lo = addr_make(family, lo.p);
	t.hi = addr_make(family, hi.p);
	if (!ts_valid(&t))
		return err_set(e, -EBADMSG, "TS: a range ends before it starts");
	/* As they came: what one covers of another is for narrowing. */
	if (out->n < TS_MAX)
		out->ts[out->n++] = t;
	else
		out->over++;
	return 0;
}

static int parse_selector(struct cur *c, struct ts_list *out, struct err *e)
{
	uint8_t type = cur_u8(c), proto = cur_u8(c);
	size_t len = cur_u16(c);
	struct cur sub;

	if (c->bad || len < TS_HEADER_LEN)
		return err_set(e, -EBADMSG, "TS: selector of length %zu (< %d)", len,
			       TS_HEADER_LEN);
	sub = cur_sub(c, len - 4);
	if (sub.bad)
		return err_set(e, -EBADMSG, "TS: selector of length %zu is longer than its payload",
			       len);
	if (type == TS_IPV4_RANGE)
		return parse_range(&sub, AF_INET, proto, out, e);
	if (type == TS_IPV6_RANGE)
		return parse_range(&sub, AF_INET6, proto, out, e);
	out->over++;
	return 0;
}

int pld_ts_parse(struct span body, struct ts_list *out, struct err *e)
{
	struct cur c = cur_of(body);
	unsigned int n = cur_u8(&c), i;
	int rc;

	out->n = out->over = 0;
	cur_take(&c, 3);
	if (c.bad || !n)
		return err_set(e, -EBADMSG, "TS: %u selectors in %zu bytes", n, body.n);
	for (i = 0; i < n; i++)
		if ((rc = parse_selector(&c, out, e)))
			return rc;
	if (!cur_done(&c))
		return err_set(e, -EBADMSG, "TS: %zu bytes behind the last selector", c.n);
	return 0;
}

void pld_ts_build(struct wr *w, const struct ts_list *l)
{
	uint16_t i;

	wr_u8(w, (uint8_t)l->n);
	wr_zero(w, 3);
	for (i = 0; i < l->n; i++) {
		const struct ts *t = &l->ts[i];
		size_t bytes = t->lo.family == AF_INET ? 4 : 16;

		wr_u8(w, t->lo.family == AF_INET ? TS_IPV4_RANGE : TS_IPV6_RANGE);
		wr_u8(w, t->proto);
		wr_u16(w, (uint16_t)(TS_HEADER_LEN + 2 * bytes));
		wr_u16(w, t->port_lo);
		wr_u16(w, t->port_hi);
		wr_span(w, span_of(t->lo.b, bytes));
		wr_span(w, span_of(t->hi.b, bytes));
	}
}
