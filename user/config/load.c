// SPDX-License-Identifier: Apache-2.0
#include "user/config/load.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "user/config/check.h"
#include "user/config/print.h"

void load_init(struct load *l, const struct grammar *g, struct tree *t, struct diags *d)
{
	*l = (struct load){ .g = g, .tree = t, .diags = d };
	l->at[0] = (struct context){ .mode = M_GLOBAL, .node = &t->root };
}

void load_fini(struct load *l)
{
	size_t i;

	for (i = 0; i < l->ntold; i++)
		free(l->told[i]);
	free(l->told);
	l->told = NULL;
	l->ntold = 0;
}

static unsigned int line_number(const struct load *l)
{
	return l->line ? l->line->number : 0;
}

static void vsay(struct load *l, enum diag_severity sev, const char *fmt, va_list ap)
{
	char text[512];

	vsnprintf(text, sizeof(text), fmt, ap);
	diag_add(l->diags, sev, line_number(l), "%s", text);
}

void say(struct load *l, enum diag_severity sev, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsay(l, sev, fmt, ap);
	va_end(ap);
}

static bool tell_first(struct load *l, const char *key)
{
	char **room;
	size_t i;

	/* Bounded by the number of prefixes in the tables, not by the file. */
	for (i = 0; i < l->ntold; i++)
		if (!strcmp(l->told[i], key))
			return false;
	room = realloc(l->told, (l->ntold + 1) * sizeof(*room));
	if (!room)
		return true;
	l->told = room;
	room[l->ntold] = strdup(key);
	if (room[l->ntold])
		l->ntold++;
	return true;
}

void say_once(struct load *l, const char *key, enum diag_severity sev, const char *fmt, ...)
{
	va_list ap;

	if (!tell_first(l, key))
		return;
	va_start(ap, fmt);
	vsay(l, sev, fmt, ap);
	va_end(ap);
}

static unsigned int indent_of(const struct line *line)
{
	return line->nwords ? line->word[0].column : 0;
}

static struct context *top(struct load *l)
{
	return &l->at[l->depth];
}

static void leave_to(struct load *l, unsigned int depth)
{
	if (depth < l->depth)
		l->depth = depth;
}

static void enter(struct load *l, enum mode mode, struct node *n)
{
	if (l->depth + 1 == LOAD_DEPTH)
		return;
	l->at[++l->depth] = (struct context){ .mode = mode, .node = n,
					      .indent = indent_of(l->line) };
}

/*
 * Lines below something that failed, or that is none of our business. They are
 * read in `mode`, so that their own faults show, and then forgotten.
 */
static void enter_nowhere(struct load *l, enum mode mode)
{
	struct node *n = node_new_raw("", &l->tree->root, line_number(l));

	if (!n)
		return;
	n->refused = true;
	n->next = l->tree->attic;
	l->tree->attic = n;
	enter(l, mode, n);
}

/* --- one understood line ------------------------------------------------------------------ */

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
	bool indented = indent_of(l->line) > l->at[depth].indent;
	char prefix[128];

	prefix_of(m, prefix, sizeof(prefix));
	say_once(l, prefix, DIAG_NOTICE, "line ignored (unrelated to IPsec): %s", prefix);
	if (m->p->row->flags & R_BANNER)
		banner_begin(l);
	if (m->form != FORM_PLAIN || m->p->row->enters == M_NONE) {
		/* An indented line belongs to the block it stands in, whoever knows the word. */
		if (!indented || depth == l->depth)
			leave_to(l, depth);
		return;
	}
	leave_to(l, depth);
	enter_nowhere(l, M_UNRELATED);
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
	enter(l, n->p->row->enters, n);
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
		enter(l, enters, n);
}

static void note_secret(struct load *l, const struct node *n)
{
	unsigned int i;

	for (i = 0; i < n->ntokens; i++)
		if (n->token[i].el->name && arg_is_secret(&n->token[i].el->spec) &&
		    !node_has(n, "6") && !l->first_secret)
			l->first_secret = n->line;
}

