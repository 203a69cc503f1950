// SPDX-License-Identifier: Apache-2.0
/*
 * Every event is a reason to look, so events may come late, twice or after a
 * dump that knew already: sa_new adds what is not there, sa_gone asks the kernel
 * before it removes. What a dump misses because it happened during the dump is
 * in the event socket, which is read after it.
 */
#include "user/dataplane/sad.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>

#include "user/lib/hash.h"
#include "user/lib/log.h"

#define SEC_NS		1000000000ULL

/* The bound of the map holds for inbound SAs, and an outbound one stands beside each. */
#define SAD_MAX_SA	XI_SLOTS_MAX

/* An address may stand on several interfaces (VRRP, unnumbered links). */
#define SAD_MAX_LOCAL_IF (4 * XI_MAX_LOCAL)

/* A full map is looked at again now and then; a dump each second would help nobody. */
#define SAD_FULL_RETRY_NS (10 * SEC_NS)

/* Dumps because a marked SA went: at most one in this time (gone()). */
#define SAD_MARKED_NS	(5 * SEC_NS)

#define SAD_LOG_NS	(60 * SEC_NS)

/* One SPI, protocol and destination: one SA, or several that differ in their mark. */
struct sa {
	struct xi_sa_key key;		/* of the table */
	uint32_t conn_id;
	uint32_t look;			/* the dump that saw it last */
	uint32_t size;			/* of its window in xi_window */
	bool	 esn, shared, inbound;
};

struct local {
	struct xi_local_key key;	/* of the table */
	int	 ifindex;		/* one of the interfaces that have it */
	uint32_t count;			/* interfaces */
};

struct local_if_key {
	struct xi_local_key addr;
	int	 ifindex;
};

struct sad {
	struct xfrm_nl *nl;
	const struct bpf_maps *maps;
	const struct env *env;
	struct hash sas;		/* struct sa */
	struct hash locals;		/* struct local */
	struct hash local_ifs;		/* struct local_if_key, nothing else */
	uint32_t last_id;
	uint32_t look;
	bool	 must_sync;		/* now */
	uint64_t due_ns;		/* then; 0: no such need */
	struct sad_stats stats;		/* inbound and outbound are counted when asked for */
	struct log_limit full_limit, local_limit;
	struct sad_watch watch;
};

void sad_watch(struct sad *s, const struct sad_watch *w)
{
	s->watch = *w;
}

struct sad *sad_new(struct xfrm_nl *nl, const struct bpf_maps *maps, const struct env *env)
{
	struct sad *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->nl = nl;
	s->maps = maps;
	s->env = env;
	s->must_sync = true;
	if (hash_init(&s->sas, sizeof(struct xi_sa_key), sizeof(struct sa), SAD_MAX_SA, env) ||
	    hash_init(&s->locals, sizeof(struct xi_local_key), sizeof(struct local), XI_MAX_LOCAL,
		      env) ||
	    hash_init(&s->local_ifs, sizeof(struct local_if_key), sizeof(struct local_if_key),
		      SAD_MAX_LOCAL_IF, env)) {
		sad_free(s);
		return NULL;
	}
	return s;
}

void sad_free(struct sad *s)
{
	if (!s)
		return;
	hash_fini(&s->sas);
	hash_fini(&s->locals);
	hash_fini(&s->local_ifs);
	free(s);
}

/* IPComp and the SAs inside its bundles have no window; SPI 0 is a question to a key manager. */
static bool is_ipsec(const struct xi_sa_key *key)
{
	return key->spi && (key->proto == IPPROTO_ESP || key->proto == IPPROTO_AH);
}

static struct local *local_find(const struct sad *s, uint8_t family, const uint8_t bytes[16])
{
	struct xi_local_key key = { .family = family };

	memcpy(key.addr, bytes, sizeof(key.addr));
	return hash_find(&s->locals, &key);
}

bool sad_is_inbound(const struct sad *s, const struct sa_info *sa)
{
	if (sa->dir != SA_DIR_UNKNOWN)
		return sa->dir == SA_DIR_IN;
	return local_find(s, sa->key.family, sa->key.daddr);
}

/*
 * xi_config is one value, so writing `incomplete` writes it all. Only then does
 * anything get lost that BPF wrote in between: `event_all_tat` may fall back by
 * a few tokens (some events more than the limit), and an `incomplete` that
 * xi_mirror sets while we clear it comes again with that SA's event or its next
 * packet. So nothing is written unless it changes.
 */
