// SPDX-License-Identifier: Apache-2.0
/* Lines against the table: shortening, case, ambiguity, and where the caret stands. */
#include "selftests/unit/config/conf.h"

#include <string.h>

static struct match m;
static struct line line;

static enum verdict match(enum mode mode, const char *text)
{
	assert_int_not_equal(lex_line(&line, text, strlen(text)), LEX_TOO_LONG);
	match_line(conf_grammar(), mode, &line, &m);
	return m.verdict;
}

/* As printed: keywords in full, hidden ones and default values too. */
static const char *tokens(void)
{
	static char out[512];
	unsigned int i;

	out[0] = '\0';
	for (i = 0; i < m.ntokens; i++) {
		if (i)
			strcat(out, " ");
		strcat(out, m.token[i].text);
	}
	return out;
}

/* R-CFG-2: any case, shortened while unambiguous; names keep theirs. */
static void test_match_reads(void **state)
{
	static const struct {
		enum mode	mode;
		const char	*line, *tokens;
	} rows[] = {
		{ M_GLOBAL, "crypto isakmp policy 10", "crypto isakmp policy 10" },
		{ M_GLOBAL, "cry isa pol 0010", "crypto isakmp policy 10" },
		{ M_GLOBAL, "CRYPTO IPsec Profile PROF", "crypto ipsec profile PROF" },
		{ M_GLOBAL, "crypto ipsec transform t1 esp-aes 256 esp-sha256-hmac",
		  "crypto ipsec transform-set t1 esp-aes 256 esp-sha256-hmac" },
		{ M_ISAKMP_POLICY, "encr aes", "encryption aes" },
		{ M_ISAKMP_POLICY, "encr aes 256", "encryption aes 256" },
		{ M_ISAKMP_POLICY, "hash sha", "hash sha" },
		{ M_GLOBAL, "interface fas0/0", "interface FastEthernet0/0" },
		{ M_GLOBAL, "interface fastEthernet 0/1", "interface FastEthernet0/1" },
		{ M_GLOBAL, "interface tunnel 0", "interface Tunnel0" },
		{ M_GLOBAL, "interface eth0", "interface eth0" },
		{ M_GLOBAL, "interface eth1/0", "interface Ethernet1/0" },
		{ M_GLOBAL, "interface Serial1/0.100 point", "interface Serial1/0.100 point-to-point" },
		{ M_IF, "shut", "shutdown" },
		{ M_IF, "tunnel source loopback 0", "tunnel source Loopback0" },
		{ M_IF, "tunnel source 2001:DB8::1", "tunnel source 2001:db8::1" },
		{ M_IF, "crypto map CMAP_1 ssp 1", "crypto map CMAP_1 ssp 1" },
		{ M_IF, "standby 1 timers msec 500 3", "standby 1 timers msec 500 3" },
		{ M_IF, "standby track fas0/1", "standby track FastEthernet0/1" },
		{ M_MAP, "set peer 192.0.2.1 default", "set peer 192.0.2.1 default" },
		{ M_MAP, "set peer gw.example.net dynamic", "set peer gw.example.net dynamic" },
		{ M_MAP, "set security-association replay window-size",
		  "set security-association replay window-size" },
		{ M_GLOBAL, "crypto isakmp key 6 abc address 192.0.2.1",
		  "crypto isakmp key 6 abc address 192.0.2.1" },
		/* A key may look like a keyword. */
		{ M_GLOBAL, "crypto isakmp key 6 address 192.0.2.1",
		  "crypto isakmp key 6 address 192.0.2.1" },
		{ M_GLOBAL, "crypto isakmp key address address 192.0.2.1",
		  "crypto isakmp key address address 192.0.2.1" },
		{ M_GLOBAL, "crypto isakmp key 6 CXWdh_Vcd^`cI address 192.0.2.1",
		  "crypto isakmp key 6 CXWdh_Vcd^`cI address 192.0.2.1" },
		{ M_GLOBAL, "crypto isakmp peer ip-address 192.0.2.1",
		  "crypto isakmp peer address 192.0.2.1" },
		{ M_GLOBAL, "access-list 101 permit 17 any eq 500 any eq 4500 log",
		  "access-list 101 permit udp any eq isakmp any eq non500-isakmp log" },
		{ M_GLOBAL, "access-list 101 remark Crypto ACL", "access-list 101 remark Crypto ACL" },
		{ M_ACL6, "permit 6 2001:DB8:0:0::/64 host 2001:db8:1:0::1 eq 22 log",
		  "permit tcp 2001:db8::/64 host 2001:db8:1::1 eq ssh log" },
		{ M_ACL6, "deny 58 any any", "deny icmp any any" },
		{ M_ACL6, "permit 108 any any", "permit pcp any any" },
		{ M_ACL, "permit 1 any any", "permit icmp any any" },
		{ M_IF, "ipv6 address 2001:DB8::1/64", "ipv6 address 2001:db8::1/64" },
		{ M_GLOBAL, "ipv6 route ::/0 fas0/0 fe80::1 200", "ipv6 route ::/0 FastEthernet0/0 fe80::1 200" },
		{ M_GLOBAL, "ip route 0.0.0.0 0.0.0.0 tu0 200", "ip route 0.0.0.0 0.0.0.0 Tunnel0 200" },
		{ M_CERTMAP, "issuer-name co cn = ca", "issuer-name co cn = ca" },
		{ M_PMAP, "class class-default", "class class-default" },
		{ M_PMAP, "class c", "class c" },	/* a name, not the shortened keyword */
		{ M_EXEC, "clear cryp isa ha standby", "clear crypto isakmp ha standby" },
		{ M_EXEC, "show crypto eng qos", "show crypto engine qos" },
		{ M_EXEC, "show ssp peer", "show ssp peers" },
		{ M_EXEC, "show ssp clients", "show ssp client" },
		{ M_EXEC, "clear crypto sa entry 192.0.2.1 esp 0x1234",
		  "clear crypto sa spi 192.0.2.1 esp 0x1234" },
		{ M_EXEC, "show crypto ipsec sa addr", "show crypto ipsec sa address" },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (match(rows[i].mode, rows[i].line) != MATCH_OK)
			fail_msg("%s: %s", rows[i].line, m.why);
		assert_string_equal(tokens(), rows[i].tokens);
	}
}

