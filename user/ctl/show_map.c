// SPDX-License-Identifier: Apache-2.0
/* `show crypto map` (R-CMAP-7) and `show crypto dynamic-map` (R-DYN-5). Keys are never told. */
#include <errno.h>
#include <string.h>

#include "user/ctl/acl.h"
#include "user/ctl/answer.h"
#include "user/ctl/items.h"
#include "user/ctl/legacy.h"
#include "user/ctl/tset.h"

/* R-TS-9 */
#define MAP_SECONDS	3600
#define MAP_KILOBYTES	4608000

struct maps_view {
	struct gateway	*gw;
	struct defs	defs;
	struct items	items;
};

static int maps_view_init(struct maps_view *v, struct gateway *gw, struct err *e)
{
	*v = (struct maps_view){ .gw = gw };
	if (!defs_init(&v->defs, gw->running) && !items_init(&v->items, &gw->plan))
		return 0;
	return err_set(e, -ENOMEM, "out of memory");
}

static void maps_view_fini(struct maps_view *v)
{
	defs_fini(&v->defs);
	items_fini(&v->items);
}

static json_t *map_text(const char *text)
{
	return text ? answer_text(text) : json_null();
}

static json_t *map_child_arg(const struct node *entry, const char *words, const char *arg)
{
	const struct node *n = defs_child(entry, words);

	return map_text(n ? node_arg(n, arg) : NULL);
}

static json_t *map_peers_json(const struct node *entry)
{
	json_t *list = json_array();
	const struct node *p;

	for_each_child(p, entry) {
		const char *address = node_arg(p, "address");

		if (node_is(p, "set peer"))
			json_array_append_new(list, json_pack("{s:o, s:b, s:b}", "peer",
				answer_text(address ? address : node_arg(p, "host")),
				"dynamic", node_has(p, "dynamic"),
				"default", node_has(p, "default")));
	}
	return list;
}

/* --- lifetimes: the entry's, else the global ones, else R-TS-9's ------------------------------ */

static const struct node *map_lifetime_line(const struct node *of, const char *words,
					    const char *unit)
{
	const struct node *n;

	for_each_child(n, of)
		if (node_is(n, words) && node_has(n, unit))
			return n;
	return NULL;
}

static const struct node *map_lifetime_node(const struct maps_view *v, const struct node *entry,
					    const char *unit)
{
	const struct node *n = map_lifetime_line(entry, "set security-association lifetime", unit);

	return n ? n : map_lifetime_line(&v->gw->running->root,
					 "crypto ipsec security-association lifetime", unit);
}

static json_t *map_lifetime_json(const struct maps_view *v, const struct node *entry)
{
	const struct node *s = map_lifetime_node(v, entry, "seconds");
	const struct node *k = map_lifetime_node(v, entry, "kilobytes");

	return json_pack("{s:I, s:o}",
			 "seconds", (json_int_t)(s ? node_num(s, "seconds", MAP_SECONDS) : MAP_SECONDS),
			 "kilobytes", k && node_has(k, "disable") ? json_null() :
			 json_integer(k ? node_num(k, "kilobytes", MAP_KILOBYTES) : MAP_KILOBYTES));
}

/* --- the rest of an entry --------------------------------------------------------------------- */

/* `set pfs` alone is group14 (section E). */
static json_t *map_pfs_json(const struct node *entry)
{
	const struct node *n = defs_child(entry, "set pfs");

	if (!n)
		return json_null();
	return answer_text(n->ntokens > 2 ? n->token[2].text : "group14");
}

static json_t *map_replay(const struct node *entry)
{
	const struct node *n = defs_child(entry, "set security-association replay");

	if (!n)
		return json_null();
	return json_integer(node_has(n, "disable") ? 0 : node_num(n, "window", 64));
}

static json_t *map_idle(const struct node *entry)
{
	const struct node *n = defs_child(entry, "set security-association idle-time");

	return n ? json_integer(node_num(n, "idle", 0)) : json_null();
}

