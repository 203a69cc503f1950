// SPDX-License-Identifier: Apache-2.0
/* Low latency queueing in front of the crypto engine (A7). */
#include "user/config/judge.h"
#include "user/config/row.h"

/* clang-format off */
static const struct row qos_rows[] = {
	{ "class-map [~match-all | match-any] <*class:name>", "Which packets belong to a class",
		.modes = IN(M_GLOBAL), .enters = M_CMAP, .flags = R_SORTED, .req = "R-LLQ-2",
		.defines = O_CLASS },
	{ "match access-group {<list:@acl> | name <list:@acl>}", "Packets that an access list permits",
		.modes = IN(M_CMAP), .flags = R_MULTI, .req = "R-LLQ-2" },
	{ "match input-interface <interface:if>", "Packets that came in there",
		.modes = IN(M_CMAP), .flags = R_MULTI, .req = "R-LLQ-2" },
	{ "match protocol <protocol-name:word>", "Packets of a protocol",
		.modes = IN(M_CMAP), .flags = R_MULTI, .req = "R-LLQ-2" },
	{ "match [~ip] {precedence | dscp} <value-name:word> ...", "Packets with a mark",
		.modes = IN(M_CMAP), .flags = R_MULTI, .req = "R-LLQ-2" },
	{ "policy-map <*policy-map:name>", "What classes get",
		.modes = IN(M_GLOBAL), .enters = M_PMAP, .flags = R_SORTED, .req = "R-LLQ-3",
		.defines = O_PMAP },
	{ "class <*class:@class>", "A class of the policy",
		.modes = IN(M_PMAP), .enters = M_PMAP_C, .req = "R-LLQ-3" },
	{ "class class-default [<label:word>]", "Packets of no other class",
		.modes = IN(M_PMAP), .enters = M_PMAP_C, .req = "R-LLQ-4",
		.note = "the label is ignored", .check = judge_class_default },
	{ "priority <kbps:int(8-10000000)>", "Strict priority up to this rate in kbit/s",
		.modes = IN(M_PMAP_C), .req = "R-LLQ-3" },
	{ "bandwidth {<kbps:int(8-10000000)> | percent <percent:int(1-100)>}", "Least rate of the class",
		.modes = IN(M_PMAP_C), .req = "R-LLQ-3, R-LLQ-4" },
	{ "fair-queue [<queues:int(16-4096)>]", "Queues that share what is left",
		.modes = IN(M_PMAP_C), .req = "R-LLQ-4" },
	{ "service-policy output <policy-map:@pmap>", "Attach a policy to the interface",
		.modes = IN(M_IF), .req = "R-LLQ-5" },
	{ "frame-relay <text:text>", "Frame Relay",
		.modes = IN(M_IF), .flags = R_INERT, .req = "R-LLQ-6", .note = "not supported" },
};
/* clang-format on */

const struct row_table table_qos = ROW_TABLE(qos_rows);
