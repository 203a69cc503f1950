/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An EXEC line, read by the one command table (user/config/table_exec.c): by
 * the client before it asks, by the daemon before it answers.
 */
#ifndef XIPSEC_CTL_COMMAND_H
#define XIPSEC_CTL_COMMAND_H

#include <stdbool.h>

#include "user/config/match.h"

struct command {
	const struct match *m;		/* MATCH_OK, of M_EXEC */
};

/* What a command points into. 45 KB: static or from the heap. */
struct command_line {
	struct line	line;
	struct match	match;
	struct command	command;
};

/*
 * MATCH_OK: c->command is there, as long as *c. An empty line is MATCH_INCOMPLETE.
 * Else c->match says where (column) and why.
 */
enum verdict command_read(struct command_line *c, const char *text);
enum verdict command_read_in(struct command_line *c, enum mode mode, const char *text);	/* M_USER */

/* The line with its keywords in full, so that a daemon of another version reads the same. */
void command_text(const struct command_line *c, char *buf, size_t size);

/* Whether the pattern of its row begins with these words: "show crypto ipsec sa". */
bool command_is(const struct command *c, const char *words);

/* Whether the keyword was typed (in full or not); the argument `name`, or NULL. */
bool command_has(const struct command *c, const char *keyword);
const char *command_arg(const struct command *c, const char *name);

/*
 * The row of a table that fits best, by the words its rows begin with: `words` is
 * the first member of each, `size` what one row takes. NULL: none fits.
 */
const void *command_find(const struct command *c, const void *table, size_t n, size_t size);

#endif /* XIPSEC_CTL_COMMAND_H */
