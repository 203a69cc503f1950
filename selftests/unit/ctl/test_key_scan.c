// SPDX-License-Identifier: Apache-2.0
/*
 * Every answer, message and log line of a gateway with keys is looked through for
 * them: before encryption, when a master key is set, and when it is changed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <unistd.h>

#include "fake.h"
#include "user/config/keys.h"
#include "user/config/print.h"
#include "user/ctl/configure.h"
#include "user/ctl/handle.h"
#include "user/ctl/master_command.h"
#include "user/lib/log.h"

/* In each key there is one of these, and nowhere else. */
#define S	"s3cretW0rd"
#define H	"5ec2e75ec2e75ec2e75ec2e75ec2e700"

static const char config[] =
	"hostname gw\n"
	"password logging\n"
	"! crypto isakmp key " S "-in-a-remark address 192.0.2.9\n"
	"crypto isakmp policy 10\n"
	" authentication pre-share\n"
	"crypto isakmp key " S "-long-enough address 198.51.100.2\n"
	"crypto isakmp key " S " hostname peer.example\n"
	"crypto keyring r\n"
	" pre-shared-key address 198.51.100.3 key \"" S " with blanks\"\n"
	"crypto isakmp client configuration group g\n"
	" key " S "\n"
	"crypto legacy permit aggressive-psk\n"
	"crypto isakmp peer address 198.51.100.4\n"
	" set aggressive-mode password " S "\n"
	"crypto ikev2 keyring k\n"
	" peer p\n"
	"  address 198.51.100.5\n"
	"  pre-shared-key local " S "-one-way\n"
	"  pre-shared-key remote " S "-other-way\n"
	"crypto ikev2 profile p\n"
	" authentication local pre-share key " S "\n"
	"crypto ipsec client ezvpn e\n"
	" group g key " S "\n"
	" username joe password " S "\n"
	"crypto ipsec transform-set cbc esp-aes esp-sha256-hmac\n"
	"crypto map lab 10 ipsec-manual\n"
	" set peer 198.51.100.2\n"
	" set transform-set cbc\n"
	" match address 101\n"
	" set session-key inbound esp 300 cipher " H " authenticator " H H "\n"
	" set session-key outbound esp 301 cipher " H " authenticator " H H "\n"
	"interface lo\n"
	" crypto map lab\n"
	" standby 1 authentication md5 key-string " S "\n"
	" standby 2 authentication text " S "\n"
	"access-list 101 permit ip 192.0.2.0 0.0.0.255 203.0.113.0 0.0.0.255\n";

static char dir[] = "/tmp/xipsec-scan-XXXXXX";
static struct fake fake;
static unsigned int looked_at;

static void look(const char *what, const char *text)
{
	looked_at++;
	if (strcasestr(text, S) || strcasestr(text, H) || strstr(text, "the first master") ||
	    strstr(text, "the other master"))
		fail_msg("%s:\n%s", what, text);
}

static void look_json(const char *what, json_t *reply)
{
	char *text = json_dumps(reply, JSON_INDENT(1));

	assert_non_null(text);
	look(what, text);
	free(text);
	json_decref(reply);
}

/* The leading words of every `show`, with the arguments that some want. */
static void look_at_shows(void)
{
	static const char *const more[] = {
		"show crypto map tag lab", "show crypto map interface lo", "show access-lists 101",
		"show crypto ipsec sa detail", "show crypto ipsec sa map lab", "write terminal",
		"show running-config | include key",
	};
	const struct grammar_mode *exec = &grammar_get(NULL)->mode[M_EXEC];
	char line[300], request[400];
	unsigned int j;
	size_t i, used;

	for (i = 0; i < exec->n + sizeof(more) / sizeof(more[0]); i++) {
		if (i < exec->n) {
			const struct pattern *p = exec->pattern[i];

			for (j = 0, used = 0; j < p->n && p->elem[j].word && !p->elem[j].grouped; j++)
				used += (size_t)snprintf(line + used, sizeof(line) - used, "%s%s",
							 used ? " " : "", p->elem[j].word);
			if (strncmp(line, "show", 4))
				continue;
		} else {
			snprintf(line, sizeof(line), "%s", more[i - exec->n]);
		}
		snprintf(request, sizeof(request), "{\"command\": \"%s\"}", line);
		look_json(line, handle_request(&fake.gw, CTL_ROOT, request, strlen(request)));
	}
}

static void ring_line(void *ctx, uint64_t wall_ns, const char *line)
{
	look("the log", line);
}

static void look_at_rest(void)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	print_config(fake.gw.running, PRINT_MASKED, f);
	print_running(fake.gw.running, f);
	fclose(f);
	look("print_config", text);
	free(text);
	log_ring_each(ring_line, NULL);
}

static void look_around(void)
{
	looked_at = 0;
	look_at_shows();
	look_at_rest();
	assert_true(looked_at > 20);
}

