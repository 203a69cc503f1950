// SPDX-License-Identifier: Apache-2.0
/* xi-wire udp-blast: numbered datagrams through an ordinary socket, none lost on this host. */
#include "udp.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "opt.h"

#define STUCK_AFTER (30 * NS_PER_SEC)	/* longer than one IKE negotiation with retransmissions */

struct blast {
	struct addr src, dst;
	uint64_t port, count, first, size, cpu, rate;

	int fd;
	struct mmsghdr msgs[UDP_BURST];
	struct iovec iov[UDP_BURST];
	uint64_t sent, retries;
};

socklen_t udp_sockaddr(const struct addr *a, uint64_t port, struct sockaddr_storage *ss)
{
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)ss;
	struct sockaddr_in *v4 = (struct sockaddr_in *)ss;

	memset(ss, 0, sizeof(*ss));
	if (a->len == 4) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons((uint16_t)port);
		memcpy(&v4->sin_addr, a->bytes, 4);
		return sizeof(*v4);
	}
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons((uint16_t)port);
	memcpy(&v6->sin6_addr, a->bytes, 16);
	return sizeof(*v6);
}

static void options(struct blast *b, int argc, char **argv)
{
	struct opt table[] = {
		OPT_CALL("--src", OPT_MUST, &b->src, opt_addr, "an IP address"),
		OPT_CALL("--dst", OPT_MUST, &b->dst, opt_addr, "an IP address"),
		OPT_NUM("--port", OPT_MUST, &b->port, 1, 65535),
		OPT_NUM("--count", OPT_MUST, &b->count, 1, UINT64_MAX),
		OPT_NUM("--first", OPT_MAY, &b->first, 0, UINT64_MAX),
		OPT_NUM("--size", OPT_MAY, &b->size, UDP_HEAD, UDP_PAYLOAD_MAX),
		OPT_NUM("--rate", OPT_MAY, &b->rate, 1, NS_PER_SEC),
		OPT_NUM("--cpu", OPT_MAY, &b->cpu, 0, 1023),
		OPT_END
	};

	opts_parse(table, argc, argv);
	if (b->src.len != b->dst.len)
		usage("udp-blast: --src and --dst are not of one IP version");
	if (opts_seen(table, "--cpu"))
		pin_cpu(b->cpu);
}

/*
 * Linux hides a local queue drop from a UDP sender unless it asked for extended errors
 * (udp_send_skb() turns ENOBUFS into success otherwise).
 */
static void ask_errors(struct blast *b)
{
	int one = 1;
	int rc = b->src.len == 4 ? setsockopt(b->fd, SOL_IP, IP_RECVERR, &one, sizeof(one))
				 : setsockopt(b->fd, SOL_IPV6, IPV6_RECVERR, &one, sizeof(one));

	if (rc)
		fail("cannot ask for local drops: %s", strerror(errno));
}

static void open_socket(struct blast *b)
{
	struct sockaddr_storage ss;
	socklen_t len = udp_sockaddr(&b->src, 0, &ss);
	uint64_t since = clock_ns();

	b->fd = socket(ss.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (b->fd < 0 || bind(b->fd, (struct sockaddr *)&ss, len))
		fail("cannot bind the source address: %s", strerror(errno));
	ask_errors(b);
	len = udp_sockaddr(&b->dst, b->port, &ss);
	/* EAGAIN: the policy asks for an SA that IKE is still making. */
	while (connect(b->fd, (struct sockaddr *)&ss, len)) {
		if (errno != EAGAIN || stop_asked || clock_ns() - since > STUCK_AFTER)
			fail("cannot connect to the destination: %s", strerror(errno));
		sleep_us(1000);
	}
}

static void prepare(struct blast *b, uint8_t *slots)
{
	for (unsigned int i = 0; i < UDP_BURST; i++) {
		b->iov[i].iov_base = slots + i * b->size;
		b->iov[i].iov_len = b->size;
		b->msgs[i].msg_hdr.msg_iov = &b->iov[i];
		b->msgs[i].msg_hdr.msg_iovlen = 1;
	}
}

/* Errors that pass: a full queue, an SA in the making, an ICMP about an earlier datagram. */
static bool passes(int err)
{
	return err == ENOBUFS || err == EAGAIN || err == EINTR || err == ENOMEM ||
	       err == ECONNREFUSED || err == EHOSTUNREACH || err == ENETUNREACH ||
	       err == EMSGSIZE;
}

/* The error queue fills with ICMP reports nobody asks for; empty it so it costs no memory. */
static void drop_reports(const struct blast *b)
{
	char data[64], control[512];
	struct iovec iov = { .iov_base = data, .iov_len = sizeof(data) };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };

	do {
		m.msg_control = control;
		m.msg_controllen = sizeof(control);
	} while (recvmsg(b->fd, &m, MSG_ERRQUEUE | MSG_DONTWAIT) >= 0);
}

static void send_burst(struct blast *b, unsigned int n)
{
	uint64_t since = clock_ns();
	unsigned int done = 0;

	for (unsigned int i = 0; i < n; i++) {
		uint64_t be = htobe64(b->first + b->sent + i);

		memcpy(b->iov[i].iov_base, &be, sizeof(be));
	}
	while (done < n && !stop_asked) {
		int taken = sendmmsg(b->fd, b->msgs + done, n - done, 0);
		int err = errno;

		if (taken > 0) {
			done += (unsigned int)taken;
			b->sent += (unsigned int)taken;
			since = clock_ns();
			continue;
		}
		if (!passes(err) || clock_ns() - since > STUCK_AFTER)
			fail("cannot send datagram %llu: %s",
			     (unsigned long long)(b->first + b->sent), strerror(err));
		b->retries++;
		drop_reports(b);
		sleep_us(20);
	}
}

int cmd_udp_blast(int argc, char **argv)
{
	struct blast b = { .size = 64 };
	struct pace pace;
	uint8_t *slots;
	double s;

	options(&b, argc, argv);
	slots = must_alloc(UDP_BURST, b.size);
	prepare(&b, slots);
	stop_on_signals();
	open_socket(&b);
	pace = (struct pace){ .rate = b.rate, .start = clock_ns() };
	while (b.sent < b.count && !stop_asked) {
		uint64_t left = b.count - b.sent;
		uint64_t n = pace_allow(&pace, b.sent, left < UDP_BURST ? left : UDP_BURST);

		if (n)
			send_burst(&b, (unsigned int)n);
		else
			sleep_us(50);
	}
	s = (double)(clock_ns() - pace.start) / 1e9;
	printf("sent=%llu bytes=%llu seconds=%.6f pps=%.0f retries=%llu end=%s\n",
	       (unsigned long long)b.sent, (unsigned long long)(b.sent * b.size), s,
	       s > 0 ? (double)b.sent / s : 0.0, (unsigned long long)b.retries,
	       b.sent < b.count ? "signal" : "count");
	close(b.fd);
	free(slots);
	return 0;
}
