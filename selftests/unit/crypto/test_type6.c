// SPDX-License-Identifier: Apache-2.0
/* Type 6 strings: what goes in comes out, and nothing else does (R-PSK6-6, R-PSK6-8). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A cheap derivation: thousands of strings are opened here. test_master.c has the real one. */
#define TYPE6_SCRYPT_N	2
#include "user/crypto/type6.c"
#include "user/lib/env.h"

static struct type6_master master(const char *text, uint8_t salt)
{
	struct type6_master m;

	secret_set(&m.text, text, strlen(text));
	memset(m.salt, salt, sizeof(m.salt));
	return m;
}

static struct type6 *one(const char *text, uint8_t salt)
{
	struct type6_master m = master(text, salt);
	struct type6 *t = type6_new(&m, 1);

	assert_non_null(t);
	return t;
}

static enum type6_verdict try_open(struct type6 *t, const char *str)
{
	char out[TYPE6_TEXT_MAX + 1];
	enum type6_verdict v = type6_open(t, str, out, NULL);

	if (v != TYPE6_OK)
		assert_string_equal(out, "");
	return v;
}

static void test_type6_round_trip(void **state)
{
	static const char *const fixed[] = { "a", "cisco", "with blanks in it", "\xc3\xa4\xc3\xb6",
					     "0123456789abcdef", "0123456789abcdef0", "!\"?\\$" };
	char text[TYPE6_TEXT_MAX + 2], str[TYPE6_STR_MAX], back[TYPE6_TEXT_MAX + 1];
	struct type6 *t = one("testkey 123", 1);
	size_t i;

	for (i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
		assert_int_equal(type6_seal(t, fixed[i], str), TYPE6_OK);
		assert_int_equal(type6_open(t, str, back, NULL), TYPE6_OK);
		assert_string_equal(back, fixed[i]);
	}
	for (i = 1; i <= TYPE6_TEXT_MAX; i++) {
		memset(text, 'k', i);
		text[i] = '\0';
		assert_int_equal(type6_seal(t, text, str), TYPE6_OK);
		assert_true(strlen(str) < TYPE6_STR_MAX);
		assert_int_equal(strspn(str, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					     "0123456789-_"), strlen(str));
		assert_int_equal(type6_open(t, str, back, NULL), TYPE6_OK);
		assert_string_equal(back, text);
		assert_int_equal(type6_look(str), TYPE6_OK);
	}
	assert_int_equal(strlen(str), TYPE6_STR_MAX - 1);
	strcat(text, "k");
	assert_int_equal(type6_seal(t, text, str), TYPE6_TOO_LONG);
	assert_int_equal(type6_seal(t, "", str), TYPE6_TOO_LONG);
	assert_string_equal(str, "");
	type6_free(t);
	type6_free(NULL);
}

/* The same again is no change; its length tells only the sixteenth that it is in. */
static void test_type6_same_text_same_string(void **state)
{
	struct type6 *a = one("testkey 123", 1), *b = one("testkey 123", 2);
	char x[TYPE6_STR_MAX], y[TYPE6_STR_MAX];

	type6_seal(a, "cisco", x);
	type6_seal(a, "cisco", y);
	assert_string_equal(x, y);
	type6_seal(a, "cisca", y);
	assert_string_not_equal(x, y);
	assert_int_equal(strlen(x), strlen(y));
	type6_seal(a, "0123456789abcdef", y);
	assert_int_equal(strlen(x), strlen(y));
	/* Another box, another salt: another string, but the same key. */
	type6_seal(b, "cisco", y);
	assert_string_not_equal(x, y);
	assert_int_equal(try_open(a, y), TYPE6_OK);
	assert_int_equal(try_open(b, x), TYPE6_OK);
	type6_free(a);
	type6_free(b);
}

/* Computed with Python's hashlib and its cryptography package. test_master.c: at the real cost. */
static void test_type6_known_answer(void **state)
{
	struct type6 *t = one("testkey 123", 0x11);
	char str[TYPE6_STR_MAX];

	type6_seal(t, "cisco", str);
	assert_string_equal(str, "x1EREREREREREREREREREREe97oHrPxRERoiLEE_bo6YKFlUVD9ruoywxZYy4C3nvblPRM");
	type6_free(t);
}

static void test_type6_another_master(void **state)
{
	struct type6 *a = one("testkey 123", 1), *b = one("testkey 124", 1);
	char str[TYPE6_STR_MAX];

	type6_seal(a, "cisco", str);
	assert_int_equal(try_open(b, str), TYPE6_MISMATCH);
	type6_free(a);
	type6_free(b);
}