/* R-CLEAR-5 */
static json_t *map_check(const struct maps_view *v, const struct node *entry, const char *way)
{
	const struct node *n;

	for_each_child(n, entry)
		if (node_is(n, "set ip access-group") && node_has(n, way))
			return acl_json(&v->defs, node_arg(n, "list"));
	return json_null();
}

static json_t *map_acl(const struct maps_view *v, const struct node *entry)
{
	const struct node *n = defs_child(entry, "match address");

	return n ? acl_json(&v->defs, node_arg(n, "list")) : json_null();
}

/* R-GEN-2: which SPIs and that there are keys. */
static json_t *map_session_keys_json(const struct node *entry)
{
	json_t *list = json_array();
	const struct node *n;

	for_each_child(n, entry) {
		if (!node_is(n, "set session-key"))
			continue;
		json_array_append_new(list, json_pack("{s:s, s:s, s:I, s:b, s:b}",
			"direction", node_has(n, "inbound") ? "inbound" : "outbound",
			"protocol", node_has(n, "esp") ? "esp" : "ah",
			"spi", (json_int_t)node_num(n, "spi", 0),
			"cipher-key", node_arg(n, "cipher-key") != NULL,
			"auth-key", node_arg(n, "auth-key") != NULL));
	}
	return list;
}

static json_t *map_options_json(const struct maps_view *v, const struct node *entry)
{
	const struct node *d = defs_child(entry, "description");

	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:o}",
		"description", map_text(d ? node_arg(d, "text") : NULL),
		"access-list", map_acl(v, entry),
		"access-check-in", map_check(v, entry, "in"),
		"access-check-out", map_check(v, entry, "out"),
		"lifetime", map_lifetime_json(v, entry), "pfs", map_pfs_json(entry),
		"replay-window", map_replay(entry), "idle-time", map_idle(entry),
		"isakmp-profile", map_child_arg(entry, "set isakmp-profile", "isakmp-profile"),
		"reverse-route", defs_child(entry, "reverse-route") != NULL,
		"ikev2-profile", map_child_arg(entry, "set ikev2-profile", "ikev2-profile"));
}

static json_t *map_entry_json(const struct maps_view *v, const struct node *entry, const char *kind)
{
	json_t *names = json_array(), *o, *options;
	unsigned int classes = tset_names(&v->defs, entry, names) | legacy_of(entry);

	o = json_pack("{s:o, s:I, s:s, s:o, s:o, s:o, s:o, s:o, s:o}",
		      "name", answer_text(node_name(entry)),
		      "sequence", (json_int_t)node_num(entry, "sequence", 0), "kind", kind,
		      "dynamic-map", map_text(node_arg(entry, "dynamic-map")),
		      "peers", map_peers_json(entry), "transform-sets", names,
		      "session-keys", map_session_keys_json(entry),
		      "legacy", legacy_json(classes), "inactive", inactive_json(entry));
	options = map_options_json(v, entry);
	json_object_update(o, options);
	json_decref(options);
	return o;
}

/* Where the entry is in use: what the plan made of it. */
static json_t *map_instances(const struct maps_view *v, const struct node *entry, json_t **peer)
{
	json_t *list = json_array();
	const struct plan_item *const *item;
	size_t n, i;

	*peer = json_null();
	item = items_of(&v->items, entry, &n);
	for (i = 0; i < n; i++) {
		const struct plan_item *it = item[i];

		if (it->peer.family && json_is_null(*peer))
			*peer = answer_addr(&it->peer);
		json_array_append_new(list, json_pack("{s:o, s:o, s:o, s:I, s:o}",
			"interface", answer_text(item_interface(it)),
			"device", it->dev[0] ? answer_text(it->dev) : json_null(),
			"local", it->local.family ? answer_addr(&it->local) : json_null(),
			"id", (json_int_t)it->id,
			"inactive", it->inactive[0] ? answer_text(it->inactive) : json_null()));
	}
	return list;
}

