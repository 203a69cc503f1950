// SPDX-License-Identifier: Apache-2.0
/* Objects made by hand, and the text that has to come of them, line by line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "user/cli/client.h"
#include "user/cli/show.h"
#include "user/cli/view.h"

static char *render_json(const char *command, const json_t *o)
{
	static struct command_line line;
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	assert_int_equal(command_read(&line, command), MATCH_OK);
	show_result(f, o, &line.command);
	fclose(f);
	return text;
}

/* ' for ", as JSON in C is hard to read. */
static json_t *object(const char *quoted)
{
	char *s = strdup(quoted), *p;
	json_error_t e;
	json_t *o;

	for (p = s; (p = strchr(p, '\'')); p++)
		*p = '"';
	o = json_loads(s, 0, &e);
	if (!o)
		fail_msg("%s at %d", e.text, e.position);
	free(s);
	return o;
}

static void expect(const char *command, const char *quoted, const char *want)
{
	json_t *o = object(quoted);
	char *got = render_json(command, o);

	assert_string_equal(got, want);
	free(got);
	json_decref(o);
}

#define SA_IN								\
	"{'spi': 614223970, 'spi-hex': '0x249C5062', 'protocol-parameters': 'esp',"	\
	" 'mode': 'tunnel', 'ext-seq-num': true, 'anti-replay-window-size': 64,"	\
	" 'encapsulation-type': {'espencap': 'espinudp', 'sport': 1024, 'dport': 4500},"	\
	" 'transform': ['esp-256-aes', 'esp-sha256-hmac'], 'iv-bytes': 16,"		\
	" 'conn-id': 5121, 'flow-id': 5121, 'crypto-engine-type': 'XDP',"		\
	" 'remaining': {'kilobytes': 4537831, 'seconds': 3595},"			\
	" 'replay-stats': {'replay-window': {'w': 64, 't': 4294967301, 'b': 1},"		\
	"  'packet-dropped': 7, 'seq-number-counter': 0,"				\
	"  'xdp': {'duplicate': 3, 'too-old': 2, 'sequence-zero': 1, 'last-rejected': 9,"	\
	"   'last-rejected-age-ms': 62000}, 'kernel': {'duplicate': 1, 'too-old': 0}}}"

#define SA_OUT								\
	"{'spi': 2057739447, 'spi-hex': '0x7AA69CB7', 'protocol-parameters': 'ah',"	\
	" 'mode': 'transport', 'ext-seq-num': false, 'anti-replay-window-size': 0,"	\
	" 'encapsulation-type': null, 'transform': ['ah-sha-hmac'], 'iv-bytes': null,"	\
	" 'conn-id': 5122, 'flow-id': 5122, 'crypto-engine-type': 'Software',"		\
	" 'remaining': {'kilobytes': null, 'seconds': null},"				\
	" 'replay-stats': {'replay-window': null, 'seq-number-counter': 10}}"

#define FLOWS								\
	"{'truncated': false, 'flows': [{'interface': 'eth0', 'crypto-map-tag': 'kernel-reqid-1',"	\
	" 'tunnel': {'local': '192.0.2.1', 'remote': '203.0.113.7', 'remote-port': 4500},"	\
	" 'traffic-selectors-more': 0, 'traffic-selectors': [{'local-prefix': '10.1.0.0/16',"	\
	"  'remote-prefix': '10.2.0.1/32', 'inner-protocol': 6, 'local-port': 443,"		\
	"  'remote-port': 0}], 'path-mtu': 1492, 'media-mtu': 1500,"				\
	" 'current-outbound-spi': 2057739447,"							\
	" 'counters': {'encaps': 10, 'encrypt': 9, 'digest': 8, 'decaps': 7, 'decrypt': 6,"	\
	"  'verify': 5, 'compressed': 0, 'decompressed': 0, 'recv-errors': 8,"			\
	"  'verify-failed': 1, 'replay-failed': 7, 'replay-failed-xdp': {'duplicate': 3,"	\
	"  'too-old': 2, 'sequence-zero': 1}, 'replay-failed-kernel': 1,"			\
	"  'bytes-out': 840, 'bytes-in': 588},"							\
	" 'inbound-esp-sas': [" SA_IN "], 'inbound-ah-sas': [], 'inbound-pcp-sas': [],"		\
	" 'outbound-esp-sas': [], 'outbound-ah-sas': [" SA_OUT "], 'outbound-pcp-sas': []}]}"

