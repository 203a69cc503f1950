/* SPDX-License-Identifier: Apache-2.0 */
/* What bpf.c, mirror.c and xdp.c share. Nobody else includes this. */
#ifndef XIPSEC_DATAPLANE_BPF_PRIV_H
#define XIPSEC_DATAPLANE_BPF_PRIV_H

#include <bpf/libbpf.h>
#include <xipsec/maps.h>

#include "user/dataplane/bpf.h"

struct bpf {
	struct bpf_maps	maps;
	enum bpf_variant variant;
	char		why[160];	/* why not the mirror */
	enum xdp_mode	mode;
	int		lock;		/* on XI_PIN_DIR: one daemon at a time; -1: none */
	bool		adopted;
	bool		mirror_went_on;	/* adopted, and its programs were there all the time */
	bool		kfunc;		/* the kernel has bpf_xdp_get_xfrm_state() */
	__u32		slots;		/* of xi_window */
	__u32		netns;
	__u64		salt;
	enum bpf_variant old_variant;	/* adopted: what is attached was loaded for these */
	bool		old_kfunc;
};

#define PIN_PATH_MAX	128

/* XI_PIN_DIR/name. */
void pin_path(char out[static PIN_PATH_MAX], const char *name);

/* A cleaned kernel-side explanation of a failed load or attach. */
const char *bpf_errno_text(int err);

/* Maps of `obj` that are pinned already are shared, the others pinned when it is loaded. */
struct bpf_object_open_opts bpf_open_opts(void);

/* Loads mirror.bpf.o, attaches and pins it, or adopts the links of an earlier daemon. */
int mirror_start(struct bpf *b, struct err *e);

/* Removes the pins of the links; the programs go with them. */
void mirror_stop(void);

/* xi_outer of this name space, wherever it is attached: off. */
int xdp_detach_all(struct err *e);

/* XI_PIN_DIR, made if need be, locked. The descriptor, or -EBUSY and *e. */
int pins_lock(struct err *e);

/* All of ours below XI_PIN_DIR, and the directory. */
int pins_remove(struct err *e);

/* What an earlier daemon wrote. false: nothing, or of another ABI. */
bool pins_config(struct xi_config *cfg);

/* Slots of the pinned map; 0: there is none. */
__u32 pins_slots(void);

/* The kernel's word on whether xi_outer loads here with the kfuncs it was given. */
int xdp_probe_load(struct bpf *b, struct err *e);

#endif /* XIPSEC_DATAPLANE_BPF_PRIV_H */
