// SPDX-License-Identifier: Apache-2.0
/* The table of algorithms: numbers of IANA, words of IOS, names of the kernel, section E. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "user/crypto/alg.h"

/* IANA "Internet Key Exchange Version 2 (IKEv2) Parameters", transform types 1 to 4. */
static void test_alg_numbers_of_iana(void **state)
{
	static const struct {
		enum alg_type type;
		uint16_t id, bits;
		const char *show;
	} rows[] = {
		{ ALG_ENCR, 12, 128, "AES-CBC-128" },
		{ ALG_ENCR, 12, 192, "AES-CBC-192" },
		{ ALG_ENCR, 12, 256, "AES-CBC-256" },
		{ ALG_ENCR, 20, 128, "AES-GCM-128" },
		{ ALG_ENCR, 20, 256, "AES-GCM-256" },
		{ ALG_ENCR, 28, 0, "CHACHA20-POLY1305" },
		{ ALG_ENCR, 3, 0, "3DES" },
		{ ALG_ENCR, 12, 0, NULL },	/* without its attribute: RFC 3602 has no default */
		{ ALG_ENCR, 12, 512, NULL },
		{ ALG_ENCR, 28, 256, NULL },	/* RFC 7634 section 4: no attribute */
		{ ALG_PRF, 7, 0, "SHA512" },
		{ ALG_PRF, 5, 0, "SHA256" },
		{ ALG_PRF, 2, 0, "SHA1" },
		{ ALG_PRF, 12, 0, NULL },
		{ ALG_INTEG, 12, 0, "SHA256" },
		{ ALG_INTEG, 13, 0, "SHA384" },
		{ ALG_INTEG, 14, 0, "SHA512" },
		{ ALG_INTEG, 2, 0, "SHA96" },
		{ ALG_INTEG, 0, 0, NULL },
		{ ALG_KE, 2, 0, "DH_GROUP_1024_MODP/Group 2" },
		{ ALG_KE, 5, 0, "DH_GROUP_1536_MODP/Group 5" },
		{ ALG_KE, 14, 0, "DH_GROUP_2048_MODP/Group 14" },
		{ ALG_KE, 19, 0, "DH_GROUP_256_ECP/Group 19" },
		{ ALG_KE, 31, 0, "DH_GROUP_CURVE25519/Group 31" },
		{ ALG_KE, 36, 0, "ML_KEM_768/Group 36" },
		{ ALG_KE, 37, 0, "ML_KEM_1024/Group 37" },
		{ ALG_KE, 0, 0, NULL },
		{ 0, 12, 128, NULL },
		{ 5, 0, 0, NULL },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct alg *a = alg_by_ike2(rows[i].type, rows[i].id, rows[i].bits);

		if (!rows[i].show) {
			assert_null(a);
			continue;
		}
		assert_non_null(a);
		assert_string_equal(a->show, rows[i].show);
	}
}

/* RFC 2409 appendix A, RFC 2407 section 4.5, and IANA for what came later. */
static void test_alg_numbers_of_ikev1(void **state)
{
	assert_string_equal(alg_by_ike1(ALG_ENCR, 7, 256)->show, "AES-CBC-256");
	assert_string_equal(alg_by_ike1(ALG_ENCR, 5, 0)->show, "3DES");
	assert_string_equal(alg_by_ike1(ALG_PRF, 4, 0)->show, "SHA256");
	assert_string_equal(alg_by_ike1(ALG_PRF, 2, 0)->show, "SHA1");
	assert_int_equal(alg_by_ike1(ALG_KE, 14, 0)->id, 14);
	/* An AEAD has no number there, and 0 is nobody's. */
	assert_null(alg_by_ike1(ALG_ENCR, 20, 256));
	assert_null(alg_by_ike1(ALG_ENCR, 0, 256));
	assert_null(alg_by_ike1(ALG_KE, 31, 0));
}

/* R-IKE-20, R-TS-2 */
static void test_alg_words_of_ios(void **state)
{
	assert_int_equal(alg_by_ike_word(ALG_ENCR, "aes-gcm-256")->bits, 256);
	assert_int_equal(alg_by_ike_word(ALG_ENCR, "aes-cbc-128")->bits, 128);
	assert_int_equal(alg_by_ike_word(ALG_KE, "21")->id, 21);
	assert_int_equal(alg_by_ike_word(ALG_INTEG, "sha1")->id, 2);
	assert_null(alg_by_ike_word(ALG_INTEG, "sha"));
	assert_null(alg_by_ike_word(ALG_KE, "3"));
	assert_int_equal(alg_by_set_word(ALG_ENCR, "esp-aes", 192)->key_len, 24);
	assert_int_equal(alg_by_set_word(ALG_ENCR, "esp-gcm", 128)->key_len, 16);
	assert_int_equal(alg_by_set_word(ALG_ENCR, "esp-3des", 128)->key_len, 24);
	assert_null(alg_by_set_word(ALG_ENCR, "esp-aes", 100));
	assert_null(alg_by_set_word(ALG_ENCR, "esp-seal", 128));
	assert_int_equal(alg_by_set_word(ALG_INTEG, "esp-sha-hmac", 0)->id, 2);
	assert_int_equal(alg_by_set_word(ALG_INTEG, "ah-sha512-hmac", 0)->id, 14);
	assert_null(alg_by_set_word(ALG_INTEG, "sha512-hmac", 0));
}

