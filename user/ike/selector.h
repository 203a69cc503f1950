/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Traffic selectors: ranges of addresses and ports of a protocol (RFC 7296 section 3.13.1),
 * what two sides have in common (narrowing, section 2.9), and the prefixes and port
 * masks that XFRM wants of them.
 */
#ifndef XIPSEC_IKE_SELECTOR_H
#define XIPSEC_IKE_SELECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "user/lib/addr.h"

/* The wire has 255 at most; more than a few are rare, and narrowing may leave some out. */
#define TS_MAX		64
#define TS_STR_MAX	128

struct ts {
	struct addr	lo, hi;		/* of one family, lo <= hi */
	uint8_t		proto;		/* 0: any */
	uint16_t	port_lo, port_hi; /* any: 0, 65535; OPAQUE: 65535, 0; ICMP: type, code */
};

struct ts_list {
	struct ts	ts[TS_MAX];
	uint16_t	n;
	uint16_t	over;		/* selectors left out: no room, or an unknown type */
};

/* Selectors of both sides. */
struct ts_pair {
	struct ts_list	i, r;
};

/* A network, any ports; plen is cut to the family's bits. */
struct ts ts_prefix(const struct addr *a, unsigned int plen, uint8_t proto);

/* Well formed: families alike, addresses and ports in order (or OPAQUE). */
bool ts_valid(const struct ts *t);
bool ts_any_port(const struct ts *t);
bool ts_opaque(const struct ts *t);
bool ts_equal(const struct ts *a, const struct ts *b);

/* Every packet of b is in a. */
bool ts_covers(const struct ts *a, const struct ts *b);

/* What is in both; false: nothing, *out unchanged. */
bool ts_both(const struct ts *a, const struct ts *b, struct ts *out);

/* false: no room (counted in `over`); one that is covered already is not added. */
bool ts_list_add(struct ts_list *l, const struct ts *t);
bool ts_list_covers(const struct ts_list *l, const struct ts *t);

/* "192.0.2.0-192.0.2.255 proto 17 port 500", "2001:db8::-2001:db8::ff". Returns buf. */
const char *ts_str(const struct ts *t, char buf[static TS_STR_MAX]);
const char *ts_list_str(const struct ts_list *l, char *buf, size_t size);

enum ts_verdict {
	TS_NOTHING,		/* TS_UNACCEPTABLE is the answer */
	TS_NARROWED,		/* less than was offered */
	TS_ALL,			/* as offered */
};

/*
 * The responder's choice: what the offer has in common with one policy, both sides, in
 * the order of the offer, so that the packet that triggered the exchange (the first selectors,
 * section 2.9) is in it where the policy allows it. Families that one side only has are left out.
 */
enum ts_verdict ts_narrow(const struct ts_pair *offer, const struct ts_pair *policy,
			  struct ts_pair *out);

/*
 * Which of n policies: the first one that has the offer's first selectors on both sides; else the
 * first with which narrowing leaves something. -1: none. *more (may be NULL): others would
 * have given something too (ADDITIONAL_TS_POSSIBLE, section 2.9.2).
 */
int ts_choose(const struct ts_pair *offer, const struct ts_pair *policy, size_t n,
	      struct ts_pair *out, bool *more);

/* The initiator's check: the answer is within what it offered, and not empty. */
bool ts_answer_fits(const struct ts_pair *offer, const struct ts_pair *answer);

/* --- for XFRM ------------------------------------------------------------------------------- */

struct ts_net {
	struct addr	addr;
	uint8_t		plen;
};

struct ts_port {
	uint16_t	port, mask;	/* host order */
};

#define TS_NETS_MAX	254		/* a range of IPv6 at the worst; 62 for IPv4 */
#define TS_PORTS_MAX	30

/* The fewest prefixes that are exactly lo..hi, in order. Returns their number. */
size_t ts_nets(const struct ts *t, struct ts_net out[static TS_NETS_MAX]);

/* The same for ports. OPAQUE gives none: XFRM has no words for it. */
size_t ts_ports(const struct ts *t, struct ts_port out[static TS_PORTS_MAX]);

#endif /* XIPSEC_IKE_SELECTOR_H */
