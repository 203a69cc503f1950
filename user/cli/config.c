// SPDX-License-Identifier: Apache-2.0
#include "user/cli/config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "user/cli/client.h"
#include "user/cli/exec.h"
#include "user/cli/view.h"
#include "user/config/help.h"

#define BATCH_LINES	4000
#define BATCH_BYTES	200000	/* a request has 512 KiB, and JSON may double what it holds */
#define ROUNDS_MAX	10	/* of questions about one request */

struct config {
	json_t		*context;	/* lines from the global mode to here */
	char		prompt[64];

	json_t		*lines;		/* that wait */
	unsigned int	*number;	/* their numbers in the standard input */
	size_t		first;		/* of them, what the request at hand begins with */
	size_t		bytes;
	/*
	 * Where they will lead, as the table has it: a batch ends only where a line
	 * begins at the global mode, and `exit` is known to leave a mode or all.
	 */
	enum mode	at[LOAD_DEPTH];
	unsigned int	depth;
};

struct config *config_new(void)
{
	struct config *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->context = json_array();
	c->lines = json_array();
	c->number = calloc(BATCH_LINES, sizeof(*c->number));
	if (c->context && c->lines && c->number)
		return c;
	config_free(c);
	return NULL;
}

void config_free(struct config *c)
{
	if (!c)
		return;
	json_decref(c->context);
	json_decref(c->lines);
	free(c->number);
	free(c);
}

const char *config_prompt(const struct config *c)
{
	return c->prompt;
}

static void stand_at_global(struct session *s)
{
	struct config *c = s->config;

	json_array_clear(c->context);
	snprintf(c->prompt, sizeof(c->prompt), "%s", modes[M_GLOBAL].prompt);
	s->mode = M_GLOBAL;
}

static enum mode mode_by_name(const char *name)
{
	enum mode m;

	for (m = M_GLOBAL; m < M_MAX; m++)
		if (modes[m].name && !strcmp(modes[m].name, name))
			return m;
	return M_GLOBAL;
}

static void stand_where_told(struct session *s, const json_t *result)
{
	struct config *c = s->config;
	json_t *context = json_object_get(result, "context");

	stand_at_global(s);
	if (json_array_size(context))
		json_array_extend(c->context, context);
	if (!view_is_null(result, "mode"))
		s->mode = mode_by_name(view_str(result, "mode"));
	if (!view_is_null(result, "prompt"))
		snprintf(c->prompt, sizeof(c->prompt), "%s", view_str(result, "prompt"));
}

/* --- what the daemon has to say ----------------------------------------------------------- */

