/* SPDX-License-Identifier: Apache-2.0 */
#include "user/cli/show.h"
#include "user/cli/view.h"

static void show_reason(FILE *out, const json_t *r)
{
	char age[VIEW_TIME_MAX];
	bool seen = !view_is_null(r, "last-source");

	fprintf(out, "%-36s %-6s %12lld %15lld  %-25s %-10s  %s\n", view_str(r, "text"),
		view_str(r, "action"), (long long)view_int(r, "packets"),
		(long long)view_int(r, "bytes"), view_str(r, "last-source"),
		seen ? view_str(r, "last-spi-hex") : "-",
		seen ? view_age(r, "last-age-ms", age) : "-");
}

void show_drops(FILE *out, const json_t *result, const struct command *c)
{
	const json_t *list = view_at(result, "reasons"), *r;
	size_t i;

	(void)c;
	if (!view_bool(result, "data-plane"))
		fprintf(out, "No data plane is loaded\n\n");
	fprintf(out, "%-36s %-6s %12s %15s  %-25s %-10s  %s\n", "Reason", "Action", "Packets",
		"Bytes", "Last source", "SPI", "Age");
	json_array_foreach(list, i, r)
		show_reason(out, r);
	fprintf(out, "\nDropped: %lld packets, %lld bytes; passed to the kernel: %lld packets,"
		" %lld bytes\n",
		(long long)view_int(result, "dropped.packets"),
		(long long)view_int(result, "dropped.bytes"),
		(long long)view_int(result, "passed.packets"),
		(long long)view_int(result, "passed.bytes"));
}

void show_drop_sources(FILE *out, const json_t *result, const struct command *c)
{
	const json_t *list = view_at(result, "sources"), *s;
	size_t i;

	(void)c;
	fprintf(out, "Sources of unknown SPIs and clear packets: %lld remembered, %lld at most\n\n",
		(long long)view_int(result, "remembered"), (long long)view_int(result, "max"));
	fprintf(out, "%-30s %12s\n", "Source", "Packets");
	json_array_foreach(list, i, s)
		fprintf(out, "%-30s %12lld\n", view_str(s, "source"),
			(long long)view_int(s, "packets"));
}

void show_cleared(FILE *out, const json_t *result, const struct command *c)
{
	(void)c;
	fprintf(out, "Cleared: %lld reasons, %lld security associations, %lld sources\n",
		(long long)view_int(result, "cleared.reasons"),
		(long long)view_int(result, "cleared.security-associations"),
		(long long)view_int(result, "cleared.sources"));
}
