// SPDX-License-Identifier: Apache-2.0
/* Requests and what is answered, on a gateway of arrays and maps of our own. */
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/xfrm.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake.h"
#include "user/cli/view.h"
#include "user/ctl/ctl.h"
#include "user/ctl/handle.c"

static struct fake fake;

static int setup(void **state)
{
	fake_init(&fake);
	return 0;
}

static int teardown(void **state)
{
	fake_maps_close(&fake);
	return 0;
}

static json_t *ask(const char *command)
{
	json_t *request = json_pack("{s:s}", "command", command), *reply;
	char *line = json_dumps(request, 0);

	reply = ctl_handle(&fake.gw, line, strlen(line));
	free(line);
	json_decref(request);
	if (!view_bool(reply, "ok"))
		fail_msg("%s: %s", command, view_str(reply, "error"));
	return reply;
}

static void test_handle_refuses(void **state)
{
	static const char *const rows[][2] = {
		{ "", "the request is not JSON" },
		{ "show version", "the request is not JSON" },
		{ "{\"command\": \"show version\"", "the request is not JSON" },
		{ "{\"command\": \"show version\"} {}", "the request is not JSON" },
		{ "{\"command\": \"show version\", \"command\": \"show version\"}",
		  "the request is not JSON" },
		{ "[]", "the request is not a JSON object" },
		{ "{}", "the request has no member \"command\" that is a string" },
		{ "{\"command\": 1}", "the request has no member \"command\" that is a string" },
		{ "{\"command\": \"show version\", \"x\": 1}",
		  "the request has members beside \"command\"" },
		{ "{\"command\": \"\"}", "incomplete command" },
		{ "{\"command\": \"show crypto\"}", "incomplete command" },
		{ "{\"command\": \"show nothing\"}", "unknown command" },
		{ "{\"command\": \"show crypto ipsec sa i\"}", "ambiguous command" },
		{ "{\"command\": \"show version | json\"}", "unknown command" },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *reply = ctl_handle(&fake.gw, rows[i][0], strlen(rows[i][0]));

		assert_true(json_is_false(json_object_get(reply, "ok")));
		assert_string_equal(view_str(reply, "error"), rows[i][1]);
		json_decref(reply);
	}
}

static void test_handle_rights(void **state)
{
	static const char clear[] = "{\"command\": \"clear crypto counters\"}";
	json_t *reply = handle_request(&fake.gw, CTL_MAY_SHOW, clear, strlen(clear));

	assert_false(view_bool(reply, "ok"));
	assert_non_null(strstr(view_str(reply, "error"), "permission denied"));
	json_decref(reply);
}

/* Every command of the table is answered, or it is said what is missing. */
static void test_handle_knows_all_rows(void **state)
{
	struct err e = {};
	const struct grammar *g = grammar_get(&e);
	const struct grammar_mode *gm = &g->mode[M_EXEC];
	size_t i;

	for (i = 0; i < gm->n; i++) {
		const struct match m = { .verdict = MATCH_OK, .p = gm->pattern[i] };
		const struct command c = { &m };
		const struct handler *h =
			command_find(&c, handlers, NHANDLERS, sizeof(handlers[0]));

		if (!h || !h->answer == !h->missing)
			fail_msg("%s", gm->pattern[i]->row->pattern);
	}
}

static void test_handle_names_what_is_missing(void **state)
{
	static const char line[] = "{\"command\": \"sh cry isa sa\"}";
	json_t *r = ctl_handle(&fake.gw, line, strlen(line));

	assert_false(view_bool(r, "ok"));
	assert_string_equal(view_str(r, "error"), "not available: IKE is not built yet");
	json_decref(r);
}

