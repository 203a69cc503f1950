/* SPDX-License-Identifier: Apache-2.0 */
/* One line of EXEC mode: read, ask, show, filter. */
#ifndef XIPSEC_CLI_EXEC_H
#define XIPSEC_CLI_EXEC_H

#include "user/cli/session.h"

/* As session_line(), in s->mode (M_USER or M_EXEC); an empty line does nothing. */
int exec_line(struct session *s, const char *line);

/* `do COMMAND` in a mode of configuration; `offset`: where COMMAND begins in what was typed. */
int exec_do(struct session *s, const char *line, unsigned int offset);

#endif /* XIPSEC_CLI_EXEC_H */
