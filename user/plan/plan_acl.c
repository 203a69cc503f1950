// SPDX-License-Identifier: Apache-2.0
/* Access lists as sets of packets (R-CFG-10). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/config/arg.h"
#include "user/config/net.h"
#include "user/plan/plan_priv.h"
#include "user/plan/prefix.h"

#define LINES_MAX	65000	/* of one list: each has a priority among the policies of a device */

/* The tokens of an entry from left to right. */
struct words {
	const struct node *n;
	unsigned int	at;
};

static bool word(struct words *w, const char *keyword)
{
	const char *is = w->at < w->n->ntokens ? w->n->token[w->at].el->word : NULL;

	if (!is || strcmp(is, keyword))
		return false;
	w->at++;
	return true;
}

static const char *value(struct words *w)
{
	return w->at < w->n->ntokens ? w->n->token[w->at++].text : "";
}

/* `any`, `host A`, `A WILDCARD`, `X:X::X/n`; false: a wildcard that is not that of a prefix. */
static bool address(struct words *w, uint8_t family, struct addr *a, uint8_t *plen)
{
	const char *text;
	uint32_t wildcard;

	*a = (struct addr){ .family = family };
	*plen = 0;
	if (word(w, "any"))
		return true;
	if (word(w, "host")) {
		*plen = (uint8_t)prefix_bits(family);
		return addr_parse(value(w), a);
	}
	text = value(w);
	if (family == AF_INET6)
		return arg_prefix(text, a, plen);
	wildcard = net_v4(value(w));
	*plen = (uint8_t)(32 - net_bits(wildcard));
	return addr_parse(text, a) && net_is_mask(~wildcard);
}

struct range {
	uint16_t	lo, hi;
};

static unsigned int range_add(struct range r[static 2], unsigned int n, int lo, int hi)
{
	if (lo <= hi)
		r[n++] = (struct range){ (uint16_t)lo, (uint16_t)hi };
	return n;
}

/* None, one or two ranges: `gt 65535` is none, `neq` has what is below and what is above. */
static unsigned int ports(struct words *w, struct range r[static 2])
{
	int lo;

	if (word(w, "eq")) {
		lo = (int)arg_port(value(w));
		return range_add(r, 0, lo, lo);
	}
	if (word(w, "gt"))
		return range_add(r, 0, (int)arg_port(value(w)) + 1, 65535);
	if (word(w, "lt"))
		return range_add(r, 0, 0, (int)arg_port(value(w)) - 1);
	if (word(w, "neq")) {
		lo = (int)arg_port(value(w));
		return range_add(r, range_add(r, 0, 0, lo - 1), lo + 1, 65535);
	}
	if (word(w, "range")) {
		lo = (int)arg_port(value(w));
		return range_add(r, 0, lo, (int)arg_port(value(w)));
	}
	return range_add(r, 0, 0, 65535);
}

static int line_add(struct acl *acl, const struct flow_sel *sel, bool permit, uint16_t at)
{
	struct acl_line *more;
	size_t room = acl->room * 2 + 4;

	if (acl->n == acl->room) {
		more = realloc(acl->line, room * sizeof(*more));
		if (!more)
			return -ENOMEM;
		acl->line = more;
		acl->room = room;
	}
	acl->line[acl->n++] = (struct acl_line){ *sel, permit, at };
	return 0;
}

/* The entry from `permit` or `deny` on. 1: its wildcard cannot be used. */
static int entry_read(struct acl *acl, struct words *w, uint8_t family, uint16_t at)
{
	struct flow_sel s = { .family = family };
	struct range src[2], dst[2];
	unsigned int nsrc, ndst, i, j;
	bool permit = word(w, "permit"), plain;

	if (!permit)
		word(w, "deny");
	s.proto = (uint8_t)arg_protocol(value(w), family == AF_INET6);
	plain = address(w, family, &s.src, &s.splen);
	nsrc = ports(w, src);
	plain = address(w, family, &s.dst, &s.dplen) && plain;
	ndst = ports(w, dst);
	if (!plain)
		return 1;
	s.src = prefix_net(&s.src, s.splen);
	s.dst = prefix_net(&s.dst, s.dplen);
	for (i = 0; i < nsrc; i++) {
		for (j = 0; j < ndst; j++) {
			s.sport_lo = src[i].lo;
			s.sport_hi = src[i].hi;
			s.dport_lo = dst[j].lo;
			s.dport_hi = dst[j].hi;
			if (line_add(acl, &s, permit, at))
				return -ENOMEM;
		}
	}
	return 0;
}

static int take(struct acl *acl, const struct node *n, uint8_t family, uint16_t *at, char *why,
		size_t size)
{
	struct words w = { n, 0 };
	int r;

	while (w.at < n->ntokens && !word(&w, "permit") && !word(&w, "deny"))
		w.at++;
	if (w.at == n->ntokens)
		return 0;	/* a remark */
	w.at--;
	if (*at == LINES_MAX) {
		snprintf(why, size, "more than %d lines", LINES_MAX);
		return -EINVAL;
	}
	r = entry_read(acl, &w, family, (*at)++);
	if (r > 0)
		snprintf(why, size, "the wildcard of entry %u is not that of a prefix", *at);
	return r > 0 ? -EINVAL : r;
}

int acl_read(const struct planner *p, const char *name, struct acl *acl, char *why, size_t size)
{
	const struct node *n, *c;
	size_t count, i;
	const struct index_entry *e = index_find(p, O_ACL, name, &count);
	char reason[100] = "";
	uint16_t at = 0;
	int r = 0;

	*acl = (struct acl){};
	if (!e)
		snprintf(reason, sizeof(reason), "it is not defined");
	/* A numbered list can be written in both ways; the lines come in the order of the file. */
	for (i = 0; i < count && !r; i++) {
		n = e[i].node;
		if (n->p->row->enters == M_NONE) {
			r = take(acl, n, AF_INET, &at, reason, sizeof(reason));
			continue;
		}
		for_each_child(c, n) {
			r = c->p ? take(acl, c, node_is(n, "ipv6 access-list") ? AF_INET6 : AF_INET,
					&at, reason, sizeof(reason)) : 0;
			if (r)
				break;
		}
	}
	if (!r && e && !at)
		snprintf(reason, sizeof(reason), "it has no lines");
	if (*reason) {
		snprintf(why, size, "access list %.40s: %s", name, reason);
		r = -EINVAL;
	}
	if (r)
		acl_fini(acl);
	return r;
}

void acl_fini(struct acl *acl)
{
	free(acl->line);
	*acl = (struct acl){};
}
