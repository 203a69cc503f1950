/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes from text: "01 02ff | 00000004"; blanks and bars do not count. */
#ifndef XIPSEC_SELFTESTS_HEX_H
#define XIPSEC_SELFTESTS_HEX_H

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* "xx*n" repeats a byte n times (decimal). Returns the number of bytes; a mistake aborts. */
static inline size_t hex_bytes(const char *text, uint8_t *out, size_t cap)
{
	size_t n = 0;

	while (*text) {
		unsigned int byte, times = 1;
		int used = 0;

		if (isspace((unsigned char)*text) || *text == '|') {
			text++;
			continue;
		}
		if (sscanf(text, "%2x%n", &byte, &used) != 1 || used != 2)
			abort();
		text += 2;
		if (*text == '*')
			times = (unsigned int)strtoul(text + 1, (char **)&text, 10);
		while (times--) {
			if (n == cap)
				abort();
			out[n++] = (uint8_t)byte;
		}
	}
	return n;
}

#endif /* XIPSEC_SELFTESTS_HEX_H */
