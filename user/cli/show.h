/* SPDX-License-Identifier: Apache-2.0 */
/* From the result of a command to the text that IOS would print. */
#ifndef XIPSEC_CLI_SHOW_H
#define XIPSEC_CLI_SHOW_H

#include <stdio.h>

#include <jansson.h>

#include "user/cli/commands.h"

typedef void show_fn(FILE *out, const json_t *result, const struct command_line *line);

show_fn show_cleared, show_drop_sources, show_drops, show_engine, show_ipsec_sa, show_logging,
	show_version;

/* By the command's id. */
void show_result(FILE *out, const json_t *result, const struct command_line *line);

#endif /* XIPSEC_CLI_SHOW_H */
