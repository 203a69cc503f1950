// SPDX-License-Identifier: Apache-2.0
/*
 * The table of slots (slots.h): what is found, added and deleted, when places
 * run out, and what holds when others act in between: at each step of one, the
 * other runs from beginning to end.
 *
 * XI_SEED sets the random part.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <xipsec/types.h>

struct xi_window;
static void step(void);
static void reader_moves(void);

#define XI_SLOT_STEP(w)		step()
#define XI_WINDOW_STEP(w)	do { } while (0)
#undef XI_READ_ONCE
#define XI_READ_ONCE(x)							\
	(*({								\
		reader_moves();						\
		(const volatile __typeof__(x) *)&(x);			\
	}))

#include <xipsec/maps.h>

#define N_SLOTS		64

static struct xi_window slots[N_SLOTS];

struct xi_slots {
	__u32	mask;
};

static inline struct xi_window *xi_slot_at(const struct xi_slots *t, __u32 i)
{
	assert_in_range(i, 0, t->mask);
	return &slots[i];
}

#include <xipsec/slots.h>

static const struct xi_slots table = { .mask = N_SLOTS - 1 };

/* --- others who act in between ----------------------------------------------------------- */

/* Called once, at the step (or the read) with this number. */
static void (*meanwhile)(void);
static unsigned int meanwhile_at, n_steps, n_reads;

static void now_others(unsigned int *n)
{
	void (*f)(void) = meanwhile;

	if (!f || (*n)++ != meanwhile_at)
		return;
	meanwhile = NULL;
	f();
}

static void step(void)
{
	now_others(&n_steps);
}

static int is_reader;

static void reader_moves(void)
{
	if (is_reader)
		now_others(&n_reads);
}

static void arm(void (*f)(void), unsigned int at)
{
	meanwhile = f;
	meanwhile_at = at;
	n_steps = n_reads = 0;
}

/* --- keys ------------------------------------------------------------------------------------ */

static int reset(void **state)
{
	(void)state;
	memset(slots, 0, sizeof(slots));
	meanwhile = NULL;
	is_reader = 0;
	return 0;
}

static struct xi_sa_key key_of(uint32_t spi)
{
	struct xi_sa_key key = { .daddr = { 192, 0, 2, 1 }, .spi = spi, .proto = 50, .family = 2 };

	return key;
}

/* The n-th SPI whose search begins at this slot. */
static struct xi_sa_key key_at(uint32_t home, unsigned int n)
{
	uint32_t spi = 0;

	do
		spi++;
	while ((xi_slot_home(spi) & table.mask) != home || n--);
	return key_of(spi);
}

static struct xi_window *add(const struct xi_sa_key *key, uint64_t cookie)
{
	int fresh;

	return xi_slot_add(&table, key, 64, 0, cookie, &fresh);
}

static unsigned int count(const struct xi_sa_key *key, enum xi_slot_state state)
{
	unsigned int i, n = 0;

	for (i = 0; i < N_SLOTS; i++)
		n += slots[i].state == state && xi_key_equal(&slots[i].key, key);
	return n;
}

/* --- one at a time ----------------------------------------------------------------------------- */

static void test_slots_find_add_delete(void **state)
{
	struct xi_sa_key a = key_of(0x1000), b = key_of(0x1001);
	struct xi_window *w;
	int fresh;

	(void)state;
	assert_null(xi_slot_find(&table, &a));
	w = xi_slot_add(&table, &a, 64, XI_WIN_ESN, 7, &fresh);
	assert_non_null(w);
	assert_true(fresh);
	assert_int_equal(w->state, XI_SLOT_LIVE);
	assert_int_equal(w->size, 64);
	assert_int_equal(w->flags, XI_WIN_ESN);
	assert_int_equal(w->cookie, 7);
	assert_int_equal(w->epoch, 0);
	assert_ptr_equal(xi_slot_find(&table, &a), w);
	assert_null(xi_slot_find(&table, &b));
	/* Again: what is there stays as it is. */
	assert_ptr_equal(xi_slot_add(&table, &a, 128, 0, 8, &fresh), w);
	assert_false(fresh);
	assert_int_equal(w->size, 64);
	assert_int_equal(w->cookie, 7);
	xi_slot_del(&table, &b, 0);
	xi_slot_del(&table, &a, 7);
	assert_null(xi_slot_find(&table, &a));
	assert_int_equal(w->state, XI_SLOT_DEAD);
	assert_int_equal(w->cookie, 0);
	xi_slot_del(&table, &a, 7);
}

