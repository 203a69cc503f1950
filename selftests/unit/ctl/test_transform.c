// SPDX-License-Identifier: Apache-2.0
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "user/ctl/transform.h"

/* R-TS-2, R-TS-7 */
static const struct {
	uint8_t proto;
	const char *enc;
	uint16_t enc_bits;
	const char *auth, *aead, *want;
	int iv;
	uint16_t aead_bits;
} rows[] = {
	{ IPPROTO_ESP, "cbc(aes)", 128, "hmac(sha1)", "", "esp-aes esp-sha-hmac ", 16, 0 },
	{ IPPROTO_ESP, "cbc(aes)", 192, "hmac(sha384)", "", "esp-192-aes esp-sha384-hmac ", 16, 0 },
	{ IPPROTO_ESP, "cbc(aes)", 256, "hmac(sha256)", "", "esp-256-aes esp-sha256-hmac ", 16, 0 },
	{ IPPROTO_ESP, "cbc(des3_ede)", 192, "hmac(md5)", "", "esp-3des esp-md5-hmac ", 8, 0 },
	{ IPPROTO_ESP, "ecb(cipher_null)", 0, "hmac(sha512)", "", "esp-null esp-sha512-hmac ", 0, 0 },
	{ IPPROTO_ESP, "ecb(cipher_null)", 0, "digest_null", "", "esp-null ", 0, 0 },
	{ IPPROTO_ESP, "", 0, "", "rfc4106(gcm(aes))", "esp-gcm ", 8, 160 },
	{ IPPROTO_ESP, "", 0, "", "rfc4106(gcm(aes))", "esp-gcm 256 ", 8, 288 },
	{ IPPROTO_ESP, "", 0, "", "rfc4543(gcm(aes))", "esp-gmac 192 ", 8, 224 },
	{ IPPROTO_ESP, "", 0, "", "rfc7539esp(chacha20,poly1305)", "esp-chacha20-poly1305 ", 8, 288 },
	{ IPPROTO_AH, "", 0, "hmac(sha1)", "", "ah-sha-hmac ", -1, 0 },
	{ IPPROTO_AH, "", 0, "hmac(sha256)", "", "ah-sha256-hmac ", -1, 0 },
	/* Without a name on IOS: the kernel's. */
	{ IPPROTO_ESP, "cbc(camellia)", 128, "xcbc(aes)", "", "cbc(camellia) xcbc(aes) ", -1, 0 },
	{ IPPROTO_ESP, "", 0, "", "rfc4309(ccm(aes))", "rfc4309(ccm(aes)) ", 8, 152 },
	{ IPPROTO_ESP, "cbc(aes)", 111, "", "", "cbc(aes) ", -1, 0 },
};

static void test_transform_names(void **state)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sa_info sa = { .key.proto = rows[i].proto,
				      .enc.key_bits = rows[i].enc_bits,
				      .aead.key_bits = rows[i].aead_bits };
		struct transform t;
		char text[256] = "";
		unsigned int k;

		strcpy(sa.enc.name, rows[i].enc);
		strcpy(sa.auth.name, rows[i].auth);
		strcpy(sa.aead.name, rows[i].aead);
		transform_of_sa(&sa, &t);
		for (k = 0; k < t.n; k++)
			strcat(strcat(text, t.name[k]), " ");
		assert_string_equal(text, rows[i].want);
		assert_int_equal(t.iv_bytes, rows[i].iv);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_transform_names) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
