// SPDX-License-Identifier: Apache-2.0
/* Modes, blocks, what is ignored, replaced and negated (R-CFG-1 to R-CFG-5). */
#include "selftests/unit/config/conf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Text in, what is kept out; errors and warnings counted, notices not. */
struct text_case {
	const char	*name, *in, *out;
	size_t		errors, warnings;
};

static void run(const struct text_case *rows, size_t n)
{
	struct conf c;
	size_t i;

	for (i = 0; i < n; i++) {
		conf_load(&c, rows[i].in);
		if (c.d.count[DIAG_ERROR] != rows[i].errors ||
		    c.d.count[DIAG_WARNING] != rows[i].warnings)
			print_error("%s\n", rows[i].name);
		conf_expect_counts(&c, rows[i].errors, rows[i].warnings);
		conf_expect_text(&c, rows[i].out);
		conf_fini(&c);
	}
}

#define RUN(rows)	run(rows, sizeof(rows) / sizeof((rows)[0]))
#define POLICY		"crypto isakmp policy 1\n"

/* R-CFG-1: a command of an outer mode leaves the inner one. */
static void test_load_modes(void **state)
{
	static const struct text_case rows[] = {
		{ "global command in a sub-mode", "interface eth0\n shutdown\nhostname a\n shutdown\n",
		  "hostname a\ninterface eth0\n shutdown\n", 0, 1 },
		{ "exit goes up one mode",
		  "policy-map p\n class class-default\n fair-queue\n exit\n exit\nhostname a\n",
		  "hostname a\npolicy-map p\n class class-default\n  fair-queue\n", 0, 0 },
		{ "class leaves the class (LLQ)",
		  "class-map a\nclass-map b\npolicy-map p\nclass a\npriority 50\nclass b\nbandwidth 20\n",
		  "class-map a\n" "class-map b\n" "policy-map p\n class a\n  priority 50\n class b\n"
		  "  bandwidth 20\n", 0, 0 },
		{ "end ends the file", "hostname a\nend\n!\n", "hostname a\n", 0, 0 },
		{ "and says so", "hostname a\nend\nhostname b\nhostname c\n", "hostname a\n", 0, 1 },
		{ "a block is entered again",
		  "interface eth0\n ip mtu 1400\ninterface eth1\n shutdown\ninterface eth0\n shutdown\n",
		  "interface eth0\n ip mtu 1400\n shutdown\ninterface eth1\n shutdown\n", 0, 0 },
		{ "one command for a map and for its interface",
		  "interface eth0\n crypto map m\ncrypto map m 10 ipsec-manual\n description x\n",
		  "crypto map m 10 ipsec-manual\n description x\ninterface eth0\n crypto map m\n", 0, 2 },
		{ "an IPv6 list and its mode",
		  "ipv6 access-list six\n remark x\n permit tcp any any eq 22\nhostname a\n",
		  "hostname a\nipv6 access-list six\n remark x\n permit tcp any any eq ssh\n", 0, 0 },
		{ "several IPv6 addresses, one mask each",
		  "interface eth0\n ipv6 address 2001:db8::1/64\n ipv6 address 2001:db8::2/64\n"
		  " ipv6 address 2001:DB8::1/64\n no ipv6 address 2001:db8::2/64\n",
		  "interface eth0\n ipv6 address 2001:db8::1/64\n", 0, 0 },
		{ "peers below a keyring",
		  "crypto ikev2 keyring k\n peer a\n  address 192.0.2.1\n peer b\n  address 192.0.2.2\n",
		  "crypto ikev2 keyring k\n peer a\n  address 192.0.2.1\n peer b\n  address 192.0.2.2\n",
		  0, 0 },
		{ "key-string until quit",
		  "crypto key pubkey-chain rsa\n addressed-key 192.0.2.1 signature\n  key-string\n"
		  "   0011\n   hostname x\n  quit\n  exit\n exit\nhostname a\n",
		  "hostname a\ncrypto key pubkey-chain rsa\n addressed-key 192.0.2.1 signature\n"
		  "  key-string\n   0011\n   hostname x\n   quit\n", 0, 1 },
		{ "key-string that does not end",
		  "crypto key pubkey-chain rsa\n named-key a\n  key-string\n   0011\n",
		  "crypto key pubkey-chain rsa\n named-key a\n  key-string\n   0011\n   quit\n", 1, 1 },
	};

	RUN(rows);
}

