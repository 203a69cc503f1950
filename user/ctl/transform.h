/* SPDX-License-Identifier: Apache-2.0 */
/* Names of algorithms: what the kernel calls them and what IOS prints (R-TS-2, R-TS-7). */
#ifndef XIPSEC_CTL_TRANSFORM_H
#define XIPSEC_CTL_TRANSFORM_H

#include "user/kernel/xfrm_msg.h"

#define TRANSFORM_MAX	4	/* cipher, integrity, compression, and one to spare */

struct transform {
	unsigned int	n;
	const char	*name[TRANSFORM_MAX];	/* IOS's, else the kernel's; borrowed from the SA */
	int		iv_bytes;		/* -1: not known, or no cipher at all */
};

void transform_of_sa(const struct sa_info *sa, struct transform *t);

#endif /* XIPSEC_CTL_TRANSFORM_H */
