// SPDX-License-Identifier: Apache-2.0
#include <string.h>
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
}