#define HEAD								\
	"\ninterface: eth0\n"						\
	"    Crypto map tag: kernel-reqid-1, local addr. 192.0.2.1\n\n"	\
	"   protected vrf: (none)\n"					\
	"   local  ident (addr/mask/prot/port): (10.1.0.0/255.255.0.0/6/443)\n"		\
	"   remote ident (addr/mask/prot/port): (10.2.0.1/255.255.255.255/6/0)\n"	\
	"   current_peer: 203.0.113.7 port 4500\n"			\
	"     PERMIT, flags={origin_is_kernel,}\n"			\
	"    #pkts encaps: 10, #pkts encrypt: 9, #pkts digest: 8\n"	\
	"    #pkts decaps: 7, #pkts decrypt: 6, #pkts verify: 5\n"	\
	"    #pkts compressed: 0, #pkts decompressed: 0\n"		\
	"    #pkts not compressed: 0, #pkts compr. failed: 0\n"		\
	"    #pkts not decompressed: 0, #pkts decompress failed: 0\n"	\
	"    #send errors 0, #recv errors 8\n"

#define ENDPOINTS							\
	"\n     local crypto endpt.: 192.0.2.1, remote crypto endpt.: 203.0.113.7\n"	\
	"     path mtu 1492, media mtu 1500\n"				\
	"     current outbound spi: 7AA69CB7\n"

#define SA_IN_TEXT							\
	"      spi: 0x249C5062(614223970)\n"				\
	"        transform: esp-256-aes esp-sha256-hmac ,\n"		\
	"        in use settings ={Tunnel UDP-Encaps, }\n"		\
	"        slot: 0, conn id: 5121, flow_id: 5121, crypto map: kernel-reqid-1\n"	\
	"        crypto engine type: XDP\n"				\
	"        sa timing: remaining key lifetime (k/sec): (4537831/3595)\n"		\
	"        IV size: 16 bytes\n"					\
	"        replay detection support: Y\n"				\
	"        replay window size: 64\n"				\
	"        replay window top: 4294967301 (0x100000005)\n"		\
	"        last rejected: 9, 00:01:02 ago\n"

#define SA_OUT_TEXT							\
	"      spi: 0x7AA69CB7(2057739447)\n"				\
	"        transform: ah-sha-hmac ,\n"				\
	"        in use settings ={Transport, }\n"			\
	"        slot: 0, conn id: 5122, flow_id: 5122, crypto map: kernel-reqid-1\n"	\
	"        crypto engine type: Software\n"			\
	"        sa timing: remaining key lifetime (k/sec): (no limit/no limit)\n"	\
	"        replay detection support: N\n"

/* R-SHOW-2, R-SHOW-3, R-ARW-14, R-NAT-8 */
static void test_show_sa(void **state)
{
	expect("show crypto ipsec sa", FLOWS,
	       HEAD ENDPOINTS "\n     inbound esp sas:\n" SA_IN_TEXT
	       "\n     inbound ah sas:\n\n     inbound pcp sas:\n\n     outbound esp sas:\n"
	       "\n     outbound ah sas:\n" SA_OUT_TEXT "\n     outbound pcp sas:\n\n");
}

/* R-ARW-13 */
static void test_show_sa_detail(void **state)
{
	expect("show crypto ipsec sa detail", FLOWS,
	       HEAD
	       "    #pkts verify failed: 1\n"
	       "    #pkts replay failed: 7\n"
	       "      in XDP: duplicate: 3, too old: 2, number zero: 1\n"
	       "      in the kernel: 1\n"
	       "    #bytes out: 840, #bytes in: 588\n"
	       ENDPOINTS "\n     inbound esp sas:\n" SA_IN_TEXT
	       "        extended sequence numbers: Y\n"
	       "        #pkts replay failed: 7 (in XDP: duplicate: 3, too old: 2, number zero: 1;"
	       " in the kernel: duplicate: 1, too old: 0)\n"
	       "\n     inbound ah sas:\n\n     inbound pcp sas:\n\n     outbound esp sas:\n"
	       "\n     outbound ah sas:\n" SA_OUT_TEXT
	       "        extended sequence numbers: N\n"
	       "        last number sent: 10\n"
	       "\n     outbound pcp sas:\n\n");
}

