// SPDX-License-Identifier: Apache-2.0
/* Entries of crypto maps as wholes (A11, D5, R-GEN-2). */
#include <stdio.h>
#include <string.h>

#include "user/config/check.h"

static bool wants_peer(const struct node *entry)
{
	return entry->p->row->enters == M_MAP && !node_has(entry, "dynamic");
}

/* R-CMAP-3, R-DYN-2: kept, but not used. */
static void check_whole(struct check *c, struct node *entry)
{
	static const char *const parts[][2] = {
		{ "set peer", "no peer" }, { "set transform-set", "no transform set" },
		{ "match address", "no access list" },
	};
	char text[100] = "";
	size_t i, used = 0;

	if (entry->inactive || node_has(entry, "dynamic"))
		return;
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (check_child(entry, parts[i][0]) || (!wants_peer(entry) && i != 1))
			continue;
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s",
					 used ? ", " : "", parts[i][1]);
	}
	if (used)
		check_deactivate(c, entry, text);
}

/* R-DPD-5: the preferred peer stands first, and there is only one. */
static void check_default_peer(struct check *c, const struct node *entry)
{
	const struct node *p;
	unsigned int at = 0;

	for_each_child(p, entry) {
		if (!node_is(p, "set peer") && !node_is(p, "peer"))
			continue;
		if (node_has(p, "default") && at)
			check_say(c, DIAG_ERROR, p, "the default peer has to be the first and the only one");
		at++;
	}
}

/* R-IDLE-5: an entry's idle time that repeats the global one is not taken. */
static void check_idle(struct check *c, const struct node *entry, const struct node *all)
{
	const struct node *own = check_child(entry, "set security-association idle-time");

	if (all && own && !strcmp(node_arg(all, "idle"), node_arg(own, "idle")))
		check_say(c, DIAG_NOTICE, own, "the same as the global idle time: without effect");
}

static bool is_aead(const struct node *set)
{
	return node_has(set, "esp-gcm") || node_has(set, "esp-gmac") ||
	       node_has(set, "esp-chacha20-poly1305");
}

static bool has_session_key(const struct node *entry, const char *direction)
{
	const struct node *k;

	for_each_child(k, entry)
		if (node_is(k, "set session-key") && node_has(k, direction))
			return true;
	return false;
}

static void check_manual_set(struct check *c, struct node *entry, const struct node *line,
			     const struct node *set)
{
	if (is_aead(set)) {
		check_say(c, DIAG_ERROR, line,
			  "transform set \"%s\" with keys by hand would repeat its counter (RFC 8221 section 4): use esp-aes with esp-sha256-hmac",
			  node_name(set));
		check_deactivate(c, entry, "no usable transform set");
	} else if (!has_session_key(entry, "inbound")) {
		check_deactivate(c, entry, "no inbound session key");
	} else if (!has_session_key(entry, "outbound")) {
		check_deactivate(c, entry, "no outbound session key");
	}
}

/* R-GEN-2 */
static void check_manual(struct check *c, struct node *entry)
{
	const struct node *line = check_child(entry, "set transform-set");
	const struct object_entry *set;

	if (!line || entry->inactive || !node_has(entry, "ipsec-manual"))
		return;
	set = check_object(c, O_TSET, node_arg(line, "transform-set"));
	if (set && set->n)
		check_manual_set(c, entry, line, set->node[0]);
}

void check_maps(struct check *c)
{
	struct node *root = &c->l->tree->root, *n;
	const struct node *idle = check_child(root, "crypto ipsec security-association idle-time");

	for_each_child(n, root) {
		if (!n->p || (n->p->row->enters != M_MAP && n->p->row->enters != M_DYNMAP))
			continue;
		check_whole(c, n);
		check_default_peer(c, n);
		check_idle(c, n, idle);
		check_manual(c, n);
	}
}
