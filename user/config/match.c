// SPDX-License-Identifier: Apache-2.0
#include "user/config/match.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Readings kept for a line; the widest lines of the table need 300. */
#define THREADS_MAX	4096

/*
 * How well a word fits, best first. A name beats a shortened keyword: `class c`
 * means the class c, however many keywords begin with it.
 */
enum fit { FIT_KEYWORD, FIT_TYPED, FIT_FREE, FIT_SHORT };

/* One reading of the line up to here: its last element, and the reading before. */
struct thread {
	const struct pattern *p;
	int		pos;
	int		prev;		/* index, -1: none */
	int		next;		/* of the same word boundary */
	unsigned int	word;		/* where the element begins */
	uint64_t	rank;
	const char	*text;
};

struct run {
	const struct grammar_mode *gm;
	const struct line *line;
	unsigned int	first;		/* word behind `no` */
	struct match	*m;
	struct thread	*thread;
	int		nthreads;
	int		at[LEX_WORDS_MAX + 2];	/* readings that end before this word */
	bool		ambiguous;	/* at the furthest word */
	bool		no;
};

/* A fitting element at one word, before the choice between them. */
struct candidate {
	const struct pattern *p;
	int		pos, prev;
	enum fit	fit;
	unsigned int	used;
	const char	*text;
};

#define CANDIDATES_MAX	1024

struct candidates {
	struct candidate c[CANDIDATES_MAX];
	unsigned int	n;
	bool		exact;		/* a keyword in full is among them */
	const char	*word;		/* a shortened keyword, */
	bool		several;	/* and another one */
};

static const char *keep(struct match *m, const char *text)
{
	size_t len = strlen(text) + 1;
	char *to = m->text + m->used;

	if (m->used + len > sizeof(m->text))
		return NULL;
	memcpy(to, text, len);
	m->used += (unsigned int)len;
	return to;
}

static bool may_shorten(const struct pattern *p, const struct elem *el)
{
	if (p->row->flags & R_UNRELATED)
		return false;
	return !(p->row->flags & R_EXACT) || !el->grouped;
}

static bool begins(const struct word *w, const char *keyword)
{
	return !w->quoted && w->len && w->len <= strlen(keyword) &&
	       !strncasecmp(w->p, keyword, w->len);
}

static bool fits_keyword(const struct pattern *p, const struct elem *el, const struct word *w,
			 enum fit *fit)
{
	if (word_is(w, el->word) || (el->alias && word_is(w, el->alias))) {
		*fit = FIT_KEYWORD;
		return true;
	}
	*fit = FIT_SHORT;
	return may_shorten(p, el) &&
	       (begins(w, el->word) || (el->alias && begins(w, el->alias)));
}

static void add_candidate(struct candidates *cs, const struct candidate *c, const char *keyword)
{
	if (cs->n == CANDIDATES_MAX)
		return;
	if (c->fit == FIT_KEYWORD)
		cs->exact = true;
	if (c->fit == FIT_SHORT) {
		cs->several |= cs->word && strcmp(cs->word, keyword);
		cs->word = keyword;
	}
	cs->c[cs->n++] = *c;
}

/* The elements of `set` that fit word i. */
static void collect(struct run *r, struct candidates *cs, const struct pattern *p,
		    const struct elem_set *set, int prev, unsigned int i)
{
	const struct word *w = &r->line->word[i];
	struct candidate c = { .p = p, .prev = prev };
	static struct arg_try t;
	unsigned int pos;

	for (pos = 0; pos < p->n; pos++) {
		const struct elem *el = &p->elem[pos];

		if (!elem_set_has(set, pos))
			continue;
		c.pos = (int)pos;
		c.used = 1;
		c.text = el->word;
		if (el->word) {
			if (fits_keyword(p, el, w, &c.fit))
				add_candidate(cs, &c, el->word);
			continue;
		}
		arg_try(&el->spec, r->line, i, &t);
		if (!t.used)
			continue;
		c.used = t.used;
		c.fit = arg_is_free(&el->spec) ? FIT_FREE : FIT_TYPED;
		c.text = keep(r->m, t.text);
		if (c.text)
			add_candidate(cs, &c, NULL);
	}
}

static void add_thread(struct run *r, const struct candidate *c, unsigned int i)
{
	unsigned int depth = i - r->first, end = i + c->used;
	uint64_t rank = c->prev < 0 ? 0 : r->thread[c->prev].rank;
	struct thread *t;
	int at;

	if (depth < 31)
		rank |= (uint64_t)c->fit << (62 - 2 * depth);
	for (at = r->at[end]; at >= 0; at = r->thread[at].next) {
		t = &r->thread[at];
		if (t->p != c->p || t->pos != c->pos)
			continue;
		if (rank < t->rank) {
			t->rank = rank;
			t->prev = c->prev;
			t->word = i;
			t->text = c->text;
		}
		return;
	}
	if (r->nthreads == THREADS_MAX)
		return;
	t = &r->thread[r->nthreads];
	*t = (struct thread){ c->p, c->pos, c->prev, r->at[end], i, rank, c->text };
	r->at[end] = r->nthreads++;
}

