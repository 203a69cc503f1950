// SPDX-License-Identifier: Apache-2.0
#include "user/kernel/nl.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>

/* netlink_dump() fills at most 32 KiB, or the longest message; ours are below 4 KiB. */
#define NL_BUF_SIZE	(64 * 1024)

/* Room for a request: a fixed header and a few attributes. */
#define NL_REQ_SIZE	512

/* About 8,000 SA events wait here while the daemon does something else (truesize is counted). */
#define NL_RCVBUF	(8 * 1024 * 1024)

/* Datagrams that one nl_read() handles, so that other sockets get their turn. */
#define NL_READ_MAX	512

/* Datagrams that it throws away after a loss: more than NL_RCVBUF can hold. */
#define NL_DRAIN_MAX	(1024 * 1024)

/* Dumps that are asked for again when something changes all the time. */
#define NL_DUMP_TRIES	5

/* The kernel answers from within sendmsg(); waiting longer means that something is broken. */
#define NL_TIMEOUT_S	10

/*
 * A batch: its answers wait in the receive buffer until all of it is done, with
 * some 1 KiB for an acknowledgement and 5 KiB for an SA. The buffer has at least
 * 208 KiB (net.core.rmem_default), twice that where a batch asks (nl_batch_room()).
 */
#define NL_BATCH_MAX	64
#define NL_BATCH_BYTES	(32 * 1024)
#define NL_BATCH_RCVBUF	(512 * 1024)

struct nl {
	struct mnl_socket *sock;
	uint32_t seq;
	bool	 batches;	/* the receive buffer has been made larger for them */
	_Alignas(8) uint8_t req[NL_REQ_SIZE];
	_Alignas(8) uint8_t buf[NL_BUF_SIZE];
};

static void set_option(struct nl *nl, int option)
{
	int on = 1;

	/* Of use, not needed: without it errors have a number and no text. */
	(void)mnl_socket_setsockopt(nl->sock, option, &on, sizeof(on));
}

struct nl *nl_open(int protocol, struct err *e)
{
	struct timeval timeout = { .tv_sec = NL_TIMEOUT_S };
	struct nl *nl = calloc(1, sizeof(*nl));
	int err;

	if (!nl) {
		err_set(e, -ENOMEM, "out of memory");
		return NULL;
	}
	nl->sock = mnl_socket_open2(protocol, SOCK_CLOEXEC);
	if (!nl->sock || mnl_socket_bind(nl->sock, 0, MNL_SOCKET_AUTOPID) < 0) {
		err = errno;
		err_set(e, -err, "netlink socket: %s", strerror(err));
		nl_close(nl);
		return NULL;
	}
	set_option(nl, NETLINK_EXT_ACK);
	set_option(nl, NETLINK_CAP_ACK);
	(void)setsockopt(nl_fd(nl), SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	return nl;
}

struct nl *nl_listen(int protocol, struct err *e)
{
	struct nl *nl = nl_open(protocol, e);
	int size = NL_RCVBUF, err;

