// SPDX-License-Identifier: Apache-2.0
/* Entries of crypto maps: what is used and why not, SAs, modes, settings (A2, A10, A11). */
#include "selftests/unit/plan/kernel_rules.h"
#include "selftests/unit/plan/planner.h"

#include <arpa/inet.h>
#include <linux/xfrm.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define K16	"000102030405060708090a0b0c0d0e0f"
#define K32	K16 K16
#define K64	K32 K32
#define TSET	"crypto ipsec transform-set t esp-aes esp-sha256-hmac\n"
#define ACL	"access-list 101 permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255\n"
#define ETH0	"interface eth0\n ip address 198.51.100.1 255.255.255.0\n crypto map m\n"
#define PEER	" set peer 198.51.100.2\n"
#define MATCH	" match address 101\n"
#define KEY_IN	" set session-key inbound esp 300 cipher " K16 " authenticator " K32 "\n"
#define KEY_OUT	" set session-key outbound esp 301 cipher " K16 " authenticator " K32 "\n"
#define MANUAL	"crypto map m 10 ipsec-manual\n" PEER " set transform-set t\n" KEY_IN KEY_OUT MATCH
#define ISAKMP	"crypto map m 10 ipsec-isakmp\n" PEER " set transform-set t\n" MATCH

static const struct kobj_sa *sa_of(const struct planned *p, const char *daddr, uint32_t spi,
				   uint8_t proto)
{
	struct kobj like = { .kind = KOBJ_SA };
	const struct kobj *o;
	struct addr a;

	assert_true(addr_parse(daddr, &a));
	memcpy(like.sa.key.daddr, a.b, sizeof(a.b));
	like.sa.key.family = a.family;
	like.sa.key.proto = proto;
	like.sa.key.spi = htonl(spi);
	o = kobj_set_find(&p->plan.objects, &like);
	return o ? &o->sa : NULL;
}

static size_t owned(const struct planned *p, const char *owner)
{
	size_t i, n = 0;

	for (i = 0; i < p->plan.objects.n; i++)
		n += p->plan.objects.list[i] && p->plan.objects.list[i]->owner &&
		     !strcmp(p->plan.objects.list[i]->owner, owner);
	return n;
}

/* --- why an entry is not used ------------------------------------------------------------------ */

static void test_maps_inactive_entries_say_why(void **state)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{ TSET ACL ETH0 MANUAL, NULL },
		{ TSET ACL ETH0 ISAKMP, NULL },
		{ TSET ACL ETH0 "crypto map m 10 ipsec-isakmp\n set transform-set t\n" MATCH, "no peer" },
		{ TSET ACL ETH0 "crypto map m 10 ipsec-isakmp\n set peer gw.example.net\n"
		  " set transform-set t\n" MATCH, "peer gw.example.net: names need IKE" },
		{ TSET ACL ETH0 "crypto map m 10 ipsec-isakmp\n set peer 2001:db8::2\n"
		  " set transform-set t\n" MATCH "interface eth1\n ip address 192.0.2.1 255.255.255.0\n"
		  "crypto map m local-address eth1\n", "interface eth1 has no IPv6 address" },
		{ ACL ETH0 "crypto map m 10 ipsec-isakmp\n" PEER " set transform-set gone\n" MATCH,
		  "no usable transform set" },
		{ TSET ETH0 ISAKMP, "no usable access list" },
		{ TSET ETH0 ISAKMP "access-list 101 permit ip 10.1.0.0 0.255.0.255 any\n",
		  "access list 101: the wildcard of entry 1 is not that of a prefix" },
		{ TSET ETH0 ISAKMP "access-list 101 remark nothing else\n", "it has no lines" },
		{ TSET ACL ETH0 "crypto dynamic-map d 1\n set transform-set t\n"
		  "crypto map m 10 ipsec-isakmp dynamic d\n", "waits for IKE" },
		{ "crypto ipsec transform-set t esp-gcm 256\n" ACL ETH0 MANUAL, "no usable transform set" },
		/* Keys have to fit, and it is said how. */
		{ "crypto ipsec transform-set t esp-aes 256 esp-sha256-hmac\n" ACL ETH0 MANUAL,
		  "the inbound cipher key for esp-aes has 16 bytes instead of 32" },
		{ "crypto ipsec transform-set t esp-aes esp-sha512-hmac\n" ACL ETH0 MANUAL,
		  "the inbound authenticator key for sha512-hmac has 32 bytes instead of 64" },
		{ TSET ACL ETH0 "crypto map m 10 ipsec-manual\n" PEER " set transform-set t\n" KEY_IN MATCH
		  " set session-key outbound esp 301 cipher " K16 "\n",
		  "no outbound authenticator key for sha256-hmac" },
		{ TSET ACL ETH0 "crypto map m 10 ipsec-manual\n" PEER " set transform-set t\n" MATCH
		  " set session-key inbound ah 300 " K32 "\n set session-key outbound ah 300 " K32 "\n",
		  "no inbound session key for esp" },
		{ "crypto ipsec transform-set t ah-sha256-hmac\n" ACL ETH0 MANUAL,
		  "no inbound session key for ah" },
		{ TSET ACL ETH0 "crypto map m 10 ipsec-manual\n" PEER " set transform-set t\n" KEY_OUT MATCH
		  " set session-key inbound esp 300 cipher " K16 "00 authenticator " K32 "\n",
		  "the inbound cipher key for esp-aes has 17 bytes instead of 16" },
		/* The peer is this machine: both SAs would be one. Nothing is left of the first. */
		{ TSET ACL ETH0 "crypto map m 10 ipsec-manual\n set peer 198.51.100.1\n" MATCH KEY_IN
		  " set transform-set t\n"
		  " set session-key outbound esp 300 cipher " K16 " authenticator " K32 "\n",
		  "SPI 300 stands for two SAs" },
		/* A second entry with the same SPI; the first stays in use. */
		{ TSET ACL ETH0 "crypto map m 5 ipsec-manual\n" PEER " set transform-set t\n" KEY_IN MATCH
		  " set session-key outbound esp 400 cipher " K16 " authenticator " K32 "\n" MANUAL,
		  "SPI 300 is used by crypto map m 5 on eth0" },
	};
	struct planned p;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		plan_text(&p, rows[i].text);
		assert_int_equal(p.ret, 0);
		expect_item(&p, "crypto map m 10 on eth0", rows[i].why);
		assert_int_equal(!*plan_item_of(&p, "crypto map m 10 on eth0")->dev,
				 rows[i].why != NULL);
		if (rows[i].why)
			assert_int_equal(owned(&p, "crypto map m 10 on eth0"), 0);
		planned_fini(&p);
	}
}