static void test_alg_names_of_the_kernel(void **state)
{
	/* It counts the salt of an AEAD with the key. */
	assert_int_equal(alg_by_kernel(ALG_ENCR, "rfc4106(gcm(aes))", 160)->bits, 128);
	assert_int_equal(alg_by_kernel(ALG_ENCR, "rfc4106(gcm(aes))", 288)->bits, 256);
	assert_null(alg_by_kernel(ALG_ENCR, "rfc4106(gcm(aes))", 256));
	assert_int_equal(alg_by_kernel(ALG_ENCR, "cbc(aes)", 192)->bits, 192);
	assert_int_equal(alg_by_kernel(ALG_ENCR, "rfc4309(ccm(aes))", 152)->iv, 8);
	assert_int_equal(alg_by_kernel(ALG_INTEG, "hmac(sha384)", 384)->icv, 24);
	assert_null(alg_by_kernel(ALG_INTEG, "hmac(sm3)", 0));
}

/* Section E: what is refused, what needs `crypto legacy permit`, what gets a notice. */
static void test_alg_treatment_of_section_e(void **state)
{
	static const struct {
		enum alg_type type;
		const char *word;
		enum alg_treat treat;
		const char *legacy;
	} rows[] = {
		{ ALG_ENCR, "des", ALG_REJECT, NULL },
		{ ALG_ENCR, "3des", ALG_OPT_IN, "3des" },
		{ ALG_ENCR, "aes-cbc-128", ALG_ACCEPT, NULL },
		{ ALG_INTEG, "md5", ALG_REJECT, NULL },
		{ ALG_PRF, "md5", ALG_REJECT, NULL },
		{ ALG_INTEG, "sha1", ALG_NOTICE, NULL },
		{ ALG_PRF, "sha1", ALG_NOTICE, NULL },
		{ ALG_KE, "1", ALG_REJECT, NULL },
		{ ALG_KE, "2", ALG_OPT_IN, "dh-weak" },
		{ ALG_KE, "5", ALG_OPT_IN, "dh-weak" },
		{ ALG_KE, "14", ALG_ACCEPT, NULL },
		{ ALG_KE, "22", ALG_REJECT, NULL },
		{ ALG_KE, "23", ALG_REJECT, NULL },
		{ ALG_KE, "24", ALG_REJECT, NULL },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct alg *a = alg_by_ike_word(rows[i].type, rows[i].word);

		assert_non_null(a);
		assert_int_equal(a->treat, rows[i].treat);
		assert_int_equal(!a->legacy, !rows[i].legacy);
		if (a->legacy)
			assert_string_equal(a->legacy, rows[i].legacy);
	}
}

/* What other files take for granted. */
static void test_alg_table_holds_together(void **state)
{
	const struct alg *t;
	size_t n, i, k;

	t = alg_table(&n);
	for (i = 0; i < n; i++) {
		const struct alg *a = &t[i];

		assert_true(a->type >= ALG_ENCR && a->type <= ALG_KE);
		assert_true(alg_key_material(a) <= ALG_KEY_MAX);
		assert_true(a->icv <= ALG_ICV_MAX);
		assert_true(a->pub_i <= ALG_PUB_MAX && a->pub_r <= ALG_PUB_MAX);
		assert_true(a->treat == ALG_REJECT || a->shared <= ALG_SHARED_MAX);
		assert_int_equal(a->treat == ALG_OPT_IN, a->legacy != NULL);
		assert_true(a->type != ALG_ENCR || a->block);
		/* What IKE may use, OpenSSL has a name for; and only ciphers of sk.c's cache. */
		if (a->use & ALG_IKE && a->treat != ALG_REJECT)
			assert_non_null(a->openssl);
		assert_true(a->type != ALG_ENCR || i < 32);
		assert_ptr_equal(alg_by_ike2(a->type, a->id, a->bits), a);
		for (k = 0; k < i; k++)
			assert_false(t[k].type == a->type && t[k].id == a->id && t[k].bits == a->bits);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alg_numbers_of_iana),
		cmocka_unit_test(test_alg_numbers_of_ikev1),
		cmocka_unit_test(test_alg_words_of_ios),
		cmocka_unit_test(test_alg_names_of_the_kernel),
		cmocka_unit_test(test_alg_treatment_of_section_e),
		cmocka_unit_test(test_alg_table_holds_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
