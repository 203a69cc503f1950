/* SPDX-License-Identifier: Apache-2.0 */
/* Vectors as the RFCs print them. */
#ifndef SELFTESTS_CRYPTO_HEX_H
#define SELFTESTS_CRYPTO_HEX_H

#include "user/crypto/octets.h"

#define HEX_MAX	2048	/* bytes of one vector */

/* Blanks between the digits are fine. A few results live at once; anything else aborts. */
struct octets hex(const char *text);

/* The two are the same bytes. */
void assert_octets(struct octets got, struct octets want);

#endif /* SELFTESTS_CRYPTO_HEX_H */