/* R-CMAP-3: an entry that is not used leaves nothing behind, not even half of its SAs. */
static void test_maps_inactive_entries_have_no_objects(void **state)
{
	struct planned p;

	plan_text(&p, TSET ACL ETH0 "crypto map m 10 ipsec-manual\n" PEER " set transform-set t\n" MATCH
		      KEY_IN " set session-key outbound esp 301 cipher " K16 " authenticator " K16 "\n");
	expect_item(&p, "crypto map m 10 on eth0", "outbound authenticator");
	expect_objects(&p, "", "");
	assert_int_equal(p.plan.nguards, 1);	/* guarded all the same */
	assert_int_equal(p.plan.flows[0].groups.ngroups, 0);
	planned_fini(&p);
}

static void test_maps_interface_that_is_not_present(void **state)
{
	struct planned p;

	plan_text(&p, TSET ACL MANUAL "interface Serial1/0\n ip address 198.51.100.9 255.255.255.0\n"
		      " crypto map m\ninterface Loopback0\n crypto map m\n");
	expect_item(&p, "crypto map m 10 on Serial1/0", "interface Serial1/0 is not present");
	expect_item(&p, "crypto map m 10 on Loopback0", "a crypto map on Loopback0");
	expect_objects(&p, "policy", "");
	assert_int_equal(p.plan.nguards, 0);
	assert_int_equal(p.plan.nflows, 0);
	planned_fini(&p);
}

/* --- SAs -------------------------------------------------------------------------------------- */

/* R-TS-5: AH around ESP, two SAs each way; the ESP one has the tunnel. */
static void test_maps_ah_and_esp(void **state)
{
	struct planned p;

	plan_text(&p, "crypto ipsec transform-set t ah-sha512-hmac esp-aes 192 esp-sha384-hmac\n" ACL ETH0
		      "crypto map m 10 ipsec-manual\n" PEER " set transform-set t\n" MATCH
		      " set session-key inbound esp 300 cipher " K16 "0001020304050607 authenticator "
		      K32 K16 "\n"
		      " set session-key outbound esp 301 cipher " K16 "0001020304050607 authenticator "
		      K32 K16 "\n"
		      " set session-key inbound ah 300 " K64 "\n set session-key outbound ah 301 " K64 "\n");
	expect_objects(&p, "ESP SA to 198.51.100.1",
		"ESP SA to 198.51.100.1 SPI 0x0000012c from 198.51.100.2 tunnel cbc(aes)/24 "
		"hmac(sha384)/48 icv 192 reqid 4d61ac2a if_id 4d61ac2a in window 64 mark 0\n");
	expect_objects(&p, "AH SA",
		"AH SA to 198.51.100.1 SPI 0x0000012c from 198.51.100.2 transport "
		"hmac(sha512)/64 icv 256 reqid 4d61ac2a if_id 4d61ac2a in window 64 mark 0\n"
		"AH SA to 198.51.100.2 SPI 0x0000012d from 198.51.100.1 transport "
		"hmac(sha512)/64 icv 256 reqid 4d61ac2a if_id 4d61ac2a out window 0 mark 58000000\n");
	expect_objects(&p, "policy out",
		"policy out 10.1.0.0/16 to 10.2.0.0/16 if_id 0x4d61ac2a +0 "
		"esp tunnel 198.51.100.1 > 198.51.100.2 reqid 4d61ac2a "
		"ah transport 198.51.100.1 > 198.51.100.2 reqid 4d61ac2a\n");
	/* 1500 - 48 (AH) - 20 - 8 - 16 - 24 = 1384, in blocks 1376 */
	assert_int_equal(plan_item_of(&p, "crypto map m 10 on eth0")->mtu, 1374);
	planned_fini(&p);
}

