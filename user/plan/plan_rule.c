// SPDX-License-Identifier: Apache-2.0
/*
 * The compiled lists as policy routing: a rule for each group, and a table with
 * its targets, the longest of which leads to the device of an entry.
 *
 *	10000	our own packets, already encrypted: on at 29999
 *	10001	group 1: to its table, which may have no route for the packet
 *	...
 *	29999	nothing; the tables of the machine follow
 *
 * Rules of the kernel cannot name port 0 nor port 65535. A permit line whose
 * range ends at 65535 gets a rule for what is below the range, which goes on
 * behind, and one for all ports: packets without ports, later fragments, come to
 * the device too and are judged by its policies. So nothing leaks; of a deny line
 * port 65535 is left out, so that it is protected. Port 0 is of no use (RFC 6335).
 *
 * Behind each route to a device stands one that drops: when the device is not there
 * (the kernel refused it, somebody took it away), nothing goes in clear.
 *
 * A map judges what leaves by its interface. Networks that are known to be
 * behind others are thrown back to the next rule in each table that would take
 * them: `any` in a list does not mean those.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/plan/plan_priv.h"
#include "user/plan/prefix.h"
#include "user/plan/sel.h"

#define NTABLES	(XI_TABLE_LAST - XI_TABLE_FIRST + 1)

#define METRIC_DEVICE	1
#define METRIC_DROP	2

struct rules {
	struct planner	*p;
	uint8_t		family;
	uint32_t	next;		/* priority of the next rule */
	uint32_t	end;		/* behind the last one of the lists */
	uint8_t		*used;		/* tables, of both families: a bit each */
	uint32_t	*start;		/* first priority of each group of the interface at hand */
	size_t		outside;	/* which interface that is */
};

/* --- groups ----------------------------------------------------------------------------------- */

/* Transport mode has no device: its packets are taken out of the search (plan_block.c has
 * their policies). */
static bool is_transport(const struct rules *r, uint32_t id)
{
	const struct plan_item *item = plan_item_by_id(r->p->plan, id);

	return item && !*item->dev;
}

static bool leads_to_device(const struct rules *r, const struct flow_groups *f,
			    const struct flow_group *g)
{
	uint32_t t;

	for (t = g->first; t < g->first + g->n; t++)
		if (!is_transport(r, f->target[t].id))
			return true;
	return false;
}

static int compare_target(const void *x, const void *y)
{
	const struct flow_target *a = x, *b = y;

	if (a->dplen != b->dplen)
		return a->dplen > b->dplen ? -1 : 1;
	return memcmp(a->dst.b, b->dst.b, sizeof(a->dst.b));
}

/* As flow_compile() sorts them. */
static const struct flow_target *find_target(const struct flow_groups *f,
					     const struct flow_group *g, const struct addr *dst,
					     unsigned int len)
{
	struct flow_target like = { .dst = prefix_net(dst, len), .dplen = (uint8_t)len };

	return bsearch(&like, f->target + g->first, g->n, sizeof(like), compare_target);
}

/* Whether the group would take packets to the host to a device. */
static bool would_take(const struct rules *r, const struct flow_groups *f,
		       const struct flow_group *g, const struct flow_sel *host)
{
	const struct flow_target *t;
	unsigned int len;

	if (g->deny || !sel_overlaps(&g->sel, host))
		return false;
	for (len = 0; len <= host->dplen; len++) {
		t = find_target(f, g, &host->dst, len);
		if (t && !is_transport(r, t->id))
			return true;
	}
	return false;
}

/* A rule for a peer in transport mode, when a later line would take its packets elsewhere. */
static bool ends_search(const struct rules *r, size_t group, const struct flow_target *t,
			struct flow_sel *s)
{
	const struct plan *plan = r->p->plan;
	size_t i, j;

	*s = plan->flows[r->outside].groups.group[group].sel;
	s->dst = t->dst;
	s->dplen = t->dplen;
	if (!is_transport(r, t->id))
		return false;
	for (i = r->outside, j = group; i < plan->nflows; i++, j = 0)
		for (; j < plan->flows[i].groups.ngroups; j++)
			if (would_take(r, &plan->flows[i].groups, &plan->flows[i].groups.group[j],
				       s))
				return true;
	return false;
}

