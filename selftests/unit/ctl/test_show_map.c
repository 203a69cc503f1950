// SPDX-License-Identifier: Apache-2.0
/* Crypto maps of real configurations, as JSON and as text (R-CMAP-7, R-CLEAR-5, R-DYN-5). */
#include "configured.h"

#include <stdlib.h>
#include <string.h>

static struct configured c;

#define SECRET	"abcdefghijklmnopqrstuvwxyz"
#define BASE								\
	"crypto isakmp key " SECRET " address 10.2.2.2\n"		\
	"crypto ipsec transform-set t1 esp-aes 256 esp-sha256-hmac\n"	\
	"access-list 141 permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255\n"	\
	"access-list 141 deny ip any any\n"
#define ENTRY "crypto map lab 10 ipsec-isakmp\n set peer 10.2.2.2\n set transform-set t1\n match address 141\n"
#define ETH "interface FastEthernet0/0\n ip address 192.0.2.1 255.255.255.0\n crypto map lab\n"

/* R-CMAP-7, whole; entries by their number. */
static void test_show_map(void **state)
{
	configured_init(&c, BASE
		"crypto ipsec security-association lifetime seconds 120\n"
		"crypto map lab 20 ipsec-isakmp\n description second\n set peer 10.3.3.3 default\n"
		" set peer 10.3.3.4\n set transform-set t1\n match address 141\n set pfs group19\n"
		" set security-association lifetime kilobytes 5000\n"
		" set security-association replay window-size 1024\n"
		ENTRY ETH);
	configured_map(&c, "lab", 10, "FastEthernet0/0", 1, "10.2.2.2");
	configured_map(&c, "lab", 20, "FastEthernet0/0", 2, "10.3.3.4");
	configured_expect(&c, "show crypto map",
		"\nCrypto Map: \"lab\" idb: FastEthernet0/0 local address: 192.0.2.1\n"
		"\nCrypto Map \"lab\" 10 ipsec-isakmp\n"
		"        Peer = 10.2.2.2\n"
		"        Extended IP access list 141\n"
		"            access-list 141 permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255\n"
		"            access-list 141 deny ip any any\n"
		"        Current peer: 10.2.2.2\n"
		"        Security-association lifetime: 4608000 kilobytes/120 seconds\n"
		"        PFS (Y/N): N\n"
		"        Transform sets={ t1, }\n"
		"\nCrypto Map \"lab\" 20 ipsec-isakmp\n"
		"        Description: second\n"
		"        Peer = 10.3.3.3 (default)\n"
		"        Peer = 10.3.3.4\n"
		"        Extended IP access list 141\n"
		"            access-list 141 permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255\n"
		"            access-list 141 deny ip any any\n"
		"        Current peer: 10.3.3.4\n"
		"        Security-association lifetime: 5000 kilobytes/120 seconds\n"
		"        PFS (Y/N): Y\n"
		"        DH group:  group19\n"
		"        Transform sets={ t1, }\n"
		"        Replay window size: 1024\n"
		"        Interfaces using crypto map lab:\n"
		"                FastEthernet0/0\n");
	configured_fini(&c);
}

/* By tag and by interface, its IOS name and that of Linux. */
static void test_show_map_selects(void **state)
{
	char *all, *got;

	configured_init(&c, BASE ENTRY ETH "crypto map other 1 ipsec-isakmp\n set peer 10.2.2.2\n");
	all = configured_show(&c, "show crypto map tag lab");
	assert_null(strstr(all, "other"));
	got = configured_show(&c, "show crypto map interface FastEthernet 0/0");
	assert_string_equal(got, all);
	free(got);
	got = configured_show(&c, "show crypto map interface eth0");
	assert_string_equal(got, all);
	free(got);
	free(all);
	configured_expect(&c, "show crypto map interface eth1", "No crypto maps found.\n");
	configured_expect(&c, "show crypto map tag none", "No crypto maps found.\n");
	configured_fini(&c);
}

/* R-CMAP-3: why an entry is not used, everywhere or on one interface; what the kernel refused. */
static void test_show_map_inactive(void **state)
{
	struct plan_item *i;
	char *got;

	configured_init(&c, BASE ENTRY ETH "crypto map lab 30 ipsec-isakmp\n set transform-set none\n");
	i = configured_map(&c, "lab", 10, "FastEthernet0/0", 1, "10.2.2.2");
	strcpy(i->inactive, "interface FastEthernet0/0 is not present");
	fake_gateway.failed_owner = "crypto map lab 10 on eth0";
	fake_gateway.failed_why = "no such cipher";
	got = configured_show(&c, "show crypto map");
	assert_non_null(strstr(got,
		"        Inactive on FastEthernet0/0: interface FastEthernet0/0 is not present\n"));
	assert_non_null(strstr(got,
		"\nCrypto Map \"lab\" 30 ipsec-isakmp\n"
		"        No matching address list set.\n"
		"        Current peer: 0.0.0.0\n"
		"        Security-association lifetime: 4608000 kilobytes/3600 seconds\n"
		"        PFS (Y/N): N\n"
		"        Transform sets={ none, }\n"
		"        Inactive: no usable transform set\n"));
	assert_non_null(strstr(got, "\n% crypto map lab 10 on eth0: no such cipher\n"));
	fake_gateway.failed_owner = NULL;
	free(got);
	configured_fini(&c);
}

