/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The control socket: one JSON object a line in, one a line out.
 *
 *   -> {"command": "show crypto engine"}
 *   <- {"ok": true, "result": {...}}
 *   <- {"ok": false, "error": "..."}
 *
 * A client is bounded in line length, in requests that wait and in bytes that
 * it has not read; who exceeds them is disconnected.
 */
#ifndef XIPSEC_CTL_CTL_H
#define XIPSEC_CTL_CTL_H

#include <stddef.h>

#include <jansson.h>

#include "user/daemon/gateway.h"

struct ctl;
struct event_base;

/* Binds path (mode 0660, an old socket of a dead daemon is replaced). NULL: *e. */
struct ctl *ctl_listen(struct event_base *base, const char *path, struct gateway *gw,
		       struct err *e);
void ctl_close(struct ctl *c);	/* and unlinks the path; NULL is fine */

/* One request line, as received; the reply is the caller's (json_decref). Never NULL. */
json_t *ctl_handle(struct gateway *gw, const char *line, size_t len);

#endif /* XIPSEC_CTL_CTL_H */