/* --- rules ------------------------------------------------------------------------------------ */

static struct kobj_rule *rule_of(struct kobj *o, const struct rules *r, const struct flow_sel *s)
{
	*o = (struct kobj){ .kind = KOBJ_RULE };
	o->rule = (struct kobj_rule){
		.family = r->family, .priority = r->next, .proto = s->proto,
		.src = s->src, .splen = s->splen, .dst = s->dst, .dplen = s->dplen,
	};
	return &o->rule;
}

static void rule_add(struct rules *r, struct kobj *o)
{
	if (r->next >= XI_RULE_LAST) {
		plan_fail(r->p, -E2BIG, "crypto access lists need too many rules: use lines that differ in the destination only");
		return;
	}
	r->next++;
	plan_add(r->p, NULL, o);
}

struct span {				/* of ports, as rules have them; 0, 0: any */
	uint16_t	lo, hi;
};

/* The largest inside; false: there is none. */
static bool span_inside(uint16_t lo, uint16_t hi, struct span *s)
{
	*s = (struct span){};
	if (!lo && hi == 65535)
		return true;
	*s = (struct span){ lo ? lo : 1, hi == 65535 ? 65534 : hi };
	return s->lo <= s->hi;
}

/* The smallest that has all but port 0; what it has too much is below (below.hi 0: nothing). */
static bool span_around(uint16_t lo, uint16_t hi, struct span *s, struct span *below)
{
	*below = (struct span){};
	if (hi < 65535)
		return span_inside(lo, hi, s);
	*s = (struct span){};
	if (lo > 1)
		*below = (struct span){ 1, (uint16_t)(lo - 1) };
	return true;
}

static uint32_t table_of(struct rules *r, const char *outside, const struct flow_sel *s)
{
	uint32_t h = sel_hash(s);

	while (*outside)
		h = (h ^ (unsigned char)*outside++) * 16777619u;
	for (h = (h ^ h >> 16) % NTABLES; r->used[h / 8] >> h % 8 & 1;)
		h = (h + 1) % NTABLES;
	r->used[h / 8] |= (uint8_t)(1 << h % 8);
	return XI_TABLE_FIRST + h;
}

/* How many rules a permit group takes, those of transport mode left out; 0: none is possible. */
static uint32_t permit_rules(const struct flow_sel *s, struct span *sport, struct span *sbelow,
			     struct span *dport, struct span *dbelow)
{
	if (!span_around(s->sport_lo, s->sport_hi, sport, sbelow) ||
	    !span_around(s->dport_lo, s->dport_hi, dport, dbelow))
		return 0;
	return 1u + (sbelow->hi > 0) + (dbelow->hi > 0);
}

static bool spans_inside(const struct flow_sel *s, struct span *sport, struct span *dport)
{
	return span_inside(s->sport_lo, s->sport_hi, sport) &&
	       span_inside(s->dport_lo, s->dport_hi, dport);
}

static uint32_t count_rules(const struct rules *r, const struct flow_groups *f, size_t group)
{
	const struct flow_group *g = &f->group[group];
	struct span a, b, c, d;
	struct flow_sel s;
	uint32_t t, n = 0;

	if (g->sel.family != r->family)
		return 0;
	if (g->deny)
		return spans_inside(&g->sel, &a, &b);
	for (t = g->first; t < g->first + g->n && spans_inside(&g->sel, &a, &b); t++)
		n += ends_search(r, group, &f->target[t], &s);
	return n + (leads_to_device(r, f, g) ? permit_rules(&g->sel, &a, &b, &c, &d) : 0);
}

static void goto_rule(struct rules *r, const struct flow_sel *s, struct span sport,
		      struct span dport, uint32_t to)
{
	struct kobj o;
	struct kobj_rule *rule = rule_of(&o, r, s);

	rule->sport_lo = sport.lo;
	rule->sport_hi = sport.hi;
	rule->dport_lo = dport.lo;
	rule->dport_hi = dport.hi;
	rule->action = KOBJ_RULE_GOTO;
	/* The kernel wants a rule there. */
	rule->to = to == r->end ? XI_RULE_LAST : to;
	rule_add(r, &o);
}

