/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A table of entries of one type, found by a key that is the first member of
 * the entry: fixed size, no padding or zeroed padding, compared as memory. It
 * has a bound and a secret seed (SipHash), so a peer that chooses keys chooses
 * neither our memory nor our time.
 *
 * Entries do not move: a pointer is good until hash_del() of that entry.
 */
#ifndef XIPSEC_LIB_HASH_H
#define XIPSEC_LIB_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "user/lib/env.h"

struct hash_node;

struct hash {
	struct hash_node **bucket;
	size_t	 nbucket;	/* a power of two */
	size_t	 count, max;
	size_t	 key_size, entry_size;
	uint64_t seed[2];
};

/* 0, -ENOMEM or what env's random says. max: entries, refused above. */
int hash_init(struct hash *h, size_t key_size, size_t entry_size, size_t max,
	      const struct env *env);
void hash_fini(struct hash *h);		/* a zeroed or finished table is fine */

/* NULL: not there. */
void *hash_find(const struct hash *h, const void *key);

/* The key must not be there yet. The rest of the entry is zero. NULL: full or no memory. */
void *hash_add(struct hash *h, const void *key);

void hash_del(struct hash *h, void *entry);

/* Any order: NULL for the first; NULL after the last. The entry at hand may be deleted. */
struct hash_iter {
	size_t	 at;
	struct hash_node *next;
};
void *hash_next(const struct hash *h, struct hash_iter *it);	/* it: {} at first */

#endif /* XIPSEC_LIB_HASH_H */
