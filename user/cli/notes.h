/* SPDX-License-Identifier: Apache-2.0 */
/* What is said below an object of the configuration, whichever command lists it. */
#ifndef XIPSEC_CLI_NOTES_H
#define XIPSEC_CLI_NOTES_H

#include <stdio.h>

#include <jansson.h>

/*
 * Members "legacy" (section E: what needs an opt-in is marked everywhere) and
 * "inactive" of `o`, a line each, `indent` blanks before.
 */
void notes_show(FILE *out, const json_t *o, int indent);

/* Every string of the list, each with `behind`. */
void notes_words(FILE *out, const json_t *list, const char *behind);

#endif /* XIPSEC_CLI_NOTES_H */
