// SPDX-License-Identifier: Apache-2.0
/* `show crypto ipsec sa` of a configured gateway: tags and idents from the configuration (R-SHOW-2). */
#include "configured.h"

#include <linux/xfrm.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "user/cli/view.h"
#include "user/ctl/sa_base.h"

static struct configured c;

#define CONF								\
	"crypto ipsec transform-set t1 esp-aes 256 esp-sha256-hmac\n"	\
	"access-list 141 permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255\n"	\
	"access-list 141 deny ip any any\n"				\
	"access-list 141 permit tcp host 10.1.0.1 eq 443 any\n"		\
	"crypto map lab 10 ipsec-manual\n set peer 198.51.100.2\n set transform-set t1\n match address 141\n" \
	"crypto map lab 20 ipsec-isakmp\n set peer 198.51.100.3\n set transform-set t1\n match address 141\n" \
	"interface FastEthernet0/0\n ip address 192.0.2.1 255.255.255.0\n crypto map lab\n"	\
	"crypto ipsec profile p\n set transform-set t1\n"		\
	"interface Tunnel0\n tunnel source 192.0.2.1\n tunnel destination 198.51.100.4\n"	\
	" tunnel mode ipsec ipv4\n tunnel protection ipsec profile p\n"

static int setup(void **state)
{
	configured_init(&c, CONF);
	configured_map(&c, "lab", 10, "FastEthernet0/0", 1, "198.51.100.2");
	configured_map(&c, "lab", 20, "FastEthernet0/0", 2, "198.51.100.3");
	configured_tunnel(&c, "Tunnel0", 0, "198.51.100.4");
	return 0;
}

static int teardown(void **state)
{
	configured_fini(&c);
	sa_base_fini();
	return 0;
}

static void add_sa(struct sa_info sa)
{
	c.fake.xfrm.sas[c.fake.xfrm.nsas++] = sa;
}

static char *after(char *text, const char *what)
{
	char *p = strstr(text, what);

	if (!p)
		fail_msg("no \"%s\"", what);
	return p;
}

/* Nothing is up: everything that is configured is listed all the same, with zeros. */
static void test_show_sa_none_up(void **state)
{
	configured_expect(&c, "show crypto ipsec sa map lab",
		"\ninterface: FastEthernet0/0\n"
		"    Crypto map tag: lab, local addr. 192.0.2.1\n\n"
		"   protected vrf: (none)\n"
		"   local  ident (addr/mask/prot/port): (10.1.0.0/255.255.0.0/0/0)\n"
		"   remote ident (addr/mask/prot/port): (10.2.0.0/255.255.0.0/0/0)\n"
		"   local  ident (addr/mask/prot/port): (10.1.0.1/255.255.255.255/6/443)\n"
		"   remote ident (addr/mask/prot/port): (0.0.0.0/0.0.0.0/6/0)\n"
		"   current_peer: 198.51.100.2\n"
		"     PERMIT, flags={origin_is_acl,}\n"
		"    #pkts encaps: 0, #pkts encrypt: 0, #pkts digest: 0\n"
		"    #pkts decaps: 0, #pkts decrypt: 0, #pkts verify: 0\n"
		"    #pkts compressed: 0, #pkts decompressed: 0\n"
		"    #pkts not compressed: 0, #pkts compr. failed: 0\n"
		"    #pkts not decompressed: 0, #pkts decompress failed: 0\n"
		"    #send errors 0, #recv errors 0\n\n"
		"     local crypto endpt.: 192.0.2.1, remote crypto endpt.: 198.51.100.2\n"
		"     path mtu 65536, media mtu 65536\n"
		"     current outbound spi: 0\n\n"
		"     inbound esp sas:\n\n     inbound ah sas:\n\n     inbound pcp sas:\n\n"
		"     outbound esp sas:\n\n     outbound ah sas:\n\n     outbound pcp sas:\n\n"
		"    Crypto map tag: lab, local addr. 192.0.2.1\n\n"
		"   protected vrf: (none)\n"
		"   local  ident (addr/mask/prot/port): (10.1.0.0/255.255.0.0/0/0)\n"
		"   remote ident (addr/mask/prot/port): (10.2.0.0/255.255.0.0/0/0)\n"
		"   local  ident (addr/mask/prot/port): (10.1.0.1/255.255.255.255/6/443)\n"
		"   remote ident (addr/mask/prot/port): (0.0.0.0/0.0.0.0/6/0)\n"
		"   current_peer: 198.51.100.3:500\n"
		"     PERMIT, flags={origin_is_acl,}\n"
		"    #pkts encaps: 0, #pkts encrypt: 0, #pkts digest: 0\n"
		"    #pkts decaps: 0, #pkts decrypt: 0, #pkts verify: 0\n"
		"    #pkts compressed: 0, #pkts decompressed: 0\n"
		"    #pkts not compressed: 0, #pkts compr. failed: 0\n"
		"    #pkts not decompressed: 0, #pkts decompress failed: 0\n"
		"    #send errors 0, #recv errors 0\n\n"
		"     local crypto endpt.: 192.0.2.1, remote crypto endpt.: 198.51.100.3\n"
		"     path mtu 65536, media mtu 65536\n"
		"     current outbound spi: 0\n\n"
		"     inbound esp sas:\n\n     inbound ah sas:\n\n     inbound pcp sas:\n\n"
		"     outbound esp sas:\n\n     outbound ah sas:\n\n     outbound pcp sas:\n\n");
}

