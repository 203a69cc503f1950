/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The BPF side of the gateway: programs loaded, pinned and attached, and the
 * descriptors of the maps. All of it outlives the daemon; bpf_open() takes over
 * what an earlier daemon left, if its ABI is ours.
 */
#ifndef XIPSEC_DATAPLANE_BPF_H
#define XIPSEC_DATAPLANE_BPF_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "user/dataplane/windows.h"
#include "user/lib/err.h"

/* Where xi_outer gets windows from. */
enum bpf_variant {
	BPF_VARIANT_AUTO,	/* mirror, else live, else none */
	BPF_VARIANT_MIRROR,	/* tracing programs keep them in xi_window */
	BPF_VARIANT_LIVE,	/* bpf_xdp_get_xfrm_state() reads the kernel's */
	BPF_VARIANT_NONE,	/* neither: packets are counted, none is rejected as a replay */
};

enum xdp_mode { XDP_MODE_AUTO, XDP_MODE_NATIVE_ONLY, XDP_MODE_GENERIC_ONLY };

/* How xi_outer sits on an interface. */
enum bpf_hook {
	BPF_HOOK_NONE,		/* not attached; bpf_if.why says why */
	BPF_HOOK_DISPATCHER,	/* through libxdp, beside other programs */
	BPF_HOOK_PLAIN,		/* alone: the kernel refuses extension programs */
};

struct bpf_maps {
	int	reason, source, local, config, events;	/* descriptors, -1: none */
	int	flow_set, flow_group, flow;		/* written by protect.c */
	struct xi_slots windows;
};

#define BPF_MAPS_NONE	((struct bpf_maps){ -1, -1, -1, -1, -1, -1, -1, -1, {} })

struct bpf_if {
	char		name[IF_NAMESIZE];
	int		ifindex;	/* 0: no such interface now */
	enum bpf_hook	hook;
	bool		native;		/* else generic (skb) mode */
	char		why[160];	/* a notice: why generic, why plain, why not attached; "" none */
};

struct bpf_limits {
	uint32_t	unknown_pps;		/* per source; 0: never drop */
	uint32_t	unknown_burst;		/* packets */
	uint32_t	event_interval_ms;	/* per source */
	uint32_t	events_pps;		/* all sources together */
	uint32_t	replay_log_s;		/* R-ARW-13 */
};

extern const struct bpf_limits bpf_limits_default;

struct bpf_opts {
	enum bpf_variant variant;
	enum xdp_mode	mode;
	struct bpf_limits limits;
	uint32_t	max_sa;		/* room for so many inbound SAs; 0: sas_now decides */
	uint32_t	sas_now;	/* in the kernel at the start, or expected soon */
};

struct bpf;

/* Root, kernel, BTF, BPF file system: 0, or what is missing and what to do about it. */
int bpf_check_machine(struct err *e);

/* Loads or adopts programs and maps and attaches the mirror. NULL: *e says what is missing. */
struct bpf *bpf_open(const struct bpf_opts *opts, struct err *e);

/* Lets go of descriptors; programs, links and pins stay. NULL is fine. */
void bpf_close(struct bpf *b);

/* After a start that failed: everything off again, unless it was there before. NULL is fine. */
void bpf_undo(struct bpf *b);

/*
 * Everything off and gone: interfaces, links, pins, the directory. Idempotent.
 * -EBUSY: a daemon works with it, or it guards another name space and not force.
 */
int bpf_detach_all(bool force, struct err *e);

const struct bpf_maps *bpf_maps(const struct bpf *b);
enum bpf_variant bpf_variant(const struct bpf *b);
const char *bpf_variant_why(const struct bpf *b);	/* "" for the mirror */
bool bpf_adopted(const struct bpf *b);			/* took over what an earlier daemon left */
bool bpf_has_kfunc(const struct bpf *b);

/* Attaches xi_outer, or finds it attached. *i: name in, all else out. */
int bpf_attach(struct bpf *b, struct bpf_if *i, struct err *e);
int bpf_detach(struct bpf *b, struct bpf_if *i, struct err *e);

/* Takes xi_outer off every interface of the name space that is not one of these. */
void bpf_detach_others(struct bpf *b, const struct bpf_if *ifs, unsigned int n);

/* Is our program still the one on this interface? */
bool bpf_is_attached(struct bpf *b, const struct bpf_if *i);

#endif /* XIPSEC_DATAPLANE_BPF_H */
