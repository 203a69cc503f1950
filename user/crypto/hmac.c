// SPDX-License-Identifier: Apache-2.0
#include "user/crypto/hmac.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>

/*
 * Fetching walks OpenSSL's providers under a lock and costs more than the HMAC:
 * once for the process, whichever thread comes first. It is never freed.
 */
static EVP_MAC *hmac(void)
{
	static EVP_MAC *fetched;
	EVP_MAC *mac = __atomic_load_n(&fetched, __ATOMIC_ACQUIRE), *before = NULL;

	if (mac)
		return mac;
	mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	if (mac && !__atomic_compare_exchange_n(&fetched, &before, mac, false, __ATOMIC_ACQ_REL,
						__ATOMIC_ACQUIRE)) {
		EVP_MAC_free(mac);
		mac = before;
	}
	return mac;
}

bool hmac_once(const char *md, struct octets key, const struct octets *in, size_t n,
	       uint8_t out[static HMAC_MAX], size_t *len)
{
	OSSL_PARAM params[2] = {};
	EVP_MAC *mac = hmac();
	EVP_MAC_CTX *ctx = NULL;
	bool fine = false;
	size_t i;

	*len = 0;
	if (!mac || !md || !key.n)
		goto out;
	params[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)md, 0);
	params[1] = OSSL_PARAM_construct_end();
	ctx = EVP_MAC_CTX_new(mac);
	if (!ctx || EVP_MAC_init(ctx, key.p, key.n, params) != 1)
		goto out;
	for (i = 0; i < n; i++)
		if (in[i].n && EVP_MAC_update(ctx, in[i].p, in[i].n) != 1)
			goto out;
	fine = EVP_MAC_final(ctx, out, len, HMAC_MAX) == 1;
out:
	EVP_MAC_CTX_free(ctx);
	if (!fine) {
		OPENSSL_cleanse(out, HMAC_MAX);
		ERR_clear_error();
	}
	return fine;
}