static json_t *map_static_json(const struct maps_view *v, const struct node *entry)
{
	json_t *peer, *o;

	o = map_entry_json(v, entry, node_has(entry, "ipsec-manual") ? "ipsec-manual" :
							       "ipsec-isakmp");
	json_object_set_new(o, "instances", map_instances(v, entry, &peer));
	json_object_set_new(o, "current-peer", peer);
	return o;
}

/* --- maps ------------------------------------------------------------------------------------- */

/* The address of an interface: what the plan found, else what is configured. */
static json_t *map_local(const struct maps_view *v, const struct node *iface, const char *map)
{
	const struct node *a;
	size_t i;

	for (i = 0; i < v->items.n; i++) {
		const struct plan_item *it = v->items.list[i];

		if (it->interface == iface && it->kind == PLAN_MAP && it->local.family &&
		    !strcmp(node_name(it->node), map))
			return answer_addr(&it->local);
	}
	a = defs_child(iface, "ip address");
	return map_text(a ? node_arg(a, "address") : NULL);
}

/* asked NULL: any. */
static json_t *map_used_json(const struct maps_view *v, const char *map, const char *asked)
{
	json_t *list = json_array();
	const struct def *iface;
	const struct node *m;
	size_t n, i;

	iface = defs_of(&v->defs, O_IF, NULL, &n);
	for (i = 0; i < n; i++) {
		m = defs_child(iface[i].node, "crypto map");
		if (!m || strcmp(node_arg(m, "map"), map) ||
		    (asked && !item_is_named(v->gw, iface[i].name, asked)))
			continue;
		json_array_append_new(list, json_pack("{s:o, s:o}", "name",
			answer_text(iface[i].name), "local-address",
			map_local(v, iface[i].node, map)));
	}
	return list;
}

static void map_failure_json(void *ctx, const char *owner, const char *why)
{
	json_array_append_new(ctx, json_pack("{s:o, s:o}", "owner", answer_text(owner), "why",
					     answer_text(why)));
}

static json_t *maps_json(const struct maps_view *v, const char *tag, const char *asked)
{
	json_t *maps = json_array(), *entries = NULL;
	const struct def *def;
	size_t n, i;

	def = defs_of(&v->defs, O_MAP, tag, &n);
	for (i = 0; i < n; i++) {
		if (!i || strcmp(def[i].name, def[i - 1].name)) {
			json_t *used = map_used_json(v, def[i].name, asked);

			entries = NULL;
			if (asked && !json_array_size(used)) {
				json_decref(used);
				continue;
			}
			entries = json_array();
			json_array_append_new(maps, json_pack("{s:o, s:o, s:o}", "name",
				answer_text(def[i].name), "interfaces", used, "entries", entries));
		}
		if (entries)
			json_array_append_new(entries, map_static_json(v, def[i].node));
	}
	return maps;
}

json_t *answer_crypto_map(struct gateway *gw, const struct command *c, struct err *e)
{
	json_t *failures, *result = NULL;
	struct maps_view v;

	if (!maps_view_init(&v, gw, e)) {
		failures = json_array();
		gateway_each_failure(gw, map_failure_json, failures);
		result = json_pack("{s:o, s:o}", "maps",
				   maps_json(&v, command_arg(c, "map"), command_arg(c, "interface")),
				   "failures", failures);
	}
	maps_view_fini(&v);
	return result;
}

json_t *answer_dynamic_map(struct gateway *gw, const struct command *c, struct err *e)
{
	json_t *list = json_array();
	const struct def *def;
	struct maps_view v;
	size_t n = 0, i;

	if (maps_view_init(&v, gw, e)) {
		json_decref(list);
		maps_view_fini(&v);
		return NULL;
	}
	def = defs_of(&v.defs, O_DYNMAP, command_arg(c, "dynamic-map"), &n);
	for (i = 0; i < n; i++)
		json_array_append_new(list, map_entry_json(&v, def[i].node, "template"));
	maps_view_fini(&v);
	return json_pack("{s:o}", "templates", list);
}