static void set_incomplete(const struct sad *s, uint32_t incomplete)
{
	struct xi_config config;
	uint32_t zero = 0;

	if (s->maps->config < 0 || bpf_map_lookup_elem(s->maps->config, &zero, &config) ||
	    config.incomplete == incomplete)
		return;
	config.incomplete = incomplete;
	(void)bpf_map_update_elem(s->maps->config, &zero, &config, BPF_EXIST);
}

static bool is_incomplete(const struct sad *s)
{
	struct xi_config config;
	uint32_t zero = 0;

	if (s->maps->config < 0 || bpf_map_lookup_elem(s->maps->config, &zero, &config))
		return s->stats.map_full != 0;
	return config.incomplete;
}

/* Its packets pass unchecked, and no SPI is dropped for being unknown until all have a place. */
static void no_place(struct sad *s, const struct xi_sa_key *key, int err)
{
	struct addr daddr = addr_make(key->family, key->daddr);
	char text[ADDR_STR_MAX];

	s->stats.map_full++;
	s->due_ns = env_mono_ns(s->env) + SAD_FULL_RETRY_NS;
	set_incomplete(s, 1);
	log_limited(&s->full_limit, SAD_LOG_NS, "XIPSEC", SEV_WARNING, "MAP_FULL",
		    "no place for an SA, its replays are left to the kernel (see --max-sa): destaddr=%s, prot=%u, spi=0x%X: %s",
		    addr_str(&daddr, text), key->proto, ntohl(key->spi), strerror(-err));
}

/* Makes an inbound SA known to xi_outer. What is in a slot that is there is BPF's (I1). */
static void window_add(struct sad *s, const struct sa *sa)
{
	__u32 flags = (sa->esn ? XI_WIN_ESN : 0) | (sa->shared ? XI_WIN_SHARED : 0);
	struct xi_window *w;
	int fresh;

	if (!sa->inbound || !s->maps->windows.base)
		return;
	w = xi_slot_add(&s->maps->windows, &sa->key, sa->size, flags, 0, &fresh);
	if (!w)
		no_place(s, &sa->key, -E2BIG);
	else if (sa->shared)	/* from now on: nobody judges by it any more */
		__sync_fetch_and_or(&w->flags, XI_WIN_SHARED);
}

/*
 * Deletes what the maps have of an SA if the kernel says that it is gone, on the
 * line before. Should it have got an SA with this key since, then that SA's
 * cookie is another one and its slot stays; or it has none yet, and xi_mirror
 * makes the slot anew with its first packet: a wrong delete costs a few packets
 * that pass unchecked. On kernels with the
 * mirror, xi_sa_delete has done all this already.
 *
 * 0: the kernel has the SA, *now; -ESRCH: it is gone; else there was no answer.
 */
static int window_del_if_gone(struct sad *s, const struct xi_sa_key *key, struct sa_info *now)
{
	const struct xi_window *w = xi_slot_find(&s->maps->windows, key);
	__u64 cookie = w ? XI_READ_ONCE(w->cookie) : 0;
	int err = xfrm_nl_get_sa(s->nl, key, now, NULL);

	if (err != -ESRCH)
		return err;
	xi_slot_del(&s->maps->windows, key, cookie);
	return err;
}

/* Packet offload: the NIC keeps the window, and xfrm_replay_advance() is not called. */
static uint32_t window_size(const struct sa_info *info)
{
	return info->offload_packet || info->replay_window > XI_WINDOW_MAX ? 0 :
									      info->replay_window;
}

/* The SA as the kernel tells it now. NULL: not one for us, or no room. */
static struct sa *learn(struct sad *s, const struct sa_info *info)
{
	struct sa *sa;
	bool is_new;

	if (!is_ipsec(&info->key))
		return NULL;
	sa = hash_find(&s->sas, &info->key);
	is_new = !sa;
	if (is_new) {
		sa = hash_add(&s->sas, &info->key);
		if (!sa) {
			no_place(s, &info->key, -E2BIG);
			return NULL;
		}
		sa->conn_id = ++s->last_id;
	}
	sa->inbound = sad_is_inbound(s, info);
	sa->size = window_size(info);
	sa->esn = info->esn;
	if (info->mark_mask)
		sa->shared = true;
	if (s->watch.sa)
		s->watch.sa(s->watch.ctx, info, is_new);
	return sa;
}

static void forget(struct sad *s, struct sa *sa)
{
	if (s->watch.gone)
		s->watch.gone(s->watch.ctx, &sa->key);
	hash_del(&s->sas, sa);
}

