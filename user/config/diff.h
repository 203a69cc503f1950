/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is different between two configurations, line by line. Instances are
 * paired by identity, so the cost is that of the lines, not of their product.
 */
#ifndef XIPSEC_CONFIG_DIFF_H
#define XIPSEC_CONFIG_DIFF_H

#include "user/config/tree.h"

enum diff_kind {
	DIFF_REMOVED,		/* with all below it, each a change of its own */
	DIFF_ADDED,
	DIFF_CHANGED,		/* same identity, other values */
	DIFF_MOVED,		/* in a list whose order counts */
};

struct change {
	enum diff_kind	kind;
	struct node	*was, *is;	/* of the two trees; NULL where there is none */
};

struct diff {
	struct change	*list;
	size_t		n, room;
};

/* Both trees live longer than *d. 0, -ENOMEM */
int diff_trees(struct tree *was, struct tree *is, struct diff *d);
void diff_fini(struct diff *d);

#endif /* XIPSEC_CONFIG_DIFF_H */