static void test_maps_ah_alone_and_null(void **state)
{
	struct planned p;

	plan_text(&p, "crypto ipsec transform-set t ah-sha-hmac\n" ACL ETH0
		      "crypto map m 10 ipsec-manual\n" PEER " set transform-set t\n" MATCH
		      " set session-key inbound ah 300 " K16 "00010203\n"
		      " set session-key outbound ah 301 " K16 "00010203\n");
	assert_int_equal(sa_of(&p, "198.51.100.2", 301, IPPROTO_AH)->mode, XFRM_MODE_TUNNEL);
	assert_int_equal(sa_of(&p, "198.51.100.2", 301, IPPROTO_AH)->icv_bits, 96);
	assert_int_equal(plan_item_of(&p, "crypto map m 10 on eth0")->mtu, 1456);
	planned_fini(&p);

	plan_text(&p, "crypto ipsec transform-set t esp-null esp-sha256-hmac\n" ACL ETH0
		      "crypto map m 10 ipsec-manual\n" PEER " set transform-set t\n" MATCH
		      " set session-key inbound esp 300 cipher 00 authenticator " K32 "\n"
		      " set session-key outbound esp 301 cipher 00 authenticator " K32 "\n");
	expect_item(&p, "crypto map m 10 on eth0", NULL);
	assert_string_equal(sa_of(&p, "198.51.100.2", 301, IPPROTO_ESP)->enc, "ecb(cipher_null)");
	assert_int_equal(sa_of(&p, "198.51.100.2", 301, IPPROTO_ESP)->enc_key.len, 0);
	planned_fini(&p);
}

/* The keys are those of the configuration, byte by byte and not exchanged. */
static void test_maps_keys_arrive(void **state)
{
	static const uint8_t in[] = { 0xaa, 0xbb }, out[] = { 0xcc, 0xdd };
	const struct kobj_sa *sa;
	struct planned p;

	plan_text(&p, TSET ACL ETH0 "crypto map m 10 ipsec-manual\n" PEER " set transform-set t\n" MATCH
		      " set session-key inbound esp 300 cipher aabb02030405060708090a0b0c0d0e0f authenticator "
		      K32 "\n set session-key outbound esp 301 cipher CCDD02030405060708090a0b0c0d0e0f"
		      " authenticator " K32 "\n");
	sa = sa_of(&p, "198.51.100.1", 300, IPPROTO_ESP);
	assert_true(sa->inbound);
	assert_memory_equal(sa->enc_key.b, in, 2);
	sa = sa_of(&p, "198.51.100.2", 301, IPPROTO_ESP);
	assert_false(sa->inbound);
	assert_memory_equal(sa->enc_key.b, out, 2);
	assert_int_equal(sa->auth_key.b[31], 0x0f);
	planned_fini(&p);
}

/* R-ARW-4 to R-ARW-8: the entry's setting, then the global one, then 64; the last one counts. */
static void test_maps_windows(void **state)
{
	static const struct {
		const char	*global, *entry;
		uint32_t	window;
	} rows[] = {
		{ "", "", 64 },
		{ "window-size 1024", "", 1024 },
		{ "window-size", "", 64 },
		{ "disable", "", 0 },
		{ "window-size 1024", "window-size 128", 128 },
		{ "window-size 1024", "window-size", 64 },
		{ "window-size 1024", "disable", 0 },
		{ "disable", "window-size 4096", 4096 },
	};
	char text[4096];
	struct planned p;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(text, sizeof(text), TSET ACL ETH0 MANUAL "%s%s\n%s%s\n",
			 *rows[i].entry ? " set security-association replay " : "!", rows[i].entry,
			 *rows[i].global ? "crypto ipsec security-association replay " : "!",
			 rows[i].global);
		plan_text(&p, text);
		assert_int_equal(sa_of(&p, "198.51.100.1", 300, IPPROTO_ESP)->window, rows[i].window);
		assert_int_equal(sa_of(&p, "198.51.100.2", 301, IPPROTO_ESP)->window, 0);
		planned_fini(&p);
	}
}

/* R-DF-1: of the interface, else of all; only `clear` is a flag of the SA. */
static void test_maps_df_bit(void **state)
{
	static const struct {
		const char	*global, *interface;
		bool		clear;
	} rows[] = {
		{ "!", "!", false },
		{ "crypto ipsec df-bit clear", "!", true },
		{ "crypto ipsec df-bit set", "!", false },
		{ "crypto ipsec df-bit clear", "crypto ipsec df-bit copy", false },
		{ "crypto ipsec df-bit copy", "crypto ipsec df-bit clear", true },
	};
	char text[4096];
	struct planned p;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(text, sizeof(text), "%s\n" TSET ACL MANUAL ETH0 " %s\n", rows[i].global,
			 rows[i].interface);
		plan_text(&p, text);
		assert_int_equal(sa_of(&p, "198.51.100.2", 301, IPPROTO_ESP)->nopmtudisc, rows[i].clear);
		assert_false(sa_of(&p, "198.51.100.1", 300, IPPROTO_ESP)->nopmtudisc);
		planned_fini(&p);
	}
}

