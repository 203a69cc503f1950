/* SPDX-License-Identifier: Apache-2.0 */
/* For completion in a shell: `xipsec --complete "show cry"`. */
#ifndef XIPSEC_CLI_COMPLETE_H
#define XIPSEC_CLI_COMPLETE_H

#include <stdio.h>

/* The keywords that may end `line`, one a line; all that may follow behind a blank. */
void complete_write(const char *line, FILE *out);

#endif /* XIPSEC_CLI_COMPLETE_H */
