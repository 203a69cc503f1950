// SPDX-License-Identifier: Apache-2.0
/* Sizes by hand, from the layouts of RFC 4302 and 4303 (R-FRAG-1). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "user/plan/mtu.h"

#define AES(n)		{ .iv = 16, .block = 16, .icv = n }
#define GCM		{ .iv = 8, .block = 1, .icv = 16 }
#define CHACHA		{ .iv = 8, .block = 1, .icv = 16 }
#define NULL_(n)	{ .iv = 0, .block = 1, .icv = n }
#define SHA1		12
#define SHA256		16
#define SHA384		24
#define SHA512		32

#define V4		.family = AF_INET, .esp = true
#define V6		.family = AF_INET6, .esp = true

/* clang-format off */
static const struct row {
	const char	*name;
	struct mtu_shape s;
	uint32_t	link, inner;
} rows[] = {
	/* 1500 - 20 - 8 - 16 - 12 = 1444, in blocks of 16: 1440, less 2 */
	{ "aes sha1",			{ V4, .e = AES(SHA1) },			1500, 1438 },
	{ "aes sha256",			{ V4, .e = AES(SHA256) },		1500, 1438 },
	{ "aes sha384",			{ V4, .e = AES(SHA384) },		1500, 1422 },
	{ "aes sha512",			{ V4, .e = AES(SHA512) },		1500, 1422 },
	{ "aes sha1 udp",		{ V4, .udp = true, .e = AES(SHA1) },	1500, 1422 },
	{ "aes sha256 udp",		{ V4, .udp = true, .e = AES(SHA256) },	1500, 1422 },
	{ "aes sha384 udp",		{ V4, .udp = true, .e = AES(SHA384) },	1500, 1422 },
	{ "aes sha512 udp",		{ V4, .udp = true, .e = AES(SHA512) },	1500, 1406 },
	/* 1500 - 40 - 8 - 16 - 12 = 1424 */
	{ "aes sha1 over IPv6",		{ V6, .e = AES(SHA1) },			1500, 1422 },
	{ "aes sha256 over IPv6",	{ V6, .e = AES(SHA256) },		1500, 1406 },
	{ "aes sha384 over IPv6",	{ V6, .e = AES(SHA384) },		1500, 1406 },
	{ "aes sha512 over IPv6",	{ V6, .e = AES(SHA512) },		1500, 1390 },
	{ "aes sha1 udp over IPv6",	{ V6, .udp = true, .e = AES(SHA1) },	1500, 1406 },
	{ "aes sha512 udp over IPv6",	{ V6, .udp = true, .e = AES(SHA512) },	1500, 1390 },
	/* 1500 - 20 - 8 - 8 - 16 = 1448, in words: 1448, less 2 (as measured, kernel 6.1 to 6.18) */
	{ "gcm",			{ V4, .e = GCM },			1500, 1446 },
	{ "gcm udp",			{ V4, .udp = true, .e = GCM },		1500, 1438 },
	{ "gcm over IPv6",		{ V6, .e = GCM },			1500, 1426 },
	{ "gcm udp over IPv6",		{ V6, .udp = true, .e = GCM },		1500, 1418 },
	{ "gcm, odd link",		{ V4, .e = GCM },			1499, 1442 },
	{ "chacha20",			{ V4, .e = CHACHA },			1500, 1446 },
	{ "chacha20 udp over IPv6",	{ V6, .udp = true, .e = CHACHA },	1500, 1418 },
	/* 1500 - 20 - 8 - 12 = 1460 */
	{ "null sha1",			{ V4, .e = NULL_(SHA1) },		1500, 1458 },
	{ "null sha256",		{ V4, .e = NULL_(SHA256) },		1500, 1454 },
	{ "null sha384",		{ V4, .e = NULL_(SHA384) },		1500, 1446 },
	{ "null sha512",		{ V4, .e = NULL_(SHA512) },		1500, 1438 },
	{ "null sha256 udp over IPv6",	{ V6, .udp = true, .e = NULL_(SHA256) }, 1500, 1426 },
	/* 3des: 1500 - 20 - 8 - 8 - 12 = 1452, in blocks of 8: 1448 */
	{ "3des sha1",			{ V4, .e = { .iv = 8, .block = 8, .icv = SHA1 } }, 1500, 1446 },
	/* AH: 12 + ICV to a multiple of 8: 24, 32, 40, 48 */
	{ "ah sha1",			{ .family = AF_INET, .ah = true, .ah_icv = SHA1 }, 1500, 1456 },
	{ "ah sha256",			{ .family = AF_INET, .ah = true, .ah_icv = SHA256 }, 1500, 1448 },
	{ "ah sha384",			{ .family = AF_INET, .ah = true, .ah_icv = SHA384 }, 1500, 1440 },
	{ "ah sha512",			{ .family = AF_INET, .ah = true, .ah_icv = SHA512 }, 1500, 1432 },
	{ "ah sha256 over IPv6",	{ .family = AF_INET6, .ah = true, .ah_icv = SHA256 }, 1500, 1428 },
	/* 1500 - 24 = 1476 for aes sha1: 1476 - 56 = 1420, in blocks 1408 */
	{ "ah sha1, aes sha1",		{ V4, .ah = true, .ah_icv = SHA1, .e = AES(SHA1) }, 1500, 1406 },
	{ "ah sha256, aes sha256",	{ V4, .ah = true, .ah_icv = SHA256, .e = AES(SHA256) }, 1500, 1406 },
	{ "ah sha256, aes sha256, IPv6", { V6, .ah = true, .ah_icv = SHA256, .e = AES(SHA256) }, 1500, 1374 },
	{ "ah sha1, gcm",		{ V4, .ah = true, .ah_icv = SHA1, .e = GCM }, 1500, 1422 },
	{ "jumbo frames, gcm",		{ V4, .e = GCM },			9000, 8946 },
	{ "nothing fits",		{ V4, .e = GCM },			52, 0 },
	{ "nor into a word less",	{ V4, .e = GCM },			55, 0 },
	{ "two bytes fit",		{ V4, .e = GCM },			56, 2 },
	{ "a link of nothing",		{ V4, .e = GCM },			0, 0 },
};
/* clang-format on */

