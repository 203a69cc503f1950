// SPDX-License-Identifier: Apache-2.0
/* Traffic selectors: narrowing (RFC 7296 section 2.9), OPAQUE, and what XFRM gets. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "user/ike/selector.h"

/* "10.0.0.0-10.0.0.255/6/80-90"; protocol and ports may be missing. */
static struct ts ts(const char *text)
{
	char lo[64], hi[64];
	unsigned int proto = 0, from = 0, to = 65535;
	struct ts t = {};

	assert_true(sscanf(text, "%63[^-]-%63[^/]/%u/%u-%u", lo, hi, &proto, &from, &to) >= 2);
	assert_true(addr_parse(lo, &t.lo) && addr_parse(hi, &t.hi));
	t.proto = (uint8_t)proto;
	t.port_lo = (uint16_t)from;
	t.port_hi = (uint16_t)to;
	return t;
}

static struct ts_list list(const char *text)
{
	struct ts_list l = {};
	char *copy = strdup(text), *save, *word;

	for (word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		struct ts t = ts(word);

		l.ts[l.n++] = t;
	}
	free(copy);
	return l;
}

#define A	"10.1.0.0-10.1.0.255"
#define B	"10.2.0.0-10.2.0.255"
#define ANY4	"0.0.0.0-255.255.255.255"
#define ANY6	"::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"

// clang-format off
static const struct {
	const char *oi, *or, *pi, *pr;
	enum ts_verdict want;
	const char *i, *r;
} rows[] = {
	{ A, B, A, B, TS_ALL, "10.1.0.0-10.1.0.255", "10.2.0.0-10.2.0.255" },
	{ ANY4, ANY4, A, B, TS_NARROWED, "10.1.0.0-10.1.0.255", "10.2.0.0-10.2.0.255" },
	{ A, B, ANY4, ANY4, TS_ALL, "10.1.0.0-10.1.0.255", "10.2.0.0-10.2.0.255" },
	{ A, B, B, A, TS_NOTHING, NULL, NULL },
	{ A, B, A, A, TS_NOTHING, NULL, NULL },
	{ "10.1.0.0-10.1.0.127", B, "10.1.0.128-10.1.0.255", B, TS_NOTHING, NULL, NULL },
	{ "10.1.0.0-10.1.0.128", B, "10.1.0.128-10.1.0.255", B, TS_NARROWED, "10.1.0.128-10.1.0.128", "10.2.0.0-10.2.0.255" },
	/* The packet that triggered it comes first, and stays first. */
	{ "10.1.0.7-10.1.0.7/6/80-80 " ANY4, ANY4, A "/6", B, TS_NARROWED,
	  "10.1.0.7-10.1.0.7 proto 6 port 80, 10.1.0.0-10.1.0.255 proto 6", "10.2.0.0-10.2.0.255" },
	/* Protocols and ports. */
	{ A "/17", B, A "/6", B, TS_NOTHING, NULL, NULL },
	{ A "/6/80-90", B, A "/6/85-100", B, TS_NARROWED, "10.1.0.0-10.1.0.255 proto 6 port 85-90", "10.2.0.0-10.2.0.255" },
	{ A "/6/80-90", B, A "/6/91-100", B, TS_NOTHING, NULL, NULL },
	{ A "/6/80-80", B, A, B, TS_ALL, "10.1.0.0-10.1.0.255 proto 6 port 80", "10.2.0.0-10.2.0.255" },
	/* OPAQUE: in "any" and in itself. */
	{ A "/6/65535-0", B, A, B, TS_ALL, "10.1.0.0-10.1.0.255 proto 6 port opaque", "10.2.0.0-10.2.0.255" },
	{ A "/6/65535-0", B, A "/6/65535-0", B, TS_ALL, "10.1.0.0-10.1.0.255 proto 6 port opaque", "10.2.0.0-10.2.0.255" },
	{ A "/6/65535-0", B, A "/6/80-80", B, TS_NOTHING, NULL, NULL },
	{ A "/6/0-65534", B, A "/6/65535-0", B, TS_NOTHING, NULL, NULL },
	/* Families that one side alone has. */
	{ ANY4 " " ANY6, B, ANY4 " " ANY6, ANY4 " " ANY6, TS_NARROWED, "0.0.0.0-255.255.255.255", "10.2.0.0-10.2.0.255" },
	{ ANY6, B, ANY4 " " ANY6, ANY4 " " ANY6, TS_NOTHING, NULL, NULL },
	{ "2001:db8::-2001:db8::ffff", ANY6, "2001:db8::100-2001:db8::1ff", ANY6, TS_NARROWED,
	  "2001:db8::100-2001:db8::1ff", "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
	/* What is in another is not said twice. */
	{ ANY4 " " A, B, ANY4, B, TS_ALL, "0.0.0.0-255.255.255.255", "10.2.0.0-10.2.0.255" },
};
// clang-format on

static void test_narrowing(void **state)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ts_pair offer = { list(rows[i].oi), list(rows[i].or) };
		struct ts_pair policy = { list(rows[i].pi), list(rows[i].pr) }, out;
		char a[512], b[512];

		if (ts_narrow(&offer, &policy, &out) != rows[i].want)
			fail_msg("row %zu", i);
		if (rows[i].want == TS_NOTHING)
			continue;
		ts_list_str(&out.i, a, sizeof(a));
		ts_list_str(&out.r, b, sizeof(b));
		if (strcmp(a, rows[i].i) || strcmp(b, rows[i].r))
			fail_msg("row %zu: %s === %s", i, a, b);
		assert_true(ts_answer_fits(&offer, &out));
	}
}

