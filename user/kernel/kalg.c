// SPDX-License-Identifier: Apache-2.0
/*
 * Binding an AF_ALG socket makes the kernel look the algorithm up, and load its
 * module, as an SA would. /proc/crypto lists only what is loaded already.
 */
#include "user/kernel/kalg.h"

#include <errno.h>
#include <linux/if_alg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Per kind: the type's name, and an algorithm that every kernel with IPsec has. */
static const struct {
	const char	*type;
	const char	*usual;
} kalg_kinds[] = {
	[KALG_CIPHER]	= { "skcipher", "cbc(aes)" },
	[KALG_AEAD]	= { "aead", "rfc4106(gcm(aes))" },
	[KALG_HASH]	= { "hash", "hmac(sha256)" },
};

/* 0 or a negative errno. */
static int kalg_bind(enum kalg_kind kind, const char *name)
{
	struct sockaddr_alg a = { .salg_family = AF_ALG };
	int fd, ret;

	if (strlen(name) >= sizeof(a.salg_name))
		return -ENOENT;
	snprintf((char *)a.salg_type, sizeof(a.salg_type), "%s", kalg_kinds[kind].type);
	snprintf((char *)a.salg_name, sizeof(a.salg_name), "%s", name);
	fd = socket(AF_ALG, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	ret = bind(fd, (struct sockaddr *)&a, sizeof(a)) ? -errno : 0;
	close(fd);
	return ret;
}

enum kalg_verdict kalg_ask(enum kalg_kind kind, const char *name)
{
	int ret = kalg_bind(kind, name);

	if (!ret)
		return KALG_THERE;
	/* The same error says that the kernel offers no sockets of this kind at all. */
	if (ret != -ENOENT || kalg_bind(kind, kalg_kinds[kind].usual))
		return KALG_UNKNOWN;
	return KALG_MISSING;
}
