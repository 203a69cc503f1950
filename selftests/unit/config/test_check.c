// SPDX-License-Identifier: Apache-2.0
/* What lines say together: references, keys, tunnels, lists, failover. */
#include "selftests/unit/config/conf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/config/check.h"

#define E	DIAG_ERROR
#define W	DIAG_WARNING
#define N	DIAG_NOTICE

#define KEY	"crypto isakmp key abcdefghijklmnopqrstuvwxyz address 192.0.2.1\n"
#define TSET	"crypto ipsec transform-set t esp-gcm 256\n"
#define ACL	"access-list 101 permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255\n"
#define ENTRY	"crypto map m 10 ipsec-isakmp\n set peer 192.0.2.1\n set transform-set t\n match address 101\n"
#define TUNNEL	"interface Tunnel1\n ip address 10.9.9.1 255.255.255.252\n tunnel source eth0\n" \
		" tunnel destination 192.0.2.1\n tunnel mode ipsec ipv4\n"

/* says: what is expected, on a line; NULL ends. Nothing else above notices may be said. */
struct checked {
	const char	*name, *in;
	struct {
		enum diag_severity sev;
		unsigned int line;
		const char *says;
	} want[8];
};

static void run(const struct checked *rows, size_t n)
{
	size_t i, j, above;
	struct conf c;

	for (i = 0; i < n; i++) {
		conf_load(&c, rows[i].in);
		for (j = above = 0; j < 8 && rows[i].want[j].says; j++) {
			conf_expect(&c, rows[i].want[j].sev, rows[i].want[j].line, rows[i].want[j].says);
			above += rows[i].want[j].sev != N;
		}
		if (c.d.count[E] + c.d.count[W] != above) {
			diag_print(&c.d, "conf", stderr);
			fail_msg("%s: more than was expected", rows[i].name);
		}
		conf_fini(&c);
	}
}

#define RUN(rows)	run(rows, sizeof(rows) / sizeof((rows)[0]))

/* R-CFG-6: any order is fine, what dangles is said, and what needs it is off. */
static void test_check_references(void **state)
{
	static const struct checked rows[] = {
		{ "whole", KEY TSET ENTRY ACL, {} },
		{ "the other way round", ACL ENTRY TSET KEY, {} },
		{ "no transform set and no list", KEY ENTRY,
		  { { W, 4, "transform set \"t\" is not defined" }, { W, 5, "access list \"101\" is not defined" },
		    { W, 2, "crypto map m 10 is inactive" } } },
		{ "one of two sets will do", KEY TSET ACL
		  "crypto map m 1\n set peer 192.0.2.1\n set transform-set x t\n match address 101\n",
		  { { W, 6, "transform set \"x\"" } } },
		{ "names keep their case", KEY ACL "crypto ipsec transform-set T esp-gcm\n" ENTRY,
		  { { W, 6, "transform set \"t\" is not defined" }, { W, 4, "no usable transform set" } } },
		{ "a refused set", KEY ACL "crypto ipsec transform-set t esp-des esp-sha256-hmac\n" ENTRY,
		  { { E, 3, "DES" }, { W, 6, "transform set \"t\" was refused" }, { W, 4, "inactive" } } },
		{ "down the chain", "crypto ipsec profile p\n set transform-set x\n" TUNNEL
		  " tunnel protection ipsec profile p\n",
		  { { W, 2, "\"x\" is not defined" }, { W, 1, "crypto ipsec profile p is inactive" },
		    { W, 8, "IPsec profile \"p\" is inactive" }, { W, 3, "interface Tunnel1 is inactive" } } },
		{ "the built-in set (R-TS-8)", "crypto ipsec profile p\n set transform-set default\n", {} },
		{ "keyring", "crypto isakmp profile p\n keyring k\n",
		  { { W, 2, "keyring \"k\" is not defined" }, { W, 1, "crypto isakmp profile p is inactive" } } },
		{ "map of an interface", "interface eth0\n crypto map m\n",
		  { { W, 2, "crypto map \"m\" is not defined" } } },
		{ "interface of a tunnel",
		  "crypto ipsec profile p\ninterface Tunnel1\n tunnel source Loopback0\n tunnel destination 192.0.2.1\n"
		  " tunnel protection ipsec profile p\n",
		  { { W, 3, "interface \"Loopback0\" is not defined" }, { W, 2, "Tunnel1 is inactive" } } },
		{ "VRF", "crypto pki trustpoint t\n vrf v\n",
		  { { W, 2, "VRF \"v\" is not defined" }, { W, 1, "has no certificates" } } },
		{ "named list", "ip access-list extended l\n permit ip any any\ncrypto map m 1\n match address l\n",
		  { { W, 3, "no peer, no transform set" } } },
		{ "standard lists do not count (R-CFG-10)",
		  KEY TSET "ip access-list standard l\n permit 10.0.0.0\ncrypto map m 1\n set peer 192.0.2.1\n"
		  " set transform-set t\n match address l\n",
		  { { W, 8, "access list \"l\" is not defined" }, { W, 5, "inactive" } } },
	};

	RUN(rows);
}

