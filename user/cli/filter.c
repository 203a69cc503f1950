/* SPDX-License-Identifier: Apache-2.0 */
#include "user/cli/filter.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

enum re_need { RE_NEVER, RE_MAY, RE_MUST };

static const struct {
	const char	*word;
	enum filter_kind kind;
	enum re_need	need;
} kinds[] = {
	{ "begin",	FILTER_BEGIN,	RE_MUST },
	{ "count",	FILTER_COUNT,	RE_MAY },
	{ "exclude",	FILTER_EXCLUDE,	RE_MUST },
	{ "include",	FILTER_INCLUDE,	RE_MUST },
	{ "json",	FILTER_JSON,	RE_NEVER },
};

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
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
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
	return err_set(e, -EINVAL, "After '|' one of: begin, count, exclude, include, json");
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

void filter_write(const struct filter *f, char *text, FILE *out)
{
	unsigned long state = 0;
	char *line;

	while ((line = strsep(&text, "\n")))
		if (*line || text)	/* nothing behind the last newline */
			filter_line(f, line, &state, out);
	if (f->kind == FILTER_COUNT)
		fprintf(out, "Number of lines%s = %lu\n", f->has_re ? " which match regexp" : "",
			state);
}
