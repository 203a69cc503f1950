// SPDX-License-Identifier: Apache-2.0
/* Routing rules: RTM_NEWRULE, RTM_DELRULE (net/core/fib_rules.c). */
#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "user/kernel/kobj_msg.h"

static void put_prefix(struct nlmsghdr *nlh, uint16_t type, const struct addr *a, uint8_t plen,
		       uint8_t family)
{
	if (plen)
		mnl_attr_put(nlh, type, kobj_addr_len(family), a->b);
}

/* fib_rule_port_range_valid(): neither port 0 nor 65535 can be in a range. */
static int put_ports(struct nlmsghdr *nlh, uint16_t type, uint16_t lo, uint16_t hi, struct err *e)
{
	struct fib_rule_port_range range = { .start = lo, .end = hi };

	if (!lo && !hi)
		return 0;
	if (!lo || hi == 0xffff || lo > hi)
		return err_set(e, -ERANGE, "ports of a rule are 1 to 65534");
	mnl_attr_put(nlh, type, sizeof(range), &range);
	return 0;
}

static int put_selector(struct nlmsghdr *nlh, const struct kobj_rule *r, struct err *e)
{
	int err;

	put_prefix(nlh, FRA_SRC, &r->src, r->splen, r->family);
	put_prefix(nlh, FRA_DST, &r->dst, r->dplen, r->family);
	if (r->proto)
		mnl_attr_put_u8(nlh, FRA_IP_PROTO, r->proto);
	err = put_ports(nlh, FRA_SPORT_RANGE, r->sport_lo, r->sport_hi, e);
	if (!err)
		err = put_ports(nlh, FRA_DPORT_RANGE, r->dport_lo, r->dport_hi, e);
	if (!err && r->mark_mask) {
		mnl_attr_put_u32(nlh, FRA_FWMARK, r->mark & r->mark_mask);
		mnl_attr_put_u32(nlh, FRA_FWMASK, r->mark_mask);
	}
	return err;
}

static const uint8_t actions[] = {
	[KOBJ_RULE_TABLE] = FR_ACT_TO_TBL,
	[KOBJ_RULE_GOTO] = FR_ACT_GOTO,
	[KOBJ_RULE_NOP] = FR_ACT_NOP,
};

/*
 * KOBJ_SET adds beside what is there: without NLM_F_EXCL the kernel has several
 * rules that are the same to it. The new one stands behind; the first is deleted.
 */
static int rule_write(struct nlmsghdr *nlh, enum kobj_verb verb, const struct kobj *o,
		      const struct kobj_world *w, struct err *e)
{
	struct fib_rule_hdr *h = mnl_nlmsg_put_extra_header(nlh, sizeof(*h));
	const struct kobj_rule *r = &o->rule;

	nlh->nlmsg_type = verb == KOBJ_DROP ? RTM_DELRULE : RTM_NEWRULE;
	if (verb != KOBJ_DROP)
		nlh->nlmsg_flags |= NLM_F_CREATE | (verb == KOBJ_NEW ? NLM_F_EXCL : 0);
	h->family = r->family;
	h->src_len = r->splen;
	h->dst_len = r->dplen;
	h->action = actions[r->action];
	mnl_attr_put_u32(nlh, FRA_PRIORITY, r->priority);
	mnl_attr_put_u8(nlh, FRA_PROTOCOL, XI_RTPROT);
	if (r->action == KOBJ_RULE_TABLE)
		mnl_attr_put_u32(nlh, FRA_TABLE, r->to);
	else if (r->action == KOBJ_RULE_GOTO)
		mnl_attr_put_u32(nlh, FRA_GOTO, r->to);
	return put_selector(nlh, r, e);
}

struct rule_reader {
	struct kobj_rule *r;
	uint8_t	proto;		/* who made it */
	uint32_t table, target;
	bool	more;		/* it asks for things that ours never do */
};

static bool read_ports(const struct nl_attr *a, uint16_t *lo, uint16_t *hi)
{
	struct fib_rule_port_range range;

	if (!nl_attr_get(a, &range, sizeof(range)))
		return false;
	*lo = range.start;
	*hi = range.end;
	return true;
}

static bool rule_attr(const struct nl_attr *a, struct rule_reader *rd)
{
	struct kobj_rule *r = rd->r;

	switch (a->type) {
	case FRA_SRC:
		return kobj_get_addr(a, r->family, &r->src);
	case FRA_DST:
		return kobj_get_addr(a, r->family, &r->dst);
	case FRA_PRIORITY:
		return nl_attr_get(a, &r->priority, sizeof(r->priority));
	case FRA_PROTOCOL:
		return nl_attr_get(a, &rd->proto, sizeof(rd->proto));
	case FRA_IP_PROTO:
		return nl_attr_get(a, &r->proto, sizeof(r->proto));
	case FRA_SPORT_RANGE:
		return read_ports(a, &r->sport_lo, &r->sport_hi);
	case FRA_DPORT_RANGE:
		return read_ports(a, &r->dport_lo, &r->dport_hi);
	case FRA_FWMARK:
		return nl_attr_get(a, &r->mark, sizeof(r->mark));
	case FRA_FWMASK:
		return nl_attr_get(a, &r->mark_mask, sizeof(r->mark_mask));
	case FRA_TABLE:
		return nl_attr_get(a, &rd->table, sizeof(rd->table));
	case FRA_GOTO:
		return nl_attr_get(a, &rd->target, sizeof(rd->target));
	case FRA_IIFNAME:
	case FRA_OIFNAME:
	case FRA_TUN_ID:
	case FRA_L3MDEV:
	case FRA_UID_RANGE:
		rd->more = true;
		return true;
	}
	return true;
}

static bool read_action(const struct fib_rule_hdr *h, const struct rule_reader *rd,
			struct kobj_rule *r)
{
	size_t i;

	for (i = 0; i < sizeof(actions); i++) {
		if (actions[i] != h->action)
			continue;
		r->action = (enum kobj_rule_action)i;
		r->to = r->action == KOBJ_RULE_TABLE ? rd->table :
			r->action == KOBJ_RULE_GOTO ? rd->target : 0;
		return true;
	}
	return false;
}

static int rule_read(const struct nlmsghdr *nlh, const struct kobj_world *w, struct kobj *o)
{
	struct rule_reader rd = { .r = &o->rule };
	struct fib_rule_hdr h;
	struct nl_attrs it;
	struct nl_attr a;
	int more;

	if (!nl_get_header(nlh, &h, sizeof(h)))
		return -EBADMSG;
	if (nlh->nlmsg_type != RTM_NEWRULE || !kobj_addr_len(h.family))
		return -EAFNOSUPPORT;
	*o = (struct kobj){ .kind = KOBJ_RULE };
	o->rule.family = o->rule.src.family = o->rule.dst.family = h.family;
	o->rule.splen = h.src_len;
	o->rule.dplen = h.dst_len;
	rd.table = h.table;
	it = nl_attrs_of(nlh, sizeof(h));
	while ((more = nl_attr_next(&it, &a)) == 1)
		if (!rule_attr(&a, &rd))
			return -EBADMSG;
	if (more)
		return more;
	if (!read_action(&h, &rd, &o->rule) || rd.more || h.tos ||
	    h.flags & FIB_RULE_INVERT || rd.proto != XI_RTPROT ||
	    o->rule.priority < XI_RULE_FIRST || o->rule.priority > XI_RULE_LAST)
		return -ENOENT;
	return 0;
}

const struct kobj_codec kobj_rule_codec = { .write = rule_write, .read = rule_read };
