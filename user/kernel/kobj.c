// SPDX-License-Identifier: Apache-2.0
#include "user/kernel/kobj.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/socket.h>

#include "user/kernel/xfrm_compat.h"

/* IP6_RT_PRIO_USER: what the kernel makes of an IPv6 route without a metric. */
#define IPV6_METRIC	1024

static bool same_prefix(const struct addr *a, uint8_t alen, const struct addr *b, uint8_t blen)
{
	return alen == blen && addr_equal(a, b);
}

/* Any is any, whether its family is said or not. */
static bool same_or_any(const struct addr *a, uint8_t alen, const struct addr *b, uint8_t blen)
{
	return (!alen && !blen) || same_prefix(a, alen, b, blen);
}

static uint32_t metric_of(const struct kobj_route *r)
{
	return r->dst.family == AF_INET6 && !r->metric ? IPV6_METRIC : r->metric;
}

/* --- keys --- */

static bool same_addr(const struct kobj_addr *a, const struct kobj_addr *b)
{
	return same_prefix(&a->addr, a->plen, &b->addr, b->plen) && !strcmp(a->dev, b->dev);
}

static bool same_sa(const struct xi_sa_key *a, const struct xi_sa_key *b)
{
	return a->spi == b->spi && a->proto == b->proto && a->family == b->family &&
	       !memcmp(a->daddr, b->daddr, sizeof(a->daddr));
}

static bool same_ports(const struct kobj_sel *a, const struct kobj_sel *b)
{
	return a->sport_mask == b->sport_mask && a->dport_mask == b->dport_mask &&
	       !((a->sport ^ b->sport) & a->sport_mask) &&
	       !((a->dport ^ b->dport) & a->dport_mask);
}

static bool same_policy(const struct kobj_policy *a, const struct kobj_policy *b)
{
	return a->dir == b->dir && a->if_id == b->if_id && a->sel.proto == b->sel.proto &&
	       same_prefix(&a->sel.src, a->sel.splen, &b->sel.src, b->sel.splen) &&
	       same_prefix(&a->sel.dst, a->sel.dplen, &b->sel.dst, b->sel.dplen) &&
	       same_ports(&a->sel, &b->sel);
}

static bool same_route(const struct kobj_route *a, const struct kobj_route *b)
{
	return same_prefix(&a->dst, a->plen, &b->dst, b->plen) && a->table == b->table &&
	       metric_of(a) == metric_of(b);
}

/* fib_rules.c: rule_exists() and rule_find() do not look at the target of a goto. */
static bool same_rule(const struct kobj_rule *a, const struct kobj_rule *b)
{
	return a->family == b->family && a->priority == b->priority &&
	       same_or_any(&a->src, a->splen, &b->src, b->splen) &&
	       same_or_any(&a->dst, a->dplen, &b->dst, b->dplen) && a->proto == b->proto &&
	       a->sport_lo == b->sport_lo && a->sport_hi == b->sport_hi &&
	       a->dport_lo == b->dport_lo && a->dport_hi == b->dport_hi &&
	       a->mark_mask == b->mark_mask && !((a->mark ^ b->mark) & a->mark_mask) &&
	       a->action == b->action && (a->action != KOBJ_RULE_TABLE || a->to == b->to);
}

bool kobj_same_key(const struct kobj *a, const struct kobj *b)
{
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case KOBJ_LINK:
		return !strcmp(a->link.name, b->link.name);
	case KOBJ_ADDR:
		return same_addr(&a->addr, &b->addr);
	case KOBJ_SA:
		return same_sa(&a->sa.key, &b->sa.key);
	case KOBJ_POLICY:
		return same_policy(&a->policy, &b->policy);
	case KOBJ_ROUTE:
		return same_route(&a->route, &b->route);
	case KOBJ_RULE:
		return same_rule(&a->rule, &b->rule);
	default:
		return false;
	}
}

static void mix(uint64_t *h, uint64_t v)
{
	*h = (*h ^ v) * 0x9e3779b97f4a7c15ULL;
	*h ^= *h >> 32;
}

static void mix_addr(uint64_t *h, const struct addr *a)
{
	uint64_t w[2];

	memcpy(w, a->b, sizeof(w));
	mix(h, w[0] ^ a->family);
	mix(h, w[1]);
}

static void mix_name(uint64_t *h, const char name[static IF_NAMESIZE])
{
	size_t i;

	for (i = 0; i < IF_NAMESIZE && name[i]; i++)
		mix(h, (unsigned char)name[i]);
}

/* Unlike from start to start: peers choose SPIs, and none shall choose our buckets. */
static uint64_t hash_seed(void)
{
	static uint64_t seed;
	const void *random = (const void *)getauxval(AT_RANDOM);

	if (!seed && random)
		memcpy(&seed, random, sizeof(seed));
	return seed;
}

