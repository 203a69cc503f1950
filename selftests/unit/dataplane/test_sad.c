// SPDX-License-Identifier: Apache-2.0
/*
 * The follower of the SAD, against a kernel made of two arrays (what it has,
 * and what it has told), slots in plain memory, and real BPF maps.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "user/dataplane/sad.c"

#define SEC	1000000000ULL
#define KERN_MAX 64
#define SLOTS	1024

#define OURS	"192.0.2.1"
#define OURS6	"2001:db8::2"
#define PEER	"198.51.100.1"

/* --- the kernel --- */

struct event {
	enum { NEW, GONE, FLUSHED } kind;
	struct sa_info sa;
};

static struct {
	struct sa_info sa[KERN_MAX];
	unsigned int n;
	struct event queue[KERN_MAX];
	unsigned int queued;
	bool lost;			/* the next read says -ENOBUFS */
	int dump_err, get_err;
	void (*during_dump)(void);	/* after its first SA */
	unsigned int dumps, gets;
} kern;

int xfrm_nl_dump_sa(struct xfrm_nl *nl, int (*each)(void *ctx, const struct sa_info *sa),
		    void *ctx, struct err *e)
{
	void (*during)(void) = kern.during_dump;
	struct sa_info was[KERN_MAX];
	unsigned int i, n = kern.n;

	kern.dumps++;
	if (kern.dump_err)
		return err_set(e, kern.dump_err, "no dump");
	memcpy(was, kern.sa, sizeof(was));
	for (i = 0; i < n; i++) {
		each(ctx, &was[i]);
		kern.during_dump = NULL;
		if (i == 0 && during)
			during();
	}
	return 0;
}

/* xfrm_state_lookup() with mark 0. */
int xfrm_nl_get_sa(struct xfrm_nl *nl, const struct xi_sa_key *key, struct sa_info *sa,
		   struct err *e)
{
	unsigned int i;

	kern.gets++;
	if (kern.get_err)
		return kern.get_err;
	for (i = 0; i < kern.n; i++) {
		if (memcmp(&kern.sa[i].key, key, sizeof(*key)) || kern.sa[i].mark)
			continue;
		*sa = kern.sa[i];
		return 0;
	}
	return -ESRCH;
}

int xfrm_nl_read(struct xfrm_nl *nl, const struct xfrm_nl_events *ev)
{
	unsigned int i, n = kern.queued;

	kern.queued = 0;
	if (kern.lost) {
		kern.lost = false;
		return -ENOBUFS;
	}
	for (i = 0; i < n; i++) {
		if (kern.queue[i].kind == NEW)
			ev->sa_new(ev->ctx, &kern.queue[i].sa);
		else if (kern.queue[i].kind == GONE)
			ev->sa_gone(ev->ctx, &kern.queue[i].sa.key);
		else
			ev->flushed(ev->ctx);
	}
	return 0;
}

static struct sa_info sa_make(const char *daddr, uint32_t spi)
{
	struct sa_info sa = { .replay_window = 64 };
	struct addr a;

	assert_true(addr_parse(daddr, &a));
	sa.key.family = a.family;
	memcpy(sa.key.daddr, a.b, sizeof(a.b));
	sa.key.spi = htonl(spi);
	sa.key.proto = IPPROTO_ESP;
	return sa;
}

static struct sa_info marked(struct sa_info sa, uint32_t mark)
{
	sa.mark = mark;
	sa.mark_mask = 0xff;
	return sa;
}

static void tell(int kind, const struct sa_info *sa)
{
	struct event *e = &kern.queue[kern.queued++];

	assert_in_range(kern.queued, 1, KERN_MAX);
	e->kind = kind;
	if (sa)
		e->sa = *sa;
}

static void kern_add_quietly(struct sa_info sa)
{
	kern.sa[kern.n++] = sa;
}

static void kern_add(struct sa_info sa)
{
	kern_add_quietly(sa);
	tell(NEW, &sa);
}

static void kern_del_quietly(struct sa_info sa)
{
	unsigned int i;

	for (i = 0; i < kern.n; i++) {
		if (memcmp(&kern.sa[i].key, &sa.key, sizeof(sa.key)) || kern.sa[i].mark != sa.mark)
			continue;
		kern.sa[i] = kern.sa[--kern.n];
		return;
	}
	fail_msg("no such SA");
}

