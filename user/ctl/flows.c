/* SPDX-License-Identifier: Apache-2.0 */
#include "user/ctl/flows.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/xfrm.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

/* One template of one policy, to be found by direction and request id. */
struct ref {
	const struct policy_info *pol;
	unsigned int	tmpl;
	uint8_t		dir;
	uint32_t	reqid;
};

struct refs {
	struct ref	*ref;
	size_t		n;
};

/* An SA and all that decides where it belongs. */
struct member {
	const struct sa_info *sa;
	bool		inbound;
	struct addr	local, remote;
	uint16_t	port;
	uint32_t	group;		/* request id of the policy's first template, else the SA's */
};

#define CMP(a, b)	(((a) > (b)) - ((a) < (b)))

static int cmp_ref(const void *x, const void *y)
{
	const struct ref *a = x, *b = y;
	int c = CMP(a->dir, b->dir);

	if (!c)
		c = CMP(a->reqid, b->reqid);
	if (!c)
		c = CMP(a->pol->index, b->pol->index);
	return c ? c : CMP(a->tmpl, b->tmpl);
}

static unsigned int ntmpl(const struct policy_info *p)
{
	const unsigned int max = sizeof(p->tmpl) / sizeof(p->tmpl[0]);

	return p->ntmpl < max ? p->ntmpl : max;
}

static int refs_build(const struct policy_info *pols, size_t npols, struct refs *r)
{
	size_t i, total = 0;
	unsigned int t;

	for (i = 0; i < npols; i++)
		total += ntmpl(&pols[i]);
	r->n = 0;
	r->ref = calloc(total + 1, sizeof(*r->ref));
	if (!r->ref)
		return -ENOMEM;
	for (i = 0; i < npols; i++) {
		if (pols[i].dir != XFRM_POLICY_IN && pols[i].dir != XFRM_POLICY_OUT)
			continue;	/* what is forwarded repeats what comes in */
		for (t = 0; t < ntmpl(&pols[i]); t++)
			r->ref[r->n++] = (struct ref){ &pols[i], t, pols[i].dir,
						       pols[i].tmpl[t].reqid };
	}
	qsort(r->ref, r->n, sizeof(*r->ref), cmp_ref);
	return 0;
}