static void test_show_sa_identity(void **state)
{
	expect("show crypto ipsec sa identity", FLOWS, HEAD ENDPOINTS "\n");
}

static void test_show_sa_address(void **state)
{
	expect("show crypto ipsec sa address", FLOWS,
	       "fvrf/address: (none)/192.0.2.1\n   protocol: ESP\n" SA_IN_TEXT
	       "\nfvrf/address: (none)/203.0.113.7\n   protocol: AH\n" SA_OUT_TEXT);
}

static void test_show_sa_none(void **state)
{
	expect("show crypto ipsec sa", "{'truncated': false, 'flows': []}", "\nNo SAs found\n");
	expect("show crypto ipsec sa", "{'truncated': true, 'flows': []}",
	       "\nNo SAs found\n% There are more flows than shown: name a peer, an interface or"
	       " a map\n");
}

/* IPv6 prefixes keep their length; several interfaces; more idents than told. */
static void test_show_sa_ipv6(void **state)
{
	json_t *o = object("{'flows': ["
		"{'interface': 'eth1', 'crypto-map-tag': 'b'},"
		"{'interface': 'eth0', 'crypto-map-tag': 'a', 'traffic-selectors-more': 3,"
		" 'traffic-selectors': [{'local-prefix': '2001:db8:1::/64',"
		" 'remote-prefix': '::/0'}]}]}");
	char *got = render_json("show crypto ipsec sa", o), *eth0, *eth1;

	assert_non_null(strstr(got, "(2001:db8:1::/64/0/0)\n"));
	assert_non_null(strstr(got, "(::/0/0/0)\n"));
	assert_non_null(strstr(got, "   and 3 more pairs of idents\n"));
	eth0 = strstr(got, "\ninterface: eth0\n");
	eth1 = strstr(got, "\ninterface: eth1\n");
	assert_true(eth0 && eth1 && eth0 < eth1);
	free(got);
	json_decref(o);
}

static void test_show_drops(void **state)
{
	expect("show crypto drops",
	       "{'data-plane': true, 'reasons': [{'reason': 'replay-dup',"
	       " 'text': 'replay: duplicate', 'action': 'drop', 'packets': 3, 'bytes': 360,"
	       " 'last-source': '203.0.113.7', 'last-spi': 614223970,"
	       " 'last-spi-hex': '0x249C5062', 'last-age-ms': 93784000},"
	       " {'text': 'clear traffic', 'action': 'pass', 'packets': 12, 'bytes': 1200,"
	       " 'last-source': null, 'last-age-ms': null}],"
	       " 'dropped': {'packets': 3, 'bytes': 360},"
	       " 'passed': {'packets': 12, 'bytes': 1200}}",
	       "Reason                               Action      Packets           Bytes"
	       "  Last source               SPI         Age\n"
	       "replay: duplicate                    drop              3             360"
	       "  203.0.113.7               0x249C5062  1d02h\n"
	       "clear traffic                        pass             12            1200"
	       "  -                         -           -\n"
	       "\nDropped: 3 packets, 360 bytes; passed to the kernel: 12 packets, 1200 bytes\n");
}

static void test_show_engine(void **state)
{
	expect("show crypto engine",
	       "{'window-source': {'variant': 'mirror', 'why': '', 'adopted': true},"
	       " 'uptime-seconds': 93784, 'kernel-release': '6.12.0', 'machine': 'x86_64',"
	       " 'abi': 1, 'interfaces': [{'name': 'eth0', 'attached': true,"
	       " 'hook': 'dispatcher', 'mode': 'native', 'why': ''}, {'name': 'eth1',"
	       " 'attached': false, 'hook': 'none', 'mode': 'none', 'why': 'no such interface'}],"
	       " 'security-associations': {'inbound': 2, 'outbound': 1, 'windows': 2,"
	       " 'windows-started': 1, 'windows-max': 65536, 'dumps': 3, 'lost-events': 1,"
	       " 'swept': 4, 'map-full': 0},"
	       " 'limits': {'drop-unknown': true, 'unknown-packets-per-second': 100,"
	       " 'unknown-burst': 200, 'event-interval-ms': 1000, 'events-per-second': 20,"
	       " 'replay-log-interval-seconds': 60, 'map-incomplete': true},"
	       " 'logging': {'messages': 9, 'rate-limited': 2}}",
	       "        crypto engine name:  xipsec XDP data plane\n"
	       "        crypto engine type:  XDP\n"
	       "        Replay windows:      mirror of what the kernel authenticates\n"
	       "        Adopted at start:    yes, from an earlier daemon\n"
	       "        Kernel release:      6.12.0 (x86_64)\n"
	       "        ABI of the maps:     1\n"
	       "        Uptime:              1 day, 2 hours, 3 minutes\n"
	       "\nInterfaces:\n"
	       "  eth0: attached, dispatcher, native mode\n"
	       "  eth1: not attached\n"
	       "    because: no such interface\n"
	       "\nSecurity associations: 2 inbound, 1 outbound\n"
	       "  Windows: 2 of 65536 in use, 1 started\n"
	       "  Looks at the kernel's SAD: 3, after lost events: 1, stale windows removed: 4\n"
	       "\nUnknown SPIs: 100 packets per second and source pass, bursts of 200\n"
	       "  none is dropped now: not every SA has a window\n"
	       "  Told to the daemon: one per 1000 ms and source, 20 per second in all\n"
	       "Replay messages: one per 60 s and SA\n"
	       "Messages: 9 logged, 2 rate-limited\n");
}

