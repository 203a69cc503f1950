/* SPDX-License-Identifier: Apache-2.0 */
/* xipsec: asks the daemon, prints as IOS does. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/cli/exec.h"
#include "user/daemon/version.h"

static const char usage[] =
	"usage: xipsec [-R RUNDIR] [--json] COMMAND...\n"
	"  -R, --rundir RUNDIR  run directory of the daemon (default /run/xipsec)\n"
	"      --json           print the object itself, not the text made of it\n"
	"  -h, --help           print this and exit\n"
	"  -V, --version        print the version and exit\n"
	"Commands may be shortened: xipsec sh cry ips sa. 'xipsec ?' lists them.\n";

enum { OPT_JSON = 256 };

static const struct option options[] = {
	{ "rundir", required_argument, NULL, 'R' },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

/* The words with one blank between; "--json" may stand behind the command too. */
static char *join(struct exec_opts *opts, char **argv)
{
	size_t len = 1;
	char *line, **a;

	for (a = argv; *a; a++)
		len += strlen(*a) + 1;
	line = calloc(1, len);
	if (!line)
		return NULL;
	for (a = argv; *a; a++) {
		if (!strcmp(*a, "--json") && !strchr(line, '|')) {
			opts->json = true;
			continue;
		}
		if (*line)
			strcat(line, " ");
		strcat(line, *a);
	}
	return line;
}

int main(int argc, char **argv)
{
	struct exec_opts opts = { .rundir = "/run/xipsec" };
	char *line;
	int c, ret;

	while ((c = getopt_long(argc, argv, "+R:hV", options, NULL)) != -1) {
		switch (c) {
		case 'R':
			opts.rundir = optarg;
			break;
		case OPT_JSON:
			opts.json = true;
			break;
		case 'h':
			fputs(usage, stdout);
			return 0;
		case 'V':
			printf("xipsec %s\n", XIPSEC_VERSION);
			return 0;
		default:
			return 2;	/* getopt said which */
		}
	}
	if (optind == argc) {
		fputs(usage, stderr);
		return 2;
	}
	line = join(&opts, argv + optind);
	if (!line) {
		fprintf(stderr, "xipsec: out of memory\n");
		return 1;
	}
	ret = exec_line(&opts, line);
	free(line);
	return ret;
}
