/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Guard mode: xi_outer on some interfaces, the mirror beside it, and the SAD of
 * whoever keys the tunnels. The parts of the daemon that answer questions
 * (user/ctl) see the gateway through this struct; the event loop owns it.
 */
#ifndef XIPSEC_DAEMON_GUARD_H
#define XIPSEC_DAEMON_GUARD_H

#include "user/dataplane/bpf.h"
#include "user/dataplane/sad.h"
#include "user/kernel/link.h"
#include "user/kernel/xfrm_nl.h"
#include "user/lib/env.h"

#define GUARD_MAX_IF	32

struct guard {
	const struct env *env;
	struct bpf	*bpf;
	struct xfrm_nl	*xfrm;
	struct link_nl	*link;
	struct sad	*sad;
	struct bpf_if	ifs[GUARD_MAX_IF];
	unsigned int	nifs;
	uint64_t	started_ns;	/* CLOCK_REALTIME */
};

#endif /* XIPSEC_DAEMON_GUARD_H */
