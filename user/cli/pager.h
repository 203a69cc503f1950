/* SPDX-License-Identifier: Apache-2.0 */
/* Text on a terminal, a page at a time: `terminal length`, --More--. */
#ifndef XIPSEC_CLI_PAGER_H
#define XIPSEC_CLI_PAGER_H

#include "user/cli/session.h"

/* Blank shows a page more, Return a line more, any other key ends it. 0, or 1: cannot write. */
int pager_show(const struct session *s, const char *text);

#endif /* XIPSEC_CLI_PAGER_H */
