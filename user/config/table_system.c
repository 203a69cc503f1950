// SPDX-License-Identifier: Apache-2.0
/* Name, messages, key storage, the opt-ins of section E, pools (R-CFG-2, R-CFG-12, A13). */
#include "user/config/judge.h"
#include "user/config/row.h"

/* clang-format off */
static const struct row system_rows[] = {
	{ "hostname <hostname:word>", "Name of this gateway",
		.modes = IN(M_GLOBAL), .req = "R-CFG-2" },
	{ "service timestamps {*debug | *log} {datetime [msec] [localtime] | uptime}",
		"Time in front of messages",
		.modes = IN(M_GLOBAL), .req = "R-CFG-12, R-LOG-2" },
	{ "logging buffered [<bytes:int(4096-2147483647)>] [<level:int(0-7)> | emergencies | alerts | critical | errors | warnings | notifications | informational | debugging]",
		"Keep messages for `show logging`",
		.modes = IN(M_GLOBAL), .req = "R-CFG-12" },
	{ "logging console", "Messages to the console",
		.modes = IN(M_GLOBAL), .flags = R_ON, .req = "R-CFG-12" },
	{ "logging queue-limit <messages:int(100-2147483647)>", "Messages that may wait",
		.modes = IN(M_GLOBAL), .dflt = "logging queue-limit 100", .req = "R-CFG-12" },
	{ "crypto logging session", "Messages when sessions come and go",
		.modes = IN(M_GLOBAL), .flags = R_ON, .req = "R-LOG-12" },
	{ "password encryption aes", "Keep pre-shared keys encrypted, as type 6",
		.modes = IN(M_GLOBAL), .req = "R-PSK6-1" },
	{ "password logging", "Messages about type 6 keys",
		.modes = IN(M_GLOBAL), .req = "R-PSK6-7" },
	{ "key config-key password-encrypt [<master:text>]", "Set the master key of type 6",
		.modes = IN(M_GLOBAL), .flags = R_ONESHOT, .req = "R-PSK6-1, R-PSK6-5" },
	{ "crypto legacy permit {3des | aggressive-psk | dh-weak} ...",
		"Permit what is obsolete, by class (section E)",
		.modes = IN(M_GLOBAL), .flags = R_MULTI, .req = "E",
		.note = "3des: triple DES; dh-weak: groups 2 and 5; aggressive-psk: aggressive mode with pre-shared keys",
		.noun = "class" },
	{ "ip local pool <*pool:name> <low:addr> [<high:addr>]", "Addresses for clients",
		.modes = IN(M_GLOBAL), .flags = R_SORTED, .req = "R-MODECFG-1", .defines = O_POOL,
		.check = judge_pool },
};
/* clang-format on */

const struct row_table table_system = ROW_TABLE(system_rows);
