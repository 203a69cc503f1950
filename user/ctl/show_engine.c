/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/utsname.h>
#include <unistd.h>

#include "user/daemon/version.h"
#include "user/ctl/answer.h"
#include "user/ctl/maps.h"
#include "user/lib/log.h"

static const char *const variant_names[] = {
	[BPF_VARIANT_AUTO]	= "auto",
	[BPF_VARIANT_MIRROR]	= "mirror",
	[BPF_VARIANT_LIVE]	= "live",
	[BPF_VARIANT_NONE]	= "none",
};

static const char *const hook_names[] = {
	[BPF_HOOK_NONE]		= "none",
	[BPF_HOOK_DISPATCHER]	= "dispatcher",
	[BPF_HOOK_PLAIN]	= "plain",
};

static json_t *window_source_json(const struct guard *g)
{
	if (!g->bpf)
		return json_pack("{s:s, s:s, s:b, s:b}", "variant", "none",
				 "why", "no data plane is loaded", "adopted", 0, "kfunc", 0);
	return json_pack("{s:s, s:o, s:b, s:b}", "variant", variant_names[bpf_variant(g->bpf)],
			 "why", answer_text(bpf_variant_why(g->bpf)),
			 "adopted", bpf_adopted(g->bpf), "kfunc", bpf_has_kfunc(g->bpf));
}

static json_t *interface_json(const struct guard *g, const struct bpf_if *i)
{
	bool ours = i->hook != BPF_HOOK_NONE && g->bpf && bpf_is_attached(g->bpf, i);
	const char *why = i->why;

	if (i->hook != BPF_HOOK_NONE && !ours)
		why = "the program was taken off by someone else";
	else if (!ours && !*why && !i->ifindex)
		why = "no such interface";
	return json_pack("{s:o, s:i, s:b, s:s, s:s, s:o}", "name", answer_text(i->name),
			 "ifindex", i->ifindex, "attached", ours,
			 "hook", hook_names[ours ? i->hook : BPF_HOOK_NONE],
			 "mode", !ours ? "none" : i->native ? "native" : "generic",
			 "why", answer_text(why));
}

static json_t *interfaces_json(const struct guard *g)
{
	json_t *list = json_array();
	unsigned int i;

	for (i = 0; i < g->nifs; i++)
		json_array_append_new(list, interface_json(g, &g->ifs[i]));
	return list;
}

static json_t *sas_json(const struct guard *g)
{
	const struct bpf_maps maps = maps_of(g);
	struct maps_window_count windows;
	struct sad_stats s = {};

	if (g->sad)
		sad_stats(g->sad, &s);
	maps_count_windows(&maps.windows, &windows);
	return json_pack("{s:I, s:I, s:i, s:i, s:i, s:I, s:I, s:I, s:I, s:b}",
			 "inbound", answer_int(s.inbound), "outbound", answer_int(s.outbound),
			 "windows", (int)windows.used, "windows-started", (int)windows.started,
			 "windows-max", (int)windows_slots(&maps.windows),
			 "dumps", answer_int(s.dumps), "lost-events", answer_int(s.lost),
			 "swept", answer_int(s.swept), "map-full", answer_int(s.map_full),
			 "sync-due", g->sad && sad_wants_sync(g->sad));
}

/* As in force: read back from the map, not from the daemon's options. */
static json_t *limits_json(const struct guard *g)
{
	struct xi_config c = {};
	__u32 key = 0;

	if (!maps_lookup(maps_of(g).config, &key, &c))
		return json_null();
	return json_pack("{s:b, s:I, s:I, s:I, s:I, s:I, s:b}",
		"drop-unknown", !!c.unknown_cost_ns,
		"unknown-packets-per-second",
		c.unknown_cost_ns ? (json_int_t)(1000000000 / c.unknown_cost_ns) : 0,
		"unknown-burst",
		c.unknown_cost_ns ? answer_int(c.unknown_burst_ns / c.unknown_cost_ns) : 0,
		"event-interval-ms", answer_int(c.event_cost_ns / 1000000),
		"events-per-second",
		c.event_all_cost_ns ? (json_int_t)(1000000000 / c.event_all_cost_ns) : 0,
		"replay-log-interval-seconds", answer_int(c.replay_log_ns / 1000000000),
		"map-incomplete", !!c.incomplete);
}

static json_int_t uptime(const struct guard *g)
{
	uint64_t now = env_wall_ns(g->env);

	return now > g->started_ns ? answer_int((now - g->started_ns) / 1000000000) : 0;
}

json_t *answer_engine(struct gateway *gw, const struct command *c, struct err *e)
{
	const struct guard *g = &gw->guard;
	uint64_t written = 0, suppressed = 0;
	struct utsname u = {};

	(void)c;
	(void)e;
	uname(&u);
	log_counts(&written, &suppressed);
	return json_pack("{s:o, s:I, s:o, s:o, s:i, s:o, s:o, s:o, s:{s:I, s:I}}",
			 "window-source", window_source_json(g), "uptime-seconds", uptime(g),
			 "kernel-release", answer_text(u.release),
			 "machine", answer_text(u.machine), "abi", XI_ABI,
			 "interfaces", interfaces_json(g), "security-associations", sas_json(g),
			 "limits", limits_json(g),
			 "logging", "messages", answer_int(written),
			 "rate-limited", answer_int(suppressed));
}

/* As configured, else the machine's. */
static const char *hostname(const struct gateway *gw, const struct utsname *u)
{
	const struct node *n = gw->running ? gw->running->root.first : NULL;

	for (; n; n = n->next)
		if (node_counts(n) && n->p && node_is(n, "hostname"))
			return node_arg(n, "hostname");
	return u->nodename;
}

/* How many items of the plan there are, and how many of them are in use. */
static json_t *items_json(const struct plan *p, enum plan_kind kind)
{
	json_int_t all = 0, used = 0;
	size_t i;

	for (i = 0; i < p->nitems; i++) {
		all += p->item[i]->kind == kind;
		used += p->item[i]->kind == kind && !p->item[i]->inactive[0];
	}
	return json_pack("{s:I, s:I}", "configured", all, "used", used);
}

json_t *answer_version(struct gateway *gw, const struct command *c, struct err *e)
{
	struct utsname u = {};

	(void)c;
	(void)e;
	uname(&u);
	return json_pack("{s:s, s:i, s:o, s:o, s:o, s:I, s:i, s:o, s:o, s:o, s:i}",
			 "version", XIPSEC_VERSION,
			 "abi", XI_ABI, "hostname", answer_text(hostname(gw, &u)),
			 "kernel-release", answer_text(u.release),
			 "machine", answer_text(u.machine), "uptime-seconds", uptime(&gw->guard),
			 "pid", (int)getpid(),
			 "configuration", gw->configured && gw->startup[0] ?
				answer_text(gw->startup) : json_null(),
			 "crypto-map-entries", items_json(&gw->plan, PLAN_MAP),
			 "tunnels", items_json(&gw->plan, PLAN_TUNNEL),
			 "guarded-interfaces", (int)gw->guard.nifs);
}
