// SPDX-License-Identifier: Apache-2.0
#include "user/crypto/type6.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "user/lib/base64url.h"

/* RFC 7914: 128 * N * r = 32 MB. A harness may take a cheap one. */
#ifndef TYPE6_SCRYPT_N
#define TYPE6_SCRYPT_N	(1 << 15)
#endif
#define SCRYPT_R	8
#define SCRYPT_P	1
#define SCRYPT_MEM	(48ULL << 20)	/* a bound, above what it takes */

/* A router's strings have the characters from A to i only: no digit, no x. */
#define PREFIX		"x1"
#define PREFIX_LEN	(sizeof(PREFIX) - 1)
#define AAD		"xipsec type 6 version 1"

#define KEY_LEN		64		/* two of AES-256: S2V and CTR */
#define TAG_LEN		16
#define BLOCK		16
#define CHECK_LEN	3
#define BODY_MIN	(TYPE6_SALT + TAG_LEN + BLOCK + CHECK_LEN)
#define BODY_MAX	(TYPE6_SALT + TAG_LEN + TYPE6_TEXT_MAX + CHECK_LEN)

static_assert(PREFIX_LEN + BASE64URL_LEN(BODY_MAX) + 1 == TYPE6_STR_MAX, "TYPE6_STR_MAX");
static_assert(TYPE6_TEXT_MAX % BLOCK == 0, "the longest text needs no filling");

struct derived {
	unsigned int	gen;
	uint8_t		salt[TYPE6_SALT];
	uint8_t		key[KEY_LEN];
	uint64_t	used;
};

struct type6 {
	struct type6_master gen[1 + TYPE6_OLD_MAX];
	unsigned int	ngens;
	unsigned int	allowed;	/* derivations, type6_begin() */
	uint64_t	uses;
	unsigned int	nderived;
	struct derived	derived[TYPE6_DERIVE_MAX];
};

/* A string, taken apart. */
struct sealed {
	uint8_t		body[BODY_MAX];
	const uint8_t	*salt, *tag, *text;
	size_t		len;		/* of text */
};

const char *type6_why(enum type6_verdict v)
{
	switch (v) {
	case TYPE6_OK:		return "it fits";
	case TYPE6_FOREIGN:	return "not made by xipsec";
	case TYPE6_DAMAGED:	return "damaged, or made by a later version";
	case TYPE6_MISMATCH:	return "made with another master key";
	case TYPE6_TOO_LONG:	return "too long";
	case TYPE6_TOO_MANY:	return "not tried: keys of too many boxes";
	case TYPE6_FAILED:	break;
	}
	return "not tried: out of memory";
}

/* One page of its own: not swapped out where that is allowed, and in no core. */
struct type6 *type6_new(const struct type6_master *gen, unsigned int n)
{
	struct type6 *t;

	t = mmap(NULL, sizeof(*t), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (t == MAP_FAILED)
		return NULL;
	(void)!mlock(t, sizeof(*t));
	madvise(t, sizeof(*t), MADV_DONTDUMP);
	memcpy(t->gen, gen, n * sizeof(*gen));
	t->ngens = n;
	t->allowed = TYPE6_DERIVE_MAX;
	return t;
}

void type6_free(struct type6 *t)
{
	if (!t)
		return;
	OPENSSL_cleanse(t, sizeof(*t));
	munmap(t, sizeof(*t));
}

const struct type6_master *type6_masters(const struct type6 *t, unsigned int *n)
{
	*n = t->ngens;
	return t->gen;
}

bool type6_master_fits(const char *text, struct err *e)
{
	size_t i, len = strlen(text);

	if (len < TYPE6_MASTER_MIN) {
		err_set(e, -EINVAL, "the master key needs at least %d characters", TYPE6_MASTER_MIN);
		return false;
	}
	if (len > SECRET_MAX) {
		err_set(e, -EINVAL, "the master key has more than %d bytes", SECRET_MAX);
		return false;
	}
	for (i = 0; i < len; i++) {
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f) {
			err_set(e, -EINVAL, "the master key has a control character");
			return false;
		}
	}
	return true;
}

void type6_begin(struct type6 *t, unsigned int derivations)
{
	t->allowed = derivations;
}

