// SPDX-License-Identifier: Apache-2.0
/*
 * The configurations of the specification, where they lie beside the tree, give
 * the outcome that their README states, line for line. They are not ours to keep
 * here; without them the tests skip, and docs/examples stand for them.
 */
#include "selftests/unit/config/conf.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/config/diff.h"

#define SPEC	"../shared/spec/configs/"
#define E	DIAG_ERROR
#define W	DIAG_WARNING
#define N	DIAG_NOTICE

static const char *spec_dir(void)
{
	const char *dir = getenv("XIPSEC_SPEC");

	return dir ? dir : SPEC;
}

/*
 * Every error and warning but those of short keys has to be named, and every
 * line named has to be there; of notices only those named. `permit`: classes
 * for the second run of an opt-in file.
 */
struct outcome {
	const char	*file, *permit;
	struct {
		enum diag_severity sev;
		unsigned int line;
		const char *says;
	} want[16];
};

#define IGNORED(line, what)	{ N, line, "line ignored (unrelated to IPsec): " what }

/* clang-format off */
static const struct outcome outcomes[] = {
	{ "01-", NULL, { IGNORED(4, "version"), IGNORED(7, "no service password-encryption"),
		IGNORED(11, "boot-start-marker"), IGNORED(15, "clock timezone"), IGNORED(16, "no aaa"),
		IGNORED(17, "ip subnet-zero"), IGNORED(20, "ip audit"), IGNORED(21, "no ftp-server"),
		IGNORED(42, "serial restart-delay"), IGNORED(44, "ip classless"),
		IGNORED(46, "no ip http server"), IGNORED(54, "control-plane"), IGNORED(57, "line con"),
		IGNORED(58, "line aux"), IGNORED(59, "line vty") } },
	{ "02-", NULL, { { W, 28, "replay protection is off" }, { W, 32, "no pre-shared key for peer 192.168.1.3" },
		{ W, 36, "no pre-shared key for peer 192.168.1.4" }, IGNORED(10, "enable secret"),
		IGNORED(11, "enable password"), IGNORED(15, "cns"), IGNORED(42, "no ip directed-broadcast"),
		IGNORED(43, "no ip route-cache"), IGNORED(44, "no ip mroute-cache"), IGNORED(45, "no mop"),
		IGNORED(52, "no fair-queue"), IGNORED(64, "dialer-list"), IGNORED(68, "transport"),
		IGNORED(71, "password"), IGNORED(72, "login") } },
	{ "03-", NULL, { { E, 102, "inconsistent address and mask" }, { W, 64, "overlaps" },
		IGNORED(5, "no service pad"), IGNORED(9, "service tcp-small-servers"), IGNORED(28, "mpls"),
		IGNORED(32, "no voice hpi capture"), IGNORED(53, "controller"), IGNORED(58, "no ip route-cache"),
		{ N, 59, "duplex: ignored" }, { N, 60, "speed: ignored" }, IGNORED(74, "serial restart_delay"),
		IGNORED(75, "clockrate"), IGNORED(97, "no keepalive"), IGNORED(112, "call rsvp-sync"),
		IGNORED(115, "mgcp"), IGNORED(118, "line con") } },
	{ "04-", NULL, { { W, 74, "overlaps" }, IGNORED(9, "service udp-small-servers"), IGNORED(37, "mta"),
		IGNORED(167, "dial-peer"), IGNORED(170, "gatekeeper"), IGNORED(171, "shutdown"),
		IGNORED(176, "stopbits") } },
	{ "05-", NULL, { { N, 36, "policy 1 takes today's defaults" }, { E, 43, "DES" },
		{ W, 45, "crypto map testtag1 10 is inactive" }, { W, 47, "was refused" }, { W, 62, "overlaps" },
		{ E, 100, "inconsistent address and mask" } } },
	{ "06-", NULL, { { E, 47, "DES" }, { W, 49, "crypto map testtag1 10 is inactive" },
		{ W, 51, "was refused" }, { W, 72, "overlaps" } } },
	{ "07-", NULL, { { W, 9, "wildcard key for 10.2.80.209/24" }, { W, 12, "crypto map test 1 is inactive" },
		{ W, 15, "access list \"101\" is not defined" }, { N, 20, "speed: ignored" } } },
	{ "08-", NULL, { { W, 4, "crypto isakmp policy 1 is inactive" }, { E, 5, "permit 3des" }, { E, 7, "permit dh-weak" },
		{ W, 9, "wildcard" }, { E, 11, "permit 3des" }, { W, 12, "crypto map test 1 is inactive" },
		{ W, 14, "was refused" }, { W, 15, "access list \"101\"" } } },
	{ "08-", "3des dh-weak", { { W, 5, "permitted" }, { W, 7, "permitted" }, { W, 11, "permitted" },
		{ W, 9, "wildcard" }, { W, 12, "crypto map test 1 is inactive" }, { W, 15, "access list \"101\"" } } },
	{ "09-", NULL, { { N, 5, "IKEv2" }, { N, 14, "half-duplex: ignored" }, { N, 19, "speed: ignored" } } },
	{ "10-", NULL, { { W, 4, "inactive" }, { W, 5, "no pre-shared key" }, { W, 6, "no pre-shared key" },
		{ W, 7, "no pre-shared key" }, { W, 8, "transform set \"txfm\"" }, { W, 9, "access list \"101\"" } } },
	{ "11-", NULL, { { W, 4, "not bound to an interface" } } },
	{ "12-", NULL, {} },
	{ "13-", NULL, { { W, 4, "no peer, no transform set, no access list" } } },
	{ "14-", NULL, { { W, 13, "class \"bar\" is not defined" } } },
	{ "15-", NULL, { { E, 12, "permit 3des" }, { E, 14, "permit dh-weak" }, { E, 20, "permit 3des" },
		{ W, 11, "inactive" }, { W, 22, "inactive" }, { W, 25, "was refused" } } },
	{ "15-", "3des dh-weak", { { W, 12, "permitted" }, { W, 14, "permitted" }, { W, 20, "permitted" },
		{ N, 6, "protected protocol of our own" } } },
	{ "16-", NULL, { { E, 12, "permit 3des" }, { E, 14, "permit dh-weak" }, { E, 20, "permit 3des" },
		{ W, 11, "inactive" }, { W, 22, "inactive" }, { W, 25, "was refused" } } },
	{ "16-", "3des dh-weak", { { W, 12, "permitted" }, { W, 14, "permitted" }, { W, 20, "permitted" },
		{ N, 6, "protected protocol of our own" } } },
	{ "17-", NULL, { { W, 5, "no address of its own" }, { W, 13, "no address of its own" } } },
	{ "18-", NULL, { { E, 9, "permit 3des" }, { W, 6, "HSRP group \"ISP\"" }, { W, 7, "HSRP group \"LAN\"" },
		{ W, 11, "inactive" }, { W, 13, "no pre-shared key" }, { W, 15, "SDM_TRASNFORMSET_1" }, { W, 16, "\"100\"" } } },
	{ "18-", "3des", { { W, 9, "permitted" }, { W, 6, "HSRP group \"ISP\"" }, { W, 7, "HSRP group \"LAN\"" },
		{ W, 11, "inactive" }, { W, 13, "no pre-shared key" }, { W, 15, "SDM_TRASNFORMSET_1" }, { W, 16, "\"100\"" } } },
	{ "19-", NULL, { { W, 6, "inactive" }, { E, 7, "permit 3des" }, { E, 9, "permit dh-weak" } } },
	{ "19-", "3des dh-weak", { { W, 7, "permitted" }, { W, 9, "permitted" } } },
	{ "20-", NULL, { { W, 6, "inactive" }, { E, 7, "permit 3des" }, { E, 9, "permit dh-weak" } } },
	{ "20-", "3des dh-weak", { { W, 7, "permitted" }, { W, 9, "permitted" } } },
	{ "21-", "3des", { { W, 5, "permitted" }, { W, 13, "has no certificates" }, { W, 16, "VRF \"Mgmt-intf\"" },
		{ E, 23, "DES" }, { W, 25, "ESP-SHA384-HMAC_504 is inactive" }, { W, 26, "was refused" },
		{ W, 28, "interface Tunnel504 is inactive" }, { W, 33, "is inactive" } } },
	{ "21-", NULL, { { W, 4, "inactive" }, { E, 5, "permit 3des" }, { W, 8, "inactive" }, { W, 9, "inactive" },
		{ W, 13, "has no certificates" }, { W, 16, "VRF" }, { E, 23, "DES" }, { W, 25, "inactive" },
		{ W, 26, "was refused" }, { W, 28, "inactive" }, { W, 33, "inactive" } } },
	{ "22-", NULL, { { W, 4, "inactive" }, { E, 5, "permit 3des" }, { W, 8, "inactive" }, { W, 9, "inactive" },
		{ W, 13, "has no certificates" }, { W, 16, "VRF" }, { E, 23, "DES" }, { W, 25, "inactive" },
		{ W, 26, "was refused" }, { W, 28, "inactive" }, { W, 33, "inactive" } } },
	{ "22-", "3des", { { W, 5, "permitted" }, { W, 13, "has no certificates" }, { W, 16, "VRF \"Mgmt-intf\"" },
		{ E, 23, "DES" }, { W, 25, "inactive" }, { W, 26, "was refused" },
		{ W, 28, "interface Tunnel1504 is inactive" }, { W, 33, "is inactive" } } },
	{ "23-", NULL, { IGNORED(4, "version"), IGNORED(7, "no service password-encryption"),
		IGNORED(12, "ip subnet-zero"), IGNORED(15, "no ip domain lookup"), IGNORED(17, "ip audit"),
		{ N, 20, "group 14" } } },
	{ "24-", NULL, { { W, 4, "crypto isakmp policy 15 is inactive" }, { E, 5, "permit 3des" }, { E, 6, "MD5" },
		{ E, 8, "permit dh-weak" }, { N, 11, "policy 20 takes today's defaults" } } },
	{ "25-", NULL, { { N, 4, "not used" }, { W, 7, "not valid DER" }, { W, 17, "not valid DER" },
		{ W, 27, "not valid DER" } } },
	{ "26-", NULL, { { W, 9, "wildcard key for 10.2.80.209/24" }, { N, 16, "speed: ignored" } } },
	{ "27-", NULL, { IGNORED(4, "version"), IGNORED(42, "control-plane"), IGNORED(47, "line vty") } },
	{ "28-", NULL, { { W, 4, "inactive" }, { W, 5, "transform set \"tset\"" }, { W, 7, "inactive" },
		{ W, 10, "interface \"Loopback0\"" }, { W, 12, "inactive" } } },
	{ "29-", NULL, { { N, 6, "not attached to a policy" }, { N, 10, "not attached to a policy" } } },
	{ "30-", NULL, { { W, 13, "aggressive-psk" }, { E, 18, "permit aggressive-psk" } } },
	{ "30-", "aggressive-psk", { { W, 18, "permitted" } } },
	{ "31-", NULL, {} },
	{ "32-", NULL, { { W, 7, "ciphertext for 10.0.0.2 is incompatible with the configured master key" } } },
};
/* clang-format on */

