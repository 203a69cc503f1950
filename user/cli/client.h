/* SPDX-License-Identifier: Apache-2.0 */
#ifndef XIPSEC_CLI_CLIENT_H
#define XIPSEC_CLI_CLIENT_H

#include <signal.h>

#include <jansson.h>

#include "user/lib/err.h"

/* Set by a signal handler: waiting for an answer ends with "interrupted". */
extern volatile sig_atomic_t client_interrupted;

/*
 * One request to the daemon at RUNDIR/control.sock; its reply, cleaned
 * (view_clean()). NULL: *e, one line for the user.
 */
json_t *client_request(const char *rundir, const json_t *request, struct err *e);

/* The result of a reply, the caller's; NULL: *e is what the daemon said. */
json_t *client_reply_result(const json_t *reply, struct err *e);

/* The result of a reply as it was received. */
json_t *client_result(const char *line, size_t len, struct err *e);

#endif /* XIPSEC_CLI_CLIENT_H */
