// SPDX-License-Identifier: Apache-2.0
#include "user/cli/notes.h"

#include "user/cli/view.h"

void notes_show(FILE *out, const json_t *o, int indent)
{
	const json_t *list = view_at(o, "legacy"), *class;
	size_t i;

	json_array_foreach(list, i, class)
		fprintf(out, "%*sWARNING: obsolete, permitted by \"crypto legacy permit %s\"\n",
			indent, "", view_str(class, ""));
	if (!view_is_null(o, "inactive"))
		fprintf(out, "%*sInactive: %s\n", indent, "", view_str(o, "inactive"));
}

void notes_words(FILE *out, const json_t *list, const char *behind)
{
	const json_t *word;
	size_t i;

	json_array_foreach(list, i, word)
		fprintf(out, "%s%s", view_str(word, ""), behind);
}
