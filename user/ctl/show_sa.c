/* SPDX-License-Identifier: Apache-2.0 */
/* `show crypto ipsec sa`: the kernel's SAs and policies, told as flows (R-SHOW-2). */
#include "user/ctl/show_sa.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/xfrm.h>
#include <netinet/in.h>
#include <string.h>

#include "user/ctl/answer.h"
#include "user/ctl/netif.h"
#include "user/ctl/sadb.h"
#include "user/kernel/rtnl.h"

/*
 * Flows in one answer. Making it stops the event loop (some 0.2 ms a flow), and
 * it is held in memory (30 KB a flow): 4096 are a second and 130 MB. Whoever has
 * more names a peer.
 */
#define MAX_FLOWS	4096

/* Packets of one direction; SAs that overlap in a rekey are added. */
struct traffic {
	uint64_t	packets[256];	/* by protocol */
	uint64_t	bytes;
	bool		digest;
	struct sa_counts all;
};

static void traffic_add(struct traffic *t, const struct bpf_maps *maps, const struct sa_info *sa)
{
	struct sa_counts c;

	sa_counts_get(maps, sa, &c);
	t->packets[sa->key.proto] += c.packets;
	if (sa->key.proto != IPPROTO_COMP)
		t->bytes += c.bytes;
	t->digest |= sa->auth.name[0] || sa->aead.name[0];
	t->all.integrity += c.integrity;
	t->all.replay += c.replay;
	t->all.replay_window += c.replay_window;
	t->all.xdp_duplicate += c.xdp_duplicate;
	t->all.xdp_too_old += c.xdp_too_old;
	t->all.xdp_seq_zero += c.xdp_seq_zero;
}

/* A packet of a bundle is counted by each of its SAs, but is one. */
static json_int_t packets_whole(const struct traffic *t)
{
	uint64_t esp = t->packets[IPPROTO_ESP], ah = t->packets[IPPROTO_AH];

	return answer_int(esp > ah ? esp : ah);
}

/* R-FRAG-8: packets that our device took and did not send, too big ones and those without an SA. */
static uint64_t send_errors(const struct plan_item *it)
{
	struct rtnl_link l;
	struct err e = {};

	if (!it || !it->dev[0] || rtnl_get_link(it->dev, &l, &e))
		return 0;
	return l.stats.tx_errors;
}

json_t *sa_counters_json(const struct gateway *gw, const struct sadb_entry *en)
{
	const struct bpf_maps maps = maps_of(&gw->guard);
	struct traffic in = {}, out = {};
	const struct flow *f = en->flow;
	uint64_t replay;
	size_t i;

	for (i = 0; f && i < f->nsas; i++)
		traffic_add(f->sas[i].inbound ? &in : &out, &maps, f->sas[i].sa);
	replay = sa_counts_replay(&in.all);
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I,"
			 " s:I, s:{s:I, s:I, s:I}, s:I}",
		"send-errors", answer_int(send_errors(en->item)),
		"encaps", packets_whole(&out),
		"encrypt", answer_int(out.packets[IPPROTO_ESP]),
		"digest", out.digest ? packets_whole(&out) : 0,
		"decaps", packets_whole(&in),
		"decrypt", answer_int(in.packets[IPPROTO_ESP]),
		"verify", in.digest ? packets_whole(&in) : 0,
		"compressed", answer_int(out.packets[IPPROTO_COMP]),
		"decompressed", answer_int(in.packets[IPPROTO_COMP]),
		"bytes-out", answer_int(out.bytes), "bytes-in", answer_int(in.bytes),
		"recv-errors", answer_int(replay + in.all.integrity),
		"verify-failed", answer_int(in.all.integrity),
		"replay-failed", answer_int(replay),
		"replay-failed-xdp", "duplicate", answer_int(in.all.xdp_duplicate),
		"too-old", answer_int(in.all.xdp_too_old),
		"sequence-zero", answer_int(in.all.xdp_seq_zero),
		"replay-failed-kernel", answer_int(in.all.replay + in.all.replay_window));
}

static json_t *prefix_json(const struct addr *a, unsigned int plen, uint8_t family)
{
	struct addr shown = a->family ? *a : (struct addr){ .family = family };
	char text[ADDR_STR_MAX];

	return json_sprintf("%s/%u", addr_str(&shown, text), plen);
}

