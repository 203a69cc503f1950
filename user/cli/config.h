/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Configuration modes. Lines go to the daemon (user/ctl/configure.h), which keeps
 * nothing between two requests: the mode is the lines that lead to it, held here.
 * At a prompt each line goes at once; from standard input they go in batches, so
 * that a file of 10,000 lines loads fast.
 */
#ifndef XIPSEC_CLI_CONFIG_H
#define XIPSEC_CLI_CONFIG_H

#include "user/cli/session.h"

struct config;

struct config *config_new(void);
void config_free(struct config *c);

/* 0 and s->mode is M_GLOBAL, or 1: the daemon does not let us. */
int config_enter(struct session *s);

/* As session_line(). Without a prompt the result may come later, from config_flush(). */
int config_line(struct session *s, const char *line);

/* Sends what waits. 0, or 1 when a line of it failed. */
int config_flush(struct session *s);

/* "(config-if)", of the mode as it was told last. */
const char *config_prompt(const struct config *c);

/* Whether the line holds a key, as far as the table tells. */
bool config_has_secret(enum mode mode, const char *line);

#endif /* XIPSEC_CLI_CONFIG_H */
