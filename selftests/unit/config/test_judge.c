// SPDX-License-Identifier: Apache-2.0
/* Section E, line by line: refused, opted in, warned about, noted, ignored. */
#include "selftests/unit/config/conf.h"

#include <stdio.h>
#include <string.h>

#define E	DIAG_ERROR
#define W	DIAG_WARNING
#define N	DIAG_NOTICE

struct judged {
	const char	*in;
	enum diag_severity sev;
	unsigned int	line;
	const char	*says;
};

static void run(const struct judged *rows, size_t n)
{
	struct conf c;
	size_t i;

	for (i = 0; i < n; i++) {
		conf_load(&c, rows[i].in);
		conf_expect(&c, rows[i].sev, rows[i].line, rows[i].says);
		if (rows[i].sev != E)
			assert_int_equal(c.d.count[E], 0);
		conf_fini(&c);
	}
}

#define RUN(rows)	run(rows, sizeof(rows) / sizeof((rows)[0]))
#define POLICY		"crypto isakmp policy 1\n"
#define TSET		"crypto ipsec transform-set t "
#define PROPOSAL	"crypto ikev2 proposal p\n"

static void test_judge_section_e(void **state)
{
	static const struct judged rows[] = {
		/* refused, with the replacement named */
		{ POLICY " encryption des\n", E, 2, "use aes 256" },
		{ TSET "esp-des esp-sha-hmac\n", E, 1, "esp-gcm 256" },
		{ PROPOSAL " encryption des\n", E, 2, "DES" },
		{ POLICY " hash md5\n", E, 2, "use SHA-256" },
		{ TSET "esp-aes esp-md5-hmac\n", E, 1, "MD5" },
		{ TSET "ah-md5-hmac\n", E, 1, "MD5" },
		{ PROPOSAL " integrity sha256 md5\n", E, 2, "MD5" },
		{ PROPOSAL " prf md5\n", E, 2, "MD5" },
		{ POLICY " group 1\n", E, 2, "use group 14" },
		{ POLICY " group 22\n", E, 2, "RFC 8247" },
		{ POLICY " group 23\n", E, 2, "RFC 8247" },
		{ PROPOSAL " group 14 24\n", E, 2, "RFC 8247" },
		{ "crypto ipsec profile p\n set pfs group1\n", E, 2, "group 1" },
		{ POLICY " authentication rsa-encr\n", E, 2, "use rsa-sig" },
		{ TSET "esp-seal esp-sha-hmac\n", E, 1, "SEAL" },
		{ TSET "esp-aes\n", E, 1, "encryption without authentication" },
		{ TSET "esp-null\n", E, 1, "encryption without authentication" },
		{ TSET "comp-lzs\n", E, 1, "comp-lzs" },
		{ "crypto key generate rsa general-keys modulus 360\n", E, 1,
		  "modulus 360 is below the minimum of 2048" },
		{ "crypto pki trustpoint t\n rsakeypair k 1024\n", E, 2, "below the minimum" },
		/* opt-in */
		{ POLICY " encryption 3des\n", E, 2, "`crypto legacy permit 3des`" },
		{ TSET "esp-3des esp-sha-hmac\n", E, 1, "`crypto legacy permit 3des`" },
		{ PROPOSAL " encryption 3des\n", E, 2, "`crypto legacy permit 3des`" },
		{ POLICY " group 2\n", E, 2, "`crypto legacy permit dh-weak`" },
		{ POLICY " group 5\n", E, 2, "`crypto legacy permit dh-weak`" },
		{ "crypto ipsec profile p\n set pfs group2\n", E, 2, "dh-weak" },
		{ "crypto isakmp peer address 192.0.2.1\n", E, 1, "aggressive-psk" },
		{ "crypto isakmp profile p\n initiate mode aggressive\n", E, 2, "aggressive-psk" },
		/* warnings */
		{ TSET "esp-null esp-sha256-hmac\n", W, 1, "no confidentiality" },
		{ "crypto ipsec security-association replay disable\n", W, 1, "replay protection is off" },
		{ "crypto isakmp key abcdefghijklmnopqrstuvwxyz address 0.0.0.0\n", W, 1, "wildcard" },
		{ "crypto isakmp key abcdefghijklmnopqrstuvwxyz address 10.2.80.209 255.255.255.0\n", W, 1,
		  "wildcard key for 10.2.80.209/24" },
		{ "crypto isakmp key cisco address 192.0.2.1\n", W, 1, "shorter than 20" },
		{ "crypto ikev2 keyring k\n peer a\n  pre-shared-key local cisco\n", W, 3, "key for a" },
		{ "crypto isakmp key 6 CXWdhVTZYB address 10.0.0.2\n", W, 1,
		  "ciphertext for 10.0.0.2 is incompatible with the configured master key" },
		{ "crypto isakmp key ******** address 10.0.0.2\n", W, 1, "show running-config" },
		{ "crypto map m 1 ipsec-manual\n", W, 1, "keys by hand" },
		{ "crypto isakmp key abcdefghijklmnopqrstuvwxyz hostname a.example\n", W, 1, "aggressive-psk" },
		/* notices */
		{ POLICY " hash sha\n", N, 2, "SHA-1" },
		{ TSET "esp-aes esp-sha-hmac\n", N, 1, "SHA-1" },
		{ POLICY, N, 1, "RFC 9395" },
		{ TSET "esp-aes esp-sha256-hmac comp-lzs\n", N, 1, "comp-lzs is ignored" },
		{ "crypto key pubkey-chain rsa\n", N, 1, "not used" },
		{ "ssp group 1\n", N, 1, "protected protocol of our own" },
		{ "crypto ipsec nat-transparency spi-matching\n", N, 1, "not used today" },
		{ "crypto ipsec security-association multi-sn\n", N, 1, "RFC 9611" },
		{ "crypto dynamic-map d 1\n set transform-set default\ncrypto map m 1 ipsec-isakmp dynamic d discover\n",
		  N, 3, "discovery is ignored" },
		{ "interface eth0\n frame-relay voice bandwidth 10\n", N, 2, "not supported" },
		{ "interface eth0\n speed auto\n speed 100\n", N, 2, "speed: ignored" },
		{ "policy-map p\n class class-default default-class-name\n", N, 2, "label" },
		{ "key config-key password-encrypt secret123\n", N, 1, "done at the prompt" },
	};

	RUN(rows);
}