/* Commands that do something have no `no` form, but for a few. */
static bool may_begin(const struct run *r, const struct pattern *p)
{
	return !r->no || !(p->row->modes & IN(M_EXEC)) || p->row->flags & R_EXEC_NO;
}

static void collect_all(struct run *r, struct candidates *cs, unsigned int i)
{
	size_t j;
	int at;

	*cs = (struct candidates){ .n = 0 };
	if (i == r->first)
		for (j = 0; j < r->gm->n; j++)
			if (may_begin(r, r->gm->pattern[j]))
				collect(r, cs, r->gm->pattern[j], &r->gm->pattern[j]->first, -1, i);
	for (at = r->at[i]; at >= 0; at = r->thread[at].next)
		collect(r, cs, r->thread[at].p, &r->thread[at].p->follow[r->thread[at].pos], at, i);
}

static void step(struct run *r, struct candidates *cs, unsigned int i)
{
	unsigned int j;

	collect_all(r, cs, i);
	r->ambiguous = cs->several && !cs->exact;
	for (j = 0; j < cs->n; j++) {
		if (cs->c[j].fit == FIT_SHORT && (cs->exact || cs->several))
			continue;
		add_thread(r, &cs->c[j], i);
	}
}

static struct candidates *run_until(struct run *r, unsigned int end)
{
	static struct candidates cs;
	unsigned int i;

	for (i = 0; i < LEX_WORDS_MAX + 2; i++)
		r->at[i] = -1;
	r->nthreads = 0;
	r->m->used = 0;
	for (i = r->first; i < end; i++) {
		if (i > r->first && r->at[i] < 0)
			continue;
		step(r, &cs, i);
		/* The last word that was reached decides whether "ambiguous" is the reason. */
		if (r->ambiguous && r->nthreads && r->at[i + 1] >= 0)
			r->ambiguous = false;
	}
	return &cs;
}

static unsigned int elements_before(const struct run *r, int at)
{
	unsigned int n = 0;

	for (; at >= 0; at = r->thread[at].prev)
		n++;
	return n;
}

static bool accepts(const struct run *r, int at, bool *whole)
{
	const struct thread *t = &r->thread[at];

	*whole = elem_set_has(&t->p->last, (unsigned int)t->pos);
	if (*whole)
		return true;
	return r->no && elements_before(r, at) >= t->p->no_min;
}

/* The best of the readings that reach the end; -1: none. */
static int choose(const struct run *r, bool *whole)
{
	bool w, best_whole = false;
	int at, best = -1;

	for (at = r->at[r->line->nwords]; at >= 0; at = r->thread[at].next) {
		const struct thread *t = &r->thread[at], *b = best < 0 ? NULL : &r->thread[best];

		if (!accepts(r, at, &w))
			continue;
		if (b && (w != best_whole ? !w : t->rank > b->rank))
			continue;
		/* The list runs backwards: of equals, the row that comes first. */
		best = at;
		best_whole = w;
	}
	*whole = best_whole;
	return best;
}

static void fill_tokens(struct run *r, int at)
{
	unsigned int n = elements_before(r, at);
	struct match *m = r->m;

	m->ntokens = n;
	for (; at >= 0; at = r->thread[at].prev) {
		const struct thread *t = &r->thread[at];
		const struct elem *el = &t->p->elem[t->pos];

		m->token[--n] = (struct token){ el, t->text, t->word };
		if (el->word) {
			const struct word *w = &r->line->word[t->word];

			m->shortened |= !word_is(w, el->word) &&
					!(el->alias && word_is(w, el->alias));
		}
	}
}

unsigned int match_distance(const char *a, size_t alen, const char *b, unsigned int max)
{
	unsigned int row[64], i, j, diag, up;
	size_t blen = strlen(b);

	if (alen >= 64 || blen >= 64)
		return max + 1;
	for (j = 0; j <= blen; j++)
		row[j] = j;
	for (i = 1; i <= alen; i++) {
		diag = row[0];
		row[0] = i;
		for (j = 1; j <= blen; j++) {
			up = row[j];
			row[j] = diag + (a[i - 1] != b[j - 1]);
			if (up + 1 < row[j])
				row[j] = up + 1;
			if (row[j - 1] + 1 < row[j])
				row[j] = row[j - 1] + 1;
			diag = up;
		}
	}
	return row[blen];
}

