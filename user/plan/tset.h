/* SPDX-License-Identifier: Apache-2.0 */
/* Transform sets as rows of the table of algorithms (user/crypto/alg.h), and their shape (A10). */
#ifndef XIPSEC_PLAN_TSET_H
#define XIPSEC_PLAN_TSET_H

#include "user/config/tree.h"
#include "user/crypto/alg.h"
#include "user/kernel/xfrm_msg.h"
#include "user/plan/mtu.h"

struct tset {
	const struct alg *cipher;	/* NULL: no ESP */
	const struct alg *auth;		/* of ESP; NULL: an AEAD, or AH does it */
	const struct alg *ah;		/* NULL: no AH */
	bool		transport;		/* `mode transport` */
};

/* NULL: the one that is there without a line (R-TS-8). false: nothing of it is known. */
bool tset_read(const struct node *set, struct tset *t);

/* For tunnel mode over `family`. */
struct mtu_shape tset_shape(const struct tset *t, uint8_t family);

/* The ESP part and NAT-T as an SA has them; false: an algorithm is not known, *s unchanged. */
bool tset_shape_of_sa(const struct sa_info *sa, struct mtu_shape *s);

#endif /* XIPSEC_PLAN_TSET_H */
