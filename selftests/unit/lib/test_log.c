// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "user/lib/log.h"

#define SEC	1000000000ULL

/* A clock that stands until a test moves it. */
static uint64_t mono, wall;

static uint64_t fake_mono(void *ctx)
{
	return mono;
}

static uint64_t fake_wall(void *ctx)
{
	return wall;
}

static const struct env fake = { .mono_ns = fake_mono, .wall_ns = fake_wall };

static FILE *file;
static int kept_stderr;
static off_t read_to;

static int setup(void **state)
{
	mono = 1000 * SEC;
	wall = 1700542861ULL * SEC + 123456789;		/* 2023-11-21 05:01:01 UTC */
	file = tmpfile();
	read_to = 0;
	fflush(stderr);
	kept_stderr = dup(2);
	dup2(fileno(file), 2);
	log_open("test", LOG_TO_STDERR, SEV_INFO, &fake);
	return 0;
}

static int teardown(void **state)
{
	log_close();
	dup2(kept_stderr, 2);
	close(kept_stderr);
	fclose(file);
	return 0;
}

/* What went to standard error since the last call; pread() leaves the shared offset alone. */
static const char *written(void)
{
	static char buf[64 * 1024];
	ssize_t n = pread(fileno(file), buf, sizeof(buf) - 1, read_to);

	assert_true(n >= 0);
	buf[n] = '\0';
	read_to += n;
	return buf;
}

static void test_log_line_form(void **state)
{
	log_xi(SEV_NOTICE, "START", "up, %d interfaces", 2);
	assert_string_equal(written(), "Nov 21 05:01:01.123: %XIPSEC-5-START: up, 2 interfaces\n");
	wall = 1709164800ULL * SEC;			/* 2024-02-29 00:00:00 UTC */
	log_msg("CRYPTO", SEV_WARNING, "PKT_REPLAY_ERR", "decrypt: replay check failed connection id=%d", 7);
	assert_string_equal(written(), "Feb 29 00:00:00.000: %CRYPTO-4-PKT_REPLAY_ERR: "
				       "decrypt: replay check failed connection id=7\n");
	wall = 1704067199ULL * SEC + 999999999;		/* 2023-12-31 23:59:59 UTC */
	log_xi(SEV_EMERG, "X", "y");
	assert_string_equal(written(), "Dec 31 23:59:59.999: %XIPSEC-0-X: y\n");
	wall = 1704067200ULL * SEC;
	log_xi(SEV_INFO, "X", "y");
	assert_string_equal(written(), "Jan  1 00:00:00.000: %XIPSEC-6-X: y\n");
}

static void test_log_drops_what_is_below_the_least(void **state)
{
	uint64_t n, held;

	log_xi(SEV_DEBUG, "D", "not seen");
	log_counts(&n, &held);
	assert_int_equal(n, 0);
	assert_int_equal(held, 0);
	assert_string_equal(written(), "");
}

static const struct {
	const char *in, *out;
} dirty[] = {
	{ "a\nb\tc", "a b c" },
	{ "\x1b[31mred\x07", "?[31mred?" },
	{ "del\x7f", "del?" },
	{ "M\xc3\xbcnchen \xe2\x82\xac \xf0\x9f\x98\x80", "M\xc3\xbcnchen \xe2\x82\xac \xf0\x9f\x98\x80" },
	{ "c1 \xc2\x9b" "31m", "c1 ??31m" },	/* U+009B */
	{ "raw \x9b" "31m", "raw ?31m" },
	{ "overlong \xc0\xaf \xe0\x80\xaf", "overlong ?? ???" },
	{ "surrogate \xed\xa0\x80", "surrogate ???" },
	{ "beyond \xf4\x90\x80\x80", "beyond ????" },
	{ "cut \xe2\x82", "cut ??" },
};

static void test_log_cleans_text(void **state)
{
	char want[200];
	size_t i;

	for (i = 0; i < sizeof(dirty) / sizeof(dirty[0]); i++) {
		log_xi(SEV_INFO, "T", "%s", dirty[i].in);
		snprintf(want, sizeof(want), "Nov 21 05:01:01.123: %%XIPSEC-6-T: %s\n", dirty[i].out);
		assert_string_equal(written(), want);
	}
}

static void test_log_cuts_long_lines(void **state)
{
	char text[3000];
	const char *out;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	log_xi(SEV_INFO, "T", "%s", text);
	out = written();
	assert_int_equal(out[strlen(out) - 1], '\n');
	assert_in_range(strlen(out), 1000, 1100);
}

static bool limited(struct log_limit *l, uint64_t interval)
{
	return log_limited(l, interval, "XIPSEC", SEV_WARNING, "L", "text");
}