static char *spec_read(const char *prefix, size_t *len)
{
	char pattern[512], *text = NULL;
	glob_t g;

	snprintf(pattern, sizeof(pattern), "%s/%s*.ios", spec_dir(), prefix);
	if (glob(pattern, 0, NULL, &g))
		return NULL;
	text = conf_read(g.gl_pathv[0], len);
	globfree(&g);
	return text;
}

/* Lines count from the file's own first one, also behind a permit. */
static void load_with(struct conf *c, const char *text, const char *permit)
{
	char *whole = NULL;
	size_t i, len;
	FILE *f = open_memstream(&whole, &len);

	if (permit)
		fprintf(f, "crypto legacy permit %s\n", permit);
	fputs(text, f);
	fclose(f);
	conf_load_n(c, whole, len);
	for (i = 0; permit && i < c->d.n; i++)
		c->d.list[i].line--;
	free(whole);
}

static bool is_named(const struct outcome *o, const struct diag *d)
{
	size_t i;

	for (i = 0; i < 16 && o->want[i].says; i++)
		if (o->want[i].sev == d->severity && o->want[i].line == d->line &&
		    strstr(d->text, o->want[i].says))
			return true;
	return false;
}

static void check_outcome(const struct outcome *o)
{
	struct conf c;
	size_t len, i;
	char *text = spec_read(o->file, &len);

	if (!text)
		fail_msg("%s is missing", o->file);
	print_message("%s%s%s\n", o->file, o->permit ? " with " : "", o->permit ? o->permit : "");
	load_with(&c, text, o->permit);
	for (i = 0; i < 16 && o->want[i].says; i++)
		conf_expect(&c, o->want[i].sev, o->want[i].line, o->want[i].says);
	for (i = 0; i < c.d.n; i++)
		if (c.d.list[i].severity != N && !strstr(c.d.list[i].text, "shorter than 20") &&
		    !is_named(o, &c.d.list[i]))
			fail_msg("%s:%u: not in the README: %s", o->file, c.d.list[i].line, c.d.list[i].text);
	conf_fini(&c);
	free(text);
}

