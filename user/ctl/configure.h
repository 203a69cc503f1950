/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines of configuration over the control socket, in whatever mode the client
 * stands. The server keeps nothing between two requests: the mode is told with
 * each, as the lines that enter it from the global mode.
 *
 *   -> {"configure": {"context": ["crypto map lab 10"], "lines": ["set peer 192.0.2.1"],
 *		       "answers": {"old-key": "..."}}}
 *   <- {"ok": true, "result": {"context": [...], "mode": "crypto map",
 *	 "prompt": "(config-crypto-map)", "messages": [{"line": 1, "severity": "error",
 *	 "text": "...", "column": 4}]}}
 *   <- {"ok": false, "error": "...", "ask": [{"name": "old-key", "prompt": "Old key:",
 *	 "hidden": true}]}
 */
#ifndef XIPSEC_CTL_CONFIGURE_H
#define XIPSEC_CTL_CONFIGURE_H

#include <jansson.h>

#include "user/daemon/gateway.h"

#define CONFIGURE_LINES_MAX	5000	/* of one request; the whole is judged once for each */

/* `request`: the object behind "configure". The reply, whole; NULL: out of memory. */
json_t *configure(struct gateway *gw, const json_t *request);

#endif /* XIPSEC_CTL_CONFIGURE_H */
