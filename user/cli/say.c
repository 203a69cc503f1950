// SPDX-License-Identifier: Apache-2.0
#include "user/cli/say.h"

#include <string.h>
#include <strings.h>

#include "user/config/help.h"

void say_line(FILE *out, const char *line)
{
	const unsigned char *p = (const unsigned char *)line;

	/* C0 and DEL; C1, which is C2 80 to C2 9F in UTF-8. */
	for (; *p; p++) {
		bool c1 = p[0] == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f;

		p += c1;
		putc((*p < ' ' && *p != '\t') || *p == 0x7f || c1 ? '?' : *p, out);
	}
}

/* Tabs stay tabs, so that the marker stands where the terminal has the word. */
static void say_marker(FILE *out, const char *line, unsigned int column, int indent)
{
	unsigned int i;

	if (indent < 0) {
		say_line(out, line);
		putc('\n', out);
	}
	fprintf(out, "%*s", indent < 0 ? 0 : indent, "");
	for (i = 0; i < column && line[i]; i++)
		putc(line[i] == '\t' ? '\t' : ' ', out);
	fprintf(out, "^\n%% Invalid input detected at '^' marker.\n");
}

void say_verdict(FILE *out, const char *line, enum verdict v, unsigned int column, int indent)
{
	switch (v) {
	case MATCH_OK:
		break;
	case MATCH_INCOMPLETE:
		fprintf(out, "%% Incomplete command.\n");
		break;
	case MATCH_AMBIGUOUS:
		fputs("% Ambiguous command:  \"", out);
		say_line(out, line);
		fputs("\"\n", out);
		break;
	case MATCH_INVALID:
		say_marker(out, line, column, indent);
		break;
	}
}

struct listing {
	FILE	*out;
	bool	filters;	/* what the command prints may be cut by '|' */
};

static void say_row(void *ctx, const char *word, const char *text)
{
	struct listing *l = ctx;

	if (!strcmp(word, "<cr>") && l->filters)
		fprintf(l->out, "  %-18s  Output modifiers\n", "|");
	if (*text)
		fprintf(l->out, "  %-18s  %s\n", word, text);
	else
		fprintf(l->out, "  %s\n", word);
}

enum verdict say_help(FILE *out, enum mode mode, const char *line, int indent)
{
	struct listing l = { .out = out };
	struct err e = {};
	const struct grammar *g = grammar_get(&e);
	size_t blanks = strspn(line, " \t");
	unsigned int column = 0;
	enum verdict v;

	if (!g) {
		fprintf(out, "%% %s\n", e.text);
		return MATCH_INVALID;
	}
	l.filters = mode == M_EXEC && !strncasecmp(line + blanks, "sh", 2);
	v = help_each(g, mode, line, say_row, &l, &column);
	say_verdict(out, line, v, column, indent);
	return v;
}
