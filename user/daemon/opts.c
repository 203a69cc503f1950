// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "user/daemon/opts.h"

const char opts_usage[] =
"usage: xipsecd [-c FILE] [-f] [-v] [-R RUNDIR] [options]\n"
"       xipsecd -i INTERFACE... [-f] [-v] [-R RUNDIR] [options]\n"
"       xipsecd -t -c FILE\n"
"       xipsecd --detach [--force] [-R RUNDIR]\n"
"\n"
"Builds the IPsec tunnels of a configuration in the language of IOS, and guards\n"
"them; with -i alone it guards tunnels that another daemon keyed: XDP on the\n"
"untrusted interfaces rejects replays and floods before the kernel's XFRM sees them.\n"
"\n"
"  -c, --config FILE              the configuration (" GATEWAY_CONFIG ")\n"
"      --interface-table FILE     Linux devices of IOS interfaces (\"interfaces\"\n"
"                                 beside the configuration)\n"
"  -i, --interface INTERFACE...   interfaces to guard, whatever is configured (repeatable)\n"
"  -t, --test                     judge a configuration, touch nothing, and exit\n"
"  -f, --foreground               stay in the foreground, log to standard error\n"
"  -v, --verbose                  log debug messages too\n"
"  -R, --rundir RUNDIR            control socket and pid file (/run/xipsec)\n"
"      --detach                   stop the daemon, take everything off, and exit\n"
"      --force                    ... of a network namespace that is gone, too\n"
"      --xdp-mode auto|native|generic\n"
"      --window-source auto|mirror|live|none\n"
"      --unknown-rate PPS         unknown SPIs a source may send (100; 0: any)\n"
"      --unknown-burst PACKETS    ... at once (200)\n"
"      --max-sa N                 room for N inbound SAs (at least 512, and twice\n"
"                                 those there are at the start)\n"
"      --replay-log-interval S    one replay message per SA in S seconds (60)\n"
"      --version\n"
"      --help\n";

enum {
	OPT_DETACH = 256, OPT_XDP_MODE, OPT_SOURCE, OPT_RATE, OPT_BURST, OPT_REPLAY_LOG, OPT_MAX_SA, OPT_FORCE,
	OPT_TABLE,
	OPT_VERSION, OPT_HELP,
};

static const struct option long_opts[] = {
	{ "interface",		required_argument, NULL, 'i' },
	{ "foreground",		no_argument,	   NULL, 'f' },
	{ "verbose",		no_argument,	   NULL, 'v' },
	{ "rundir",		required_argument, NULL, 'R' },
	{ "test",		no_argument,	   NULL, 't' },
	{ "config",		required_argument, NULL, 'c' },
	{ "detach",		no_argument,	   NULL, OPT_DETACH },
	{ "force",		no_argument,	   NULL, OPT_FORCE },
	{ "xdp-mode",		required_argument, NULL, OPT_XDP_MODE },
	{ "window-source",	required_argument, NULL, OPT_SOURCE },
	{ "unknown-rate",	required_argument, NULL, OPT_RATE },
	{ "unknown-burst",	required_argument, NULL, OPT_BURST },
	{ "replay-log-interval", required_argument, NULL, OPT_REPLAY_LOG },
	{ "interface-table",	required_argument, NULL, OPT_TABLE },
	{ "max-sa",		required_argument, NULL, OPT_MAX_SA },
	{ "version",		no_argument,	   NULL, OPT_VERSION },
	{ "help",		no_argument,	   NULL, OPT_HELP },
	{ NULL, 0, NULL, 0 },
};

struct choice {
	const char	*text;
	int		value;
};

static const struct choice xdp_modes[] = {
	{ "auto",	XDP_MODE_AUTO },
	{ "native",	XDP_MODE_NATIVE_ONLY },
	{ "generic",	XDP_MODE_GENERIC_ONLY },
	{ NULL, 0 },
};

static const struct choice sources[] = {
	{ "auto",	BPF_VARIANT_AUTO },
	{ "mirror",	BPF_VARIANT_MIRROR },
	{ "live",	BPF_VARIANT_LIVE },
	{ "none",	BPF_VARIANT_NONE },
	{ NULL, 0 },
};

static int word_parse(const char *opt, const char *text, const struct choice *words, int *value,
		      struct err *e)
{
	for (; words->text; words++) {
		if (!strcmp(text, words->text)) {
			*value = words->value;
			return 0;
		}
	}
	return err_set(e, -EINVAL, "--%s: unknown word '%s'", opt, text);
}

static int number_parse(const char *opt, const char *text, uint32_t max, uint32_t *value,
			struct err *e)
{
	char *end;
	unsigned long n;

