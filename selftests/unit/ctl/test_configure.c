// SPDX-License-Identifier: Apache-2.0
/* Lines of configuration over the control socket: modes, messages, and what stays. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "fake.h"
#include "user/cli/view.h"
#include "user/config/print.h"
#include "user/ctl/configure.h"
#include "user/ctl/handle.h"

static const char start[] =
	"hostname gw\n"
	"crypto ipsec transform-set cbc esp-aes esp-sha256-hmac\n"
	"crypto map lab 10 ipsec-manual\n"
	" set peer 198.51.100.2\n"
	" set transform-set cbc\n"
	" match address 101\n"
	"interface eth0\n"
	" ip address 198.51.100.1 255.255.255.0\n"
	"access-list 101 permit ip 192.0.2.0 0.0.0.255 203.0.113.0 0.0.0.255\n";

static struct fake fake;

static int setup(void **state)
{
	fake_init(&fake);
	fake_gateway = (struct fake_gateway){};
	fake_configure(&fake, start);
	return 0;
}

static int teardown(void **state)
{
	fake_unconfigure(&fake);
	return 0;
}

/* One or more lines, `|` between them, in a context given the same way; NULL: global. */
static json_t *list_of(const char *text)
{
	json_t *list = json_array();
	char *copy = strdup(text ? text : ""), *p, *save;

	for (p = strtok_r(copy, "|", &save); p; p = strtok_r(NULL, "|", &save))
		json_array_append_new(list, json_string(p));
	free(copy);
	return list;
}

static json_t *enter(const char *context, const char *lines)
{
	json_t *request = json_pack("{s:o, s:o}", "context", list_of(context), "lines",
				    list_of(lines));
	json_t *reply = configure(&fake.gw, request);

	json_decref(request);
	return reply;
}

static char *running(void)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	print_config(fake.gw.running, PRINT_MASKED, f);
	fclose(f);
	return text;
}

static bool has(const char *line)
{
	char *text = running();
	bool found = strstr(text, line);

	free(text);
	return found;
}

/* A line with this text anywhere, secrets as they are. */
static const struct node *node_find_text(const char *what)
{
	const struct node *n;
	unsigned int i;

	for (n = fake.gw.running->root.first; n; n = n->next)
		for (i = 0; i < n->ntokens; i++)
			if (strstr(n->token[i].text, what))
				return n;
	return NULL;
}

static const char *message(const json_t *reply, size_t n, const char *leaf)
{
	return view_str(json_array_get(view_at(reply, "result.messages"), n), leaf);
}

static size_t messages(const json_t *reply)
{
	return json_array_size(view_at(reply, "result.messages"));
}

static bool said(const json_t *reply, const char *what)
{
	size_t i;

	for (i = 0; i < messages(reply); i++)
		if (strstr(message(reply, i, "text"), what))
			return true;
	return false;
}

static const char *context(const json_t *reply, size_t n)
{
	return json_string_value(json_array_get(view_at(reply, "result.context"), n));
}

/* R-CFG-1: a mode is entered, used, and left by a command of the mode around it. */
static void test_modes(void **state)
{
	json_t *r = enter(NULL, "cry map lab 10");

	(void)state;
	assert_true(view_bool(r, "ok"));
	assert_string_equal(context(r, 0), "crypto map lab 10");
	assert_string_equal(view_str(r, "result.prompt"), "(config-crypto-map)");
	json_decref(r);

	r = enter("crypto map lab 10", "description to the lab");
	assert_string_equal(context(r, 0), "crypto map lab 10");
	assert_int_equal(messages(r), 0);
	assert_true(has(" description to the lab\n"));
	json_decref(r);

	r = enter("crypto map lab 10", "hostname other");
	assert_null(context(r, 0));
	assert_string_equal(view_str(r, "result.prompt"), "(config)");
	assert_true(has("hostname other\n"));
	json_decref(r);

	r = enter("crypto map lab 10", "exit");
	assert_null(context(r, 0));
	json_decref(r);
	r = enter("crypto map lab 10", "end");
	assert_null(context(r, 0));
	json_decref(r);
}

/* A list of lines goes through modes as a file does. */
static void test_many_lines(void **state)
{
	json_t *r = enter(NULL, "interface eth1| ip address 192.0.2.1 255.255.255.0|!|"
			  "crypto map lab 20 ipsec-manual|set peer 198.51.100.3");

	(void)state;
	assert_true(view_bool(r, "ok"));
	assert_string_equal(context(r, 0), "crypto map lab 20");
	assert_true(has("interface eth1\n ip address 192.0.2.1 255.255.255.0\n"));
	assert_true(has(" set peer 198.51.100.3\n"));
	assert_int_equal(fake_gateway.applied, 1);
	json_decref(r);
}

