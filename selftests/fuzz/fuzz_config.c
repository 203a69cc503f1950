// SPDX-License-Identifier: Apache-2.0
/*
 * The configuration parser on any text. What it keeps has to print, and what is
 * printed has to read back: without an error that is not section E's, as the
 * same text, and without a difference. Help and completion see every line too.
 */
#include <stdlib.h>
#include <string.h>

#include "user/config/arg.c"
#include "user/config/check.c"
#include "user/config/check_ha.c"
#include "user/config/check_if.c"
#include "user/config/check_ike.c"
#include "user/config/check_keys.c"
#include "user/config/check_legacy.c"
#include "user/config/check_maps.c"
#include "user/config/check_refs.c"
#include "user/config/check_rest.c"
#include "user/config/diag.c"
#include "user/config/diff.c"
#include "user/config/grammar.c"
#include "user/config/help.c"
#include "user/config/ifname.c"
#include "user/config/judge.c"
#include "user/config/judge_values.c"
#include "user/config/lex.c"
#include "user/config/load.c"
#include "user/config/load_fail.c"
#include "user/config/load_take.c"
#include "user/config/match.c"
#include "user/config/pattern.c"
#include "user/config/print.c"
#include "user/config/table_acl.c"
#include "user/config/table_exec.c"
#include "user/config/table_ha.c"
#include "user/config/table_ikev2.c"
#include "user/config/table_interface.c"
#include "user/config/table_ipsec.c"
#include "user/config/table_isakmp.c"
#include "user/config/table_map.c"
#include "user/config/table_pki.c"
#include "user/config/table_qos.c"
#include "user/config/table_system.c"
#include "user/config/table_unrelated.c"
#include "user/config/tree.c"
#include "user/config/words.c"
#include "user/lib/addr.c"
#include "user/lib/err.c"

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
		CHECK(!d->list[i].source || d->list[i].column <= strlen(d->list[i].source));
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
