// SPDX-License-Identifier: Apache-2.0
#include "user/config/mask.h"

#include <string.h>

#include "user/config/hide.h"
#include "user/config/print.h"

/* Behind these a secret may stand, also in commands that are none of ours. */
static const char *const key_words[] = {
	"authenticator", "cipher", "community", "key", "key-string", "md5", "passphrase",
	"password", "pre-shared-key", "psk", "secret",
};

void mask_init(struct mask *m, const struct grammar *g)
{
	*m = (struct mask){ .g = g, .at = { M_GLOBAL } };
}

static bool is_key_word(const struct word *w)
{
	size_t i;

	for (i = 0; i < sizeof(key_words) / sizeof(key_words[0]); i++)
		if (word_is(w, key_words[i]))
			return true;
	return false;
}

/* A comment that was a command once: `! crypto isakmp key ...`. */
static const char *comment_secret(const char *text)
{
	const char *p = text;
	size_t len;

	while (*(p += strspn(p, " \t!"))) {
		struct word w = { .p = p };

		len = strcspn(p, " \t");
		w.len = (unsigned int)len;
		p += len;
		if (is_key_word(&w) && p[strspn(p, " \t")])
			return p;
	}
	return NULL;
}

/* From the first such word on, whatever follows. */
static void write_hidden(const char *text, FILE *out)
{
	const char *end = comment_secret(text);

	if (end)
		fprintf(out, "%.*s " PRINT_MASK "\n", (int)(end - text), text);
	else
		fprintf(out, "%s\n", text);
}

/* Not understood: `kye` may have been meant for `key`. */
static void write_guessed(const struct mask *m, const struct line *line, FILE *out)
{
	static struct hidden hidden;

	hide_keys(m->g, line, m->column, m->key_due, &hidden);
	write_hidden(hidden.text, out);
}

/* A type 6 key is unreadable without the master key, as in print.c. */
static bool is_secret(const struct match *m, unsigned int i)
{
	const struct elem *el = m->token[i].el, *before = i ? m->token[i - 1].el : NULL;

	if (!el->name || !arg_is_secret(&el->spec))
		return false;
	return !(before && before->word && !strcmp(before->word, "6"));
}

static void write_masked(const struct line *line, const struct match *m, FILE *out)
{
	unsigned int i, at = 0;

	for (i = 0; i < m->ntokens; i++) {
		const struct word *w = &line->word[m->token[i].word];

		if (!is_secret(m, i))
			continue;
		fprintf(out, "%.*s" PRINT_MASK, (int)(w->column - at), line->text + at);
		at = w->column + w->len + (w->quoted ? 2 : 0);
		if (at > line->len)
			at = line->len;
	}
	fprintf(out, "%s\n", line->text + at);
}

/* The mode at hand first, then those around it; NULL: nowhere. As the loader reads it. */
static const struct match *find_mode(struct mask *m, const struct line *line)
{
	static struct match match;
	unsigned int depth, progress = 0;

	m->column = line->len;
	m->key_due = false;
	for (depth = m->depth + 1; depth-- > 0;) {
		match_line(m->g, m->at[depth], line, &match);
		if (match.verdict != MATCH_OK && match.progress >= progress) {
			progress = match.progress;
			m->column = match.column;
			m->key_due |= match.key_due;
		}
		if (match.verdict != MATCH_OK)
			continue;
		m->depth = depth;
		if (match.p->row->enters != M_NONE && match.form == FORM_PLAIN &&
		    depth + 1 < LOAD_DEPTH)
			m->at[++m->depth] = match.p->row->enters;
		return &match;
	}
	return NULL;
}

/* Public keys, until `quit`. */
static bool is_raw(struct mask *m, const struct line *line)
{
	if (m->at[m->depth] != M_RAW)
		return false;
	if (line->nwords == 1 && word_is(&line->word[0], "quit"))
		m->depth--;
	return true;
}

void mask_line(struct mask *m, const struct line *line, enum lex_verdict v, FILE *out)
{
	const struct match *match;

	if (v == LEX_TOO_LONG || v == LEX_BINARY) {
		fprintf(out, "! line %u is not shown: %s\n", line->number,
			v == LEX_BINARY ? "it is not text" : "it is too long");
		return;
	}
	if (v == LEX_LINE && is_raw(m, line)) {
		fprintf(out, "%s\n", line->text);
		return;
	}
	match = v == LEX_LINE ? find_mode(m, line) : NULL;
	if (match && !(match->p->row->flags & (R_UNRELATED | R_ONESHOT | R_INERT)))
		write_masked(line, match, out);
	else if (match || v == LEX_BLANK)
		write_hidden(line->text, out);
	else
		write_guessed(m, line, out);
}

void mask_text(const struct grammar *g, const char *text, size_t len, FILE *out)
{
	static struct line line;
	enum lex_verdict v;
	struct lexer l;
	struct mask m;

	mask_init(&m, g);
	lex_init(&l, text, len);
	while ((v = lex_next(&l, &line)) != LEX_END)
		mask_line(&m, &line, v, out);
	explicit_bzero(&line, sizeof(line));
}
