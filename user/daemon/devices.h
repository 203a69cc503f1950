/* SPDX-License-Identifier: Apache-2.0 */
/* The network devices of the machine, at one moment, as the planner wants them. */
#ifndef XIPSEC_DAEMON_DEVICES_H
#define XIPSEC_DAEMON_DEVICES_H

#include "user/kernel/link.h"
#include "user/plan/plan.h"

struct devices {
	struct plan_dev	*dev;
	struct addr	*addr;		/* of all, those of one device together */
	uint8_t		*plen;		/* of each */
	size_t		ndevs, naddrs;
	uint64_t	digest;		/* of all but our own: what a plan and its failures depend on */
};

/* As the last events told them. 0, -ENOMEM. *d is devices_fini()'s in both cases. */
int devices_read(const struct link_nl *nl, struct devices *d, struct err *e);
void devices_fini(struct devices *d);

#endif /* XIPSEC_DAEMON_DEVICES_H */
