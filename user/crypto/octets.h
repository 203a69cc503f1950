/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes of somebody else. An array of them is what is hashed one behind the other. */
#ifndef XIPSEC_CRYPTO_OCTETS_H
#define XIPSEC_CRYPTO_OCTETS_H

#include <stddef.h>
#include <stdint.h>

struct octets {
	const uint8_t	*p;	/* borrows; may be NULL if n is 0 */
	size_t		n;
};

#endif /* XIPSEC_CRYPTO_OCTETS_H */