static bool begins_with(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

/*
 * The marker of IOS below the wrong word, and why it is wrong, which IOS keeps to
 * itself. What is incomplete or ambiguous has no word to point at.
 */
static int tell_place(const struct session *s, const char *line, unsigned int column,
		      const char *text)
{
	if (begins_with(text, "Incomplete"))
		return session_verdict(s, line, MATCH_INCOMPLETE, 0);
	if (begins_with(text, "Ambiguous"))
		return session_verdict(s, line, MATCH_AMBIGUOUS, 0);
	session_verdict(s, line, MATCH_INVALID, column);
	fprintf(s->err, "%% %s\n", text);
	return 1;
}

static int tell_message(struct session *s, const json_t *message)
{
	struct config *c = s->config;
	size_t at = (size_t)view_int(message, "line");
	const char *line = at ? json_string_value(json_array_get(c->lines, at - 1)) : NULL;
	const char *text = view_str(message, "text"), *severity = view_str(message, "severity");
	json_int_t column = view_int(message, "column");
	unsigned int before = s->number;
	int ret = 0;

	s->number = line && before ? c->number[c->first + at - 1] : 0;
	if (!strcmp(severity, "error") && line && !view_is_null(message, "column") &&
	    column >= 0 && (size_t)column <= strlen(line))
		ret = tell_place(s, line, (unsigned int)column, text);
	else if (!strcmp(severity, "error"))
		ret = session_fail(s, line ? line : "", "%s", text);
	else if (!strcmp(severity, "info"))
		fprintf(s->out, "%s\n", text);
	else
		session_fail(s, line ? line : "", "%s", text);
	s->number = before;
	return ret;
}

static int tell_all(struct session *s, const json_t *result)
{
	const json_t *list = view_at(result, "messages"), *m;
	int ret = 0;
	size_t i;

	json_array_foreach(list, i, m)
		ret |= tell_message(s, m);
	return ret;
}

/* --- a request ---------------------------------------------------------------------------- */

/* Length of a text up to the blanks at its end. */
static int without_blanks(const char *text)
{
	size_t len = strlen(text);

	while (len && text[len - 1] == ' ')
		len--;
	return (int)len;
}

/* Adds the answers to all that is asked; false: they are not to be had. */
static bool answer_all(const struct session *s, const json_t *questions, json_t *answers)
{
	const json_t *q;
	size_t i;

	json_array_foreach(questions, i, q) {
		char text[SESSION_ANSWER_MAX] = "", prompt[SESSION_PROMPT_MAX];
		bool ok;

		snprintf(prompt, sizeof(prompt), "%.*s ", without_blanks(view_str(q, "prompt")),
			 view_str(q, "prompt"));
		ok = s->answer && s->answer(prompt, view_bool(q, "hidden"), text, sizeof(text)) &&
		     !json_object_set_new(answers, view_str(q, "name"), json_string(text));
		explicit_bzero(text, sizeof(text));
		if (!ok)
			return false;
	}
	return true;
}

/* The reply to the lines that wait, after the daemon's questions; NULL: *e. */
static json_t *request(const struct session *s, json_t *lines, struct err *e)
{
	json_t *inner = json_pack("{s:O, s:O}", "context", s->config->context, "lines", lines);
	json_t *outer = json_pack("{s:O}", "configure", inner), *answers = json_object();
	json_t *reply = NULL;
	unsigned int round;

	for (round = 0; round < ROUNDS_MAX; round++) {
		json_decref(reply);
		reply = s->request(s, outer, e);
		if (!json_array_size(view_at(reply, "ask")) ||
		    !answer_all(s, view_at(reply, "ask"), answers))
			break;
		json_object_set(inner, "answers", answers);
	}
	json_decref(answers);
	json_decref(inner);
	json_decref(outer);
	return reply;
}

static bool names_host(const json_t *lines)
{
	const json_t *l;
	size_t i;

	json_array_foreach(lines, i, l) {
		const char *line = json_string_value(l) + strspn(json_string_value(l), " \t");

		if (strcasestr(line, "host") && strcspn(line, " \t") <= strlen("hostname"))
			return true;
	}
	return false;
}

/* None of the lines was taken. When it is where they belong that is gone, so are we. */
static int refused(struct session *s, const struct err *e)
{
	struct config *c = s->config;
	size_t n = json_array_size(c->lines);

	if (s->number && n)
		fprintf(s->err, "lines %u to %u:\n", c->number[c->first], c->number[c->first + n - 1]);
	fprintf(s->err, "%% %s\n", e->text);
	if (e->code == -EREMOTEIO) {
		stand_at_global(s);
		c->depth = 0;
	}
	return 1;
}

static int take_reply(struct session *s, const json_t *reply, struct err *e)
{
	json_t *result = reply ? client_reply_result(reply, e) : NULL;
	struct err ignored = {};
	int ret;

	if (!result)
		return refused(s, e);
	ret = tell_all(s, result);
	stand_where_told(s, result);
	json_decref(result);
	if (s->interactive && names_host(s->config->lines))
		session_learn_hostname(s, &ignored);
	return ret;
}

static void forget_lines(struct config *c)
{
	json_array_clear(c->lines);
	c->bytes = 0;
}

static int cannot_answer(const struct session *s, const char *line, const json_t *questions)
{
	const char *prompt = view_str(json_array_get(questions, 0), "prompt");

	return session_fail(s, line, "%.*s asked at a prompt only", without_blanks(prompt), prompt);
}

/*
 * Questions come before anything is done. Without a prompt nobody answers them:
 * line by line, all others take effect.
 */
static int one_by_one(struct session *s)
{
	struct config *c = s->config;
	json_t *all = c->lines, *line;
	unsigned int number = s->number;
	int ret = 0;
	size_t i;

	json_array_foreach(all, i, line) {
		struct err e = {};
		json_t *reply;

		c->lines = json_pack("[O]", line);
		c->first = i;
		s->number = number ? c->number[i] : 0;
		reply = request(s, c->lines, &e);
		if (json_array_size(view_at(reply, "ask")))
			ret |= cannot_answer(s, json_string_value(line), view_at(reply, "ask"));
		else
			ret |= take_reply(s, reply, &e);
		json_decref(reply);
		json_decref(c->lines);
	}
	c->lines = all;
	c->first = 0;
	s->number = number;
	return ret;
}

int config_flush(struct session *s)
{
	struct config *c = s->config;
	struct err e = {};
	json_t *reply;
	int ret = 0;

	if (!json_array_size(c->lines))
		return 0;
	reply = request(s, c->lines, &e);
	if (!json_array_size(view_at(reply, "ask")))
		ret = take_reply(s, reply, &e);
	else if (s->answer)
		ret = 1;	/* the user broke off */
	else
		ret = one_by_one(s);
	json_decref(reply);
	forget_lines(c);
	return ret;
}

int config_enter(struct session *s)
{
	struct config *c = s->config;
	json_t *none = json_array(), *reply, *result = NULL;
	struct err e = {};

	json_array_clear(c->context);
	reply = request(s, none, &e);
	if (reply)
		result = client_reply_result(reply, &e);
	json_decref(reply);
	json_decref(none);
	if (!result)
		return session_fail(s, "configure terminal", "%s", e.text);
	json_decref(result);
	forget_lines(c);
	stand_at_global(s);
	c->at[0] = M_GLOBAL;
	c->depth = 0;
	return 0;
}

/* --- lines -------------------------------------------------------------------------------- */

/* Where a line will be read, from the innermost mode outwards; -1: nowhere. */
static int depth_of(const struct config *c, const struct line *line, struct match *m)
{
	const struct grammar *g = grammar_get(&(struct err){});
	int depth;

	for (depth = (int)c->depth; g && depth >= 0; depth--) {
		match_line(g, c->at[depth], line, m);
		if (m->verdict == MATCH_OK)
			return depth;
	}
	return -1;
}

/* Follows the line. true: it is one of the global mode. */
static bool follow(struct config *c, const char *text)
{
	static struct line line;
	static struct match m;
	int depth;

	if (lex_line(&line, text, strlen(text)) != LEX_LINE)
		return false;
	if (c->at[c->depth] == M_RAW) {
		c->depth -= line.nwords == 1 && word_is(&line.word[0], "quit");
		return false;
	}
	if (line.nwords == 1 && (word_is(&line.word[0], "exit") || word_is(&line.word[0], "quit"))) {
		c->depth -= !!c->depth;
		return false;
	}
	depth = depth_of(c, &line, &m);
	if (depth < 0)
		return false;
	c->depth = (unsigned int)depth;
	if (m.form == FORM_PLAIN && m.p->row->enters != M_NONE && c->depth + 1 < LOAD_DEPTH)
		c->at[++c->depth] = m.p->row->enters;
	return !depth;
}

/* Puts a line into the batch, and sends what came before it when that is enough. */
static int add_line(struct session *s, const char *line)
{
	struct config *c = s->config;
	json_t *text = json_string(line);
	bool global = follow(c, line);
	size_t n = json_array_size(c->lines);
	int ret = 0;

	if (!text || strlen(line) >= LEX_LINE_MAX) {
		json_decref(text);
		return session_fail(s, "", text ? "a line of more than %d bytes" :
				    "not valid UTF-8, in a line of at most %d bytes", LEX_LINE_MAX - 1);
	}
	if (n == BATCH_LINES || c->bytes + strlen(line) > BATCH_BYTES ||
	    (global && n >= BATCH_LINES / 2)) {
		ret = config_flush(s);
		n = 0;
	}
	c->number[n] = s->number;
	c->bytes += strlen(line) + 8;
	json_array_append_new(c->lines, text);
	return s->interactive ? config_flush(s) : ret;
}

/* The word of a line that is but one, with what it may be short for: "ex" is exit, often. */
static void only_word(enum mode mode, const char *line, char *word, size_t size)
{
	const struct grammar *g = grammar_get(&(struct err){});
	size_t blanks = strspn(line, " \t"), len = strcspn(line + blanks, " \t\r\n");
	char rest[64];

	word[0] = '\0';
	if (line[blanks + len + strspn(line + blanks + len, " \t\r\n")])
		return;
	snprintf(word, size, "%.*s", (int)len, line + blanks);
	if (g && len && mode != M_RAW && help_complete(g, mode, word, rest, sizeof(rest)) == 1 &&
	    len + strlen(rest) < size)
		snprintf(word + len, size - len, "%.*s", (int)strcspn(rest, " "), rest);
}

/* `exit` of the global mode, or `end` of any. */
static int leave(struct session *s)
{
	int ret = config_flush(s);

	s->mode = M_EXEC;
	json_array_clear(s->config->context);
	return ret;
}

static int leave_one(struct session *s, const char *line)
{
	struct config *c = s->config;
	int ret;

	if (!s->interactive && c->depth)
		return add_line(s, line);
	ret = config_flush(s);
	if (json_array_size(c->context))
		return ret | add_line(s, "exit");
	return ret | leave(s);
}

int config_line(struct session *s, const char *line)
{
	enum mode mode = s->interactive ? s->mode : s->config->at[s->config->depth];
	size_t blanks = strspn(line, " \t");
	char word[64];
	int ret;

	only_word(mode, line, word, sizeof(word));
	if (!strcasecmp(word, "end"))
		return leave(s);
	if (mode == M_RAW)
		return add_line(s, line);
	if (!strcasecmp(word, "exit") || !strcasecmp(word, "quit"))
		return leave_one(s, line);
	if (!strncasecmp(line + blanks, "do", 2) && strchr(" \t", line[blanks + 2])) {
		ret = config_flush(s);
		return ret | exec_do(s, line, (unsigned int)blanks + 2);
	}
	if (!line[blanks] || line[blanks] == '!')
		return 0;
	return add_line(s, line);
}

static bool is_secret(const struct elem *el)
{
	return el->name && (arg_is_secret(&el->spec) || !strcmp(el->name, "master"));
}

bool config_has_secret(enum mode mode, const char *text)
{
	const struct grammar *g = grammar_get(&(struct err){});
	enum mode try[] = { mode, modes[mode].parent, M_GLOBAL };
	static struct line line;
	static struct match m;
	unsigned int i, j;

	if (!g || mode < M_GLOBAL || lex_line(&line, text, strlen(text)) != LEX_LINE)
		return false;
	for (i = 0; i < 3; i++) {
		if (try[i] == M_NONE)
			continue;
		match_line(g, try[i], &line, &m);
		for (j = 0; m.verdict == MATCH_OK && j < m.ntokens; j++)
			if (is_secret(m.token[j].el))
				return true;
	}
	return false;
}
