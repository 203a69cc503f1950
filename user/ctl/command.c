// SPDX-License-Identifier: Apache-2.0
#include "user/ctl/command.h"

#include <stdio.h>
#include <string.h>

#include "user/lib/err.h"

enum verdict command_read_in(struct command_line *c, enum mode mode, const char *text)
{
	struct err e = {};
	const struct grammar *g = grammar_get(&e);
	enum lex_verdict lv = lex_line(&c->line, text, strlen(text));

	c->match.verdict = MATCH_INVALID;
	c->match.column = 0;
	c->command.m = &c->match;
	if (!g) {
		snprintf(c->match.why, sizeof(c->match.why), "%.290s", e.text);
	} else if (lv == LEX_BLANK) {
		c->match.verdict = MATCH_INCOMPLETE;
		snprintf(c->match.why, sizeof(c->match.why), "Incomplete command.");
	} else if (lv == LEX_TOO_LONG || lv == LEX_BINARY) {
		snprintf(c->match.why, sizeof(c->match.why), "%s", lv == LEX_BINARY ?
			 "a control character" : "the line is too long");
	} else {
		match_line(g, mode, &c->line, &c->match);
	}
	return c->match.verdict;
}

enum verdict command_read(struct command_line *c, const char *text)
{
	return command_read_in(c, M_EXEC, text);
}

void command_text(const struct command_line *c, char *buf, size_t size)
{
	const struct match *m = &c->match;
	size_t used = 0;
	unsigned int i;

	buf[0] = '\0';
	if (m->form != FORM_PLAIN)
		used = (size_t)snprintf(buf, size, "%.*s ", (int)c->line.word[0].len,
					c->line.word[0].p);
	for (i = 0; i < m->ntokens && used < size; i++) {
		const struct token *t = &m->token[i];
		unsigned int from = c->line.word[t->word].column, to = c->line.len;

		if (i + 1 < m->ntokens)
			to = c->line.word[t[1].word].column;
		while (to > from && strchr(" \t", c->line.text[to - 1]))
			to--;
		/* Arguments as they were typed, with their quotes. */
		used += (size_t)snprintf(buf + used, size - used, "%s%.*s", i ? " " : "",
			t->el->word ? (int)strlen(t->el->word) : (int)(to - from),
			t->el->word ? t->el->word : c->line.text + from);
	}
}

bool command_is(const struct command *c, const char *words)
{
	size_t len = strlen(words);
	const char *pattern = c->m->p->row->pattern;

	return !strncmp(pattern, words, len) && (!pattern[len] || pattern[len] == ' ');
}

bool command_has(const struct command *c, const char *keyword)
{
	unsigned int i;

	for (i = 0; i < c->m->ntokens; i++)
		if (c->m->token[i].el->word && !strcmp(c->m->token[i].el->word, keyword))
			return true;
	return false;
}

const char *command_arg(const struct command *c, const char *name)
{
	unsigned int i;

	for (i = 0; i < c->m->ntokens; i++)
		if (c->m->token[i].el->name && !strcmp(c->m->token[i].el->name, name))
			return c->m->token[i].text;
	return NULL;
}

const void *command_find(const struct command *c, const void *table, size_t n, size_t size)
{
	const char *row = table;
	const void *best = NULL;
	size_t i, best_len = 0;

	for (i = 0; i < n; i++, row += size) {
		const char *words = *(const char *const *)row;

		if (strlen(words) <= best_len || !command_is(c, words))
			continue;
		best = row;
		best_len = strlen(words);
	}
	return best;
}