static void put_plain(struct load *l, const struct match *m)
{
	struct node *n = node_new(m, top(l)->node, line_number(l)), *old;
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
	note_secret(l, n);
	if (row->check && !row->check(l, n)) {
		refuse(l, n);
		return;
	}
	if (row->flags & (R_INERT | R_ONESHOT)) {
		prefix_of(m, prefix, sizeof(prefix));
		if (row->flags & R_ONESHOT)
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
	struct node *n = node_new(m, top(l)->node, line_number(l)), *old;
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

static void take_line(struct load *l, const struct match *m, unsigned int depth)
{
	if (m->p->row->flags & R_UNRELATED) {
		put_unrelated(l, m, depth);
		return;
	}
	leave_to(l, depth);
	if (m->form == FORM_PLAIN)
		put_plain(l, m);
	else if (!(m->p->row->flags & (R_INERT | R_ONESHOT)))
		put_negated(l, m);
}

/* --- one line that is not understood ------------------------------------------------------ */

static bool first_is(const struct line *line, const char *const *words)
{
	unsigned int at = line->nwords > 1 && word_is(&line->word[0], "no");

	for (; *words; words++)
		if (word_is(&line->word[at], *words))
			return true;
	return false;
}

/* A known command with a wrong rest, rather than a command that we do not know. */
static bool is_malformed(const struct match *m)
{
	unsigned int lead = 0;

	if (!m->p || m->p->row->flags & R_UNRELATED)
		return false;
	while (lead < m->p->n && m->p->elem[lead].word && !m->p->elem[lead].grouped)
		lead++;
	return m->progress && m->progress >= lead;
}

static bool prompt_word(struct load *l)
{
	const struct word *w = &l->line->word[0];
	char text[100];

	if (l->line->nwords < 2 || w->quoted || (w->p[w->len - 1] != '#' && w->p[w->len - 1] != '>'))
		return false;
	snprintf(text, sizeof(text), "a prompt is not part of a command (hint: leave out \"%.*s\")",
		 (int)(w->len < 40 ? w->len : 40), w->p);
	diag_add_at(l->diags, l->line->number, l->line->text, w->column, text);
	return true;
}

/* Words that a manual wrapped: the line would be one behind `crypto` (A21-21). */
static bool hint_prefix(struct load *l, struct match *m)
{
	static const char *const prefixes[] = { "crypto ", "crypto ipsec " };
	static struct match try;
	static struct line longer;
	char text[LEX_LINE_MAX];
	size_t i;

	for (i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		if (snprintf(text, sizeof(text), "%s%s", prefixes[i],
			     l->line->text + l->line->word[0].column) >= (int)sizeof(text))
			continue;
		if (lex_line(&longer, text, strlen(text)) != LEX_LINE)
			continue;
		match_line(l->g, M_GLOBAL, &longer, &try);
		if (try.verdict != MATCH_OK)
			continue;
		snprintf(m->why, sizeof(m->why), "%s (hint: %.200s)",
			 i ? "not a command by itself" : "unknown command", text);
		return true;
	}
	return false;
}

/* A line of a sub-mode, met outside of it. */
static bool hint_mode(struct load *l, struct match *m)
{
	static struct match try;
	enum mode mode;

	for (mode = M_GLOBAL + 1; mode < M_MAX; mode++) {
		if (mode == M_UNRELATED || mode == M_RAW)
			continue;
		match_line(l->g, mode, l->line, &try);
		if (try.verdict != MATCH_OK || try.shortened || try.p->row->flags & R_UNRELATED)
			continue;
		snprintf(m->why, sizeof(m->why), "a command of %s configuration, not of %s",
			 modes[mode].name, modes[top(l)->mode].name);
		return true;
	}
	return false;
}

static void blame_line(struct load *l, const struct match *m)
{
	diag_add_at(l->diags, l->line->number, l->line->text, m->column, m->why);
}

/* In the words of the text at hand, so that nobody searches for a secret in a log. */
static void say_unknown(struct load *l)
{
	const struct word *w = &l->line->word[0];

	say(l, DIAG_WARNING, "unknown line ignored: \"%.*s%s\"", (int)(w->len < 40 ? w->len : 40),
	    w->p, l->line->nwords > 1 ? " ..." : "");
}

/*
 * Does the line belong to the block above it? Printed configurations indent;
 * where a block is written without, there is no telling, and it stays in it.
 */
static bool belongs_below(struct load *l)
{
	const struct context *c = top(l);

	if (!l->depth)
		return true;
	if (indent_of(l->line) > c->indent)
		return true;
	return !c->deeper && c->node->first;
}

static void fail_line(struct load *l, struct match *m, unsigned int depth)
{
	static const char *const ipsec_words[] = {
		"crypto", "ssp", "standby", "tunnel", "set", "match", NULL,
	};
	enum mode mode = l->at[depth].mode;
	bool malformed = is_malformed(m), error;

	/*
	 * Below an interface and above all, most lines have nothing to do with
	 * us. Elsewhere an unknown line is a fault.
	 */
	error = malformed || first_is(l->line, ipsec_words) ||
		(mode != M_GLOBAL && mode != M_IF && mode != M_UNRELATED);
	if (!error && hint_prefix(l, m))
		error = true;
	else if (error && !m->progress && !hint_prefix(l, m))
		hint_mode(l, m);
	if (error)
		blame_line(l, m);
	else
		say_unknown(l);
	leave_to(l, depth);
	if (depth && belongs_below(l))
		return;
	/* What follows, indented, belonged to this line and must not reach another block. */
	leave_to(l, 0);
	enter_nowhere(l, error && m->would_enter != M_NONE && m->would_enter != M_RAW ?
		      m->would_enter : M_UNRELATED);
}

/* --- where a line belongs ----------------------------------------------------------------- */

static struct match matches[LOAD_DEPTH];

/*
 * The mode at hand first, then those around it: a command of an outer mode
 * leaves the inner one (R-CFG-1). A line in full words out there beats a
 * shortened one in here. -1: nowhere.
 */
static int find_depth(struct load *l)
{
	int depth, best = -1;

	for (depth = (int)l->depth; depth >= 0; depth--) {
		struct match *m = &matches[depth];

		match_line(l->g, l->at[depth].mode, l->line, m);
		if (m->verdict != MATCH_OK)
			continue;
		if (best < 0)
			best = depth;
		else if (!m->shortened && matches[best].shortened)
			best = depth;
		if (!matches[best].shortened)
			break;
	}
	return best;
}

/* Of the modes that refuse the line, the one that understood most of it. */
static unsigned int blame_depth(struct load *l)
{
	unsigned int depth, best = l->depth;
	bool below = belongs_below(l);

	for (depth = l->depth; depth-- > 0;) {
		if (matches[depth].progress > matches[best].progress ||
		    (!below && matches[depth].progress == matches[best].progress))
			best = depth;
	}
	return best;
}

/*
 * Below `line vty`, `gatekeeper` and their like: what is known there is theirs,
 * what is indented too, unless it is a whole command of ours in full words.
 * true: done with the line.
 */
static bool skip_unrelated(struct load *l)
{
	struct match *inner = &matches[l->depth], *outer = &matches[0];
	bool indented = indent_of(l->line) > top(l)->indent;

	match_line(l->g, M_UNRELATED, l->line, inner);
	match_line(l->g, M_GLOBAL, l->line, outer);
	if (outer->verdict == MATCH_OK && !indented && !outer->shortened) {
		leave_to(l, 0);
		return false;
	}
	if (inner->verdict == MATCH_OK) {
		take_line(l, inner, l->depth);
		return true;
	}
	if (indented)
		return outer->verdict != MATCH_OK || outer->shortened ||
		       outer->p->row->flags & R_UNRELATED;
	return false;
}

static bool raw_line(struct load *l)
{
	const struct line *line = l->line;
	struct node *n, *parent = top(l)->node;

	if (top(l)->mode != M_RAW)
		return false;
	if (line->nwords == 1 && word_is(&line->word[0], "quit")) {
		leave_to(l, l->depth - 1);
		return true;
	}
	n = node_new_raw(line->text + line->word[0].column, parent, line->number);
	if (n)
		tree_append_raw(l->tree, n);
	return true;
}

static bool leaving(struct load *l)
{
	const struct line *line = l->line;

	if (line->nwords != 1)
		return false;
	if (word_is(&line->word[0], "end")) {
		leave_to(l, 0);
		l->ended = true;
		return true;
	}
	if (word_is(&line->word[0], "exit") || word_is(&line->word[0], "quit")) {
		if (l->depth)
			leave_to(l, l->depth - 1);
		return true;
	}
	return false;
}

void load_line(struct load *l, const struct line *line)
{
	int depth;

	l->line = line;
	if (l->banner[0]) {
		if (strstr(line->text, l->banner))
			l->banner[0] = '\0';
		return;
	}
	if (!line->nwords)
		return;
	if (l->ended) {
		if (!l->ended_told)
			say(l, DIAG_WARNING, "lines behind `end` are not read");
		l->ended_told = true;
		return;
	}
	if (l->depth && indent_of(line) > top(l)->indent)
		top(l)->deeper = true;
	if (raw_line(l) || leaving(l) || prompt_word(l))
		return;
	if (top(l)->mode == M_UNRELATED && skip_unrelated(l))
		return;
	depth = find_depth(l);
	if (depth >= 0) {
		take_line(l, &matches[depth], (unsigned int)depth);
		return;
	}
	depth = (int)blame_depth(l);
	fail_line(l, &matches[depth], (unsigned int)depth);
}

void load_end(struct load *l)
{
	if (top(l)->mode == M_RAW)
		diag_add(l->diags, DIAG_ERROR, top(l)->node->line, "key-string without `quit`");
	if (l->banner[0])
		diag_add(l->diags, DIAG_ERROR, line_number(l), "banner without its end, \"%s\"",
			 l->banner);
	l->line = NULL;
}

static void lex_error(struct load *l, const struct line *line, enum lex_verdict v)
{
	l->line = line;
	if (v == LEX_TOO_LONG)
		say(l, DIAG_ERROR, "line of more than %d bytes or %d words", LEX_LINE_MAX - 1,
		    LEX_WORDS_MAX);
	else
		say(l, DIAG_ERROR, "control characters: this is not a configuration");
}

/* The one who types text may leave a quote open; other arguments have to end. */
static bool quote_is_text(struct load *l, const struct line *line)
{
	unsigned int i;

	for (i = 0; i < line->nwords; i++)
		if (line->word[i].quoted)
			break;
	if (i < line->nwords && (l->banner[0] || top(l)->mode == M_UNRELATED ||
				 top(l)->mode == M_RAW || word_is(&line->word[0], "description") ||
				 word_is(&line->word[0], "banner") ||
				 memmem(line->text, line->len, "remark", 6)))
		return true;
	diag_add_at(l->diags, line->number, line->text, line->word[i].column,
		    "a quote that does not end");
	return false;
}

void load_text(struct load *l, const char *text, size_t len)
{
	static struct line line;
	struct lexer lexer;
	enum lex_verdict v;

	lex_init(&lexer, text, len);
	while ((v = lex_next(&lexer, &line)) != LEX_END) {
		if (v == LEX_BINARY || v == LEX_TOO_LONG) {
			lex_error(l, &line, v);
			/* One such line is a slip, but a file with NULs is a file of another kind. */
			if (v == LEX_BINARY)
				break;
			continue;
		}
		if (v == LEX_QUOTE && !quote_is_text(l, &line))
			continue;
		if (v != LEX_BLANK || l->banner[0])
			load_line(l, &line);
	}
	load_end(l);
	check_all(l);
	diag_sort(l->diags);
}
