// SPDX-License-Identifier: Apache-2.0
/*
 * Compiled access lists decide as the lists do (R-CMAP-6, R-CFG-10): by example,
 * and against a straightforward reading of random lists that overlap a lot.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "user/plan/flow.h"

/* --- the lists read line by line ------------------------------------------------------------ */

static bool in_prefix(const struct addr *net, unsigned int len, const struct addr *a)
{
	unsigned int i;

	for (i = 0; i < len; i++)
		if ((net->b[i / 8] ^ a->b[i / 8]) & (0x80 >> i % 8))
			return false;
	return true;
}

static bool line_has(const struct flow_sel *s, const struct flow_packet *p)
{
	bool ports = s->sport_lo || s->sport_hi != 65535 || s->dport_lo || s->dport_hi != 65535;

	if (s->family != p->family || (s->proto && s->proto != p->proto) ||
	    !in_prefix(&s->src, s->splen, &p->src) || !in_prefix(&s->dst, s->dplen, &p->dst))
		return false;
	if (!ports)
		return true;
	return p->has_ports && p->sport >= s->sport_lo && p->sport <= s->sport_hi &&
	       p->dport >= s->dport_lo && p->dport <= s->dport_hi;
}

static uint32_t first_match(const struct flow_line *l, size_t n, const struct flow_packet *p)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (!line_has(&l[i].sel, p))
			continue;
		if (l[i].permit)
			return l[i].id;
		while (i + 1 < n && l[i + 1].entry == l[i].entry)
			i++;
	}
	return 0;
}

/* --- by example ----------------------------------------------------------------------------- */

static struct addr v4(const char *text)
{
	struct addr a;

	assert_true(addr_parse(text, &a));
	return a;
}

/* "10.0.0.0/8 > 10.1.0.0/16", any ports. */
static struct flow_line line(uint32_t entry, bool permit, const char *src, unsigned int splen,
			     const char *dst, unsigned int dplen)
{
	struct addr s = v4(src);

	return (struct flow_line){
		.sel = { .family = s.family, .src = s, .splen = (uint8_t)splen, .dst = v4(dst),
			 .dplen = (uint8_t)dplen, .sport_hi = 65535, .dport_hi = 65535 },
		.permit = permit, .entry = entry, .id = permit ? 0x4d000000 + entry : 0,
	};
}

static struct flow_line tcp_to(struct flow_line l, uint16_t lo, uint16_t hi)
{
	l.sel.proto = IPPROTO_TCP;
	l.sel.dport_lo = lo;
	l.sel.dport_hi = hi;
	return l;
}

static uint32_t ask(const struct flow_groups *g, const char *src, const char *dst, uint16_t dport)
{
	struct flow_packet p = {
		.proto = IPPROTO_TCP, .src = v4(src), .dst = v4(dst), .has_ports = true,
		.sport = 40000, .dport = dport,
	};

	p.family = p.src.family;
	return flow_lookup(g, &p);
}

#define COMPILE(g, lines)	assert_int_equal(flow_compile(lines, sizeof(lines) / sizeof((lines)[0]), g), 0)

static void test_flow_lines_that_differ_in_dst_are_one_group(void **state)
{
	const struct flow_line lines[] = {
		line(1, true, "192.0.2.0", 24, "10.1.0.0", 16),
		line(2, true, "192.0.2.0", 24, "10.2.0.0", 16),
		line(3, true, "192.0.2.0", 24, "10.0.0.0", 8),
	};
	struct flow_groups g;

	COMPILE(&g, lines);
	assert_int_equal(g.ngroups, 1);
	assert_int_equal(g.ntargets, 3);
	assert_int_equal(ask(&g, "192.0.2.9", "10.2.3.4", 80), 0x4d000002);
	assert_int_equal(ask(&g, "192.0.2.9", "10.9.3.4", 80), 0x4d000003);
	assert_int_equal(ask(&g, "192.0.2.9", "11.9.3.4", 80), 0);
	assert_int_equal(ask(&g, "192.0.3.9", "10.2.3.4", 80), 0);
	flow_groups_fini(&g);
}

