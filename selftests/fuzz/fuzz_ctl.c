// SPDX-License-Identifier: Apache-2.0
/*
 * The control socket from both ends. The first byte says which:
 *
 *   r REQUEST          a request line to the daemon; its answer goes to the client
 *   c COMMAND \n REPLY a command and what a daemon answers, to the client: a hostile
 *                      or other daemon must not end it, nor get a control character
 *                      to the terminal
 *   h LINE             help, completion and filters
 *   s LINES \n\n REPLIES
 *                      lines typed into a session, and what a daemon answers in turn
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "selftests/unit/ctl/fake.c"
#include "user/cli/client.h"
#include "user/cli/config.h"
#include "user/cli/filter.h"
#include "user/cli/say.h"
#include "user/cli/session.h"
#include "user/cli/show.h"
#include "user/cli/view.h"
#include "user/config/help.h"
#include "user/ctl/ctl.h"

static struct fake fake;
static struct tree running;

/* Without randomness no master key is made: its derivation takes longer than all else. */
static int no_random(void *ctx, void *buf, size_t len)
{
	return -EIO;
}

static struct env env;

static void configure_again(void)
{
	static const char text[] = "hostname R1\ncrypto keyring k\n pre-shared-key address 192.0.2.9 key x\n"
		"crypto ipsec transform-set t esp-aes esp-sha256-hmac\n"
		"crypto map lab 10 ipsec-manual\n set peer 198.51.100.2\n set transform-set t\n"
		" match address 101\naccess-list 101 permit ip host 10.1.1.1 host 10.2.2.2\n"
		"interface eth0\n crypto map lab\n";
	struct err e = {};
	struct diags d = {};
	struct load l;

	tree_fini(&running);
	running = (struct tree){};
	if (tree_init(&running))
		abort();
	load_init(&l, grammar_get(&e), &running, &d);
	load_text(&l, text, sizeof(text) - 1);
	load_fini(&l);
	diag_fini(&d);
	fake.gw.running = &running;
	fake.gw.configured = true;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	fake_init(&fake);
	fake.xfrm.sas[0] = fake_sa("198.51.100.2", "192.0.2.1", 0x249C5062, 1);
	fake.xfrm.sas[1] = fake_sa("192.0.2.1", "198.51.100.2", 0x7AA69CB7, 1);
	fake.xfrm.nsas = 2;
	fake.xfrm.pols[0] = fake_policy(XFRM_POLICY_OUT, "10.1.0.0", 16, "10.2.0.0", 16);
	fake_template(&fake.xfrm.pols[0], IPPROTO_ESP, 1, "192.0.2.1", "198.51.100.2");
	fake.xfrm.npols = 1;
	env = *fake.gw.env;
	env.random = no_random;
	fake.gw.env = &env;
	strcpy(fake.gw.master.path, "/nonexistent/xipsec/master-key");
	configure_again();
	return 0;
}

static void check_text(const char *text)
{
	for (; *text; text++)
		if (((unsigned char)*text < ' ' && *text != '\n' && *text != '\t') || *text == 0x7f)
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
	if (json_object_get(asked, "configure")) {
		configure_again();
	} else if (view_bool(reply, "ok")) {
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

/* --- a session ---------------------------------------------------------------------------- */

static const char *replies;

static json_t *next_reply(const struct session *s, const json_t *request, struct err *e)
{
	size_t len = strcspn(replies, "\n");
	json_t *reply = json_loadb(replies, len, 0, NULL);

	(void)s;
	(void)request;
	replies += len + !!replies[len];
	if (reply)
		view_clean(reply);	/* as client_request() does */
	else
		err_set(e, -EPROTO, "not JSON");
	return reply;
}

static bool answer_word(const char *prompt, bool hidden, char *buf, size_t size)
{
	check_text(prompt);
	snprintf(buf, size, "word");
	return true;
}

static void type_lines(char *lines, bool interactive)
{
	char *text = NULL, *line, prompt[SESSION_PROMPT_MAX];
	struct session s;
	size_t len;

	if (session_init(&s, "/nowhere"))
		return;
	s.out = s.err = open_memstream(&text, &len);
	s.request = next_reply;
	s.interactive = interactive;
	s.answer = interactive ? answer_word : NULL;
	while (!s.done && (line = strsep(&lines, "\n"))) {
		s.number += !interactive;
		tame(strchr(line, '|') ?: (char[]){ 0 });
		session_line(&s, line);
		check_text(session_prompt(&s, prompt));
	}
	if (session_configures(&s))
		config_flush(&s);
	fclose(s.out);
	check_text(text);
	free(text);
	session_fini(&s);
}

static void session(char *text)
{
	char *copy = strdup(text), *end = strstr(text, "\n\n");

	replies = end ? end + 2 : "";
	if (end)
		*end = copy[end - text] = '\0';
	type_lines(text, true);
	replies = end ? end + 2 : "";
	type_lines(copy, false);
	free(copy);
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
	} else if (data[0] == 's') {
		session(copy);
	}
	free(copy);
	return 0;
}