/* What is known about the wrong word, from everything that could have stood there. */
struct blame {
	char		wrong[200];	/* an argument that was clearly meant */
	char		unlike[200];
	const char	*near;		/* a keyword it looks like */
	unsigned int	near_by;
	const char	*noun;
	const char	*after;		/* the line could have ended behind this */
	const struct pattern *p;
	enum mode	enters;
	bool		one_enters;
	unsigned int	nkeywords;
	bool		key_due;	/* a key may stand here, or behind one word that is left out */
};

static void blame_word(struct blame *b, const struct elem *el, const struct word *w)
{
	unsigned int by = match_distance(w->p, w->len, el->word, 2);
	size_t len = strlen(el->word);

	b->nkeywords++;
	/* A beginning of it, where shortening is not allowed, is near as well. */
	if (w->len >= 3 && w->len < len && !strncasecmp(w->p, el->word, w->len))
		by = 1;
	if (by <= (w->len > 3 ? 2 : 1) && by < w->len && (!b->near || by < b->near_by)) {
		b->near = el->word;
		b->near_by = by;
	}
}

static bool takes_key(const struct pattern *p, const struct elem_set *set)
{
	unsigned int i;

	for (i = 0; i < p->n; i++)
		if (elem_set_has(set, i) && p->elem[i].name && arg_is_secret(&p->elem[i].spec))
			return true;
	return false;
}

static void blame_set(struct run *r, struct blame *b, const struct pattern *p,
		      const struct elem_set *set, unsigned int i)
{
	static struct arg_try t;
	unsigned int pos;

	b->key_due |= takes_key(p, set);
	for (pos = 0; pos < p->n; pos++) {
		const struct elem *el = &p->elem[pos];

		if (!elem_set_has(set, pos))
			continue;
		b->key_due |= el->word && takes_key(p, &p->follow[pos]);
		if (el->word) {
			blame_word(b, el, &r->line->word[i]);
			if (p->row->noun && el->grouped)
				b->noun = p->row->noun;
			continue;
		}
		arg_try(&el->spec, r->line, i, &t);
		if (t.used || !t.why[0])
			continue;
		snprintf(t.fail == ARG_WRONG ? b->wrong : b->unlike, sizeof(b->wrong), "%s", t.why);
	}
}

static void blame_thread(struct run *r, struct blame *b, int at, unsigned int i)
{
	const struct thread *t = &r->thread[at];
	const struct elem *el = &t->p->elem[t->pos];

	b->p = t->p;
	if (!b->one_enters || b->enters == t->p->row->enters)
		b->enters = t->p->row->enters;
	else
		b->enters = M_NONE;
	b->one_enters = true;
	if (elem_set_has(&t->p->last, (unsigned int)t->pos))
		b->after = el->name ? el->name : el->word;
	if (i < r->line->nwords)
		blame_set(r, b, t->p, &t->p->follow[t->pos], i);
}

static void explain_word(struct match *m, const struct blame *b, const struct word *w)
{
	const char *noun = b->noun ? b->noun : "keyword";

	if (b->wrong[0])
		snprintf(m->why, sizeof(m->why), "%s", b->wrong);
	else if (b->near && !b->after)
		snprintf(m->why, sizeof(m->why), "unknown %s \"%.*s\" (hint: %s)", noun,
			 (int)w->len, w->p, b->near);
	else if (b->near && b->noun)
		snprintf(m->why, sizeof(m->why), "unknown %s \"%.*s\" (hint: %s)", noun,
			 (int)w->len, w->p, b->near);
	else if (b->noun && b->after)
		snprintf(m->why, sizeof(m->why), "unknown %s \"%.60s\"", noun, w->p);
	else if (b->after)
		snprintf(m->why, sizeof(m->why), "unexpected text after the %s", b->after);
	else if (b->unlike[0] && !b->nkeywords)
		snprintf(m->why, sizeof(m->why), "%s", b->unlike);
	else
		snprintf(m->why, sizeof(m->why), "unknown %s \"%.*s\"", noun,
			 (int)(w->len < 60 ? w->len : 60), w->p);
}

static void explain(struct run *r)
{
	struct match *m = r->m;
	struct blame b = { .enters = M_NONE };
	unsigned int i = r->line->nwords;
	int at;

	while (i > r->first && r->at[i] < 0)
		i--;
	m->progress = i - r->first;
	for (at = r->at[i]; at >= 0; at = r->thread[at].next)
		blame_thread(r, &b, at, i);
	m->p = b.p;
	m->would_enter = b.enters;
	if (i == r->line->nwords) {
		m->verdict = MATCH_INCOMPLETE;
		m->column = r->line->len;
		snprintf(m->why, sizeof(m->why), "Incomplete command.");
		return;
	}
	m->column = r->line->word[i].column;
	if (r->ambiguous) {
		m->verdict = MATCH_AMBIGUOUS;
		snprintf(m->why, sizeof(m->why), "Ambiguous command:  \"%.200s\"", r->line->text);
		return;
	}
	m->verdict = MATCH_INVALID;
	if (i == r->first) {
		size_t j;

		for (j = 0; j < r->gm->n; j++)
			blame_set(r, &b, r->gm->pattern[j], &r->gm->pattern[j]->first, i);
		b.noun = "command";
		b.wrong[0] = b.unlike[0] = '\0';
	}
	m->key_due = b.p && b.key_due && !b.near;
	explain_word(m, &b, &r->line->word[i]);
}

