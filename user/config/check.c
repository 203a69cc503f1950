// SPDX-License-Identifier: Apache-2.0
#include "user/config/check.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "user/config/print.h"

void check_say(struct check *c, enum diag_severity sev, const struct node *n, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	diag_add(c->l->diags, sev, n->line, "%s", text);
}

struct node *check_child(const struct node *of, const char *words)
{
	struct node *n;

	for_each_child(n, of)
		if (node_is(n, words))
			return n;
	return NULL;
}

void check_deactivate(struct check *c, struct node *n, const char *why)
{
	char name[200];

	n->inactive = true;
	free(n->why);
	n->why = strdup(why);
	check_say(c, DIAG_WARNING, n, "%s is inactive: %s", print_name(n, name, sizeof(name)), why);
}

static size_t bucket_of(const struct objects *o, enum object kind, const char *name)
{
	uint32_t h = 2166136261u + (uint32_t)kind;

	for (; *name; name++)
		h = (h ^ (unsigned char)*name) * 16777619u;
	return h & (o->nbucket - 1);
}

const struct object_entry *check_object(const struct check *c, enum object kind, const char *name)
{
	struct object_entry *e;

	for (e = c->objects.bucket[bucket_of(&c->objects, kind, name)]; e; e = e->chain)
		if (e->kind == kind && !strcmp(e->name, name))
			return e;
	return NULL;
}

static void object_add(struct check *c, enum object kind, const char *name, struct node *n)
{
	struct object_entry *e = (struct object_entry *)check_object(c, kind, name);
	struct object_entry **to;
	struct node **room;

	if (!e) {
		e = calloc(1, sizeof(*e));
		if (!e)
			return;
		e->kind = kind;
		e->name = name;
		to = &c->objects.bucket[bucket_of(&c->objects, kind, name)];
		e->chain = *to;
		*to = e;
	}
	if (e->n == e->room) {
		room = realloc(e->node, (e->room * 2 + 1) * sizeof(*room));
		if (!room)
			return;
		e->node = room;
		e->room = e->room * 2 + 1;
	}
	e->node[e->n++] = n;
}

/* Refused ones too: who refers to them wants to know that. */
static void objects_fill(struct check *c)
{
	struct node *n, *s;

	for (n = c->l->tree->root.first; n; n = n->next) {
		if (!n->p)
			continue;
		n->checked = n->inactive = false;
		free(n->why);
		n->why = NULL;
		if (n->p->row->defines != O_NONE && node_name(n))
			object_add(c, n->p->row->defines, node_name(n), n);
		if (n->p->row->defines != O_IF)
			continue;
		for_each_child(s, n)
			if (s->p && node_is(s, "standby") && node_has(s, "name"))
				object_add(c, O_HSRP, node_arg(s, "group-name"), n);
	}
}

static void objects_free(struct objects *o)
{
	struct object_entry *e, *next;
	size_t i;

	for (i = 0; i < o->nbucket; i++) {
		for (e = o->bucket[i]; e; e = next) {
			next = e->chain;
			free(e->node);
			free(e);
		}
	}
	free(o->bucket);
}

void check_all(struct load *l)
{
	struct check c = { .l = l };

	c.objects.nbucket = 256;
	while (c.objects.nbucket < l->tree->count && c.objects.nbucket < 1 << 20)
		c.objects.nbucket *= 2;
	c.objects.bucket = calloc(c.objects.nbucket, sizeof(struct object_entry *));
	if (!c.objects.bucket) {
		diag_add(l->diags, DIAG_ERROR, 0, "out of memory");
		return;
	}
	check_legacy(&c);
	objects_fill(&c);
	check_ike(&c);
	check_references(&c);
	check_keys(&c);
	check_maps(&c);
	check_interfaces(&c);
	check_ha(&c);
	check_rest(&c);
	objects_free(&c.objects);
}
