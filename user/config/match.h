/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line against the rows of a mode. All rows are followed at once, word by
 * word: a keyword in full beats shortened ones, a shortened one has to be the
 * only one (R-CFG-2), and of two readings the one with more exact words wins.
 */
#ifndef XIPSEC_CONFIG_MATCH_H
#define XIPSEC_CONFIG_MATCH_H

#include "user/config/grammar.h"

#define MATCH_TOKENS	96
#define MATCH_TEXT	(8 * LEX_LINE_MAX)

enum verdict {
	MATCH_OK,
	MATCH_INCOMPLETE,
	MATCH_AMBIGUOUS,
	MATCH_INVALID,
};

enum form {
	FORM_PLAIN, FORM_NO, FORM_DEFAULT,
};

struct token {
	const struct elem *el;
	const char	*text;		/* keyword as printed, or the argument; of the match */
	unsigned int	word;		/* first word of the line */
};

struct match {
	enum verdict	verdict;
	enum form	form;
	const struct pattern *p;	/* when OK, else the one that came furthest, or NULL */
	bool		whole;		/* false: a `no` form that leaves out the rest */
	bool		shortened;	/* a keyword was not written in full */
	unsigned int	ntokens;
	struct token	token[MATCH_TOKENS];
	unsigned int	progress;	/* words understood */
	unsigned int	column;		/* of the wrong word, or the line's end */
	char		why[300];	/* when not OK: what is wrong, one line */
	enum mode	would_enter;	/* when not OK: M_NONE if that is not clear */
	bool		key_due;	/* when not OK: the wrong word may be a key */
	char		text[MATCH_TEXT];
	unsigned int	used;
};

void match_line(const struct grammar *g, enum mode mode, const struct line *line, struct match *m);

/* The number of single edits between two words, more than `max` if it is more. */
unsigned int match_distance(const char *a, size_t alen, const char *b, unsigned int max);

/* What may stand at word `at` after the words before it; for help and completion. */
struct expect {
	const struct elem *el;		/* NULL: the line may end here */
	const struct pattern *p;
	bool		fits;		/* the word `at`, which may be cut short */
};

#define EXPECT_MAX	512

/* MATCH_OK, or what is wrong with the words before. Elements are named once. */
enum verdict match_expect(const struct grammar *g, enum mode mode, const struct line *line,
			  unsigned int at, struct expect *list, unsigned int *n,
			  unsigned int *column);

#endif /* XIPSEC_CONFIG_MATCH_H */
