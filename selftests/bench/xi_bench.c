// SPDX-License-Identifier: Apache-2.0
/*
 * xi-bench native | guest [PREFIX]: figures of the data path, one line each (report.h);
 * xi-bench config XIPSECD: of large configurations.
 * Exit 0: all hard targets are met and all counters agree; 1: not; 2: could not measure.
 */
#include <stdio.h>
#include <string.h>

#include "selftests/bench/cases.h"
#include "selftests/bench/report.h"

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "native")) {
		native_run();
	} else if ((argc == 2 || argc == 3) && !strcmp(argv[1], "guest")) {
		guest_run(argc == 3 ? argv[2] : NULL);
	} else if (argc == 3 && !strcmp(argv[1], "config")) {
		config_run(argv[2]);
	} else {
		fprintf(stderr, "usage: xi-bench native | guest [PREFIX] | config XIPSECD\n");
		return 2;
	}
	return report_failures() ? 1 : 0;
}
