/* SPDX-License-Identifier: Apache-2.0 */
/* What stands behind the '|' of a command. */
#ifndef XIPSEC_CLI_FILTER_H
#define XIPSEC_CLI_FILTER_H

#include <regex.h>
#include <stdbool.h>
#include <stdio.h>

#include "user/lib/err.h"

enum filter_kind {
	FILTER_NONE,
	FILTER_JSON,
	FILTER_INCLUDE,
	FILTER_EXCLUDE,
	FILTER_BEGIN,
	FILTER_COUNT,
	FILTER_SECTION,
};

struct filter {
	enum filter_kind kind;
	bool		has_re;
	regex_t		re;
};

/*
 * Cuts `line` at its first '|' and reads what follows: a word that may be
 * shortened, and for most a regular expression up to the end of the line.
 * -EINVAL: *e says why. *f is filter_fini()'s in both cases.
 */
int filter_cut(struct filter *f, char *line, struct err *e);
void filter_fini(struct filter *f);

/* What may stand behind the '|', where `begun` does; what Tab adds to it ("" if nothing). */
void filter_help(const char *begun, FILE *out);
void filter_complete(const char *begun, char *out, size_t size);

/* text: lines. Control characters that it still holds are not written. */
void filter_write(const struct filter *f, char *text, FILE *out);

#endif /* XIPSEC_CLI_FILTER_H */