static void test_log_limited_one_an_interval(void **state)
{
	struct log_limit l = {};
	uint64_t n, held;

	assert_true(limited(&l, 60 * SEC));
	assert_string_equal(written(), "Nov 21 05:01:01.123: %XIPSEC-4-L: text\n");
	mono += 60 * SEC - 1;
	assert_false(limited(&l, 60 * SEC));
	assert_false(limited(&l, 60 * SEC));
	assert_string_equal(written(), "");
	mono += 1;
	assert_true(limited(&l, 60 * SEC));
	assert_string_equal(written(), "Nov 21 05:01:01.123: %XIPSEC-4-L: text (2 more suppressed)\n");
	mono += 60 * SEC;
	assert_true(limited(&l, 60 * SEC));
	assert_string_equal(written(), "Nov 21 05:01:01.123: %XIPSEC-4-L: text\n");
	log_counts(&n, &held);
	assert_int_equal(n, 3);
	assert_int_equal(held, 2);
}

/* 50 at once over all sites, then 20 a second; who was held back by others keeps its turn. */
static void test_log_limited_all_sites_together(void **state)
{
	static struct log_limit site[100];
	unsigned int i, n = 0;

	memset(site, 0, sizeof(site));
	for (i = 0; i < 100; i++)
		n += limited(&site[i], 3600 * SEC);
	assert_int_equal(n, 50);
	mono += SEC;
	for (i = 0, n = 0; i < 100; i++)
		n += limited(&site[i], 3600 * SEC);
	assert_int_equal(n, 20);
	/* A message without a limit is not held back by those with. */
	written();
	log_xi(SEV_ERROR, "E", "seen");
	assert_string_equal(written(), "Nov 21 05:01:01.123: %XIPSEC-3-E: seen\n");
}

static void test_log_limited_below_the_least_takes_no_token(void **state)
{
	struct log_limit l = {};

	assert_false(log_limited(&l, SEC, "XIPSEC", SEV_DEBUG, "L", "text"));
	assert_int_equal(l.suppressed, 0);
	assert_true(limited(&l, SEC));
}

struct ring {
	unsigned int n;
	uint64_t first_ns;
	char first[80], last[80];
};

static void ring_line(void *ctx, uint64_t wall_ns, const char *line)
{
	struct ring *r = ctx;

	if (!r->n++) {
		r->first_ns = wall_ns;
		snprintf(r->first, sizeof(r->first), "%s", line);
	}
	snprintf(r->last, sizeof(r->last), "%s", line);
}

/* R-CFG-12: `logging buffered 40 errors`, `no logging console`. */
static void test_log_keeps_what_is_wanted(void **state)
{
	const struct log_keeping keep = { .least = SEV_ERROR, .bytes = 40, .console = false };
	struct ring r = {};
	struct log_keeping now;

	log_keep(&keep);
	log_kept(&now);
	assert_int_equal(now.bytes, 40);
	log_xi(SEV_WARNING, "W", "not kept");
	log_debug("not kept");
	log_ring_each(ring_line, &r);
	assert_int_equal(r.n, 0);
	log_xi(SEV_ERROR, "E", "one");		/* 16 bytes each */
	log_xi(SEV_ERROR, "E", "two");
	log_xi(SEV_CRIT, "E", "thr");
	log_ring_each(ring_line, &r);
	assert_int_equal(r.n, 2);
	assert_string_equal(r.first, "%XIPSEC-3-E: two");
	assert_string_equal(r.last, "%XIPSEC-2-E: thr");
	now.bytes = 48;
	log_keep(&now);
	r.n = 0;
	log_ring_each(ring_line, &r);
	assert_int_equal(r.n, 3);
	assert_string_equal(written(), "");
}

static void test_log_ring_keeps_the_last(void **state)
{
	struct ring r = {};
	int i;

	log_ring_each(ring_line, &r);
	assert_int_equal(r.n, 0);
	for (i = 0; i < 300; i++) {
		wall = (uint64_t)i;
		log_xi(SEV_INFO, "N", "%d", i);
	}
	log_ring_each(ring_line, &r);
	assert_int_equal(r.n, 256);
	assert_int_equal(r.first_ns, 300 - 256);
	assert_string_equal(r.first, "%XIPSEC-6-N: 44");
	assert_string_equal(r.last, "%XIPSEC-6-N: 299");
}

#define T(name)	cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_log_line_form),
		T(test_log_drops_what_is_below_the_least),
		T(test_log_cleans_text),
		T(test_log_cuts_long_lines),
		T(test_log_limited_one_an_interval),
		T(test_log_limited_all_sites_together),
		T(test_log_limited_below_the_least_takes_no_token),
		T(test_log_keeps_what_is_wanted),
		T(test_log_ring_keeps_the_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
