/* SPDX-License-Identifier: Apache-2.0 */
/* Transform sets as they are configured, for the commands that list them. */
#ifndef XIPSEC_CTL_TSET_H
#define XIPSEC_CTL_TSET_H

#include <jansson.h>

#include "user/ctl/defs.h"

/* {"name", "transforms": [...], "mode", "legacy", ...} of a transform set's node. */
json_t *tset_json(const struct node *set);

/* The `default` set (R-TS-8) is two. */
void tset_add_default(json_t *list);

/*
 * Sets that an entry or profile names, in order of preference, into a list of names;
 * the classes of section E that they need are returned.
 */
unsigned int tset_names(const struct defs *d, const struct node *entry, json_t *names);

#endif /* XIPSEC_CTL_TSET_H */