static void test_answers_beyond_the_offer(void **state)
{
	struct ts_pair offer = { list(A), list(B) }, answer = { list(A), list(B) };

	assert_true(ts_answer_fits(&offer, &answer));
	answer.i = list("10.1.0.0-10.1.1.0");
	assert_false(ts_answer_fits(&offer, &answer));
	answer.i = list(A);
	answer.r.n = 0;
	assert_false(ts_answer_fits(&offer, &answer));
	answer.r = list(B);
	answer.r.over = 1;
	assert_false(ts_answer_fits(&offer, &answer));
}

static void test_choice_of_policy(void **state)
{
	const struct ts_pair policy[] = {
		{ list("10.9.0.0-10.9.0.255"), list(B) }, { list(A), list("10.3.0.0-10.3.0.255") },
		{ list(A), list(B) },			  { list("10.8.0.0-10.8.0.255"), list(B) },
	};
	struct ts_pair offer = { list("10.1.0.7-10.1.0.7 " ANY4), list("10.2.0.9-10.2.0.9 " ANY4) }, out;
	bool more;

	/* The packet fits the third; by networks alone the first would do. */
	assert_int_equal(ts_choose(&offer, policy, 4, &out, &more), 2);
	assert_true(more);
	assert_true(ts_list_covers(&out.i, &offer.i.ts[0]));
	offer = (struct ts_pair){ list(ANY4), list(ANY4) };
	assert_int_equal(ts_choose(&offer, policy, 4, &out, &more), 0);
	offer = (struct ts_pair){ list("10.8.0.1-10.8.0.1"), list(ANY4) };
	assert_int_equal(ts_choose(&offer, policy, 4, &out, &more), 3);
	assert_false(more);
	assert_int_equal(ts_choose(&offer, policy, 3, &out, NULL), -1);
	assert_int_equal(ts_choose(&offer, policy, 0, &out, NULL), -1);
}

static void test_valid(void **state)
{
	struct ts t = ts(A);

	assert_true(ts_valid(&t));
	t = ts("10.1.0.1-10.1.0.0");
	assert_false(ts_valid(&t));
	t = ts(A "/6/81-80");
	assert_false(ts_valid(&t));
	t = ts(A "/6/65535-0");
	assert_true(ts_valid(&t) && ts_opaque(&t) && !ts_any_port(&t));
	t = ts("10.1.0.0-2001:db8::");
	assert_false(ts_valid(&t));
	t = (struct ts){};
	assert_false(ts_valid(&t));
}

static void test_full_list(void **state)
{
	struct ts_list l = {};
	unsigned int i;

	for (i = 0; i < TS_MAX + 3; i++) {
		struct ts t = ts("10.0.0.0-10.0.0.0");

		t.lo.b[1] = t.hi.b[1] = (uint8_t)i;
		assert_int_equal(ts_list_add(&l, &t), i < TS_MAX);
	}
	assert_int_equal(l.n, TS_MAX);
	assert_int_equal(l.over, 3);
}

// clang-format off
static const struct {
	const char *range, *nets;
} nets[] = {
	{ A, "10.1.0.0/24" },
	{ ANY4, "0.0.0.0/0" },
	{ ANY6, "::/0" },
	{ "10.0.0.1-10.0.0.1", "10.0.0.1/32" },
	{ "10.0.0.1-10.0.0.6", "10.0.0.1/32 10.0.0.2/31 10.0.0.4/31 10.0.0.6/32" },
	{ "10.0.0.255-10.0.1.0", "10.0.0.255/32 10.0.1.0/32" },
	{ "255.255.255.254-255.255.255.255", "255.255.255.254/31" },
	{ "2001:db8::-2001:db8::1:ffff", "2001:db8::/111" },
	{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	  "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128" },
};
// clang-format on

