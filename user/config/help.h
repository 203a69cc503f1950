/* SPDX-License-Identifier: Apache-2.0 */
/* `?` and Tab at a prompt: what may follow, from the table. */
#ifndef XIPSEC_CONFIG_HELP_H
#define XIPSEC_CONFIG_HELP_H

#include "user/config/match.h"

/* One continuation: "<1-10000>", "Priority"; "<cr>" with an empty text ends the line. */
typedef void help_fn(void *ctx, const char *word, const char *text);

/*
 * `line` without the `?`. Within a word: the keywords that it begins; behind a
 * blank: all that may follow. Else MATCH_OK's opposite and the column.
 */
enum verdict help_each(const struct grammar *g, enum mode mode, const char *line, help_fn *each,
		       void *ctx, unsigned int *column);

/*
 * What Tab adds to `line`: the rest of the only keyword and a blank, or what all
 * fitting keywords have in common. "" if nothing. Returns how many fit.
 */
unsigned int help_complete(const struct grammar *g, enum mode mode, const char *line, char *out,
			   size_t size);

#endif /* XIPSEC_CONFIG_HELP_H */