static void test_check_maps(void **state)
{
	static const struct checked rows[] = {
		{ "incomplete (R-CMAP-3)", "crypto map test 1 ipsec-isakmp\n set security-association idle-time 600\n",
		  { { W, 1, "crypto map test 1 is inactive: no peer, no transform set, no access list" } } },
		{ "a dynamic map needs a transform set (R-DYN-2)", TSET "crypto dynamic-map d 1\n"
		  "crypto dynamic-map d 2\n set transform-set t\ncrypto map m 65535 ipsec-isakmp dynamic d\n",
		  { { W, 2, "crypto dynamic-map d 1 is inactive: no transform set" } } },
		{ "the default peer is first (R-DPD-5)", KEY TSET ACL
		  "crypto map m 1\n set peer 192.0.2.1\n set peer 192.0.2.1 default\n set transform-set t\n match address 101\n",
		  { { E, 6, "first and the only one" } } },
		{ "no key for a peer (R-CMAP-10)", TSET ACL ENTRY, { { W, 4, "no pre-shared key for peer 192.0.2.1" } } },
		{ "a wider key covers it", "crypto isakmp key abcdefghijklmnopqrstuvwxyz address 192.0.2.0 255.255.255.0\n"
		  TSET ACL ENTRY, { { W, 1, "wildcard" } } },
		{ "but not another network",
		  "crypto isakmp key abcdefghijklmnopqrstuvwxyz address 192.0.3.0 255.255.255.0\n" TSET ACL ENTRY,
		  { { W, 1, "wildcard" }, { W, 5, "no pre-shared key" } } },
		{ "a keyring's key counts", "crypto keyring k\n pre-shared-key address 192.0.2.1 key abcdefghijklmnopqrstuvwxyz\n"
		  TSET ACL ENTRY, {} },
		{ "idle time like the global one (R-IDLE-5)", KEY TSET ACL ENTRY
		  " set security-association idle-time 600\ncrypto ipsec security-association idle-time 600\n",
		  { { N, 8, "without effect" } } },
		{ "keys by hand with AEAD (R-GEN-2)", TSET ACL
		  "crypto map m 1 ipsec-manual\n set peer 192.0.2.1\n set transform-set t\n match address 101\n",
		  { { W, 3, "keys by hand" }, { E, 5, "RFC 8221 section 4" }, { W, 3, "inactive" } } },
		{ "keys by hand", "crypto ipsec transform-set c esp-aes esp-sha256-hmac\n" ACL
		  "crypto map m 1 ipsec-manual\n set peer 192.0.2.1\n set transform-set c\n match address 101\n"
		  " set session-key inbound esp 256 cipher 00112233445566778899aabbccddeeff authenticator 0011\n"
		  " set session-key outbound esp 257 cipher 00112233445566778899aabbccddeeff authenticator 0011\n",
		  { { W, 3, "keys by hand" } } },
		{ "one direction is missing", "crypto ipsec transform-set c ah-sha256-hmac\n" ACL
		  "crypto map m 1 ipsec-manual\n set peer 192.0.2.1\n set transform-set c\n match address 101\n"
		  " set session-key inbound ah 256 0011\n",
		  { { W, 3, "keys by hand" }, { W, 3, "no outbound session key" } } },
	};

	RUN(rows);
}

