/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Netlink framing, by libmnl: a socket that asks, a socket that listens, and a
 * cursor over attributes that cannot overrun. What messages mean is the
 * callers' (xfrm_nl.c, link.c).
 *
 * Messages are taken from the kernel alone: any process may send to our port.
 */
#ifndef XIPSEC_KERNEL_NL_H
#define XIPSEC_KERNEL_NL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libmnl/libmnl.h>

#include "user/lib/err.h"

struct nl;

/* A socket to ask with; it waits for the kernel's answer. NULL: *e, its code with it. */
struct nl *nl_open(int protocol, struct err *e);

/* A socket to listen with: non-blocking, with a large receive buffer. */
struct nl *nl_listen(int protocol, struct err *e);
int nl_join(struct nl *nl, unsigned int group, struct err *e);

void nl_close(struct nl *nl);	/* NULL is fine */
int nl_fd(const struct nl *nl);

/* A request in nl's own buffer; go on with mnl_nlmsg_put_extra_header(), mnl_attr_put(). */
struct nlmsghdr *nl_request(struct nl *nl, uint16_t type, uint16_t flags);

/*
 * Sends the request and calls `each` (may be NULL) for every message of the
 * answer. A non-zero result of `each` is returned, after the rest of the answer
 * was read. Negative errno: the kernel's, with its words in *e, or ours.
 *
 * With NLM_F_DUMP, a dump that was disturbed by a change (NLM_F_DUMP_INTR) is
 * asked for again, so `each` may see the same thing twice.
 */
int nl_ask(struct nl *nl, struct nlmsghdr *req,
	   int (*each)(void *ctx, const struct nlmsghdr *nlh), void *ctx, struct err *e);

/*
 * Many requests in one message to the kernel, each with an answer of its own. The
 * kernel does them in this order, and does the rest when one fails. No dumps.
 */
struct nl_batch;

#define NL_BATCH_ROOM	2048	/* bytes that a request may take, its header included */

struct nl_batch *nl_batch_new(struct err *e);
void nl_batch_free(struct nl_batch *b);		/* NULL is fine */

/* As nl_request(). NULL: full, run it first. `tag` comes back with the answer. */
struct nlmsghdr *nl_batch_request(struct nl_batch *b, uint16_t type, uint16_t flags, size_t tag);
void nl_batch_take_back(struct nl_batch *b);	/* the last request */

struct nl_batch_answer {
	/* What a question got; may be NULL. */
	void	(*message)(void *ctx, size_t tag, const struct nlmsghdr *nlh);
	/* Then, once for each request: 0 or the kernel's negative errno, and its words. */
	void	(*done)(void *ctx, size_t tag, int err, const char *words);
	void	*ctx;
};

/*
 * Sends what is in it and waits for all answers; the batch is then empty, and
 * what stood in it is wiped. 0, or a negative errno with *e: the socket does not
 * work, and the requests without an answer may or may not have been done.
 */
int nl_batch_run(struct nl *nl, struct nl_batch *b, const struct nl_batch_answer *to,
		 struct err *e);

/* Forgets what was received, where keys were in it. */
void nl_wipe(struct nl *nl);

/*
 * Reads what has come, without waiting. -ENOBUFS: messages were lost. All that
 * were queued by then have been thrown away too, so that what comes later is
 * seen: look at the whole again.
 */
int nl_read(struct nl *nl, void (*each)(void *ctx, const struct nlmsghdr *nlh), void *ctx);

/* The fixed header of a message; false: the message is shorter. */
bool nl_get_header(const struct nlmsghdr *nlh, void *to, size_t size);

struct nl_attr {
	uint16_t	type;	/* without NLA_F_NESTED and NLA_F_NET_BYTEORDER */
	uint16_t	len;	/* of data */
	const uint8_t	*data;	/* aligned to 4; borrows the message */
};

struct nl_attrs {
	const uint8_t	*p;
	size_t		left;
};

/* The attributes behind a fixed header of header_size; none if the message is shorter. */
struct nl_attrs nl_attrs_of(const struct nlmsghdr *nlh, size_t header_size);
struct nl_attrs nl_attrs_in(const struct nl_attr *nest);

/* 1: *a is the next one; 0: no more; -EBADMSG: a length that cannot be. */
int nl_attr_next(struct nl_attrs *it, struct nl_attr *a);

/* The first `size` bytes; false: the attribute is shorter. Longer is a newer kernel's. */
bool nl_attr_get(const struct nl_attr *a, void *to, size_t size);

#endif /* XIPSEC_KERNEL_NL_H */
