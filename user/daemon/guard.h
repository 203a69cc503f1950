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

/* An interface that could not be attached: tried again after 1, 2, 4 ... 64 s. */
struct guard_retry {
	uint64_t	next_ns;
	unsigned int	failures;
};

struct guard {
	const struct env *env;
	struct bpf	*bpf;
	struct xfrm_nl	*xfrm;
	struct link_nl	*link;
	struct sad	*sad;
	struct bpf_if	ifs[GUARD_MAX_IF];
	struct guard_retry retry[GUARD_MAX_IF];
	unsigned int	nifs;
	uint64_t	started_ns;	/* CLOCK_REALTIME */
	/* Devices or addresses; `gone`: the name of a device, or NULL. May be NULL. */
	void		(*changed)(void *ctx, const char *gone);
	void		*changed_ctx;
};

/*
 * Everything up: maps know addresses and SAs before a program sees a packet. An
 * interface that does not exist is waited for; one that cannot be attached
 * ends the start. On failure nothing is left that was not there before.
 */
int guard_open(struct guard *g, const struct env *env, const struct bpf_opts *opts,
	       const char *const *ifs, unsigned int nifs, struct err *e);

/* All interfaces are known now: what an earlier daemon guarded beside them is let go. */
void guard_settle(struct guard *g);

/*
 * Guards these and no others from now on. What cannot be attached is logged and
 * tried again; more than GUARD_MAX_IF are left out with a message.
 */
void guard_set_ifs(struct guard *g, const char (*names)[IF_NAMESIZE], size_t n);

/* Lets go; the protection stays. After a start that failed, bpf_undo() goes before. */
void guard_close(struct guard *g);

/* The descriptors are readable. */
void guard_read_xfrm(struct guard *g);
void guard_read_link(struct guard *g);

/* Once a second: what is due, what is missing. */
void guard_tick(struct guard *g);

#endif /* XIPSEC_DAEMON_GUARD_H */
