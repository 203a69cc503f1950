// SPDX-License-Identifier: Apache-2.0
#include "user/ctl/configure.h"

#include <errno.h>
#include <string.h>

#include "user/config/check.h"
#include "user/config/judge.h"
#include "user/config/keys.h"
#include "user/config/print.h"
#include "user/ctl/answer.h"
#include "user/ctl/handle.h"
#include "user/ctl/master_command.h"
#include "user/lib/log.h"

/* Messages of one reply: a check of the whole may have more to say than anybody reads. */
#define MESSAGES_MAX	200

#define ANSWERS_MAX	8

struct session {
	struct gateway	*gw;
	struct load	load;
	struct diags	diags;
	json_t		*messages;
	json_t		*failed;	/* owner: why, of what was not set up before */
	struct answer	answer[ANSWERS_MAX];	/* to questions of the request before */
	size_t		nanswers;
	struct ask	ask;		/* the next question; name NULL: none */
};

static void message(struct session *s, unsigned int line, const char *severity, const char *text,
		    int column)
{
	json_t *m;

	if (json_array_size(s->messages) >= MESSAGES_MAX)
		return;
	m = json_pack("{s:i, s:s, s:o}", "line", (int)line, "severity", severity,
		      "text", answer_text(text));
	if (m && column >= 0)
		json_object_set_new(m, "column", json_integer(column));
	json_array_append_new(s->messages, m);
}

static const char *severity_of(const struct diag *d)
{
	static const char *const name[DIAG_SEVERITIES] = { "error", "warning", "notice" };

	return name[d->severity];
}

static void messages_of_lines(struct session *s)
{
	size_t i;

	for (i = 0; i < s->diags.n; i++) {
		const struct diag *d = &s->diags.list[i];

		message(s, d->line, severity_of(d), d->text, d->source ? (int)d->column : -1);
	}
}

/* --- the mode ----------------------------------------------------------------------------- */

/* The instance that a line of the context names; it has to be there still. */
static struct node *context_node(struct session *s, const char *text, enum mode *enters)
{
	static struct line line;
	static struct match m;
	struct context *top = &s->load.at[s->load.depth];
	struct node *probe, *found;

	if (lex_line(&line, text, strlen(text)) != LEX_LINE)
		return NULL;
	match_line(s->load.g, top->mode, &line, &m);
	if (m.verdict != MATCH_OK || m.form != FORM_PLAIN || m.p->row->enters == M_NONE)
		return NULL;
	*enters = m.p->row->enters;
	probe = node_new(&m, top->node, 0);
	if (!probe)
		return NULL;
	found = tree_find(s->load.tree, top->node, probe);
	node_free(probe);
	return found && !found->refused ? found : NULL;
}

static const char *enter_context(struct session *s, const json_t *context)
{
	const json_t *item;
	enum mode enters;
	struct node *n;
	size_t i;

	if (context && !json_is_array(context))
		return "\"context\" is not a list";
	if (json_array_size(context) >= LOAD_DEPTH)
		return "\"context\" is deeper than any mode";
	json_array_foreach((json_t *)context, i, item) {
		if (!json_is_string(item))
			return "\"context\" is not a list of lines";
		n = context_node(s, json_string_value(item), &enters);
		if (!n)
			return "what was being configured is gone";
		s->load.at[++s->load.depth] = (struct context){ .mode = enters, .node = n };
	}
	return NULL;
}

static bool leads_back(struct session *s, enum mode outer, const char *text)
{
	static struct line line;
	static struct match m;

	if (lex_line(&line, text, strlen(text)) != LEX_LINE)
		return false;
	match_line(s->load.g, outer, &line, &m);
	return m.verdict == MATCH_OK && m.p->row->enters != M_NONE;
}

/* The name where that is a command, else the whole line: a transform set has to be given. */
static json_t *context_line(struct session *s, enum mode outer, const struct node *n)
{
	char text[LEX_LINE_MAX];
	FILE *f;

	print_name(n, text, sizeof(text));
	if (!leads_back(s, outer, text)) {
		f = fmemopen(text, sizeof(text), "w");
		if (!f)
			return NULL;
		print_node(n, PRINT_MASKED, f);
		fclose(f);
	}
	return json_string(text);
}

