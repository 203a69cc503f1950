// SPDX-License-Identifier: Apache-2.0
/*
 * A session against canned replies (R-CFG-1, R-CFG-5): what is sent for a line,
 * where the user stands afterwards, what is printed.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "user/cli/client.h"
#include "user/cli/config.h"
#include "user/cli/pager.h"
#include "user/cli/session.h"

static struct session s;
static char *printed;
static size_t printed_len, told;
static const char *const *replies;	/* ' for "; "", and behind the last: no daemon */
static char sent[65536];		/* requests, one a line */
static const char *keys;		/* what is typed at --More-- */

static char *with_quotes(const char *text)
{
	char *copy = strdup(text), *p;

	for (p = copy; (p = strchr(p, '\'')); p++)
		*p = '"';
	return copy;
}

static json_t *canned(const struct session *who, const json_t *request, struct err *e)
{
	char *text = json_dumps(request, JSON_COMPACT), *reply;
	json_t *o;

	strncat(strncat(sent, text, sizeof(sent) - strlen(sent) - 2), "\n", 1);
	free(text);
	if (!replies || !*replies || !**replies) {
		replies += replies && *replies;
		err_set(e, -ENOENT, "no daemon");
		return NULL;
	}
	reply = with_quotes(*replies++);
	o = json_loads(reply, 0, NULL);
	if (!o)
		fail_msg("%s", reply);
	free(reply);
	return o;
}

static bool answers_x(const char *prompt, bool hidden, char *buf, size_t size)
{
	fprintf(s.out, "[%s%s]", prompt, hidden ? "*" : "");
	snprintf(buf, size, "x");
	return true;
}

static bool answers_nothing(const char *prompt, bool hidden, char *buf, size_t size)
{
	return false;
}

static int next_key(void)
{
	return *keys ? *keys++ : EOF;
}

static int setup(void **state)
{
	if (session_init(&s, "/nowhere"))
		return -1;
	s.request = canned;
	s.out = s.err = open_memstream(&printed, &printed_len);
	told = 0;
	replies = NULL;
	sent[0] = '\0';
	return 0;
}

static int teardown(void **state)
{
	fclose(s.out);
	free(printed);
	session_fini(&s);
	return 0;
}

/* Since the last look. */
static const char *output(void)
{
	static char text[4096];

	fflush(s.out);
	snprintf(text, sizeof(text), "%s", printed + told);
	told = printed_len;
	return text;
}

static const char *prompt(void)
{
	static char buf[SESSION_PROMPT_MAX];

	return session_prompt(&s, buf);
}

#define AT(context, mode, shown)	"{'ok': true, 'result': {'context': [" context "],"	\
	" 'mode': '" mode "', 'prompt': '" shown "', 'messages': []}}"
#define AT_GLOBAL			AT("", "global configuration", "(config)")
#define AT_MAP				AT("'crypto map lab 10'", "crypto map", "(config-crypto-map)")
#define SAYS(message)			"{'ok': true, 'result': {'context': [], 'mode': "	\
	"'global configuration', 'prompt': '(config)', 'messages': [{" message "}]}}"

static void test_session_modes(void **state)
{
	static const char *const list[] = {
		"{'ok': true, 'result': {}}", AT_GLOBAL, AT_MAP, AT_MAP, AT_GLOBAL, AT_GLOBAL, AT_MAP, NULL,
	};

	replies = list;
	s.interactive = true;
	s.mode = M_USER;
	assert_string_equal(prompt(), "xipsec>");
	assert_int_equal(session_line(&s, "configure terminal"), 1);
	assert_int_equal(session_line(&s, "en"), 0);
	assert_string_equal(prompt(), "xipsec#");
	output();
	assert_int_equal(session_line(&s, "conf t"), 0);
	assert_string_equal(output(), "Enter configuration commands, one per line.  End with CNTL/Z.\n");
	assert_string_equal(prompt(), "xipsec(config)#");
	session_line(&s, "crypto map lab 10 ipsec-manual");
	assert_string_equal(prompt(), "xipsec(config-crypto-map)#");
	assert_int_equal(s.mode, M_MAP);
	sent[0] = '\0';
	session_line(&s, "set peer 192.0.2.1");
	assert_string_equal(sent, "{\"configure\":{\"context\":[\"crypto map lab 10\"],"
				  "\"lines\":[\"set peer 192.0.2.1\"]}}\n");
	session_line(&s, "ex");				/* export-... begins nothing here */
	assert_string_equal(prompt(), "xipsec(config)#");
	session_line(&s, "exit");
	assert_string_equal(prompt(), "xipsec#");
	session_line(&s, "conf t");
	session_line(&s, "crypto map lab 10");
	session_line(&s, "end");
	assert_string_equal(prompt(), "xipsec#");
	session_line(&s, "exit");
	assert_true(s.done);
}

