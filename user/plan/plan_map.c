// SPDX-License-Identifier: Apache-2.0
/*
 * Entries of crypto maps on interfaces (A11): an item each, and for those that
 * can be used a device, policies, and SAs when the keys are set by hand.
 *
 * Inside a device there is one policy for each permit line, in the order of the
 * list. Deny lines have none: the way a packet gets to the device is through the
 * rules (plan_rule.c), where they were honoured, and what comes out of an SA has
 * to fit what was agreed with the peer, the permit line as a whole (R-CLEAR-6).
 */
#include <errno.h>
#include <linux/xfrm.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/plan/plan_priv.h"
#include "user/plan/prefix.h"
#include "user/plan/sel.h"

#define WINDOW_USUAL	64	/* R-ARW-3 */
#define NUMBERS		0x1000000U

static const uint8_t dirs[] = { XFRM_POLICY_OUT, XFRM_POLICY_IN, XFRM_POLICY_FWD };

/* --- the parts of an entry -------------------------------------------------------------------- */

static void find_peer(struct plan_item *item)
{
	const struct node *c;
	const char *host = NULL;

	for_each_child(c, item->node) {
		if (!node_is(c, "set peer"))
			continue;
		if (node_arg(c, "address")) {
			addr_parse(node_arg(c, "address"), &item->peer);
			return;
		}
		host = host ?: node_arg(c, "host");
	}
	if (host)
		plan_inactive(item, "peer %.60s: names need IKE, which is not built yet", host);
	else
		plan_inactive(item, "no peer");
}

/* R-CMAP-4: of the interface, or of the one named by `local-address`. */
static void find_local(struct planner *p, struct plan_item *item, const struct plan_iface *i)
{
	size_t n;
	const struct index_entry *e = index_find(p, INDEX_LOCAL_ADDRESS, node_name(item->node), &n);
	const char *name = e ? node_arg(e->node, "interface") : i->name;
	const struct plan_iface *from = e ? iface_find(p, name) : i;
	struct plan_iface foreign = { .name = name };
	const char *dev;

	if (!from) {
		dev = p->env->device(p->env->ctx, name);
		foreign.is = dev ? dev_find(p, dev) : NULL;
		from = &foreign;
	}
	if (!iface_address(p, from, item->peer.family, &item->local))
		plan_inactive(item, "interface %s has no %s address", name,
			      item->peer.family == AF_INET6 ? "IPv6" : "IPv4");
}

/* The first that can be used; keys by hand are for the first and no other. */
static bool find_tset(struct planner *p, struct plan_entry *e)
{
	const struct node *c;
	unsigned int i;

	for_each_child(c, e->item->node) {
		if (!node_is(c, "set transform-set"))
			continue;
		for (i = 0; i < c->ntokens; i++) {
			if (!c->token[i].el->name)
				continue;
			if (plan_tset(p, c->token[i].text, &e->tset))
				return !e->item->manual || !e->tset.cipher || !e->tset.cipher->aead;
			if (e->item->manual)
				return false;
		}
	}
	return false;
}

static void find_acl(struct planner *p, struct plan_entry *e)
{
	const struct node *m = check_child(e->item->node, "match address");
	char why[160];
	int r;

	if (!m) {
		plan_inactive(e->item, "no access list");
		return;
	}
	r = acl_read(p, node_arg(m, "list"), &e->acl, why, sizeof(why));
	if (r == -EINVAL)
		plan_inactive(e->item, "%s", why);
	else if (r)
		plan_fail(p, r, NULL);
}

/* R-TS-4 */
static bool between_peers(const struct plan_entry *e)
{
	const struct addr *local = &e->item->local, *peer = &e->item->peer;
	unsigned int all = prefix_bits(peer->family);
	size_t i;

	for (i = 0; i < e->acl.n; i++) {
		const struct flow_sel *s = &e->acl.line[i].sel;

		if (s->splen != all || s->dplen != all || !addr_equal(&s->src, local) ||
		    !addr_equal(&s->dst, peer))
			return false;
	}
	return true;
}

