// SPDX-License-Identifier: Apache-2.0
#include "user/config/tree.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "user/lib/secret.h"

#define BUCKETS_FIRST	256

int tree_init(struct tree *t)
{
	*t = (struct tree){ .nbucket = BUCKETS_FIRST };
	t->bucket = calloc(t->nbucket, sizeof(struct node *));
	return t->bucket ? 0 : -ENOMEM;
}

void tree_fini(struct tree *t)
{
	struct node *n, *next;

	for (n = t->root.first; n; n = next) {
		next = n->next;
		node_free(n);
	}
	for (n = t->attic; n; n = next) {
		next = n->next;
		node_free(n);
	}
	free(t->bucket);
	*t = (struct tree){};
}

/* Whether a token is part of what tells the instance apart. */
static bool in_identity(const struct pattern *p, const struct elem *el)
{
	return p->row->flags & R_MULTI || el->key;
}

static uint32_t mix(uint32_t h, const void *data, size_t len)
{
	const unsigned char *p = data;

	while (len--)
		h = (h ^ *p++) * 16777619u;	/* FNV-1a; the text is the operator's own */
	return h;
}

static uint32_t identity_hash(const struct node *parent, const struct node *n)
{
	uint32_t h = mix(2166136261u, &parent, sizeof(struct node *));
	unsigned int i;

	if (!n->p)
		return mix(h, n->raw, strlen(n->raw));
	h = mix(h, &n->p->order, sizeof(n->p->order));
	for (i = 0; i < n->ntokens; i++)
		if (in_identity(n->p, n->token[i].el))
			h = mix(h, n->token[i].text, strlen(n->token[i].text) + 1);
	return h;
}

static const char *next_identity(const struct node *n, unsigned int *i)
{
	while (*i < n->ntokens) {
		const struct node_token *t = &n->token[(*i)++];

		if (in_identity(n->p, t->el))
			return t->text;
	}
	return NULL;
}

static bool same_identity(const struct node *a, const struct node *b)
{
	unsigned int i = 0, j = 0;
	const char *x, *y;

	if (a->p != b->p)
		return false;
	if (!a->p)
		return !strcmp(a->raw, b->raw);
	do {
		x = next_identity(a, &i);
		y = next_identity(b, &j);
		if (!x || !y)
			return x == y;
	} while (!strcmp(x, y));
	return false;
}

/* What is never printed, and a default value given, are as if left out. */
static bool is_omitted(const struct token *t)
{
	if (t->el->hidden)
		return true;
	return t->el->dflt && !strcmp(t->el->dflt, t->text);
}

struct node *node_new(const struct match *m, struct node *parent, unsigned int line)
{
	/* Two more than there are: node_fill(), tree_retext(). */
	struct node *n = calloc(1, sizeof(*n) + (m->ntokens + 2) * sizeof(n->token[0]));
	unsigned int i;

	if (!n)
		return NULL;
	n->p = m->p;
	n->parent = parent;
	n->line = line;
	for (i = 0; i < m->ntokens; i++) {
		struct node_token *t = &n->token[n->ntokens];

		if (is_omitted(&m->token[i]))
			continue;
		t->el = m->token[i].el;
		t->text = strdup(m->token[i].text);
		if (!t->text) {
			node_free(n);
			return NULL;
		}
		n->ntokens++;
	}
	return n;
}

void node_fill(struct node *n)
{
	const struct pattern *p = n->p;
	unsigned int i;

	for (i = 0; i < n->ntokens; i++)
		if (n->token[i].el->grouped)
			return;
	for (i = 0; p->row->fill && i < p->n; i++) {
		if (!p->elem[i].word || strcmp(p->elem[i].word, p->row->fill))
			continue;
		n->token[n->ntokens].el = &p->elem[i];
		n->token[n->ntokens].text = strdup(p->row->fill);
		n->ntokens += n->token[n->ntokens].text != NULL;
		return;
	}
}

struct node *node_new_raw(const char *text, struct node *parent, unsigned int line)
{
	struct node *n = calloc(1, sizeof(*n));

	if (!n)
		return NULL;
	n->parent = parent;
	n->line = line;
	n->raw = strdup(text);
	if (!n->raw) {
		free(n);
		return NULL;
	}
	return n;
}

/* Keys leave no trace in memory that is handed out again. */
static void wipe_free(char *text)
{
	secret_wipe_text(text);
	free(text);
}

void node_free(struct node *n)
{
	struct node *c, *next;
	unsigned int i;

	if (!n)
		return;
	for (c = n->first; c; c = next) {
		next = c->next;
		node_free(c);
	}
	for (i = 0; i < n->ntokens; i++)
		wipe_free(n->token[i].text);
	free(n->raw);
	free(n->why);
	free(n);
}

struct node *tree_find(const struct tree *t, const struct node *parent, const struct node *n)
{
	uint32_t h = identity_hash(parent, n);
	struct node *c;

	for (c = t->bucket[h & (t->nbucket - 1)]; c; c = c->chain)
		if (c->hash == h && c->parent == parent && same_identity(c, n))
			return c;
	return NULL;
}

static void grow(struct tree *t)
{
	size_t i, nbucket = t->nbucket * 2;
	struct node **bucket = calloc(nbucket, sizeof(struct node *)), *n, *next, **to;

	if (!bucket)
		return;		/* slower, not wrong */
	for (i = 0; i < t->nbucket; i++) {
		for (n = t->bucket[i]; n; n = next) {
			next = n->chain;
			to = &bucket[n->hash & (nbucket - 1)];
			n->chain = *to;
			*to = n;
		}
	}
	free(t->bucket);
	t->bucket = bucket;
	t->nbucket = nbucket;
}

