// SPDX-License-Identifier: Apache-2.0
/*
 * What real configurations hold beside IPsec: section C.6, and what else is
 * met often. No effect, one notice per prefix and load (R-CFG-4). Words are
 * compared in full, so that nothing of ours is taken for one of these.
 */
#include "user/config/row.h"

#define PLAIN(pattern)	{ pattern, "Not about IPsec", .modes = IN(M_GLOBAL), \
			  .flags = R_UNRELATED, .req = "R-CFG-4" }
#define BLOCK(pattern)	{ pattern, "Not about IPsec, with the lines below it", \
			  .modes = IN(M_GLOBAL), .enters = M_UNRELATED, .flags = R_UNRELATED, \
			  .req = "R-CFG-4" }
#define BELOW(pattern)	{ pattern, "Not about IPsec", .modes = IN(M_UNRELATED), \
			  .flags = R_UNRELATED, .req = "R-CFG-4" }
#define ON_IF(pattern)	{ pattern, "Not about IPsec", .modes = IN(M_IF), \
			  .flags = R_UNRELATED, .req = "R-CFG-4" }

/* clang-format off */
static const struct row unrelated_rows[] = {
	PLAIN("building configuration..."),
	PLAIN("current configuration <text:text>"),
	PLAIN("version <text:text>"),
	PLAIN("boot-start-marker"),
	PLAIN("boot-end-marker"),
	PLAIN("service {pad | password-encryption | tcp-small-servers | udp-small-servers | tcp-keepalives-in | tcp-keepalives-out | sequence-numbers | dhcp | config} [<text:text>]"),
	PLAIN("enable {secret | password} <text:text>"),
	PLAIN("clock {timezone | summer-time} <text:text>"),
	PLAIN("aaa <text:text>"),
	PLAIN("ip subnet-zero"),
	PLAIN("ip classless"),
	PLAIN("ip cef [<text:text>]"),
	PLAIN("ip domain {lookup | name <text:text>}"),
	PLAIN("ip domain-lookup"),
	PLAIN("ip domain-name <text:text>"),
	PLAIN("ip name-server <text:text>"),
	PLAIN("ip http {server | secure-server | <text:text>}"),
	PLAIN("ip audit {notify <text:text> | po <text:text>}"),
	PLAIN("ip ssh <text:text>"),
	PLAIN("ip forward-protocol <text:text>"),
	PLAIN("ip nat <text:text>"),
	PLAIN("ip prefix-list <text:text>"),
	PLAIN("ip finger"),
	PLAIN("ip bootp server"),
	PLAIN("ftp-server write-enable"),
	PLAIN("mpls <text:text>"),
	PLAIN("cns <text:text>"),
	PLAIN("voice hpi capture {buffer | destination} [<text:text>]"),
	PLAIN("mta receive <text:text>"),
	PLAIN("call rsvp-sync"),
	PLAIN("dialer-list <text:text>"),
	PLAIN("license <text:text>"),
	PLAIN("snmp-server <text:text>"),
	PLAIN("ntp <text:text>"),
	PLAIN("username <text:text>"),
	PLAIN("cdp <text:text>"),
	PLAIN("radius-server <text:text>"),
	PLAIN("tacacs-server <text:text>"),
	PLAIN("logging {host | trap | facility | source-interface | monitor | on} [<text:text>]"),
	PLAIN("ipv6 unicast-routing"),
	PLAIN("ipv6 cef [<text:text>]"),
	BLOCK("mgcp profile <text:text>"),
	BLOCK("dial-peer <text:text>"),
	BLOCK("gatekeeper"),
	BLOCK("controller <text:text>"),
	BLOCK("control-plane [<text:text>]"),
	BLOCK("line {con | console | aux | vty | tty} <text:text>"),
	BLOCK("router <text:text>"),
	BLOCK("route-map <text:text>"),
	BLOCK("ip access-list standard <text:text>"),
	BLOCK("ip dhcp <text:text>"),
	BLOCK("archive"),
	BLOCK("ipc zone default"),
	BLOCK("redundancy inter-device"),
	BLOCK("key chain <text:text>"),
	BLOCK("map-class frame-relay <text:text>"),
	BLOCK("crypto pki certificate chain <name:name>"),
	{ "banner <text:text>", "Not about IPsec, text up to the same delimiter",
		.modes = IN(M_GLOBAL), .flags = R_UNRELATED | R_BANNER, .req = "R-CFG-4" },
	BELOW("shutdown"),
	BELOW("exec-timeout <text:text>"),
	BELOW("transport <text:text>"),
	BELOW("password <text:text>"),
	BELOW("login [<text:text>]"),
	BELOW("stopbits <text:text>"),
	ON_IF("ip directed-broadcast"),
	ON_IF("ip route-cache [<text:text>]"),
	ON_IF("ip mroute-cache"),
	ON_IF("ip nat <text:text>"),
	ON_IF("ip {proxy-arp | redirects | unreachables | virtual-reassembly} [<text:text>]"),
	ON_IF("ipv6 enable"),
	ON_IF("ipv6 nd <text:text>"),
	ON_IF("mop <text:text>"),
	ON_IF("fair-queue [<text:text>]"),
	ON_IF("keepalive [<text:text>]"),
	ON_IF("serial {restart-delay | restart_delay} <text:text>"),
	ON_IF("clockrate <text:text>"),
	ON_IF("clock rate <text:text>"),
	ON_IF("bandwidth <text:text>"),
	ON_IF("delay <text:text>"),
	ON_IF("encapsulation <text:text>"),
	ON_IF("load-interval <text:text>"),
	ON_IF("negotiation <text:text>"),
	ON_IF("cdp <text:text>"),
};
/* clang-format on */

const struct row_table table_unrelated = ROW_TABLE(unrelated_rows);
