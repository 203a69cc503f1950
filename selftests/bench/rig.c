// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <linux/if_link.h>

#include "selftests/bench/null.skel.h"
#include "selftests/bench/rig.h"
#include "user/dataplane/mirror.skel.h"
#include "user/dataplane/outer.skel.h"
#include "user/dataplane/protect.h"
#include "user/dataplane/windows.h"

#define HOOKS		3
#define SLOTS		4096
#define CPUS_MAX	1024

/* Packets a softirq: few, so that what a timer tick leaves of the last one is next to nothing. */
#define BATCH		16

struct rig {
	struct null_bpf *null;
	struct outer_bpf *outer, *live;		/* live: NULL where the kernel cannot */
	struct mirror_bpf *mirror;
	struct bpf_link *links[HOOKS];
	struct xi_slots windows;
	int ifindex_in;
};

static void die(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(2);
}

static bool kernel_has_kfunc(void)
{
	struct btf *btf = btf__load_vmlinux_btf();
	bool has = btf && btf__find_by_name_kind(btf, "bpf_xdp_get_xfrm_state",
						 BTF_KIND_FUNC) > 0;

	btf__free(btf);
	return has;
}

static void maps_unpin(struct bpf_object *obj)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, obj)
		bpf_map__set_pin_path(map, NULL);
}

/* What pins do for the daemon: both objects work on the same maps. */
static void maps_share(struct bpf_object *from, struct bpf_object *to)
{
	struct bpf_map *map, *twin;

	bpf_object__for_each_map(map, to) {
		if (bpf_map__is_internal(map))
			continue;
		twin = bpf_object__find_map_by_name(from, bpf_map__name(map));
		if (!twin || bpf_map__reuse_fd(map, bpf_map__fd(twin)))
			die(bpf_map__name(map));
	}
}

static void local_add(struct rig *r, __u32 addr)
{
	struct xi_local_key key = { .family = 2 };
	__be32 be = htonl(addr);
	__u32 one = 1;

	memcpy(key.addr, &be, sizeof(be));
	if (bpf_map_update_elem(bpf_map__fd(r->outer->maps.xi_local), &key, &one, BPF_ANY))
		die("xi_local");
}

static void mirror_load(struct rig *r)
{
	struct stat st;

	if (stat("/proc/self/ns/net", &st))
		die("/proc/self/ns/net");
	r->mirror = mirror_bpf__open();
	if (!r->mirror)
		die("mirror.bpf.o");
	r->mirror->rodata->xi_netns = st.st_ino;
	r->mirror->rodata->xi_salt = 0x5841;
	r->mirror->rodata->xi_slot_mask = SLOTS - 1;
	bpf_map__set_max_entries(r->mirror->maps.xi_window, SLOTS);
	maps_unpin(r->mirror->obj);
	maps_share(r->outer->obj, r->mirror->obj);
	if (mirror_bpf__load(r->mirror))
		die("loading xi_mirror");
}

static struct outer_bpf *outer_load(struct outer_bpf *twin, bool kfunc, bool live)
{
	struct outer_bpf *o = outer_bpf__open();

	if (!o)
		die("outer.bpf.o");
	o->rodata->xi_kfunc = kfunc;
	o->rodata->xi_variant = live;
	o->rodata->xi_slot_mask = SLOTS - 1;
	bpf_map__set_max_entries(o->maps.xi_window, SLOTS);
	maps_unpin(o->obj);
	if (twin)
		maps_share(twin->obj, o->obj);
	if (outer_bpf__load(o))
		die("loading xi_outer");
	return o;
}

static int print_warnings(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	return level == LIBBPF_WARN ? vfprintf(stderr, fmt, ap) : 0;
}

struct rig *rig_new(bool mirror)
{
	struct rig *r = calloc(1, sizeof(*r));

	libbpf_set_print(print_warnings);

	if (!r)
		die("memory");
	r->null = null_bpf__open_and_load();
	if (!r->null)
		die("loading the null programs");
	r->outer = outer_load(NULL, kernel_has_kfunc(), false);
	if (windows_map(&r->windows, bpf_map__fd(r->outer->maps.xi_window)))
		die("mapping xi_window");
	if (kernel_has_kfunc())
		r->live = outer_load(r->outer, true, true);
	if (mirror)
		mirror_load(r);
	local_add(r, ADDR_GATEWAY);
	rig_unknown_limit(r, false);
	return r;
}

