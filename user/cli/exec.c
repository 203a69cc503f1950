/* SPDX-License-Identifier: Apache-2.0 */
#include "user/cli/exec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/cli/client.h"
#include "user/cli/filter.h"
#include "user/cli/say.h"
#include "user/cli/show.h"

static char *to_text(const json_t *result, const struct command *c, bool json)
{
	char *text = NULL;
	size_t len;
	FILE *f;

	if (json)
		return json_dumps(result, JSON_INDENT(2) | JSON_ENSURE_ASCII | JSON_ENCODE_ANY);
	f = open_memstream(&text, &len);
	if (!f)
		return NULL;
	show_result(f, result, c);
	fclose(f);
	return text;
}

static int show(const struct exec_opts *opts, const struct command_line *c, const struct filter *f)
{
	struct err e = {};
	char command[LEX_LINE_MAX], *text;
	json_t *result;

	command_text(c, command, sizeof(command));
	result = client_ask(opts->rundir, command, &e);

	if (!result) {
		fprintf(stderr, "%% %s\n", e.text);
		return 1;
	}
	text = to_text(result, &c->command, opts->json || f->kind == FILTER_JSON);
	json_decref(result);
	if (!text) {
		fprintf(stderr, "%% out of memory\n");
		return 1;
	}
	filter_write(f, text, stdout);
	free(text);
	return fflush(stdout) || ferror(stdout);
}

/* Without blanks at the end: they are no part of a '?' or of a word. */
static char *trimmed(const char *line)
{
	char *copy = strdup(line);
	size_t len = copy ? strlen(copy) : 0;

	while (len && strchr(" \t\r\n", copy[len - 1]))
		copy[--len] = '\0';
	return copy;
}

int exec_line(const struct exec_opts *opts, const char *line)
{
	char *copy = trimmed(line);
	static struct command_line c;
	enum verdict v;
	struct err e = {};
	struct filter f;
	int ret = 1;

	if (!copy) {
		fprintf(stderr, "%% out of memory\n");
		return 1;
	}
	if (*copy && copy[strlen(copy) - 1] == '?' && !strchr(copy, '|')) {
		copy[strlen(copy) - 1] = '\0';
		ret = say_help(stdout, M_EXEC, copy, -1) != MATCH_OK;
	} else if (filter_cut(&f, copy, &e)) {
		fprintf(stderr, "%% %s\n", e.text);
		filter_fini(&f);
	} else {
		v = command_read(&c, copy);
		say_verdict(stderr, copy, v, c.match.column, -1);
		if (v == MATCH_OK)
			ret = show(opts, &c, &f);
		filter_fini(&f);
	}
	free(copy);
	return ret;
}
