/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What xi_outer tells the daemon through the ring buffer xi_events. An event is
 * a hint from an unauthenticated packet: it may start a look at the kernel's
 * SAD and a log line, never a change of state. All are rate-limited by the
 * sender (struct xi_config).
 */
#ifndef XIPSEC_EVENTS_H
#define XIPSEC_EVENTS_H

#include "maps.h"

enum xi_event_kind {
	XI_EV_NO_SA = 1,	/* R-LOG-11 */
	XI_EV_REPLAY = 2,	/* R-LOG-10 */
	XI_EV_NOT_IPSEC = 3,	/* R-LOG-14; key.proto is the packet's, no SPI, no seq */
};

struct xi_event {
	__u64		time_ns;	/* CLOCK_MONOTONIC, coarse */
	__u32		kind;		/* enum xi_event_kind */
	__u32		reason;		/* enum xi_reason */
	__u32		ifindex;
	__u32		seq;		/* host byte order */
	struct xi_sa_key key;
	__u8		saddr[16];	/* as xi_sa_key.daddr */
};

_Static_assert(sizeof(struct xi_event) == 64, "ABI");

#endif /* XIPSEC_EVENTS_H */
