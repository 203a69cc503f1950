// SPDX-License-Identifier: Apache-2.0
/* Identities: well formed, equal, printed, and the most specific match (R-IKE-6, RFC 7296 section 3.5). */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "selftests/lib/hex.h"
#include "user/ike/dn.h"
#include "user/ike/identity.h"

#define CN_GW	"30 0d 31 0b 30 09 06 03 55 04 03 0c 02 67 77"	/* CN=gw, UTF8String */
#define CN_GW_P	"30 0d 31 0b 30 09 06 03 55 04 03 13 02 47 57"	/* CN=GW, PrintableString */
#define C_O_CN	"30 25 31 0b 30 09 06 03 55 04 06 13 02 44 45 "		\
		"31 0b 30 09 06 03 55 04 0a 0c 02 41 42 "		\
		"31 09 30 07 06 03 55 04 03 0c 00 "

static struct identity id_hex(uint8_t type, const char *hex, uint8_t *buf, size_t cap)
{
	return (struct identity){ .type = type, .data = span_of(buf, hex_bytes(hex, buf, cap)) };
}

static struct identity id_text(uint8_t type, const char *text)
{
	return (struct identity){ .type = type, .data = span_of(text, strlen(text)) };
}

// clang-format off
static const struct {
	uint8_t type;
	const char *hex, *text;		/* text NULL: malformed */
} rows[] = {
	{ ID_IPV4,   "c0000201", "192.0.2.1" },
	{ ID_IPV4,   "c00002", NULL },
	{ ID_IPV4,   "c000020100", NULL },
	{ ID_IPV4,   "", NULL },
	{ ID_IPV6,   "20010db8 00*11 01", "2001:db8::1" },
	{ ID_IPV6,   "20010db8", NULL },
	{ ID_FQDN,   "67 77 2e 65 78", "gw.ex" },
	{ ID_FQDN,   "", NULL },
	{ ID_FQDN,   "67 77 00", NULL },
	{ ID_FQDN,   "67 0a 77", NULL },
	{ ID_FQDN,   "67 20 77", NULL },
	{ ID_FQDN,   "67 7f", NULL },
	{ ID_FQDN,   "67 c3 a4", "g??" },
	{ ID_EMAIL,  "61 40 62", "a@b" },
	{ ID_EMAIL,  "61 62", NULL },
	{ ID_EMAIL,  "61 40", NULL },
	{ ID_EMAIL,  "61 40 00 62", NULL },
	{ ID_KEY_ID, "00 1b 5b", "key-id 0x001b5b" },
	{ ID_KEY_ID, "", NULL },
	{ ID_GN,     "82 02 67 77", "general-name 0x82026777" },
	{ ID_GN,     "82 03 67 77", NULL },
	{ ID_NULL,   "", "null" },
	{ ID_NULL,   "01", "null" },
	{ ID_DN,     CN_GW, "CN=gw" },
	{ ID_DN,     C_O_CN, "C=DE, O=AB, CN=" },
	{ ID_DN,     "30 00", "" },
	{ ID_DN,     CN_GW "00", NULL },
	{ ID_DN,     "31 0d 31 0b 30 09 06 03 55 04 03 0c 02 67 77", NULL },
	{ ID_DN,     "30 0d 30 0b 30 09 06 03 55 04 03 0c 02 67 77", NULL },
	{ ID_DN,     "30 0d 31 0b 30 09 06 03 55 04 03 0c 03 67 77", NULL },
	{ ID_DN,     "30 0d 31 0c 30 09 06 03 55 04 03 0c 02 67 77", NULL },
	{ ID_DN,     "30 80 31 0b 30 09 06 03 55 04 03 0c 02 67 77", NULL },
	{ ID_DN,     "30 81 0d 31 0b 30 09 06 03 55 04 03 0c 02 67 77", NULL },
	{ ID_DN,     "30 84 ff ff ff ff", NULL },
	{ ID_DN,     "30 85 00 00 00 00 00", NULL },
	{ ID_DN,     "30 02 31 00", NULL },
	{ ID_DN,     "30 12 31 10 30 0e 06 03 55 04 03 0c 07 61 2c 4f 3d 1b 62 22", "CN=a\\,O\\=?b\\\"" },
	{ ID_DN,     "30 0f 31 0d 30 0b 06 05 2a 03 04 05 06 0c 02 67 77", "oid=gw" },
	{ 200,       "61", NULL },
};
// clang-format on

