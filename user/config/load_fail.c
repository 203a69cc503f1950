// SPDX-License-Identifier: Apache-2.0
/* One line that is not understood: whether that is a fault, and what stands below it. */
#include "user/config/hide.h"
#include "user/config/load_priv.h"

#include <string.h>

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

bool load_prompt_word(struct load *l)
{
	const struct word *w = &l->line->word[0];
	char text[100];

	if (l->line->nwords < 2 || w->quoted || !strchr("#>", w->p[w->len - 1]))
		return false;
	snprintf(text, sizeof(text), "a prompt is not part of a command (hint: leave out \"%.*s\")",
		 (int)(w->len < 40 ? w->len : 40), w->p);
	load_blame(l, l->line, w->column, NULL, text);
	return true;
}

/* Words that a manual wrapped: the line would be one behind `crypto` (A21-21). */
static bool hint_prefix(struct load *l, struct match *m)
{
	static const char *const prefixes[] = { "crypto ", "crypto ipsec " };
	static struct match try;
	static struct line longer;
	static struct hidden h;
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
		hide_keys(l->g, &longer, longer.len, false, &h);
		snprintf(m->why, sizeof(m->why), "%s (hint: %.200s)",
			 i ? "not a command by itself" : "unknown command", h.text);
		m->verdict = MATCH_INVALID;
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
			 modes[mode].name, modes[load_top(l)->mode].name);
		m->verdict = MATCH_INVALID;
		return true;
	}
	return false;
}

void load_blame(struct load *l, const struct line *line, unsigned int column,
		const struct match *m, const char *why)
{
	static struct hidden h;
	char text[300];

	hide_keys(l->g, line, column, m && m->key_due, &h);
	if (m && m->verdict == MATCH_AMBIGUOUS) {
		snprintf(text, sizeof(text), "Ambiguous command:  \"%.200s\"", h.text);
		why = text;
	} else if (m && m->verdict == MATCH_INVALID && h.fault) {
		why = "unexpected word (not shown, it may be part of a key: one with blanks stands in double quotes)";
	}
	diag_add_hidden(l->diags, line->number, h.text, h.column, column, why);
}

/* The first words only: what follows may be secret. */
static void say_unknown(struct load *l)
{
	static const char *const common[] = { "ip", "ipv6", "no", NULL };
	const struct word *w = &l->line->word[0], *last = w;
	unsigned int len;

	if (l->line->nwords > 1 && (word_is(w, "no") || first_is(l->line, common)))
		last = &l->line->word[1];
	len = (unsigned int)(last->p + last->len - w->p);
	say(l, DIAG_WARNING, "unknown line ignored: \"%.*s%s\"", (int)(len < 40 ? len : 40), w->p,
	    last < &l->line->word[l->line->nwords - 1] ? " ..." : "");
}

/*
 * Does the line belong to the block above it? Printed configurations indent;
 * where a block is written without, there is no telling, and it stays in it.
 */
bool load_belongs_below(struct load *l)
{
	const struct context *c = load_top(l);

	if (!l->depth)
		return true;
	if (load_indent(l->line) > c->indent)
		return true;
	return !c->deeper && c->node->first;
}

void load_fail(struct load *l, struct match *m, unsigned int depth)
{
	static const char *const ipsec_words[] = {
		"crypto", "ssp", "standby", "tunnel", "set", "match", NULL,
	};
	enum mode mode = l->at[depth].mode;
	bool malformed = is_malformed(m), error;

	l->failed++;
	if (l->prompt) {
		load_blame(l, l->line, m->column, m, m->why);
		return;
	}
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
		load_blame(l, l->line, m->column, m, m->why);
	else
		say_unknown(l);
	load_leave_to(l, depth);
	if (depth && load_belongs_below(l))
		return;
	/* What follows, indented, belonged to this line and must not reach another block. */
	load_leave_to(l, 0);
	load_enter_nowhere(l, error && m->would_enter != M_NONE && m->would_enter != M_RAW ?
		      m->would_enter : M_UNRELATED);
}
