// SPDX-License-Identifier: Apache-2.0
/*
 * The verifier of the running kernel takes our programs, and does not work much
 * harder on them than it did: verifier-budget.txt has a line for each kernel
 * series and program,
 *
 *	SERIES PROGRAM INSTRUCTIONS-PROCESSED
 *
 * and more than 20 % above it fails. A line that is missing is printed, to be
 * added. XI_BUDGET names another file. Programs on kernel functions are skipped
 * where tracing is locked down, and so is what needs functions the kernel lacks.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <cmocka.h>

#include "harness.h"

#define MARGIN	20	/* percent */

static char series[32];

static const char *budget_file(void)
{
	const char *file = getenv("XI_BUDGET");

	return file ? file : "selftests/bpf/verifier-budget.txt";
}

/* 0: no line. */
static unsigned int budget_of(const char *program)
{
	char line[256], kernel[32], name[64];
	FILE *f = fopen(budget_file(), "r");
	unsigned int n, found = 0;

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%31s %63s %u", kernel, name, &n) == 3 &&
		    !strcmp(kernel, series) && !strcmp(name, program))
			found = n;
	}
	if (f)
		fclose(f);
	return found;
}

static void check_program(int fd, const char *program)
{
	struct bpf_prog_info info = {};
	uint32_t size = sizeof(info);
	unsigned int budget = budget_of(program);

	assert_int_equal(bpf_obj_get_info_by_fd(fd, &info, &size), 0);
	printf("# %s %s: %u instructions processed, %u in the program, %u bytes of machine code\n",
	       series, program, info.verified_insns, info.xlated_prog_len / 8,
	       info.jited_prog_len);
	if (!budget) {
		printf("# add to %s: %s %s %u\n", budget_file(), series, program,
		       info.verified_insns);
		return;
	}
	if (info.verified_insns > budget * (100 + MARGIN) / 100)
		fail_msg("%s: the verifier of %s processes %u instructions, budget %u and %u %%; "
			 "find out why, or raise the line in %s", program, series,
			 info.verified_insns, budget, MARGIN, budget_file());
}

static void check_outer(const char *name, uint32_t variant, uint32_t kfunc)
{
	struct outer_options options = { variant, kfunc };
	static struct outer o;
	int err;

	if (kfunc) {
		struct btf *btf = btf__load_vmlinux_btf();
		int id = btf ? btf__find_by_name_kind(btf, "bpf_xdp_get_xfrm_state", BTF_KIND_FUNC)
			     : -1;

		btf__free(btf);
		if (id < 0) {
			printf("# %s: this kernel has no bpf_xdp_get_xfrm_state()\n", name);
			skip();
		}
	}
	err = outer_open(&o, &options);
	if (err)
		fail_msg("%s is not loaded: %s", name, strerror(-err));
	check_program(o.prog, name);
	outer_close(&o);
}

static void test_verifier_outer(void **state)
{
	(void)state;
	check_outer("xi_outer", 0, 0);
}

static void test_verifier_outer_kfunc(void **state)
{
	(void)state;
	check_outer("xi_outer+kfunc", 0, 1);
}

static void test_verifier_outer_live(void **state)
{
	(void)state;
	check_outer("xi_outer+live", 1, 1);
}

static void test_verifier_mirror(void **state)
{
	struct bpf_object *obj = bpf_file_open("mirror.bpf.o");
	struct bpf_program *prog;
	int err;

	(void)state;
	assert_non_null(obj);
	err = bpf_object__load(obj);
	if (err == -EPERM) {
		printf("# tracing programs are not permitted here (lockdown?)\n");
		bpf_object__close(obj);
		skip();
	}
	assert_int_equal(err, 0);
	bpf_object__for_each_program(prog, obj)
		check_program(bpf_program__fd(prog), bpf_program__name(prog));
	bpf_object__close(obj);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verifier_outer),
		cmocka_unit_test(test_verifier_outer_kfunc),
		cmocka_unit_test(test_verifier_outer_live),
		cmocka_unit_test(test_verifier_mirror),
	};
	struct utsname u;

	uname(&u);
	snprintf(series, sizeof(series), "%.*s",
		 (int)(strchr(strchr(u.release, '.') + 1, '.') - u.release), u.release);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
