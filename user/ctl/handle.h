/* SPDX-License-Identifier: Apache-2.0 */
#ifndef XIPSEC_CTL_HANDLE_H
#define XIPSEC_CTL_HANDLE_H

#include <jansson.h>

#include "user/daemon/gateway.h"

/* What a client may do; the file mode of the socket decided that it may ask at all. */
enum ctl_right { CTL_MAY_SHOW, CTL_MAY_CLEAR, CTL_ROOT };

/* As ctl_handle(), for a client of this right. */
json_t *handle_request(struct gateway *gw, enum ctl_right right, const char *line, size_t len);

/* {"ok": false, "error": text}. Never NULL but out of memory. */
json_t *handle_refusal(const char *text);

#endif /* XIPSEC_CTL_HANDLE_H */
