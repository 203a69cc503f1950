// SPDX-License-Identifier: Apache-2.0
/* XFRM policies: XFRM_MSG_NEWPOLICY, _UPDPOLICY, _DELPOLICY, _GETPOLICY. */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "user/kernel/kobj_msg.h"
#include "user/kernel/xfrm_compat.h"

void kobj_sel_write(const struct kobj_sel *sel, struct xfrm_selector *to)
{
	*to = (struct xfrm_selector){
		.sport = htons(sel->sport & sel->sport_mask),
		.sport_mask = htons(sel->sport_mask),
		.dport = htons(sel->dport & sel->dport_mask),
		.dport_mask = htons(sel->dport_mask),
		.family = sel->src.family,
		.prefixlen_s = sel->splen,
		.prefixlen_d = sel->dplen,
		.proto = sel->proto,
	};
	memcpy(&to->saddr, sel->src.b, sizeof(to->saddr));
	memcpy(&to->daddr, sel->dst.b, sizeof(to->daddr));
}

int kobj_sel_read(const struct xfrm_selector *from, struct kobj_sel *sel)
{
	if (from->family > UINT8_MAX || !kobj_addr_len((uint8_t)from->family))
		return -EAFNOSUPPORT;
	*sel = (struct kobj_sel){
		.src = addr_make((uint8_t)from->family, &from->saddr),
		.dst = addr_make((uint8_t)from->family, &from->daddr),
		.splen = from->prefixlen_s,
		.dplen = from->prefixlen_d,
		.proto = from->proto,
		.sport = ntohs(from->sport),
		.sport_mask = ntohs(from->sport_mask),
		.dport = ntohs(from->dport),
		.dport_mask = ntohs(from->dport_mask),
	};
	return 0;
}

/* validate_tmpl(): the addresses of a transport are those of what it is applied to. */
static void put_templates(struct nlmsghdr *nlh, const struct kobj_policy *p)
{
	struct xfrm_user_tmpl t[KOBJ_TMPL_MAX] = {};
	uint16_t family = p->sel.src.family;
	uint8_t i;

	for (i = 0; i < p->ntmpl; i++) {
		const struct kobj_tmpl *from = &p->tmpl[i];

		if (from->mode == XFRM_MODE_TUNNEL) {
			family = from->daddr.family;
			memcpy(&t[i].saddr, from->saddr.b, sizeof(t[i].saddr));
			memcpy(&t[i].id.daddr, from->daddr.b, sizeof(t[i].id.daddr));
		}
		t[i].family = family;
		t[i].id.proto = from->proto;
		t[i].reqid = from->reqid;
		t[i].mode = from->mode;
		t[i].optional = from->optional;
		/* Any algorithm: the request id names the SA. */
		t[i].aalgos = t[i].ealgos = t[i].calgos = UINT32_MAX;
	}
	if (p->ntmpl)
		mnl_attr_put(nlh, XFRMA_TMPL, p->ntmpl * sizeof(t[0]), t);
}

static void put_policy(struct nlmsghdr *nlh, const struct kobj_policy *p)
{
	struct xfrm_userpolicy_info info = {
		.lft = { .soft_byte_limit = XFRM_INF, .hard_byte_limit = XFRM_INF,
			 .soft_packet_limit = XFRM_INF, .hard_packet_limit = XFRM_INF },
		.priority = p->priority,
		.dir = p->dir,
		.action = p->action,
	};

	kobj_sel_write(&p->sel, &info.sel);
	/* In a batch, messages are aligned to 4, and this has numbers of 8. */
	memcpy(mnl_nlmsg_put_extra_header(nlh, sizeof(info)), &info, sizeof(info));
	put_templates(nlh, p);
}

