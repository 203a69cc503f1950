// SPDX-License-Identifier: Apache-2.0
/*
 * xi-wire udp-sink: numbered datagrams in order of arrival. Counters stay in memory while they
 * come in; the file is written and the statistics made at the end, so the socket is emptied as
 * fast as this host can.
 */
#include "udp.h"

#include <endian.h>
#include <errno.h>
#include <linux/sock_diag.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "opt.h"

#define RCVBUF (256 << 20)
#define RCVBUF_MAX (1 << 29)		/* the kernel doubles it in an int */
#define POLL_MS 50
#define SLOT 64				/* only the counter matters; the rest may be cut */

struct sink {
	struct addr bind;
	const char *path, *ready;
	uint64_t port, count, idle, cpu, rcvbuf;

	int fd;
	uint64_t *counters;		/* owned; in order of arrival */
	size_t received, room;
	uint64_t runts, first_ns, last_ns;
	const char *end;
};

struct tally {
	uint64_t unique, duplicates, out_of_order, max_lag;
};

struct arrival {
	uint64_t counter;
	size_t index;
};

static void options(struct sink *s, int argc, char **argv)
{
	struct opt table[] = {
		OPT_CALL("--bind", OPT_MUST, &s->bind, opt_addr, "an IP address"),
		OPT_NUM("--port", OPT_MUST, &s->port, 1, 65535),
		OPT_STR("--out", OPT_MUST, &s->path),
		OPT_NUM("--count", OPT_MAY, &s->count, 1, UINT64_MAX),
		OPT_CALL("--idle", OPT_MAY, &s->idle, opt_seconds, "a number of seconds"),
		OPT_STR("--ready", OPT_MAY, &s->ready),
		OPT_NUM("--rcvbuf", OPT_MAY, &s->rcvbuf, 1, RCVBUF_MAX),
		OPT_NUM("--cpu", OPT_MAY, &s->cpu, 0, 1023),
		OPT_END
	};

	opts_parse(table, argc, argv);
	if (opts_seen(table, "--cpu"))
		pin_cpu(s->cpu);
}

