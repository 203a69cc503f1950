/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What all sub-commands of xi-wire share: how they end, the clock, the seeded random numbers,
 * addresses, bytes in network order. A mistake of the caller ends in usage() (exit 2), anything
 * that makes the result untrue ends in fail() (exit 1).
 */
#ifndef XI_WIRE_H
#define XI_WIRE_H

/* So this header comes before any of the system. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define NS_PER_SEC 1000000000ull

/* Largest frame handled: a 64 KiB IP packet (GSO), Ethernet, some tags. */
#define FRAME_MAX (65535 + 14 + 4 * 4)

__attribute__((noreturn, format(printf, 1, 2))) void fail(const char *fmt, ...);
__attribute__((noreturn, format(printf, 1, 2))) void usage(const char *fmt, ...);
__attribute__((format(printf, 1, 2))) void warn_line(const char *fmt, ...);

void *must_alloc(size_t n, size_t size);
uint64_t clock_ns(void);
void sleep_us(unsigned int us);
void pin_cpu(uint64_t cpu);
void ready_touch(const char *path);		/* NULL: nothing to do */

extern volatile sig_atomic_t stop_asked;	/* set by SIGTERM and SIGINT */
void stop_on_signals(void);

/* splitmix64: one word of state, same numbers on every machine. */
struct rng {
	uint64_t state;
};

static inline uint64_t rng_u64(struct rng *r)
{
	uint64_t z = (r->state += 0x9e3779b97f4a7c15ull);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return z ^ (z >> 31);
}

static inline uint64_t rng_below(struct rng *r, uint64_t n)
{
	return n ? rng_u64(r) % n : 0;
}

/* SPIs 0 to 255 are reserved (RFC 4303, 2.1). */
static inline uint32_t rng_spi(struct rng *r)
{
	return 256 + (uint32_t)rng_below(r, UINT32_MAX - 256);
}

/* How many frames may leave now so that no more than `rate` leave per second. */
struct pace {
	uint64_t rate;		/* 0: no limit */
	uint64_t start;
};

uint64_t pace_allow(const struct pace *p, uint64_t sent, uint64_t want);

struct addr {
	size_t len;		/* 4, 16, or 0 for none */
	uint8_t bytes[16];
};

struct prefix {
	struct addr addr;
	unsigned int bits;
};

bool addr_parse(const char *text, struct addr *a);
bool prefix_parse(const char *text, struct prefix *p);
bool mac_parse(const char *text, uint8_t mac[static 6]);
void addr_random(const struct prefix *p, struct rng *rng, struct addr *out);
void addr_advance(struct addr *a, uint64_t n);

static inline uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t get32(const uint8_t *p)
{
	return (uint32_t)get16(p) << 16 | get16(p + 2);
}

static inline void put16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static inline void put32(uint8_t *p, uint32_t v)
{
	put16(p, (uint16_t)(v >> 16));
	put16(p + 2, (uint16_t)v);
}

int cmd_capture(int argc, char **argv);
int cmd_send(int argc, char **argv);
int cmd_gen_unknown(int argc, char **argv);
int cmd_shuffle(int argc, char **argv);
int cmd_dump(int argc, char **argv);
int cmd_udp_blast(int argc, char **argv);
int cmd_udp_sink(int argc, char **argv);

#endif
