/* SPDX-License-Identifier: Apache-2.0 */
/* Typed arguments: what a word has to look like, and how it is printed. */
#ifndef XIPSEC_CONFIG_ARG_H
#define XIPSEC_CONFIG_ARG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "user/config/lex.h"
#include "user/config/row.h"
#include "user/lib/addr.h"

#define ARG_MAX_LEN	1024	/* normalised text with its NUL, except text to the end */
#define ARG_RANGES	12

struct arg_type;

struct arg_range {
	uint32_t	lo, hi;
};

struct arg_spec {
	const struct arg_type *type;
	enum object	ref;			/* of `@x` */
	unsigned int	nranges;		/* of int */
	struct arg_range range[ARG_RANGES];
};

/* How a word failed: nothing like it, or meant so and wrong. */
enum arg_fail { ARG_UNLIKE, ARG_WRONG };

struct arg_try {
	unsigned int	used;			/* words taken; 0: failed */
	char		text[ARG_MAX_LEN];	/* normalised, when used */
	enum arg_fail	fail;
	char		why[200];		/* when failed; may be empty */
};

/* "int(1-10)", "addr", "@tset"; false: no such type. */
bool arg_spec_parse(struct arg_spec *spec, const char *text, size_t len);

/* The words from `at` on; nwords is what is left of the line. */
void arg_try(const struct arg_spec *spec, const struct line *line, unsigned int at,
	     struct arg_try *out);

/* Takes the rest of the line as it was typed. */
bool arg_is_text(const struct arg_spec *spec);
/* May hold anything: a keyword in the same place wins if it is written in full. */
bool arg_is_free(const struct arg_spec *spec);
bool arg_is_secret(const struct arg_spec *spec);
/* Whether one word can be of both types. */
bool arg_overlap(const struct arg_spec *a, const struct arg_spec *b);

/* How help shows it: "A.B.C.D", "<1-10000>", "WORD". Returns buf. */
const char *arg_shown(const struct arg_spec *spec, char *buf, size_t size);

/* Of a printed port, name or number. */
unsigned int arg_port(const char *text);

/* Number of a printed protocol of IPv4 or IPv6 lists; 0 for `ip` and `ipv6`: any. */
unsigned int arg_protocol(const char *text, bool v6);

/* "2001:db8::/32"; false: none, *a and *len unchanged. */
bool arg_prefix(const char *text, struct addr *a, uint8_t *len);

const char *object_name(enum object o);		/* "transform set" */

#endif /* XIPSEC_CONFIG_ARG_H */
