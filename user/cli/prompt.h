/* SPDX-License-Identifier: Apache-2.0 */
/* A person at a terminal: line editing, `?` and Tab, history, questions. */
#ifndef XIPSEC_CLI_PROMPT_H
#define XIPSEC_CLI_PROMPT_H

#include "user/cli/session.h"

/* Until the user leaves. 0, or 1: the terminal cannot be used. */
int prompt_run(struct session *s);

#endif /* XIPSEC_CLI_PROMPT_H */
