// SPDX-License-Identifier: Apache-2.0
/* show running-config: order, masks, and that it reads back as it was (R-CFG-3). */
#include "selftests/unit/config/conf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void test_print_order(void **state)
{
	struct conf c;

	conf_load(&c, "access-list 199 permit ip any any\naccess-list 100 remark b\n"
		      "interface Ethernet10\ninterface Ethernet9\n"
		      "crypto map m 100\ncrypto map m 20\ncrypto map a 30\n"
		      "access-list 100 remark a\ncrypto isakmp policy 20\ncrypto isakmp policy 3\n"
		      "hostname x\n");
	conf_expect_text(&c, "hostname x\ncrypto isakmp policy 3\ncrypto isakmp policy 20\n"
			     "crypto map a 30 ipsec-isakmp\ncrypto map m 20 ipsec-isakmp\n"
			     "crypto map m 100 ipsec-isakmp\ninterface Ethernet9\ninterface Ethernet10\n"
			     "access-list 100 remark b\naccess-list 100 remark a\n"
			     "access-list 199 permit ip any any\n");
	conf_fini(&c);
}

#define KEYS	"crypto isakmp key s3cret-of-mine address 192.0.2.1\n"			\
		"crypto isakmp key 6 SEALED-text address 192.0.2.2\n"			\
		"crypto keyring k\n pre-shared-key address 192.0.2.3 key s3cret-of-mine\n" \
		"crypto ikev2 keyring k\n peer a\n  pre-shared-key local s3cret-of-mine\n" \
		"crypto ikev2 profile p\n authentication local pre-share key s3cret-of-mine\n" \
		"crypto ipsec client ezvpn e\n group g key s3cret-of-mine\n"		\
		" username u password s3cret-of-mine\n"					\
		"crypto isakmp client configuration group g\n key s3cret-of-mine\n"	\
		"crypto map m 1 ipsec-manual\n set session-key inbound ah 256 00112233445566778899\n" \
		"interface eth0\n standby 1 authentication md5 key-string s3cret-of-mine\n"

/* No key in clear leaves by print, wherever it stands; type 6 does, and reads back. */
static void test_print_masks(void **state)
{
	char *masked, *again, *clear;
	struct conf c, d;

	conf_load(&c, KEYS);
	assert_int_equal(c.d.count[DIAG_ERROR], 0);
	masked = conf_print(&c, PRINT_MASKED);
	clear = conf_print(&c, PRINT_CLEAR);
	assert_null(strstr(masked, "s3cret"));
	assert_null(strstr(masked, "00112233"));
	assert_non_null(strstr(masked, "crypto isakmp key 6 SEALED-text address 192.0.2.2"));
	assert_non_null(strstr(masked, "crypto isakmp key " PRINT_MASK " address 192.0.2.1"));
	assert_non_null(strstr(clear, "key s3cret-of-mine"));
	conf_load(&d, masked);
	again = conf_print(&d, PRINT_MASKED);
	assert_string_equal(again, masked);
	conf_fini(&d);
	conf_fini(&c);
	free(masked);
	free(again);
	free(clear);
}

static void test_print_running(void **state)
{
	char *text = NULL;
	struct conf c;
	size_t len;
	FILE *f;

	conf_load(&c, "hostname a\ncrypto isakmp keepalive 10 on-demand\n");
	f = open_memstream(&text, &len);
	assert_int_equal(print_running(&c.t, f), 0);
	fclose(f);
	assert_string_equal(text, "Building configuration...\n\nCurrent configuration : 44 bytes\n!\n"
				  "hostname a\ncrypto isakmp keepalive 10\n!\nend\n");
	conf_fini(&c);
	/* What a router shows is what it reads. */
	conf_load(&c, text);
	conf_expect_counts(&c, 0, 0);
	conf_expect_text(&c, "hostname a\ncrypto isakmp keepalive 10\n");
	free(text);
	conf_fini(&c);
}

static void test_print_words_with_blanks(void **state)
{
	struct conf c;

	conf_load(&c, "crypto isakmp key \"with two blanks, 20 long\" address 192.0.2.1\n");
	conf_expect_counts(&c, 0, 0);
	conf_expect_text(&c, "crypto isakmp key \"with two blanks, 20 long\" address 192.0.2.1\n");
	conf_fini(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_print_order),
		cmocka_unit_test(test_print_masks),
		cmocka_unit_test(test_print_running),
		cmocka_unit_test(test_print_words_with_blanks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