static int dumped(void *ctx, const struct sa_info *info)
{
	struct sad *s = ctx;
	struct sa *sa = hash_find(&s->sas, &info->key);
	bool seen = sa && sa->look == s->look;

	/* Marks come and go; each dump counts anew. */
	if (sa && !seen)
		sa->shared = false;
	sa = learn(s, info);
	if (!sa)
		return 0;
	sa->shared |= seen;
	sa->look = s->look;
	return 0;
}

static void added(void *ctx, const struct sa_info *info)
{
	struct sad *s = ctx;
	struct sa *sa = learn(s, info);

	if (sa)
		window_add(s, sa);
}

static void gone(void *ctx, const struct xi_sa_key *key)
{
	struct sad *s = ctx;
	struct sa *sa = hash_find(&s->sas, key);
	struct sa_info now;
	bool inbound = !sa || sa->inbound;
	int err;

	if (!is_ipsec(key))
		return;
	/* GETSA has no mark and misses the others of this key (xfrm_state_lookup()). */
	if (sa && sa->shared) {
		if (!s->due_ns)
			s->due_ns = env_mono_ns(s->env) + SAD_MARKED_NS;
		return;
	}
	if (sa)
		forget(s, sa);
	if (!inbound || !s->maps->windows.base)
		return;
	err = window_del_if_gone(s, key, &now);
	if (!err)	/* the SPI serves a new SA already: another connection than the old one */
		added(s, &now);
	else if (err != -ESRCH)
		s->must_sync = true;
}

static void flushed(void *ctx)
{
	struct sad *s = ctx;

	s->must_sync = true;
}

static void forget_unseen(struct sad *s)
{
	struct hash_iter it = {};
	struct sa *sa;

	while ((sa = hash_next(&s->sas, &it)))
		if (sa->look != s->look)
			forget(s, sa);
}

static void place_all(struct sad *s)
{
	struct hash_iter it = {};
	struct sa *sa;

	while ((sa = hash_next(&s->sas, &it)))
		window_add(s, sa);
}

/*
 * Keys of a map that a table of ours does not have. They are collected before
 * any is deleted, for bpf_map_get_next_key() after a deleted key begins again;
 * BPF deletes too, so there is a bound, and what is missed waits for the next
 * time. Returns their number; *keys is the caller's to free.
 */
static size_t stale_keys(int fd, const struct hash *known, size_t key_size, size_t max,
			 uint8_t **keys)
{
	uint8_t at[sizeof(struct xi_local_key)], next[sizeof(at)];
	const void *from = NULL;
	size_t n = 0, room = 0, i;
	uint8_t *more;

	*keys = NULL;
	for (i = 0; i < 2 * max && bpf_map_get_next_key(fd, from, next) == 0; i++) {
		memcpy(at, next, key_size);
		from = at;
		if (hash_find(known, at))
			continue;
		if (n == room) {
			room = room ? 2 * room : 64;
			more = realloc(*keys, room * key_size);
			if (!more)
				break;
			*keys = more;
		}
		memcpy(*keys + n++ * key_size, at, key_size);
	}
	return n;
}

static void sweep_sas(struct sad *s)
{
	const struct xi_slots *t = &s->maps->windows;
	struct xi_sa_key key;
	struct xi_window *w;
	struct sa_info now;
	__u32 i;

	for (i = 0; i < windows_slots(t); i++) {
		w = windows_live(t, i);
		if (!w)
			continue;
		key = w->key;
		if (!hash_find(&s->sas, &key) && window_del_if_gone(s, &key, &now) == -ESRCH)
			s->stats.swept++;
	}
}

/* Addresses that an earlier daemon left in the pinned map. */
static void sweep_locals(struct sad *s)
{
	size_t n, i;
	uint8_t *keys;

	if (s->maps->local < 0)
		return;
	n = stale_keys(s->maps->local, &s->locals, sizeof(struct xi_local_key), XI_MAX_LOCAL,
		       &keys);
	for (i = 0; i < n; i++)
		(void)bpf_map_delete_elem(s->maps->local, keys + i * sizeof(struct xi_local_key));
	free(keys);
}

int sad_sync(struct sad *s, struct err *e)
{
	int err;

	s->look++;
	s->stats.dumps++;
	s->stats.map_full = 0;
	s->due_ns = 0;
	s->must_sync = true;
	err = xfrm_nl_dump_sa(s->nl, dumped, s, e);
	if (err)	/* half a look sweeps nothing; the next tick tries again */
		return err;
	s->must_sync = false;
	forget_unseen(s);
	/* What is stale makes room for what is new. */
	sweep_locals(s);
	sweep_sas(s);
	place_all(s);
	if (!s->stats.map_full)
		set_incomplete(s, 0);
	return 0;
}

