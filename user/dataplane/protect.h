/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Protected flows into the maps of xipsec/flows.h: what xi_outer drops when it
 * comes clear. The one writer of these maps.
 */
#ifndef XIPSEC_DATAPLANE_PROTECT_H
#define XIPSEC_DATAPLANE_PROTECT_H

#include <stddef.h>

#include "user/dataplane/bpf.h"
#include "user/lib/err.h"
#include "user/plan/plan.h"

/* What is in the maps now, and what found no room there: the kernel's policies alone have it. */
struct protect_stats {
	size_t	interfaces, groups, targets;
	size_t	interfaces_out, groups_out, targets_out;
};

/*
 * The whole of what is protected, in the place of what was: until it returns 0
 * packets are judged by the old flows, from then on by the new ones. n 0:
 * nothing is judged. Flows without an ifindex are left out, those of a VLAN
 * device are entered for the devices below it too. Call it again when xi_outer was
 * attached in another mode: outside the driver, packets to our own addresses pass.
 *
 * Cuts off what does not fit, with a notice; a cut only lets more pass. st may be
 * NULL. 0, or a negative errno with *e, and the old flows are in use still.
 */
int protect_set(const struct bpf_maps *maps, const struct plan_flows *flows, size_t n,
		struct protect_stats *st, struct err *e);

#endif /* XIPSEC_DATAPLANE_PROTECT_H */