static uint32_t find_window(const struct planner *p, const struct node *entry)
{
	const struct node *own = check_child(entry, "set security-association replay");
	const struct node *n = own ? own : p->replay;	/* R-ARW-7 */

	if (!n)
		return WINDOW_USUAL;
	return node_has(n, "disable") ? 0 : node_num(n, "window", WINDOW_USUAL);
}

/* `clear` on the interface or else for all (R-DF-1); tunnel mode only (R-DF-3). */
static bool clears_df(const struct planner *p, const struct node *iface)
{
	const struct node *own = check_child(iface, "crypto ipsec df-bit");
	const struct node *n = own ? own : p->df;

	return n && node_has(n, "clear");
}

static bool cuts_after(const struct planner *p, const struct node *iface)
{
	const struct node *own = check_child(iface, "crypto ipsec fragmentation");
	const struct node *n = own ? own : p->fragmentation;

	return n && node_has(n, "after-encryption");
}

/* --- keys by hand (R-GEN-2) ------------------------------------------------------------------- */

static const struct node *session_key(const struct node *entry, const char *dir, const char *proto)
{
	const struct node *c;

	for_each_child(c, entry)
		if (node_is(c, "set session-key") && node_has(c, dir) && node_has(c, proto))
			return c;
	return NULL;
}

/* false: the item says what is wrong with it. */
static bool take_key(struct plan_item *item, const char *what, const char *alg, size_t want,
		     const char *hex, struct secret *key)
{
	if (!hex) {
		plan_inactive(item, "no %s key for %s", what, alg);
		return false;
	}
	if (!secret_set_hex(key, hex) || key->len != want) {
		plan_inactive(item, "the %s key for %s has %zu bytes instead of %zu", what, alg,
			      strlen(hex) / 2, want);
		secret_wipe(key);
		return false;
	}
	return true;
}

static bool take_auth(struct plan_item *item, const char *what, const struct alg *a,
		      const char *hex, struct kobj_sa *sa)
{
	snprintf(sa->auth, sizeof(sa->auth), "%s", a->kernel);
	sa->icv_bits = (uint16_t)(a->icv * 8);
	return take_key(item, what, a->set, a->key_len, hex, &sa->auth_key);
}

static bool take_keys(const struct plan_entry *e, const struct node *k, bool inbound, bool ah,
		      struct kobj_sa *sa)
{
	const struct alg *c = e->tset.cipher;
	const char *way = inbound ? "inbound" : "outbound";
	char what[40];

	if (ah) {
		snprintf(what, sizeof(what), "%s AH", way);
		return take_auth(e->item, what, e->tset.ah, node_arg(k, "auth-key"), sa);
	}
	snprintf(sa->enc, sizeof(sa->enc), "%s", c->kernel);
	snprintf(what, sizeof(what), "%s cipher", way);
	/* esp-null has none, whatever was typed. */
	if (c->key_len && !take_key(e->item, what, c->set, alg_key_material(c),
				    node_arg(k, "cipher-key"), &sa->enc_key))
		return false;
	snprintf(what, sizeof(what), "%s authenticator", way);
	return !e->tset.auth || take_auth(e->item, what, e->tset.auth, node_arg(k, "auth-key"), sa);
}

static bool sa_read(struct planner *p, const struct plan_entry *e, bool inbound, bool ah,
		    struct kobj *o)
{
	const struct plan_item *item = e->item;
	const char *way = inbound ? "inbound" : "outbound", *proto = ah ? "ah" : "esp";
	const struct node *k = session_key(item->node, way, proto);
	const struct addr *to = inbound ? &item->local : &item->peer;
	struct kobj_sa *sa = &o->sa;

