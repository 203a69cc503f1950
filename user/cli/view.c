/* SPDX-License-Identifier: Apache-2.0 */
#include "user/cli/view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* C0, DEL, and C1 (in UTF-8: C2 80 to C2 9F). The text is valid UTF-8: jansson made sure. */
static bool clean_text(char *s)
{
	unsigned char *p = (unsigned char *)s;
	bool changed = false;

	for (; *p; p++) {
		bool c1 = p[0] == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f;

		if (*p >= ' ' && *p != 0x7f && !c1)
			continue;
		*p = '?';
		if (c1)
			*++p = '?';
		changed = true;
	}
	return changed;
}

static void clean_string(json_t *v)
{
	char *copy = strdup(json_string_value(v));

	/* Without memory an empty string is clean too. */
	if (!copy)
		json_string_set_nocheck(v, "");
	else if (clean_text(copy) || strlen(copy) != json_string_length(v))
		json_string_set_nocheck(v, copy);
	free(copy);
}

void view_clean(json_t *v)
{
	const char *key;
	json_t *item;
	size_t i;

	if (json_is_string(v))
		clean_string(v);
	json_array_foreach(v, i, item)
		view_clean(item);
	json_object_foreach(v, key, item)
		view_clean(item);
}

const json_t *view_at(const json_t *v, const char *path)
{
	while (v && *path) {
		size_t len = strcspn(path, ".");
		char key[64];

		if (len >= sizeof(key))
			return NULL;
		memcpy(key, path, len);
		key[len] = '\0';
		v = json_object_get(v, key);
		path += len + (path[len] == '.');
	}
	return v;
}

const char *view_str(const json_t *v, const char *path)
{
	const char *s = json_string_value(view_at(v, path));

	return s ? s : "-";
}

json_int_t view_int(const json_t *v, const char *path)
{
	return json_integer_value(view_at(v, path));
}

bool view_bool(const json_t *v, const char *path)
{
	return json_is_true(view_at(v, path));
}

bool view_is_null(const json_t *v, const char *path)
{
	const json_t *at = view_at(v, path);

	return !at || json_is_null(at);
}

const char *view_age(const json_t *v, const char *path, char buf[static VIEW_TIME_MAX])
{
	json_int_t s = view_int(v, path) / 1000;

	if (view_is_null(v, path))
		return "never";
	if (s < 0)
		s = 0;
	if (s < 86400)
		snprintf(buf, VIEW_TIME_MAX, "%02d:%02d:%02d", (int)(s / 3600),
			 (int)(s / 60 % 60), (int)(s % 60));
	else
		snprintf(buf, VIEW_TIME_MAX, "%lldd%02dh", (long long)s / 86400,
			 (int)(s / 3600 % 24));
	return buf;
}

void view_uptime(FILE *out, json_int_t seconds)
{
	static const struct {
		const char *name;
		json_int_t s;
	} unit[] = { { "week", 604800 }, { "day", 86400 }, { "hour", 3600 }, { "minute", 60 } };
	const char *comma = "";
	size_t i;

	if (seconds < 60) {
		fprintf(out, "%d second%s", (int)seconds, seconds == 1 ? "" : "s");
		return;
	}
	for (i = 0; i < sizeof(unit) / sizeof(unit[0]); i++) {
		json_int_t n = seconds / unit[i].s;

		seconds %= unit[i].s;
		if (!n)
			continue;
		fprintf(out, "%s%lld %s%s", comma, (long long)n, unit[i].name, n == 1 ? "" : "s");
		comma = ", ";
	}
}
