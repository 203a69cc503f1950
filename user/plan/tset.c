// SPDX-License-Identifier: Apache-2.0
#include "user/plan/tset.h"

#include <netinet/in.h>
#include <string.h>

#include "user/config/check.h"

/* clang-format off */
static const struct tset_cipher ciphers[] = {
	{ "esp-aes",	"cbc(aes)",			false, 128, 16, 16, 16, 0 },
	{ "esp-aes",	"cbc(aes)",			false, 192, 24, 16, 16, 0 },
	{ "esp-aes",	"cbc(aes)",			false, 256, 32, 16, 16, 0 },
	{ "esp-3des",	"cbc(des3_ede)",		false,   0, 24,  8,  8, 0 },
	{ "esp-null",	"ecb(cipher_null)",		false,   0,  0,  0,  1, 0 },
	{ "esp-gcm",	"rfc4106(gcm(aes))",		true,  128, 20,  8,  1, 16 },
	{ "esp-gcm",	"rfc4106(gcm(aes))",		true,  192, 28,  8,  1, 16 },
	{ "esp-gcm",	"rfc4106(gcm(aes))",		true,  256, 36,  8,  1, 16 },
	{ "esp-gmac",	"rfc4543(gcm(aes))",		true,  128, 20,  8,  1, 16 },
	{ "esp-gmac",	"rfc4543(gcm(aes))",		true,  192, 28,  8,  1, 16 },
	{ "esp-gmac",	"rfc4543(gcm(aes))",		true,  256, 36,  8,  1, 16 },
	{ "esp-chacha20-poly1305", "rfc7539esp(chacha20,poly1305)", true, 0, 36, 8, 1, 16 },
};

static const struct tset_auth auths[] = {
	{ "sha-hmac",		"hmac(sha1)",	20, 12 },
	{ "sha256-hmac",	"hmac(sha256)",	32, 16 },
	{ "sha384-hmac",	"hmac(sha384)",	48, 24 },
	{ "sha512-hmac",	"hmac(sha512)",	64, 32 },
};
/* clang-format on */

static const struct tset_cipher *find_cipher(const char *ios, unsigned int bits)
{
	size_t i;

	for (i = 0; i < sizeof(ciphers) / sizeof(ciphers[0]); i++)
		if (!strcmp(ciphers[i].ios, ios) && (!ciphers[i].bits || ciphers[i].bits == bits))
			return &ciphers[i];
	return NULL;
}

static const struct tset_auth *find_auth(const char *ios, const char *prefix)
{
	size_t i, len = strlen(prefix);

	if (strncmp(ios, prefix, len))
		return NULL;
	for (i = 0; i < sizeof(auths) / sizeof(auths[0]); i++)
		if (!strcmp(auths[i].ios, ios + len))
			return &auths[i];
	return NULL;
}

bool tset_read(const struct node *set, struct tset *t)
{
	const struct node *mode = set ? check_child(set, "mode") : NULL;
	unsigned int i, bits;

	*t = (struct tset){ .transport = mode && node_has(mode, "transport") };
	if (!set) {
		t->cipher = find_cipher("esp-gcm", 256);
		return true;
	}
	/* A set has one cipher at most, so there is one length. */
	bits = node_num(set, "bits", 128);
	for (i = 0; i < set->ntokens; i++) {
		const char *word = set->token[i].el->word;

		if (!word)
			continue;
		t->cipher = find_cipher(word, bits) ?: t->cipher;
		t->auth = find_auth(word, "esp-") ?: t->auth;
		t->ah = find_auth(word, "ah-") ?: t->ah;
	}
	return t->cipher || t->ah;
}

struct mtu_shape tset_shape(const struct tset *t, uint8_t family)
{
	struct mtu_shape s = { .family = family };

	if (t->cipher) {
		s.esp = true;
		s.e = (struct mtu_esp){ t->cipher->iv, t->cipher->block, t->cipher->icv };
		if (t->auth)
			s.e.icv = t->auth->icv;
	}
	if (t->ah) {
		s.ah = true;
		s.ah_icv = t->ah->icv;
	}
	return s;
}

/* Ciphers that other daemons use too, and that have no IOS name. */
static const struct tset_cipher others[] = {
	{ NULL, "rfc4309(ccm(aes))", true, 0, 0, 8, 1, 16 },
	{ NULL, "rfc3686(ctr(aes))", false, 0, 0, 8, 1, 0 },
	{ NULL, "cbc(camellia)", false, 0, 0, 16, 16, 0 },
};

static const struct tset_cipher *kernel_cipher(const char *kernel)
{
	size_t i;

	for (i = 0; i < sizeof(ciphers) / sizeof(ciphers[0]); i++)
		if (!strcmp(ciphers[i].kernel, kernel))
			return &ciphers[i];
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (!strcmp(others[i].kernel, kernel))
			return &others[i];
	return NULL;
}

bool tset_shape_of_sa(const struct sa_info *sa, struct mtu_shape *s)
{
	const struct tset_cipher *c = kernel_cipher(*sa->aead.name ? sa->aead.name : sa->enc.name);

	if (sa->key.proto == IPPROTO_AH) {
		s->ah = true;
		s->ah_icv = sa->auth.icv_bits / 8;
		return true;
	}
	if (!c)
		return false;
	s->esp = true;
	s->udp = sa->encap_type;
	s->e = (struct mtu_esp){ c->iv, c->block,
				 (*sa->aead.name ? sa->aead.icv_bits : sa->auth.icv_bits) / 8 };
	return true;
}
