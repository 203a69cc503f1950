// SPDX-License-Identifier: Apache-2.0
/* Lines and words, whatever the file looks like (R-CFG-2; bad input of all kinds). */
#include "selftests/unit/config/conf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct line line;

/* The words of a line, joined by `|`. */
static const char *words(const char *text)
{
	static char out[512];
	unsigned int i;

	out[0] = '\0';
	lex_line(&line, text, strlen(text));
	for (i = 0; i < line.nwords; i++)
		snprintf(out + strlen(out), sizeof(out) - strlen(out), "%s%.*s", i ? "|" : "",
			 (int)line.word[i].len, line.word[i].p);
	return out;
}

static void test_lex_words(void **state)
{
	assert_string_equal(words("crypto map  mymap\t10"), "crypto|map|mymap|10");
	assert_string_equal(words("  set peer 192.0.2.1   "), "set|peer|192.0.2.1");
	assert_int_equal(line.word[0].column, 2);
	assert_int_equal(line.word[2].column, 11);
	assert_string_equal(words("hostname \"Router1\"\r"), "hostname|Router1");
	assert_true(line.word[1].quoted);
	assert_string_equal(words("hostname \"two words\" x"), "hostname|two words|x");
	assert_string_equal(words("key a\"b!c ! d"), "key|a\"b!c|!|d");
	assert_string_equal(words("! a comment"), "");
	assert_string_equal(words("  ! a comment"), "");
	assert_string_equal(words(""), "");
	assert_string_equal(words("description Z\xc3\xbcrich"), "description|Z\xc3\xbcrich");
}

static void test_lex_verdicts(void **state)
{
	char *many = calloc(1, LEX_LINE_MAX + 1);
	unsigned int i;

	assert_int_equal(lex_line(&line, "a\0b", 3), LEX_BINARY);
	assert_int_equal(lex_line(&line, "\x7f""ELF\x02", 5), LEX_BINARY);
	assert_int_equal(lex_line(&line, "hostname \"x", 11), LEX_QUOTE);
	assert_int_equal(lex_line(&line, " \t", 2), LEX_BLANK);
	memset(many, 'x', LEX_LINE_MAX);
	assert_int_equal(lex_line(&line, many, LEX_LINE_MAX - 1), LEX_LINE);
	assert_int_equal(lex_line(&line, many, LEX_LINE_MAX), LEX_TOO_LONG);
	for (i = 0; i < 2 * LEX_WORDS_MAX; i += 2)
		memcpy(many + i, "y ", 2);
	assert_int_equal(lex_line(&line, many, 2 * LEX_WORDS_MAX), LEX_LINE);
	assert_int_equal(lex_line(&line, many, 2 * LEX_WORDS_MAX + 1), LEX_TOO_LONG);
	free(many);
}

static void test_lex_lines(void **state)
{
	static const char text[] = "\xef\xbb\xbf""a\r\n\r\n! c\nb c\n\nlast";
	static const struct {
		enum lex_verdict v;
		unsigned int words;
	} want[] = {
		{ LEX_LINE, 1 }, { LEX_BLANK, 0 }, { LEX_BLANK, 0 }, { LEX_LINE, 2 },
		{ LEX_BLANK, 0 }, { LEX_LINE, 1 },
	};
	struct lexer l;
	unsigned int i;

	lex_init(&l, text, sizeof(text) - 1);
	for (i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		assert_int_equal(lex_next(&l, &line), want[i].v);
		assert_int_equal(line.nwords, want[i].words);
		assert_int_equal(line.number, i + 1);
	}
	assert_int_equal(lex_next(&l, &line), LEX_END);
	assert_int_equal(lex_next(&l, &line), LEX_END);
}

/* A line of 1 MB is an error of its own; the lines around it load. */
static void test_lex_line_of_a_megabyte(void **state)
{
	size_t len = 1 << 20;
	char *text = malloc(len + 64);
	struct conf c;

	strcpy(text, "hostname a\n");
	memset(text + 11, 'x', len);
	strcpy(text + 11 + len, "\nhostname b\n");
	conf_load(&c, text);
	conf_expect_counts(&c, 1, 0);
	conf_expect(&c, DIAG_ERROR, 2, "line of more than");
	conf_expect_text(&c, "hostname b\n");
	conf_fini(&c);
	free(text);
}

static void test_lex_binary_ends_the_load(void **state)
{
	static const char text[] = "hostname a\n\0\1\2\nhostname b\n";
	struct conf c;

	conf_load_n(&c, text, sizeof(text) - 1);
	conf_expect_counts(&c, 1, 0);
	conf_expect(&c, DIAG_ERROR, 2, "not a configuration");
	conf_expect_text(&c, "hostname a\n");
	conf_fini(&c);
}

/* Some other text of a megabyte: given up early, and soon. */
static void test_lex_text_of_another_kind(void **state)
{
	size_t len = 1 << 20, i;
	char *text = malloc(len);
	struct conf c;

	for (i = 0; i < len; i++)
		text[i] = i % 8 == 7 ? '\n' : 'a';
	conf_load_n(&c, text, len);
	conf_expect(&c, DIAG_ERROR, LOAD_FAILED_MAX + 1, "are not understood");
	assert_int_equal(c.d.count[DIAG_ERROR], 1);
	conf_fini(&c);
	free(text);
}

static void test_lex_crlf_and_missing_newline(void **state)
{
	struct conf c;

	conf_load(&c, "interface eth0\r\n ip address 192.0.2.1 255.255.255.0\r\n shutdown");
	conf_expect_counts(&c, 0, 0);
	conf_expect_text(&c, "interface eth0\n ip address 192.0.2.1 255.255.255.0\n shutdown\n");
	conf_fini(&c);
}

static void test_lex_open_quote(void **state)
{
	struct conf c;

	conf_load(&c, "hostname \"a\nhostname b\ninterface eth0\n description \"to the left\n");
	conf_expect_counts(&c, 1, 0);
	conf_expect(&c, DIAG_ERROR, 1, "a quote that does not end");
	conf_expect_text(&c, "hostname b\ninterface eth0\n description \"to the left\n");
	conf_fini(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lex_words),
		cmocka_unit_test(test_lex_verdicts),
		cmocka_unit_test(test_lex_lines),
		cmocka_unit_test(test_lex_line_of_a_megabyte),
		cmocka_unit_test(test_lex_binary_ends_the_load),
		cmocka_unit_test(test_lex_text_of_another_kind),
		cmocka_unit_test(test_lex_crlf_and_missing_newline),
		cmocka_unit_test(test_lex_open_quote),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