/* R-GEN-2: SPIs are shown, keys never, not in JSON either. */
static void test_show_map_manual(void **state)
{
	json_t *o;
	char *text;

	configured_init(&c, BASE
		"crypto map lab 5 ipsec-manual\n set peer 10.2.2.2\n set transform-set t1\n match address 141\n"
		" set session-key inbound esp 300 cipher 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
		" authenticator 5566778899aabbccddeeff5566778899aabbccddeeff5566778899aabbccdd11\n"
		" set session-key outbound esp 301 cipher 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
		" authenticator 5566778899aabbccddeeff5566778899aabbccddeeff5566778899aabbccdd11\n"
		" set session-key outbound ah 302 5566778899aabbccddeeff5566778899aabbccddeeff5566778899aabbccdd11\n");
	configured_expect(&c, "show crypto map",
		"\nCrypto Map \"lab\" 5 ipsec-manual\n"
		"        Peer = 10.2.2.2\n"
		"        Extended IP access list 141\n"
		"            access-list 141 permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255\n"
		"            access-list 141 deny ip any any\n"
		"        Current peer: 10.2.2.2\n"
		"        Transform sets={ t1, }\n"
		"        Inbound esp spi: 300,\n"
		"         cipher key: ********,\n"
		"         auth key: ********,\n"
		"        Outbound esp spi: 301,\n"
		"         cipher key: ********,\n"
		"         auth key: ********,\n"
		"        Outbound ah spi: 302,\n"
		"         key: ********,\n"
		"        Interfaces using crypto map lab:\n");
	o = configured_ask(&c, "show crypto map");
	text = json_dumps(o, 0);
	assert_null(strstr(text, "5566"));
	assert_null(strstr(text, "aabb"));
	free(text);
	json_decref(o);
	configured_fini(&c);
}

/* R-CLEAR-5; a named list; section E. */
static void test_show_map_lists(void **state)
{
	char *got;

	configured_init(&c, BASE
		"crypto legacy permit 3des dh-weak\n"
		"crypto ipsec transform-set old esp-3des esp-sha-hmac\n"
		"ip access-list extended clear\n permit tcp any any eq 80\n"
		"crypto map lab 1 ipsec-isakmp\n set peer 10.2.2.2\n set transform-set t1 old\n"
		" match address 142\n set ip access-group clear in\n set ip access-group 141 out\n"
		" set pfs group5\n reverse-route\n");
	got = configured_show(&c, "show crypto map");
	assert_non_null(strstr(got,
		"        Extended IP access list 142\n"
		"            not defined\n"
		"        Extended IP access check IN list clear\n"
		"            permit tcp any any eq www\n"
		"        Extended IP access check OUT list 141\n"
		"            access-list 141 permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255\n"
		"            access-list 141 deny ip any any\n"));
	assert_non_null(strstr(got,
		"        Transform sets={ t1, old, }\n"
		"        Reverse Route Injection Enabled\n"
		"        WARNING: obsolete, permitted by \"crypto legacy permit 3des\"\n"
		"        WARNING: obsolete, permitted by \"crypto legacy permit dh-weak\"\n"));
	puts(got);free(got);
	configured_fini(&c);
}

/* What runs: the file, and what of it is in use. */
static void test_show_version(void **state)
{
	char *got;

	configured_init(&c, BASE ENTRY ETH "crypto map lab 20 ipsec-isakmp\n");
	strcpy(c.fake.gw.startup, "/etc/xipsec/startup-config");
	configured_map(&c, "lab", 10, "FastEthernet0/0", 1, "10.2.2.2");
	strcpy(configured_map(&c, "lab", 20, "FastEthernet0/0", 2, "10.2.2.2")->inactive, "no peer");
	got = configured_show(&c, "show version");
	assert_non_null(strstr(got,
		"Configuration file is \"/etc/xipsec/startup-config\"\n"
		"2 crypto map entries, 1 in use; 0 tunnel interfaces, 0 in use; 1 interfaces guarded\n"));
	free(got);
	c.fake.gw.configured = false;
	got = configured_show(&c, "show version");
	assert_non_null(strstr(got, "\nGuard mode: "));
	free(got);
	configured_fini(&c);
}

/* R-DYN-5, R-CMAP-8 */
static void test_show_dynamic_map(void **state)
{
	configured_init(&c, BASE
		"crypto dynamic-map dyn 10\n set transform-set t1\n match address 141\n"
		"crypto dynamic-map dyn 5\n set transform-set t1\n set pfs\n"
		"crypto map lab 65535 ipsec-isakmp dynamic dyn\n");
	configured_expect(&c, "show crypto dynamic-map tag dyn",
		"\nCrypto Map Template\"dyn\" 5\n"
		"        No matching address list set.\n"
		"        Current peer: 0.0.0.0\n"
		"        Security-association lifetime: 4608000 kilobytes/3600 seconds\n"
		"        PFS (Y/N): Y\n"
		"        DH group:  group14\n"
		"        Transform sets={ t1, }\n"
		"\nCrypto Map Template\"dyn\" 10\n"
		"        Extended IP access list 141\n"
		"            access-list 141 permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255\n"
		"            access-list 141 deny ip any any\n"
		"        Current peer: 0.0.0.0\n"
		"        Security-association lifetime: 4608000 kilobytes/3600 seconds\n"
		"        PFS (Y/N): N\n"
		"        Transform sets={ t1, }\n");
	configured_expect(&c, "show crypto map",
		"\nCrypto Map \"lab\" 65535 ipsec-isakmp\n"
		"        Dynamic map template tag: dyn\n"
		"        Interfaces using crypto map lab:\n");
	configured_expect(&c, "show crypto dynamic-map tag none", "No crypto map templates found.\n");
	configured_fini(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_show_map),
		cmocka_unit_test(test_show_map_selects),
		cmocka_unit_test(test_show_map_inactive),
		cmocka_unit_test(test_show_map_manual),
		cmocka_unit_test(test_show_map_lists),
		cmocka_unit_test(test_show_version),
		cmocka_unit_test(test_show_dynamic_map),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
