// SPDX-License-Identifier: Apache-2.0
#include "user/config/help.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Known in every configuration mode, without rows of their own. */
static const struct {
	const char	*word;
	const char	*text;
} everywhere[] = {
	{ "default", "Set a command to its default" },
	{ "end", "Leave configuration" },
	{ "exit", "Leave this mode" },
	{ "no", "Negate a command" },
};

#define NEVERYWHERE	(sizeof(everywhere) / sizeof(everywhere[0]))

struct question {
	struct line	line;
	unsigned int	at;		/* the word asked for */
	bool		within;		/* it is begun already */
	const char	*begun;
	struct expect	expect[EXPECT_MAX];
	unsigned int	n;
};

static enum verdict ask(const struct grammar *g, enum mode mode, const char *text,
			struct question *q, unsigned int *column)
{
	size_t len = strlen(text);
	enum lex_verdict v = lex_line(&q->line, text, len);

	*column = 0;
	q->n = 0;
	if (v != LEX_LINE && v != LEX_BLANK)
		return MATCH_INVALID;
	q->within = len && text[len - 1] != ' ' && text[len - 1] != '\t' && q->line.nwords;
	q->at = q->line.nwords - q->within;
	q->begun = q->within ? q->line.word[q->at].p : "";
	return match_expect(g, mode, &q->line, q->at, q->expect, &q->n, column);
}

static bool is_first(const struct question *q, enum mode mode)
{
	return !q->at && mode != M_EXEC;
}

static bool fits(const struct question *q, const char *word)
{
	return !strncasecmp(word, q->begun, strlen(q->begun));
}

struct row_shown {
	char		word[96];
	const char	*text;
};

static int compare_shown(const void *x, const void *y)
{
	const struct row_shown *a = x, *b = y;
	bool ca = !strcmp(a->word, "<cr>"), cb = !strcmp(b->word, "<cr>");

	if (ca != cb)
		return ca - cb;
	return strcmp(a->word, b->word);
}

/* What does nothing is understood, but not offered. */
static bool is_offered(const struct expect *e)
{
	return !(e->p->row->flags & R_UNRELATED);
}

static bool show_elem(const struct question *q, const struct expect *e, struct row_shown *r)
{
	r->text = "";
	if (!is_offered(e))
		return false;
	if (!e->el) {
		snprintf(r->word, sizeof(r->word), "<cr>");
		return !q->within;
	}
	r->text = e->el->help ? e->el->help : "";
	if (e->el->word) {
		snprintf(r->word, sizeof(r->word), "%s", e->el->word);
		return fits(q, e->el->word);
	}
	arg_shown(&e->el->spec, r->word, sizeof(r->word));
	return !q->within;
}

enum verdict help_each(const struct grammar *g, enum mode mode, const char *text, help_fn *each,
		       void *ctx, unsigned int *column)
{
	static struct row_shown rows[EXPECT_MAX + NEVERYWHERE];
	static struct question q;
	enum verdict v = ask(g, mode, text, &q, column);
	size_t n = 0, i;

	if (v != MATCH_OK)
		return v;
	for (i = 0; i < q.n; i++)
		n += show_elem(&q, &q.expect[i], &rows[n]);
	for (i = 0; is_first(&q, mode) && i < NEVERYWHERE; i++) {
		if (!fits(&q, everywhere[i].word))
			continue;
		snprintf(rows[n].word, sizeof(rows[n].word), "%s", everywhere[i].word);
		rows[n++].text = everywhere[i].text;
	}
	qsort(rows, n, sizeof(*rows), compare_shown);
	for (i = 0; i < n; i++)
		each(ctx, rows[i].word, rows[i].text);
	if (n || !q.within)
		return MATCH_OK;
	*column = q.line.word[q.at].column;
	return MATCH_INVALID;
}

/* Cuts `common` down to what it shares with `word`. */
static void share(char *common, size_t size, const char *word, unsigned int *n)
{
	size_t i;

	if (!(*n)++) {
		snprintf(common, size, "%s", word);
		return;
	}
	for (i = 0; common[i] && common[i] == word[i]; i++)
		;
	common[i] = '\0';
}

unsigned int help_complete(const struct grammar *g, enum mode mode, const char *text, char *out,
			   size_t size)
{
	static struct question q;
	char common[96] = "";
	unsigned int n = 0, column;
	size_t i;

	out[0] = '\0';
	if (ask(g, mode, text, &q, &column) != MATCH_OK || !q.within)
		return 0;
	for (i = 0; i < q.n; i++)
		if (is_offered(&q.expect[i]) && q.expect[i].el && q.expect[i].el->word &&
		    fits(&q, q.expect[i].el->word))
			share(common, sizeof(common), q.expect[i].el->word, &n);
	for (i = 0; is_first(&q, mode) && i < NEVERYWHERE; i++)
		if (fits(&q, everywhere[i].word))
			share(common, sizeof(common), everywhere[i].word, &n);
	if (n && strlen(common) >= strlen(q.begun))
		snprintf(out, size, "%s%s", common + strlen(q.begun), n == 1 ? " " : "");
	return n;
}