/* The first template of this direction and request id. */
static size_t refs_first(const struct refs *r, uint8_t dir, uint32_t reqid)
{
	size_t lo = 0, hi = r->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = CMP(r->ref[mid].dir, dir);

		if (!c)
			c = CMP(r->ref[mid].reqid, reqid);
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool unset(const struct addr *a)
{
	return !a->family || addr_is_any(a);
}

static bool prefix_has(const struct addr *prefix, unsigned int plen, const struct addr *a)
{
	unsigned int whole = plen / 8, rest = plen % 8;

	if (!plen || unset(prefix))
		return true;
	if (prefix->family != a->family || plen > 128)
		return false;
	if (memcmp(prefix->b, a->b, whole))
		return false;
	return !rest || !((prefix->b[whole] ^ a->b[whole]) >> (8 - rest));
}

static bool is_tunnel(uint8_t mode)
{
	return mode == XFRM_MODE_TUNNEL || mode == XFRM_MODE_BEET;
}

static struct addr sa_daddr(const struct sa_info *sa)
{
	struct addr a = { .family = sa->key.family };

	memcpy(a.b, sa->key.daddr, sizeof(a.b));
	return a;
}

/*
 * As xfrm_tmpl_resolve_one() does: a tunnel template names the endpoints, also
 * for the transport templates around it; without one, they are the traffic's.
 */
static bool endpoints_fit(const struct ref *r, const struct sa_info *sa)
{
	struct addr daddr = sa_daddr(sa);
	int t;

	for (t = (int)r->tmpl; t >= 0; t--) {
		if (!is_tunnel(r->pol->tmpl[t].mode))
			continue;
		if (!unset(&r->pol->tmpl[t].daddr) &&
		    !addr_equal(&r->pol->tmpl[t].daddr, &daddr))
			return false;
		return unset(&r->pol->tmpl[t].saddr) ||
		       addr_equal(&r->pol->tmpl[t].saddr, &sa->saddr);
	}
	return prefix_has(&r->pol->sel.daddr, r->pol->sel.dplen, &daddr) &&
	       prefix_has(&r->pol->sel.saddr, r->pol->sel.splen, &sa->saddr);
}

static bool ref_fits(const struct ref *r, const struct sa_info *sa)
{
	uint32_t spi = r->pol->tmpl[r->tmpl].spi;
	uint8_t proto = r->pol->tmpl[r->tmpl].proto;

	if (proto && proto != sa->key.proto && proto != IPPROTO_RAW)
		return false;
	if (spi && spi != ntohl(sa->key.spi))
		return false;
	return r->pol->tmpl[r->tmpl].mode == sa->mode && r->pol->if_id == sa->if_id &&
	       endpoints_fit(r, sa);
}

/*
 * Calls `each` for the policies that use this SA until it returns true. A
 * template without a request id takes any.
 */
static const struct policy_info *each_policy(const struct refs *r, const struct sa_info *sa,
					     bool inbound,
					     bool (*each)(void *ctx, const struct policy_info *p),
					     void *ctx)
{
	uint8_t dir = inbound ? XFRM_POLICY_IN : XFRM_POLICY_OUT;
	uint32_t reqid[2] = { sa->reqid, 0 };
	unsigned int k, kinds = sa->reqid ? 2 : 1;
	size_t i;

	for (k = 0; k < kinds; k++) {
		for (i = refs_first(r, dir, reqid[k]); i < r->n; i++) {
			const struct ref *ref = &r->ref[i];

			if (ref->dir != dir || ref->reqid != reqid[k])
				break;
			if (ref_fits(ref, sa) && each(ctx, ref->pol))
				return ref->pol;
		}
	}
	return NULL;
}

static bool any_policy(void *ctx, const struct policy_info *p)
{
	(void)ctx;
	(void)p;
	return true;
}

static void member_init(struct member *m, const struct refs *r, const struct sa_info *sa,
			bool inbound)
{
	const struct policy_info *pol = each_policy(r, sa, inbound, any_policy, NULL);
	struct addr daddr = sa_daddr(sa);

	m->sa = sa;
	m->inbound = inbound;
	m->local = inbound ? daddr : sa->saddr;
	m->remote = inbound ? sa->saddr : daddr;
	m->port = sa->encap_type ? (inbound ? sa->encap_sport : sa->encap_dport) : 0;
	m->group = pol && pol->tmpl[0].reqid ? pol->tmpl[0].reqid : sa->reqid;
}

static void ts_of_selector(struct flow_ts *ts, const struct sa_selector *sel, bool inbound)
{
	memset(ts, 0, sizeof(*ts));
	ts->local = inbound ? sel->daddr : sel->saddr;
	ts->remote = inbound ? sel->saddr : sel->daddr;
	ts->local_plen = inbound ? sel->dplen : sel->splen;
	ts->remote_plen = inbound ? sel->splen : sel->dplen;
	ts->local_port = inbound ? sel->dport : sel->sport;
	ts->remote_port = inbound ? sel->sport : sel->dport;
	ts->proto = sel->proto;
}

static int cmp_addr(const struct addr *a, const struct addr *b)
{
	int c = CMP(a->family, b->family);

	return c ? c : memcmp(a->b, b->b, sizeof(a->b));
}

static int cmp_ts(const struct flow_ts *a, const struct flow_ts *b)
{
	int c = cmp_addr(&a->local, &b->local);

	if (!c)
		c = cmp_addr(&a->remote, &b->remote);
	if (!c)
		c = CMP(a->local_plen, b->local_plen);
	if (!c)
		c = CMP(a->remote_plen, b->remote_plen);
	if (!c)
		c = CMP(a->proto, b->proto);
	if (!c)
		c = CMP(a->local_port, b->local_port);
	return c ? c : CMP(a->remote_port, b->remote_port);
}

/* 0: of one flow. */
static int cmp_flow(const struct member *a, const struct member *b)
{
	struct flow_ts ta, tb;
	int c = cmp_addr(&a->local, &b->local);

	if (!c)
		c = cmp_addr(&a->remote, &b->remote);
	if (!c)
		c = CMP(a->group, b->group);
	if (!c)
		c = CMP(a->port, b->port);
	if (c || a->group)
		return c;
	ts_of_selector(&ta, &a->sa->sel, a->inbound);
	ts_of_selector(&tb, &b->sa->sel, b->inbound);
	c = cmp_ts(&ta, &tb);
	return c ? c : CMP(a->sa->if_id, b->sa->if_id);
}

static int proto_order(uint8_t proto)
{
	return proto == IPPROTO_ESP ? 0 : proto == IPPROTO_AH ? 1 : 2;
}

static int cmp_member(const void *x, const void *y)
{
	const struct member *a = x, *b = y;
	int c = cmp_flow(a, b);

	if (!c)
		c = CMP(b->inbound, a->inbound);
	if (!c)
		c = CMP(proto_order(a->sa->key.proto), proto_order(b->sa->key.proto));
	if (!c)
		c = CMP(b->sa->add_time, a->sa->add_time);
	return c ? c : CMP(ntohl(a->sa->key.spi), ntohl(b->sa->key.spi));
}

static bool add_ts(void *ctx, const struct policy_info *p)
{
	struct flow *f = ctx;
	struct flow_ts ts;
	unsigned int i;

	ts_of_selector(&ts, &p->sel, p->dir == XFRM_POLICY_IN);
	for (i = 0; i < f->nts; i++)
		if (!cmp_ts(&f->ts[i], &ts))
			return false;
	if (f->nts == FLOW_TS_MAX)
		f->ts_more++;
	else
		f->ts[f->nts++] = ts;
	return false;
}

/* From the policies that send, else those that receive, else from the SA itself. */
static void find_ts(struct flow *f, const struct refs *r)
{
	const struct sa_info *sa = f->sas[0].sa;
	int inbound;
	size_t i;

	for (inbound = 0; inbound <= 1 && !f->nts; inbound++)
		for (i = 0; i < f->nsas && !f->nts; i++)
			if (f->sas[i].inbound == inbound)
				each_policy(r, f->sas[i].sa, inbound, add_ts, f);
	if (f->nts) {
		f->ts_source = FLOW_TS_POLICY;
		return;
	}
	if (unset(&sa->sel.saddr) && unset(&sa->sel.daddr))
		return;
	f->ts_source = FLOW_TS_SA;
	f->nts = 1;
	ts_of_selector(&f->ts[0], &sa->sel, f->sas[0].inbound);
}

static void flow_init(struct flow *f, const struct member *m, size_t n, struct flow_sa *sas,
		      const struct refs *r)
{
	size_t i;

	f->local = m->local;
	f->remote = m->remote;
	f->remote_port = m->port;
	f->reqid = m->group;
	f->if_id = m->sa->if_id;
	f->sas = sas;
	f->nsas = n;
	for (i = 0; i < n; i++) {
		bool same = i && m[i].inbound == m[i - 1].inbound &&
			    m[i].sa->key.proto == m[i - 1].sa->key.proto;

		sas[i] = (struct flow_sa){ m[i].sa, m[i].inbound, same ? sas[i - 1].rank + 1 : 0 };
	}
	find_ts(f, r);
}

int flows_build(const struct sa_info *sas, const bool *inbound, size_t n,
		const struct policy_info *pols, size_t npols, struct flows *out)
{
	struct member *m = calloc(n + 1, sizeof(*m));
	struct refs refs = {};
	size_t i, first, nm = 0;
	int ret = -ENOMEM;

	memset(out, 0, sizeof(*out));
	out->sas = calloc(n + 1, sizeof(*out->sas));
	if (!m || !out->sas || refs_build(pols, npols, &refs))
		goto out;
	for (i = 0; i < n; i++)
		if (sas[i].key.spi)
			member_init(&m[nm++], &refs, &sas[i], inbound[i]);
	qsort(m, nm, sizeof(*m), cmp_member);
	for (i = 0; i < nm; i++)
		out->n += !i || cmp_flow(&m[i], &m[i - 1]);
	out->flow = calloc(out->n + 1, sizeof(*out->flow));
	if (!out->flow)
		goto out;
	out->n = 0;
	for (first = 0; first < nm; first = i) {
		for (i = first + 1; i < nm && !cmp_flow(&m[i], &m[first]); i++)
			;
		flow_init(&out->flow[out->n++], &m[first], i - first, &out->sas[first], &refs);
	}
	ret = 0;
out:
	if (ret)
		out->n = 0;
	free(refs.ref);
	free(m);
	return ret;
}

void flows_free(struct flows *f)
{
	free(f->flow);
	free(f->sas);
	memset(f, 0, sizeof(*f));
}

const struct flow_sa *flow_bundle_mate(const struct flow *f, const struct flow_sa *sa,
				       uint8_t proto)
{
	size_t i;

	for (i = 0; i < f->nsas; i++)
		if (f->sas[i].inbound == sa->inbound && f->sas[i].rank == sa->rank &&
		    f->sas[i].sa->key.proto == proto)
			return &f->sas[i];
	return NULL;
}
