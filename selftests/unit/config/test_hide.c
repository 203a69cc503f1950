// SPDX-License-Identifier: Apache-2.0
/* No key in what is said of a line that went wrong, and still enough to see what did. */
#include "selftests/unit/config/conf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* All that is said of a text, carets too. */
static char *said_of(const char *text)
{
	char *out = NULL;
	size_t len;
	FILE *f = open_memstream(&out, &len);
	struct conf c;

	conf_load(&c, text);
	diag_print(&c.d, "c", f);
	fclose(f);
	conf_fini(&c);
	return out;
}

#define S	"s3cretW0rd"

/* Wrong in many ways, with a key in each. */
static const char *const lines[] = {
	"crypto isakmp key " S " adress 192.0.2.1",
	"crypto isakmp key " S " 192.0.2.1",
	"crypto isakmp key " S,
	"crypto isakmp key " S " address",
	"crypto isakmp key " S " address 192.0.2.300",
	"crypto isakmp key " S " address 192.0.2.1 no-auth",
	"crypto isakmp key " S " address 192.0.2.1 255.0.255.0",
	"crypto isakmp key 0 " S " adress 192.0.2.1",
	"crypto isakmp key 6 " S " adress 192.0.2.1",
	"crypto isakmp key 7 " S " address 192.0.2.1",
	"crypto isakmp key two " S " address 192.0.2.1",
	"crypto isakmp key " S " words address 192.0.2.1",
	"crypto isakmp key my " S " address address 192.0.2.1",
	"crypto isakmp key \"two " S "\" adress 192.0.2.1",
	"crypto isakmp key \"" S " address 192.0.2.1",
	"crypto isakmp kye " S " address 192.0.2.1",
	"crypto isakmp kee " S " address 192.0.2.1",
	"crypto isakpm key " S " address 192.0.2.1",
	"cryptp isakmp key " S " address 192.0.2.1",
	"crypto key " S " address 192.0.2.1",
	"crypto isa ke " S " adr 192.0.2.1",
	"crypto isakmp key address 192.0.2.1 " S,
	"crypto isakmp key hostname " S,
	"crypto isakmp password " S " address 192.0.2.1",
	"crypto isakmp " S " address 192.0.2.1 key",
	"no crypto isakmp key " S " adress 192.0.2.1",
	"isakmp key " S " address 192.0.2.1",
	"isakmp key " S " adress 192.0.2.1",
	"gw(config)# crypto isakmp key " S " address 192.0.2.1",
	"key " S,
	"key config-key pasword-encrypt " S,
	"key config-key password-encrypt " S,
	"key config-key " S,
	"no key config-key password-encrypt " S " more",
	"pre-shared-key " S,
	"pre-shared-key local " S,
	"crypto keyring r\n pre-shared-key address 192.0.2.1 " S,
	"crypto keyring r\n pre-shared-key address 192.0.2.1 kye " S,
	"crypto keyring r\n pre-shared-key " S,
	"crypto keyring r\n pre-shared-key address 192.0.2.1 key " S " more",
	"crypto keyring r\n pre-shared-key address 192.0.2.1 key 6 more " S,
	"crypto keyring r\n pre-s ad 192.0.2.1 ke " S " more",
	"crypto keyring r\n pre-share-key address 192.0.2.1 key " S,
	"crypto ikev2 keyring k\n peer p\n  pre-shared-key " S " more",
	"crypto ikev2 keyring k\n peer p\n  pre-shared-key lokal " S,
	"crypto ikev2 keyring k\n peer p\n  pre-shared-key remote two " S,
	"crypto ikev2 keyring k\n peer p\n  pre-sharde-key remote " S,
	"crypto ikev2 profile p\n authentication local pre-share key " S " more",
	"crypto ikev2 profile p\n authentication local pre-share " S,
	"crypto ikev2 profile p\n authentication local preshare key " S,
	"crypto ipsec client ezvpn e\n group g key two " S,
	"crypto ipsec client ezvpn e\n group g kee " S,
	"crypto ipsec client ezvpn e\n group g " S,
	"crypto ipsec client ezvpn e\n username joe pasword " S,
	"crypto ipsec client ezvpn e\n username joe " S,
	"crypto ipsec client ezvpn e\n username joe password " S " more",
	"crypto isakmp client configuration group g\n key two " S,
	"crypto isakmp client configuration group g\n kee " S,
	"crypto isakmp peer address 192.0.2.1\n set aggressive-mode password two " S,
	"crypto isakmp peer address 192.0.2.1\n set aggressive-mode pasword " S,
	"interface eth0\n standby 1 authentication md5 key-string two " S,
	"interface eth0\n standby 1 authentication md5 keystring " S,
	"interface eth0\n standby 1 authentication text two " S,
	"crypto map m 10 ipsec-manual\n set session-key inbound esp 300 cipher " S,
	"crypto map m 10 ipsec-manual\n set session-key inbound esp 300 cipher 0011 authenticator " S,
	"crypto map m 10 ipsec-manual\n set session-key inbound esp 300 " S,
	"crypto map m 10 ipsec-manual\n set session-key inbound esp 30 cipher " S,
	"crypto map m 10 ipsec-manual\n set session-key inbound ah 300 " S,
	"crypto map m 10 ipsec-manual\n set session-key inbund esp 300 cipher " S,
	"crypto map m 10 ipsec-manual\n set sesion-key inbound esp 300 cipher " S,
	"crypto map m 10 ipsec-isakmp\n set session-key inbound esp 300 cipher " S,
	"crypto i key " S,
	"snmp-server comunity " S,
	"enable secret " S,
	"username joe password 7 " S,
	"ppp chap password " S,
	"tacacs-server key " S,
	"foo bar " S,
};

