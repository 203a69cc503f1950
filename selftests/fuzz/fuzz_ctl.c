// SPDX-License-Identifier: Apache-2.0
/*
 * The control socket from both ends. The first byte says which:
 *
 *   r REQUEST          a request line to the daemon; its answer goes to the client
 *   c COMMAND \n REPLY a command and what a daemon answers, to the client: a hostile
 *                      or other daemon must not end it, nor get a control character
 *                      to the terminal
 *   h LINE             help, completion and filters
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/lib/addr.c"
#include "user/lib/env.c"
#include "user/lib/err.c"
#include "user/lib/hash.c"
#include "user/lib/log.c"
#include "user/lib/secret.c"

#include "user/cli/client.c"
#include "user/cli/view.c"
#include "user/cli/say.c"
#include "user/cli/notes.c"
#include "user/cli/show.c"
#include "user/cli/show_acl.c"
#include "user/cli/show_config.c"
#include "user/cli/show_debug.c"
#include "user/cli/show_drops.c"
#include "user/cli/show_engine.c"
#include "user/cli/show_ikev2.c"
#include "user/cli/show_ipsec_sa.c"
#include "user/cli/show_isakmp.c"
#include "user/cli/show_logging.c"
#include "user/cli/show_map.c"
#include "user/cli/show_session.c"
#include "user/cli/show_tset.c"
#include "user/cli/show_version.c"
#include "user/cli/filter.c"

#include "user/ctl/transform.c"
#include "user/ctl/answer.c"
#include "user/ctl/clear.c"
#include "user/ctl/clear_sa.c"
#include "user/ctl/command.c"
#include "user/ctl/debug.c"
#include "user/ctl/defs.c"
#include "user/ctl/flows.c"
#include "user/ctl/handle.c"
#include "user/ctl/items.c"
#include "user/ctl/legacy.c"
#include "user/dataplane/windows.c"
#include "user/ctl/maps.c"
#include "user/ctl/netif.c"
#include "user/ctl/sa_base.c"
#include "user/ctl/sa_json.c"
#include "user/ctl/sadb.c"
#include "user/ctl/show_acl.c"
#include "user/ctl/show_config.c"
#include "user/ctl/show_drops.c"
#include "user/ctl/show_engine.c"
#include "user/ctl/show_ikev2.c"
#include "user/ctl/show_isakmp.c"
#include "user/ctl/show_logging.c"
#include "user/ctl/show_map.c"
#include "user/ctl/show_sa.c"
#include "user/ctl/show_session.c"
#include "user/ctl/show_tset.c"
#include "user/kernel/kalg.c"
#include "selftests/unit/ctl/fake.c"
#include "selftests/unit/ctl/fake_kobj.c"

static struct fake fake;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	fake_init(&fake);
	fake.xfrm.sas[0] = fake_sa("198.51.100.2", "192.0.2.1", 0x249C5062, 1);
	fake.xfrm.sas[1] = fake_sa("192.0.2.1", "198.51.100.2", 0x7AA69CB7, 1);
	fake.xfrm.nsas = 2;
	fake.xfrm.pols[0] = fake_policy(XFRM_POLICY_OUT, "10.1.0.0", 16, "10.2.0.0", 16);
	fake_template(&fake.xfrm.pols[0], IPPROTO_ESP, 1, "192.0.2.1", "198.51.100.2");
	fake.xfrm.npols = 1;
	return 0;
}

static void check_text(const char *text)
{
	for (; *text; text++)
		if (((unsigned char)*text < ' ' && *text != '\n') || *text == 0x7f)
			abort();
}

/* As exec.c does, but to a string. */
static void print(const json_t *result, const struct command *c, struct filter *f)
{
	char *text = NULL, *shown = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	show_result(out, result, c);
	fclose(out);
	out = open_memstream(&shown, &len);
	filter_write(f, text, out);
	fclose(out);
	check_text(shown);
	free(text);
	free(shown);
	text = json_dumps(result, JSON_INDENT(2) | JSON_ENSURE_ASCII | JSON_ENCODE_ANY);
	if (text) {
		out = open_memstream(&shown, &len);
		filter_write(f, text, out);
		fclose(out);
		check_text(shown);
		free(shown);
	}
	free(text);
}

/*
 * The regular expression is the user's own: repetitions and back references can
 * cost libc any time and memory, and are not what is looked for here.
 */
static void tame(char *command)
{
	for (; *command; command++)
		if (strchr("{\\*+", *command))
			*command = '.';
}

static void client(char *command, const char *reply, size_t len)
{
	static struct command_line line;
	struct filter f;
	struct err e = {};
	json_t *result;

	tame(command);
	if (!filter_cut(&f, command, &e) && command_read(&line, command) == MATCH_OK) {
		result = client_result(reply, len, &e);
		if (result)
			print(result, &line.command, &f);
		else
			check_text(e.text);
		json_decref(result);
	}
	filter_fini(&f);
}

static void daemon_answers(const char *request, size_t len)
{
	json_t *reply = ctl_handle(&fake.gw, request, len);
	json_t *asked = json_loadb(request, len, JSON_REJECT_DUPLICATES, NULL);
	char *text = json_dumps(reply, JSON_COMPACT | JSON_ENSURE_ASCII);
	char *command;

	if (!text || !json_is_boolean(json_object_get(reply, "ok")))
		abort();
	if (view_bool(reply, "ok")) {
		command = strdup(view_str(asked, "command"));
		client(command, text, strlen(text));
		free(command);
	}
	free(text);
	json_decref(asked);
	json_decref(reply);
}

static void help(char *line)
{
	static struct command_line c, again;
	char *text = NULL, full[LEX_LINE_MAX];
	size_t len;
	FILE *out = open_memstream(&text, &len);
	enum verdict v;

	say_help(out, M_EXEC, line, -1);
	v = command_read(&c, line);
	if (c.match.column > strlen(line))
		abort();
	say_verdict(out, line, v, c.match.column, 7);
	fclose(out);
	free(text);
	if (v != MATCH_OK)
		return;
	/* What is sent to the daemon means the same there. */
	command_text(&c, full, sizeof(full));
	if (strlen(full) + 1 < sizeof(full) &&
	    (command_read(&again, full) != MATCH_OK || again.match.p != c.match.p))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy, *newline;

	if (!size)
		return 0;
	copy = malloc(size);
	memcpy(copy, data + 1, size - 1);
	copy[size - 1] = '\0';
	newline = strchr(copy, '\n');
	if (data[0] == 'r') {
		daemon_answers(copy, size - 1);
	} else if (data[0] == 'c' && newline) {
		*newline++ = '\0';
		client(copy, newline, size - 1 - (size_t)(newline - copy));
	} else if (data[0] == 'h') {
		help(copy);
	}
	free(copy);
	return 0;
}