/* What makes most objects unlike is enough: the rest is kobj_same_key()'s. */
uint64_t kobj_key_hash(const struct kobj *o)
{
	uint64_t h = hash_seed();

	mix(&h, o->kind);
	switch (o->kind) {
	case KOBJ_LINK:
		mix_name(&h, o->link.name);
		break;
	case KOBJ_ADDR:
		mix_name(&h, o->addr.dev);
		mix_addr(&h, &o->addr.addr);
		break;
	case KOBJ_SA:
		mix(&h, (uint64_t)o->sa.key.proto << 32 | o->sa.key.spi);
		mix(&h, (uint64_t)o->sa.key.daddr[3] << 8 | o->sa.key.daddr[15]);
		break;
	case KOBJ_POLICY:
		mix(&h, (uint64_t)o->policy.dir << 32 | o->policy.if_id);
		mix_addr(&h, &o->policy.sel.src);
		mix_addr(&h, &o->policy.sel.dst);
		mix(&h, (uint64_t)o->policy.sel.splen << 16 | (uint64_t)o->policy.sel.dplen << 8 |
			o->policy.sel.proto);
		mix(&h, (uint64_t)(o->policy.sel.sport & o->policy.sel.sport_mask) << 16 |
			(o->policy.sel.dport & o->policy.sel.dport_mask));
		break;
	case KOBJ_ROUTE:
		mix_addr(&h, &o->route.dst);
		mix(&h, (uint64_t)o->route.table << 8 | o->route.plen);
		break;
	case KOBJ_RULE:
		mix(&h, (uint64_t)o->rule.priority << 8 | o->rule.family);
		if (o->rule.splen)
			mix_addr(&h, &o->rule.src);
		if (o->rule.dplen)
			mix_addr(&h, &o->rule.dst);
		mix(&h, (uint64_t)o->rule.sport_lo << 32 | (uint64_t)o->rule.dport_lo << 16 |
			o->rule.proto);
		break;
	default:
		break;
	}
	return h;
}

/* --- what has to be done --- */

static bool equal_link(const struct kobj_link *a, const struct kobj_link *b)
{
	return a->type == b->type && (a->type != KOBJ_LINK_XFRM || a->if_id == b->if_id) &&
	       (!a->mtu || !b->mtu || a->mtu == b->mtu) && a->up == b->up &&
	       !strcmp(a->alias, b->alias);
}

/*
 * The direction follows from the destination address, which is of the key, and a
 * kernel before 6.10 does not tell it: so `inbound` is not compared. Of an
 * outbound SA the window, of an inbound one the outer DF bit, means nothing.
 */
static bool equal_sa_state(const struct kobj_sa *a, const struct kobj_sa *b)
{
	bool inbound = a->inbound || b->inbound;

	return addr_equal(&a->saddr, &b->saddr) && a->mode == b->mode && a->reqid == b->reqid &&
	       a->if_id == b->if_id && a->esn == b->esn &&
	       (inbound ? a->window == b->window : a->nopmtudisc == b->nopmtudisc) &&
	       a->encap_sport == b->encap_sport && a->encap_dport == b->encap_dport &&
	       a->out_mark == b->out_mark && a->soft_seconds == b->soft_seconds &&
	       a->hard_seconds == b->hard_seconds && a->soft_bytes == b->soft_bytes &&
	       a->hard_bytes == b->hard_bytes;
}

static bool equal_sa(const struct kobj_sa *a, const struct kobj_sa *b)
{
	return equal_sa_state(a, b) && !strcmp(a->enc, b->enc) && !strcmp(a->auth, b->auth) &&
	       !strcmp(a->aead, b->aead) && a->icv_bits == b->icv_bits &&
	       secret_equal(&a->enc_key, &b->enc_key) &&
	       secret_equal(&a->auth_key, &b->auth_key) &&
	       secret_equal(&a->aead_key, &b->aead_key);
}

static bool equal_tmpl(const struct kobj_tmpl *a, const struct kobj_tmpl *b)
{
	return a->proto == b->proto && a->mode == b->mode && a->reqid == b->reqid &&
	       a->optional == b->optional &&
	       (a->mode != XFRM_MODE_TUNNEL ||
		(addr_equal(&a->saddr, &b->saddr) && addr_equal(&a->daddr, &b->daddr)));
}

static bool equal_policy(const struct kobj_policy *a, const struct kobj_policy *b)
{
	uint8_t i;

	if (a->priority != b->priority || a->action != b->action || a->ntmpl != b->ntmpl)
		return false;
	for (i = 0; i < a->ntmpl && i < KOBJ_TMPL_MAX; i++)
		if (!equal_tmpl(&a->tmpl[i], &b->tmpl[i]))
			return false;
	return true;
}

static bool equal_route(const struct kobj_route *a, const struct kobj_route *b)
{
	if (a->type != b->type)
		return false;
	if (a->type != KOBJ_ROUTE_UNICAST)
		return true;
	if (!addr_equal(&a->via, &b->via) || a->mtu != b->mtu)
		return false;
	return !a->dev[0] || !b->dev[0] || !strcmp(a->dev, b->dev);
}

bool kobj_equal(const struct kobj *a, const struct kobj *b)
{
	if (!kobj_same_key(a, b))
		return false;
	switch (a->kind) {
	case KOBJ_LINK:
		return equal_link(&a->link, &b->link);
	case KOBJ_SA:
		return equal_sa(&a->sa, &b->sa);
	case KOBJ_POLICY:
		return equal_policy(&a->policy, &b->policy);
	case KOBJ_ROUTE:
		return equal_route(&a->route, &b->route);
	case KOBJ_RULE:
		return a->rule.action == KOBJ_RULE_NOP || a->rule.to == b->rule.to;
	default:
		return true;
	}
}