static void kern_del(struct sa_info sa)
{
	kern_del_quietly(sa);
	tell(GONE, &sa);
}

static void kern_flush(void)
{
	kern.n = 0;
	tell(FLUSHED, NULL);
}

/* --- maps --- */

static struct bpf_maps maps;
static bool have_bpf;
static uint64_t now_ns;

static uint64_t fake_mono(void *ctx)
{
	return now_ns;
}

static int fake_random(void *ctx, void *buf, size_t len)
{
	memset(buf, 0x5a, len);
	return 0;
}

static const struct env env = { .mono_ns = fake_mono, .wall_ns = fake_mono, .random = fake_random };

static struct sad *s;

static int hash_map(const char *name, size_t key, size_t value, unsigned int max)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_NO_PREALLOC);

	return bpf_map_create(BPF_MAP_TYPE_HASH, name, (uint32_t)key, (uint32_t)value, max, &opts);
}

static void maps_open(unsigned int slots)
{
	struct xi_config config = { .abi = XI_ABI, .event_cost_ns = 7 };
	uint32_t zero = 0;

	maps = BPF_MAPS_NONE;
	maps.windows.base = calloc(slots, sizeof(struct xi_window));
	maps.windows.mask = slots - 1;
	assert_non_null(maps.windows.base);
	maps.local = hash_map("t_local", sizeof(struct xi_local_key), sizeof(uint32_t), 64);
	have_bpf = maps.local >= 0;
	if (!have_bpf)
		return;
	maps.config = bpf_map_create(BPF_MAP_TYPE_ARRAY, "t_config", sizeof(uint32_t),
				     sizeof(struct xi_config), 1, NULL);
	assert_int_equal(bpf_map_update_elem(maps.config, &zero, &config, BPF_ANY), 0);
}

static void addr_add(const char *text, int ifindex)
{
	struct addr a;

	assert_true(addr_parse(text, &a));
	sad_addr_add(s, &a, ifindex);
}

static void addr_del(const char *text, int ifindex)
{
	struct addr a;

	assert_true(addr_parse(text, &a));
	sad_addr_del(s, &a, ifindex);
}

static int setup_with(unsigned int slots)
{
	memset(&kern, 0, sizeof(kern));
	now_ns = 1000 * SEC;
	maps_open(slots);
	log_open("test", LOG_TO_STDERR, SEV_EMERG, &env);
	s = sad_new(NULL, &maps, &env);
	assert_non_null(s);
	addr_add(OURS, 2);
	addr_add(OURS6, 2);
	assert_int_equal(sad_sync(s, NULL), 0);
	assert_false(sad_wants_sync(s));
	return 0;
}

static int setup(void **state)
{
	return setup_with(SLOTS);
}

static int setup_small(void **state)
{
	return setup_with(2);
}

static int teardown(void **state)
{
	sad_free(s);
	free(maps.windows.base);
	close(maps.local);
	close(maps.config);
	log_close();
	return 0;
}

#define NEEDS_BPF()	do { if (!have_bpf) skip(); } while (0)

/* An SA whose search begins where that of the others of this `home` does. */
static struct sa_info sa_at(uint32_t home, unsigned int nth)
{
	struct sa_info sa = sa_make(OURS, 0x1000);

	for (;; sa.key.spi = htonl(ntohl(sa.key.spi) + 1))
		if ((xi_slot_home(sa.key.spi) & maps.windows.mask) == home && !nth--)
			return sa;
}

static struct xi_window *slot(struct sa_info sa)
{
	return xi_slot_find(&maps.windows, &sa.key);
}

static bool in_map(struct sa_info sa, struct xi_window *w)
{
	if (slot(sa) && w)
		*w = *slot(sa);
	return slot(sa);
}

/* As xi_mirror leaves a slot. */
static void map_put(struct sa_info sa, struct xi_window w)
{
	int fresh;
	struct xi_window *to = xi_slot_add(&maps.windows, &sa.key, w.size, w.flags, w.cookie,
					   &fresh);

	assert_non_null(to);
	to->cookie = w.cookie;
	to->epoch = w.epoch;
	to->top = w.top;
}