/* R-TS-2, R-TS-3 */
static void test_judge_transform_sets(void **state)
{
	static const struct {
		const char *set;
		bool fine;
	} rows[] = {
		{ "esp-gcm", true }, { "esp-gcm 256", true }, { "esp-gmac 256", true },
		{ "esp-chacha20-poly1305", true }, { "esp-aes esp-sha-hmac", true },
		{ "esp-aes 256 esp-sha384-hmac", true }, { "ah-sha-hmac", true },
		{ "ah-sha-hmac esp-aes esp-sha-hmac", true }, { "ah-sha256-hmac esp-gcm", true },
		{ "ah-sha256-hmac esp-aes", true }, { "ah-sha-hmac esp-aes esp-sha-hmac comp-lzs", true },
		{ "ah-sha-hmac ah-sha256-hmac", false }, { "esp-sha-hmac", false },
		{ "esp-gcm esp-sha-hmac", false }, { "esp-aes esp-gcm", false },
		{ "esp-aes esp-sha-hmac esp-sha256-hmac", false }, { "esp-aes 100 esp-sha-hmac", false },
		{ "esp-ae esp-sha-hmac", false }, { "", false },
	};
	char text[120];
	struct conf c;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(text, sizeof(text), "crypto ipsec transform-set t %s\n", rows[i].set);
		conf_load(&c, text);
		if (!c.d.count[E] != rows[i].fine)
			fail_msg("%s", rows[i].set);
		conf_fini(&c);
	}
}