#define NROWS	(sizeof(rows) / sizeof(rows[0]))

static void test_mtu_inner_by_hand(void **state)
{
	size_t i;

	for (i = 0; i < NROWS; i++) {
		if (mtu_inner(&rows[i].s, rows[i].link) != rows[i].inner)
			print_error("%s\n", rows[i].name);
		assert_int_equal(mtu_inner(&rows[i].s, rows[i].link), rows[i].inner);
	}
}

/* The largest fits, one byte more does not. */
static void test_mtu_inner_is_the_largest(void **state)
{
	uint32_t link, inner;
	size_t i;

	for (i = 0; i < NROWS; i++) {
		for (link = 68; link <= 9200; link++) {
			inner = mtu_inner(&rows[i].s, link);
			if (!inner)
				continue;
			if (mtu_outer(&rows[i].s, inner) > link ||
			    mtu_outer(&rows[i].s, inner + 1) <= link)
				fail_msg("%s: %u of %u", rows[i].name, inner, link);
		}
	}
}

/* On the wire: RFC 4303 section 2 byte by byte for a ping of 84 bytes. */
static void test_mtu_outer_by_hand(void **state)
{
	/* 84 + 2 = 86, to 96: 20 + 8 + 16 + 96 + 12 */
	assert_int_equal(mtu_outer(&rows[0].s, 84), 152);
	/* 86 to 88: 20 + 8 + 8 + 88 + 16; 1500 bytes become 1556 (1502 to 1504) */
	assert_int_equal(mtu_outer(&(struct mtu_shape){ V4, .e = GCM }, 84), 140);
	assert_int_equal(mtu_outer(&(struct mtu_shape){ V4, .e = GCM }, 1500), 1556);
	/* AH: 20 + 24 + 84 */
	assert_int_equal(mtu_outer(&(struct mtu_shape){ .family = AF_INET, .ah = true,
							.ah_icv = SHA1 }, 84), 128);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mtu_inner_by_hand),
		cmocka_unit_test(test_mtu_inner_is_the_largest),
		cmocka_unit_test(test_mtu_outer_by_hand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
