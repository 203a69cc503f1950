/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text to lines, lines to words. A reader hands out one line at a time from
 * memory it does not own; a line of any length is cut off, never stored whole.
 */
#ifndef XIPSEC_CONFIG_LEX_H
#define XIPSEC_CONFIG_LEX_H

#include <stdbool.h>
#include <stddef.h>

#define LEX_FILE_MAX	(16 << 20)	/* 10,000 map entries with lists take 2 MB */
#define LEX_LINE_MAX	4096		/* bytes; longer ones are an error */
#define LEX_WORDS_MAX	256

struct word {
	const char	*p;		/* into the line's text; inside the quotes */
	unsigned int	len;
	unsigned int	column;		/* offset of the word, quote included */
	bool		quoted;
};

struct line {
	char		text[LEX_LINE_MAX];	/* without line end and trailing blanks */
	unsigned int	len, number;
	unsigned int	nwords;
	struct word	word[LEX_WORDS_MAX];
};

enum lex_verdict {
	LEX_LINE,		/* with at least one word */
	LEX_BLANK,		/* empty, or a comment */
	LEX_END,
	LEX_TOO_LONG,		/* more than LEX_LINE_MAX bytes or LEX_WORDS_MAX words */
	LEX_BINARY,		/* a NUL or control character: not a configuration */
	LEX_QUOTE,		/* a quote that does not end; line and words are there */
};

struct lexer {
	const char	*p, *end;	/* borrowed */
	unsigned int	number;		/* of the last line */
};

void lex_init(struct lexer *l, const char *text, size_t len);
enum lex_verdict lex_next(struct lexer *l, struct line *line);

/* A line by itself, as typed at a prompt. */
enum lex_verdict lex_line(struct line *line, const char *text, size_t len);

/* Whether the word is `text`, in any case. */
bool word_is(const struct word *w, const char *text);

#endif /* XIPSEC_CONFIG_LEX_H */