static void test_networks(void **state)
{
	size_t i, j;

	for (i = 0; i < sizeof(nets) / sizeof(nets[0]); i++) {
		struct ts_net out[TS_NETS_MAX];
		struct ts t = ts(nets[i].range);
		size_t n = ts_nets(&t, out);
		char text[512] = "", one[ADDR_STR_MAX];

		for (j = 0; j < n; j++)
			sprintf(text + strlen(text), "%s%s/%u", j ? " " : "", addr_str(&out[j].addr, one),
				out[j].plen);
		if (strcmp(text, nets[i].nets))
			fail_msg("%s: %s", nets[i].range, text);
	}
}

/* The worst ranges there are need all the room, and no more. */
static void test_networks_at_the_bound(void **state)
{
	struct ts_net out[TS_NETS_MAX];
	struct ts t = ts("0.0.0.1-255.255.255.254");

	assert_int_equal(ts_nets(&t, out), 62);
	t = ts("::1-ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe");
	assert_int_equal(ts_nets(&t, out), TS_NETS_MAX);
	assert_int_equal(out[TS_NETS_MAX - 1].plen, 128);
}

static void test_networks_are_the_range(void **state)
{
	unsigned int seed = 3, n;

	for (n = 0; n < 20000; n++) {
		uint32_t lo = (uint32_t)rand_r(&seed) * 2u, hi = lo + (uint32_t)rand_r(&seed) % 5000, at = lo;
		uint32_t be[2] = { htonl(lo), htonl(hi) };
		struct ts t = { .lo = addr_make(AF_INET, &be[0]), .hi = addr_make(AF_INET, &be[1]) };
		struct ts_net out[TS_NETS_MAX];
		size_t i, count;

		if (hi < lo)
			continue;
		count = ts_nets(&t, out);
		for (i = 0; i < count; i++) {
			uint32_t net;

			memcpy(&net, out[i].addr.b, 4);
			assert_int_equal(ntohl(net), at);
			at += 1u << (32 - out[i].plen);
		}
		assert_int_equal(at, hi + 1);
	}
}

static void test_ports(void **state)
{
	unsigned int seed = 5, n;

	for (n = 0; n < 20000; n++) {
		unsigned int a = (unsigned int)rand_r(&seed) % 65536, b = (unsigned int)rand_r(&seed) % 65536;
		struct ts t = { .port_lo = (uint16_t)(a < b ? a : b), .port_hi = (uint16_t)(a < b ? b : a) };
		struct ts_port out[TS_PORTS_MAX];
		uint32_t at = t.port_lo;
		size_t i, count = ts_ports(&t, out);

		for (i = 0; i < count; i++) {
			assert_int_equal(out[i].port, at);
			assert_int_equal(out[i].port & ~out[i].mask & 0xffff, 0);
			at += 65536u - out[i].mask;
		}
		assert_int_equal(at, t.port_hi + 1);
	}
}

static void test_ports_at_the_bounds(void **state)
{
	struct ts_port out[TS_PORTS_MAX];
	struct ts t = ts(A);

	assert_int_equal(ts_ports(&t, out), 1);
	assert_int_equal(out[0].mask, 0);
	t = ts(A "/6/1-65534");
	assert_int_equal(ts_ports(&t, out), TS_PORTS_MAX);
	t = ts(A "/6/65535-0");
	assert_int_equal(ts_ports(&t, out), 0);
	t = ts(A "/6/65535-65535");
	assert_int_equal(ts_ports(&t, out), 1);
	assert_int_equal(out[0].mask, 0xffff);
}

static void test_prefix(void **state)
{
	struct addr a;
	struct ts t, want;

	assert_true(addr_parse("10.1.2.3", &a));
	t = ts_prefix(&a, 20, 17);
	want = ts("10.1.0.0-10.1.15.255/17");
	assert_true(ts_equal(&t, &want));
	t = ts_prefix(&a, 32, 0);
	want = ts("10.1.2.3-10.1.2.3");
	assert_true(ts_equal(&t, &want));
	t = ts_prefix(&a, 0, 0);
	want = ts(ANY4);
	assert_true(ts_equal(&t, &want));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_narrowing),
		cmocka_unit_test(test_answers_beyond_the_offer),
		cmocka_unit_test(test_choice_of_policy),
		cmocka_unit_test(test_valid),
		cmocka_unit_test(test_full_list),
		cmocka_unit_test(test_networks),
		cmocka_unit_test(test_networks_at_the_bound),
		cmocka_unit_test(test_networks_are_the_range),
		cmocka_unit_test(test_ports),
		cmocka_unit_test(test_ports_at_the_bounds),
		cmocka_unit_test(test_prefix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
