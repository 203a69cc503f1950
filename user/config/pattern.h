/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A row's pattern, compiled: its words and arguments as elements, and which may
 * follow which (the position automaton of Glushkov, 1961, without empty moves).
 */
#ifndef XIPSEC_CONFIG_PATTERN_H
#define XIPSEC_CONFIG_PATTERN_H

#include <stdbool.h>
#include <stdint.h>

#include "user/config/arg.h"
#include "user/config/row.h"
#include "user/lib/err.h"

#define PATTERN_ELEMS	128	/* a transform set has the most, 40 */

struct elem {
	const char	*word;		/* keyword, or NULL */
	const char	*alias;		/* typed too; NULL: none */
	const char	*name;		/* of an argument, or NULL */
	const char	*dflt;		/* of an argument: not printed */
	struct arg_spec	spec;
	const char	*help;
	bool		key;		/* part of the identity */
	bool		hidden;		/* never printed */
	bool		grouped;	/* inside { } or [ ] */
};

struct elem_set {
	uint64_t	bits[PATTERN_ELEMS / 64];
};

struct pattern {
	const struct row *row;
	unsigned int	order;		/* in the joined table */
	unsigned int	n;
	struct elem	*elem;
	struct elem_set	first, last;	/* where a line begins, where it may end */
	struct elem_set	*follow;
	unsigned int	no_min;		/* elements that the `no` form has at least */
	char		*text;		/* what the elements point into */
};

int pattern_compile(struct pattern *p, const struct row *row, struct err *e);
void pattern_free(struct pattern *p);

static inline bool elem_set_has(const struct elem_set *s, unsigned int i)
{
	return s->bits[i / 64] >> (i % 64) & 1;
}

#endif /* XIPSEC_CONFIG_PATTERN_H */
