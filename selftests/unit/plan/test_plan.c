// SPDX-License-Identifier: Apache-2.0
/* Whole configurations to whole plans: the examples of docs/, and what stays the same. */
#include "selftests/unit/plan/planner.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static char *read_file(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = calloc(1, 65536);

	if (!f)
		fail_msg("%s: cannot be read", path);
	assert_true(fread(text, 1, 65535, f) > 0);
	fclose(f);
	return text;
}

/* R-GEN-2, R-CMAP-6, R-CLEAR-6: all that one manual entry makes. */
static void test_plan_of_manual_keys(void **state)
{
	char *text = read_file("docs/examples/manual-keys.ios");
	struct planned p;

	plan_text(&p, text);
	assert_int_equal(p.ret, 0);
	expect_item(&p, "crypto map lab 10 on eth0", NULL);
	expect_objects(&p, "",
		"ESP SA to 198.51.100.1 SPI 0x00001000 from 198.51.100.2 tunnel cbc(aes)/16 "
		"hmac(sha256)/32 icv 128 reqid 4dd6f0c7 if_id 4dd6f0c7 in window 64 mark 0\n"
		"ESP SA to 198.51.100.2 SPI 0x00001001 from 198.51.100.1 tunnel cbc(aes)/16 "
		"hmac(sha256)/32 icv 128 reqid 4dd6f0c7 if_id 4dd6f0c7 out window 0 mark 58000000\n"
		"device xi-md6f0c7 (xfrm, if_id 0x4dd6f0c7) mtu 1438 up \"crypto map lab 10 on eth0\"\n"
		"policy out 192.0.2.0/24 to 203.0.113.0/24 if_id 0x4dd6f0c7 +0 "
		"esp tunnel 198.51.100.1 > 198.51.100.2 reqid 4dd6f0c7\n"
		"policy in 203.0.113.0/24 to 192.0.2.0/24 if_id 0x4dd6f0c7 +0 "
		"esp tunnel 198.51.100.2 > 198.51.100.1 reqid 4dd6f0c7\n"
		"policy fwd 203.0.113.0/24 to 192.0.2.0/24 if_id 0x4dd6f0c7 +0 "
		"esp tunnel 198.51.100.2 > 198.51.100.1 reqid 4dd6f0c7\n"
		"IPv4 rule 10000 from any to any fwmark 0x58000000/0xff000000 goto 29999\n"
		"IPv4 rule 10001 from 192.0.2.0/24 to any table 1481219078\n"
		"route 203.0.113.0/24 dev xi-md6f0c7 table 1481219078 metric 1\n"
		"route blackhole 203.0.113.0/24 table 1481219078 metric 2\n"
		"IPv4 rule 29999 from any to any nop\n"
		"policy in any to any port 500 protocol 17 +0 let\n"
		"policy in any to any port 4500 protocol 17 +0 let\n"
		"policy in any to any protocol 50 +0 let\n"
		"policy in any to any protocol 51 +0 let\n"
		"policy in 203.0.113.0/24 to 192.0.2.0/24 +1 block\n"
		"policy fwd 203.0.113.0/24 to 192.0.2.0/24 +1 block\n");
	assert_int_equal(p.plan.nguards, 1);
	assert_string_equal(p.plan.guard[0], "eth0");
	assert_int_equal(p.plan.nflows, 1);
	assert_int_equal(p.plan.flows[0].ifindex, 2);
	assert_ptr_equal(plan_item_by_id(&p.plan, 0x4dd6f0c7), p.plan.item[0]);
	assert_null(plan_item_by_id(&p.plan, 0x4dd6f0c8));
	planned_fini(&p);
	free(text);
}

/* R-VTI-3: the tunnel, its address and MTU, and routes into it; SAs are IKE's. */
static void test_plan_of_tunnel(void **state)
{
	char *text = read_file("docs/examples/vti-ikev2.ios");
	struct planned p;

	plan_text(&p, text);
	expect_objects(&p, "",
		"device xi-tun1 (xfrm, if_id 0x54000001) mtu 1400 up \"Tunnel1\"\n"
		"address 10.255.0.1/30 dev xi-tun1\n"
		"policy out any to any if_id 0x54000001 +0 "
		"esp tunnel 203.0.113.1 > 198.51.100.2 reqid 54000001\n"
		"policy in any to any if_id 0x54000001 +0 "
		"esp tunnel 198.51.100.2 > 203.0.113.1 reqid 54000001\n"
		"policy fwd any to any if_id 0x54000001 +0 "
		"esp tunnel 198.51.100.2 > 203.0.113.1 reqid 54000001\n"
		"route 10.2.0.0/16 dev xi-tun1 table 254 metric 1\n"
		"route 0.0.0.0/0 via 203.0.113.254 table 254 metric 1\n");
	assert_int_equal(p.plan.nguards, 1);
	assert_string_equal(p.plan.guard[0], "eth2");
	planned_fini(&p);
	free(text);
}

