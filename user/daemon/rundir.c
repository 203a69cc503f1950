// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "user/daemon/rundir.h"

#define PID_FILE	"xipsecd.pid"
#define STOP_MS		5000	/* a daemon that has not ended by then is stuck */

static void pid_path(char out[static 128], const char *rundir)
{
	snprintf(out, 128, "%s/%s", rundir, PID_FILE);
}

static pid_t pid_read(int fd)
{
	char text[16] = "";

	return pread(fd, text, sizeof(text) - 1, 0) > 0 ? atoi(text) : 0;
}

int rundir_lock(const char *rundir, struct err *e)
{
	char path[128];
	int fd;

	if (mkdir(rundir, 0755) && errno != EEXIST)
		return err_set(e, -errno, "mkdir %s: %s", rundir, strerror(errno));
	pid_path(path, rundir);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return err_set(e, -errno, "%s: %s", path, strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB)) {
		err_set(e, -EBUSY, "xipsecd runs already (pid %d, %s)", (int)pid_read(fd), rundir);
		close(fd);
		return -EBUSY;
	}
	return fd;
}

int rundir_write_pid(int fd, struct err *e)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%d\n", (int)getpid());

	if (ftruncate(fd, 0) || pwrite(fd, text, len, 0) != len)
		return err_set(e, -errno, "writing the pid file: %s", strerror(errno));
	return 0;
}

int rundir_stop_daemon(const char *rundir, struct err *e)
{
	const struct timespec poll = { .tv_nsec = 10000000 };
	char path[128];
	int fd, ms;
	pid_t pid;

	pid_path(path, rundir);
	fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return 0;
	for (ms = 0; flock(fd, LOCK_EX | LOCK_NB); ms += 10) {
		pid = pid_read(fd);
		if (ms == 0 && pid > 0)
			kill(pid, SIGTERM);
		if (ms >= STOP_MS) {
			close(fd);
			return err_set(e, -EBUSY, "xipsecd (pid %d) does not end", (int)pid);
		}
		nanosleep(&poll, NULL);
	}
	close(fd);
	return 0;
}

void rundir_remove(const char *rundir)
{
	char path[128];

	/* A daemon that was killed had no time to remove its socket. */
	snprintf(path, sizeof(path), "%s/control.sock", rundir);
	unlink(path);
	pid_path(path, rundir);
	unlink(path);
	rmdir(rundir);
}