static unsigned int slots_live(void)
{
	unsigned int n = 0;
	uint32_t i;

	for (i = 0; i < windows_slots(&maps.windows); i++)
		n += !!windows_live(&maps.windows, i);
	return n;
}

static bool in_local(const char *text)
{
	struct addr a;
	struct xi_local_key key;
	uint32_t value;

	assert_true(addr_parse(text, &a));
	key = local_key(&a);
	return bpf_map_lookup_elem(maps.local, &key, &value) == 0;
}

static struct xi_config config_get(void)
{
	struct xi_config config;
	uint32_t zero = 0;

	assert_int_equal(bpf_map_lookup_elem(maps.config, &zero, &config), 0);
	return config;
}

static void config_incomplete(uint32_t value)
{
	struct xi_config config = config_get();
	uint32_t zero = 0;

	config.incomplete = value;
	assert_int_equal(bpf_map_update_elem(maps.config, &zero, &config, BPF_ANY), 0);
}

static uint32_t conn(struct sa_info sa)
{
	return sad_conn_id(s, &sa.key);
}

static void read_events(void)
{
	assert_int_equal(sad_read(s, NULL), 0);
	assert_int_equal(kern.queued, 0);
}

static struct sad_stats stats(void)
{
	struct sad_stats st;

	sad_stats(s, &st);
	return st;
}

/* --- SAs come and go --- */

/* What an SA looks like, and what its slot shall be. */
static const struct {
	const char *name, *daddr;
	uint8_t	 proto;
	enum sa_dir dir;
	uint32_t window;
	bool	 esn, offload;
	uint32_t mark_mask;
	bool	 in_map;
	uint32_t size, flags;
} kinds[] = {
	{ "inbound", OURS, IPPROTO_ESP, SA_DIR_UNKNOWN, 64, false, false, 0, true, 64, 0 },
	{ "inbound 6", OURS6, IPPROTO_ESP, SA_DIR_UNKNOWN, 32, false, false, 0, true, 32, 0 },
	{ "AH", OURS, IPPROTO_AH, SA_DIR_UNKNOWN, 64, false, false, 0, true, 64, 0 },
	{ "ESN", OURS, IPPROTO_ESP, SA_DIR_UNKNOWN, 4096, true, false, 0, true, 4096, XI_WIN_ESN },
	{ "window off", OURS, IPPROTO_ESP, SA_DIR_UNKNOWN, 0, false, false, 0, true, 0, 0 },
	{ "window too large", OURS, IPPROTO_ESP, SA_DIR_UNKNOWN, 4097, true, false, 0, true, 0, XI_WIN_ESN },
	{ "packet offload", OURS, IPPROTO_ESP, SA_DIR_UNKNOWN, 64, false, true, 0, true, 0, 0 },
	{ "marked", OURS, IPPROTO_ESP, SA_DIR_UNKNOWN, 64, false, false, 1, true, 64, XI_WIN_SHARED },
	{ "outbound", PEER, IPPROTO_ESP, SA_DIR_UNKNOWN, 64, false, false, 0, false, 0, 0 },
	{ "says in", PEER, IPPROTO_ESP, SA_DIR_IN, 64, false, false, 0, true, 64, 0 },
	{ "says out", OURS, IPPROTO_ESP, SA_DIR_OUT, 64, false, false, 0, false, 0, 0 },
	{ "IPComp", OURS, IPPROTO_COMP, SA_DIR_UNKNOWN, 0, false, false, 0, false, 0, 0 },
};

static void test_sad_kinds_of_sa(void **state)
{
	struct sa_info sa;
	struct xi_window w;
	size_t i;

	NEEDS_BPF();
	for (i = 0; i < 2 * sizeof(kinds) / sizeof(kinds[0]); i++) {
		const size_t k = i / 2;

		sa = sa_make(kinds[k].daddr, 0x100 + (uint32_t)i);
		sa.key.proto = kinds[k].proto;
		sa.dir = kinds[k].dir;
		sa.replay_window = kinds[k].window;
		sa.esn = kinds[k].esn;
		sa.offload_packet = kinds[k].offload;
		sa.mark_mask = kinds[k].mark_mask;
		if (i % 2) {	/* by event, and by dump */
			kern_add(sa);
			read_events();
		} else {
			kern_add_quietly(sa);
			assert_int_equal(sad_sync(s, NULL), 0);
		}
		memset(&w, 0, sizeof(w));
		if (in_map(sa, &w) != kinds[k].in_map || w.size != kinds[k].size ||
		    w.flags != kinds[k].flags || w.epoch || w.cookie || w.top)
			fail_msg("%s by %s", kinds[k].name, i % 2 ? "event" : "dump");
	}
}

