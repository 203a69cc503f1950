// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "user/cli/show.h"

/* As in user/ctl/handle.c: the longest words win. */
static const struct renderer {
	const char	*words;
	show_fn		*show;
} renderers[] = {
	{ "clear crypto counters",	show_cleared },
	{ "clear crypto sa",		show_cleared_sa },
	{ "copy running-config",	show_saved },
	{ "copy startup-config",	show_reloaded },
	{ "debug",			show_debug },
	{ "reload",			show_reloaded },
	{ "show access-lists",		show_access_lists },
	{ "show crypto dynamic-map",	show_dynamic_map },
	{ "show crypto drops",		show_drops },
	{ "show crypto drops sources",	show_drop_sources },
	{ "show crypto engine",		show_engine },
	{ "show crypto ikev2 proposal",	show_ikev2_proposal },
	{ "show crypto ipsec sa",	show_ipsec_sa },
	{ "show crypto ipsec transform-set", show_transform_set },
	{ "show crypto isakmp key",	show_isakmp_key },
	{ "show crypto isakmp policy",	show_isakmp_policy },
	{ "show crypto map",		show_crypto_map },
	{ "show crypto session",	show_session },
	{ "show debugging",		show_debugging },
	{ "show interface",		show_interface },
	{ "show ip interface",		show_ip_interface },
	{ "show ip route",		show_ip_route },
	{ "show logging",		show_logging },
	{ "show running-config",	show_running_config },
	{ "show startup-config",	show_startup_config },
	{ "show version",		show_version },
	{ "undebug",			show_debug },
	{ "write",			show_saved },
	{ "write terminal",		show_running_config },
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