static void test_session_daemon_refuses(void **state)
{
	static const char *const list[] = {
		"{'ok': false, 'error': 'guard mode'}",
		AT_GLOBAL, AT_MAP, "", "{'ok': false, 'error': 'what was being configured is gone'}", NULL,
	};

	replies = list;
	s.interactive = true;
	assert_int_equal(session_line(&s, "conf t"), 1);
	assert_string_equal(output(), "% guard mode\n");
	assert_int_equal(s.mode, M_EXEC);
	session_line(&s, "conf t");
	session_line(&s, "crypto map lab 10");
	output();
	/* A daemon that is away for a while keeps us where we are. */
	assert_int_equal(session_line(&s, "set peer 192.0.2.1"), 1);
	assert_string_equal(output(), "% no daemon\n");
	assert_string_equal(prompt(), "xipsec(config-crypto-map)#");
	assert_int_equal(session_line(&s, "set peer 192.0.2.1"), 1);
	assert_string_equal(output(), "% what was being configured is gone\n");
	assert_string_equal(prompt(), "xipsec(config)#");
}

static void test_session_messages(void **state)
{
	static const struct {
		const char *reply, *text;
		int ret;
	} rows[] = {
		{ SAYS("'line': 1, 'severity': 'error', 'column': 2, 'text': 'unknown command \\'x\\''"),
		  "                 ^\n% Invalid input detected at '^' marker.\n% unknown command \"x\"\n", 1 },
		{ SAYS("'line': 1, 'severity': 'error', 'column': 9, 'text': 'Incomplete command.'"),
		  "% Incomplete command.\n", 1 },
		{ SAYS("'line': 1, 'severity': 'error', 'column': 0, 'text': 'Ambiguous command:  z'"),
		  "% Ambiguous command:  \"  a line\"\n", 1 },
		/* A column that is not of the line. */
		{ SAYS("'line': 1, 'severity': 'error', 'column': 99, 'text': 'far'"), "% far\n", 1 },
		{ SAYS("'line': 1, 'severity': 'error', 'column': -1, 'text': 'far'"), "% far\n", 1 },
		{ SAYS("'line': 7, 'severity': 'error', 'column': 0, 'text': 'no such line'"),
		  "% no such line\n", 1 },
		{ SAYS("'line': 0, 'severity': 'error', 'text': 'not set up'"), "% not set up\n", 1 },
		{ SAYS("'line': 1, 'severity': 'warning', 'text': 'weak'"), "% weak\n", 0 },
		{ SAYS("'line': 1, 'severity': 'notice', 'text': 'ignored'"), "% ignored\n", 0 },
		{ SAYS("'line': 1, 'severity': 'info', 'text': 'as it is'"), "as it is\n", 0 },
		{ "{'ok': true, 'result': {'messages': 3, 'context': 'x', 'mode': 1}}", "", 0 },
		{ "{'ok': true, 'result': []}", "", 0 },
		{ "{'ok': true}", "% the daemon's answer holds no result\n", 1 },
		{ "{'ok': false, 'error': 'no', 'ask': [3, {}]}", "", 1 },
	};
	size_t i;

	s.interactive = true;
	s.mode = M_GLOBAL;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *const list[] = { AT_GLOBAL, rows[i].reply, NULL };

		replies = list;
		s.mode = M_EXEC;
		session_line(&s, "conf t");
		output();
		s.answer = answers_nothing;
		assert_int_equal(session_line(&s, "  a line"), rows[i].ret);
		assert_string_equal(output(), rows[i].text);
	}
}

#define ASKS(name, prompt)	"{'ok': false, 'error': 'questions', 'ask': [{'name': '" name "',"	\
	" 'prompt': '" prompt "', 'hidden': true}, {'name': 'sure', 'prompt': 'Sure?', 'hidden': false}]}"

