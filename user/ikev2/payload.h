/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Payloads of IKEv2 as a chain (RFC 7296 section 3.2): reading one after the other,
 * writing one after the other. What is in them is in pld_*.h, one header a family,
 * with pld_X_parse() and pld_X_build() in pairs.
 *
 *   +---------------+---------------+---------------+---------------+
 *   | next payload  |C|  reserved   |         payload length        |
 *   +---------------+---------------+---------------+---------------+
 *
 * Parsers return 0 or -EBADMSG, for which INVALID_SYNTAX is the answer where one may
 * be given (section 2.21), with the reason in *e (may be NULL). They change nothing
 * else than *out, allocate nothing and borrow from the message. Builders append to a
 * writer, whose `bad` says at the end whether all of it fitted.
 */
#ifndef XIPSEC_IKEV2_PAYLOAD_H
#define XIPSEC_IKEV2_PAYLOAD_H

#include "user/ike/cursor.h"
#include "user/lib/err.h"

enum payload_type {
	PLD_NONE	= 0,
	PLD_SA		= 33,
	PLD_KE		= 34,
	PLD_IDI		= 35,
	PLD_IDR		= 36,
	PLD_CERT	= 37,
	PLD_CERTREQ	= 38,
	PLD_AUTH	= 39,
	PLD_NONCE	= 40,
	PLD_NOTIFY	= 41,
	PLD_DELETE	= 42,
	PLD_VENDOR	= 43,
	PLD_TSI		= 44,
	PLD_TSR		= 45,
	PLD_SK		= 46,
	PLD_CP		= 47,
	PLD_EAP		= 48,
	PLD_SKF		= 53,		/* RFC 7383 */
};

#define PLD_HEADER_LEN	4

/* One bit for each type that we know. */
#define PLD_BIT(TYPE)	(1ULL << (TYPE))

/* Whether we know the type: if not, its critical bit decides (section 2.5). */
bool payload_known(uint8_t type);

/* "SA", "IDi"; "unknown". */
const char *payload_name(uint8_t type);

struct payload {
	uint8_t		type;
	bool		critical;
	uint8_t		next;		/* of SK and SKF: the type of the first payload inside */
	struct span	body;
};

/* --- reading -------------------------------------------------------------------------------- */

struct payload_walk {
	struct cur	c;
	uint8_t		next;
};

/* `first` is the type that the header before the chain names. */
struct payload_walk payload_walk_of(struct span chain, uint8_t first);

/*
 * 1: *p is the next payload; 0: the end, at the end of the bytes; -EBADMSG. SK and SKF end the
 * chain: nothing may follow them (section 3.14). Reserved bits are ignored, and so is the
 * critical bit of a type that we know.
 */
int payload_next(struct payload_walk *w, struct payload *p, struct err *e);

/* --- writing -------------------------------------------------------------------------------- */

/*
 *	chain_begin(&ch, &w);
 *	chain_add(&ch, PLD_NONCE);
 *	pld_nonce_build(&w, nonce);
 *	first = chain_end(&ch);		// type of the first payload, 0: none
 */
struct payload_chain {
	struct wr	*w;		/* borrowed */
	uint8_t		first;
	size_t		at;		/* of the payload being written */
};

void chain_begin(struct payload_chain *ch, struct wr *w);
void chain_add(struct payload_chain *ch, uint8_t type);
uint8_t chain_end(struct payload_chain *ch);

#endif /* XIPSEC_IKEV2_PAYLOAD_H */
