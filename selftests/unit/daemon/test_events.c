// SPDX-License-Identifier: Apache-2.0
/* R-LOG-10, R-LOG-11 and R-LOG-14 from events: exact text, the look at the kernel first, the limits. */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "user/daemon/events.c"

static char lines[64][512];
static int nlines, syncs, kernel_answer;
static uint32_t conn_id;
static uint64_t now_ns;

bool log_limited(struct log_limit *limit, uint64_t interval_ns, const char *facility,
		 enum log_severity sev, const char *mnemonic, const char *fmt, ...)
{
	char text[400];
	va_list ap;

	(void)limit;
	(void)interval_ns;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	snprintf(lines[nlines++ % 64], sizeof(lines[0]), "%%%s-%d-%s: %s", facility, sev, mnemonic,
		 text);
	return true;
}

void log_msg(const char *facility, enum log_severity sev, const char *mnemonic, const char *fmt,
	     ...)
{
	(void)facility;
	(void)sev;
	(void)mnemonic;
	(void)fmt;
}

int xfrm_nl_get_sa(struct xfrm_nl *nl, const struct xi_sa_key *key, struct sa_info *sa,
		   struct err *e)
{
	(void)nl;
	(void)key;
	(void)sa;
	(void)e;
	return kernel_answer;
}

void sad_ask_sync(struct sad *s)
{
	(void)s;
	syncs++;
}

uint32_t sad_conn_id(const struct sad *s, const struct xi_sa_key *key)
{
	(void)s;
	(void)key;
	return conn_id;
}

const struct bpf_maps *bpf_maps(const struct bpf *b)
{
	(void)b;
	return NULL;
}

static uint64_t fake_mono(void *ctx)
{
	(void)ctx;
	return now_ns;
}

static const struct env fake_env = { .mono_ns = fake_mono };
static struct guard guard = { .env = &fake_env };

static struct xi_event event(const char *src, const char *dst, uint32_t spi, int proto)
{
	struct xi_event x = { .kind = XI_EV_NO_SA, .reason = XI_R_NO_SA };
	struct addr s, d;

	assert_true(addr_parse(src, &s) && addr_parse(dst, &d));
	memcpy(x.saddr, s.b, 16);
	memcpy(x.key.daddr, d.b, 16);
	x.key.family = d.family;
	x.key.proto = proto;
	x.key.spi = htonl(spi);
	return x;
}

static int setup(void **state)
{
	static struct events ev;

	memset(&ev, 0, sizeof(ev));
	ev.g = &guard;
	*state = &ev;
	nlines = syncs = 0;
	conn_id = 0;
	now_ns = 1000 * SEC_NS;
	kernel_answer = -ESRCH;
	return 0;
}

/* The example of the requirement: hex in upper case without leading zeros. */
static void test_events_inv_spi_text(void **state)
{
	struct xi_event x = event("10.1.1.1", "10.2.2.2", 0x1214F0D, 51);

	events_handle(*state, &x);
	assert_int_equal(nlines, 1);
	assert_string_equal(lines[0],
			    "%CRYPTO-4-RECVD_PKT_INV_SPI: decaps: rec'd IPSEC packet has invalid spi for destaddr=10.2.2.2, prot=51, spi=0x1214F0D(18960141), srcaddr=10.1.1.1");
}

static void test_events_inv_spi_ipv6(void **state)
{
	struct xi_event x = event("2001:db8::1", "2001:db8::2", 0xc0ffee01, 50);

	events_handle(*state, &x);
	assert_non_null(strstr(lines[0], "destaddr=2001:db8::2, prot=50, spi=0xC0FFEE01(3237998081), srcaddr=2001:db8::1"));
}

/* What the kernel knows is no invalid SPI: the map is behind, look again (I2, design 2). */
static void test_events_known_to_kernel(void **state)
{
	struct xi_event x = event("10.1.1.1", "10.2.2.2", 300, 50);

	kernel_answer = 0;
	events_handle(*state, &x);
	assert_int_equal(nlines, 0);
	assert_int_equal(syncs, 1);
}