static void mirror_set(struct rig *r, bool on)
{
	struct bpf_program *progs[HOOKS];
	int i;

	if (!r->mirror || !r->links[0] == !on)
		return;
	progs[0] = r->mirror->progs.xi_sa_delete;
	progs[1] = r->mirror->progs.xi_sa_event;
	progs[2] = r->mirror->progs.xi_mirror;
	for (i = 0; i < HOOKS; i++) {
		if (!on) {
			bpf_link__destroy(r->links[i]);
			r->links[i] = NULL;
			continue;
		}
		r->links[i] = bpf_program__attach(progs[i]);
		if (!r->links[i])
			die(bpf_program__name(progs[i]));
	}
}

void rig_free(struct rig *r)
{
	if (r->ifindex_in)
		rig_arm(r, ARM_NONE, false);
	windows_unmap(&r->windows);
	mirror_bpf__destroy(r->mirror);
	outer_bpf__destroy(r->live);
	outer_bpf__destroy(r->outer);
	null_bpf__destroy(r->null);
	free(r);
}

bool rig_has_live(const struct rig *r)
{
	return r->live;
}

void rig_wire(struct rig *r, const char *out, const char *in)
{
	__u32 zero = 0, ifindex = if_nametoindex(out);

	r->ifindex_in = if_nametoindex(in);
	if (!ifindex || !r->ifindex_in)
		die("interfaces");
	/* The far end of a veth takes XDP frames once it has a program itself. */
	rig_arm(r, ARM_PASS, false);
	if (bpf_map_update_elem(bpf_map__fd(r->null->maps.xb_out), &zero, &ifindex, BPF_ANY))
		die("xb_out");
}

static int arm_fd(struct rig *r, enum xdp_arm arm)
{
	switch (arm) {
	case ARM_PASS:
		return bpf_program__fd(r->null->progs.xb_pass);
	case ARM_DROP:
		return bpf_program__fd(r->null->progs.xb_drop);
	case ARM_OUTER:
		return bpf_program__fd(r->outer->progs.xi_outer);
	case ARM_LIVE:
		return bpf_program__fd(r->live->progs.xi_outer);
	default:
		return -1;
	}
}

void rig_arm(struct rig *r, enum xdp_arm arm, bool mirror)
{
	if (bpf_xdp_attach(r->ifindex_in, arm_fd(r, arm), XDP_FLAGS_DRV_MODE, NULL) &&
	    arm != ARM_NONE)
		die("attaching XDP");
	mirror_set(r, mirror);
}

void rig_frame(struct rig *r, __u32 index, const struct frame *f)
{
	if (bpf_map_update_elem(bpf_map__fd(r->null->maps.xb_frames), &index, f, BPF_ANY))
		die("xb_frames");
}

double rig_inject(struct rig *r, __u32 first, __u32 end, __u32 n)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .repeat = n, .batch_size = BATCH,
		    .flags = BPF_F_TEST_XDP_LIVE_FRAMES);
	struct frame f;

	if (bpf_map_lookup_elem(bpf_map__fd(r->null->maps.xb_frames), &first, &f))
		die("xb_frames");
	r->null->bss->xb_first = first;
	r->null->bss->xb_next = first;
	r->null->bss->xb_end = end;
	opts.data_in = f.data;
	opts.data_size_in = f.len;
	if (bpf_prog_test_run_opts(bpf_program__fd(r->null->progs.xb_inject), &opts))
		die("BPF_PROG_RUN, live frames");
	return opts.duration;
}

static double cpu_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

double rig_run(struct rig *r, enum xdp_arm arm, const struct frame *f, __u32 repeat,
	       double *cpu_ns)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .repeat = repeat);
	double start = cpu_clock();

	opts.data_in = f->data;
	opts.data_size_in = f->len;
	if (bpf_prog_test_run_opts(arm_fd(r, arm), &opts))
		die("BPF_PROG_RUN");
	if (cpu_ns)
		*cpu_ns = (cpu_clock() - start) / repeat;
	return opts.duration;
}

