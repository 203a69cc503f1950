/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Key material. There is no function that prints one, and what held one is
 * wiped.
 */
#ifndef XIPSEC_LIB_SECRET_H
#define XIPSEC_LIB_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SECRET_MAX	128

struct secret {
	uint8_t	b[SECRET_MAX];
	size_t	len;		/* bytes; 0: none */
};

/* false: longer than SECRET_MAX; *s is then empty. */
bool secret_set(struct secret *s, const void *bytes, size_t len);
bool secret_set_hex(struct secret *s, const char *hex);	/* false: odd, not hex, too long */
void secret_wipe(struct secret *s);	/* NULL is fine */

/* In a time that depends on the lengths only. */
bool secret_equal(const struct secret *a, const struct secret *b);

/* Text that held a key, before free(). NULL is fine. */
void secret_wipe_text(char *text);

#endif /* XIPSEC_LIB_SECRET_H */