static void test_sad_add_and_delete(void **state)
{
	struct sa_info in = sa_make(OURS, 0x1000), out = sa_make(PEER, 0x2000);

	NEEDS_BPF();
	kern_add(in);
	kern_add(out);
	read_events();
	assert_int_equal(conn(in), 1);
	assert_int_equal(conn(out), 2);
	assert_int_equal(stats().inbound, 1);
	assert_int_equal(stats().outbound, 1);
	kern_del(in);
	kern_del(out);
	read_events();
	assert_false(in_map(in, NULL));
	assert_int_equal(conn(in), 0);
	assert_int_equal(conn(out), 0);
	assert_int_equal(stats().inbound + stats().outbound, 0);
	assert_int_equal(kern.gets, 1);		/* nobody asks about an outbound SA */
}

/* UPDSA, and NEWSA of what a dump knew: nothing happens, and BPF's window stays. */
static void test_sad_told_twice(void **state)
{
	struct sa_info sa = sa_make(OURS, 0x1000);
	struct xi_window w = { .epoch = 5, .top = 77, .size = 64, .cookie = 9 };

	NEEDS_BPF();
	kern_add(sa);
	read_events();
	map_put(sa, w);
	tell(NEW, &sa);
	read_events();
	assert_int_equal(sad_sync(s, NULL), 0);
	assert_true(in_map(sa, &w));
	assert_int_equal(w.top, 77);
	assert_int_equal(w.epoch, 5);
	assert_int_equal(conn(sa), 1);
}

static void test_sad_reused_spi_is_another_connection(void **state)
{
	struct sa_info sa = sa_make(OURS, 0x1000), out = sa_make(PEER, 0x1000);
	struct xi_window *was;

	NEEDS_BPF();
	kern_add(sa);
	kern_add(out);
	read_events();
	assert_int_equal(conn(sa), 1);
	was = slot(sa);
	was->epoch = 5;
	was->drop.duplicate = 1;
	kern_del(sa);
	kern_del(out);
	read_events();
	kern_add(sa);
	kern_add(out);
	read_events();
	assert_ptr_equal(slot(sa), was);	/* and nothing of the old SA's in it */
	assert_int_equal(was->epoch + was->drop.duplicate, 0);
	assert_int_equal(conn(sa), 3);
	assert_int_equal(conn(out), 4);
	/* Both events at once: the SPI serves a new SA when the old one's end is read. */
	kern_del(sa);
	kern_add(sa);
	kern_del(out);
	kern_add(out);
	read_events();
	assert_true(in_map(sa, NULL));
	assert_int_equal(conn(sa), 5);
	assert_int_equal(conn(out), 6);
}

/* A window that serves the new SA already is not deleted for the old one's end. */
static void test_sad_gone_is_confirmed(void **state)
{
	struct sa_info sa = sa_make(OURS, 0x1000);
	struct xi_window w = { .epoch = 5, .top = 77, .size = 64 };

	NEEDS_BPF();
	kern_add(sa);
	read_events();
	map_put(sa, w);
	tell(GONE, &sa);
	read_events();
	assert_true(in_map(sa, &w));
	assert_int_equal(w.top, 77);
	assert_int_equal(conn(sa), 2);
	/* The kernel gives no answer: nothing is deleted, a dump is due. */
	kern.get_err = -ETIMEDOUT;
	kern.dump_err = -ETIMEDOUT;
	tell(GONE, &sa);
	assert_int_equal(sad_read(s, NULL), -ETIMEDOUT);
	assert_true(in_map(sa, NULL));
	assert_true(sad_wants_sync(s));
	kern.get_err = kern.dump_err = 0;
	assert_int_equal(sad_sync(s, NULL), 0);
	assert_true(in_map(sa, NULL));
	assert_false(sad_wants_sync(s));
}

