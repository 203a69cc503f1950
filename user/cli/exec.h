/* SPDX-License-Identifier: Apache-2.0 */
/* One line of EXEC mode: parse, ask, show, filter. */
#ifndef XIPSEC_CLI_EXEC_H
#define XIPSEC_CLI_EXEC_H

#include <stdbool.h>

struct exec_opts {
	const char	*rundir;
	bool		json;
};

/* Exit status: 0, or 1 with the reason on standard error. */
int exec_line(const struct exec_opts *opts, const char *line);

#endif /* XIPSEC_CLI_EXEC_H */