static json_t *ts_json(const struct flow_ts *t, uint8_t family)
{
	return json_pack("{s:o, s:o, s:i, s:i, s:i}",
			 "local-prefix", prefix_json(&t->local, t->local_plen, family),
			 "remote-prefix", prefix_json(&t->remote, t->remote_plen, family),
			 "inner-protocol", t->proto, "local-port", t->local_port,
			 "remote-port", t->remote_port);
}

/* Without policy and selector, an SA in transport mode still protects its endpoints only. */
static struct flow_ts ts_fallback(const struct flow *f)
{
	struct flow_ts t = { .local = { .family = f->local.family },
			     .remote = { .family = f->remote.family } };

	if (f->sas[0].sa->mode == XFRM_MODE_TRANSPORT) {
		t.local = f->local;
		t.remote = f->remote;
		t.local_plen = t.remote_plen = f->local.family == AF_INET ? 32 : 128;
	}
	return t;
}

static json_t *ts_list_json(const struct flow_ts *ts, unsigned int n, uint8_t family)
{
	json_t *list = json_array();
	unsigned int i;

	for (i = 0; i < n; i++)
		json_array_append_new(list, ts_json(&ts[i], family));
	return list;
}

/* What is configured, else what the kernel has. */
json_t *sa_idents_json(const struct sadb *s, const struct sadb_entry *en, unsigned int *more,
		       const char **source)
{
	const struct flow *f = en->flow;
	struct sadb_idents own = {};
	struct flow_ts any;

	if (en->item)
		sadb_idents(s, en->item, &own);
	if (own.n || !f) {
		*source = "acl";
		*more = own.more;
		return ts_list_json(own.ts, own.n, own.n ? own.ts[0].local.family : AF_INET);
	}
	*source = f->ts_source == FLOW_TS_POLICY ? "policy" :
		  f->ts_source == FLOW_TS_SA ? "sa" : "none";
	*more = f->ts_more;
	if (f->nts)
		return ts_list_json(f->ts, f->nts, f->local.family);
	any = ts_fallback(f);
	return ts_list_json(&any, 1, f->local.family);
}

/* The SA that the kernel sends with: the newest of the outermost protocol. */
static json_int_t outbound_spi(const struct flow *f)
{
	json_int_t spi = 0;
	size_t i;

	for (i = 0; f && i < f->nsas && !spi; i++)
		if (!f->sas[i].inbound && !f->sas[i].rank)
			spi = ntohl(f->sas[i].sa->key.spi);
	return spi;
}

static bool is_guarded(const struct guard *g, const char *name)
{
	unsigned int i;

	for (i = 0; i < g->nifs; i++)
		if (!strcmp(g->ifs[i].name, name))
			return true;
	return false;
}

/* What is known from the configuration; nothing of an SA that somebody else keyed. */
static json_t *item_json(const struct plan_item *it)
{
	if (!it)
		return json_pack("{s:s, s:n, s:n, s:n, s:n}", "origin", "kernel", "sequence",
				 "manual", "device", "inactive");
	return json_pack("{s:s, s:o, s:b, s:o, s:o}", "origin", "acl",
			 "sequence", it->kind == PLAN_MAP ?
				json_integer(node_num(it->node, "sequence", 0)) : json_null(),
			 "manual", it->manual,
			 "device", it->dev[0] ? answer_text(it->dev) : json_null(),
			 "inactive", it->inactive[0] ? answer_text(it->inactive) : json_null());
}

/* Of the way to the peer, and of the device that it begins with. */
static json_t *mtu_json(const struct sadb_entry *en, const char *device)
{
	struct addr local = sadb_local(en), remote = sadb_remote(en);
	unsigned int path = 0, media = netif_mtu(device);

	if (local.family && remote.family)
		path = netif_path_mtu(&local, &remote);
	return json_pack("{s:i, s:i}", "path-mtu", (int)(path ? path : media), "media-mtu",
			 (int)media);
}

static void update(json_t *o, json_t *more)
{
	json_object_update(o, more);
	json_decref(more);
}

