// SPDX-License-Identifier: Apache-2.0
#include "user/config/reference.h"

#include <ctype.h>
#include <string.h>

/* The pattern as manuals write it: arguments in capitals, our marks left out. */
static void write_syntax(const char *p, FILE *out)
{
	bool arg = false, type = false;

	fputs("| `", out);
	for (; *p; p++) {
		if (*p == '<') {
			arg = true;
		} else if (*p == '>') {
			arg = type = false;
		} else if (arg && *p == ':') {
			/* The ranges of a number are worth reading. */
			if (!strncmp(p, ":int(", 5)) {
				putc('<', out);
				for (p += 5; *p != ')'; p++)
					putc(*p, out);
				putc('>', out);
			}
			type = true;
		} else if (type || *p == '*' || *p == '~') {
			continue;
		} else if (*p == '|') {
			fputs("\\|", out);
		} else {
			putc(arg ? toupper((unsigned char)*p) : *p, out);
		}
	}
	fputs("` ", out);
}

static void write_row(const struct row *row, FILE *out)
{
	const char *p;

	write_syntax(row->pattern, out);
	fprintf(out, "| %s", row->help);
	if (row->flags & R_MULTI)
		fputs("; may be repeated", out);
	if (row->flags & R_ON)
		fputs("; on, `no` switches it off", out);
	if (row->flags & R_ONESHOT)
		fputs("; done once, not kept", out);
	if (row->dflt) {
		fputs("; default `", out);
		for (p = row->dflt; *p; p++)
			fputs(*p == '|' ? "`, `" : (char[]){ *p, 0 }, out);
		putc('`', out);
	}
	if (row->note)
		fprintf(out, ". %c%s", toupper((unsigned char)row->note[0]), row->note + 1);
	fprintf(out, " | %s |\n", row->req);
}

static void write_mode(const struct grammar *g, enum mode m, FILE *out)
{
	const struct grammar_mode *gm = &g->mode[m];
	size_t i;

	if (!gm->n || m == M_UNRELATED)
		return;
	fprintf(out, "\n## %c%s", toupper((unsigned char)modes[m].name[0]), modes[m].name + 1);
	if (modes[m].prompt[0] == '(')
		fprintf(out, ", `%s`", modes[m].prompt);
	fputs("\n\n| command | does | requirement |\n|---|---|---|\n", out);
	for (i = 0; i < gm->n; i++)
		if (!(gm->pattern[i]->row->flags & R_UNRELATED))
			write_row(gm->pattern[i]->row, out);
}

static void write_unrelated(const struct grammar *g, FILE *out)
{
	size_t i;

	fputs("\n## Not about IPsec\n\nIgnored with one notice for each, with the lines below them "
	      "where they begin a block.\n\n", out);
	for (i = 0; i < g->n; i++) {
		const struct row *row = g->pattern[i].row;
		const char *p;

		if (!(row->flags & R_UNRELATED))
			continue;
		fputs("- `", out);
		for (p = row->pattern; *p && *p != '<' && *p != '['; p++)
			if (*p != '*' && *p != '~')
				putc(*p, out);
		if (p > row->pattern && p[-1] == ' ')
			fputs("...", out);
		fprintf(out, "`%s%s\n", row->modes & IN(M_IF) ? " below interfaces" : "",
			row->modes & IN(M_UNRELATED) ? " below such blocks" : "");
	}
}

void reference_write(const struct grammar *g, FILE *out)
{
	enum mode m;

	fputs("# Commands\n\n"
	      "Made from the table of commands by `scripts/gen-commands`; do not edit. Words in capitals are\n"
	      "arguments, with their range where they are numbers. `{ }` one of, `[ ]` one of or none, `...` once or\n"
	      "more often, `a/b` either word. Keywords may be shortened while unambiguous; every configuration command\n"
	      "has a `no` and a `default` form. `xipsecd -t` reads all of the language; that a command is understood\n"
	      "does not mean that this version acts on it (README.md says what there is). Privileged EXEC commands are\n"
	      "listed by name, answered or not. Numbers R-... are those of the requirements.\n", out);
	for (m = M_GLOBAL; m < M_MAX; m++)
		write_mode(g, m, out);
	write_mode(g, M_EXEC, out);
	write_unrelated(g, out);
}