	errno = 0;
	n = strtoul(text, &end, 10);
	if (errno || end == text || *end || *text == '-' || n > max)
		return err_set(e, -EINVAL, "--%s: '%s' is not a number from 0 to %u", opt, text,
			       max);
	*value = n;
	return 0;
}

static int interface_add(struct opts *o, const char *name, struct err *e)
{
	unsigned int i;

	if (!*name || strlen(name) >= IF_NAMESIZE || strchr(name, '/') || strchr(name, ' '))
		return err_set(e, -EINVAL, "'%s' cannot be the name of an interface", name);
	for (i = 0; i < o->nifs; i++)
		if (!strcmp(o->ifs[i], name))
			return err_set(e, -EINVAL, "interface %s is named twice", name);
	if (o->nifs == GUARD_MAX_IF)
		return err_set(e, -EINVAL, "more than %d interfaces", GUARD_MAX_IF);
	o->ifs[o->nifs++] = name;
	return 0;
}

static int option_apply(struct opts *o, int c, struct err *e)
{
	uint32_t *n = NULL, max = 0;
	int value = 0, ret;

	switch (c) {
	case 'i':
		return interface_add(o, optarg, e);
	case 'f':
		o->foreground = true;
		return 0;
	case 'v':
		o->verbose = true;
		return 0;
	case 'R':
		o->rundir = optarg;
		return 0;
	case 't':
		o->action = OPTS_CHECK;
		return 0;
	case 'c':
		o->config = optarg;
		return 0;
	case OPT_TABLE:
		o->iftable = optarg;
		return 0;
	case OPT_DETACH:
		o->action = OPTS_DETACH;
		return 0;
	case OPT_FORCE:
		o->force = true;
		return 0;
	case OPT_VERSION:
		o->action = OPTS_VERSION;
		return 0;
	case OPT_HELP:
		o->action = OPTS_HELP;
		return 0;
	case OPT_XDP_MODE:
		ret = word_parse("xdp-mode", optarg, xdp_modes, &value, e);
		if (!ret)
			o->bpf.mode = value;
		return ret;
	case OPT_SOURCE:
		ret = word_parse("window-source", optarg, sources, &value, e);
		if (!ret)
			o->bpf.variant = value;
		return ret;
	case OPT_RATE:
		n = &o->bpf.limits.unknown_pps;
		max = 1000000;
		break;
	case OPT_BURST:
		n = &o->bpf.limits.unknown_burst;
		max = 1000000;
		break;
	case OPT_REPLAY_LOG:
		n = &o->bpf.limits.replay_log_s;
		max = 86400;
		break;
	case OPT_MAX_SA:
		n = &o->bpf.max_sa;
		max = XI_SLOTS_MAX / 2;
		break;
	}
	return number_parse(c == OPT_RATE ? "unknown-rate" : c == OPT_BURST ? "unknown-burst" :
			    c == OPT_MAX_SA ? "max-sa" : "replay-log-interval", optarg, max, n, e);
}

int opts_parse(struct opts *o, int argc, char **argv, struct err *e)
{
	int c, ret;

	*o = (struct opts){
		.rundir = "/run/xipsec",
		.bpf = { .limits = bpf_limits_default },
	};
	optind = 0;	/* glibc: start over */
	opterr = 0;
	while ((c = getopt_long(argc, argv, "-:i:fvR:tc:", long_opts, NULL)) != -1) {
		if (c == '?')
			return err_set(e, -EINVAL, "unknown option '%s'", argv[optind - 1]);
		if (c == ':')
			return err_set(e, -EINVAL, "option '%s' needs a value", argv[optind - 1]);
		/* `-i eth0 eth1`: words after the first interface are interfaces. */
		if (c == 1 && !o->nifs)
			return err_set(e, -EINVAL, "unexpected word '%s'", optarg);
		ret = c == 1 ? interface_add(o, optarg, e) : option_apply(o, c, e);
		if (ret)
			return ret;
	}
	if (optind < argc)
		return err_set(e, -EINVAL, "unexpected word '%s'", argv[optind]);
	if (o->force && o->action != OPTS_DETACH)
		return err_set(e, -EINVAL, "--force goes with --detach");
	if (o->action == OPTS_CHECK && !o->config)
		return err_set(e, -EINVAL, "-t needs a file: -t -c FILE");
	if (o->iftable && o->action != OPTS_RUN)
		return err_set(e, -EINVAL, "--interface-table is for running");
	if (o->rundir[0] != '/' || strlen(o->rundir) > 80)
		return err_set(e, -EINVAL, "--rundir: '%s' is not an absolute path of at most 80 bytes",
			       o->rundir);
	return 0;
}
