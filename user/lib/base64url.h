/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 4648 section 5, without `=`: bytes as one word of letters, digits, `-` and `_`. */
#ifndef XIPSEC_LIB_BASE64URL_H
#define XIPSEC_LIB_BASE64URL_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Characters for so many bytes, without a NUL. */
#define BASE64URL_LEN(bytes)	(((bytes) * 4 + 2) / 3)

/* Writes BASE64URL_LEN(len) characters and a NUL. */
void base64url_encode(const uint8_t *bytes, size_t len, char *out);

/*
 * All of `text`; only what base64url_encode() writes is taken, so that each byte
 * string has one form. Returns the number of bytes; -1: not that form, or more
 * than `room`.
 */
ssize_t base64url_decode(const char *text, uint8_t *out, size_t room);

#endif /* XIPSEC_LIB_BASE64URL_H */
