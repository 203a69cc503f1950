/* SPDX-License-Identifier: Apache-2.0 */
/* Lines from a file or a pipe: no prompts, errors with their line number. */
#ifndef XIPSEC_CLI_INPUT_H
#define XIPSEC_CLI_INPUT_H

#include "user/cli/session.h"

/* Until the end of `in`, or until a line leaves. 0, or 1 when any line failed. */
int input_run(struct session *s, FILE *in);

#endif /* XIPSEC_CLI_INPUT_H */
