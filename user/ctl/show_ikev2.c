// SPDX-License-Identifier: Apache-2.0
/* `show crypto ikev2 proposal` (R-IKE-24): what is configured, and the default (R-IKE-22). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/ctl/answer.h"
#include "user/ctl/defs.h"
#include "user/ctl/legacy.h"

/* Words of a line behind its first: algorithms or groups in order of preference. */
static json_t *proposal_words(const struct node *line)
{
	json_t *list = json_array();
	unsigned int i;

	for (i = 1; line && i < line->ntokens; i++)
		json_array_append_new(list, answer_text(line->token[i].text));
	return list;
}

static json_t *proposal_groups(const struct node *line)
{
	json_t *list = json_array();
	unsigned int i;

	for (i = 1; line && i < line->ntokens; i++)
		json_array_append_new(list, json_integer(strtol(line->token[i].text, NULL, 10)));
	return list;
}

/* Without a line `prf`, the hash of the integrity algorithms is meant. */
static json_t *proposal_json(const char *name, const struct node *p)
{
	const struct node *prf = defs_child(p, "prf");

	return json_pack("{s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:o}",
			 "name", answer_text(name), "default", 0,
			 "encryption", proposal_words(defs_child(p, "encryption")),
			 "integrity", proposal_words(defs_child(p, "integrity")),
			 "prf", proposal_words(prf ? prf : defs_child(p, "integrity")),
			 "dh-groups", proposal_groups(defs_child(p, "group")),
			 "legacy", legacy_json(legacy_of(p)), "inactive", inactive_json(p));
}

/* R-IKE-22: two, because ciphers with an integrity of their own do not mix with others. */
static void proposal_add_default(json_t *list)
{
	json_t *groups = json_pack("[i, i, i, i, i, i]", 19, 20, 21, 14, 15, 16);

	json_array_append_new(list, json_pack("{s:s, s:b, s:[s, s], s:[], s:[s, s], s:O, s:[], s:n}",
		"name", "default", "default", 1, "encryption", "aes-gcm-256", "aes-gcm-128",
		"integrity", "prf", "sha384", "sha256", "dh-groups", groups, "legacy",
		"inactive"));
	json_array_append_new(list,
		json_pack("{s:s, s:b, s:[s, s], s:[s, s, s], s:[s, s, s], s:o, s:[], s:n}",
		"name", "default", "default", 1, "encryption", "aes-cbc-256", "aes-cbc-128",
		"integrity", "sha512", "sha384", "sha256", "prf", "sha512", "sha384", "sha256",
		"dh-groups", groups, "legacy", "inactive"));
}

json_t *answer_ikev2_proposal(struct gateway *gw, const struct command *c, struct err *e)
{
	json_t *list = json_array();
	const struct def *p;
	struct defs d;
	size_t n, i;

	(void)c;
	if (defs_init(&d, gw->running)) {
		json_decref(list);
		err_set(e, -ENOMEM, "out of memory");
		return NULL;
	}
	p = defs_of(&d, O_PROPOSAL2, NULL, &n);
	for (i = 0; i < n; i++)
		json_array_append_new(list, proposal_json(p[i].name, p[i].node));
	if (!defs_node(&d, O_PROPOSAL2, "default"))
		proposal_add_default(list);
	defs_fini(&d);
	return json_pack("{s:o}", "proposals", list);
}
