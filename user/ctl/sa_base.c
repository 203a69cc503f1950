// SPDX-License-Identifier: Apache-2.0
#include "user/ctl/sa_base.h"

#include "user/lib/hash.h"

/* As many as one answer looks at (sadb.c). */
#define SA_BASES_MAX	XI_SLOTS_MAX

struct sa_base {
	struct xi_sa_key key;
	uint32_t	look;		/* the clearing that saw it last */
	uint64_t	add_time;
	struct sa_counts was;
};

/* The daemon answers from one thread. */
static struct {
	struct hash	table;
	bool		ready;
	uint32_t	look;
} sa_bases;

static void raw_counts(const struct sa_info *sa, const struct xi_sa_drop *drop,
		       struct sa_counts *out)
{
	*out = (struct sa_counts){
		.packets = sa->packets, .bytes = sa->bytes,
		.integrity = sa->stat_integrity_failed, .replay = sa->stat_replay,
		.replay_window = sa->stat_replay_window,
	};
	if (!drop)
		return;
	out->xdp_duplicate = drop->duplicate;
	out->xdp_too_old = drop->too_old;
	out->xdp_seq_zero = drop->seq_zero;
}

/* `clear crypto counters` sets some of them to 0 in earnest. */
static void take_off(uint64_t *count, uint64_t was)
{
	*count -= *count >= was ? was : 0;
}

void sa_base_counts(const struct sa_info *sa, const struct xi_sa_drop *drop, struct sa_counts *out)
{
	const struct sa_base *b = sa_bases.ready ? hash_find(&sa_bases.table, &sa->key) : NULL;

	raw_counts(sa, drop, out);
	if (!b || b->add_time != sa->add_time || out->packets < b->was.packets)
		return;
	take_off(&out->packets, b->was.packets);
	take_off(&out->bytes, b->was.bytes);
	take_off(&out->integrity, b->was.integrity);
	take_off(&out->replay, b->was.replay);
	take_off(&out->replay_window, b->was.replay_window);
	take_off(&out->xdp_duplicate, b->was.xdp_duplicate);
	take_off(&out->xdp_too_old, b->was.xdp_too_old);
	take_off(&out->xdp_seq_zero, b->was.xdp_seq_zero);
}

bool sa_base_clear(const struct sa_info *sa, const struct xi_sa_drop *drop)
{
	struct sa_base *b;

	if (!sa_bases.ready &&
	    hash_init(&sa_bases.table, sizeof(struct xi_sa_key), sizeof(struct sa_base),
		      SA_BASES_MAX, &env_system))
		return false;
	sa_bases.ready = true;
	b = hash_find(&sa_bases.table, &sa->key);
	if (!b)
		b = hash_add(&sa_bases.table, &sa->key);
	if (!b)
		return false;
	b->look = sa_bases.look;
	b->add_time = sa->add_time;
	raw_counts(sa, drop, &b->was);
	return true;
}

void sa_base_begin(void)
{
	sa_bases.look++;
}

void sa_base_end(void)
{
	struct hash_iter it = {};
	struct sa_base *b;

	while (sa_bases.ready && (b = hash_next(&sa_bases.table, &it)))
		if (b->look != sa_bases.look)
			hash_del(&sa_bases.table, b);
}

void sa_base_fini(void)
{
	if (sa_bases.ready)
		hash_fini(&sa_bases.table);
	sa_bases.ready = false;
}
