// SPDX-License-Identifier: Apache-2.0
/* A file's text may be shown; its keys may not, understood or not (R-PSK6-4, R-CFG-3). */
#include "selftests/unit/config/conf.h"

#include <stdlib.h>
#include <string.h>

#include "user/config/mask.h"

static char *mask(const char *text, size_t len)
{
	char *out = NULL;
	size_t size;
	FILE *f = open_memstream(&out, &size);

	mask_text(conf_grammar(), text, len, f);
	fclose(f);
	return out;
}

static void expect(const char *text, const char *want)
{
	char *got = mask(text, strlen(text));

	assert_string_equal(got, want);
	free(got);
}

static void test_mask_keeps_the_text(void **state)
{
	expect("!  a comment\n\nhostname  R1\ninterface Tunnel 0\n  ip   address 10.0.0.1 255.255.255.0\n",
	       "!  a comment\n\nhostname  R1\ninterface Tunnel 0\n  ip   address 10.0.0.1 255.255.255.0\n");
}

static void test_mask_hides_keys(void **state)
{
	expect("crypto isakmp key s3cret address 10.0.0.2\n", "crypto isakmp key ******** address 10.0.0.2\n");
	expect("cry isa  key 0 \"s3 cret\"  hostname h\n", "cry isa  key 0 ********  hostname h\n");
	expect("no crypto isakmp key s3cret address 10.0.0.2\n",
	       "no crypto isakmp key ******** address 10.0.0.2\n");
	/* Type 6 is unreadable without the master key. */
	expect("crypto isakmp key 6 ABCD address 10.0.0.2\n", "crypto isakmp key 6 ABCD address 10.0.0.2\n");
	expect("crypto keyring k\n pre-shared-key address 10.0.0.2 key s3cret\n",
	       "crypto keyring k\n pre-shared-key address 10.0.0.2 key ********\n");
	expect("crypto ikev2 keyring k\n peer p\n  address 10.0.0.2\n  pre-shared-key local s3cret\nhostname r\n",
	       "crypto ikev2 keyring k\n peer p\n  address 10.0.0.2\n  pre-shared-key local ********\nhostname r\n");
	expect("crypto map m 1 ipsec-manual\n set session-key inbound esp 300 cipher 00ff authenticator 11\n",
	       "crypto map m 1 ipsec-manual\n set session-key inbound esp 300 cipher ******** authenticator ********\n");
}

/* What the table does not know is hidden from the first such word on. */
static void test_mask_hides_what_is_not_understood(void **state)
{
	expect("crypto isakmp key s3cret adress 10.0.0.2\n", "crypto isakmp key ********\n");
	expect("crypto isakmp kye s3cret address 10.0.0.2\n", "crypto isakmp ******** ******** address 10.0.0.2\n");
	expect("crypto keyring k\n pre-shared-key address 10.0.0.2 kee s3cret\n",
	       "crypto keyring k\n pre-shared-key ********\n");
	expect("enable secret 5 $1$abc\n", "enable secret ********\n");
	expect("username joe password 0 s3cret\n", "username joe password ********\n");
	expect("! crypto isakmp key s3cret address 10.0.0.2\n", "! crypto isakmp key ********\n");
	expect("!password s3cret\n", "!password ********\n");
	expect("key config-key password-encrypt s3cret\n", "key ********\n");
	expect("! the key\n", "! the key\n");
	expect("crypto isakmp key \"s3cret\n", "crypto isakmp key ********\n");
}

static void test_mask_bad_lines(void **state)
{
	static const char binary[] = "crypto isakmp key s3\0cret address 10.0.0.2\nhostname r\n";
	char *text = calloc(1, 6000), *got;

	got = mask(binary, sizeof(binary) - 1);
	assert_string_equal(got, "! line 1 is not shown: it is not text\nhostname r\n");
	free(got);
	memset(text, 'x', 5999);
	expect(text, "! line 1 is not shown: it is too long\n");
	free(text);
}

/* A public key is no secret, and `quit` ends it. */
static void test_mask_raw(void **state)
{
	expect("crypto key pubkey-chain rsa\n addressed-key 10.0.0.2\n  key-string\n   30819f key 55\n   quit\n"
	       "crypto isakmp key s3cret address 10.0.0.2\n",
	       "crypto key pubkey-chain rsa\n addressed-key 10.0.0.2\n  key-string\n   30819f key 55\n   quit\n"
	       "crypto isakmp key ******** address 10.0.0.2\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mask_keeps_the_text),
		cmocka_unit_test(test_mask_hides_keys),
		cmocka_unit_test(test_mask_hides_what_is_not_understood),
		cmocka_unit_test(test_mask_bad_lines),
		cmocka_unit_test(test_mask_raw),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
