// SPDX-License-Identifier: Apache-2.0
#include "user/ike/dn.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { TAG_OID = 0x06, TAG_UTF8 = 0x0c, TAG_PRINTABLE = 0x13, TAG_T61 = 0x14, TAG_IA5 = 0x16,
       TAG_SEQUENCE = 0x30, TAG_SET = 0x31 };

struct attr {
	struct span	oid;
	uint8_t		tag;		/* of the value */
	struct span	value;
	bool		joined;		/* of one RDN with the one before */
};

bool der_take(struct cur *c, uint8_t *tag, struct span *value)
{
	size_t len, n;

	*tag = cur_u8(c);
	len = cur_u8(c);
	/* Tags of many bytes, and indefinite lengths, are in no name. */
	if ((*tag & 0x1f) == 0x1f || len == 0x80)
		c->bad = true;
	if (len > 0x80) {
		n = len & 0x7f;
		/* DER has one way to say a length: no zero in front, short where it serves. */
		if (n > 4 || !cur_peek(c))
			c->bad = true;
		for (len = 0; n && !c->bad; n--)
			len = len << 8 | cur_u8(c);
		if (len < 0x80)
			c->bad = true;
	}
	*value = cur_take(c, len);
	return !c->bad;
}

/* A walk over the attributes of all RDNs. */
struct walk {
	struct cur	rdns, rdn;
	unsigned int	n;
	bool		bad;
};

static struct walk walk_of(struct span der)
{
	struct cur c = cur_of(der);
	struct walk w = {};
	struct span all;
	uint8_t tag;

	w.bad = !der_take(&c, &tag, &all) || tag != TAG_SEQUENCE || !cur_done(&c);
	if (!w.bad)
		w.rdns = cur_of(all);
	return w;
}

/* false: the end, or bad. */
static bool walk_next(struct walk *w, struct attr *a)
{
	struct span set, pair;
	struct cur c;
	uint8_t tag;

	if (w->bad || (!w->rdn.n && !w->rdns.n))
		return false;
	w->bad = true;
	a->joined = w->rdn.n;
	if (!w->rdn.n) {
		if (!der_take(&w->rdns, &tag, &set) || tag != TAG_SET || !set.n)
			return false;
		w->rdn = cur_of(set);
	}
	if (++w->n > DN_ATTRS_MAX || !der_take(&w->rdn, &tag, &pair) || tag != TAG_SEQUENCE)
		return false;
	c = cur_of(pair);
	if (!der_take(&c, &tag, &a->oid) || tag != TAG_OID || !a->oid.n ||
	    !der_take(&c, &a->tag, &a->value) || !cur_done(&c))
		return false;
	w->bad = false;
	return true;
}

bool dn_check(struct span der)
{
	struct walk w = walk_of(der);
	struct attr a;

	while (walk_next(&w, &a))
		;
	return !w.bad;
}

static bool is_text(uint8_t tag)
{
	return tag == TAG_UTF8 || tag == TAG_PRINTABLE || tag == TAG_T61 || tag == TAG_IA5;
}

static bool is_blank(int c)
{
	return c == ' ';
}

/* The next character of a folded text: lower case, one blank for many, none outside; -1: end. */
static int folded(struct cur *c, bool first)
{
	bool blank = false;

	while (c->n && is_blank(cur_peek(c))) {
		cur_u8(c);
		blank = true;
	}
	if (!c->n)
		return -1;
	if (blank && !first)
		return ' ';
	return tolower(cur_u8(c));
}

static bool text_equal(struct span a, struct span b)
{
	struct cur x = cur_of(a), y = cur_of(b);
	bool first = true;
	int cx, cy;

	do {
		cx = folded(&x, first);
		cy = folded(&y, first);
		first = false;
	} while (cx == cy && cx >= 0);
	return cx == cy;
}

bool dn_equal(struct span a, struct span b)
{
	struct walk x = walk_of(a), y = walk_of(b);
	struct attr ax, ay;
	bool more_x, more_y;

	for (;;) {
		more_x = walk_next(&x, &ax);
		more_y = walk_next(&y, &ay);
		if (!more_x || !more_y)
			return !more_x && !more_y && !x.bad && !y.bad;
		if (ax.joined != ay.joined || !span_equal(ax.oid, ay.oid))
			return false;
		if (is_text(ax.tag) && is_text(ay.tag)) {
			if (!text_equal(ax.value, ay.value))
				return false;
		} else if (ax.tag != ay.tag || !span_equal(ax.value, ay.value)) {
			return false;
		}
	}
}

/* Names of RFC 4514 section 3 and RFC 5280 appendix A. */
static const struct {
	const char	*oid, *name;
	size_t		len;
} names[] = {
	{ "\x55\x04\x03", "CN", 3 },
	{ "\x55\x04\x04", "SN", 3 },
	{ "\x55\x04\x05", "serialNumber", 3 },
	{ "\x55\x04\x06", "C", 3 },
	{ "\x55\x04\x07", "L", 3 },
	{ "\x55\x04\x08", "ST", 3 },
	{ "\x55\x04\x09", "street", 3 },
	{ "\x55\x04\x0a", "O", 3 },
	{ "\x55\x04\x0b", "OU", 3 },
	{ "\x55\x04\x0c", "title", 3 },
	{ "\x55\x04\x2a", "GN", 3 },
	{ "\x55\x04\x2e", "dnQualifier", 3 },
	{ "\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x01", "UID", 10 },
	{ "\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19", "DC", 10 },
	{ "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01", "emailAddress", 9 },
	{ "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x02", "unstructuredName", 9 },
};

static const char *name_of(struct span oid)
{
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (span_equal(oid, span_of(names[i].oid, names[i].len)))
			return names[i].name;
	return "oid";
}

/* What is cut ends in an ellipsis. */
static void put(struct wr *w, const char *text, size_t n)
{
	wr_span(w, span_of(text, n));
}

/* A value's own commas are escaped: it cannot fake an attribute. */
static void put_value(struct wr *w, struct span value)
{
	struct cur c = cur_of(value);

	while (c.n) {
		char ch = (char)cur_u8(&c);

		if (ch < ' ' || ch > '~')
			ch = '?';
		if (strchr(",+=\\\"", ch))
			put(w, "\\", 1);
		put(w, &ch, 1);
	}
}

const char *dn_str(struct span der, char *buf, size_t size)
{
	struct wr w = wr_of(buf, size > 4 ? size - 4 : 0);
	struct walk walk = walk_of(der);
	bool any = false;
	struct attr a;
	size_t n;

	while (!w.bad && walk_next(&walk, &a)) {
		const char *name = name_of(a.oid);

		if (any)
			put(&w, a.joined ? "+" : ", ", a.joined ? 1 : 2);
		any = true;
		put(&w, name, strlen(name));
		put(&w, "=", 1);
		if (is_text(a.tag))
			put_value(&w, a.value);
		else
			put(&w, "?", 1);
	}
	n = w.n;
	if (size)
		snprintf(buf + n, size - n, "%s", w.bad ? "..." : walk.bad ? "?" : "");
	return buf;
}