/* R-CFG-5, and the line tests of configs/99-negative-lines. */
static void test_match_complains(void **state)
{
	static const struct {
		enum mode	mode;
		const char	*line;
		enum verdict	verdict;
		unsigned int	column;
		const char	*why;
	} rows[] = {
		{ M_GLOBAL, "crypto", MATCH_INCOMPLETE, 6, "Incomplete command." },
		{ M_GLOBAL, "crypto isakmp keepalive", MATCH_INCOMPLETE, 23, "Incomplete" },
		{ M_GLOBAL, "crypto i policy 1", MATCH_AMBIGUOUS, 7,
		  "Ambiguous command:  \"crypto i policy 1\"" },
		{ M_GLOBAL, "crypto isakmp polcy 10", MATCH_INVALID, 14,
		  "unknown keyword \"polcy\" (hint: policy)" },
		{ M_GLOBAL, "crypto isakmp policy 0", MATCH_INVALID, 21, "0 is not in <1-10000>" },
		{ M_GLOBAL, "crypto isakmp policy ten", MATCH_INVALID, 21, "\"ten\" is not a number" },
		{ M_GLOBAL, "crypto isakmp keepalive 9", MATCH_INVALID, 24, "9 is not in <10-3600>" },
		{ M_GLOBAL, "crypto isakmp keepalive 10 61", MATCH_INVALID, 27, "61 is not in <2-60>" },
		{ M_GLOBAL, "interface Tunnell101", MATCH_INVALID, 10,
		  "unknown interface type \"Tunnell\"" },
		{ M_GLOBAL, "ip route 192.168.21.0 255.255.255.0 Tunnell101", MATCH_INVALID, 36,
		  "unknown interface \"Tunnell101\"" },
		{ M_GLOBAL, "interface t0", MATCH_INVALID, 10, "ambiguous interface type" },
		{ M_GLOBAL, "crypto ipsec transform t1 esp-aes 256 esp-md5", MATCH_INVALID, 38,
		  "unknown transform \"esp-md5\" (hint: esp-md5-hmac)" },
		{ M_GLOBAL, "crypto key generate ec keysizes 256 label x", MATCH_INVALID, 23,
		  "unknown keyword \"keysizes\" (hint: keysize)" },
		{ M_ACL6, "permit ipv6 10.0.0.0/8 any", MATCH_INVALID, 12, "not an IPv6 prefix" },
		{ M_ACL6, "permit ipv6 2001:db8::/129 any", MATCH_INVALID, 12, "not an IPv6 prefix" },
		{ M_ACL6, "permit ipv6 host 2001:db8::/128 any", MATCH_INVALID, 17, "not an IPv6 address" },
		{ M_ACL6, "permit ip4 any any", MATCH_INVALID, 7, "unknown protocol" },
		{ M_ACL, "permit foo any any", MATCH_INVALID, 7, "unknown protocol" },
		{ M_ACL, "permit 256 any any", MATCH_INVALID, 7, "unknown protocol" },
		{ M_IF, "ipv6 address 2001:db8::1", MATCH_INVALID, 13, "the length behind a slash" },
		{ M_GLOBAL, "access-list 100 permit ip any 192.168.4.0.0.0.0.255", MATCH_INVALID, 30,
		  "bad address \"192.168.4.0.0.0.0.255\" (address and wildcard run together)" },
		{ M_GLOBAL, "access-list 101 permit ip any 10.2.0.0 0.0.255.255 access-list 101",
		  MATCH_INVALID, 51, "unexpected text after the destination" },
		{ M_PROPOSAL2, "encryption aes-cbc-128 aes-cbc-196", MATCH_INVALID, 23,
		  "unknown algorithm \"aes-cbc-196\" (hint: aes-cbc-192)" },
		{ M_CERTMAP, "issuer-name co cn = ca ( Should be configured)", MATCH_INVALID, 15,
		  "unexpected text after the value" },
		{ M_TRUSTPOINT, "enrollment url http://<address of CA server>:80", MATCH_INVALID, 15,
		  "not a URL" },
		{ M_TRUSTPOINT, "enrollment url http://<Address of CA server >:80", MATCH_INVALID, 15,
		  "not a URL" },
		{ M_IF, "ip address 192.0.2.1 255.255.255.252 serial restart-delay 0", MATCH_INVALID, 37,
		  "unexpected text after the mask" },
		{ M_IF, "ip address 192.0.2.1 255.0.255.0", MATCH_INVALID, 21, "is not a mask" },
		{ M_IF, "ip address 192.0.2.300 255.255.255.0", MATCH_INVALID, 11, "bad address" },
		{ M_MAP, "match address 10", MATCH_INVALID, 14, "not an extended one" },
		{ M_MAP, "set security-association replay window-size 100", MATCH_INVALID, 44,
		  "100 is not in <64,128,256,512,1024,2048,4096>" },
		/* Not the "ip" that any number beyond 255 would be. */
		{ M_GLOBAL, "access-list 101 permit foo any any", MATCH_INVALID, 23,
		  "unknown protocol \"foo\"" },
		{ M_GLOBAL, "access-list 101 permit 256 any any", MATCH_INVALID, 23,
		  "unknown protocol \"256\"" },
		{ M_GLOBAL, "foo", MATCH_INVALID, 0, "unknown command \"foo\"" },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (match(rows[i].mode, rows[i].line) == MATCH_OK)
			fail_msg("%s is taken", rows[i].line);
		if (m.verdict != rows[i].verdict || m.column != rows[i].column ||
		    !strstr(m.why, rows[i].why))
			fail_msg("%s: %d at %u: %s", rows[i].line, m.verdict, m.column, m.why);
	}
}

