/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SAs and policies as the kernel tells them over NETLINK_XFRM
 * (net/xfrm/xfrm_user.c): bytes to structs, every attribute checked for its
 * length, nothing else. Keys are not read: these structs have no place for them.
 */
#ifndef XIPSEC_KERNEL_XFRM_MSG_H
#define XIPSEC_KERNEL_XFRM_MSG_H

#include <stdbool.h>
#include <stdint.h>

#include <libmnl/libmnl.h>
#include <xipsec/maps.h>

#include "user/lib/addr.h"

enum sa_dir { SA_DIR_UNKNOWN, SA_DIR_IN, SA_DIR_OUT };	/* XFRMA_SA_DIR, Linux 6.10 */

struct sa_selector {
	struct addr	saddr, daddr;
	uint8_t		splen, dplen;	/* prefix lengths */
	uint8_t		proto;		/* 0: any */
	uint16_t	sport, dport;	/* host byte order, 0: any */
};

struct sa_alg {
	char		name[64];	/* the kernel's name; "" none */
	uint16_t	key_bits;
	uint16_t	icv_bits;	/* auth (truncated length) and aead only */
};

struct sa_info {
	struct xi_sa_key key;		/* daddr, spi, proto, family: as the maps */
	struct addr	saddr;
	struct sa_selector sel;
	uint32_t	reqid;
	uint32_t	if_id;
	uint32_t	mark, mark_mask;
	uint8_t		mode;		/* XFRM_MODE_TRANSPORT, _TUNNEL, ... */
	uint8_t		flags;		/* XFRM_STATE_ESN, _NOPMTUDISC, ... */
	enum sa_dir	dir;
	bool		esn;
	bool		offload_packet;	/* the NIC does it all: no replay state in software */
	uint32_t	replay_window;	/* numbers; 0: off */
	uint64_t	replay_top;	/* highest received, ESN with its upper half */
	uint64_t	replay_oseq;	/* highest sent */
	struct sa_alg	enc, auth, aead, comp;
	uint16_t	encap_type;	/* UDP_ENCAP_ESPINUDP, 0: none */
	uint16_t	encap_sport, encap_dport;	/* host byte order */
	uint64_t	bytes, packets;
	uint64_t	add_time, use_time;	/* CLOCK_REALTIME, seconds */
	uint64_t	soft_byte_limit, hard_byte_limit;	/* UINT64_MAX: none */
	uint64_t	soft_packet_limit, hard_packet_limit;
	uint64_t	soft_add_expires, hard_add_expires;	/* seconds after add_time; 0: none */
	uint32_t	stat_replay_window, stat_replay, stat_integrity_failed;
};

struct policy_info {
	struct sa_selector sel;
	uint32_t	index, priority, if_id;
	uint8_t		dir;		/* XFRM_POLICY_IN, _OUT, _FWD */
	uint8_t		action;		/* XFRM_POLICY_ALLOW, _BLOCK */
	unsigned int	ntmpl;
	struct {
		struct addr	saddr, daddr;
		uint32_t	spi;	/* host byte order, 0: any */
		uint32_t	reqid;
		uint8_t		proto, mode;
	} tmpl[4];			/* AH, ESP, IPComp: more is refused by the kernel at 6 */
};

/* XFRM_MSG_NEWSA, _UPDSA: 0, or -EBADMSG (a length that cannot be), *sa then undefined. */
int xfrm_msg_sa(const struct nlmsghdr *nlh, struct sa_info *sa);

/* XFRM_MSG_DELSA, XFRM_MSG_EXPIRE (hard): who is gone. */
int xfrm_msg_sa_gone(const struct nlmsghdr *nlh, struct xi_sa_key *key, bool *hard);

/* XFRM_MSG_NEWPOLICY. */
int xfrm_msg_policy(const struct nlmsghdr *nlh, struct policy_info *pol);

#endif /* XIPSEC_KERNEL_XFRM_MSG_H */