/* R-CMAP-4 */
static void test_maps_local_address(void **state)
{
	struct planned p;

	plan_text(&p, TSET ACL ETH0 MANUAL "crypto map m local-address Loopback0\n"
		      "interface Loopback0\n ip address 203.0.113.77 255.255.255.255\n");
	assert_non_null(sa_of(&p, "203.0.113.77", 300, IPPROTO_ESP));
	expect_objects(&p, "device xi-lo", "device xi-lo0 (dummy) mtu 0 up \"Loopback0\"\n");
	expect_objects(&p, "address", "address 203.0.113.77/32 dev xi-lo0\n");
	planned_fini(&p);

	/* A device without a line of its own has the address that it has. */
	plan_text(&p, TSET ACL ETH0 MANUAL "crypto map m local-address eth2\n");
	assert_non_null(sa_of(&p, "203.0.113.1", 300, IPPROTO_ESP));
	planned_fini(&p);

	/* IPv6: not the link-local one. */
	plan_text(&p, TSET ACL "crypto map m 10 ipsec-manual\n set peer 2001:db8::2\n"
		      " set transform-set t\n" KEY_IN KEY_OUT MATCH "interface eth0\n crypto map m\n");
	assert_non_null(sa_of(&p, "2001:db8:a::1", 300, IPPROTO_ESP));
	planned_fini(&p);
}

/* --- modes and sizes -------------------------------------------------------------------------- */

#define HOST	"crypto ipsec transform-set t esp-aes esp-sha256-hmac\n mode transport\n"

/* R-TS-4: between the peers' own addresses there is no device and no way to it. */
static void test_maps_transport_mode(void **state)
{
	struct planned p;

	plan_text(&p, HOST ETH0 MANUAL
		      "access-list 101 permit tcp host 198.51.100.1 host 198.51.100.2 eq 179\n");
	expect_objects(&p, "ESP SA to 198.51.100.2",
		"ESP SA to 198.51.100.2 SPI 0x0000012d from 198.51.100.1 transport cbc(aes)/16 "
		"hmac(sha256)/32 icv 128 reqid 4d61ac2a if_id 0 out window 0 mark 58000000\n");
	expect_objects(&p, "device", "");
	expect_objects(&p, "IPv4 rule", "");
	expect_objects(&p, "policy out",
		"policy out 198.51.100.1/32 to 198.51.100.2/32 port 179 protocol 6 +1 "
		"esp transport 198.51.100.1 > 198.51.100.2 reqid 4d61ac2a\n");
	expect_objects(&p, "policy in 198",
		"policy in 198.51.100.2/32 port 179 to 198.51.100.1/32 protocol 6 +1 "
		"esp transport 198.51.100.2 > 198.51.100.1 reqid 4d61ac2a\n");
	planned_fini(&p);

	/* One line of others: tunnel mode for all. */
	plan_text(&p, HOST ETH0 MANUAL
		      "access-list 101 permit tcp host 198.51.100.1 host 198.51.100.2 eq 179\n"
		      "access-list 101 permit ip 10.1.0.0 0.0.255.255 host 198.51.100.2\n");
	assert_int_equal(sa_of(&p, "198.51.100.2", 301, IPPROTO_ESP)->mode, XFRM_MODE_TUNNEL);
	planned_fini(&p);
}

/* Also of the next hop: a tunnel of all does not take what the peers say to each other. */
static void test_maps_transport_in_front_of_any(void **state)
{
	struct flow_packet q = {
		.family = AF_INET, .proto = IPPROTO_TCP, .src = { AF_INET, { 198, 51, 100, 1 } },
		.dst = { AF_INET, { 198, 51, 100, 2 } }, .has_ports = true, .sport = 1, .dport = 2,
	};
	struct planned p;

	plan_text(&p, HOST "crypto ipsec transform-set net esp-aes esp-sha256-hmac\n" ETH0 MANUAL
		      "access-list 101 permit ip host 198.51.100.1 host 198.51.100.2\n"
		      "crypto map m 20 ipsec-isakmp\n set peer 198.51.100.3\n set transform-set net\n"
		      " match address 102\naccess-list 102 permit ip any any\n");
	assert_null(kernel_route(&p.plan, &q, 0));
	assert_int_equal(kernel_policy(&p.plan, XFRM_POLICY_OUT, 0, &q)->ntmpl, 1);
	expect_objects(&p, "policy out 198",
		"policy out 198.51.100.1/32 to 198.51.100.2/32 +1 "
		"esp transport 198.51.100.1 > 198.51.100.2 reqid 4d61ac2a\n");
	expect_objects(&p, "policy out any to any +", "");	/* their packets went to a device */
	q.dst.b[3] = 9;
	assert_string_equal(kernel_route(&p.plan, &q, 0),
			    plan_item_of(&p, "crypto map m 20 on eth0")->dev);
	planned_fini(&p);

	/* The tunnel of all may be on another interface. */
	plan_text(&p, HOST "crypto ipsec transform-set net esp-aes esp-sha256-hmac\n" ETH0
		      "crypto map m 10 ipsec-isakmp\n set peer 10.99.0.2\n set transform-set t\n" MATCH
		      "access-list 101 permit ip host 198.51.100.1 host 10.99.0.2\n"
		      "crypto map m 5 ipsec-isakmp\n set peer 198.51.100.3\n set transform-set net\n"
		      " match address 103\naccess-list 103 permit ip 10.3.0.0 0.0.255.255 any\n"
		      "crypto map n 20 ipsec-isakmp\n set peer 203.0.113.2\n set transform-set net\n"
		      " match address 102\naccess-list 102 permit ip any any\n"
		      "interface eth2\n crypto map n\n");
	q.dst = (struct addr){ AF_INET, { 10, 99, 0, 2 } };
	assert_null(kernel_route(&p.plan, &q, 0));
	q.src.b[3] = 7;
	assert_string_equal(kernel_route(&p.plan, &q, 0),
			    plan_item_of(&p, "crypto map n 20 on eth2")->dev);
	planned_fini(&p);
}