/* By request id for maps, by if_id for tunnels; what nobody configured keeps its name. */
static void test_show_sa_tags(void **state)
{
	struct sa_info sa = fake_sa("198.51.100.4", "192.0.2.1", 0x300, 0);
	char *got, *p;

	sa.if_id = XI_ID(XI_ID_TUNNEL, 0);
	add_sa(sa);
	add_sa(fake_sa("192.0.2.1", "198.51.100.2", 0x200, XI_ID(XI_ID_MAP, 1)));
	add_sa(fake_sa("192.0.2.1", "198.51.100.9", 0x400, 77));
	got = configured_show(&c, "show crypto ipsec sa");
	p = after(got, "interface: FastEthernet0/0\n    Crypto map tag: lab, local addr. 192.0.2.1\n");
	p = after(p, "current_peer: 198.51.100.2\n");
	p = after(p, "     current outbound spi: 200\n");
	p = after(p, "crypto map: lab\n");
	p = after(p, "current_peer: 198.51.100.3:500\n");
	p = after(p, "     current outbound spi: 0\n");
	p = after(p, "interface: Tunnel0\n    Crypto map tag: Tunnel0-head-0, local addr. 192.0.2.1\n");
	p = after(p, "   local  ident (addr/mask/prot/port): (0.0.0.0/0.0.0.0/0/0)\n");
	p = after(p, "current_peer: 198.51.100.4:500\n     PERMIT, flags={origin_is_acl,}\n");
	p = after(p, "spi: 0x300(768)\n");
	p = after(p, "interface: lo\n    Crypto map tag: kernel-reqid-77, local addr. 192.0.2.1\n");
	p = after(p, "flags={origin_is_kernel,}\n");
	assert_null(strstr(p + 1, "Crypto map tag"));
	free(got);
}

static size_t flows(const char *command)
{
	json_t *o = configured_ask(&c, command);
	size_t n = json_array_size(view_at(o, "flows"));

	json_decref(o);
	return n;
}

/* Selectors know what is configured, by IOS names and by those of Linux. */
static void test_show_sa_selects(void **state)
{
	assert_int_equal(flows("show crypto ipsec sa"), 3);
	assert_int_equal(flows("show crypto ipsec sa map lab"), 2);
	assert_int_equal(flows("show crypto ipsec sa map Tunnel0-head-0"), 1);
	assert_int_equal(flows("show crypto ipsec sa peer 198.51.100.3"), 1);
	assert_int_equal(flows("show crypto ipsec sa peer 198.51.100.30"), 0);
	assert_int_equal(flows("show crypto ipsec sa interface fas0/0"), 2);
	assert_int_equal(flows("show crypto ipsec sa interface eth0"), 2);
	assert_int_equal(flows("show crypto ipsec sa interface tunnel 0"), 1);
	assert_int_equal(flows("show crypto ipsec sa interface xi-m2"), 1);
	assert_int_equal(flows("show crypto ipsec sa interface lo"), 3);
}