static void hash_in(struct tree *t, struct node *n)
{
	struct node **to;

	if (t->count >= t->nbucket)
		grow(t);
	n->hash = identity_hash(n->parent, n);
	to = &t->bucket[n->hash & (t->nbucket - 1)];
	n->chain = *to;
	*to = n;
	t->count++;
}

static void hash_out(struct tree *t, struct node *n)
{
	struct node **at = &t->bucket[n->hash & (t->nbucket - 1)];

	while (*at && *at != n)
		at = &(*at)->chain;
	if (!*at)
		return;
	*at = n->chain;
	t->count--;
}

static void link_last(struct node *n)
{
	struct node *p = n->parent;

	n->prev = p->last;
	n->next = NULL;
	*(p->last ? &p->last->next : &p->first) = n;
	p->last = n;
}

static void link_out(struct node *n)
{
	*(n->prev ? &n->prev->next : &n->parent->first) = n->next;
	*(n->next ? &n->next->prev : &n->parent->last) = n->prev;
}

static void take_place(struct tree *t, struct node *old, struct node *n)
{
	hash_out(t, old);
	n->prev = old->prev;
	n->next = old->next;
	*(n->prev ? &n->prev->next : &n->parent->first) = n;
	*(n->next ? &n->next->prev : &n->parent->last) = n;
	node_free(old);
	hash_in(t, n);
}

/* Children find their parent by its address, so their places change with it. */
static void adopt(struct tree *t, struct node *from, struct node *to)
{
	struct node *c, *next;

	for (c = from->first; c; c = next) {
		next = c->next;
		hash_out(t, c);
		c->parent = to;
		link_last(c);
		hash_in(t, c);
	}
	from->first = from->last = NULL;
}

int tree_put(struct tree *t, struct node *n, struct node **now)
{
	struct node *old = tree_find(t, n->parent, n);

	*now = n;
	if (!old) {
		if (t->count >= TREE_NODES_MAX)
			return -E2BIG;
		link_last(n);
		hash_in(t, n);
		return 0;
	}
	adopt(t, old, n);
	take_place(t, old, n);
	return 0;
}

void tree_append_raw(struct tree *t, struct node *n)
{
	(void)t;
	link_last(n);
}

static void forget(struct tree *t, struct node *n)
{
	struct node *c;

	for (c = n->first; c; c = c->next)
		forget(t, c);
	hash_out(t, n);
}

void tree_remove(struct tree *t, struct node *n)
{
	forget(t, n);
	link_out(n);
	node_free(n);
}

void tree_empty_attic(struct tree *t)
{
	struct node *n, *next, *c;

	for (n = t->attic; n; n = next) {
		next = n->next;
		for (c = n->first; c; c = c->next)
			forget(t, c);
		node_free(n);
	}
	t->attic = NULL;
}

void tree_retext(struct tree *t, struct node *n, unsigned int i, char *text,
		 const struct elem *flag, char *word)
{
	hash_out(t, n);
	wipe_free(n->token[i].text);
	n->token[i].text = text;
	if (flag) {
		memmove(&n->token[i + 1], &n->token[i], (n->ntokens - i) * sizeof(n->token[0]));
		n->token[i] = (struct node_token){ flag, word };
		n->ntokens++;
	}
	hash_in(t, n);
}

static bool begins_like(const struct node *n, const struct node *like)
{
	unsigned int i;

	if (!n->p || n->ntokens < like->ntokens)
		return false;
	for (i = 0; i < like->ntokens; i++)
		if (strcmp(n->token[i].text, like->token[i].text))
			return false;
	return true;
}

unsigned int tree_remove_like(struct tree *t, struct node *parent, const struct node *like)
{
	struct node *n, *next;
	unsigned int gone = 0;

	for (n = parent->first; n; n = next) {
		next = n->next;
		if (!begins_like(n, like))
			continue;
		tree_remove(t, n);
		gone++;
	}
	return gone;
}

const char *node_arg(const struct node *n, const char *name)
{
	unsigned int i;

	for (i = 0; i < n->ntokens; i++)
		if (n->token[i].el->name && !strcmp(n->token[i].el->name, name))
			return n->token[i].text;
	return NULL;
}

bool node_has(const struct node *n, const char *keyword)
{
	unsigned int i;

	for (i = 0; i < n->ntokens; i++)
		if (n->token[i].el->word && !strcmp(n->token[i].el->word, keyword))
			return true;
	return false;
}

unsigned int node_num(const struct node *n, const char *name, unsigned int none)
{
	const char *text = node_arg(n, name);

	return text ? (unsigned int)strtoul(text, NULL, 10) : none;
}

bool node_is(const struct node *n, const char *words)
{
	size_t len = strlen(words);
	const char *pattern;

	if (!n->p)
		return false;
	pattern = n->p->row->pattern;
	return !strncmp(pattern, words, len) && (!pattern[len] || pattern[len] == ' ');
}

const char *node_name(const struct node *n)
{
	unsigned int i;

	for (i = 0; i < n->ntokens; i++)
		if (n->token[i].el->name && n->token[i].el->key)
			return n->token[i].text;
	return NULL;
}
