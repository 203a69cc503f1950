// SPDX-License-Identifier: Apache-2.0
#include "user/crypto/prf.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <string.h>

#include "user/crypto/hmac.h"

/* Pieces of one input: secrets, nonces, SPIs, what prf+ puts before and behind. */
#define PIECES_MAX	(KE_MAX + 6)

static bool is_prf(const struct alg *a)
{
	return a && a->type == ALG_PRF && a->openssl && a->key_len <= ALG_PRF_MAX;
}

void sk_key_wipe(struct sk_key *k)
{
	OPENSSL_cleanse(k, sizeof(*k));
}

void ike_keys_wipe(struct ike_keys *k)
{
	OPENSSL_cleanse(k, sizeof(*k));
}

void child_keys_wipe(struct child_keys *k)
{
	OPENSSL_cleanse(k, sizeof(*k));
}

/* --- the function itself ------------------------------------------------------------------- */

int prf(const struct alg *prf, struct octets key, const struct octets *in, size_t n,
	struct sk_key *out)
{
	uint8_t hash[HMAC_MAX];
	int ret = is_prf(prf) && key.n ? -EIO : -EINVAL;
	size_t len;
	bool fine;

	/* *out may be the key: it is written last. */
	fine = ret == -EIO && hmac_once(prf->openssl, key, in, n, hash, &len) &&
	       len == prf->key_len;
	sk_key_wipe(out);
	if (fine) {
		memcpy(out->b, hash, len);
		out->len = (uint8_t)len;
		ret = 0;
	}
	OPENSSL_cleanse(hash, sizeof(hash));
	return ret;
}

/* T1 = prf(K, S | 0x01), T2 = prf(K, T1 | S | 0x02) ... */
int prf_plus(const struct alg *prf_alg, struct octets key, const struct octets *seed, size_t n,
	     uint8_t *out, size_t len)
{
	struct octets in[PIECES_MAX + 2];
	struct sk_key t = {};
	uint8_t count = 0;
	size_t done, piece;
	int ret = 0;

	memset(out, 0, len);
	if (!is_prf(prf_alg) || n > PIECES_MAX || len > 255 * (size_t)prf_alg->key_len)
		return -EINVAL;
	memcpy(&in[1], seed, n * sizeof(*seed));
	in[n + 1] = (struct octets){ &count, 1 };
	for (done = 0; !ret && done < len; done += piece) {
		struct sk_key before = t;

		count++;
		in[0] = sk_octets(&before);
		ret = prf(prf_alg, key, in, n + 2, &t);
		piece = len - done < t.len ? len - done : t.len;
		memcpy(out + done, t.b, piece);
		sk_key_wipe(&before);
	}
	sk_key_wipe(&t);
	if (ret)
		OPENSSL_cleanse(out, len);
	return ret;
}

/* --- seeds --------------------------------------------------------------------------------- */

static bool nonces_fit(const struct nonces *n)
{
	return n->i.n >= NONCE_MIN && n->i.n <= NONCE_MAX && n->r.n >= NONCE_MIN &&
	       n->r.n <= NONCE_MAX;
}

/* [shared[0] |] Ni | Nr [| shared[1] | ...]. 0: something of it is empty or too much. */
static size_t put_shared(const struct octets *shared, size_t nshared, const struct nonces *n,
			 struct octets in[static PIECES_MAX])
{
	size_t i, k = 0;

	if (nshared > KE_MAX || !nonces_fit(n))
		return 0;
	for (i = 0; i < nshared; i++)
		if (!shared[i].n)
			return 0;
	if (nshared)
		in[k++] = shared[0];
	in[k++] = n->i;
	in[k++] = n->r;
	for (i = 1; i < nshared; i++)
		in[k++] = shared[i];
	return k;
}

int prf_skeyseed(const struct alg *prf_alg, const struct nonces *n, struct octets shared,
		 struct sk_key *out)
{
	uint8_t key[2 * NONCE_MAX];

	sk_key_wipe(out);
	if (!shared.n || !nonces_fit(n))
		return -EINVAL;
	memcpy(key, n->i.p, n->i.n);
	memcpy(key + n->i.n, n->r.p, n->r.n);
	return prf(prf_alg, (struct octets){ key, n->i.n + n->r.n }, &shared, 1, out);
}

int prf_skeyseed_rekey(const struct alg *old_prf, const struct sk_key *sk_d,
		       const struct octets *shared, size_t nshared, const struct nonces *n,
		       struct sk_key *out)
{
	struct octets in[PIECES_MAX];
	size_t k = nshared ? put_shared(shared, nshared, n, in) : 0;

	if (!k) {
		sk_key_wipe(out);
		return -EINVAL;
	}
	return prf(old_prf, sk_octets(sk_d), in, k, out);
}

/* --- keys cut from a stream ---------------------------------------------------------------- */

struct slot {
	struct sk_key	*key;
	size_t		len;
};

