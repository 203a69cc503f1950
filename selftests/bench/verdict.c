// SPDX-License-Identifier: Apache-2.0
/*
 * Each verdict of xi_outer, and the frame that gets it. Windows are written
 * here with the same lines that xi_mirror uses.
 */
#include <string.h>

#include <xipsec/window.h>

#include "selftests/bench/cases.h"

#define ADDR_ELSEWHERE	0xcb007109	/* 203.0.113.9 */
#define SPI_UNKNOWN	0x58499999
#define IP_LEN		100

void window_fill(struct xi_window *w, __u32 size, __u64 top)
{
	__u64 n;

	memset(w, 0, sizeof(*w));
	xi_window_start(w, 1, 0, size, 0);
	for (n = 1; n <= top; n++)
		xi_window_advance(w, n, n);
}

static void clear(struct rig *r, struct frame *f)
{
	rig_flows(r, 0, 0, 0);
	frame_udp(f, ADDR_CLEAR_SRC, ADDR_INNER_DST, 9, IP_LEN);
}

static void ike(struct rig *r, struct frame *f)
{
	frame_udp(f, ADDR_PEER, ADDR_GATEWAY, 500, IP_LEN);
}

static void known(struct rig *r, struct frame *f, __u32 seq)
{
	struct xi_window w;

	window_fill(&w, 64, 1000);
	rig_window_set(r, &w);
	frame_esp_fake(f, ADDR_GATEWAY, BENCH_SPI, seq, IP_LEN);
}

static void fresh(struct rig *r, struct frame *f)
{
	known(r, f, 1001);
}

static void late(struct rig *r, struct frame *f)
{
	struct xi_window w;

	known(r, f, 990);
	rig_window_get(r, &w);
	w.bits[xi_window_word(&w, 990)] &= ~(1ULL << 990 % 64);
	rig_window_set(r, &w);
}

static void duplicate(struct rig *r, struct frame *f)
{
	known(r, f, 990);
}

static void transit(struct rig *r, struct frame *f)
{
	frame_esp_fake(f, ADDR_ELSEWHERE, SPI_UNKNOWN, 7, IP_LEN);
}

static void unknown(struct rig *r, struct frame *f)
{
	rig_unknown_limit(r, false);
	frame_esp_fake(f, ADDR_GATEWAY, SPI_UNKNOWN, 7, IP_LEN);
}

/* The one packet its source had is spent here. */
static void flood(struct rig *r, struct frame *f)
{
	unknown(r, f);
	rig_unknown_limit(r, true);
	rig_run(r, ARM_OUTER, f, 2, NULL);
}

/* The packet is UDP, protocol 17, to the loopback, interface 1. */
static void clear_elsewhere(struct rig *r, struct frame *f)
{
	clear(r, f);
	rig_flows(r, 2, 1, 1);
}

static void clear_one_group(struct rig *r, struct frame *f)
{
	clear(r, f);
	rig_flows(r, 1, 1, 1);
}

static void clear_16_groups(struct rig *r, struct frame *f)
{
	clear(r, f);
	rig_flows(r, 1, 16, 1);
}

static void unprotected(struct rig *r, struct frame *f)
{
	clear(r, f);
	rig_flows(r, 1, 17, 1);
}

static void unprotected_10000(struct rig *r, struct frame *f)
{
	clear(r, f);
	rig_flows(r, 1, 17, 590);
}

const struct verdict_case verdict_cases[] = {
	{ "clear",		XI_R_NOT_IPSEC,		clear },
	{ "ike",		XI_R_IKE,		ike },
	{ "sa_new",		XI_R_SA_NEW,		fresh },
	{ "sa_new_late",	XI_R_SA_NEW,		late },
	{ "replay_dup",		XI_R_REPLAY_DUP,	duplicate },
	{ "transit",		XI_R_TRANSIT,		transit },
	{ "unknown_pass",	XI_R_NO_SA,		unknown },
	{ "unknown_flood",	XI_R_NO_SA_FLOOD,	flood },
	{ "clear_elsewhere",	XI_R_NOT_IPSEC,		clear_elsewhere },
	{ "clear_1_group",	XI_R_NOT_IPSEC,		clear_one_group },
	{ "clear_16_groups",	XI_R_NOT_IPSEC,		clear_16_groups },
	{ "unprotected",	XI_R_UNPROTECTED,	unprotected },
	{ "unprotected_10000",	XI_R_UNPROTECTED,	unprotected_10000 },
};

const size_t verdict_cases_n = sizeof(verdict_cases) / sizeof(*verdict_cases);
