// SPDX-License-Identifier: Apache-2.0
#include "configured.h"

#include <stdlib.h>
#include <string.h>

#include "selftests/unit/config/conf.c"
#include "user/cli/show.h"
#include "user/cli/view.h"
#include "user/ctl/ctl.h"

void configured_init(struct configured *c, const char *text)
{
	fake_init(&c->fake);
	conf_load(&c->conf, text);
	c->fake.gw.configured = true;
	c->fake.gw.running = &c->conf.t;
}

void configured_fini(struct configured *c)
{
	conf_fini(&c->conf);
}

static json_t *reply_of(struct configured *c, const char *command)
{
	json_t *request = json_pack("{s:s}", "command", command), *reply;
	char *line = json_dumps(request, 0);

	reply = ctl_handle(&c->fake.gw, line, strlen(line));
	free(line);
	json_decref(request);
	return reply;
}

json_t *configured_ask(struct configured *c, const char *command)
{
	json_t *reply = reply_of(c, command), *result;

	if (!view_bool(reply, "ok"))
		fail_msg("%s: %s", command, view_str(reply, "error"));
	result = json_incref(json_object_get(reply, "result"));
	json_decref(reply);
	view_clean(result);
	return result;
}

char *configured_error(struct configured *c, const char *command)
{
	json_t *reply = reply_of(c, command);
	char *text;

	if (view_bool(reply, "ok"))
		fail_msg("%s: done, and should not be", command);
	text = strdup(view_str(reply, "error"));
	json_decref(reply);
	return text;
}

char *configured_show(struct configured *c, const char *command)
{
	json_t *result = configured_ask(c, command);
	static struct command_line line;
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	assert_int_equal(command_read(&line, command), MATCH_OK);
	show_result(f, result, &line.command);
	fclose(f);
	json_decref(result);
	return text;
}

void configured_expect(struct configured *c, const char *command, const char *want)
{
	char *got = configured_show(c, command);

	assert_string_equal(got, want);
	free(got);
}

void configured_expect_json(struct configured *c, const char *command, const char *path,
			    const char *want)
{
	json_t *result = configured_ask(c, command);
	const json_t *at = *path >= '0' && *path <= '9' ? NULL : view_at(result, path);
	char *got = at ? json_dumps(at, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY) : NULL, *p;

	for (p = got; p && (p = strchr(p, '"')); p++)
		*p = '\'';
	assert_string_equal(got ? got : "(nothing)", want);
	free(got);
	json_decref(result);
}
