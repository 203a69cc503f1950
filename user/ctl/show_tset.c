// SPDX-License-Identifier: Apache-2.0
/* `show crypto ipsec transform-set` (R-TS-7), and what others say about the sets. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "user/ctl/answer.h"
#include "user/ctl/legacy.h"
#include "user/ctl/tset.h"
#include "user/kernel/kalg.h"

/* printed: of 256 bits "esp-256-aes"; the others keep the words they are entered by. */
static const struct {
	const char	*word;
	enum kalg_kind	kind;
	const char	*kernel;
} tset_algs[] = {
	{ "esp-aes",		KALG_CIPHER,	"cbc(aes)" },
	{ "esp-3des",		KALG_CIPHER,	"cbc(des3_ede)" },
	{ "esp-null",		KALG_CIPHER,	"ecb(cipher_null)" },
	{ "esp-gcm",		KALG_AEAD,	"rfc4106(gcm(aes))" },
	{ "esp-gmac",		KALG_AEAD,	"rfc4543(gcm(aes))" },
	{ "esp-chacha20-poly1305", KALG_AEAD,	"rfc7539esp(chacha20,poly1305)" },
	{ "esp-sha-hmac",	KALG_HASH,	"hmac(sha1)" },
	{ "esp-sha256-hmac",	KALG_HASH,	"hmac(sha256)" },
	{ "esp-sha384-hmac",	KALG_HASH,	"hmac(sha384)" },
	{ "esp-sha512-hmac",	KALG_HASH,	"hmac(sha512)" },
	{ "ah-sha-hmac",	KALG_HASH,	"hmac(sha1)" },
	{ "ah-sha256-hmac",	KALG_HASH,	"hmac(sha256)" },
	{ "ah-sha384-hmac",	KALG_HASH,	"hmac(sha384)" },
	{ "ah-sha512-hmac",	KALG_HASH,	"hmac(sha512)" },
};

static bool tset_is_supported(const char *word)
{
	size_t i;

	for (i = 0; i < sizeof(tset_algs) / sizeof(tset_algs[0]); i++)
		if (!strcmp(word, tset_algs[i].word))
			return kalg_ask(tset_algs[i].kind, tset_algs[i].kernel) != KALG_MISSING;
	return true;
}

static json_t *tset_transform(const char *word, const char *bits)
{
	char name[64], entered[64];

	snprintf(entered, sizeof(entered), "%s%s%s", word, bits ? " " : "", bits ? bits : "");
	if (bits && !strcmp(word, "esp-aes"))
		snprintf(name, sizeof(name), "esp-%s-aes", bits);
	else
		snprintf(name, sizeof(name), "%s", entered);
	return json_pack("{s:o, s:o, s:b}", "name", answer_text(name), "entered",
			 answer_text(entered), "supported", tset_is_supported(word));
}

static json_t *tset_transforms(const struct node *set)
{
	json_t *list = json_array();
	unsigned int i;

	for (i = 0; i < set->ntokens; i++) {
		const struct node_token *t = &set->token[i], *next = t + 1;
		bool has_bits = i + 1 < set->ntokens && next->el->name &&
				!strcmp(next->el->name, "bits");

		if (t->el->word && t->el->grouped)
			json_array_append_new(list, tset_transform(t->text,
								   has_bits ? next->text : NULL));
	}
	return list;
}

json_t *tset_json(const struct node *set)
{
	const struct node *mode = defs_child(set, "mode");

	return json_pack("{s:o, s:o, s:s, s:o, s:o}", "name", answer_text(node_name(set)),
			 "transforms", tset_transforms(set),
			 "mode", mode && node_has(mode, "transport") ? "transport" : "tunnel",
			 "legacy", legacy_json(legacy_of(set)), "inactive", inactive_json(set));
}

void tset_add_default(json_t *list)
{
	json_array_append_new(list, json_pack("{s:s, s:[o], s:s, s:[], s:n}", "name", "default",
		"transforms", tset_transform("esp-gcm", "256"), "mode", "tunnel", "legacy",
		"inactive"));
	json_array_append_new(list, json_pack("{s:s, s:[o, o], s:s, s:[], s:n}",
		"name", "default", "transforms", tset_transform("esp-aes", "256"),
		tset_transform("esp-sha256-hmac", NULL), "mode", "tunnel", "legacy", "inactive"));
}

unsigned int tset_names(const struct defs *d, const struct node *entry, json_t *names)
{
	unsigned int classes = 0, i;
	const struct node *line;

	for_each_child(line, entry) {
		if (!node_is(line, "set transform-set"))
			continue;
		for (i = 0; i < line->ntokens; i++) {
			if (line->token[i].el->word)
				continue;
			json_array_append_new(names, answer_text(line->token[i].text));
			classes |= legacy_of(defs_node(d, O_TSET, line->token[i].text));
		}
	}
	return classes;
}

json_t *answer_transform_set(struct gateway *gw, const struct command *c, struct err *e)
{
	const char *name = command_arg(c, "transform-set");
	json_t *list = json_array();
	const struct def *set;
	struct defs d;
	size_t n, i;

	if (defs_init(&d, gw->running)) {
		json_decref(list);
		err_set(e, -ENOMEM, "out of memory");
		return NULL;
	}
	if ((!name || !strcmp(name, "default")) && !defs_node(&d, O_TSET, "default"))
		tset_add_default(list);
	set = defs_of(&d, O_TSET, name, &n);
	for (i = 0; i < n; i++)
		json_array_append_new(list, tset_json(set[i].node));
	defs_fini(&d);
	return json_pack("{s:o}", "transform-sets", list);
}
