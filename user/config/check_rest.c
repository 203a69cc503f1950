// SPDX-License-Identifier: Apache-2.0
/* Easy VPN, policy maps, trustpoints, public keys entered by hand. */
#include <ctype.h>
#include <string.h>

#include "user/config/check.h"

#define CLASSES_MAX	64	/* R-LLQ-3 */

/* R-EZVPN-9: one outside, at least one inside. */
static void check_ezvpn(struct check *c, const struct node *profile)
{
	unsigned int inside = 0, outside = 0;
	const struct node *i, *e;

	for_each_child(i, &c->l->tree->root) {
		if (!i->p || i->p->row->defines != O_IF)
			continue;
		for_each_child(e, i) {
			if (!node_is(e, "crypto ipsec client ezvpn") ||
			    strcmp(node_arg(e, "ezvpn"), node_name(profile)))
				continue;
			*(node_has(e, "inside") ? &inside : &outside) += 1;
		}
	}
	if (!inside && !outside)
		check_say(c, DIAG_WARNING, profile, "Easy VPN profile \"%s\" is not bound to an interface",
			  node_name(profile));
	else if (outside != 1 || !inside)
		check_say(c, DIAG_WARNING, profile, "Easy VPN profile \"%s\" needs one outside and at least one inside interface",
			  node_name(profile));
}

/* R-LLQ-3: units are the same for all classes. */
static void check_policy_map(struct check *c, const struct node *policy)
{
	unsigned int classes = 0, percent = 0, kbps = 0;
	const struct node *class, *b;

	for_each_child(class, policy) {
		classes++;
		b = check_child(class, "bandwidth");
		if (b)
			*(node_has(b, "percent") ? &percent : &kbps) += 1;
	}
	if (percent && kbps)
		check_say(c, DIAG_WARNING, policy, "policy map \"%s\" mixes bandwidth in kbit/s and in percent",
			  node_name(policy));
	if (classes > CLASSES_MAX)
		check_say(c, DIAG_ERROR, policy, "more than %d classes in policy map \"%s\"", CLASSES_MAX,
			  node_name(policy));
}

static int hex_digit(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

/* The first bytes of the lines, blanks left out. Returns how many bytes there are in all. */
static size_t key_bytes(const struct node *string, unsigned char head[static 4], bool *hex)
{
	const struct node *n;
	const char *p;
	size_t digits = 0;

	memset(head, 0, 4);
	*hex = true;
	for_each_child(n, string) {
		for (p = n->raw; p && *p; p++) {
			if (*p == ' ' || *p == '\t')
				continue;
			if (!isxdigit((unsigned char)*p)) {
				*hex = false;
				return 0;
			}
			if (digits / 2 < 4)
				head[digits / 2] = (unsigned char)(head[digits / 2] << 4 | hex_digit(*p));
			digits++;
		}
	}
	*hex = digits % 2 == 0;
	return digits / 2;
}

/* A SEQUENCE whose length is that of the whole (X.690 8.1); 2048 bits need more than 256 bytes. */
static bool is_der_sequence(const unsigned char head[static 4], size_t len)
{
	if (len < 4 || head[0] != 0x30)
		return false;
	if (head[1] < 0x80)
		return len == 2u + head[1];
	if (head[1] == 0x81)
		return len == 3u + head[2];
	return head[1] == 0x82 && len == 4u + (size_t)(head[2] << 8 | head[3]);
}

static void check_public_key(struct check *c, const struct node *key)
{
	const struct node *string = check_child(key, "key-string");
	unsigned char head[4];
	size_t len;
	bool hex;

	if (!string)
		return;
	len = key_bytes(string, head, &hex);
	if (!hex || !is_der_sequence(head, len))
		check_say(c, DIAG_WARNING, string, "the key string is not valid DER");
	else if (len < 256)
		check_say(c, DIAG_WARNING, string, "the key is shorter than 2048 bits");
}

/* R-PKI-3: certificates are installed before; there is no store of them in this version. */
static void check_trustpoint(struct check *c, const struct node *n)
{
	check_say(c, DIAG_WARNING, n, "trustpoint \"%s\" has no certificates", node_name(n));
}

void check_rest(struct check *c)
{
	const struct node *n, *child;

	for_each_child(n, &c->l->tree->root) {
		if (!n->p)
			continue;
		if (n->p->row->defines == O_EZVPN)
			check_ezvpn(c, n);
		if (n->p->row->defines == O_PMAP)
			check_policy_map(c, n);
		if (n->p->row->defines == O_TRUSTPOINT)
			check_trustpoint(c, n);
		for_each_child(child, n)
			if (child->p && child->p->row->enters == M_PUBKEY)
				check_public_key(c, child);
	}
}
