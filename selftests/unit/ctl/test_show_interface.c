// SPDX-License-Identifier: Apache-2.0
/* Interfaces and routes in a namespace of our own, where lo stands in for what we would make. */
#include "configured.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "selftests/unit/kernel/netns.c"
#include "user/cli/show.h"
#include "user/cli/view.h"

static struct configured c;

#define CONF								\
	"crypto ipsec transform-set t1 esp-aes 256 esp-sha256-hmac\n"	\
	"crypto ipsec profile test\n set transform-set t1\n"		\
	"access-list 101 permit ip any any\n"				\
	"interface Tunnel0\n description to the branch\n ip address 10.0.0.1 255.255.255.252\n"	\
	" ip access-group 101 in\n"					\
	" tunnel source FastEthernet0/0\n tunnel destination 198.51.100.4\n"	\
	" tunnel mode ipsec ipv4\n tunnel protection ipsec profile test\n"	\
	"interface FastEthernet0/0\n ip address 192.0.2.1 255.255.255.0\n"	\
	"interface Loopback7\n shutdown\n"

/* Tunnel0 is the device lo. */
static int setup(void **state)
{
	configured_init(&c, CONF);
	strcpy(configured_tunnel(&c, "Tunnel0", 0, "198.51.100.4")->dev, "lo");
	return 0;
}

static int teardown(void **state)
{
	configured_fini(&c);
	return 0;
}

#define COUNTERS							\
	"  Last input never, output never, output hang never\n"		\
	"  Last clearing of \"show interface\" counters never\n"	\
	"  Input queue: 0/0/0/0 (size/max/drops/flushes); Total output drops: 0\n"	\
	"  Output queue: 0/1000 (size/max)\n"				\
	"  5 minute input rate 0 bits/sec, 0 packets/sec\n"		\
	"  5 minute output rate 0 bits/sec, 0 packets/sec\n"		\
	"     0 packets input, 0 bytes, 0 no buffer\n"			\
	"     Received 0 multicasts, 0 runts, 0 giants, 0 throttles\n"	\
	"     0 input errors, 0 CRC, 0 frame, 0 overrun, 0 ignored, 0 abort\n"	\
	"     0 packets output, 0 bytes, 0 underruns\n"			\
	"     0 output errors, 0 collisions, 0 interface resets\n"

/* R-VTI-7 */
static void test_show_interface_tunnel(void **state)
{
	configured_expect(&c, "show interface tunnel 0",
		"Tunnel0 is up, line protocol is down\n"
		"  Hardware is Tunnel\n"
		"  Description: to the branch\n"
		"  Internet address is 127.0.0.1/8\n"
		"  IPv6 address is ::1/128\n"
		"  MTU 65536 bytes, BW 100 Kbit/sec, DLY 50000 usec,\n"
		"     reliability 255/255, txload 1/255, rxload 1/255\n"
		"  Encapsulation TUNNEL, loopback not set\n"
		"  Tunnel source 192.0.2.1 (FastEthernet0/0), destination 198.51.100.4\n"
		"  Tunnel protocol/transport IPSEC/IP\n"
		"  Tunnel TTL 255\n"
		"  Tunnel transport MTU 65536 bytes\n"
		"  Tunnel protection via IPsec (profile \"test\")\n"
		COUNTERS);
}

static void first_line(const char *command, const char *want)
{
	char *got = configured_show(&c, command);

	if (strncmp(got, want, strlen(want)))
		fail_msg("wanted %s, got %.60s", want, got);
	free(got);
}