static void test_forms_and_texts(void **state)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t buf[256];
		char text[IDENTITY_STR_MAX];
		struct identity id = id_hex(rows[i].type, rows[i].hex, buf, sizeof(buf));
		bool good = !identity_check(&id, NULL);

		identity_str(&id, text);
		if (good != !!rows[i].text || (good && strcmp(text, rows[i].text)))
			fail_msg("row %zu: \"%s\"", i, text);
		if (!good)
			assert_int_equal(strncmp(text, "malformed", 9), 0);
	}
}

/* openiked 2695060: a long identity overran the buffer it was printed to. */
static void test_long_ones_are_cut(void **state)
{
	static const uint8_t types[] = { ID_FQDN, ID_EMAIL, ID_KEY_ID };
	uint8_t buf[IDENTITY_MAX + 1];
	char text[IDENTITY_STR_MAX];
	size_t i, n;

	memset(buf, 'a', sizeof(buf));
	buf[0] = '@';
	for (i = 0; i < sizeof(types); i++) {
		for (n = 2; n <= IDENTITY_MAX; n++) {
			struct identity id = { .type = types[i], .data = span_of(buf, n) };

			assert_true(strlen(identity_str(&id, text)) < sizeof(text));
		}
		assert_string_equal(text + strlen(text) - 3, "...");
	}
	assert_int_equal(identity_check(&(struct identity){ ID_FQDN, span_of(buf, IDENTITY_MAX) }, NULL), 0);
	assert_int_not_equal(identity_check(&(struct identity){ ID_FQDN, span_of(buf, IDENTITY_MAX + 1) }, NULL), 0);
}

static void test_long_dn_is_cut(void **state)
{
	uint8_t buf[1024];
	size_t n = hex_bytes("30 82 01 04 31 82 01 00 30 81 fd 06 03 55 04 03 0c 81 f5 61*245", buf, sizeof(buf));
	char text[32];

	assert_true(dn_check(span_of(buf, n)));
	dn_str(span_of(buf, n), text, sizeof(text));
	assert_true(strlen(text) < sizeof(text));
	assert_string_equal(text + strlen(text) - 3, "...");
	assert_string_equal(dn_str(span_of(buf, n), text, 4), "...");
}

static void test_equal(void **state)
{
	uint8_t a[256], b[256];
	struct identity x, y;

	x = id_text(ID_FQDN, "GW.example");
	y = id_text(ID_FQDN, "gw.EXAMPLE");
	assert_true(identity_equal(&x, &y));
	y = id_text(ID_FQDN, "gw.example.");
	assert_false(identity_equal(&x, &y));
	y = id_text(ID_KEY_ID, "GW.example");
	assert_false(identity_equal(&x, &y));
	x = id_text(ID_KEY_ID, "a");
	y = id_text(ID_KEY_ID, "A");
	assert_false(identity_equal(&x, &y));
	x = id_text(ID_EMAIL, "joe@Example");
	y = id_text(ID_EMAIL, "joe@eXAMPLE");
	assert_true(identity_equal(&x, &y));
	y = id_text(ID_EMAIL, "Joe@Example");
	assert_false(identity_equal(&x, &y));
	x = y = id_text(ID_NULL, "");
	assert_false(identity_equal(&x, &y));
	x = id_hex(ID_DN, CN_GW, a, sizeof(a));
	y = id_hex(ID_DN, CN_GW_P, b, sizeof(b));
	assert_true(identity_equal(&x, &y));
	y = id_hex(ID_DN, C_O_CN, b, sizeof(b));
	assert_false(identity_equal(&x, &y));
}

static bool dn_same(const char *x, const char *y)
{
	uint8_t a[256], b[256];

	return dn_equal(span_of(a, hex_bytes(x, a, sizeof(a))), span_of(b, hex_bytes(y, b, sizeof(b))));
}

static void test_dn_equal(void **state)
{
	/* "a  b " and " A b" */
	assert_true(dn_same("30 10 31 0e 30 0c 06 03 55 04 03 0c 05 61 20 20 62 20",
			    "30 0f 31 0d 30 0b 06 03 55 04 03 13 04 20 41 20 62"));
	assert_false(dn_same("30 0e 31 0c 30 0a 06 03 55 04 03 0c 03 61 20 62",
			     "30 0d 31 0b 30 09 06 03 55 04 03 0c 02 61 62"));
	/* O is not CN; a prefix is not the whole; an OCTET STRING is no text. */
	assert_false(dn_same(CN_GW, "30 0d 31 0b 30 09 06 03 55 04 0a 0c 02 67 77"));
	assert_false(dn_same(CN_GW, "30 1a 31 0b 30 09 06 03 55 04 03 0c 02 67 77 31 0b 30 09 06 03 55 04 03 0c 02 67 77"));
	assert_false(dn_same(CN_GW, "30 0d 31 0b 30 09 06 03 55 04 03 04 02 67 77"));
	/* Two RDNs are not one of two attributes; malformed is nothing's equal. */
	assert_false(dn_same("30 1a 31 0b 30 09 06 03 55 04 03 0c 02 67 77 31 0b 30 09 06 03 55 04 03 0c 02 67 77",
			     "30 18 31 16 30 09 06 03 55 04 03 0c 02 67 77 30 09 06 03 55 04 03 0c 02 67 77"));
	assert_false(dn_same("30 01", "30 01"));
	assert_true(dn_same("30 00", "30 00"));
}