static void test_spec_outcomes(void **state)
{
	size_t i;

	if (access(spec_dir(), R_OK)) {
		print_message("no %s: skipped\n", spec_dir());
		skip();
	}
	for (i = 0; i < sizeof(outcomes) / sizeof(outcomes[0]); i++)
		check_outcome(&outcomes[i]);
}

/* --- what is ignored: all that the README names, one notice for each prefix, in this order -- */

/* clang-format off */
#define ROUTER_A \
	"version|no service pad|no service password-encryption|" \
	"service tcp-small-servers|enable secret|enable password|" \
	"clock timezone|clock summer-time|ip subnet-zero|no ip domain lookup|" \
	"ip cef|ip audit notify|ip audit po|mpls|no ftp-server write-enable|" \
	"no voice hpi capture buffer|no voice hpi capture destination|" \
	"controller|no ip route-cache|duplex|speed|no ip mroute-cache|" \
	"serial restart_delay|clockrate|no keepalive|ip classless|" \
	"no ip http server|no ip http secure-server|dialer-list|call rsvp-sync|" \
	"mgcp profile|line con|exec-timeout|line aux|line vty|password|login"
#define ROUTER_B \
	"version|no service pad|no service password-encryption|" \
	"service udp-small-servers|service tcp-small-servers|enable secret|" \
	"enable password|clock timezone|clock summer-time|ip subnet-zero|" \
	"no ip domain lookup|ip cef|ip audit notify|ip audit po|mpls|" \
	"no ftp-server write-enable|no voice hpi capture buffer|" \
	"no voice hpi capture destination|mta receive|controller|" \
	"no ip route-cache|no ip mroute-cache|duplex|serial restart_delay|" \
	"clockrate|no keepalive|ip classless|no ip http server|" \
	"no ip http secure-server|dialer-list|call rsvp-sync|mgcp profile|" \
	"dial-peer|gatekeeper|shutdown|line con|exec-timeout|stopbits|line aux|" \
	"line vty|password|login"