/* AH outside ESP (R-TS-5): a packet is one, though both SAs count it; one flow id (R-SHOW-3). */
static void test_show_sa_bundle(void **state)
{
	struct sa_info esp = fake_sa("192.0.2.1", "198.51.100.2", 0x200, XI_ID(XI_ID_MAP, 1));
	struct sa_info ah = fake_sa("192.0.2.1", "198.51.100.2", 0x201, XI_ID(XI_ID_MAP, 1));
	json_t *o, *f;

	ah.key.proto = IPPROTO_AH;
	ah.enc.name[0] = '\0';
	ah.mode = XFRM_MODE_TRANSPORT;
	esp.packets = ah.packets = 10;
	add_sa(esp);
	add_sa(ah);
	o = configured_ask(&c, "show crypto ipsec sa peer 198.51.100.2");
	assert_int_equal(json_array_size(view_at(o, "flows")), 1);
	f = json_array_get(view_at(o, "flows"), 0);
	assert_int_equal(view_int(f, "counters.encaps"), 10);
	assert_int_equal(view_int(f, "counters.encrypt"), 10);
	assert_int_equal(view_int(json_array_get(view_at(f, "outbound-ah-sas"), 0), "flow-id"),
			 view_int(json_array_get(view_at(f, "outbound-esp-sas"), 0), "flow-id"));
	assert_string_equal(view_str(f, "traffic-selector-source"), "acl");
	json_decref(o);
}

/* What a line protects; ranges of ports are any, as one number cannot say them. */
static void test_show_sa_idents(void **state)
{
	char *got, *p;

	configured_fini(&c);
	configured_init(&c,
		"crypto ipsec transform-set t1 esp-aes 256 esp-sha256-hmac\n"
		"ipv6 access-list six\n permit tcp 2001:db8:1:2::/48 host 2001:db8:9::1 eq 443\n"
		"access-list 141 permit udp 10.1.2.3 0.0.0.255 gt 5 10.2.0.0 0.0.255.255 range 1 9\n"
		"access-list 141 permit ip 10.1.0.0 0.0.255.0 any\n"	/* no prefix: not told */
		"crypto map lab 10 ipsec-isakmp\n set peer 198.51.100.2\n set transform-set t1\n match address six\n"
		"crypto map lab 20 ipsec-isakmp\n set peer 198.51.100.3\n set transform-set t1\n match address 141\n"
		"interface eth0\n crypto map lab\n");
	configured_map(&c, "lab", 10, "eth0", 1, "198.51.100.2");
	configured_map(&c, "lab", 20, "eth0", 2, "198.51.100.3");
	got = configured_show(&c, "show crypto ipsec sa identity");
	p = after(got, "   local  ident (addr/mask/prot/port): (2001:db8:1::/48/6/0)\n"
		       "   remote ident (addr/mask/prot/port): (2001:db8:9::1/128/6/443)\n"
		       "   current_peer: 198.51.100.2:500\n");
	after(p, "   local  ident (addr/mask/prot/port): (10.1.2.0/255.255.255.0/17/0)\n"
		 "   remote ident (addr/mask/prot/port): (10.2.0.0/255.255.0.0/17/0)\n"
		 "   current_peer: 198.51.100.3:500\n");
	free(got);
}

/* Section E */
static void test_show_sa_obsolete(void **state)
{
	struct sa_info sa = fake_sa("192.0.2.1", "198.51.100.2", 0x200, XI_ID(XI_ID_MAP, 1));
	char *got;

	strcpy(sa.enc.name, "cbc(des3_ede)");
	add_sa(sa);
	got = configured_show(&c, "show crypto ipsec sa");
	after(got, "        WARNING: esp-3des is obsolete (RFC 8221)\n");
	free(got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_show_sa_none_up, setup, teardown),
		cmocka_unit_test_setup_teardown(test_show_sa_tags, setup, teardown),
		cmocka_unit_test_setup_teardown(test_show_sa_selects, setup, teardown),
		cmocka_unit_test_setup_teardown(test_show_sa_bundle, setup, teardown),
		cmocka_unit_test_setup_teardown(test_show_sa_idents, setup, teardown),
		cmocka_unit_test_setup_teardown(test_show_sa_obsolete, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
