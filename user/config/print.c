// SPDX-License-Identifier: Apache-2.0
#include "user/config/print.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/config/keys.h"

int natural_compare(const char *a, const char *b)
{
	while (*a && *b) {
		if (isdigit((unsigned char)*a) && isdigit((unsigned char)*b)) {
			size_t la, lb;
			int d;

			a += strspn(a, "0");
			b += strspn(b, "0");
			la = strspn(a, "0123456789");
			lb = strspn(b, "0123456789");
			if (la != lb)
				return la < lb ? -1 : 1;
			d = memcmp(a, b, la);
			if (d)
				return d;
			a += la;
			b += lb;
			continue;
		}
		if (*a != *b)
			return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
		a++;
		b++;
	}
	return (*a != 0) - (*b != 0);
}

/* A key that is type 6 is unreadable without the master key: it may be seen. */
static bool is_masked(const struct node *n, unsigned int i, enum print_secrets secrets)
{
	return secrets != PRINT_CLEAR && key_at(n, i) && !key_is_type6(n, i);
}

static void print_word(const struct node_token *t, FILE *out)
{
	bool quote = t->el->name && !arg_is_text(&t->el->spec) &&
		     (strchr(t->text, ' ') || strchr(t->text, '\t'));

	fprintf(out, quote ? "\"%s\"" : "%s", t->text);
}

void print_node(const struct node *n, enum print_secrets secrets, FILE *out)
{
	const char *sep = n->negated ? "no " : "";
	unsigned int i;

	if (!n->p) {
		fputs(n->raw, out);
		return;
	}
	for (i = 0; i < n->ntokens; i++) {
		const struct node_token *t = &n->token[i];

		fputs(sep, out);
		sep = " ";
		if (is_masked(n, i, secrets))
			fputs(PRINT_MASK, out);
		else
			print_word(t, out);
	}
}

struct sorted {
	const struct node *n;
	size_t		at;		/* as entered */
};

static const char *next_key(const struct node *n, unsigned int *i)
{
	while (*i < n->ntokens) {
		const struct node_token *t = &n->token[(*i)++];

		if (t->el->key)
			return t->text;
	}
	return NULL;
}

static int compare_keys(const struct node *a, const struct node *b)
{
	unsigned int i = 0, j = 0;
	const char *x, *y;
	int d;

	for (;;) {
		x = next_key(a, &i);
		y = next_key(b, &j);
		if (!x || !y)
			return (x != NULL) - (y != NULL);
		d = natural_compare(x, y);
		if (d)
			return d;
	}
}

static int compare_sorted(const void *x, const void *y)
{
	const struct sorted *a = x, *b = y;
	int d = 0;

	if (a->n->p && b->n->p) {
		d = (a->n->p->order > b->n->p->order) - (a->n->p->order < b->n->p->order);
		if (!d && a->n->p->row->flags & R_SORTED)
			d = compare_keys(a->n, b->n);
	}
	return d ? d : (a->at > b->at) - (a->at < b->at);
}

static void print_children(const struct node *parent, unsigned int depth,
			   enum print_secrets secrets, FILE *out);

static bool is_block(const struct node *n)
{
	return n->p && n->p->row->enters != M_NONE;
}

static void print_block(const struct node *n, unsigned int depth, enum print_secrets secrets,
			FILE *out)
{
	fprintf(out, "%*s", (int)depth, "");
	print_node(n, secrets, out);
	putc('\n', out);
	print_children(n, depth + 1, secrets, out);
	if (n->p && n->p->row->enters == M_RAW)
		fprintf(out, "%*squit\n", (int)depth + 1, "");
}

/* A `!` between blocks, and between groups of lines, as routers print it. */
static void print_children(const struct node *parent, unsigned int depth,
			   enum print_secrets secrets, FILE *out)
{
	const struct node *n, *before = NULL;
	struct sorted *list;
	size_t count = 0, i;

	for (n = parent->first; n; n = n->next)
		count++;
	list = calloc(count + 1, sizeof(*list));
	if (!list)
		return;
	count = 0;
	for (n = parent->first; n; n = n->next) {
		if (node_counts(n) && !n->is_default) {
			list[count] = (struct sorted){ n, count };
			count++;
		}
	}
	qsort(list, count, sizeof(*list), compare_sorted);
	for (i = 0; i < count; i++) {
		n = list[i].n;
		if (!depth && before && (is_block(before) || is_block(n)))
			fputs("!\n", out);
		print_block(n, depth, secrets, out);
		before = n;
	}
	free(list);
}

void print_config(const struct tree *t, enum print_secrets secrets, FILE *out)
{
	print_children(&t->root, 0, secrets, out);
	fputs("!\nend\n", out);
}

int print_running(const struct tree *t, FILE *out)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return -ENOMEM;
	print_config(t, PRINT_MASKED, f);
	if (fclose(f)) {
		free(text);
		return -ENOMEM;
	}
	fprintf(out, "Building configuration...\n\nCurrent configuration : %zu bytes\n!\n%s", len,
		text);
	free(text);
	return 0;
}

const char *print_name(const struct node *n, char *buf, size_t size)
{
	size_t used = 0;
	unsigned int i;

	buf[0] = '\0';
	for (i = 0; i < n->ntokens && used < size; i++) {
		const struct node_token *t = &n->token[i];

		if (t->el->word ? t->el->grouped && !t->el->key : !t->el->key)
			break;
		used += (size_t)snprintf(buf + used, size - used, "%s%s", used ? " " : "", t->text);
	}
	return buf;
}
