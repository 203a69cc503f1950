// SPDX-License-Identifier: Apache-2.0
#include "user/lib/log.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#include <xipsec/bucket.h>

#define LOG_LINE_MAX	1024	/* an error's text (err.h) and as much of context */
#define LOG_RING	256	/* lines that `show logging` can show */

/*
 * All limited messages together: 20 a second, 50 at once. A screen of lines
 * tells an operator what a million would, and journald drops above 1000 a 30 s
 * (RateLimitBurst), which would take the messages that matter along.
 */
#define LOG_ALL_COST_NS		(1000000000ULL / 20)
#define LOG_ALL_BURST_NS	(50 * LOG_ALL_COST_NS)

struct ring_line {
	uint64_t wall_ns;
	char	 text[LOG_LINE_MAX];
};

/* The process's one log. The daemon writes from one thread only; there is no lock. */
static struct {
	const struct env *env;
	enum log_target	  target;
	enum log_severity least;
	char		  ident[32];	/* openlog(3) keeps the pointer */
	uint64_t	  all_tat;	/* bucket.h, of all limited messages */
	uint64_t	  written, suppressed;
	uint64_t	  lines;	/* ever put into the ring */
	struct log_keeping keep;
	struct ring_line  ring[LOG_RING];
} lg = { .env = &env_system, .least = SEV_INFO, .keep = { SEV_DEBUG, 0, true } };

void log_open(const char *ident, enum log_target target, enum log_severity least,
	      const struct env *env)
{
	log_close();
	lg.env = env;
	lg.target = target;
	lg.least = least;
	lg.all_tat = 0;
	lg.written = 0;
	lg.suppressed = 0;
	lg.lines = 0;
	lg.keep = (struct log_keeping){ SEV_DEBUG, 0, true };
	snprintf(lg.ident, sizeof(lg.ident), "%s", ident);
	if (target == LOG_TO_SYSLOG)
		openlog(lg.ident, LOG_PID | LOG_NDELAY, LOG_DAEMON);
}

/* What comes later (an atexit handler, a test) goes to standard error. */
void log_close(void)
{
	if (lg.target == LOG_TO_SYSLOG)
		closelog();
	lg.target = LOG_TO_STDERR;
	lg.env = &env_system;
}

void log_keep(const struct log_keeping *k)
{
	lg.keep = *k;
}

void log_kept(struct log_keeping *k)
{
	*k = lg.keep;
}

/* Length of the well-formed UTF-8 character at s (RFC 3629 section 4); 0: none. */
static size_t utf8_len(const unsigned char *s)
{
	static const uint32_t least[5] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len = (s[0] & 0xe0) == 0xc0 ? 2 : (s[0] & 0xf0) == 0xe0 ? 3 :
		     (s[0] & 0xf8) == 0xf0 ? 4 : 0;
	uint32_t c;
	size_t i;

	if (!len)
		return 0;
	c = s[0] & (0x7fu >> len);
	for (i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)	/* the final NUL stops here */
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	/* U+0080 to U+009F are controls: U+009B starts an escape sequence as ESC [ does. */
	return c < 0xa0 ? 0 : len;
}

/*
 * Names and reasons may come from a peer. A line stays one line, and no
 * terminal that shows the log obeys it.
 */
static void clean(char *text)
{
	unsigned char *s = (unsigned char *)text;
	size_t len;

	while (*s) {
		len = *s >= 0x20 && *s < 0x7f ? 1 : *s >= 0x80 ? utf8_len(s) : 0;
		if (!len) {
			*s = *s == '\n' || *s == '\t' ? ' ' : '?';
			len = 1;
		}
		s += len;
	}
}

