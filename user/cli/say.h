/* SPDX-License-Identifier: Apache-2.0 */
/* What the client says about a line that it does not pass on: IOS's errors, and help. */
#ifndef XIPSEC_CLI_SAY_H
#define XIPSEC_CLI_SAY_H

#include <stdio.h>

#include "user/config/match.h"

/* A line as it was typed; what could steer the terminal becomes '?'. No newline. */
void say_line(FILE *out, const char *line);

/*
 * R-CFG-5, for a line with this verdict; nothing for MATCH_OK. indent: how far
 * right the terminal shows the line already; negative: it does not, so the line
 * is repeated above the marker.
 */
void say_verdict(FILE *out, const char *line, enum verdict v, unsigned int column, int indent);

/*
 * What may follow `line` (without its '?'), one continuation a line; or what is
 * wrong with it, as say_verdict().
 */
enum verdict say_help(FILE *out, enum mode mode, const char *line, int indent);

#endif /* XIPSEC_CLI_SAY_H */
