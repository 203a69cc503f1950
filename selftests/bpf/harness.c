// SPDX-License-Identifier: Apache-2.0
#ifndef _GNU_SOURCE
#define _GNU_SOURCE	/* sched_setaffinity() */
#endif
#include <errno.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <sys/socket.h>
#include <bpf/bpf.h>
#include <linux/btf.h>
#include <bpf/btf.h>

#include "harness.h"

#define MAX_CPUS	256

const char *const reason_names[XI_R_MAX] = {
#define X(name, action, text) [XI_R_##name] = #name,
	XI_REASONS(X)
#undef X
};

const enum xi_action reason_actions[XI_R_MAX] = {
#define X(name, action, text) [XI_R_##name] = XI_##action,
	XI_REASONS(X)
#undef X
};

const char *verdict_name(int verdict)
{
	return verdict == XDP_PASS ? "PASS" : verdict == XDP_DROP ? "DROP" : "neither PASS nor DROP";
}

const char *bpf_file(const char *name)
{
	static char path[512];
	const char *dir = getenv("XI_BPF_DIR");

	snprintf(path, sizeof(path), "%s/%s", dir ? dir : "build/bpf", name);
	return path;
}

static int print_warnings(enum libbpf_print_level level, const char *format, va_list args)
{
	return level == LIBBPF_WARN ? vfprintf(stderr, format, args) : 0;
}

struct bpf_object *bpf_file_open(const char *name)
{
	struct bpf_object *obj;
	struct bpf_map *map;

	libbpf_set_print(print_warnings);
	obj = bpf_object__open_file(bpf_file(name), NULL);
	if (!obj)
		return NULL;
	bpf_object__for_each_map(map, obj)
		bpf_map__set_pin_path(map, NULL);
	return obj;
}

/* A const volatile of the object, by name: where it lies says BTF. */
static int rodata_set(struct bpf_object *obj, const char *name, uint32_t value)
{
	struct bpf_map *map = bpf_object__find_map_by_name(obj, ".rodata");
	struct btf *btf = bpf_object__btf(obj);
	int sec = btf__find_by_name_kind(btf, ".rodata", BTF_KIND_DATASEC), i;
	const struct btf_var_secinfo *v;
	size_t size;
	char *data;

	if (!map || sec < 0)
		return -ENOENT;
	data = (char *)bpf_map__initial_value(map, &size);
	v = btf_var_secinfos(btf__type_by_id(btf, sec));
	for (i = 0; i < btf_vlen(btf__type_by_id(btf, sec)); i++, v++) {
		if (strcmp(btf__name_by_offset(btf, btf__type_by_id(btf, v->type)->name_off), name))
			continue;
		memcpy(data + v->offset, &value, sizeof(value));
		return 0;
	}
	return -ENOENT;
}

static int on_event(void *ctx, void *data, size_t size)
{
	struct outer *o = ctx;

	if (size != sizeof(o->last_event))
		return -EPROTO;
	memcpy(&o->last_event, data, size);
	o->n_events++;
	return 0;
}

static int map_fd(struct outer *o, const char *name)
{
	return bpf_object__find_map_fd_by_name(o->obj, name);
}

/* Per-CPU counts are read after each run: stay on one CPU. */
static void stay_here(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(sched_getcpu(), &set);
	sched_setaffinity(0, sizeof(set), &set);
}

int outer_open(struct outer *o, const struct outer_options *options)
{
	int err;

	memset(o, 0, sizeof(*o));
	stay_here();
	o->obj = bpf_file_open("outer.bpf.o");
	if (!o->obj)
		return -errno;
	if (options && (options->variant || options->kfunc)) {
		err = rodata_set(o->obj, "xi_variant", options->variant);
		if (!err)
			err = rodata_set(o->obj, "xi_kfunc", options->kfunc);
		if (err)
			return err;
	}
	err = bpf_object__load(o->obj);
	if (err)
		return err;
	o->prog = bpf_program__fd(bpf_object__find_program_by_name(o->obj, "xi_outer"));
	err = windows_map(&o->windows, map_fd(o, XI_MAP_WINDOW));
	if (err)
		return err;
	o->local = map_fd(o, XI_MAP_LOCAL);
	o->config = map_fd(o, XI_MAP_CONFIG);
	o->reason = map_fd(o, XI_MAP_REASON);
	o->source = map_fd(o, XI_MAP_SOURCE);
	o->events = map_fd(o, XI_MAP_EVENTS);
	o->flow_set = map_fd(o, XI_MAP_FLOW_SET);
	o->flow_group = map_fd(o, XI_MAP_FLOW_GROUP);
	o->flow = map_fd(o, XI_MAP_FLOW);
	o->ring = ring_buffer__new(o->events, on_event, o, NULL);
	return o->ring ? 0 : -errno;
}

void outer_close(struct outer *o)
{
	ring_buffer__free(o->ring);
	windows_unmap(&o->windows);
	bpf_object__close(o->obj);
	memset(o, 0, sizeof(*o));
}

unsigned int outer_events(struct outer *o)
{
	o->n_events = 0;
	ring_buffer__consume(o->ring);
	return o->n_events;
}

