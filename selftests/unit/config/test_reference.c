// SPDX-License-Identifier: Apache-2.0
/*
 * docs/commands.md is what the table says. scripts/gen-commands writes it, by
 * running this with a file name.
 */
#include "selftests/unit/config/conf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/config/reference.h"

#define DOCUMENT	"docs/commands.md"

static void test_reference_does_not_drift(void **state)
{
	char *want = NULL, *is;
	size_t want_len, len;
	FILE *f = open_memstream(&want, &want_len);

	reference_write(conf_grammar(), f);
	fclose(f);
	is = conf_read(DOCUMENT, &len);
	if (!is || strcmp(is, want))
		fail_msg(DOCUMENT " is not what the table says: run scripts/gen-commands");
	free(is);
	free(want);
}

static int write_to(const char *path)
{
	struct err e = {};
	const struct grammar *g = grammar_get(&e);
	FILE *f = fopen(path, "w");

	if (!g || !f)
		return 1;
	reference_write(g, f);
	return fclose(f) ? 1 : 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reference_does_not_drift),
	};

	if (argc == 2)
		return write_to(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
