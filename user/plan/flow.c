// SPDX-License-Identifier: Apache-2.0
/*
 * Lines become groups in their order. A permit line that differs from an
 * earlier one in `dst` only joins its group, which takes it to the front of all
 * that stands between. That is right as long as no packet of the line
 *
 *	- is decided by a line between (C),
 *	- is denied by its own entry, unless a deny in front of the group says so too (A),
 *	- jumps over the group by a deny of the group's entry, unless its own entry
 *	  denies the same (B).
 *
 * A line that cannot join begins a group of its own. Denies become groups only
 * when a group follows in their entry that they keep packets from: so the same
 * denies in each of a thousand entries leave one group.
 */
#include "user/plan/flow.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/plan/prefix.h"
#include "user/plan/sel.h"

#define NONE	UINT32_MAX

/* Destinations of a group, bit by bit. */
struct trie {
	uint32_t	child[2];	/* 0: none, there is no way back to the root */
	bool		end;		/* a target */
};

struct draft {				/* a group being made */
	struct flow_group g;
	uint32_t	entry;		/* of the line that began it */
	uint32_t	entry_first;	/* first group of that entry */
	uint32_t	trie;
	uint32_t	last;		/* newest target, NONE: none */
	uint32_t	chain;		/* older group of the same hash bucket */
};

struct compiler {
	const struct flow_line *lines;
	struct draft	*group;
	uint32_t	ngroups, group_room;
	struct flow_target *target;
	uint32_t	*older;		/* target before this one in its group */
	uint32_t	ntargets;
	struct trie	*trie;
	uint32_t	ntries, trie_room;
	uint32_t	*bucket, nbucket;	/* newest permit group by selector */
	uint32_t	*denied;	/* lines that deny in the entry at hand */
	bool		*emitted;	/* whether there is a group for it */
	uint32_t	ndenied;
	uint32_t	entry_first;
};

/* --- destinations --------------------------------------------------------------------------- */

enum found { NOTHING, COVERED, INSIDE };

/* Is there a target as short or shorter (COVERED), or else a longer one inside? */
static enum found trie_find(const struct compiler *c, uint32_t root, const struct addr *dst,
			    unsigned int len)
{
	uint32_t at = root;
	unsigned int i;

	for (i = 0; i < len && !c->trie[at].end; i++) {
		at = c->trie[at].child[prefix_bit(dst, i)];
		if (!at)
			return NOTHING;
	}
	return c->trie[at].end ? COVERED : INSIDE;
}

static uint32_t trie_new(struct compiler *c)
{
	uint32_t room = c->trie_room * 2 + 256;
	struct trie *more;

	if (c->ntries == c->trie_room) {
		more = realloc(c->trie, room * sizeof(*more));
		if (!more)
			return NONE;
		c->trie = more;
		c->trie_room = room;
	}
	c->trie[c->ntries] = (struct trie){};
	return c->ntries++;
}

static int trie_add(struct compiler *c, uint32_t root, const struct addr *dst, unsigned int len)
{
	uint32_t at = root, next;
	unsigned int i;

	for (i = 0; i < len; i++) {
		next = c->trie[at].child[prefix_bit(dst, i)];
		if (!next) {
			next = trie_new(c);
			if (next == NONE)
				return -ENOMEM;
			c->trie[at].child[prefix_bit(dst, i)] = next;
		}
		at = next;
	}
	c->trie[at].end = true;
	return 0;
}

/* --- groups --------------------------------------------------------------------------------- */

static struct flow_sel without_dst(const struct flow_sel *s)
{
	struct flow_sel any = *s;

	any.dst = (struct addr){ .family = s->family };
	any.dplen = 0;
	return any;
}

static struct draft *group_new(struct compiler *c, const struct flow_line *l)
{
	uint32_t room = c->group_room * 2 + 64;
	struct draft *more, *d;

	if (c->ngroups == c->group_room) {
		more = realloc(c->group, room * sizeof(*more));
		if (!more)
			return NULL;
		c->group = more;
		c->group_room = room;
	}
	d = &c->group[c->ngroups++];
	*d = (struct draft){ .entry = l->entry, .entry_first = c->entry_first, .last = NONE };
	d->g.sel = l->permit ? without_dst(&l->sel) : l->sel;
	d->g.deny = !l->permit;
	return d;
}