static void counts_read(struct outer *o, uint64_t *counts)
{
	static struct xi_reason_stat stats[XI_R_MAX * MAX_CPUS];
	uint32_t keys[XI_R_MAX], n = XI_R_MAX, next, i;
	int cpus = libbpf_num_possible_cpus(), c;

	if (cpus > MAX_CPUS || bpf_map_lookup_batch(o->reason, NULL, &next, keys, stats, &n, NULL) ||
	    n != XI_R_MAX) {
		/* The end of the array is told by ENOENT, with everything read. */
		if (cpus > MAX_CPUS || n != XI_R_MAX) {
			fprintf(stderr, "xi_reason cannot be read: %s\n", strerror(errno));
			exit(1);
		}
	}
	for (i = 0; i < XI_R_MAX; i++) {
		counts[keys[i]] = 0;
		for (c = 0; c < cpus; c++)
			counts[keys[i]] += stats[i * cpus + c].packets;
	}
}

struct outcome outer_run(struct outer *o, const void *packet, size_t len)
{
	static uint8_t out[PKT_MAX + 256];
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet, .data_size_in = len,
		    .data_out = out, .data_size_out = sizeof(out), .repeat = 1);
	struct xdp_md ctx = { .data_end = len, .ingress_ifindex = o->ifindex };
	struct outcome r = {};
	uint64_t now[XI_R_MAX];
	int err, i;

	if (o->ifindex) {
		opts.ctx_in = &ctx;
		opts.ctx_size_in = sizeof(ctx);
	}
	err = bpf_prog_test_run_opts(o->prog, &opts);
	o->runs += !err;
	r.verdict = err ? err : (int)opts.retval;
	r.changed = opts.data_size_out != len || memcmp(out, packet, len) != 0;
	counts_read(o, now);
	for (i = 0; i < XI_R_MAX; i++) {
		r.n_counted += now[i] - o->counts[i];
		if (now[i] != o->counts[i])
			r.reason = i;
		o->counts[i] = now[i];
	}
	return r;
}

struct outcome outer_run_text(struct outer *o, const char *text)
{
	static struct pkt_buf b;
	const char *bad;

	if (pkt_build(&b, text, &bad)) {
		fprintf(stderr, "packet \"%s\": what is \"%s\"?\n", text, bad);
		exit(1);
	}
	return outer_run(o, b.data, b.len);
}

struct bpf_maps outer_flow_maps(const struct outer *o)
{
	struct bpf_maps m = BPF_MAPS_NONE;

	m.flow_set = o->flow_set;
	m.flow_group = o->flow_group;
	m.flow = o->flow;
	return m;
}

void outer_flows(struct outer *o, const struct plan_flows *flows, size_t n)
{
	struct bpf_maps m = outer_flow_maps(o);
	struct err e = {};

	if (!protect_set(&m, flows, n, NULL, &e))
		return;
	fprintf(stderr, "flows: %s\n", e.text);
	exit(1);
}

void outer_config(struct outer *o, const struct xi_config *cfg)
{
	uint32_t zero = 0;

	bpf_map_update_elem(o->config, &zero, cfg, BPF_ANY);
}

static void addr_of(uint8_t *addr, uint8_t family, unsigned int host)
{
	uint32_t a4 = htonl(PKT_IP4_DST + host);

	memset(addr, 0, 16);
	if (family == AF_INET)
		memcpy(addr, &a4, sizeof(a4));
	else
		pkt_addr6_dst(addr, host);
}

void outer_local(struct outer *o, uint8_t family, unsigned int host)
{
	struct xi_local_key key = { .family = family };
	uint32_t one = 1;

	addr_of(key.addr, family, host);
	bpf_map_update_elem(o->local, &key, &one, BPF_ANY);
}

struct xi_sa_key sa_key(uint8_t family, uint8_t proto, uint32_t spi, unsigned int host)
{
	struct xi_sa_key key = { .spi = htonl(spi), .proto = proto, .family = family };

	addr_of(key.daddr, family, host);
	return key;
}

void outer_sa(struct outer *o, const struct xi_sa_key *key, const struct xi_window *w)
{
	int fresh;
	struct xi_window *slot = xi_slot_add(&o->windows, key, w->size, w->flags, w->cookie, &fresh);

	if (!slot || !fresh) {
		fprintf(stderr, "no slot for an SA, or a second one of its key\n");
		exit(1);
	}
	slot->top = w->top;
	slot->mask = w->mask;
	memcpy(slot->bits, w->bits, sizeof(slot->bits));
	slot->epoch = w->epoch;
}

struct xi_sa_drop *outer_sa_drop(struct outer *o, const struct xi_sa_key *key)
{
	struct xi_window *w = xi_slot_find(&o->windows, key);

	return w ? &w->drop : NULL;
}

struct xi_reason_stat outer_reason(struct outer *o, enum xi_reason reason)
{
	struct xi_reason_stat stats[MAX_CPUS] = {}, sum = {};
	int cpus = libbpf_num_possible_cpus(), c;
	uint32_t key = reason;

	if (cpus > MAX_CPUS || bpf_map_lookup_elem(o->reason, &key, stats))
		return sum;
	for (c = 0; c < cpus; c++) {
		uint64_t packets = sum.packets + stats[c].packets;
		uint64_t bytes = sum.bytes + stats[c].bytes;

		if (stats[c].last_ns >= sum.last_ns)
			sum = stats[c];
		sum.packets = packets;
		sum.bytes = bytes;
	}
	return sum;
}
