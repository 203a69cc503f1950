// SPDX-License-Identifier: Apache-2.0
/* Access lists (R-CFG-10). */
#include "user/config/judge.h"
#include "user/config/row.h"

#define PORT	"[eq <port:port> | neq <port:port> | gt <port:port> | lt <port:port> | range <low:port> <high:port>]"
#define ENTRY	"{permit | deny} <protocol:proto> " \
		"{any | host <source:addr> | <source:addr> <source:wildcard>} " PORT " " \
		"{any | host <destination:addr> | <destination:addr> <destination:wildcard>} " PORT " [log]"
#define ENTRY6	"{permit | deny} <protocol:proto6> " \
		"{any | host <source:addr6> | <source:prefix6>} " PORT " " \
		"{any | host <destination:addr6> | <destination:prefix6>} " PORT " [log]"

/* clang-format off */
static const struct row acl_rows[] = {
	{ "ip access-list extended <*list:acl>", "An extended access list, by number or name",
		.modes = IN(M_GLOBAL), .enters = M_ACL, .flags = R_SORTED, .req = "R-CFG-10",
		.defines = O_ACL },
	{ "{remark <text:text> | " ENTRY "}", "Entry, or a remark",
		.modes = IN(M_ACL), .flags = R_MULTI, .req = "R-CFG-10", .check = judge_acl_entry },
	{ "access-list <*list:int(100-199,2000-2699)> {remark <text:text> | " ENTRY "}",
		"Entry of a numbered extended access list; for crypto, permit means protect",
		.modes = IN(M_GLOBAL), .flags = R_MULTI | R_SORTED, .req = "R-CFG-10",
		.defines = O_ACL, .check = judge_acl_entry },
	{ "ipv6 access-list <*list:name>", "An IPv6 access list",
		.modes = IN(M_GLOBAL), .enters = M_ACL6, .flags = R_SORTED, .req = "R-CFG-10",
		.note = "lists of both families share their names", .defines = O_ACL },
	{ "{remark <text:text> | " ENTRY6 "}", "Entry, or a remark",
		.modes = IN(M_ACL6), .flags = R_MULTI, .req = "R-CFG-10", .check = judge_acl_entry },
	{ "access-list <*list:int(1-99,1300-1999)> <text:text>", "Entry of a standard access list",
		.modes = IN(M_GLOBAL), .flags = R_UNRELATED, .req = "R-CFG-10" },
};
/* clang-format on */

const struct row_table table_acl = ROW_TABLE(acl_rows);
