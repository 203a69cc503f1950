/* SPDX-License-Identifier: Apache-2.0 */
/* R-SHOW-6. Consoles, monitors and traps of a router have no like here: the journal has it all. */
#include <string.h>
#include <time.h>

#include "user/cli/show.h"
#include "user/cli/view.h"

/* R-LOG-2 */
static void show_line(FILE *out, const json_t *l, bool synchronised)
{
	json_int_t ms = view_int(l, "time-ms");
	time_t t = (time_t)(ms / 1000);
	char stamp[32] = "-";
	struct tm tm;

	if (ms >= 0 && gmtime_r(&t, &tm))
		strftime(stamp, sizeof(stamp), "%b %e %H:%M:%S", &tm);
	fprintf(out, "%s%s.%03d: %s\n", synchronised ? "" : "*", stamp,
		ms >= 0 ? (int)(ms % 1000) : 0, view_str(l, "text"));
}

void show_logging(FILE *out, const json_t *result, const struct command *c)
{
	const json_t *list = view_at(result, "lines"), *l;
	size_t i, bytes = 0;

	(void)c;
	json_array_foreach(list, i, l)
		bytes += strlen(view_str(l, "text"));
	fprintf(out, "Syslog logging: enabled (0 messages dropped, %lld messages rate-limited,"
		" 0 flushes, 0 overruns, xml disabled)\n",
		(long long)view_int(result, "rate-limited"));
	fprintf(out, "    Console logging: disabled\n    Monitor logging: disabled\n");
	fprintf(out, "    Buffer logging: level debugging, %lld messages logged, xml disabled\n",
		(long long)view_int(result, "messages"));
	fprintf(out, "    Logging Exception size (0 bytes)\n");
	fprintf(out, "    Count and timestamp logging messages: disabled\n");
	fprintf(out, "    Trap logging: disabled\n\nLog Buffer (%zu bytes):\n\n", bytes);
	json_array_foreach(list, i, l)
		show_line(out, l, view_bool(result, "clock-synchronised"));
}