static void test_sad_gone_that_was_not_known(void **state)
{
	struct sa_info sa = sa_make(OURS, 0x1000);

	NEEDS_BPF();
	map_put(sa, (struct xi_window){ .size = 64 });
	tell(GONE, &sa);
	read_events();
	assert_false(in_map(sa, NULL));
}

static void test_sad_flush(void **state)
{
	struct sa_info a = sa_make(OURS, 0x1000), b = sa_make(OURS, 0x1001);

	NEEDS_BPF();
	kern_add(a);
	read_events();
	kern_flush();
	kern_add(b);
	read_events();
	assert_false(in_map(a, NULL));
	assert_true(in_map(b, NULL));
	assert_int_equal(conn(a), 0);
	assert_int_equal(kern.dumps, 2);	/* the setup's, and one for the flush */
	assert_int_equal(stats().swept, 1);
}

static void test_sad_lost_events(void **state)
{
	struct sa_info a = sa_make(OURS, 0x1000), b = sa_make(OURS, 0x1001);

	NEEDS_BPF();
	kern_add(a);
	read_events();
	kern_del_quietly(a);
	kern_add_quietly(b);
	kern.lost = true;
	read_events();
	assert_false(in_map(a, NULL));
	assert_true(in_map(b, NULL));
	assert_int_equal(stats().lost, 1);
	assert_false(sad_wants_sync(s));
}

/* --- dumps --- */

static struct sa_info first, second, third;

static void change_during_dump(void)
{
	kern_del(first);	/* the dump has told it already */
	kern_del(second);	/* it will */
	kern_add(third);	/* it will not */
}

static void test_sad_changes_during_a_dump(void **state)
{
	NEEDS_BPF();
	first = sa_make(OURS, 0x1001);
	second = sa_make(OURS, 0x1002);
	third = sa_make(OURS, 0x1003);
	kern_add_quietly(first);
	kern_add_quietly(second);
	kern.during_dump = change_during_dump;
	assert_int_equal(sad_sync(s, NULL), 0);
	read_events();
	assert_false(in_map(first, NULL));
	assert_false(in_map(second, NULL));
	assert_true(in_map(third, NULL));
	assert_int_equal(stats().inbound, 1);
	assert_false(sad_wants_sync(s));
}

/* What an earlier daemon, or BPF while none ran, left behind. */
static void test_sad_sweep(void **state)
{
	struct sa_info live = sa_make(OURS, 0x1000), late = sa_make(OURS, 0x3000);
	uint32_t i;

	NEEDS_BPF();
	kern_add_quietly(live);
	for (i = 0; i < 50; i++)
		map_put(sa_make(OURS, 0x2000 + i), (struct xi_window){ .size = 64, .epoch = 1 });
	map_put(live, (struct xi_window){ .size = 64, .epoch = 1 });
	slot(live)->drop.duplicate = 1;
	assert_int_equal(sad_sync(s, NULL), 0);
	for (i = 0; i < 50; i++)
		assert_false(in_map(sa_make(OURS, 0x2000 + i), NULL));
	assert_int_equal(slots_live(), 1);
	assert_int_equal(slot(live)->epoch, 1);
	assert_int_equal(slot(live)->drop.duplicate, 1);
	assert_int_equal(stats().swept, 50);
	/* The dump did not have it, but the kernel does when asked: added meanwhile. */
	map_put(late, (struct xi_window){ .size = 64 });
	kern_add_quietly(late);
	sweep_sas(s);
	assert_true(in_map(late, NULL));
}

/* Two who added one SA at the same moment may fill two slots: its end is the end of both. */
static void test_sad_gone_from_every_slot(void **state)
{
	struct sa_info sa = sa_at(7, 0);

	NEEDS_BPF();
	kern_add(sa);
	read_events();
	maps.windows.base[8] = maps.windows.base[7];
	assert_int_equal(slots_live(), 2);
	kern_del(sa);
	read_events();
	assert_int_equal(slots_live(), 0);
	/* So it is when only the sweep finds out. */
	map_put(sa, (struct xi_window){ .size = 64 });
	maps.windows.base[8] = maps.windows.base[7];
	assert_int_equal(sad_sync(s, NULL), 0);
	assert_int_equal(slots_live(), 0);
}

