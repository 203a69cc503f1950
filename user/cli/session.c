// SPDX-License-Identifier: Apache-2.0
#include "user/cli/session.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "user/cli/client.h"
#include "user/cli/config.h"
#include "user/cli/exec.h"
#include "user/cli/say.h"
#include "user/cli/view.h"

static json_t *ask_daemon(const struct session *s, const json_t *request, struct err *e)
{
	return client_request(s->rundir, request, e);
}

int session_init(struct session *s, const char *rundir)
{
	*s = (struct session){
		.rundir = rundir, .out = stdout, .err = stderr, .mode = M_EXEC,
		.hostname = "xipsec", .length = LENGTH_OF_TERMINAL, .request = ask_daemon,
	};
	s->config = config_new();
	return s->config ? 0 : -ENOMEM;
}

void session_fini(struct session *s)
{
	config_free(s->config);
	s->config = NULL;
}

json_t *session_ask(const struct session *s, const char *command, struct err *e)
{
	json_t *request = json_pack("{s:s}", "command", command), *reply, *result = NULL;

	if (!request) {
		err_set(e, -EINVAL, "the command is not valid UTF-8");
		return NULL;
	}
	reply = s->request(s, request, e);
	if (reply)
		result = client_reply_result(reply, e);
	json_decref(request);
	json_decref(reply);
	return result;
}

int session_learn_hostname(struct session *s, struct err *e)
{
	json_t *result = session_ask(s, "show version", e);

	strcpy(s->hostname, "xipsec");
	if (!result)
		return e->code;
	if (!view_is_null(result, "hostname"))
		snprintf(s->hostname, sizeof(s->hostname), "%s", view_str(result, "hostname"));
	json_decref(result);
	return 0;
}

const char *session_prompt(const struct session *s, char buf[static SESSION_PROMPT_MAX])
{
	if (session_configures(s))
		snprintf(buf, SESSION_PROMPT_MAX, "%s%s#", s->hostname, config_prompt(s->config));
	else
		snprintf(buf, SESSION_PROMPT_MAX, "%s%s", s->hostname, modes[s->mode].prompt);
	return buf;
}

int session_indent(const struct session *s)
{
	char prompt[SESSION_PROMPT_MAX];

	return s->interactive ? (int)strlen(session_prompt(s, prompt)) : -1;
}

/* The line of the standard input that is at fault. Returns how far right it begins. */
static int say_number(const struct session *s, const char *line)
{
	int indent;

	if (!s->number)
		return 0;
	indent = fprintf(s->err, "line %u: ", s->number);
	say_line(s->err, line);
	putc('\n', s->err);
	return indent;
}

int session_fail(const struct session *s, const char *line, const char *fmt, ...)
{
	char text[ERR_TEXT_MAX + 128];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	say_number(s, line);
	fputs("% ", s->err);
	say_line(s->err, text);		/* may hold what was typed */
	putc('\n', s->err);
	return 1;
}

int session_verdict(const struct session *s, const char *line, enum verdict v, unsigned int column)
{
	int indent = session_indent(s);

	if (s->number && v != MATCH_OK)
		indent = say_number(s, line);
	say_verdict(s->err, line, v, column, indent);
	return v != MATCH_OK;
}

int session_line(struct session *s, const char *line)
{
	if (session_configures(s))
		return config_line(s, line);
	return exec_line(s, line);
}
