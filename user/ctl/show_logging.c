/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/timex.h>

#include "user/ctl/answer.h"
#include "user/lib/log.h"

struct collected {
	json_t		*lines;
	uint64_t	started_ns;
};

static void add_line(void *ctx, uint64_t wall_ns, const char *text)
{
	const struct collected *to = ctx;
	uint64_t up = wall_ns > to->started_ns ? wall_ns - to->started_ns : 0;

	json_array_append_new(to->lines, json_pack("{s:I, s:I, s:o}", "time-ms",
						   answer_int(wall_ns / 1000000), "uptime-ms",
						   answer_int(up / 1000000), "text",
						   answer_text(text)));
}

/* What `service timestamps` wants in front of messages, or of debugging (R-LOG-2). */
static json_t *stamp_json(const struct gateway *gw, const char *what)
{
	const struct node *n = gw->running ? gw->running->root.first : NULL;

	for (; n; n = n->next)
		if (node_counts(n) && n->p && node_is(n, "service timestamps") && node_has(n, what))
			return json_pack("{s:b, s:b, s:b}", "uptime", node_has(n, "uptime"),
					 "msec", node_has(n, "msec"), "localtime",
					 node_has(n, "localtime"));
	return json_pack("{s:b, s:b, s:b}", "uptime", 0, "msec", 1, "localtime", 0);
}

/* R-LOG-2: a '*' before the stamp says that the clock may be wrong. */
static bool clock_synchronised(void)
{
	struct timex t = {};

	return adjtimex(&t) != TIME_ERROR;
}

json_t *answer_logging(struct gateway *gw, const struct command *c, struct err *e)
{
	struct collected to = { json_array(), gw->guard.started_ns };
	uint64_t written = 0, suppressed = 0;
	struct log_keeping keep;

	(void)c;
	(void)e;
	log_counts(&written, &suppressed);
	log_ring_each(add_line, &to);
	log_kept(&keep);
	return json_pack("{s:I, s:I, s:b, s:b, s:i, s:o, s:{s:o, s:o}, s:o}",
			 "messages", answer_int(written), "rate-limited", answer_int(suppressed),
			 "clock-synchronised", clock_synchronised(), "console", keep.console,
			 "buffer-level", (int)keep.least,
			 "buffer-bytes", keep.bytes ? json_integer((json_int_t)keep.bytes) : json_null(),
			 "timestamps", "log", stamp_json(gw, "log"), "debug", stamp_json(gw, "debug"),
			 "lines", to.lines);
}
