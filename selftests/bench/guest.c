// SPDX-License-Identifier: Apache-2.0
/*
 * Instructions per packet on whole paths of a gateway, with and without xipsec.
 * The topology is drawn in `guest`. Every arm asserts, by counters of the
 * kernel and of xipsec, that each packet went the way the figure is named for.
 */
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "selftests/bench/cases.h"
#include "selftests/bench/report.h"
#include "selftests/bench/sa.h"

#define ROUNDS		5
#define PACKETS		2048	/* a stream; a multiple of the batch */
#define METRIC		"instructions_per_packet"

/* Targets: docs/benchmarks.md. */
#define REPLAY_RATIO	(1.0 / 8)
#define LEGIT_MAX	500
#define LEGIT_GOAL	300

struct arm {
	const char *name;
	enum xdp_arm xdp;
	bool mirror;
	double cost[ROUNDS];
};

static void same(const char *bench, const char *what, __u64 is, __u64 should)
{
	expect(is == should, "%s: %s: %llu, not %llu", bench, what, (unsigned long long)is,
	       (unsigned long long)should);
}

static bool is_xipsec(const struct arm *a)
{
	return a->xdp == ARM_OUTER || a->xdp == ARM_LIVE;
}

static double cost(const struct arm *a)
{
	return median(a->cost, ROUNDS);
}

/* Of a - b, round by round. */
static void difference(const struct arm *a, const struct arm *b, double *mid, double *spread)
{
	double d[ROUNDS];
	int i;

	for (i = 0; i < ROUNDS; i++)
		d[i] = a->cost[i] - b->cost[i];
	*mid = median(d, ROUNDS);
	*spread = iqr(d, ROUNDS);
}

/* --- legit ---------------------------------------------------------------------------- */

struct legit_case {
	const char *name;
	struct flow flow;
	bool split;		/* and which part costs what */
};

static const struct legit_case legit_cases[] = {
	{ "legit.gcm.100.w64",	{ CIPHER_GCM, 100, 64, 0 }, true },
	{ "legit.gcm.1400.w64",	{ CIPHER_GCM, 1400, 64, 0 }, false },
	{ "legit.cbc.100.w64",	{ CIPHER_CBC, 100, 64, 0 }, false },
	{ "legit.cbc.1400.w64",	{ CIPHER_CBC, 1400, 64, 0 }, false },
	{ "legit.gcm.100.w32",	{ CIPHER_GCM, 100, 32, 0 }, false },
	{ "legit.gcm.100.w1024",	{ CIPHER_GCM, 100, 1024, 0 }, false },
	{ "legit.gcm.100.w4096",	{ CIPHER_GCM, 100, 4096, 0 }, false },
	{ "legit.gcm.100.w64.esn",	{ CIPHER_GCM, 100, 64, 1 }, true },
	{ "legit.gcm.100.w1024.esn",	{ CIPHER_GCM, 100, 1024, 1 }, false },
	{ "legit.gcm.100.w4096.esn",	{ CIPHER_GCM, 100, 4096, 1 }, false },
};

static void stream_make(struct rig *r, const struct flow *flow)
{
	struct frame f;
	__u32 i;

	for (i = 0; i < PACKETS; i++) {
		frame_esp(&f, flow, i + 1);
		rig_frame(r, i, &f);
	}
}

/* A copy of the SA that has seen nothing, and what xi_outer knows of it in this arm. */
static void sa_fresh(struct rig *r, const struct arm *a, const struct flow *flow)
{
	struct xi_window w;

	sa_del();
	rig_window_set(r, NULL);
	rig_arm(r, a->xdp, a->mirror);
	sa_add(flow);
	if (a->xdp != ARM_OUTER || a->mirror)
		return;
	window_fill(&w, flow->window, 0);
	w.flags = flow->esn ? XI_WIN_ESN : 0;
	rig_window_set(r, &w);
}