static json_t *head_json(const struct sadb *s, const struct sadb_entry *en)
{
	struct addr local = sadb_local(en), remote = sadb_remote(en);
	const struct flow *f = en->flow;
	char name[48], device[IF_NAMESIZE], tag[ITEM_TAG_MAX];
	json_t *idents, *o;
	const char *source;
	unsigned int more;

	idents = sa_idents_json(s, en, &more, &source);
	sadb_device(s, en, device);
	o = json_pack("{s:o, s:o, s:b, s:s, s:I, s:I, s:{s:o, s:o, s:i}, s:s, s:i, s:o, s:I, s:o}",
		"interface", answer_text(sadb_interface(s, en, name)),
		"interface-device", answer_text(device),
		"guarded", is_guarded(&s->gw->guard, device),
		"crypto-map-tag", sadb_tag(en, tag),
		"reqid", (json_int_t)(f ? f->reqid : en->item->id),
		"if-id", (json_int_t)(f ? f->if_id : en->item->id),
		"tunnel", "local", answer_addr(&local), "remote", answer_addr(&remote),
		"remote-port", f ? f->remote_port : 0,
		"traffic-selector-source", source, "traffic-selectors-more", (int)more,
		"traffic-selectors", idents,
		"current-outbound-spi", outbound_spi(f),
		"current-outbound-spi-hex", answer_spi((uint32_t)outbound_spi(f)));
	update(o, item_json(en->item));
	update(o, mtu_json(en, device));
	return o;
}

static json_t *sa_list_json(const struct guard *g, const struct flow *f, bool inbound,
			    uint8_t proto)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; f && i < f->nsas; i++)
		if (f->sas[i].inbound == inbound && f->sas[i].sa->key.proto == proto)
			json_array_append_new(list, sa_json(g, f, &f->sas[i]));
	return list;
}

static json_t *entry_json(const struct sadb *s, const struct sadb_entry *en)
{
	const struct guard *g = &s->gw->guard;
	const struct flow *f = en->flow;
	json_t *o = head_json(s, en);

	update(o, json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
			    "counters", sa_counters_json(s->gw, en),
			    "inbound-esp-sas", sa_list_json(g, f, true, IPPROTO_ESP),
			    "inbound-ah-sas", sa_list_json(g, f, true, IPPROTO_AH),
			    "inbound-pcp-sas", sa_list_json(g, f, true, IPPROTO_COMP),
			    "outbound-esp-sas", sa_list_json(g, f, false, IPPROTO_ESP),
			    "outbound-ah-sas", sa_list_json(g, f, false, IPPROTO_AH),
			    "outbound-pcp-sas", sa_list_json(g, f, false, IPPROTO_COMP)));
	return o;
}

/* The selectors of the command, NULL each when not given. */
static bool wanted(const struct sadb *s, const struct sadb_entry *en, const struct command *c)
{
	const char *peer = command_arg(c, "address"), *map = command_arg(c, "map"),
		   *interface = command_arg(c, "interface");
	char tag[ITEM_TAG_MAX], name[48], device[IF_NAMESIZE];
	struct addr a = {}, remote = sadb_remote(en);

	if (peer)
		return addr_parse(peer, &a) && addr_equal(&a, &remote);
	if (map)
		return !strcmp(sadb_tag(en, tag), map);
	if (!interface)
		return true;
	if (!strcmp(sadb_device(s, en, device), interface) ||
	    (en->item && en->item->dev[0] && !strcmp(en->item->dev, interface)))
		return true;
	return item_is_named(s->gw, sadb_interface(s, en, name), interface);
}

json_t *answer_sa(struct gateway *gw, const struct command *c, struct err *e)
{
	json_t *list = json_array(), *result = NULL;
	bool more = false;
	struct sadb s;
	size_t i;

	if (sadb_init(&s, gw, e)) {
		json_decref(list);
		goto out;
	}
	for (i = 0; i < s.n && !more; i++) {
		if (!wanted(&s, &s.entry[i], c))
			continue;
		more = json_array_size(list) == MAX_FLOWS;
		if (!more)
			json_array_append_new(list, entry_json(&s, &s.entry[i]));
	}
	result = json_pack("{s:b, s:o}", "truncated", more || sadb_is_cut(&s), "flows", list);
out:
	sadb_fini(&s);
	return result;
}
