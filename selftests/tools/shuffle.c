// SPDX-License-Identifier: Apache-2.0
/*
 * xi-wire shuffle: the same frames as an unreliable wire would deliver them. Every copy of a frame
 * gets a key, the index of the frame behind which it comes out; sorting by key is the wire. A
 * frame displaced by d has key index + d, so it can fall behind at most d later frames.
 */
#include "wire.h"

#include <stdio.h>
#include <stdlib.h>

#include "opt.h"
#include "pcap.h"

struct shuffle {
	const char *in, *out;
	uint64_t seed, loss, dup, dup_lag, reorder, span, exact;
};

/* In order of arrival among equal keys: the frame in its place, displaced ones, duplicates. */
enum copy_kind { COPY_IN_PLACE, COPY_DISPLACED, COPY_DUPLICATE };

struct copy {
	uint64_t key;
	uint64_t index;
	enum copy_kind kind;
};

struct wire {
	struct copy *copies;
	size_t count;
	uint64_t lost, duplicated, displaced;
};

static void options(struct shuffle *s, int argc, char **argv)
{
	struct opt table[] = {
		OPT_STR("-r", OPT_MUST, &s->in),
		OPT_STR("-w", OPT_MUST, &s->out),
		OPT_NUM("--seed", OPT_MAY, &s->seed, 0, UINT64_MAX),
		OPT_NUM("--loss", OPT_MAY, &s->loss, 0, 1000),
		OPT_NUM("--dup", OPT_MAY, &s->dup, 0, 1000),
		OPT_NUM("--dup-lag", OPT_MAY, &s->dup_lag, 1, UINT32_MAX),
		OPT_NUM("--reorder", OPT_MAY, &s->reorder, 0, 1000),
		OPT_NUM("--reorder-span", OPT_MAY, &s->span, 1, UINT32_MAX),
		OPT_NUM("--reorder-exact", OPT_MAY, &s->exact, 1, UINT32_MAX),
		OPT_END
	};

	opts_parse(table, argc, argv);
	if (s->exact && s->reorder)
		usage("shuffle: --reorder and --reorder-exact exclude each other");
}

static int by_key(const void *x, const void *y)
{
	const struct copy *a = x, *b = y;

	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

/* Place of frame i when every block of `span` frames comes out backwards. */
static uint64_t reversed(uint64_t i, uint64_t span, uint64_t total)
{
	uint64_t from = i / span * span;
	uint64_t to = from + span < total ? from + span : total;

	return from + (to - 1 - i);
}

static void add_copy(struct wire *w, uint64_t key, uint64_t index, enum copy_kind kind)
{
	w->copies[w->count++] = (struct copy){ .key = key, .index = index, .kind = kind };
}

static void wire_make(struct wire *w, const struct shuffle *s, uint64_t total)
{
	struct rng rng = { .state = s->seed };

	w->copies = must_alloc(total * 2, sizeof(*w->copies));
	for (uint64_t i = 0; i < total; i++) {
		/* Always five numbers per frame: one option does not change another's frames. */
		bool lost = rng_below(&rng, 1000) < s->loss;
		bool dup = rng_below(&rng, 1000) < s->dup;
		uint64_t lag = 1 + rng_below(&rng, s->dup_lag);
		bool displaced = rng_below(&rng, 1000) < s->reorder;
		uint64_t by = 1 + rng_below(&rng, s->span);
		uint64_t key = s->exact ? reversed(i, s->exact, total) : i + (displaced ? by : 0);

		if (lost) {
			w->lost++;
			continue;
		}
		add_copy(w, key, i, displaced ? COPY_DISPLACED : COPY_IN_PLACE);
		w->displaced += displaced;
		if (dup)
			add_copy(w, key + lag, i, COPY_DUPLICATE);
		w->duplicated += dup;
	}
	qsort(w->copies, w->count, sizeof(*w->copies), by_key);
}

/* How far a first copy comes out behind the newest frame, at worst: what a window must hold. */
static uint64_t wire_max_lag(const struct wire *w)
{
	uint64_t newest = 0, lag = 0;

	for (size_t i = 0; i < w->count; i++) {
		const struct copy *c = &w->copies[i];

		if (c->kind != COPY_DUPLICATE && c->index < newest && newest - c->index > lag)
			lag = newest - c->index;
		if (c->index > newest)
			newest = c->index;
	}
	return lag;
}

int cmd_shuffle(int argc, char **argv)
{
	struct shuffle s = { .dup_lag = 1, .span = 1 };
	struct wire w = { 0 };
	struct pcap_out out;
	struct pcap in;

	options(&s, argc, argv);
	pcap_load(&in, s.in);
	wire_make(&w, &s, in.count);
	pcap_create(&out, s.out);
	for (size_t i = 0; i < w.count; i++) {
		const struct pcap_frame *f = &in.frames[w.copies[i].index];

		pcap_write(&out, f->ns, f->data, f->len);
	}
	pcap_finish(&out);
	printf("in=%zu out=%zu lost=%llu duplicated=%llu displaced=%llu max_lag=%llu\n", in.count,
	       w.count, (unsigned long long)w.lost, (unsigned long long)w.duplicated,
	       (unsigned long long)w.displaced, (unsigned long long)wire_max_lag(&w));
	free(w.copies);
	pcap_unload(&in);
	return 0;
}
