/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The programs under test, loaded without pins (a gateway that runs on this
 * machine is left alone), and the ways to put packets through them.
 */
#ifndef BENCH_RIG_H
#define BENCH_RIG_H

#include <stdbool.h>
#include <xipsec/maps.h>

#include "selftests/bench/frame.h"

struct rig;

/* What stands on the receiving interface. ARM_LIVE: xi_outer, windows by bpf_xdp_get_xfrm_state(). */
enum xdp_arm { ARM_NONE, ARM_PASS, ARM_DROP, ARM_OUTER, ARM_LIVE };

/* mirror: load the tracing programs too. Exits with a message when the kernel refuses. */
struct rig *rig_new(bool mirror);
void rig_free(struct rig *r);

/* Does this kernel have what ARM_LIVE needs? */
bool rig_has_live(const struct rig *r);

/* Injected frames leave through `out`; xi_outer stands on `in`. */
void rig_wire(struct rig *r, const char *out, const char *in);
void rig_arm(struct rig *r, enum xdp_arm arm, bool mirror);

void rig_frame(struct rig *r, __u32 index, const struct frame *f);

/* n packets, frames [first, end) over and over. Nanoseconds a packet by the kernel's count. */
double rig_inject(struct rig *r, __u32 first, __u32 end, __u32 n);

/* One program over one frame, nothing else. Nanoseconds a run: kernel's count, CPU time. */
double rig_run(struct rig *r, enum xdp_arm arm, const struct frame *f, __u32 repeat,
	       double *cpu_ns);

/* xi_reason, all CPUs together. */
__u64 rig_reason(struct rig *r, enum xi_reason reason);

/* Packets of a source of unknown SPIs: never dropped, or dropped after the first few. */
void rig_unknown_limit(struct rig *r, bool limit);

/*
 * Flows protected on an interface: `groups` lists, of protocols 1 and up, each with
 * `targets` networks, the first one 10.3.0.0/24. No groups: none are protected.
 */
void rig_flows(struct rig *r, int ifindex, unsigned int groups, unsigned int targets);

/* The window of BENCH_SPI at ADDR_GATEWAY; stands for xi_mirror. NULL, false: there is none. */
void rig_window_set(struct rig *r, const struct xi_window *w);
bool rig_window_get(struct rig *r, struct xi_window *w);

#endif /* BENCH_RIG_H */
