/* SPDX-License-Identifier: Apache-2.0 */
/* Results: one line of key=value each, for machines; `run` makes the table for people. */
#ifndef BENCH_REPORT_H
#define BENCH_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct result {
	const char	*bench;
	const char	*metric;
	double		value;
	double		baseline;	/* what value is compared with; 0: nothing */
	double		spread;		/* interquartile range of value */
	unsigned long	n;		/* packets an arm and round */
	unsigned int	rounds;
	double		hard;		/* value may be this at most; 0: informative */
	double		hard_ratio;	/* value / baseline may be this at most; 0: none */
	double		goal;		/* wished for; 0: none. Missing it is no failure */
};

void report(const struct result *r);

/* A statement about counters that makes the figures trustworthy. Prints when it is false. */
void expect(bool ok, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Hard targets missed and expectations not met, so far. */
unsigned int report_failures(void);

double median(const double *v, size_t n);
double iqr(const double *v, size_t n);

#endif /* BENCH_REPORT_H */