int sad_read(struct sad *s, struct err *e)
{
	const struct xfrm_nl_events ev = { .sa_new = added, .sa_gone = gone, .flushed = flushed,
					   .ctx = s };
	int err = xfrm_nl_read(s->nl, &ev);

	if (err == -ENOBUFS) {
		s->stats.lost++;
		s->must_sync = true;
	} else if (err) {
		return err_set(e, err, "XFRM events: %s", strerror(-err));
	}
	return s->must_sync ? sad_sync(s, e) : 0;
}

bool sad_wants_sync(const struct sad *s)
{
	if (s->must_sync)
		return true;
	if (s->due_ns)
		return env_mono_ns(s->env) >= s->due_ns;
	return is_incomplete(s);	/* xi_mirror may have set it */
}

void sad_ask_sync(struct sad *s)
{
	s->must_sync = true;
}

static struct xi_local_key local_key(const struct addr *a)
{
	struct xi_local_key key = { .family = a->family };

	memcpy(key.addr, a->b, sizeof(key.addr));
	return key;
}

static void local_map_add(struct sad *s, const struct xi_local_key *key, int ifindex)
{
	uint32_t value = (uint32_t)ifindex;
	int err;

	if (s->maps->local < 0)
		return;
	err = bpf_map_update_elem(s->maps->local, key, &value, BPF_ANY);
	if (err)
		log_limited(&s->local_limit, SAD_LOG_NS, "XIPSEC", SEV_WARNING, "LOCAL_FULL",
			    "no place for an address of ours, IPsec to it counts as transit: %s",
			    strerror(-err));
}

void sad_addr_add(struct sad *s, const struct addr *a, int ifindex)
{
	struct local_if_key on = { .addr = local_key(a), .ifindex = ifindex };
	struct local *l = hash_find(&s->locals, &on.addr);

	/* The kernel tells an address again when its lifetime or a flag changes. */
	if (hash_find(&s->local_ifs, &on))
		return;
	if (!l)
		l = hash_add(&s->locals, &on.addr);
	if (!l || !hash_add(&s->local_ifs, &on)) {
		log_limited(&s->local_limit, SAD_LOG_NS, "XIPSEC", SEV_WARNING, "LOCAL_FULL",
			    "more than %d addresses, IPsec to the others counts as transit",
			    XI_MAX_LOCAL);
		if (l && !l->count)
			hash_del(&s->locals, l);
		return;
	}
	if (l->count++)
		return;
	l->ifindex = ifindex;
	local_map_add(s, &on.addr, ifindex);
	s->must_sync = true;
}

/* Another interface that has the address. */
static int local_other_if(const struct sad *s, const struct xi_local_key *addr)
{
	struct hash_iter it = {};
	const struct local_if_key *on;

	while ((on = hash_next(&s->local_ifs, &it)))
		if (!memcmp(&on->addr, addr, sizeof(*addr)))
			return on->ifindex;
	return 0;
}

void sad_addr_del(struct sad *s, const struct addr *a, int ifindex)
{
	struct local_if_key key = { .addr = local_key(a), .ifindex = ifindex };
	struct local_if_key *on = hash_find(&s->local_ifs, &key);
	struct local *l = hash_find(&s->locals, &key.addr);

	if (!on || !l)
		return;
	hash_del(&s->local_ifs, on);
	if (--l->count) {
		if (l->ifindex == ifindex)
			l->ifindex = local_other_if(s, &key.addr);
		return;
	}
	hash_del(&s->locals, l);
	if (s->maps->local >= 0)
		(void)bpf_map_delete_elem(s->maps->local, &key.addr);
	s->must_sync = true;
}

int sad_addr_ifindex(const struct sad *s, const struct addr *a)
{
	const struct local *l = local_find(s, a->family, a->b);

	return l ? l->ifindex : 0;
}

uint32_t sad_conn_id(const struct sad *s, const struct xi_sa_key *key)
{
	const struct sa *sa = hash_find(&s->sas, key);

	return sa ? sa->conn_id : 0;
}

void sad_stats(const struct sad *s, struct sad_stats *out)
{
	struct hash_iter it = {};
	const struct sa *sa;

	*out = s->stats;
	while ((sa = hash_next(&s->sas, &it))) {
		if (sa->inbound)
			out->inbound++;
		else
			out->outbound++;
	}
}