	if (!k) {
		plan_inactive(e->item, "no %s session key for %s", way, proto);
		return false;
	}
	*o = (struct kobj){ .kind = KOBJ_SA };
	memcpy(sa->key.daddr, to->b, sizeof(sa->key.daddr));
	sa->key.spi = htonl((uint32_t)strtoul(node_arg(k, "spi"), NULL, 10));
	sa->key.proto = ah ? IPPROTO_AH : IPPROTO_ESP;
	sa->key.family = to->family;
	sa->saddr = inbound ? item->peer : item->local;
	sa->mode = e->transport || (ah && e->tset.cipher) ? XFRM_MODE_TRANSPORT : XFRM_MODE_TUNNEL;
	sa->reqid = item->id;
	sa->if_id = e->transport ? 0 : item->id;
	sa->inbound = inbound;
	sa->nopmtudisc = sa->mode == XFRM_MODE_TUNNEL && !inbound &&
			 clears_df(p, item->interface);
	sa->window = inbound ? find_window(p, item->node) : 0;
	sa->out_mark = inbound ? 0 : XI_MARK;
	return take_keys(e, k, inbound, ah, sa);
}

/* Address, protocol and SPI name an SA of the whole machine: no two entries can have the same. */
static void check_taken(const struct planner *p, struct plan_item *item, const struct kobj *o)
{
	const struct kobj *other = kobj_set_find(&p->plan->objects, o);

	if (other)	/* SAs have owners */
		plan_inactive(item, "SPI %u is used by %s", ntohl(o->sa.key.spi), other->owner);
}

/* All or none. */
static void add_manual_sas(struct planner *p, const struct plan_entry *e)
{
	struct kobj sa[4] = {};
	size_t n = 0, i, done;
	int ah, inbound;

	for (ah = 0; ah < 2; ah++) {
		if (ah ? !e->tset.ah : !e->tset.cipher)
			continue;
		for (inbound = 1; inbound >= 0 && !*e->item->inactive; inbound--)
			if (sa_read(p, e, inbound, ah, &sa[n++]))
				check_taken(p, e->item, &sa[n - 1]);
	}
	for (done = 0; done < n && !*e->item->inactive; done++)
		if (!plan_add(p, e->item, &sa[done]))
			plan_inactive(e->item, "SPI %u stands for two SAs",
				      ntohl(sa[done].sa.key.spi));
	for (i = 0; i + 1 < done && *e->item->inactive; i++)
		kobj_set_del(&p->plan->objects, kobj_set_find(&p->plan->objects, &sa[i]));
	for (i = 0; i < n; i++) {
		secret_wipe(&sa[i].sa.enc_key);
		secret_wipe(&sa[i].sa.auth_key);
	}
}

/* --- device and policies ---------------------------------------------------------------------- */

static void add_device(struct planner *p, const struct plan_entry *e)
{
	struct plan_item *item = e->item;
	struct kobj o = { .kind = KOBJ_LINK, .link = { .type = KOBJ_LINK_XFRM, .if_id = item->id } };

	snprintf(item->dev, sizeof(item->dev), "xi-m%06x", item->id & (NUMBERS - 1));
	memcpy(o.link.name, item->dev, sizeof(o.link.name));
	snprintf(o.link.alias, sizeof(o.link.alias), "%.63s", item->owner);
	o.link.mtu = item->mtu;
	o.link.up = true;
	plan_add(p, item, &o);
}

static void add_policies(struct planner *p, const struct plan_entry *e)
{
	size_t i, d;

	for (d = 0; d < sizeof(dirs); d++) {
		struct kobj_policy like = {
			.dir = dirs[d], .if_id = e->item->id, .action = XFRM_POLICY_ALLOW,
		};

		like.ntmpl = policy_templates(e->item, &e->tset, false, dirs[d], like.tmpl);
		for (i = 0; i < e->acl.n; i++) {
			const struct acl_line *l = &e->acl.line[i];
			struct flow_sel back = sel_mirror(&l->sel);

			if (!l->permit)
				continue;
			like.priority = XI_POLICY_FIRST + l->at;
			policy_add(p, e->item, &like, d ? &back : &l->sel);
		}
	}
}