/* One call of prf+ for all of them, in their order. */
static int cut_keys(const struct alg *prf_alg, const struct sk_key *key, const struct octets *seed,
		    size_t n, const struct slot *slot, size_t nslots)
{
	uint8_t stream[7 * ALG_KEY_MAX];
	size_t i, len = 0;
	int ret;

	for (i = 0; i < nslots; i++) {
		if (slot[i].len > ALG_KEY_MAX || (len += slot[i].len) > sizeof(stream))
			return -EINVAL;
	}
	ret = prf_plus(prf_alg, sk_octets(key), seed, n, stream, len);
	for (i = 0, len = 0; !ret && i < nslots; len += slot[i++].len) {
		memcpy(slot[i].key->b, stream + len, slot[i].len);
		slot[i].key->len = (uint8_t)slot[i].len;
	}
	OPENSSL_cleanse(stream, sizeof(stream));
	return ret;
}

/* A cipher without authentication has an integrity algorithm beside it, an AEAD none. */
static bool pair_fits(const struct alg *encr, const struct alg *integ)
{
	return encr && encr->type == ALG_ENCR && encr->aead == !integ &&
	       (!integ || integ->type == ALG_INTEG);
}

int prf_ike_keys(const struct ike_algs *algs, const struct sk_key *skeyseed,
		 const struct nonces *n, const uint8_t spi_i[static 8],
		 const uint8_t spi_r[static 8], struct ike_keys *out)
{
	const struct octets seed[] = { n->i, n->r, { spi_i, 8 }, { spi_r, 8 } };
	size_t d, a, e;

	ike_keys_wipe(out);
	if (!is_prf(algs->prf) || !pair_fits(algs->encr, algs->integ) || !nonces_fit(n))
		return -EINVAL;
	d = algs->prf->key_len;
	a = algs->integ ? alg_key_material(algs->integ) : 0;
	e = alg_key_material(algs->encr);
	return cut_keys(algs->prf, skeyseed, seed, 4,
			(struct slot[]){ { &out->d, d },
					 { &out->ai, a },
					 { &out->ar, a },
					 { &out->ei, e },
					 { &out->er, e },
					 { &out->pi, d },
					 { &out->pr, d } },
			7);
}

int prf_child_keys(const struct alg *prf_alg, const struct sk_key *sk_d,
		   const struct octets *shared, size_t nshared, const struct nonces *n,
		   const struct alg *encr, const struct alg *integ, struct child_keys *out)
{
	struct octets seed[PIECES_MAX];
	size_t k = put_shared(shared, nshared, n, seed), e, a;

	child_keys_wipe(out);
	/* encr: NULL for AH. */
	if (!k || !(encr ? pair_fits(encr, integ) : integ && integ->type == ALG_INTEG))
		return -EINVAL;
	e = encr ? alg_key_material(encr) : 0;
	a = integ ? alg_key_material(integ) : 0;
	return cut_keys(prf_alg, sk_d, seed, k,
			(struct slot[]){
				{ &out->ei, e }, { &out->ai, a }, { &out->er, e }, { &out->ar, a } },
			4);
}

int prf_ppk(const struct alg *prf_alg, struct octets ppk, struct ike_keys *k)
{
	struct sk_key *key[] = { &k->d, &k->pi, &k->pr };
	struct sk_key mixed[3] = {};
	size_t i;
	int ret = 0;

	for (i = 0; !ret && i < 3; i++) {
		struct octets seed = sk_octets(key[i]);

		mixed[i].len = key[i]->len;
		ret = seed.n ? prf_plus(prf_alg, ppk, &seed, 1, mixed[i].b, seed.n) : -EINVAL;
	}
	for (i = 0; !ret && i < 3; i++)
		*key[i] = mixed[i];
	OPENSSL_cleanse(mixed, sizeof(mixed));
	return ret;
}

/* --- AUTH by a shared key ------------------------------------------------------------------ */

int prf_pad_psk(const struct alg *prf_alg, struct octets psk, struct sk_key *out)
{
	static const char pad[] = "Key Pad for IKEv2";
	struct octets in = { (const uint8_t *)pad, sizeof(pad) - 1 };

	return prf(prf_alg, psk, &in, 1, out);
}

int prf_auth(const struct alg *prf_alg, const struct sk_key *padded, const struct octets *in,
	     size_t n, struct sk_key *out)
{
	return prf(prf_alg, sk_octets(padded), in, n, out);
}

int prf_check_auth(const struct alg *prf_alg, const struct sk_key *padded, const struct octets *in,
		   size_t n, struct octets auth)
{
	struct sk_key ours;
	int ret = prf_auth(prf_alg, padded, in, n, &ours);

	if (!ret && (auth.n != ours.len || CRYPTO_memcmp(auth.p, ours.b, ours.len)))
		ret = -EKEYREJECTED;
	sk_key_wipe(&ours);
	return ret;
}
