// SPDX-License-Identifier: Apache-2.0
/*
 * Clear packets that should have come encrypted (R-CMAP-6, R-CLEAR-6, R-LOG-14):
 * random lists against flow_lookup(), turned round; interfaces and VLANs; the
 * event; lists that change under packets. Single packets are in rows_outer.c.
 * XI_SEED and XI_DECISIONS set the random part.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <arpa/inet.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <sys/socket.h>
#include <bpf/bpf.h>
#include <cmocka.h>

#include "gateway.h"
#include "ref_clear.h"

#define DECISIONS	200000
#define PER_LIST	500
#define HOUR		3600000000000ULL
#define ID		XI_ID(XI_ID_MAP, 7)

#define TCP4	"eth ip4:dst=70,src=130 tcp"

static struct outer outer;

static int setup(void **state)
{
	(void)state;
	if (outer_open(&outer, NULL))
		return -1;
	gateway_setup(&outer);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	outer_close(&outer);
	return 0;
}

static void must(struct outcome r, int verdict, enum xi_reason reason)
{
	if (r.verdict != verdict || r.reason != reason || r.n_counted != 1 || r.changed)
		fail_msg("%s %s, counted %u; want %s %s", verdict_name(r.verdict),
			 reason_names[r.reason], r.n_counted, verdict_name(verdict),
			 reason_names[reason]);
}

static uint64_t env_number(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 0) : otherwise;
}

/* --- random lists ----------------------------------------------------------------------- */

static uint64_t seed;