/* One question after the other: what was answered before is told again. */
static void test_session_questions(void **state)
{
	static const char *const list[] = {
		AT_GLOBAL, ASKS("old-key", "Old key:"), ASKS("new-key", "New key:"), AT_GLOBAL,
		ASKS("old-key", "Old key:"), NULL,
	};

	replies = list;
	s.interactive = true;
	s.answer = answers_x;
	session_line(&s, "conf t");
	output();
	sent[0] = '\0';
	assert_int_equal(session_line(&s, "key config-key password-encrypt"), 0);
	assert_string_equal(output(), "[Old key: *][Sure? ][New key: *][Sure? ]");
	assert_string_equal(strchr(strchr(sent, '\n') + 1, '\n') + 1,
			    "{\"configure\":{\"context\":[],\"lines\":[\"key config-key password-encrypt\"],"
			    "\"answers\":{\"old-key\":\"x\",\"sure\":\"x\",\"new-key\":\"x\"}}}\n");
	s.answer = answers_nothing;
	assert_int_equal(session_line(&s, "key config-key password-encrypt"), 1);
	assert_string_equal(prompt(), "xipsec(config)#");
}

/* Who asks without end is left. */
static void test_session_questions_end(void **state)
{
#define A ASKS("old-key", "Old key:")
	static const char *const list[] = {
		AT_GLOBAL, A, A, A, A, A, A, A, A, A, A, A, A, NULL,
	};

	replies = list;
	s.interactive = true;
	s.answer = answers_x;
	session_line(&s, "conf t");
	assert_int_equal(session_line(&s, "key config-key password-encrypt"), 1);
	assert_int_equal(replies - list, 11);
}

/* Without a prompt lines wait, and errors are told with their line in the input. */
static void test_session_batch(void **state)
{
	static const char *const list[] = {
		AT_GLOBAL, SAYS("'line': 2, 'severity': 'error', 'column': 5, 'text': 'why'"),
		"{'ok': false, 'error': 'too much'}", NULL,
	};

	replies = list;
	s.number = 1;
	session_line(&s, "conf t");
	sent[0] = '\0';
	s.number = 2;
	assert_int_equal(session_line(&s, "hostname R"), 0);
	s.number = 3;
	assert_int_equal(session_line(&s, "! a remark"), 0);
	s.number = 4;
	assert_int_equal(session_line(&s, "crypto x"), 0);
	assert_string_equal(sent, "");
	s.number = 5;
	assert_int_equal(session_line(&s, "end"), 1);
	assert_string_equal(output(), "line 4: crypto x\n             ^\n"
				      "% Invalid input detected at '^' marker.\n% why\n");
	assert_string_equal(sent, "{\"configure\":{\"context\":[],\"lines\":[\"hostname R\",\"crypto x\"]}}\n");
	s.mode = M_GLOBAL;
	s.number = 7;
	session_line(&s, "hostname S");
	s.number = 8;
	assert_int_equal(config_flush(&s), 1);
	assert_string_equal(output(), "lines 7 to 7:\n% too much\n");
}

/* Nobody answers in a pipe: lines go one by one, and only that one fails. */
static void test_session_batch_asks(void **state)
{
	static const char *const list[] = {
		AT_GLOBAL, ASKS("new-key", "New key:"), AT_GLOBAL, ASKS("new-key", "New key:"),
		SAYS("'line': 1, 'severity': 'error', 'column': 0, 'text': 'why'"), NULL,
	};

	replies = list;
	session_line(&s, "conf t");
	s.number = 5;
	session_line(&s, "hostname R");
	s.number = 6;
	session_line(&s, "key config-key password-encrypt");
	s.number = 9;
	session_line(&s, "x");
	sent[0] = '\0';
	s.number = 10;
	assert_int_equal(session_line(&s, "end"), 1);
	assert_string_equal(output(), "line 6: key config-key password-encrypt\n"
		"% New key: asked at a prompt only\nline 9: x\n        ^\n"
		"% Invalid input detected at '^' marker.\n% why\n");
	assert_int_equal(replies - list, 5);
	assert_int_equal(s.mode, M_EXEC);
}

/* `exit` leaves what was entered, and configuration only from the global mode. */
static void test_session_batch_exit(void **state)
{
	static const char *const list[] = { AT_GLOBAL, AT_GLOBAL, NULL };
	static const char *const lines[] = {
		"crypto map lab 10 ipsec-manual", "exit", "crypto keyring k",
		"pre-shared-key address 192.0.2.1 key x", "exit", "line vty 0 4", " login", " exit",
		"crypto key pubkey-chain rsa", "addressed-key 192.0.2.1", "key-string", "30 exit",
		"exit", "quit", "exit", "exit", "hostname R", "crypto map lab 10", "exit",
	};
	size_t i;

	replies = list;
	session_line(&s, "conf t");
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		s.number = (unsigned int)i + 2;
		session_line(&s, lines[i]);
		assert_true(session_configures(&s));
	}
	session_line(&s, "exit");
	assert_int_equal(s.mode, M_EXEC);
	assert_int_equal(replies - list, 2);
	assert_string_equal(output(), "");
}

