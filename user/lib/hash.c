// SPDX-License-Identifier: Apache-2.0
#include "user/lib/hash.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define HASH_FIRST	64	/* buckets of a new table */

struct hash_node {
	struct hash_node *next;
	_Alignas(8) uint8_t entry[];
};

static uint64_t rotl(uint64_t x, unsigned int by)
{
	return x << by | x >> (64 - by);
}

static void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotl(v[1], 13) ^ v[0];
	v[0] = rotl(v[0], 32);
	v[2] += v[3];
	v[3] = rotl(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotl(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotl(v[1], 17) ^ v[2];
	v[2] = rotl(v[2], 32);
}

/* SipHash-1-3 (Aumasson and Bernstein, 2012), in the machine's byte order: never stored. */
static uint64_t sip13(const uint64_t seed[2], const uint8_t *p, size_t len)
{
	uint64_t v[4] = { seed[0] ^ 0x736f6d6570736575ULL, seed[1] ^ 0x646f72616e646f6dULL,
			  seed[0] ^ 0x6c7967656e657261ULL, seed[1] ^ 0x7465646279746573ULL };
	size_t left = len, take;
	uint64_t m;

	for (;;) {
		take = left < 8 ? left : 8;
		m = 0;
		memcpy(&m, p, take);
		if (take < 8)
			m |= (uint64_t)len << 56;
		v[3] ^= m;
		sip_round(v);
		v[0] ^= m;
		if (take < 8)
			break;
		p += 8;
		left -= 8;
	}
	v[2] ^= 0xff;
	sip_round(v);
	sip_round(v);
	sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

static struct hash_node **bucket_of(const struct hash *h, const void *key)
{
	return &h->bucket[sip13(h->seed, key, h->key_size) & (h->nbucket - 1)];
}

int hash_init(struct hash *h, size_t key_size, size_t entry_size, size_t max,
	      const struct env *env)
{
	int err;

	*h = (struct hash){ .key_size = key_size, .entry_size = entry_size, .max = max };
	err = env->random(env->ctx, h->seed, sizeof(h->seed));
	if (err)
		return err;
	h->bucket = calloc(HASH_FIRST, sizeof(struct hash_node *));
	if (!h->bucket)
		return -ENOMEM;
	h->nbucket = HASH_FIRST;
	return 0;
}

void hash_fini(struct hash *h)
{
	struct hash_iter it = {};
	void *entry;

	while ((entry = hash_next(h, &it)))
		hash_del(h, entry);
	free(h->bucket);
	*h = (struct hash){};
}

void *hash_find(const struct hash *h, const void *key)
{
	struct hash_node *n;

	for (n = *bucket_of(h, key); n; n = n->next)
		if (!memcmp(n->entry, key, h->key_size))
			return n->entry;
	return NULL;
}

/* Without memory for more buckets the table is slower, not wrong. */
static void grow(struct hash *h)
{
	struct hash was = *h;
	struct hash_node *n, *next, **to;
	size_t i;

	h->bucket = calloc(was.nbucket * 2, sizeof(struct hash_node *));
	if (!h->bucket) {
		h->bucket = was.bucket;
		return;
	}
	h->nbucket = was.nbucket * 2;
	for (i = 0; i < was.nbucket; i++) {
		for (n = was.bucket[i]; n; n = next) {
			next = n->next;
			to = bucket_of(h, n->entry);
			n->next = *to;
			*to = n;
		}
	}
	free(was.bucket);
}

void *hash_add(struct hash *h, const void *key)
{
	struct hash_node *n, **to;

	if (h->count >= h->max)
		return NULL;
	n = calloc(1, sizeof(*n) + h->entry_size);
	if (!n)
		return NULL;
	if (h->count >= h->nbucket)
		grow(h);
	memcpy(n->entry, key, h->key_size);
	to = bucket_of(h, key);
	n->next = *to;
	*to = n;
	h->count++;
	return n->entry;
}

void hash_del(struct hash *h, void *entry)
{
	struct hash_node **at, *n;

	for (at = bucket_of(h, entry); *at; at = &(*at)->next) {
		n = *at;
		if (n->entry != entry)
			continue;
		*at = n->next;
		free(n);
		h->count--;
		return;
	}
}

void *hash_next(const struct hash *h, struct hash_iter *it)
{
	struct hash_node *n = it->next;

	while (!n && it->at < h->nbucket)
		n = h->bucket[it->at++];
	if (!n)
		return NULL;
	it->next = n->next;
	return n->entry;
}
