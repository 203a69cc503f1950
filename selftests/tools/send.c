// SPDX-License-Identifier: Apache-2.0
/* xi-wire send: replay a capture, as it is or as an attacker would change it. */
#include "wire.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "mutate.h"
#include "pcap.h"
#include "tx.h"

#define VID_MAX 4094

struct range {
	uint64_t from, to;		/* [from, to) */
};

struct every {
	uint64_t step, offset;
};

struct send {
	const char *iface, *in, *out, *ready;
	uint64_t count, rate, cpu, seed;
	struct range range;
	struct every every;
	bool qdisc;
	struct mutation m;

	struct pcap pcap;
	struct tx tx;
	struct rng rng;
	struct iovec *chosen;		/* the frames to loop over */
	size_t chosen_count;
	uint8_t *slots;			/* TX_BURST changed frames; NULL when nothing changes */
	uint64_t missed;
};

/* "A<sep>B", both decimal. */
static bool parse_pair(const char *text, char sep, uint64_t *a, uint64_t *b)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*a = strtoull(text, &end, 10);
	if (*end != sep || end[1] < '0' || end[1] > '9')
		return false;
	*b = strtoull(end + 1, &end, 10);
	return !*end && !errno;
}

static bool parse_range(const char *text, void *out)
{
	struct range *r = out;

	return parse_pair(text, ':', &r->from, &r->to) && r->from < r->to;
}

static bool parse_every(const char *text, void *out)
{
	struct every *e = out;

	return parse_pair(text, '/', &e->step, &e->offset) && e->step && e->offset < e->step;
}

static bool parse_vlan(const char *text, void *out)
{
	struct mutation *m = out;
	uint64_t outer, inner;
	char *end;

	if (parse_pair(text, ',', &outer, &inner)) {
		m->tags = 2;
	} else if (*text >= '0' && *text <= '9') {
		outer = strtoull(text, &end, 10);
		inner = 0;
		if (*end)
			return false;
		m->tags = 1;
	} else {
		return false;
	}
	m->vid[0] = (uint16_t)outer;
	m->vid[1] = (uint16_t)inner;
	return outer <= VID_MAX && inner <= VID_MAX;
}

/* -2^32 .. 2^32, taken modulo 2^32 as the counter is. */
static bool parse_delta(const char *text, void *out)
{
	char *end;
	long long v;

	errno = 0;
	v = strtoll(text, &end, 0);
	if (end == text || *end || errno || v > 4294967296ll || v < -4294967296ll)
		return false;
	*(uint32_t *)out = (uint32_t)v;
	return true;
}

static void options(struct send *s, int argc, char **argv)
{
	uint64_t seq_set = 0;
	struct opt table[] = {
		OPT_STR("-i", OPT_MAY, &s->iface),
		OPT_STR("-w", OPT_MAY, &s->out),
		OPT_STR("-r", OPT_MUST, &s->in),
		OPT_STR("--ready", OPT_MAY, &s->ready),
		OPT_NUM("--count", OPT_MAY, &s->count, 1, UINT64_MAX),
		OPT_NUM("--rate", OPT_MAY, &s->rate, 1, NS_PER_SEC),
		OPT_NUM("--cpu", OPT_MAY, &s->cpu, 0, 1023),
		OPT_NUM("--seed", OPT_MAY, &s->seed, 0, UINT64_MAX),
		OPT_CALL("--range", OPT_MAY, &s->range, parse_range, "A:B with A < B"),
		OPT_CALL("--every", OPT_MAY, &s->every, parse_every, "K/OFFSET with OFFSET < K"),
		OPT_FLAG("--qdisc", &s->qdisc),
		OPT_NUM("--seq-set", OPT_MAY, &seq_set, 0, UINT32_MAX),
		OPT_CALL("--seq-add", OPT_MAY, &s->m.seq_add, parse_delta, "a 32-bit difference"),
		OPT_NUM("--seq-step", OPT_MAY, &s->m.seq_step, 0, UINT32_MAX),
		OPT_FLAG("--flip-icv", &s->m.flip_icv),
		OPT_CALL("--spi", OPT_MAY, &s->m.spi, opt_spi, "a hex SPI or 'random'"),
		OPT_CALL("--src", OPT_MAY, &s->m.src, opt_addr, "an IP address"),
		OPT_CALL("--dst", OPT_MAY, &s->m.dst, opt_addr, "an IP address"),
		OPT_CALL("--src-random", OPT_MAY, &s->m.src_random, opt_prefix, "PREFIX/LEN"),
		OPT_CALL("--src-mac", OPT_MAY, s->m.src_mac, opt_mac, "a MAC address"),
		OPT_CALL("--dst-mac", OPT_MAY, s->m.dst_mac, opt_mac, "a MAC address"),
		OPT_CALL("--vlan", OPT_MAY, &s->m, parse_vlan, "ID or OUTER,INNER (0..4094)"),
		OPT_CALL("--outer-type", OPT_MAY, &s->m.outer_type, opt_hex32, "8100 or 88a8"),
		OPT_FLAG("--untag", &s->m.untag),
		OPT_NUM("--truncate", OPT_MAY, &s->m.truncate, 14, FRAME_MAX),
		OPT_END
	};

	opts_parse(table, argc, argv);
	if (!s->iface == !s->out)
		usage("send: give one of -i IFACE and -w FILE");
	if (s->m.outer_type != 0x8100 && s->m.outer_type != 0x88a8)
		usage("--outer-type: %x is neither 8100 nor 88a8", s->m.outer_type);
	s->m.seq_set = (uint32_t)seq_set;
	s->m.seq_set_on = opts_seen(table, "--seq-set");
	s->m.seq_add_on = opts_seen(table, "--seq-add");
	s->m.src_mac_on = opts_seen(table, "--src-mac");
	s->m.dst_mac_on = opts_seen(table, "--dst-mac");
	if (opts_seen(table, "--cpu"))
		pin_cpu(s->cpu);
}

