/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The kernel's own lookup of an SA from XDP (Linux 6.8, net/xfrm/xfrm_state_bpf.c).
 * An unstable interface: weak symbols, and `xi_kfunc` stays 0 where the running
 * kernel does not have them, so that the verifier never sees the calls.
 *
 * kernel_sa_get() takes a reference; every path gives it back.
 */
#ifndef XI_BPF_KFUNC_H
#define XI_BPF_KFUNC_H

#include <bpf/bpf_helpers.h>

#include "pkt.h"
#include "xfrm.h"

const volatile __u32 xi_kfunc = 0;	/* set at load where the kernel has the functions */

/* As in the kernel: size and layout are checked by it (BPF_XFRM_STATE_OPTS_SZ). */
struct bpf_xfrm_state_opts {
	__s32	error;
	__s32	netns_id;
	__u32	mark;
	union {
		__be32	a4;
		__be32	a6[4];
	} daddr;
	__be32	spi;
	__u8	proto;
	__u16	family;
};

_Static_assert(sizeof(struct bpf_xfrm_state_opts) == 36, "BPF_XFRM_STATE_OPTS_SZ");

struct xfrm_state *bpf_xdp_get_xfrm_state(struct xdp_md *ctx, struct bpf_xfrm_state_opts *opts,
					  __u32 opts__sz) __ksym __weak;
void bpf_xdp_xfrm_state_release(struct xfrm_state *x) __ksym __weak;

#define BPF_F_CURRENT_NETNS_ID	(-1)

/* With xi_kfunc 0 the verifier prunes what is behind this; the address says it for libbpf. */
#define kernel_sa_available()	(xi_kfunc && &bpf_xdp_get_xfrm_state)

static __always_inline struct xfrm_state *kernel_sa_get(struct xdp_md *ctx, const struct pkt *p)
{
	struct bpf_xfrm_state_opts opts;

	__builtin_memset(&opts, 0, sizeof(opts));
	opts.netns_id = BPF_F_CURRENT_NETNS_ID;
	opts.spi = p->key.spi;
	opts.proto = p->key.proto;
	opts.family = p->key.family;
	__builtin_memcpy(&opts.daddr, p->key.daddr, sizeof(opts.daddr));
	return bpf_xdp_get_xfrm_state(ctx, &opts, sizeof(opts));
}

#endif /* XI_BPF_KFUNC_H */