static void test_session_rejects_bytes(void **state)
{
	static const char *const list[] = { AT_GLOBAL, NULL };
	char line[LEX_LINE_MAX + 1];

	replies = list;
	session_line(&s, "conf t");
	assert_int_equal(session_line(&s, "hostname \xff"), 1);
	memset(line, 'x', LEX_LINE_MAX);
	line[LEX_LINE_MAX] = '\0';
	assert_int_equal(session_line(&s, line), 1);
	assert_int_equal(config_flush(&s), 0);		/* nothing waits */
	session_line(&s, "end");
	assert_int_equal(session_line(&s, line), 1);
	assert_int_equal(session_line(&s, "show crypto map tag \xff"), 1);
}

static void test_session_exec(void **state)
{
	static const char *const list[] = {
		"{'ok': true, 'result': {'hostname': 'R1'}}",
		"{'ok': false, 'error': 'permission denied: root may'}",
		"{'ok': true, 'result': {'truncated': false, 'flows': []}}", NULL,
	};
	struct err e = {};

	replies = list;
	assert_int_equal(session_learn_hostname(&s, &e), 0);
	s.mode = M_USER;
	s.interactive = true;
	assert_int_equal(session_line(&s, "enable"), 1);
	assert_string_equal(output(), "% Access denied\n");
	assert_string_equal(prompt(), "R1>");
	assert_int_equal(session_line(&s, "sh cry ips sa"), 1);
	assert_string_equal(output(), "          ^\n% Invalid input detected at '^' marker.\n");
	s.mode = M_EXEC;
	assert_int_equal(session_line(&s, "sh cry ips sa | count SAs"), 0);
	assert_string_equal(output(), "Number of lines which match regexp = 1\n");
	assert_int_equal(session_line(&s, ""), 0);
	assert_int_equal(session_line(&s, "  "), 0);
	assert_int_equal(session_line(&s, "! remark"), 0);
	assert_int_equal(session_line(&s, "disable"), 0);
	assert_string_equal(prompt(), "R1>");
	assert_int_equal(session_learn_hostname(&s, &e), -ENOENT);
	assert_string_equal(prompt(), "xipsec>");
}

static void test_session_secrets(void **state)
{
	assert_true(config_has_secret(M_GLOBAL, "crypto isakmp key abc address 192.0.2.1"));
	assert_true(config_has_secret(M_MAP, "crypto isakmp key abc address 192.0.2.1"));
	assert_true(config_has_secret(M_KEYRING, "pre-shared-key address 192.0.2.1 key abc"));
	assert_true(config_has_secret(M_GLOBAL, "key config-key password-encrypt testkey 123"));
	assert_true(config_has_secret(M_MAP,
		    "set session-key inbound esp 300 cipher 00112233445566778899aabbccddeeff"));
	assert_false(config_has_secret(M_GLOBAL, "hostname R"));
	assert_false(config_has_secret(M_EXEC, "show crypto isakmp key"));
}

static void test_pager(void **state)
{
	static const char text[] = "1\n2\n3\n4\n5\n6\n7\n";
	static const struct {
		int length;
		const char *keys, *out;
	} rows[] = {
		{ 0, "", text },
		{ 8, "", text },
		{ 4, "q", "1\n2\n3\n|" },
		{ 4, " q", "1\n2\n3\n|4\n5\n6\n|" },
		{ 4, "\n\rx", "1\n2\n3\n|4\n|5\n|" },
		{ 4, "  ", "1\n2\n3\n|4\n5\n6\n|7\n" },
		{ 4, "", "1\n2\n3\n|" },		/* the terminal is gone */
		{ 1, "    q", "1\n|2\n|3\n|4\n|5\n|" },
	};
	size_t i;

	s.key = next_key;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char got[4096], *p;

		s.length = rows[i].length;
		keys = rows[i].keys;
		assert_int_equal(pager_show(&s, text), 0);
		snprintf(got, sizeof(got), "%s", output());
		while ((p = strstr(got, " --More-- \r          \r"))) {
			*p = '|';
			memmove(p + 1, p + 22, strlen(p + 22) + 1);
		}
		assert_string_equal(got, rows[i].out);
	}
}

#define T(name)	cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_session_modes),
		T(test_session_daemon_refuses),
		T(test_session_messages),
		T(test_session_questions),
		T(test_session_questions_end),
		T(test_session_batch),
		T(test_session_batch_asks),
		T(test_session_batch_exit),
		T(test_session_rejects_bytes),
		T(test_session_exec),
		T(test_session_secrets),
		T(test_pager),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
