/* SPDX-License-Identifier: Apache-2.0 */
#ifndef XIPSEC_CLI_CLIENT_H
#define XIPSEC_CLI_CLIENT_H

#include <jansson.h>

#include "user/lib/err.h"

/*
 * Asks the daemon at RUNDIR/control.sock; returns its result, cleaned
 * (view_clean()). NULL: *e, one line for the user.
 */
json_t *client_ask(const char *rundir, const char *command, struct err *e);

/* The same for a line that was received; not const: a reply is cleaned in place. */
json_t *client_result(const char *line, size_t len, struct err *e);

#endif /* XIPSEC_CLI_CLIENT_H */
