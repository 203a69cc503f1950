// SPDX-License-Identifier: Apache-2.0
/*
 * Choosing a proposal (R-IKE-20 to R-IKE-23, RFC 7296 sections 2.7 and 3.3), as texts:
 * "IKE AES_CBC-128 ...; ESP ..." are offers, and so are the answers and the diagnoses.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "user/ike/proposal.h"

static const struct {
	const char *word;
	uint8_t type;
	uint16_t id, keylen;
} words[] = {
	{ "cbc128", T_ENCR, 12, 128 },	  { "cbc192", T_ENCR, 12, 192 },
	{ "cbc256", T_ENCR, 12, 256 },	  { "cbc", T_ENCR, 12, 0 },
	{ "gcm128", T_ENCR, 20, 128 },	  { "gcm256", T_ENCR, 20, 256 },
	{ "gmac128", T_ENCR, 21, 128 },	  { "chacha", T_ENCR, 28, 0 },
	{ "chacha256", T_ENCR, 28, 256 }, { "3des", T_ENCR, 3, 0 },
	{ "3des192", T_ENCR, 3, 192 },	  { "null", T_ENCR, 11, 0 },
	{ "prfsha1", T_PRF, 2, 0 },	  { "prf256", T_PRF, 5, 0 },
	{ "prf384", T_PRF, 6, 0 },	  { "none", T_INTEG, 0, 0 },
	{ "sha1", T_INTEG, 2, 0 },	  { "sha256", T_INTEG, 12, 0 },
	{ "sha512", T_INTEG, 14, 0 },	  { "g0", T_KE, 0, 0 },
	{ "g14", T_KE, 14, 0 },		  { "g16", T_KE, 16, 0 },
	{ "g19", T_KE, 19, 0 },		  { "g31", T_KE, 31, 0 },
	{ "noesn", T_ESN, 0, 0 },	  { "esn", T_ESN, 1, 0 },
	{ "a1none", T_ADDKE1, 0, 0 },	  { "a1mlkem", T_ADDKE1, 36, 0 },
	{ "a1g19", T_ADDKE1, 19, 0 },	  { "a1g31", T_ADDKE1, 31, 0 },
	{ "a2mlkem", T_ADDKE1 + 1, 36, 0 }, { "a2g31", T_ADDKE1 + 1, 31, 0 },
	{ "t99", 99, 1, 0 },		  { "t0", 0, 1, 0 },
	{ "encr999", T_ENCR, 999, 0 },
};

static void add_word(struct proposals *s, const char *word)
{
	bool attr = word[strlen(word) - 1] == '!';
	size_t i, len = strlen(word) - attr;

	if (!strcmp(word, "IKE") || !strcmp(word, "ESP") || !strcmp(word, "AH")) {
		bool ike = *word == 'I';

		assert_true(proposals_add(s, ike ? IKE_PROTO_IKE : *word == 'E' ? IKE_PROTO_ESP : IKE_PROTO_AH,
					  ike ? 0 : 0x1000u + s->n, ike ? 0 : 4));
		return;
	}
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strlen(words[i].word) != len || strncmp(words[i].word, word, len))
			continue;
		assert_true(proposals_add_transform(s, words[i].type, words[i].id, words[i].keylen));
		if (attr)
			s->t[s->nt - 1].flags = TF_ATTR;
		return;
	}
	fail_msg("no word %s", word);
}

static struct proposals set(const char *text)
{
	struct proposals s = {};
	char *copy = strdup(text), *save, *word;

	for (word = strtok_r(copy, " ;", &save); word; word = strtok_r(NULL, " ;", &save))
		add_word(&s, word);
	free(copy);
	return s;
}

#define CHILD	PROPOSAL_CHILD
#define CAUTH	PROPOSAL_CHILD_AUTH
#define I	PROPOSAL_IKE

// clang-format off
static const struct {
	const char *name;
	enum proposal_use use;
	const char *offer, *own, *want;	/* want: the answer, or "! " and the diagnosis */
} rows[] = {
	{ "the initiator's order decides (R-IKE-23)", I,
	  "IKE cbc128 cbc192 prfsha1 prf256 sha1 sha256 g14 g16", "IKE cbc192 cbc128 prf256 prfsha1 sha256 sha1 g16 g14",
	  "1: IKE AES_CBC-128 PRF_HMAC_SHA1 HMAC_SHA1_96 MODP_2048" },
	{ "its proposals too", I,
	  "IKE cbc128 prf256 sha256 g14; IKE gcm256 prf384 g19", "IKE gcm256 prf384 g19; IKE cbc128 prf256 sha256 g14",
	  "1: IKE AES_CBC-128 PRF_HMAC_SHA2_256 HMAC_SHA2_256_128 MODP_2048" },
	{ "the second, with its number", I,
	  "IKE cbc256 prf256 sha256 g16; IKE gcm256 prf384 g19", "IKE gcm256 prf384 g19 g14",
	  "2: IKE AES_GCM_16-256 PRF_HMAC_SHA2_384 ECP_256" },
	{ "the key length is part of it", I, "IKE cbc256 prf256 sha256 g14", "IKE cbc128 prf256 sha256 g14",
	  "! encryption: peer offers AES_CBC-256, we have AES_CBC-128 (proposal 1)" },
	{ "no group in both", I, "IKE gcm256 prf256 g19 g31", "IKE gcm256 prf256 g14",
	  "! key exchange: peer offers ECP_256 CURVE25519, we have MODP_2048 (proposal 1)" },
	{ "the nearest pair is told", I, "IKE cbc256 prf256 sha256 g19; IKE gcm256 prf256 g19", "IKE gcm256 prf256 g14",
	  "! key exchange: peer offers ECP_256, we have MODP_2048 (proposal 2)" },
	{ "AEAD with integrity NONE said", I, "IKE gcm256 prf256 none g14", "IKE gcm256 prf256 g14",
	  "1: IKE AES_GCM_16-256 PRF_HMAC_SHA2_256 NONE MODP_2048" },
	{ "AEAD with integrity", I, "IKE gcm256 prf256 sha256 g14", "IKE gcm256 prf256 sha256 g14",
	  "! encryption and integrity do not go together: peer offers HMAC_SHA2_256_128, we have HMAC_SHA2_256_128 (proposal 1)" },
	{ "no AEAD and no integrity", I, "IKE cbc256 prf256 g14", "IKE cbc256 prf256 g14",
	  "! encryption and integrity do not go together: peer offers none, we have none (proposal 1)" },
	{ "mixed: the cipher that goes with the integrity", I, "IKE gcm256 cbc256 prf256 sha256 g14", "IKE gcm256 cbc256 prf256 sha256 g14",
	  "1: IKE AES_CBC-256 PRF_HMAC_SHA2_256 HMAC_SHA2_256_128 MODP_2048" },
	{ "no group at all (CVE-2016-5391)", I, "IKE gcm256 prf256", "IKE gcm256 prf256 g14", "! proposal 1 lacks key exchange" },
	{ "group NONE", I, "IKE gcm256 prf256 g0", "IKE gcm256 prf256 g0 g14", "! key exchange: peer offers NONE, we have NONE MODP_2048 (proposal 1)" },
	{ "no PRF", I, "IKE gcm256 g14", "IKE gcm256 prf256 g14", "! proposal 1 lacks PRF" },
	{ "ENCR_NULL for IKE", I, "IKE null prf256 sha256 g14", "IKE null prf256 sha256 g14",
	  "! encryption: peer offers NULL, we have NULL (proposal 1)" },
	{ "GMAC for IKE (CVE-2024-3652)", I, "IKE gmac128 prf256 g14", "IKE gmac128 prf256 g14",
	  "! encryption: peer offers NULL_AUTH_AES_GMAC-128, we have NULL_AUTH_AES_GMAC-128 (proposal 1)" },
	{ "unknown type: only that proposal", I, "IKE gcm256 prf256 g14 t99; IKE gcm128 prf256 g14", "IKE gcm256 gcm128 prf256 g14",
	  "2: IKE AES_GCM_16-128 PRF_HMAC_SHA2_256 MODP_2048" },
	{ "unknown type alone", I, "IKE gcm256 prf256 g14 t99", "IKE gcm256 prf256 g14",
	  "! transform type 99 in proposal 1 is not known for IKE" },
	{ "ESN for IKE", I, "IKE gcm256 prf256 g14 esn", "IKE gcm256 prf256 g14",
	  "! sequence numbers 5 in proposal 1 is not known for IKE" },
	{ "unknown cipher: the next one", I, "IKE encr999 gcm256 prf256 g14", "IKE encr999 gcm256 prf256 g14",
	  "1: IKE AES_GCM_16-256 PRF_HMAC_SHA2_256 MODP_2048" },
	{ "unknown attribute: only that transform", I, "IKE gcm256! gcm128 prf256 g14", "IKE gcm256 gcm128 prf256 g14",
	  "1: IKE AES_GCM_16-128 PRF_HMAC_SHA2_256 MODP_2048" },
	{ "AES without a key length", I, "IKE cbc prf256 sha256 g14", "IKE cbc cbc128 prf256 sha256 g14",
	  "! encryption: peer offers AES_CBC, we have AES_CBC AES_CBC-128 (proposal 1)" },
	{ "3DES with one", I, "IKE 3des192 3des prf256 sha256 g14", "IKE 3des192 3des prf256 sha256 g14",
	  "1: IKE 3DES PRF_HMAC_SHA2_256 HMAC_SHA2_256_128 MODP_2048" },
	{ "ChaCha20 with one", I, "IKE chacha256 prf256 g14", "IKE chacha256 prf256 g14",
	  "! encryption: peer offers CHACHA20_POLY1305-256, we have CHACHA20_POLY1305-256 (proposal 1)" },
	{ "ESP for IKE", I, "ESP gcm256 noesn", "IKE gcm256 prf256 g14", "! protocol: peer offers ESP, we have IKE" },
	{ "nothing offered", I, "", "IKE gcm256 prf256 g14", "! the peer offers nothing we can use" },
	{ "nothing configured", I, "IKE gcm256 prf256 g14", "", "! no proposal is configured" },

	{ "ESP", CHILD, "ESP gcm256 noesn", "ESP gcm256 noesn esn", "1: ESP AES_GCM_16-256 NO_ESN" },
	{ "ESP, ESN first", CHILD, "ESP gcm256 esn noesn", "ESP gcm256 noesn esn", "1: ESP AES_GCM_16-256 ESN" },
	{ "ESP without a word on ESN", CHILD, "ESP gcm256", "ESP gcm256 noesn", "! proposal 1 lacks sequence numbers" },
	{ "ESP with NULL and integrity", CHILD, "ESP null sha256 noesn", "ESP null sha256 noesn", "1: ESP NULL HMAC_SHA2_256_128 NO_ESN" },
	{ "ESP with NULL alone", CHILD, "ESP null noesn", "ESP null noesn",
	  "! encryption and integrity do not go together: peer offers none, we have none (proposal 1)" },
	{ "ESP with GMAC", CHILD, "ESP gmac128 noesn", "ESP gmac128 noesn", "1: ESP NULL_AUTH_AES_GMAC-128 NO_ESN" },
	{ "AH", CHILD, "AH sha256 noesn", "AH sha256 noesn", "1: AH HMAC_SHA2_256_128 NO_ESN" },
	{ "AH without integrity", CHILD, "AH none noesn", "AH none sha256 noesn",
	  "! integrity: peer offers NONE, we have NONE HMAC_SHA2_256_128 (proposal 1)" },
	{ "AH and ESP: each with its own", CHILD, "AH sha256 noesn; ESP gcm256 noesn", "ESP gcm256 noesn", "2: ESP AES_GCM_16-256 NO_ESN" },
	{ "PFS wanted, not offered", CHILD, "ESP gcm256 noesn", "ESP gcm256 g14 noesn",
	  "! key exchange: peer offers none, we have MODP_2048 (proposal 1)" },
	{ "PFS offered, not ours", CHILD, "ESP gcm256 g14 noesn", "ESP gcm256 noesn",
	  "! key exchange: peer offers MODP_2048, we have none (proposal 1)" },
	{ "PFS as the peer likes", CHILD, "ESP gcm256 g14 g0 noesn", "ESP gcm256 g0 g14 noesn", "1: ESP AES_GCM_16-256 MODP_2048 NO_ESN" },
	{ "in IKE_AUTH a group does not count", CAUTH, "ESP gcm256 g14 noesn", "ESP gcm256 g19 noesn", "1: ESP AES_GCM_16-256 NO_ESN" },

	{ "additional key exchange (RFC 9370)", I, "IKE gcm256 prf256 g31 a1mlkem", "IKE gcm256 prf256 g31 a1mlkem",
	  "1: IKE AES_GCM_16-256 PRF_HMAC_SHA2_256 CURVE25519 ML_KEM_768" },
	{ "it may be left out", I, "IKE gcm256 prf256 g31 a1mlkem a1none", "IKE gcm256 prf256 g31",
	  "1: IKE AES_GCM_16-256 PRF_HMAC_SHA2_256 CURVE25519 NONE" },
	{ "it may not", I, "IKE gcm256 prf256 g31 a1mlkem", "IKE gcm256 prf256 g31",
	  "! additional key exchange 1: peer offers ML_KEM_768, we have none (proposal 1)" },
	{ "ours needs one", I, "IKE gcm256 prf256 g31", "IKE gcm256 prf256 g31 a1mlkem",
	  "! additional key exchange 1: peer offers none, we have ML_KEM_768 (proposal 1)" },
	{ "not the same twice", I, "IKE gcm256 prf256 g31 a1g31 a1g19", "IKE gcm256 prf256 g31 a1g31 a1g19",
	  "1: IKE AES_GCM_16-256 PRF_HMAC_SHA2_256 CURVE25519 ECP_256" },
	{ "only the same", I, "IKE gcm256 prf256 g31 a1mlkem a2mlkem", "IKE gcm256 prf256 g31 a1mlkem a2mlkem",
	  "! additional key exchange 2 would repeat one that is done already: peer offers ML_KEM_768, we have ML_KEM_768 (proposal 1)" },
};
// clang-format on