/* The longest prefix would take them; the first line has them. */
static void test_flow_longer_behind_shorter_is_never_reached(void **state)
{
	const struct flow_line lines[] = {
		line(1, true, "192.0.2.0", 24, "10.0.0.0", 8),
		line(2, true, "192.0.2.0", 24, "10.2.0.0", 16),
		line(3, true, "192.0.2.0", 24, "10.0.0.0", 8),
	};
	struct flow_groups g;

	COMPILE(&g, lines);
	assert_int_equal(g.ntargets, 1);
	assert_int_equal(ask(&g, "192.0.2.9", "10.2.3.4", 80), 0x4d000001);
	flow_groups_fini(&g);
}

static void test_flow_deny_goes_on_with_the_next_entry(void **state)
{
	const struct flow_line lines[] = {
		tcp_to(line(1, false, "192.0.2.0", 24, "10.0.0.0", 8), 22, 22),
		line(1, true, "192.0.2.0", 24, "10.1.0.0", 16),
		line(2, true, "192.0.2.0", 24, "10.1.0.0", 16),
		tcp_to(line(3, true, "192.0.2.0", 24, "10.9.0.0", 16), 443, 443),
		line(3, false, "0.0.0.0", 0, "0.0.0.0", 0),	/* nothing follows: no group */
	};
	struct flow_groups g;

	COMPILE(&g, lines);
	assert_int_equal(g.ngroups, 4);
	assert_true(g.group[0].deny);
	assert_int_equal(g.group[0].next, 2);
	assert_int_equal(ask(&g, "192.0.2.9", "10.1.3.4", 80), 0x4d000001);
	assert_int_equal(ask(&g, "192.0.2.9", "10.1.3.4", 22), 0x4d000002);
	assert_int_equal(ask(&g, "192.0.2.9", "10.9.3.4", 443), 0x4d000003);
	assert_int_equal(ask(&g, "192.0.2.9", "10.9.3.4", 22), 0);
	flow_groups_fini(&g);
}

/* A line that overlaps stands between: joining would take packets from it. */
static void test_flow_line_does_not_pass_one_that_overlaps(void **state)
{
	const struct flow_line lines[] = {
		line(1, true, "192.0.2.0", 24, "10.1.0.0", 16),
		tcp_to(line(2, true, "0.0.0.0", 0, "10.2.0.0", 16), 80, 80),
		line(3, true, "192.0.2.0", 24, "10.2.0.0", 16),
		line(4, true, "192.0.2.0", 24, "10.3.0.0", 16),
	};
	struct flow_groups g;

	COMPILE(&g, lines);
	assert_int_equal(g.ngroups, 3);
	assert_int_equal(g.group[2].n, 2);	/* entry 4 joins the newest */
	assert_int_equal(ask(&g, "192.0.2.9", "10.2.3.4", 80), 0x4d000002);
	assert_int_equal(ask(&g, "192.0.2.9", "10.2.3.4", 81), 0x4d000003);
	assert_int_equal(ask(&g, "192.0.2.9", "10.3.3.4", 80), 0x4d000004);
	flow_groups_fini(&g);
}

/* As hubs are written: the same exception in each entry. */
static void test_flow_same_denies_leave_one_group(void **state)
{
	struct flow_line lines[200];
	struct flow_groups g;
	char dst[20];
	uint32_t i;

	for (i = 0; i < 100; i++) {
		snprintf(dst, sizeof(dst), "10.%u.0.0", i);
		lines[2 * i] = tcp_to(line(i + 1, false, "192.0.2.0", 24, "0.0.0.0", 0), 22, 22);
		lines[2 * i + 1] = line(i + 1, true, "192.0.2.0", 24, dst, 16);
	}
	COMPILE(&g, lines);
	assert_int_equal(g.ngroups, 2);
	assert_int_equal(g.group[0].next, 2);
	assert_int_equal(g.group[1].n, 100);
	assert_int_equal(ask(&g, "192.0.2.9", "10.77.3.4", 80), 0x4d000000 + 78);
	assert_int_equal(ask(&g, "192.0.2.9", "10.77.3.4", 22), 0);
	flow_groups_fini(&g);
}

/* A deny of others' packets, in front of the group or in front of the line, is no hindrance. */
static void test_flow_denies_of_others_do_not_matter(void **state)
{
	const struct flow_line lines[] = {
		line(1, false, "192.0.2.0", 24, "10.1.7.0", 24),
		line(1, true, "192.0.2.0", 24, "10.1.0.0", 16),
		line(2, false, "192.0.2.0", 24, "10.3.0.0", 16),
		line(2, true, "192.0.2.0", 24, "10.2.0.0", 16),
	};
	struct flow_groups g;

	COMPILE(&g, lines);
	assert_int_equal(g.ngroups, 2);
	assert_int_equal(g.group[1].n, 2);
	flow_groups_fini(&g);
}

