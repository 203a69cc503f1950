/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the loader share: load.c finds the place of a line, load_take.c
 * does what it says, load_fail.c says what is wrong with it. */
#ifndef XIPSEC_CONFIG_LOAD_PRIV_H
#define XIPSEC_CONFIG_LOAD_PRIV_H

#include "user/config/load.h"

unsigned int load_line_number(const struct load *l);	/* 0: not of a text */
unsigned int load_indent(const struct line *line);
struct context *load_top(struct load *l);
void load_leave_to(struct load *l, unsigned int depth);
void load_enter(struct load *l, enum mode mode, struct node *n);

/*
 * Lines below something that failed, or that is none of our business. They are
 * read in `mode`, so that their own faults show, and then forgotten.
 */
void load_enter_nowhere(struct load *l, enum mode mode);

/* The line at hand, understood in the context `depth`. */
void load_take(struct load *l, const struct match *m, unsigned int depth);

/*
 * An error in a line that was not understood, with the line and a caret below
 * `column`. Words that may be a key are hidden, in `why` too if it names the one
 * at fault. m: what was tried, or NULL.
 */
void load_blame(struct load *l, const struct line *line, unsigned int column,
		const struct match *m, const char *why);

/* The keys of a line that was understood; false: refused, and said so. */
bool load_keys(struct load *l, const struct node *n);

/* The line at hand, which the context `depth` understood best of those that did not. */
void load_fail(struct load *l, struct match *m, unsigned int depth);

/* Does it belong to the block above it, as far as can be told? */
bool load_belongs_below(struct load *l);

/* A prompt copied with its command: said, and done with. */
bool load_prompt_word(struct load *l);

#endif /* XIPSEC_CONFIG_LOAD_PRIV_H */
