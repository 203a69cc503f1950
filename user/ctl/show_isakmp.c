// SPDX-License-Identifier: Apache-2.0
/* `show crypto isakmp policy` (R-IKE-4) and `show crypto isakmp key` (R-IKE-6), from the running tree. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "user/config/net.h"
#include "user/ctl/answer.h"
#include "user/ctl/defs.h"
#include "user/ctl/legacy.h"

/* R-IKE-2 */
#define POLICY_CIPHER	"aes-256"
#define POLICY_HASH	"sha256"
#define POLICY_AUTH	"rsa-sig"
#define POLICY_GROUP	14
#define POLICY_LIFETIME	86400

static const struct {
	const char	*name;
	const char	*openssl;
} policy_ciphers[] = {
	{ "3des",	"DES-EDE3-CBC" },
	{ "aes-128",	"AES-128-CBC" },
	{ "aes-192",	"AES-192-CBC" },
	{ "aes-256",	"AES-256-CBC" },
};

/* `aes` alone is the 128-bit one, as on a router; no line at all is R-IKE-2's. */
static const char *policy_cipher(const struct node *policy)
{
	const struct node *e = defs_child(policy, "encryption");
	unsigned int bits;

	if (!e)
		return POLICY_CIPHER;
	if (!node_has(e, "aes"))
		return e->token[e->ntokens - 1].text;
	bits = node_num(e, "bits", 128);
	return bits == 256 ? "aes-256" : bits == 192 ? "aes-192" : "aes-128";
}

static const char *policy_word(const struct node *policy, const char *line, const char *none)
{
	const struct node *n = defs_child(policy, line);

	return n ? n->token[n->ntokens - 1].text : none;
}

static unsigned int policy_num(const struct node *policy, const char *line, const char *arg,
			       unsigned int none)
{
	const struct node *n = defs_child(policy, line);

	return n ? node_num(n, arg, none) : none;
}

/* R-IKE-14. IKE encrypts with OpenSSL, whose providers are the machine's choice. */
static bool policy_is_supported(const char *cipher)
{
	EVP_CIPHER *c;
	bool there;
	size_t i;

	for (i = 0; i < sizeof(policy_ciphers) / sizeof(policy_ciphers[0]); i++) {
		if (strcmp(cipher, policy_ciphers[i].name))
			continue;
		c = EVP_CIPHER_fetch(NULL, policy_ciphers[i].openssl, NULL);
		there = c != NULL;
		EVP_CIPHER_free(c);
		return there;
	}
	return false;
}

/* policy NULL: the default one. */
static json_t *policy_json(const struct node *policy)
{
	const char *cipher = policy_cipher(policy);

	return json_pack("{s:o, s:s, s:s, s:s, s:i, s:i, s:b, s:o, s:o}",
		"priority", policy ? json_integer(node_num(policy, "priority", 0)) : json_null(),
		"encryption-algorithm", cipher,
		"hash-algorithm", policy_word(policy, "hash", POLICY_HASH),
		"authentication-method", policy_word(policy, "authentication", POLICY_AUTH),
		"dh-group", (int)policy_num(policy, "group", "group", POLICY_GROUP),
		"lifetime", (int)policy_num(policy, "lifetime", "seconds", POLICY_LIFETIME),
		"supported", policy_is_supported(cipher),
		"legacy", legacy_json(legacy_of(policy)),
		"inactive", policy ? inactive_json(policy) : json_null());
}

static int policy_compare(const void *x, const void *y)
{
	const struct node *const *a = x, *const *b = y;
	unsigned int p = node_num(*a, "priority", 0), q = node_num(*b, "priority", 0);

	return (p > q) - (p < q);
}

/* Nodes below the root that begin with these words; free() the list. NULL: no memory. */
static const struct node **policy_collect(const struct tree *t, size_t *n)
{
	const struct node *c, **list;
	size_t room = 1;

	*n = 0;
	if (t)
		for_each_child(c, &t->root)
			room += node_is(c, "crypto isakmp policy");
	list = calloc(room, sizeof(struct node *));
	if (t && list)
		for_each_child(c, &t->root)
			if (node_is(c, "crypto isakmp policy"))
				list[(*n)++] = c;
	return list;
}

json_t *answer_isakmp_policy(struct gateway *gw, const struct command *c, struct err *e)
{
	json_t *list = json_array();
	const struct node **policy;
	size_t n, i;

	(void)c;
	policy = policy_collect(gw->running, &n);
	if (!policy) {
		json_decref(list);
		err_set(e, -ENOMEM, "out of memory");
		return NULL;
	}
	qsort(policy, n, sizeof(struct node *), policy_compare);
	for (i = 0; i < n; i++)
		json_array_append_new(list, policy_json(policy[i]));
	free(policy);
	return json_pack("{s:o, s:o}", "policies", list, "default-policy", policy_json(NULL));
}

/* --- keys: whom they are for, never what they are ------------------------------------------- */

static json_t *key_text(const char *text)
{
	return text ? answer_text(text) : json_null();
}

static json_t *key_json(const char *keyring, const struct node *n)
{
	const char *address = node_arg(n, "address"), *mask = node_arg(n, "mask");
	bool wildcard = address && (!strcmp(address, "0.0.0.0") || (mask && net_v4(mask) != ~0u));

	return json_pack("{s:o, s:o, s:o, s:o, s:b, s:b, s:b}", "keyring", answer_text(keyring),
			 "address", key_text(address),
			 "mask", key_text(wildcard && !mask ? "0.0.0.0" : wildcard ? mask : NULL),
			 "hostname", key_text(node_arg(n, "host")),
			 "encrypted", node_has(n, "6"), "wildcard", wildcard,
			 "no-xauth", node_has(n, "no-xauth"));
}

static void keys_of_rings(const struct tree *t, json_t *list)
{
	const struct node *k;
	struct defs d;
	const struct def *ring;
	size_t n, i;

	if (!defs_init(&d, t)) {
		ring = defs_of(&d, O_KEYRING, NULL, &n);
		for (i = 0; i < n; i++)
			for_each_child(k, ring[i].node)
				if (node_is(k, "pre-shared-key"))
					json_array_append_new(list, key_json(ring[i].name, k));
	}
	defs_fini(&d);
}

json_t *answer_isakmp_key(struct gateway *gw, const struct command *c, struct err *e)
{
	json_t *list = json_array();
	const struct node *k;

	(void)c;
	(void)e;
	if (gw->running) {
		for_each_child(k, &gw->running->root)
			if (node_is(k, "crypto isakmp key"))
				json_array_append_new(list, key_json("default", k));
		keys_of_rings(gw->running, list);
	}
	return json_pack("{s:o}", "keys", list);
}
