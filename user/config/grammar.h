/* SPDX-License-Identifier: Apache-2.0 */
/* All tables joined and compiled: the one grammar, made at start and then only read. */
#ifndef XIPSEC_CONFIG_GRAMMAR_H
#define XIPSEC_CONFIG_GRAMMAR_H

#include "user/config/pattern.h"

struct mode_info {
	const char	*name;		/* "crypto map" */
	const char	*prompt;	/* "(config-crypto-map)" */
	enum mode	parent;		/* M_NONE above the global mode */
};

extern const struct mode_info modes[M_MAX];

struct grammar_mode {
	const struct pattern **pattern;
	size_t		n;
};

struct grammar {
	struct pattern	*pattern;
	size_t		n;
	struct grammar_mode mode[M_MAX];
};

/* The first call compiles; NULL: a pattern is wrong or memory is out, *e says which. */
const struct grammar *grammar_get(struct err *e);

/* Help of a keyword behind `before` (may be NULL) or of an argument; NULL: none. */
const char *word_help(const char *before, const char *word);
const char *arg_help(const char *name);

#endif /* XIPSEC_CONFIG_GRAMMAR_H */
