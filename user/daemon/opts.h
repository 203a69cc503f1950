/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of xipsecd. */
#ifndef XIPSEC_DAEMON_OPTS_H
#define XIPSEC_DAEMON_OPTS_H

#include <stdbool.h>

#include "user/daemon/gateway.h"

enum opts_action { OPTS_RUN, OPTS_CHECK, OPTS_DETACH, OPTS_HELP, OPTS_VERSION };

struct opts {
	enum opts_action action;
	bool		force;			/* with --detach */
	bool		foreground;
	bool		verbose;		/* log down to SEV_DEBUG */
	const char	*rundir;
	const char	*config;		/* NULL: the default, or with -i none */
	const char	*iftable;		/* NULL: beside the configuration */
	const char	*ifs[GUARD_MAX_IF];	/* borrowed from argv */
	unsigned int	nifs;
	struct bpf_opts	bpf;
};

/* 0, or -EINVAL with one line in *e. argv may be permuted. */
int opts_parse(struct opts *o, int argc, char **argv, struct err *e);

extern const char opts_usage[];

#endif /* XIPSEC_DAEMON_OPTS_H */