/* Each part of the key counts. */
static void test_slots_keys_differ(void **state)
{
	struct xi_sa_key a = key_of(0x1000), others[5];
	size_t i, k;

	(void)state;
	for (i = 0; i < 5; i++)
		others[i] = a;
	others[0].daddr[0] ^= 1;
	others[1].daddr[15] ^= 1;
	others[2].spi ^= 1;
	others[3].proto = 51;
	others[4].family = 10;
	add(&a, 1);
	for (i = 0; i < 5; i++) {
		assert_null(xi_slot_find(&table, &others[i]));
		assert_non_null(add(&others[i], 2 + i));
	}
	for (i = 0; i < 5; i++) {
		xi_slot_del(&table, &others[i], 2 + i);
		for (k = 0; k < 5; k++)
			assert_int_equal(!xi_slot_find(&table, &others[k]), k <= i);
		assert_non_null(xi_slot_find(&table, &a));
	}
}

/* Eight SAs with one home, over the end of the array; the ninth has no place. */
static void test_slots_collide(void **state)
{
	struct xi_sa_key key[XI_PROBES + 1];
	struct xi_window *w[XI_PROBES];
	unsigned int i;

	(void)state;
	for (i = 0; i <= XI_PROBES; i++)
		key[i] = key_at(N_SLOTS - 3, i);
	for (i = 0; i < XI_PROBES; i++) {
		w[i] = add(&key[i], 1 + i);
		assert_ptr_equal(w[i], &slots[(N_SLOTS - 3 + i) % N_SLOTS]);
	}
	assert_null(add(&key[XI_PROBES], 99));
	for (i = 0; i < XI_PROBES; i++) {
		assert_ptr_equal(xi_slot_find(&table, &key[i]), w[i]);
		assert_ptr_equal(xi_slot_find_cookie(&table, key[i].spi, 1 + i), w[i]);
	}
	/* One goes: those behind it are still found, and its place is taken again. */
	xi_slot_del(&table, &key[2], 3);
	assert_ptr_equal(xi_slot_find(&table, &key[7]), w[7]);
	assert_ptr_equal(xi_slot_find_cookie(&table, key[7].spi, 8), w[7]);
	assert_ptr_equal(add(&key[XI_PROBES], 99), w[2]);
	assert_ptr_equal(xi_slot_find(&table, &key[XI_PROBES]), w[2]);
	assert_null(add(&key[2], 3));
}

/* A search goes on behind DEAD and BUSY, and ends at EMPTY. */
static void test_slots_where_a_search_ends(void **state)
{
	static const enum xi_slot_state before[] = { XI_SLOT_DEAD, XI_SLOT_BUSY, XI_SLOT_LIVE,
						     XI_SLOT_EMPTY };
	struct xi_sa_key key = key_at(5, 0);
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++) {
		reset(NULL);
		slots[5].state = XI_SLOT_LIVE;
		assert_ptr_equal(add(&key, 7), &slots[6]);
		slots[5].state = before[i];
		if (before[i] == XI_SLOT_EMPTY) {
			assert_null(xi_slot_find(&table, &key));
			assert_null(xi_slot_find_cookie(&table, key.spi, 7));
		} else {
			assert_ptr_equal(xi_slot_find(&table, &key), &slots[6]);
			assert_ptr_equal(xi_slot_find_cookie(&table, key.spi, 7), &slots[6]);
		}
	}
}