static const struct {
	const char	*file, *prefixes;
} ignored[] = {
	{ "01-", "version|no service password-encryption|boot-start-marker|"
		"boot-end-marker|clock timezone|no aaa|ip subnet-zero|ip audit po|"
		"no ftp-server write-enable|serial restart-delay|ip classless|"
		"no ip http server|no ip http secure-server|control-plane|line con|"
		"line aux|line vty" },
	{ "02-", "no service password-encryption|enable secret|enable password|"
		"ip subnet-zero|cns|no ip directed-broadcast|no ip route-cache|"
		"no ip mroute-cache|no mop|no fair-queue|ip classless|"
		"no ip http server|dialer-list|line con|transport|line aux|line vty|"
		"password|login" },
	{ "03-", ROUTER_A },
	{ "04-", ROUTER_B },
	{ "05-", ROUTER_A },
	{ "06-", ROUTER_B },
	{ "07-", "speed" },
	{ "08-", "speed" },
	{ "09-", "half-duplex|speed" },
	{ "15-", "" },
	{ "23-", "version|no service password-encryption|ip subnet-zero|"
		"no ip domain lookup|ip audit notify|ip audit po" },
	{ "26-", "speed" },
	{ "27-", "version|no service password-encryption|boot-start-marker|"
		"boot-end-marker|clock timezone|no aaa|ip subnet-zero|ip audit po|"
		"no ftp-server write-enable|control-plane|line con|line aux|line vty" },
};
/* clang-format on */