static void test_flow_packets_without_ports(void **state)
{
	const struct flow_line lines[] = {
		tcp_to(line(1, true, "192.0.2.0", 24, "10.1.0.0", 16), 0, 1023),
		line(2, true, "192.0.2.0", 24, "10.0.0.0", 8),
	};
	struct flow_packet p = {
		.family = AF_INET, .proto = IPPROTO_TCP, .src = v4("192.0.2.1"), .dst = v4("10.1.0.1"),
	};
	struct flow_groups g;

	COMPILE(&g, lines);
	assert_int_equal(flow_lookup(&g, &p), 0x4d000002);
	p.has_ports = true;
	assert_int_equal(flow_lookup(&g, &p), 0x4d000001);
	flow_groups_fini(&g);
}

static void test_flow_nothing(void **state)
{
	struct flow_groups g;

	assert_int_equal(flow_compile(NULL, 0, &g), 0);
	assert_int_equal(g.ngroups, 0);
	assert_int_equal(ask(&g, "192.0.2.9", "10.2.3.4", 80), 0);
	flow_groups_fini(&g);
}

/* --- against first_match() ------------------------------------------------------------------ */

static uint64_t seed;

static uint32_t rnd(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)((seed >> 20) % n);
}

/* Few addresses, so that prefixes overlap: four bits that count, at the end of the first byte
 * for IPv4, and across bytes 3 and 4 for IPv6. */
static struct addr random_addr(uint8_t family, uint32_t bits)
{
	struct addr a = { .family = family };

	if (family == AF_INET) {
		a.b[0] = (uint8_t)bits;
	} else {
		a.b[0] = 0x20;
		a.b[3] = (uint8_t)(bits >> 2);
		a.b[4] = (uint8_t)(bits << 6);
	}
	return a;
}

static unsigned int random_len(uint8_t family)
{
	unsigned int len = rnd(5);

	if (rnd(3) == 0)
		len = 0;
	return family == AF_INET ? len + (len ? 4 : 0) : len ? len + 30 : 0;
}

/* Members of their own are random here: bits behind the length, which must not matter. */
static struct flow_sel random_sel(void)
{
	uint8_t family = rnd(5) ? AF_INET : AF_INET6;
	struct flow_sel s = {
		.family = family, .proto = (uint8_t)(rnd(3) ? 0 : rnd(2) ? IPPROTO_TCP : IPPROTO_UDP),
		.src = random_addr(family, rnd(16)), .dst = random_addr(family, rnd(16)),
		.splen = (uint8_t)(rnd(2) ? 0 : random_len(family)),
		.dplen = (uint8_t)random_len(family),
		.sport_hi = 65535, .dport_hi = 65535,
	};

	if (s.proto && rnd(2)) {
		s.dport_lo = (uint16_t)rnd(4);
		s.dport_hi = (uint16_t)(s.dport_lo + rnd(3));
	}
	if (s.proto && !rnd(4)) {
		s.sport_lo = (uint16_t)rnd(4);
		s.sport_hi = (uint16_t)(s.sport_lo + rnd(3));
	}
	return s;
}

/* Selectors repeat, as the templates of operators do. */
static size_t random_lines(struct flow_line *l, size_t max)
{
	size_t n = 1 + rnd((uint32_t)max), i;
	struct flow_sel pool[3] = { random_sel(), random_sel(), random_sel() };
	unsigned int new_entry = 2 + rnd(4), deny = 2 + rnd(5);

	for (i = 0; i < n; i++) {
		l[i].sel = rnd(3) ? pool[rnd(3)] : random_sel();
		if (rnd(2)) {
			l[i].sel.dst = random_addr(l[i].sel.family, rnd(16));
			l[i].sel.dplen = (uint8_t)random_len(l[i].sel.family);
		}
		l[i].entry = i ? l[i - 1].entry + !rnd(new_entry) : 1;
		l[i].permit = rnd(deny);
		l[i].id = l[i].permit ? (uint32_t)i + 1 : 0;
	}
	return n;
}

static struct flow_packet random_packet(void)
{
	uint8_t family = rnd(5) ? AF_INET : AF_INET6;