__u64 rig_reason(struct rig *r, enum xi_reason reason)
{
	static struct xi_reason_stat stat[CPUS_MAX];
	int cpus = libbpf_num_possible_cpus(), i;
	__u32 key = reason;
	__u64 sum = 0;

	if (cpus > CPUS_MAX || bpf_map_lookup_elem(bpf_map__fd(r->outer->maps.xi_reason), &key, stat))
		die("xi_reason");
	for (i = 0; i < cpus; i++)
		sum += stat[i].packets;
	return sum;
}

/*
 * Events as the daemon sets them up. A limited source gets one packet in
 * 1000 s, so that the buckets do not refill while a guest's clock leaps.
 */
void rig_unknown_limit(struct rig *r, bool limit)
{
	const __u64 second = 1000000000ULL;
	struct xi_config cfg = {
		.abi = XI_ABI,
		.unknown_cost_ns = limit ? 1000 * second : 0,
		.unknown_burst_ns = limit ? 1000 * second : 0,
		.event_cost_ns = second,
		.event_burst_ns = 4 * second,
		.event_all_cost_ns = second / 20,
		.event_all_burst_ns = second,
		.replay_log_ns = 60 * second,
	};
	__u32 zero = 0;

	if (bpf_map_update_elem(bpf_map__fd(r->outer->maps.xi_config), &zero, &cfg, BPF_ANY))
		die("xi_config");
}

void rig_flows(struct rig *r, int ifindex, unsigned int groups, unsigned int targets)
{
	struct plan_flows f = { .outside = "lo", .ifindex = ifindex };
	struct flow_line *lines = calloc(groups * targets + 1, sizeof(*lines));
	struct bpf_maps m = BPF_MAPS_NONE;
	unsigned int i;
	__be32 net;

	if (!lines)
		die("memory");
	for (i = 0; i < groups * targets; i++) {
		struct flow_sel *s = &lines[i].sel;

		lines[i].permit = true;
		lines[i].id = 1;
		*s = (struct flow_sel){ .family = 2, .proto = 1 + i / targets, .dplen = 24,
					.sport_hi = 65535, .dport_hi = 65535 };
		s->src.family = s->dst.family = 2;
		net = htonl(ADDR_CLEAR_SRC + (i % targets << 8));
		memcpy(s->dst.b, &net, sizeof(net));
	}
	m.flow_set = bpf_map__fd(r->outer->maps.xi_flow_set);
	m.flow_group = bpf_map__fd(r->outer->maps.xi_flow_group);
	m.flow = bpf_map__fd(r->outer->maps.xi_flow);
	if (flow_compile(lines, groups * targets, &f.groups) ||
	    protect_set(&m, &f, 1, NULL, NULL))
		die("flows");
	flow_groups_fini(&f.groups);
	free(lines);
}

static struct xi_sa_key sa_key(void)
{
	struct xi_sa_key key = { .spi = htonl(BENCH_SPI), .proto = 50, .family = 2 };
	__be32 daddr = htonl(ADDR_GATEWAY);

	memcpy(key.daddr, &daddr, sizeof(daddr));
	return key;
}

void rig_window_set(struct rig *r, const struct xi_window *w)
{
	struct xi_sa_key key = sa_key();
	struct xi_window *slot = xi_slot_find(&r->windows, &key);
	int fresh;

	if (slot)	/* the mirror's too: it may have been off when its SA ended */
		xi_slot_del(&r->windows, &key, slot->cookie);
	if (!w)
		return;
	slot = xi_slot_add(&r->windows, &key, w->size, w->flags, 0, &fresh);
	if (!slot)
		die("xi_window");
	slot->top = w->top;
	slot->mask = w->mask;
	memcpy(slot->bits, w->bits, sizeof(slot->bits));
	xi_store_release(&slot->epoch, w->epoch);
}

bool rig_window_get(struct rig *r, struct xi_window *w)
{
	struct xi_sa_key key = sa_key();
	struct xi_window *slot = xi_slot_find(&r->windows, &key);

	if (slot)
		*w = *slot;
	return slot;
}
