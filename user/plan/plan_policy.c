// SPDX-License-Identifier: Apache-2.0
/* Policies of the kernel: their templates, and ranges of ports as values with masks. */
#include <linux/xfrm.h>
#include <netinet/in.h>

#include "user/plan/plan_priv.h"

struct port {
	uint16_t	value, mask;
};

/* A range takes at most this many: 1 to 65534. */
#define PORTS_MAX	30

/* As prefixes of 16 bits: the largest aligned piece first, then what is left. */
static unsigned int port_pairs(uint32_t lo, uint32_t hi, struct port out[static PORTS_MAX])
{
	unsigned int n = 0;
	uint32_t size;

	if (!lo && hi == 65535) {
		out[0] = (struct port){};
		return 1;
	}
	while (lo <= hi) {
		size = lo ? lo & -lo : 0x10000;
		while (lo + size - 1 > hi)
			size /= 2;
		out[n++] = (struct port){ (uint16_t)lo, (uint16_t)~(size - 1) };
		lo += size;
	}
	return n;
}

void policy_add(struct planner *p, const struct plan_item *owner, const struct kobj_policy *like,
		const struct flow_sel *sel)
{
	struct kobj o = { .kind = KOBJ_POLICY, .policy = *like };
	struct port src[PORTS_MAX], dst[PORTS_MAX];
	unsigned int nsrc = port_pairs(sel->sport_lo, sel->sport_hi, src);
	unsigned int ndst = port_pairs(sel->dport_lo, sel->dport_hi, dst), i, j;

	for (i = 0; i < nsrc; i++) {
		for (j = 0; j < ndst; j++) {
			o.policy.sel = (struct kobj_sel){
				.src = sel->src, .dst = sel->dst,
				.splen = sel->splen, .dplen = sel->dplen, .proto = sel->proto,
				.sport = src[i].value, .sport_mask = src[i].mask,
				.dport = dst[j].value, .dport_mask = dst[j].mask,
			};
			/* The kernel keeps one policy for each selector: the first, as lists do. */
			plan_add(p, owner, &o);
		}
	}
}

static struct kobj_tmpl template(const struct plan_item *item, uint8_t proto, bool transport,
				 uint8_t dir)
{
	bool out = dir == XFRM_POLICY_OUT;

	return (struct kobj_tmpl){
		.proto = proto, .reqid = item->id,
		.mode = transport ? XFRM_MODE_TRANSPORT : XFRM_MODE_TUNNEL,
		.saddr = out ? item->local : item->peer,
		.daddr = out ? item->peer : item->local,
	};
}

uint8_t policy_templates(const struct plan_item *item, const struct tset *t, bool transport,
			 uint8_t dir, struct kobj_tmpl tmpl[static KOBJ_TMPL_MAX])
{
	uint8_t n = 0;

	if (t->cipher)
		tmpl[n++] = template(item, IPPROTO_ESP, transport, dir);
	/* R-TS-5: AH around what ESP made, which has its IP header already. */
	if (t->ah)
		tmpl[n++] = template(item, IPPROTO_AH, transport || t->cipher, dir);
	return n;
}
