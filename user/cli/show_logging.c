/* SPDX-License-Identifier: Apache-2.0 */
/* R-SHOW-6. The console is standard error; monitors and traps have no like here: the journal has it all. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "user/cli/show.h"
#include "user/cli/view.h"

/* Of a whole day or more as `1d02h`. */
static void uptime_text(char *buf, size_t size, json_int_t ms)
{
	long long s = ms > 0 ? ms / 1000 : 0;

	if (s >= 86400)
		snprintf(buf, size, "%lldd%02lldh", s / 86400, s / 3600 % 24);
	else
		snprintf(buf, size, "%02lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
}

static void date_text(char *buf, size_t size, json_int_t ms, const json_t *how)
{
	time_t t = (time_t)(ms / 1000);
	struct tm tm;
	size_t len;

	snprintf(buf, size, "-");
	if (ms < 0 || !(view_bool(how, "localtime") ? localtime_r(&t, &tm) : gmtime_r(&t, &tm)))
		return;
	len = strftime(buf, size, "%b %e %H:%M:%S", &tm);
	if (view_bool(how, "msec"))
		snprintf(buf + len, size - len, ".%03d", (int)(ms % 1000));
}

/* R-LOG-2; lines of debugging have no facility. */
static void show_line(FILE *out, const json_t *result, const json_t *l)
{
	const char *text = view_str(l, "text");
	const json_t *how = view_at(view_at(result, "timestamps"), *text == '%' ? "log" : "debug");
	char stamp[48];

	if (view_bool(how, "uptime")) {
		uptime_text(stamp, sizeof(stamp), view_int(l, "uptime-ms"));
		fprintf(out, "%s: %s\n", stamp, text);
		return;
	}
	date_text(stamp, sizeof(stamp), view_int(l, "time-ms"), how);
	fprintf(out, "%s%s: %s\n", view_bool(result, "clock-synchronised") ? "" : "*", stamp, text);
}

static const char *level_name(const json_t *result)
{
	static const char *const names[] = { "emergencies", "alerts", "critical", "errors", "warnings",
					     "notifications", "informational", "debugging" };
	json_int_t level = view_int(result, "buffer-level");

	return level >= 0 && level < 8 ? names[level] : "-";
}

void show_logging(FILE *out, const json_t *result, const struct command *c)
{
	const json_t *list = view_at(result, "lines"), *l, *size = view_at(result, "buffer-bytes");
	size_t i, bytes = 0;

	(void)c;
	json_array_foreach(list, i, l)
		bytes += strlen(view_str(l, "text"));
	if (json_is_integer(size))
		bytes = (size_t)json_integer_value(size);
	fprintf(out, "Syslog logging: enabled (0 messages dropped, %lld messages rate-limited,"
		" 0 flushes, 0 overruns, xml disabled)\n",
		(long long)view_int(result, "rate-limited"));
	fprintf(out, "    Console logging: %s\n    Monitor logging: disabled\n",
		view_bool(result, "console") ? "level debugging" : "disabled");
	fprintf(out, "    Buffer logging: level %s, %lld messages logged, xml disabled\n",
		level_name(result), (long long)view_int(result, "messages"));
	fprintf(out, "    Logging Exception size (0 bytes)\n");
	fprintf(out, "    Count and timestamp logging messages: disabled\n");
	fprintf(out, "    Trap logging: disabled\n\nLog Buffer (%zu bytes):\n\n", bytes);
	json_array_foreach(list, i, l)
		show_line(out, result, l);
}