static void test_choice(void **state)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct proposals offer = set(rows[i].offer), own = set(rows[i].own), got;
		const char *want = rows[i].want;
		struct proposal_diag d;
		char text[1024] = "! ";

		if (proposal_choose(&offer, &own, rows[i].use, &got, &d)) {
			const char *fault = proposal_answer_fault(&offer, &got, rows[i].use);

			proposal_list_str(&got, text, sizeof(text));
			if (fault)
				fail_msg("%s: the initiator would not take it: %s", rows[i].name, fault);
			assert_int_equal(d.why, PROPOSAL_CHOSEN);
			assert_true(got.p[0].spi == offer.p[got.p[0].number - 1].spi);
		} else {
			proposal_diag_str(&offer, &own, &d, text + 2, sizeof(text) - 2);
		}
		if (strcmp(text, want))
			fail_msg("%s:\n got  %s\n want %s", rows[i].name, text, want);
	}
}

// clang-format off
static const struct {
	enum proposal_use use;
	const char *offer, *answer, *fault;
} answers[] = {
	{ I, "IKE gcm256 gcm128 prf256 g14 g19", "IKE gcm128 prf256 g19", NULL },
	{ I, "IKE gcm256 prf256 none g14", "IKE gcm256 prf256 g14", NULL },
	{ I, "IKE gcm256 prf256 g14", "IKE gcm128 prf256 g14", "a transform that was not offered" },
	{ I, "IKE gcm256 prf256 g14", "IKE gcm256! prf256 g14", "a transform that was not offered" },
	{ I, "IKE gcm256 prf256 g14", "IKE gcm256 prf256 g14 sha256", "a transform that was not offered" },
	{ I, "IKE gcm256 prf256 g14", "IKE gcm256 prf256 g14 t99", "a transform that was not offered" },
	{ I, "IKE gcm256 prf256 g14", "IKE gcm256 prf256 g14 t0", "a transform that was not offered" },
	{ I, "IKE gcm256 prf256 g14 g19", "IKE gcm256 prf256 g14 g19", "two transforms of one type" },
	{ I, "IKE gcm256 prf256 g14", "IKE gcm256 prf256", "a type of transform left out" },
	{ I, "IKE cbc256 gcm256 prf256 sha256 none g14", "IKE cbc256 prf256 g14", "encryption and integrity do not go together" },
	{ I, "IKE cbc256 prf256 sha256 none g14", "IKE cbc256 prf256 none g14", "encryption and integrity do not go together" },
	{ I, "IKE gcm256 prf256 g14", "IKE gcm256 prf256 g14; IKE gcm256 prf256 g14", "not one proposal" },
	{ I, "IKE gcm256 prf256 g14", "", "not one proposal" },
	{ I, "IKE gcm256 prf256 g14", "ESP gcm256 noesn", "a proposal that was not offered" },
	{ CHILD, "ESP gcm256 g14 g0 noesn", "ESP gcm256 noesn", NULL },
	{ CHILD, "ESP gcm256 g14 noesn", "ESP gcm256 noesn", "a type of transform left out" },
	{ CAUTH, "ESP gcm256 g14 noesn", "ESP gcm256 noesn", NULL },
	{ I, "IKE gcm256 prf256 g31 a1g31 a1mlkem", "IKE gcm256 prf256 g31 a1g31", "the same key exchange twice" },
};
// clang-format on

