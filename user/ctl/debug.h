/* SPDX-License-Identifier: Apache-2.0 */
/* `debug crypto ...`: what is told while it is switched on (R-SHOW-8). */
#ifndef XIPSEC_CTL_DEBUG_H
#define XIPSEC_CTL_DEBUG_H

#include "user/daemon/gateway.h"

/*
 * R-LOG-21, a line when an SA comes (created) or goes; nothing unless `debug crypto
 * ipsec` is on. Of an SA that is gone the key is enough.
 */
void debug_ipsec_sa(struct gateway *gw, const struct sa_info *sa, bool created);

#endif /* XIPSEC_CTL_DEBUG_H */