static void test_hide_no_key_is_said(void **state)
{
	size_t i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		char *out = said_of(lines[i]);

		if (strcasestr(out, S))
			fail_msg("%s\n%s", lines[i], out);
		if (!strstr(out, "c:"))
			fail_msg("%s: nothing is said", lines[i]);
		free(out);
	}
}

static void test_hide_and_still_help(void **state)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		{ "crypto isakmp key cisco adress 192.0.2.1",
		  "c:1: error: unknown keyword \"adress\" (hint: address)\n"
		  "    crypto isakmp key ******** adress 192.0.2.1\n"
		  "                               ^\n" },
		{ "crypto isakmp key two words address 192.0.2.1",
		  "c:1: error: unexpected word (not shown, it may be part of a key: one with blanks stands in double quotes)\n"
		  "    crypto isakmp key ******** ******** address 192.0.2.1\n"
		  "                               ^\n" },
		{ "crypto isakmp key cisco",
		  "c:1: error: Incomplete command.\n"
		  "    crypto isakmp key ********\n"
		  "                              ^\n" },
		{ "isakmp key cisco address 192.0.2.1",
		  "(hint: crypto isakmp key ******** address 192.0.2.1)" },
		{ "crypto isakmp polcy 10",
		  "c:1: error: unknown keyword \"polcy\" (hint: policy)\n"
		  "    crypto isakmp polcy 10\n"
		  "                  ^\n" },
		{ "access-list 101 permit ip hst 192.0.2.1 any",
		  "    access-list 101 permit ip hst 192.0.2.1 any\n" },
		{ "ip route 10.1.2.3 255.0.0.0 Tunnel1",
		  "    ip route 10.1.2.3 255.0.0.0 Tunnel1\n" },
		{ "crypto ipsec transform-set a esp-aes esp-foo\n",
		  "    crypto ipsec transform-set a esp-aes esp-foo\n" },
		{ "crypto key generate rsa general-keys modulus 360",
		  "    crypto key generate rsa general-keys modulus 360\n" },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *out = said_of(rows[i].text);

		if (!strstr(out, rows[i].says))
			fail_msg("%s\n%s", rows[i].text, out);
		free(out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hide_no_key_is_said),
		cmocka_unit_test(test_hide_and_still_help),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
