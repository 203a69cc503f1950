/* SPDX-License-Identifier: Apache-2.0 */
/* A gateway with a configuration, asked as a client asks, and its answers as the client shows them. */
#ifndef SELFTESTS_UNIT_CTL_CONFIGURED_H
#define SELFTESTS_UNIT_CTL_CONFIGURED_H

#include <jansson.h>

#include "fake.h"
#include "selftests/unit/config/conf.h"

#define CONFIGURED_ITEMS	8

struct configured {
	struct fake	fake;
	struct conf	conf;
	struct plan_item items[CONFIGURED_ITEMS], *item[CONFIGURED_ITEMS];
};

void configured_init(struct configured *c, const char *text);
void configured_fini(struct configured *c);

/* A line of the global mode by its first words, its name, and for map entries its number (or 0). */
const struct node *configured_node(struct configured *c, const char *words, const char *name,
				   unsigned int sequence);

/* As the plan would have it: an entry of a map on an interface, or a tunnel; 192.0.2.1 is ours. */
struct plan_item *configured_map(struct configured *c, const char *map, unsigned int sequence,
				 const char *interface, uint32_t number, const char *peer);
struct plan_item *configured_tunnel(struct configured *c, const char *tunnel, uint32_t number,
				    const char *peer);

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