/* A guard of which nothing works yet answers all the same. */
static void test_handle_empty_guard(void **state)
{
	static const char *const commands[] = {
		"show crypto engine", "show crypto drops all", "show crypto drops sources",
		"show crypto ipsec sa", "show logging", "show version",
	};
	size_t i;

	fake.gw.guard.bpf = NULL;
	fake.gw.guard.sad = NULL;
	fake.gw.guard.xfrm = NULL;
	fake.gw.guard.nifs = 0;
	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		json_decref(ask(commands[i]));
}

static void test_handle_engine(void **state)
{
	json_t *r, *i;

	fake.bpf.variant = BPF_VARIANT_NONE;
	fake.bpf.why = "no\nfexit";
	fake.sad.stats = (struct sad_stats){ .inbound = 2, .outbound = 3, .lost = 4 };
	strcpy(fake.gw.guard.ifs[1].name, "eth9");
	fake.gw.guard.nifs = 2;
	r = ask("show crypto engine");
	assert_string_equal(view_str(r, "result.window-source.variant"), "none");
	assert_string_equal(view_str(r, "result.window-source.why"), "no?fexit");
	assert_int_equal(view_int(r, "result.uptime-seconds"), 61);
	assert_int_equal(view_int(r, "result.security-associations.outbound"), 3);
	assert_int_equal(view_int(r, "result.security-associations.lost-events"), 4);
	assert_int_equal(view_int(r, "result.abi"), XI_ABI);
	i = json_array_get(view_at(r, "result.interfaces"), 0);
	assert_true(view_bool(i, "attached"));
	assert_string_equal(view_str(i, "hook"), "plain");
	i = json_array_get(view_at(r, "result.interfaces"), 1);
	assert_false(view_bool(i, "attached"));
	assert_string_equal(view_str(i, "why"), "no such interface");
	json_decref(r);

	/* Somebody else took the program off. */
	fake.bpf.attached = false;
	r = ask("show crypto engine");
	i = json_array_get(view_at(r, "result.interfaces"), 0);
	assert_false(view_bool(i, "attached"));
	assert_string_equal(view_str(i, "hook"), "none");
	json_decref(r);
}

static void test_handle_engine_limits(void **state)
{
	struct xi_config c = { .abi = XI_ABI, .unknown_cost_ns = 10000000,
			       .unknown_burst_ns = 2000000000, .event_cost_ns = 1000000000,
			       .event_all_cost_ns = 50000000, .replay_log_ns = 60000000000 };
	struct xi_sa_key key = { .family = AF_INET, .proto = IPPROTO_ESP };
	struct xi_window *w;
	__u32 i;
	json_t *r;

	if (!fake_maps_open(&fake))
		skip();
	i = 0;
	assert_int_equal(bpf_map_update_elem(fake.bpf.maps.config, &i, &c, BPF_ANY), 0);
	for (i = 1; i <= 700; i++) {
		key.spi = htonl(i);
		w = fake_slot(&fake, &key);
		assert_non_null(w);
		w->epoch = i % 2;
	}
	xi_slot_del(&fake.bpf.maps.windows, &key, 0);	/* dead: not counted */
	r = ask("show crypto engine");
	assert_int_equal(view_int(r, "result.limits.unknown-packets-per-second"), 100);
	assert_int_equal(view_int(r, "result.limits.unknown-burst"), 200);
	assert_int_equal(view_int(r, "result.limits.event-interval-ms"), 1000);
	assert_int_equal(view_int(r, "result.limits.events-per-second"), 20);
	assert_int_equal(view_int(r, "result.limits.replay-log-interval-seconds"), 60);
	assert_int_equal(view_int(r, "result.security-associations.windows"), 699);
	assert_int_equal(view_int(r, "result.security-associations.windows-max"), FAKE_SLOTS);
	assert_int_equal(view_int(r, "result.security-associations.windows-started"), 350);
	json_decref(r);
}

