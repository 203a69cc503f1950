// SPDX-License-Identifier: Apache-2.0
/* `copy`, `write`, `reload`: what became of a whole configuration. */
#include "user/cli/show.h"
#include "user/cli/view.h"

/* R-CFG-3 */
void show_saved(FILE *out, const json_t *result, const struct command *c)
{
	(void)c;
	show_advice(out, result);
	fputs("Building configuration...\n[OK]\n", out);
}

/* Each fault as `xipsecd -t` tells it. */
void show_reloaded(FILE *out, const json_t *result, const struct command *c)
{
	const json_t *list = view_at(result, "messages"), *m;
	const char *file = view_str(result, "file");
	size_t i;

	(void)c;
	json_array_foreach(list, i, m) {
		fputs(file, out);
		if (view_int(m, "line"))
			fprintf(out, ":%lld", (long long)view_int(m, "line"));
		fprintf(out, ": %s: %s\n", view_str(m, "severity"), view_str(m, "text"));
	}
	fprintf(out, "%s: %lld errors, %lld warnings, %lld notices\n", file,
		(long long)view_int(result, "errors"), (long long)view_int(result, "warnings"),
		(long long)view_int(result, "notices"));
	if (view_bool(result, "loaded"))
		fputs("[OK]\n", out);
	else
		fprintf(out, "%% Nothing was changed: %s\n", view_str(result, "reason"));
}
