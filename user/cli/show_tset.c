// SPDX-License-Identifier: Apache-2.0
/* R-TS-7, R-LOG-31. */
#include <string.h>

#include "user/cli/notes.h"
#include "user/cli/show.h"
#include "user/cli/view.h"

void show_transform_set(FILE *out, const json_t *result, const struct command *c)
{
	const json_t *list = view_at(result, "transform-sets"), *set, *transforms, *t;
	size_t i, k;

	(void)c;
	json_array_foreach(list, i, set) {
		fprintf(out, "Transform set %s: { ", view_str(set, "name"));
		transforms = view_at(set, "transforms");
		json_array_foreach(transforms, k, t)
			fprintf(out, "%s ", view_str(t, "name"));
		fprintf(out, " }\n   will negotiate = { %s,  },\n",
			strcmp(view_str(set, "mode"), "transport") ? "Tunnel" : "Transport");
		json_array_foreach(transforms, k, t)
			if (json_is_false(view_at(t, "supported")))
				fprintf(out, "WARNING:encryption hardware does not support transform"
					" %s within IPSec transform %s\n", view_str(t, "entered"),
					view_str(set, "name"));
		notes_show(out, set, 3);
	}
}
