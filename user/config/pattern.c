// SPDX-License-Identifier: Apache-2.0
#include "user/config/pattern.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A part of the pattern: can it be empty, where may it begin and end. */
struct part {
	bool		empty;
	struct elem_set	first, last;
};

struct compiler {
	struct pattern	*p;
	char		*at;		/* rest of the text, words are cut off in place */
	unsigned int	depth;
	struct err	*e;
};

static void set_add(struct elem_set *to, const struct elem_set *from)
{
	unsigned int i;

	for (i = 0; i < PATTERN_ELEMS / 64; i++)
		to->bits[i] |= from->bits[i];
}

static int wrong(struct compiler *c, const char *what)
{
	return err_set(c->e, -EINVAL, "pattern \"%s\": %s", c->p->row->pattern, what);
}

/* The next blank-separated token without taking it; NULL at the end. */
static const char *peek(struct compiler *c, size_t *len)
{
	c->at += strspn(c->at, " ");
	*len = strcspn(c->at, " ");
	return *len ? c->at : NULL;
}

static bool take_token(struct compiler *c, const char *token)
{
	size_t len;
	const char *t = peek(c, &len);

	if (!t || len != strlen(token) || strncmp(t, token, len))
		return false;
	c->at += len;
	return true;
}

static int compile_arg(struct compiler *c, struct elem *el, char *text, size_t len)
{
	char *type, *eq;

	text[len - 1] = '\0';		/* the '>' */
	if (*text == '*') {
		el->key = true;
		text++;
	}
	type = strchr(text, ':');
	if (!type)
		return wrong(c, "an argument without a type");
	*type++ = '\0';
	eq = strchr(type, '=');
	if (eq)
		*eq++ = '\0';
	el->name = text;
	el->dflt = eq;
	if (!arg_spec_parse(&el->spec, type, strlen(type)))
		return wrong(c, "an unknown type of argument");
	return 0;
}

static int compile_elem(struct compiler *c, struct part *out)
{
	struct elem *el = &c->p->elem[c->p->n];
	size_t len;
	char *text = (char *)peek(c, &len), *slash;
	unsigned int i = c->p->n;

	if (i == PATTERN_ELEMS)
		return wrong(c, "too long");
	*el = (struct elem){ .grouped = c->depth };
	c->at += len;
	if (*c->at)
		*c->at++ = '\0';
	for (; *text == '*' || *text == '~'; text++, len--) {
		if (*text == '*')
			el->key = true;
		else
			el->hidden = true;
	}
	*out = (struct part){};
	out->first.bits[i / 64] = out->last.bits[i / 64] = 1ULL << (i % 64);
	c->p->n++;
	if (*text == '<')
		return text[len - 1] == '>' ? compile_arg(c, el, text + 1, len - 1) :
		       wrong(c, "an argument that does not end");
	slash = strchr(text, '/');
	if (slash)
		*slash++ = '\0';
	el->word = text;
	el->alias = slash;
	return *text ? 0 : wrong(c, "an empty word");
}

static int compile_choice(struct compiler *c, struct part *out);

static void link_parts(struct pattern *p, const struct elem_set *from, const struct elem_set *to)
{
	unsigned int i;

	for (i = 0; i < p->n; i++)
		if (elem_set_has(from, i))
			set_add(&p->follow[i], to);
}

static int compile_item(struct compiler *c, struct part *out)
{
	bool optional = take_token(c, "[");
	int ret;

	if (optional || take_token(c, "{")) {
		c->depth++;
		ret = compile_choice(c, out);
		if (!ret && !take_token(c, optional ? "]" : "}"))
			ret = wrong(c, "a group that does not end");
		c->depth--;
		out->empty |= optional;
	} else {
		ret = compile_elem(c, out);
	}
	if (!ret && take_token(c, "..."))
		link_parts(c->p, &out->last, &out->first);
	return ret;
}

static bool at_end(struct compiler *c)
{
	size_t len;
	const char *t = peek(c, &len);

	return !t || (len == 1 && strchr("|]}", *t));
}

static int compile_sequence(struct compiler *c, struct part *out)
{
	struct part next;
	int ret;

	*out = (struct part){ .empty = true };
	while (!at_end(c)) {
		ret = compile_item(c, &next);
		if (ret)
			return ret;
		link_parts(c->p, &out->last, &next.first);
		if (out->empty)
			set_add(&out->first, &next.first);
		if (!next.empty)
			out->last = (struct elem_set){};
		set_add(&out->last, &next.last);
		out->empty &= next.empty;
	}
	return 0;
}

static int compile_choice(struct compiler *c, struct part *out)
{
	struct part branch;
	int ret;

	*out = (struct part){};
	do {
		ret = compile_sequence(c, &branch);
		if (ret)
			return ret;
		out->empty |= branch.empty;
		set_add(&out->first, &branch.first);
		set_add(&out->last, &branch.last);
	} while (take_token(c, "|"));
	return 0;
}

/* Words up to the first group or argument, and an identity right behind them. */
static unsigned int no_form_min(const struct pattern *p)
{
	unsigned int n = 0;

	if (p->row->flags & R_NO_FULL)
		return PATTERN_ELEMS;
	while (n < p->n && p->elem[n].word && !p->elem[n].grouped)
		n++;
	if (n < p->n && p->elem[n].key && !p->elem[n].grouped)
		n++;
	return n;
}

/* A copy with a blank on either side of each bracket, so that blanks part all tokens. */
static char *spaced(const char *pattern)
{
	char *copy = malloc(3 * strlen(pattern) + 1), *to = copy;

	if (!copy)
		return NULL;
	for (; *pattern; pattern++) {
		if (!strchr("{}[]|", *pattern)) {
			*to++ = *pattern;
			continue;
		}
		*to++ = ' ';
		*to++ = *pattern;
		*to++ = ' ';
	}
	*to = '\0';
	return copy;
}

int pattern_compile(struct pattern *p, const struct row *row, struct err *e)
{
	struct compiler c = { .p = p, .e = e };
	struct part whole;
	int ret;

	*p = (struct pattern){ .row = row };
	p->text = spaced(row->pattern);
	p->elem = calloc(PATTERN_ELEMS, sizeof(*p->elem));
	p->follow = calloc(PATTERN_ELEMS, sizeof(*p->follow));
	if (!p->text || !p->elem || !p->follow)
		return err_set(e, -ENOMEM, "out of memory");
	c.at = p->text;
	ret = compile_choice(&c, &whole);
	if (ret)
		return ret;
	if (!at_end(&c) || *c.at || whole.empty)
		return wrong(&c, "a bracket too much, or nothing in it");
	p->first = whole.first;
	p->last = whole.last;
	p->no_min = no_form_min(p);
	p->elem = realloc(p->elem, p->n * sizeof(*p->elem)) ?: p->elem;
	p->follow = realloc(p->follow, p->n * sizeof(*p->follow)) ?: p->follow;
	return 0;
}

void pattern_free(struct pattern *p)
{
	free(p->text);
	free(p->elem);
	free(p->follow);
	*p = (struct pattern){};
}
