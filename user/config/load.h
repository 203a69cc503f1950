/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text to tree. Lines that cannot be understood, or are refused, change nothing
 * and are reported; loading goes on with the next line (R-CFG-4).
 */
#ifndef XIPSEC_CONFIG_LOAD_H
#define XIPSEC_CONFIG_LOAD_H

#include "user/config/diag.h"
#include "user/config/tree.h"
#include "user/crypto/type6.h"

#define LOAD_DEPTH	6
#define LOAD_FAILED_MAX	10000	/* lines not understood: then it is no configuration */

/* Where the next line is read: a mode, the instance that entered it, its style. */
struct context {
	enum mode	mode;
	struct node	*node;
	unsigned int	indent;		/* of the line that entered it */
	bool		deeper;		/* a line below it was indented more */
};

struct load {
	const struct grammar *g;
	struct tree	*tree;
	struct diags	*diags;
	struct context	at[LOAD_DEPTH];
	unsigned int	depth;
	const struct line *line;	/* at hand */
	char		banner[4];	/* delimiter of a text that goes on; "": none */
	bool		ended;		/* `end` was met */
	bool		prompt;		/* a line of a person: what is not known is an error */
	bool		ended_told;
	char		**told;		/* notices that are said once */
	size_t		ntold;
	unsigned int	failed;		/* lines not understood */
	unsigned int	first_secret;	/* line of the first key in clear; 0: none */
	struct type6	*type6;		/* borrowed, set behind load_init(); NULL: no master key */
	bool		type6_unreadable;	/* there may be one, which we cannot read */
};

void load_init(struct load *l, const struct grammar *g, struct tree *t, struct diags *d);
void load_fini(struct load *l);

/* One line. */
void load_line(struct load *l, const struct line *line);

/* What has to be said when there are no more lines. */
void load_end(struct load *l);

/* A whole text, and the judgement of what came of it (check.h). */
void load_text(struct load *l, const char *text, size_t len);

/* For judge_*(): about the line at hand. */
void say(struct load *l, enum diag_severity sev, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Only once a load for one key. */
void say_once(struct load *l, const char *key, enum diag_severity sev, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

#endif /* XIPSEC_CONFIG_LOAD_H */