/* R-CFG-4: what has nothing to do with IPsec stops nothing and reaches nothing. */
static void test_load_unrelated(void **state)
{
	static const struct text_case rows[] = {
		{ "shutdown below gatekeeper",
		  "interface eth0\n ip mtu 1400\ngatekeeper\n shutdown\nhostname a\n",
		  "hostname a\ninterface eth0\n ip mtu 1400\n", 0, 0 },
		{ "not indented", "interface eth0\ngatekeeper\nshutdown\n", "interface eth0\n", 0, 0 },
		{ "password below line is no global command",
		  "line vty 0 4\n password lab\n password logging\n login\npassword logging\n",
		  "password logging\n", 0, 0 },
		{ "an unknown block keeps its lines",
		  "interface eth0\n ip mtu 1400\nwhatever 1\n shutdown\n ip address 1.2.3.4 255.0.0.0\n",
		  "interface eth0\n ip mtu 1400\n", 0, 1 },
		{ "unknown line below an interface", "interface eth0\n ip ospf cost 5\n shutdown\n",
		  "interface eth0\n shutdown\n", 0, 1 },
		{ "known line of routers, indented", "interface eth0\n ip cef\n shutdown\n",
		  "interface eth0\n shutdown\n", 0, 0 },
		{ "ip route behind an interface is not ip route-cache",
		  "interface eth0\n no ip route-cache cef\nip route 10.0.0.0 255.0.0.0 192.0.2.1\n",
		  "interface eth0\nip route 10.0.0.0 255.0.0.0 192.0.2.1\n", 0, 0 },
		{ "text of a banner", "interface eth0\nbanner motd ^C\n shutdown\nhostname x\n^C\n shutdown\n",
		  "interface eth0\n", 0, 1 },
		{ "banner on one line", "banner motd #hello#\nhostname a\n", "hostname a\n", 0, 0 },
		{ "certificates of routers",
		  "crypto pki certificate chain CA\n certificate 01\n  30820201 0D\n  quit\nhostname a\n",
		  "hostname a\n", 0, 0 },
		{ "below a line that failed",
		  "interface eth0\n ip mtu 1400\ninterface Tunnell1\n shutdown\n ip mtu 99\nhostname a\n",
		  "hostname a\ninterface eth0\n ip mtu 1400\n", 1, 0 },
		{ "faults below it still show",
		  "interface Tunnell1\n ip mtu 1\n", "", 2, 0 },
		{ "below a refused one",
		  "crypto ipsec transform-set t esp-des esp-sha256-hmac\n mode transport\nhostname a\n",
		  "hostname a\n", 1, 0 },
		{ "unknown line in an IPsec context", "crypto isakmp policy 1\n foo\n group 19\n",
		  "crypto isakmp policy 1\n group 19\n", 1, 0 },
		{ "words of IPsec", "crypto foo\nssp foo\nstandby 1 ip\ntunnel x\nset x\nmatch x\n", "", 6, 0 },
		{ "routes (R-CFG-9)", "ip route 10.0.0.0 255.0.0.0 eth0 192.0.2.1 name x\n"
		  "ip route 10.0.0.0 255.0.0.0 192.0.2.1 200 permanent\n"
		  "ip route 10.0.0.0 255.0.0.0 eth0\nno ip route 10.0.0.0 255.0.0.0 eth0\n",
		  "ip route 10.0.0.0 255.0.0.0 eth0 192.0.2.1 name x\n"
		  "ip route 10.0.0.0 255.0.0.0 192.0.2.1 200 permanent\n", 0, 0 },
		{ "line cut off by the terminal", "crypto isakmp pol\n", "", 1, 0 },
	};
	struct conf c;

	RUN(rows);
	conf_load(&c, "ip cef\nip cef distributed\nno ip http server\nip http secure-server\n");
	assert_int_equal(c.d.count[DIAG_NOTICE], 3);
	conf_expect(&c, DIAG_NOTICE, 1, "line ignored (unrelated to IPsec): ip cef");
	conf_expect(&c, DIAG_NOTICE, 3, "line ignored (unrelated to IPsec): no ip http server");
	conf_fini(&c);
	conf_load(&c, "ip sla monitor\nno foo bar secret\nfoo secret\nfoo\n");
	conf_expect(&c, DIAG_WARNING, 1, "unknown line ignored: \"ip sla ...\"");
	conf_expect(&c, DIAG_WARNING, 2, "unknown line ignored: \"no foo ...\"");
	conf_expect(&c, DIAG_WARNING, 3, "unknown line ignored: \"foo ...\"");
	conf_expect(&c, DIAG_WARNING, 4, "unknown line ignored: \"foo\"");
	conf_fini(&c);
	/* What is ignored may be secret: only known words are repeated. */
	conf_load(&c, "enable secret 5 $1$abc enable password ww !\n");
	assert_string_equal(c.d.list[0].text, "line ignored (unrelated to IPsec): enable secret");
	conf_fini(&c);
}