/* The opt-in may stand anywhere, and each use says that it is one. */
static void test_judge_opt_in(void **state)
{
	struct conf c;

	conf_load(&c, POLICY " encryption 3des\n group 2\ncrypto legacy permit 3des\n");
	conf_expect_counts(&c, 1, 2);
	conf_expect(&c, W, 2, "permitted by `crypto legacy permit 3des`");
	conf_expect(&c, E, 3, "dh-weak");
	conf_expect(&c, W, 1, "crypto isakmp policy 1 is inactive: line 3 was refused");
	conf_fini(&c);
	conf_load(&c, "crypto legacy permit 3des dh-weak\n" POLICY " encryption 3des\n group 2\n");
	conf_expect_counts(&c, 0, 2);
	conf_expect_text(&c, "crypto legacy permit 3des dh-weak\n" POLICY " encryption 3des\n group 2\n");
	conf_fini(&c);
	/* A refused line leaves no weaker or stronger default behind: the policy is off. */
	conf_load(&c, POLICY " hash md5\n");
	conf_expect(&c, W, 1, "inactive");
	conf_fini(&c);
}

/* SHA-1, IKEv1 and their like are said once a load. */
static void test_judge_once(void **state)
{
	struct conf c;

	conf_load(&c, POLICY " encryption aes\n hash sha\n group 14\n" TSET "esp-aes esp-sha-hmac\n"
		  "crypto isakmp policy 2\n encryption aes\n hash sha\n group 14\n");
	assert_int_equal(c.d.count[N], 2);
	conf_fini(&c);
}

/* Values that contradict each other. */
static void test_judge_values(void **state)
{
	static const struct judged rows[] = {
		{ "ip route 10.3.3.3 255.0.0.0 10.2.0.1\n", E, 1, "inconsistent address and mask" },
		{ "interface eth0\n ip address 10.0.0.0 255.0.0.0\n", E, 2, "not of a host" },
		{ "interface eth0\n ip address 10.255.255.255 255.0.0.0\n", E, 2, "not of a host" },
		{ "ip local pool p 10.0.0.9 10.0.0.1\n", E, 1, "ends before it begins" },
		{ "interface eth0\n standby 1 timers 3 3\n", E, 2, "longer than the hello" },
		{ "interface eth0\n standby 1 timers 4 msec 3000\n", E, 2, "longer than the hello" },
		{ "interface eth0\n tunnel source eth1\n", E, 2, "tunnel interfaces, not of eth0" },
		{ "interface Tunnel1\n crypto ipsec fragmentation after-encryption\n", E, 2, "`ip mtu`" },
		{ "access-list 101 permit ip any eq 500 any\n", E, 1, "no ports" },
		{ "access-list 101 permit udp any any range 20 10\n", E, 1, "ends before it begins" },
		{ "access-list 101 permit ip 10.0.0.0 0.255.0.255 any\n", W, 1, "not that of a prefix" },
		{ "access-list 101 permit ip 10.1.2.3 0.0.0.255 any\n", N, 1, "host bits" },
		{ "ipv6 access-list l\n permit ipv6 2001:db8::1/64 any\n", N, 2, "host bits of 2001:db8::1/64" },
		{ "ipv6 access-list l\n permit ipv6 any eq 500 any\n", E, 2, "no ports" },
		{ "ipv6 access-list l\n permit udp any range 20 10 any\n", E, 2, "ends before it begins" },
		{ "ipv6 route 2001:db8::1/64 eth0\n", E, 1, "inconsistent address and length" },
		{ "interface eth0\n ipv6 address 2001:db8::/64\n", E, 2, "of the network" },
		{ "interface eth0\n ipv6 address ff02::1/64\n", E, 2, "not the address of a host" },
		{ "interface eth0\n ipv6 address ::/128\n", E, 2, "not the address of a host" },
		{ "crypto map m 1\n set session-key inbound ah 256 0011\n", E, 2, "ipsec-manual" },
		{ "crypto isakmp policy 1\n lifetime 59\n", E, 2, "59 is not in <60-86400>" },
		{ "crypto isakmp policy 10001\n", E, 1, "10001" },
	};

	RUN(rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_judge_section_e),
		cmocka_unit_test(test_judge_transform_sets),
		cmocka_unit_test(test_judge_opt_in),
		cmocka_unit_test(test_judge_once),
		cmocka_unit_test(test_judge_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
