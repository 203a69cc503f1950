/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A configuration's text as it is, comments and layout too, but without its keys:
 * what may be shown of a file. Keys are found by the table of commands; where a
 * line is not understood, all that follows a word like `key` is hidden.
 */
#ifndef XIPSEC_CONFIG_MASK_H
#define XIPSEC_CONFIG_MASK_H

#include <stdio.h>

#include "user/config/load.h"

struct mask {
	const struct grammar *g;
	enum mode	at[LOAD_DEPTH];
	unsigned int	depth;
	unsigned int	column;		/* of a line not understood: see hide.h */
	bool		key_due;
};

void mask_init(struct mask *m, const struct grammar *g);

/* One line, as lex_next() gave it with this verdict; a line end is written too. */
void mask_line(struct mask *m, const struct line *line, enum lex_verdict v, FILE *out);

/* A whole text. */
void mask_text(const struct grammar *g, const char *text, size_t len, FILE *out);

#endif /* XIPSEC_CONFIG_MASK_H */