/* R-LOG-2, `datetime msec`, in UTC as routers do unless told `localtime`. */
static void stamp(uint64_t wall_ns, char *buf, size_t size)
{
	/* Not strftime(): a locale must not change what scripts look for. */
	static const char *const month[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	time_t t = (time_t)(wall_ns / 1000000000ULL);
	unsigned int ms = (unsigned int)(wall_ns / 1000000 % 1000);
	struct tm tm = {};

	gmtime_r(&t, &tm);
	snprintf(buf, size, "%s %2d %02d:%02d:%02d.%03u: ", month[tm.tm_mon % 12], tm.tm_mday,
		 tm.tm_hour, tm.tm_min, tm.tm_sec, ms);
}

static void emit(enum log_severity sev, const char *line)
{
	uint64_t now = env_wall_ns(lg.env);
	struct ring_line *r;
	char when[40];

	if (sev <= lg.keep.least) {
		r = &lg.ring[lg.lines++ % LOG_RING];
		r->wall_ns = now;
		strcpy(r->text, line);
	}
	lg.written++;
	if (lg.target == LOG_TO_SYSLOG) {
		syslog((int)sev, "%s", line);
		return;
	}
	if (!lg.keep.console)
		return;
	stamp(now, when, sizeof(when));
	fprintf(stderr, "%s%s\n", when, line);
}

static void append(char *line, size_t *len, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void vappend(char *line, size_t *len, const char *fmt, va_list ap)
{
	int n = vsnprintf(line + *len, LOG_LINE_MAX - *len, fmt, ap);

	if (n > 0)
		*len += (size_t)n;
	if (*len >= LOG_LINE_MAX)
		*len = LOG_LINE_MAX - 1;
}

static void append(char *line, size_t *len, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vappend(line, len, fmt, ap);
	va_end(ap);
}

/* suppressed: messages of this kind that a limit held back before this one. */
static void write_line(const char *facility, enum log_severity sev, const char *mnemonic,
		       uint64_t suppressed, const char *fmt, va_list ap)
{
	char line[LOG_LINE_MAX];
	size_t len = 0;

	append(line, &len, "%%%s-%d-%s: ", facility, (int)sev, mnemonic);
	vappend(line, &len, fmt, ap);
	if (suppressed)
		append(line, &len, " (%" PRIu64 " more suppressed)", suppressed);
	clean(line);
	emit(sev, line);
}

void log_msg(const char *facility, enum log_severity sev, const char *mnemonic,
	     const char *fmt, ...)
{
	va_list ap;

	if (sev > lg.least)
		return;
	va_start(ap, fmt);
	write_line(facility, sev, mnemonic, 0, fmt, ap);
	va_end(ap);
}

void log_debug(const char *fmt, ...)
{
	char line[LOG_LINE_MAX];
	size_t len = 0;
	va_list ap;

	va_start(ap, fmt);
	vappend(line, &len, fmt, ap);
	va_end(ap);
	clean(line);
	emit(SEV_DEBUG, line);
}

/* One message an interval, and a token of the bucket that all sites share. */
static bool may_write(struct log_limit *limit, uint64_t interval_ns)
{
	uint64_t now = env_mono_ns(lg.env), was = limit->tat;

	/* The kernel's __u64 is another type than uint64_t, of the same size and kind. */
	if (xi_bucket_take((__u64 *)&limit->tat, now, interval_ns, interval_ns) != XI_BUCKET_OK)
		return false;
	if (xi_bucket_take((__u64 *)&lg.all_tat, now, LOG_ALL_COST_NS, LOG_ALL_BURST_NS) ==
	    XI_BUCKET_OK)
		return true;
	limit->tat = was;	/* nothing was written: its turn comes when the others are done */
	return false;
}

bool log_limited(struct log_limit *limit, uint64_t interval_ns, const char *facility,
		 enum log_severity sev, const char *mnemonic, const char *fmt, ...)
{
	va_list ap;

	if (sev > lg.least)
		return false;
	if (!may_write(limit, interval_ns)) {
		limit->suppressed++;
		lg.suppressed++;
		return false;
	}
	va_start(ap, fmt);
	write_line(facility, sev, mnemonic, limit->suppressed, fmt, ap);
	va_end(ap);
	limit->suppressed = 0;
	return true;
}

void log_ring_each(void (*each)(void *ctx, uint64_t wall_ns, const char *line), void *ctx)
{
	uint64_t first = lg.lines > LOG_RING ? lg.lines - LOG_RING : 0, end = lg.lines, i = end;
	size_t bytes = 0;

	while (i > first && (!lg.keep.bytes || bytes <= lg.keep.bytes))
		bytes += strlen(lg.ring[--i % LOG_RING].text);
	if (lg.keep.bytes && bytes > lg.keep.bytes)
		i++;
	for (; i < end; i++)
		each(ctx, lg.ring[i % LOG_RING].wall_ns, lg.ring[i % LOG_RING].text);
}

void log_counts(uint64_t *written, uint64_t *suppressed)
{
	*written = lg.written;
	*suppressed = lg.suppressed;
}
