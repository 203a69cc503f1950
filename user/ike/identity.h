/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Identities of both versions (RFC 7296 section 3.5, RFC 2407 section 4.6.2.1 has the same
 * numbers): comparison, the most specific match among wildcards (R-IKE-6), and
 * text that is safe in a log.
 */
#ifndef XIPSEC_IKE_IDENTITY_H
#define XIPSEC_IKE_IDENTITY_H

#include "user/ike/cursor.h"
#include "user/lib/addr.h"
#include "user/lib/err.h"

enum id_type {
	ID_IPV4		= 1,
	ID_FQDN		= 2,
	ID_EMAIL	= 3,
	ID_IPV6		= 5,
	ID_DN		= 9,		/* DER of a Name */
	ID_GN		= 10,		/* DER of a GeneralName */
	ID_KEY_ID	= 11,
	ID_NULL		= 13,		/* RFC 7619: no content */
};

/* More in one identity is refused: a DN of a certificate that anyone uses is below 1 KB. */
#define IDENTITY_MAX	2048
#define IDENTITY_STR_MAX 256

struct identity {
	uint8_t		type;		/* enum id_type */
	struct span	data;		/* borrowed */
};

/*
 * Whether the content is as its type says: sizes of addresses, names without control characters
 * (RFC 7296 section 3.5: no terminators), DER whose outer length is right. -EBADMSG, or -ENOTSUP
 * for a type that is not in the list.
 */
int identity_check(const struct identity *id, struct err *e);

/*
 * The same identity: names of hosts and domains of mail addresses without regard to case,
 * DNs attribute by attribute (dn.h), all else byte by byte. Those of ID_NULL are never equal.
 */
bool identity_equal(const struct identity *a, const struct identity *b);

/* "192.0.2.1", "gw.example", "CN=gw, O=Example", "key-id 0x6869"; all printable. Returns buf. */
const char *identity_str(const struct identity *id, char buf[static IDENTITY_STR_MAX]);

/* "address", "FQDN" ... for diagnoses. */
const char *identity_type_name(uint8_t type);

/* --- patterns ------------------------------------------------------------------------------- */

enum id_pattern_kind {
	ID_PAT_ANY,
	ID_PAT_ADDR,			/* addr/plen */
	ID_PAT_DOMAIN,			/* hosts below `text`, at any depth; not itself */
	ID_PAT_EMAIL_DOMAIN,		/* mail addresses of exactly that domain */
	ID_PAT_EXACT,			/* `id` */
};

struct id_pattern {
	enum id_pattern_kind kind;
	struct addr	addr;
	uint8_t		plen;
	struct span	text;		/* borrowed */
	struct identity	id;		/* borrowed */
};

/* 0: no match; more: the more specific the larger. */
unsigned int id_pattern_match(const struct id_pattern *p, const struct identity *id);

/*
 * The index of the most specific one that matches; of equals the first. -1: none.
 * `n` is what a configuration has: a table for many addresses is the caller's.
 */
int id_pattern_best(const struct id_pattern *p, size_t n, const struct identity *id);

#endif /* XIPSEC_IKE_IDENTITY_H */