static __u64 passed_known(struct rig *r)
{
	return rig_reason(r, XI_R_SA_NEW) + rig_reason(r, XI_R_SA_UNSTARTED);
}

static void legit_arm(struct rig *r, struct arm *a, const struct legit_case *c, int round)
{
	struct kernel_counts before, after;
	struct xi_window w = {};
	__u64 passed;

	sa_fresh(r, a, &c->flow);
	kernel_counts(&before);
	passed = passed_known(r);
	a->cost[round] = rig_inject(r, 0, PACKETS, PACKETS);
	kernel_counts(&after);

	same(c->name, "packets decrypted", after.sa_packets, PACKETS);
	same(c->name, "packets forwarded", after.forwarded - before.forwarded, PACKETS);
	same(c->name, "errors of XFRM", after.errors - before.errors, 0);
	same(c->name, "packets passed by xi_outer", passed_known(r) - passed,
	     is_xipsec(a) ? PACKETS : 0);
	if (!a->mirror)
		return;
	same(c->name, "window in the map", rig_window_get(r, &w), true);
	same(c->name, "top of the window", w.top, PACKETS);
	same(c->name, "its newest bits", w.bits[(PACKETS / 64 - 1) & w.mask], ~0ULL);
}

static void legit_line(const struct legit_case *c, const char *part, const struct arm *a,
		       const struct arm *base, bool target)
{
	struct result res = {
		.metric = METRIC "_more", .baseline = cost(base), .n = PACKETS, .rounds = ROUNDS,
		.hard = target ? LEGIT_MAX : 0, .goal = target ? LEGIT_GOAL : 0,
	};
	char name[96];

	snprintf(name, sizeof(name), "%s%s", c->name, part);
	res.bench = name;
	difference(a, base, &res.value, &res.spread);
	report(&res);
}

static void legit(struct rig *r, const struct legit_case *c)
{
	struct arm arms[] = {
		{ "null", ARM_PASS, false, {} },
		{ "xipsec", ARM_OUTER, true, {} },
		{ "outer alone", ARM_OUTER, false, {} },
		{ "mirror alone", ARM_PASS, true, {} },
		{ "no XDP", ARM_NONE, false, {} },
		{ "live", ARM_LIVE, false, {} },
	};
	size_t n = c->split ? 5 + rig_has_live(r) : 2, i;
	int round;

	stream_make(r, &c->flow);
	for (i = 0; i < n; i++)
		legit_arm(r, &arms[i], c, 0);	/* not counted: first uses of everything */
	for (round = 0; round < ROUNDS; round++)
		for (i = 0; i < n; i++)
			legit_arm(r, &arms[i], c, round);
	legit_line(c, "", &arms[1], &arms[0], true);
	if (c->split) {
		legit_line(c, ".outer_alone", &arms[2], &arms[0], false);
		legit_line(c, ".mirror_alone", &arms[3], &arms[0], false);
		legit_line(c, ".against_no_xdp", &arms[1], &arms[4], false);
		if (rig_has_live(r))
			legit_line(c, ".live", &arms[5], &arms[0], false);
	}
	sa_del();
}

/* --- rejected, unknown, clear --------------------------------------------------------- */

/* What a packet costs from the injector to its end, less injector and an empty drop. */
static void net_of_harness(const struct arm *a, const struct arm *drop, struct result *res)
{
	double mid;

	difference(a, drop, &mid, &res->spread);
	res->value = mid;
}

struct ends {
	__u64 seq_error, no_states, forwarded;	/* packets, of the kernel */
	enum xi_reason reason;			/* of all packets, in an arm with xi_outer */
};