static uint64_t rng(void)	/* splitmix64 */
{
	uint64_t z = (seed += 0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* Few addresses, so that packets meet lists: they differ in their ends and in one bit before. */
static struct addr any_addr(uint8_t family)
{
	struct addr a = { .family = family, .b = { 10, (uint8_t)(rng() % 2) } };
	unsigned int last = family == AF_INET ? 3 : 15;

	a.b[last] = (uint8_t)(rng() % 16);
	if (family == AF_INET6)
		a.b[8] = (uint8_t)(rng() % 2 << 7);
	return a;
}

static uint8_t any_len(uint8_t family)
{
	static const uint8_t lens[] = { 0, 8, 15, 16, 28, 29, 30, 31, 32 };
	uint8_t len = lens[rng() % sizeof(lens)];

	return family == AF_INET6 && len > 16 ? 96 + len : len;
}

static const uint8_t protos[] = { 1, 6, 6, 17, 17, 47, 58, 132 };

static void any_range(uint16_t *lo, uint16_t *hi)
{
	uint16_t a = (uint16_t)(1000 + rng() % 4), b = (uint16_t)(1000 + rng() % 4);

	*lo = 0;
	*hi = 65535;
	if (rng() % 3)
		return;
	if (rng() % 8)
		*lo = a < b ? a : b;
	if (rng() % 8)
		*hi = a < b ? b : a;
}

static struct flow_line any_line(uint32_t entry)
{
	uint8_t family = rng() % 3 ? AF_INET : AF_INET6;
	struct flow_line l = { .permit = rng() % 3, .entry = entry, .id = ID };

	l.sel.family = family;
	l.sel.proto = rng() % 3 ? protos[rng() % sizeof(protos)] : 0;
	l.sel.src = any_addr(family);
	l.sel.dst = any_addr(family);
	l.sel.splen = any_len(family);
	l.sel.dplen = any_len(family);
	l.sel.sport_hi = l.sel.dport_hi = 65535;
	if (l.sel.proto == 6 || l.sel.proto == 17 || l.sel.proto == 132 ||
	    (!l.sel.proto && rng() % 4 == 0)) {
		any_range(&l.sel.sport_lo, &l.sel.sport_hi);
		any_range(&l.sel.dport_lo, &l.sel.dport_hi);
	}
	return l;
}

static void any_list(struct flow_groups *g)
{
	struct flow_line lines[40];
	size_t n = 1 + rng() % 40, i;
	uint32_t entry = 0;

	for (i = 0; i < n; i++) {
		entry += rng() % 4 == 0;
		lines[i] = any_line(entry);
	}
	assert_int_equal(flow_compile(lines, n, g), 0);
}

/* A packet, and how the reference sees it. */
static void any_packet(struct pkt_buf *b, struct ref_packet *r)
{
	uint8_t family = rng() % 3 ? AF_INET : AF_INET6;
	struct addr src = any_addr(family), dst = any_addr(family);
	bool v4 = family == AF_INET;
	size_t ip = 14, l4 = ip + (v4 ? 20 : 40), len = rng() % 8 ? 8 : rng() % 8;

	memset(b->data, 0, 128);
	*r = (struct ref_packet){ .family = family, .proto = protos[rng() % sizeof(protos)] };
	b->data[12] = v4 ? 0x08 : 0x86;
	b->data[13] = v4 ? 0x00 : 0xdd;
	b->data[ip] = v4 ? 0x45 : 0x60;
	if (v4) {
		b->data[ip + 3] = (uint8_t)(20 + len);
		b->data[ip + 9] = r->proto;
		r->later = rng() % 8 == 0;
		b->data[ip + 7] = r->later;
		memcpy(b->data + ip + 12, src.b, 4);
		memcpy(b->data + ip + 16, dst.b, 4);
	} else {
		b->data[ip + 6] = r->proto;
		memcpy(b->data + ip + 8, src.b, 16);
		memcpy(b->data + ip + 24, dst.b, 16);
	}
	b->data[l4] = b->data[l4 + 2] = 1000 >> 8;
	b->data[l4 + 1] = (uint8_t)(1000 + rng() % 4);
	b->data[l4 + 3] = (uint8_t)(1000 + rng() % 4);
	if (r->proto == 58)
		b->data[l4] = (uint8_t)(128 + rng() % 16);
	memcpy(r->src, src.b, 16);
	memcpy(r->dst, dst.b, 16);
	r->l4 = b->data + l4;
	r->l4_len = len;
	b->len = l4 + len;
}

/* Of UDP without its header, or of a piece of it, nobody knows whether it is IKE. */
static bool may_be_ike(const struct ref_packet *p)
{
	return p->proto == 17 && (p->later || p->l4_len < 8);
}

static void test_clear_random_lists(void **state)
{
	uint64_t n = env_number("XI_DECISIONS", DECISIONS), done = 0, hits = 0, i;
	struct plan_flows flows = { .outside = "lo", .ifindex = 1 };
	static struct pkt_buf b;
	struct ref_packet p;

	(void)state;
	seed = env_number("XI_SEED", 0x20260505);
	while (done < n) {
		any_list(&flows.groups);
		outer_flows(&outer, &flows, flows.groups.ngroups <= XI_FLOW_GROUPS);
		for (i = 0; i < PER_LIST && flows.groups.ngroups <= XI_FLOW_GROUPS; i++, done++) {
			struct outcome r;
			bool want;

			any_packet(&b, &p);
			want = !may_be_ike(&p) && ref_clear(&flows.groups, &p);
			r = outer_run(&outer, b.data, b.len);
			hits += want;
			if ((r.verdict == XDP_DROP) != want ||
			    (r.reason == XI_R_UNPROTECTED) != want)
				fail_msg("packet %llu of seed %#llx: %s %s, want %s",
					 (unsigned long long)done,
					 (unsigned long long)env_number("XI_SEED", 0x20260505),
					 verdict_name(r.verdict), reason_names[r.reason],
					 want ? "DROP" : "PASS");
		}
		flow_groups_fini(&flows.groups);
	}
	printf("# %llu decisions, %llu drops\n", (unsigned long long)done,
	       (unsigned long long)hits);
	assert_in_range(hits, n / 10, n - n / 10);
}

#define MANY	10000

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static size_t keys_in(int map)
{
	struct xi_flow_key key;
	const void *last = NULL;
	size_t n = 0;

	for (; !bpf_map_get_next_key(map, last, &key); n++)
		last = &key;
	return n;
}

/* Ten thousand networks, put in the place of as many: all are found, none is left over. */
static void test_clear_many_networks(void **state)
{
	struct flow_line *lines = calloc(MANY, sizeof(*lines));
	struct plan_flows flows = { .outside = "lo", .ifindex = 1 };
	static struct pkt_buf b;
	double begin, took;
	unsigned int i;

	(void)state;
	assert_non_null(lines);
	for (i = 0; i < MANY; i++) {
		lines[i] = any_line(0);
		lines[i].permit = true;
		lines[i].sel = (struct flow_sel){
			.family = AF_INET, .dplen = 24, .src.family = AF_INET,
			.dst = { AF_INET, { 10, (uint8_t)(i >> 8), (uint8_t)i } },
			.sport_hi = 65535, .dport_hi = 65535,
		};
	}
	assert_int_equal(flow_compile(lines, MANY, &flows.groups), 0);
	assert_int_equal(flows.groups.ntargets, MANY);
	outer_flows(&outer, &flows, 1);
	begin = seconds();
	outer_flows(&outer, &flows, 1);
	took = seconds() - begin;
	printf("# %d networks in %.3f s\n", MANY, took);
	assert_true(took < 1);
	assert_int_equal(keys_in(outer.flow), MANY);

	assert_int_equal(pkt_build(&b, "eth ip4:dst=99 tcp", NULL), 0);
	for (i = 0; i < MANY + 2; i++) {
		const uint8_t src[4] = { 10, (uint8_t)(i >> 8), (uint8_t)i, (uint8_t)(i * 7) };

		memcpy(b.data + 14 + 12, src, sizeof(src));
		must(outer_run(&outer, b.data, b.len), i < MANY ? XDP_DROP : XDP_PASS,
		     i < MANY ? XI_R_UNPROTECTED : XI_R_NOT_IPSEC);
	}
	outer_flows(&outer, NULL, 0);
	assert_int_equal(keys_in(outer.flow), 0);
	flow_groups_fini(&flows.groups);
	free(lines);
}

/* --- interfaces ---------------------------------------------------------------------------- */

static void ip(const char *command)
{
	char line[200];

	snprintf(line, sizeof(line), "ip link add %s", command);
	if (system(line))
		fail_msg("%s failed", line);
}

/* Lists belong to their interface; loopback is BPF_PROG_RUN's own. */
static void test_clear_by_interface(void **state)
{
	struct plan_flows two[2] = { *gateway_flows(), *gateway_flows() };
	uint32_t ifindex;

	(void)state;
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	ip("clear0 type veth peer name clear1");
	ifindex = if_nametoindex("clear0");
	assert_true(ifindex > 1);

	must(outer_run_text(&outer, TCP4), XDP_DROP, XI_R_UNPROTECTED);
	outer.ifindex = ifindex;
	must(outer_run_text(&outer, TCP4), XDP_PASS, XI_R_NOT_IPSEC);

	two[1].ifindex = (int)ifindex;
	snprintf(two[1].outside, sizeof(two[1].outside), "clear0");
	two[1].groups.ngroups = 2;	/* the port that is denied, and TCP */
	outer_flows(&outer, two, 2);
	must(outer_run_text(&outer, TCP4), XDP_DROP, XI_R_UNPROTECTED);
	must(outer_run_text(&outer, "eth ip4:dst=70,src=130 tcp:dport=22"), XDP_PASS,
	     XI_R_NOT_IPSEC);
	must(outer_run_text(&outer, "eth ip4:dst=70,src=130,proto=1 data"), XDP_PASS,
	     XI_R_NOT_IPSEC);
	outer.ifindex = 0;
	must(outer_run_text(&outer, "eth ip4:dst=70,src=130,proto=1 data"), XDP_DROP,
	     XI_R_UNPROTECTED);

	/* Indexes that agree in their last six bits share a bit of the mask, no more. */
	two[1].ifindex = 1 + 64;
	outer_flows(&outer, two + 1, 1);
	must(outer_run_text(&outer, TCP4), XDP_PASS, XI_R_NOT_IPSEC);

	/* The flows of a device that is not there now wait for it. */
	two[1].ifindex = 0;
	outer_flows(&outer, two + 1, 1);
	must(outer_run_text(&outer, TCP4), XDP_PASS, XI_R_NOT_IPSEC);
	outer_flows(&outer, NULL, 0);
	must(outer_run_text(&outer, TCP4), XDP_PASS, XI_R_NOT_IPSEC);
}

/*
 * Outside the driver a packet that the kernel has decrypted in transport mode may come
 * by again, clear: nothing that is addressed to us is dropped there.
 */
static void test_clear_seen_twice(void **state)
{
	struct plan_flows flows = *gateway_flows();
	int ifindex;

	(void)state;
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	ip("clear0 type veth peer name clear1");
	ifindex = (int)if_nametoindex("clear0");
	flows.ifindex = ifindex;
	outer.ifindex = (uint32_t)ifindex;
	outer_local(&outer, AF_INET, 70);
	outer_local(&outer, AF_INET6, 0x142);

	outer_flows(&outer, &flows, 1);		/* attached nowhere: nobody knows */
	must(outer_run_text(&outer, TCP4), XDP_PASS, XI_R_NOT_IPSEC);
	must(outer_run_text(&outer, "eth ip6:net=5,dst=0x142 tcp"), XDP_PASS, XI_R_NOT_IPSEC);
	must(outer_run_text(&outer, "eth ip4:dst=71,src=130 tcp"), XDP_DROP, XI_R_UNPROTECTED);

	assert_int_equal(bpf_xdp_attach(ifindex, outer.prog, XDP_FLAGS_SKB_MODE, NULL), 0);
	outer_flows(&outer, &flows, 1);
	must(outer_run_text(&outer, TCP4), XDP_PASS, XI_R_NOT_IPSEC);
	must(outer_run_text(&outer, "eth ip4:dst=71,src=130 tcp"), XDP_DROP, XI_R_UNPROTECTED);

	assert_int_equal(bpf_xdp_detach(ifindex, XDP_FLAGS_SKB_MODE, NULL), 0);
	assert_int_equal(bpf_xdp_attach(ifindex, outer.prog, XDP_FLAGS_DRV_MODE, NULL), 0);
	outer_flows(&outer, &flows, 1);
	must(outer_run_text(&outer, TCP4), XDP_DROP, XI_R_UNPROTECTED);
	must(outer_run_text(&outer, "eth ip6:net=5,dst=0x142 tcp"), XDP_DROP, XI_R_UNPROTECTED);
}

/* What the device below a VLAN device sees has a tag. */
static void test_clear_vlan_devices(void **state)
{
	struct plan_flows flows = *gateway_flows();

	(void)state;
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	ip("below type veth peer name other");
	if (system("ip link add link below name below.7 type vlan id 7 2>/dev/null")) {
		printf("# no VLAN devices in this kernel\n");
		skip();
	}
	ip("link below.7 name below.7.9 type vlan id 9");
	flows.ifindex = (int)if_nametoindex("below.7");
	snprintf(flows.outside, sizeof(flows.outside), "below.7");
	outer_flows(&outer, &flows, 1);

	outer.ifindex = if_nametoindex("below");
	must(outer_run_text(&outer, TCP4), XDP_PASS, XI_R_NOT_IPSEC);
	must(outer_run_text(&outer, "eth vlan:id=0xa007 ip4:dst=70,src=130 tcp"), XDP_DROP,
	     XI_R_UNPROTECTED);
	must(outer_run_text(&outer, "eth vlan:id=9 ip4:dst=70,src=130 tcp"), XDP_PASS,
	     XI_R_NOT_IPSEC);
	must(outer_run_text(&outer, "eth vlan:id=7 vlan:id=9 ip4:dst=70,src=130 tcp"), XDP_PASS,
	     XI_R_NOT_IPSEC);
	outer.ifindex = if_nametoindex("below.7");
	must(outer_run_text(&outer, TCP4), XDP_DROP, XI_R_UNPROTECTED);

	flows.ifindex = (int)if_nametoindex("below.7.9");
	snprintf(flows.outside, sizeof(flows.outside), "below.7.9");
	outer_flows(&outer, &flows, 1);
	must(outer_run_text(&outer, "eth vlan:id=9 ip4:dst=70,src=130 tcp"), XDP_DROP,
	     XI_R_UNPROTECTED);
	outer.ifindex = if_nametoindex("below");
	must(outer_run_text(&outer, "eth vlan:id=7 vlan:id=9 ip4:dst=70,src=130 tcp"), XDP_DROP,
	     XI_R_UNPROTECTED);
	must(outer_run_text(&outer, "eth vlan:id=9 vlan:id=7 ip4:dst=70,src=130 tcp"), XDP_PASS,
	     XI_R_NOT_IPSEC);
	must(outer_run_text(&outer, "eth vlan:id=9 ip4:dst=70,src=130 tcp"), XDP_PASS,
	     XI_R_NOT_IPSEC);
}

/* --- what is told ----------------------------------------------------------------------------- */

static void events_limited(uint64_t source, uint64_t all)
{
	struct xi_config cfg = {
		.abi = XI_ABI,
		.event_cost_ns = HOUR, .event_burst_ns = source * HOUR,
		.event_all_cost_ns = HOUR, .event_all_burst_ns = all * HOUR,
	};

	outer_config(&outer, &cfg);
}

static void test_clear_event(void **state)
{
	static const uint8_t source[16] = { 198, 51, 100, 130 }, dest[16] = { 192, 0, 2, 70 };
	const struct xi_event *ev = &outer.last_event;
	struct xi_reason_stat s;

	(void)state;
	events_limited(2, 100);
	outer_run_text(&outer, "eth ip4:dst=70,src=130,proto=1 data");
	assert_int_equal(outer_events(&outer), 1);
	assert_int_equal(ev->kind, XI_EV_NOT_IPSEC);
	assert_int_equal(ev->reason, XI_R_UNPROTECTED);
	assert_int_equal(ev->ifindex, 1);
	assert_int_equal(ev->key.family, AF_INET);
	assert_int_equal(ev->key.proto, 1);
	assert_int_equal(ev->key.spi, 0);
	assert_int_equal(ev->seq, 0);
	assert_memory_equal(ev->key.daddr, dest, 16);
	assert_memory_equal(ev->saddr, source, 16);

	s = outer_reason(&outer, XI_R_UNPROTECTED);
	assert_int_equal(s.packets, 1);
	assert_int_equal(s.bytes, 14 + 20 + 16);
	assert_memory_equal(s.last_saddr, source, 16);
	assert_int_equal(s.last_proto, 1);
	assert_int_equal(s.last_family, AF_INET);
	assert_int_equal(s.last_spi, 0);
}

static void test_clear_event_over_ipv6(void **state)
{
	uint8_t source[16], dest[16];

	(void)state;
	events_limited(2, 100);
	pkt_addr6_src(source, 5, 7);
	pkt_addr6_dst(dest, 0x142);
	outer_run_text(&outer, "eth ip6:net=5,dst=0x142 hop tcp");
	assert_int_equal(outer_events(&outer), 1);
	assert_int_equal(outer.last_event.key.family, AF_INET6);
	assert_int_equal(outer.last_event.key.proto, 6);
	assert_memory_equal(outer.last_event.key.daddr, dest, 16);
	assert_memory_equal(outer.last_event.saddr, source, 16);
}

/* Every packet is dropped and counted, few are told: of one source, and of all. */
static void test_clear_events_are_limited(void **state)
{
	char text[64];
	int i;

	(void)state;
	events_limited(3, 5);
	for (i = 0; i < 50; i++)
		must(outer_run_text(&outer, TCP4), XDP_DROP, XI_R_UNPROTECTED);
	assert_int_equal(outer_events(&outer), 3);
	for (i = 0; i < 50; i++) {
		snprintf(text, sizeof(text), "eth ip4:dst=70,src=%d tcp", 131 + i);
		must(outer_run_text(&outer, text), XDP_DROP, XI_R_UNPROTECTED);
	}
	assert_int_equal(outer_events(&outer), 2);
	assert_int_equal(outer_reason(&outer, XI_R_UNPROTECTED).packets, 100);
}

/* --- lists that change ------------------------------------------------------------------------ */

struct stream {
	struct pkt_buf b;
	volatile bool stop;
	uint64_t runs;
};

static void *send_stream(void *arg)
{
	struct stream *s = arg;
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = s->b.data, .data_size_in = s->b.len,
		    .repeat = 20000);

	while (!s->stop && !bpf_prog_test_run_opts(outer.prog, &opts))
		s->runs += 20000;
	return NULL;
}

static struct flow_line line4(bool permit, uint32_t entry, uint8_t proto, uint8_t dplen)
{
	struct flow_line l = { .permit = permit, .entry = entry, .id = ID, .sel = {
		.family = AF_INET, .proto = proto, .dplen = dplen,
		.src.family = AF_INET, .dst = { AF_INET, { 198, 51, 100, 130 } },
		.sport_hi = 65535, .dport_hi = 65535,
	} };

	return l;
}

/*
 * One list lets the packet out by a deny in front of a permit, the other does not
 * name it. Nothing but a mixture of both, or half of the first, would drop it.
 */
static void test_clear_switch_is_atomic(void **state)
{
	struct flow_line first[] = { line4(false, 0, 6, 32), line4(true, 0, 6, 24) };
	struct flow_line second[] = { line4(true, 0, 17, 32), line4(true, 0, 47, 24) };
	struct plan_flows a = { .outside = "lo", .ifindex = 1 }, b = a;
	static struct stream s;
	pthread_t thread;
	cpu_set_t all;
	int i;

	(void)state;
	memset(&all, 0xff, sizeof(all));
	assert_int_equal(flow_compile(first, 2, &a.groups), 0);
	assert_int_equal(flow_compile(second, 2, &b.groups), 0);
	assert_int_equal(pkt_build(&s.b, TCP4, NULL), 0);
	outer_flows(&outer, &a, 1);
	assert_int_equal(pthread_create(&thread, NULL, send_stream, &s), 0);
	pthread_setaffinity_np(thread, sizeof(all), &all);
	for (i = 0; i < 2000 || s.runs < 200000; i++)
		outer_flows(&outer, i % 2 ? &a : &b, 1);
	s.stop = true;
	pthread_join(thread, NULL);
	printf("# %d changes, %llu packets\n", i, (unsigned long long)s.runs);
	assert_int_equal(outer_reason(&outer, XI_R_UNPROTECTED).packets, 0);
	assert_true(outer_reason(&outer, XI_R_NOT_IPSEC).packets >= s.runs);
	flow_groups_fini(&a.groups);
	flow_groups_fini(&b.groups);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_clear_random_lists),
		T(test_clear_many_networks),
		T(test_clear_by_interface),
		T(test_clear_seen_twice),
		T(test_clear_vlan_devices),
		T(test_clear_event),
		T(test_clear_event_over_ipv6),
		T(test_clear_events_are_limited),
		T(test_clear_switch_is_atomic),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