/* An SA with a mark is not found without it, but the last dump saw it. */
static void test_events_known_to_the_daemon(void **state)
{
	struct xi_event x = event("10.1.1.1", "10.2.2.2", 300, 50);

	conn_id = 7;
	events_handle(*state, &x);
	assert_int_equal(nlines, 0);
	assert_int_equal(syncs, 1);
}

static void test_events_one_line_a_minute(void **state)
{
	struct xi_event x = event("10.1.1.1", "10.2.2.2", 300, 50);
	struct xi_event other = event("10.1.1.9", "10.2.2.2", 300, 50);

	events_handle(*state, &x);
	now_ns += 59 * SEC_NS;
	events_handle(*state, &x);
	assert_int_equal(nlines, 1);
	events_handle(*state, &other);
	assert_int_equal(nlines, 2);
	now_ns += SEC_NS;
	events_handle(*state, &x);
	assert_int_equal(nlines, 3);
}

static void test_events_replay_text(void **state)
{
	struct xi_event x = event("10.1.1.1", "10.2.2.2", 300, 50);

	x.kind = XI_EV_REPLAY;
	x.seq = 4294967295u;
	conn_id = 5123;
	events_handle(*state, &x);
	assert_string_equal(lines[0],
			    "%CRYPTO-4-PKT_REPLAY_ERR: decrypt: replay check failed connection id=5123, sequence number=4294967295");
}

/* The exact form of R-LOG-14, without a vrf. */
static void test_events_not_ipsec_text(void **state)
{
	struct xi_event x = event("10.0.0.2", "10.0.0.1", 0, 1);
	struct xi_event v6 = event("2001:db8::2", "2001:db8::1", 0, 58);

	x.kind = v6.kind = XI_EV_NOT_IPSEC;
	events_handle(*state, &x);
	assert_int_equal(nlines, 1);
	assert_string_equal(lines[0],
			    "%CRYPTO-4-RECVD_PKT_NOT_IPSEC: Rec'd packet not an IPSEC packet. (ip) vrf/dest_addr= /10.0.0.1, src_addr= 10.0.0.2, prot= 1");
	events_handle(*state, &v6);
	assert_non_null(strstr(lines[1], "vrf/dest_addr= /2001:db8::1, src_addr= 2001:db8::2, prot= 58"));
	assert_int_equal(syncs, 0);
}

static void test_events_not_ipsec_one_line_a_minute(void **state)
{
	struct xi_event x = event("10.0.0.2", "10.0.0.1", 0, 1);
	struct xi_event other = event("10.0.0.2", "10.0.0.1", 0, 6);

	x.kind = other.kind = XI_EV_NOT_IPSEC;
	events_handle(*state, &x);
	now_ns += 59 * SEC_NS;
	events_handle(*state, &x);
	assert_int_equal(nlines, 1);
	events_handle(*state, &other);
	assert_int_equal(nlines, 2);
	now_ns += SEC_NS;
	events_handle(*state, &x);
	assert_int_equal(nlines, 3);
}

static void test_events_unknown_kind_and_size(void **state)
{
	struct xi_event x = event("10.1.1.1", "10.2.2.2", 300, 50);

	x.kind = 77;
	events_handle(*state, &x);
	assert_int_equal(on_sample(*state, &x, sizeof(x) - 1), 0);
	assert_int_equal(nlines, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_events_inv_spi_text, setup),
		cmocka_unit_test_setup(test_events_inv_spi_ipv6, setup),
		cmocka_unit_test_setup(test_events_known_to_kernel, setup),
		cmocka_unit_test_setup(test_events_known_to_the_daemon, setup),
		cmocka_unit_test_setup(test_events_one_line_a_minute, setup),
		cmocka_unit_test_setup(test_events_replay_text, setup),
		cmocka_unit_test_setup(test_events_not_ipsec_text, setup),
		cmocka_unit_test_setup(test_events_not_ipsec_one_line_a_minute, setup),
		cmocka_unit_test_setup(test_events_unknown_kind_and_size, setup),
	};

	return cmocka_run_group_tests_name("events", tests, NULL, NULL);
}