/* R-CFG-2, R-ARW-8: later replaces earlier, `no` and `default` restore. */
static void test_load_replaces(void **state)
{
	static const struct text_case rows[] = {
		{ "value", "hostname a\nhostname b\n", "hostname b\n", 0, 0 },
		{ "window-size and disable (R-ARW-8)",
		  "crypto ipsec security-association replay disable\n"
		  "crypto ipsec security-association replay window-size 1024\n",
		  "crypto ipsec security-association replay window-size 1024\n", 0, 1 },
		{ "no restores the window (R-ARW-4)",
		  "crypto ipsec security-association replay window-size 1024\n"
		  "no crypto ipsec security-association replay window-size\n", "", 0, 0 },
		{ "window-size without N is 64 (R-ARW-4)",
		  "crypto ipsec security-association replay window-size 64\n", "", 0, 0 },
		{ "transforms (R-TS-1)",
		  "crypto ipsec transform-set t esp-gcm\n mode transport\n"
		  "crypto ipsec transform-set t esp-gcm 256\n",
		  "crypto ipsec transform-set t esp-gcm 256\n mode transport\n", 0, 0 },
		{ "map entry goes on without its kind",
		  "crypto map m 1 ipsec-manual\n description a\ncrypto map m 1\n description b\n",
		  "crypto map m 1 ipsec-manual\n description b\n", 0, 2 },
		{ "kind left out (R-CMAP-1)", "crypto map m 1\n", "crypto map m 1 ipsec-isakmp\n", 0, 1 },
		{ "peers add up (R-CMAP-2)",
		  "crypto map m 1\n set peer 192.0.2.1\n set peer 192.0.2.2\n set peer 192.0.2.1\n",
		  "crypto map m 1 ipsec-isakmp\n set peer 192.0.2.1\n set peer 192.0.2.2\n", 0, 3 },
		{ "no removes one", "crypto map m 1\n set peer 192.0.2.1\n set peer 192.0.2.2\n"
		  " no set peer 192.0.2.1\n",
		  "crypto map m 1 ipsec-isakmp\n set peer 192.0.2.2\n", 0, 2 },
		{ "no removes all of a name",
		  "crypto map m 1\ncrypto map m 2\ncrypto map n 1\nno crypto map m\n",
		  "crypto map n 1 ipsec-isakmp\n", 0, 1 },
		{ "no removes a list",
		  "access-list 101 permit ip any any\naccess-list 101 deny ip any any\nno access-list 101\n",
		  "", 0, 0 },
		{ "no ip address", "interface eth0\n ip address 192.0.2.1 255.255.255.0\n no ip address\n",
		  "interface eth0\n", 0, 0 },
		{ "default form", "crypto isakmp keepalive 10\ndefault crypto isakmp keepalive\n", "", 0, 0 },
		{ "on by default (R-NAT-2)", "no crypto ipsec nat-transparency udp-encapsulation\n",
		  "no crypto ipsec nat-transparency udp-encapsulation\n", 0, 0 },
		{ "and on again",
		  "no crypto isakmp enable\ncrypto isakmp enable\nno logging console\ndefault logging console\n",
		  "", 0, 0 },
		{ "standby groups (R-HSRP-2)",
		  "interface eth0\n ip address 192.0.2.2 255.255.255.0\n standby ip 192.0.2.1\n"
		  " standby 0 ip 192.0.2.3\n standby 1 ip 192.0.2.4\n",
		  "interface eth0\n ip address 192.0.2.2 255.255.255.0\n standby ip 192.0.2.3\n"
		  " standby 1 ip 192.0.2.4\n", 0, 0 },
		{ "a refused line changes nothing",
		  "crypto ipsec transform-set t esp-gcm\ncrypto ipsec transform-set t esp-des esp-md5-hmac\n",
		  "crypto ipsec transform-set t esp-gcm\n", 2, 0 },
	};

	RUN(rows);
}

