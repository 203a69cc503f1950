// SPDX-License-Identifier: Apache-2.0
/*
 * SAs and XFRM interfaces in the running kernel. Skipped where it has no ESP, AH
 * or xfrm_interface; the story selftests/vm/kobj runs it where it has.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "selftests/unit/kernel/kobj_live.h"
#include "selftests/unit/kernel/kobjs.h"
#include "user/kernel/xfrm_compat.h"

#define TABLE	(XI_TABLE_FIRST + 1)
#define IF_ID	XI_ID(XI_ID_MAP, 1)

#define NEEDS_ESP()	do { if (!live.nl) skip(); } while (0)

static bool have_esp(void)
{
	struct kobj sa = kobjs_sa("192.0.2.1", 1), ah = kobjs_ah("192.0.2.1", 1);
	struct kobj link = kobjs_link("xi-try", 1);
	struct kobj_op add[] = { { .is = &link }, { .is = &sa }, { .is = &ah } };
	struct kobj_op del[] = { { .todo = KOBJ_DEL, .was = &ah }, { .todo = KOBJ_DEL, .was = &sa },
				 { .todo = KOBJ_DEL, .was = &link } };
	int failed = kobj_nl_apply(live.nl, add, 3, NULL);

	kobj_nl_apply(live.nl, del, 3, NULL);
	return !failed;
}

static int setup(void **state)
{
	if (live_open() && !have_esp())
		live_close();
	return 0;
}

static int teardown(void **state)
{
	live_close();
	return 0;
}

static struct kobj outbound(struct kobj o)
{
	o.sa.inbound = false;
	o.sa.window = 0;
	o.sa.out_mark = XI_MARK;
	return o;
}

static struct kobj mode(struct kobj o, uint8_t m)
{
	o.sa.mode = m;
	return o;
}

static struct kobj in_gcm(const char *daddr, uint32_t spi, uint32_t window, bool esn)
{
	struct kobj o = kobjs_gcm(daddr, spi);

	o.sa.inbound = true;
	o.sa.window = window;
	o.sa.esn = esn;
	o.sa.oseq = 0;
	o.sa.out_mark = 0;
	o.sa.if_id = IF_ID;
	return o;
}

static struct kobj natt_with_lifetimes(void)
{
	struct kobj o = kobjs_sa("192.0.2.1", 0x2001);

	o.sa.encap_sport = 4500;
	o.sa.encap_dport = 1024;
	o.sa.soft_seconds = 3000;
	o.sa.hard_seconds = 3600;
	o.sa.soft_bytes = 1ULL << 40;
	o.sa.hard_bytes = 1ULL << 41;
	return o;
}

static struct kobj only_authenticated(void)
{
	struct kobj o = kobjs_sa("192.0.2.1", 0x2002);

	strcpy(o.sa.enc, "ecb(cipher_null)");
	secret_wipe(&o.sa.enc_key);
	o.sa.window = 0;
	return o;
}

static struct kobj bundle(uint8_t dir)
{
	struct kobj o = kobjs_policy(dir, IF_ID, "10.1.0.0", "10.3.0.0", 16);

	o.policy.tmpl[1] = (struct kobj_tmpl){ .proto = IPPROTO_AH, .mode = XFRM_MODE_TRANSPORT,
					       .reqid = XI_ID(XI_ID_MAP, 5) };
	o.policy.ntmpl = 2;
	return o;
}

static void add_gateway(struct kobj_set *s)
{
	struct kobj mtu = kobjs_route("10.2.0.0", 16, TABLE, "xi-m1");

	mtu.route.mtu = 1380;
	live_add(s, kobjs_link("xi-m1", IF_ID));
	live_add(s, kobjs_link("xi-d1", 0));
	live_add(s, kobjs_address("xi-m1", "10.0.0.1", 30));
	live_add(s, kobjs_address("xi-m1", "2001:db8:9::1", 64));
	/* ESP: AES-CBC with SHA-256, AES-GCM with and without ESN, IPv4 and IPv6 */
	live_add(s, kobjs_sa("192.0.2.1", 0x1001));
	live_add(s, outbound(kobjs_sa("192.0.2.2", 0x1002)));
	live_add(s, in_gcm("192.0.2.1", 0x1003, 64, true));
	live_add(s, kobjs_gcm("192.0.2.2", 0x1004));
	live_add(s, in_gcm("2001:db8::1", 0x1003, 4096, true));
	live_add(s, kobjs_gcm("2001:db8::2", 0x1004));
	live_add(s, in_gcm("192.0.2.1", 0x1005, 1024, false));
	live_add(s, natt_with_lifetimes());
	live_add(s, only_authenticated());
	/* AH, also around ESP */
	live_add(s, kobjs_ah("2001:db8::1", 0x1006));
	live_add(s, mode(kobjs_ah("192.0.2.1", 0x1007), XFRM_MODE_TRANSPORT));
	live_add(s, mode(outbound(kobjs_ah("192.0.2.2", 0x1008)), XFRM_MODE_TRANSPORT));
	live_add(s, kobjs_policy(XFRM_POLICY_OUT, IF_ID, "10.1.0.0", "10.2.0.0", 16));
	live_add(s, kobjs_policy(XFRM_POLICY_IN, IF_ID, "10.2.0.0", "10.1.0.0", 16));
	live_add(s, kobjs_policy(XFRM_POLICY_FWD, IF_ID, "2001:db8:2::", "2001:db8:1::", 48));
	live_add(s, bundle(XFRM_POLICY_OUT));
	live_add(s, bundle(XFRM_POLICY_IN));
	live_add(s, mtu);
	live_add(s, kobjs_route("2001:db8:2::", 48, TABLE, "xi-m1"));
	live_add(s, kobjs_rule(10000, "10.1.0.0", 16, TABLE));
	live_add(s, kobjs_rule(10000, "2001:db8:1::", 48, TABLE));
}

