/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IKE fragmentation (RFC 7383): a message's plain payloads are cut into pieces that are
 * each sealed in an SKF payload, and put together again after each was opened. So only
 * fragments of a peer that has the keys are kept; before IKE_AUTH that is anybody, so
 * what is kept is bounded, for one set and for all sets together.
 */
#ifndef XIPSEC_IKEV2_FRAGMENT_H
#define XIPSEC_IKEV2_FRAGMENT_H

#include "user/ike/cursor.h"
#include "user/ikev2/pld_sk.h"

/* The largest message that UDP could carry whole, in fragments of the smallest MTU of IPv4, 576. */
#define FRAGMENTS_MAX		128
#define FRAGMENT_BYTES_MAX	65535

/* --- cutting -------------------------------------------------------------------------------- */

struct fragment {
	uint8_t		first;		/* type of the first payload: fragment 1 only, else 0 */
	uint16_t	number, total;
	struct span	plain;		/* borrowed */
};

/*
 * In how many pieces of at most `most` bytes (plaintext) `plain` goes; 0: in none that the other
 * side would take. The pieces are of like size: none is left over short.
 */
uint16_t fragment_count(size_t plain, size_t most);

/* The one with that number, 1 to total = fragment_count(). */
struct fragment fragment_get(struct span plain, uint8_t first, uint16_t number, uint16_t total);

/* --- putting together ----------------------------------------------------------------------- */

/* Shared by all sets: bytes that they may hold together. */
struct fragment_budget {
	size_t		used, most;
};

/* One per direction of an IKE SA: message ID by message ID. Zero it with a budget, or _init. */
struct fragment_set {
	struct fragment_budget *budget;	/* borrowed */
	uint32_t	id;		/* message ID, of total > 0 */
	uint16_t	total, have;
	size_t		bytes;		/* of all fragments held */
	uint8_t		first;
	struct {
		uint8_t		*p;	/* owned */
		uint16_t	n;
	} *part;			/* `total` of them; NULL: nothing held */
};

enum fragment_verdict {
	FRAGMENT_KEPT,		/* more are missing */
	FRAGMENT_WHOLE,		/* that was the last one: fragment_join() */
	FRAGMENT_TWICE,		/* there already; nothing changed */
	FRAGMENT_STALE,		/* of a smaller total than what is held (section 2.6): dropped */
	FRAGMENT_BAD,		/* numbers or sizes that cannot be */
	FRAGMENT_FULL,		/* a bound: dropped, and the set with it if it can never be whole */
	FRAGMENT_NO_MEMORY,
};

void fragment_set_init(struct fragment_set *s, struct fragment_budget *budget);

/*
 * Whether it is worth opening: FRAGMENT_KEPT, or why not. Changes nothing, since the numbers
 * are not authenticated yet.
 */
enum fragment_verdict fragment_look(const struct fragment_set *s, uint32_t id,
				    const struct pld_sk *sk);

/*
 * One that was opened; `plain` is copied. Another message ID, or a larger total (the peer cut
 * again for a smaller MTU), forgets what was held.
 */
enum fragment_verdict fragment_add(struct fragment_set *s, uint32_t id, const struct pld_sk *sk,
				   struct span plain);

/*
 * Of a whole set: the message, of s->bytes bytes, into buf; *first is the type of its first
 * payload. false: not whole, or no room. The set stays until fragment_clear().
 */
bool fragment_join(const struct fragment_set *s, uint8_t *buf, size_t cap, struct span *plain,
		   uint8_t *first);

/* Wipes and frees what is held: when done with it, and after the timeout of section 2.6. */
void fragment_clear(struct fragment_set *s);

#endif /* XIPSEC_IKEV2_FRAGMENT_H */
