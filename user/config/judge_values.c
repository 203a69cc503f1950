// SPDX-License-Identifier: Apache-2.0
/* Single lines whose values contradict each other or are weak. Section E's words are in judge.c. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "user/config/ifname.h"
#include "user/config/judge.h"
#include "user/config/keys.h"
#include "user/config/load.h"
#include "user/config/net.h"
#include "user/config/print.h"
#include "user/config/refuse.h"

#define KEY_SHORT	20	/* characters; section E */
#define RSA_MIN		2048	/* bits; section E, R-PKI-6 */

static void warn_wildcard(struct load *l, const char *address, const char *mask)
{
	uint32_t m = mask ? net_v4(mask) : ~0u;

	if (!address || (m == ~0u && strcmp(address, "0.0.0.0")))
		return;
	say(l, DIAG_WARNING, "wildcard key for %s/%u: one leaked key opens all of them", address,
	    strcmp(address, "0.0.0.0") ? net_bits(m) : 0);
}

bool judge_wildcard(struct load *l, struct node *n)
{
	warn_wildcard(l, node_arg(n, "address"), node_arg(n, "mask"));
	return true;
}

bool judge_key(struct load *l, struct node *n)
{
	const char *key = node_arg(n, "key");
	char owner[200];

	if (!key)
		return true;
	key_owner(n, owner, sizeof(owner));
	if (key_is_mask(key))
		say(l, DIAG_WARNING, "key for %s is what `show running-config` prints instead of one",
		    owner);
	else if (!node_has(n, "6") && strlen(key) < KEY_SHORT)
		say(l, DIAG_WARNING, "key for %s is shorter than %d characters and may be guessed",
		    owner, KEY_SHORT);
	warn_wildcard(l, node_arg(n, "address"), node_arg(n, "mask"));
	return true;
}

bool judge_modulus(struct load *l, struct node *n)
{
	const char *text = node_arg(n, "modulus");
	char why[100];

	if (!text || node_num(n, "modulus", 0) >= RSA_MIN)
		return true;
	snprintf(why, sizeof(why), "modulus %s is below the minimum of %d", text, RSA_MIN);
	return refuse_word(l, text, why);
}

bool judge_route(struct load *l, struct node *n)
{
	const char *prefix = node_arg(n, "prefix");

	if (!(net_v4(prefix) & ~net_v4(node_arg(n, "mask"))))
		return true;
	return refuse_word(l, prefix, "inconsistent address and mask");
}

/* Bits behind the length. */
static bool has_host_bits(const struct addr *a, unsigned int len)
{
	unsigned int i;

	for (i = len; i < 128; i++)
		if (a->b[i / 8] >> (7 - i % 8) & 1)
			return true;
	return false;
}

bool judge_route6(struct load *l, struct node *n)
{
	const char *prefix = node_arg(n, "prefix");
	struct addr a;
	uint8_t len;

	if (!arg_prefix(prefix, &a, &len) || !has_host_bits(&a, len))
		return true;
	return refuse_word(l, prefix, "inconsistent address and length");
}

bool judge_if_address6(struct load *l, struct node *n)
{
	const char *address = node_arg(n, "address");
	struct addr a;
	uint8_t len;

	if (!arg_prefix(address, &a, &len))
		return true;
	if (a.b[0] == 0xff || addr_is_any(&a))
		return refuse_word(l, address, "not the address of a host");
	/* The subnet-router anycast address (RFC 4291 section 2.6.1); two hosts have no room for it. */
	if (len < 127 && !has_host_bits(&a, len))
		return refuse_word(l, address, "this is the address of the network, not of a host");
	return true;
}

bool judge_if_address(struct load *l, struct node *n)
{
	const char *address = node_arg(n, "address");
	uint32_t a = net_v4(address), m = net_v4(node_arg(n, "mask"));

	/* Networks of two hosts have no addresses to spare (RFC 3021). */
	if (net_bits(m) >= 31 || ((a & ~m) && (a & ~m) != ~m))
		return true;
	return refuse_word(l, address, "this is the address of the network or its broadcast, not of a host");
}

bool judge_pool(struct load *l, struct node *n)
{
	const char *high = node_arg(n, "high");

	if (!high || net_v4(node_arg(n, "low")) <= net_v4(high))
		return true;
	return refuse_word(l, high, "the pool ends before it begins");
}

