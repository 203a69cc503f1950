/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What we read of the kernel's struct xfrm_state (include/net/xfrm.h), relocated
 * at load by CO-RE: the members stand in the order of their use, not of the
 * kernel's. xfrm_replay_read() turns the three ways in which the kernel keeps a
 * window (net/xfrm/xfrm_replay.c) into one.
 */
#ifndef XI_BPF_XFRM_H
#define XI_BPF_XFRM_H

#include <linux/types.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <xipsec/maps.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

typedef union {
	__be32	a4;
	__be32	a6[4];
} xfrm_address_t;

struct xfrm_id {
	xfrm_address_t daddr;
	__be32	spi;
	__u8	proto;
};

struct xfrm_mark {
	__u32	v;
	__u32	m;
};

struct xfrm_replay_state {
	__u32	seq;
	__u32	bitmap;
};

struct xfrm_replay_state_esn {
	__u32	seq;
	__u32	seq_hi;
	__u32	replay_window;
	__u32	bmp[];
};

enum xfrm_replay_mode {
	XFRM_REPLAY_MODE_LEGACY,
	XFRM_REPLAY_MODE_BMP,
	XFRM_REPLAY_MODE_ESN,
};

struct xfrm_state_walk {
	__u8	state;
};

struct ns_common {
	unsigned int inum;
};

struct net {
	struct ns_common ns;
};

typedef struct {
	struct net *net;
} possible_net_t;

struct qspinlock {
	struct {
		int counter;
	} val;
};

struct raw_spinlock {
	struct qspinlock raw_lock;
};

typedef struct spinlock {
	union {
		struct raw_spinlock rlock;
	};
} spinlock_t;

struct xfrm_state {
	possible_net_t xs_net;
	spinlock_t lock;
	struct xfrm_id id;
	struct xfrm_mark mark;
	struct xfrm_state_walk km;
	struct {
		__u8	replay_window;
		__u16	family;
	} props;
	struct xfrm_replay_state replay;
	struct xfrm_replay_state_esn *replay_esn;
	enum xfrm_replay_mode repl_mode;
	__u8	dir;		/* 6.10 and later */
};

struct km_event {
	union {
		__u32	aevent;
	} data;
	__u32	event;
};

#pragma clang attribute pop

#define XFRM_STATE_VALID	2	/* net/xfrm: state of km.state; anonymous enum */
#define XFRM_SA_DIR_OUT		2

#define XFRM_MSG_NEWSA		0x10
#define XFRM_MSG_UPDSA		0x1a
#define XFRM_MSG_NEWAE		0x1e
#define XFRM_AE_CU		64	/* the change came from user space */

/* The kernel's numbers of one SA at one moment. */
struct replay {
	__u64	top;
	__u32	size;
	__u32	flags;		/* XI_WIN_ESN */
};

/* The highest number alone: one for every packet, so what is not needed is not read. */
static __always_inline __u64 xfrm_replay_top(struct xfrm_state *x)
{
	struct xfrm_replay_state_esn *esn;
	__u32 mode = x->repl_mode;

	if (mode == XFRM_REPLAY_MODE_LEGACY)
		return x->replay.seq;
	esn = x->replay_esn;
	if (mode == XFRM_REPLAY_MODE_ESN)
		return (__u64)esn->seq_hi << 32 | esn->seq;
	return esn->seq;
}

static __always_inline __u32 xfrm_replay_size(struct xfrm_state *x)
{
	__u32 size;

	if (x->repl_mode != XFRM_REPLAY_MODE_LEGACY)
		return x->replay_esn->replay_window;
	size = x->props.replay_window;
	return size > 32 ? 32 : size;	/* xfrm_replay_check_legacy(): the bits there are */
}

static __always_inline void xfrm_replay_read(struct xfrm_state *x, struct replay *r)
{
	r->top = xfrm_replay_top(x);
	r->flags = x->repl_mode == XFRM_REPLAY_MODE_ESN ? XI_WIN_ESN : 0;
	r->size = xfrm_replay_size(x);
}

static __always_inline void xfrm_key_read(struct xfrm_state *x, struct xi_sa_key *key)
{
	__builtin_memset(key, 0, sizeof(*key));
	key->family = x->props.family;
	key->spi = x->id.spi;
	key->proto = x->id.proto;
	/* xfrm_usersa_info may carry anything behind an IPv4 address. */
	if (key->family == 2) {
		*(__be32 *)key->daddr = x->id.daddr.a4;
	} else {
		__be32 *d = (__be32 *)key->daddr;

		d[0] = x->id.daddr.a6[0];
		d[1] = x->id.daddr.a6[1];
		d[2] = x->id.daddr.a6[2];
		d[3] = x->id.daddr.a6[3];
	}
}

#endif /* XI_BPF_XFRM_H */
