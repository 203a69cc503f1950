// SPDX-License-Identifier: Apache-2.0
/* What `?` and Tab answer (R-CFG-2). */
#include "selftests/unit/config/conf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/config/help.h"

static void add_word(void *ctx, const char *word, const char *text)
{
	char *out = ctx;

	if (*out)
		strcat(out, "|");
	strcat(out, word);
	assert_true(*text || !strcmp(word, "<cr>"));
}

static void test_help_continuations(void **state)
{
	static const struct {
		enum mode	mode;
		const char	*line, *words;
	} rows[] = {
		{ M_GLOBAL, "crypto isakmp policy ", "<1-10000>" },
		{ M_GLOBAL, "crypto isakmp policy 10 ", "<cr>" },
		{ M_GLOBAL, "crypto isakmp pol", "policy" },
		{ M_GLOBAL, "cry isa i", "identity|invalid-spi-recovery" },
		{ M_ISAKMP_POLICY, "", "authentication|default|encryption|end|exit|group|hash|lifetime|no" },
		{ M_ISAKMP_POLICY, "e", "encryption|end|exit" },
		{ M_ISAKMP_POLICY, "encryption ", "3des|aes|des" },
		{ M_ISAKMP_POLICY, "encryption aes ", "<128,192,256>|<cr>" },
		{ M_ISAKMP_POLICY, "no ", "authentication|encryption|group|hash|lifetime" },
		{ M_MAP, "set security-association replay ", "disable|window-size" },
		{ M_MAP, "set peer ", "A.B.C.D or X:X::X|WORD" },
		{ M_IF, "tunnel mode ipsec ", "ipv4|ipv6" },
		{ M_EXEC, "clear crypto sa ", "counters|ha|map|peer|spi|vrf|<cr>" },
		{ M_EXEC, "conf", "configure" },
		/* What is ignored is not offered. */
		{ M_GLOBAL, "ip c", NULL },
		{ M_GLOBAL, "crypto foo ", NULL },
		{ M_GLOBAL, "crypto isakmp policy 0 ", NULL },
		{ M_GLOBAL, "foo", NULL },
	};
	char out[4096];
	unsigned int column;
	enum verdict v;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		out[0] = '\0';
		v = help_each(conf_grammar(), rows[i].mode, rows[i].line, add_word, out, &column);
		if ((v == MATCH_OK) != (rows[i].words != NULL))
			fail_msg("%s: %d %s", rows[i].line, v, out);
		if (rows[i].words)
			assert_string_equal(out, rows[i].words);
	}
}

static void test_help_completes(void **state)
{
	static const struct {
		enum mode	mode;
		const char	*line, *adds;
		unsigned int	n;
	} rows[] = {
		{ M_GLOBAL, "cry", "pto ", 1 },
		{ M_GLOBAL, "crypto isakmp pol", "icy ", 1 },
		{ M_GLOBAL, "crypto isakmp p", "", 3 },		/* peer, policy, profile */
		{ M_GLOBAL, "crypto ip", "sec ", 1 },
		{ M_MAP, "set security-association li", "fetime ", 1 },
		{ M_EXEC, "show run", "ning-config ", 1 },
		{ M_ISAKMP_POLICY, "enc", "ryption ", 1 },
		{ M_ISAKMP_POLICY, "en", "", 2 },
		{ M_GLOBAL, "crypto map ", "", 0 },
		{ M_GLOBAL, "crypto map m", "", 0 },
		{ M_GLOBAL, "foo b", "", 0 },
		{ M_GLOBAL, "", "", 0 },
	};
	char out[100];
	unsigned int n;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		n = help_complete(conf_grammar(), rows[i].mode, rows[i].line, out, sizeof(out));
		if (n != rows[i].n || strcmp(out, rows[i].adds))
			fail_msg("%s: %u \"%s\"", rows[i].line, n, out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_help_continuations),
		cmocka_unit_test(test_help_completes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