/* R-CFG-5: the word is pointed at; R-CFG-4's "unknown line ignored" is for files. */
static void test_errors_change_nothing(void **state)
{
	static const struct {
		const char *context, *line;
		int column;
	} rows[] = {
		{ NULL, "crypto map lab zehn", 15 },
		{ NULL, "nonsense here", 0 },
		{ "crypto map lab 10", "set peer", 8 },
		{ "crypto map lab 10", "set transform-set", 17 },
		{ "interface eth0", "ip address 198.51.100.1", 23 },
		{ "interface eth0", "florb", 0 },
	};
	char *before = running(), *after;
	json_t *r;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		r = enter(rows[i].context, rows[i].line);
		assert_true(view_bool(r, "ok"));
		assert_string_equal(message(r, 0, "severity"), "error");
		assert_int_equal(view_int(json_array_get(view_at(r, "result.messages"), 0), "line"),
				 1);
		assert_int_equal(view_int(json_array_get(view_at(r, "result.messages"), 0), "column"),
				 rows[i].column);
		assert_string_equal(rows[i].context ? rows[i].context : "-",
				    context(r, 0) ? context(r, 0) : "-");
		json_decref(r);
	}
	after = running();
	assert_string_equal(before, after);
	free(before);
	free(after);
}

/* R-CFG-6: what the new line brings about is told, what was so before is not. */
static void test_only_what_is_new_is_told(void **state)
{
	json_t *r = enter("crypto map lab 10", "match address 150");

	(void)state;
	assert_true(messages(r) >= 1);
	assert_string_equal(message(r, 0, "severity"), "warning");
	json_decref(r);
	r = enter(NULL, "hostname again");
	assert_int_equal(messages(r), 0);
	json_decref(r);
}

/* R-CMAP-3: the first line of a new entry, and no other. */
static void test_new_map_is_noted(void **state)
{
	json_t *r = enter(NULL, "crypto map lab 30");

	(void)state;
	assert_int_equal(messages(r), 1);
	assert_string_equal(message(r, 0, "severity"), "notice");
	assert_string_equal(message(r, 0, "text"), "NOTE: This new crypto map will remain disabled "
			    "until a peer and a valid access list have been configured.");
	json_decref(r);
	r = enter(NULL, "crypto map lab 30");
	assert_int_equal(messages(r), 0);
	json_decref(r);
}

static void test_no_forms(void **state)
{
	json_t *r = enter("crypto map lab 10", "no set peer 198.51.100.2");

	(void)state;
	assert_false(has("198.51.100.2"));
	json_decref(r);
	r = enter("crypto map lab 10", "no crypto map lab 10");
	assert_null(context(r, 0));
	assert_false(has("crypto map lab 10"));
	json_decref(r);
}

/* What enters a mode is told so that it leads there again, for every mode that there is. */
static void test_context_leads_back(void **state)
{
	static const char *const lines[] = {
		"crypto isakmp policy 10", "crypto keyring k", "crypto keyring k|rsa-pubkey name r",
		"crypto isakmp client configuration group g", "crypto isakmp profile p",
		"crypto isakmp peer address 192.0.2.7", "crypto ikev2 proposal p",
		"crypto ikev2 policy p", "crypto ikev2 keyring k", "crypto ikev2 keyring k|peer x",
		"crypto ikev2 profile p", "crypto ipsec transform-set t esp-aes 256 esp-sha256-hmac",
		"crypto ipsec profile p", "crypto ipsec client ezvpn e", "crypto map m 10 ipsec-manual",
		"crypto map m 20 ipsec-isakmp", "crypto dynamic-map d 10", "interface FastEthernet0/0",
		"ip access-list extended a", "ipv6 access-list b", "crypto pki trustpoint t",
		"crypto pki certificate map c 10", "crypto key pubkey-chain rsa",
		"crypto key pubkey-chain rsa|addressed-key 192.0.2.8",
		"crypto key pubkey-chain rsa|named-key n",
		"crypto key pubkey-chain rsa|addressed-key 192.0.2.8|key-string",
		"class-map match-all c", "policy-map p", "policy-map p|class c",
		"policy-map p|class class-default", "ssp group 1",
	};
	uint64_t entered = IN(M_UNRELATED), all = 0;
	const struct grammar *g = grammar_get(NULL);
	size_t i, n;

	(void)state;
	json_decref(enter(NULL, "crypto legacy permit aggressive-psk"));
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		json_t *r = enter(NULL, lines[i]), *request, *again;
		const char *mode = view_str(r, "result.mode");
		enum mode m;

		for (m = M_GLOBAL; strcmp(modes[m].name, mode); m++)
			;
		entered |= IN(m);
		for (n = 0, mode = lines[i]; mode; mode = strchr(mode, '|') ? strchr(mode, '|') + 1 : NULL)
			n++;
		if (json_array_size(view_at(r, "result.context")) != n)
			fail_msg("%s: %s", lines[i], json_dumps(r, 0));
		request = json_pack("{s:O, s:[]}", "context", view_at(r, "result.context"), "lines");
		again = configure(&fake.gw, request);
		if (!json_equal(view_at(r, "result.context"), view_at(again, "result.context")))
			fail_msg("%s: %s", lines[i], view_str(again, "error"));
		json_decref(request);
		json_decref(again);
		json_decref(r);
	}
	for (i = 0; i < g->n; i++)
		all |= IN(g->pattern[i].row->enters);
	assert_int_equal(all & ~IN(M_NONE), entered);
}