/* Two entries for one peer: the kernel has to take the first. */
static void test_maps_transport_entries_in_order(void **state)
{
	struct planned p;

	plan_text(&p, HOST ETH0 "crypto map m 10 ipsec-isakmp\n" PEER " set transform-set t\n" MATCH
		      "crypto map m 20 ipsec-isakmp\n" PEER " set transform-set t\n match address 102\n"
		      "access-list 101 permit tcp host 198.51.100.1 host 198.51.100.2\n"
		      "access-list 102 permit ip host 198.51.100.1 host 198.51.100.2\n");
	expect_objects(&p, "policy out",
		"policy out 198.51.100.1/32 to 198.51.100.2/32 protocol 6 +1 "
		"esp transport 198.51.100.1 > 198.51.100.2 reqid 4d61ac2a\n"
		"policy out 198.51.100.1/32 to 198.51.100.2/32 +2 "
		"esp transport 198.51.100.1 > 198.51.100.2 reqid 4d15c6d6\n");
	planned_fini(&p);
}

/* R-FRAG-1, R-FRAG-10 */
static void test_maps_mtu(void **state)
{
	struct planned p;

	plan_text(&p, TSET ACL MANUAL "interface eth2\n crypto map m\n");
	assert_int_equal(plan_item_of(&p, "crypto map m 10 on eth2")->mtu, 8926);
	planned_fini(&p);

	plan_text(&p, TSET ACL MANUAL "interface eth2\n ip mtu 1500\n crypto map m\n");
	assert_int_equal(plan_item_of(&p, "crypto map m 10 on eth2")->mtu, 1438);
	planned_fini(&p);

	plan_text(&p, TSET ACL MANUAL ETH0 " crypto ipsec fragmentation after-encryption\n");
	assert_int_equal(plan_item_of(&p, "crypto map m 10 on eth0")->mtu, 1500);
	planned_fini(&p);

	plan_text(&p, "crypto ipsec fragmentation after-encryption\n" TSET ACL MANUAL ETH0
		      " crypto ipsec fragmentation before-encryption\n");
	assert_int_equal(plan_item_of(&p, "crypto map m 10 on eth0")->mtu, 1438);
	planned_fini(&p);
}

/* With IKE the transform is what was agreed: AES-GCM in UDP here. */
static void test_maps_mtu_of_the_sa_in_use(void **state)
{
	struct sa_info sa = {
		.key = { .proto = IPPROTO_ESP }, .encap_type = 2,
		.aead = { .name = "rfc4106(gcm(aes))", .icv_bits = 128 },
	};
	struct planned p;

	plan_text(&p, TSET ACL ETH0 ISAKMP);
	assert_int_equal(plan_item_of(&p, "crypto map m 10 on eth0")->mtu, 1438);
	sa.if_id = plan_item_of(&p, "crypto map m 10 on eth0")->id;
	sa.encap_type = 0;
	p.sa = &sa;
	plan_again(&p);
	assert_int_equal(plan_item_of(&p, "crypto map m 10 on eth0")->mtu, 1446);
	sa.encap_type = 2;
	plan_again(&p);
	assert_int_equal(plan_item_of(&p, "crypto map m 10 on eth0")->mtu, 1438);
	/* One that nobody knows: what is configured counts. */
	strcpy(sa.aead.name, "new(cipher)");
	plan_again(&p);
	assert_int_equal(plan_item_of(&p, "crypto map m 10 on eth0")->mtu, 1438);
	planned_fini(&p);
}

/* --- lists ------------------------------------------------------------------------------------ */