static void deny_rule(struct rules *r, const struct flow_group *g)
{
	struct span sport, dport;

	if (spans_inside(&g->sel, &sport, &dport))
		goto_rule(r, &g->sel, sport, dport, r->start[g->next]);
}

static uint32_t table_rules(struct rules *r, const struct plan_flows *f,
			    const struct flow_group *g, uint32_t behind)
{
	struct span sport, dport, sbelow, dbelow;
	struct kobj_rule *rule;
	struct kobj o;

	if (!permit_rules(&g->sel, &sport, &sbelow, &dport, &dbelow))
		return 0;
	if (sbelow.hi)
		goto_rule(r, &g->sel, sbelow, (struct span){}, behind);
	if (dbelow.hi)
		goto_rule(r, &g->sel, (struct span){}, dbelow, behind);
	rule = rule_of(&o, r, &g->sel);
	rule->sport_lo = sport.lo;
	rule->sport_hi = sport.hi;
	rule->dport_lo = dport.lo;
	rule->dport_hi = dport.hi;
	rule->action = KOBJ_RULE_TABLE;
	rule->to = table_of(r, f->outside, &g->sel);
	rule_add(r, &o);
	return rule->to;
}

/* --- tables ----------------------------------------------------------------------------------- */

/* By a target that is shorter; one of the network's own length has its route already. */
static bool is_taken(const struct flow_groups *f, const struct flow_group *g,
		     const struct plan_net *net)
{
	unsigned int len;

	for (len = net->plen; len-- > 0;)
		if (find_target(f, g, &net->addr, len))
			return true;
	return false;
}

static void throw_others(struct rules *r, const struct plan_flows *f, const struct flow_group *g,
			 uint32_t table)
{
	struct kobj o = { .kind = KOBJ_ROUTE };
	size_t i;

	o.route.table = table;
	o.route.metric = METRIC_DEVICE;
	o.route.type = KOBJ_ROUTE_THROW;
	for (i = 0; i < r->p->nnets; i++) {
		const struct plan_net *net = &r->p->net[i];

		if (net->addr.family != r->family || !strcmp(net->dev, f->outside) ||
		    !is_taken(&f->groups, g, net))
			continue;
		o.route.dst = net->addr;
		o.route.plen = net->plen;
		plan_add(r->p, NULL, &o);
	}
}

static void table_fill(struct rules *r, const struct plan_flows *f, const struct flow_group *g,
		       uint32_t table)
{
	struct kobj o = { .kind = KOBJ_ROUTE };
	const struct plan_item *item;
	uint32_t t;

	o.route.table = table;
	for (t = g->first; t < g->first + g->n; t++) {
		item = plan_item_by_id(r->p->plan, f->groups.target[t].id);
		if (!item || !*item->dev)
			continue;
		o.route.dst = f->groups.target[t].dst;
		o.route.plen = f->groups.target[t].dplen;
		o.route.metric = METRIC_DEVICE;
		o.route.type = KOBJ_ROUTE_UNICAST;
		memcpy(o.route.dev, item->dev, sizeof(o.route.dev));
		plan_add(r->p, item, &o);
		o.route.metric = METRIC_DROP;
		o.route.type = KOBJ_ROUTE_BLACKHOLE;
		o.route.dev[0] = '\0';
		plan_add(r->p, NULL, &o);
	}
	throw_others(r, f, g, table);
}

static void permit_group(struct rules *r, size_t group)
{
	const struct plan_flows *f = &r->p->plan->flows[r->outside];
	const struct flow_group *g = &f->groups.group[group];
	struct span sport, dport;
	struct flow_sel s;
	uint32_t t, table;

	/* Hosts, so that no target is longer: the peers' own addresses. */
	for (t = g->first; t < g->first + g->n && spans_inside(&g->sel, &sport, &dport); t++)
		if (ends_search(r, group, &f->groups.target[t], &s))
			goto_rule(r, &s, sport, dport, XI_RULE_LAST);
	if (!leads_to_device(r, &f->groups, g))
		return;
	table = table_rules(r, f, g, r->start[group + 1]);
	if (table)
		table_fill(r, f, g, table);
}

/* --- interfaces ------------------------------------------------------------------------------- */

