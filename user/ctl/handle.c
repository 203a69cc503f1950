/* SPDX-License-Identifier: Apache-2.0 */
/* From a request line to its answer. No socket here: tests and fuzzers call it. */
#include "user/ctl/handle.h"

#include <stdio.h>
#include <string.h>

#include "user/ctl/answer.h"
#include "user/ctl/configure.h"
#include "user/ctl/ctl.h"

#define CLIENT		"a command of the client, not of the daemon"
#define EZVPN		"Easy VPN is not built yet"
#define FAILOVER	"failover is not built yet"
#define IKE		"IKE is not built yet"
#define PKI		"certificates are not built yet"
#define QUEUES		"queues before encryption are not built yet"
#define LATER		"not built yet"

/* Whether the client may change things; asked by `enable`. */
static json_t *answer_enable(struct gateway *gw, const struct command *c, struct err *e)
{
	(void)gw;
	(void)c;
	(void)e;
	return json_object();
}

/* The longest words that a command's row begins with win. */
static const struct handler {
	const char	*words;
	answer_fn	*answer;
	enum ctl_right	right;
	const char	*missing;	/* why there is no answer */
} handlers[] = {
	/* clang-format off */
	{ "clear crypto counters",		answer_clear_counters, CTL_MAY_CLEAR, NULL },
	{ "clear crypto ikev2",			NULL, CTL_MAY_CLEAR, IKE },
	{ "clear crypto ipsec client ezvpn",	NULL, CTL_MAY_CLEAR, EZVPN },
	{ "clear crypto isakmp",		NULL, CTL_MAY_CLEAR, IKE },
	{ "clear crypto isakmp ha",		NULL, CTL_MAY_CLEAR, FAILOVER },
	{ "clear crypto sa",			answer_clear_sa, CTL_MAY_CLEAR, NULL },
	{ "clear crypto sa ha",			NULL, CTL_MAY_CLEAR, FAILOVER },
	{ "clear crypto session",		NULL, CTL_MAY_CLEAR, IKE },
	{ "configure terminal",			NULL, CTL_MAY_CLEAR, CLIENT },
	{ "copy running-config startup-config",	answer_save, CTL_MAY_CLEAR, NULL },
	{ "copy startup-config running-config",	answer_reload, CTL_MAY_CLEAR, NULL },
	{ "crypto ipsec client ezvpn",		NULL, CTL_MAY_CLEAR, EZVPN },
	{ "debug",				answer_debug, CTL_MAY_CLEAR, NULL },
	{ "disable",				NULL, CTL_MAY_SHOW, CLIENT },
	{ "enable",				answer_enable, CTL_MAY_CLEAR, NULL },
	{ "end",				NULL, CTL_MAY_SHOW, CLIENT },
	{ "exit",				NULL, CTL_MAY_SHOW, CLIENT },
	{ "logout",				NULL, CTL_MAY_SHOW, CLIENT },
	{ "ping",				NULL, CTL_MAY_SHOW, "ping(8) of the machine does this" },
	{ "quit",				NULL, CTL_MAY_SHOW, CLIENT },
	{ "reload",				answer_reload, CTL_MAY_CLEAR, NULL },
	{ "show access-lists",			answer_access_lists, CTL_MAY_SHOW, NULL },
	{ "show crypto drops",			answer_drops, CTL_MAY_SHOW, NULL },
	{ "show crypto drops sources",		answer_drop_sources, CTL_MAY_SHOW, NULL },
	{ "show crypto dynamic-map",		answer_dynamic_map, CTL_MAY_SHOW, NULL },
	{ "show crypto engine",			answer_engine, CTL_MAY_SHOW, NULL },
	{ "show crypto engine qos",		NULL, CTL_MAY_SHOW, QUEUES },
	{ "show crypto ha",			NULL, CTL_MAY_SHOW, FAILOVER },
	{ "show crypto ikev2 proposal",		answer_ikev2_proposal, CTL_MAY_SHOW, NULL },
	{ "show crypto ikev2 sa",		NULL, CTL_MAY_SHOW, IKE },
	{ "show crypto ipsec client ezvpn",	NULL, CTL_MAY_SHOW, EZVPN },
	{ "show crypto ipsec ha",		NULL, CTL_MAY_SHOW, FAILOVER },
	{ "show crypto ipsec sa",		answer_sa, CTL_MAY_SHOW, NULL },
	{ "show crypto ipsec sa standby",	NULL, CTL_MAY_SHOW, FAILOVER },
	{ "show crypto ipsec transform-set",	answer_transform_set, CTL_MAY_SHOW, NULL },
	{ "show crypto isakmp ha",		NULL, CTL_MAY_SHOW, FAILOVER },
	{ "show crypto isakmp key",		answer_isakmp_key, CTL_MAY_SHOW, NULL },
	{ "show crypto isakmp policy",		answer_isakmp_policy, CTL_MAY_SHOW, NULL },
	{ "show crypto isakmp sa",		NULL, CTL_MAY_SHOW, IKE },
	{ "show crypto isakmp ssp",		NULL, CTL_MAY_SHOW, FAILOVER },
	{ "show crypto key",			NULL, CTL_MAY_SHOW, PKI },
	{ "show crypto map",			answer_crypto_map, CTL_MAY_SHOW, NULL },
	{ "show crypto pki",			NULL, CTL_MAY_SHOW, PKI },
	{ "show crypto route",			NULL, CTL_MAY_SHOW, LATER },
	{ "show crypto session",		answer_session, CTL_MAY_SHOW, NULL },
	{ "show debugging",			answer_debugging, CTL_MAY_SHOW, NULL },
	{ "show frame-relay pvc",		NULL, CTL_MAY_SHOW, "there is no Frame Relay here" },
	{ "show history",			NULL, CTL_MAY_SHOW, CLIENT },
	{ "show interface",			answer_interface, CTL_MAY_SHOW, NULL },
	{ "show ip interface",			answer_ip_interface, CTL_MAY_SHOW, NULL },
	{ "show ip route",			answer_ip_route, CTL_MAY_SHOW, NULL },
	{ "show logging",			answer_logging, CTL_MAY_SHOW, NULL },
	{ "show policy-map interface",		NULL, CTL_MAY_SHOW, QUEUES },
	{ "show redundancy",			NULL, CTL_MAY_SHOW, FAILOVER },
	{ "show running-config",		answer_running_config, CTL_MAY_SHOW, NULL },
	{ "show ssp",				NULL, CTL_MAY_SHOW, FAILOVER },
	{ "show standby",			NULL, CTL_MAY_SHOW, FAILOVER },
	{ "show startup-config",		answer_startup_config, CTL_MAY_SHOW, NULL },
	{ "show version",			answer_version, CTL_MAY_SHOW, NULL },
	{ "terminal",				NULL, CTL_MAY_SHOW, CLIENT },
	{ "undebug",				answer_debug, CTL_MAY_CLEAR, NULL },
	{ "write",				answer_save, CTL_MAY_CLEAR, NULL },
	{ "write terminal",			answer_running_config, CTL_MAY_SHOW, NULL },
	/* clang-format on */
};