/* A character changed, left out, doubled, put in; a bit of the body flipped, check made good. */
static void test_type6_damage(void **state)
{
	static const char chars[] = "AZaz09-_x1 =+/!?\"\x80";
	struct type6 *t = one("testkey 123", 1);
	char str[TYPE6_STR_MAX], bad[TYPE6_STR_MAX + 1];
	uint8_t body[BODY_MAX];
	size_t i, j, len;
	ssize_t n;

	type6_seal(t, "a key of more than one block", str);
	len = strlen(str);
	for (i = 0; i < len; i++) {
		for (j = 0; chars[j]; j++) {
			strcpy(bad, str);
			bad[i] = chars[j];
			if (strcmp(bad, str))
				assert_int_equal(try_open(t, bad), i < 1 || (i == 1 && (chars[j] < '0' || chars[j] > '9')) ?
						 TYPE6_FOREIGN : TYPE6_DAMAGED);
		}
		snprintf(bad, sizeof(bad), "%.*s%s", (int)i, str, str + i + 1);
		assert_int_not_equal(try_open(t, bad), TYPE6_OK);
		snprintf(bad, sizeof(bad), "%.*s%s", (int)i + 1, str, str + i);
		assert_int_not_equal(try_open(t, bad), TYPE6_OK);
		snprintf(bad, sizeof(bad), "%.*s", (int)i, str);
		assert_int_not_equal(try_open(t, bad), TYPE6_OK);
	}
	for (i = 0;; i++) {
		n = base64url_decode(str + PREFIX_LEN, body, sizeof(body));
		if (i == (size_t)(n - CHECK_LEN) * 8)
			break;
		body[i / 8] ^= (uint8_t)(1 << i % 8);
		check_of(body, (size_t)n - CHECK_LEN, body + n - CHECK_LEN);
		base64url_encode(body, (size_t)n, bad + PREFIX_LEN);
		assert_int_equal(type6_look(bad), TYPE6_OK);
		type6_begin(t, 1);
		assert_int_equal(try_open(t, bad), TYPE6_MISMATCH);
	}
	assert_int_equal(i, (16 + 16 + 32) * 8);
	type6_free(t);
}

static void test_type6_not_ours(void **state)
{
	static const struct {
		const char *str;
		enum type6_verdict want;
	} rows[] = {
		{ "", TYPE6_FOREIGN },
		{ "x", TYPE6_FOREIGN },
		{ "CXWdhVTZYB_Vcd^`cIHD0ahiFTa", TYPE6_FOREIGN },	/* from a router's manual */
		{ "JDYkqyIFWeBvzpljSfWmRZrmRSRE8syxKlOSjP9RCCkFinZbJI3GD5c6rckJR\\Qju2L`B", TYPE6_FOREIGN },
		{ "X1AAAA", TYPE6_FOREIGN },
		{ "x1", TYPE6_DAMAGED },
		{ "x1AAAA", TYPE6_DAMAGED },
		{ "x2AAAA", TYPE6_DAMAGED },
		{ "x9", TYPE6_DAMAGED },
	};
	struct type6 *t = one("testkey 123", 1);
	char huge[5000];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(type6_look(rows[i].str), rows[i].want);
		assert_int_equal(try_open(t, rows[i].str), rows[i].want);
	}
	memset(huge, 'A', sizeof(huge));
	memcpy(huge, "x1", 2);
	huge[sizeof(huge) - 1] = '\0';
	assert_int_equal(try_open(t, huge), TYPE6_DAMAGED);
	type6_free(t);
}

/* Authentic, but no text of ours: zeros inside, a block of zeros behind, nothing at all. */
static void test_type6_odd_plain(void **state)
{
	static const struct {
		uint8_t plain[2 * BLOCK];
		size_t len;
		enum type6_verdict want;
	} rows[] = {
		{ "0123456789abcdefgh", 32, TYPE6_OK },
		{ "01234567\0" "9", 16, TYPE6_MISMATCH },
		{ "0123", 32, TYPE6_MISMATCH },
		{ "0123456789abcdef", 32, TYPE6_MISMATCH },
		{ "", 16, TYPE6_MISMATCH },
	};
	struct type6 *t = one("testkey 123", 1);
	uint8_t body[BODY_MAX];
	char str[TYPE6_STR_MAX] = PREFIX;
	const uint8_t *key;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		memset(body, 1, TYPE6_SALT);
		assert_int_equal(derive(t, 0, body, &key), TYPE6_OK);
		assert_true(siv(true, key, rows[i].plain, rows[i].len, body + TYPE6_SALT,
				body + TYPE6_SALT + TAG_LEN));
		check_of(body, 32 + rows[i].len, body + 32 + rows[i].len);
		base64url_encode(body, 32 + rows[i].len + CHECK_LEN, str + PREFIX_LEN);
		assert_int_equal(try_open(t, str), rows[i].want);
	}
	type6_free(t);
}

