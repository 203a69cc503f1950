// SPDX-License-Identifier: Apache-2.0
/* Interfaces, tunnels, static routes (R-CFG-9, A12). What stands below an interface is printed first. */
#include "user/config/judge.h"
#include "user/config/row.h"

/* clang-format off */
static const struct row below[] = {
	{ "description <text:text>", "A line about it",
		.modes = IN(M_MAP) | IN(M_DYNMAP) | IN(M_IF) | IN(M_PROFILE) | IN(M_KEYRING) | IN(M_KEYRING2_PEER) |
			 IN(M_PROFILE2) | IN(M_ISAKMP_PROFILE) | IN(M_ISAKMP_PEER) |
			 IN(M_CMAP) | IN(M_PMAP),
		.req = "R-CMAP-2, R-CFG-9" },
	{ "ip address <address:addr> <mask:mask>", "Address of the interface",
		.modes = IN(M_IF), .req = "R-CFG-9", .check = judge_if_address },
	{ "ip address <*address:addr> <mask:mask> secondary", "A further address",
		.modes = IN(M_IF), .flags = R_NO_FULL, .req = "R-CFG-9", .check = judge_if_address },
	{ "ipv6 address <*address:prefix6>", "IPv6 address of the interface; repeat for more",
		.modes = IN(M_IF), .req = "R-CFG-9", .check = judge_if_address6 },
	{ "ip mtu <mtu:int(68-65535)>", "Largest IP packet; on tunnels this decides where packets are cut",
		.modes = IN(M_IF), .req = "R-FRAG-9" },
	{ "ip access-group <list:@acl> {*in | *out}", "Access list for the packets of the interface",
		.modes = IN(M_IF), .req = "R-CFG-9, R-CFG-11" },
	{ "shutdown", "Take the interface down",
		.modes = IN(M_IF), .req = "R-CFG-9" },
	{ "speed {10 | 100 | 1000 | auto}", "Speed",
		.modes = IN(M_IF), .flags = R_INERT | R_EXACT, .req = "R-CFG-9",
		.note = "use ethtool" },
	{ "duplex {auto | half | full}", "Duplex",
		.modes = IN(M_IF), .flags = R_INERT, .req = "R-CFG-9", .note = "use ethtool" },
	{ "half-duplex", "Duplex",
		.modes = IN(M_IF), .flags = R_INERT, .req = "R-CFG-9", .note = "use ethtool" },

	{ "tunnel source {<address:ip> | <interface:if>}", "Our end of the tunnel",
		.modes = IN(M_IF), .req = "R-VTI-3", .check = judge_tunnel },
	{ "tunnel destination {<address:ip> | <host:host>}", "The other end of the tunnel",
		.modes = IN(M_IF), .req = "R-VTI-3", .check = judge_tunnel },
	{ "tunnel mode {gre ip | ipsec {ipv4 | ipv6}}", "What the tunnel carries",
		.modes = IN(M_IF), .dflt = "tunnel mode gre ip", .req = "R-VTI-3", .check = judge_tunnel },
	{ "tunnel protection ipsec profile <ipsec-profile:@ipsec-profile> [shared]",
		"IPsec profile that protects the tunnel",
		.modes = IN(M_IF), .req = "R-VTI-3", .check = judge_tunnel },

	{ "crypto map <map:@map> [ssp <ssp:@ssp> | redundancy <group-name:@hsrp> [stateful]]",
		"Crypto map of the interface, with its state given to the standby gateway",
		.modes = IN(M_IF), .req = "R-CMAP-4, R-HA-7, R-HA-21" },

};

static const struct row interface_rows[] = {
	{ "interface <*interface:ifdef> [point-to-point | multipoint]",
		"An interface, by its IOS or Linux name",
		.modes = IN(M_GLOBAL), .enters = M_IF, .flags = R_SORTED, .req = "R-CFG-8, R-CFG-9",
		.defines = O_IF },
	{ "ip route <*prefix:addr> <*mask:mask> {<*nexthop:addr> | <*interface:if> [<*nexthop:addr>]} [<distance:int(1-255)=1>] [name <route-name:word>] [permanent]",
		"Static route",
		.modes = IN(M_GLOBAL), .req = "R-CFG-9, R-VTI-9", .check = judge_route },
	{ "ipv6 route <*prefix:prefix6> {<*nexthop:addr6> | <*interface:if> [<*nexthop:addr6>]} [<distance:int(1-254)=1>]",
		"Static IPv6 route",
		.modes = IN(M_GLOBAL), .req = "R-CFG-9, R-VTI-9", .check = judge_route6 },
};
/* clang-format on */

const struct row_table table_below_interface = ROW_TABLE(below);
const struct row_table table_interface = ROW_TABLE(interface_rows);