#define NHANDLERS	(sizeof(handlers) / sizeof(handlers[0]))

json_t *handle_refusal(const char *text)
{
	return json_pack("{s:b, s:o}", "ok", 0, "error", answer_text(text));
}

static const char *verdict_text(enum verdict v)
{
	switch (v) {
	case MATCH_OK:
		break;
	case MATCH_INCOMPLETE:
		return "incomplete command";
	case MATCH_AMBIGUOUS:
		return "ambiguous command";
	case MATCH_INVALID:
		return "unknown command";
	}
	return "";
}

static json_t *answer(struct gateway *gw, enum ctl_right right, const struct command *c)
{
	const struct handler *h = command_find(c, handlers, NHANDLERS, sizeof(handlers[0]));
	char text[ERR_TEXT_MAX];
	struct err e = {};
	json_t *result;

	if (h && right < h->right)
		return handle_refusal("permission denied: root or a member of the socket's group "
				      "may do this");
	/* A file is read with our rights, and what is wrong in it is told: whoever may read any. */
	if (right < CTL_ROOT && command_arg(c, "file"))
		return handle_refusal("permission denied: only root may name a file");
	if (!h || !h->answer) {
		snprintf(text, sizeof(text), "not available: %s", h ? h->missing : LATER);
		return handle_refusal(text);
	}
	result = h->answer(gw, c, &e);
	if (!result)
		return handle_refusal(e.text[0] ? e.text : "out of memory");
	return json_pack("{s:b, s:o}", "ok", 1, "result", result);
}

static json_t *run(struct gateway *gw, enum ctl_right right, const char *text)
{
	static struct command_line c;	/* requests come one by one */
	enum verdict v = command_read(&c, text);

	return v == MATCH_OK ? answer(gw, right, &c.command) : handle_refusal(verdict_text(v));
}

/* One member, "command", and nothing that we would have to guess at. */
static const char *command_of(const json_t *request, const char **text)
{
	json_t *command = json_object_get(request, "command");

	if (!json_is_string(command))
		return "the request has no member \"command\" that is a string";
	if (json_object_size(request) != 1)
		return "the request has members beside \"command\"";
	*text = json_string_value(command);
	if (strlen(*text) != json_string_length(command))
		return "the command contains a zero byte";
	return NULL;
}

static json_t *run_configure(struct gateway *gw, enum ctl_right right, const json_t *request)
{
	if (json_object_size(request) != 1)
		return handle_refusal("the request has members beside \"configure\"");
	if (right < CTL_MAY_CLEAR)
		return handle_refusal("permission denied: root or a member of the socket's group "
				      "may configure");
	return configure(gw, json_object_get(request, "configure"));
}

json_t *handle_request(struct gateway *gw, enum ctl_right right, const char *line, size_t len)
{
	json_t *request = json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL);
	const char *text, *wrong;
	json_t *reply;

	if (!request)
		return handle_refusal("the request is not JSON");
	if (!json_is_object(request)) {
		reply = handle_refusal("the request is not a JSON object");
	} else if (json_object_get(request, "configure")) {
		reply = run_configure(gw, right, request);
	} else {
		wrong = command_of(request, &text);
		reply = wrong ? handle_refusal(wrong) : run(gw, right, text);
	}
	json_decref(request);
	return reply;
}

json_t *ctl_handle(struct gateway *gw, const char *line, size_t len)
{
	json_t *reply = handle_request(gw, CTL_MAY_CLEAR, line, len);

	return reply ? reply : json_false();	/* out of memory: a constant of jansson */
}
