/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What we make in the kernel: devices, addresses, SAs, policies, routes, rules.
 * A configuration is turned into a set of these (user/plan), the kernel is asked
 * which of them it has (kobj_nl.h), and the difference is what has to be done.
 *
 * Each kind has a key, which tells objects apart, and attributes. Objects of
 * ours are marked, so that a later start finds them and never touches others':
 *
 *	devices		names that begin with "xi-", of kind xfrm or dummy
 *	addresses	those of our devices
 *	routes		protocol XI_RTPROT
 *	rules		priorities XI_RULE_FIRST to XI_RULE_LAST and protocol XI_RTPROT
 *	SAs		request ids whose upper 8 bits are XI_ID_MAP
 *	policies	priorities XI_POLICY_FIRST to XI_POLICY_LAST
 */
#ifndef XIPSEC_KERNEL_KOBJ_H
#define XIPSEC_KERNEL_KOBJ_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "user/kernel/xfrm_msg.h"
#include "user/lib/err.h"
#include "user/lib/secret.h"

#define XI_RTPROT	158		/* of /etc/iproute2/rt_protos, not taken by anybody known */
#define XI_RULE_FIRST	10000
#define XI_RULE_LAST	29999		/* before the table main, 32766 */
#define XI_TABLE_FIRST	0x58490000U	/* "XI": routing tables of crypto maps */
#define XI_TABLE_LAST	0x5849ffffU
#define XI_POLICY_FIRST	0x58490000U	/* behind those of other daemons */
#define XI_POLICY_LAST	0x5849ffffU

/* Upper 8 bits of if_id and request id; the lower 24 number the instance. */
#define XI_ID_MAP	0x4dU		/* 'M': an entry of a crypto map on an interface */
#define XI_ID_TUNNEL	0x54U		/* 'T': interface Tunnel0 is number 0 */
#define XI_ID(kind, n)	((uint32_t)(kind) << 24 | ((n) & 0xffffff))

/* Our own packets, already encrypted: they are routed as if there were no crypto map. */
#define XI_MARK		0x58000000U
#define XI_MARK_MASK	0xff000000U

/* In this order they are made; they are taken away in the opposite order. */
enum kobj_kind { KOBJ_LINK, KOBJ_ADDR, KOBJ_SA, KOBJ_POLICY, KOBJ_ROUTE, KOBJ_RULE, KOBJ_KINDS };

enum kobj_link_type { KOBJ_LINK_XFRM, KOBJ_LINK_DUMMY };

struct kobj_link {			/* key: name */
	char		name[IF_NAMESIZE];
	enum kobj_link_type type;
	uint32_t	if_id;		/* of KOBJ_LINK_XFRM */
	uint32_t	mtu;		/* 0: the kernel's default, and not compared */
	bool		up;
	char		alias[64];	/* whose it is, for `ip link`: "crypto map lab 10" */
};

struct kobj_addr {			/* key: all */
	char		dev[IF_NAMESIZE];
	struct addr	addr;
	uint8_t		plen;
};

#define KOBJ_TMPL_MAX	2

struct kobj_tmpl {			/* in the order of application: ESP, then AH */
	uint8_t		proto;		/* IPPROTO_ESP, IPPROTO_AH */
	uint8_t		mode;		/* XFRM_MODE_TUNNEL, XFRM_MODE_TRANSPORT */
	struct addr	saddr, daddr;	/* outer, of XFRM_MODE_TUNNEL */
	uint32_t	reqid;
	bool		optional;	/* XFRM_POLICY_IN: level use */
};

struct kobj_sel {
	struct addr	src, dst;	/* family in both, also for any (length 0) */
	uint8_t		splen, dplen;
	uint8_t		proto;		/* 0: any */
	uint16_t	sport, sport_mask, dport, dport_mask;	/* host byte order; mask 0: any */
};

struct kobj_policy {			/* key: dir, if_id, sel: the kernel's, without priority */
	uint8_t		dir;		/* XFRM_POLICY_IN, _OUT, _FWD */
	uint32_t	if_id;
	struct kobj_sel	sel;
	uint32_t	priority;
	uint8_t		action;		/* XFRM_POLICY_ALLOW, _BLOCK */
	uint8_t		ntmpl;
	struct kobj_tmpl tmpl[KOBJ_TMPL_MAX];
};

