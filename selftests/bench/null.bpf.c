// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What xi_outer is compared with: programs that do nothing, and the injector,
 * which is the harness of all arms and so falls out of every difference.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "frame.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, FRAMES_MAX);
	__type(key, __u32);
	__type(value, struct frame);
} xb_frames SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} xb_out SEC(".maps");

__u32 xb_first, xb_end, xb_next;	/* frames [first, end), over and over */

SEC("xdp.frags")
int xb_pass(struct xdp_md *ctx)
{
	return XDP_PASS;
}

SEC("xdp.frags")
int xb_drop(struct xdp_md *ctx)
{
	return XDP_DROP;
}

/* Live frames come back from the pool as the last receiver left them: write all of each. */
SEC("xdp")
int xb_inject(struct xdp_md *ctx)
{
	__u32 next = xb_next;
	struct frame *f = bpf_map_lookup_elem(&xb_frames, &next);

	__u32 len;

	if (!f)
		return XDP_ABORTED;
	/* 1 to 1532, in a form from which the verifiers of 6.1 and 6.12 learn both ends. */
	len = f->len - 1;
	if (len >= sizeof(f->data))
		return XDP_ABORTED;
	__asm__ volatile("" : "+r"(len));
	if (bpf_xdp_store_bytes(ctx, 0, f->data, len + 1))
		return XDP_ABORTED;
	xb_next = next + 1 < xb_end ? next + 1 : xb_first;
	return bpf_redirect_map(&xb_out, 0, 0);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