/* The lines that lead back here. A mode below something that failed is left. */
static json_t *context_now(struct session *s)
{
	json_t *list = json_array();
	unsigned int i;

	for (i = 1; i <= s->load.depth; i++) {
		const struct node *n = s->load.at[i].node;

		if (!n || !n->p || n->refused) {
			s->load.depth = i - 1;
			break;
		}
		json_array_append_new(list, context_line(s, s->load.at[i - 1].mode, n));
	}
	return list;
}

/* --- commands that do something once ------------------------------------------------------ */

static void messages_of_command(struct session *s, const struct diags *said, unsigned int number)
{
	size_t i;

	for (i = 0; i < said->n; i++)
		message(s, number, severity_of(&said->list[i]), said->list[i].text, -1);
}

static const char *master_text(const struct match *m)
{
	unsigned int i;

	for (i = 0; i < m->ntokens; i++)
		if (m->token[i].el->name && !strcmp(m->token[i].el->name, "master"))
			return m->token[i].text;
	return NULL;
}

/* `key config-key`: true: it was this command. Its question ends the request. */
static bool master_line(struct session *s, const struct line *line)
{
	struct master_ctx ctx = { .store = &s->gw->master, .running = s->gw->running,
				  .env = s->gw->env };
	static struct match m;
	struct err e = {};

	match_line(s->load.g, M_GLOBAL, line, &m);
	if (m.verdict != MATCH_OK || strncmp(m.p->row->pattern, "key config-key", 14))
		return false;
	switch (master_command(&ctx, m.form != FORM_PLAIN, master_text(&m), s->answer, s->nanswers,
			       &s->ask, &e)) {
	case MASTER_DONE:
		s->ask.name = NULL;
		break;
	case MASTER_ASK:
		break;
	case MASTER_FAILED:
		s->ask.name = NULL;
		message(s, line->number, "error", e.text, -1);
		break;
	}
	/* The lines behind it are read with the master key that there is now. */
	s->load.type6 = s->gw->master.t6;
	s->load.type6_unreadable = s->gw->master.unreadable;
	messages_of_command(s, &ctx.said, line->number);
	diag_fini(&ctx.said);
	explicit_bzero(&m, sizeof(m));
	s->load.depth = 0;
	return true;
}

/* --- the lines ---------------------------------------------------------------------------- */

static void one_line(struct session *s, const char *text, unsigned int number)
{
	static struct line line;
	enum lex_verdict v = lex_line(&line, text, strlen(text));

	line.number = number;
	switch (v) {
	case LEX_LINE:
		s->load.ended = false;
		if (!master_line(s, &line))
			load_line(&s->load, &line);
		break;
	case LEX_QUOTE:
		message(s, number, "error", "a quote that does not end", -1);
		break;
	case LEX_TOO_LONG:
	case LEX_BINARY:
		message(s, number, "error", "not a line of text", -1);
		break;
	case LEX_BLANK:
	case LEX_END:
		break;
	}
}

static const char *take_lines(struct session *s, const json_t *lines)
{
	const json_t *item;
	size_t i;

	if (!json_is_array(lines))
		return "\"lines\" is not a list";
	if (json_array_size(lines) > CONFIGURE_LINES_MAX)
		return "too many lines in one request";
	json_array_foreach((json_t *)lines, i, item)
		if (!json_is_string(item) ||
		    strlen(json_string_value(item)) != json_string_length(item))
			return "\"lines\" is not a list of lines";
	json_array_foreach((json_t *)lines, i, item) {
		one_line(s, json_string_value(item), (unsigned int)i + 1);
		if (s->ask.name)
			break;
	}
	s->load.line = NULL;
	return NULL;
}

static const char *take_answers(struct session *s, json_t *answers)
{
	const char *name;
	json_t *text;

	if (!answers)
		return NULL;
	if (!json_is_object(answers) || json_object_size(answers) > ANSWERS_MAX)
		return "\"answers\" is not an object of a few texts";
	json_object_foreach(answers, name, text) {
		if (!json_is_string(text))
			return "\"answers\" is not an object of a few texts";
		s->answer[s->nanswers++] = (struct answer){ name, json_string_value(text) };
	}
	return NULL;
}

