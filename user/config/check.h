/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Judgement of the whole after loading: references (R-CFG-6), opt-ins of section
 * E, and what lines say together. Marks objects that cannot work as inactive.
 */
#ifndef XIPSEC_CONFIG_CHECK_H
#define XIPSEC_CONFIG_CHECK_H

#include "user/config/load.h"

/* Objects by kind and name; a name may have several nodes (entries of a map). */
struct object_entry {
	enum object	kind;
	const char	*name;		/* of the first node */
	struct node	**node;
	unsigned int	n, room;
	struct object_entry *chain;
};

struct objects {
	struct object_entry **bucket;
	size_t		nbucket;
};

struct check {
	struct load	*l;
	struct objects	objects;
	unsigned int	permitted;	/* enum legacy */
};

void check_all(struct load *l);

/* NULL: not defined. */
const struct object_entry *check_object(const struct check *c, enum object kind, const char *name);

/* In this order. */
void check_legacy(struct check *c);		/* check_legacy.c */
void check_ike(struct check *c);		/* check_ike.c */
void check_references(struct check *c);		/* check_refs.c */
void check_keys(struct check *c);		/* check_keys.c */
void check_maps(struct check *c);		/* check_maps.c */
void check_interfaces(struct check *c);		/* check_if.c */
void check_ha(struct check *c);			/* check_ha.c */
void check_rest(struct check *c);		/* check_rest.c */

/* The child whose pattern begins with these words, or NULL. */
struct node *check_child(const struct node *of, const char *words);
/* Marks and says why. */
void check_deactivate(struct check *c, struct node *n, const char *why);

void check_say(struct check *c, enum diag_severity sev, const struct node *n, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

#define for_each_child(child, of) \
	for ((child) = (of)->first; (child); (child) = (child)->next) \
		if (!(child)->refused)

#endif /* XIPSEC_CONFIG_CHECK_H */
