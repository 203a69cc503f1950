// SPDX-License-Identifier: Apache-2.0
#include "user/config/hide.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "user/config/match.h"
#include "user/config/print.h"
#include "user/lib/addr.h"

#define LIST_MAX	64
#define KEYWORDS_MAX	4096

/* What the table of commands says of words, worked out once. */
static struct {
	bool		ready;
	const char	*keyword[KEYWORDS_MAX];	/* sorted */
	size_t		nkeywords;
	const char	*before[LIST_MAX];	/* keywords that a key stands behind */
	bool		other[LIST_MAX];	/* and other arguments as well */
	size_t		nbefore;
	const char	*after[LIST_MAX];	/* keywords behind a key */
	size_t		nafter;
} known;

static bool in_list(const char *const *list, size_t n, const char *word)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!strcmp(list[i], word))
			return true;
	return false;
}

static void add(const char **list, size_t *n, const char *word)
{
	if (*n < LIST_MAX && !in_list(list, *n, word))
		list[(*n)++] = word;
}

static bool is_key(const struct elem *el)
{
	return el->name && arg_is_secret(&el->spec);
}

static void learn_keys(const struct pattern *p)
{
	unsigned int i, j;

	for (i = 0; i < p->n; i++) {
		for (j = 0; j < p->n; j++) {
			if (!elem_set_has(&p->follow[i], j))
				continue;
			if (p->elem[i].word && is_key(&p->elem[j]))
				add(known.before, &known.nbefore, p->elem[i].word);
			if (p->elem[j].word && is_key(&p->elem[i]))
				add(known.after, &known.nafter, p->elem[j].word);
		}
	}
}