/* The newest permit group that differs from the line in dst only, or NONE. */
static uint32_t group_find(const struct compiler *c, const struct flow_sel *like)
{
	uint32_t i = c->bucket[sel_hash(like) & (c->nbucket - 1)];

	while (i != NONE && !sel_equal(&c->group[i].g.sel, like))
		i = c->group[i].chain;
	return i;
}

/* Whether all that the deny says is also said by a deny in front of group `g`, in its entry. */
static bool denied_before(const struct compiler *c, uint32_t g, const struct flow_sel *deny)
{
	uint32_t i;

	for (i = c->group[g].entry_first; i < g; i++)
		if (c->group[i].g.deny && sel_covers(&c->group[i].g.sel, deny))
			return true;
	return false;
}

/* (A) */
static bool own_denies_kept(const struct compiler *c, uint32_t g, const struct flow_sel *s)
{
	uint32_t i;

	for (i = 0; i < c->ndenied; i++) {
		const struct flow_sel *deny = &c->lines[c->denied[i]].sel;

		if (sel_overlaps(deny, s) && !denied_before(c, g, deny))
			return false;
	}
	return true;
}

static bool own_deny_covers(const struct compiler *c, const struct flow_sel *deny)
{
	uint32_t i;

	for (i = 0; i < c->ndenied; i++)
		if (sel_covers(&c->lines[c->denied[i]].sel, deny))
			return true;
	return false;
}

/* (B) */
static bool is_reached(const struct compiler *c, uint32_t g, const struct flow_sel *s)
{
	uint32_t i;

	for (i = c->group[g].entry_first; i < g; i++) {
		const struct flow_sel *deny = &c->group[i].g.sel;

		if (c->group[i].g.deny && sel_overlaps(deny, s) && !own_deny_covers(c, deny))
			return false;
	}
	return true;
}

/* (C) */
static bool decided_between(const struct compiler *c, uint32_t g, const struct flow_sel *s)
{
	struct flow_sel any = without_dst(s);
	uint32_t i;

	for (i = g + 1; i < c->ngroups; i++) {
		const struct draft *d = &c->group[i];

		if (!d->g.deny && sel_overlaps(&d->g.sel, &any) &&
		    trie_find(c, d->trie, &s->dst, s->dplen) != NOTHING)
			return true;
	}
	return false;
}

/* --- lines ---------------------------------------------------------------------------------- */

static int target_add(struct compiler *c, struct draft *d, uint32_t line)
{
	const struct flow_line *l = &c->lines[line];
	uint32_t t = c->ntargets++;

	c->target[t] = (struct flow_target){
		.dst = prefix_net(&l->sel.dst, l->sel.dplen), .dplen = l->sel.dplen, .id = l->id,
		.line = line,
	};
	c->older[t] = d->last;
	d->last = t;
	d->g.n++;
	return trie_add(c, d->trie, &l->sel.dst, l->sel.dplen);
}

/* The denies of the entry that keep packets from the line, in front of its group. */
static int emit_denies(struct compiler *c, const struct flow_sel *s)
{
	uint32_t i;

	for (i = 0; i < c->ndenied; i++) {
		const struct flow_line *deny = &c->lines[c->denied[i]];

		if (c->emitted[i] || !sel_overlaps(&deny->sel, s))
			continue;
		if (!group_new(c, deny))
			return -ENOMEM;
		c->emitted[i] = true;
	}
	return 0;
}

static int begin_group(struct compiler *c, uint32_t line)
{
	const struct flow_line *l = &c->lines[line];
	struct draft *d;
	uint32_t *b;

	if (emit_denies(c, &l->sel))
		return -ENOMEM;
	d = group_new(c, l);
	if (!d)
		return -ENOMEM;
	d->trie = trie_new(c);
	if (d->trie == NONE)
		return -ENOMEM;
	b = &c->bucket[sel_hash(&d->g.sel) & (c->nbucket - 1)];
	d->chain = *b;
	*b = (uint32_t)(d - c->group);
	return target_add(c, d, line);
}

static int take_permit(struct compiler *c, uint32_t line)
{
	const struct flow_sel *s = &c->lines[line].sel;
	struct flow_sel any = without_dst(s);
	uint32_t g = group_find(c, &any);

	if (g == NONE || !is_reached(c, g, s))
		return begin_group(c, line);
	/* All its packets are decided by an earlier line: it is never reached. */
	if (trie_find(c, c->group[g].trie, &s->dst, s->dplen) == COVERED)
		return 0;
	if (!own_denies_kept(c, g, s) || decided_between(c, g, s))
		return begin_group(c, line);
	return target_add(c, &c->group[g], line);
}