/* Up while there is an SA of each direction, and only then. */
static void test_show_interface_line(void **state)
{
	struct sa_info out = fake_sa("192.0.2.1", "198.51.100.4", 0x200, 0);
	struct sa_info in = fake_sa("198.51.100.4", "192.0.2.1", 0x201, 0);

	out.if_id = in.if_id = XI_ID(XI_ID_TUNNEL, 0);
	c.fake.xfrm.sas[0] = out;
	c.fake.xfrm.nsas = 1;
	first_line("show interface tunnel 0", "Tunnel0 is up, line protocol is down\n");
	c.fake.xfrm.sas[1] = in;
	c.fake.xfrm.nsas = 2;
	first_line("show interface tunnel 0", "Tunnel0 is up, line protocol is up\n");
	strcpy(c.items[0].inactive, "no route to the peer");
	first_line("show interface tunnel 0",
		   "Tunnel0 is up, line protocol is up\n  Inactive: no route to the peer\n");
}

/* R-CFG-8: what has no device is said to have none; what nobody knows is an error. */
static void test_show_interface_absent(void **state)
{
	char *got;

	first_line("show interface FastEthernet 0/0",
		   "FastEthernet0/0 is not present, line protocol is down\n");
	first_line("show interface eth0", "FastEthernet0/0 is not present, line protocol is down\n");
	first_line("show interface Loopback7",
		   "Loopback7 is administratively down, line protocol is down\n");
	got = configured_error(&c, "show interface eth9");
	assert_string_equal(got, "there is no interface eth9");
	free(got);
	got = configured_error(&c, "show interface Serial1/0");
	assert_string_equal(got, "there is no interface Serial1/0");
	free(got);
}

static void test_show_interface_lo(void **state)
{
	configured_expect(&c, "show interface lo",
		"lo is up, line protocol is up\n"
		"  Hardware is Loopback\n"
		"  Internet address is 127.0.0.1/8\n"
		"  IPv6 address is ::1/128\n"
		"  MTU 65536 bytes, BW 8000000 Kbit/sec, DLY 5000 usec,\n"
		"     reliability 255/255, txload 1/255, rxload 1/255\n"
		"  Encapsulation LOOPBACK, loopback not set\n"
		COUNTERS);
}

/* R-FRAG-9 */
static void test_show_ip_interface(void **state)
{
	configured_expect(&c, "show ip interface tunnel 0",
		"Tunnel0 is up, line protocol is down\n"
		"  Internet address is 127.0.0.1/8\n"
		"  MTU is 65536 bytes\n"
		"  Outgoing access list is not set\n"
		"  Inbound  access list is 101\n");
}

/* R-VTI-9, its own lines. */
static void test_show_ip_route_text(void **state)
{
	static struct command_line line;
	json_t *o = json_loads(
		"{\"gateway-of-last-resort\": \"192.0.2.254\", \"truncated\": true, \"routes\": ["
		"{\"code\": \"S\", \"prefix\": \"0.0.0.0\", \"prefix-length\": 0, \"distance\": 1,"
		" \"metric\": 0, \"via\": \"192.0.2.254\", \"interface\": \"FastEthernet0/0\"},"
		"{\"code\": \"S\", \"prefix\": \"1.1.1.50\", \"prefix-length\": 32, \"distance\": 1,"
		" \"metric\": 0, \"via\": \"101.101.101.2\", \"interface\": \"Tunnel101\"},"
		"{\"code\": \"C\", \"prefix\": \"3.1.1.50\", \"prefix-length\": 32, \"via\": null,"
		" \"interface\": \"Loopback30\"},"
		"{\"code\": \"S\", \"prefix\": \"10.2.0.0\", \"prefix-length\": 16, \"via\": null,"
		" \"interface\": \"Tunnel0\"}]}", 0, NULL);
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	assert_int_equal(command_read(&line, "show ip route"), MATCH_OK);
	show_result(f, o, &line.command);
	fclose(f);
	assert_string_equal(text,
		"Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP\n"
		"       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area\n"
		"       N1 - OSPF NSSA external type 1, N2 - OSPF NSSA external type 2\n"
		"       E1 - OSPF external type 1, E2 - OSPF external type 2\n"
		"       i - IS-IS, su - IS-IS summary, L1 - IS-IS level-1, L2 - IS-IS level-2\n"
		"       ia - IS-IS inter area, * - candidate default, U - per-user static route\n"
		"       o - ODR, P - periodic downloaded static route, X - of another daemon\n"
		"\nGateway of last resort is 192.0.2.254 to network 0.0.0.0\n\n"
		"S* 0.0.0.0/0 [1/0] via 192.0.2.254\n"
		"S 1.1.1.50 [1/0] via 101.101.101.2\n"
		"C 3.1.1.50 is directly connected, Loopback30\n"
		"S 10.2.0.0/16 is directly connected, Tunnel0\n"
		"% There are more routes than shown\n");
	free(text);
	json_decref(o);
}