static void choose(struct send *s)
{
	uint64_t to = s->range.to < s->pcap.count ? s->range.to : s->pcap.count;

	s->chosen = must_alloc(s->pcap.count, sizeof(*s->chosen));
	for (uint64_t i = s->range.from; i < to; i++) {
		const struct pcap_frame *f = &s->pcap.frames[i];

		if (i % s->every.step != s->every.offset)
			continue;
		if (f->len < 14 || f->len > FRAME_MAX)
			fail("%s: frame %llu of %u bytes cannot be sent", s->in,
			     (unsigned long long)i, f->len);
		s->chosen[s->chosen_count].iov_base = (void *)(uintptr_t)f->data;
		s->chosen[s->chosen_count++].iov_len = f->len;
	}
	if (!s->chosen_count)
		usage("%s: no frame to send (%zu in the file)", s->in, s->pcap.count);
	if (!s->count)
		s->count = s->chosen_count;
}

static void make_burst(struct send *s, struct iovec *burst, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++) {
		uint64_t nth = s->tx.sent + i;
		const struct iovec *in = &s->chosen[nth % s->chosen_count];

		burst[i] = *in;
		if (!s->slots)
			continue;
		burst[i].iov_base = s->slots + i * MUTATE_ROOM;
		if (mutate(&s->m, &s->rng, nth, in->iov_base, in->iov_len, burst[i].iov_base,
			   &burst[i].iov_len) == MUTATE_MISSED)
			s->missed++;
	}
}

static void run(struct send *s)
{
	struct iovec burst[TX_BURST];

	while (s->tx.sent < s->count && !stop_asked) {
		uint64_t n = tx_room(&s->tx, s->count - s->tx.sent);

		make_burst(s, burst, n);
		tx_burst(&s->tx, burst, (unsigned int)n);
	}
}

static int report(struct send *s)
{
	uint64_t lost = tx_finish(&s->tx);

	if (s->missed)
		warn_line("send: %llu frames had no place for a change asked for",
			  (unsigned long long)s->missed);
	tx_print(&s->tx);
	printf(" unmutated=%llu lost=%llu end=%s\n", (unsigned long long)s->missed,
	       (unsigned long long)lost, s->tx.sent < s->count ? "signal" : "count");
	/* With --every others send on the interface too: its drops need not be ours. */
	if (lost && s->every.step == 1) {
		warn_line("%s: the driver dropped %llu frames silently: slow down with --rate",
			  s->iface, (unsigned long long)lost);
		return 1;
	}
	return 0;
}

int cmd_send(int argc, char **argv)
{
	struct send s = {
		.range = { 0, UINT64_MAX },
		.every = { 1, 0 },
		.m.outer_type = 0x88a8,
	};
	int rc;

	options(&s, argc, argv);
	pcap_load(&s.pcap, s.in);
	choose(&s);
	s.rng.state = s.seed;
	if (!mutation_is_none(&s.m))
		s.slots = must_alloc(TX_BURST, MUTATE_ROOM);
	stop_on_signals();
	if (s.iface)
		tx_open_iface(&s.tx, s.iface, s.qdisc ? TX_QDISC : TX_BYPASS, s.rate);
	else
		tx_open_file(&s.tx, s.out);
	ready_touch(s.ready);
	run(&s);
	rc = report(&s);
	free(s.slots);
	free(s.chosen);
	pcap_unload(&s.pcap);
	return rc;
}