static struct id_pattern pat_addr(const char *text, uint8_t plen)
{
	struct id_pattern p = { .kind = ID_PAT_ADDR, .plen = plen };

	assert_true(addr_parse(text, &p.addr));
	return p;
}

static struct id_pattern pat_text(enum id_pattern_kind kind, const char *text)
{
	return (struct id_pattern){ .kind = kind, .text = span_of(text, strlen(text)) };
}

static struct id_pattern pat_exact(uint8_t type, const char *text)
{
	return (struct id_pattern){ .kind = ID_PAT_EXACT, .id = id_text(type, text) };
}

static void test_most_specific_address(void **state)
{
	const struct id_pattern p[] = {
		{ .kind = ID_PAT_ANY },	     pat_addr("0.0.0.0", 0),	pat_addr("10.2.80.0", 24),
		pat_addr("10.2.80.209", 32), pat_addr("10.2.0.0", 16),	pat_addr("2001:db8::", 32),
		pat_addr("10.2.80.0", 24),   pat_exact(ID_FQDN, "a.b"),
	};
	static const struct { const char *addr; int want; } at[] = {
		{ "10.2.80.209", 3 }, { "10.2.80.208", 2 }, { "10.2.81.1", 4 }, { "11.0.0.1", 1 },
		{ "2001:db8::5", 5 }, { "2001:db9::5", 0 },
	};
	size_t i;

	for (i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		struct addr a;
		struct identity id;

		assert_true(addr_parse(at[i].addr, &a));
		id = (struct identity){ .type = a.family == AF_INET ? ID_IPV4 : ID_IPV6,
					.data = span_of(a.b, a.family == AF_INET ? 4 : 16) };
		assert_int_equal(id_pattern_best(p, sizeof(p) / sizeof(p[0]), &id), at[i].want);
	}
	assert_int_equal(id_pattern_best(p, 0, &p[7].id), -1);
}

static void test_most_specific_name(void **state)
{
	const struct id_pattern p[] = {
		pat_text(ID_PAT_DOMAIN, "example"),	   pat_text(ID_PAT_DOMAIN, "west.example"),
		pat_exact(ID_FQDN, "gw.west.example"),	   pat_text(ID_PAT_EMAIL_DOMAIN, "example"),
		pat_exact(ID_EMAIL, "joe@example"),	   pat_text(ID_PAT_DOMAIN, ""),
		pat_text(ID_PAT_EMAIL_DOMAIN, ""),
	};
	static const struct { uint8_t type; const char *text; int want; } at[] = {
		{ ID_FQDN, "gw.west.example", 2 }, { ID_FQDN, "GW2.West.Example", 1 },
		{ ID_FQDN, "west.example", 0 },	   { ID_FQDN, "example", -1 },
		{ ID_FQDN, ".example", -1 },	   { ID_FQDN, "evilexample", -1 },
		{ ID_FQDN, "example.org", -1 },	   { ID_EMAIL, "ann@example", 3 },
		{ ID_EMAIL, "joe@example", 4 },	   { ID_EMAIL, "joe@west.example", -1 },
		{ ID_KEY_ID, "gw.west.example", -1 },
	};
	size_t i;

	for (i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		struct identity id = id_text(at[i].type, at[i].text);

		if (id_pattern_best(p, sizeof(p) / sizeof(p[0]), &id) != at[i].want)
			fail_msg("%s", at[i].text);
	}
}

static void test_malformed_matches_not_even_any(void **state)
{
	const struct id_pattern any = { .kind = ID_PAT_ANY };
	struct identity id = { .type = ID_IPV4, .data = span_of("abc", 3) };

	assert_int_equal(id_pattern_match(&any, &id), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms_and_texts),
		cmocka_unit_test(test_long_ones_are_cut),
		cmocka_unit_test(test_long_dn_is_cut),
		cmocka_unit_test(test_equal),
		cmocka_unit_test(test_dn_equal),
		cmocka_unit_test(test_most_specific_address),
		cmocka_unit_test(test_most_specific_name),
		cmocka_unit_test(test_malformed_matches_not_even_any),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
