// SPDX-License-Identifier: Apache-2.0
#include "user/ctl/sadb.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Both directions, and a rekey under way; beyond it the answer says "truncated". */
#define MAX_SA		XI_SLOTS_MAX
#define MAX_POLICY	(2 * XI_SLOTS_MAX)

static int pile_add(struct sadb_pile *p, const void *item)
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

static int build_flows(struct sadb *s, struct err *e)
{
	const struct sa_info *sas = (const struct sa_info *)s->sas.p;
	const struct guard *g = &s->gw->guard;
	bool *inbound = calloc(s->sas.n + 1, sizeof(*inbound));
	int ret = -ENOMEM;
	size_t i;

	if (inbound) {
		for (i = 0; i < s->sas.n; i++)
			inbound[i] = g->sad && sad_is_inbound(g->sad, &sas[i]);
		ret = flows_build(sas, inbound, s->sas.n,
				  (const struct policy_info *)s->pols.p, s->pols.n, &s->flows);
	}
	free(inbound);
	return ret ? err_set(e, ret, "out of memory for %zu SAs", s->sas.n) : 0;
}

static int dump(struct sadb *s, struct err *e)
{
	struct xfrm_nl *nl = s->gw->guard.xfrm;
	int ret;

	if (!nl)
		return 0;
	ret = xfrm_nl_dump_sa(nl, add_sa, &s->sas, e);
	if (!ret)
		ret = xfrm_nl_dump_policy(nl, add_policy, &s->pols, e);
	return ret ? ret : build_flows(s, e);
}

static int compare_entries(const void *x, const void *y)
{
	const struct sadb_entry *a = x, *b = y;

	return (a->at > b->at) - (a->at < b->at);
}

/* Flows with their items; then the items that no flow stands for. */
static int join(struct sadb *s, struct err *e)
{
	const struct plan *p = &s->gw->plan;
	size_t room = s->flows.n + p->nitems, i, at;
	bool *seen = calloc(p->nitems + 1, sizeof(*seen));

	s->entry = calloc(room + 1, sizeof(*s->entry));
	if (!seen || !s->entry) {
		free(seen);
		return err_set(e, -ENOMEM, "out of memory");
	}
	for (i = 0; i < s->flows.n; i++) {
		const struct flow *f = &s->flows.flow[i];
		const struct plan_item *item = items_of_sa(&s->items, f->reqid, f->if_id, &at);

		if (item)
			seen[at] = true;
		s->entry[s->n++] = (struct sadb_entry){ item, f, item ? at : p->nitems + i };
	}
	for (i = 0; i < p->nitems; i++)
		if (!seen[i] && item_has_flow(p->item[i]))
			s->entry[s->n++] = (struct sadb_entry){ p->item[i], NULL, i };
	qsort(s->entry, s->n, sizeof(*s->entry), compare_entries);
	free(seen);
	return 0;
}

int sadb_init(struct sadb *s, struct gateway *gw, struct err *e)
{
	int ret;

	*s = (struct sadb){
		.gw = gw,
		.sas = { .size = sizeof(struct sa_info), .max = MAX_SA },
		.pols = { .size = sizeof(struct policy_info), .max = MAX_POLICY },
	};
	ret = dump(s, e);
	if (ret)
		return ret;
	if (defs_init(&s->defs, gw->running) || items_init(&s->items, &gw->plan))
		return err_set(e, -ENOMEM, "out of memory");
	return join(s, e);
}

void sadb_fini(struct sadb *s)
{
	flows_free(&s->flows);
	defs_fini(&s->defs);
	items_fini(&s->items);
	free(s->entry);
	free(s->sas.p);
	free(s->pols.p);
}

bool sadb_is_cut(const struct sadb *s)
{
	return s->sas.full || s->pols.full;
}

/* --- names ------------------------------------------------------------------------------------ */

/* A name that stays while the tunnel is there; nobody configured one here. */
const char *sadb_tag(const struct sadb_entry *en, char buf[static ITEM_TAG_MAX])
{
	if (en->item)
		return item_tag(en->item, buf);
	if (en->flow->reqid)
		snprintf(buf, ITEM_TAG_MAX, "kernel-reqid-%u", en->flow->reqid);
	else if (en->flow->if_id)
		snprintf(buf, ITEM_TAG_MAX, "kernel-if-id-%u", en->flow->if_id);
	else
		snprintf(buf, ITEM_TAG_MAX, "kernel");
	return buf;
}

const char *sadb_device(const struct sadb *s, const struct sadb_entry *en,
			char buf[static IF_NAMESIZE])
{
	const struct guard *g = &s->gw->guard;
	struct addr local = sadb_local(en);
	int ifindex = g->sad ? sad_addr_ifindex(g->sad, &local) : 0;

	if (en->item && en->item->outside[0])
		snprintf(buf, IF_NAMESIZE, "%s", en->item->outside);
	else if (!ifindex || !if_indextoname((unsigned int)ifindex, buf))
		strcpy(buf, "-");
	return buf;
}

const char *sadb_interface(const struct sadb *s, const struct sadb_entry *en, char buf[static 48])
{
	char device[IF_NAMESIZE];

	if (en->item)
		snprintf(buf, 48, "%s", item_interface(en->item));
	else
		snprintf(buf, 48, "%s", sadb_device(s, en, device));
	return buf;
}

struct addr sadb_local(const struct sadb_entry *en)
{
	return en->flow ? en->flow->local : en->item->local;
}

struct addr sadb_remote(const struct sadb_entry *en)
{
	return en->flow ? en->flow->remote : en->item->peer;
}

unsigned int sadb_count(const struct sadb_entry *en, bool inbound)
{
	unsigned int n = 0;
	size_t i;

	for (i = 0; en->flow && i < en->flow->nsas; i++)
		n += en->flow->sas[i].inbound == inbound;
	return n;
}

/* --- what is protected ------------------------------------------------------------------------ */

static void add_ident(void *ctx, const struct node *line)
{
	struct sadb_idents *out = ctx;
	struct acl_ident id;

	if (!acl_ident_of(line, &id))
		return;
	if (out->n == SADB_IDENTS_MAX) {
		out->more++;
		return;
	}
	out->ts[out->n++] = (struct flow_ts){
		.local = id.src, .remote = id.dst, .local_plen = id.splen,
		.remote_plen = id.dplen, .proto = id.proto, .local_port = id.sport,
		.remote_port = id.dport,
	};
}

void sadb_idents(const struct sadb *s, const struct plan_item *item, struct sadb_idents *out)
{
	const struct node *match, *mode;

	*out = (struct sadb_idents){};
	if (item->kind == PLAN_MAP) {
		match = defs_child(item->node, "match address");
		defs_acl(&s->defs, match ? node_arg(match, "list") : NULL, add_ident, out);
		return;
	}
	mode = defs_child(item->node, "tunnel mode");
	out->n = 1;
	out->ts[0].local.family = mode && node_has(mode, "ipv6") ? AF_INET6 : AF_INET;
	out->ts[0].remote.family = out->ts[0].local.family;
}
