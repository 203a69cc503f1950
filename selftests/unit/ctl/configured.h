/* SPDX-License-Identifier: Apache-2.0 */
/* A gateway with a configuration, asked as a client asks, and its answers as the client shows them. */
#ifndef SELFTESTS_UNIT_CTL_CONFIGURED_H
#define SELFTESTS_UNIT_CTL_CONFIGURED_H

#include <jansson.h>

#include "fake.h"
#include "selftests/unit/config/conf.h"

struct configured {
	struct fake	fake;
	struct conf	conf;
};

void configured_init(struct configured *c, const char *text);
void configured_fini(struct configured *c);

/* The result of a command; the test fails if there is none. The caller's. */
json_t *configured_ask(struct configured *c, const char *command);

/* The error of a command; the test fails if there is none. free(). */
char *configured_error(struct configured *c, const char *command);

/* As text. free(). */
char *configured_show(struct configured *c, const char *command);

/* The whole text has to be this. */
void configured_expect(struct configured *c, const char *command, const char *want);

/* The object at `path` as sorted, compact JSON with ' for ". */
void configured_expect_json(struct configured *c, const char *command, const char *path,
			    const char *want);

#endif /* SELFTESTS_UNIT_CTL_CONFIGURED_H */
