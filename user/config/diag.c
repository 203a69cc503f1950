// SPDX-License-Identifier: Apache-2.0
#include "user/config/diag.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const char *const severity_names[DIAG_SEVERITIES] = { "error", "warning", "notice" };

static struct diag *push_diag(struct diags *d, enum diag_severity sev, unsigned int line)
{
	struct diag *to;

	d->count[sev]++;
	if (d->n == DIAG_MAX)
		return NULL;
	if (d->n == d->room) {
		size_t room = d->room ? d->room * 2 : 64;

		to = realloc(d->list, room * sizeof(*to));
		if (!to)
			return NULL;
		d->list = to;
		d->room = room;
	}
	to = &d->list[d->n];
	*to = (struct diag){ .severity = sev, .line = line, .seq = (unsigned int)d->n };
	d->n++;
	return to;
}

void diag_add(struct diags *d, enum diag_severity sev, unsigned int line, const char *fmt, ...)
{
	struct diag *to = push_diag(d, sev, line);
	va_list ap;

	if (!to)
		return;
	va_start(ap, fmt);
	if (vasprintf(&to->text, fmt, ap) < 0)
		to->text = NULL;
	va_end(ap);
}

void diag_add_at(struct diags *d, unsigned int line, const char *source, unsigned int column,
		 const char *text)
{
	diag_add_hidden(d, line, source, column, column, text);
}

void diag_add_hidden(struct diags *d, unsigned int line, const char *source, unsigned int caret,
		     unsigned int column, const char *text)
{
	struct diag *to = push_diag(d, DIAG_ERROR, line);

	if (!to)
		return;
	to->text = strdup(text);
	to->source = strdup(source);
	to->column = column;
	to->caret = caret;
}

static int compare_diags(const void *x, const void *y)
{
	const struct diag *a = x, *b = y;

	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return a->seq < b->seq ? -1 : a->seq > b->seq;
}

void diag_sort(struct diags *d)
{
	if (d->n)
		qsort(d->list, d->n, sizeof(*d->list), compare_diags);
}

/* The source as it was typed and a caret below; tabs stay tabs in both. */
static void print_caret(const struct diag *d, FILE *out)
{
	unsigned int i;

	fprintf(out, "    %s\n    ", d->source);
	for (i = 0; i < d->caret && d->source[i]; i++)
		if (((unsigned char)d->source[i] & 0xc0) != 0x80)	/* one column a UTF-8 character */
			putc(d->source[i] == '\t' ? '\t' : ' ', out);
	fputs("^\n", out);
}

static void print_count(size_t n, const char *what, const char *end, FILE *out)
{
	fprintf(out, "%zu %s%s%s", n, what, n == 1 ? "" : "s", end);
}

void diag_print(const struct diags *d, const char *file, FILE *out)
{
	size_t i, all = 0;

	for (i = 0; i < d->n; i++) {
		const struct diag *g = &d->list[i];

		fprintf(out, "%s:%u: %s: %s\n", file, g->line, severity_names[g->severity],
			g->text ? g->text : "out of memory");
		if (g->source)
			print_caret(g, out);
	}
	for (i = 0; i < DIAG_SEVERITIES; i++)
		all += d->count[i];
	if (all > d->n)
		fprintf(out, "%s: %zu more are not shown\n", file, all - d->n);
	fprintf(out, "%s: ", file);
	print_count(d->count[DIAG_ERROR], "error", ", ", out);
	print_count(d->count[DIAG_WARNING], "warning", ", ", out);
	print_count(d->count[DIAG_NOTICE], "notice", "\n", out);
}

void diag_fini(struct diags *d)
{
	size_t i;

	for (i = 0; i < d->n; i++) {
		free(d->list[i].text);
		free(d->list[i].source);
	}
	free(d->list);
	*d = (struct diags){};
}
