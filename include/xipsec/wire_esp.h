/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The headers that carry an SPI: RFC 4303 section 2, RFC 4302 section 2, RFC 3948 section 2. */
#ifndef XIPSEC_WIRE_ESP_H
#define XIPSEC_WIRE_ESP_H

#include "types.h"

#define XI_PORT_IKE	500
#define XI_PORT_NATT	4500

/*
 *  0                   1                   2                   3
 *  |               Security Parameters Index (SPI)                 |
 *  |                      Sequence Number                          |
 *  |                    Payload Data* (variable)                   |
 */
struct xi_esp {
	__be32	spi;
	__be32	seq;
};

/*
 *  | Next Header   |  Payload Len  |          RESERVED             |
 *  |                 Security Parameters Index (SPI)               |
 *  |                    Sequence Number Field                      |
 *  |                Integrity Check Value-ICV (variable)           |
 */
struct xi_ah {
	__u8	nexthdr;
	__u8	hdrlen;
	__be16	reserved;
	__be32	spi;
	__be32	seq;
};

struct xi_udp {
	__be16	source;
	__be16	dest;
	__be16	len;	/* header and data */
	__be16	check;
};

/*
 * What follows the UDP header on port 4500: four zero bytes before IKE (the
 * non-ESP marker), ESP with its SPI there, or one byte 0xff (keepalive).
 */
#define XI_NATT_MARKER		0
#define XI_NATT_KEEPALIVE	0xff

_Static_assert(sizeof(struct xi_esp) == 8, "RFC 4303");
_Static_assert(sizeof(struct xi_ah) == 12, "RFC 4302");
_Static_assert(sizeof(struct xi_udp) == 8, "RFC 768");

#endif /* XIPSEC_WIRE_ESP_H */
