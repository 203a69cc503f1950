// SPDX-License-Identifier: Apache-2.0
/*
 * Policies without a device. Clear packets that match the mirrored lists are
 * blocked (R-CMAP-6, R-CLEAR-6); decrypted ones come through a device of ours and
 * never meet these. Entries in transport mode have their policies here too.
 *
 * The kernel takes the first policy that matches and knows no "go on with the
 * next entry". So for what a deny line takes out of an entry, the later entries
 * are asked first, and only what none of them protects is let through. Exact, and
 * small: lists without deny become one policy for each line and direction, all of
 * one priority.
 *
 * In front of all, for the machine itself: IKE, ESP and AH, and what IPv6 needs on
 * a link. What is known to be behind other interfaces is not blocked either: the
 * kernel does not tell where a packet came in.
 */
#include <errno.h>
#include <linux/xfrm.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "user/plan/plan_priv.h"
#include "user/plan/prefix.h"
#include "user/plan/sel.h"

#define LET_MAX		16384	/* regions taken out by deny lines */
#define DEPTH_MAX	64	/* of such regions inside each other */

/* A line of all lists, those of all interfaces behind each other. */
struct block_line {
	struct flow_sel	sel;
	bool		permit;
	size_t		entry;		/* of the planner */
	size_t		next;		/* first line behind the entry */
};

struct decision {			/* outbound, in the order of search */
	struct flow_sel	sel;
	const struct plan_entry *entry;	/* NULL: let through */
};

struct blocks {
	struct planner	*p;
	struct block_line	*line;
	size_t		nlines, line_room;
	struct decision	*decided;
	size_t		n, room, let;
	uint32_t	*bucket;	/* by selector: each is decided once; 0: none */
	size_t		nbucket;
};

/* --- lines ------------------------------------------------------------------------------------ */

static void line_add(struct blocks *b, const struct flow_sel *s, bool permit, size_t entry)
{
	size_t room = b->line_room * 2 + 64;
	struct block_line *more;

	if (b->nlines == b->line_room) {
		more = realloc(b->line, room * sizeof(*more));
		if (!more) {
			plan_fail(b->p, -ENOMEM, NULL);
			return;
		}
		b->line = more;
		b->line_room = room;
	}
	b->line[b->nlines++] = (struct block_line){ .sel = *s, .permit = permit, .entry = entry };
}

/* As denies in front of the line: networks behind other interfaces, inside of its destination. */
static void add_others(struct blocks *b, const struct flow_sel *s, size_t entry)
{
	const struct planner *p = b->p;
	const char *outside = p->plan->flows[p->entry[entry].outside].outside;
	size_t i, n;
	const struct plan_net *net = nets_inside(p, &s->dst, s->dplen, &n);

	for (i = 0; i < n; i++) {
		struct flow_sel part = *s;

		if (net[i].plen <= s->dplen || !strcmp(net[i].dev, outside))
			continue;
		part.dst = net[i].addr;
		part.dplen = net[i].plen;
		line_add(b, &part, false, entry);
	}
}

static void add_lines(struct blocks *b)
{
	size_t i, j, first;

	for (i = 0; i < b->p->nentries && !b->p->ret; i++) {
		const struct acl *acl = &b->p->entry[i].acl;

		first = b->nlines;
		for (j = 0; j < acl->n && !b->p->ret; j++) {
			if (acl->line[j].permit)
				add_others(b, &acl->line[j].sel, i);
			line_add(b, &acl->line[j].sel, acl->line[j].permit, i);
		}
		for (j = first; j < b->nlines; j++)
			b->line[j].next = b->nlines;
	}
}

/* --- decisions --------------------------------------------------------------------------------- */

static bool is_decided(const struct blocks *b, const struct flow_sel *s)
{
	size_t i = sel_hash(s) & (b->nbucket - 1);

	for (; b->bucket[i]; i = (i + 1) & (b->nbucket - 1))
		if (sel_equal(&b->decided[b->bucket[i] - 1].sel, s))
			return true;
	return false;
}