/* Nothing of the last SA is left for the next. */
static void test_slots_reused(void **state)
{
	static const struct xi_sa_drop none;
	struct xi_sa_key a = key_at(5, 0), b = key_at(5, 1);
	struct xi_window *w = add(&a, 7);

	(void)state;
	__sync_fetch_and_or(&w->flags, XI_WIN_SHARED);
	xi_window_start(w, 1, 1000, 64, XI_WIN_ESN);
	memset(&w->drop, 0x5a, sizeof(w->drop));
	w->drop.pad = 0;
	xi_slot_del(&table, &a, 7);
	assert_ptr_equal(add(&b, 0), w);
	assert_int_equal(w->flags, 0);
	assert_int_equal(w->cookie, 0);
	assert_memory_equal(&w->drop, &none, sizeof(none));
	assert_int_equal(xi_window_judge(w, &b, 5), XI_WIN_UNSTARTED);
}

static void test_slots_delete_by_cookie(void **state)
{
	struct xi_sa_key a = key_of(0x1000);
	struct xi_window *w = add(&a, 7);

	(void)state;
	xi_slot_del(&table, &a, 8);
	assert_ptr_equal(xi_slot_find(&table, &a), w);
	assert_int_equal(w->cookie, 7);
	xi_slot_del(&table, &a, 0);	/* who knows of no cookie */
	assert_ptr_equal(xi_slot_find(&table, &a), w);
	assert_ptr_equal(xi_slot_find_cookie(&table, a.spi, 7), w);
	xi_slot_del(&table, &a, 7);
	assert_null(xi_slot_find(&table, &a));
	/* A slot without one, the daemon's, goes with whoever asks. */
	add(&a, 0);
	xi_slot_del(&table, &a, 9);
	assert_null(xi_slot_find(&table, &a));
	add(&a, 0);
	xi_slot_del(&table, &a, 0);
	assert_null(xi_slot_find(&table, &a));
}

/* --- two at once ---------------------------------------------------------------------------------- */

static struct xi_sa_key shared_key;
static struct xi_window *theirs;

static void they_add(void)
{
	theirs = add(&shared_key, 2);
}

static void neighbour_goes(void)
{
	struct xi_sa_key key = key_at(5, 1);

	xi_slot_del(&table, &key, 9);
}

static void neighbour_goes_and_they_add(void)
{
	neighbour_goes();
	they_add();
}

/* Ours may be NULL when they came each time; then it is there, and the next one finds it. */
static void one_is_left(struct xi_window *ours, const char *what, unsigned int at)
{
	struct xi_window *w = xi_slot_find(&table, &shared_key);

	if (count(&shared_key, XI_SLOT_LIVE) != 1 || count(&shared_key, XI_SLOT_BUSY))
		fail_msg("%s, step %u: %u live, %u busy", what, at,
			 count(&shared_key, XI_SLOT_LIVE), count(&shared_key, XI_SLOT_BUSY));
	assert_non_null(w);
	assert_ptr_equal(ours, w);
	if (theirs)
		assert_ptr_equal(theirs, w);
	xi_slot_del(&table, &shared_key, w->cookie);
	assert_int_equal(count(&shared_key, XI_SLOT_LIVE), 0);
	assert_int_equal(count(&shared_key, XI_SLOT_BUSY), 0);
}

static void add_with(void (*others)(void), const char *what)
{
	struct xi_sa_key neighbour = key_at(5, 1);
	struct xi_window *ours;
	unsigned int at = 0, n = 0;

	shared_key = key_at(5, 0);
	for (at = 0; at < 40; at++) {
		reset(NULL);
		add(&neighbour, 9);	/* at home: when it goes, a nearer place is free */
		theirs = NULL;
		arm(others, at);
		ours = add(&shared_key, 1);
		if (meanwhile)
			break;
		n++;
		one_is_left(ours, what, at);
	}
	assert_in_range(n, 4, 39);
}

/* Another one adds the same key, at each step of ours. */
static void test_slots_added_twice_at_once(void **state)
{
	(void)state;
	add_with(they_add, "added");
	add_with(neighbour_goes_and_they_add, "a nearer place, and added");
	add_with(neighbour_goes, "a nearer place");
}

