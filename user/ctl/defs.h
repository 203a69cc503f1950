/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a configuration defines, by kind and name, in the order that show commands
 * print: names as words and numbers, entries of one name by sequence or as entered.
 * Made for one answer; the tree must not change meanwhile.
 */
#ifndef XIPSEC_CTL_DEFS_H
#define XIPSEC_CTL_DEFS_H

#include "user/config/check.h"
#include "user/config/tree.h"

struct def {
	enum object	kind;
	const char	*name;		/* borrowed from the node */
	unsigned int	sequence;	/* of map entries; else 0 */
	size_t		at;		/* as entered */
	const struct node *node;
};

struct defs {
	struct def	*list;
	size_t		n;
};

/* t may be NULL: nothing is defined. 0, -ENOMEM; *d is defs_fini()'s in both cases. */
int defs_init(struct defs *d, const struct tree *t);
void defs_fini(struct defs *d);

/* All of a kind, or with this name; *n of them follow each other. */
const struct def *defs_of(const struct defs *d, enum object kind, const char *name, size_t *n);

/* The one with this name, the first if there are several; NULL: none. */
const struct node *defs_node(const struct defs *d, enum object kind, const char *name);

/* All lines of an access list, remarks too: calls `each` in their order. Returns how many. */
size_t defs_acl(const struct defs *d, const char *name,
		void (*each)(void *ctx, const struct node *line), void *ctx);

/* Child of `of` that begins with these words; `of` may be NULL. */
static inline const struct node *defs_child(const struct node *of, const char *words)
{
	return of ? check_child(of, words) : NULL;
}

#endif /* XIPSEC_CTL_DEFS_H */
