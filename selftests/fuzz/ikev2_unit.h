/* SPDX-License-Identifier: Apache-2.0 */
/* The codec of IKE as one unit: what the harnesses fuzz_ikev2_*.c have in common. */
#ifndef XIPSEC_FUZZ_IKEV2_UNIT_H
#define XIPSEC_FUZZ_IKEV2_UNIT_H

#include <stdlib.h>
#include <string.h>

#include "user/ike/cursor.c"
#include "user/ike/header.c"
#include "user/ike/transform.c"
#include "user/ike/proposal.c"
#undef T
#include "user/ike/selector.c"
/* Names that more than one file has for its own. */
#define put	dn_put
#define names	dn_names
#include "user/ike/dn.c"
#undef put
#undef names
#include "user/ike/identity.c"
#include "user/ikev2/payload.c"
#include "user/ikev2/pld_auth.c"
#include "user/ikev2/pld_cp.c"
#include "user/ikev2/pld_ke.c"
#include "user/ikev2/pld_notify.c"
#include "user/ikev2/pld_sa.c"
#include "user/ikev2/pld_sk.c"
#include "user/ikev2/pld_ts.c"
#include "user/ikev2/fragment.c"
#include "user/lib/addr.c"
#include "user/lib/err.c"
#include "user/ikev2/message.c"		/* last: it has the shortest names */
#undef N
#undef D
#undef V

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(x)	do { if (!(x)) abort(); } while (0)

#endif /* XIPSEC_FUZZ_IKEV2_UNIT_H */