static unsigned int msec(const struct node *n, const char *seconds, const char *milli)
{
	return node_arg(n, milli) ? node_num(n, milli, 0) : node_num(n, seconds, 0) * 1000;
}

bool judge_standby_timers(struct load *l, struct node *n)
{
	if (msec(n, "hold", "hold-msec") > msec(n, "hello", "hello-msec"))
		return true;
	say(l, DIAG_ERROR, "the hold time has to be longer than the hello time");
	return false;
}

/* The node's parent is an interface; which one? */
static bool below_tunnel(const struct node *n)
{
	const char *name = n->parent && n->parent->p ? node_name(n->parent) : NULL;

	/* Below a line that failed, what it would have been is not known. */
	return !name || ifname_is_tunnel(name);
}

bool judge_tunnel(struct load *l, struct node *n)
{
	if (!below_tunnel(n)) {
		say(l, DIAG_ERROR, "a command of tunnel interfaces, not of %s", node_name(n->parent));
		return false;
	}
	return true;
}

bool judge_if_fragmentation(struct load *l, struct node *n)
{
	const char *name = n->parent && n->parent->p ? node_name(n->parent) : NULL;

	if (!name || !ifname_is_tunnel(name))
		return true;
	say(l, DIAG_ERROR, "on a tunnel `ip mtu` decides where packets are cut");
	return false;
}

bool judge_map(struct load *l, struct node *n)
{
	if (node_has(n, "ipsec-manual"))
		say(l, DIAG_WARNING,
		    "keys by hand: they are never changed, and replays are not seen across a restart");
	if (node_has(n, "discover"))
		say(l, DIAG_NOTICE, "tunnel endpoint discovery is ignored");
	/* R-CMAP-3; of a file, what is not whole is told once all of it is known. */
	if (l->prompt && !node_has(n, "dynamic") && !tree_find(l->tree, n->parent, n))
		say(l, DIAG_NOTICE, CMAP_NEW_NOTE);
	return true;
}

bool judge_session_key(struct load *l, struct node *n)
{
	if (n->parent && n->parent->p && !node_has(n->parent, "ipsec-manual")) {
		say(l, DIAG_ERROR, "keys by hand need an ipsec-manual entry");
		return false;
	}
	return true;
}

/* Which protocols have ports. */
static bool has_ports(const char *protocol)
{
	return !strcmp(protocol, "tcp") || !strcmp(protocol, "udp") || !strcmp(protocol, "sctp");
}

static bool names_port(const struct node *n)
{
	return node_has(n, "eq") || node_has(n, "neq") || node_has(n, "gt") || node_has(n, "lt") ||
	       node_has(n, "range");
}

/* Walks the tokens: an address and its wildcard stand side by side. */
static bool judge_wildcards(struct load *l, const struct node *n)
{
	unsigned int i;

	for (i = 1; i < n->ntokens; i++) {
		const char *address = n->token[i - 1].text;
		uint32_t w = net_v4(n->token[i].text);
		struct addr a;
		uint8_t len;

		if (n->token[i].el->name && arg_prefix(n->token[i].text, &a, &len) &&
		    has_host_bits(&a, len))
			say(l, DIAG_NOTICE, "host bits of %s are ignored", n->token[i].text);

		if (!n->token[i].el->name || !n->token[i - 1].el->name ||
		    strcmp(n->token[i].el->name, n->token[i - 1].el->name))
			continue;
		if (!net_is_mask(~w))
			say(l, DIAG_WARNING, "wildcard %s is not that of a prefix: the entry cannot protect",
			    n->token[i].text);
		else if (net_v4(address) & w)
			say(l, DIAG_NOTICE, "host bits of %s are ignored", address);
	}
	return true;
}

bool judge_acl_entry(struct load *l, struct node *n)
{
	const char *protocol = node_arg(n, "protocol"), *low = node_arg(n, "low");

	if (!protocol)
		return true;
	if (names_port(n) && !has_ports(protocol)) {
		say(l, DIAG_ERROR, "protocol %s has no ports", protocol);
		return false;
	}
	if (low && arg_port(low) > arg_port(node_arg(n, "high"))) {
		say(l, DIAG_ERROR, "the range of ports ends before it begins");
		return false;
	}
	return judge_wildcards(l, n);
}
