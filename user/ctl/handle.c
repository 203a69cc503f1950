/* SPDX-License-Identifier: Apache-2.0 */
/* From a request line to its answer. No socket here: tests and fuzzers call it. */
#include "user/ctl/handle.h"

#include <errno.h>
#include <string.h>

#include "user/cli/commands.h"
#include "user/ctl/answer.h"
#include "user/ctl/ctl.h"

static const struct {
	answer_fn	*answer;
	enum ctl_right	right;
} handlers[CMD_MAX] = {
	[CMD_CLEAR_COUNTERS]	= { answer_clear_counters, CTL_MAY_CLEAR },
	[CMD_SHOW_DROPS]	= { answer_drops, CTL_MAY_SHOW },
	[CMD_SHOW_DROP_SOURCES]	= { answer_drop_sources, CTL_MAY_SHOW },
	[CMD_SHOW_ENGINE]	= { answer_engine, CTL_MAY_SHOW },
	[CMD_SHOW_LOGGING]	= { answer_logging, CTL_MAY_SHOW },
	[CMD_SHOW_SA]		= { answer_sa, CTL_MAY_SHOW },
	[CMD_SHOW_VERSION]	= { answer_version, CTL_MAY_SHOW },
};

json_t *handle_refusal(const char *text)
{
	return json_pack("{s:b, s:o}", "ok", 0, "error", answer_text(text));
}

static const char *verdict_text(enum command_verdict v)
{
	switch (v) {
	case COMMAND_OK:
		break;
	case COMMAND_EMPTY:
	case COMMAND_INCOMPLETE:
		return "incomplete command";
	case COMMAND_AMBIGUOUS:
		return "ambiguous command";
	case COMMAND_INVALID:
		return "unknown command";
	}
	return "";
}

static json_t *run(struct guard *g, enum ctl_right right, const char *text)
{
	struct err e = {};
	struct command_line line;
	enum command_verdict v;
	json_t *result;
	size_t column;

	v = command_parse(text, &line, &column);
	if (v)
		return handle_refusal(verdict_text(v));
	if (right < handlers[line.command->id].right)
		return handle_refusal("permission denied: root or a member of the socket's group "
				      "may do this");
	result = handlers[line.command->id].answer(g, &line, &e);
	if (!result)
		return handle_refusal(e.text[0] ? e.text : "out of memory");
	return json_pack("{s:b, s:o}", "ok", 1, "result", result);
}

/* One member, "command", and nothing that we would have to guess at. */
static const char *command_of(const json_t *request, const char **text)
{
	json_t *command = json_object_get(request, "command");

	if (!json_is_object(request))
		return "the request is not a JSON object";
	if (!json_is_string(command))
		return "the request has no member \"command\" that is a string";
	if (json_object_size(request) != 1)
		return "the request has members beside \"command\"";
	*text = json_string_value(command);
	if (strlen(*text) != json_string_length(command))
		return "the command contains a zero byte";
	return NULL;
}

json_t *handle_request(struct guard *g, enum ctl_right right, const char *line, size_t len)
{
	json_t *request = json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL);
	const char *text, *wrong;
	json_t *reply;

	if (!request)
		return handle_refusal("the request is not JSON");
	wrong = command_of(request, &text);
	reply = wrong ? handle_refusal(wrong) : run(g, right, text);
	json_decref(request);
	return reply;
}

json_t *ctl_handle(struct guard *g, const char *line, size_t len)
{
	json_t *reply = handle_request(g, CTL_MAY_CLEAR, line, len);

	return reply ? reply : json_false();	/* out of memory: a constant of jansson */
}