static void nobody_finds(void)
{
	assert_null(xi_slot_find(&table, &shared_key));
}

/*
 * They wrote their key and stopped there, before they looked: we must not take
 * our slot live, not for a moment. So with theirs before us and behind us.
 */
static void test_slots_give_way_to_a_rival(void **state)
{
	unsigned int place;

	(void)state;
	shared_key = key_at(5, 0);
	for (place = 5; place <= 7; place++) {
		reset(NULL);
		slots[place].state = XI_SLOT_BUSY;
		slots[place].key = shared_key;
		if (place == 7)		/* behind one whose place became free since */
			slots[6].state = XI_SLOT_LIVE;
		if (place > 5)
			slots[5].state = XI_SLOT_DEAD;
		arm(nobody_finds, 1);
		assert_null(add(&shared_key, 1));
		assert_null(meanwhile);
		assert_int_equal(count(&shared_key, XI_SLOT_LIVE), 0);
		slots[place].state = XI_SLOT_LIVE;
		assert_ptr_equal(add(&shared_key, 1), &slots[place]);
		assert_int_equal(count(&shared_key, XI_SLOT_LIVE), 1);
	}
}

static struct xi_sa_key next_key;

static void they_delete(void)
{
	xi_slot_del(&table, &shared_key, 1);
}

static void they_delete_and_reuse(void)
{
	xi_slot_del(&table, &shared_key, 1);
	theirs = add(&next_key, 3);
}

/* The kernel's SA ends, and its slot serves the next, at each step of the daemon's deletion. */
static void test_slots_deleted_twice_at_once(void **state)
{
	unsigned int at, n = 0;
	uint64_t cookie;

	(void)state;
	shared_key = key_at(5, 0);
	next_key = key_at(5, 1);
	for (cookie = 0; cookie < 2; cookie++) {
		for (at = 0; at < 10; at++) {
			reset(NULL);
			theirs = NULL;
			add(&shared_key, cookie);
			arm(at & 1 ? they_delete : they_delete_and_reuse, at / 2);
			xi_slot_del(&table, &shared_key, cookie);
			if (meanwhile)
				break;
			n++;
			assert_int_equal(count(&shared_key, XI_SLOT_LIVE), 0);
			if (theirs) {
				assert_ptr_equal(xi_slot_find(&table, &next_key), theirs);
				assert_int_equal(theirs->cookie, 3);
			}
		}
	}
	assert_true(n >= 4);
}

/* They hold the slot, look at it and put it back; meanwhile its SA ends, by cookie. */
static void test_slots_deleted_while_held(void **state)
{
	struct xi_window *w;

	(void)state;
	shared_key = key_at(5, 0);
	w = add(&shared_key, 1);
	xi_window_start(w, 1, 1000, 64, 0);
	arm(they_delete, 0);
	xi_slot_del(&table, &shared_key, 0);	/* the daemon, who knew it without a cookie */
	assert_null(meanwhile);
	/* Its window is gone, and no state of the kernel can take it for its own. */
	assert_null(xi_slot_find_cookie(&table, shared_key.spi, 1));
	w = xi_slot_find(&table, &shared_key);
	assert_true(!w || xi_window_judge(w, &shared_key, 5) == XI_WIN_UNSTARTED);
}

static void daemon_deletes(void)
{
	xi_slot_del(&table, &shared_key, 0);
}

static int owned;

static void they_own(void)
{
	struct xi_window *w = xi_slot_find(&table, &shared_key);

	owned = xi_slot_own(w ? w : &slots[5], &shared_key, 0, 1);
}