/* Two packets of one reason on each CPU, the last one on CPU 0. */
static void reason_fill(__u32 reason)
{
	int i, ncpu = libbpf_num_possible_cpus();
	struct xi_reason_stat *s = calloc((size_t)ncpu, sizeof(*s));

	for (i = 0; i < ncpu; i++) {
		s[i].packets = 2;
		s[i].bytes = 240;
		s[i].last_ns = FAKE_MONO_NS - 1000000000ULL * (unsigned int)(i + 3);
		s[i].last_spi = htonl(0x1000U + (unsigned int)i);
		s[i].last_family = AF_INET;
		s[i].last_proto = IPPROTO_ESP;
		memcpy(s[i].last_saddr, (uint8_t[]){ 203, 0, 113, (uint8_t)(7 + i) }, 4);
	}
	assert_int_equal(bpf_map_update_elem(fake.bpf.maps.reason, &reason, s, BPF_ANY), 0);
	free(s);
}

static void test_handle_drops(void **state)
{
	int ncpu = libbpf_num_possible_cpus();
	json_t *r, *d;

	if (!fake_maps_open(&fake))
		skip();
	reason_fill(XI_R_REPLAY_DUP);
	r = ask("show crypto drops");
	assert_int_equal(json_array_size(view_at(r, "result.reasons")), 1);
	d = json_array_get(view_at(r, "result.reasons"), 0);
	assert_string_equal(view_str(d, "reason"), "replay-dup");
	assert_string_equal(view_str(d, "action"), "drop");
	assert_int_equal(view_int(d, "packets"), 2 * ncpu);
	assert_int_equal(view_int(d, "bytes"), 240 * ncpu);
	assert_string_equal(view_str(d, "last-source"), "203.0.113.7");
	assert_string_equal(view_str(d, "last-spi-hex"), "0x1000");
	assert_int_equal(view_int(d, "last-age-ms"), 3000);
	assert_int_equal(view_int(r, "result.dropped.packets"), 2 * ncpu);
	json_decref(r);
	r = ask("show crypto drops all");
	assert_int_equal(json_array_size(view_at(r, "result.reasons")), XI_R_MAX);
	json_decref(r);
}

static void source_fill(unsigned int n, uint64_t packets)
{
	struct xi_source_key key = { .family = AF_INET, .saddr = { 198, 51, 100, (uint8_t)n } };
	struct xi_source s = { .packets = packets, .rate_tat = 77, .event_tat = 78 };

	assert_int_equal(bpf_map_update_elem(fake.bpf.maps.source, &key, &s, BPF_ANY), 0);
}

static void test_handle_sources(void **state)
{
	unsigned int i;
	json_t *r, *list;

	if (!fake_maps_open(&fake))
		skip();
	for (i = 0; i < 40; i++)
		source_fill(i, (i * 7) % 40);
	r = ask("show crypto drops sources");
	list = json_object_get(json_object_get(r, "result"), "sources");
	assert_int_equal(view_int(r, "result.remembered"), 40);
	assert_int_equal(json_array_size(list), 20);
	for (i = 0; i < 20; i++)
		assert_int_equal(view_int(json_array_get(list, i), "packets"), 39 - i);
	json_decref(r);
}

static void test_handle_clear(void **state)
{
	struct xi_sa_key key = { .spi = htonl(1), .proto = IPPROTO_ESP, .family = AF_INET };
	const struct xi_sa_drop d = { .duplicate = 3, .last_ns = 5, .log_tat = 99 };
	struct xi_source_key skey = { .family = AF_INET, .saddr = { 198, 51, 100, 1 } };
	struct xi_window *w;
	struct xi_source s;
	json_t *r;

	if (!fake_maps_open(&fake))
		skip();
	reason_fill(XI_R_REPLAY_DUP);
	source_fill(1, 10);
	w = fake_slot(&fake, &key);
	w->drop = d;
	w->top = 77;
	r = ask("clear crypto counters");
	assert_int_equal(view_int(r, "result.cleared.reasons"), XI_R_MAX);
	assert_int_equal(view_int(r, "result.cleared.security-associations"), 1);
	assert_int_equal(view_int(r, "result.cleared.sources"), 1);
	json_decref(r);
	/* Counters are gone, buckets stay. */
	assert_int_equal(w->drop.duplicate + w->drop.last_ns, 0);
	assert_int_equal(w->drop.log_tat, 99);
	assert_int_equal(w->top, 77);
	assert_int_equal(bpf_map_lookup_elem(fake.bpf.maps.source, &skey, &s), 0);
	assert_int_equal(s.packets, 0);
	assert_int_equal(s.rate_tat, 77);
	r = ask("show crypto drops");
	assert_int_equal(json_array_size(view_at(r, "result.reasons")), 0);
	json_decref(r);
}