static uint32_t find_mtu(const struct planner *p, const struct plan_entry *e)
{
	const struct plan_item *item = e->item;
	struct mtu_shape s = tset_shape(&e->tset, item->peer.family);
	const struct sa_info *sa = p->env->outbound_sa && !item->manual ?
				   p->env->outbound_sa(p->env->ctx, item->id) : NULL;
	uint32_t link = iface_mtu(p, item->outside);

	/* R-FRAG-10: then the device holds whatever the interface would. */
	if (cuts_after(p, item->interface))
		return link;
	if (sa)
		tset_shape_of_sa(sa, &s);
	return mtu_inner(&s, link);
}

/* --- entries ---------------------------------------------------------------------------------- */

static void entry_complete(struct planner *p, struct plan_entry *e, const struct plan_iface *i)
{
	struct plan_item *item = e->item;

	find_peer(item);
	if (!*item->inactive)
		find_local(p, item, i);
	if (!find_tset(p, e))
		plan_inactive(item, "no usable transform set");
	if (!*item->inactive)
		find_acl(p, e);
	if (*item->inactive || p->ret)
		return;
	e->transport = e->tset.transport && between_peers(e);
	item->mtu = find_mtu(p, e);
	if (item->mtu < 68)
		plan_inactive(item, "the MTU of %s leaves no room for a packet", item->outside);
	else if (item->manual)
		add_manual_sas(p, e);
	if (*item->inactive || e->transport)
		return;
	add_device(p, e);
	add_policies(p, e);
}

static struct plan_entry *entry_new(struct planner *p, struct plan_item *item)
{
	size_t room = p->entry_room * 2 + 16;
	struct plan_entry *more;

	if (p->nentries == p->entry_room) {
		more = realloc(p->entry, room * sizeof(*more));
		if (!more) {
			plan_fail(p, -ENOMEM, NULL);
			return NULL;
		}
		p->entry = more;
		p->entry_room = room;
	}
	p->entry[p->nentries] = (struct plan_entry){ .item = item, .outside = p->plan->nflows - 1 };
	return &p->entry[p->nentries++];
}

static void entry_build(struct planner *p, struct plan_item *item, const struct plan_iface *i)
{
	struct plan_entry *e;

	if (node_has(item->node, "dynamic"))
		plan_inactive(item, "a dynamic entry waits for IKE, which is not built yet");
	if (!plan_usable(item, item->node))
		return;
	e = entry_new(p, item);
	if (!e)
		return;
	entry_complete(p, e, i);
	if (!*item->inactive && !p->ret)
		return;
	acl_fini(&e->acl);
	p->nentries--;
}

static struct plan_item *item_new(struct planner *p, const struct node *entry,
				  const struct plan_iface *i)
{
	struct plan_item *item = plan_item_new(p, PLAN_MAP, entry);

	if (!item)
		return NULL;
	item->interface = i->node;
	item->manual = node_has(entry, "ipsec-manual");
	snprintf(item->owner, sizeof(item->owner), "crypto map %.40s %u on %.30s",
		 node_name(entry), node_num(entry, "sequence", 0), i->name);
	memcpy(item->outside, i->dev, sizeof(item->outside));
	if (i->ours)
		plan_inactive(item, "a crypto map on %.40s: use tunnel protection", i->name);
	else if (!i->is)
		plan_inactive(item, "interface %.40s is not present", i->name);
	return item;
}

/* --- numbers ---------------------------------------------------------------------------------- */

static uint32_t hash_name(uint32_t h, const char *text)
{
	do
		h = (h ^ (unsigned char)*text) * 16777619u;
	while (*text++);
	return h;
}