/* xi_mirror takes a slot of the daemon's that the daemon is about to delete: one of them has it. */
static void test_slots_owned_or_deleted(void **state)
{
	struct xi_window *w;

	(void)state;
	shared_key = key_at(5, 0);
	w = add(&shared_key, 0);
	arm(daemon_deletes, 0);
	owned = xi_slot_own(w, &shared_key, 0, 1);
	assert_null(meanwhile);
	assert_int_equal(owned, xi_slot_find_cookie(&table, shared_key.spi, 1) == w);
	assert_true(owned);

	reset(NULL);
	w = add(&shared_key, 0);
	arm(they_own, 0);
	xi_slot_del(&table, &shared_key, 0);
	assert_null(meanwhile);
	assert_false(owned);
	assert_null(xi_slot_find_cookie(&table, shared_key.spi, 1));
	/* And who comes too late gets nothing, whoever has the slot by then. */
	next_key = key_at(5, 1);
	add(&next_key, 0);
	assert_false(xi_slot_own(w, &shared_key, 0, 1));
	assert_int_equal(w->cookie, 0);
	assert_false(xi_slot_own(w, &next_key, 4, 1));
	assert_true(xi_slot_own(w, &next_key, 0, 1));
}

/* --- and on several CPUs -------------------------------------------------------------------------- */

#define N_THREADS	3
#define ROUNDS		3000

static pthread_barrier_t gate;

/* Odd rounds add, even ones delete what was added: each thread all keys of the round. */
static void *adder(void *cookie)
{
	struct xi_sa_key keys[2] = { key_at(5, 0), key_at(5, 1) };
	unsigned int round, i;

	for (round = 0; round < ROUNDS; round++) {
		pthread_barrier_wait(&gate);
		for (i = 0; i < 2; i++)
			add(&keys[i], 0);
		pthread_barrier_wait(&gate);	/* main looks */
		pthread_barrier_wait(&gate);
		for (i = 0; i < 2; i++)
			xi_slot_del(&table, &keys[i], (uintptr_t)cookie);
		pthread_barrier_wait(&gate);	/* and looks */
	}
	return NULL;
}

static void test_slots_on_several_cpus(void **state)
{
	struct xi_sa_key keys[2] = { key_at(5, 0), key_at(5, 1) };
	pthread_t threads[N_THREADS];
	unsigned int round, i, live = 0;

	(void)state;
	pthread_barrier_init(&gate, NULL, N_THREADS + 1);
	for (i = 0; i < N_THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, adder,
						(void *)(uintptr_t)i), 0);
	for (round = 0; round < ROUNDS; round++) {
		pthread_barrier_wait(&gate);
		pthread_barrier_wait(&gate);
		for (i = 0; i < 2; i++) {
			assert_in_range(count(&keys[i], XI_SLOT_LIVE), 0, 1);
			live += count(&keys[i], XI_SLOT_LIVE);
		}
		pthread_barrier_wait(&gate);
		pthread_barrier_wait(&gate);
		for (i = 0; i < N_SLOTS; i++)
			assert_true(slots[i].state == XI_SLOT_EMPTY ||
				    slots[i].state == XI_SLOT_DEAD);
	}
	for (i = 0; i < N_THREADS; i++)
		pthread_join(threads[i], NULL);
	printf("# %u of %u added\n", live, 2 * ROUNDS);
	/* All may have been in each other's way, each time. */
	assert_in_range(live, 2 * ROUNDS * 9 / 10, 2 * ROUNDS);
}

/* --- readers that are late --------------------------------------------------------------------- */

static struct xi_window *reused;

static void slot_changes_hands(void)
{
	is_reader = 0;
	xi_slot_del(&table, &shared_key, 1);
	reused = add(&next_key, 3);
	xi_window_start(reused, 2, 1000, 64, 0);
	xi_window_advance(reused, 1000, 990);
	is_reader = 1;
}

static enum xi_window_verdict outer(const struct xi_sa_key *key, uint32_t seq)
{
	struct xi_window *w;
	enum xi_window_verdict v = XI_WIN_NEW;

	is_reader = 1;
	w = xi_slot_find(&table, key);
	if (w)
		v = xi_window_judge(w, key, seq);
	is_reader = 0;
	return v;
}