/* R-CFG-2: the `no` form may leave out the values, but not what names the instance. */
static void test_match_no_forms(void **state)
{
	static const struct {
		enum mode	mode;
		const char	*line;
		bool		fine, whole;
	} rows[] = {
		{ M_IF, "no ip address", true, false },
		{ M_IF, "no ip address 192.0.2.1 255.255.255.0", true, true },
		{ M_IF, "no shutdown", true, true },
		{ M_IF, "no standby delay", true, false },
		{ M_IF, "default ip mtu", true, false },
		{ M_GLOBAL, "no crypto isakmp keepalive", true, false },
		{ M_GLOBAL, "no access-list 101", true, false },
		{ M_GLOBAL, "no access-list", false, false },
		{ M_GLOBAL, "no crypto map", false, false },
		{ M_GLOBAL, "no ipv6 access-list six", true, true },
		{ M_GLOBAL, "no ipv6 route ::/0 eth0", true, true },
		{ M_IF, "no ipv6 address", false, false },
		{ M_GLOBAL, "no crypto map mymap", true, false },
		{ M_GLOBAL, "no interface", false, false },
		{ M_GLOBAL, "no crypto isakmp key secret", false, false },
		{ M_GLOBAL, "no", false, false },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if ((match(rows[i].mode, rows[i].line) == MATCH_OK) != rows[i].fine)
			fail_msg("%s: %s", rows[i].line, m.why);
		if (rows[i].fine)
			assert_int_equal(m.whole, rows[i].whole);
	}
}

/* Nothing of a hostile line makes the matcher slow or run over its room. */
static void test_match_bounds(void **state)
{
	static char text[LEX_LINE_MAX];
	unsigned int i;

	strcpy(text, "set transform-set");
	for (i = 0; i < 200; i++)
		strcat(text, " aaaaaaaaaa");
	assert_int_equal(match(M_MAP, text), MATCH_INVALID);
	assert_non_null(strstr(m.why, "words"));
	strcpy(text, "description ");
	memset(text + 12, 'x', 2000);
	assert_int_equal(match(M_MAP, text), MATCH_INVALID);
	strcpy(text, "group");
	for (i = 0; i < 250; i++)
		strcat(text, " 14");
	assert_int_not_equal(match(M_PROPOSAL2, text), MATCH_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_match_reads),
		cmocka_unit_test(test_match_complains),
		cmocka_unit_test(test_match_no_forms),
		cmocka_unit_test(test_match_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