static int compare_items(const void *x, const void *y)
{
	const struct plan_item *a = *(struct plan_item *const *)x;
	const struct plan_item *b = *(struct plan_item *const *)y;
	unsigned int s = node_num(a->node, "sequence", 0), t = node_num(b->node, "sequence", 0);
	int d = strcmp(a->outside, b->outside);

	d = d ? d : strcmp(node_name(a->node), node_name(b->node));
	return d ? d : (s > t) - (s < t);
}

/*
 * The number of an entry depends on what it is called, so that the next start,
 * and the other gateway of a pair, find it again. Two that fall together are set
 * apart in the order of their names.
 */
static void number_items(struct planner *p, struct plan_item **item, size_t n)
{
	uint8_t *used = calloc(NUMBERS / 8, 1);
	struct plan_item **sorted = calloc(n + 1, sizeof(struct plan_item *));
	uint32_t h;
	size_t i;

	if (!used || !sorted) {
		plan_fail(p, -ENOMEM, NULL);
		n = 0;
	}
	for (i = 0; i < n; i++)
		sorted[i] = item[i];
	if (n)
		qsort(sorted, n, sizeof(struct plan_item *), compare_items);
	for (i = 0; i < n; i++) {
		if (!sorted[i]->outside[0])
			continue;
		h = hash_name(hash_name(2166136261u, sorted[i]->outside),
			      node_name(sorted[i]->node));
		h = hash_name(h, node_arg(sorted[i]->node, "sequence"));
		for (h = (h ^ h >> 24) & (NUMBERS - 1); used[h / 8] >> h % 8 & 1;)
			h = (h + 1) & (NUMBERS - 1);
		used[h / 8] |= (uint8_t)(1 << h % 8);
		sorted[i]->id = XI_ID(XI_ID_MAP, h);
	}
	free(used);
	free(sorted);
}

/* --- interfaces ------------------------------------------------------------------------------- */

static void flows_new(struct planner *p, const struct plan_iface *i)
{
	struct plan *plan = p->plan;
	struct plan_flows *more = realloc(plan->flows, (plan->nflows + 1) * sizeof(*more));

	if (!more) {
		plan_fail(p, -ENOMEM, NULL);
		return;
	}
	plan->flows = more;
	plan->flows[plan->nflows] = (struct plan_flows){ .ifindex = i->is->ifindex };
	memcpy(plan->flows[plan->nflows++].outside, i->dev, IF_NAMESIZE);
	plan_guard(p, i->dev);
}

static const struct index_entry *map_of(const struct planner *p, const struct plan_iface *i,
					size_t *n)
{
	const struct node *m = check_child(i->node, "crypto map");

	*n = 0;
	return m ? index_find(p, O_MAP, node_arg(m, "map"), n) : NULL;
}

static void map_build(struct planner *p, const struct plan_iface *i, struct plan_item **item,
		      size_t n)
{
	size_t j;

	if (i->is && !p->ret)
		flows_new(p, i);
	for (j = 0; j < n && !p->ret; j++)
		entry_build(p, item[j], i);
}

void maps_build(struct planner *p)
{
	size_t first = p->plan->nitems, at, i, j, n;
	const struct index_entry *e;

	for (i = 0; i < p->nifaces; i++) {
		e = map_of(p, &p->iface[i], &n);
		for (j = 0; j < n && !p->ret; j++)
			item_new(p, e[j].node, &p->iface[i]);
	}
	if (!p->ret && p->plan->nitems > first)
		number_items(p, p->plan->item + first, p->plan->nitems - first);
	for (i = 0, at = first; i < p->nifaces && !p->ret; i++) {
		if (!map_of(p, &p->iface[i], &n) && !check_child(p->iface[i].node, "crypto map"))
			continue;
		map_build(p, &p->iface[i], n ? p->plan->item + at : NULL, n);
		at += n;
	}
}