/* Lines before the one that asks are done; to do them once more changes nothing. */
static json_t *question_of(const struct session *s)
{
	return json_pack("{s:b, s:s, s:[{s:s, s:s, s:b}]}", "ok", 0, "error", "a question is open",
			 "ask", "name", s->ask.name, "prompt", s->ask.prompt, "hidden",
			 s->ask.hidden);
}

/* What an entry lacks that has just begun is said by its note. */
static bool is_new_map(const struct diags *said, unsigned int line)
{
	size_t i;

	for (i = 0; i < said->n; i++)
		if (said->list[i].line == line && !strcmp(said->list[i].text, CMAP_NEW_NOTE))
			return true;
	return false;
}

/*
 * The whole is judged again, but only what a line of this request brought about
 * is told: marks of nodes change, and each node carries the line it came with.
 */
static void judge(struct session *s)
{
	struct diags before = s->diags;
	size_t i;

	s->diags = (struct diags){};
	check_all(&s->load);
	for (i = 0; i < s->diags.n; i++) {
		const struct diag *d = &s->diags.list[i];

		if (d->line && !is_new_map(&before, d->line))
			message(s, d->line, severity_of(d), d->text, -1);
	}
	diag_fini(&s->diags);
	s->diags = before;
}

/* Lines are numbered within a request; afterwards they are nobody's. */
static void forget_numbers(struct node *n)
{
	struct node *c;

	for (c = n->first; c; c = c->next) {
		c->line = 0;
		forget_numbers(c);
	}
}

static void note_failure(void *ctx, const char *owner, const char *why)
{
	struct session *s = ctx;

	json_object_set_new(s->failed, owner, answer_text(why));
}

static void tell_failure(void *ctx, const char *owner, const char *why)
{
	struct session *s = ctx;
	const char *before = json_string_value(json_object_get(s->failed, owner));
	char text[400];

	if (before && !strcmp(before, why))
		return;
	snprintf(text, sizeof(text), "%s is not set up: %s", owner, why);
	message(s, 0, "error", text, -1);
}

static json_t *reply_of(struct session *s)
{
	json_t *context = context_now(s);
	const struct mode_info *mode = &modes[s->load.at[s->load.depth].mode];

	return json_pack("{s:b, s:{s:o, s:s, s:s, s:O}}", "ok", 1, "result", "context", context,
			 "mode", mode->name, "prompt", mode->prompt, "messages", s->messages);
}

static json_t *run(struct session *s, const json_t *request)
{
	const char *wrong = enter_context(s, json_object_get(request, "context"));
	struct err e = {};

	if (!wrong)
		wrong = take_answers(s, json_object_get(request, "answers"));
	if (!wrong)
		wrong = take_lines(s, json_object_get(request, "lines"));
	if (wrong)
		return handle_refusal(wrong);
	/* What does not fit was told when it was entered. */
	if (keys_protect(s->gw->running, s->gw->master.t6, NULL, &e))
		message(s, 0, "error", e.text, -1);
	messages_of_lines(s);
	judge(s);
	gateway_each_failure(s->gw, note_failure, s);
	if (gateway_apply(s->gw, &e)) {
		log_xi(SEV_ERROR, "APPLY", "%s", e.text);
		message(s, 0, "error", e.text, -1);
	}
	gateway_each_failure(s->gw, tell_failure, s);
	return s->ask.name ? question_of(s) : reply_of(s);
}

json_t *configure(struct gateway *gw, const json_t *request)
{
	struct session s = { .gw = gw };
	struct err e = {};
	const struct grammar *g = grammar_get(&e);
	json_t *reply;

	if (!g)
		return handle_refusal(e.text);
	if (!gw->running)
		return handle_refusal("guard mode: xipsecd was started without a configuration");
	if (!json_is_object(request))
		return handle_refusal("\"configure\" is not an object");
	s.messages = json_array();
	s.failed = json_object();
	load_init(&s.load, g, gw->running, &s.diags);
	s.load.prompt = true;
	s.load.type6 = gw->master.t6;
	s.load.type6_unreadable = gw->master.unreadable;
	forget_numbers(&gw->running->root);
	reply = run(&s, request);
	/* The next request begins with contexts that count: nobody gets there again. */
	tree_empty_attic(gw->running);
	load_fini(&s.load);
	diag_fini(&s.diags);
	json_decref(s.messages);
	json_decref(s.failed);
	return reply;
}