static void test_sad_dump_that_fails_sweeps_nothing(void **state)
{
	struct sa_info sa = sa_make(OURS, 0x1000);
	struct err e = {};

	NEEDS_BPF();
	kern_add(sa);
	read_events();
	kern.dump_err = -ENOMEM;
	assert_int_equal(sad_sync(s, &e), -ENOMEM);
	assert_string_equal(e.text, "no dump");
	assert_true(in_map(sa, NULL));
	assert_int_equal(conn(sa), 1);
	assert_true(sad_wants_sync(s));
}

/* --- a full map --- */

static void test_sad_full_map(void **state)
{
	struct sa_info sa[3];
	uint32_t i;

	NEEDS_BPF();
	for (i = 0; i < 3; i++) {
		sa[i] = sa_make(OURS, 0x1000 + i);
		kern_add(sa[i]);
	}
	read_events();
	assert_int_equal(stats().map_full, 1);
	assert_int_equal(config_get().incomplete, 1);
	assert_int_equal(config_get().event_cost_ns, 7);	/* nothing else is touched */
	/* Tried again, but not all the time. */
	assert_false(sad_wants_sync(s));
	now_ns += 10 * SEC;
	assert_true(sad_wants_sync(s));
	assert_int_equal(sad_sync(s, NULL), 0);
	assert_int_equal(stats().map_full, 1);
	assert_int_equal(config_get().incomplete, 1);
	assert_false(sad_wants_sync(s));
	/* Room again. */
	kern_del(sa[0]);
	read_events();
	now_ns += 10 * SEC;
	assert_true(sad_wants_sync(s));
	assert_int_equal(sad_sync(s, NULL), 0);
	assert_int_equal(stats().map_full, 0);
	assert_int_equal(config_get().incomplete, 0);
	assert_true(in_map(sa[1], NULL));
	assert_true(in_map(sa[2], NULL));
	assert_false(sad_wants_sync(s));
}

/* Slots are free, but none within reach of a search. */
static void test_sad_all_probes_taken(void **state)
{
	struct sa_info one_more = sa_at(3, XI_PROBES);
	unsigned int i;

	NEEDS_BPF();
	for (i = 0; i < XI_PROBES; i++)
		kern_add(sa_at(3, i));
	read_events();
	assert_int_equal(slots_live(), XI_PROBES);
	assert_int_equal(stats().map_full, 0);
	kern_add(one_more);
	read_events();
	assert_false(in_map(one_more, NULL));
	assert_int_equal(stats().map_full, 1);
	assert_int_equal(config_get().incomplete, 1);
	/* One of them goes: its slot is taken, and a search finds what is behind it. */
	kern_del(sa_at(3, 2));
	read_events();
	assert_true(in_map(sa_at(3, XI_PROBES - 1), NULL));
	now_ns += 10 * SEC;
	assert_int_equal(sad_sync(s, NULL), 0);
	assert_ptr_equal(slot(one_more), &maps.windows.base[3 + 2]);
	assert_int_equal(slots_live(), XI_PROBES);
	assert_int_equal(stats().map_full, 0);
	assert_int_equal(config_get().incomplete, 0);
}

/* Stale slots do not keep live SAs out. */
static void test_sad_full_of_stale_slots(void **state)
{
	struct sa_info a = sa_make(OURS, 0x1000), b = sa_make(OURS, 0x1001);

	NEEDS_BPF();
	map_put(sa_make(OURS, 0x2000), (struct xi_window){ .size = 64 });
	map_put(sa_make(OURS, 0x2001), (struct xi_window){ .size = 64 });
	kern_add_quietly(a);
	kern_add_quietly(b);
	assert_int_equal(sad_sync(s, NULL), 0);
	assert_true(in_map(a, NULL));
	assert_true(in_map(b, NULL));
	assert_int_equal(config_get().incomplete, 0);
}

/* xi_mirror found no room while the daemon looked elsewhere. */
static void test_sad_incomplete_by_bpf(void **state)
{
	NEEDS_BPF();
	config_incomplete(1);
	assert_true(sad_wants_sync(s));
	assert_int_equal(sad_sync(s, NULL), 0);
	assert_int_equal(config_get().incomplete, 0);
	assert_false(sad_wants_sync(s));
}