static void remember(struct blocks *b, size_t at)
{
	size_t i = sel_hash(&b->decided[at].sel) & (b->nbucket - 1);

	while (b->bucket[i])
		i = (i + 1) & (b->nbucket - 1);
	b->bucket[i] = (uint32_t)at + 1;
}

static bool grow(struct blocks *b)
{
	size_t room = b->room * 2 + 64, i;
	struct decision *more = realloc(b->decided, room * sizeof(*more));

	if (more)
		b->decided = more;
	free(b->bucket);
	for (b->nbucket = 256; b->nbucket < 2 * room;)
		b->nbucket *= 2;
	b->bucket = more ? calloc(b->nbucket, sizeof(*b->bucket)) : NULL;
	if (!b->bucket) {
		plan_fail(b->p, -ENOMEM, NULL);
		return false;
	}
	b->room = room;
	for (i = 0; i < b->n; i++)
		remember(b, i);
	return true;
}

static void decide(struct blocks *b, const struct flow_sel *s, const struct plan_entry *entry)
{
	if (!entry && ++b->let > LET_MAX) {
		plan_fail(b->p, -E2BIG,
			  "deny lines of crypto access lists overlap too much with other entries");
		return;
	}
	if (b->n == b->room && !grow(b))
		return;
	b->decided[b->n] = (struct decision){ *s, entry };
	remember(b, b->n++);
}

/* Decides all of `region` (NULL: everything) by the lines from `at` on; clear where none does. */
static void search(struct blocks *b, const struct flow_sel *region, size_t at, unsigned int depth)
{
	const struct block_line *l;
	struct flow_sel s;
	bool whole;

	if (depth == DEPTH_MAX)
		plan_fail(b->p, -E2BIG, "deny lines of crypto access lists stand in each other too deep");
	while (at < b->nlines && !b->p->ret) {
		l = &b->line[at++];
		if (region && !sel_overlaps(&l->sel, region))
			continue;
		s = region ? sel_both(&l->sel, region) : l->sel;
		whole = region && sel_covers(&l->sel, region);
		if (!l->permit && whole) {
			at = l->next;
			continue;
		}
		if (!is_decided(b, &s)) {
			if (!l->permit)
				search(b, &s, l->next, depth + 1);
			else
				decide(b, &s, &b->p->entry[l->entry]);
		}
		if (whole)
			return;
	}
	if (region && !b->p->ret)
		decide(b, region, NULL);
}

/* --- policies --------------------------------------------------------------------------------- */

/*
 * Priorities rise where neighbours differ in what they do, so that one more line
 * between its likes changes nothing else. Entries in transport mode differ.
 */
static void add_direction(struct blocks *b, uint8_t dir)
{
	const struct decision *v, *last = NULL;
	uint32_t priority = XI_POLICY_FIRST;
	size_t i;

	for (i = 0; i < b->n; i++) {
		struct kobj_policy like = { .dir = dir, .action = XFRM_POLICY_ALLOW };
		struct flow_sel back;

		v = &b->decided[i];
		back = sel_mirror(&v->sel);
		if (!last || !v->entry != !last->entry ||
		    (v->entry && (v->entry->transport || last->entry->transport)))
			priority++;
		last = v;
		like.priority = priority;
		if (priority > XI_POLICY_LAST)
			plan_fail(b->p, -E2BIG, "crypto access lists need too many priorities");
		if (v->entry && v->entry->transport)
			like.ntmpl = policy_templates(v->entry->item, &v->entry->tset, true, dir,
						      like.tmpl);
		else if (v->entry && dir != XFRM_POLICY_OUT)
			like.action = XFRM_POLICY_BLOCK;
		/* Of no owner: when the kernel refuses an SA, the policy stays, and drops. */
		policy_add(b->p, NULL, &like, dir == XFRM_POLICY_OUT ? &v->sel : &back);
	}
}

