// SPDX-License-Identifier: Apache-2.0
/* The control socket from outside: who gets in, what is bounded, what is left behind. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <event2/event.h>

#include "fake.h"
#include "user/ctl/ctl.h"

#define VERSION	"{\"command\":\"show version\"}\n"
#define CLIENTS	16

static struct fake fake;
static struct event_base *base;
static struct ctl *ctl;
static char dir[] = "/tmp/xipsec-test-ctl-XXXXXX";
static char path[sizeof(dir) + 16];

static int setup(void **state)
{
	struct err e = {};

	strcpy(dir + sizeof(dir) - 7, "XXXXXX");
	if (!mkdtemp(dir) || chmod(dir, 0755))
		return -1;
	snprintf(path, sizeof(path), "%s/control.sock", dir);
	fake_init(&fake);
	base = event_base_new();
	ctl = ctl_listen(base, path, &fake.gw, &e);
	return ctl ? 0 : -1;
}

static int teardown(void **state)
{
	ctl_close(ctl);
	event_base_free(base);
	unlink(path);
	return rmdir(dir);	/* fails if something was left */
}

static int dial(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strcpy(sun.sun_path, path);
	if (connect(fd, (struct sockaddr *)&sun, sizeof(sun))) {
		close(fd);
		return -errno;
	}
	return fd;
}

/* Runs the server until the other end has said all, or closed. Returns what came. */
static size_t converse(int fd, char *buf, size_t size, unsigned int lines)
{
	size_t used = 0;
	int turns;

	for (turns = 0; turns < 10000 && used + 1 < size; turns++) {
		ssize_t n;

		event_base_loop(base, EVLOOP_NONBLOCK);
		n = recv(fd, buf + used, size - used - 1, MSG_DONTWAIT);
		if (n == 0)
			break;
		if (n > 0) {
			used += (size_t)n;
			lines -= buf[used - 1] == '\n' && lines;
			if (!lines)
				break;
		} else {
			usleep(100);
		}
	}
	buf[used] = '\0';
	return used;
}

static unsigned int count(const char *text, const char *what)
{
	unsigned int n = 0;

	for (; (text = strstr(text, what)); text++)
		n++;
	return n;
}

static void test_ctl_socket_mode(void **state)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	assert_true(S_ISSOCK(st.st_mode));
	assert_int_equal(st.st_mode & 0777, 0660);
	if (!geteuid())
		assert_int_equal(st.st_uid, 0);
}

static void test_ctl_answers(void **state)
{
	char buf[65536];
	int fd = dial();

	assert_int_equal(write(fd, VERSION, strlen(VERSION)), strlen(VERSION));
	converse(fd, buf, sizeof(buf), 1);
	assert_non_null(strstr(buf, "\"ok\":true"));
	/* A wrong request does not end the conversation. */
	assert_int_equal(write(fd, "x\n" VERSION, 2 + strlen(VERSION)), 2 + strlen(VERSION));
	shutdown(fd, SHUT_WR);
	converse(fd, buf, sizeof(buf), 100);
	assert_int_equal(count(buf, "\"ok\":false"), 1);
	assert_int_equal(count(buf, "\"ok\":true"), 1);
	close(fd);
}

/* All that was asked before the end of file is answered, in order, one by one. */
static void test_ctl_pipelined(void **state)
{
	char buf[262144];
	int i, fd = dial();

	for (i = 0; i < 100; i++)
		assert_int_equal(write(fd, VERSION, strlen(VERSION)), strlen(VERSION));
	shutdown(fd, SHUT_WR);
	converse(fd, buf, sizeof(buf), 1000);
	assert_int_equal(count(buf, "\"ok\":true"), 100);
	close(fd);
}

static void test_ctl_line_is_bounded(void **state)
{
	char buf[4096], block[4096];
	int i, fd = dial();

	memset(block, 'a', sizeof(block));
	/* The server takes it as it comes; a socket's buffer would not hold it all. */
	for (i = 0; i < 160; i++) {
		send(fd, block, sizeof(block), MSG_DONTWAIT);
		event_base_loop(base, EVLOOP_NONBLOCK);
	}
	converse(fd, buf, sizeof(buf), 100);
	assert_non_null(strstr(buf, "longer than 524288 bytes"));
	assert_int_equal(recv(fd, buf, sizeof(buf), MSG_DONTWAIT) > 0, 0);	/* closed */
	close(fd);
}

