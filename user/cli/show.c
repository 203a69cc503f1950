// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "user/cli/show.h"

/* As in user/ctl/handle.c: the longest words win. */
static const struct renderer {
	const char	*words;
	show_fn		*show;
} renderers[] = {
	{ "clear crypto counters",	show_cleared },
	{ "show crypto drops",		show_drops },
	{ "show crypto drops sources",	show_drop_sources },
	{ "show crypto engine",		show_engine },
	{ "show crypto ipsec sa",	show_ipsec_sa },
	{ "show logging",		show_logging },
	{ "show version",		show_version },
};

#define NRENDERERS	(sizeof(renderers) / sizeof(renderers[0]))

static void show_json(FILE *out, const json_t *result)
{
	char *text = json_dumps(result, JSON_INDENT(2) | JSON_ENSURE_ASCII | JSON_ENCODE_ANY);

	if (text)
		fprintf(out, "%s\n", text);
	free(text);
}

void show_result(FILE *out, const json_t *result, const struct command *c)
{
	const struct renderer *r = command_find(c, renderers, NRENDERERS, sizeof(renderers[0]));

	if (r)
		r->show(out, result, c);
	else
		show_json(out, result);
}
