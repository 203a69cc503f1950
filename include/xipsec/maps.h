/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Keys and values of the pinned maps. Fixed width, padding named and zero, no
 * pointers and no bitfields; the sizes are asserted on both sides and
 * selftests/bpf/test_layout.c compares the layouts over BTF.
 */
#ifndef XIPSEC_MAPS_H
#define XIPSEC_MAPS_H

#include "abi.h"
#include "reasons.h"
#include "types.h"

/*
 * Names an inbound SA as the kernel's xfrm_state_lookup() does, less the mark.
 * Addresses are in network byte order; IPv4 takes the first four bytes, the
 * rest is zero. family is AF_INET (2) or AF_INET6 (10), proto 50 or 51.
 */
struct xi_sa_key {
	__u8	daddr[16];
	__be32	spi;
	__u8	proto;
	__u8	family;
	__u16	pad;
};

#define XI_WIN_ESN	0x1	/* numbers have 64 bits, the upper half is inferred */
#define XI_WIN_SHARED	0x2	/* several SAs have this key (marks): never judge */

/* What was dropped for one SA: the part of a slot that xi_outer writes. */
struct xi_sa_drop {
	__u64	duplicate;	/* packets */
	__u64	too_old;	/* packets */
	__u64	seq_zero;	/* packets */
	__u64	last_ns;	/* CLOCK_MONOTONIC, coarse */
	__u64	log_tat;	/* bucket.h: when the next log line is due */
	__u32	last_seq;	/* host byte order */
	__u32	pad;
};

enum xi_slot_state {
	XI_SLOT_EMPTY,		/* never used: a search may end here */
	XI_SLOT_BUSY,		/* being filled */
	XI_SLOT_LIVE,
	XI_SLOT_DEAD,		/* free again, but a search must go on behind it */
};

/*
 * One slot: an SA, the window of the last packet that passed its integrity
 * check, and what was dropped. Who writes: `key` to `cookie` belong to whoever
 * fills the slot (slots.h), epoch to bits to xi_mirror alone (window.h), `drop`
 * to xi_outer.
 */
struct xi_window {
	struct xi_sa_key key;
	__u32	state;		/* enum xi_slot_state */
	__u32	flags;		/* XI_WIN_... */
	__u64	cookie;		/* tells the kernel's states apart; no meaning beyond equality */
	__u64	epoch;		/* 0: not started. Else unique for this start; see window.h */
	__u64	top;		/* highest authenticated number */
	__u32	size;		/* numbers in the window; 0: replay check off */
	__u32	mask;		/* words of the ring in use, less one */
	__u64	bits[XI_RING_WORDS];
	struct xi_sa_drop drop;
};

/* Per CPU and reason. last_... are kept for drops and unknown SPIs only. */
struct xi_reason_stat {
	__u64	packets;
	__u64	bytes;
	__u64	last_ns;	/* CLOCK_MONOTONIC, coarse */
	__u8	last_saddr[16];
	__be32	last_spi;
	__u8	last_family;
	__u8	last_proto;
	__u16	pad;
};

/* A source of unknown SPIs: an IPv4 address, or the /64 of an IPv6 address. */
struct xi_source_key {
	__u8	saddr[8];
	__u8	family;
	__u8	pad[7];
};

struct xi_source {
	__u64	rate_tat;	/* bucket.h: packets that may still pass */
	__u64	event_tat;	/* bucket.h: events that may still be sent */
	__u64	packets;
};

struct xi_local_key {
	__u8	addr[16];	/* as in xi_sa_key */
	__u8	family;
	__u8	pad[3];
};

/*
 * Written by the daemon, but for `incomplete`, which xi_mirror sets when the
 * window map was full: an SPI that is not in the map may then be one of ours,
 * and nothing is dropped for being unknown until the daemon has looked again.
 */
struct xi_config {
	__u32	abi;			/* XI_ABI */
	__u32	incomplete;
	/* How the programs that are attached were loaded: for the next daemon to compare. */
	__u32	variant;
	__u32	kfunc;
	__u32	netns;			/* inode of the guarded network namespace */
	__u32	pad;
	__u64	salt;			/* of xi_window.cookie */
	__u64	unknown_cost_ns;	/* per source: 1 s / packets a second; 0: never drop */
	__u64	unknown_burst_ns;	/* per source: cost times burst */
	__u64	event_cost_ns;		/* per source */
	__u64	event_burst_ns;
	__u64	event_all_cost_ns;	/* all sources together */
	__u64	event_all_burst_ns;
	__u64	event_all_tat;		/* bucket.h: state, not configuration */
	__u64	replay_log_ns;		/* R-ARW-13: one message a minute and SA */
};

_Static_assert(sizeof(struct xi_sa_key) == 24, "ABI");
_Static_assert(sizeof(struct xi_sa_drop) == 48, "ABI");
_Static_assert(sizeof(struct xi_window) == 64 + 8 * XI_RING_WORDS + 48, "ABI");
_Static_assert(sizeof(struct xi_reason_stat) == 48, "ABI");
_Static_assert(sizeof(struct xi_source_key) == 16, "ABI");
_Static_assert(sizeof(struct xi_source) == 24, "ABI");
_Static_assert(sizeof(struct xi_local_key) == 20, "ABI");
_Static_assert(sizeof(struct xi_config) == 96, "ABI");

#endif /* XIPSEC_MAPS_H */
