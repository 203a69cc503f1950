// SPDX-License-Identifier: Apache-2.0
#include "user/config/load.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "user/config/check.h"
#include "user/config/load_priv.h"

void load_init(struct load *l, const struct grammar *g, struct tree *t, struct diags *d)
{
	*l = (struct load){ .g = g, .tree = t, .diags = d };
	l->at[0] = (struct context){ .mode = M_GLOBAL, .node = &t->root };
}

/* One line is read at a time; its words stay here until load_fini(). */
static struct match matches[LOAD_DEPTH];

void load_fini(struct load *l)
{
	size_t i;

	explicit_bzero(matches, sizeof(matches));

	for (i = 0; i < l->ntold; i++)
		free(l->told[i]);
	free(l->told);
	l->told = NULL;
	l->ntold = 0;
}

unsigned int load_line_number(const struct load *l)
{
	return l->line ? l->line->number : 0;
}

static void vsay(struct load *l, enum diag_severity sev, const char *fmt, va_list ap)
{
	char text[512];

	vsnprintf(text, sizeof(text), fmt, ap);
	diag_add(l->diags, sev, load_line_number(l), "%s", text);
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

unsigned int load_indent(const struct line *line)
{
	return line->nwords ? line->word[0].column : 0;
}

struct context *load_top(struct load *l)
{
	return &l->at[l->depth];
}

void load_leave_to(struct load *l, unsigned int depth)
{
	if (depth < l->depth)
		l->depth = depth;
}

void load_enter(struct load *l, enum mode mode, struct node *n)
{
	if (l->depth + 1 == LOAD_DEPTH)
		return;
	l->at[++l->depth] = (struct context){ .mode = mode, .node = n,
					      .indent = load_indent(l->line) };
}

/*
 * Lines below something that failed, or that is none of our business. They are
 * read in `mode`, so that their own faults show, and then forgotten.
 */
void load_enter_nowhere(struct load *l, enum mode mode)
{
	struct node *n = node_new_raw("", &l->tree->root, load_line_number(l));

	if (!n)
		return;
	n->refused = true;
	n->next = l->tree->attic;
	l->tree->attic = n;
	load_enter(l, mode, n);
}

/* --- where a line belongs ----------------------------------------------------------------- */

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
	bool below = load_belongs_below(l);

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
	bool indented = load_indent(l->line) > load_top(l)->indent;

	match_line(l->g, M_UNRELATED, l->line, inner);
	match_line(l->g, M_GLOBAL, l->line, outer);
	if (outer->verdict == MATCH_OK && !indented && !outer->shortened) {
		load_leave_to(l, 0);
		return false;
	}
	if (inner->verdict == MATCH_OK) {
		load_take(l, inner, l->depth);
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
	struct node *n, *parent = load_top(l)->node;

	if (load_top(l)->mode != M_RAW)
		return false;
	if (line->nwords == 1 && word_is(&line->word[0], "quit")) {
		load_leave_to(l, l->depth - 1);
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
		load_leave_to(l, 0);
		l->ended = true;
		return true;
	}
	if (word_is(&line->word[0], "exit") || word_is(&line->word[0], "quit")) {
		if (l->depth)
			load_leave_to(l, l->depth - 1);
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
	if (l->depth && load_indent(line) > load_top(l)->indent)
		load_top(l)->deeper = true;
	if (raw_line(l) || leaving(l) || load_prompt_word(l))
		return;
	if (load_top(l)->mode == M_UNRELATED && skip_unrelated(l))
		return;
	depth = find_depth(l);
	if (depth >= 0) {
		load_take(l, &matches[depth], (unsigned int)depth);
		return;
	}
	depth = (int)blame_depth(l);
	load_fail(l, &matches[depth], (unsigned int)depth);
}

void load_end(struct load *l)
{
	if (load_top(l)->mode == M_RAW)
		diag_add(l->diags, DIAG_ERROR, load_top(l)->node->line, "key-string without `quit`");
	if (l->banner[0])
		diag_add(l->diags, DIAG_ERROR, load_line_number(l), "banner without its end, \"%s\"",
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
	if (i < line->nwords && (l->banner[0] || load_top(l)->mode == M_UNRELATED ||
				 load_top(l)->mode == M_RAW || word_is(&line->word[0], "description") ||
				 word_is(&line->word[0], "banner") ||
				 memmem(line->text, line->len, "remark", 6)))
		return true;
	load_blame(l, line, line->word[i].column, NULL, "a quote that does not end");
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
		if (l->failed > LOAD_FAILED_MAX) {
			say(l, DIAG_ERROR, "more than %d lines are not understood: not a configuration",
			    LOAD_FAILED_MAX);
			break;
		}
	}
	load_end(l);
	check_all(l);
	diag_sort(l->diags);
	explicit_bzero(&line, sizeof(line));
}
