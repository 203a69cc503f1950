// SPDX-License-Identifier: Apache-2.0
/* R-SHOW-8, in the words of routers; and what `clear crypto sa` did. */
#include <string.h>

#include "user/cli/show.h"
#include "user/cli/view.h"

void show_debug(FILE *out, const json_t *result, const struct command *c)
{
	const json_t *list = view_at(result, "debugging"), *d;
	const char *state = view_bool(result, "on") ? "on" : "off";
	size_t i;

	(void)c;
	if (view_bool(result, "all")) {
		fprintf(out, "All possible debugging has been turned %s\n", state);
		return;
	}
	json_array_foreach(list, i, d)
		fprintf(out, "%s is %s\n", view_str(d, "text"), state);
}

void show_debugging(FILE *out, const json_t *result, const struct command *c)
{
	const json_t *list = view_at(result, "debugging"), *d;
	const char *before = "";
	size_t i;

	(void)c;
	json_array_foreach(list, i, d) {
		if (strcmp(before, view_str(d, "subsystem")))
			fprintf(out, "%s%s:\n", i ? "\n" : "", view_str(d, "subsystem"));
		before = view_str(d, "subsystem");
		fprintf(out, "  %s is on\n", view_str(d, "text"));
	}
}

void show_cleared_sa(FILE *out, const json_t *result, const struct command *c)
{
	const json_t *list = view_at(result, "failed"), *f;
	size_t i;

	(void)c;
	if (!view_is_null(result, "counters-cleared")) {
		fprintf(out, "Cleared: counters of %lld security associations\n",
			(long long)view_int(result, "counters-cleared"));
		return;
	}
	fprintf(out, "Deleted: %lld security associations; of others, left alone: %lld\n",
		(long long)view_int(result, "deleted"), (long long)view_int(result, "left-alone"));
	json_array_foreach(list, i, f)
		fprintf(out, "%% SPI %s: %s\n", view_str(f, "spi-hex"), view_str(f, "why"));
}
