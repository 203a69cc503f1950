// SPDX-License-Identifier: Apache-2.0
#include "user/ike/selector.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static unsigned int addr_bytes(uint8_t family)
{
	return family == AF_INET6 ? 16 : 4;
}

static int addr_cmp(const struct addr *a, const struct addr *b)
{
	return memcmp(a->b, b->b, sizeof(a->b));
}

struct ts ts_prefix(const struct addr *a, unsigned int plen, uint8_t proto)
{
	struct ts t = { .lo = *a, .hi = *a, .proto = proto, .port_hi = 65535 };
	unsigned int i;

	for (i = 0; i < addr_bytes(a->family); i++) {
		unsigned int keep = plen > i * 8 ? plen - i * 8 : 0;
		uint8_t rest = keep < 8 ? (uint8_t)(0xff >> keep) : 0;

		t.lo.b[i] &= (uint8_t)~rest;
		t.hi.b[i] |= rest;
	}
	return t;
}

bool ts_any_port(const struct ts *t)
{
	return !t->port_lo && t->port_hi == 65535;
}

bool ts_opaque(const struct ts *t)
{
	return t->port_lo == 65535 && !t->port_hi;
}

bool ts_valid(const struct ts *t)
{
	return (t->lo.family == AF_INET || t->lo.family == AF_INET6) &&
	       t->lo.family == t->hi.family && addr_cmp(&t->lo, &t->hi) <= 0 &&
	       (t->port_lo <= t->port_hi || ts_opaque(t));
}

bool ts_equal(const struct ts *a, const struct ts *b)
{
	return addr_equal(&a->lo, &b->lo) && addr_equal(&a->hi, &b->hi) && a->proto == b->proto &&
	       a->port_lo == b->port_lo && a->port_hi == b->port_hi;
}

/* OPAQUE are packets whose ports cannot be seen: in "any" and in itself (RFC 4301, 4.4.1.1). */
static bool both_ports(const struct ts *a, const struct ts *b, struct ts *out)
{
	if (ts_opaque(a) || ts_opaque(b)) {
		if (!(ts_opaque(a) || ts_any_port(a)) || !(ts_opaque(b) || ts_any_port(b)))
			return false;
		out->port_lo = 65535;
		out->port_hi = 0;
		return true;
	}
	out->port_lo = a->port_lo > b->port_lo ? a->port_lo : b->port_lo;
	out->port_hi = a->port_hi < b->port_hi ? a->port_hi : b->port_hi;
	return out->port_lo <= out->port_hi;
}

bool ts_both(const struct ts *a, const struct ts *b, struct ts *out)
{
	struct ts t;

	if (a->lo.family != b->lo.family || (a->proto && b->proto && a->proto != b->proto))
		return false;
	t.lo = addr_cmp(&a->lo, &b->lo) > 0 ? a->lo : b->lo;
	t.hi = addr_cmp(&a->hi, &b->hi) < 0 ? a->hi : b->hi;
	t.proto = a->proto ? a->proto : b->proto;
	if (addr_cmp(&t.lo, &t.hi) > 0 || !both_ports(a, b, &t))
		return false;
	*out = t;
	return true;
}

bool ts_covers(const struct ts *a, const struct ts *b)
{
	struct ts t;

	return ts_both(a, b, &t) && ts_equal(&t, b);
}

bool ts_list_covers(const struct ts_list *l, const struct ts *t)
{
	uint16_t i;

	for (i = 0; i < l->n; i++)
		if (ts_covers(&l->ts[i], t))
			return true;
	return false;
}

bool ts_list_add(struct ts_list *l, const struct ts *t)
{
	if (ts_list_covers(l, t))
		return true;
	if (l->n == TS_MAX) {
		l->over++;
		return false;
	}
	l->ts[l->n++] = *t;
	return true;
}

/* --- narrowing ------------------------------------------------------------------------------ */

/* Every part of the offer, in its order, that the policy has too. */
static void common(const struct ts_list *offer, const struct ts_list *policy, struct ts_list *out)
{
	struct ts t;
	uint16_t i, j;

	out->n = out->over = 0;
	for (i = 0; i < offer->n; i++)
		for (j = 0; j < policy->n; j++)
			if (ts_both(&offer->ts[i], &policy->ts[j], &t))
				ts_list_add(out, &t);
}

static bool has_family(const struct ts_list *l, uint8_t family)
{
	uint16_t i;

	for (i = 0; i < l->n; i++)
		if (l->ts[i].lo.family == family)
			return true;
	return false;
}

/* No packet goes from one family to the other. */
static void keep_families_of(const struct ts_list *other, struct ts_list *l)
{
	uint16_t i, n = 0;

	for (i = 0; i < l->n; i++)
		if (has_family(other, l->ts[i].lo.family))
			l->ts[n++] = l->ts[i];
	l->n = n;
}

static bool covers_all(const struct ts_list *l, const struct ts_list *offer)
{
	uint16_t i;

	for (i = 0; i < offer->n; i++)
		if (!ts_list_covers(l, &offer->ts[i]))
			return false;
	return !offer->over;
}

enum ts_verdict ts_narrow(const struct ts_pair *offer, const struct ts_pair *policy,
			  struct ts_pair *out)
{
	common(&offer->i, &policy->i, &out->i);
	common(&offer->r, &policy->r, &out->r);
	keep_families_of(&out->r, &out->i);
	keep_families_of(&out->i, &out->r);
	if (!out->i.n || !out->r.n)
		return TS_NOTHING;
	return covers_all(&out->i, &offer->i) && covers_all(&out->r, &offer->r) ? TS_ALL
										: TS_NARROWED;
}

