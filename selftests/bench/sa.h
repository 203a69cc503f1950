/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's side: one inbound SA, and the counters that tell what became of packets. */
#ifndef BENCH_SA_H
#define BENCH_SA_H

#include <stdint.h>

#include "selftests/bench/frame.h"

/* A fresh copy: numbers start at 0. */
void sa_add(const struct flow *flow);
void sa_del(void);

struct kernel_counts {
	uint64_t seq_error;	/* XfrmInStateSeqError */
	uint64_t no_states;	/* XfrmInNoStates */
	uint64_t errors;	/* all of /proc/net/xfrm_stat together */
	uint64_t forwarded;	/* packets that reached the far interface */
	uint64_t sa_packets;	/* decrypted by the SA; 0 without one */
	uint64_t sa_replay;	/* rejected by the SA's replay check */
};

void kernel_counts(struct kernel_counts *c);

#endif /* BENCH_SA_H */
