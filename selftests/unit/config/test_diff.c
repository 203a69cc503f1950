// SPDX-License-Identifier: Apache-2.0
/* Two configurations and the lines between them; ten thousand entries and the one that changed. */
#include "selftests/unit/config/conf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/config/diff.h"

/* "+line", "-line", "~was -> is", "^moved", one a line, in the order of the diff. */
static char *diff_text(struct conf *a, struct conf *b)
{
	static const char marks[] = { [DIFF_REMOVED] = '-', [DIFF_ADDED] = '+', [DIFF_CHANGED] = '~',
				      [DIFF_MOVED] = '^' };
	char *text = NULL;
	struct diff d;
	size_t len, i;
	FILE *f = open_memstream(&text, &len);

	assert_int_equal(diff_trees(&a->t, &b->t, &d), 0);
	for (i = 0; i < d.n; i++) {
		putc(marks[d.list[i].kind], f);
		if (d.list[i].was)
			print_node(d.list[i].was, PRINT_CLEAR, f);
		if (d.list[i].kind == DIFF_CHANGED)
			fputs(" -> ", f);
		if (d.list[i].is && d.list[i].kind != DIFF_MOVED)
			print_node(d.list[i].is, PRINT_CLEAR, f);
		putc('\n', f);
	}
	fclose(f);
	diff_fini(&d);
	return text;
}

static void test_diff_lines(void **state)
{
	static const struct {
		const char *was, *is, *diff;
	} rows[] = {
		{ "hostname a\n", "hostname a\n", "" },
		{ "hostname a\n", "hostname b\n", "~hostname a -> hostname b\n" },
		{ "hostname a\n", "", "-hostname a\n" },
		{ "crypto isakmp policy 1\n group 19\n", "crypto isakmp policy 1\n group 14\n", "-group 19\n" },
		{ "", "crypto isakmp policy 1\n group 19\n lifetime 86400\n",
		  "+crypto isakmp policy 1\n+group 19\n" },
		{ "crypto isakmp policy 1\n group 14\n", "crypto isakmp policy 1\n", "" },
		{ "crypto map m 1\n set peer 192.0.2.1\n", "crypto map m 1\n set peer 192.0.2.2\n",
		  "-set peer 192.0.2.1\n+set peer 192.0.2.2\n" },
		{ "crypto map m 1\ncrypto map m 2\n set pfs\n", "crypto map m 1\n",
		  "-crypto map m 2 ipsec-isakmp\n-set pfs\n" },
		{ "crypto map m 1\n", "crypto map m 1 ipsec-manual\n",
		  "~crypto map m 1 ipsec-isakmp -> crypto map m 1 ipsec-manual\n" },
		/* Order counts in lists, and only there. */
		{ "access-list 101 permit ip any host 192.0.2.1\naccess-list 101 deny ip any any\n",
		  "access-list 101 deny ip any any\naccess-list 101 permit ip any host 192.0.2.1\n",
		  "^access-list 101 permit ip any host 192.0.2.1\n" },
		{ "access-list 101 deny ip any any\naccess-list 102 deny ip any any\n",
		  "access-list 102 deny ip any any\naccess-list 101 deny ip any any\n", "" },
		{ "interface eth0\ninterface eth1\n", "interface eth1\ninterface eth0\n", "" },
		/* Nor does a word that is meant anyway. */
		{ "crypto map m 1\n", "crypto map m 1 ipsec-isakmp\n", "" },
		/* What is not printed makes no difference. */
		{ "crypto isakmp key 0 a address 192.0.2.1 255.255.255.255\n",
		  "crypto isakmp key a address 192.0.2.1\n", "" },
		{ "no crypto isakmp enable\n", "", "-no crypto isakmp enable\n" },
		/* A refused line is not there. */
		{ "", "crypto ipsec transform-set t esp-des esp-sha256-hmac\n", "" },
		{ "crypto key pubkey-chain rsa\n named-key a\n  key-string\n   00\n  quit\n",
		  "crypto key pubkey-chain rsa\n named-key a\n  key-string\n   01\n  quit\n",
		  "~key-string -> key-string\n" },
	};
	struct conf a, b;
	char *text;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		conf_load(&a, rows[i].was);
		conf_load(&b, rows[i].is);
		text = diff_text(&a, &b);
		assert_string_equal(text, rows[i].diff);
		free(text);
		conf_fini(&a);
		conf_fini(&b);
	}
}

#define ENTRIES	10000

/* Each with its peer, key, list and lines below; entry `odd` has another peer. */
static char *big_text(unsigned int odd)
{
	char *text = NULL;
	unsigned int i;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	fputs("crypto ipsec transform-set t esp-gcm 256\n", f);
	for (i = 1; i <= ENTRIES; i++) {
		fprintf(f, "crypto isakmp key a-key-that-is-long-enough-%u address 10.%u.%u.1\n", i, i >> 8,
			i & 255);
		fprintf(f, "ip access-list extended l%u\n permit ip any 172.%u.%u.0 0.0.0.255\n", i,
			16 + (i >> 8) % 16, i & 255);
		fprintf(f, "crypto map m %u ipsec-isakmp\n set peer 10.%u.%u.%u\n set transform-set t\n"
			" match address l%u\n", i, i >> 8, i & 255, i == odd ? 2 : 1, i);
	}
	fclose(f);
	return text;
}

static void test_diff_ten_thousand_entries(void **state)
{
	char *was = big_text(0), *is = big_text(ENTRIES / 2), *text;
	struct conf a, b;

	conf_load(&a, was);
	conf_load(&b, is);
	conf_expect_counts(&a, 0, 0);
	conf_expect_counts(&b, 0, 1);	/* no key for the new peer */
	text = diff_text(&a, &b);
	assert_string_equal(text, "-set peer 10.19.136.1\n+set peer 10.19.136.2\n");
	free(text);
	conf_fini(&a);
	conf_fini(&b);
	free(was);
	free(is);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_diff_lines),
		cmocka_unit_test(test_diff_ten_thousand_entries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