static struct derived *find_derived(struct type6 *t, unsigned int gen, const uint8_t *salt)
{
	unsigned int i;

	for (i = 0; i < t->nderived; i++)
		if (t->derived[i].gen == gen && !memcmp(t->derived[i].salt, salt, TYPE6_SALT))
			return &t->derived[i];
	return NULL;
}

/* A free place, or that of the one not used for longest. */
static struct derived *place_for(struct type6 *t)
{
	struct derived *oldest = &t->derived[0];
	unsigned int i;

	if (t->nderived < TYPE6_DERIVE_MAX)
		return &t->derived[t->nderived++];
	for (i = 1; i < t->nderived; i++)
		if (t->derived[i].used < oldest->used)
			oldest = &t->derived[i];
	return oldest;
}

static bool is_salt_of(const struct type6 *t, unsigned int gen, const uint8_t *salt)
{
	return !memcmp(t->gen[gen].salt, salt, TYPE6_SALT);
}

/* The key for this salt. */
static enum type6_verdict derive(struct type6 *t, unsigned int gen, const uint8_t *salt,
				 const uint8_t **key)
{
	struct derived *d = find_derived(t, gen, salt);
	const struct secret *master = &t->gen[gen].text;
	uint8_t out[KEY_LEN];

	if (!d) {
		/* Our own salts are few: however many others there are, sealing goes on. */
		if (!is_salt_of(t, gen, salt)) {
			if (!t->allowed)
				return TYPE6_TOO_MANY;
			t->allowed--;
		}
		if (EVP_PBE_scrypt((const char *)master->b, master->len, salt, TYPE6_SALT,
				   TYPE6_SCRYPT_N, SCRYPT_R, SCRYPT_P, SCRYPT_MEM, out,
				   sizeof(out)) != 1) {
			ERR_clear_error();
			return TYPE6_FAILED;
		}
		d = place_for(t);
		d->gen = gen;
		memcpy(d->salt, salt, TYPE6_SALT);
		memcpy(d->key, out, KEY_LEN);
		OPENSSL_cleanse(out, sizeof(out));
	}
	d->used = ++t->uses;
	*key = d->key;
	return TYPE6_OK;
}

/* seal: writes the tag; else compares it. false: not authentic, or OpenSSL failed. */
static bool siv(bool seal, const uint8_t *key, const uint8_t *in, size_t len, uint8_t *tag,
		uint8_t *out)
{
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, "AES-256-SIV", NULL);
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	bool fine = false;
	int n;

	if (!cipher || !ctx || EVP_CipherInit_ex(ctx, cipher, NULL, key, NULL, seal) != 1)
		goto out;
	if (!seal && EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TAG_LEN, tag) != 1)
		goto out;
	if (EVP_CipherUpdate(ctx, NULL, &n, (const uint8_t *)AAD, sizeof(AAD) - 1) != 1 ||
	    EVP_CipherUpdate(ctx, out, &n, in, (int)len) != 1 || (size_t)n != len ||
	    EVP_CipherFinal_ex(ctx, out + len, &n) != 1)
		goto out;
	if (seal && EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, TAG_LEN, tag) != 1)
		goto out;
	fine = true;
out:
	EVP_CIPHER_CTX_free(ctx);
	EVP_CIPHER_free(cipher);
	ERR_clear_error();
	return fine;
}

static bool check_of(const uint8_t *body, size_t len, uint8_t check[static CHECK_LEN])
{
	uint8_t hash[EVP_MAX_MD_SIZE];

	if (EVP_Digest(body, len, hash, NULL, EVP_sha256(), NULL) != 1)
		return false;
	memcpy(check, hash, CHECK_LEN);
	return true;
}

enum type6_verdict type6_seal(struct type6 *t, const char *text, char out[static TYPE6_STR_MAX])
{
	size_t len = strlen(text), filled = (len + BLOCK - 1) / BLOCK * BLOCK;
	uint8_t body[BODY_MAX], plain[TYPE6_TEXT_MAX] = {};
	uint8_t *tag = body + TYPE6_SALT, *to = tag + TAG_LEN;
	enum type6_verdict v;
	const uint8_t *key;

