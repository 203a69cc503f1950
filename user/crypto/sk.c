// SPDX-License-Identifier: Apache-2.0
#include "user/crypto/sk.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <string.h>

#include "user/crypto/hmac.h"

#define NONCE_LEN	12	/* salt and IV: RFC 5282 section 4, RFC 7634 section 2 */
#define CIPHERS_MAX	32	/* rows of the table, up to the last cipher that IKE uses */

/* Where the parts of one message are. */
struct parts {
	uint8_t	*iv, *text, *icv;
	size_t	filled;		/* text, padding and pad length */
	size_t	len;		/* of the whole */
};

bool sk_usable(const struct sk *s)
{
	const struct alg *c = s->encr, *a = s->integ;

	if (!c || c->type != ALG_ENCR || !(c->use & ALG_IKE) || !c->openssl || !s->e ||
	    s->e->len != alg_key_material(c))
		return false;
	if (c->aead)
		return !a && c->salt_len + c->iv == NONCE_LEN && c->iv == sizeof(s->iv);
	return a && a->type == ALG_INTEG && a->openssl && a->icv <= HMAC_MAX && s->a &&
	       s->a->len == a->key_len;
}

static size_t icv_len(const struct sk *s)
{
	return s->encr->aead ? s->encr->icv : s->integ->icv;
}

size_t sk_text_offset(const struct sk *s, size_t head)
{
	return head + s->encr->iv;
}

size_t sk_sealed_len(const struct sk *s, size_t head, size_t text_len)
{
	size_t block = s->encr->block, filled;

	if (head > SK_MESSAGE_MAX || text_len > SK_MESSAGE_MAX)
		return 0;
	filled = (text_len + 1 + block - 1) / block * block;
	filled += head + s->encr->iv + icv_len(s);
	return filled <= SK_MESSAGE_MAX ? filled : 0;
}

/* Of a message of `len` bytes. false: no whole SK payload is in it. */
static bool take_apart(const struct sk *s, uint8_t *msg, size_t len, size_t head, struct parts *p)
{
	size_t around = s->encr->iv + icv_len(s);

	if (len > SK_MESSAGE_MAX || head > len || len - head < around + 1)
		return false;
	p->iv = msg + head;
	p->text = p->iv + s->encr->iv;
	p->filled = len - head - around;
	p->icv = p->text + p->filled;
	p->len = len;
	return p->filled % s->encr->block == 0;
}

/* Fetched once for the process, as HMAC is (hmac.c). */
static EVP_CIPHER *cipher(const struct alg *a)
{
	static EVP_CIPHER *fetched[CIPHERS_MAX];
	EVP_CIPHER *c, *before = NULL;
	size_t n, i = (size_t)(a - alg_table(&n));

	if (i >= CIPHERS_MAX)
		return NULL;
	c = __atomic_load_n(&fetched[i], __ATOMIC_ACQUIRE);
	if (c)
		return c;
	c = EVP_CIPHER_fetch(NULL, a->openssl, NULL);
	if (c && !__atomic_compare_exchange_n(&fetched[i], &before, c, false, __ATOMIC_ACQ_REL,
					      __ATOMIC_ACQUIRE)) {
		EVP_CIPHER_free(c);
		c = before;
	}
	return c;
}

/* --- AEADs --------------------------------------------------------------------------------- */

enum direction { OPEN, SEAL };	/* as EVP_CipherInit_ex2() counts */

/* 0, -EIO, or -EBADMSG (open: the tag is not that of the message). */
static int aead(const struct sk *s, const uint8_t *head, size_t head_len, const struct parts *p,
		enum direction dir)
{
	const struct alg *c = s->encr;
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	uint8_t nonce[NONCE_LEN];
	int n, ret = -EIO;

	memcpy(nonce, s->e->b + c->key_len, c->salt_len);
	memcpy(nonce + c->salt_len, p->iv, c->iv);
	if (!ctx || EVP_CipherInit_ex2(ctx, cipher(c), s->e->b, nonce, dir, NULL) != 1)
		goto out;
	if (dir == OPEN && EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, c->icv, p->icv) != 1)
		goto out;
	if (EVP_CipherUpdate(ctx, NULL, &n, head, (int)head_len) != 1 ||
	    EVP_CipherUpdate(ctx, p->text, &n, p->text, (int)p->filled) != 1 ||
	    (size_t)n != p->filled)
		goto out;
	if (EVP_CipherFinal_ex(ctx, p->text + n, &n) != 1) {
		ret = dir == OPEN ? -EBADMSG : -EIO;
		goto out;
	}
	if (dir == SEAL && EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, c->icv, p->icv) != 1)
		goto out;
	ret = 0;