/* R-SHOW-6, R-LOG-2 */
static void test_show_logging(void **state)
{
	expect("show logging",
	       "{'messages': 2, 'rate-limited': 13, 'clock-synchronised': false, 'console': false,"
	       " 'buffer-level': 7, 'buffer-bytes': null, 'timestamps': {'log': {'uptime': false,"
	       " 'msec': true, 'localtime': false}, 'debug': {}}, 'lines': ["
	       "{'time-ms': 1774385745739, 'text': '%XIPSEC-5-START: x'}]}",
	       "Syslog logging: enabled (0 messages dropped, 13 messages rate-limited, 0 flushes,"
	       " 0 overruns, xml disabled)\n"
	       "    Console logging: disabled\n    Monitor logging: disabled\n"
	       "    Buffer logging: level debugging, 2 messages logged, xml disabled\n"
	       "    Logging Exception size (0 bytes)\n"
	       "    Count and timestamp logging messages: disabled\n"
	       "    Trap logging: disabled\n\nLog Buffer (18 bytes):\n\n"
	       "*Mar 24 20:55:45.739: %XIPSEC-5-START: x\n");
}

/* R-CFG-12: what was configured shows. */
static void test_show_logging_as_configured(void **state)
{
	expect("show logging",
	       "{'messages': 2, 'clock-synchronised': true, 'console': true, 'buffer-level': 3,"
	       " 'buffer-bytes': 8000, 'timestamps': {'log': {'uptime': true}, 'debug': {'msec': false}},"
	       " 'lines': [{'time-ms': 1774385745739, 'uptime-ms': 6400999, 'text': '%A-3-B: x'},"
	       " {'time-ms': 1774385745739, 'uptime-ms': 93600000, 'text': '%A-3-B: y'},"
	       " {'time-ms': 1774385745739, 'text': 'IPSEC(create_sa): z'}]}",
	       "Syslog logging: enabled (0 messages dropped, 0 messages rate-limited, 0 flushes,"
	       " 0 overruns, xml disabled)\n"
	       "    Console logging: level debugging\n    Monitor logging: disabled\n"
	       "    Buffer logging: level errors, 2 messages logged, xml disabled\n"
	       "    Logging Exception size (0 bytes)\n"
	       "    Count and timestamp logging messages: disabled\n"
	       "    Trap logging: disabled\n\nLog Buffer (8000 bytes):\n\n"
	       "01:46:40: %A-3-B: x\n"
	       "1d02h: %A-3-B: y\n"
	       "Mar 24 20:55:45: IPSEC(create_sa): z\n");
}

static void test_show_sources_and_clear(void **state)
{
	expect("show crypto drops sources",
	       "{'remembered': 2, 'max': 16384, 'sources': [{'source': '2001:db8:7::/64',"
	       " 'packets': 1000}]}",
	       "Sources of unknown SPIs and clear packets: 2 remembered, 16384 at most\n\n"
	       "Source                              Packets\n"
	       "2001:db8:7::/64                        1000\n");
	expect("clear crypto counters",
	       "{'cleared': {'reasons': 24, 'security-associations': 2, 'sources': 1}}",
	       "Cleared: 24 reasons, 2 security associations, 1 sources\n");
}

