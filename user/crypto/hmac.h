/* SPDX-License-Identifier: Apache-2.0 */
/* HMAC over pieces: what prf.c and sk.c share. */
#ifndef XIPSEC_CRYPTO_HMAC_H
#define XIPSEC_CRYPTO_HMAC_H

#include <stdbool.h>

#include "user/crypto/alg.h"
#include "user/crypto/octets.h"

#define HMAC_MAX	64	/* bytes of SHA-512 */

/*
 * md: OpenSSL's name. out: the whole output, *len bytes. false: OpenSSL failed, or
 * the key is empty; *out is then zeros.
 */
bool hmac_once(const char *md, struct octets key, const struct octets *in, size_t n,
	       uint8_t out[static HMAC_MAX], size_t *len);

#endif /* XIPSEC_CRYPTO_HMAC_H */
