// SPDX-License-Identifier: Apache-2.0
#include "user/lib/addr.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

static size_t addr_len(uint8_t family)
{
	return family == AF_INET ? 4 : family == AF_INET6 ? 16 : 0;
}

struct addr addr_make(uint8_t family, const void *bytes)
{
	struct addr a = { .family = family };

	/* An unknown family stays without bytes, so that equal addresses are equal memory. */
	memcpy(a.b, bytes, addr_len(family));
	return a;
}

bool addr_equal(const struct addr *a, const struct addr *b)
{
	return a->family == b->family && !memcmp(a->b, b->b, sizeof(a->b));
}

bool addr_is_any(const struct addr *a)
{
	static const uint8_t zero[16];

	return !memcmp(a->b, zero, sizeof(zero));
}

const char *addr_str(const struct addr *a, char buf[static ADDR_STR_MAX])
{
	if (!addr_len(a->family) || !inet_ntop(a->family, a->b, buf, ADDR_STR_MAX))
		strcpy(buf, "-");
	return buf;
}

bool addr_parse(const char *text, struct addr *a)
{
	uint8_t family = strchr(text, ':') ? AF_INET6 : AF_INET;
	uint8_t bytes[16];

	if (inet_pton(family, text, bytes) != 1)
		return false;
	*a = addr_make(family, bytes);
	return true;
}