/* One line is read at a time, by one thread of the program. */
static struct thread *threads(void)
{
	static struct thread t[THREADS_MAX];

	return t;
}

void match_line(const struct grammar *g, enum mode mode, const struct line *line, struct match *m)
{
	struct run r = { .gm = &g->mode[mode], .line = line, .m = m, .thread = threads() };
	int best;

	m->verdict = MATCH_INVALID;
	m->form = FORM_PLAIN;
	m->p = NULL;
	m->whole = m->shortened = m->key_due = false;
	m->ntokens = m->progress = m->column = 0;
	m->would_enter = M_NONE;
	m->why[0] = '\0';
	if (line->nwords > 1 && word_is(&line->word[0], "no"))
		m->form = FORM_NO;
	else if (line->nwords > 1 && word_is(&line->word[0], "default"))
		m->form = FORM_DEFAULT;
	r.first = m->form != FORM_PLAIN;
	r.no = m->form != FORM_PLAIN;
	run_until(&r, line->nwords);
	best = choose(&r, &m->whole);
	if (best < 0) {
		explain(&r);
		return;
	}
	if (elements_before(&r, best) > MATCH_TOKENS) {
		snprintf(m->why, sizeof(m->why), "more than %d words", MATCH_TOKENS);
		return;
	}
	m->verdict = MATCH_OK;
	m->p = r.thread[best].p;
	m->progress = line->nwords;
	fill_tokens(&r, best);
}

/* The same to the eye; NULL is the end of the line. */
static bool same_elem(const struct elem *a, const struct elem *b)
{
	if (!a || !b)
		return a == b;
	if (a->word)
		return b->word && !strcmp(a->word, b->word);
	return b->name && !strcmp(a->name, b->name);
}

static void expect_add(struct expect *list, unsigned int *n, const struct expect *e)
{
	unsigned int i;

	for (i = 0; i < *n; i++)
		if (same_elem(e->el, list[i].el))
			return;
	if (*n < EXPECT_MAX)
		list[(*n)++] = *e;
}

static void expect_set(struct run *r, const struct pattern *p, const struct elem_set *set,
		       unsigned int at, struct expect *list, unsigned int *n)
{
	struct expect e = { .p = p };
	enum fit fit;
	unsigned int pos;

	for (pos = 0; pos < p->n; pos++) {
		if (!elem_set_has(set, pos))
			continue;
		e.el = &p->elem[pos];
		e.fits = true;
		if (at < r->line->nwords)
			e.fits = e.el->word ? fits_keyword(p, e.el, &r->line->word[at], &fit) ||
					      begins(&r->line->word[at], e.el->word) : false;
		expect_add(list, n, &e);
	}
}

enum verdict match_expect(const struct grammar *g, enum mode mode, const struct line *line,
			  unsigned int at, struct expect *list, unsigned int *n,
			  unsigned int *column)
{
	static struct match m;
	struct run r = { .gm = &g->mode[mode], .line = line, .m = &m, .thread = threads() };
	bool whole;
	size_t j;
	int t;

	*n = 0;
	*column = 0;
	if (at > 0 && (word_is(&line->word[0], "no") || word_is(&line->word[0], "default"))) {
		r.first = 1;
		r.no = true;
	}
	run_until(&r, at);
	if (at == r.first)
		for (j = 0; j < r.gm->n; j++) {
			if (may_begin(&r, r.gm->pattern[j]))
				expect_set(&r, r.gm->pattern[j], &r.gm->pattern[j]->first, at, list, n);
		}
	else if (r.at[at] < 0) {
		struct line cut = *line;

		cut.nwords = at;
		match_line(g, mode, &cut, &m);
		*column = m.column;
		return m.verdict == MATCH_OK ? MATCH_INVALID : m.verdict;
	}
	for (t = r.at[at]; t >= 0; t = r.thread[t].next) {
		const struct thread *th = &r.thread[t];

		expect_set(&r, th->p, &th->p->follow[th->pos], at, list, n);
		if (accepts(&r, t, &whole))
			expect_add(list, n, &(struct expect){ .p = th->p, .fits = at >= line->nwords });
	}
	return MATCH_OK;
}
