/* SPDX-License-Identifier: Apache-2.0 */
/* docs/commands.md, written from the table. */
#ifndef XIPSEC_CONFIG_REFERENCE_H
#define XIPSEC_CONFIG_REFERENCE_H

#include <stdio.h>

#include "user/config/grammar.h"

void reference_write(const struct grammar *g, FILE *out);

#endif /* XIPSEC_CONFIG_REFERENCE_H */
