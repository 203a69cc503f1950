// SPDX-License-Identifier: Apache-2.0
#include "user/daemon/logging.h"

#include "user/lib/log.h"

/* By number or by name; all if no level is given, as on a router. */
static enum log_severity level_of(const struct node *n)
{
	static const char *const names[] = { "emergencies", "alerts", "critical", "errors",
					     "warnings", "notifications", "informational" };
	unsigned int i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (node_has(n, names[i]))
			return (enum log_severity)i;
	return (enum log_severity)node_num(n, "level", SEV_DEBUG);
}

void logging_configure(const struct tree *t)
{
	struct log_keeping keep = { .least = SEV_DEBUG, .console = true };
	const struct node *n;

	for (n = t->root.first; n; n = n->next) {
		if (!n->p || n->refused)
			continue;
		if (node_is(n, "logging console"))
			keep.console = !n->negated;
		if (!node_is(n, "logging buffered"))
			continue;
		keep.least = level_of(n);
		keep.bytes = node_num(n, "bytes", 0);
	}
	log_keep(&keep);
}