out:
	EVP_CIPHER_CTX_free(ctx);
	OPENSSL_cleanse(nonce, sizeof(nonce));
	return ret;
}

/* --- CBC with HMAC ------------------------------------------------------------------------- */

static int cbc(const struct sk *s, const struct parts *p, enum direction dir)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	bool fine;
	int n;

	fine = ctx && EVP_CipherInit_ex2(ctx, cipher(s->encr), s->e->b, p->iv, dir, NULL) == 1 &&
	       EVP_CIPHER_CTX_set_padding(ctx, 0) == 1 &&
	       EVP_CipherUpdate(ctx, p->text, &n, p->text, (int)p->filled) == 1 &&
	       (size_t)n == p->filled && EVP_CipherFinal_ex(ctx, p->text + n, &n) == 1;
	EVP_CIPHER_CTX_free(ctx);
	return fine ? 0 : -EIO;
}

/* Over the message from its first byte to the ICV. */
static int mac(const struct sk *s, const uint8_t *msg, const struct parts *p,
	       uint8_t hash[static HMAC_MAX])
{
	struct octets in = { msg, (size_t)(p->icv - msg) };
	size_t len;

	if (!hmac_once(s->integ->openssl, sk_octets(s->a), &in, 1, hash, &len) ||
	    len < s->integ->icv)
		return -EIO;
	return 0;
}

static int cbc_seal(const struct sk *s, const uint8_t *msg, const struct parts *p)
{
	uint8_t hash[HMAC_MAX];
	int ret = cbc(s, p, SEAL);

	if (!ret)
		ret = mac(s, msg, p, hash);
	if (!ret)
		memcpy(p->icv, hash, s->integ->icv);
	return ret;
}

/* Nothing is decrypted before it is authentic. */
static int cbc_open(const struct sk *s, const uint8_t *msg, const struct parts *p)
{
	uint8_t hash[HMAC_MAX];
	int ret = mac(s, msg, p, hash);

	if (!ret && CRYPTO_memcmp(hash, p->icv, s->integ->icv))
		ret = -EBADMSG;
	OPENSSL_cleanse(hash, sizeof(hash));
	return ret ? ret : cbc(s, p, OPEN);
}

/* --- messages ------------------------------------------------------------------------------ */

static int put_iv(struct sk *s, const struct env *env, uint8_t *iv)
{
	int i;

	if (!s->encr->aead)
		return env->random(env->ctx, iv, s->encr->iv);
	if (s->iv == UINT64_MAX)
		return -EOVERFLOW;
	for (i = 0; i < 8; i++)
		iv[i] = (uint8_t)(s->iv >> (56 - 8 * i));
	s->iv++;
	return 0;
}

/* The least padding that fits, zeros. */
static void put_padding(const struct parts *p, size_t text_len)
{
	size_t pad = p->filled - 1 - text_len;

	memset(p->text + text_len, 0, pad);
	p->text[p->filled - 1] = (uint8_t)pad;
}

int sk_seal(struct sk *s, const struct env *env, uint8_t *msg, size_t room, size_t head,
	    size_t text_len, size_t *len)
{
	struct parts p;
	int ret;

	*len = 0;
	if (!sk_usable(s))
		return -EINVAL;
	p.len = sk_sealed_len(s, head, text_len);
	if (!p.len || p.len > room || !take_apart(s, msg, p.len, head, &p))
		return -EMSGSIZE;
	ret = put_iv(s, env, p.iv);
	put_padding(&p, text_len);
	if (!ret)
		ret = s->encr->aead ? aead(s, msg, head, &p, SEAL) : cbc_seal(s, msg, &p);
	if (ret) {
		OPENSSL_cleanse(p.text, p.filled);
		ERR_clear_error();
		return ret;
	}
	*len = p.len;
	return 0;
}

int sk_open(const struct sk *s, uint8_t *msg, size_t len, size_t head, struct octets *text)
{
	struct parts p;
	uint8_t pad;
	int ret;

	*text = (struct octets){};
	if (!sk_usable(s))
		return -EINVAL;
	if (!take_apart(s, msg, len, head, &p))
		return -EBADMSG;
	ret = s->encr->aead ? aead(s, msg, head, &p, OPEN) : cbc_open(s, msg, &p);
	if (!ret) {
		/* Any padding of any length that fits (RFC 7296 section 3.14). */
		pad = p.text[p.filled - 1];
		if (pad >= p.filled)
			ret = -EBADMSG;
		else
			*text = (struct octets){ p.text, p.filled - 1 - pad };
	}
	if (ret) {
		/* An AEAD decrypts before it knows: nothing of that may stay. */
		OPENSSL_cleanse(p.text, p.filled);
		ERR_clear_error();
	}
	return ret;
}
