// SPDX-License-Identifier: Apache-2.0
#include "user/lib/secret.h"

#include <string.h>

bool secret_set(struct secret *s, const void *bytes, size_t len)
{
	secret_wipe(s);
	if (len > sizeof(s->b))
		return false;
	memcpy(s->b, bytes, len);
	s->len = len;
	return true;
}

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool secret_set_hex(struct secret *s, const char *hex)
{
	size_t i, len = strlen(hex);

	secret_wipe(s);
	if (len % 2 || len / 2 > sizeof(s->b))
		return false;
	for (i = 0; i < len / 2; i++) {
		int hi = digit_value(hex[2 * i]), lo = digit_value(hex[2 * i + 1]);

		if (hi < 0 || lo < 0) {
			secret_wipe(s);
			return false;
		}
		s->b[i] = (uint8_t)(hi << 4 | lo);
	}
	s->len = len / 2;
	return true;
}

void secret_wipe(struct secret *s)
{
	if (s)
		explicit_bzero(s, sizeof(*s));
}

bool secret_equal(const struct secret *a, const struct secret *b)
{
	uint8_t diff = 0;
	size_t i;

	if (a->len != b->len)
		return false;
	for (i = 0; i < a->len; i++)
		diff |= a->b[i] ^ b->b[i];
	return !diff;
}

void secret_wipe_text(char *text)
{
	if (text)
		explicit_bzero(text, strlen(text));
}