/* R-CMAP-6: what a deny takes out of one entry is still protected by the next (site 20). */
static void test_plan_of_two_sites(void **state)
{
	char *text = read_file("docs/examples/map-ikev1.ios");
	struct planned p;

	plan_text(&p, text);
	expect_objects(&p, "IPv4 rule",
		"IPv4 rule 10000 from any to any fwmark 0x58000000/0xff000000 goto 29999\n"
		"IPv4 rule 10001 from 192.0.2.0/24 to any port 22 protocol 6 goto 10003\n"
		"IPv4 rule 10002 from 192.0.2.0/24 to any table 1481219078\n"
		"IPv4 rule 10003 from 192.0.2.0/24 to any table 1481219079\n"
		"IPv4 rule 29999 from any to any nop\n");
	expect_objects(&p, "route 10.",
		"route 10.1.0.0/16 dev xi-m6214bc table 1481219078 metric 1\n"
		"route 10.2.0.0/16 dev xi-me76188 table 1481219079 metric 1\n");
	expect_objects(&p, "policy fwd 10.2.0.0/16 port",
		"policy fwd 10.2.0.0/16 port 22 to 192.0.2.0/24 protocol 6 +1 block\n");
	expect_objects(&p, "policy fwd any port",
		"policy fwd any port 22 to 192.0.2.0/24 protocol 6 +2 let\n");
	expect_objects(&p, "ESP SA", "");	/* IKE's */
	planned_fini(&p);
	free(text);
}

static void test_plan_of_nothing(void **state)
{
	struct planned p;

	plan_text(&p, "hostname a\n");
	assert_int_equal(p.ret, 0);
	expect_objects(&p, "", "");
	assert_int_equal(p.plan.nitems, 0);
	planned_fini(&p);
}

/* --- hubs ------------------------------------------------------------------------------------- */

#define KEY16	"000102030405060708090a0b0c0d0e0f"

static char *hub(unsigned int entries, unsigned int without)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);
	unsigned int i;

	fprintf(f, "crypto ipsec transform-set t esp-aes esp-sha256-hmac\n");
	for (i = 0; i < entries; i++) {
		if (i == without)
			continue;
		fprintf(f, "ip access-list extended a%u\n"
			" permit ip 192.0.2.0 0.0.0.255 10.%u.%u.0 0.0.0.255\n", i, i >> 8, i & 255);
		fprintf(f, "crypto map hub %u ipsec-manual\n set peer 198.18.%u.%u\n"
			" set transform-set t\n match address a%u\n", i + 1, i >> 8, i & 255, i);
		fprintf(f, " set session-key inbound esp %u cipher " KEY16 " authenticator " KEY16 KEY16 "\n"
			" set session-key outbound esp %u cipher " KEY16 " authenticator " KEY16 KEY16 "\n",
			1000 + i, 100000 + i);
	}
	fprintf(f, "interface eth0\n ip address 198.51.100.1 255.255.255.0\n crypto map hub\n");
	fclose(f);
	return text;
}

/* One entry more is its own objects more, wherever it stands: nothing else is touched. */
static void test_plan_hub_one_entry_more(void **state)
{
	char *small = hub(40, 17), *large = hub(40, 40);
	struct planned was, is;
	struct kobj_ops ops = {};
	size_t i;

	plan_text(&was, small);
	plan_text(&is, large);
	assert_int_equal(kobj_diff(&was.plan.objects, &is.plan.objects, &ops), 0);
	assert_int_equal(ops.n, 10);	/* device, 2 SAs, 3 and 2 policies, 2 routes */
	for (i = 0; i < ops.n; i++) {
		char text[OBJECT_TEXT_MAX];

		assert_int_equal(ops.op[i].todo, KOBJ_ADD);
		object_text(ops.op[i].is, text);
		if (ops.op[i].is->owner ? strcmp(ops.op[i].is->owner, "crypto map hub 18 on eth0") :
					  !strstr(text, "10.0.17.0/24"))
			fail_msg("%s", text);
	}
	kobj_ops_fini(&ops);
	planned_fini(&was);
	planned_fini(&is);
	free(small);
	free(large);
}

static void test_plan_is_the_same_again(void **state)
{
	char *text = hub(40, 40);
	struct planned a, b;
	struct kobj_ops ops = {};

	plan_text(&a, text);
	plan_text(&b, text);
	assert_int_equal(kobj_diff(&a.plan.objects, &b.plan.objects, &ops), 0);
	assert_int_equal(ops.n, 0);
	kobj_ops_fini(&ops);
	planned_fini(&a);
	planned_fini(&b);
	free(text);
}

