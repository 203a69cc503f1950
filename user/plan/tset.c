// SPDX-License-Identifier: Apache-2.0
#include "user/plan/tset.h"

#include <netinet/in.h>
#include <string.h>

#include "user/config/check.h"

/* What section E refuses is in the table of names, but no part of a transform set. */
static const struct alg *find(enum alg_type type, const char *word, unsigned int bits)
{
	const struct alg *a = alg_by_set_word(type, word, (uint16_t)bits);

	return a && a->treat != ALG_REJECT ? a : NULL;
}

static const struct alg *find_auth(const char *word, const char *prefix)
{
	return strncmp(word, prefix, strlen(prefix)) ? NULL : find(ALG_INTEG, word, 0);
}

bool tset_read(const struct node *set, struct tset *t)
{
	const struct node *mode = set ? check_child(set, "mode") : NULL;
	unsigned int i, bits;

	*t = (struct tset){ .transport = mode && node_has(mode, "transport") };
	if (!set) {
		t->cipher = find(ALG_ENCR, "esp-gcm", 256);
		return true;
	}
	/* A set has one cipher at most, so there is one length. */
	bits = node_num(set, "bits", 128);
	for (i = 0; i < set->ntokens; i++) {
		const char *word = set->token[i].el->word;

		if (!word)
			continue;
		t->cipher = find(ALG_ENCR, word, bits) ?: t->cipher;
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

bool tset_shape_of_sa(const struct sa_info *sa, struct mtu_shape *s)
{
	const char *name = *sa->aead.name ? sa->aead.name : sa->enc.name;
	const struct alg *c = alg_by_kernel(ALG_ENCR, name, 0);

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
