// SPDX-License-Identifier: Apache-2.0
/* Endings, clock, pacing and addresses for all sub-commands. */
#include "wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

volatile sig_atomic_t stop_asked;

static void say(const char *fmt, va_list ap)
{
	fflush(stdout);
	fputs("xi-wire: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
}

void fail(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
	exit(1);
}

void usage(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
	exit(2);
}

void warn_line(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
}

void *must_alloc(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size);

	if (!p)
		fail("out of memory: %zu x %zu bytes", n, size);
	return p;
}

uint64_t clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * NS_PER_SEC + (uint64_t)ts.tv_nsec;
}

void sleep_us(unsigned int us)
{
	struct timespec ts = { .tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000 };

	nanosleep(&ts, NULL);
}

void pin_cpu(uint64_t cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		fail("cannot run on CPU %llu: %s", (unsigned long long)cpu, strerror(errno));
}

void ready_touch(const char *path)
{
	int fd;

	if (!path)
		return;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (fd < 0)
		fail("cannot create %s: %s", path, strerror(errno));
	close(fd);
}

static void on_stop(int sig)
{
	(void)sig;
	stop_asked = 1;
}

void stop_on_signals(void)
{
	/* No SA_RESTART: the blocking call in progress returns EINTR and the loop sees the flag. */
	struct sigaction sa = { .sa_handler = on_stop };

	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
}

uint64_t pace_allow(const struct pace *p, uint64_t sent, uint64_t want)
{
	uint64_t ns, due;

	if (!p->rate)
		return want;
	ns = clock_ns() - p->start;
	due = ns / NS_PER_SEC * p->rate + ns % NS_PER_SEC * p->rate / NS_PER_SEC + 1;
	if (due <= sent)
		return 0;
	return due - sent < want ? due - sent : want;
}

bool addr_parse(const char *text, struct addr *a)
{
	memset(a, 0, sizeof(*a));
	if (inet_pton(AF_INET, text, a->bytes) == 1)
		a->len = 4;
	else if (inet_pton(AF_INET6, text, a->bytes) == 1)
		a->len = 16;
	return a->len != 0;
}

bool prefix_parse(const char *text, struct prefix *p)
{
	const char *slash = strchr(text, '/');
	char host[64], *end;
	unsigned long bits;

	if (!slash || (size_t)(slash - text) >= sizeof(host))
		return false;
	memcpy(host, text, (size_t)(slash - text));
	host[slash - text] = '\0';
	if (!addr_parse(host, &p->addr))
		return false;
	errno = 0;
	bits = strtoul(slash + 1, &end, 10);
	if (errno || end == slash + 1 || *end || bits > p->addr.len * 8)
		return false;
	p->bits = (unsigned int)bits;
	return true;
}

bool mac_parse(const char *text, uint8_t mac[static 6])
{
	int n = 0;

	return sscanf(text, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx%n", &mac[0], &mac[1], &mac[2],
		      &mac[3], &mac[4], &mac[5], &n) == 6 && text[n] == '\0';
}

void addr_random(const struct prefix *p, struct rng *rng, struct addr *out)
{
	*out = p->addr;
	for (size_t i = 0; i < out->len; i++) {
		unsigned int fixed = p->bits > i * 8 ? p->bits - (unsigned int)i * 8 : 0;
		uint8_t mask = fixed >= 8 ? 0 : (uint8_t)(0xff >> fixed);

		out->bytes[i] = (uint8_t)((out->bytes[i] & ~mask) | (rng_u64(rng) & mask));
	}
}

void addr_advance(struct addr *a, uint64_t n)
{
	for (size_t i = a->len; i-- > 0 && n;) {
		n += a->bytes[i];
		a->bytes[i] = (uint8_t)n;
		n >>= 8;
	}
}
