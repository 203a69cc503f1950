/* SPDX-License-Identifier: Apache-2.0 */
/* What there is to say about a configuration: a list in order of lines. */
#ifndef XIPSEC_CONFIG_DIAG_H
#define XIPSEC_CONFIG_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define DIAG_MAX	20000	/* kept; further ones are only counted */

enum diag_severity {
	DIAG_ERROR, DIAG_WARNING, DIAG_NOTICE, DIAG_SEVERITIES,
};

struct diag {
	enum diag_severity severity;
	unsigned int	line;		/* 0: of the file as a whole */
	unsigned int	seq;
	char		*text;		/* one line */
	char		*source;	/* the line, for a caret below it; or NULL */
	unsigned int	column;		/* of the word at fault in the line as it was given, */
	unsigned int	caret;		/* and in `source`, where keys are hidden (hide.h) */
};

struct diags {
	struct diag	*list;
	size_t		n, room;
	size_t		count[DIAG_SEVERITIES];
};

void diag_add(struct diags *d, enum diag_severity sev, unsigned int line, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* With the line and a caret under `column`. */
void diag_add_at(struct diags *d, unsigned int line, const char *source, unsigned int column,
		 const char *text);
/* The same of a line that is shown in another form than it was given. */
void diag_add_hidden(struct diags *d, unsigned int line, const char *source, unsigned int caret,
		     unsigned int column, const char *text);

void diag_sort(struct diags *d);
/* Each as `FILE:LINE: error|warning|notice: TEXT`, and a last line with the counts. */
void diag_print(const struct diags *d, const char *file, FILE *out);
void diag_fini(struct diags *d);

#endif /* XIPSEC_CONFIG_DIAG_H */
