// SPDX-License-Identifier: Apache-2.0
#include "user/cli/complete.h"

#include <ctype.h>

#include "user/config/help.h"

/* Arguments ("A.B.C.D", "<1-10>", "WORD") are shown by `?`, but cannot be completed. */
static void write_keyword(void *ctx, const char *word, const char *text)
{
	const char *p;

	(void)text;
	for (p = word; *p; p++)
		if (!islower((unsigned char)*p) && !isdigit((unsigned char)*p) && *p != '-')
			return;
	fprintf(ctx, "%s\n", word);
}

void complete_write(const char *line, FILE *out)
{
	struct err e = {};
	const struct grammar *g = grammar_get(&e);
	unsigned int column;

	if (g)
		help_each(g, M_EXEC, line, write_keyword, out, &column);
}
