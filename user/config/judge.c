// SPDX-License-Identifier: Apache-2.0
/* Section E: what is obsolete, word by word. Values that contradict are in judge_values.c. */
#include "user/config/judge.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "user/config/load.h"
#include "user/config/refuse.h"

enum treatment { REFUSE, OPT_IN, NOTE, WARN };

#define TEXT_DES	"DES is broken (RFC 8221, 8247): use aes 256 or esp-gcm 256"
#define TEXT_MD5	"MD5 is broken (RFC 8221, 8247): use SHA-256"
#define TEXT_SHA1	"SHA-1 is being phased out (RFC 8221, 8247): prefer SHA-256"

/* clang-format off */
static const struct {
	const char	*word;
	enum treatment	treatment;
	unsigned int	legacy;
	const char	*text;
} weak_words[] = {
	{ "des",		REFUSE,	0, TEXT_DES },
	{ "esp-des",		REFUSE,	0, TEXT_DES },
	{ "3des",		OPT_IN,	LEGACY_3DES, NULL },
	{ "esp-3des",		OPT_IN,	LEGACY_3DES, NULL },
	{ "md5",		REFUSE,	0, TEXT_MD5 },
	{ "esp-md5-hmac",	REFUSE,	0, TEXT_MD5 },
	{ "ah-md5-hmac",	REFUSE,	0, TEXT_MD5 },
	{ "esp-seal",		REFUSE,	0, "SEAL is obsolete: use aes 256 or esp-gcm 256" },
	{ "rsa-encr",		REFUSE,	0, "RSA encrypted nonces are open to Bleichenbacher's attack: use rsa-sig or pre-share" },
	{ "sha",		NOTE,	0, TEXT_SHA1 },
	{ "sha1",		NOTE,	0, TEXT_SHA1 },
	{ "esp-sha-hmac",	NOTE,	0, TEXT_SHA1 },
	{ "ah-sha-hmac",	NOTE,	0, TEXT_SHA1 },
	{ "esp-null",		WARN,	0, "esp-null: no confidentiality" },
	{ "group1",		REFUSE,	0, "group 1 (768 bits) is broken: use group 14 or 19" },
	{ "group2",		OPT_IN,	LEGACY_DH_WEAK, NULL },
	{ "group5",		OPT_IN,	LEGACY_DH_WEAK, NULL },
	{ "group24",		REFUSE,	0, "groups 22 to 24 are refused (RFC 8247): use group 14 or 19" },
};
/* clang-format on */

bool refuse_word(struct load *l, const char *text, const char *why)
{
	const struct line *line = l->line;
	unsigned int i;

	for (i = 0; line && i < line->nwords; i++) {
		const struct word *w = &line->word[i];

		if (w->len && w->len <= strlen(text) && !strncasecmp(w->p, text, w->len) && i) {
			diag_add_at(l->diags, line->number, line->text, w->column, why);
			return false;
		}
	}
	say(l, DIAG_ERROR, "%s", why);
	return false;
}

static bool judge_word(struct load *l, struct node *n, const char *word)
{
	size_t i;

	for (i = 0; i < sizeof(weak_words) / sizeof(weak_words[0]); i++) {
		if (strcmp(weak_words[i].word, word))
			continue;
		switch (weak_words[i].treatment) {
		case REFUSE:
			return refuse_word(l, word, weak_words[i].text);
		case OPT_IN:
			n->legacy |= weak_words[i].legacy;
			return true;
		case NOTE:
			say_once(l, weak_words[i].text, DIAG_NOTICE, "%s", weak_words[i].text);
			return true;
		case WARN:
			say(l, DIAG_WARNING, "%s", weak_words[i].text);
			return true;
		}
	}
	return true;
}

bool judge_algorithm(struct load *l, struct node *n)
{
	bool fine = true;
	unsigned int i;

	for (i = 0; i < n->ntokens; i++)
		if (n->token[i].el->word && n->token[i].el->grouped)
			fine &= judge_word(l, n, n->token[i].text);
	return fine;
}

bool judge_isakmp_encryption(struct load *l, struct node *n)
{
	return judge_algorithm(l, n);
}