/* The prefix that a notice tells as ignored, or NULL. */
static const char *ignored_prefix(const struct diag *d, size_t *len)
{
	static const char unrelated[] = "line ignored (unrelated to IPsec): ";
	const char *end = strstr(d->text, ": ignored (");

	if (d->severity != N)
		return NULL;
	if (!strncmp(d->text, unrelated, strlen(unrelated))) {
		*len = strlen(d->text) - strlen(unrelated);
		return d->text + strlen(unrelated);
	}
	*len = end ? (size_t)(end - d->text) : 0;
	return end ? d->text : NULL;
}

static void test_spec_ignored(void **state)
{
	char told[4096], *text;
	const char *prefix;
	size_t i, j, len, used;
	struct conf c;

	if (access(spec_dir(), R_OK))
		skip();
	for (i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++) {
		text = spec_read(ignored[i].file, &len);
		assert_non_null(text);
		conf_load_n(&c, text, len);
		told[0] = '\0';
		for (j = used = 0; j < c.d.n; j++) {
			prefix = ignored_prefix(&c.d.list[j], &len);
			if (prefix)
				used += (size_t)snprintf(told + used, sizeof(told) - used, "%s%.*s",
							 used ? "|" : "", (int)len, prefix);
			assert_true(used < sizeof(told));
		}
		assert_string_equal(told, ignored[i].prefixes);
		conf_fini(&c);
		free(text);
	}
}

/* A shutdown below gatekeeper must not touch an interface (R-CFG-4); 04's last one is up. */
static void test_spec_gatekeeper(void **state)
{
	char *text, *printed;
	struct conf c;
	size_t len;

	if (access(spec_dir(), R_OK))
		skip();
	text = spec_read("04-", &len);
	assert_non_null(text);
	conf_load_n(&c, text, len);
	printed = conf_print(&c, PRINT_CLEAR);
	assert_non_null(strstr(printed, "interface Ethernet1/0\n ip address 10.2.2.2 255.0.0.0\n crypto map testtag1\n!"));
	conf_fini(&c);
	free(printed);
	free(text);
}

/* Printed, read, printed: the same text, and no difference (R-CFG-3). */
static void test_spec_round_trip(void **state)
{
	char *text, *once, *twice;
	struct conf a, b;
	struct diff d;
	size_t len, i;

	if (access(spec_dir(), R_OK))
		skip();
	for (i = 0; i < sizeof(outcomes) / sizeof(outcomes[0]); i++) {
		text = spec_read(outcomes[i].file, &len);
		assert_non_null(text);
		load_with(&a, text, outcomes[i].permit);
		once = conf_print(&a, PRINT_CLEAR);
		conf_load(&b, once);
		if (b.d.count[E]) {
			diag_print(&b.d, outcomes[i].file, stderr);
			fail_msg("%s: its printed form has errors", outcomes[i].file);
		}
		twice = conf_print(&b, PRINT_CLEAR);
		assert_string_equal(twice, once);
		assert_int_equal(diff_trees(&a.t, &b.t, &d), 0);
		if (d.n) {
			print_node(d.list[0].was ? d.list[0].was : d.list[0].is, PRINT_CLEAR, stderr);
			fail_msg("%s: differs from its printed form", outcomes[i].file);
		}
		diff_fini(&d);
		conf_fini(&a);
		conf_fini(&b);
		free(once);
		free(twice);
		free(text);
	}
}

