/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The gateway as its parts see it: what is configured, what was made of it in
 * the kernel, and the data plane in front. The event loop owns it; user/ctl
 * answers questions about it and gives it new configurations.
 */
#ifndef XIPSEC_DAEMON_GATEWAY_H
#define XIPSEC_DAEMON_GATEWAY_H

#include "user/config/load.h"
#include "user/daemon/guard.h"
#include "user/plan/plan.h"

/* `debug crypto ...`: what is told at SEV_DEBUG, and kept for `show logging`. */
enum gateway_debug {
	DEBUG_ISAKMP	= 0x1,
	DEBUG_IKEV2	= 0x2,
	DEBUG_IPSEC	= 0x4,
	DEBUG_SSP	= 0x8,
	DEBUG_STANDBY	= 0x10,
};

struct gateway_private;

struct gateway {
	const struct env *env;
	struct guard	guard;
	bool		configured;	/* false: guard mode, `running` is NULL */
	struct tree	*running;	/* what `show running-config` tells */
	struct plan	plan;		/* of `running`, as it was last applied */
	unsigned int	debug;		/* enum gateway_debug */
	char		startup[256];	/* path of the startup configuration */
	struct gateway_private *priv;
};

#endif /* XIPSEC_DAEMON_GATEWAY_H */
