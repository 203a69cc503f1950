/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xi_outer under BPF_PROG_RUN: one loaded object with maps of its own (nothing
 * is pinned), packets in, verdict and counted reasons out.
 *
 * Windows are written here with window.h, in the place of xi_mirror: programs
 * on kernel functions cannot be loaded where tracing is locked down.
 */
#ifndef HARNESS_H
#define HARNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <xipsec/events.h>
#include <xipsec/flows.h>
#include <xipsec/maps.h>

#include "selftests/lib/pkt_build.h"
#include "user/dataplane/protect.h"
#include "user/dataplane/windows.h"

/* BPF_PROG_RUN refuses less than an Ethernet header. */
#define RUN_MIN		14

struct outer {
	struct bpf_object *obj;
	int prog;
	struct xi_slots windows;	/* xi_window, mapped */
	int local, config, reason, source, events;
	int flow_set, flow_group, flow;
	uint32_t ifindex;		/* packets come in there; 0: loopback */
	struct ring_buffer *ring;
	struct xi_event last_event;
	unsigned int n_events;
	uint64_t counts[XI_R_MAX];	/* packets of each reason after the last run */
	uint64_t runs;
};

struct outcome {
	int verdict;			/* XDP_..., or a negative errno of the run */
	enum xi_reason reason;		/* the one that was counted */
	unsigned int n_counted;		/* 1, or the program is wrong */
	bool changed;			/* the packet came out different */
};

/* What rodata says at load; zero is what the object says. */
struct outer_options {
	uint32_t variant, kfunc;
};

const char *bpf_file(const char *name);			/* below XI_BPF_DIR or build/bpf */
struct bpf_object *bpf_file_open(const char *name);	/* with all pins taken off; NULL: errno */

int outer_open(struct outer *o, const struct outer_options *options);
void outer_close(struct outer *o);
struct outcome outer_run(struct outer *o, const void *packet, size_t len);
struct outcome outer_run_text(struct outer *o, const char *text);
unsigned int outer_events(struct outer *o);		/* come since the last call */

/* As the daemon does it; exits if it cannot. */
void outer_flows(struct outer *o, const struct plan_flows *flows, size_t n);
struct bpf_maps outer_flow_maps(const struct outer *o);

void outer_config(struct outer *o, const struct xi_config *cfg);
void outer_local(struct outer *o, uint8_t family, unsigned int host);
struct xi_sa_key sa_key(uint8_t family, uint8_t proto, uint32_t spi, unsigned int host);
void outer_sa(struct outer *o, const struct xi_sa_key *key, const struct xi_window *w);
struct xi_sa_drop *outer_sa_drop(struct outer *o, const struct xi_sa_key *key);	/* of its slot */
struct xi_reason_stat outer_reason(struct outer *o, enum xi_reason reason);

extern const char *const reason_names[XI_R_MAX];
extern const enum xi_action reason_actions[XI_R_MAX];
const char *verdict_name(int verdict);

#endif /* HARNESS_H */