static void ends_arm(struct rig *r, struct arm *a, const char *bench, __u32 first, __u32 end,
		     const struct ends *e, int round)
{
	struct kernel_counts before, after;
	__u64 reason = 0;

	rig_arm(r, a->xdp, a->mirror);
	kernel_counts(&before);
	if (is_xipsec(a))
		reason = rig_reason(r, e->reason);
	a->cost[round] = rig_inject(r, first, end, PACKETS);
	kernel_counts(&after);
	same(bench, "XfrmInStateSeqError", after.seq_error - before.seq_error, e->seq_error);
	same(bench, "replays of the SA", after.sa_replay - before.sa_replay, e->seq_error);
	same(bench, "XfrmInNoStates", after.no_states - before.no_states, e->no_states);
	same(bench, "packets forwarded", after.forwarded - before.forwarded, e->forwarded);
	if (is_xipsec(a))
		same(bench, "verdicts of xi_outer", rig_reason(r, e->reason) - reason, PACKETS);
}

static const struct ends nowhere;

/* An attack: what it costs the kernel, and what is left of that. */
static void reject(struct rig *r, const char *bench, __u32 first, __u32 end,
		   const struct ends *kernel, enum xi_reason reason, enum xdp_arm xdp,
		   double ratio)
{
	struct arm drop = { "harness", ARM_DROP, false, {} };
	struct arm theirs = { "kernel", ARM_PASS, false, {} };
	struct arm ours = { "xipsec", xdp, xdp == ARM_OUTER, {} };
	struct ends dropped = { .reason = reason };
	struct result res = { .bench = bench, .metric = METRIC, .n = PACKETS, .rounds = ROUNDS };
	int round, warm;

	for (round = 0, warm = 1; round < ROUNDS; round += !warm, warm = 0) {
		ends_arm(r, &drop, bench, first, end, &nowhere, round);
		ends_arm(r, &theirs, bench, first, end, kernel, round);
		ends_arm(r, &ours, bench, first, end, &dropped, round);
	}
	net_of_harness(&theirs, &drop, &res);
	res.baseline = res.value;
	net_of_harness(&ours, &drop, &res);
	res.hard_ratio = ratio;
	report(&res);
}

/* A packet that is passed: what it costs more. */
static void accept(struct rig *r, const char *bench, const struct ends *kernel)
{
	struct arm null = { "null", ARM_PASS, false, {} };
	struct arm ours = { "xipsec", ARM_OUTER, true, {} };
	struct result res = { .bench = bench, .metric = METRIC "_more", .n = PACKETS,
			      .rounds = ROUNDS };
	int round, warm;

	for (round = 0, warm = 1; round < ROUNDS; round += !warm, warm = 0) {
		ends_arm(r, &null, bench, 0, 1, kernel, round);
		ends_arm(r, &ours, bench, 0, 1, kernel, round);
	}
	difference(&ours, &null, &res.value, &res.spread);
	res.baseline = cost(&null);
	report(&res);
}

/* Each number of the stream was received once; its last 32 come again and again. */
static void replay(struct rig *r, const char *bench, const struct flow *flow)
{
	struct arm on = { "xipsec", ARM_OUTER, true, {} };
	struct ends kernel = { .seq_error = PACKETS };
	char live[64];

	stream_make(r, flow);
	sa_fresh(r, &on, flow);
	rig_inject(r, 0, PACKETS, PACKETS);
	reject(r, bench, PACKETS - 32, PACKETS, &kernel, XI_R_REPLAY_DUP, ARM_OUTER,
	       REPLAY_RATIO);
	if (rig_has_live(r)) {
		snprintf(live, sizeof(live), "%s.live", bench);
		reject(r, live, PACKETS - 32, PACKETS, &kernel, XI_R_REPLAY_DUP, ARM_LIVE, 0);
	}
	sa_del();
}

static void unknown(struct rig *r)
{
	struct ends pass = { .no_states = PACKETS, .reason = XI_R_NO_SA };
	struct frame f;

	frame_esp_fake(&f, ADDR_GATEWAY, BENCH_SPI + 1, 7, 156);
	rig_frame(r, 0, &f);
	accept(r, "unknown.pass", &pass);
	rig_unknown_limit(r, true);
	rig_arm(r, ARM_OUTER, true);
	rig_inject(r, 0, 1, 64);	/* the source's one packet is spent here */
	reject(r, "unknown.flood", 0, 1, &pass, XI_R_NO_SA_FLOOD, ARM_OUTER, 0);
	rig_unknown_limit(r, false);
}