	return (struct flow_packet){
		.family = family,
		.proto = (uint8_t)(rnd(4) ? rnd(2) ? IPPROTO_TCP : IPPROTO_UDP : IPPROTO_ICMP),
		.src = random_addr(family, rnd(16)), .dst = random_addr(family, rnd(16)),
		.has_ports = rnd(8), .sport = (uint16_t)rnd(7), .dport = (uint16_t)rnd(7),
	};
}

static void show(const struct flow_line *l, size_t n, const struct flow_packet *p)
{
	char a[ADDR_STR_MAX], b[ADDR_STR_MAX];
	size_t i;

	for (i = 0; i < n; i++)
		print_error("%zu entry %u %s proto %u %s/%u %u-%u > %s/%u %u-%u\n", i + 1, l[i].entry,
			    l[i].permit ? "permit" : "deny", l[i].sel.proto,
			    addr_str(&l[i].sel.src, a), l[i].sel.splen, l[i].sel.sport_lo,
			    l[i].sel.sport_hi, addr_str(&l[i].sel.dst, b), l[i].sel.dplen,
			    l[i].sel.dport_lo, l[i].sel.dport_hi);
	print_error("packet proto %u %s > %s ports %d %u %u\n", p->proto, addr_str(&p->src, a),
		    addr_str(&p->dst, b), p->has_ports, p->sport, p->dport);
}

#define LISTS	24000
#define PACKETS	50

static void test_flow_decides_as_the_lists_do(void **state)
{
	struct flow_line l[14];
	struct flow_groups g;
	size_t i, j, n, lines = 0, groups = 0, hits = 0;

	seed = 0x9e3779b97f4a7c15;
	for (i = 0; i < LISTS; i++) {
		n = random_lines(l, sizeof(l) / sizeof(l[0]));
		assert_int_equal(flow_compile(l, n, &g), 0);
		for (j = 0; j < PACKETS; j++) {
			struct flow_packet p = random_packet();
			uint32_t want = first_match(l, n, &p), got = flow_lookup(&g, &p);

			hits += want != 0;
			if (got == want)
				continue;
			show(l, n, &p);
			fail_msg("list %zu: line %u instead of %u", i, got, want);
		}
		lines += n;
		groups += g.ngroups;
		flow_groups_fini(&g);
	}
	/* Else the lists were too simple to say anything. */
	assert_true(groups * 10 < lines * 9 && groups * 4 > lines);
	assert_true(hits > LISTS * PACKETS / 10);
}

/* --- sizes ---------------------------------------------------------------------------------- */

#define HUB	10000

static void test_flow_hub_of_10000_is_one_group(void **state)
{
	struct flow_line *l = calloc(HUB, sizeof(*l));
	struct timespec a, b;
	struct flow_groups g;
	uint32_t i, net;

	for (i = 0; i < HUB; i++) {
		l[i] = line(i + 1, true, "192.0.2.0", 24, "0.0.0.0", 24);
		net = htonl(0x0a000000 + (i << 8));
		memcpy(l[i].sel.dst.b, &net, 4);
	}
	clock_gettime(CLOCK_MONOTONIC, &a);
	assert_int_equal(flow_compile(l, HUB, &g), 0);
	clock_gettime(CLOCK_MONOTONIC, &b);
	print_message("xi-bench flow_compile entries=%d groups=%zu us=%lld\n", HUB, g.ngroups,
		      (long long)(b.tv_sec - a.tv_sec) * 1000000 + (b.tv_nsec - a.tv_nsec) / 1000);
	assert_int_equal(g.ngroups, 1);
	assert_int_equal(g.ntargets, HUB);
	assert_int_equal(ask(&g, "192.0.2.1", "10.39.15.200", 1), 0x4d000000 + 10000);
	flow_groups_fini(&g);
	free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_flow_lines_that_differ_in_dst_are_one_group),
		cmocka_unit_test(test_flow_longer_behind_shorter_is_never_reached),
		cmocka_unit_test(test_flow_deny_goes_on_with_the_next_entry),
		cmocka_unit_test(test_flow_line_does_not_pass_one_that_overlaps),
		cmocka_unit_test(test_flow_same_denies_leave_one_group),
		cmocka_unit_test(test_flow_denies_of_others_do_not_matter),
		cmocka_unit_test(test_flow_packets_without_ports),
		cmocka_unit_test(test_flow_nothing),
		cmocka_unit_test(test_flow_decides_as_the_lists_do),
		cmocka_unit_test(test_flow_hub_of_10000_is_one_group),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