/* At each of his reads the slot comes to serve another SA: he rejects nothing but what was. */
static void test_slots_stale_reader(void **state)
{
	static const uint32_t seqs[] = { 0, 5, 50, 95, 990, 1000 };
	enum xi_window_verdict v;
	unsigned int at, i, n = 0;
	struct xi_window *w;

	(void)state;
	shared_key = key_at(5, 0);
	next_key = key_at(5, 1);
	for (i = 0; i < sizeof(seqs) / sizeof(seqs[0]); i++) {
		for (at = 0; at < 20; at++) {
			reset(NULL);
			w = add(&shared_key, 1);
			xi_window_start(w, 1, 100, 64, 0);
			arm(slot_changes_hands, at);
			v = outer(&shared_key, seqs[i]);
			if (meanwhile)		/* he was through before */
				break;
			assert_in_range(v, XI_WIN_NEW, XI_WIN_AMBIGUOUS);
			assert_ptr_equal(reused, w);
			n++;
		}
	}
	/* He who comes later is judged. */
	meanwhile = NULL;
	slot_changes_hands();
	assert_int_equal(outer(&next_key, 990), XI_WIN_DUP);
	printf("# %u reads\n", n);
	assert_in_range(n, 20, 100);
}

/* --- many operations, one model ------------------------------------------------------------------ */

#define N_KEYS	48

static uint64_t seed;

static uint64_t rng(void)	/* splitmix64 */
{
	uint64_t z = (seed += 0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static uint64_t has[N_KEYS];		/* cookie, NO_SA: not there */
#define NO_SA	UINT64_MAX

static void model_agrees(const struct xi_sa_key *keys, unsigned int i)
{
	struct xi_window *w = xi_slot_find(&table, &keys[i]);

	assert_int_equal(!w, has[i] == NO_SA);
	assert_int_equal(count(&keys[i], XI_SLOT_LIVE), has[i] != NO_SA);
	if (!w)
		return;
	assert_true(w->cookie == has[i]);
	if (has[i])
		assert_ptr_equal(xi_slot_find_cookie(&table, keys[i].spi, has[i]), w);
}

static void test_slots_random_operations(void **state)
{
	struct xi_sa_key keys[N_KEYS];
	unsigned int i, k, n, full = 0;
	const char *text = getenv("XI_SEED");
	uint64_t cookie;
	int fresh;

	(void)state;
	seed = text ? strtoull(text, NULL, 0) : 0x20260707;
	for (i = 0; i < N_KEYS; i++) {
		keys[i] = i % 3 ? key_of(rng()) : key_at(9, i / 3);	/* and a crowd at one home */
		has[i] = NO_SA;
	}
	for (n = 0; n < 100000; n++) {
		i = rng() % N_KEYS;
		cookie = rng() % 3 ? 100 + i : 0;
		if (rng() % 2) {
			struct xi_window *w = xi_slot_add(&table, &keys[i], 64, 0, cookie, &fresh);

			assert_int_equal(fresh, w && has[i] == NO_SA);
			assert_true(w || has[i] == NO_SA);
			full += !w;
			if (fresh)
				has[i] = cookie;
		} else {
			cookie = rng() % 4 ? cookie : 7777;
			xi_slot_del(&table, &keys[i], cookie);
			if (!has[i] || has[i] == cookie)
				has[i] = NO_SA;
		}
		model_agrees(keys, i);
		if (n % 100)
			continue;
		for (k = 0; k < N_KEYS; k++)
			model_agrees(keys, k);
	}
	printf("# %u times no place\n", full);
	assert_in_range(full, 1, 30000);
	for (i = 0; i < N_SLOTS; i++)
		assert_int_not_equal(slots[i].state, XI_SLOT_BUSY);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup(name, reset)
	const struct CMUnitTest tests[] = {
		T(test_slots_find_add_delete),
		T(test_slots_keys_differ),
		T(test_slots_collide),
		T(test_slots_where_a_search_ends),
		T(test_slots_reused),
		T(test_slots_delete_by_cookie),
		T(test_slots_added_twice_at_once),
		T(test_slots_give_way_to_a_rival),
		T(test_slots_deleted_twice_at_once),
		T(test_slots_deleted_while_held),
		T(test_slots_owned_or_deleted),
		T(test_slots_on_several_cpus),
		T(test_slots_stale_reader),
		T(test_slots_random_operations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