static void clear(struct rig *r)
{
	struct ends pass = { .forwarded = PACKETS, .reason = XI_R_NOT_IPSEC };
	struct frame f;

	frame_udp(&f, ADDR_CLEAR_SRC, ADDR_INNER_DST, 9, 100);
	rig_frame(r, 0, &f);
	accept(r, "clear.udp", &pass);
}

/* --- xi_outer alone ------------------------------------------------------------------- */

static void verdict_alone(struct rig *r, const struct verdict_case *c)
{
	struct result res = { .metric = METRIC "_more_than_null", .n = 100 * PACKETS,
			      .rounds = 1 };
	char name[64];
	struct frame f;
	__u64 before;

	rig_unknown_limit(r, false);
	c->setup(r, &f);
	before = rig_reason(r, c->reason);
	res.baseline = rig_run(r, ARM_PASS, &f, res.n, NULL);
	res.value = rig_run(r, ARM_OUTER, &f, res.n, NULL) - res.baseline;
	same(c->name, "verdicts", rig_reason(r, c->reason) - before, res.n);
	snprintf(name, sizeof(name), "outer.%s", c->name);
	res.bench = name;
	report(&res);
}

/*
 * A timer tick in a softirq hands what is left of it to ksoftirqd, and the
 * kernel's count of a run stops while another task has the CPU: work would be
 * lost to the figures. A real-time task is not preempted by ksoftirqd, and does
 * that work itself with its next packets.
 */
static void undisturbed(void)
{
	struct sched_param p = { .sched_priority = 1 };

	if (sched_setscheduler(0, SCHED_FIFO, &p))
		expect(false, "SCHED_FIFO was refused");
}

/*
 * Older kernels do not run a softirq while ksoftirqd waits for the CPU
 * (ksoftirqd_running()), which a real-time task does not leave to it: on 6.1 the
 * veth's ring overflows, on 6.12 it does not. Nothing in between was tried.
 */
static bool softirqs_wait_for_nobody(void)
{
	unsigned int major = 0, minor = 0;
	struct utsname u;

	uname(&u);
	return sscanf(u.release, "%u.%u", &major, &minor) == 2 &&
	       (major > 6 || (major == 6 && minor >= 12));
}

/* Either may be the longer one: "legit" and "legit.gcm.100.w64" both want the latter. */
static bool wanted(const char *bench, const char *prefix)
{
	size_t n = strlen(bench), m = prefix ? strlen(prefix) : 0;

	return !strncmp(bench, prefix ?: "", n < m ? n : m);
}

void guest_run(const char *prefix)
{
	struct flow gcm = { CIPHER_GCM, 100, 64, 0 }, esn = { CIPHER_GCM, 100, 64, 1 };
	struct rig *r = rig_new(true);
	size_t i;

	undisturbed();
	for (i = 0; i < verdict_cases_n && wanted("outer", prefix); i++)
		verdict_alone(r, &verdict_cases[i]);
	rig_unknown_limit(r, false);
	rig_window_set(r, NULL);
	rig_flows(r, 0, 0, 0);
	if (!softirqs_wait_for_nobody()) {
		printf("bench: whole paths need Linux 6.12 or later: left out\n");
		goto out;
	}
	rig_wire(r, "xb-peer", "xb-gw");
	if (wanted("replay", prefix)) {
		replay(r, "replay.gcm.100.w64", &gcm);
		replay(r, "replay.gcm.100.w64.esn", &esn);
	}
	for (i = 0; i < sizeof(legit_cases) / sizeof(*legit_cases); i++)
		if (wanted(legit_cases[i].name, prefix))
			legit(r, &legit_cases[i]);
	if (wanted("unknown", prefix))
		unknown(r);
	if (wanted("clear", prefix))
		clear(r);
out:
	rig_free(r);
}
