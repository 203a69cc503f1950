// SPDX-License-Identifier: Apache-2.0
/* The opt-ins of section E. `crypto legacy permit` may stand anywhere in the file. */
#include <string.h>

#include "user/config/check.h"

static const struct {
	unsigned int	legacy;
	const char	*class;
	const char	*what;
} classes[] = {
	{ LEGACY_3DES, "3des", "3DES (64-bit blocks, SHOULD NOT by RFC 8221)" },
	{ LEGACY_DH_WEAK, "dh-weak", "Diffie-Hellman groups 2 and 5 (SHOULD NOT by RFC 8247)" },
	{ LEGACY_AGGRESSIVE, "aggressive-psk",
	  "aggressive mode with a pre-shared key (it can be guessed offline)" },
};

#define NCLASSES	(sizeof(classes) / sizeof(classes[0]))

static unsigned int permitted(const struct tree *t)
{
	unsigned int all = 0;
	const struct node *n;
	size_t i;

	for (n = t->root.first; n; n = n->next)
		for (i = 0; i < NCLASSES && node_is(n, "crypto legacy permit"); i++)
			if (node_has(n, classes[i].class))
				all |= classes[i].legacy;
	return all;
}

static void judge(struct check *c, struct node *n)
{
	size_t i;

	for (i = 0; i < NCLASSES; i++) {
		if (!(n->legacy & classes[i].legacy))
			continue;
		if (c->permitted & classes[i].legacy) {
			check_say(c, DIAG_WARNING, n, "%s: permitted by `crypto legacy permit %s`",
				  classes[i].what, classes[i].class);
			continue;
		}
		check_say(c, DIAG_ERROR, n, "%s needs `crypto legacy permit %s`", classes[i].what,
			  classes[i].class);
		n->refused = true;
		if (!n->parent->refused_child && n->p->row->enters == M_NONE)
			n->parent->refused_child = n->line;
	}
}

static void walk(struct check *c, struct node *parent)
{
	struct node *n;

	for_each_child(n, parent) {
		if (n->p && n->legacy)
			judge(c, n);
		walk(c, n);
	}
}

void check_legacy(struct check *c)
{
	c->permitted = permitted(c->l->tree);
	walk(c, &c->l->tree->root);
}