/* Ranges are cut as masks want them. */
static void test_maps_ports_of_policies(void **state)
{
	struct planned p;
	char *text;
	unsigned int lines = 0;
	const char *at;

	plan_text(&p, TSET ETH0 ISAKMP "access-list 101 permit udp any any range 16384 20000\n");
	text = plan_objects(&p, "policy out");
	assert_non_null(strstr(text, "port 0x4000/0xf800 protocol 17"));	/* 16384-18431 */
	assert_non_null(strstr(text, "port 20000 protocol 17"));
	for (at = text; *at; at++)
		lines += *at == '\n';
	assert_int_equal(lines, 5);
	free(text);
	planned_fini(&p);

	plan_text(&p, TSET ETH0 ISAKMP "access-list 101 permit tcp any gt 65535 any lt 1\n"
		      "access-list 101 permit 47 any host 10.0.0.1\n");
	expect_objects(&p, "policy out",
		"policy out any to 10.0.0.1/32 protocol 47 if_id 0x4d61ac2a +1 "
		"esp tunnel 198.51.100.1 > 198.51.100.2 reqid 4d61ac2a\n");
	planned_fini(&p);
}

/* What rules of the kernel cannot say: a range up to 65535. */
static void test_maps_rules_up_to_the_last_port(void **state)
{
	struct planned p;

	plan_text(&p, TSET ETH0 ISAKMP "access-list 101 permit tcp any 10.2.0.0 0.0.255.255 gt 1023\n");
	expect_objects(&p, "IPv4 rule 1000",
		"IPv4 rule 10000 from any to any fwmark 0x58000000/0xff000000 goto 29999\n"
		"IPv4 rule 10001 from any to any port 1-1023 protocol 6 goto 29999\n"
		"IPv4 rule 10002 from any to any protocol 6 table 1481236562\n");
	planned_fini(&p);
}

/* A deny whose packets are all protected by the next entry lets nothing through. */
static void test_maps_deny_of_what_the_next_entry_protects(void **state)
{
	struct planned p;

	plan_text(&p, TSET ETH0 ISAKMP "access-list 101 deny tcp any 10.1.0.0 0.0.255.255 eq 22\n"
		      "access-list 101 permit ip any 10.1.0.0 0.0.255.255\n"
		      "crypto map m 20 ipsec-isakmp\n" PEER " set transform-set t\n match address 102\n"
		      "access-list 102 permit ip any 10.1.0.0 0.0.255.255\n");
	expect_objects(&p, "policy fwd 10.1.0.0/16 port 22",
		       "policy fwd 10.1.0.0/16 port 22 to any protocol 6 +1 block\n");
	expect_objects(&p, "policy fwd 10.1.0.0/16 to any +", "policy fwd 10.1.0.0/16 to any +1 block\n");
	planned_fini(&p);
}

/* A list that can be written in both ways, and lists of both families by one name. */
static void test_maps_lists_are_joined(void **state)
{
	struct planned p;

	plan_text(&p, TSET ETH0 ISAKMP "access-list 101 permit ip any 10.1.0.0 0.0.255.255\n"
		      "ip access-list extended 101\n permit ip any 10.2.0.0 0.0.255.255\n");
	expect_objects(&p, "policy fwd 10.",
		"policy fwd 10.1.0.0/16 to any if_id 0x4d61ac2a +0 "
		"esp tunnel 198.51.100.2 > 198.51.100.1 reqid 4d61ac2a\n"
		"policy fwd 10.2.0.0/16 to any if_id 0x4d61ac2a +1 "
		"esp tunnel 198.51.100.2 > 198.51.100.1 reqid 4d61ac2a\n"
		"policy fwd 10.1.0.0/16 to any +1 block\n"
		"policy fwd 10.2.0.0/16 to any +1 block\n");
	planned_fini(&p);
}

/* SAs that the kernel refused, in transport mode: the policy stays, and finds none. */
static void test_maps_transport_without_sas(void **state)
{
	struct flow_packet q = {
		.family = AF_INET, .src = { AF_INET, { 198, 51, 100, 1 } },
		.dst = { AF_INET, { 198, 51, 100, 2 } },
	};
	const struct kobj_policy *policy;
	struct planned p;
	size_t i;

	plan_text(&p, HOST ETH0 MANUAL
		      "access-list 101 permit ip host 198.51.100.1 host 198.51.100.2\n");
	for (i = 0; i < p.plan.objects.n; i++)
		if (p.plan.objects.list[i] && p.plan.objects.list[i]->owner)
			kobj_set_del(&p.plan.objects, p.plan.objects.list[i]);
	policy = kernel_policy(&p.plan, XFRM_POLICY_OUT, 0, &q);
	assert_non_null(policy);
	assert_int_equal(policy->ntmpl, 1);
	planned_fini(&p);
}

/* A device that the kernel refused, or that somebody took away: nothing goes in clear. */
static void test_maps_without_their_device(void **state)
{
	struct flow_packet q = {
		.family = AF_INET, .src = { AF_INET, { 10, 1, 0, 1 } }, .dst = { AF_INET, { 10, 2, 0, 1 } },
	};
	struct planned p;
	size_t i;

	plan_text(&p, TSET ACL ETH0 ISAKMP);
	assert_string_equal(kernel_route(&p.plan, &q, 0), "xi-m61ac2a");
	for (i = 0; i < p.plan.objects.n; i++)
		if (p.plan.objects.list[i] && p.plan.objects.list[i]->owner)
			kobj_set_del(&p.plan.objects, p.plan.objects.list[i]);
	assert_string_equal(kernel_route(&p.plan, &q, 0), "dropped");
	assert_int_equal(owned(&p, "crypto map m 10 on eth0"), 0);
	planned_fini(&p);
}

