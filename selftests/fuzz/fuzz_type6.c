// SPDX-License-Identifier: Apache-2.0
/*
 * The decoder of type 6 strings, and the file of the master key, on any bytes.
 * A string that opens has to be the one that sealing its key gives, or of another
 * salt; any other leaves nothing in the buffer. A key of any bytes comes back.
 */
#include <stdlib.h>
#include <string.h>

/* A derivation of 0.1 s leaves no time for inputs. */
#define TYPE6_SCRYPT_N	2
#include "user/crypto/master.c"
#include "user/crypto/type6.c"
#include "user/lib/base64url.c"
#include "user/lib/err.c"
#include "user/lib/secret.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(x)	do { if (!(x)) abort(); } while (0)

static struct type6 *box(void)
{
	static struct type6 *t;
	struct type6_master m = {};

	if (t)
		return t;
	secret_set(&m.text, "testkey 123", 11);
	memset(m.salt, 0x11, sizeof(m.salt));
	t = type6_new(&m, 1);
	CHECK(t);
	return t;
}

static void open_any(struct type6 *t, const char *str)
{
	char out[TYPE6_TEXT_MAX + 1], again[TYPE6_STR_MAX];
	enum type6_verdict look = type6_look(str), v;
	size_t i;

	type6_begin(t, TYPE6_DERIVE_MAX);
	v = type6_open(t, str, out, NULL);
	CHECK(v != TYPE6_TOO_MANY && v != TYPE6_FAILED && v != TYPE6_TOO_LONG);
	CHECK((look == TYPE6_OK) == (v == TYPE6_OK || v == TYPE6_MISMATCH));
	if (v == TYPE6_OK) {
		CHECK(type6_seal(t, out, again) == TYPE6_OK);
		CHECK(strlen(again) == strlen(str));
		CHECK(memcmp(t->gen[0].salt, "\x11\x11", 2) || strncmp(str, "x1EREREREREREREREREREREQ", 23) ||
		      !strcmp(again, str));
		return;
	}
	for (i = 0; i < sizeof(out); i++)
		CHECK(!out[i]);
}

/* The rest of the form made good, so that the input reaches what is behind the check. */
static void open_repaired(struct type6 *t, const uint8_t *data, size_t size)
{
	uint8_t body[BODY_MAX] = {};
	char str[TYPE6_STR_MAX] = PREFIX;
	size_t len = size < BODY_MAX - CHECK_LEN ? size : BODY_MAX - CHECK_LEN;

	memcpy(body, data, len);
	len = (len < 48 ? 48 : len) / BLOCK * BLOCK;
	check_of(body, len, body + len);
	base64url_encode(body, len + CHECK_LEN, str + PREFIX_LEN);
	CHECK(type6_look(str) == TYPE6_OK);
	open_any(t, str);
}

static void seal_any(struct type6 *t, const char *text)
{
	char str[TYPE6_STR_MAX], back[TYPE6_TEXT_MAX + 1];
	enum type6_verdict v = type6_seal(t, text, str);

	CHECK(v == (strlen(text) && strlen(text) <= TYPE6_TEXT_MAX ? TYPE6_OK : TYPE6_TOO_LONG));
	if (v != TYPE6_OK)
		return;
	CHECK(type6_open(t, str, back, NULL) == TYPE6_OK && !strcmp(back, text));
	/* One character changed is another string. */
	str[strlen(str) / 2] ^= 1;
	CHECK(type6_open(t, str, back, NULL) != TYPE6_OK);
}

static void parse_any(const char *text)
{
	struct type6_master gen[1 + TYPE6_OLD_MAX + 1] = {};
	unsigned int n = 0;
	struct err e;

	if (strlen(text) < MASTER_FILE_MAX && !parse(text, gen, &n, &e))
		CHECK(n && n <= 1 + TYPE6_OLD_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct type6 *t = box();
	char *text = malloc(size + 1);

	memcpy(text, data, size);
	text[size] = '\0';
	open_any(t, text);
	open_repaired(t, data, size);
	seal_any(t, text);
	parse_any(text);
	free(text);
	return 0;
}
