/* SPDX-License-Identifier: Apache-2.0 */
/* The run directory: one daemon at a time, found again by its pid file. */
#ifndef XIPSEC_DAEMON_RUNDIR_H
#define XIPSEC_DAEMON_RUNDIR_H

#include "user/lib/err.h"

/*
 * Makes the directory (0755) and locks RUNDIR/xipsecd.pid. Returns the locked
 * descriptor, to be kept open; -EBUSY: a daemon runs, *e names its pid.
 */
int rundir_lock(const char *rundir, struct err *e);

/* Writes our pid; after a fork the child's. */
int rundir_write_pid(int fd, struct err *e);

/*
 * Ends the daemon that holds the lock and waits until it is gone. The lock, to be
 * closed when no daemon may start any more has passed; or a negative errno.
 */
int rundir_stop_daemon(const char *rundir, struct err *e);

/* Removes pid file, control socket and, when empty, the directory. */
void rundir_remove(const char *rundir);

#endif /* XIPSEC_DAEMON_RUNDIR_H */
