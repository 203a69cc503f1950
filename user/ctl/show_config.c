// SPDX-License-Identifier: Apache-2.0
/* `show running-config` and `show startup-config` (R-CFG-3): lines of text, keys masked. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/config/file.h"
#include "user/config/keys.h"
#include "user/config/mask.h"
#include "user/config/print.h"
#include "user/ctl/answer.h"

/* Text of an operator may be UTF-8; what is neither that nor a control character becomes '?'. */
static json_t *config_line(char *line, size_t len)
{
	json_t *o = json_stringn(line, len);
	size_t i;

	for (i = 0; !o && i < len; i++)
		if (line[i] < ' ' || line[i] > '~')
			line[i] = '?';
	return o ? o : json_stringn(line, len);
}

/* The text is changed and freed. */
static json_t *config_lines(char *text)
{
	json_t *list = json_array();
	char *line, *end;

	for (line = text; *line; line = end + 1) {
		end = strchrnul(line, '\n');
		json_array_append_new(list, config_line(line, (size_t)(end - line)));
		if (!*end)
			break;
	}
	free(text);
	return list;
}

static json_t *config_out_of_memory(struct err *e)
{
	err_set(e, -ENOMEM, "out of memory");
	return NULL;
}

json_t *answer_running_config(struct gateway *gw, const struct command *c, struct err *e)
{
	static const char head[] = "bytes\n!\n";
	char *text = NULL, *body;
	size_t len = 0;
	FILE *f;
	int ret;

	(void)c;
	if (!gw->running) {
		err_set(e, -ENOENT, "there is no configuration: the daemon only guards");
		return NULL;
	}
	f = open_memstream(&text, &len);
	ret = f ? print_running(gw->running, f) : -ENOMEM;
	if ((f && fclose(f)) || ret) {
		free(text);
		return config_out_of_memory(e);
	}
	body = strstr(text, head);
	len = body ? strlen(body + sizeof(head) - 1) : len;
	return json_pack("{s:I, s:o, s:s*}", "bytes", answer_int(len), "text", config_lines(text),
			 "advice", keys_advice(gw->running, gw->master.t6));
}

static json_t *config_masked(char *text, size_t len, struct err *e)
{
	const struct grammar *g = grammar_get(e);
	char *shown = NULL;
	size_t size = 0;
	FILE *f = g ? open_memstream(&shown, &size) : NULL;

	if (!g)
		return NULL;
	if (f)
		mask_text(g, text, len, f);
	if (!f || fclose(f)) {
		free(shown);
		return config_out_of_memory(e);
	}
	return json_pack("{s:I, s:I, s:o}", "bytes", answer_int(len), "bytes-max",
			 (json_int_t)LEX_FILE_MAX, "text", config_lines(shown));
}

json_t *answer_startup_config(struct gateway *gw, const struct command *c, struct err *e)
{
	json_t *result = NULL;
	char *text = NULL;
	size_t len = 0;
	int ret;

	(void)c;
	if (!gw->startup[0]) {
		err_set(e, -ENOENT, "there is no configuration: the daemon only guards");
		return NULL;
	}
	ret = file_read(gw->startup, &text, &len, e);
	if (ret == -ENOENT)
		err_set(e, ret, "startup-config is not present");
	else if (ret)
		err_prefix(e, "%s", gw->startup);
	else
		result = config_masked(text, len, e);
	if (text)
		explicit_bzero(text, len);
	free(text);
	return result;
}
