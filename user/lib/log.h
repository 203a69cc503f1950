/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages in the form of R-LOG-1, `%FACILITY-SEVERITY-MNEMONIC: text`, one line
 * each, to standard error or to syslog (and so to the journal), and to a ring
 * that `show logging` reads. Text is cleaned of control characters.
 *
 * What a stranger's packet can cause goes through log_limited(): a token bucket
 * per call site and one for all of them; what it holds back is counted and said
 * with the next message that passes.
 */
#ifndef XIPSEC_LIB_LOG_H
#define XIPSEC_LIB_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "env.h"

enum log_severity {		/* syslog(3) numbers */
	SEV_EMERG, SEV_ALERT, SEV_CRIT, SEV_ERROR, SEV_WARNING, SEV_NOTICE, SEV_INFO, SEV_DEBUG,
};

enum log_target { LOG_TO_STDERR, LOG_TO_SYSLOG };

/* A site's own bucket; zero it, or let the macro do so. */
struct log_limit {
	uint64_t	tat;		/* include/xipsec/bucket.h */
	uint64_t	suppressed;	/* since the last message that passed */
};

/* env is borrowed for as long as messages are written. */
void log_open(const char *ident, enum log_target target, enum log_severity least,
	      const struct env *env);
void log_close(void);

void log_msg(const char *facility, enum log_severity sev, const char *mnemonic,
	     const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* As log_msg(), at most one message a `interval_ns` and site, and a bounded rate in all. */
bool log_limited(struct log_limit *limit, uint64_t interval_ns, const char *facility,
		 enum log_severity sev, const char *mnemonic, const char *fmt, ...)
	__attribute__((format(printf, 6, 7)));

/*
 * A line of `debug crypto ...` (R-LOG-20, R-LOG-21): without facility and mnemonic, written
 * and kept whatever the least severity is. Who calls it knows that it was asked for.
 */
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* What is kept for `show logging`, and whether standard error has any (R-CFG-12). */
struct log_keeping {
	enum log_severity least;
	size_t	bytes;		/* of text; 0: as much as there is room */
	bool	console;
};

/* Until log_open(); before it is called all is kept, and the console has it. */
void log_keep(const struct log_keeping *k);
void log_kept(struct log_keeping *k);

/* The daemon's own messages (R-LOG-36). */
#define log_xi(sev, mnemonic, ...)	log_msg("XIPSEC", sev, mnemonic, __VA_ARGS__)

/* The last messages that are kept, oldest first: calls `each` with the time (CLOCK_REALTIME, ns) and the line. */
void log_ring_each(void (*each)(void *ctx, uint64_t wall_ns, const char *line), void *ctx);

/* Messages written, and held back by a limit, since the start. */
void log_counts(uint64_t *written, uint64_t *suppressed);

#endif /* XIPSEC_LIB_LOG_H */
