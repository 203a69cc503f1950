// SPDX-License-Identifier: Apache-2.0
/* Policies, keys, proposals, transform sets and lists of real configurations, as JSON and as text. */
#include "configured.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct configured c;

#define SECRET	"abcdefghijklmnopqrstuvwxyz"

/* R-IKE-4: by priority, defaults printed, the default suite last. */
static void test_show_isakmp_policy(void **state)
{
	configured_init(&c,
		"crypto legacy permit dh-weak\n"
		"crypto isakmp policy 20\n encryption aes\n hash sha\n group 5\n lifetime 180\n"
		"crypto isakmp policy 3\n authentication pre-share\n hash sha384\n group 19\n");
	configured_expect(&c, "show crypto isakmp policy",
		"\nGlobal IKE policy\n"
		"Protection suite of priority 3\n"
		" encryption algorithm: AES - Advanced Encryption Standard (256 bit keys).\n"
		" hash algorithm: Secure Hash Standard 2 (384 bit)\n"
		" authentication method: Pre-Shared Key\n"
		" Diffie-Hellman group: #19 (256 bit)\n"
		" lifetime: 86400 seconds, no volume limit\n"
		"Protection suite of priority 20\n"
		" encryption algorithm: AES - Advanced Encryption Standard (128 bit keys).\n"
		" hash algorithm: Secure Hash Standard\n"
		" authentication method: Rivest-Shamir-Adleman Signature\n"
		" Diffie-Hellman group: #5 (1536 bit)\n"
		" lifetime: 180 seconds, no volume limit\n"
		" WARNING: obsolete, permitted by \"crypto legacy permit dh-weak\"\n"
		"Default protection suite\n"
		" encryption algorithm: AES - Advanced Encryption Standard (256 bit keys).\n"
		" hash algorithm: Secure Hash Standard 2 (256 bit)\n"
		" authentication method: Rivest-Shamir-Adleman Signature\n"
		" Diffie-Hellman group: #14 (2048 bit)\n"
		" lifetime: 86400 seconds, no volume limit\n");
	configured_expect_json(&c, "show crypto isakmp policy", "default-policy",
		"{'authentication-method':'rsa-sig','dh-group':14,'encryption-algorithm':'aes-256',"
		"'hash-algorithm':'sha256','inactive':null,'legacy':[],'lifetime':86400,"
		"'priority':null,'supported':true}");
	configured_fini(&c);
}

/* Section E: what was refused is not shown as if the default had been meant. */
static void test_show_isakmp_policy_refused(void **state)
{
	char *got;

	configured_init(&c, "crypto isakmp policy 1\n encryption 3des\n hash sha256\n group 14\n");
	got = configured_show(&c, "show crypto isakmp policy");
	assert_non_null(strstr(got, " Inactive: line 2 was refused\n"));
	free(got);
	configured_fini(&c);
	configured_init(&c, "crypto legacy permit 3des\ncrypto isakmp policy 1\n encryption 3des\n");
	got = configured_show(&c, "show crypto isakmp policy");
	assert_non_null(strstr(got, " encryption algorithm: Three key triple DES\n"));
	assert_non_null(strstr(got, " WARNING: obsolete, permitted by \"crypto legacy permit 3des\"\n"));
	free(got);
	configured_fini(&c);
}

/* R-IKE-6, R-IKE-8: whom keys are for, and never the key. */
static void test_show_isakmp_key(void **state)
{
	configured_init(&c,
		"crypto isakmp key " SECRET "1 address 10.2.80.209 255.255.255.0\n"
		"crypto isakmp key " SECRET "2 hostname peer.example no-xauth\n"
		"crypto isakmp key " SECRET "4 address 0.0.0.0\n"
		"crypto keyring branch\n"
		" pre-shared-key address 2001:db8::7 key 6 " SECRET "3\n");
	configured_expect(&c, "show crypto isakmp key",
		"Keyring      Hostname/Address                            Preshared Key\n\n"
		"default      10.2.80.209    [255.255.255.0]              ********\n"
		"             peer.example                                ********\n"
		"             0.0.0.0        [0.0.0.0]                    ********\n"
		"branch       2001:db8::7                                 (encrypted)\n");
	configured_expect_json(&c, "show crypto isakmp key", "keys",
		"[{'address':'10.2.80.209','encrypted':false,'hostname':null,'keyring':'default',"
		"'mask':'255.255.255.0','no-xauth':false,'wildcard':true},"
		"{'address':null,'encrypted':false,'hostname':'peer.example','keyring':'default',"
		"'mask':null,'no-xauth':true,'wildcard':false},"
		"{'address':'0.0.0.0','encrypted':false,'hostname':null,'keyring':'default',"
		"'mask':'0.0.0.0','no-xauth':false,'wildcard':true},"
		"{'address':'2001:db8::7','encrypted':true,'hostname':null,'keyring':'branch',"
		"'mask':null,'no-xauth':false,'wildcard':false}]");
	configured_fini(&c);
}

