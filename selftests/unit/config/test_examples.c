// SPDX-License-Identifier: Apache-2.0
/*
 * docs/examples: each gives what its `! expect:` lines say and nothing else, and
 * reads back from its printed form as it was.
 */
#include "selftests/unit/config/conf.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/config/diff.h"

#define EXPECT	"! expect: "

static const char *const severities[] = { "error ", "warning ", "notice " };

/* Whether one of the file's lines expects this finding. */
static bool is_expected(const char *text, const struct diag *d)
{
	const char *p = text, *severity = severities[d->severity];
	char says[200];

	while ((p = strstr(p, EXPECT))) {
		p += strlen(EXPECT);
		if (strncmp(p, severity, strlen(severity)))
			continue;
		snprintf(says, sizeof(says), "%.*s", (int)strcspn(p, "\n") - (int)strlen(severity),
			 p + strlen(severity));
		if (strstr(d->text, says))
			return true;
	}
	return false;
}

static void each_is_met(const char *file, const char *text, const struct conf *c)
{
	const char *p = text;
	char says[200];
	int s;

	while ((p = strstr(p, EXPECT))) {
		p += strlen(EXPECT);
		for (s = 0; s < DIAG_SEVERITIES; s++) {
			if (strncmp(p, severities[s], strlen(severities[s])))
				continue;
			snprintf(says, sizeof(says), "%.*s",
				 (int)strcspn(p, "\n") - (int)strlen(severities[s]),
				 p + strlen(severities[s]));
			if (!conf_said(c, (enum diag_severity)s, 0, says))
				fail_msg("%s: not said: %s%s", file, severities[s], says);
		}
	}
}

static void reads_back(const char *file, struct conf *c, enum print_secrets secrets)
{
	char *text = conf_print(c, secrets), *again;
	struct conf d;
	struct diff diff;

	conf_load(&d, text);
	if (d.d.count[DIAG_ERROR]) {
		diag_print(&d.d, file, stderr);
		fail_msg("%s: its printed form has errors", file);
	}
	again = conf_print(&d, secrets);
	assert_string_equal(again, text);
	if (secrets == PRINT_CLEAR) {
		assert_int_equal(diff_trees(&c->t, &d.t, &diff), 0);
		assert_int_equal(diff.n, 0);
		diff_fini(&diff);
	}
	conf_fini(&d);
	free(text);
	free(again);
}

static void check_file(const char *file)
{
	struct conf c;
	char *text;
	size_t len, i;

	text = conf_read(file, &len);
	assert_non_null(text);
	if (!strstr(text, EXPECT))
		fail_msg("%s: expects nothing, not even \"clean\"", file);
	conf_load_n(&c, text, len);
	for (i = 0; i < c.d.n; i++)
		if (!is_expected(text, &c.d.list[i]))
			fail_msg("%s:%u: not expected: %s%s", file, c.d.list[i].line,
				 severities[c.d.list[i].severity], c.d.list[i].text);
	each_is_met(file, text, &c);
	reads_back(file, &c, PRINT_CLEAR);
	reads_back(file, &c, PRINT_MASKED);
	conf_fini(&c);
	free(text);
}

static void test_examples_are_as_they_say(void **state)
{
	glob_t g;
	size_t i;

	assert_int_equal(glob("docs/examples/*.ios", 0, NULL, &g), 0);
	assert_true(g.gl_pathc >= 10);
	for (i = 0; i < g.gl_pathc; i++)
		check_file(g.gl_pathv[i]);
	globfree(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_examples_are_as_they_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
