/* SPDX-License-Identifier: Apache-2.0 */
/* Transform sets in the kernel's terms: names of algorithms, lengths of keys and ICVs (A10). */
#ifndef XIPSEC_PLAN_TSET_H
#define XIPSEC_PLAN_TSET_H

#include "user/config/tree.h"
#include "user/kernel/xfrm_msg.h"
#include "user/plan/mtu.h"

struct tset_cipher {
	const char	*ios;		/* as configured, without the length of its key */
	const char	*kernel;
	bool		aead;
	uint16_t	bits;		/* of a key that can be chosen; 0: one length only */
	uint16_t	key_len;	/* bytes, with the salt of an AEAD */
	uint16_t	iv, block, icv;	/* bytes; icv: of an AEAD */
};

struct tset_auth {
	const char	*ios;		/* without "esp-", "ah-" */
	const char	*kernel;
	uint16_t	key_len;	/* bytes: RFC 2404, RFC 4868 */
	uint16_t	icv;		/* bytes on the wire */
};

struct tset {
	const struct tset_cipher *cipher;	/* NULL: no ESP */
	const struct tset_auth *auth;		/* of ESP; NULL: an AEAD, or AH does it */
	const struct tset_auth *ah;		/* NULL: no AH */
	bool		transport;		/* `mode transport` */
};

/* NULL: the one that is there without a line (R-TS-8). false: nothing of it is known. */
bool tset_read(const struct node *set, struct tset *t);

/* For tunnel mode over `family`. */
struct mtu_shape tset_shape(const struct tset *t, uint8_t family);

/* The ESP part and NAT-T as an SA has them; false: an algorithm is not known, *s unchanged. */
bool tset_shape_of_sa(const struct sa_info *sa, struct mtu_shape *s);

#endif /* XIPSEC_PLAN_TSET_H */