/* The configuration again as a file that somebody changes, with all that is said of it. */
static void look_at_diags(void)
{
	static const char *const spoil[][2] = {
		{ "key", "key" }, { "address 198", "adress 198" }, { " key ", " kye " }, { "pre-shared-key", "pre-shared-kee" },
		{ "password", "pasword" }, { "cipher", "ciper" }, { "esp 300", "esp 3" }, { "\"", "" },
		{ "ipsec-manual", "ipsec-isakmp" }, { "crypto ", "crypt " }, { " S ", " " },
		{ "local ", "lokal " }, { "\n", " more\n" }, { "\n ", "\n" }, { "\n", "\n#> " },
	};
	char *out, *text, *p;
	struct diags d;
	struct load l;
	struct tree t;
	size_t i, len;
	FILE *f;

	for (i = 0; i < sizeof(spoil) / sizeof(spoil[0]); i++) {
		size_t from = strlen(spoil[i][0]);
		const char *at = config;

		f = open_memstream(&text, &len);
		for (; (p = strstr(at, spoil[i][0])); at = p + from)
			fprintf(f, "%.*s%s", (int)(p - at), at, spoil[i][1]);
		fputs(at, f);
		fclose(f);
		d = (struct diags){};
		assert_int_equal(tree_init(&t), 0);
		load_init(&l, grammar_get(NULL), &t, &d);
		load_text(&l, text, len);
		load_fini(&l);
		free(text);
		f = open_memstream(&out, &len);
		diag_print(&d, "c", f);
		fclose(f);
		look("diagnostics", out);
		free(out);
		diag_fini(&d);
		tree_fini(&t);
	}
}

static void save(enum print_secrets secrets)
{
	FILE *f = fopen(fake.gw.startup, "w");

	assert_non_null(f);
	print_config(fake.gw.running, secrets, f);
	fclose(f);
}

/* With encryption the saved file has no key but those without a type 6 form. */
static void look_at_saved(void)
{
	char text[16384];
	FILE *f;
	size_t n;

	save(PRINT_CLEAR);
	f = fopen(fake.gw.startup, "r");
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	fclose(f);
	assert_non_null(strstr(text, " standby 2 authentication text " S "\n"));
	memset(strstr(text, "text " S), ' ', strlen("text " S));
	assert_null(strstr(text, S));
	assert_non_null(strstr(text, "cipher " H));
}

static void set_master(const char *old, const char *new)
{
	struct master_ctx ctx = { .store = &fake.gw.master, .running = fake.gw.running,
				  .env = &env_system };
	struct answer given = { MASTER_OLD, old };
	struct ask ask;
	struct err e = {};
	size_t i;

	if (master_command(&ctx, false, new, &given, old ? 1 : 0, &ask, &e) != MASTER_DONE)
		fail_msg("%s", e.text);
	for (i = 0; i < ctx.said.n; i++)
		look("the command", ctx.said.list[i].text);
	diag_fini(&ctx.said);
}

/* R-LOG-33, as the client shows it. */
static void expect_advice(const char *want)
{
	static const char request[] = "{\"command\": \"show running-config\"}";
	json_t *r = handle_request(&fake.gw, CTL_ROOT, request, strlen(request));
	const json_t *advice = json_object_get(json_object_get(r, "result"), "advice");

	if (want)
		assert_string_equal(json_string_value(advice), want);
	else
		assert_null(advice);
	json_decref(r);
}

static void test_scan(void **state)
{
	struct err e = {};
	json_t *request;
	FILE *f;

	assert_non_null(mkdtemp(dir));
	log_open("test", LOG_TO_STDERR, SEV_DEBUG, &env_system);
	fake_init(&fake);
	fake_configure(&fake, config);
	snprintf(fake.gw.startup, sizeof(fake.gw.startup), "%s/startup-config", dir);
	snprintf(fake.gw.master.path, sizeof(fake.gw.master.path), "%s/master-key", dir);
	f = fopen(fake.gw.startup, "w");
	fputs(config, f);
	fclose(f);
	look_around();
	look_at_diags();

	set_master(NULL, "the first master");
	look_around();	/* `password encryption aes` is missing still */
	expect_advice(KEYS_NO_AES);
	request = json_pack("{s:[s]}", "lines", "password encryption aes");
	look_json("configure", configure(&fake.gw, request));
	json_decref(request);
	assert_int_equal(keys_protect(fake.gw.running, fake.gw.master.t6, NULL, &e), 0);
	expect_advice(NULL);
	look_around();
	look_at_saved();
	look_around();
	set_master("the first master", "the other master");
	look_around();
	look_at_saved();
	assert_int_equal(master_store_settle(&fake.gw.master, &e), 0);
	look_around();

	unlink(fake.gw.startup);
	unlink(fake.gw.master.path);
	rmdir(dir);
	master_store_close(&fake.gw.master);
	fake_unconfigure(&fake);
	log_close();
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_scan) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
