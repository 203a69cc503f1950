// SPDX-License-Identifier: Apache-2.0
#include "tx.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define STUCK_AFTER (10 * NS_PER_SEC)	/* no frame taken for so long: give up, loudly */
#define SNDBUF (8 << 20)

/*
 * The "drop" column of the transmit half. /proc/self/net follows the network namespace of the
 * process, /sys follows the mount and would show the host's interfaces under nsenter -n.
 */
static uint64_t iface_tx_drops(const char *iface)
{
	FILE *f = fopen("/proc/self/net/dev", "re");
	unsigned long long drops = 0, v;
	char line[512], name[64];

	if (!f)
		return 0;
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, " %63[^:]: %*u %*u %*u %*u %*u %*u %*u %*u %*u %*u %*u %llu",
			   name, &v) == 2 && !strcmp(name, iface))
			drops = v;
	}
	fclose(f);
	return drops;
}

static void bind_iface(struct tx *t)
{
	struct sockaddr_ll ll = { .sll_family = AF_PACKET };

	ll.sll_ifindex = (int)if_nametoindex(t->iface);
	if (!ll.sll_ifindex)
		usage("no interface '%s' in this network namespace", t->iface);
	/* Protocol 0: this socket never receives. */
	if (bind(t->fd, (struct sockaddr *)&ll, sizeof(ll)))
		fail("%s: cannot bind: %s", t->iface, strerror(errno));
}

void tx_open_iface(struct tx *t, const char *iface, enum tx_path path, uint64_t rate)
{
	int one = 1, sndbuf = SNDBUF;

	memset(t, 0, sizeof(*t));
	t->iface = iface;
	t->pace.rate = rate;
	t->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (t->fd < 0)
		fail("cannot open a packet socket: %s", strerror(errno));
	if (setsockopt(t->fd, SOL_SOCKET, SO_SNDBUFFORCE, &sndbuf, sizeof(sndbuf)))
		fail("SO_SNDBUFFORCE: %s", strerror(errno));
	if (path == TX_BYPASS &&
	    setsockopt(t->fd, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof(one)))
		fail("PACKET_QDISC_BYPASS: %s", strerror(errno));
	bind_iface(t);
	t->drops_before = iface_tx_drops(iface);
	t->start = t->last = t->pace.start = clock_ns();
}

void tx_open_file(struct tx *t, const char *path)
{
	memset(t, 0, sizeof(*t));
	t->fd = -1;
	pcap_create(&t->file, path);
	t->start = t->last = clock_ns();
}

uint64_t tx_room(struct tx *t, uint64_t want)
{
	uint64_t n = pace_allow(&t->pace, t->sent, want < TX_BURST ? want : TX_BURST);

	if (!n)
		sleep_us(50);
	return n;
}

static void burst_to_file(struct tx *t, const struct iovec *frames, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		pcap_write(&t->file, (t->sent + i) * 1000, frames[i].iov_base, frames[i].iov_len);
}

/* Refused: the queue is full. Anything else is final. */
static void refused(struct tx *t, int err, size_t len, uint64_t since)
{
	if (err == EMSGSIZE)
		fail("%s: frame %llu of %zu bytes is larger than the MTU allows", t->iface,
		     (unsigned long long)t->sent, len);
	if (err != ENOBUFS && err != EAGAIN && err != EINTR && err != ENOMEM)
		fail("%s: frame %llu of %zu bytes: %s", t->iface, (unsigned long long)t->sent, len,
		     strerror(err));
	if (clock_ns() - since > STUCK_AFTER)
		fail("%s: takes no frame for %llu s (%s), sent=%llu", t->iface,
		     STUCK_AFTER / NS_PER_SEC, strerror(err), (unsigned long long)t->sent);
	sleep_us(20);
}

static void burst_to_iface(struct tx *t, const struct iovec *frames, unsigned int n)
{
	struct mmsghdr msgs[TX_BURST] = { 0 };
	uint64_t since = clock_ns();
	unsigned int done = 0;

	for (unsigned int i = 0; i < n; i++) {
		msgs[i].msg_hdr.msg_iov = (struct iovec *)(uintptr_t)&frames[i];
		msgs[i].msg_hdr.msg_iovlen = 1;
	}
	while (done < n) {
		int taken = sendmmsg(t->fd, msgs + done, n - done, 0);

		if (taken > 0) {
			since = clock_ns();
			done += (unsigned int)taken;
		}
		/* A short count hides the error of the frame that stopped it: one refusal. */
		if (done < n)
			t->retries++;
		if (taken < 0)
			refused(t, errno, frames[done].iov_len, since);
	}
}

void tx_burst(struct tx *t, const struct iovec *frames, unsigned int n)
{
	if (t->iface)
		burst_to_iface(t, frames, n);
	else
		burst_to_file(t, frames, n);
	for (unsigned int i = 0; i < n; i++)
		t->bytes += frames[i].iov_len;
	t->sent += n;
}

uint64_t tx_finish(struct tx *t)
{
	uint64_t drops;

	t->last = clock_ns();
	if (!t->iface) {
		pcap_finish(&t->file);
		return 0;
	}
	close(t->fd);
	drops = iface_tx_drops(t->iface) - t->drops_before;
	return drops > t->retries ? drops - t->retries : 0;
}

void tx_print(const struct tx *t)
{
	double s = (double)(t->last - t->start) / 1e9;

	printf("sent=%llu bytes=%llu seconds=%.6f pps=%.0f retries=%llu",
	       (unsigned long long)t->sent, (unsigned long long)t->bytes, s,
	       s > 0 ? (double)t->sent / s : 0.0, (unsigned long long)t->retries);
}
