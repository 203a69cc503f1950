/* SPDX-License-Identifier: Apache-2.0 */
#include "user/cli/exec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/cli/client.h"
#include "user/cli/commands.h"
#include "user/cli/filter.h"
#include "user/cli/show.h"

static char *to_text(const json_t *result, const struct command_line *line, bool json)
{
	char *text = NULL;
	size_t len;
	FILE *f;

	if (json)
		return json_dumps(result, JSON_INDENT(2) | JSON_ENSURE_ASCII | JSON_ENCODE_ANY);
	f = open_memstream(&text, &len);
	if (!f)
		return NULL;
	show_result(f, result, line);
	fclose(f);
	return text;
}

static int show(const struct exec_opts *opts, const struct command_line *line,
		const struct filter *f)
{
	struct err e = {};
	json_t *result = client_ask(opts->rundir, line->canonical, &e);
	char *text;

	if (!result) {
		fprintf(stderr, "%% %s\n", e.text);
		return 1;
	}
	text = to_text(result, line, opts->json || f->kind == FILTER_JSON);
	json_decref(result);
	if (!text) {
		fprintf(stderr, "%% out of memory\n");
		return 1;
	}
	filter_write(f, text, stdout);
	free(text);
	return fflush(stdout) || ferror(stdout);
}

static int help(const char *line)
{
	size_t column;
	enum command_verdict v = command_help(stdout, line, &column);

	command_complain(stderr, line, v, column);
	return v != COMMAND_OK;
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
	struct command_line cmd;
	enum command_verdict v;
	struct err e = {};
	struct filter f;
	size_t column;
	int ret = 1;

	if (!copy) {
		fprintf(stderr, "%% out of memory\n");
		return 1;
	}
	if (*copy && copy[strlen(copy) - 1] == '?' && !strchr(copy, '|')) {
		ret = help(copy);
	} else if (filter_cut(&f, copy, &e)) {
		fprintf(stderr, "%% %s\n", e.text);
		filter_fini(&f);
	} else {
		v = command_parse(copy, &cmd, &column);
		command_complain(stderr, copy, v, column);
		if (v == COMMAND_OK)
			ret = show(opts, &cmd, &f);
		filter_fini(&f);
	}
	free(copy);
	return ret;
}