static void add_route(uint32_t dst, uint8_t plen, uint8_t proto, uint32_t metric)
{
	struct nl *nl = nl_open(NETLINK_ROUTE, NULL);
	struct nlmsghdr *req = nl_request(nl, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL);
	struct rtmsg *rtm = mnl_nlmsg_put_extra_header(req, sizeof(*rtm));

	*rtm = (struct rtmsg){ .rtm_family = AF_INET, .rtm_dst_len = plen, .rtm_table = RT_TABLE_MAIN,
			       .rtm_protocol = proto, .rtm_scope = RT_SCOPE_LINK,
			       .rtm_type = RTN_UNICAST };
	mnl_attr_put_u32(req, RTA_DST, htonl(dst));
	mnl_attr_put_u32(req, RTA_OIF, 1);
	mnl_attr_put_u32(req, RTA_PRIORITY, metric);
	assert_int_equal(nl_ask(nl, req, NULL, NULL, NULL), 0);
	nl_close(nl);
}

/* The kernel's table: connected, ours with the configured distance, others by protocol. */
static void test_show_ip_route(void **state)
{
	char *got, *p;

	configured_fini(&c);
	configured_init(&c, "interface Tunnel0\nip route 10.2.0.0 255.255.0.0 Tunnel0 200\n");
	add_route(0xc0000200, 24, RTPROT_KERNEL, 0);
	add_route(0x0a020000, 16, XI_RTPROT, 200);
	add_route(0x0a030000, 24, RTPROT_BGP, 7);
	add_route(0x0a040000, 32, 99, 0);
	configured_expect_json(&c, "show ip route", "gateway-of-last-resort", "null");
	configured_expect_json(&c, "show ip route", "routes",
		"[{'code':'S','device':'lo','distance':200,'interface':'lo','metric':0,'ours':true,"
		"'prefix':'10.2.0.0','prefix-length':16,'protocol':158,'via':null},"
		"{'code':'B','device':'lo','distance':20,'interface':'lo','metric':7,'ours':false,"
		"'prefix':'10.3.0.0','prefix-length':24,'protocol':186,'via':null},"
		"{'code':'X','device':'lo','distance':0,'interface':'lo','metric':0,'ours':false,"
		"'prefix':'10.4.0.0','prefix-length':32,'protocol':99,'via':null},"
		"{'code':'C','device':'lo','distance':0,'interface':'lo','metric':0,'ours':false,"
		"'prefix':'192.0.2.0','prefix-length':24,'protocol':2,'via':null}]");
	got = configured_show(&c, "show ip route");
	p = strstr(got, "\nGateway of last resort is not set\n\n");
	assert_non_null(p);
	assert_non_null(strstr(p, "\nS 10.2.0.0/16 is directly connected, lo\n"));
	free(got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_show_interface_tunnel, setup, teardown),
		cmocka_unit_test_setup_teardown(test_show_interface_line, setup, teardown),
		cmocka_unit_test_setup_teardown(test_show_interface_absent, setup, teardown),
		cmocka_unit_test_setup_teardown(test_show_interface_lo, setup, teardown),
		cmocka_unit_test_setup_teardown(test_show_ip_interface, setup, teardown),
		cmocka_unit_test_setup_teardown(test_show_ip_route_text, setup, teardown),
		cmocka_unit_test_setup_teardown(test_show_ip_route, setup, teardown),
	};

	if (!netns_enter()) {
		print_message("1..0 # SKIP a network namespace is needed\n");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