static void expect_keys(const struct kobj_set *is)
{
	struct kobj_set found;
	const struct kobj *o;
	size_t i;

	live_dump(&found);
	for (i = 0; i < is->n; i++) {
		if (is->list[i]->kind != KOBJ_SA)
			continue;
		o = kobj_set_find(&found, is->list[i]);
		assert_true(secret_equal(&o->sa.enc_key, &is->list[i]->sa.enc_key));
		assert_true(secret_equal(&o->sa.auth_key, &is->list[i]->sa.auth_key));
		assert_true(secret_equal(&o->sa.aead_key, &is->list[i]->sa.aead_key));
		assert_true(o->sa.oseq == is->list[i]->sa.oseq);
	}
	kobj_set_fini(&found);
}

static void test_kobj_esp_round_trip(void **state)
{
	struct kobj_set is = {}, none = {};

	NEEDS_ESP();
	add_gateway(&is);
	live_become(&is);
	expect_keys(&is);
	assert_int_equal(live_change(&none, &is), 0);	/* all there already */
	live_expect_kernel_has(&is);
	expect_keys(&is);
	assert_true(live_says("ip -d link show xi-m1", "xfrm if_id 0x4d000001"));
	assert_true(live_says("ip xfrm state list spi 0x1002", "output-mark 0x58000000/0xff000000"));
	assert_true(live_says("ip -d xfrm state list spi 0x1004", "flag nopmtudisc af-unspec esn"));
	assert_true(live_says("ip xfrm state list spi 0x2001", "espinudp sport 4500 dport 1024"));
	live_become(&none);
	assert_int_equal(live_change(&is, &none), 0);	/* all gone already */
	live_expect_kernel_has(&none);
	kobj_set_fini(&is);
}

/* --- foreign objects --- */

static void expect_spared(const struct kobj *o, const struct kobj *changed)
{
	assert_int_equal(live_one(KOBJ_ADD, NULL, o, "not ours"), -EEXIST);
	assert_int_equal(live_one(KOBJ_CHANGE, o, changed, "not ours"), -EEXIST);
	assert_int_equal(live_one(KOBJ_DEL, o, NULL, ""), 0);
}

