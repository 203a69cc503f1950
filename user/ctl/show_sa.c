/* SPDX-License-Identifier: Apache-2.0 */
/* `show crypto ipsec sa`: the kernel's SAs and policies, told as flows (R-SHOW-2). */
#include "user/ctl/show_sa.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/xfrm.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "user/ctl/answer.h"
#include "user/ctl/netif.h"

/* Both directions, and a rekey under way; beyond it the answer says "truncated". */
#define MAX_SA		XI_SLOTS_MAX
#define MAX_POLICY	(2 * XI_SLOTS_MAX)

/*
 * Flows in one answer. Making it stops the event loop (some 0.2 ms a flow), and
 * it is held in memory (30 KB a flow): 4096 are a second and 130 MB. Whoever has
 * more names a peer.
 */
#define MAX_FLOWS	4096

/* A growing array of one type, filled by a dump. */
struct pile {
	char	*p;
	size_t	n, room, size, max;
	bool	full;
};

static int pile_add(struct pile *p, const void *item)
{
	if (p->n == p->max) {
		p->full = true;
		return 0;
	}
	if (p->n == p->room) {
		size_t room = p->room ? 2 * p->room : 64;
		char *more = reallocarray(p->p, room, p->size);

		if (!more)
			return -ENOMEM;
		p->p = more;
		p->room = room;
	}
	memcpy(p->p + p->n++ * p->size, item, p->size);
	return 0;
}

static int add_sa(void *ctx, const struct sa_info *sa)
{
	return pile_add(ctx, sa);
}

static int add_policy(void *ctx, const struct policy_info *p)
{
	return p->ntmpl ? pile_add(ctx, p) : 0;
}

struct view {
	struct pile	sas, pols;
	struct flows	flows;
};

static void view_fini(struct view *v)
{
	flows_free(&v->flows);
	free(v->sas.p);
	free(v->pols.p);
}

static int build(struct guard *g, struct view *v, struct err *e)
{
	const struct sa_info *sas = (const struct sa_info *)v->sas.p;
	bool *inbound = calloc(v->sas.n + 1, sizeof(*inbound));
	int ret = -ENOMEM;
	size_t i;

	if (inbound) {
		for (i = 0; i < v->sas.n; i++)
			inbound[i] = g->sad && sad_is_inbound(g->sad, &sas[i]);
		ret = flows_build(sas, inbound, v->sas.n,
				  (const struct policy_info *)v->pols.p, v->pols.n, &v->flows);
	}
	free(inbound);
	return ret ? err_set(e, ret, "out of memory for %zu SAs", v->sas.n) : 0;
}

static int view_init(struct guard *g, struct view *v, struct err *e)
{
	int ret;

	*v = (struct view){
		.sas = { .size = sizeof(struct sa_info), .max = MAX_SA },
		.pols = { .size = sizeof(struct policy_info), .max = MAX_POLICY },
	};
	if (!g->xfrm)
		return 0;
	ret = xfrm_nl_dump_sa(g->xfrm, add_sa, &v->sas, e);
	if (!ret)
		ret = xfrm_nl_dump_policy(g->xfrm, add_policy, &v->pols, e);
	return ret ? ret : build(g, v, e);
}

/* Packets of one direction; SAs that overlap in a rekey are added. */
struct traffic {
	uint64_t	packets[256];	/* by protocol */
	uint64_t	bytes;
	bool		digest;
	uint64_t	replay, integrity, xdp_dup, xdp_old, xdp_zero, kernel;
};

static void traffic_add(struct traffic *t, const struct bpf_maps *maps, const struct sa_info *sa)
{
	struct replay_drops d;

	replay_drops_get(maps, sa, &d);
	t->packets[sa->key.proto] += sa->packets;
	if (sa->key.proto != IPPROTO_COMP)
		t->bytes += sa->bytes;
	t->digest |= sa->auth.name[0] || sa->aead.name[0];
	t->replay += replay_drops_sum(&d);
	t->xdp_dup += d.xdp.duplicate;
	t->xdp_old += d.xdp.too_old;
	t->xdp_zero += d.xdp.seq_zero;
	t->kernel += d.kernel;
	t->integrity += sa->stat_integrity_failed;
}

/* A packet of a bundle is counted by each of its SAs, but is one. */
static json_int_t packets_whole(const struct traffic *t)
{
	uint64_t esp = t->packets[IPPROTO_ESP], ah = t->packets[IPPROTO_AH];

	return answer_int(esp > ah ? esp : ah);
}

static json_t *counters_json(const struct flow *f, const struct bpf_maps *maps)
{
	struct traffic in = {}, out = {};
	size_t i;

	for (i = 0; i < f->nsas; i++)
		traffic_add(f->sas[i].inbound ? &in : &out, maps, f->sas[i].sa);
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I,"
			 " s:{s:I, s:I, s:I}, s:I}",
		"encaps", packets_whole(&out),
		"encrypt", answer_int(out.packets[IPPROTO_ESP]),
		"digest", out.digest ? packets_whole(&out) : 0,
		"decaps", packets_whole(&in),
		"decrypt", answer_int(in.packets[IPPROTO_ESP]),
		"verify", in.digest ? packets_whole(&in) : 0,
		"compressed", answer_int(out.packets[IPPROTO_COMP]),
		"decompressed", answer_int(in.packets[IPPROTO_COMP]),
		"bytes-out", answer_int(out.bytes), "bytes-in", answer_int(in.bytes),
		"recv-errors", answer_int(in.replay + in.integrity),
		"verify-failed", answer_int(in.integrity),
		"replay-failed", answer_int(in.replay),
		"replay-failed-xdp", "duplicate", answer_int(in.xdp_dup),
		"too-old", answer_int(in.xdp_old), "sequence-zero", answer_int(in.xdp_zero),
		"replay-failed-kernel", answer_int(in.kernel));
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

