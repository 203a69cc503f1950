// SPDX-License-Identifier: Apache-2.0
/* xipsec: asks the daemon, prints as IOS does. */
#include <getopt.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/cli/complete.h"
#include "user/cli/input.h"
#include "user/cli/prompt.h"
#include "user/cli/session.h"
#include "user/daemon/version.h"

static const char usage[] =
	"usage: xipsec [-R RUNDIR] [--json] [COMMAND...]\n"
	"  -R, --rundir RUNDIR  run directory of the daemon (default /run/xipsec)\n"
	"      --json           print the object itself, not the text made of it\n"
	"      --complete LINE  print the words that may end LINE, for a shell\n"
	"  -h, --help           print this and exit\n"
	"  -V, --version        print the version and exit\n"
	"Commands may be shortened: xipsec sh cry ips sa. 'xipsec ?' lists them.\n"
	"Without a command: a prompt, or commands from standard input.\n";

enum { OPT_JSON = 256, OPT_COMPLETE };

static const struct option options[] = {
	{ "rundir", required_argument, NULL, 'R' },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "complete", required_argument, NULL, OPT_COMPLETE },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

/* The words with one blank between; "--json" may stand behind the command too. */
static char *join(struct session *s, char **argv)
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
			s->json = true;
			continue;
		}
		if (*line)
			strcat(line, " ");
		strcat(line, *a);
	}
	return line;
}

/* One command; `configure terminal` goes on with what standard input says. */
static int run_words(struct session *s, char **argv)
{
	char *line = join(s, argv);
	int ret;

	if (!line)
		return session_fail(s, "", "out of memory");
	if (line[strspn(line, " \t")])
		ret = session_line(s, line);
	else
		ret = session_verdict(s, line, MATCH_INCOMPLETE, 0);
	free(line);
	return ret;
}

static int run(struct session *s, char **argv)
{
	int ret = *argv ? run_words(s, argv) : 0;

	if (ret || (*argv && !session_configures(s)))
		return ret;
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return input_run(s, stdin);
	if (!*argv)
		s->mode = M_USER;
	return prompt_run(s);
}

/* Answers to questions about keys travel as JSON. */
static void wipe_and_free(void *p)
{
	if (p)
		explicit_bzero(p, malloc_usable_size(p));
	free(p);
}

int main(int argc, char **argv)
{
	const char *rundir = "/run/xipsec";
	struct session s;
	bool json = false;
	int c, ret;

	while ((c = getopt_long(argc, argv, "+R:hV", options, NULL)) != -1) {
		switch (c) {
		case 'R':
			rundir = optarg;
			break;
		case OPT_JSON:
			json = true;
			break;
		case OPT_COMPLETE:
			complete_write(optarg, stdout);
			return 0;
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
	json_set_alloc_funcs(malloc, wipe_and_free);
	if (session_init(&s, rundir)) {
		fprintf(stderr, "%% out of memory\n");
		return 1;
	}
	s.json = json;
	ret = run(&s, argv + optind);
	session_fini(&s);
	return ret;
}
