// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include <arpa/inet.h>
#include <sys/socket.h>

#include <xipsec/window.h>

#include "gateway.h"

#define V4	AF_INET
#define V6	AF_INET6

/* clang-format off */
const struct gateway_sa gateway_sas[] = {
	{ "ESP, N=64",		V4, ESP, 0x1000, 1, 0, 64, true, 100, { 99, 98, 50, 37 } },
	{ "ESP, N=1024",	V4, ESP, 0x1001, 1, 0, 1024, true, 5000, { 4500, 3977 } },
	{ "ESP, ESN",		V4, ESP, 0x1002, 1, XI_WIN_ESN, 64, true, 0x100000010,
					{ 0x100000001, 0xfffffff0 } },
	{ "replay off",		V4, ESP, 0x1003, 1, 0, 0, false, 0, {} },
	{ "not started",	V4, ESP, 0x1004, 1, 0, 64, false, 0, {} },
	{ "shared by marks",	V4, ESP, 0x1005, 1, XI_WIN_SHARED, 64, true, 100, { 99 } },
	{ "ESP, N=4096",	V4, ESP, 0x1006, 1, 0, 4096, true, 10000, { 5905, 9000 } },
	{ "ESP, N=100",		V4, ESP, 0x1007, 1, 0, 100, true, 1000, { 901, 950 } },
	{ "ESP, N=32",		V4, ESP, 0x1008, 1, 0, 32, true, 0xffffffff, { 0xfffffff0 } },
	{ "ESP, first numbers",	V4, ESP, 0x1009, 1, 0, 64, true, 3, { 1 } },
	{ "ESN, first numbers",	V4, ESP, 0x100a, 1, XI_WIN_ESN, 64, true, 3, { 1 } },
	{ "AH, SPI of an ESP",	V4, AH, 0x1000, 1, 0, 64, true, 50, { 49, 20 } },
	{ "AH alone",		V4, AH, 0x2000, 1, 0, 64, true, 10, { 9 } },
	{ "ESP, second host",	V4, ESP, 0x1000, 2, 0, 64, true, 7, {} },
	{ "ESP, no local host",	V4, ESP, 0x1000, 77, 0, 64, true, 7, {} },
	{ "ESP over IPv6",	V6, ESP, 0x1000, 1, 0, 64, true, 200, { 199, 150 } },
	{ "AH over IPv6",	V6, AH, 0x1000, 1, 0, 128, true, 300, { 250 } },
	{ "ESP, IPv6 only",	V6, ESP, 0x3000, 1, XI_WIN_ESN, 64, true, 0x200000000, {} },
	{ "SPI with high bit",	V4, ESP, 0xfffffffe, 1, 0, 64, true, 9, {} },
};
/* clang-format on */

const unsigned int gateway_n_sas = sizeof(gateway_sas) / sizeof(gateway_sas[0]);

bool gateway_is_local(uint8_t family, unsigned int host)
{
	return host == 1 || (family == AF_INET && host == 2);
}

/* As outbound packets have it: our side is the source. */
static struct flow_line line(uint8_t family, uint8_t proto, unsigned int host, uint8_t len,
			     unsigned int remote, uint8_t remote_len)
{
	struct flow_line l = { .permit = true, .id = XI_ID(XI_ID_MAP, 1), .sel = {
		.family = family, .proto = proto, .splen = len, .dplen = remote_len,
		.sport_hi = 65535, .dport_hi = 65535,
	} };
	uint32_t src = htonl(PKT_IP4_DST + host), dst = htonl(PKT_IP4_SRC + remote);

	l.sel.src.family = l.sel.dst.family = family;
	memcpy(l.sel.src.b, &src, sizeof(src));
	memcpy(l.sel.dst.b, &dst, sizeof(dst));
	if (family == V6) {
		pkt_addr6_dst(l.sel.src.b, host);
		pkt_addr6_src(l.sel.dst.b, remote, 0);
	}
	return l;
}

const struct plan_flows *gateway_flows(void)
{
	static struct plan_flows flows = { .outside = "lo", .ifindex = 1 };
	struct flow_line lines[] = {
		line(V4, 6, 64, 26, 128, 25), line(V4, 6, 64, 26, 128, 25),
		line(V4, 1, 64, 26, 128, 25), line(V4, 17, 64, 26, 128, 25),
		line(V4, 0, 128, 25, 192, 26), line(V6, 0, 0x100, 120, 5, 64),
	};

	if (flows.groups.ngroups)
		return &flows;
	lines[0].permit = false;
	lines[0].sel.sport_lo = lines[0].sel.sport_hi = 22;
	lines[3].sel.sport_lo = 1000;
	lines[3].sel.sport_hi = 2000;
	lines[3].entry = lines[4].entry = lines[5].entry = 1;
	flow_compile(lines, sizeof(lines) / sizeof(lines[0]), &flows.groups);
	return &flows;
}

static void sa_setup(struct outer *o, const struct gateway_sa *sa)
{
	struct xi_sa_key key = sa_key(sa->family, sa->proto, sa->spi, sa->host);
	struct xi_window w = { .size = sa->size, .flags = sa->flags, .cookie = 0xc0 };
	int i;

	if (sa->started) {
		xi_window_start(&w, 1, sa->top, sa->size, sa->flags);
		xi_window_advance(&w, sa->top, sa->top);
		for (i = 0; i < 4 && sa->seen[i]; i++)
			xi_window_advance(&w, sa->top, sa->seen[i]);
	}
	outer_sa(o, &key, &w);
}

void gateway_setup(struct outer *o)
{
	struct xi_config cfg = {
		.abi = XI_ABI,
		.event_cost_ns = 1000000000, .event_burst_ns = 1000000000,
		.event_all_cost_ns = 1000000000, .event_all_burst_ns = 1000000000,
		.replay_log_ns = 60000000000,
	};
	unsigned int i;

	outer_config(o, &cfg);
	outer_local(o, AF_INET, 1);
	outer_local(o, AF_INET, 2);
	outer_local(o, AF_INET6, 1);
	for (i = 0; i < gateway_n_sas; i++)
		sa_setup(o, &gateway_sas[i]);
	outer_flows(o, gateway_flows(), 1);
}
