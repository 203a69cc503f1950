// SPDX-License-Identifier: Apache-2.0
#include "user/ike/header.h"

#include <errno.h>

int ike_header_parse(struct cur *c, struct ike_header *h, struct err *e)
{
	size_t have = c->n;
	uint8_t version;

	h->spi_i = cur_u64(c);
	h->spi_r = cur_u64(c);
	h->next = cur_u8(c);
	version = cur_u8(c);
	h->major = version >> 4;
	h->minor = version & 0xf;
	h->exchange = cur_u8(c);
	h->flags = cur_u8(c);
	h->id = cur_u32(c);
	h->length = cur_u32(c);
	if (c->bad)
		return err_set(e, -EBADMSG, "short header (%zu < %d bytes)", have, IKE_HEADER_LEN);
	return 0;
}

void ike_header_build(struct wr *w, const struct ike_header *h)
{
	wr_u64(w, h->spi_i);
	wr_u64(w, h->spi_r);
	wr_u8(w, h->next);
	wr_u8(w, (uint8_t)(h->major << 4 | (h->minor & 0xf)));
	wr_u8(w, h->exchange);
	wr_u8(w, h->flags);
	wr_u32(w, h->id);
	wr_u32(w, h->length);
}

void ike_header_finish(struct wr *w, size_t at)
{
	wr_u32_at(w, at + IKE_LENGTH_AT, w->n - at);
}

static enum ike_datagram judge_v2(const struct ike_header *h, size_t len, struct err *e)
{
	if (h->length != len) {
		err_set(e, -EBADMSG, "length %u in a datagram with %zu bytes of IKE", h->length,
			len);
		return IKE_DG_BAD;
	}
	if (!h->spi_i) {
		err_set(e, -EBADMSG, "the initiator's SPI is 0");
		return IKE_DG_BAD;
	}
	if (!h->next != (len == IKE_HEADER_LEN)) {
		err_set(e, -EBADMSG, "first payload of type %u in %zu bytes", h->next, len);
		return IKE_DG_BAD;
	}
	return IKE_DG_V2;
}

enum ike_datagram ike_demux(enum ike_port port, struct span datagram, struct ike_header *h,
			    struct span *msg, struct err *e)
{
	struct cur c = cur_of(datagram);

	if (datagram.n == 1 && cur_peek(&c) == 0xff)
		return IKE_DG_KEEPALIVE;
	if (port == IKE_PORT_NATT) {
		if (cur_u32(&c))
			return IKE_DG_ESP;
		if (c.bad) {
			err_set(e, -EBADMSG, "%zu bytes on the port of NAT traversal", datagram.n);
			return IKE_DG_BAD;
		}
	}
	*msg = span_of(c.p, c.n);
	if (ike_header_parse(&c, h, e))
		return IKE_DG_BAD;
	switch (h->major) {
	case 1:
		return IKE_DG_V1;
	case 2:
		return judge_v2(h, msg->n, e);
	case 0:
		err_set(e, -EBADMSG, "version %u.%u", h->major, h->minor);
		return IKE_DG_BAD;
	default:
		/* What follows may be laid out in any way: only the version is believed. */
		return IKE_DG_HIGHER;
	}
}

void ike_marker_build(struct wr *w, enum ike_port port)
{
	if (port == IKE_PORT_NATT)
		wr_zero(w, IKE_MARKER_LEN);
}