static int policy_write(struct nlmsghdr *nlh, enum kobj_verb verb, const struct kobj *o,
			const struct kobj_world *w, struct err *e)
{
	const struct kobj_policy *p = &o->policy;
	struct xfrm_userpolicy_id *id;

	if (p->ntmpl > KOBJ_TMPL_MAX)
		return err_set(e, -E2BIG, "%u templates", p->ntmpl);
	if (verb == KOBJ_NEW || verb == KOBJ_SET) {
		nlh->nlmsg_type = verb == KOBJ_NEW ? XFRM_MSG_NEWPOLICY : XFRM_MSG_UPDPOLICY;
		put_policy(nlh, p);
	} else {
		nlh->nlmsg_type = verb == KOBJ_DROP ? XFRM_MSG_DELPOLICY : XFRM_MSG_GETPOLICY;
		id = mnl_nlmsg_put_extra_header(nlh, sizeof(*id));
		kobj_sel_write(&p->sel, &id->sel);
		id->dir = p->dir;
	}
	if (p->if_id)
		mnl_attr_put_u32(nlh, XFRMA_IF_ID, p->if_id);
	return 0;
}

static int templates_of(const struct nl_attr *a, struct kobj_policy *p)
{
	struct xfrm_user_tmpl t;
	size_t i, n = a->len / sizeof(t);

	if (a->len % sizeof(t))
		return -EBADMSG;
	if (n > KOBJ_TMPL_MAX)
		return -EAFNOSUPPORT;
	p->ntmpl = (uint8_t)n;
	for (i = 0; i < n; i++) {
		memcpy(&t, a->data + i * sizeof(t), sizeof(t));
		p->tmpl[i] = (struct kobj_tmpl){ .proto = t.id.proto, .mode = t.mode,
						 .reqid = t.reqid, .optional = t.optional };
		if (t.mode != XFRM_MODE_TUNNEL)
			continue;
		if (t.family != AF_INET && t.family != AF_INET6)
			return -EBADMSG;
		p->tmpl[i].saddr = addr_make((uint8_t)t.family, &t.saddr);
		p->tmpl[i].daddr = addr_make((uint8_t)t.family, &t.id.daddr);
	}
	return 0;
}

static int policy_read(const struct nlmsghdr *nlh, const struct kobj_world *w, struct kobj *o)
{
	struct xfrm_userpolicy_info p;
	struct xfrm_mark mark = {};
	bool strange = false;
	struct nl_attrs it;
	struct nl_attr a;
	int more, err;

	if (!nl_get_header(nlh, &p, sizeof(p)))
		return -EBADMSG;
	if (nlh->nlmsg_type != XFRM_MSG_NEWPOLICY)
		return -EAFNOSUPPORT;
	*o = (struct kobj){ .kind = KOBJ_POLICY };
	o->policy.dir = p.dir;
	o->policy.priority = p.priority;
	o->policy.action = p.action;
	err = kobj_sel_read(&p.sel, &o->policy.sel);
	if (err)
		return err;
	it = nl_attrs_of(nlh, sizeof(p));
	while ((more = nl_attr_next(&it, &a)) == 1) {
		if (a.type == XFRMA_TMPL)
			err = templates_of(&a, &o->policy);
		else if (a.type == XFRMA_IF_ID && !nl_attr_get(&a, &o->policy.if_id, 4))
			err = -EBADMSG;
		else if (a.type == XFRMA_MARK && !nl_attr_get(&a, &mark, sizeof(mark)))
			err = -EBADMSG;
		if (err == -EBADMSG)
			return err;
		strange |= err;	/* more templates than we ever make */
		err = 0;
	}
	if (more)
		return more;
	/* Per-socket policies (dir 3 and up) and those with a mark are found by other keys. */
	if (mark.m || p.dir > XFRM_POLICY_FWD)
		return -EAFNOSUPPORT;
	return strange || p.priority < XI_POLICY_FIRST || p.priority > XI_POLICY_LAST ? -ENOENT : 0;
}

const struct kobj_codec kobj_policy_codec = { .write = policy_write, .read = policy_read };
