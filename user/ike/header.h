/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The 28 bytes that every IKE message starts with (RFC 7296 section 3.1; IKEv1's
 * are laid out alike), and what a datagram on the ports of IKE is at all: a NAT
 * keepalive, ESP, or IKE of a version (RFC 3948, RFC 7296 section 2.23).
 *
 *   +---------------------------------------------------------------+
 *   |                     initiator's SPI (8)                       |
 *   |                     responder's SPI (8)                       |
 *   | next payload  | major | minor | exchange type |     flags     |
 *   |                          message ID                           |
 *   |              length of the whole message, in bytes            |
 *   +---------------------------------------------------------------+
 */
#ifndef XIPSEC_IKE_HEADER_H
#define XIPSEC_IKE_HEADER_H

#include "user/ike/cursor.h"
#include "user/lib/err.h"

#define IKE_HEADER_LEN		28
#define IKE_LENGTH_AT		24	/* where the length stands */
#define IKE_NEXT_AT		16	/* where the type of the first payload stands */
#define IKE_MARKER_LEN		4	/* zeros before IKE on port 4500 */

enum ike_role { IKE_INITIATOR, IKE_RESPONDER };

/* The flags of version 2; all other bits are sent as 0 and ignored. */
#define IKE_F_INITIATOR		0x08	/* sent by the original initiator of the IKE SA */
#define IKE_F_VERSION		0x10	/* could speak a higher version: never sent, ignored */
#define IKE_F_RESPONSE		0x20

struct ike_header {
	uint64_t	spi_i, spi_r;	/* host order; 0: none yet */
	uint8_t		next;		/* type of the first payload */
	uint8_t		major, minor;
	uint8_t		exchange;
	uint8_t		flags;		/* as on the wire */
	uint32_t	id;		/* message ID */
	uint32_t	length;		/* header and payloads */
};

/*
 * One header. -EBADMSG: shorter than 28 bytes. Nothing is judged; versions,
 * flags and lengths are as they came.
 */
int ike_header_parse(struct cur *c, struct ike_header *h, struct err *e);

/* The length is what h says; ike_header_finish() sets it to all that was written since `at`. */
void ike_header_build(struct wr *w, const struct ike_header *h);
void ike_header_finish(struct wr *w, size_t at);

static inline bool ike_is_response(const struct ike_header *h)
{
	return h->flags & IKE_F_RESPONSE;
}

/* The role, in the IKE SA, of who sent it. */
static inline enum ike_role ike_sender(const struct ike_header *h)
{
	return h->flags & IKE_F_INITIATOR ? IKE_INITIATOR : IKE_RESPONDER;
}

/* --- datagrams ------------------------------------------------------------------------------ */

enum ike_datagram {
	IKE_DG_BAD,		/* no more than a counter; *e says why */
	IKE_DG_KEEPALIVE,	/* one byte 0xff */
	IKE_DG_ESP,		/* no marker on port 4500; seen where the kernel did not take it */
	IKE_DG_V1,
	IKE_DG_V2,		/* also of a higher minor version (RFC 7296 section 2.5) */
	IKE_DG_HIGHER,		/* above version 2: dropped, INVALID_MAJOR_VERSION may be said */
};

enum ike_port { IKE_PORT_500, IKE_PORT_NATT };	/* NATT: 4500, where the marker stands */

/*
 * What it is. *h and *msg (the message without marker, borrowed) are set for V1,
 * V2 and HIGHER. Of V2 also: the length is the datagram's, the initiator's SPI
 * is not 0, there is a payload where the length has room for one only.
 */
enum ike_datagram ike_demux(enum ike_port port, struct span datagram, struct ike_header *h,
			    struct span *msg, struct err *e);

/* The marker where it has to be; nothing on port 500. */
void ike_marker_build(struct wr *w, enum ike_port port);

#endif /* XIPSEC_IKE_HEADER_H */
