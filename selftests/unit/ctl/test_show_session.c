// SPDX-License-Identifier: Apache-2.0
/* `show crypto session` (R-SHOW-5): blocks by interface and peer. */
#include "configured.h"

#include <stdlib.h>
#include <string.h>

static struct configured c;

#define CONF								\
	"crypto ipsec transform-set t1 esp-aes 256 esp-sha256-hmac\n"	\
	"access-list 141 permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255\n"	\
	"access-list 142 permit tcp host 10.1.0.1 eq 443 any\n"		\
	"crypto map lab 10 ipsec-manual\n set peer 198.51.100.2\n set transform-set t1\n match address 141\n" \
	"crypto map lab 20 ipsec-manual\n description second\n set peer 198.51.100.2\n set transform-set t1\n match address 142\n" \
	"interface FastEthernet0/0\n ip address 192.0.2.1 255.255.255.0\n crypto map lab\n"	\
	"crypto ikev2 keyring k\n peer p\n  address 198.51.100.4\n  pre-shared-key abcdefghijklmnopqrstuvwxyz\n" \
	"crypto ikev2 profile 30\n match identity remote address 198.51.100.4\n keyring local k\n"	\
	"crypto ipsec profile p\n set transform-set t1\n set ikev2-profile 30\n"		\
	"interface Tunnel30\n tunnel source 192.0.2.1\n tunnel destination 198.51.100.4\n"	\
	" tunnel mode ipsec ipv4\n tunnel protection ipsec profile p\n"

static int setup(void **state)
{
	struct sa_info sa;

	configured_init(&c, CONF);
	configured_map(&c, "lab", 10, "FastEthernet0/0", 1, "198.51.100.2");
	configured_map(&c, "lab", 20, "FastEthernet0/0", 2, "198.51.100.2");
	configured_tunnel(&c, "Tunnel30", 30, "198.51.100.4");
	sa = fake_sa("192.0.2.1", "198.51.100.2", 0x200, XI_ID(XI_ID_MAP, 1));
	sa.packets = 7;
	c.fake.xfrm.sas[c.fake.xfrm.nsas++] = sa;
	sa = fake_sa("198.51.100.2", "192.0.2.1", 0x201, XI_ID(XI_ID_MAP, 1));
	sa.packets = 5;
	sa.hard_add_expires = 3600;
	sa.hard_byte_limit = 4608000ULL * 1024;
	c.fake.xfrm.sas[c.fake.xfrm.nsas++] = sa;
	return 0;
}

static int teardown(void **state)
{
	configured_fini(&c);
	return 0;
}

/* Keys by hand: no IKE; a tunnel without SAs is down. Flows of one peer stand together. */
static void test_show_session(void **state)
{
	configured_expect(&c, "show crypto session",
		"Crypto session current status\n"
		"\nInterface: FastEthernet0/0\n"
		"Session status: UP-NO-IKE\n"
		"Peer: 198.51.100.2 port 500\n"
		"  IPSEC FLOW: permit ip 10.1.0.0/255.255.0.0 10.2.0.0/255.255.0.0\n"
		"        Active SAs: 2, origin: crypto map\n"
		"  IPSEC FLOW: permit 6 host 10.1.0.1 port 443 0.0.0.0/0.0.0.0\n"
		"        Active SAs: 0, origin: crypto map\n"
		"\nInterface: Tunnel30\n"
		"Profile: 30\n"
		"Session status: DOWN\n"
		"Peer: 198.51.100.4 port 500\n"
		"  IPSEC FLOW: permit ip 0.0.0.0/0.0.0.0 0.0.0.0/0.0.0.0\n"
		"        Active SAs: 0, origin: crypto map\n");
}

static void test_show_session_detail(void **state)
{
	char *got = configured_show(&c, "show crypto session detail");

	assert_non_null(strstr(got,
		"Crypto session current status\n"
		"\nCode: C - IKE Configuration mode, D - Dead Peer Detection\n"
		"K - Keepalives, N - NAT-traversal, T - cTCP encapsulation\n"
		"X - IKE Extended Authentication, F - IKE Fragmentation\n"
		"\nInterface: FastEthernet0/0\n"
		"Session status: UP-NO-IKE\n"
		"Peer: 198.51.100.2 port 500 fvrf: (none) ivrf: (none)\n"
		"      Phase1_id: (none)\n"
		"      Desc: (none)\n"
		"  IPSEC FLOW: permit ip 10.1.0.0/255.255.0.0 10.2.0.0/255.255.0.0\n"
		"        Active SAs: 2, origin: crypto map\n"
		"        Inbound:  #pkts dec'ed 5 drop 0 life (KB/Sec) 4608000/3595\n"
		"        Outbound: #pkts enc'ed 7 drop 0 life (KB/Sec) no limit/no limit\n"
		"  IPSEC FLOW: permit 6 host 10.1.0.1 port 443 0.0.0.0/0.0.0.0\n"
		"        Active SAs: 0, origin: crypto map\n"
		"        Inbound:  #pkts dec'ed 0 drop 0 life (KB/Sec) 0/0\n"
		"        Outbound: #pkts enc'ed 0 drop 0 life (KB/Sec) 0/0\n"));
	free(got);
}

/* What another daemon keyed is a session too, of nobody's map. */
static void test_show_session_foreign(void **state)
{
	char *got;

	c.fake.gw.plan.nitems = 0;
	c.fake.xfrm.sas[0].reqid = c.fake.xfrm.sas[1].reqid = 7;
	c.fake.xfrm.sas[0].encap_type = c.fake.xfrm.sas[1].encap_type = 2;
	c.fake.xfrm.sas[0].encap_dport = c.fake.xfrm.sas[1].encap_sport = 4500;
	got = configured_show(&c, "show crypto session");
	assert_string_equal(got,
		"Crypto session current status\n"
		"\nInterface: lo\n"
		"Session status: UP-NO-IKE\n"
		"Peer: 198.51.100.2 port 4500\n"
		"  IPSEC FLOW: permit ip 0.0.0.0/0.0.0.0 0.0.0.0/0.0.0.0\n"
		"        Active SAs: 2, origin: kernel\n");
	free(got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_show_session, setup, teardown),
		cmocka_unit_test_setup_teardown(test_show_session_detail, setup, teardown),
		cmocka_unit_test_setup_teardown(test_show_session_foreign, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
