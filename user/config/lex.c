// SPDX-License-Identifier: Apache-2.0
#include "user/config/lex.h"

#include <string.h>
#include <strings.h>

void lex_init(struct lexer *l, const char *text, size_t len)
{
	*l = (struct lexer){ .p = text, .end = text + len };
	/* A byte order mark is the only trace some editors leave. */
	if (len >= 3 && !memcmp(text, "\xef\xbb\xbf", 3))
		l->p += 3;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Configurations have no control characters but ^C of banners; binary files do. */
static bool is_binary(const char *p, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)p[i];

		if ((c < ' ' && c != '\t' && c != 3 && c != '\f') || c == 0x7f)
			return true;
	}
	return false;
}

/* The word at *at, which moves behind it. false: a quote does not end. */
static bool take_word(struct line *line, unsigned int *at)
{
	struct word *w = &line->word[line->nwords++];
	const char *p = line->text + *at, *close;

	w->column = *at;
	w->quoted = *p == '"';
	if (!w->quoted) {
		w->p = p;
		w->len = (unsigned int)strcspn(p, " \t");
		*at += w->len;
		return true;
	}
	w->p = p + 1;
	close = strchr(p + 1, '"');
	w->len = (unsigned int)(close ? (size_t)(close - w->p) : strlen(w->p));
	*at += w->len + (close ? 2 : 1);
	return close;
}

static enum lex_verdict split(struct line *line)
{
	enum lex_verdict v = LEX_LINE;
	unsigned int at = 0;

	line->nwords = 0;
	for (;;) {
		while (is_blank(line->text[at]))
			at++;
		if (!line->text[at])
			break;
		if (line->text[at] == '!' && !line->nwords)
			return LEX_BLANK;
		if (line->nwords == LEX_WORDS_MAX)
			return LEX_TOO_LONG;
		if (!take_word(line, &at))
			v = LEX_QUOTE;
	}
	return line->nwords ? v : LEX_BLANK;
}

enum lex_verdict lex_line(struct line *line, const char *text, size_t len)
{
	while (len && (is_blank(text[len - 1]) || text[len - 1] == '\r' || text[len - 1] == '\f'))
		len--;
	line->nwords = 0;
	line->len = 0;
	line->text[0] = '\0';
	if (len >= LEX_LINE_MAX)
		return LEX_TOO_LONG;
	if (is_binary(text, len))
		return LEX_BINARY;
	memcpy(line->text, text, len);
	line->text[len] = '\0';
	line->len = (unsigned int)len;
	return split(line);
}

enum lex_verdict lex_next(struct lexer *l, struct line *line)
{
	const char *start = l->p, *nl;
	size_t len;

	if (l->p == l->end)
		return LEX_END;
	nl = memchr(start, '\n', (size_t)(l->end - start));
	len = (size_t)((nl ? nl : l->end) - start);
	l->p = nl ? nl + 1 : l->end;
	line->number = ++l->number;
	return lex_line(line, start, len);
}

bool word_is(const struct word *w, const char *text)
{
	return !w->quoted && strlen(text) == w->len && !strncasecmp(w->p, text, w->len);
}