/* --- 99-negative-lines: each line in the block it is meant for ----------------------------- */

static const struct {
	const char	*line;		/* beginning of the line in the file */
	const char	*below;		/* header that it is read below; "": none */
	enum diag_severity sev;
	const char	*says;		/* NULL: nothing but what `below` brings */
} negative[] = {
	{ "interface Tunnell101", "", E, "unknown interface type \"Tunnell\"" },
	{ "ip route 192.168.21.0", "", E, "unknown interface \"Tunnell101\"" },
	{ "transform-set aesset", "", E, "not a command by itself" },
	{ "encryption aes-cbc-128 aes-cbc-196", "crypto ikev2 proposal p\n", E, "unknown algorithm \"aes-cbc-196\"" },
	{ "isakmp peer", "", E, "unknown command (hint: crypto isakmp peer ip-address 10.2.3.4)" },
	{ "crypto key generate rsa", "", E, "modulus 360 is below the minimum of 2048" },
	{ "crypto key generate ec", "", E, "unknown keyword \"keysizes\" (hint: keysize)" },
	{ "issuer-name", "crypto pki certificate map m 1\n", E, "unexpected text after the value" },
	{ "enrollment url http://<address", "crypto pki trustpoint t\n", E, "not a URL" },
	{ "enrollment url http://<Address", "crypto pki trustpoint t\n", E, "not a URL" },
	{ "access-list 100", "", E, "bad address \"192.168.4.0.0.0.0.255\" (address and wildcard run together)" },
	{ "crypto ipsec transform ", "", E, "unknown transform \"esp-md5\" (hint: esp-md5-hmac)" },
	{ "Router#", "", E, "a prompt is not part of a command" },
	{ "ip route 10.3.3.3", "", E, "inconsistent address and mask" },
	{ "ip address", "interface eth0\n", E, "unexpected text after the mask" },
	{ "access-list 101", "", E, "unexpected text after the destination" },
	{ "enable secret", "", N, "line ignored (unrelated to IPsec)" },
	{ "class class-default", "policy-map p\n", N, "the label behind class-default is ignored" },
	{ "crypto map ETHO", "", W, "crypto map ETHO 17 is inactive" },
};

static void check_negative(const char *text, size_t i)
{
	char conf[1024];
	const char *p;
	struct conf c;

	for (p = text; p; p = strchr(p, '\n')) {
		p += *p == '\n';
		if (!strncmp(p, negative[i].line, strlen(negative[i].line)))
			break;
	}
	if (!p)
		fail_msg("no line \"%s\"", negative[i].line);
	snprintf(conf, sizeof(conf), "%s%.*s\n", negative[i].below, (int)strcspn(p, "\n"), p);
	conf_load(&c, conf);
	conf_expect(&c, negative[i].sev, *negative[i].below ? 2 : 1, negative[i].says);
	conf_fini(&c);
}

static void test_spec_negative_lines(void **state)
{
	size_t i, len, lines = 0;
	char *text;
	const char *p;

	if (access(spec_dir(), R_OK))
		skip();
	text = spec_read("99-", &len);
	assert_non_null(text);
	for (p = text; (p = strstr(p, "\n!>")); p++)
		lines++;
	assert_int_equal(lines, sizeof(negative) / sizeof(negative[0]));
	for (i = 0; i < sizeof(negative) / sizeof(negative[0]); i++)
		check_negative(text, i);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spec_outcomes),
		cmocka_unit_test(test_spec_ignored),
		cmocka_unit_test(test_spec_gatekeeper),
		cmocka_unit_test(test_spec_round_trip),
		cmocka_unit_test(test_spec_negative_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