	if (!nl)
		return NULL;
	/* FORCE goes beyond net.core.rmem_max and needs CAP_NET_ADMIN; else what we may have. */
	if (setsockopt(nl_fd(nl), SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
		(void)setsockopt(nl_fd(nl), SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (fcntl(nl_fd(nl), F_SETFL, O_NONBLOCK) < 0) {
		err = errno;
		err_set(e, -err, "netlink socket: O_NONBLOCK: %s", strerror(err));
		nl_close(nl);
		return NULL;
	}
	return nl;
}

int nl_join(struct nl *nl, unsigned int group, struct err *e)
{
	int err;

	if (mnl_socket_setsockopt(nl->sock, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) == 0)
		return 0;
	err = errno;
	return err_set(e, -err, "netlink group %u: %s", group, strerror(err));
}

void nl_close(struct nl *nl)
{
	if (!nl)
		return;
	if (nl->sock)
		mnl_socket_close(nl->sock);
	free(nl);
}

int nl_fd(const struct nl *nl)
{
	return mnl_socket_get_fd(nl->sock);
}

struct nlmsghdr *nl_request(struct nl *nl, uint16_t type, uint16_t flags)
{
	struct nlmsghdr *nlh;

	memset(nl->req, 0, sizeof(nl->req));
	nlh = mnl_nlmsg_put_header(nl->req);
	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	return nlh;
}

/* Bytes in nl->buf, 0: not from the kernel; or a negative errno. */
static ssize_t receive(struct nl *nl)
{
	struct sockaddr_nl from = {};
	struct iovec iov = { .iov_base = nl->buf, .iov_len = sizeof(nl->buf) };
	struct msghdr msg = { .msg_name = &from, .msg_namelen = sizeof(from),
			      .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n;

	do {
		n = recvmsg(nl_fd(nl), &msg, 0);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	if (msg.msg_flags & MSG_TRUNC)
		return -EMSGSIZE;
	if (msg.msg_namelen != sizeof(from) || from.nl_pid != 0)
		return 0;
	return n;
}

static void for_each_message(struct nl *nl, ssize_t n,
			     void (*each)(void *ctx, const struct nlmsghdr *nlh), void *ctx)
{
	const struct nlmsghdr *nlh;
	int left = (int)n;

	for (nlh = (const void *)nl->buf; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left))
		each(ctx, nlh);
}

/* One question, and what has come of its answer so far. */
struct answer {
	uint32_t seq;
	int	 (*each)(void *ctx, const struct nlmsghdr *nlh);
	void	 *ctx;
	bool	 done, interrupted;
	int	 stop;		/* what `each` wanted returned */
	int	 err;
	struct err *e;
};

/* What the kernel says beside the number: NLMSGERR_ATTR_MSG (struct netlink_ext_ack). */
static const char *error_text(const struct nlmsghdr *nlh, const struct nlmsgerr *ack, int code)
{
	size_t header = sizeof(*ack);
	struct nl_attrs it;
	struct nl_attr a;

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return strerror(-code);
	/* Without NLM_F_CAPPED the whole request stands in between. */
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED) && ack->msg.nlmsg_len > NLMSG_HDRLEN)
		header += ack->msg.nlmsg_len - NLMSG_HDRLEN;
	it = nl_attrs_of(nlh, header);
	while (nl_attr_next(&it, &a) == 1)
		if (a.type == NLMSGERR_ATTR_MSG && a.len && a.data[a.len - 1] == '\0')
			return (const char *)a.data;
	return strerror(-code);
}

static void take_error(struct answer *an, const struct nlmsghdr *nlh)
{
	struct nlmsgerr ack;

	an->done = true;
	if (!nl_get_header(nlh, &ack, sizeof(ack))) {
		an->err = err_set(an->e, -EBADMSG, "netlink: short error message");
		return;
	}
	if (ack.error < 0)
		an->err = err_set(an->e, ack.error, "%s", error_text(nlh, &ack, ack.error));
}

/* NLMSG_DONE carries the result of the dump: netlink_dump_done(). */
static void take_done(struct answer *an, const struct nlmsghdr *nlh)
{
	int32_t code;

	an->done = true;
	if (nl_get_header(nlh, &code, sizeof(code)) && code < 0)
		an->err = err_set(an->e, code, "netlink dump: %s", strerror(-code));
}

static void take_message(void *ctx, const struct nlmsghdr *nlh)
{
	struct answer *an = ctx;

	/* The tail of an answer that an earlier question gave up on. */
	if (nlh->nlmsg_seq != an->seq || an->done)
		return;
	if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
		an->interrupted = true;
	if (nlh->nlmsg_type == NLMSG_ERROR)
		take_error(an, nlh);
	else if (nlh->nlmsg_type == NLMSG_DONE)
		take_done(an, nlh);
	else if (nlh->nlmsg_type >= NLMSG_MIN_TYPE && an->each && !an->stop)
		an->stop = an->each(an->ctx, nlh);
}

static int ask_once(struct nl *nl, struct nlmsghdr *req, struct answer *an)
{
	ssize_t n;
	int err;

	req->nlmsg_seq = an->seq = ++nl->seq;
	if (mnl_socket_sendto(nl->sock, req, req->nlmsg_len) < 0) {
		err = errno;
		return err_set(an->e, -err, "netlink send: %s", strerror(err));
	}
	while (!an->done) {
		n = receive(nl);
		if (n == -EAGAIN)
			return err_set(an->e, -ETIMEDOUT, "netlink: no answer");
		if (n < 0)
			return err_set(an->e, (int)n, "netlink receive: %s", strerror((int)-n));
		for_each_message(nl, n, take_message, an);
	}
	return an->err;
}

int nl_ask(struct nl *nl, struct nlmsghdr *req,
	   int (*each)(void *ctx, const struct nlmsghdr *nlh), void *ctx, struct err *e)
{
	struct answer an;
	int err, tries;

	/* A dump ends with NLMSG_DONE; everything else with an acknowledgement, asked for here. */
	if ((req->nlmsg_flags & NLM_F_DUMP) != NLM_F_DUMP)
		req->nlmsg_flags |= NLM_F_ACK;
	for (tries = 0; tries < NL_DUMP_TRIES; tries++) {
		an = (struct answer){ .each = each, .ctx = ctx, .e = e };
		err = ask_once(nl, req, &an);
		if (err)
			return err;
		if (an.stop || !an.interrupted)
			return an.stop;
	}
	return err_set(e, -EAGAIN, "netlink: dump disturbed %d times", NL_DUMP_TRIES);
}

struct nl_batch {
	size_t	n, used;	/* requests; bytes, without the last request */
	size_t	tag[NL_BATCH_MAX];
	bool	answered[NL_BATCH_MAX];
	_Alignas(8) uint8_t buf[NL_BATCH_BYTES];
};

struct nl_batch *nl_batch_new(struct err *e)
{
	struct nl_batch *b = calloc(1, sizeof(*b));

	if (!b)
		err_set(e, -ENOMEM, "out of memory");
	return b;
}

static struct nlmsghdr *last_request(struct nl_batch *b)
{
	return (struct nlmsghdr *)(b->buf + b->used);
}

static size_t batch_bytes(struct nl_batch *b)
{
	return b->n ? b->used + NLMSG_ALIGN(last_request(b)->nlmsg_len) : 0;
}

static void batch_empty(struct nl_batch *b)
{
	explicit_bzero(b->buf, batch_bytes(b));
	b->n = b->used = 0;
}

void nl_batch_free(struct nl_batch *b)
{
	if (!b)
		return;
	batch_empty(b);
	free(b);
}

struct nlmsghdr *nl_batch_request(struct nl_batch *b, uint16_t type, uint16_t flags, size_t tag)
{
	size_t used = batch_bytes(b);
	struct nlmsghdr *nlh;

	if (b->n == NL_BATCH_MAX || used + NL_BATCH_ROOM > sizeof(b->buf))
		return NULL;
	b->used = used;
	b->answered[b->n] = false;
	b->tag[b->n++] = tag;
	memset(b->buf + used, 0, NL_BATCH_ROOM);
	nlh = mnl_nlmsg_put_header(b->buf + used);
	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	return nlh;
}

void nl_batch_take_back(struct nl_batch *b)
{
	struct nlmsghdr *nlh;
	size_t at = 0;

	if (!b->n)
		return;
	explicit_bzero(b->buf + b->used, NL_BATCH_ROOM);
	if (!--b->n)
		b->used = 0;
	/* The one before is the last again. */
	for (; at < b->used; at += NLMSG_ALIGN(nlh->nlmsg_len)) {
		nlh = (struct nlmsghdr *)(b->buf + at);
		if (at + NLMSG_ALIGN(nlh->nlmsg_len) == b->used) {
			b->used = at;
			break;
		}
	}
}

struct batch_answers {
	struct nl_batch *b;
	const struct nl_batch_answer *to;
	uint32_t first;		/* sequence number of the first request */
	size_t	 left;
};

static void take_batch_message(void *ctx, const struct nlmsghdr *nlh)
{
	uint32_t i = nlh->nlmsg_seq - ((struct batch_answers *)ctx)->first;
	struct batch_answers *an = ctx;
	struct nlmsgerr ack;

	if (i >= an->b->n || an->b->answered[i])
		return;
	if (nlh->nlmsg_type != NLMSG_ERROR) {
		if (nlh->nlmsg_type >= NLMSG_MIN_TYPE && an->to->message)
			an->to->message(an->to->ctx, an->b->tag[i], nlh);
		return;
	}
	if (!nl_get_header(nlh, &ack, sizeof(ack)))
		ack.error = -EBADMSG;
	an->b->answered[i] = true;
	an->left--;
	an->to->done(an->to->ctx, an->b->tag[i], ack.error,
		     ack.error ? error_text(nlh, &ack, ack.error) : "");
}

static void number_requests(struct nl *nl, struct nl_batch *b)
{
	struct nlmsghdr *nlh;
	size_t at = 0, i;

	for (i = 0; i < b->n; i++) {
		nlh = (struct nlmsghdr *)(b->buf + at);
		nlh->nlmsg_seq = ++nl->seq;
		at += NLMSG_ALIGN(nlh->nlmsg_len);
	}
}

/* Of no use where not allowed beyond net.core.rmem_max: then a batch of questions may fail. */
static void nl_batch_room(struct nl *nl)
{
	int size = NL_BATCH_RCVBUF;

	if (nl->batches)
		return;
	nl->batches = true;
	if (setsockopt(nl_fd(nl), SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
		(void)setsockopt(nl_fd(nl), SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
}

static int run_batch(struct nl *nl, struct batch_answers *an, struct err *e)
{
	ssize_t n;
	int err;

	if (mnl_socket_sendto(nl->sock, an->b->buf, batch_bytes(an->b)) < 0) {
		err = errno;
		return err_set(e, -err, "netlink send: %s", strerror(err));
	}
	while (an->left) {
		n = receive(nl);
		if (n == -EAGAIN)
			return err_set(e, -ETIMEDOUT, "netlink: no answer");
		if (n < 0)
			return err_set(e, (int)n, "netlink receive: %s", strerror((int)-n));
		for_each_message(nl, n, take_batch_message, an);
	}
	return 0;
}

int nl_batch_run(struct nl *nl, struct nl_batch *b, const struct nl_batch_answer *to,
		 struct err *e)
{
	struct batch_answers an = { .b = b, .to = to, .first = nl->seq + 1, .left = b->n };
	int err = 0;

	if (b->n) {
		nl_batch_room(nl);
		number_requests(nl, b);
		err = run_batch(nl, &an, e);
	}
	batch_empty(b);
	return err;
}

void nl_wipe(struct nl *nl)
{
	explicit_bzero(nl->buf, sizeof(nl->buf));
}

/*
 * After an overrun the kernel drops every further message without a word until
 * the queue has been read empty (NETLINK_S_CONGESTED: netlink_overrun(),
 * netlink_rcv_wake()). So the queue is emptied before anybody looks at the
 * whole; a change between the look and an emptying after it would go unseen.
 */
int nl_read(struct nl *nl, void (*each)(void *ctx, const struct nlmsghdr *nlh), void *ctx)
{
	bool lost = false;
	ssize_t n;
	int i;

	for (i = 0; i < (lost ? NL_DRAIN_MAX : NL_READ_MAX); i++) {
		n = receive(nl);
		if (n == -EAGAIN)
			break;
		if (n == -ENOBUFS || n == -EMSGSIZE)
			lost = true;
		else if (n < 0)
			return (int)n;
		else if (!lost)
			for_each_message(nl, n, each, ctx);
	}
	return lost ? -ENOBUFS : 0;
}

bool nl_get_header(const struct nlmsghdr *nlh, void *to, size_t size)
{
	if (nlh->nlmsg_len < NLMSG_HDRLEN || nlh->nlmsg_len - NLMSG_HDRLEN < size)
		return false;
	memcpy(to, mnl_nlmsg_get_payload(nlh), size);
	return true;
}

struct nl_attrs nl_attrs_of(const struct nlmsghdr *nlh, size_t header_size)
{
	/* Not NLMSG_ALIGN(), whose mask has 32 bits. */
	size_t skip = NLMSG_HDRLEN + ((header_size + 3) & ~(size_t)3);

	if (nlh->nlmsg_len < skip)
		return (struct nl_attrs){};
	return (struct nl_attrs){ .p = (const uint8_t *)nlh + skip, .left = nlh->nlmsg_len - skip };
}

struct nl_attrs nl_attrs_in(const struct nl_attr *nest)
{
	return (struct nl_attrs){ .p = nest->data, .left = nest->len };
}

int nl_attr_next(struct nl_attrs *it, struct nl_attr *a)
{
	struct nlattr h;
	size_t step;

	if (it->left < NLA_HDRLEN)	/* what is left is padding */
		return 0;
	memcpy(&h, it->p, sizeof(h));
	if (h.nla_len < NLA_HDRLEN || h.nla_len > it->left)
		return -EBADMSG;
	a->type = h.nla_type & NLA_TYPE_MASK;
	a->len = (uint16_t)(h.nla_len - NLA_HDRLEN);
	a->data = it->p + NLA_HDRLEN;
	step = NLA_ALIGN(h.nla_len);
	if (step > it->left)		/* the last one may lack its padding */
		step = it->left;
	it->p += step;
	it->left -= step;
	return 1;
}

bool nl_attr_get(const struct nl_attr *a, void *to, size_t size)
{
	if (a->len < size)
		return false;
	memcpy(to, a->data, size);
	return true;
}
