/* SPDX-License-Identifier: Apache-2.0 */
#include "user/cli/filter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum re_need { RE_NEVER, RE_MAY, RE_MUST };

static const struct kind {
	const char	*word;
	enum filter_kind kind;
	enum re_need	need;
	const char	*help;
} kinds[] = {
	{ "begin",	FILTER_BEGIN,	RE_MUST,  "Begin with the line that matches" },
	{ "count",	FILTER_COUNT,	RE_MAY,	  "Count number of lines which match regexp" },
	{ "exclude",	FILTER_EXCLUDE,	RE_MUST,  "Exclude lines that match" },
	{ "include",	FILTER_INCLUDE,	RE_MUST,  "Include lines that match" },
	{ "json",	FILTER_JSON,	RE_NEVER, "The object that the text is made of" },
	{ "section",	FILTER_SECTION,	RE_MUST,  "Include sections with a line that matches" },
};

#define NKINDS	(sizeof(kinds) / sizeof(kinds[0]))

static int compile(struct filter *f, const char *text, struct err *e)
{
	char why[128];
	int ret = regcomp(&f->re, text, REG_EXTENDED | REG_NOSUB);

	if (!ret) {
		f->has_re = true;
		return 0;
	}
	regerror(ret, &f->re, why, sizeof(why));
	return err_set(e, -EINVAL, "Invalid regular expression \"%s\": %s", text, why);
}

static int parse(struct filter *f, char *text, struct err *e)
{
	size_t i, len;
	char *re, *end;

	text += strspn(text, " \t");
	len = strcspn(text, " \t");
	re = text + len + strspn(text + len, " \t");
	for (end = re + strlen(re); end > re && (end[-1] == ' ' || end[-1] == '\t'); end--)
		end[-1] = '\0';
	for (i = 0; i < NKINDS; i++) {
		if (!len || strncasecmp(text, kinds[i].word, len))
			continue;
		f->kind = kinds[i].kind;
		if (!*re && kinds[i].need == RE_MUST)
			return err_set(e, -EINVAL, "Incomplete command: | %s needs a regular expression",
				       kinds[i].word);
		if (*re && kinds[i].need == RE_NEVER)
			return err_set(e, -EINVAL, "Nothing may follow | %s", kinds[i].word);
		return *re ? compile(f, re, e) : 0;
	}
	return err_set(e, -EINVAL, "After '|' one of: begin, count, exclude, include, json,"
		       " section");
}

int filter_cut(struct filter *f, char *line, struct err *e)
{
	char *bar = strchr(line, '|');

	memset(f, 0, sizeof(*f));
	if (!bar)
		return 0;
	*bar = '\0';
	return parse(f, bar + 1, e);
}

void filter_fini(struct filter *f)
{
	if (f->has_re)
		regfree(&f->re);
	f->has_re = false;
}

/* The next kind from *at that `word` begins; NULL: no more. */
static const struct kind *next_kind(const char *word, size_t *at)
{
	while (*at < NKINDS)
		if (!strncasecmp(kinds[(*at)++].word, word, strlen(word)))
			return &kinds[*at - 1];
	return NULL;
}

void filter_help(const char *begun, FILE *out)
{
	const struct kind *k;
	size_t at = 0;

	begun += strspn(begun, " \t");
	if (begun[strcspn(begun, " \t")]) {
		fprintf(out, "  %-18s  Regular expression\n", "LINE");
		return;
	}
	while ((k = next_kind(begun, &at)))
		fprintf(out, "  %-18s  %s\n", k->word, k->help);
}

void filter_complete(const char *begun, char *out, size_t size)
{
	const struct kind *k;
	size_t at = 0;

	begun += strspn(begun, " \t");
	out[0] = '\0';
	k = *begun ? next_kind(begun, &at) : NULL;
	if (k && !next_kind(begun, &at))
		snprintf(out, size, "%s ", k->word + strlen(begun));
}

/* The last gate to the terminal; replies are clean before (view_clean()), keys may not be. */
static void put_clean_line(const char *line, FILE *out)
{
	for (; *line; line++)
		if ((unsigned char)*line >= ' ' && *line != 0x7f)
			putc(*line, out);
	putc('\n', out);
}

static bool matches(const struct filter *f, const char *line)
{
	return !f->has_re || !regexec(&f->re, line, 0, NULL, 0);
}

/* One line; *state: lines counted, or whether the beginning was seen. */
static void filter_line(const struct filter *f, const char *line, unsigned long *state, FILE *out)
{
	bool show = true;

	switch (f->kind) {
	case FILTER_NONE:
	case FILTER_JSON:
	case FILTER_SECTION:
		break;
	case FILTER_INCLUDE:
		show = matches(f, line);
		break;
	case FILTER_EXCLUDE:
		show = !matches(f, line);
		break;
	case FILTER_BEGIN:
		*state |= matches(f, line);
		show = *state;
		break;
	case FILTER_COUNT:
		*state += matches(f, line);
		show = false;
		break;
	}
	if (show)
		put_clean_line(line, out);
}

static bool is_below(const char *line)
{
	return *line == ' ' || *line == '\t';
}

/*
 * A line and those below it that are indented: all of them, or none. first[0 .. n-1]
 * are strings.
 */
static void filter_section(const struct filter *f, char **first, size_t n, FILE *out)
{
	bool show = false;
	size_t i;

	for (i = 0; i < n; i++)
		show |= matches(f, first[i]);
	for (i = 0; show && i < n; i++)
		put_clean_line(first[i], out);
}

static void filter_sections(const struct filter *f, char *text, FILE *out)
{
	size_t n = 0, room = 0;
	char **line = NULL, **more, *l;

	while ((l = strsep(&text, "\n"))) {
		if (!*l && !text)
			break;
		if (n && !is_below(l)) {
			filter_section(f, line, n, out);
			n = 0;
		}
		if (n == room) {
			more = realloc(line, (room = 2 * room + 64) * sizeof(*line));
			if (!more)
				break;
			line = more;
		}
		line[n++] = l;
	}
	filter_section(f, line, n, out);
	free(line);
}

void filter_write(const struct filter *f, char *text, FILE *out)
{
	unsigned long state = 0;
	char *line;

	if (f->kind == FILTER_SECTION) {
		filter_sections(f, text, out);
		return;
	}
	while ((line = strsep(&text, "\n")))
		if (*line || text)	/* nothing behind the last newline */
			filter_line(f, line, &state, out);
	if (f->kind == FILTER_COUNT)
		fprintf(out, "Number of lines%s = %lu\n", f->has_re ? " which match regexp" : "",
			state);
}
