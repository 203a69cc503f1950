// SPDX-License-Identifier: Apache-2.0
/* R-CFG-3. */
#include "user/cli/show.h"
#include "user/cli/view.h"

static void show_config_text(FILE *out, const json_t *result)
{
	const json_t *list = view_at(result, "text"), *line;
	size_t i;

	json_array_foreach(list, i, line)
		fprintf(out, "%s\n", view_str(line, ""));
}

/* R-LOG-33, before anything else. */
void show_advice(FILE *out, const json_t *result)
{
	if (view_at(result, "advice"))
		fprintf(out, "%s\n", view_str(result, "advice"));
}

void show_running_config(FILE *out, const json_t *result, const struct command *c)
{
	(void)c;
	show_advice(out, result);
	show_config_text(out, result);
}

void show_startup_config(FILE *out, const json_t *result, const struct command *c)
{
	(void)c;
	fprintf(out, "Using %lld out of %lld bytes\n", (long long)view_int(result, "bytes"),
		(long long)view_int(result, "bytes-max"));
	show_config_text(out, result);
}
