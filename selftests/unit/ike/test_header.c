// SPDX-License-Identifier: Apache-2.0
/* What a datagram is, and the header of version 2 (RFC 7296 sections 2.5, 2.23 and 3.1). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "selftests/lib/hex.h"
#include "user/ike/header.h"

#define SPIS	"1122334455667788 0000000000000000"

// clang-format off
static const struct {
	const char *name;
	enum ike_port port;
	const char *hex;
	enum ike_datagram want;
} rows[] = {
	{ "nothing",			IKE_PORT_500,  "", IKE_DG_BAD },
	{ "nothing on 4500",		IKE_PORT_NATT, "", IKE_DG_BAD },
	{ "keepalive",			IKE_PORT_NATT, "ff", IKE_DG_KEEPALIVE },
	{ "keepalive on 500",		IKE_PORT_500,  "ff", IKE_DG_KEEPALIVE },
	{ "one other byte",		IKE_PORT_NATT, "fe", IKE_DG_BAD },
	{ "two bytes of keepalive",	IKE_PORT_NATT, "ffff", IKE_DG_BAD },
	{ "three bytes",		IKE_PORT_NATT, "000000", IKE_DG_BAD },
	{ "marker alone",		IKE_PORT_NATT, "00000000", IKE_DG_BAD },
	{ "ESP",			IKE_PORT_NATT, "00000100 00000001 aa*40", IKE_DG_ESP },
	{ "ESP, its SPI only",		IKE_PORT_NATT, "00000001", IKE_DG_ESP },
	{ "version 2",			IKE_PORT_500,  SPIS "29 20 22 08 00000000 00000020 00*4", IKE_DG_V2 },
	{ "version 2 on 4500",		IKE_PORT_NATT, "00000000" SPIS "29 20 22 08 00000000 00000020 00*4", IKE_DG_V2 },
	{ "higher minor version",	IKE_PORT_500,  SPIS "29 2f 22 08 00000000 00000020 00*4", IKE_DG_V2 },
	{ "reserved flags",		IKE_PORT_500,  SPIS "29 20 22 df 00000000 00000020 00*4", IKE_DG_V2 },
	{ "header alone",		IKE_PORT_500,  SPIS "00 20 25 08 00000000 0000001c", IKE_DG_V2 },
	{ "one byte short",		IKE_PORT_500,  SPIS "00 20 25 08 00000000 000000", IKE_DG_BAD },
	{ "length one less",		IKE_PORT_500,  SPIS "29 20 22 08 00000000 0000001f 00*4", IKE_DG_BAD },
	{ "length one more",		IKE_PORT_500,  SPIS "29 20 22 08 00000000 00000021 00*4", IKE_DG_BAD },
	{ "length 0",			IKE_PORT_500,  SPIS "29 20 22 08 00000000 00000000 00*4", IKE_DG_BAD },
	{ "length of 4 GB",		IKE_PORT_500,  SPIS "29 20 22 08 00000000 ffffffff 00*4", IKE_DG_BAD },
	{ "length counts the marker",	IKE_PORT_NATT, "00000000" SPIS "29 20 22 08 00000000 00000024 00*4", IKE_DG_BAD },
	{ "initiator's SPI 0",		IKE_PORT_500,  "00*16 29 20 22 08 00000000 00000020 00*4", IKE_DG_BAD },
	{ "no payload, yet bytes",	IKE_PORT_500,  SPIS "00 20 22 08 00000000 00000020 00*4", IKE_DG_BAD },
	{ "payload, yet no bytes",	IKE_PORT_500,  SPIS "29 20 22 08 00000000 0000001c", IKE_DG_BAD },
	{ "version 1",			IKE_PORT_500,  SPIS "01 10 02 00 00000000 00000020 00*4", IKE_DG_V1 },
	{ "version 0",			IKE_PORT_500,  SPIS "01 00 02 00 00000000 00000020 00*4", IKE_DG_BAD },
	{ "version 3, any layout",	IKE_PORT_500,  SPIS "00 30 22 08 00000000 ffffffff 00*4", IKE_DG_HIGHER },
	{ "version 15",			IKE_PORT_500,  SPIS "29 f0 22 08 00000000 00000020 00*4", IKE_DG_HIGHER },
};
// clang-format on

static void test_demux(void **state)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t buf[256];
		struct ike_header h;
		struct span msg;
		struct err e = {};
		enum ike_datagram got = ike_demux(
			rows[i].port, span_of(buf, hex_bytes(rows[i].hex, buf, sizeof(buf))), &h, &msg, &e);

		if (got != rows[i].want)
			fail_msg("%s: %d (%s)", rows[i].name, got, e.text);
		if ((got == IKE_DG_BAD) != (e.code != 0))
			fail_msg("%s: reason \"%s\"", rows[i].name, e.text);
		if (got == IKE_DG_V2 && msg.n != h.length)
			fail_msg("%s: %zu bytes", rows[i].name, msg.n);
	}
}

static void test_fields(void **state)
{
	uint8_t buf[64], out[64];
	size_t n = hex_bytes("1122334455667788 99aabbccddeeff00 2e 21 25 28 01020304 0000001c", buf, 64);
	struct cur c = cur_of(span_of(buf, n));
	struct wr w = wr_of(out, sizeof(out));
	struct ike_header h;

	assert_int_equal(ike_header_parse(&c, &h, NULL), 0);
	assert_true(h.spi_i == 0x1122334455667788ULL && h.spi_r == 0x99aabbccddeeff00ULL);
	assert_int_equal(h.next, 46);
	assert_int_equal(h.major, 2);
	assert_int_equal(h.minor, 1);
	assert_int_equal(h.exchange, 37);
	assert_int_equal(h.id, 0x01020304);
	assert_true(ike_is_response(&h));
	assert_int_equal(ike_sender(&h), IKE_INITIATOR);
	h.flags = 0;
	assert_false(ike_is_response(&h));
	assert_int_equal(ike_sender(&h), IKE_RESPONDER);
	h.flags = 0x28;
	ike_header_build(&w, &h);
	assert_int_equal(w.n, IKE_HEADER_LEN);
	assert_memory_equal(out, buf, n);
}

static void test_marker_and_length(void **state)
{
	uint8_t buf[64];
	struct wr w = wr_of(buf, sizeof(buf));
	struct ike_header h = { .spi_i = 1, .major = 2 };

	ike_marker_build(&w, IKE_PORT_500);
	assert_int_equal(w.n, 0);
	ike_marker_build(&w, IKE_PORT_NATT);
	assert_int_equal(w.n, 4);
	ike_header_build(&w, &h);
	wr_zero(&w, 3);
	ike_header_finish(&w, 4);
	assert_int_equal(buf[4 + 27], 31);
	assert_false(w.bad);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_demux),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_marker_and_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