static bool has_first(const struct ts_pair *offer, const struct ts_pair *policy)
{
	return offer->i.n && offer->r.n && ts_list_covers(&policy->i, &offer->i.ts[0]) &&
	       ts_list_covers(&policy->r, &offer->r.ts[0]);
}

int ts_choose(const struct ts_pair *offer, const struct ts_pair *policy, size_t n,
	      struct ts_pair *out, bool *more)
{
	unsigned int fits = 0;
	int first = -1, any = -1;
	size_t i;

	for (i = 0; i < n; i++) {
		if (ts_narrow(offer, &policy[i], out) == TS_NOTHING)
			continue;
		fits++;
		if (any < 0)
			any = (int)i;
		if (first < 0 && has_first(offer, &policy[i]))
			first = (int)i;
	}
	if (more)
		*more = fits > 1;
	if (first < 0)
		first = any;
	if (first >= 0)
		ts_narrow(offer, &policy[first], out);
	return first;
}

static bool within(const struct ts_list *offer, const struct ts_list *answer)
{
	uint16_t i;

	for (i = 0; i < answer->n; i++)
		if (!ts_list_covers(offer, &answer->ts[i]))
			return false;
	return answer->n && !answer->over;
}

bool ts_answer_fits(const struct ts_pair *offer, const struct ts_pair *answer)
{
	return within(&offer->i, &answer->i) && within(&offer->r, &answer->r);
}

/* --- text ----------------------------------------------------------------------------------- */

const char *ts_str(const struct ts *t, char buf[static TS_STR_MAX])
{
	char lo[ADDR_STR_MAX], hi[ADDR_STR_MAX], proto[16] = "", port[24] = "";

	if (t->proto)
		snprintf(proto, sizeof(proto), " proto %u", t->proto);
	if (ts_opaque(t))
		snprintf(port, sizeof(port), " port opaque");
	else if (!ts_any_port(t) && t->port_lo == t->port_hi)
		snprintf(port, sizeof(port), " port %u", t->port_lo);
	else if (!ts_any_port(t))
		snprintf(port, sizeof(port), " port %u-%u", t->port_lo, t->port_hi);
	snprintf(buf, TS_STR_MAX, "%s-%s%s%s", addr_str(&t->lo, lo), addr_str(&t->hi, hi), proto,
		 port);
	return buf;
}

const char *ts_list_str(const struct ts_list *l, char *buf, size_t size)
{
	char one[TS_STR_MAX];
	size_t n = 0;
	uint16_t i;

	if (!size)
		return buf;
	snprintf(buf, size, "%s", l->n ? "" : "none");
	for (i = 0; i < l->n && n < size; i++)
		n += (size_t)snprintf(buf + n, size - n, "%s%s", i ? ", " : "",
				      ts_str(&l->ts[i], one));
	if (l->over && n < size)
		snprintf(buf + n, size - n, ", %u more", l->over);
	return buf;
}

/* --- for XFRM ------------------------------------------------------------------------------- */

/* a + 2^bit; false: past the end of the addresses. */
static bool addr_step(struct addr *a, unsigned int bit)
{
	unsigned int bytes = addr_bytes(a->family);
	unsigned int i = bytes - 1 - bit / 8, carry = 1U << bit % 8;

	for (;;) {
		carry += a->b[i];
		a->b[i] = (uint8_t)carry;
		carry >>= 8;
		if (!carry)
			return true;
		if (!i--)
			return false;
	}
}

static struct addr last_of(const struct addr *lo, unsigned int bits)
{
	return ts_prefix(lo, addr_bytes(lo->family) * 8 - bits, 0).hi;
}

static bool starts_block(const struct addr *lo, unsigned int bits)
{
	struct ts t = ts_prefix(lo, addr_bytes(lo->family) * 8 - bits, 0);

	return addr_equal(&t.lo, lo);
}

/* Always the largest aligned block that starts where the last one ended. */
size_t ts_nets(const struct ts *t, struct ts_net out[static TS_NETS_MAX])
{
	unsigned int whole = addr_bytes(t->lo.family) * 8;
	struct addr at = t->lo;
	size_t n = 0;

	while (n < TS_NETS_MAX && addr_cmp(&at, &t->hi) <= 0) {
		unsigned int bits = 0;
		struct addr end;

		while (bits < whole && starts_block(&at, bits + 1)) {
			end = last_of(&at, bits + 1);
			if (addr_cmp(&end, &t->hi) > 0)
				break;
			bits++;
		}
		out[n++] = (struct ts_net){ .addr = at, .plen = (uint8_t)(whole - bits) };
		if (bits == whole || !addr_step(&at, bits))
			break;
	}
	return n;
}

size_t ts_ports(const struct ts *t, struct ts_port out[static TS_PORTS_MAX])
{
	uint32_t at = t->port_lo;
	size_t n = 0;

	while (n < TS_PORTS_MAX && at <= t->port_hi) {
		uint32_t size = 1;

		while (!(at & size) && size < 65536 && at + 2 * size - 1 <= t->port_hi)
			size *= 2;
		out[n++] = (struct ts_port){ .port = (uint16_t)at, .mask = (uint16_t)~(size - 1) };
		at += size;
	}
	return n;
}
