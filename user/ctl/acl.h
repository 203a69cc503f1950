/* SPDX-License-Identifier: Apache-2.0 */
/* Access lists in answers: their lines as text, and what permit lines protect. */
#ifndef XIPSEC_CTL_ACL_H
#define XIPSEC_CTL_ACL_H

#include <jansson.h>

#include "user/ctl/defs.h"
#include "user/lib/addr.h"

/* One permit line, as an outbound packet has it. */
struct acl_ident {
	struct addr	src, dst;
	uint8_t		splen, dplen;
	uint8_t		proto;		/* 0: any */
	uint16_t	sport, dport;	/* host order; 0: any, or a range */
};

/* Of one line; false: it denies, or its wildcard is not that of a prefix. */
bool acl_ident_of(const struct node *line, struct acl_ident *id);

/*
 * {"name", "family", "defined", "lines": [{"sequence", "text"}]}: text is the line
 * behind the list's name, remarks are left out.
 */
json_t *acl_json(const struct defs *d, const char *name);

#endif /* XIPSEC_CTL_ACL_H */
