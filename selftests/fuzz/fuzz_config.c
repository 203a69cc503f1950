// SPDX-License-Identifier: Apache-2.0
/*
 * The configuration parser on any text. What it keeps has to print, and what is
 * printed has to read back: without an error that is not section E's, as the
 * same text, and without a difference. Help and completion see every line too.
 */
#include <stdlib.h>
#include <string.h>

#include "selftests/fuzz/config_unit.c"
#include "user/lib/addr.c"
#include "user/lib/err.c"
#include "user/lib/secret.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(x)	do { if (!(x)) abort(); } while (0)
#define SIZE_MAX_IN	16384

struct loaded {
	struct tree	t;
	struct diags	d;
	struct load	l;
};

static void load_one(struct loaded *c, const struct grammar *g, const char *text, size_t len)
{
	CHECK(!tree_init(&c->t));
	c->d = (struct diags){};
	load_init(&c->l, g, &c->t, &c->d);
	load_text(&c->l, text, len);
}

static void unload(struct loaded *c)
{
	load_fini(&c->l);
	diag_fini(&c->d);
	tree_fini(&c->t);
}

static char *print_one(struct loaded *c, size_t *len)
{
	char *text = NULL;
	FILE *f = open_memstream(&text, len);

	CHECK(f);
	print_config(&c->t, PRINT_CLEAR, f);
	fclose(f);
	return text;
}

static void ignore(void *ctx, const char *word, const char *text)
{
	CHECK(*word && text);
}

static void ask_help(const struct grammar *g, const char *text, size_t len)
{
	char line[256], out[100];
	unsigned int column;
	size_t n = strcspn(text, "\n");

	if (!len || n >= sizeof(line))
		return;
	memcpy(line, text, n);
	line[n] = '\0';
	help_each(g, (enum mode)(1 + (unsigned char)line[0] % (M_MAX - 1)), line, ignore, NULL, &column);
	help_complete(g, M_GLOBAL, line, out, sizeof(out));
}

/* Diagnostics hold whole lines of text, each with an end. */
static void check_diags(const struct diags *d)
{
	size_t i;

	for (i = 0; i < d->n; i++) {
		CHECK(d->list[i].text && !strchr(d->list[i].text, '\n'));
		CHECK(!d->list[i].source || d->list[i].caret <= strlen(d->list[i].source));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct loaded a, b;
	const struct grammar *g = grammar_get(NULL);
	char *once, *twice, *text;
	struct diff d;
	size_t len;

	if (size > SIZE_MAX_IN)
		return 0;
	CHECK(g);
	text = malloc(size + 1);
	memcpy(text, data, size);
	text[size] = '\0';
	ask_help(g, text, size);
	load_one(&a, g, text, size);
	check_diags(&a.d);
	once = print_one(&a, &len);
	load_one(&b, g, once, len);
	twice = print_one(&b, &len);
	CHECK(!strcmp(once, twice));
	CHECK(!diff_trees(&a.t, &b.t, &d));
	CHECK(!d.n);
	diff_fini(&d);
	unload(&a);
	unload(&b);
	free(once);
	free(twice);
	free(text);
	return 0;
}