/* --- marks --- */

static void test_sad_marks_share_a_key(void **state)
{
	struct sa_info plain = sa_make(OURS, 0x1000), with = marked(plain, 1);
	struct xi_window w;

	NEEDS_BPF();
	/* Two SAs of one dump, the one without a mark first. */
	kern_add_quietly(plain);
	kern_add_quietly(with);
	assert_int_equal(sad_sync(s, NULL), 0);
	assert_true(in_map(plain, &w));
	assert_int_equal(w.flags, XI_WIN_SHARED);
	assert_int_equal(stats().inbound, 1);
	/* One goes: GETSA cannot tell, so a dump does, a little later. */
	kern_del(plain);
	read_events();
	assert_true(in_map(with, NULL));
	assert_int_equal(conn(with), 1);
	assert_false(sad_wants_sync(s));
	now_ns += 5 * SEC;
	assert_true(sad_wants_sync(s));
	assert_int_equal(sad_sync(s, NULL), 0);
	assert_true(in_map(with, NULL));
	/* The other goes too. */
	kern_del(with);
	read_events();
	now_ns += 5 * SEC;
	assert_true(sad_wants_sync(s));
	assert_int_equal(sad_sync(s, NULL), 0);
	assert_false(in_map(with, NULL));
	assert_int_equal(conn(with), 0);
}

/* No kernel of today has two without a mark; should one, nobody judges by their window. */
static void test_sad_two_in_one_dump(void **state)
{
	struct sa_info sa = sa_make(OURS, 0x1000);
	struct xi_window w;

	NEEDS_BPF();
	kern_add_quietly(sa);
	kern_add_quietly(sa);
	assert_int_equal(sad_sync(s, NULL), 0);
	assert_true(in_map(sa, &w));
	assert_int_equal(w.flags, XI_WIN_SHARED);
}

/* When the marked one is gone, the end of the other is a matter of one question again. */
static void test_sad_mark_goes(void **state)
{
	struct sa_info plain = sa_make(OURS, 0x1000), with = marked(plain, 1);

	NEEDS_BPF();
	kern_add(with);
	read_events();
	kern_del(with);
	kern_add(plain);
	read_events();
	now_ns += 5 * SEC;
	assert_int_equal(sad_sync(s, NULL), 0);
	kern_del(plain);
	read_events();
	assert_false(in_map(plain, NULL));
	assert_int_equal(conn(plain), 0);
}

/* The slot is there, started, when the second SA of its key comes: its window is BPF's (I1). */
static void test_sad_mark_comes_later(void **state)
{
	struct sa_info plain = sa_make(OURS, 0x1000);
	struct xi_window w = { .epoch = 5, .top = 77, .size = 64 };

	NEEDS_BPF();
	kern_add(plain);
	read_events();
	map_put(plain, w);
	kern_add(marked(plain, 1));
	read_events();
	assert_true(in_map(plain, &w));
	assert_int_equal(w.flags, XI_WIN_SHARED);
	assert_int_equal(w.epoch, 5);
	assert_int_equal(w.top, 77);
	assert_int_equal(sad_sync(s, NULL), 0);
	assert_int_equal(slot(plain)->flags, XI_WIN_SHARED);
	assert_int_equal(slots_live(), 1);
}

/* --- addresses --- */

static void test_sad_addresses(void **state)
{
	struct addr a;

	NEEDS_BPF();
	addr_parse("203.0.113.1", &a);
	assert_int_equal(sad_addr_ifindex(s, &a), 0);
	addr_add("203.0.113.1", 3);
	assert_true(in_local("203.0.113.1"));
	assert_true(sad_wants_sync(s));
	assert_int_equal(sad_sync(s, NULL), 0);
	assert_int_equal(sad_addr_ifindex(s, &a), 3);
	/* Told again, and on another interface: nothing new. */
	addr_add("203.0.113.1", 3);
	addr_add("203.0.113.1", 4);
	addr_del("203.0.113.1", 9);		/* never there */
	assert_false(sad_wants_sync(s));
	addr_del("203.0.113.1", 3);
	assert_true(in_local("203.0.113.1"));
	assert_int_equal(sad_addr_ifindex(s, &a), 4);
	assert_false(sad_wants_sync(s));
	addr_del("203.0.113.1", 4);
	assert_false(in_local("203.0.113.1"));
	assert_int_equal(sad_addr_ifindex(s, &a), 0);
	assert_true(sad_wants_sync(s));
}

