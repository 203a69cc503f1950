/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line that was not understood, as a message may repeat it: a word that may be
 * a key is hidden. That is what stands behind `key`, `password` and their like up
 * to a word that follows a key; the word at fault where a key was due; and behind
 * that one whatever is neither a keyword nor an address.
 */
#ifndef XIPSEC_CONFIG_HIDE_H
#define XIPSEC_CONFIG_HIDE_H

#include "user/config/grammar.h"

#define HIDE_MAX	(LEX_LINE_MAX + 8 * LEX_WORDS_MAX)

struct hidden {
	char		text[HIDE_MAX];
	unsigned int	column;		/* where the word at fault is now */
	bool		fault;		/* that word itself is hidden */
};

/*
 * column: of the word at fault, or the line's end. key_due: a key was still to
 * come there (struct match).
 */
void hide_keys(const struct grammar *g, const struct line *line, unsigned int column, bool key_due,
	       struct hidden *out);

#endif /* XIPSEC_CONFIG_HIDE_H */