static void test_check_ike(void **state)
{
	static const struct checked rows[] = {
		{ "defaults are named (R-IKE-2)", "crypto isakmp policy 1\n authentication pre-share\n",
		  { { N, 1, "policy 1 takes today's defaults: encryption aes 256, hash sha256, group 14" } } },
		{ "only those left out", "crypto isakmp policy 1\n encryption aes 256\n hash sha256\n",
		  { { N, 1, "defaults: group 14" } } },
		{ "a whole proposal (R-IKE-20)", "crypto ikev2 proposal p\n encryption aes-cbc-256\n integrity sha256\n"
		  " group 19\ncrypto ikev2 policy x\n proposal p\n", {} },
		{ "AEAD with a PRF", "crypto ikev2 proposal p\n encryption aes-gcm-256\n prf sha384\n group 19\n",
		  { { N, 1, "not attached" } } },
		{ "no integrity", "crypto ikev2 proposal p\n encryption aes-cbc-256\n group 19\n"
		  "crypto ikev2 policy x\n proposal p\n",
		  { { W, 1, "crypto ikev2 proposal p is inactive: no integrity" },
		    { W, 5, "is inactive" }, { W, 4, "crypto ikev2 policy x is inactive" } } },
		{ "no group", "crypto ikev2 proposal p\n encryption aes-gcm-256\n prf sha256\n", { { W, 1, "no group" } } },
		{ "AEAD with integrity", "crypto ikev2 proposal p\n encryption aes-gcm-256\n integrity sha256\n group 19\n",
		  { { W, 1, "name a prf" } } },
		{ "both kinds of cipher",
		  "crypto ikev2 proposal p\n encryption aes-gcm-256 aes-cbc-256\n prf sha256\n group 19\n",
		  { { W, 1, "use two proposals" } } },
	};

	RUN(rows);
}

#define PROFILE	"crypto ipsec profile p\n set transform-set default\n"

static void test_check_interfaces(void **state)
{
	static const struct checked rows[] = {
		{ "overlapping subnets (R-CFG-9)",
		  "interface eth0\n ip address 10.1.1.1 255.0.0.0\ninterface eth1\n ip address 10.0.0.1 255.0.0.0\n",
		  { { W, 4, "overlaps with that of eth0" } } },
		{ "one inside the other, a third between",
		  "interface eth0\n ip address 10.0.0.1 255.0.0.0\ninterface eth1\n ip address 10.1.0.1 255.255.255.0\n"
		  "interface eth2\n ip address 10.2.0.1 255.255.255.0\n",
		  { { W, 4, "eth0" }, { W, 6, "eth0" } } },
		{ "neighbours", "interface eth0\n ip address 10.0.0.1 255.255.255.128\n"
		  "interface eth1\n ip address 10.0.0.129 255.255.255.128\n", {} },
		{ "a whole tunnel (R-VTI-3)", PROFILE TUNNEL " tunnel protection ipsec profile p\n", {} },
		{ "shared", PROFILE TUNNEL " tunnel protection ipsec profile p shared\n", { { E, 8, "shared" } } },
		{ "no protection", TUNNEL, { { W, 1, "no tunnel protection" } } },
		{ "nowhere to", "interface Tunnel1\n tunnel source eth0\n", { { W, 1, "no tunnel destination" } } },
		{ "transport mode (R-VTI-4)",
		  "crypto ipsec transform-set t esp-gcm\n mode transport\ncrypto ipsec profile p\n set transform-set t\n"
		  TUNNEL " tunnel protection ipsec profile p\n",
		  { { W, 10, "transport mode of \"t\" is ignored" } } },
		{ "default route into the tunnel (R-VTI-5)", PROFILE TUNNEL " tunnel protection ipsec profile p\n"
		  "ip route 0.0.0.0 0.0.0.0 Tunnel1\n",
		  { { W, 9, "add a route to 192.0.2.1" } } },
		{ "with a way out", PROFILE TUNNEL " tunnel protection ipsec profile p\n"
		  "ip route 0.0.0.0 0.0.0.0 Tunnel1\nip route 192.0.2.1 255.255.255.255 198.51.100.1\n", {} },
		{ "route to an unknown tunnel", "ip route 10.0.0.0 255.0.0.0 Tunnel7\n",
		  { { W, 1, "interface \"Tunnel7\" is not defined" } } },
		{ "a list keeps IKE out (R-CFG-11)", KEY TSET ACL ENTRY
		  "access-list 110 permit esp any any\naccess-list 110 permit tcp any any eq 500\n"
		  "access-list 110 permit udp any any eq 4500\n"
		  "interface eth0\n crypto map m\n ip access-group 110 in\n",
		  { { W, 13, "keeps out IKE (UDP 500)" }, { W, 13, "keeps out AH" } } },
		{ "a list lets all in", KEY TSET ACL ENTRY "ip access-list extended l\n deny tcp any any\n permit ip any any\n"
		  "interface eth0\n crypto map m\n ip access-group l in\n", {} },
		{ "df-bit behind one local-address (R-DF-4)", KEY TSET ACL ENTRY
		  "crypto map m local-address Loopback0\ninterface Loopback0\n ip address 10.8.8.8 255.255.255.255\n"
		  "interface eth0\n crypto map m\ninterface eth1\n crypto map m\n crypto ipsec df-bit set\n",
		  { { W, 14, "differ in df-bit" } } },
	};

	RUN(rows);
}