static void test_sad_address_gone_told_twice(void **state)
{
	NEEDS_BPF();
	addr_add("203.0.113.1", 3);
	addr_add("203.0.113.1", 4);
	addr_del("203.0.113.1", 3);
	addr_del("203.0.113.1", 3);
	assert_true(in_local("203.0.113.1"));
	addr_del("203.0.113.1", 4);
	assert_false(in_local("203.0.113.1"));
}

/* The address comes after the SA: the SA becomes inbound, under the same number. */
static void test_sad_address_that_comes_later(void **state)
{
	struct sa_info sa = sa_make("203.0.113.1", 0x1000);

	NEEDS_BPF();
	kern_add(sa);
	read_events();
	assert_false(in_map(sa, NULL));
	assert_int_equal(stats().outbound, 1);
	addr_add("203.0.113.1", 3);
	assert_true(sad_wants_sync(s));
	assert_int_equal(sad_sync(s, NULL), 0);
	assert_true(in_map(sa, NULL));
	assert_int_equal(stats().inbound, 1);
	assert_int_equal(conn(sa), 1);
}

static void test_sad_addresses_of_an_earlier_daemon(void **state)
{
	struct addr a;
	struct xi_local_key key;
	uint32_t value = 1;

	NEEDS_BPF();
	addr_parse("203.0.113.9", &a);
	key = local_key(&a);
	assert_int_equal(bpf_map_update_elem(maps.local, &key, &value, BPF_ANY), 0);
	assert_int_equal(sad_sync(s, NULL), 0);
	assert_false(in_local("203.0.113.9"));
	assert_true(in_local(OURS));
	assert_true(in_local(OURS6));
}

/* --- without maps (variant live, unit tests) --- */

static int setup_bare(void **state)
{
	setup_with(2);
	teardown(state);
	maps = BPF_MAPS_NONE;
	memset(&kern, 0, sizeof(kern));
	s = sad_new(NULL, &maps, &env);
	addr_add(OURS, 2);
	return 0;
}

static void test_sad_without_maps(void **state)
{
	struct sa_info sa = sa_make(OURS, 0x1000);

	assert_true(sad_wants_sync(s));
	assert_int_equal(sad_sync(s, NULL), 0);
	assert_false(sad_wants_sync(s));
	kern_add(sa);
	read_events();
	assert_int_equal(conn(sa), 1);
	kern_del(sa);
	kern_add(sa);
	read_events();
	assert_int_equal(conn(sa), 2);
	kern_flush();
	read_events();
	assert_int_equal(conn(sa), 0);
	addr_del(OURS, 2);
	assert_true(sad_wants_sync(s));
	sad_free(NULL);
}

#define T(t)		cmocka_unit_test_setup_teardown(t, setup, teardown)
#define T_SMALL(t)	cmocka_unit_test_setup_teardown(t, setup_small, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_sad_kinds_of_sa),
		T(test_sad_add_and_delete),
		T(test_sad_told_twice),
		T(test_sad_reused_spi_is_another_connection),
		T(test_sad_gone_is_confirmed),
		T(test_sad_gone_that_was_not_known),
		T(test_sad_flush),
		T(test_sad_lost_events),
		T(test_sad_changes_during_a_dump),
		T(test_sad_sweep),
		T(test_sad_gone_from_every_slot),
		T(test_sad_dump_that_fails_sweeps_nothing),
		T_SMALL(test_sad_full_map),
		T(test_sad_all_probes_taken),
		T_SMALL(test_sad_full_of_stale_slots),
		T(test_sad_incomplete_by_bpf),
		T(test_sad_marks_share_a_key),
		T(test_sad_two_in_one_dump),
		T(test_sad_mark_goes),
		T(test_sad_mark_comes_later),
		T(test_sad_addresses),
		T(test_sad_address_gone_told_twice),
		T(test_sad_address_that_comes_later),
		T(test_sad_addresses_of_an_earlier_daemon),
		cmocka_unit_test_setup_teardown(test_sad_without_maps, setup_bare, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