/* Another session took it away in between. */
static void test_context_that_is_gone(void **state)
{
	json_t *r = enter("crypto map gone 10", "set peer 198.51.100.2");

	(void)state;
	assert_false(view_bool(r, "ok"));
	assert_non_null(strstr(view_str(r, "error"), "gone"));
	assert_false(has("crypto map gone"));
	json_decref(r);
	r = enter("hostname x", "exit");
	assert_false(view_bool(r, "ok"));
	json_decref(r);
}

static void test_requests_are_bounded(void **state)
{
	json_t *lines = json_array(), *request, *r;
	size_t i;

	(void)state;
	for (i = 0; i <= CONFIGURE_LINES_MAX; i++)
		json_array_append_new(lines, json_string("hostname x"));
	request = json_pack("{s:o}", "lines", lines);
	r = configure(&fake.gw, request);
	assert_false(view_bool(r, "ok"));
	assert_true(has("hostname gw\n"));
	json_decref(r);
	json_decref(request);
	r = enter("interface eth0|interface eth0|interface eth0|interface eth0|interface eth0|"
		  "interface eth0", "shutdown");
	assert_false(view_bool(r, "ok"));
	json_decref(r);
}

static void test_strange_requests(void **state)
{
	static const char *const rows[] = {
		"{\"configure\": 5}", "{\"configure\": {}}", "{\"configure\": {\"lines\": 7}}",
		"{\"configure\": {\"lines\": [7]}}",
		"{\"configure\": {\"lines\": [\"a\\u0000b\"]}}",
		"{\"configure\": {\"lines\": [], \"context\": {}}}",
		"{\"configure\": {\"lines\": [], \"context\": [1]}}",
		"{\"configure\": {\"lines\": []}, \"command\": \"show version\"}",
	};
	json_t *r;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		r = handle_request(&fake.gw, CTL_MAY_CLEAR, rows[i], strlen(rows[i]));
		if (view_bool(r, "ok"))
			fail_msg("%s", rows[i]);
		json_decref(r);
	}
	/* Who may only look may not configure. */
	r = handle_request(&fake.gw, CTL_MAY_SHOW, "{\"configure\": {\"lines\": []}}", 28);
	assert_non_null(strstr(view_str(r, "error"), "permission"));
	json_decref(r);
}

/* The kernel's refusal is told once, with the line that met it. */
static void test_refusals_of_the_kernel(void **state)
{
	json_t *r;

	(void)state;
	fake_gateway.failed_owner = "crypto map lab 10 on eth0";
	fake_gateway.failed_why = "SA: no such cipher";
	r = enter(NULL, "hostname x");
	assert_int_equal(messages(r), 0);	/* it failed before */
	json_decref(r);
	fake_gateway.apply_fails = -EIO;
	r = enter(NULL, "hostname y");
	assert_string_equal(message(r, 0, "text"), "no kernel today");
	json_decref(r);
}

