// SPDX-License-Identifier: Apache-2.0
#include "user/cli/exec.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/cli/config.h"
#include "user/cli/filter.h"
#include "user/cli/pager.h"
#include "user/cli/say.h"
#include "user/cli/show.h"
#include "user/cli/view.h"
#include "user/ctl/command.h"

/* A line at work. */
struct exec {
	struct session	*s;
	const char	*line;		/* as typed */
	const struct command_line *c;
	char		*text;		/* what it has to show; NULL: nothing */
	bool		failed;		/* for the exit status; the text says why */
};

/* --- commands of the client --------------------------------------------------------------- */

static int do_configure(struct exec *x)
{
	int ret = config_enter(x->s);

	if (!ret && x->s->interactive)
		fputs("Enter configuration commands, one per line.  End with CNTL/Z.\n", x->s->out);
	return ret;
}

static int do_disable(struct exec *x)
{
	if (!session_configures(x->s))
		x->s->mode = M_USER;
	return 0;
}

/* No password: who may change things was decided by the socket's owner and mode. */
static int do_enable(struct exec *x)
{
	struct err e = {};
	json_t *result = session_ask(x->s, "enable", &e);

	if (!result && strstr(e.text, "permission denied"))
		return session_fail(x->s, x->line, "Access denied");
	if (!result)
		return session_fail(x->s, x->line, "%s", e.text);
	json_decref(result);
	if (!session_configures(x->s))
		x->s->mode = M_EXEC;
	return 0;
}

static int do_end(struct exec *x)
{
	return 0;	/* of what is not begun */
}

static int do_exit(struct exec *x)
{
	x->s->done = true;
	return 0;
}

static int do_history(struct exec *x)
{
	size_t len;
	FILE *f;

	if (!x->s->history)
		return 0;
	f = open_memstream(&x->text, &len);
	if (!f)
		return session_fail(x->s, x->line, "out of memory");
	x->s->history(f);
	fclose(f);
	return 0;
}

static int do_length(struct exec *x)
{
	const char *lines = command_arg(&x->c->command, "lines");

	x->s->length = lines ? atoi(lines) : LENGTH_OF_TERMINAL;
	return 0;
}

static const struct local {
	const char	*words;
	int		(*run)(struct exec *x);
} locals[] = {
	{ "configure terminal",	do_configure },
	{ "disable",		do_disable },
	{ "enable",		do_enable },
	{ "end",		do_end },
	{ "exit",		do_exit },
	{ "logout",		do_exit },
	{ "quit",		do_exit },
	{ "show history",	do_history },
	{ "terminal length",	do_length },
	{ "terminal no length",	do_length },
};

#define NLOCALS	(sizeof(locals) / sizeof(locals[0]))

/* --- commands of the daemon --------------------------------------------------------------- */

/* The daemon has a directory of its own: a relative name is made whole. */
static int absolute_file(const struct exec *x, char *command, size_t size)
{
	const char *file = command_arg(&x->c->command, "file");
	char cwd[2048];

	if (!file || *file == '/')
		return 0;
	if (!getcwd(cwd, sizeof(cwd)))
		return session_fail(x->s, x->line, "%s", strerror(errno));
	if (snprintf(command, size, "reload \"%s/%s\"", cwd, file) >= (int)size ||
	    strchr(cwd, '"') || strchr(file, '"'))
		return session_fail(x->s, x->line, "%s: cannot be named in a command", file);
	return 0;
}

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

static int ask(struct exec *x, bool json)
{
	struct err e = {};
	char command[LEX_LINE_MAX];
	json_t *result;

	command_text(x->c, command, sizeof(command));
	if (command_is(&x->c->command, "reload") && absolute_file(x, command, sizeof(command)))
		return 1;
	result = session_ask(x->s, command, &e);
	if (!result)
		return session_fail(x->s, x->line, "%s", e.text);
	if (x->s->interactive && (command_is(&x->c->command, "reload") ||
				  command_is(&x->c->command, "copy")))
		session_learn_hostname(x->s, &(struct err){});
	/* A file with errors is an answer, but the command has failed. */
	x->failed = !view_is_null(result, "loaded") && !view_bool(result, "loaded");
	x->text = to_text(result, &x->c->command, json || x->s->json);
	json_decref(result);
	return x->text ? 0 : session_fail(x->s, x->line, "out of memory");
}

/* --- a line ------------------------------------------------------------------------------- */

static int print(struct exec *x, const struct filter *f)
{
	char *shown = NULL;
	size_t len;
	FILE *out = open_memstream(&shown, &len);
	int ret;

	if (!out)
		return session_fail(x->s, x->line, "out of memory");
	filter_write(f, x->text, out);
	fclose(out);
	ret = pager_show(x->s, shown);
	free(shown);
	return ret;
}

/* `text` is the command at `offset` of what was typed, in `line`. */
static int run(struct session *s, enum mode mode, char *text, const char *line,
	       unsigned int offset)
{
	static struct command_line c;
	struct exec x = { s, line, &c, NULL, false };
	const struct local *l;
	struct err e = {};
	struct filter f;
	enum verdict v;
	int ret = 1;

	if (filter_cut(&f, text, &e)) {
		session_fail(s, line, "%s", e.text);
		goto out;
	}
	v = command_read_in(&c, mode, text);
	if (v == MATCH_OK) {
		l = command_find(&c.command, locals, NLOCALS, sizeof(locals[0]));
		ret = l ? l->run(&x) : ask(&x, f.kind == FILTER_JSON);
		if (!ret && x.text)
			ret = print(&x, &f) || x.failed;
	} else {
		ret = session_verdict(s, line, v, offset + c.match.column);
	}
	free(x.text);
out:
	filter_fini(&f);
	return ret;
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

static int exec_in(struct session *s, enum mode mode, const char *line, unsigned int offset)
{
	char *copy = trimmed(line + offset);
	size_t len = copy ? strlen(copy) : 0;
	int ret = 0;

	if (!copy)
		return session_fail(s, line, "out of memory");
	if (len && copy[len - 1] == '?') {
		copy[len - 1] = '\0';
		ret = say_help(s->out, mode, copy, session_indent(s)) != MATCH_OK;
	} else if (copy[strspn(copy, " \t")] && copy[strspn(copy, " \t")] != '!') {
		ret = run(s, mode, copy, line, offset);
	}
	free(copy);
	return ret;
}

int exec_line(struct session *s, const char *line)
{
	return exec_in(s, s->mode, line, 0);
}

int exec_do(struct session *s, const char *line, unsigned int offset)
{
	return exec_in(s, M_EXEC, line, offset);
}