bool judge_isakmp_authentication(struct load *l, struct node *n)
{
	return judge_algorithm(l, n);
}

bool judge_pfs(struct load *l, struct node *n)
{
	return judge_algorithm(l, n);
}

bool judge_group(struct load *l, struct node *n)
{
	char word[32];
	bool fine = true;
	unsigned int i;

	for (i = 0; i < n->ntokens; i++) {
		const char *text = n->token[i].text;

		if (!n->token[i].el->name)
			continue;
		if (!strcmp(text, "22") || !strcmp(text, "23"))
			text = "24";
		snprintf(word, sizeof(word), "group%.8s", text);
		if (!judge_word(l, n, word))
			fine = false;
	}
	return fine;
}

bool judge_aggressive(struct load *l, struct node *n)
{
	(void)l;
	n->legacy |= LEGACY_AGGRESSIVE;
	return true;
}

bool judge_replay(struct load *l, struct node *n)
{
	if (node_has(n, "disable"))
		say(l, DIAG_WARNING, "replay protection is off: prefer a larger window");
	return true;
}

bool judge_ssp(struct load *l, struct node *n)
{
	(void)n;
	say_once(l, "ssp", DIAG_NOTICE,
		 "SSP is a protected protocol of our own: the partner has to run xipsec too");
	return true;
}

bool judge_pubkey(struct load *l, struct node *n)
{
	(void)n;
	say_once(l, "pubkey", DIAG_NOTICE,
		 "public keys entered by hand are kept but not used: use certificates");
	return true;
}

bool judge_ezvpn(struct load *l, struct node *n)
{
	(void)n;
	say_once(l, "ezvpn", DIAG_NOTICE,
		 "Easy VPN runs over IKEv2; over IKEv1 only with `crypto legacy permit aggressive-psk`");
	return true;
}

bool judge_class_default(struct load *l, struct node *n)
{
	if (node_arg(n, "label"))
		say(l, DIAG_NOTICE, "the label behind class-default is ignored");
	return true;
}

/* How many transforms of each kind a set has. */
struct kinds {
	unsigned int ah, cipher, aead, auth, comp, all;
};

static struct kinds count_kinds(const struct node *n)
{
	struct kinds k = {};
	unsigned int i;

	for (i = 0; i < n->ntokens; i++) {
		const char *w = n->token[i].text;

		if (!n->token[i].el->word || !n->token[i].el->grouped)
			continue;
		k.all++;
		if (!strncmp(w, "ah-", 3))
			k.ah++;
		else if (!strncmp(w, "comp-", 5))
			k.comp++;
		else if (!strcmp(w, "esp-gcm") || !strcmp(w, "esp-gmac") ||
			 !strcmp(w, "esp-chacha20-poly1305"))
			k.aead++;
		else if (strlen(w) > 5 && !strcmp(w + strlen(w) - 5, "-hmac"))
			k.auth++;
		else
			k.cipher++;
	}
	return k;
}

bool judge_transform_set(struct load *l, struct node *n)
{
	struct kinds k = count_kinds(n);
	const char *why = NULL;

	if (!judge_algorithm(l, n))
		return false;
	if (k.ah > 1 || k.auth > 1 || k.cipher + k.aead > 1 || k.comp > 1)
		why = "two transforms of the same kind in one set";
	else if (k.comp && k.all == 1)
		why = "comp-lzs is not supported: name a cipher, esp-gcm 256 for example";
	else if (k.aead && k.auth)
		why = "this cipher authenticates by itself and takes no ESP authentication";
	else if (k.auth && !k.cipher)
		why = "ESP authentication needs an ESP cipher, esp-null at least";
	else if (k.cipher && !k.auth && !k.ah)
		why = "encryption without authentication (RFC 8221): add esp-sha256-hmac, or use esp-gcm 256";
	if (why) {
		say(l, DIAG_ERROR, "%s", why);
		return false;
	}
	if (k.comp)
		say(l, DIAG_NOTICE, "comp-lzs is ignored: compression leaks lengths");
	return true;
}
