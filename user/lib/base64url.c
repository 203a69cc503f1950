// SPDX-License-Identifier: Apache-2.0
#include "user/lib/base64url.h"

#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void base64url_encode(const uint8_t *bytes, size_t len, char *out)
{
	unsigned int bits = 0, nbits = 0;
	size_t i;

	for (i = 0; i < len; i++) {
		bits = (bits & 0xff) << 8 | bytes[i];
		nbits += 8;
		while (nbits >= 6) {
			nbits -= 6;
			*out++ = alphabet[bits >> nbits & 63];
		}
	}
	if (nbits)
		*out++ = alphabet[bits << (6 - nbits) & 63];
	*out = '\0';
}

ssize_t base64url_decode(const char *text, uint8_t *out, size_t room)
{
	unsigned int bits = 0, nbits = 0;
	size_t n = 0;
	const char *at;

	for (; *text; text++) {
		at = strchr(alphabet, *text);
		if (!at)
			return -1;
		bits = (bits & 0xff) << 6 | (unsigned int)(at - alphabet);
		nbits += 6;
		if (nbits < 8)
			continue;
		nbits -= 8;
		if (n == room)
			return -1;
		out[n++] = (uint8_t)(bits >> nbits);
	}
	/* A character too many, or bits behind the last byte: another form of the same bytes. */
	if (nbits == 6 || bits & ((1u << nbits) - 1))
		return -1;
	return (ssize_t)n;
}
