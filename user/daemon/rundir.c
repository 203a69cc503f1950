// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
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

/* Whether the file behind fd is still the one that has the name: its owner unlinks it at its end. */
static bool is_current(int fd, const char *path)
{
	struct stat ours, named;

	return !fstat(fd, &ours) && !stat(path, &named) && ours.st_ino == named.st_ino &&
	       ours.st_dev == named.st_dev;
}

/* The file, opened and locked; -EWOULDBLOCK: somebody else has it, *pid says who. */
static int lock_file(const char *path, pid_t *pid)
{
	int fd;

	for (;;) {
		fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
		if (fd < 0)
			return -errno;
		if (flock(fd, LOCK_EX | LOCK_NB)) {
			*pid = pid_read(fd);
			close(fd);
			return -EWOULDBLOCK;
		}
		if (is_current(fd, path))
			break;
		close(fd);
	}
	/* The pid of a daemon that was killed may be somebody else's by now. */
	if (ftruncate(fd, 0)) {
		close(fd);
		return -errno;
	}
	return fd;
}

int rundir_lock(const char *rundir, struct err *e)
{
	char path[128];
	pid_t pid;
	int fd;

	if (mkdir(rundir, 0755) && errno != EEXIST)
		return err_set(e, -errno, "mkdir %s: %s", rundir, strerror(errno));
	pid_path(path, rundir);
	fd = lock_file(path, &pid);
	if (fd == -EWOULDBLOCK)
		return err_set(e, -EBUSY, "xipsecd runs already (pid %d, %s)", (int)pid, rundir);
	return fd < 0 ? err_set(e, fd, "%s: %s", path, strerror(-fd)) : fd;
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
	pid_t pid, told = 0;
	char path[128];
	int fd, ms;

	pid_path(path, rundir);
	for (ms = 0; ms < STOP_MS; ms += 10) {
		if (mkdir(rundir, 0755) && errno != EEXIST)
			return err_set(e, -errno, "mkdir %s: %s", rundir, strerror(errno));
		fd = lock_file(path, &pid);
		if (fd >= 0)
			return fd;
		/* The daemon removes the directory at its end. */
		if (fd != -EWOULDBLOCK && fd != -ENOENT)
			return err_set(e, fd, "%s: %s", path, strerror(-fd));
		/* One that is starting has not written its pid yet: look again. */
		if (fd == -EWOULDBLOCK && pid > 0 && pid != told && !kill(pid, SIGTERM))
			told = pid;
		nanosleep(&poll, NULL);
	}
	return err_set(e, -EBUSY, "xipsecd (pid %d) does not end", (int)told);
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
