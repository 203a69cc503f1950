// SPDX-License-Identifier: Apache-2.0
/* Crypto maps, static and dynamic (A11, D3, D4, D5). */
#include "user/config/judge.h"
#include "user/config/row.h"

#define MAPS	(IN(M_MAP) | IN(M_DYNMAP))

/* clang-format off */
static const struct row map_rows[] = {
	{ "crypto dynamic-map <*name:name> <*sequence:int(1-65535)>",
		"Template of map entries for peers that are not known before",
		.modes = IN(M_GLOBAL), .enters = M_DYNMAP, .flags = R_SORTED, .req = "R-DYN-1",
		.defines = O_DYNMAP },
	{ "crypto map <*name:name> local-address <interface:if>",
		"One local address for all interfaces of the map",
		.modes = IN(M_GLOBAL), .flags = R_SORTED, .req = "R-CMAP-4" },
	{ "crypto map <*name:name> ha replay-interval inbound <packets-in:int(0-10000)> outbound <millions-out:int(0-1000)>",
		"Packets between two updates of the standby gateway; outbound in millions",
		.modes = IN(M_GLOBAL), .flags = R_SORTED, .req = "R-HA-8" },
	{ "crypto map <*name:name> redundancy replay-interval inbound <packets-in:int(0-10000)> outbound <packets-out:int(0-1000000)>",
		"Packets between two updates of the standby gateway",
		.modes = IN(M_GLOBAL), .flags = R_SORTED, .req = "R-HA-8" },
	{ "crypto map <*name:name> client configuration address [*initiate | *respond]",
		"Give addresses to clients",
		.modes = IN(M_GLOBAL), .flags = R_SORTED, .req = "R-MODECFG-2" },
	{ "crypto map <*name:name> client authentication list <list-name:word>",
		"Who checks users",
		.modes = IN(M_GLOBAL), .flags = R_INERT, .req = "R-EZVPN-13",
		.note = "AAA is not supported" },
	{ "crypto map <*name:name> isakmp authorization list <list-name:word>",
		"Where attributes of groups come from",
		.modes = IN(M_GLOBAL), .flags = R_INERT, .req = "R-EZVPN-13",
		.note = "AAA is not supported" },
	{ "crypto map <*name:name> <*sequence:int(1-65535)> [ipsec-isakmp [dynamic <dynamic-map:@dynmap> [discover]] | ipsec-manual]",
		"Entry of a crypto map: what is protected, how, and to whom",
		.modes = IN(M_GLOBAL), .enters = M_MAP, .flags = R_SORTED,
		.req = "R-CMAP-1, R-CMAP-8, R-DYN-1, R-GEN-2", .fill = "ipsec-isakmp",
		.note = "ipsec-manual: warning; discover: ignored", .defines = O_MAP,
		.check = judge_map },

	{ "match address <list:@acl>", "Access list: permit means protect",
		.modes = MAPS, .req = "R-CMAP-2, R-CFG-10" },
	{ "set peer {<address:ip> | <host:host> [dynamic]} [default]", "Peer; repeat for more",
		.modes = MAPS, .flags = R_MULTI, .req = "R-CMAP-2, R-DPD-5" },
	{ "set session-key {*inbound | *outbound} {*esp <spi:int(256-4294967295)> cipher <cipher-key:hex> [authenticator <auth-key:hex>] | *ah <spi:int(256-4294967295)> <auth-key:hex>}",
		"Key of an SA without IKE",
		.modes = IN(M_MAP), .req = "R-GEN-2", .check = judge_session_key },
	{ "set ip access-group <list:@acl> {*in | *out}", "Access list for the clear packets",
		.modes = IN(M_MAP), .req = "R-CLEAR-3" },
	{ "set security-association level per-host", "An SA for each pair of hosts",
		.modes = IN(M_MAP), .req = "R-CMAP-2" },
	{ "qos pre-classify", "Classify by the clear packet",
		.modes = MAPS | IN(M_IF), .req = "R-CMAP-2" },
	{ "reverse-route [static [tag <tag:int(1-4294967295)>] | tag <tag:int(1-4294967295)> | remote-peer <address:ip> [gateway] [static]]",
		"Routes to the networks behind the peer",
		.modes = MAPS | IN(M_PROFILE), .req = "R-RRI-2" },
	{ "set reverse-route {*distance <distance:int(1-255)> | *tag <tag:int(1-4294967295)>}",
		"Distance or tag of these routes",
		.modes = MAPS | IN(M_PROFILE), .req = "R-RRI-2" },
};
/* clang-format on */

const struct row_table table_map = ROW_TABLE(map_rows);