/* R-IKE-24, R-IKE-22 */
static void test_show_ikev2_proposal(void **state)
{
	configured_init(&c,
		"crypto ikev2 proposal two\n encryption aes-cbc-256 aes-cbc-128\n"
		" integrity sha512 sha1\n group 14 21\n"
		"crypto ikev2 proposal half\n encryption aes-gcm-128\n prf sha1\n");
	configured_expect(&c, "show crypto ikev2 proposal",
		"IKEv2 proposal: half\n"
		" Encryption : AES-GCM-128\n"
		" Integrity  : none\n"
		" PRF        : SHA1\n"
		" DH Group   :\n"
		" Inactive: no group\n"
		"IKEv2 proposal: two\n"
		" Encryption : AES-CBC-256 AES-CBC-128\n"
		" Integrity  : SHA512 SHA96\n"
		" PRF        : SHA512 SHA1\n"
		" DH Group   : DH_GROUP_2048_MODP/Group 14 DH_GROUP_521_ECP/Group 21\n"
		"IKEv2 proposal: default\n"
		" Encryption : AES-GCM-256 AES-GCM-128\n"
		" Integrity  : none\n"
		" PRF        : SHA384 SHA256\n"
		" DH Group   : DH_GROUP_256_ECP/Group 19 DH_GROUP_384_ECP/Group 20"
		" DH_GROUP_521_ECP/Group 21 DH_GROUP_2048_MODP/Group 14"
		" DH_GROUP_3072_MODP/Group 15 DH_GROUP_4096_MODP/Group 16\n"
		"IKEv2 proposal: default\n"
		" Encryption : AES-CBC-256 AES-CBC-128\n"
		" Integrity  : SHA512 SHA384 SHA256\n"
		" PRF        : SHA512 SHA384 SHA256\n"
		" DH Group   : DH_GROUP_256_ECP/Group 19 DH_GROUP_384_ECP/Group 20"
		" DH_GROUP_521_ECP/Group 21 DH_GROUP_2048_MODP/Group 14"
		" DH_GROUP_3072_MODP/Group 15 DH_GROUP_4096_MODP/Group 16\n");
	configured_fini(&c);
}

/* R-TS-7, R-TS-8: names as routers print them. */
static void test_show_transform_set(void **state)
{
	configured_init(&c,
		"crypto ipsec transform-set t2 esp-aes esp-sha-hmac\n"
		"crypto ipsec transform-set t10 ah-sha256-hmac esp-aes 192 esp-sha512-hmac\n"
		" mode transport\n"
		"crypto ipsec transform-set g esp-gcm 256\n");
	configured_expect(&c, "show crypto ipsec transform-set",
		"Transform set default: { esp-gcm 256  }\n"
		"   will negotiate = { Tunnel,  },\n"
		"Transform set default: { esp-256-aes esp-sha256-hmac  }\n"
		"   will negotiate = { Tunnel,  },\n"
		"Transform set g: { esp-gcm 256  }\n"
		"   will negotiate = { Tunnel,  },\n"
		"Transform set t2: { esp-aes esp-sha-hmac  }\n"
		"   will negotiate = { Tunnel,  },\n"
		"Transform set t10: { ah-sha256-hmac esp-192-aes esp-sha512-hmac  }\n"
		"   will negotiate = { Transport,  },\n");
	configured_expect(&c, "show crypto ipsec transform-set t2",
		"Transform set t2: { esp-aes esp-sha-hmac  }\n"
		"   will negotiate = { Tunnel,  },\n");
	configured_expect(&c, "show crypto ipsec transform-set none", "");
	configured_fini(&c);
}