static void test_kobj_esp_foreign_objects_stay(void **state)
{
	struct kobj o = kobjs_sa("192.0.2.1", 0x1001), changed = o;
	struct kobj_set is = {}, none = {};

	NEEDS_ESP();
	live_sh("ip xfrm state add src 192.0.2.9 dst 192.0.2.1 proto esp spi 0x1001 reqid 7 mode tunnel "
		"enc 'cbc(aes)' 0x00112233445566778899aabbccddeeff "
		"auth-trunc 'hmac(sha256)' 0x00112233445566778899aabbccddeeff 128 &&"
		"ip xfrm policy add src 10.1.0.0/16 dst 10.9.0.0/16 dir out action block &&"
		"ip link add ipsec0 type xfrm dev lo if_id 77 && ip link set ipsec0 up &&"
		"ip addr add 10.77.0.1/24 dev ipsec0 && ip route add 10.78.0.0/16 dev ipsec0 &&"
		"ip rule add from 10.9.0.0/16 table 7 pref 12000");
	live_expect_kernel_has(&none);
	changed.sa.window = 128;
	expect_spared(&o, &changed);
	assert_true(live_says("ip xfrm state list spi 0x1001", "reqid 7"));
	assert_true(live_says("ip xfrm state list spi 0x1001", "0x00112233445566778899aabbccddeeff"));
	o = kobjs_link("ipsec0", 77);
	changed = kobjs_link("ipsec0", 78);
	expect_spared(&o, &changed);
	o = kobjs_link("xi-m1", 77);
	assert_int_equal(live_one(KOBJ_ADD, NULL, &o, "device ipsec0 has this if_id"), -EEXIST);
	/* All of ours come and go beside them. */
	o = kobjs_sa("192.0.2.1", 0x1001);
	add_gateway(&is);
	kobj_set_del(&is, kobj_set_find(&is, &o));
	live_become(&is);
	live_become(&none);
	assert_true(live_says("ip xfrm state", "reqid 7"));
	assert_true(live_says("ip xfrm policy", "dst 10.9.0.0/16"));
	assert_true(live_says("ip -d link show ipsec0", "if_id 0x4d"));
	assert_true(live_says("ip addr show ipsec0", "10.77.0.1/24"));
	assert_true(live_says("ip route", "10.78.0.0/16 dev ipsec0"));
	assert_true(live_says("ip rule", "12000:\tfrom 10.9.0.0/16 lookup 7"));
	kobj_set_fini(&is);
}

/* --- replacing SAs --- */

/* An outbound tunnel for 10.2.0.0/16, into a device that takes everything. */
static void outbound_up(const struct kobj *sa)
{
	struct kobj pol = kobjs_policy(XFRM_POLICY_OUT, 0, "0.0.0.0", "10.2.0.0", 0);

	pol.policy.sel.dplen = 16;
	pol.policy.tmpl[0].saddr = sa->sa.saddr;
	pol.policy.tmpl[0].daddr = addr_make(AF_INET, sa->sa.key.daddr);
	pol.policy.tmpl[0].reqid = sa->sa.reqid;
	live_sh("ip link add out0 type dummy && ip link set out0 arp off up && "
		"ip addr add 192.0.2.9/24 dev out0 && ip route add 10.2.0.0/16 dev out0");
	assert_int_equal(live_one(KOBJ_ADD, NULL, sa, NULL), 0);
	assert_int_equal(live_one(KOBJ_ADD, NULL, &pol, NULL), 0);
}

static void send_datagrams(int n)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9) };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	inet_pton(AF_INET, "10.2.0.1", &to.sin_addr);
	while (n--)
		assert_int_equal(sendto(fd, "x", 1, 0, (struct sockaddr *)&to, sizeof(to)), 1);
	close(fd);
}

static uint64_t oseq_of(const struct kobj *sa)
{
	struct kobj_set found;
	const struct kobj *o;
	uint64_t oseq;

	live_dump(&found);
	o = kobj_set_find(&found, sa);
	assert_non_null(o);
	oseq = o->sa.oseq;
	kobj_set_fini(&found);
	return oseq;
}

