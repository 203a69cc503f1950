// SPDX-License-Identifier: Apache-2.0
#include "hex.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define RESULTS	32

struct octets hex(const char *text)
{
	static uint8_t kept[RESULTS][HEX_MAX];
	static unsigned int turn;
	uint8_t *out = kept[turn++ % RESULTS];
	size_t n = 0;
	unsigned int byte;

	for (; *text; text++) {
		if (isspace((unsigned char)*text))
			continue;
		if (n == HEX_MAX || sscanf(text++, "%2x", &byte) != 1 || !*text)
			abort();
		out[n++] = (uint8_t)byte;
	}
	return (struct octets){ out, n };
}

void assert_octets(struct octets got, struct octets want)
{
	assert_int_equal(got.n, want.n);
	assert_memory_equal(got.p, want.p, want.n);
}