/* R-CFG-10: lists by number and name; remarks are no entries. */
static void test_show_access_lists(void **state)
{
	configured_init(&c,
		"access-list 102 permit udp any range 16384 20000 host 10.1.1.1 eq 53 log\n"
		"access-list 101 remark no entry\n"
		"access-list 101 permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255\n"
		"access-list 101 deny ip any any\n"
		"ip access-list extended out\n permit esp any any\n"
		"ipv6 access-list six\n permit tcp 2001:db8:1::/48 any eq 443\n");
	configured_expect(&c, "show access-lists",
		"Extended IP access list 101\n"
		"    10 permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255\n"
		"    20 deny ip any any\n"
		"Extended IP access list 102\n"
		"    10 permit udp any range 16384 20000 host 10.1.1.1 eq domain log\n"
		"Extended IP access list out\n"
		"    10 permit esp any any\n"
		"IPv6 access list six\n"
		"    10 permit tcp 2001:db8:1::/48 any eq 443\n");
	configured_expect(&c, "show access-lists out",
		"Extended IP access list out\n    10 permit esp any any\n");
	configured_expect(&c, "show access-lists none", "");
	configured_fini(&c);
}

/* R-CFG-3: the text of print_running(), keys masked. */
static void test_show_running_config(void **state)
{
	configured_init(&c, "hostname \"r\xc3\xa9\"\ncrypto isakmp key " SECRET " address 10.0.0.2\n");
	configured_expect(&c, "show running-config",
		"Building configuration...\n\n"
		"Current configuration : 63 bytes\n"
		"!\n"
		"hostname r\xc3\xa9\n"
		"crypto isakmp key ******** address 10.0.0.2\n"
		"!\n"
		"end\n");
	configured_expect_json(&c, "show running-config", "bytes", "63");
	c.fake.gw.running = NULL;
	free(configured_error(&c, "show running-config"));
	configured_fini(&c);
}

/* The file as it is, comments too, without its keys. */
static void test_show_startup_config(void **state)
{
	static const char text[] = "! made by hand\nhostname R\n"
				   "crypto isakmp key " SECRET " address 10.0.0.2";
	char path[] = "/tmp/xipsec-startup-XXXXXX", *got;
	int fd = mkstemp(path);

	assert_true(fd >= 0 && write(fd, text, sizeof(text) - 1) == sizeof(text) - 1);
	close(fd);
	configured_init(&c, "hostname r\n");
	snprintf(c.fake.gw.startup, sizeof(c.fake.gw.startup), "%s", path);
	configured_expect(&c, "show startup-config",
		"Using 87 out of 16777216 bytes\n"
		"! made by hand\n"
		"hostname R\n"
		"crypto isakmp key ******** address 10.0.0.2\n");
	unlink(path);
	got = configured_error(&c, "show startup-config");
	assert_string_equal(got, "startup-config is not present");
	free(got);
	configured_fini(&c);
}

/* Nothing configured: every command answers. */
static void test_show_unconfigured(void **state)
{
	static const char *const commands[] = {
		"show crypto isakmp policy", "show crypto isakmp key", "show crypto ikev2 proposal",
		"show crypto ipsec transform-set", "show access-lists",
	};
	size_t i;

	configured_init(&c, "");
	c.fake.gw.running = NULL;
	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		free(configured_show(&c, commands[i]));
	configured_fini(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_show_isakmp_policy),
		cmocka_unit_test(test_show_isakmp_policy_refused),
		cmocka_unit_test(test_show_isakmp_key),
		cmocka_unit_test(test_show_ikev2_proposal),
		cmocka_unit_test(test_show_transform_set),
		cmocka_unit_test(test_show_access_lists),
		cmocka_unit_test(test_show_running_config),
		cmocka_unit_test(test_show_startup_config),
		cmocka_unit_test(test_show_unconfigured),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