/* RFC 4303 2.2: no number twice under one key; R-ARW: nor is one left out. */
static void oseq_goes_on(struct kobj sa)
{
	struct kobj changed = sa;

	outbound_up(&sa);
	send_datagrams(5);
	assert_int_equal(oseq_of(&sa), sa.sa.oseq + 5);
	changed.sa.hard_seconds = 3600;
	assert_int_equal(live_one(KOBJ_CHANGE, &sa, &changed, NULL), 0);
	assert_true(live_says("ip -s xfrm state", "expire add: soft 0(sec), hard 3600(sec)"));
	assert_int_equal(oseq_of(&sa), sa.sa.oseq + 5);
	send_datagrams(3);
	assert_int_equal(oseq_of(&sa), sa.sa.oseq + 8);
	/* Found in the way of an addition, which a restart may want, it goes on, too. */
	assert_int_equal(live_one(KOBJ_ADD, NULL, &sa, NULL), 0);
	assert_int_equal(oseq_of(&sa), sa.sa.oseq + 8);
	/* With other keys it begins anew. */
	changed.sa.enc_key.b[0]++;
	changed.sa.aead_key.b[0]++;
	assert_int_equal(live_one(KOBJ_CHANGE, &sa, &changed, NULL), 0);
	assert_int_equal(oseq_of(&sa), sa.sa.oseq);
}

static void test_kobj_esp_oseq_goes_on(void **state)
{
	NEEDS_ESP();
	oseq_goes_on(outbound(kobjs_sa("192.0.2.2", 0x1001)));
}

static void test_kobj_esp_oseq_goes_on_with_esn(void **state)
{
	struct kobj sa = kobjs_gcm("192.0.2.2", 0x1001);

	NEEDS_ESP();
	sa.sa.oseq = 0x1fffffffeULL;	/* across the end of the lower half */
	oseq_goes_on(sa);
}

/* What has come does not come again because of a change. */
static void test_kobj_esp_window_goes_on(void **state)
{
	struct kobj sa = in_gcm("192.0.2.1", 0x1001, 64, true), changed = sa;

	NEEDS_ESP();
	sa.sa.if_id = changed.sa.if_id = 0;
	live_sh("ip xfrm state add src 192.0.2.9 dst 192.0.2.1 proto esp spi 0x1001 reqid 0x4d001001 "
		"mode tunnel replay-window 64 replay-seq 77 replay-seq-hi 1 flag esn flag af-unspec "
		"aead 'rfc4106(gcm(aes))' 0x3031323334353637383961626364656673616c74 128");
	changed.sa.hard_seconds = 3600;
	assert_int_equal(live_one(KOBJ_CHANGE, &sa, &changed, NULL), 0);
	assert_true(live_says("ip -d xfrm state", "seq-hi 0x1, seq 0x4d"));
	assert_true(live_says("ip -d xfrm state", "00000000 00000000"));
	/* A window of another size knows no numbers: those before the highest are gone. */
	changed.sa.window = 128;
	assert_int_equal(live_one(KOBJ_CHANGE, &sa, &changed, NULL), 0);
	assert_true(live_says("ip -d xfrm state", "seq-hi 0x1, seq 0x4d"));
	assert_true(live_says("ip -d xfrm state", "ffffffff ffffffff ffffffff ffffffff"));
	changed.sa.aead_key.b[0]++;
	assert_int_equal(live_one(KOBJ_CHANGE, &sa, &changed, NULL), 0);
	assert_true(live_says("ip -d xfrm state", "seq-hi 0x0, seq 0x0"));
}

/* A change that the kernel refuses costs nothing: the old SA is there again, and goes on. */
static void test_kobj_esp_refused_change_keeps_the_old(void **state)
{
	struct kobj sa = outbound(kobjs_sa("192.0.2.2", 0x1001)), changed = sa;

	NEEDS_ESP();
	outbound_up(&sa);
	send_datagrams(5);
	strcpy(changed.sa.enc, "cbc(rot13)");
	assert_int_equal(live_one(KOBJ_CHANGE, &sa, &changed,
				  "the kernel lacks cbc(rot13) (CONFIG_CRYPTO"), -ENOSYS);
	assert_int_equal(oseq_of(&sa), 5);
	send_datagrams(1);
	assert_int_equal(oseq_of(&sa), 6);
}

static void test_kobj_esp_missing_is_named(void **state)
{
	struct kobj o = kobjs_sa("192.0.2.2", 0x1001);

	NEEDS_ESP();
	strcpy(o.sa.auth, "hmac(rot13)");
	assert_int_equal(live_one(KOBJ_ADD, NULL, &o, "the kernel lacks hmac(rot13)"), -ENOSYS);
	o = kobjs_gcm("192.0.2.2", 0x1001);
	strcpy(o.sa.aead, "rfc4106(rot13)");
	assert_int_equal(live_one(KOBJ_ADD, NULL, &o, "the kernel lacks rfc4106(rot13)"), -ENOSYS);
}

