/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For one answer: the kernel's SAs and policies as flows (flows.h), and which of
 * them belong to what is configured. An entry of a crypto map or a tunnel without
 * SAs is an entry too; SAs that somebody else keyed have no item.
 */
#ifndef XIPSEC_CTL_SADB_H
#define XIPSEC_CTL_SADB_H

#include "user/ctl/acl.h"
#include "user/ctl/defs.h"
#include "user/ctl/flows.h"
#include "user/ctl/items.h"

struct sadb_pile {		/* a growing array of one type, filled by a dump */
	char	*p;
	size_t	n, room, size, max;
	bool	full;
};

struct sadb_entry {		/* one of both may be NULL */
	const struct plan_item *item;
	const struct flow *flow;
	size_t		at;		/* order: as configured, then as the kernel has them */
};

struct sadb {
	struct gateway	*gw;
	struct sadb_pile sas, pols;
	struct flows	flows;
	struct defs	defs;
	struct items	items;
	struct sadb_entry *entry;
	size_t		n;
};

/* 0, or a negative errno with *e; *s is sadb_fini()'s in both cases. */
int sadb_init(struct sadb *s, struct gateway *gw, struct err *e);
void sadb_fini(struct sadb *s);

/* There were more SAs or policies than are looked at. */
bool sadb_is_cut(const struct sadb *s);

/* Name of the map or tunnel, else "kernel-reqid-7"; returns buf. */
const char *sadb_tag(const struct sadb_entry *en, char buf[static ITEM_TAG_MAX]);

/* Name of the interface as it is configured, else the Linux one; "-": none. Returns buf. */
const char *sadb_interface(const struct sadb *s, const struct sadb_entry *en,
			   char buf[static 48]);

/* The Linux device that carries the encrypted packets; "-": none. Returns buf. */
const char *sadb_device(const struct sadb *s, const struct sadb_entry *en,
			char buf[static IF_NAMESIZE]);

struct addr sadb_local(const struct sadb_entry *en);
struct addr sadb_remote(const struct sadb_entry *en);

/* SAs of one direction, old and new; 0 without a flow. */
unsigned int sadb_count(const struct sadb_entry *en, bool inbound);

/* What an entry protects: the permit lines of its list, any for a tunnel. */
#define SADB_IDENTS_MAX	FLOW_TS_MAX
struct sadb_idents {
	struct flow_ts	ts[SADB_IDENTS_MAX];
	unsigned int	n, more;
};
void sadb_idents(const struct sadb *s, const struct plan_item *item, struct sadb_idents *out);

#endif /* XIPSEC_CTL_SADB_H */