#define HSRP(iface, address, g, name)						\
	"interface " iface "\n ip address " address " 255.255.255.0\n standby " g " ip\n standby " g " name " name "\n"

static void test_check_failover(void **state)
{
	static const struct checked rows[] = {
		{ "no address (R-HA-3)", "interface eth0\n standby 1 ip 10.0.0.1\n", { { W, 2, "no address of its own" } } },
		{ "group names keep their case (A21-14)", HSRP("eth0", "10.0.0.2", "1", "LAN") "ssp group 1\n redundancy lan\n",
		  { { W, 6, "HSRP group \"lan\" is not defined" } } },
		{ "groups that do not follow each other",
		  HSRP("eth0", "10.0.0.2", "1", "LAN") HSRP("eth1", "10.1.0.2", "2", "ISP") " standby 2 track eth0\n"
		  "ssp group 1\n redundancy LAN\n redundancy ISP\n",
		  { { W, 11, "\"LAN\" tracks no interface" } } },
		{ "unequal priorities",
		  HSRP("eth0", "10.0.0.2", "1", "LAN") " standby 1 track eth1\n"
		  HSRP("eth1", "10.1.0.2", "2", "ISP") " standby 2 track eth0\n standby 2 priority 110\n"
		  "ssp group 1\n redundancy LAN\n redundancy ISP\n",
		  { { W, 14, "differ in priority" } } },
		{ "SSP group of a map", "interface eth0\n crypto map m ssp 1\ncrypto isakmp ssp 2\n",
		  { { W, 2, "crypto map \"m\"" }, { W, 2, "SSP group \"1\"" }, { W, 3, "SSP group \"2\"" } } },
	};

	RUN(rows);
}

static void test_check_rest(void **state)
{
	static const struct checked rows[] = {
		{ "an undefined class (R-LLQ-8)", "policy-map p\n class bar\n  bandwidth 20\n",
		  { { W, 2, "class \"bar\" is not defined" } } },
		{ "units (R-LLQ-3)", "class-map a\npolicy-map p\n class a\n  bandwidth 20\n class class-default\n"
		  "  bandwidth percent 10\n", { { W, 2, "mixes" } } },
		{ "Easy VPN without interface", "crypto ipsec client ezvpn e\n",
		  { { W, 1, "not bound to an interface" } } },
		{ "Easy VPN on one side (R-EZVPN-9)",
		  "crypto ipsec client ezvpn e\ninterface eth0\n crypto ipsec client ezvpn e\n",
		  { { W, 1, "at least one inside" } } },
		{ "Easy VPN", "crypto ipsec client ezvpn e\ninterface eth0\n crypto ipsec client ezvpn e outside\n"
		  "interface eth1\n crypto ipsec client ezvpn e inside\n", {} },
		{ "a key that is none (R-IKE-11)",
		  "crypto key pubkey-chain rsa\n named-key a\n  key-string\n   005C300D\n  quit\n",
		  { { W, 3, "not valid DER" } } },
		{ "a short one", "crypto key pubkey-chain rsa\n named-key a\n  key-string\n   3002 0500\n  quit\n",
		  { { W, 3, "shorter than 2048" } } },
	};

	RUN(rows);
}

/* R-CMAP-3: what shows an object says why it is not used. */
static void test_check_keeps_why(void **state)
{
	struct conf c;

	conf_load(&c, "crypto map m 10 ipsec-isakmp\n set peer 192.0.2.1\n" KEY);
	assert_string_equal(c.t.root.first->why, "no transform set, no access list");
	check_all(&c.l);
	assert_string_equal(c.t.root.first->why, "no transform set, no access list");
	conf_fini(&c);
	conf_load(&c, KEY TSET ACL ENTRY);
	assert_null(c.t.root.last->why);
	conf_fini(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check_keeps_why),
		cmocka_unit_test(test_check_references),
		cmocka_unit_test(test_check_maps),
		cmocka_unit_test(test_check_ike),
		cmocka_unit_test(test_check_interfaces),
		cmocka_unit_test(test_check_failover),
		cmocka_unit_test(test_check_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
