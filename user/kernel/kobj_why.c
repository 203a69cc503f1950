// SPDX-License-Identifier: Apache-2.0
/* Why an object could not be made, in words that say what to do. */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "user/kernel/kobj_msg.h"

/* What gives the kernel an algorithm; by a part of its name, the longer ones first. */
static const struct {
	const char *part, *config;
} crypto[] = {
	{ "chacha20",	"CONFIG_CRYPTO_CHACHA20POLY1305" },
	{ "camellia",	"CONFIG_CRYPTO_CAMELLIA" },
	{ "serpent",	"CONFIG_CRYPTO_SERPENT" },
	{ "twofish",	"CONFIG_CRYPTO_TWOFISH" },
	{ "blowfish",	"CONFIG_CRYPTO_BLOWFISH" },
	{ "cast5",	"CONFIG_CRYPTO_CAST5" },
	{ "des",	"CONFIG_CRYPTO_DES" },
	{ "null",	"CONFIG_CRYPTO_NULL" },
	{ "gcm(",	"CONFIG_CRYPTO_GCM" },
	{ "ccm(",	"CONFIG_CRYPTO_CCM" },
	{ "ctr(",	"CONFIG_CRYPTO_CTR" },
	{ "xcbc(",	"CONFIG_CRYPTO_XCBC" },
	{ "cmac(",	"CONFIG_CRYPTO_CMAC" },
	{ "cbc(aes",	"CONFIG_CRYPTO_AES, CONFIG_CRYPTO_CBC" },
	{ "md5",	"CONFIG_CRYPTO_MD5" },
	{ "sha1",	"CONFIG_CRYPTO_SHA1" },
	{ "sha256",	"CONFIG_CRYPTO_SHA256" },
	{ "sha384",	"CONFIG_CRYPTO_SHA512" },
	{ "sha512",	"CONFIG_CRYPTO_SHA512" },
	{ "rmd160",	"CONFIG_CRYPTO_RMD160" },
	{ "sm4",	"CONFIG_CRYPTO_SM4" },
	{ "sm3",	"CONFIG_CRYPTO_SM3" },
};

static const char *config_of(const char *alg)
{
	size_t i;

	for (i = 0; i < sizeof(crypto) / sizeof(crypto[0]); i++)
		if (strstr(alg, crypto[i].part))
			return crypto[i].config;
	return "CONFIG_CRYPTO";
}

/* The kernel says which of the two it did not find, or does not say. */
static void missing_algorithm(const struct kobj_sa *sa, const char *words, char *to, size_t size)
{
	bool enc = sa->enc[0] && !strstr(words, "AUTH"), auth = sa->auth[0] && !strstr(words, "CRYPT");

	if (sa->aead[0])
		snprintf(to, size, "the kernel lacks %s (%s)", sa->aead, config_of(sa->aead));
	else if (enc && auth)
		snprintf(to, size, "the kernel lacks %s or %s (%s, %s)", sa->enc, sa->auth,
			 config_of(sa->enc), config_of(sa->auth));
	else
		snprintf(to, size, "the kernel lacks %s (%s)", enc ? sa->enc : sa->auth,
			 config_of(enc ? sa->enc : sa->auth));
}

static void missing_for_sa(const struct kobj_sa *sa, int err, const char *words, char *to,
			   size_t size)
{
	bool ah = sa->key.proto == IPPROTO_AH, six = sa->key.family == AF_INET6;

	if (err == -EPROTONOSUPPORT && !strstr(words, "mode"))
		snprintf(to, size, "it needs module %s%c (CONFIG_INET%s_%s)", ah ? "ah" : "esp",
			 six ? '6' : '4', six ? "6" : "", ah ? "AH" : "ESP");
	else if (err == -ENOSYS || err == -ENOENT)
		missing_algorithm(sa, words, to, size);
}

static bool no_such_thing(int err)
{
	return err == -EOPNOTSUPP || err == -ENOENT || err == -EPROTONOSUPPORT ||
	       err == -EAFNOSUPPORT;
}

static void missing(const struct kobj *o, int err, const char *words, char *to, size_t size)
{
	to[0] = '\0';
	if (err == -EPERM && !strstr(words, "ours"))
		snprintf(to, size, "CAP_NET_ADMIN is needed");
	else if (o->kind == KOBJ_SA)
		missing_for_sa(&o->sa, err, words, to, size);
	else if (o->kind == KOBJ_LINK && no_such_thing(err) && o->link.type == KOBJ_LINK_XFRM)
		snprintf(to, size, "it needs module xfrm_interface (CONFIG_XFRM_INTERFACE)");
	else if (o->kind == KOBJ_LINK && no_such_thing(err))
		snprintf(to, size, "it needs module dummy (CONFIG_DUMMY)");
	else if (o->kind == KOBJ_RULE && no_such_thing(err))
		snprintf(to, size, "%s",
			 o->rule.family == AF_INET6 ? "it needs CONFIG_IPV6_MULTIPLE_TABLES" :
						      "it needs CONFIG_IP_MULTIPLE_TABLES");
}

void kobj_why(const struct kobj *o, int err, const char *words, char *why, size_t size)
{
	char name[KOBJ_STR_MAX], lack[192];
	size_t room;

	missing(o, err, words, lack, sizeof(lack));
	kobj_str(o, name);
	/* What is wrong and what to do must be seen whole: the object's name gives way. */
	room = strlen(words) + strlen(lack) + sizeof(": : ");
	room = room < size ? size - room : 0;
	snprintf(why, size, "%.*s: %s%s%s", (int)room, name, words, lack[0] ? ": " : "", lack);
}