/* --- devices --- */

/* The kernel has one XFRM interface of an if_id: the name moves, and what stands on it. */
static void test_kobj_esp_if_id_under_another_name(void **state)
{
	struct kobj_set was = {}, is = {};

	NEEDS_ESP();
	live_add(&was, kobjs_link("xi-old", IF_ID));
	live_add(&was, kobjs_route("10.2.0.0", 16, TABLE, "xi-old"));
	live_add(&is, kobjs_link("xi-new", IF_ID));
	live_add(&is, kobjs_route("10.2.0.0", 16, TABLE, "xi-new"));
	live_become(&was);
	live_become(&is);
	kobj_set_fini(&was);
	kobj_set_fini(&is);
	live_become(&is);
}

static void test_kobj_esp_other_if_id(void **state)
{
	struct kobj_set was = {}, is = {};

	NEEDS_ESP();
	live_add(&was, kobjs_link("xi-m1", IF_ID));
	live_add(&is, kobjs_link("xi-m1", IF_ID + 1));
	live_add(&was, kobjs_address("xi-m1", "10.0.0.1", 30));
	live_add(&is, kobjs_address("xi-m1", "10.0.0.1", 30));
	live_add(&was, kobjs_route("10.2.0.0", 16, TABLE, "xi-m1"));
	live_add(&is, kobjs_route("10.2.0.0", 16, TABLE, "xi-m1"));
	live_become(&was);
	live_become(&is);
	assert_true(live_says("ip -d link show xi-m1", "if_id 0x4d000002"));
	kobj_set_fini(&was);
	kobj_set_fini(&is);
	live_become(&is);
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* 300 entries of a crypto map, or XI_ENTRIES: 8 objects each. */
static void test_kobj_esp_many(void **state)
{
	const char *entries = getenv("XI_ENTRIES");
	uint32_t i, id, n = entries ? (uint32_t)atoi(entries) : 300;
	struct kobj_set is = {}, none = {};
	char dev[IF_NAMESIZE], net[32];
	double begin, made, end;

	NEEDS_ESP();
	for (i = 0; i < n; i++) {
		id = XI_ID(XI_ID_MAP, i + 1);
		snprintf(dev, sizeof(dev), "xi-m%u", i);
		snprintf(net, sizeof(net), "10.%u.%u.0", 128 + i / 256, i % 256);
		live_add(&is, kobjs_link(dev, id));
		live_add(&is, in_gcm("192.0.2.1", 0x10000 + i, 4096, false));
		live_add(&is, kobjs_gcm("192.0.2.2", 0x10000 + i));
		live_add(&is, kobjs_policy(XFRM_POLICY_OUT, id, "10.1.0.0", net, 24));
		live_add(&is, kobjs_policy(XFRM_POLICY_IN, id, net, "10.1.0.0", 24));
		live_add(&is, kobjs_policy(XFRM_POLICY_FWD, id, net, "10.1.0.0", 24));
		live_add(&is, kobjs_route(net, 24, XI_TABLE_FIRST + i, dev));
		live_add(&is, kobjs_rule(10000 + i, net, 24, XI_TABLE_FIRST + i));
	}
	begin = seconds();
	live_become(&is);
	made = seconds();
	live_become(&none);
	end = seconds();
	print_message("%u objects: made and found in %.1f s, gone in %.1f s\n", 8 * n,
		      made - begin, end - made);
	kobj_set_fini(&is);
}

#define TEST(t)	cmocka_unit_test_setup_teardown(t, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_kobj_esp_round_trip),
		TEST(test_kobj_esp_foreign_objects_stay),
		TEST(test_kobj_esp_oseq_goes_on),
		TEST(test_kobj_esp_oseq_goes_on_with_esn),
		TEST(test_kobj_esp_window_goes_on),
		TEST(test_kobj_esp_refused_change_keeps_the_old),
		TEST(test_kobj_esp_missing_is_named),
		TEST(test_kobj_esp_if_id_under_another_name),
		TEST(test_kobj_esp_other_if_id),
		TEST(test_kobj_esp_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