/*
 * `any` is what leaves by the interface of the map: not what is connected
 * elsewhere, nor routed there. The longer prefix of a list wins over that.
 */
static void test_maps_any_is_not_what_is_behind_other_interfaces(void **state)
{
	struct planned p;

	plan_text(&p, TSET ETH0 ISAKMP "access-list 101 permit ip 192.0.2.0 0.0.0.255 any\n"
		      "access-list 101 permit ip 192.0.2.0 0.0.0.255 10.9.9.0 0.0.0.255\n"
		      "ip route 10.9.0.0 255.255.0.0 203.0.113.9\n"
		      "ip route 10.8.0.0 255.255.0.0 198.51.100.9\n"
		      "ip route 0.0.0.0 0.0.0.0 198.51.100.9\n"
		      "crypto ipsec profile p\n set transform-set t\n"
		      "interface Tunnel6\n ip address 10.76.0.1 255.255.255.252\n"
		      "interface Tunnel7\n ip address 10.77.0.1 255.255.255.252\n tunnel mode ipsec ipv4\n"
		      " tunnel source eth2\n tunnel destination 203.0.113.2\n"
		      " tunnel protection ipsec profile p\n"
		      "ip route 10.66.0.0 255.255.0.0 Tunnel6\nip route 10.67.0.0 255.255.0.0 Tunnel7\n"
		      "interface Loopback3\n ip address 10.78.0.1 255.255.255.255\n");
	expect_objects(&p, "route throw",
		"route throw 10.9.0.0/16 table 1481219078 metric 1\n"
		"route throw 10.67.0.0/16 table 1481219078 metric 1\n"
		"route throw 10.77.0.0/30 table 1481219078 metric 1\n"
		"route throw 10.78.0.1/32 table 1481219078 metric 1\n"
		"route throw 192.0.2.0/24 table 1481219078 metric 1\n"
		"route throw 203.0.113.0/24 table 1481219078 metric 1\n");
	expect_objects(&p, "policy fwd 10.9.0.0", "policy fwd 10.9.0.0/16 to 192.0.2.0/24 +1 let\n");
	expect_objects(&p, "policy in 192.0.2.0", "policy in 192.0.2.0/24 to 192.0.2.0/24 +1 let\n");
	expect_objects(&p, "policy in 198", "");
	planned_fini(&p);
}

/* Two interfaces: what one map denies, the map of the other may protect. */
static void test_maps_of_two_interfaces(void **state)
{
	struct flow_packet q = {
		.family = AF_INET, .proto = IPPROTO_TCP, .src = { AF_INET, { 192, 0, 2, 1 } },
		.dst = { AF_INET, { 10, 2, 0, 1 } }, .has_ports = true, .sport = 1, .dport = 22,
	};
	const char *second = "crypto map n 10 on eth2";
	struct planned p;

	plan_text(&p, TSET ETH0 ISAKMP
		      "access-list 101 deny tcp any any eq 22\naccess-list 101 permit ip any 10.0.0.0 0.255.255.255\n"
		      "crypto map n 10 ipsec-isakmp\n set peer 203.0.113.2\n set transform-set t\n"
		      " match address 102\naccess-list 102 permit ip any 10.2.0.0 0.0.255.255\n"
		      "interface eth2\n ip address 203.0.113.1 255.255.255.0\n crypto map n\n");
	assert_int_equal(p.plan.nflows, 2);
	assert_int_equal(p.plan.nguards, 2);
	assert_string_equal(p.plan.flows[1].outside, "eth2");
	assert_string_equal(kernel_route(&p.plan, &q, 0), plan_item_of(&p, second)->dev);
	q.dport = 23;
	assert_string_equal(kernel_route(&p.plan, &q, 0),
			    plan_item_of(&p, "crypto map m 10 on eth0")->dev);
	q.dst.b[1] = 3;
	q.dport = 22;
	assert_null(kernel_route(&p.plan, &q, 0));
	/* SSP of the SA is the other one's: the peer of the entry. */
	assert_int_equal(plan_item_of(&p, second)->peer.b[0], 203);
	planned_fini(&p);
}

