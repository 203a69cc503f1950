// SPDX-License-Identifier: Apache-2.0
#include "user/crypto/alg.h"

#include <string.h>

#define ALL	(ALG_IKE | ALG_ESP)
#define MACS	(ALG_IKE | ALG_ESP | ALG_AH)
#define OPT_IN(class)	.treat = ALG_OPT_IN, .legacy = (class)
#define REJECT	.treat = ALG_REJECT

/*
 * The order within a type is that of preference where the kernel's or IOS's name
 * fits several rows. RFC 8221 and 8247 say which are still fit for use.
 */
/* clang-format off */
static const struct alg table[] = {
	/* RFC 4106, 5282: the ICV of 16 is the one that is used. */
#define GCM(b, ios) \
	{ .type = ALG_ENCR, .id = 20, .bits = (b), .use = ALL, .ike = ios, .set = "esp-gcm", \
	  .show = "AES-GCM-" #b, .kernel = "rfc4106(gcm(aes))", .openssl = "AES-" #b "-GCM", \
	  .esp1 = 20, .key_len = (b) / 8, .salt_len = 4, .block = 1, .iv = 8, .icv = 16, \
	  .aead = true }
	GCM(256, "aes-gcm-256"),
	GCM(192, NULL),
	GCM(128, "aes-gcm-128"),
	/* RFC 7634. It has one length of key, so no attribute. */
	{ .type = ALG_ENCR, .id = 28, .use = ALL, .set = "esp-chacha20-poly1305",
	  .show = "CHACHA20-POLY1305", .kernel = "rfc7539esp(chacha20,poly1305)",
	  .openssl = "ChaCha20-Poly1305", .key_len = 32, .salt_len = 4, .block = 1, .iv = 8,
	  .icv = 16, .aead = true },
	/* RFC 3602 */
#define CBC(b) \
	{ .type = ALG_ENCR, .id = 12, .bits = (b), .use = ALL, .ike = "aes-cbc-" #b, \
	  .set = "esp-aes", .show = "AES-CBC-" #b, .kernel = "cbc(aes)", \
	  .openssl = "AES-" #b "-CBC", .ike1 = 7, .esp1 = 12, .key_len = (b) / 8, .block = 16, \
	  .iv = 16 }
	CBC(256),
	CBC(192),
	CBC(128),
	/* RFC 4543: the kernel encrypts nothing with it; IKE may not use it. */
#define GMAC(b) \
	{ .type = ALG_ENCR, .id = 21, .bits = (b), .use = ALG_ESP, .set = "esp-gmac", \
	  .show = "AES-GMAC-" #b, .kernel = "rfc4543(gcm(aes))", .esp1 = 23, \
	  .key_len = (b) / 8, .salt_len = 4, .block = 1, .iv = 8, .icv = 16, .aead = true }
	GMAC(256),
	GMAC(192),
	GMAC(128),
	{ .type = ALG_ENCR, .id = 11, .use = ALG_ESP, .set = "esp-null", .show = "NULL",
	  .kernel = "ecb(cipher_null)", .esp1 = 11, .block = 1 },
	{ .type = ALG_ENCR, .id = 3, .use = ALL, OPT_IN("3des"), .ike = "3des", .set = "esp-3des",
	  .show = "3DES", .kernel = "cbc(des3_ede)", .openssl = "DES-EDE3-CBC", .ike1 = 5,
	  .esp1 = 3, .key_len = 24, .block = 8, .iv = 8 },
	{ .type = ALG_ENCR, .id = 2, .use = ALL, REJECT, .ike = "des", .set = "esp-des",
	  .show = "DES", .kernel = "cbc(des)", .ike1 = 1, .esp1 = 2, .key_len = 8, .block = 8,
	  .iv = 8 },
	/* RFC 4309, 3686, 5529: others' SAs have them in the kernel; we offer none. */
	{ .type = ALG_ENCR, .id = 16, .use = ALG_ESP, REJECT, .kernel = "rfc4309(ccm(aes))",
	  .block = 1, .iv = 8, .icv = 16, .aead = true },
	{ .type = ALG_ENCR, .id = 13, .use = ALG_ESP, REJECT, .kernel = "rfc3686(ctr(aes))",
	  .block = 1, .iv = 8 },
	{ .type = ALG_ENCR, .id = 23, .use = ALG_ESP, REJECT, .kernel = "cbc(camellia)",
	  .block = 16, .iv = 16 },

	/* RFC 4868, 2404. The preferred length of the key is that of the output. */
#define PRF(n, word, name, md, ...) \
	{ .type = ALG_PRF, .id = (n), .use = ALG_IKE, .ike = word, .show = name, .openssl = md, \
	  __VA_ARGS__ }
	PRF(7, "sha512", "SHA512", "SHA512", .ike1 = 6, .key_len = 64),
	PRF(6, "sha384", "SHA384", "SHA384", .ike1 = 5, .key_len = 48),
	PRF(5, "sha256", "SHA256", "SHA256", .ike1 = 4, .key_len = 32),
	PRF(2, "sha1", "SHA1", "SHA1", .ike1 = 2, .key_len = 20, .treat = ALG_NOTICE),
	PRF(1, "md5", "MD5", NULL, .ike1 = 1, .key_len = 16, REJECT),

#define INTEG(n, word, ts, name, hmac, md, ...) \
	{ .type = ALG_INTEG, .id = (n), .use = MACS, .ike = word, .set = ts, .show = name, \
	  .kernel = hmac, .openssl = md, __VA_ARGS__ }
	INTEG(14, "sha512", "sha512-hmac", "SHA512", "hmac(sha512)", "SHA512",
	      .ike1 = 6, .esp1 = 7, .key_len = 64, .icv = 32),
	INTEG(13, "sha384", "sha384-hmac", "SHA384", "hmac(sha384)", "SHA384",
	      .ike1 = 5, .esp1 = 6, .key_len = 48, .icv = 24),
	INTEG(12, "sha256", "sha256-hmac", "SHA256", "hmac(sha256)", "SHA256",
	      .ike1 = 4, .esp1 = 5, .key_len = 32, .icv = 16),
	INTEG(2, "sha1", "sha-hmac", "SHA96", "hmac(sha1)", "SHA1",
	      .ike1 = 2, .esp1 = 2, .key_len = 20, .icv = 12, .treat = ALG_NOTICE),
	INTEG(1, "md5", "md5-hmac", "MD596", "hmac(md5)", NULL,
	      .ike1 = 1, .esp1 = 1, .key_len = 16, .icv = 12, REJECT),

	/* RFC 5903: x and y of a public value, x of the secret. */
#define ECP(n, b, len) \
	{ .type = ALG_KE, .id = (n), .ike1 = (n), .use = ALL, .ike = #n, \
	  .show = "DH_GROUP_" #b "_ECP/Group " #n, .openssl = "P-" #b, .pub_i = 2 * (len), \
	  .pub_r = 2 * (len), .shared = (len) }
	ECP(19, 256, 32),
	ECP(20, 384, 48),
	ECP(21, 521, 66),
	/* RFC 3526, 2409 */
#define MODP(n, b, name, ...) \
	{ .type = ALG_KE, .id = (n), .ike1 = (n), .use = ALL, .ike = #n, \
	  .show = "DH_GROUP_" #b "_MODP/Group " #n, .openssl = name, .pub_i = (b) / 8, \
	  .pub_r = (b) / 8, .shared = (b) / 8, __VA_ARGS__ }
	MODP(14, 2048, "modp_2048"),
	MODP(15, 3072, "modp_3072"),
	MODP(16, 4096, "modp_4096"),
	MODP(17, 6144, "modp_6144"),
	MODP(18, 8192, "modp_8192"),
	/* RFC 8031. No numbers in IKEv1. */
	{ .type = ALG_KE, .id = 31, .use = ALL, .ike = "31", .show = "DH_GROUP_CURVE25519/Group 31",
	  .openssl = "X25519", .pub_i = 32, .pub_r = 32, .shared = 32 },
	{ .type = ALG_KE, .id = 32, .use = ALL, .ike = "32", .show = "DH_GROUP_CURVE448/Group 32",
	  .openssl = "X448", .pub_i = 56, .pub_r = 56, .shared = 56 },
	/* FIPS 203; only as an additional key exchange (RFC 9370). dh_available() tells. */
	{ .type = ALG_KE, .id = 36, .use = ALL, .ike = "36", .show = "ML_KEM_768/Group 36",
	  .openssl = "ML-KEM-768", .pub_i = 1184, .pub_r = 1088, .shared = 32 },
	{ .type = ALG_KE, .id = 37, .use = ALL, .ike = "37", .show = "ML_KEM_1024/Group 37",
	  .openssl = "ML-KEM-1024", .pub_i = 1568, .pub_r = 1568, .shared = 32 },
	MODP(5, 1536, "modp_1536", OPT_IN("dh-weak")),
	/* No name in OpenSSL: dh.c has the prime from BN_get_rfc2409_prime_1024(). */
	MODP(2, 1024, "rfc2409-1024", OPT_IN("dh-weak")),
	MODP(1, 768, NULL, REJECT),
	MODP(22, 1024, NULL, REJECT),
	MODP(23, 2048, NULL, REJECT),
	MODP(24, 2048, NULL, REJECT),
};
/* clang-format on */

