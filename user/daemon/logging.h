/* SPDX-License-Identifier: Apache-2.0 */
/* `logging ...` of a configuration, done (R-CFG-12). */
#ifndef XIPSEC_DAEMON_LOGGING_H
#define XIPSEC_DAEMON_LOGGING_H

#include "user/config/tree.h"

void logging_configure(const struct tree *t);

#endif /* XIPSEC_DAEMON_LOGGING_H */