/* --- words --- */

struct words {
	char	*at;
	size_t	left;
};

static void say(struct words *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void say(struct words *w, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(w->at, w->left, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= w->left)
		n = w->left ? (int)w->left - 1 : 0;
	w->at += n;
	w->left -= (size_t)n;
}

static void say_prefix(struct words *w, const char *before, const struct addr *a, uint8_t plen)
{
	char text[ADDR_STR_MAX];

	if (!plen && addr_is_any(a))
		say(w, "%sany", before);
	else
		say(w, "%s%s/%u", before, addr_str(a, text), plen);
}

static void say_link(struct words *w, const struct kobj_link *l)
{
	say(w, "device %s", l->name);
	if (l->type == KOBJ_LINK_XFRM)
		say(w, " (xfrm, if_id 0x%x)", l->if_id);
	else
		say(w, " (dummy)");
}

static void say_sa(struct words *w, const struct kobj_sa *sa)
{
	struct addr daddr = addr_make(sa->key.family, sa->key.daddr);
	char text[ADDR_STR_MAX];

	say(w, "%s SA to %s SPI 0x%08x", sa->key.proto == IPPROTO_AH ? "AH" : "ESP",
	    addr_str(&daddr, text), ntohl(sa->key.spi));
}

static void say_port(struct words *w, const char *before, uint16_t port, uint16_t mask)
{
	if (mask == 0xffff)
		say(w, "%s%u", before, port);
	else if (mask)
		say(w, "%s0x%x/0x%x", before, port, mask);
}

static void say_policy(struct words *w, const struct kobj_policy *p)
{
	say(w, "policy %s",
	    p->dir == XFRM_POLICY_IN ? "in" : p->dir == XFRM_POLICY_OUT ? "out" : "fwd");
	say_prefix(w, " ", &p->sel.src, p->sel.splen);
	say_port(w, " port ", p->sel.sport, p->sel.sport_mask);
	say_prefix(w, " to ", &p->sel.dst, p->sel.dplen);
	say_port(w, " port ", p->sel.dport, p->sel.dport_mask);
	if (p->sel.proto)
		say(w, " protocol %u", p->sel.proto);
	if (p->if_id)
		say(w, " if_id 0x%x", p->if_id);
}

static void say_route(struct words *w, const struct kobj_route *r)
{
	char text[ADDR_STR_MAX];

	say(w, "route %s%s/%u", r->type == KOBJ_ROUTE_BLACKHOLE ? "blackhole " :
	    r->type == KOBJ_ROUTE_THROW ? "throw " : "", addr_str(&r->dst, text), r->plen);
	if (r->via.family)
		say(w, " via %s", addr_str(&r->via, text));
	if (r->dev[0])
		say(w, " dev %s", r->dev);
	say(w, " table %u", r->table);
	if (r->metric)
		say(w, " metric %u", r->metric);
}

static void say_ports(struct words *w, const char *before, uint16_t lo, uint16_t hi)
{
	if (lo && lo == hi)
		say(w, "%s%u", before, lo);
	else if (lo || hi)
		say(w, "%s%u-%u", before, lo, hi);
}

static void say_rule(struct words *w, const struct kobj_rule *r)
{
	say(w, "%s rule %u", r->family == AF_INET6 ? "IPv6" : "IPv4", r->priority);
	say_prefix(w, " from ", &r->src, r->splen);
	say_ports(w, " port ", r->sport_lo, r->sport_hi);
	say_prefix(w, " to ", &r->dst, r->dplen);
	say_ports(w, " port ", r->dport_lo, r->dport_hi);
	if (r->proto)
		say(w, " protocol %u", r->proto);
	if (r->mark_mask)
		say(w, " fwmark 0x%x/0x%x", r->mark, r->mark_mask);
	if (r->action == KOBJ_RULE_NOP)
		say(w, " nop");
	else
		say(w, " %s %u", r->action == KOBJ_RULE_GOTO ? "goto" : "table", r->to);
}

const char *kobj_str(const struct kobj *o, char buf[static KOBJ_STR_MAX])
{
	struct words w = { .at = buf, .left = KOBJ_STR_MAX };

	buf[0] = '\0';
	switch (o->kind) {
	case KOBJ_LINK:
		say_link(&w, &o->link);
		break;
	case KOBJ_ADDR:
		say_prefix(&w, "address ", &o->addr.addr, o->addr.plen);
		say(&w, " dev %s", o->addr.dev);
		break;
	case KOBJ_SA:
		say_sa(&w, &o->sa);
		break;
	case KOBJ_POLICY:
		say_policy(&w, &o->policy);
		break;
	case KOBJ_ROUTE:
		say_route(&w, &o->route);
		break;
	case KOBJ_RULE:
		say_rule(&w, &o->rule);
		break;
	default:
		break;
	}
	return buf;
}