/* R-CFG-3, R-DPD-1: defaults are not printed. */
static void test_load_defaults(void **state)
{
	static const struct text_case rows[] = {
		{ "policy (R-IKE-2)",
		  POLICY " encryption aes 256\n hash sha256\n authentication rsa-sig\n group 14\n lifetime 86400\n",
		  POLICY, 0, 0 },
		{ "aes is aes 128", POLICY " encryption aes 128\n", POLICY " encryption aes\n", 0, 0 },
		{ "on-demand", "crypto isakmp keepalive 10 on-demand\n", "crypto isakmp keepalive 10\n", 0, 0 },
		{ "retry", "crypto isakmp keepalive 10 2 periodic\n", "crypto isakmp keepalive 10 periodic\n",
		  0, 0 },
		{ "lifetimes (R-TS-9)",
		  "crypto ipsec security-association lifetime seconds 3600\n"
		  "crypto ipsec security-association lifetime kilobytes 4608000\n"
		  "crypto ipsec security-association lifetime kilobytes disable\n",
		  "crypto ipsec security-association lifetime kilobytes disable\n", 0, 0 },
		{ "df-bit: only the global default (R-DF-1)",
		  "crypto ipsec df-bit copy\ninterface eth0\n crypto ipsec df-bit copy\n",
		  "interface eth0\n crypto ipsec df-bit copy\n", 0, 0 },
		{ "tunnel mode of a set (R-TS-4)", "crypto ipsec transform-set t esp-gcm\n mode\n",
		  "crypto ipsec transform-set t esp-gcm\n", 0, 0 },
		{ "per-map window is kept (R-ARW-7)",
		  "crypto ipsec profile p\n set security-association replay window-size 64\n",
		  "crypto ipsec profile p\n set security-association replay window-size\n", 0, 0 },
		{ "SSP port (R-HA-5)", "ssp group 1\n port 3249\n", "ssp group 1\n", 0, 0 },
		{ "HSRP (R-HSRP-3, -4)", "interface eth0\n standby 1 priority 100\n standby 1 timers 3 10\n",
		  "interface eth0\n", 0, 0 },
		{ "host mask of a key", "crypto isakmp key 0 abcdefghijklmnopqrstuvwxyz address 192.0.2.1 255.255.255.255\n",
		  "crypto isakmp key abcdefghijklmnopqrstuvwxyz address 192.0.2.1\n", 0, 0 },
	};

	RUN(rows);
}

/* Words that a manual wrapped or printed with its prompt (configs/99-negative-lines, A21-21). */
static void test_load_hints(void **state)
{
	static const struct {
		const char *line, *says;
	} rows[] = {
		{ "transform-set aesset esp-aes 256 esp-sha-hmac",
		  "not a command by itself (hint: crypto ipsec transform-set aesset" },
		{ "isakmp peer ip-address 10.2.3.4",
		  "unknown command (hint: crypto isakmp peer ip-address 10.2.3.4)" },
		{ "Router# no standby delay timer", "a prompt is not part of a command" },
		{ "set peer 192.0.2.1", "a command of" },
		{ "standby 1 ip 192.0.2.1", "a command of interface configuration" },
	};
	struct conf c;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		conf_load(&c, rows[i].line);
		conf_expect(&c, DIAG_ERROR, 1, rows[i].says);
		conf_fini(&c);
	}
}

/* The caret stands under the wrong word, tabs and wide characters before it or not. */
static void test_load_carets(void **state)
{
	static const struct {
		const char *line, *shown;
	} rows[] = {
		{ "crypto isakmp keepalive 5\n",
		  "c:1: error: 5 is not in <10-3600>\n    crypto isakmp keepalive 5\n"
		  "                            ^\nc: 1 error, 0 warnings, 0 notices\n" },
		{ "\tcrypto\tisakmp keepalive 5\n",
		  "c:1: error: 5 is not in <10-3600>\n    \tcrypto\tisakmp keepalive 5\n"
		  "    \t      \t                 ^\nc: 1 error, 0 warnings, 0 notices\n" },
		{ "crypto keyring \xc3\xbc x\n",
		  "c:1: error: unexpected text after the name\n    crypto keyring \xc3\xbc x\n"
		  "                     ^\nc: 1 error, 0 warnings, 0 notices\n" },
	};
	struct conf c;
	char *text;
	size_t i, len;
	FILE *f;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		conf_load(&c, rows[i].line);
		f = open_memstream(&text, &len);
		diag_print(&c.d, "c", f);
		fclose(f);
		assert_string_equal(text, rows[i].shown);
		free(text);
		conf_fini(&c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_load_modes),
		cmocka_unit_test(test_load_unrelated),
		cmocka_unit_test(test_load_replaces),
		cmocka_unit_test(test_load_defaults),
		cmocka_unit_test(test_load_hints),
		cmocka_unit_test(test_load_carets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
