/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A configuration as a tree of command instances, in normal form: keywords in
 * full, arguments as they are printed. An instance is found by its identity
 * (R-CFG-2): its row and the key elements, or for R_MULTI rows the whole line.
 */
#ifndef XIPSEC_CONFIG_TREE_H
#define XIPSEC_CONFIG_TREE_H

#include <stdbool.h>
#include <stdio.h>

#include "user/config/match.h"

#define TREE_NODES_MAX	1000000

/* Classes of `crypto legacy permit`. */
enum legacy {
	LEGACY_3DES	= 0x1,
	LEGACY_DH_WEAK	= 0x2,
	LEGACY_AGGRESSIVE = 0x4,
};

struct node_token {
	const struct elem *el;
	char		*text;
};

struct node {
	struct node	*parent, *first, *last, *prev, *next;
	struct node	*chain;		/* same hash bucket */
	const struct pattern *p;	/* NULL: the root, or a raw line */
	unsigned int	line;		/* where it was entered; 0: at the prompt */
	unsigned int	hash;
	unsigned int	legacy;		/* enum legacy: what it needs permitted */
	unsigned int	refused_child;	/* line of a child that was refused; 0: none */
	unsigned int	ntokens;
	bool		negated;	/* the `no` form of an R_ON row */
	bool		is_default;	/* neither printed nor compared */
	bool		refused;	/* stays only for what refers to it */
	bool		inactive;	/* known after the check */
	bool		checked;
	unsigned int	at;		/* place among its siblings, for the diff */
	char		*raw;		/* a raw line */
	char		*why;		/* of an inactive one; NULL: not known */
	struct node_token token[];
};

struct tree {
	struct node	root;
	struct node	**bucket;
	size_t		nbucket, count;
	struct node	*attic;		/* refused copies of instances that exist, by ->next */
};

int tree_init(struct tree *t);		/* 0, -ENOMEM */
void tree_fini(struct tree *t);		/* of an uninitialised, zeroed one too */

/* An instance of its own, not in the tree yet; owned by the caller. NULL: no memory. */
struct node *node_new(const struct match *m, struct node *parent, unsigned int line);
/* Adds what the row means when nothing but the identity was given. */
void node_fill(struct node *n);
struct node *node_new_raw(const char *text, struct node *parent, unsigned int line);
void node_free(struct node *n);		/* with its children; not one that is in the tree */

/* The instance with the identity of `n` below `parent` (of this tree), or NULL. */
struct node *tree_find(const struct tree *t, const struct node *parent, const struct node *n);

/* Puts `n` where its parent is; it takes the place and the children of its former self. */
int tree_put(struct tree *t, struct node *n, struct node **now);
/* A raw line behind those that are there; equal ones may follow each other. */
void tree_append_raw(struct tree *t, struct node *n);
void tree_remove(struct tree *t, struct node *n);
/* Refused copies, with what was entered below them: once nobody is in their mode any more. */
void tree_empty_attic(struct tree *t);
/* The children of `parent` whose tokens begin with those of `n`. Returns how many went. */
unsigned int tree_remove_like(struct tree *t, struct node *parent, const struct node *n);

/*
 * Token i becomes `text`, behind the keyword `flag` spelled `word` unless flag is
 * NULL. Once for a node with a flag: there is room for one (R-PSK6-4). Both
 * texts are owned by the tree then; what was there is wiped.
 */
void tree_retext(struct tree *t, struct node *n, unsigned int i, char *text,
		 const struct elem *flag, char *word);

/* Text of the argument `name`, or NULL; of the keyword: whether it is there. */
const char *node_arg(const struct node *n, const char *name);
bool node_has(const struct node *n, const char *keyword);
/* Number of the argument; `none` if it is not there. */
unsigned int node_num(const struct node *n, const char *name, unsigned int none);
/* Whether the row's pattern begins with these words. */
bool node_is(const struct node *n, const char *words);
/* The first argument of the identity: the name of what the row defines. */
const char *node_name(const struct node *n);

static inline bool node_counts(const struct node *n)
{
	return !n->refused;
}

#endif /* XIPSEC_CONFIG_TREE_H */
