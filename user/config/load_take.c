// SPDX-License-Identifier: Apache-2.0
/* One understood line: kept, replaced, negated, refused or ignored. */
#include "user/config/load_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * The words up to the first argument, or of a choice: "no ip http server",
 * "speed". Never what may be secret.
 */
static const char *prefix_of(const struct match *m, char *buf, size_t size)
{
	bool choices = m->p->row->flags & R_UNRELATED;
	size_t used;
	unsigned int i;

	used = (size_t)snprintf(buf, size, "%s", m->form == FORM_NO ? "no" : "");
	for (i = 0; i < m->ntokens && m->token[i].el->word && used < size &&
		    (choices || !m->token[i].el->grouped); i++)
		used += (size_t)snprintf(buf + used, size - used, "%s%s", used ? " " : "",
					 m->token[i].text);
	return buf;
}

/* `banner motd ^C text ^C`: all until the delimiter is text, whatever it looks like. */
static void banner_begin(struct load *l)
{
	const struct line *line = l->line;
	const char *open, *rest;
	size_t len;

	if (line->nwords < 2)
		return;
	open = line->word[line->nwords > 2 ? 2 : 1].p;
	len = *open == '^' && open[1] ? 2 : 1;
	rest = open + len;
	memcpy(l->banner, open, len);
	l->banner[len] = '\0';
	if (strstr(rest, l->banner))
		l->banner[0] = '\0';
}

static void put_unrelated(struct load *l, const struct match *m, unsigned int depth)
{
	bool indented = load_indent(l->line) > l->at[depth].indent;
	char prefix[128];

	prefix_of(m, prefix, sizeof(prefix));
	say_once(l, prefix, DIAG_NOTICE, "line ignored (unrelated to IPsec): %s", prefix);
	if (m->p->row->flags & R_BANNER)
		banner_begin(l);
	if (m->form != FORM_PLAIN || m->p->row->enters == M_NONE) {
		/* An indented line belongs to the block it stands in, whoever knows the word. */
		if (!indented || depth == l->depth)
			load_leave_to(l, depth);
		return;
	}
	load_leave_to(l, depth);
	load_enter_nowhere(l, M_UNRELATED);
}

/* The printed form without the arguments of the identity: `standby timers 3 10`. */
static void default_form(const struct node *n, char *buf, size_t size)
{
	size_t used = 0;
	unsigned int i;

	buf[0] = '\0';
	for (i = 0; i < n->ntokens && used < size; i++) {
		const struct elem *el = n->token[i].el;

		if (el->name && el->key)
			continue;
		used += (size_t)snprintf(buf + used, size - used, "%s%s", used ? " " : "",
					 n->token[i].text);
	}
}

static bool is_default(const struct node *n)
{
	const char *p = n->p->row->dflt;
	char form[256];
	size_t len;

	if (!p)
		return false;
	default_form(n, form, sizeof(form));
	for (; *p; p += len + (p[len] == '|')) {
		len = strcspn(p, "|");
		if (strlen(form) == len && !strncmp(form, p, len))
			return true;
	}
	return false;
}

static bool same_tokens(const struct node *a, const struct node *b)
{
	unsigned int i;

	if (a->ntokens != b->ntokens || a->negated != b->negated)
		return false;
	for (i = 0; i < a->ntokens; i++)
		if (a->token[i].el != b->token[i].el || strcmp(a->token[i].text, b->token[i].text))
			return false;
	return true;
}

/* `crypto map NAME 10` alone goes back into an entry of whatever kind. */
static bool only_identity(const struct node *n)
{
	unsigned int i;

	for (i = 0; i < n->ntokens; i++)
		if (n->token[i].el->grouped)
			return false;
	return n->p->row->fill;
}

static void out_of_room(struct load *l, struct node *n, int err)
{
	node_free(n);
	say_once(l, "room", DIAG_ERROR, err == -E2BIG ? "more than %d lines" : "out of memory",
		 TREE_NODES_MAX);
}

static void refuse(struct load *l, struct node *n)
{
	struct node *old = tree_find(l->tree, n->parent, n);
	int err;

	n->refused = true;
	if (n->p->row->enters == M_NONE) {
		if (!n->parent->refused_child)
			n->parent->refused_child = n->line;
		node_free(n);
		return;
	}
	if (old && !old->refused) {
		n->next = l->tree->attic;
		l->tree->attic = n;
	} else {
		err = tree_put(l->tree, n, &n);
		if (err) {
			out_of_room(l, n, err);
			return;
		}
	}
	load_enter(l, n->p->row->enters, n);
}

static void clear_raw(struct load *l, struct node *n)
{
	while (n->first)
		tree_remove(l->tree, n->first);
}

static void store(struct load *l, struct node *n)
{
	struct node *old = tree_find(l->tree, n->parent, n);
	enum mode enters = n->p->row->enters;
	int err;

	if (old && !old->refused && (same_tokens(old, n) || only_identity(n))) {
		node_free(n);
		n = old;
	} else {
		node_fill(n);
		err = tree_put(l->tree, n, &n);
		if (err) {
			out_of_room(l, n, err);
			return;
		}
	}
	if (enters == M_RAW)
		clear_raw(l, n);
	if (enters != M_NONE)
		load_enter(l, enters, n);
}

static void put_plain(struct load *l, const struct match *m)
{
	struct node *n = node_new(m, load_top(l)->node, load_line_number(l)), *old;
	const struct row *row = m->p->row;
	char prefix[128];

	if (!n) {
		out_of_room(l, NULL, -ENOMEM);
		return;
	}
	if (row->flags & R_ON) {
		old = tree_find(l->tree, n->parent, n);
		if (old)
			tree_remove(l->tree, old);
		node_free(n);
		return;
	}
	n->is_default = is_default(n);
	if (!load_keys(l, n) || (row->check && !row->check(l, n))) {
		refuse(l, n);
		return;
	}
	if (row->flags & (R_INERT | R_ONESHOT)) {
		prefix_of(m, prefix, sizeof(prefix));
		if (row->flags & R_ONESHOT && l->prompt)
			say(l, DIAG_ERROR, "%s: not built yet", prefix);
		else if (row->flags & R_ONESHOT)
			say(l, DIAG_NOTICE, "%s: is done at the prompt, not while loading", prefix);
		else
			say_once(l, prefix, DIAG_NOTICE, "%s: ignored (%s)", prefix, row->note);
		node_free(n);
		return;
	}
	store(l, n);
}

/* `no` and `default`: back to what is without the command (R-CFG-2). */
static void put_negated(struct load *l, const struct match *m)
{
	struct node *n = node_new(m, load_top(l)->node, load_line_number(l)), *old;
	int err;

	if (!n) {
		out_of_room(l, NULL, -ENOMEM);
		return;
	}
	if (m->p->row->flags & R_ON && m->form == FORM_NO && m->whole) {
		n->negated = true;
		err = tree_put(l->tree, n, &n);
		if (err)
			out_of_room(l, n, err);
		return;
	}
	if (m->whole) {
		old = tree_find(l->tree, n->parent, n);
		if (old)
			tree_remove(l->tree, old);
	} else {
		tree_remove_like(l->tree, n->parent, n);
	}
	node_free(n);
}

void load_take(struct load *l, const struct match *m, unsigned int depth)
{
	if (m->p->row->flags & R_UNRELATED) {
		put_unrelated(l, m, depth);
		return;
	}
	load_leave_to(l, depth);
	if (m->form == FORM_PLAIN)
		put_plain(l, m);
	else if (!(m->p->row->flags & (R_INERT | R_ONESHOT)))
		put_negated(l, m);
}
