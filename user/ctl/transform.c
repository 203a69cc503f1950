/* SPDX-License-Identifier: Apache-2.0 */
#include "user/ctl/transform.h"

#include <netinet/in.h>
#include <string.h>

/*
 * key_bits as the kernel counts: those of rfc4106() and its like include the
 * salt of 32 bits. 0: any. NULL: not printed (no algorithm at all).
 */
/* clang-format off */
static const struct {
	const char	*kernel;
	uint16_t	key_bits;
	uint8_t		proto;
	int		iv_bytes;
	const char	*ios;
} names[] = {
	{ "cbc(aes)",			128, IPPROTO_ESP, 16, "esp-aes" },
	{ "cbc(aes)",			192, IPPROTO_ESP, 16, "esp-192-aes" },
	{ "cbc(aes)",			256, IPPROTO_ESP, 16, "esp-256-aes" },
	{ "cbc(des)",			  0, IPPROTO_ESP,  8, "esp-des" },
	{ "cbc(des3_ede)",		  0, IPPROTO_ESP,  8, "esp-3des" },
	{ "ecb(cipher_null)",		  0, IPPROTO_ESP,  0, "esp-null" },
	{ "rfc4106(gcm(aes))",		160, IPPROTO_ESP,  8, "esp-gcm" },
	{ "rfc4106(gcm(aes))",		224, IPPROTO_ESP,  8, "esp-gcm 192" },
	{ "rfc4106(gcm(aes))",		288, IPPROTO_ESP,  8, "esp-gcm 256" },
	{ "rfc4543(gcm(aes))",		160, IPPROTO_ESP,  8, "esp-gmac" },
	{ "rfc4543(gcm(aes))",		224, IPPROTO_ESP,  8, "esp-gmac 192" },
	{ "rfc4543(gcm(aes))",		288, IPPROTO_ESP,  8, "esp-gmac 256" },
	{ "rfc7539esp(chacha20,poly1305)", 0, IPPROTO_ESP, 8, "esp-chacha20-poly1305" },
	/* No IOS name, but the size of the IV is known. */
	{ "rfc4309(ccm(aes))",		  0, IPPROTO_ESP,  8, "rfc4309(ccm(aes))" },
	{ "rfc3686(ctr(aes))",		  0, IPPROTO_ESP,  8, "rfc3686(ctr(aes))" },
	{ "hmac(md5)",			  0, IPPROTO_ESP, -1, "esp-md5-hmac" },
	{ "hmac(sha1)",			  0, IPPROTO_ESP, -1, "esp-sha-hmac" },
	{ "hmac(sha256)",		  0, IPPROTO_ESP, -1, "esp-sha256-hmac" },
	{ "hmac(sha384)",		  0, IPPROTO_ESP, -1, "esp-sha384-hmac" },
	{ "hmac(sha512)",		  0, IPPROTO_ESP, -1, "esp-sha512-hmac" },
	{ "digest_null",		  0, IPPROTO_ESP, -1, NULL },
	{ "hmac(md5)",			  0, IPPROTO_AH,  -1, "ah-md5-hmac" },
	{ "hmac(sha1)",			  0, IPPROTO_AH,  -1, "ah-sha-hmac" },
	{ "hmac(sha256)",		  0, IPPROTO_AH,  -1, "ah-sha256-hmac" },
	{ "hmac(sha384)",		  0, IPPROTO_AH,  -1, "ah-sha384-hmac" },
	{ "hmac(sha512)",		  0, IPPROTO_AH,  -1, "ah-sha512-hmac" },
	{ "lzs",			  0, IPPROTO_COMP, -1, "comp-lzs" },
};
/* clang-format on */

static void add(struct transform *t, uint8_t proto, const struct sa_alg *alg)
{
	const char *name = alg->name;
	size_t i;

	if (!alg->name[0] || t->n == TRANSFORM_MAX)
		return;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (names[i].proto != proto || strcmp(names[i].kernel, alg->name) ||
		    (names[i].key_bits && names[i].key_bits != alg->key_bits))
			continue;
		name = names[i].ios;
		if (names[i].iv_bytes >= 0)
			t->iv_bytes = names[i].iv_bytes;
		break;
	}
	if (name)
		t->name[t->n++] = name;
}

void transform_of_sa(const struct sa_info *sa, struct transform *t)
{
	t->n = 0;
	t->iv_bytes = -1;
	add(t, sa->key.proto, &sa->aead);
	add(t, sa->key.proto, &sa->enc);
	add(t, sa->key.proto, &sa->auth);
	add(t, IPPROTO_COMP, &sa->comp);
}
