// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * xi_outer: XDP on the untrusted side. Finds IPsec in what comes in, drops what
 * the kernel's XFRM would reject as a replay after paying for the way there,
 * polices unknown SPIs, drops clear packets of protected flows, and passes
 * everything else, counted.
 *
 * Never writes a window: nothing here is authenticated (I1).
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <xdp/xdp_helpers.h>

#include "lib/clear.h"
#include "lib/parse_esp.h"
#include "lib/parse_l2.h"
#include "lib/parse_l3.h"
#include "lib/replay.h"

/* For libxdp's dispatcher: before the default of 50, and go on after a pass. */
struct {
	__uint(priority, 20);
	__uint(XDP_PASS, 1);
} XDP_RUN_CONFIG(xi_outer);

SEC("xdp.frags")
int xi_outer(struct xdp_md *ctx)
{
	struct pkt p = {
		.ctx = ctx,
		.data = (void *)(long)ctx->data,
		.pos = (void *)(long)ctx->data,
		.end = (void *)(long)ctx->data_end,
	};
	int act;

	if ((act = parse_l2(&p)) >= 0 || (act = parse_l3(&p)) >= 0 || (act = parse_esp(&p)) >= 0)
		return act;
	if (act == CLEAR)
		return clear(&p);
	return replay(ctx, &p);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
