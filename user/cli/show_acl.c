// SPDX-License-Identifier: Apache-2.0
/* R-CFG-10. */
#include <string.h>

#include "user/cli/show.h"
#include "user/cli/view.h"

void show_access_lists(FILE *out, const json_t *result, const struct command *c)
{
	const json_t *list = view_at(result, "access-lists"), *acl, *lines, *l;
	size_t i, k;

	(void)c;
	json_array_foreach(list, i, acl) {
		fprintf(out, strcmp(view_str(acl, "family"), "ipv6") ?
			"Extended IP access list %s\n" : "IPv6 access list %s\n",
			view_str(acl, "name"));
		lines = view_at(acl, "lines");
		json_array_foreach(lines, k, l)
			fprintf(out, "    %lld %s\n", (long long)view_int(l, "sequence"),
				view_str(l, "text"));
	}
}