#define NALGS	(sizeof(table) / sizeof(table[0]))

const struct alg *alg_table(size_t *n)
{
	*n = NALGS;
	return table;
}

static bool same(const char *a, const char *b)
{
	return a && b && !strcmp(a, b);
}

const struct alg *alg_by_ike2(enum alg_type type, uint16_t id, uint16_t bits)
{
	size_t i;

	for (i = 0; i < NALGS; i++)
		if (table[i].type == type && table[i].id == id && table[i].bits == bits)
			return &table[i];
	return NULL;
}

const struct alg *alg_by_ike1(enum alg_type type, uint16_t id, uint16_t bits)
{
	size_t i;

	for (i = 0; i < NALGS && id; i++)
		if (table[i].type == type && table[i].ike1 == id && table[i].bits == bits)
			return &table[i];
	return NULL;
}

const struct alg *alg_by_ike_word(enum alg_type type, const char *word)
{
	size_t i;

	for (i = 0; i < NALGS; i++)
		if (table[i].type == type && same(table[i].ike, word))
			return &table[i];
	return NULL;
}

const struct alg *alg_by_set_word(enum alg_type type, const char *word, uint16_t bits)
{
	size_t i;

	if (type == ALG_INTEG) {
		if (!strncmp(word, "esp-", 4))
			word += 4;
		else if (!strncmp(word, "ah-", 3))
			word += 3;
		else
			return NULL;
	}
	for (i = 0; i < NALGS; i++)
		if (table[i].type == type && same(table[i].set, word) &&
		    (!table[i].bits || table[i].bits == bits))
			return &table[i];
	return NULL;
}

const struct alg *alg_by_kernel(enum alg_type type, const char *name, uint16_t key_bits)
{
	size_t i;

	for (i = 0; i < NALGS; i++)
		if (table[i].type == type && same(table[i].kernel, name) &&
		    (!key_bits || !table[i].key_len ||
		     alg_key_material(&table[i]) * 8 == key_bits))
			return &table[i];
	return NULL;
}
