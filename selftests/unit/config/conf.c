// SPDX-License-Identifier: Apache-2.0
#include "selftests/unit/config/conf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct grammar *conf_grammar(void)
{
	struct err e = {};
	const struct grammar *g = grammar_get(&e);

	if (!g)
		fail_msg("%s", e.text);
	return g;
}

void conf_load_n(struct conf *c, const char *text, size_t len)
{
	memset(c, 0, sizeof(*c));
	assert_int_equal(tree_init(&c->t), 0);
	load_init(&c->l, conf_grammar(), &c->t, &c->d);
	load_text(&c->l, text, len);
}

void conf_load(struct conf *c, const char *text)
{
	conf_load_n(c, text, strlen(text));
}

void conf_fini(struct conf *c)
{
	load_fini(&c->l);
	diag_fini(&c->d);
	tree_fini(&c->t);
}

bool conf_said(const struct conf *c, enum diag_severity sev, unsigned int line, const char *says)
{
	size_t i;

	for (i = 0; i < c->d.n; i++)
		if (c->d.list[i].severity == sev && (!line || c->d.list[i].line == line) &&
		    strstr(c->d.list[i].text, says))
			return true;
	return false;
}

static void show(const struct conf *c)
{
	diag_print(&c->d, "conf", stderr);
}

void conf_expect(const struct conf *c, enum diag_severity sev, unsigned int line, const char *says)
{
	static const char *const names[] = { "error", "warning", "notice" };

	if (conf_said(c, sev, line, says))
		return;
	show(c);
	fail_msg("line %u: no %s with \"%s\"", line, names[sev], says);
}

void conf_expect_counts(const struct conf *c, size_t errors, size_t warnings)
{
	if (c->d.count[DIAG_ERROR] == errors && c->d.count[DIAG_WARNING] == warnings)
		return;
	show(c);
	fail_msg("wanted %zu errors and %zu warnings", errors, warnings);
}

char *conf_print(const struct conf *c, enum print_secrets secrets)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	assert_non_null(f);
	print_config(&c->t, secrets, f);
	fclose(f);
	return text;
}

void conf_expect_text(const struct conf *c, const char *want)
{
	char *text = conf_print(c, PRINT_CLEAR), *line, *save, *got = calloc(1, strlen(text) + 2);

	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (!strcmp(line, "!") || !strcmp(line, "end"))
			continue;
		strcat(got, line);
		strcat(got, "\n");
	}
	if (strcmp(got, want))
		show(c);
	assert_string_equal(got, want);
	free(got);
	free(text);
}

char *conf_read(const char *path, size_t *len)
{
	FILE *f = fopen(path, "r");
	char *text;
	long size;

	if (!f)
		return NULL;
	fseek(f, 0, SEEK_END);
	size = ftell(f);
	rewind(f);
	text = calloc(1, (size_t)size + 1);
	*len = text ? fread(text, 1, (size_t)size, f) : 0;
	fclose(f);
	return text;
}