static json_t *idents_json(const struct flow *f)
{
	json_t *list = json_array();
	unsigned int i;

	for (i = 0; i < f->nts; i++)
		json_array_append_new(list, ts_json(&f->ts[i], f->local.family));
	if (!f->nts) {
		struct flow_ts any = ts_fallback(f);

		json_array_append_new(list, ts_json(&any, f->local.family));
	}
	return list;
}

/* The SA that the kernel sends with: the newest of the outermost protocol. */
static json_int_t outbound_spi(const struct flow *f)
{
	json_int_t spi = 0;
	size_t i;

	for (i = 0; i < f->nsas && !spi; i++)
		if (!f->sas[i].inbound && !f->sas[i].rank)
			spi = ntohl(f->sas[i].sa->key.spi);
	return spi;
}

/* A name that stays while the tunnel is there; nobody configured one here. */
static void flow_tag(const struct flow *f, char tag[static 32])
{
	if (f->reqid)
		snprintf(tag, 32, "kernel-reqid-%u", f->reqid);
	else if (f->if_id)
		snprintf(tag, 32, "kernel-if-id-%u", f->if_id);
	else
		snprintf(tag, 32, "kernel");
}

static void flow_interface(const struct guard *g, const struct flow *f, char name[IF_NAMESIZE])
{
	int ifindex = g->sad ? sad_addr_ifindex(g->sad, &f->local) : 0;

	if (!ifindex || !if_indextoname((unsigned int)ifindex, name))
		strcpy(name, "-");
}

static bool is_guarded(const struct guard *g, const char *name)
{
	unsigned int i;

	for (i = 0; i < g->nifs; i++)
		if (!strcmp(g->ifs[i].name, name))
			return true;
	return false;
}

static json_t *head_json(const struct guard *g, const struct flow *f)
{
	unsigned int path = netif_path_mtu(&f->local, &f->remote), media;
	char name[IF_NAMESIZE], tag[32];

	flow_interface(g, f, name);
	flow_tag(f, tag);
	media = netif_mtu(name);
	return json_pack("{s:o, s:b, s:s, s:I, s:I, s:{s:o, s:o, s:i}, s:s, s:i, s:o, s:i, s:i,"
			 " s:I, s:o}",
		"interface", answer_text(name), "guarded", is_guarded(g, name),
		"crypto-map-tag", tag, "reqid", (json_int_t)f->reqid,
		"if-id", (json_int_t)f->if_id,
		"tunnel", "local", answer_addr(&f->local), "remote", answer_addr(&f->remote),
		"remote-port", f->remote_port,
		"traffic-selector-source",
		f->ts_source == FLOW_TS_POLICY ? "policy" :
			f->ts_source == FLOW_TS_SA ? "sa" : "none",
		"traffic-selectors-more", (int)f->ts_more, "traffic-selectors", idents_json(f),
		"path-mtu", (int)(path ? path : media), "media-mtu", (int)media,
		"current-outbound-spi", outbound_spi(f),
		"current-outbound-spi-hex", answer_spi((uint32_t)outbound_spi(f)));
}

static json_t *sa_list_json(const struct guard *g, const struct flow *f, bool inbound,
			    uint8_t proto)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < f->nsas; i++)
		if (f->sas[i].inbound == inbound && f->sas[i].sa->key.proto == proto)
			json_array_append_new(list, sa_json(g, f, &f->sas[i]));
	return list;
}

static json_t *flow_json(const struct guard *g, const struct flow *f)
{
	struct bpf_maps maps = maps_of(g);
	json_t *o = head_json(g, f), *rest;

	rest = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
			 "counters", counters_json(f, &maps),
			 "inbound-esp-sas", sa_list_json(g, f, true, IPPROTO_ESP),
			 "inbound-ah-sas", sa_list_json(g, f, true, IPPROTO_AH),
			 "inbound-pcp-sas", sa_list_json(g, f, true, IPPROTO_COMP),
			 "outbound-esp-sas", sa_list_json(g, f, false, IPPROTO_ESP),
			 "outbound-ah-sas", sa_list_json(g, f, false, IPPROTO_AH),
			 "outbound-pcp-sas", sa_list_json(g, f, false, IPPROTO_COMP));
	json_object_update(o, rest);
	json_decref(rest);
	return o;
}

/* The selectors of the command, NULL each when not given. */
static bool wanted(const struct guard *g, const struct flow *f, const struct command *c)
{
	const char *peer = command_arg(c, "address"), *map = command_arg(c, "map"),
		   *interface = command_arg(c, "interface");
	char text[32];
	struct addr a = {};

	if (peer)
		return addr_parse(peer, &a) && addr_equal(&a, &f->remote);
	if (map) {
		flow_tag(f, text);
		return !strcmp(text, map);
	}
	if (interface) {
		flow_interface(g, f, text);
		return !strcmp(text, interface);
	}
	return true;
}

json_t *answer_sa(struct gateway *gw, const struct command *c, struct err *e)
{
	struct guard *g = &gw->guard;
	json_t *list = json_array(), *result = NULL;
	bool more = false;
	struct view v;
	size_t i;

	if (view_init(g, &v, e)) {
		json_decref(list);
		goto out;
	}
	for (i = 0; i < v.flows.n && !more; i++) {
		if (!wanted(g, &v.flows.flow[i], c))
			continue;
		more = json_array_size(list) == MAX_FLOWS;
		if (!more)
			json_array_append_new(list, flow_json(g, &v.flows.flow[i]));
	}
	result = json_pack("{s:b, s:o}", "truncated", more || v.sas.full || v.pols.full, "flows",
			   list);
out:
	view_fini(&v);
	return result;
}