/* Where the rules of each group begin, the first at `at`. Returns where they end. */
static uint32_t lay_out(const struct rules *r, const struct flow_groups *g, uint32_t at,
			uint32_t *start)
{
	size_t i;

	for (i = 0; i < g->ngroups; i++) {
		if (start)
			start[i] = at;
		at += count_rules(r, g, i);
	}
	if (start)
		start[i] = at;
	return at;
}

static void interface_rules(struct rules *r)
{
	const struct flow_groups *g = &r->p->plan->flows[r->outside].groups;
	size_t i;

	r->start = calloc(g->ngroups + 1, sizeof(*r->start));
	if (!r->start) {
		plan_fail(r->p, -ENOMEM, NULL);
		return;
	}
	lay_out(r, g, r->next, r->start);
	for (i = 0; i < g->ngroups && !r->p->ret; i++) {
		if (g->group[i].sel.family != r->family)
			continue;
		if (g->group[i].deny)
			deny_rule(r, &g->group[i]);
		else
			permit_group(r, i);
	}
	free(r->start);
}

static bool has_rules(const struct rules *r)
{
	const struct plan *plan = r->p->plan;
	size_t i, j;

	for (i = 0; i < plan->nflows; i++)
		for (j = 0; j < plan->flows[i].groups.ngroups; j++)
			if (plan->flows[i].groups.group[j].sel.family == r->family &&
			    leads_to_device(r, &plan->flows[i].groups,
					    &plan->flows[i].groups.group[j]))
				return true;
	return false;
}

static void family_rules(struct rules *r)
{
	static const struct flow_sel all;
	struct plan *plan = r->p->plan;
	struct kobj o;
	struct kobj_rule *rule;

	r->next = XI_RULE_FIRST;
	if (!has_rules(r))
		return;
	r->end = XI_RULE_FIRST + 1;
	for (r->outside = 0; r->outside < plan->nflows; r->outside++)
		r->end = lay_out(r, &plan->flows[r->outside].groups, r->end, NULL);
	rule = rule_of(&o, r, &all);
	rule->mark = XI_MARK;
	rule->mark_mask = XI_MARK_MASK;
	rule->action = KOBJ_RULE_GOTO;
	rule->to = XI_RULE_LAST;
	rule_add(r, &o);
	for (r->outside = 0; r->outside < plan->nflows && !r->p->ret; r->outside++)
		interface_rules(r);
	r->next = XI_RULE_LAST;
	rule_of(&o, r, &all)->action = KOBJ_RULE_NOP;
	plan_add(r->p, NULL, &o);
}

/* --- lists to groups -------------------------------------------------------------------------- */

static size_t count_lines(const struct planner *p, size_t outside)
{
	size_t i, n = 0;

	for (i = 0; i < p->nentries; i++)
		if (p->entry[i].outside == outside)
			n += p->entry[i].acl.n;
	return n;
}

static void compile(struct planner *p, size_t outside)
{
	struct flow_line *line = calloc(count_lines(p, outside) + 1, sizeof(*line));
	size_t i, j, n = 0;
	int r;

	if (!line) {
		plan_fail(p, -ENOMEM, NULL);
		return;
	}
	for (i = 0; i < p->nentries; i++) {
		const struct plan_entry *e = &p->entry[i];

		for (j = 0; e->outside == outside && j < e->acl.n; j++)
			line[n++] = (struct flow_line){
				.sel = e->acl.line[j].sel, .permit = e->acl.line[j].permit,
				.entry = (uint32_t)i + 1, .id = e->item->id,
			};
	}
	r = flow_compile(line, n, &p->plan->flows[outside].groups);
	if (r)
		plan_fail(p, r, NULL);
	free(line);
}

void rules_build(struct planner *p)
{
	static const uint8_t families[] = { AF_INET, AF_INET6 };
	struct rules r = { .p = p, .used = calloc(NTABLES / 8, 1) };
	size_t i;

	if (!r.used)
		plan_fail(p, -ENOMEM, NULL);
	for (i = 0; i < p->plan->nflows && !p->ret; i++)
		compile(p, i);
	for (i = 0; i < sizeof(families) && !p->ret; i++) {
		r.family = families[i];
		family_rules(&r);
	}
	free(r.used);
}
