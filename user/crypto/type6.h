/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Type 6: a key as text that only the master key opens (R-PSK6). docs/type6.md
 * tells the format, and why it is so.
 *
 *	"x1" base64url(salt | tag | ciphertext | check)
 *
 *	key		scrypt(master key, salt), N = 2^15, r = 8, p = 1: 64 bytes
 *	tag, ciphertext	AES-256-SIV (RFC 5297) of the text, filled up with zeros
 *			to 16 bytes; the version is its associated data
 *	check		3 bytes of SHA-256: damage shows without a master key
 *
 * The same text gives the same string on one box, so that entering a key again
 * is no change. Another box with the same master key has another salt, and opens
 * the string all the same.
 */
#ifndef XIPSEC_CRYPTO_TYPE6_H
#define XIPSEC_CRYPTO_TYPE6_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "user/lib/err.h"
#include "user/lib/secret.h"

#define TYPE6_SALT	16
#define TYPE6_TEXT_MAX	512	/* bytes of a key */
#define TYPE6_STR_MAX	733	/* of a string, with its NUL */

/*
 * Deriving costs 0.1 s and 32 MB, once for each salt and master key. A
 * configuration has the salts of a few boxes; one with thousands of them would
 * keep us busy for hours.
 */
#define TYPE6_DERIVE_MAX	24
/* Master keys before this one, until nothing needs them any more (master.h). */
#define TYPE6_OLD_MAX		3

#define TYPE6_MASTER_MIN	8	/* characters */

enum type6_verdict {
	TYPE6_OK,
	TYPE6_FOREIGN,		/* not of this form: made by a router */
	TYPE6_DAMAGED,		/* of this form, but not as it was made; or of a later version */
	TYPE6_MISMATCH,		/* made with another master key */
	TYPE6_TOO_LONG,		/* more than TYPE6_TEXT_MAX, or not a text */
	TYPE6_TOO_MANY,		/* a salt beyond what type6_begin() allowed */
	TYPE6_FAILED,		/* out of memory, or OpenSSL cannot */
};

/* What is behind "ciphertext ... is incompatible with the configured master key". */
const char *type6_why(enum type6_verdict v);

/* A master key, and the salt of the strings that it makes. */
struct type6_master {
	struct secret	text;
	uint8_t		salt[TYPE6_SALT];
};

/* A master key in use, the ones before it, and what was derived from them. */
struct type6;

/* gen[0] is the one in use. 1 <= n <= 1 + TYPE6_OLD_MAX; NULL: no memory. */
struct type6 *type6_new(const struct type6_master *gen, unsigned int n);
void type6_free(struct type6 *t);	/* wipes; NULL is fine */

const struct type6_master *type6_masters(const struct type6 *t, unsigned int *n);

/* Whether a text may be a master key; else *e says why not. */
bool type6_master_fits(const char *text, struct err *e);

/* The salts of others that are derived until the next call; a new one may TYPE6_DERIVE_MAX. */
void type6_begin(struct type6 *t, unsigned int derivations);

/* text: 1 to TYPE6_TEXT_MAX bytes. */
enum type6_verdict type6_seal(struct type6 *t, const char *text, char out[static TYPE6_STR_MAX]);

/*
 * The key in `out`, to be wiped by the caller; empty unless TYPE6_OK. *old (may
 * be NULL): it was made with a master key before the one in use.
 */
enum type6_verdict type6_open(struct type6 *t, const char *str,
			      char out[static TYPE6_TEXT_MAX + 1], bool *old);

/* Without a master key: TYPE6_OK, TYPE6_FOREIGN, TYPE6_DAMAGED. */
enum type6_verdict type6_look(const char *str);

#endif /* XIPSEC_CRYPTO_TYPE6_H */