/* One map on two interfaces: an item, a number and a device each; manual SAs differ by address. */
static void test_maps_one_map_on_two_interfaces(void **state)
{
	const struct plan_item *a, *b;
	struct planned p;

	plan_text(&p, TSET ACL ETH0 ISAKMP "interface eth2\n ip address 203.0.113.1 255.255.255.0\n"
		      " crypto map m\n");
	a = plan_item_of(&p, "crypto map m 10 on eth0");
	b = plan_item_of(&p, "crypto map m 10 on eth2");
	assert_int_not_equal(a->id, b->id);
	assert_string_not_equal(a->dev, b->dev);
	assert_int_equal(b->local.b[0], 203);
	planned_fini(&p);

	/* With one local address, outbound SAs would be the same: the second entry is not used. */
	plan_text(&p, TSET ACL ETH0 MANUAL "interface eth2\n crypto map m\n"
		      "crypto map m local-address eth0\n");
	expect_item(&p, "crypto map m 10 on eth0", NULL);
	expect_item(&p, "crypto map m 10 on eth2", "SPI 300 is used by crypto map m 10 on eth0");
	planned_fini(&p);
}

/* IKE and IPsec to the machine itself pass whatever the lists say, and neighbours are found. */
static void test_maps_any_to_any_lets_ike_in(void **state)
{
	struct flow_packet q = {
		.family = AF_INET, .proto = IPPROTO_UDP, .src = { AF_INET, { 198, 51, 100, 2 } },
		.dst = { AF_INET, { 198, 51, 100, 1 } }, .has_ports = true, .sport = 500, .dport = 500,
	};
	static const struct {
		uint8_t		proto;
		uint16_t	dport;
		bool		in;
	} rows[] = {
		{ IPPROTO_UDP, 500, true }, { IPPROTO_UDP, 4500, true }, { IPPROTO_UDP, 501, false },
		{ IPPROTO_ESP, 0, true }, { IPPROTO_AH, 0, true }, { IPPROTO_ICMP, 0, false },
		{ IPPROTO_TCP, 500, false },
	};
	const struct kobj_policy *policy;
	struct planned p;
	size_t i;

	plan_text(&p, TSET ETH0 ISAKMP "access-list 101 permit ip any any\n"
		      "access-list 101 permit esp any any\n");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		q.proto = rows[i].proto;
		q.dport = rows[i].dport;
		policy = kernel_policy(&p.plan, XFRM_POLICY_IN, 0, &q);
		assert_int_equal(policy->action, rows[i].in ? XFRM_POLICY_ALLOW : XFRM_POLICY_BLOCK);
		policy = kernel_policy(&p.plan, XFRM_POLICY_FWD, 0, &q);
		assert_int_equal(policy->action, XFRM_POLICY_BLOCK);
	}
	planned_fini(&p);

	plan_text(&p, TSET ETH0 "crypto map m 10 ipsec-isakmp\n set peer 2001:db8:a::2\n"
		      " set transform-set t\n match address six\nipv6 access-list six\n permit ipv6 any any\n");
	q = (struct flow_packet){
		.family = AF_INET6, .proto = IPPROTO_ICMPV6, .has_ports = true, .sport = 136,
		.src = { AF_INET6, { 0x20, 1 } }, .dst = { AF_INET6, { 0x20, 1 } },
	};
	assert_int_equal(kernel_policy(&p.plan, XFRM_POLICY_IN, 0, &q)->action, XFRM_POLICY_ALLOW);
	q.sport = 128;
	assert_int_equal(kernel_policy(&p.plan, XFRM_POLICY_IN, 0, &q)->action, XFRM_POLICY_BLOCK);
	q.src = (struct addr){ AF_INET6, { 0xfe, 0x80 } };
	assert_int_equal(kernel_policy(&p.plan, XFRM_POLICY_IN, 0, &q)->action, XFRM_POLICY_ALLOW);
	expect_objects(&p, "route throw fe80", "route throw fe80::/10 table 1481196735 metric 1\n");
	planned_fini(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_maps_inactive_entries_say_why),
		cmocka_unit_test(test_maps_inactive_entries_have_no_objects),
		cmocka_unit_test(test_maps_interface_that_is_not_present),
		cmocka_unit_test(test_maps_ah_and_esp),
		cmocka_unit_test(test_maps_ah_alone_and_null),
		cmocka_unit_test(test_maps_keys_arrive),
		cmocka_unit_test(test_maps_windows),
		cmocka_unit_test(test_maps_df_bit),
		cmocka_unit_test(test_maps_local_address),
		cmocka_unit_test(test_maps_transport_mode),
		cmocka_unit_test(test_maps_transport_in_front_of_any),
		cmocka_unit_test(test_maps_transport_entries_in_order),
		cmocka_unit_test(test_maps_mtu),
		cmocka_unit_test(test_maps_mtu_of_the_sa_in_use),
		cmocka_unit_test(test_maps_ports_of_policies),
		cmocka_unit_test(test_maps_rules_up_to_the_last_port),
		cmocka_unit_test(test_maps_deny_of_what_the_next_entry_protects),
		cmocka_unit_test(test_maps_lists_are_joined),
		cmocka_unit_test(test_maps_without_their_device),
		cmocka_unit_test(test_maps_transport_without_sas),
		cmocka_unit_test(test_maps_any_is_not_what_is_behind_other_interfaces),
		cmocka_unit_test(test_maps_of_two_interfaces),
		cmocka_unit_test(test_maps_one_map_on_two_interfaces),
		cmocka_unit_test(test_maps_any_to_any_lets_ike_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
