// SPDX-License-Identifier: Apache-2.0
/*
 * Nanoseconds of xi_outer against a program that returns XDP_PASS, by
 * BPF_PROG_RUN on one CPU. The machine is noisy: A and B in turn, median and
 * spread of the differences of neighbours, CPU time of the thread.
 */
#include <sched.h>
#include <stdio.h>

#include "selftests/bench/cases.h"
#include "selftests/bench/report.h"

#define ROUNDS	21
#define REPEAT	1000000

/* Where the last CPU is: the first one takes most interrupts. */
static void pin(void)
{
	cpu_set_t set;
	int cpu;

	if (sched_getaffinity(0, sizeof(set), &set))
		return;
	for (cpu = CPU_SETSIZE - 1; cpu > 0 && !CPU_ISSET(cpu, &set); cpu--)
		;
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static void measure(struct rig *r, const struct verdict_case *c)
{
	double null[ROUNDS], diff[ROUNDS], ns;
	char name[64];
	struct frame f;
	__u64 before;
	int i;

	c->setup(r, &f);
	rig_run(r, ARM_OUTER, &f, REPEAT / 10, &ns);	/* caches, branch predictor */
	before = rig_reason(r, c->reason);
	for (i = 0; i < ROUNDS; i++) {
		rig_run(r, ARM_PASS, &f, REPEAT, &null[i]);
		rig_run(r, ARM_OUTER, &f, REPEAT, &ns);
		diff[i] = ns - null[i];
	}
	expect(rig_reason(r, c->reason) - before == (__u64)ROUNDS * REPEAT,
	       "%s: %llu packets of %llu had the verdict", c->name,
	       (unsigned long long)(rig_reason(r, c->reason) - before),
	       (unsigned long long)ROUNDS * REPEAT);
	snprintf(name, sizeof(name), "native.%s", c->name);
	report(&(struct result){
		.bench = name, .metric = "ns_more_than_null", .value = median(diff, ROUNDS),
		.spread = iqr(diff, ROUNDS), .baseline = median(null, ROUNDS), .n = REPEAT,
		.rounds = ROUNDS,
	});
}

void native_run(void)
{
	struct rig *r = rig_new(false);
	size_t i;

	pin();
	for (i = 0; i < verdict_cases_n; i++)
		measure(r, &verdict_cases[i]);
	rig_free(r);
}
