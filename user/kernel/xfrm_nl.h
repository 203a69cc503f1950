/* SPDX-License-Identifier: Apache-2.0 */
/* Questions to the kernel's SAD and SPD, and the stream of its events. */
#ifndef XIPSEC_KERNEL_XFRM_NL_H
#define XIPSEC_KERNEL_XFRM_NL_H

#include "user/kernel/xfrm_msg.h"
#include "user/lib/err.h"

struct xfrm_nl;		/* two sockets: requests, and events */

/* Joins XFRMNLGRP_SA and XFRMNLGRP_EXPIRE, with a large receive buffer. NULL: *e says why. */
struct xfrm_nl *xfrm_nl_open(struct err *e);
void xfrm_nl_close(struct xfrm_nl *nl);	/* NULL is fine */

/* The event socket, non-blocking, for the event loop. */
int xfrm_nl_fd(const struct xfrm_nl *nl);

/* Calls `each` for every SA or policy; a non-zero result of it ends the dump and is returned. */
int xfrm_nl_dump_sa(struct xfrm_nl *nl, int (*each)(void *ctx, const struct sa_info *sa),
		    void *ctx, struct err *e);
int xfrm_nl_dump_policy(struct xfrm_nl *nl, int (*each)(void *ctx, const struct policy_info *p),
			void *ctx, struct err *e);

/* 0: *sa filled; -ESRCH: the kernel has no such SA (without a mark); else *e. */
int xfrm_nl_get_sa(struct xfrm_nl *nl, const struct xi_sa_key *key, struct sa_info *sa,
		   struct err *e);

struct xfrm_nl_events {
	void (*sa_new)(void *ctx, const struct sa_info *sa);
	void (*sa_gone)(void *ctx, const struct xi_sa_key *key);
	void (*flushed)(void *ctx);
	void *ctx;
};

/*
 * Reads what is there, without blocking. 0; -ENOBUFS: events were lost, dump
 * again; else a negative errno.
 */
int xfrm_nl_read(struct xfrm_nl *nl, const struct xfrm_nl_events *ev);

#endif /* XIPSEC_KERNEL_XFRM_NL_H */