static void tunnel_fill(void)
{
	struct policy_info *p = fake.xfrm.pols;
	struct sa_info *in = &fake.xfrm.sas[0], *out = &fake.xfrm.sas[1];

	*in = fake_sa("198.51.100.2", "192.0.2.1", 0x249C5062, 1);
	*out = fake_sa("192.0.2.1", "198.51.100.2", 0x7AA69CB7, 1);
	fake.xfrm.nsas = 2;
	in->packets = 7;
	in->bytes = 700;
	in->replay_top = 9;
	in->stat_replay = 2;
	in->stat_replay_window = 1;
	in->stat_integrity_failed = 5;
	in->hard_byte_limit = 1024 * 1024;
	in->hard_add_expires = 3600;
	out->packets = 10;
	out->replay_oseq = 10;
	*p = fake_policy(XFRM_POLICY_OUT, "10.1.0.0", 16, "10.2.0.0", 16);
	fake_template(p, IPPROTO_ESP, 1, "192.0.2.1", "198.51.100.2");
	fake.xfrm.npols = 1;
}

static void test_handle_sa(void **state)
{
	json_t *r, *f, *sa;

	tunnel_fill();
	r = ask("show crypto ipsec sa");
	assert_int_equal(json_array_size(view_at(r, "result.flows")), 1);
	f = json_array_get(view_at(r, "result.flows"), 0);
	assert_string_equal(view_str(f, "interface"), "lo");
	assert_string_equal(view_str(f, "crypto-map-tag"), "kernel-reqid-1");
	assert_string_equal(view_str(f, "tunnel.remote"), "198.51.100.2");
	assert_string_equal(view_str(f, "current-outbound-spi-hex"), "0x7AA69CB7");
	assert_int_equal(view_int(f, "counters.encaps"), 10);
	assert_int_equal(view_int(f, "counters.decaps"), 7);
	assert_int_equal(view_int(f, "counters.replay-failed"), 3);
	assert_int_equal(view_int(f, "counters.recv-errors"), 8);
	sa = json_array_get(view_at(f, "inbound-esp-sas"), 0);
	assert_int_equal(view_int(sa, "spi"), 614223970);
	assert_string_equal(view_str(sa, "protocol-parameters"), "esp");
	assert_string_equal(view_str(sa, "encryption.encryption-algorithm"), "cbc(aes)");
	assert_int_equal(view_int(sa, "remaining.kilobytes"), 1023);
	assert_int_equal(view_int(sa, "remaining.seconds"), 3595);
	assert_int_equal(view_int(sa, "conn-id"), 0x5062);
	/* No map: the kernel's window, and its engine. */
	assert_string_equal(view_str(sa, "crypto-engine-type"), "Software");
	assert_string_equal(view_str(sa, "replay-stats.replay-window.source"), "kernel");
	assert_int_equal(view_int(sa, "replay-stats.replay-window.t"), 9);
	json_decref(r);
}

