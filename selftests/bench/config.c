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
#include <time.h>
#include <unistd.h>

#include "selftests/bench/cases.h"
#include "selftests/bench/report.h"
#include "user/config/file.h"
#include "user/plan/plan.h"

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

/* --- from the tree to objects of the kernel, in a child too --- */

static const char *own_name(void *ctx, const char *ios_name)
{
	(void)ctx;
	return ios_name;
}

static const struct sa_info *no_sa(void *ctx, uint32_t if_id)
{
	(void)ctx;
	(void)if_id;
	return NULL;
}

static double cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

struct planned {
	double	plan;		/* ms, of the first plan */
	double	change;		/* ms, of another one and what differs: a line at the prompt */
	size_t	objects;
};

static int plan_both(const struct tree *t, struct planned *out, struct err *e)
{
	const uint8_t plen = 24;
	const struct addr addr = { .family = AF_INET, .b = { 192, 0, 2, 1 } };
	const struct plan_dev dev = { .name = "lo", .ifindex = 1, .mtu = 1500, .addr = &addr,
				      .plen = &plen, .naddrs = 1 };
	const struct plan_env env = { .dev = &dev, .ndevs = 1, .device = own_name,
				      .outbound_sa = no_sa };
	double start = cpu_ms(), done;
	struct plan was = {}, is = {};
	struct kobj_ops ops = {};
	int ret;

	ret = plan_build(t, &env, &was, e);
	done = cpu_ms();
	ret = ret ?: plan_build(t, &env, &is, e);
	ret = ret ?: kobj_diff(&was.objects, &is.objects, &ops);
	if (!ret && ops.n)
		ret = err_set(e, -EINVAL, "%zu objects differ from themselves", ops.n);
	*out = (struct planned){ .plan = done - start, .change = cpu_ms() - done,
				 .objects = was.objects.n };
	return ret;
}

/* Nothing is freed: the child ends. */
static void plan_child(const char *path, int fd)
{
	struct planned out = {};
	struct diags d = {};
	struct tree t = {};
	struct err e = {};

	if (file_load(path, NULL, &t, &d, &e) || plan_both(&t, &out, &e)) {
		fprintf(stderr, "bench: %s: %s\n", path, e.text);
		_exit(1);
	}
	_exit(write(fd, &out, sizeof(out)) != sizeof(out));
}

static struct planned plan_file(const char *path, unsigned int entries, double *kib)
{
	struct planned out = {};
	struct rusage r;
	int fds[2], status;
	pid_t pid;

	if (pipe(fds) || (pid = fork()) < 0) {
		fprintf(stderr, "bench: %s\n", strerror(errno));
		exit(2);
	}
	if (!pid)
		plan_child(path, fds[1]);
	close(fds[1]);
	expect(read(fds[0], &out, sizeof(out)) == sizeof(out) && out.objects >= 8 * entries,
	       "%s: a plan of %zu objects", path, out.objects);
	close(fds[0]);
	wait4(pid, &status, 0, &r);
	*kib = (double)r.ru_maxrss;
	return out;
}

struct series {
	double	load_ms[ROUNDS], load_kib[ROUNDS];
	double	plan_ms[ROUNDS], change_ms[ROUNDS], plan_kib[ROUNDS];
};

/* Of one entry too, so that a figure that grows faster than the configuration is seen. */
static void tell(const char *what, const double *small, const double *large, double hard)
{
	char name[64];

	snprintf(name, sizeof(name), "config.%s", what);
	report(&(struct result){
		.bench = name, .metric = "ms", .value = median(large, ROUNDS),
		.spread = iqr(large, ROUNDS), .baseline = median(small, ROUNDS),
		.n = LARGE, .rounds = ROUNDS, .hard = hard,
	});
	snprintf(name, sizeof(name), "config.%s.entry", what);
	report(&(struct result){
		.bench = name, .metric = "us", .value = median(large, ROUNDS) * 1e3 / LARGE,
		.baseline = median(small, ROUNDS) * 1e3 / SMALL, .n = LARGE, .rounds = ROUNDS,
	});
}

static void tell_memory(const char *name, const double *small, const double *large)
{
	report(&(struct result){
		.bench = name, .metric = "kib", .value = median(large, ROUNDS),
		.spread = iqr(large, ROUNDS), .baseline = median(small, ROUNDS), .n = LARGE,
		.rounds = ROUNDS,
	});
}

static void measure(const char *daemon, const char *path, unsigned int entries, unsigned int round,
		    struct series *s)
{
	struct cost load = judge(daemon, path);
	struct planned p = plan_file(path, entries, &s->plan_kib[round]);

	s->load_ms[round] = load.ms;
	s->load_kib[round] = load.kib;
	s->plan_ms[round] = p.plan;
	s->change_ms[round] = p.change;
}

void config_run(const char *daemon)
{
	char small_path[] = "/tmp/xi-bench-small-XXXXXX", large_path[] = "/tmp/xi-bench-large-XXXXXX";
	struct series small, large;
	unsigned int i;

	close(mkstemp(small_path));
	close(mkstemp(large_path));
	write_config(small_path, SMALL);
	write_config(large_path, LARGE);
	for (i = 0; i < ROUNDS; i++) {
		measure(daemon, small_path, SMALL, i, &small);
		measure(daemon, large_path, LARGE, i, &large);
	}
	tell("load", small.load_ms, large.load_ms, TARGET_MS);
	tell("plan", small.plan_ms, large.plan_ms, 0);
	tell("change", small.change_ms, large.change_ms, 0);
	tell_memory("config.load.memory", small.load_kib, large.load_kib);
	tell_memory("config.plan.memory", small.plan_kib, large.plan_kib);
	unlink(small_path);
	unlink(large_path);
}
