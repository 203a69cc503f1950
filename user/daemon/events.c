// SPDX-License-Identifier: Apache-2.0
/*
 * An event is a hint from a packet that nobody authenticated. An unknown SPI is
 * looked up in the kernel before it is called unknown: the map may lag behind
 * (design section 2). Lines are limited a minute per SPI and source, and in all;
 * a clear packet has no SPI, so its two addresses and protocol take that place.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/libbpf.h>

#include "user/daemon/events.h"
#include "user/lib/log.h"

#define SEC_NS		1000000000ULL
#define SAME_LOG_NS	(60 * SEC_NS)	/* the same SPI and source: as IOS, one a minute */
#define RECENT		256		/* lines remembered; a collision costs one line more */

struct recent {
	struct xi_sa_key key;
	__u8		saddr[16];
	uint64_t	logged_ns;
};

struct events {
	struct guard	*g;
	struct ring_buffer *ring;
	struct recent	recent[RECENT];
	struct log_limit no_sa_limit, replay_limit, not_ipsec_limit;
};

static unsigned int recent_slot(const struct xi_event *x)
{
	unsigned int h = 2166136261u;	/* FNV-1a: order does not matter, floods are limited */
	const __u8 *p = (const __u8 *)&x->key;
	size_t i;

	for (i = 0; i < sizeof(x->key); i++)
		h = (h ^ p[i]) * 16777619u;
	for (i = 0; i < sizeof(x->saddr); i++)
		h = (h ^ x->saddr[i]) * 16777619u;
	return h % RECENT;
}

static bool recently_logged(struct events *ev, const struct xi_event *x, uint64_t now)
{
	struct recent *r = &ev->recent[recent_slot(x)];

	if (r->logged_ns && !memcmp(&r->key, &x->key, sizeof(r->key)) &&
	    !memcmp(r->saddr, x->saddr, sizeof(r->saddr)) && now - r->logged_ns < SAME_LOG_NS) {
		return true;
	}
	r->key = x->key;
	memcpy(r->saddr, x->saddr, sizeof(r->saddr));
	r->logged_ns = now;
	return false;
}

/* R-LOG-11 */
static void no_sa(struct events *ev, const struct xi_event *x)
{
	struct addr dst = addr_make(x->key.family, x->key.daddr);
	struct addr src = addr_make(x->key.family, x->saddr);
	char d[ADDR_STR_MAX], s[ADDR_STR_MAX];
	uint32_t spi = ntohl(x->key.spi);
	struct sa_info sa;
	struct err e = {};

	if (recently_logged(ev, x, env_mono_ns(ev->g->env)))
		return;
	/* GETSA without a mark does not find an SA that has one; the last dump did. */
	if (sad_conn_id(ev->g->sad, &x->key) ||
	    xfrm_nl_get_sa(ev->g->xfrm, &x->key, &sa, &e) != -ESRCH) {
		/* The kernel knows it, or could not be asked: our map is behind. */
		sad_ask_sync(ev->g->sad);
		return;
	}
	log_limited(&ev->no_sa_limit, SEC_NS / 10, "CRYPTO", SEV_WARNING, "RECVD_PKT_INV_SPI",
		    "decaps: rec'd IPSEC packet has invalid spi for destaddr=%s, prot=%u, spi=0x%X(%u), srcaddr=%s",
		    addr_str(&dst, d), x->key.proto, spi, spi, addr_str(&src, s));
}

/* R-LOG-10; one a minute and SA by xi_outer itself (R-ARW-13). */
static void replay(struct events *ev, const struct xi_event *x)
{
	log_limited(&ev->replay_limit, 0, "CRYPTO", SEV_WARNING, "PKT_REPLAY_ERR",
		    "decrypt: replay check failed connection id=%u, sequence number=%u",
		    sad_conn_id(ev->g->sad, &x->key), x->seq);
}

/* R-LOG-14. Of a virtual routing table we know nothing: its name is empty. */
static void not_ipsec(struct events *ev, const struct xi_event *x)
{
	struct addr dst = addr_make(x->key.family, x->key.daddr);
	struct addr src = addr_make(x->key.family, x->saddr);
	char d[ADDR_STR_MAX], s[ADDR_STR_MAX];

	if (recently_logged(ev, x, env_mono_ns(ev->g->env)))
		return;
	log_limited(&ev->not_ipsec_limit, SEC_NS / 10, "CRYPTO", SEV_WARNING,
		    "RECVD_PKT_NOT_IPSEC",
		    "Rec'd packet not an IPSEC packet. (ip) vrf/dest_addr= /%s, src_addr= %s, prot= %u",
		    addr_str(&dst, d), addr_str(&src, s), x->key.proto);
}

void events_handle(struct events *ev, const struct xi_event *x)
{
	if (x->kind == XI_EV_NO_SA)
		no_sa(ev, x);
	else if (x->kind == XI_EV_REPLAY)
		replay(ev, x);
	else if (x->kind == XI_EV_NOT_IPSEC)
		not_ipsec(ev, x);
}

static int on_sample(void *ctx, void *data, size_t size)
{
	struct xi_event x;

	if (size < sizeof(x))
		return 0;
	memcpy(&x, data, sizeof(x));
	events_handle(ctx, &x);
	return 0;
}

struct events *events_open(struct guard *g, struct err *e)
{
	struct events *ev = calloc(1, sizeof(*ev));

	if (!ev) {
		err_set(e, -ENOMEM, "out of memory");
		return NULL;
	}
	ev->g = g;
	ev->ring = ring_buffer__new(bpf_maps(g->bpf)->events, on_sample, ev, NULL);
	if (!ev->ring) {
		err_set(e, -errno, "event ring: %s", strerror(errno));
		free(ev);
		return NULL;
	}
	return ev;
}

void events_close(struct events *ev)
{
	if (!ev)
		return;
	ring_buffer__free(ev->ring);
	free(ev);
}

int events_fd(const struct events *ev)
{
	return ring_buffer__epoll_fd(ev->ring);
}

void events_read(struct events *ev)
{
	ring_buffer__consume(ev->ring);
}
