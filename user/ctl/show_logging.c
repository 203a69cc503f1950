/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/timex.h>

#include "user/ctl/answer.h"
#include "user/lib/log.h"

static void add_line(void *ctx, uint64_t wall_ns, const char *text)
{
	json_array_append_new(ctx, json_pack("{s:I, s:o}", "time-ms",
					     answer_int(wall_ns / 1000000), "text",
					     answer_text(text)));
}

/* R-LOG-2: a '*' before the stamp says that the clock may be wrong. */
static bool clock_synchronised(void)
{
	struct timex t = {};

	return adjtimex(&t) != TIME_ERROR;
}

json_t *answer_logging(struct gateway *gw, const struct command *c, struct err *e)
{
	uint64_t written = 0, suppressed = 0;
	json_t *lines = json_array();

	(void)gw;
	(void)c;
	(void)e;
	log_counts(&written, &suppressed);
	log_ring_each(add_line, lines);
	return json_pack("{s:I, s:I, s:b, s:o}", "messages", answer_int(written),
			 "rate-limited", answer_int(suppressed),
			 "clock-synchronised", clock_synchronised(), "lines", lines);
}
