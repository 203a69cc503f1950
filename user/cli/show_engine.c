/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "user/cli/show.h"
#include "user/cli/view.h"

static const struct {
	const char	*variant;
	const char	*text;
} variants[] = {
	{ "mirror",	"mirror of what the kernel authenticates" },
	{ "live",	"live state of the kernel" },
	{ "none",	"none: no packet is rejected as a replay" },
};

static void show_source(FILE *out, const json_t *w)
{
	const char *variant = view_str(w, "variant"), *text = variant, *why = view_str(w, "why");
	size_t i;

	for (i = 0; i < sizeof(variants) / sizeof(variants[0]); i++)
		if (!strcmp(variant, variants[i].variant))
			text = variants[i].text;
	fprintf(out, "        Replay windows:      %s\n", text);
	if (*why && strcmp(why, "-"))
		fprintf(out, "          because:           %s\n", why);
}

static void show_attached(FILE *out, const json_t *i)
{
	const char *why = view_str(i, "why");

	fprintf(out, "  %s: ", view_str(i, "name"));
	if (view_bool(i, "attached"))
		fprintf(out, "attached, %s, %s mode\n", view_str(i, "hook"), view_str(i, "mode"));
	else
		fprintf(out, "not attached\n");
	if (*why && strcmp(why, "-"))
		fprintf(out, "    because: %s\n", why);
}

static void show_interfaces(FILE *out, const json_t *list)
{
	const json_t *item;
	size_t i;

	fprintf(out, "\nInterfaces:\n");
	if (!json_array_size(list))
		fprintf(out, "  none\n");
	json_array_foreach(list, i, item)
		show_attached(out, item);
}

static void show_sas(FILE *out, const json_t *s)
{
	fprintf(out, "\nSecurity associations: %lld inbound, %lld outbound\n",
		(long long)view_int(s, "inbound"), (long long)view_int(s, "outbound"));
	fprintf(out, "  Windows: %lld of %lld in use, %lld started\n",
		(long long)view_int(s, "windows"), (long long)view_int(s, "windows-max"),
		(long long)view_int(s, "windows-started"));
	fprintf(out, "  Looks at the kernel's SAD: %lld, after lost events: %lld, stale windows"
		" removed: %lld\n", (long long)view_int(s, "dumps"),
		(long long)view_int(s, "lost-events"), (long long)view_int(s, "swept"));
	if (view_int(s, "map-full"))
		fprintf(out, "  SAs that found no place: %lld\n",
			(long long)view_int(s, "map-full"));
}

static void show_limits(FILE *out, const json_t *l)
{
	if (!l || json_is_null(l))
		return;
	if (view_bool(l, "drop-unknown"))
		fprintf(out, "\nUnknown SPIs: %lld packets per second and source pass, bursts of %lld\n",
			(long long)view_int(l, "unknown-packets-per-second"),
			(long long)view_int(l, "unknown-burst"));
	else
		fprintf(out, "\nUnknown SPIs: all pass\n");
	if (view_bool(l, "map-incomplete"))
		fprintf(out, "  none is dropped now: not every SA has a window\n");
	fprintf(out, "  Told to the daemon: one per %lld ms and source, %lld per second in all\n",
		(long long)view_int(l, "event-interval-ms"),
		(long long)view_int(l, "events-per-second"));
	fprintf(out, "Replay messages: one per %lld s and SA\n",
		(long long)view_int(l, "replay-log-interval-seconds"));
}

void show_engine(FILE *out, const json_t *result, const struct command *c)
{
	(void)c;
	fprintf(out, "        crypto engine name:  xipsec XDP data plane\n");
	fprintf(out, "        crypto engine type:  XDP\n");
	show_source(out, view_at(result, "window-source"));
	fprintf(out, "        Adopted at start:    %s\n",
		view_bool(result, "window-source.adopted") ? "yes, from an earlier daemon" : "no");
	fprintf(out, "        Kernel release:      %s (%s)\n", view_str(result, "kernel-release"),
		view_str(result, "machine"));
	fprintf(out, "        ABI of the maps:     %lld\n", (long long)view_int(result, "abi"));
	fprintf(out, "        Uptime:              ");
	view_uptime(out, view_int(result, "uptime-seconds"));
	fputc('\n', out);
	show_interfaces(out, view_at(result, "interfaces"));
	show_sas(out, view_at(result, "security-associations"));
	show_limits(out, view_at(result, "limits"));
	fprintf(out, "Messages: %lld logged, %lld rate-limited\n",
		(long long)view_int(result, "logging.messages"),
		(long long)view_int(result, "logging.rate-limited"));
}
