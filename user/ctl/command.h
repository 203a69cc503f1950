/* SPDX-License-Identifier: Apache-2.0 */
/* An EXEC line, read by the one command table (user/config/table_exec.c). */
#ifndef XIPSEC_CTL_COMMAND_H
#define XIPSEC_CTL_COMMAND_H

#include <stdbool.h>

#include "user/config/match.h"

struct command {
	const struct match *m;		/* MATCH_OK, of M_EXEC */
};

/* Whether the pattern of its row begins with these words: "show crypto ipsec sa". */
bool command_is(const struct command *c, const char *words);

/* Whether the keyword was typed (in full or not); the argument `name`, or NULL. */
bool command_has(const struct command *c, const char *keyword);
const char *command_arg(const struct command *c, const char *name);

#endif /* XIPSEC_CTL_COMMAND_H */
