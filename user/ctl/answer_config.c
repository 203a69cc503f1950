// SPDX-License-Identifier: Apache-2.0
/* `reload`, `copy`, `write`: whole configurations. */
#include <errno.h>

#include "user/config/keys.h"
#include "user/ctl/answer.h"
#include "user/lib/log.h"

#define MESSAGES_MAX	200

static json_t *messages_of(const struct diags *d)
{
	static const char *const severity[DIAG_SEVERITIES] = { "error", "warning", "notice" };
	json_t *list = json_array(), *m;
	size_t i;

	for (i = 0; i < d->n && json_array_size(list) < MESSAGES_MAX; i++) {
		m = json_pack("{s:i, s:s, s:o}", "line", (int)d->list[i].line, "severity",
			      severity[d->list[i].severity], "text", answer_text(d->list[i].text));
		json_array_append_new(list, m);
	}
	return list;
}

static json_t *report_of(const char *path, const struct diags *d, const struct err *e)
{
	return json_pack("{s:o, s:b, s:o, s:I, s:I, s:I, s:o}", "file", answer_text(path),
			 "loaded", !e->code, "reason", e->code ? answer_text(e->text) : json_null(),
			 "errors", (json_int_t)d->count[DIAG_ERROR],
			 "warnings", (json_int_t)d->count[DIAG_WARNING],
			 "notices", (json_int_t)d->count[DIAG_NOTICE], "messages", messages_of(d));
}

json_t *answer_reload(struct gateway *gw, const struct command *c, struct err *e)
{
	const char *path = command_arg(c, "file");
	struct diags d = {};
	json_t *report;
	int ret;

	if (path && *path != '/') {
		err_set(e, -EINVAL, "%s: a path from the root is needed", path);
		return NULL;
	}
	ret = gateway_reload(gw, path, &d, e);
	if (!ret)
		*e = (struct err){};	/* what was forgiven on the way is no reason */
	/* What is wrong with the file is an answer; that there is none to read is an error. */
	report = ret && !d.count[DIAG_ERROR] ? NULL : report_of(path ? path : gw->startup, &d, e);
	diag_fini(&d);
	return report;
}

json_t *answer_save(struct gateway *gw, const struct command *c, struct err *e)
{
	(void)c;
	if (gateway_save(gw, e))
		return NULL;
	log_xi(SEV_NOTICE, "SAVED", "%s: the running configuration is saved", gw->startup);
	return json_pack("{s:o, s:s*}", "file", answer_text(gw->startup), "advice",
			 keys_advice(gw->running, gw->master.t6));
}