static size_t count_lines(const struct planned *p, const char *begin)
{
	char *text = plan_objects(p, begin), *at;
	size_t n = 0;

	for (at = text; *at; at++)
		n += *at == '\n';
	free(text);
	return n;
}

/* As hubs are written: the same exceptions in each entry, and a deny of the rest behind. */
static void test_plan_hub_with_denies_stays_small(void **state)
{
	char *text = NULL;
	struct planned p;
	unsigned int i;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	fprintf(f, "crypto ipsec transform-set t esp-aes esp-sha256-hmac\n"
		"interface eth0\n ip address 198.51.100.1 255.255.255.0\n crypto map hub\n");
	for (i = 0; i < 200; i++)
		fprintf(f, "crypto map hub %u ipsec-isakmp\n set peer 198.18.0.%u\n set transform-set t\n"
			" match address a%u\nip access-list extended a%u\n deny tcp any any eq 22\n"
			" deny icmp any any\n permit ip 192.0.2.0 0.0.0.255 10.%u.0.0 0.0.255.255\n"
			" deny ip any any\n", i + 1, i, i, i, i);
	fclose(f);
	plan_text(&p, text);
	assert_int_equal(p.ret, 0);
	assert_int_equal(p.plan.flows[0].groups.ngroups, 3);
	assert_int_equal(count_lines(&p, "IPv4 rule"), 5);
	/* Let through: ssh and ICMP; blocked: each site. */
	assert_int_equal(count_lines(&p, "policy fwd any "), 2);
	assert_int_equal(count_lines(&p, "policy fwd 10.7.0.0/16 to 192.0.2.0/24 +"), 1);
	assert_int_equal(count_lines(&p, "policy fwd"), 200 + 2 + 200);
	planned_fini(&p);
	free(text);
}

/* Exceptions inside of exceptions without end are refused as a whole, and it is said why. */
static void test_plan_denies_too_deep(void **state)
{
	char *text = NULL;
	struct planned p;
	unsigned int i;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	fprintf(f, "crypto ipsec transform-set t esp-aes esp-sha256-hmac\n"
		"interface eth0\n ip address 198.51.100.1 255.255.255.0\n crypto map hub\n");
	for (i = 0; i < 80; i++)
		fprintf(f, "crypto map hub %u ipsec-isakmp\n set peer 198.18.0.%u\n set transform-set t\n"
			" match address a%u\nip access-list extended a%u\n deny tcp any any range 1 %u\n"
			" permit ip any any\n", i + 1, i, i, i, 60000 - i);
	fclose(f);
	plan_text(&p, text);
	assert_int_equal(p.ret, -E2BIG);
	assert_non_null(strstr(p.err.text, "too deep"));
	assert_int_equal(p.plan.nitems, 0);
	planned_fini(&p);
	free(text);
}

#define HUB	10000

static void test_plan_hub_of_10000(void **state)
{
	char *text = hub(HUB, HUB);
	struct timespec a, b;
	struct planned p;
	size_t i, devices = 0;

	plan_text(&p, text);
	clock_gettime(CLOCK_MONOTONIC, &a);
	plan_again(&p);
	clock_gettime(CLOCK_MONOTONIC, &b);
	print_message("xi-bench plan entries=%d objects=%zu ms=%lld\n", HUB, p.plan.objects.n,
		      (long long)(b.tv_sec - a.tv_sec) * 1000 + (b.tv_nsec - a.tv_nsec) / 1000000);
	for (i = 0; i < p.plan.nitems; i++) {
		const struct plan_item *item = p.plan.item[i];

		assert_string_equal(item->inactive, "");
		assert_ptr_equal(plan_item_by_id(&p.plan, item->id), item);
		devices += *item->dev != 0;
	}
	assert_int_equal(devices, HUB);
	assert_int_equal(p.plan.flows[0].groups.ngroups, 1);
	assert_int_equal(p.plan.objects.n, 10 * HUB + 3 + 4);
	planned_fini(&p);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plan_of_manual_keys),
		cmocka_unit_test(test_plan_of_tunnel),
		cmocka_unit_test(test_plan_of_two_sites),
		cmocka_unit_test(test_plan_of_nothing),
		cmocka_unit_test(test_plan_hub_one_entry_more),
		cmocka_unit_test(test_plan_is_the_same_again),
		cmocka_unit_test(test_plan_hub_with_denies_stays_small),
		cmocka_unit_test(test_plan_denies_too_deep),
		cmocka_unit_test(test_plan_hub_of_10000),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
