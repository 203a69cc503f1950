/* SPDX-License-Identifier: Apache-2.0 */
#include "user/cli/show.h"

static show_fn *const shows[CMD_MAX] = {
	[CMD_CLEAR_COUNTERS]	= show_cleared,
	[CMD_SHOW_DROPS]	= show_drops,
	[CMD_SHOW_DROP_SOURCES]	= show_drop_sources,
	[CMD_SHOW_ENGINE]	= show_engine,
	[CMD_SHOW_LOGGING]	= show_logging,
	[CMD_SHOW_SA]		= show_ipsec_sa,
	[CMD_SHOW_VERSION]	= show_version,
};

void show_result(FILE *out, const json_t *result, const struct command_line *line)
{
	shows[line->command->id](out, result, line);
}