	out[0] = '\0';
	if (!len || len > TYPE6_TEXT_MAX)
		return TYPE6_TOO_LONG;
	v = derive(t, 0, t->gen[0].salt, &key);
	if (v != TYPE6_OK)
		return v;
	memcpy(plain, text, len);
	memcpy(body, t->gen[0].salt, TYPE6_SALT);
	if (!siv(true, key, plain, filled, tag, to) ||
	    !check_of(body, TYPE6_SALT + TAG_LEN + filled, to + filled)) {
		v = TYPE6_FAILED;
	} else {
		memcpy(out, PREFIX, PREFIX_LEN);
		base64url_encode(body, TYPE6_SALT + TAG_LEN + filled + CHECK_LEN, out + PREFIX_LEN);
	}
	OPENSSL_cleanse(plain, sizeof(plain));
	return v;
}

static enum type6_verdict take_apart(const char *str, struct sealed *s)
{
	uint8_t check[CHECK_LEN];
	ssize_t n;

	if (str[0] != PREFIX[0] || str[1] < '0' || str[1] > '9')
		return TYPE6_FOREIGN;
	if (str[1] != PREFIX[1])
		return TYPE6_DAMAGED;
	n = base64url_decode(str + PREFIX_LEN, s->body, sizeof(s->body));
	if (n < BODY_MIN || (n - BODY_MIN) % BLOCK)
		return TYPE6_DAMAGED;
	s->salt = s->body;
	s->tag = s->salt + TYPE6_SALT;
	s->text = s->tag + TAG_LEN;
	s->len = (size_t)n - TYPE6_SALT - TAG_LEN - CHECK_LEN;
	if (!check_of(s->body, (size_t)n - CHECK_LEN, check))
		return TYPE6_FAILED;
	return memcmp(check, s->text + s->len, CHECK_LEN) ? TYPE6_DAMAGED : TYPE6_OK;
}

enum type6_verdict type6_look(const char *str)
{
	struct sealed s;

	return take_apart(str, &s);
}

/* One text only: filled up with zeros, no more than it has to be, none inside. */
static bool is_text(const char *plain, size_t filled)
{
	size_t len = strnlen(plain, filled), i;

	for (i = len; i < filled; i++)
		if (plain[i])
			return false;
	return len && filled - len < BLOCK;
}

static enum type6_verdict open_with(struct type6 *t, unsigned int gen, const struct sealed *s,
				    char *out)
{
	uint8_t tag[TAG_LEN];
	enum type6_verdict v;
	const uint8_t *key;

	v = derive(t, gen, s->salt, &key);
	if (v != TYPE6_OK)
		return v;
	memcpy(tag, s->tag, sizeof(tag));
	if (siv(false, key, s->text, s->len, tag, (uint8_t *)out) && is_text(out, s->len)) {
		out[s->len] = '\0';
		return TYPE6_OK;
	}
	/* It is decrypted before it is authenticated: nothing of that may stay. */
	OPENSSL_cleanse(out, TYPE6_TEXT_MAX + 1);
	return TYPE6_MISMATCH;
}

/* A salt of this box says which master key made it; another one may be any's. */
static bool is_ours(const struct type6 *t, const uint8_t *salt)
{
	unsigned int i;

	for (i = 0; i < t->ngens; i++)
		if (is_salt_of(t, i, salt))
			return true;
	return false;
}

enum type6_verdict type6_open(struct type6 *t, const char *str,
			      char out[static TYPE6_TEXT_MAX + 1], bool *old)
{
	enum type6_verdict v;
	struct sealed s;
	unsigned int i;
	bool ours;

	memset(out, 0, TYPE6_TEXT_MAX + 1);
	if (old)
		*old = false;
	v = take_apart(str, &s);
	if (v != TYPE6_OK)
		return v;
	ours = is_ours(t, s.salt);
	for (i = 0; i < t->ngens; i++) {
		if (ours && !is_salt_of(t, i, s.salt))
			continue;
		v = open_with(t, i, &s, out);
		if (old)
			*old = i > 0;
		if (v != TYPE6_MISMATCH)
			return v;
	}
	return TYPE6_MISMATCH;
}
