/* SPDX-License-Identifier: Apache-2.0 */
#include "user/ctl/maps.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

/* Elements a call; hash buckets hold few, so one never outgrows it. 256 windows: 272 KB. */
#define BATCH	256

struct bpf_maps maps_of(const struct guard *g)
{
	const struct bpf_maps *m = g->bpf ? bpf_maps(g->bpf) : NULL;

	return m ? *m : BPF_MAPS_NONE;
}

bool maps_lookup(int fd, const void *key, void *value)
{
	return fd >= 0 && !bpf_map_lookup_elem(fd, key, value);
}

bool maps_reason(int fd, enum xi_reason r, struct xi_reason_stat *sum)
{
	int i, ncpu = libbpf_num_possible_cpus();
	struct xi_reason_stat *cpu;
	__u32 key = r;

	memset(sum, 0, sizeof(*sum));
	cpu = ncpu > 0 ? calloc((size_t)ncpu, sizeof(*cpu)) : NULL;	/* 48: a multiple of 8 */
	if (!cpu || !maps_lookup(fd, &key, cpu)) {
		free(cpu);
		return false;
	}
	for (i = 0; i < ncpu; i++) {
		struct xi_reason_stat last = *sum;

		if (cpu[i].last_ns > sum->last_ns)
			last = cpu[i];
		last.packets = sum->packets + cpu[i].packets;
		last.bytes = sum->bytes + cpu[i].bytes;
		*sum = last;
	}
	free(cpu);
	return true;
}

/* Calls each(ctx, key, value) for all elements of a hash, at most max and some. */
static int for_each(int fd, size_t key_size, size_t value_size, size_t max,
		    void (*each)(void *ctx, const void *key, void *value), void *ctx)
{
	LIBBPF_OPTS(bpf_map_batch_opts, opts);
	char *keys = malloc(BATCH * key_size), *values = malloc(BATCH * value_size);
	__u64 place = 0;	/* the kernel's word; 4 bytes for a hash */
	__u32 i, n;
	size_t seen;
	int ret = fd < 0 ? -EBADF : !keys || !values ? -ENOMEM : 0;

	for (seen = 0; !ret && seen < max; seen += n) {
		n = BATCH;
		ret = bpf_map_lookup_batch(fd, seen ? &place : NULL, &place, keys, values, &n,
					   &opts);
		if (ret && ret != -ENOENT)	/* -ENOENT: the last ones */
			break;
		for (i = 0; i < n; i++)
			each(ctx, keys + i * key_size, values + i * value_size);
		if (!n && !ret)
			break;
	}
	free(keys);
	free(values);
	return ret == -ENOENT ? 0 : ret;
}

void maps_count_windows(const struct xi_slots *t, struct maps_window_count *c)
{
	const struct xi_window *w;
	__u32 i;

	memset(c, 0, sizeof(*c));
	for (i = 0; i < windows_slots(t); i++) {
		w = windows_live(t, i);
		c->used += !!w;
		c->started += w && w->epoch;
	}
}

struct top {
	struct maps_source *best;
	size_t		n, max;
	unsigned int	*all;
};

/* Insertion into a short sorted list. */
static void rank_source(void *ctx, const void *key, void *value)
{
	struct top *t = ctx;
	struct maps_source s;
	size_t i;

	++*t->all;
	memcpy(&s.key, key, sizeof(s.key));
	memcpy(&s.value, value, sizeof(s.value));
	if (!s.value.packets)
		return;
	if (t->n < t->max)
		t->n++;
	else if (s.value.packets <= t->best[t->n - 1].value.packets)
		return;
	for (i = t->n - 1; i && t->best[i - 1].value.packets < s.value.packets; i--)
		t->best[i] = t->best[i - 1];
	t->best[i] = s;
}

size_t maps_top_sources(int fd, struct maps_source *top, size_t max, unsigned int *all)
{
	struct top t = { .best = top, .max = max, .all = all };

	*all = 0;
	for_each(fd, sizeof(struct xi_source_key), sizeof(struct xi_source), XI_MAX_SOURCE,
		 rank_source, &t);
	return t.n;
}

/*
 * The programs count while we clear. What a CPU adds between its read and our
 * write is lost, or brings the old sum back: by one packet, or few. The other
 * ways (a pause of the programs, a second set of maps) cost more than that.
 */
int maps_clear_reasons(int fd)
{
	int ret, ncpu = libbpf_num_possible_cpus();
	struct xi_reason_stat *zero;
	__u32 r;

	if (fd < 0 || ncpu <= 0)
		return -EBADF;
	zero = calloc((size_t)ncpu, sizeof(*zero));
	if (!zero)
		return -ENOMEM;
	for (r = 0, ret = 0; r < XI_R_MAX && !ret; r++)
		ret = bpf_map_update_elem(fd, &r, zero, BPF_EXIST);
	free(zero);
	return ret ? ret : XI_R_MAX;
}

struct clear {
	int	fd;
	int	n;
};

/* Here too the buckets stay, lest a flood is let in once more. */
static void clear_source(void *ctx, const void *key, void *value)
{
	struct clear *c = ctx;
	struct xi_source *s = value;

	if (!s->packets)
		return;
	s->packets = 0;
	c->n += !bpf_map_update_elem(c->fd, key, s, BPF_EXIST);
}

/* Only the counters: the bucket is state, and an SA would log anew. */
int maps_clear_sa_drop(const struct xi_slots *t)
{
	struct xi_window *w;
	int n = 0;
	__u32 i;

	for (i = 0; i < windows_slots(t); i++) {
		w = windows_live(t, i);
		if (!w || !w->drop.last_ns)
			continue;
		w->drop.duplicate = w->drop.too_old = w->drop.seq_zero = 0;
		w->drop.last_ns = 0;
		w->drop.last_seq = 0;
		n++;
	}
	return t->base ? n : -EBADF;
}

int maps_clear_sources(int fd)
{
	struct clear c = { .fd = fd };
	int ret = for_each(fd, sizeof(struct xi_source_key), sizeof(struct xi_source),
			   XI_MAX_SOURCE, clear_source, &c);

	return ret ? ret : c.n;
}