static void test_answer(void **state)
{
	size_t i;

	for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		struct proposals offer = set(answers[i].offer), answer = set(answers[i].answer);
		const char *fault = proposal_answer_fault(&offer, &answer, answers[i].use);
		const char *want = answers[i].fault;

		if (!fault != !want || (fault && strcmp(fault, want)))
			fail_msg("row %zu: %s, not %s", i, fault ? fault : "good", want ? want : "good");
	}
}

static void test_answer_with_another_number(void **state)
{
	struct proposals offer = set("IKE gcm256 prf256 g14"), answer = offer;

	answer.p[0].number = 2;
	assert_string_equal(proposal_answer_fault(&offer, &answer, I), "a proposal that was not offered");
}

static void test_bounds(void **state)
{
	struct proposals s = {};
	char text[64];
	int i;

	assert_false(proposals_add_transform(&s, T_ENCR, 1, 0));
	for (i = 0; i < PROPOSALS_MAX; i++)
		assert_true(proposals_add(&s, IKE_PROTO_IKE, 0, 0));
	assert_false(proposals_add(&s, IKE_PROTO_IKE, 0, 0));
	for (i = 0; i < 255; i++)
		assert_true(proposals_add_transform(&s, T_ENCR, 12, 128));
	assert_false(proposals_add_transform(&s, T_ENCR, 12, 128));
	proposal_list_str(&s, text, sizeof(text));
	assert_string_equal(text + strlen(text) - 4, " ...");
	assert_true(strlen(text) < sizeof(text));
	assert_string_equal(proposal_list_str(&s, text, 1), "");
}

