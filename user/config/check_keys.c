// SPDX-License-Identifier: Apache-2.0
/*
 * Is there a pre-shared key for each peer (R-CMAP-10)? Keys are kept by network
 * and looked up once for each mask in use, so 10,000 peers cost 10,000 lookups.
 */
#include <stdlib.h>
#include <string.h>

#include "user/config/check.h"
#include "user/config/keys.h"
#include "user/config/net.h"

struct key {
	uint32_t	net;
	unsigned int	bits;
};

struct keys {
	struct key	*list;		/* sorted */
	size_t		n, room;
	uint64_t	masks;		/* bit n: a key with n bits */
	char		**text;		/* host names and IPv6 addresses, sorted; borrowed */
	size_t		ntext, text_room;
};

static int compare_key(const void *x, const void *y)
{
	const struct key *a = x, *b = y;

	if (a->bits != b->bits)
		return a->bits < b->bits ? -1 : 1;
	return (a->net > b->net) - (a->net < b->net);
}

static int compare_text(const void *x, const void *y)
{
	return strcmp(*(char *const *)x, *(char *const *)y);
}

static void add_net(struct keys *k, const char *address, const char *mask)
{
	uint32_t m = mask ? net_v4(mask) : ~0u;
	struct key *room;

	if (!strcmp(address, "0.0.0.0"))
		m = 0;
	if (k->n == k->room) {
		room = realloc(k->list, (k->room * 2 + 16) * sizeof(*room));
		if (!room)
			return;
		k->list = room;
		k->room = k->room * 2 + 16;
	}
	k->list[k->n++] = (struct key){ net_v4(address) & m, net_bits(m) };
	k->masks |= 1ULL << net_bits(m);
}

static void add_text(struct keys *k, const char *text)
{
	char **room;

	if (k->ntext == k->text_room) {
		room = realloc(k->text, (k->text_room * 2 + 16) * sizeof(*room));
		if (!room)
			return;
		k->text = room;
		k->text_room = k->text_room * 2 + 16;
	}
	k->text[k->ntext++] = (char *)text;
}

static void add_key(struct keys *k, const struct node *n)
{
	const char *address = node_arg(n, "address"), *host = node_arg(n, "host");

	if (address && !strchr(address, ':'))
		add_net(k, address, node_arg(n, "mask"));
	else if (address || host)
		add_text(k, address ? address : host);
}

/* Keys of keyrings count wherever their profile is used: this asks whether one exists at all. */
static void collect_keys(struct keys *k, const struct tree *t)
{
	const struct node *n, *child;

	for_each_child(n, &t->root) {
		if (node_is(n, "crypto isakmp key"))
			add_key(k, n);
		if (!node_is(n, "crypto keyring"))
			continue;
		for_each_child(child, n)
			if (node_is(child, "pre-shared-key"))
				add_key(k, child);
	}
	if (k->n)
		qsort(k->list, k->n, sizeof(*k->list), compare_key);
	if (k->ntext)
		qsort(k->text, k->ntext, sizeof(*k->text), compare_text);
}

static bool has_key(const struct keys *k, const char *peer)
{
	struct key want;
	unsigned int bits;
	uint32_t a;

	if (k->ntext && bsearch(&peer, k->text, k->ntext, sizeof(*k->text), compare_text))
		return true;
	if (strchr(peer, ':') || !(a = net_v4(peer)))
		return false;
	for (bits = 0; bits <= 32; bits++) {
		if (!(k->masks >> bits & 1))
			continue;
		want = (struct key){ bits ? a & ~0u << (32 - bits) : 0, bits };
		if (bsearch(&want, k->list, k->n, sizeof(*k->list), compare_key))
			return true;
	}
	return false;
}

/* Certificates do without: a policy with rsa-sig or ecdsa-sig, and a trustpoint. */
static bool has_certificates(const struct tree *t)
{
	const struct node *n, *a;
	bool trustpoint = false, policy = false;

	for_each_child(n, &t->root) {
		trustpoint |= node_is(n, "crypto pki trustpoint");
		if (!node_is(n, "crypto isakmp policy"))
			continue;
		a = check_child(n, "authentication");
		policy |= !a || !node_has(a, "pre-share");
	}
	return trustpoint && policy;
}

static void check_entry(struct check *c, const struct keys *k, const struct node *entry)
{
	const struct node *p;
	const char *peer;

	if (node_has(entry, "ipsec-manual") || check_child(entry, "set ikev2-profile"))
		return;
	for_each_child(p, entry) {
		if (!node_is(p, "set peer"))
			continue;
		peer = node_arg(p, "address") ? node_arg(p, "address") : node_arg(p, "host");
		if (!has_key(k, peer))
			check_say(c, DIAG_WARNING, p, "no pre-shared key for peer %s", peer);
	}
}

/* A key known only by name identifies its peer too late for main mode (R-IKE-5). */
static void note_host_keys(struct check *c)
{
	const struct node *n;

	if (c->permitted & LEGACY_AGGRESSIVE)
		return;
	for_each_child(n, &c->l->tree->root)
		if (node_is(n, "crypto isakmp key") && node_arg(n, "host"))
			check_say(c, DIAG_WARNING, n,
				  "the key of a host name begins no IKEv1 SA without `crypto legacy permit aggressive-psk`");
}

/* The first line with a key that has no type 6 form, or NULL. */
static const struct node *find_without_type6(const struct node *of)
{
	const struct node *n, *below;
	unsigned int i;

	for_each_child(n, of) {
		for (i = 0; n->p && i < n->ntokens; i++)
			if (key_at(n, i) && !key_flag(n, i))
				return n;
		below = find_without_type6(n);
		if (below)
			return below;
	}
	return NULL;
}

/* R-PSK6-3; and keys that stay clear whatever is configured. */
static void note_encryption(struct check *c)
{
	const struct tree *t = c->l->tree;
	const char *advice = keys_advice(t, c->l->type6);
	const struct node *aes = check_child(&t->root, "password encryption aes"), *n;

	if (!aes)
		return;
	if (advice && !c->l->type6_unreadable)
		check_say(c, DIAG_WARNING, aes, "%s", advice);
	n = find_without_type6(&t->root);
	if (n)
		check_say(c, DIAG_WARNING, n,
			  "keys without a type 6 form (set session-key, standby text) stay clear in the file");
}

void check_keys(struct check *c)
{
	struct keys k = {};
	const struct node *n;

	note_encryption(c);
	note_host_keys(c);
	if (has_certificates(c->l->tree))
		return;
	collect_keys(&k, c->l->tree);
	for_each_child(n, &c->l->tree->root)
		if (n->p && n->p->row->enters == M_MAP)
			check_entry(c, &k, n);
	free(k.list);
	free(k.text);
}
