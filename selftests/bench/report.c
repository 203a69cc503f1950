// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "selftests/bench/report.h"

#define ROUNDS_MAX	256

static unsigned int failures;

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The value below which the share `q` of all values lies, linearly between two of them. */
static double quantile(const double *v, size_t n, double q)
{
	double sorted[ROUNDS_MAX], at = q * (n - 1);
	size_t i = at;

	if (n == 0 || n > ROUNDS_MAX)
		abort();
	memcpy(sorted, v, n * sizeof(*v));
	qsort(sorted, n, sizeof(*sorted), by_value);
	return i + 1 < n ? sorted[i] + (at - i) * (sorted[i + 1] - sorted[i]) : sorted[i];
}

double median(const double *v, size_t n)
{
	return quantile(v, n, 0.5);
}

double iqr(const double *v, size_t n)
{
	return quantile(v, n, 0.75) - quantile(v, n, 0.25);
}

static void target_text(const struct result *r, char *out, size_t size)
{
	if (r->hard_ratio)
		snprintf(out, size, "ratio<=%.4g", r->hard_ratio);
	else if (r->hard)
		snprintf(out, size, "value<=%.4g", r->hard);
	else
		snprintf(out, size, "none");
}

void report(const struct result *r)
{
	double ratio = r->baseline ? r->value / r->baseline : 0;
	bool bound = r->hard || r->hard_ratio, ok = true;
	struct utsname u;
	char target[64];

	if (r->hard && r->value > r->hard)
		ok = false;
	if (r->hard_ratio && ratio > r->hard_ratio)
		ok = false;
	failures += !ok;
	target_text(r, target, sizeof(target));
	uname(&u);
	printf("bench=%s kernel=%s metric=%s value=%.1f baseline=%.1f ratio=%.4f iqr=%.1f n=%lu rounds=%u target=%s verdict=%s",
	       r->bench, u.release, r->metric, r->value, r->baseline, ratio, r->spread, r->n,
	       r->rounds, target, bound ? (ok ? "pass" : "fail") : "info");
	if (r->goal)
		printf(" goal=%.4g goal_met=%s", r->goal, r->value <= r->goal ? "yes" : "no");
	putchar('\n');
	fflush(stdout);
}

void expect(bool ok, const char *fmt, ...)
{
	va_list ap;

	if (ok)
		return;
	failures++;
	printf("bench: counters are wrong: ");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
}

unsigned int report_failures(void)
{
	return failures;
}