/* R-PSK6-2: the first key is asked for twice; a key that was clear is type 6 then. */
static void test_master_key_is_asked_for(void **state)
{
	char dir[] = "/tmp/xipsec-configure-XXXXXX", path[64], sealed[TYPE6_STR_MAX], line[1024];
	json_t *lines, *request, *r;
	struct err e = {};

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/master-key", dir);
	assert_int_equal(master_store_open(&fake.gw.master, path, &e), 0);
	r = enter(NULL, "password encryption aes|"
		  "crypto isakmp key my-own-key-of-some-length address 192.0.2.9");
	json_decref(r);

	r = enter("crypto map lab 10", "key config-key password-encrypt");
	assert_false(view_bool(r, "ok"));
	assert_string_equal(view_str(json_array_get(view_at(r, "ask"), 0), "name"), "new-key");
	assert_true(view_bool(json_array_get(view_at(r, "ask"), 0), "hidden"));
	json_decref(r);

	lines = list_of("key config-key password-encrypt");
	request = json_pack("{s:O, s:{s:s, s:s}}", "lines", lines, "answers", "new-key",
			    "a master key", "confirm-key", "a master key");
	r = configure(&fake.gw, request);
	assert_true(view_bool(r, "ok"));
	assert_false(has("my-own-key"));
	assert_true(has("crypto isakmp key 6 "));
	json_decref(r);
	json_decref(request);
	json_decref(lines);

	/* A key that is entered now is type 6 at once. */
	r = enter(NULL, "crypto isakmp key another-key-of-some-length address 192.0.2.10");
	assert_true(view_bool(r, "ok"));
	assert_null(node_find_text("another-key"));
	json_decref(r);

	/* Another master key: the lines behind it are read with that one, not with what it was. */
	assert_int_equal(type6_seal(fake.gw.master.t6, "another-key-of-some-length", sealed), TYPE6_OK);
	snprintf(line, sizeof(line), "crypto isakmp key 6 %s address 192.0.2.11", sealed);
	request = json_pack("{s:[s, s], s:{s:s}}", "lines", "key config-key password-encrypt the other one",
			    line, "answers", "old-key", "a master key");
	r = configure(&fake.gw, request);
	assert_true(view_bool(r, "ok"));
	assert_false(has(sealed));
	assert_int_equal(type6_seal(fake.gw.master.t6, "another-key-of-some-length", sealed), TYPE6_OK);
	snprintf(line, sizeof(line), "crypto isakmp key 6 %s address 192.0.2.11", sealed);
	assert_true(has(line));
	json_decref(r);
	json_decref(request);

	/* What does not fit is told once, not with each request that follows. */
	r = enter(NULL, "crypto isakmp key 6 CXWdhVTZYB_Vcd^`cIHD0ahiFTa address 192.0.2.12");
	assert_true(said(r, "ciphertext for 192.0.2.12 is incompatible"));
	json_decref(r);
	r = enter(NULL, "hostname y");
	assert_false(said(r, "ciphertext"));
	json_decref(r);

	/* In a list of answers that is none, nothing is done. */
	request = json_pack("{s:[s], s:[s]}", "lines", "hostname z", "answers", "x");
	r = configure(&fake.gw, request);
	assert_false(view_bool(r, "ok"));
	assert_false(has("hostname z"));
	json_decref(r);
	json_decref(request);

	master_store_close(&fake.gw.master);
	memset(&fake.gw.master, 0, sizeof(fake.gw.master));
	unlink(path);
	rmdir(dir);
}

static void test_guard_mode_has_no_configuration(void **state)
{
	struct tree *t = fake.gw.running;
	json_t *r;

	(void)state;
	fake.gw.running = NULL;
	r = enter(NULL, "hostname x");
	assert_false(view_bool(r, "ok"));
	json_decref(r);
	fake.gw.running = t;
}

/* R-CMAP-3: with the first line of a new entry, and only then. */
static void test_new_map_is_not_whole(void **state)
{
	static const struct {
		const char *line;
		bool told;
	} rows[] = {
		{ "crypto map new 10 ipsec-isakmp", true }, { "crypto map new 10", false },
		{ "crypto map lab 10 ipsec-manual", false }, { "crypto map lab 11", true },
		{ "crypto map lab 99 ipsec-isakmp dynamic d", false },
	};
	json_t *reply, *m;
	size_t i, j, told;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		reply = enter(NULL, rows[i].line);
		told = 0;
		json_array_foreach(view_at(view_at(reply, "result"), "messages"), j, m)
			told += !strcmp(view_str(m, "text"),
					"NOTE: This new crypto map will remain disabled until a peer and "
					"a valid access list have been configured.");
		if (told != rows[i].told)
			fail_msg("%s: %zu notes", rows[i].line, told);
		json_decref(reply);
	}
}

/* A transform set that is there already, refused again and again: nothing piles up. */
static void test_refused_lines_are_forgotten(void **state)
{
	size_t count = fake.gw.running->count;
	char *was = running(), *is;
	json_t *reply;
	int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		reply = enter(NULL, "crypto ipsec transform-set cbc esp-des|mode transport");
		assert_int_equal(json_array_size(view_at(view_at(reply, "result"), "context")), 0);
		json_decref(reply);
		assert_null(fake.gw.running->attic);
		assert_int_equal(fake.gw.running->count, count);
	}
	is = running();
	assert_string_equal(is, was);
	free(was);
	free(is);
}

int main(void)
{
#define T(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_modes),
		T(test_many_lines),
		T(test_errors_change_nothing),
		T(test_only_what_is_new_is_told),
		T(test_new_map_is_noted),
		T(test_no_forms),
		T(test_context_leads_back),
		T(test_context_that_is_gone),
		T(test_requests_are_bounded),
		T(test_strange_requests),
		T(test_refusals_of_the_kernel),
		T(test_master_key_is_asked_for),
		T(test_guard_mode_has_no_configuration),
		T(test_new_map_is_not_whole),
		T(test_refused_lines_are_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
