// SPDX-License-Identifier: Apache-2.0
/* The table judged as a table: every row compiles, helps, and is told from the others. */
#include "selftests/unit/config/conf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void test_grammar_rows_are_whole(void **state)
{
	const struct grammar *g = conf_grammar();
	size_t i;

	for (i = 0; i < g->n; i++) {
		const struct row *row = g->pattern[i].row;

		if (!row->help || !row->help[0] || !row->req || !row->modes)
			fail_msg("%s: help, requirement or mode is missing", row->pattern);
		if (row->flags & (R_INERT) && !row->note)
			fail_msg("%s: why has it no effect?", row->pattern);
		if (row->help[strlen(row->help) - 1] == '.')
			fail_msg("%s: help is not a sentence", row->pattern);
	}
}

static void test_grammar_words_have_help(void **state)
{
	const struct grammar *g = conf_grammar();
	unsigned int j, bad = 0;
	size_t i;

	for (i = 0; i < g->n; i++) {
		const struct pattern *p = &g->pattern[i];

		for (j = 0; j < p->n; j++) {
			if (p->elem[j].help)
				continue;
			print_error("%s: no help for %s\n", p->row->pattern,
				    p->elem[j].word ? p->elem[j].word : p->elem[j].name);
			bad++;
		}
	}
	assert_int_equal(bad, 0);
}

/* What is printed has to be understood again: defaults are rows' own forms. */
static void test_grammar_defaults_are_lines(void **state)
{
	const struct grammar *g = conf_grammar();
	static struct match m;
	static struct line line;
	size_t i, len;

	for (i = 0; i < g->n; i++) {
		const struct row *row = g->pattern[i].row;
		const char *p;
		enum mode mode = (enum mode)__builtin_ctzll(row->modes);

		for (p = row->dflt; p && *p; p += len + (p[len] == '|')) {
			len = strcspn(p, "|");
			lex_line(&line, p, len);
			match_line(g, mode, &line, &m);
			if (m.verdict != MATCH_OK || m.p->row != row || m.shortened)
				fail_msg("default \"%s\" is not a line of its row", p);
		}
	}
}

/* One sentence, two rows? All pairs of positions that the same words can reach. */
struct pair {
	const struct pattern *a, *b;
	bool		seen[PATTERN_ELEMS][PATTERN_ELEMS];
};

static bool same_word(const char *x, const struct elem *e)
{
	return x && e->word && (!strcmp(x, e->word) || (e->alias && !strcmp(x, e->alias)));
}

static bool both(const struct elem *x, const struct elem *y)
{
	if (x->name && y->name)
		return arg_overlap(&x->spec, &y->spec);
	return same_word(x->word, y) || same_word(x->alias, y);
}

static bool meet(struct pair *p, const struct elem_set *x, const struct elem_set *y)
{
	unsigned int i, j;

	for (i = 0; i < p->a->n; i++) {
		for (j = 0; j < p->b->n; j++) {
			if (!elem_set_has(x, i) || !elem_set_has(y, j) || p->seen[i][j] ||
			    !both(&p->a->elem[i], &p->b->elem[j]))
				continue;
			p->seen[i][j] = true;
			if (elem_set_has(&p->a->last, i) && elem_set_has(&p->b->last, j))
				return true;
			if (meet(p, &p->a->follow[i], &p->b->follow[j]))
				return true;
		}
	}
	return false;
}

static void test_grammar_rows_are_told_apart(void **state)
{
	const struct grammar *g = conf_grammar();
	static struct pair p;
	unsigned int bad = 0;
	enum mode m;
	size_t i, j;

	for (m = M_EXEC; m < M_MAX; m++) {
		const struct grammar_mode *gm = &g->mode[m];

		for (i = 0; i < gm->n; i++) {
			for (j = i + 1; j < gm->n; j++) {
				memset(&p, 0, sizeof(p));
				p.a = gm->pattern[i];
				p.b = gm->pattern[j];
				if (!meet(&p, &p.a->first, &p.b->first))
					continue;
				print_error("%s: both \"%s\" and \"%s\"\n", modes[m].name,
					    p.a->row->pattern, p.b->row->pattern);
				bad++;
			}
		}
	}
	assert_int_equal(bad, 0);
}

/* Modes that rows enter exist, and have rows; those of a row's own have a prompt. */
static void test_grammar_modes(void **state)
{
	const struct grammar *g = conf_grammar();
	enum mode m;
	size_t i;

	for (m = M_EXEC; m < M_MAX; m++) {
		assert_non_null(modes[m].name);
		assert_true(m == M_RAW || g->mode[m].n);
	}
	for (i = 0; i < g->n; i++)
		assert_true(g->pattern[i].row->enters < M_MAX);
}

static void test_grammar_wrong_patterns(void **state)
{
	static const char *const wrong[] = {
		"", "a {b", "a b}", "a [b}", "a <b", "a <b:nothing>", "a <b>", "a <b:@nothing>",
		"a <b:int>", "a <b:int()>", "a <b:int(3-1)>", "a <b:int(1,)x>", "[a]", "a | [b]", "~",
	};
	struct pattern p;
	struct row row = {};
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct err e = {};

		row.pattern = wrong[i];
		if (!pattern_compile(&p, &row, &e))
			fail_msg("\"%s\" compiles", wrong[i]);
		assert_true(e.text[0]);
		pattern_free(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grammar_rows_are_whole),
		cmocka_unit_test(test_grammar_words_have_help),
		cmocka_unit_test(test_grammar_defaults_are_lines),
		cmocka_unit_test(test_grammar_rows_are_told_apart),
		cmocka_unit_test(test_grammar_modes),
		cmocka_unit_test(test_grammar_wrong_patterns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