static void test_names(void **state)
{
	char buf[TRANSFORM_STR_MAX];
	struct transform t = { .type = T_ADDKE7, .id = 65535, .keylen = 65535, .flags = TF_ATTR };
	int type;

	assert_string_equal(transform_str(&t, buf), "ADDKE7 65535-65535 (unknown attribute)");
	t = (struct transform){ .type = 200, .id = 5 };
	assert_string_equal(transform_str(&t, buf), "type 200: 5");
	for (type = 0; type < 256; type++)
		assert_non_null(transform_type_name((uint8_t)type));
}

/* Every pair of small offers: what is chosen is in both, and the initiator takes it. */
static void test_random_offers(void **state)
{
	unsigned int seed = 7, n, chosen = 0;

	for (n = 0; n < 20000; n++) {
		struct proposals side[2] = {}, got;
		unsigned int s, p, t;
		struct proposal_diag d;
		char text[256];

		for (s = 0; s < 2; s++) {
			for (p = 0; p < 1 + n % 3; p++) {
				bool ike = rand_r(&seed) % 2;

				add_word(&side[s], ike ? "IKE" : "ESP");
				for (t = 0; t < 8; t++)
					add_word(&side[s], words[(unsigned int)rand_r(&seed) %
								 (sizeof(words) / sizeof(words[0]) - 3)].word);
			}
		}
		for (s = 0; s < 3; s++) {
			if (proposal_choose(&side[0], &side[1], (enum proposal_use)s, &got, &d)) {
				chosen++;
				assert_null(proposal_answer_fault(&side[0], &got, (enum proposal_use)s));
				assert_true(proposal_chosen(&got, T_ENCR));
			} else {
				assert_true(strlen(proposal_diag_str(&side[0], &side[1], &d, text,
								     sizeof(text))) > 0);
			}
		}
	}
	assert_true(chosen > 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_choice),
		cmocka_unit_test(test_answer),
		cmocka_unit_test(test_answer_with_another_number),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_random_offers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