static void test_ctl_clients_are_bounded(void **state)
{
	int i, fd[CLIENTS + 1];
	char buf[4096];

	for (i = 0; i <= CLIENTS; i++) {
		fd[i] = dial();
		assert_true(fd[i] >= 0);
		event_base_loop(base, EVLOOP_NONBLOCK);
	}
	converse(fd[CLIENTS], buf, sizeof(buf), 100);
	assert_non_null(strstr(buf, "too many clients"));
	/* A place that is left can be taken. */
	close(fd[0]);
	event_base_loop(base, EVLOOP_NONBLOCK);
	fd[0] = dial();
	assert_int_equal(write(fd[0], VERSION, strlen(VERSION)), strlen(VERSION));
	converse(fd[0], buf, sizeof(buf), 1);
	assert_non_null(strstr(buf, "\"ok\":true"));
	for (i = 0; i <= CLIENTS; i++)
		close(fd[i]);
	event_base_loop(base, EVLOOP_NONBLOCK);
}

/* Who asks and never reads holds one answer; the server goes on with others. */
static void test_ctl_reader_that_does_not_read(void **state)
{
	int i, slow = dial(), fd;
	char buf[65536];

	fcntl(slow, F_SETFL, O_NONBLOCK);
	for (i = 0; i < 20000; i++) {
		if (write(slow, VERSION, strlen(VERSION)) != (ssize_t)strlen(VERSION))
			break;
		if (i % 100 == 0)
			event_base_loop(base, EVLOOP_NONBLOCK);
	}
	assert_int_not_equal(i, 20000);	/* reading from it has paused */
	fd = dial();
	assert_int_equal(write(fd, VERSION, strlen(VERSION)), strlen(VERSION));
	converse(fd, buf, sizeof(buf), 1);
	assert_non_null(strstr(buf, "\"ok\":true"));
	close(slow);
	close(fd);
	event_base_loop(base, EVLOOP_NONBLOCK);
}

static void test_ctl_second_daemon_is_refused(void **state)
{
	struct err e = {};

	assert_null(ctl_listen(base, path, &fake.gw, &e));
	assert_int_equal(e.code, -EADDRINUSE);
	assert_true(dial() >= 0);	/* the first one's socket is still there */
}

static void test_ctl_replaces_dead_socket(void **state)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct err e = {};

	ctl_close(ctl);
	strcpy(sun.sun_path, path);
	assert_int_equal(bind(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	close(fd);	/* died without unlinking */
	ctl = ctl_listen(base, path, &fake.gw, &e);
	assert_non_null(ctl);
}

static void test_ctl_never_removes_a_file(void **state)
{
	struct err e = {};
	struct stat st;

	ctl_close(ctl);
	close(open(path, O_CREAT | O_WRONLY, 0600));
	ctl = ctl_listen(base, path, &fake.gw, &e);
	assert_null(ctl);
	assert_int_equal(stat(path, &st), 0);
	assert_true(S_ISREG(st.st_mode));
}

static void test_ctl_long_path(void **state)
{
	char name[256];
	struct err e = {};

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_null(ctl_listen(base, name, &fake.gw, &e));
	assert_int_equal(e.code, -ENAMETOOLONG);
}

/* In a process of nobody's: 0 when `request` was answered with `want`. */
static int ask_as_nobody(const char *request, const char *want)
{
	char buf[4096] = "";
	int fd;

	if (setgid(65534) || setuid(65534))
		return 2;
	fd = dial();
	if (fd < 0)
		return want ? 3 : fd != -EACCES;
	if (write(fd, request, strlen(request)) < 0 || read(fd, buf, sizeof(buf) - 1) < 0)
		return 4;
	return !want || !strstr(buf, want);
}

static int run_as_nobody(const char *request, const char *want)
{
	pid_t pid = fork();
	int status = -1, turns;

	if (!pid)
		_exit(ask_as_nobody(request, want));
	for (turns = 0; turns < 50000 && waitpid(pid, &status, WNOHANG) != pid; turns++) {
		event_base_loop(base, EVLOOP_NONBLOCK);
		usleep(100);
	}
	return status;
}

static void test_ctl_rights(void **state)
{
	static const char clear[] = "{\"command\":\"clear crypto counters\"}\n";

	if (geteuid())
		skip();
	/* As made: nobody is kept out by the file's mode. */
	assert_int_equal(run_as_nobody(VERSION, NULL), 0);
	/* Opened for all: may look, may not change. */
	assert_int_equal(chmod(path, 0666), 0);
	assert_int_equal(run_as_nobody(VERSION, "\"ok\":true"), 0);
	assert_int_equal(run_as_nobody(clear, "permission denied"), 0);
}

#define T(name)	cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_ctl_socket_mode),
		T(test_ctl_answers),
		T(test_ctl_pipelined),
		T(test_ctl_line_is_bounded),
		T(test_ctl_clients_are_bounded),
		T(test_ctl_reader_that_does_not_read),
		T(test_ctl_second_daemon_is_refused),
		T(test_ctl_replaces_dead_socket),
		T(test_ctl_never_removes_a_file),
		T(test_ctl_long_path),
		T(test_ctl_rights),
	};

	signal(SIGPIPE, SIG_IGN);	/* as the daemon does */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