struct kobj_sa {			/* key: key */
	struct xi_sa_key key;
	struct addr	saddr;
	uint8_t		mode;
	uint32_t	reqid, if_id;
	bool		inbound;	/* XFRMA_SA_DIR where the kernel knows it (6.10) */
	bool		nopmtudisc;	/* outer DF 0 */
	bool		esn;
	uint32_t	window;		/* numbers; 0: off. Always by the ESN structure */
	uint64_t	oseq;		/* the first packet gets the next number */
	char		enc[64], auth[64], aead[64];	/* the kernel's names; "": none */
	uint16_t	icv_bits;	/* truncated length of auth, or of aead */
	struct secret	enc_key, auth_key, aead_key;	/* aead: with its salt */
	uint16_t	encap_sport, encap_dport;	/* host byte order; 0: no UDP */
	uint32_t	out_mark;	/* XFRMA_SET_MARK, mask XI_MARK_MASK; 0: none */
	uint64_t	soft_seconds, hard_seconds;	/* since it was added; 0: none */
	uint64_t	soft_bytes, hard_bytes;		/* 0: none */
};

enum kobj_route_type { KOBJ_ROUTE_UNICAST, KOBJ_ROUTE_BLACKHOLE, KOBJ_ROUTE_THROW };

struct kobj_route {			/* key: dst, plen, table, metric */
	struct addr	dst;		/* family also for a default route */
	uint8_t		plen;
	uint32_t	table;		/* 254: main */
	uint32_t	metric;		/* IPv6: 0 is 1024, as for the kernel */
	enum kobj_route_type type;
	struct addr	via;		/* family 0: none */
	char		dev[IF_NAMESIZE];	/* "": found by via */
	uint32_t	mtu;		/* 0: none */
};

enum kobj_rule_action { KOBJ_RULE_TABLE, KOBJ_RULE_GOTO, KOBJ_RULE_NOP };

struct kobj_rule {			/* key: all but where KOBJ_RULE_GOTO goes: so the kernel's */
	uint8_t		family;		/* AF_INET, AF_INET6: rules are kept apart */
	uint32_t	priority;
	struct addr	src, dst;
	uint8_t		splen, dplen;
	uint8_t		proto;		/* 0: any */
	uint16_t	sport_lo, sport_hi, dport_lo, dport_hi;	/* host order; 0, 0: any */
	uint32_t	mark, mark_mask;	/* mask 0: any */
	enum kobj_rule_action action;
	uint32_t	to;		/* table, or priority */
};

struct kobj {
	enum kobj_kind	kind;
	const char	*owner;		/* "crypto map lab 10"; borrowed; NULL: of a dump, or shared */
	union {
		struct kobj_link	link;
		struct kobj_addr	addr;
		struct kobj_sa		sa;
		struct kobj_policy	policy;
		struct kobj_route	route;
		struct kobj_rule	rule;
	};
};

/* Of different kinds too; never by memory, so that padding does not count. */
uint64_t kobj_key_hash(const struct kobj *o);
bool kobj_same_key(const struct kobj *a, const struct kobj *b);

/*
 * Whether nothing has to be done. Left out: what the kernel counts (oseq), what
 * it may not tell (the direction of an SA before 6.10; the device of a route
 * that was given by its gateway), and what is 0 for "not compared". The owner
 * does not count.
 */
bool kobj_equal(const struct kobj *a, const struct kobj *b);

/* "route 10.2.0.0/16 table 1481179136", for messages; no keys. Returns buf. */
#define KOBJ_STR_MAX	256
const char *kobj_str(const struct kobj *o, char buf[static KOBJ_STR_MAX]);

/*
 * A set of objects by key. Objects do not move: pointers into it are good until
 * kobj_set_fini(). Keys are wiped when an object goes.
 */
struct kobj_set {
	struct kobj	**bucket;
	size_t		nbucket;
	struct kobj	**list;		/* as added; deleted ones are NULL */
	size_t		n, room;	/* of list */
};

/* A copy; NULL: no memory. *o must not be there yet. May close the gaps in list. */
struct kobj *kobj_set_add(struct kobj_set *s, const struct kobj *o);
struct kobj *kobj_set_find(const struct kobj_set *s, const struct kobj *like);
void kobj_set_del(struct kobj_set *s, struct kobj *o);
void kobj_set_fini(struct kobj_set *s);		/* a zeroed one is fine */

/* What has to be done. */
enum kobj_todo { KOBJ_ADD, KOBJ_CHANGE, KOBJ_DEL };

struct kobj_op {
	enum kobj_todo	todo;
	const struct kobj *was, *is;	/* of the two sets; NULL where there is none */
	int		err;		/* 0, or a negative errno when it was tried */
	bool		tried;
	char		why[192];	/* when err: the object, the kernel's words, what is missing */
};

struct kobj_ops {
	struct kobj_op	*op;
	size_t		n, room;
};

/*
 * From one set to the other: what is new and what changed, in the order of the
 * kinds, then what goes, in the opposite order. So nothing that is protected
 * before and after goes unprotected between. Whatever was in *ops is forgotten.
 * 0, -ENOMEM
 */
int kobj_diff(const struct kobj_set *was, const struct kobj_set *is, struct kobj_ops *ops);
void kobj_ops_fini(struct kobj_ops *ops);

#endif /* XIPSEC_KERNEL_KOBJ_H */
