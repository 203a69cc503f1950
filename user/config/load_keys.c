// SPDX-License-Identifier: Apache-2.0
/* The keys of a line as it comes: too long, or type 6 that does not open (R-LOG-34). */
#include "user/config/keys.h"
#include "user/config/load_priv.h"

#include <string.h>

static void say_unchecked(struct load *l)
{
	if (l->type6_unreadable)
		say_once(l, "type6", DIAG_NOTICE,
			 "type 6 keys are not checked: the master key cannot be read");
	else
		say_once(l, "type6", DIAG_NOTICE,
			 "type 6 keys cannot be opened here: there is no master key (key config-key password-encrypt)");
}

static void judge_type6(struct load *l, const struct node *n, const char *text)
{
	char clear[TYPE6_TEXT_MAX + 1], owner[200];
	enum type6_verdict v = type6_look(text);

	if (v == TYPE6_OK && !l->type6) {
		say_unchecked(l);
		return;
	}
	if (v == TYPE6_OK) {
		v = type6_open(l->type6, text, clear, NULL);
		explicit_bzero(clear, sizeof(clear));
	}
	if (v == TYPE6_TOO_MANY)
		say_once(l, "type6 salts", DIAG_WARNING,
			 "type 6 keys of more than %d boxes: the rest is not checked",
			 TYPE6_DERIVE_MAX);
	else if (v != TYPE6_OK)
		say(l, DIAG_WARNING,
		    "ciphertext for %s is incompatible with the configured master key (%s)",
		    key_owner(n, owner, sizeof(owner)), type6_why(v));
}

bool load_keys(struct load *l, const struct node *n)
{
	char owner[200];
	unsigned int i;

	for (i = 0; i < n->ntokens; i++) {
		if (!key_at(n, i))
			continue;
		if (key_is_type6(n, i)) {
			judge_type6(l, n, n->token[i].text);
			continue;
		}
		if (!l->first_secret)
			l->first_secret = n->line;
		/* What IKE could not use, and type 6 not hold. */
		if (!key_flag(n, i) || strlen(n->token[i].text) <= SECRET_MAX)
			continue;
		say(l, DIAG_ERROR, "key for %s has more than %d bytes",
		    key_owner(n, owner, sizeof(owner)), SECRET_MAX);
		return false;
	}
	return true;
}
