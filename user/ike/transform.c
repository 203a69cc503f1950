// SPDX-License-Identifier: Apache-2.0
#include "user/ike/transform.h"

#include <stdio.h>

/* Sizes of key exchange data: RFC 7296 section 3.4, 5903, 8031, and for ML-KEM FIPS 203. */
// clang-format off
#define ENC(ID, NAME, RULE, AEAD)	{ T_ENCR,  ID, NAME, RULE, AEAD, 0, 0 }
#define ALG(TYPE, ID, NAME)		{ TYPE, ID, NAME, KEYLEN_NO, false, 0, 0 }
#define GRP(ID, NAME, LEN)		{ T_KE, ID, NAME, KEYLEN_NO, false, LEN, LEN }
#define KEM(ID, NAME, PUB, CIPHER)	{ T_KE, ID, NAME, KEYLEN_NO, false, PUB, CIPHER }

static const struct transform_info table[] = {
	ENC( 2, "DES",			KEYLEN_NO,   false),
	ENC( 3, "3DES",			KEYLEN_NO,   false),
	ENC( 5, "CAST",			KEYLEN_MUST, false),
	ENC( 7, "BLOWFISH",		KEYLEN_MUST, false),
	ENC(11, "NULL",			KEYLEN_NO,   false),
	ENC(12, "AES_CBC",		KEYLEN_MUST, false),
	ENC(13, "AES_CTR",		KEYLEN_MUST, false),
	ENC(14, "AES_CCM_8",		KEYLEN_MUST, true),
	ENC(15, "AES_CCM_12",		KEYLEN_MUST, true),
	ENC(16, "AES_CCM_16",		KEYLEN_MUST, true),
	ENC(18, "AES_GCM_8",		KEYLEN_MUST, true),
	ENC(19, "AES_GCM_12",		KEYLEN_MUST, true),
	ENC(20, "AES_GCM_16",		KEYLEN_MUST, true),
	ENC(21, "NULL_AUTH_AES_GMAC",	KEYLEN_MUST, true),
	ENC(23, "CAMELLIA_CBC",		KEYLEN_MUST, false),
	ENC(24, "CAMELLIA_CTR",		KEYLEN_MUST, false),
	ENC(25, "CAMELLIA_CCM_8",	KEYLEN_MUST, true),
	ENC(26, "CAMELLIA_CCM_12",	KEYLEN_MUST, true),
	ENC(27, "CAMELLIA_CCM_16",	KEYLEN_MUST, true),
	ENC(28, "CHACHA20_POLY1305",	KEYLEN_NO,   true),

	ALG(T_PRF, 1, "PRF_HMAC_MD5"),
	ALG(T_PRF, 2, "PRF_HMAC_SHA1"),
	ALG(T_PRF, 4, "PRF_AES128_XCBC"),
	ALG(T_PRF, 5, "PRF_HMAC_SHA2_256"),
	ALG(T_PRF, 6, "PRF_HMAC_SHA2_384"),
	ALG(T_PRF, 7, "PRF_HMAC_SHA2_512"),
	ALG(T_PRF, 8, "PRF_AES128_CMAC"),

	ALG(T_INTEG,  0, "NONE"),
	ALG(T_INTEG,  1, "HMAC_MD5_96"),
	ALG(T_INTEG,  2, "HMAC_SHA1_96"),
	ALG(T_INTEG,  5, "AES_XCBC_96"),
	ALG(T_INTEG,  8, "AES_CMAC_96"),
	ALG(T_INTEG,  9, "AES_128_GMAC"),
	ALG(T_INTEG, 10, "AES_192_GMAC"),
	ALG(T_INTEG, 11, "AES_256_GMAC"),
	ALG(T_INTEG, 12, "HMAC_SHA2_256_128"),
	ALG(T_INTEG, 13, "HMAC_SHA2_384_192"),
	ALG(T_INTEG, 14, "HMAC_SHA2_512_256"),

	GRP( 0, "NONE", 0),
	GRP( 1, "MODP_768", 96),	GRP( 2, "MODP_1024", 128),
	GRP( 5, "MODP_1536", 192),	GRP(14, "MODP_2048", 256),
	GRP(15, "MODP_3072", 384),	GRP(16, "MODP_4096", 512),
	GRP(17, "MODP_6144", 768),	GRP(18, "MODP_8192", 1024),
	GRP(19, "ECP_256", 64),		GRP(20, "ECP_384", 96),
	GRP(21, "ECP_521", 132),	GRP(22, "MODP_1024_160", 128),
	GRP(23, "MODP_2048_224", 256),	GRP(24, "MODP_2048_256", 256),
	GRP(25, "ECP_192", 48),		GRP(26, "ECP_224", 56),
	GRP(27, "ECP_224_BP", 56),	GRP(28, "ECP_256_BP", 64),
	GRP(29, "ECP_384_BP", 96),	GRP(30, "ECP_512_BP", 128),
	GRP(31, "CURVE25519", 32),	GRP(32, "CURVE448", 56),
	KEM(35, "ML_KEM_512", 800, 768),
	KEM(36, "ML_KEM_768", 1184, 1088),
	KEM(37, "ML_KEM_1024", 1568, 1568),

	ALG(T_ESN, 0, "NO_ESN"),
	ALG(T_ESN, 1, "ESN"),
};
// clang-format on

const struct transform_info *transform_info(uint8_t type, uint16_t id)
{
	size_t i;

	if (transform_is_ke(type))
		type = T_KE;
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].type == type && table[i].id == id)
			return &table[i];
	return NULL;
}

const char *transform_type_name(uint8_t type)
{
	static const char *const name[T_TYPES] = {
		[T_ENCR] = "encryption",
		[T_PRF] = "PRF",
		[T_INTEG] = "integrity",
		[T_KE] = "key exchange",
		[T_ESN] = "sequence numbers",
		[T_ADDKE1] = "additional key exchange 1",
		"additional key exchange 2",
		"additional key exchange 3",
		"additional key exchange 4",
		"additional key exchange 5",
		"additional key exchange 6",
		"additional key exchange 7",
	};

	return type < T_TYPES && name[type] ? name[type] : "transform type";
}

const char *transform_str(const struct transform *t, char buf[static TRANSFORM_STR_MAX])
{
	static const char *const kind[T_TYPES] = {
		[T_ENCR] = "ENCR", "PRF",    "INTEG",  "KE",	 "ESN",	   "ADDKE1",
		"ADDKE2",	   "ADDKE3", "ADDKE4", "ADDKE5", "ADDKE6", "ADDKE7",
	};
	const struct transform_info *info = transform_info(t->type, t->id);
	char name[24], bits[8] = "";

	if (info)
		snprintf(name, sizeof(name), "%s", info->name);
	else if (t->type < T_TYPES && kind[t->type])
		snprintf(name, sizeof(name), "%s %u", kind[t->type], t->id);
	else
		snprintf(name, sizeof(name), "type %u: %u", t->type, t->id);
	if (t->keylen)
		snprintf(bits, sizeof(bits), "-%u", t->keylen);
	snprintf(buf, TRANSFORM_STR_MAX, "%s%s%s", name, bits,
		 t->flags & TF_ATTR ? " (unknown attribute)" : "");
	return buf;
}