static void test_type6_generations(void **state)
{
	struct type6_master gen[4] = { master("the newest", 4), master("the third", 3),
				       master("the second", 2), master("the first", 1) };
	struct type6 *t = type6_new(gen, 4), *other;
	char str[TYPE6_STR_MAX], back[TYPE6_TEXT_MAX + 1];
	unsigned int i, n;
	bool old;

	assert_ptr_not_equal(type6_masters(t, &n), gen);
	assert_int_equal(n, 4);
	for (i = 0; i < 4; i++) {
		other = type6_new(&gen[i], 1);
		type6_seal(other, "cisco", str);
		type6_free(other);
		assert_int_equal(type6_open(t, str, back, &old), TYPE6_OK);
		assert_string_equal(back, "cisco");
		assert_int_equal(old, i > 0);
		/* Of another box that has this master key. */
		memset(gen[i].salt, 0x40 + (int)i, TYPE6_SALT);
		other = type6_new(&gen[i], 1);
		type6_seal(other, "cisco", str);
		type6_free(other);
		assert_int_equal(type6_open(t, str, back, &old), TYPE6_OK);
		assert_int_equal(old, i > 0);
	}
	type6_free(t);
	/* A source of randomness that repeats itself costs no key. */
	memset(gen[0].salt, 1, TYPE6_SALT);
	memset(gen[1].salt, 1, TYPE6_SALT);
	other = type6_new(&gen[1], 1);
	type6_seal(other, "cisco", str);
	type6_free(other);
	t = type6_new(gen, 2);
	assert_int_equal(type6_open(t, str, back, &old), TYPE6_OK);
	assert_true(old);
	type6_free(t);
}

/* Many salts cost what was allowed, and those known before stay usable. */
static void test_type6_salts_are_bounded(void **state)
{
	struct type6 *t = one("testkey 123", 1), *other;
	char mine[TYPE6_STR_MAX], str[TYPE6_STR_MAX];
	unsigned int i, opened = 0;

	type6_seal(t, "cisco", mine);
	type6_begin(t, 5);
	for (i = 0; i < 100; i++) {
		other = one("testkey 123", (uint8_t)(100 + i));
		type6_seal(other, "cisco", str);
		type6_free(other);
		opened += try_open(t, str) == TYPE6_OK;
	}
	assert_int_equal(opened, 5);
	assert_int_equal(try_open(t, str), TYPE6_TOO_MANY);
	assert_int_equal(try_open(t, mine), TYPE6_OK);
	type6_begin(t, 1000);
	for (i = 0; i < 100; i++) {
		other = one("testkey 123", (uint8_t)(100 + i));
		type6_seal(other, "cisco", str);
		type6_free(other);
		assert_int_equal(try_open(t, str), TYPE6_OK);
		assert_int_equal(try_open(t, str), TYPE6_OK);
		assert_int_equal(try_open(t, mine), TYPE6_OK);
	}
	assert_int_equal(t->allowed, 1000 - 95);
	type6_free(t);
	/* Our own salt is not one of many. */
	t = one("testkey 123", 1);
	type6_begin(t, 0);
	assert_int_equal(try_open(t, str), TYPE6_TOO_MANY);
	assert_int_equal(type6_seal(t, "cisco", mine), TYPE6_OK);
	type6_free(t);
}

static void test_type6_master_texts(void **state)
{
	char text[SECRET_MAX + 2];
	struct err e;

	assert_true(type6_master_fits("testkey 123", &e));
	assert_true(type6_master_fits("12345678", &e));
	assert_false(type6_master_fits("1234567", &e));
	assert_non_null(strstr(e.text, "at least 8 characters"));
	assert_false(type6_master_fits("", &e));
	assert_false(type6_master_fits("1234\t5678", &e));
	assert_false(type6_master_fits("1234\x7f" "5678", &e));
	memset(text, 'k', sizeof(text));
	text[SECRET_MAX] = '\0';
	assert_true(type6_master_fits(text, &e));
	text[SECRET_MAX] = 'k';
	text[SECRET_MAX + 1] = '\0';
	assert_false(type6_master_fits(text, &e));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_type6_round_trip),
		cmocka_unit_test(test_type6_same_text_same_string),
		cmocka_unit_test(test_type6_known_answer),
		cmocka_unit_test(test_type6_another_master),
		cmocka_unit_test(test_type6_damage),
		cmocka_unit_test(test_type6_not_ours),
		cmocka_unit_test(test_type6_odd_plain),
		cmocka_unit_test(test_type6_generations),
		cmocka_unit_test(test_type6_salts_are_bounded),
		cmocka_unit_test(test_type6_master_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
