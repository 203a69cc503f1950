// SPDX-License-Identifier: Apache-2.0
#include "user/kernel/kobj.h"

#include <stdlib.h>
#include <string.h>

#define SET_FIRST	64	/* places of a new list; a power of two */

/* What the set allocates: no more of the object than its kind has. */
struct entry {
	size_t	at;		/* in the list */
	struct kobj o;
};

static size_t kobj_size(enum kobj_kind kind)
{
	static const size_t size[KOBJ_KINDS] = {
		[KOBJ_LINK] = sizeof(struct kobj_link),
		[KOBJ_ADDR] = sizeof(struct kobj_addr),
		[KOBJ_SA] = sizeof(struct kobj_sa),
		[KOBJ_POLICY] = sizeof(struct kobj_policy),
		[KOBJ_ROUTE] = sizeof(struct kobj_route),
		[KOBJ_RULE] = sizeof(struct kobj_rule),
	};

	return offsetof(struct kobj, link) + size[kind];
}

static struct entry *entry_of(struct kobj *o)
{
	return (struct entry *)((char *)o - offsetof(struct entry, o));
}

static void entry_free(struct kobj *o)
{
	if (o->kind == KOBJ_SA)
		explicit_bzero(&o->sa, sizeof(o->sa));
	free(entry_of(o));
}

/* Open addressing; a full bucket is followed by the next. Half of them are empty at least. */
static size_t home_of(const struct kobj_set *s, const struct kobj *o)
{
	return kobj_key_hash(o) & (s->nbucket - 1);
}

static size_t next_of(const struct kobj_set *s, size_t i)
{
	return (i + 1) & (s->nbucket - 1);
}

/* The bucket of an object of this key, or the empty one where it would be. */
static size_t place_of(const struct kobj_set *s, const struct kobj *like)
{
	size_t i = home_of(s, like);

	while (s->bucket[i] && !kobj_same_key(s->bucket[i], like))
		i = next_of(s, i);
	return i;
}

static void close_gaps(struct kobj_set *s)
{
	size_t i, n = 0;

	for (i = 0; i < s->n; i++) {
		if (!s->list[i])
			continue;
		s->list[n] = s->list[i];
		entry_of(s->list[n])->at = n;
		n++;
	}
	s->n = n;
}

static bool resize(struct kobj_set *s, size_t room)
{
	struct kobj **bucket = calloc(2 * room, sizeof(*bucket));
	struct kobj **list = bucket ? realloc(s->list, room * sizeof(*list)) : NULL;
	size_t i;

	if (!list) {
		free(bucket);
		return false;
	}
	free(s->bucket);
	s->bucket = bucket;
	s->nbucket = 2 * room;
	s->list = list;
	s->room = room;
	for (i = 0; i < s->n; i++)
		s->bucket[place_of(s, list[i])] = list[i];
	return true;
}

/* Room for one more. A list with a quarter of gaps is not made longer. */
static bool make_room(struct kobj_set *s)
{
	if (s->n < s->room)
		return true;
	close_gaps(s);
	if (s->n < s->room - s->room / 4)
		return true;
	return resize(s, s->room ? 2 * s->room : SET_FIRST);
}

struct kobj *kobj_set_add(struct kobj_set *s, const struct kobj *o)
{
	struct entry *e;

	if (!make_room(s))
		return NULL;
	e = malloc(offsetof(struct entry, o) + kobj_size(o->kind));
	if (!e)
		return NULL;
	memcpy(&e->o, o, kobj_size(o->kind));
	e->at = s->n++;
	s->list[e->at] = &e->o;
	s->bucket[place_of(s, o)] = &e->o;
	return &e->o;
}

struct kobj *kobj_set_find(const struct kobj_set *s, const struct kobj *like)
{
	return s->nbucket ? s->bucket[place_of(s, like)] : NULL;
}

/*
 * Those that stand behind an emptied bucket because it was full move up, so that
 * a search never meets a gap before what it looks for (Knuth, 6.4, algorithm R).
 */
static void empty_bucket(struct kobj_set *s, size_t hole)
{
	size_t i = hole, home;

	for (i = next_of(s, hole); s->bucket[i]; i = next_of(s, i)) {
		home = home_of(s, s->bucket[i]);
		/* Distances in the ring: it may stand in the hole if its home is not behind it. */
		if (((i - home) & (s->nbucket - 1)) < ((i - hole) & (s->nbucket - 1)))
			continue;
		s->bucket[hole] = s->bucket[i];
		hole = i;
	}
	s->bucket[hole] = NULL;
}

void kobj_set_del(struct kobj_set *s, struct kobj *o)
{
	empty_bucket(s, place_of(s, o));
	s->list[entry_of(o)->at] = NULL;
	entry_free(o);
}

void kobj_set_fini(struct kobj_set *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (s->list[i])
			entry_free(s->list[i]);
	free(s->list);
	free(s->bucket);
	*s = (struct kobj_set){};
}