/* Denies of the entry that ends go on behind it. */
static void end_entry(struct compiler *c)
{
	uint32_t i;

	for (i = c->entry_first; i < c->ngroups; i++)
		if (c->group[i].g.deny)
			c->group[i].g.next = c->ngroups;
	c->entry_first = c->ngroups;
	c->ndenied = 0;
}

static int take_lines(struct compiler *c, size_t n)
{
	uint32_t i;
	int r;

	for (i = 0; i < n; i++) {
		if (i && c->lines[i].entry != c->lines[i - 1].entry)
			end_entry(c);
		if (!c->lines[i].permit) {
			c->emitted[c->ndenied] = false;
			c->denied[c->ndenied++] = i;
			continue;
		}
		r = take_permit(c, i);
		if (r)
			return r;
	}
	end_entry(c);
	return 0;
}

/* --- the result ----------------------------------------------------------------------------- */

static int compare_targets(const void *x, const void *y)
{
	const struct flow_target *a = x, *b = y;

	if (a->dplen != b->dplen)
		return a->dplen > b->dplen ? -1 : 1;
	return memcmp(a->dst.b, b->dst.b, sizeof(a->dst.b));
}

static int write_out(const struct compiler *c, struct flow_groups *out)
{
	uint32_t i, t, at = 0;

	out->group = calloc(c->ngroups + 1, sizeof(*out->group));
	out->target = calloc(c->ntargets + 1, sizeof(*out->target));
	if (!out->group || !out->target)
		return -ENOMEM;
	for (i = 0; i < c->ngroups; i++) {
		out->group[i] = c->group[i].g;
		out->group[i].first = at;
		for (t = c->group[i].last; t != NONE; t = c->older[t])
			out->target[at++] = c->target[t];
		qsort(out->target + out->group[i].first, out->group[i].n, sizeof(*out->target),
		      compare_targets);
	}
	out->ngroups = c->ngroups;
	out->ntargets = c->ntargets;
	return 0;
}

static int compiler_init(struct compiler *c, const struct flow_line *lines, size_t n)
{
	*c = (struct compiler){ .lines = lines, .nbucket = 64 };
	while (c->nbucket < n)
		c->nbucket *= 2;
	c->bucket = malloc(c->nbucket * sizeof(*c->bucket));
	c->target = calloc(n + 1, sizeof(*c->target));
	c->older = calloc(n + 1, sizeof(*c->older));
	c->denied = calloc(n + 1, sizeof(*c->denied));
	c->emitted = calloc(n + 1, sizeof(*c->emitted));
	if (!c->bucket || !c->target || !c->older || !c->denied || !c->emitted)
		return -ENOMEM;
	memset(c->bucket, 0xff, c->nbucket * sizeof(*c->bucket));
	return trie_new(c) == NONE ? -ENOMEM : 0;	/* 0 means none */
}

static void compiler_fini(struct compiler *c)
{
	free(c->group);
	free(c->target);
	free(c->older);
	free(c->trie);
	free(c->bucket);
	free(c->denied);
	free(c->emitted);
}

int flow_compile(const struct flow_line *lines, size_t n, struct flow_groups *out)
{
	struct compiler c;
	int r;

	*out = (struct flow_groups){};
	r = compiler_init(&c, lines, n);
	if (!r)
		r = take_lines(&c, n);
	if (!r)
		r = write_out(&c, out);
	compiler_fini(&c);
	if (r)
		flow_groups_fini(out);
	return r;
}

void flow_groups_fini(struct flow_groups *g)
{
	free(g->group);
	free(g->target);
	*g = (struct flow_groups){};
}

/* --- the model ------------------------------------------------------------------------------ */

uint32_t flow_lookup(const struct flow_groups *g, const struct flow_packet *p)
{
	size_t i = 0;
	uint32_t t;

	while (i < g->ngroups) {
		const struct flow_group *at = &g->group[i++];

		if (!sel_has(&at->sel, p))
			continue;
		if (at->deny) {
			i = at->next;
			continue;
		}
		/* Longest first. */
		for (t = at->first; t < at->first + at->n; t++)
			if (prefix_has(&g->target[t].dst, g->target[t].dplen, &p->dst))
				return g->target[t].id;
	}
	return 0;
}