/* R-SHOW-3, R-ARW-13: window and drops of the data plane. */
static void test_handle_sa_with_window(void **state)
{
	const struct xi_sa_drop d = { .duplicate = 4, .too_old = 3, .seq_zero = 2, .last_seq = 8,
				.last_ns = FAKE_MONO_NS - 2000000000 };
	struct xi_window *w;
	json_t *r, *f, *sa;

	if (!fake_maps_open(&fake))
		skip();
	tunnel_fill();
	w = fake_slot(&fake, &fake.xfrm.sas[0].key);
	w->epoch = 1;
	w->top = 4294967301;
	w->drop = d;
	r = ask("show crypto ipsec sa detail");
	f = json_array_get(view_at(r, "result.flows"), 0);
	assert_int_equal(view_int(f, "counters.replay-failed"), 4 + 3 + 2 + 2 + 1);
	assert_int_equal(view_int(f, "counters.replay-failed-xdp.too-old"), 3);
	assert_int_equal(view_int(f, "counters.replay-failed-kernel"), 3);
	sa = json_array_get(view_at(f, "inbound-esp-sas"), 0);
	assert_string_equal(view_str(sa, "crypto-engine-type"), "XDP");
	assert_string_equal(view_str(sa, "replay-stats.replay-window.source"), "xdp");
	assert_true(view_int(sa, "replay-stats.replay-window.t") == 4294967301);
	assert_int_equal(view_int(sa, "replay-stats.xdp.last-rejected"), 8);
	assert_int_equal(view_int(sa, "replay-stats.xdp.last-rejected-age-ms"), 2000);
	sa = json_array_get(view_at(f, "outbound-esp-sas"), 0);
	assert_string_equal(view_str(sa, "crypto-engine-type"), "Software");
	json_decref(r);

	/* Known but not started, and nothing judges: the kernel's top. */
	w->epoch = 0;
	fake.bpf.variant = BPF_VARIANT_NONE;
	r = ask("show crypto ipsec sa");
	f = json_array_get(view_at(r, "result.flows"), 0);
	sa = json_array_get(view_at(f, "inbound-esp-sas"), 0);
	assert_string_equal(view_str(sa, "crypto-engine-type"), "Software");
	assert_int_equal(view_int(sa, "replay-stats.replay-window.t"), 9);
	json_decref(r);
}

static void test_handle_sa_selection(void **state)
{
	static const struct {
		const char *command;
		size_t flows;
	} rows[] = {
		{ "show crypto ipsec sa", 2 },
		{ "show crypto ipsec sa peer 198.51.100.2", 1 },
		{ "show crypto ipsec sa peer 198.51.100.9", 0 },
		{ "show crypto ipsec sa interface lo", 2 },
		{ "show crypto ipsec sa interface eth0", 0 },
		{ "show crypto ipsec sa map kernel-reqid-2 detail", 1 },
		{ "show crypto ipsec sa map kernel-reqid-3", 0 },
	};
	size_t i;

	tunnel_fill();
	fake.xfrm.sas[2] = fake_sa("203.0.113.7", "192.0.2.1", 0x3001, 2);
	fake.xfrm.nsas = 3;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *r = ask(rows[i].command);

		assert_int_equal(json_array_size(view_at(r, "result.flows")), rows[i].flows);
		json_decref(r);
	}
}

static void test_handle_sa_dump_fails(void **state)
{
	static const char line[] = "{\"command\": \"show crypto ipsec sa\"}";
	json_t *r;

	fake.xfrm.fails = -EIO;
	r = ctl_handle(&fake.gw, line, strlen(line));
	assert_false(view_bool(r, "ok"));
	assert_string_equal(view_str(r, "error"), "the kernel's SAD cannot be read");
	json_decref(r);
}

#define T(name)	cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_handle_refuses),
		T(test_handle_rights),
		T(test_handle_knows_all_rows),
		T(test_handle_names_what_is_missing),
		T(test_handle_empty_guard),
		T(test_handle_engine),
		T(test_handle_engine_limits),
		T(test_handle_drops),
		T(test_handle_sources),
		T(test_handle_clear),
		T(test_handle_sa),
		T(test_handle_sa_with_window),
		T(test_handle_sa_selection),
		T(test_handle_sa_dump_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