static void exempt(struct blocks *b, const struct flow_sel *s)
{
	const struct kobj_policy like = {
		.dir = XFRM_POLICY_IN, .action = XFRM_POLICY_ALLOW, .priority = XI_POLICY_FIRST,
	};

	policy_add(b->p, NULL, &like, s);
}

static void exempt_ports(struct blocks *b, uint8_t family, uint8_t proto, uint16_t sport,
			 uint16_t dport)
{
	const struct flow_sel s = {
		.family = family, .proto = proto,
		.src = { .family = family }, .dst = { .family = family },
		.sport_lo = sport, .sport_hi = sport ? sport : 65535,
		.dport_lo = dport, .dport_hi = dport ? dport : 65535,
	};

	exempt(b, &s);
}

/* What comes to the machine itself. The type of an ICMP message stands where ports do. */
static void add_exempt(struct blocks *b, uint8_t family)
{
	static const struct addr link_local = { .family = AF_INET6, .b = { 0xfe, 0x80 } };
	struct flow_sel s = {
		.family = AF_INET6, .src = link_local, .splen = 10, .dst = { .family = AF_INET6 },
		.sport_hi = 65535, .dport_hi = 65535,
	};

	exempt_ports(b, family, IPPROTO_UDP, 0, 500);
	exempt_ports(b, family, IPPROTO_UDP, 0, 4500);
	exempt_ports(b, family, IPPROTO_ESP, 0, 0);
	exempt_ports(b, family, IPPROTO_AH, 0, 0);
	if (family != AF_INET6)
		return;
	exempt(b, &s);
	exempt_ports(b, family, IPPROTO_ICMPV6, ND_NEIGHBOR_SOLICIT, 0);
	exempt_ports(b, family, IPPROTO_ICMPV6, ND_NEIGHBOR_ADVERT, 0);
}

/* Nothing is blocked behind the last entry. */
static void trim(struct blocks *b)
{
	while (b->n && !b->decided[b->n - 1].entry)
		b->n--;
}

/* Outbound, packets of devices are not looked at any more; what counts are peers in transport
 * mode, and what stands in front of them. */
static void keep_for_transport(struct blocks *b)
{
	struct flow_sel *peer = calloc(b->n + 1, sizeof(*peer));
	size_t i, j, n = 0, npeers = 0, first;

	if (!peer) {
		plan_fail(b->p, -ENOMEM, NULL);
		return;
	}
	for (i = 0; i < b->n; i++)
		if (b->decided[i].entry && b->decided[i].entry->transport)
			peer[npeers++] = b->decided[i].sel;
	for (i = 0, first = 0; i < b->n; i++) {
		const struct decision *v = &b->decided[i];
		bool keep = v->entry && v->entry->transport;

		first += keep;
		for (j = first; j < npeers && !keep; j++)
			keep = sel_overlaps(&v->sel, &peer[j]);
		if (keep)
			b->decided[n++] = *v;
	}
	b->n = n;
	free(peer);
}

void blocks_build(struct planner *p)
{
	struct blocks b = { .p = p };
	bool v4 = false, v6 = false;
	size_t i;

	if (p->ret || !p->nentries || !grow(&b))
		return;
	add_lines(&b);
	search(&b, NULL, 0, 0);
	trim(&b);
	for (i = 0; i < b.n; i++)
		*(b.decided[i].sel.family == AF_INET6 ? &v6 : &v4) |= b.decided[i].entry != NULL;
	if (v4)
		add_exempt(&b, AF_INET);
	if (v6)
		add_exempt(&b, AF_INET6);
	add_direction(&b, XFRM_POLICY_IN);
	add_direction(&b, XFRM_POLICY_FWD);
	keep_for_transport(&b);
	add_direction(&b, XFRM_POLICY_OUT);
	free(b.line);
	free(b.decided);
	free(b.bucket);
}
