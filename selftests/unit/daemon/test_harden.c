// SPDX-License-Identifier: Apache-2.0
/* A daemon that is killed leaves no core, and with it no key. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <dirent.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/daemon/harden.h"

static char dir[] = "/tmp/xipsec-core-XXXXXX";

static void abort_in(const char *where, bool hardened)
{
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };

	if (chdir(where))
		_exit(1);
	setrlimit(RLIMIT_CORE, &all);
	if (hardened)
		process_harden();
	signal(SIGABRT, SIG_DFL);
	raise(SIGABRT);
	_exit(2);
}

static int dumped(bool hardened)
{
	pid_t pid = fork();
	int status;

	if (!pid)
		abort_in(dir, hardened);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	return WCOREDUMP(status) != 0;
}

/* Files that the folder holds, which are deleted. */
static int count_files(void)
{
	DIR *d = opendir(dir);
	struct dirent *f;
	char path[300];
	int n = 0;

	while ((f = readdir(d))) {
		if (f->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, f->d_name);
		unlink(path);
		n++;
	}
	closedir(d);
	return n;
}

static void test_harden_no_core(void **state)
{
	int without;

	assert_non_null(mkdtemp(dir));
	without = dumped(false);
	count_files();
	assert_int_equal(dumped(true), 0);
	assert_int_equal(count_files(), 0);
	rmdir(dir);
	if (!without)
		print_message("this machine writes no cores at all\n");
}

static void test_harden_state(void **state)
{
	struct rlimit l;
	pid_t pid = fork();
	int status;

	if (!pid) {
		process_harden();
		_exit(getrlimit(RLIMIT_CORE, &l) || l.rlim_cur || l.rlim_max ? 1 :
		      prctl(PR_GET_DUMPABLE) ? 2 : 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_harden_no_core),
		cmocka_unit_test(test_harden_state),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
