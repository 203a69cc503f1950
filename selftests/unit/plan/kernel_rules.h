/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the kernel does with a packet by the rules, routes and policies of a
 * plan: fib_rules_lookup(), longest prefix, xfrm_policy_lookup(), in their
 * simplest form.
 */
#ifndef XIPSEC_UNIT_PLAN_KERNEL_RULES_H
#define XIPSEC_UNIT_PLAN_KERNEL_RULES_H

#include "user/plan/plan.h"

/* Device that a table of ours leads to, "dropped"; NULL: on to the tables of the machine. */
const char *kernel_route(const struct plan *p, const struct flow_packet *packet, uint32_t mark);

/* The policy of this direction and if_id; NULL: none. `packet` as it is, not mirrored. */
const struct kobj_policy *kernel_policy(const struct plan *p, uint8_t dir, uint32_t if_id,
					const struct flow_packet *packet);

#endif /* XIPSEC_UNIT_PLAN_KERNEL_RULES_H */
