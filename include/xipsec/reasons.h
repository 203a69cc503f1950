/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Why xi_outer passed or dropped a packet: one list for the programs, the
 * daemon and `show crypto drops`. Every exit of the program names one of them.
 *
 * Columns: name, action (PASS or DROP), text for people.
 * Numbers are part of the ABI: add at the end, never renumber (abi.h).
 */
#ifndef XIPSEC_REASONS_H
#define XIPSEC_REASONS_H

#define XI_REASONS(X)							\
	X(NONE,		PASS, "no reason given (a defect)")		\
	/* Not for us to judge. */					\
	X(NOT_IP,	PASS, "not IPv4 or IPv6")			\
	X(NOT_IPSEC,	PASS, "clear traffic")				\
	X(TRUNCATED,	PASS, "header cut short")			\
	X(BAD_HEADER,	PASS, "bad IP or UDP header")			\
	X(VLAN_DEPTH,	PASS, "more than two VLAN tags")		\
	X(EXT_DEPTH,	PASS, "too many IPv6 extension headers")	\
	X(FRAG_FIRST,	PASS, "first fragment")				\
	X(FRAG_LATER,	PASS, "later fragment")				\
	X(IKE,		PASS, "IKE")					\
	X(KEEPALIVE,	PASS, "NAT keepalive")				\
	X(NATT_OTHER,	PASS, "UDP 4500, neither IKE nor ESP")		\
	/* A security association of ours. */				\
	X(SA_NEW,	PASS, "SA known, number new")			\
	X(SA_UNSTARTED,	PASS, "SA known, window not yet started")	\
	X(SA_NO_WINDOW,	PASS, "SA known, replay check off")		\
	X(SA_SHARED,	PASS, "SPI shared by several SAs")		\
	/* None of ours. */						\
	X(TRANSIT,	PASS, "IPsec for another host")			\
	X(NO_SA,	PASS, "unknown SPI")				\
	X(SA_LAG,	PASS, "SA known to the kernel only")		\
	/* Dropped. */							\
	X(REPLAY_DUP,	DROP, "replay: duplicate")			\
	X(REPLAY_OLD,	DROP, "replay: older than the window")		\
	X(SEQ_ZERO,	DROP, "sequence number 0")			\
	X(SPI_ZERO,	DROP, "SPI 0")					\
	X(NO_SA_FLOOD,	DROP, "unknown SPI, source over its rate")	\
	X(UNPROTECTED,	DROP, "clear, should have come encrypted")

enum xi_reason {
#define X(name, action, text) XI_R_##name,
	XI_REASONS(X)
#undef X
	XI_R_MAX
};

enum xi_action { XI_PASS, XI_DROP };

#endif /* XIPSEC_REASONS_H */