static void open_socket(struct sink *s)
{
	struct sockaddr_storage ss;
	socklen_t len = udp_sockaddr(&s->bind, s->port, &ss);
	int rcvbuf = (int)s->rcvbuf;

	s->fd = socket(ss.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (s->fd < 0)
		fail("cannot open a UDP socket: %s", strerror(errno));
	if (setsockopt(s->fd, SOL_SOCKET, SO_RCVBUFFORCE, &rcvbuf, sizeof(rcvbuf)))
		fail("SO_RCVBUFFORCE: %s", strerror(errno));
	if (bind(s->fd, (struct sockaddr *)&ss, len))
		fail("cannot bind: %s", strerror(errno));
}

static void keep(struct sink *s, const uint8_t *data, size_t len)
{
	uint64_t be;

	if (len < UDP_HEAD) {
		s->runts++;
		return;
	}
	if (s->received == s->room) {
		s->room = s->room ? s->room * 2 : 1 << 16;
		s->counters = reallocarray(s->counters, s->room, sizeof(*s->counters));
		if (!s->counters)
			fail("out of memory for %zu counters", s->room);
	}
	memcpy(&be, data, sizeof(be));
	s->counters[s->received++] = be64toh(be);
}

/* One burst without waiting; returns how many came. */
static int receive_burst(struct sink *s)
{
	static uint8_t slots[UDP_BURST][SLOT];
	struct mmsghdr msgs[UDP_BURST] = { 0 };
	struct iovec iov[UDP_BURST];
	uint64_t left = s->count ? s->count - s->received : UDP_BURST;
	int n;

	for (unsigned int i = 0; i < UDP_BURST; i++) {
		iov[i] = (struct iovec){ .iov_base = slots[i], .iov_len = SLOT };
		msgs[i].msg_hdr.msg_iov = &iov[i];
		msgs[i].msg_hdr.msg_iovlen = 1;
	}
	n = recvmmsg(s->fd, msgs, left < UDP_BURST ? (unsigned int)left : UDP_BURST, MSG_DONTWAIT,
		     NULL);
	if (n < 0 && errno != EAGAIN && errno != EINTR)
		fail("cannot receive: %s", strerror(errno));
	for (int i = 0; i < n; i++)
		keep(s, slots[i], msgs[i].msg_len);
	return n;
}

/* A stop signal ends only an empty socket: what has arrived is counted. */
static void run(struct sink *s)
{
	uint64_t idle_since = clock_ns();

	while (!s->end) {
		struct pollfd pfd = { .fd = s->fd, .events = POLLIN };
		uint64_t now;

		if (receive_burst(s) > 0) {
			idle_since = s->last_ns = clock_ns();
			s->first_ns = s->first_ns ? s->first_ns : s->last_ns;
			if (s->count && s->received >= s->count)
				s->end = "count";
			continue;
		}
		now = clock_ns();
		if (stop_asked)
			s->end = "signal";
		else if (s->idle && now - idle_since >= s->idle)
			s->end = "idle";
		else
			poll(&pfd, 1, POLL_MS);
	}
}

static uint64_t socket_drops(const struct sink *s)
{
	uint32_t info[SK_MEMINFO_VARS] = { 0 };
	socklen_t len = sizeof(info);

	if (getsockopt(s->fd, SOL_SOCKET, SO_MEMINFO, info, &len))
		fail("SO_MEMINFO: %s", strerror(errno));
	return info[SK_MEMINFO_DROPS];
}

static int by_counter(const void *x, const void *y)
{
	const struct arrival *a = x, *b = y;

	if (a->counter != b->counter)
		return a->counter < b->counter ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

/* True for each arrival that repeats an earlier counter. */
static bool *find_repeats(const struct sink *s)
{
	struct arrival *a = must_alloc(s->received, sizeof(*a));
	bool *repeat = must_alloc(s->received, sizeof(*repeat));

	for (size_t i = 0; i < s->received; i++)
		a[i] = (struct arrival){ .counter = s->counters[i], .index = i };
	qsort(a, s->received, sizeof(*a), by_counter);
	for (size_t i = 1; i < s->received; i++)
		repeat[a[i].index] = a[i].counter == a[i - 1].counter;
	free(a);
	return repeat;
}

/* Out of order: a first arrival behind a larger counter; max_lag: by how much at worst. */
static struct tally tally(const struct sink *s)
{
	bool *repeat = find_repeats(s);
	uint64_t newest = 0;
	struct tally t = { 0 };

	for (size_t i = 0; i < s->received; i++) {
		uint64_t c = s->counters[i];

		if (repeat[i]) {
			t.duplicates++;
			continue;
		}
		t.unique++;
		if (c < newest) {
			t.out_of_order++;
			t.max_lag = newest - c > t.max_lag ? newest - c : t.max_lag;
		} else {
			newest = c;
		}
	}
	free(repeat);
	return t;
}

static void write_counters(const struct sink *s, FILE *f)
{
	bool bad;

	for (size_t i = 0; i < s->received; i++)
		fprintf(f, "%llu\n", (unsigned long long)s->counters[i]);
	bad = ferror(f);
	if (fclose(f) || bad)
		fail("%s: cannot write: %s", s->path, strerror(errno));
}

int cmd_udp_sink(int argc, char **argv)
{
	struct sink s = { .rcvbuf = RCVBUF };
	struct tally t;
	uint64_t drops;
	FILE *out;

	options(&s, argc, argv);
	out = fopen(s.path, "we");
	if (!out)
		fail("cannot create %s: %s", s.path, strerror(errno));
	stop_on_signals();
	open_socket(&s);
	ready_touch(s.ready);
	run(&s);
	drops = socket_drops(&s);
	close(s.fd);
	write_counters(&s, out);
	t = tally(&s);
	free(s.counters);
	if (drops)
		warn_line("udp-sink: the socket dropped %llu datagrams", (unsigned long long)drops);
	printf("received=%zu unique=%llu duplicates=%llu out_of_order=%llu max_lag=%llu runts=%llu "
	       "socket_drops=%llu seconds=%.6f end=%s\n", s.received,
	       (unsigned long long)t.unique, (unsigned long long)t.duplicates,
	       (unsigned long long)t.out_of_order, (unsigned long long)t.max_lag,
	       (unsigned long long)s.runts, (unsigned long long)drops,
	       (double)(s.last_ns - s.first_ns) / 1e9, s.end);
	return drops ? 1 : 0;
}
