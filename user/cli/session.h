/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A session: where its user stands (user EXEC, privileged EXEC, a mode of
 * configuration), and what one more line does there. The line comes from the
 * arguments of xipsec, from standard input, or from a prompt.
 */
#ifndef XIPSEC_CLI_SESSION_H
#define XIPSEC_CLI_SESSION_H

#include <stdbool.h>
#include <stdio.h>

#include <jansson.h>

#include "user/config/load.h"
#include "user/lib/err.h"

#define SESSION_PROMPT_MAX	160
#define SESSION_ANSWER_MAX	256
#define LENGTH_OF_TERMINAL	(-1)

struct session {
	const char	*rundir;
	bool		json;		/* objects instead of text */
	bool		interactive;	/* a prompt: errors point at what was typed */
	FILE		*out, *err;
	enum mode	mode;		/* M_USER, M_EXEC, else of configuration */
	bool		done;		/* the user has left */
	char		hostname[65];
	int		length;		/* lines of a page; 0: no paging */
	unsigned int	number;		/* of the line at hand, from standard input; else 0 */
	struct config	*config;	/* of the modes of configuration (config.h) */

	/* Of a prompt; NULL without one. */
	bool		(*answer)(const char *prompt, bool hidden, char *buf, size_t size);
	void		(*history)(FILE *out);
	int		(*key)(void);	/* what was typed at --More--; EOF */
	/* The daemon; tests have one of their own. */
	json_t		*(*request)(const struct session *s, const json_t *request, struct err *e);
};

int session_init(struct session *s, const char *rundir);	/* 0, -ENOMEM; privileged EXEC */
void session_fini(struct session *s);

/* Asks the daemon for its name; "xipsec" when it does not answer, and *e says why. */
int session_learn_hostname(struct session *s, struct err *e);

/* 0, or 1 when the line failed; the reason is printed. */
int session_line(struct session *s, const char *line);

/* "Router(config-if)#" */
const char *session_prompt(const struct session *s, char buf[static SESSION_PROMPT_MAX]);

/* Whether the line is one of a configuration, in whatever mode of it. */
static inline bool session_configures(const struct session *s)
{
	return s->mode >= M_GLOBAL;
}

/* The result of {"command": command}, or NULL and *e. */
json_t *session_ask(const struct session *s, const char *command, struct err *e);

/* "% text" about the line at hand. Returns 1. */
int session_fail(const struct session *s, const char *line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* R-CFG-5 about the line at hand. Returns 1, or 0 for MATCH_OK. */
int session_verdict(const struct session *s, const char *line, enum verdict v, unsigned int column);

/* Where the terminal shows the first character of what is typed. */
int session_indent(const struct session *s);

#endif /* XIPSEC_CLI_SESSION_H */