static void learn_others(const struct pattern *p)
{
	unsigned int i, j;
	size_t k;

	for (i = 0; i < p->n; i++)
		for (j = 0; j < p->n; j++)
			for (k = 0; k < known.nbefore && p->elem[i].word; k++)
				known.other[k] |= elem_set_has(&p->follow[i], j) &&
						  p->elem[j].name && !is_key(&p->elem[j]) &&
						  !arg_is_text(&p->elem[j].spec) &&
						  !strcmp(p->elem[i].word, known.before[k]);
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void learn(const struct grammar *g)
{
	/* Of commands that are none of ours. */
	static const char *const more[] = { "passphrase", "psk", "secret" };
	unsigned int i;
	size_t n;

	for (n = 0; n < sizeof(more) / sizeof(more[0]); n++)
		add(known.before, &known.nbefore, more[n]);
	for (n = 0; n < g->n; n++) {
		learn_keys(&g->pattern[n]);
		for (i = 0; i < g->pattern[n].n && known.nkeywords < KEYWORDS_MAX; i++)
			if (g->pattern[n].elem[i].word)
				known.keyword[known.nkeywords++] = g->pattern[n].elem[i].word;
	}
	for (n = 0; n < g->n; n++)
		learn_others(&g->pattern[n]);
	qsort(known.keyword, known.nkeywords, sizeof(known.keyword[0]), compare);
	known.ready = true;
}

/* --- words --------------------------------------------------------------------------------- */

/* In lower case, without quotes; longer ones are no keywords. */
struct spelled {
	char		text[64];
	size_t		len;
};

static void spell(const struct word *w, struct spelled *s)
{
	size_t i;

	s->len = w->len < sizeof(s->text) ? w->len : 0;
	for (i = 0; i < s->len; i++)
		s->text[i] = (char)(w->p[i] >= 'A' && w->p[i] <= 'Z' ? w->p[i] + 32 : w->p[i]);
	s->text[s->len] = '\0';
}

static bool is_keyword(const struct spelled *s)
{
	const char *key = s->text;

	return bsearch(&key, known.keyword, known.nkeywords, sizeof(key), compare);
}

static bool is_harmless(const struct spelled *s)
{
	struct addr a;

	return is_keyword(s) || addr_parse(s->text, &a);
}

static bool is_near(const struct spelled *s, const char *word)
{
	unsigned int by = match_distance(s->text, s->len, word, 2);

	/* Two edits make any short word of any other: `kye` is near, `hst` is not. */
	return s->len > 2 && (by < 2 || (by == 2 && s->text[0] == *word));
}

/*
 * Does a key follow? It may be misspelt: `kee` is short for keepalive. seen: one
 * was there before.
 */
static bool is_before(const struct spelled *s, bool seen)
{
	size_t i;

	for (i = 0; i < known.nbefore; i++) {
		const char *word = known.before[i];

		if (!strcmp(word, "0") || !strcmp(word, "6") || (known.other[i] && !seen))
			continue;
		if (!strcmp(word, s->text))
			return true;
		if (is_keyword(s))
			continue;
		if ((s->len > 1 && !strncmp(word, s->text, s->len)) || is_near(s, word))
			return true;
	}
	return false;
}

/* Does it end a key? The key itself may look like it, so the first word has to be it. */
static bool is_after(const struct spelled *s, bool first)
{
	size_t i;

	for (i = 0; i < known.nafter; i++) {
		const char *word = known.after[i];

		if (!strcmp(word, s->text) ||
		    (!first && s->len > 2 && (!strncmp(word, s->text, s->len) || is_near(s, word))))
			return true;
	}
	return false;
}

/* `key generate`, `authentication pre-share`: the two stand together in some command. */
static bool is_pair(const struct grammar *g, const struct spelled *a, const struct spelled *b)
{
	unsigned int i, j;
	size_t n;

	for (n = 0; n < g->n; n++) {
		const struct pattern *p = &g->pattern[n];

		for (i = 0; i < p->n; i++) {
			if (!p->elem[i].word || strcmp(p->elem[i].word, a->text))
				continue;
			for (j = 0; j < p->n; j++)
				if (p->elem[j].word && elem_set_has(&p->follow[i], j) &&
				    !strcmp(p->elem[j].word, b->text))
					return true;
		}
	}
	return false;
}

/* --- the line ------------------------------------------------------------------------------ */

struct hiding {
	const struct grammar *g;
	const struct line *line;
	unsigned int	column;
	bool		key_due;
	bool		zone, first, seen;	/* behind `key`; its first word; there was one */
	bool		missing;	/* `key address`: was that the key, or is it missing? */
	struct spelled	opener;
};

static bool ends_zone(struct hiding *h, const struct spelled *s)
{
	bool after = is_after(s, h->first);

	h->missing |= after && h->first;
	return after || (h->first && is_pair(h->g, &h->opener, s));
}

static bool must_hide(struct hiding *h, const struct word *w, const struct spelled *s)
{
	if (h->zone) {
		if (h->first && (!strcmp(s->text, "0") || !strcmp(s->text, "6")))
			return false;
		if (!ends_zone(h, s)) {
			h->first = false;
			return true;
		}
		h->zone = false;
	}
	if (w->column > h->column)
		return !is_harmless(s);
	if (w->column == h->column)
		return ((h->key_due || h->missing) && !is_harmless(s)) ||
		       (w->quoted && memchr(w->p, ' ', w->len));
	return false;
}

static void begin_zone(struct hiding *h, const struct word *w, const struct spelled *s)
{
	if (h->zone || w->quoted || !is_before(s, h->seen))
		return;
	h->zone = h->first = h->seen = true;
	h->opener = *s;
}

static unsigned int end_of(const struct line *line, const struct word *w)
{
	unsigned int end = w->column + w->len + (w->quoted ? 2 : 0);

	return end < line->len ? end : line->len;
}

void hide_keys(const struct grammar *g, const struct line *line, unsigned int column, bool key_due,
	       struct hidden *out)
{
	struct hiding h = { .g = g, .line = line, .column = column, .key_due = key_due };
	unsigned int i, at = 0, used = 0;
	struct spelled s;

	if (!known.ready)
		learn(g);
	out->fault = false;
	out->column = column;
	for (i = 0; i < line->nwords; i++) {
		const struct word *w = &line->word[i];
		unsigned int from = w->column;
		bool hide;

		spell(w, &s);
		hide = must_hide(&h, w, &s);
		memcpy(out->text + used, line->text + at, from - at);
		used += from - at;
		at = end_of(line, w);
		if (w->column == column) {
			out->column = used;
			out->fault = hide;
		}
		if (hide) {
			memcpy(out->text + used, PRINT_MASK, sizeof(PRINT_MASK) - 1);
			used += sizeof(PRINT_MASK) - 1;
		} else {
			memcpy(out->text + used, line->text + from, at - from);
			used += at - from;
			begin_zone(&h, w, &s);
		}
	}
	memcpy(out->text + used, line->text + at, line->len - at);
	used += line->len - at;
	out->text[used] = '\0';
	if (column >= line->len)
		out->column = used;
}
