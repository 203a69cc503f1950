// SPDX-License-Identifier: Apache-2.0
/* IKE objects: values left to defaults, proposals that are not whole (A9). */
#include <stdio.h>
#include <string.h>

#include "user/config/check.h"

static void note_ikev1(struct check *c)
{
	static const char *const objects[] = {
		"crypto isakmp policy", "crypto isakmp key", "crypto isakmp profile",
		"crypto isakmp peer", "crypto keyring",
	};
	const struct node *n, *first = NULL;
	size_t i;

	for_each_child(n, &c->l->tree->root)
		for (i = 0; i < sizeof(objects) / sizeof(objects[0]); i++)
			if (node_is(n, objects[i]) && (!first || n->line < first->line))
				first = n;
	if (first)
		check_say(c, DIAG_NOTICE, first,
			  "IKEv1 is deprecated (RFC 9395): prefer crypto ikev2 proposal, policy, keyring and profile");
}

/* R-IKE-2: what a policy leaves out is not what old routers took. */
static void note_policy_defaults(struct check *c, const struct node *policy)
{
	static const char *const values[][2] = {
		{ "encryption", "aes 256" }, { "hash", "sha256" }, { "group", "14" },
	};
	char text[120] = "";
	size_t i, used = 0;

	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		if (!check_child(policy, values[i][0]))
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s %s",
						 used ? ", " : "", values[i][0], values[i][1]);
	if (used && !policy->refused_child)
		check_say(c, DIAG_NOTICE, policy, "policy %s takes today's defaults: %s",
			  node_arg(policy, "priority"), text);
}

static bool has_aead(const struct node *encryption)
{
	return node_has(encryption, "aes-gcm-256") || node_has(encryption, "aes-gcm-128");
}

static bool has_cbc(const struct node *encryption)
{
	return node_has(encryption, "aes-cbc-256") || node_has(encryption, "aes-cbc-192") ||
	       node_has(encryption, "aes-cbc-128") || node_has(encryption, "3des");
}

/* R-IKE-20: whole with encryption, integrity and group; with AEAD a PRF for integrity. */
static const char *proposal_lacks(const struct node *proposal)
{
	const struct node *encryption = check_child(proposal, "encryption");

	if (!encryption)
		return "no encryption";
	if (!check_child(proposal, "group"))
		return "no group";
	if (has_aead(encryption) && has_cbc(encryption))
		return "ciphers with and without integrity of their own: use two proposals";
	if (has_aead(encryption) && check_child(proposal, "integrity"))
		return "these ciphers bring their integrity: name a prf instead";
	if (has_aead(encryption) && !check_child(proposal, "prf"))
		return "no prf";
	if (!has_aead(encryption) && !check_child(proposal, "integrity"))
		return "no integrity";
	return NULL;
}

static void check_proposal(struct check *c, struct node *n)
{
	const char *lacks = n->refused_child ? NULL : proposal_lacks(n);

	if (!lacks)
		return;
	n->checked = true;
	check_deactivate(c, n, lacks);
}

static bool is_attached(struct check *c, const char *proposal)
{
	const struct node *n, *p;

	for_each_child(n, &c->l->tree->root) {
		if (!node_is(n, "crypto ikev2 policy"))
			continue;
		for_each_child(p, n)
			if (node_is(p, "proposal") && !strcmp(node_arg(p, "proposal"), proposal))
				return true;
	}
	return false;
}

void check_ike(struct check *c)
{
	struct node *n;

	note_ikev1(c);
	for_each_child(n, &c->l->tree->root) {
		if (node_is(n, "crypto isakmp policy"))
			note_policy_defaults(c, n);
		if (!node_is(n, "crypto ikev2 proposal"))
			continue;
		check_proposal(c, n);
		if (!is_attached(c, node_name(n)))
			check_say(c, DIAG_NOTICE, n, "proposal \"%s\" is not attached to a policy",
				  node_name(n));
	}
}
