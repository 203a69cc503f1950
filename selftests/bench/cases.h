/* SPDX-License-Identifier: Apache-2.0 */
/* The two families of measurements, and what both have in common. */
#ifndef BENCH_CASES_H
#define BENCH_CASES_H

#include "selftests/bench/rig.h"

/* In a guest under -icount: xi_outer alone, then whole paths. prefix: of names; NULL: all. */
void guest_run(const char *prefix);

/* On this machine, xi_outer alone: nanoseconds. */
void native_run(void);

/* On this machine: loading 10,000 entries of a crypto map. daemon: path of xipsecd. */
void config_run(const char *daemon);

/* xi_outer alone over one frame: how to get each verdict. */
struct verdict_case {
	const char *name;
	enum xi_reason reason;
	void (*setup)(struct rig *r, struct frame *f);
};

extern const struct verdict_case verdict_cases[];
extern const size_t verdict_cases_n;

/* A window with 1..top seen. */
void window_fill(struct xi_window *w, __u32 size, __u64 top);

#endif /* BENCH_CASES_H */