static void test_show_files(void **state)
{
	expect("write", "{'file': '/etc/xipsec/startup-config'}", "Building configuration...\n[OK]\n");
	expect("copy run start", "{}", "Building configuration...\n[OK]\n");
	expect("reload", "{'file': '/a', 'loaded': true, 'reason': null, 'errors': 0, 'warnings': 1,"
	       " 'notices': 0, 'messages': [{'line': 3, 'severity': 'warning', 'text': 'weak'}]}",
	       "/a:3: warning: weak\n/a: 0 errors, 1 warnings, 0 notices\n[OK]\n");
	expect("copy start run", "{'file': '/a', 'loaded': false, 'reason': 'why', 'errors': 1,"
	       " 'messages': [{'line': 0, 'severity': 'error', 'text': 'bad'}]}",
	       "/a: error: bad\n/a: 1 errors, 0 warnings, 0 notices\n% Nothing was changed: why\n");
}

/* Every command on results of every wrong shape: no crash, no matter what text. */
static void test_show_survives_any_shape(void **state)
{
	static const char *const commands[] = {
		"show crypto engine", "show crypto ipsec sa detail", "show crypto ipsec sa address",
		"show crypto drops", "show crypto drops sources", "show logging", "show version",
		"clear crypto counters", "reload",
	};
	static const char *const shapes[] = {
		"{}", "[]", "{'flows': {}}", "{'flows': [1, null, [], {}]}",
		"{'flows': [{'interface': 3, 'inbound-esp-sas': [1, {'mode': '', 'transform': 'x',"
		" 'remaining': [], 'replay-stats': 1, 'anti-replay-window-size': 5}],"
		" 'traffic-selectors': [{'local-prefix': '/', 'remote-prefix': '1/-1'},"
		" {'local-prefix': '1/99999999999999999999', 'remote-prefix': ''}, null]}]}",
		"{'reasons': 1, 'sources': 'x', 'lines': [{}, {'time-ms': -1},"
		" {'time-ms': 9223372036854775807}], 'interfaces': {}, 'limits': [],"
		" 'uptime-seconds': -9223372036854775807}",
	};
	size_t c, s;

	for (c = 0; c < sizeof(commands) / sizeof(commands[0]); c++) {
		for (s = 0; s < sizeof(shapes) / sizeof(shapes[0]); s++) {
			json_t *o = object(shapes[s]);

			free(render_json(commands[c], o));
			json_decref(o);
		}
	}
}

static void test_client_cleans_text(void **state)
{
	static const char reply[] = "{\"ok\": true, \"result\": {\"version\":"
		"\"a\\u001b[31m\\nb\\u007fc\\u009bd\\u00e9\"}}";
	struct err e = {};
	json_t *o = client_result(reply, sizeof(reply) - 1, &e);

	assert_non_null(o);
	assert_string_equal(view_str(o, "version"), "a?[31m?b?c??d\xc3\xa9");
	json_decref(o);
}

static void test_client_refuses(void **state)
{
	static const char *const rows[][2] = {
		{ "", "the daemon's answer is not JSON" },
		{ "{\"ok\": true}", "the daemon's answer holds no result" },
		{ "{\"ok\": false, \"error\": \"no \\u001b\"}", "no ?" },
		{ "{\"ok\": 1, \"result\": {}}", "-" },
		{ "[]", "-" },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct err e = {};

		assert_null(client_result(rows[i][0], strlen(rows[i][0]), &e));
		assert_string_equal(e.text, rows[i][1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_show_sa),
		cmocka_unit_test(test_show_sa_detail),
		cmocka_unit_test(test_show_sa_identity),
		cmocka_unit_test(test_show_sa_address),
		cmocka_unit_test(test_show_sa_none),
		cmocka_unit_test(test_show_sa_ipv6),
		cmocka_unit_test(test_show_drops),
		cmocka_unit_test(test_show_engine),
		cmocka_unit_test(test_show_logging),
		cmocka_unit_test(test_show_logging_as_configured),
		cmocka_unit_test(test_show_sources_and_clear),
		cmocka_unit_test(test_show_files),
		cmocka_unit_test(test_show_survives_any_shape),
		cmocka_unit_test(test_client_cleans_text),
		cmocka_unit_test(test_client_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
