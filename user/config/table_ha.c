// SPDX-License-Identifier: Apache-2.0
/* Stateful failover: SSP and HSRP (A8, D7). */
#include "user/config/judge.h"
#include "user/config/row.h"

#define GROUP	"[<*group:int(0-4095)=0>]"

/* clang-format off */
static const struct row ha_rows[] = {
	{ "ssp group <*ssp-group:int(1-100)>", "Exchange of state with the other gateway",
		.modes = IN(M_GLOBAL), .enters = M_SSP, .flags = R_SORTED, .req = "R-HA-5",
		.note = "SSP is a protected protocol of our own", .defines = O_SSP, .check = judge_ssp },
	{ "remote <address:ip>", "Address of the other gateway",
		.modes = IN(M_SSP), .req = "R-HA-5" },
	{ "redundancy <group-name:@hsrp>", "HSRP group that decides who is active; repeat for each",
		.modes = IN(M_SSP), .flags = R_MULTI, .req = "R-HA-5" },
	{ "port <tcp-port:int(1-65535)>", "TCP port",
		.modes = IN(M_SSP), .dflt = "port 3249", .req = "R-HA-5" },

	{ "standby " GROUP " ip [<address:addr>]", "Virtual address of the group",
		.modes = IN(M_IF), .req = "R-HA-4, R-HSRP-2" },
	{ "standby " GROUP " name <group-name:name>", "Name of the group",
		.modes = IN(M_IF), .req = "R-HA-4" },
	{ "standby " GROUP " timers {<hello:int(1-254)> | msec <hello-msec:int(15-999)>} {<hold:int(1-255)> | msec <hold-msec:int(50-3000)>}",
		"Hello and hold time",
		.modes = IN(M_IF), .req = "R-HA-4, R-HSRP-3", .check = judge_standby_timers,
		.dflt = "standby timers 3 10" },
	{ "standby delay {minimum <delay:int(0-10000)>} {reload <delay-reload:int(0-10000)>}",
		"Seconds to wait after interface-up and boot",
		.modes = IN(M_IF), .req = "R-HA-4, R-HSRP-6", .dflt = "standby delay minimum 1 reload 5" },
	{ "standby " GROUP " preempt [delay {minimum <delay:int(0-3600)> | reload <delay-reload:int(0-3600)> | sync <delay-sync:int(0-3600)>} ...]",
		"Take over from a router of lower priority",
		.modes = IN(M_IF), .req = "R-HA-4, R-HSRP-4" },
	{ "standby " GROUP " track <*interface:if> [<decrement:int(1-255)=10>]",
		"Lower the priority while an interface is down",
		.modes = IN(M_IF), .req = "R-HA-4, R-HSRP-5" },
	{ "standby " GROUP " priority <priority:int(0-255)>", "Highest wins",
		.modes = IN(M_IF), .req = "R-HSRP-4", .dflt = "standby priority 100" },
	{ "standby " GROUP " authentication {md5 key-string [~0 | 6] <key:secret> | text <key:secret> | <key:secret>}",
		"Key of the group",
		.modes = IN(M_IF), .req = "R-HSRP-7", .note = "only md5 protects" },
	{ "standby version {1 | 2}", "Version of HSRP",
		.modes = IN(M_IF), .req = "R-HSRP-1", .dflt = "standby version 1" },
};
/* clang-format on */

const struct row_table table_ha = ROW_TABLE(ha_rows);
