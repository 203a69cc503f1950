// SPDX-License-Identifier: Apache-2.0
/*
 * What a large configuration costs: 10,000 entries of a crypto map against 1,000, an
 * entry each. A child does the work, so that its memory is its own; the time is CPU
 * time, which other people's work on the machine disturbs least.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "selftests/bench/cases.h"
#include "selftests/bench/report.h"

#define ROUNDS	5
#define SMALL	1000
#define LARGE	10000
#define TARGET_MS	2000	/* to load LARGE */

struct cost {
	double	ms;		/* of the CPU, user and kernel */
	double	kib;		/* resident, at most */
};

/* Manual keys, a peer and a list of its own each: what has most to be looked at. */
static void write_entry(FILE *f, unsigned int i)
{
	fprintf(f, "crypto map lab %u ipsec-manual\n"
		" set peer 10.%u.%u.1\n"
		" set transform-set cbc\n"
		" set session-key inbound esp %u cipher %032x authenticator %064x\n"
		" set session-key outbound esp %u cipher %032x authenticator %064x\n"
		" match address flow%u\n"
		"ip access-list extended flow%u\n"
		" permit ip 192.168.0.0 0.0.255.255 172.%u.%u.0 0.0.0.255\n",
		i + 1, 100 + i / 250, i % 250, 0x10000 + i, i, i, 0x20000 + i, i + 1, i + 1, i, i,
		16 + i / 256 % 64, i % 256);
}

static void write_config(const char *path, unsigned int entries)
{
	FILE *f = fopen(path, "we");
	unsigned int i;

	if (!f) {
		fprintf(stderr, "bench: %s: %s\n", path, strerror(errno));
		exit(2);
	}
	fprintf(f, "hostname bench\ncrypto ipsec transform-set cbc esp-aes esp-sha256-hmac\n");
	for (i = 0; i < entries; i++)
		write_entry(f, i);
	fprintf(f, "interface lo\n crypto map lab\nend\n");
	if (fclose(f)) {
		fprintf(stderr, "bench: %s: %s\n", path, strerror(errno));
		exit(2);
	}
}

static double ms_of(const struct rusage *r)
{
	return (double)(r->ru_utime.tv_sec + r->ru_stime.tv_sec) * 1e3 +
	       (double)(r->ru_utime.tv_usec + r->ru_stime.tv_usec) / 1e3;
}

/* `xipsecd -t -c PATH`, its findings thrown away. */
static struct cost judge(const char *daemon, const char *path)
{
	struct rusage r;
	int status, null;
	pid_t pid = fork();

	if (!pid) {
		null = open("/dev/null", O_WRONLY | O_CLOEXEC);
		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		execl(daemon, daemon, "-t", "-c", path, NULL);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &r) < 0) {
		fprintf(stderr, "bench: %s: %s\n", daemon, strerror(errno));
		exit(2);
	}
	expect(WIFEXITED(status) && !WEXITSTATUS(status), "%s -t -c: status %d", daemon, status);
	return (struct cost){ .ms = ms_of(&r), .kib = (double)r.ru_maxrss };
}

struct series {
	double	ms[ROUNDS], kib[ROUNDS];
};

static void add(struct series *s, unsigned int round, struct cost c)
{
	s->ms[round] = c.ms;
	s->kib[round] = c.kib;
}

/* Of one entry, so that a figure that grows faster than the configuration is seen. */
static void tell(const char *what, const struct series *small, const struct series *large)
{
	double us[2] = { median(small->ms, ROUNDS) * 1e3 / SMALL,
			 median(large->ms, ROUNDS) * 1e3 / LARGE };
	char name[64];

	snprintf(name, sizeof(name), "config.%s.10000", what);
	report(&(struct result){
		.bench = name, .metric = "ms", .value = median(large->ms, ROUNDS),
		.spread = iqr(large->ms, ROUNDS), .baseline = median(small->ms, ROUNDS),
		.n = LARGE, .rounds = ROUNDS, .hard = TARGET_MS,
	});
	snprintf(name, sizeof(name), "config.%s.entry", what);
	report(&(struct result){
		.bench = name, .metric = "us_per_entry", .value = us[1], .baseline = us[0],
		.n = LARGE, .rounds = ROUNDS,
	});
}

void config_run(const char *daemon)
{
	char small_path[] = "/tmp/xi-bench-small-XXXXXX", large_path[] = "/tmp/xi-bench-large-XXXXXX";
	struct series small = {}, large = {};
	unsigned int i;

	close(mkstemp(small_path));
	close(mkstemp(large_path));
	write_config(small_path, SMALL);
	write_config(large_path, LARGE);
	for (i = 0; i < ROUNDS; i++) {
		add(&small, i, judge(daemon, small_path));
		add(&large, i, judge(daemon, large_path));
	}
	tell("load", &small, &large);
	report(&(struct result){
		.bench = "config.load.memory", .metric = "kib_10000_entries",
		.value = median(large.kib, ROUNDS), .spread = iqr(large.kib, ROUNDS),
		.baseline = median(small.kib, ROUNDS), .n = LARGE, .rounds = ROUNDS,
	});
	unlink(small_path);
	unlink(large_path);
}
