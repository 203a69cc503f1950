/* SPDX-License-Identifier: Apache-2.0 */
/* Events of xi_outer to log lines R-LOG-10, R-LOG-11 and R-LOG-14. */
#ifndef XIPSEC_DAEMON_EVENTS_H
#define XIPSEC_DAEMON_EVENTS_H

#include <stddef.h>

#include <xipsec/events.h>

#include "user/daemon/guard.h"

struct events;

/* NULL: *e. g is borrowed. */
struct events *events_open(struct guard *g, struct err *e);
void events_close(struct events *ev);

int events_fd(const struct events *ev);
void events_read(struct events *ev);

/* One event, as it came out of the ring. */
void events_handle(struct events *ev, const struct xi_event *x);

#endif /* XIPSEC_DAEMON_EVENTS_H */
