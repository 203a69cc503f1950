/* SPDX-License-Identifier: Apache-2.0 */
/* bpf/lib/flow.h, run natively over maps that the test plays. */
#ifndef FLOW_READER_H
#define FLOW_READER_H

#include "user/plan/flow.h"

enum reader_map { READER_SET, READER_GROUP, READER_FLOW };

/* The element, or NULL. Called for each look at a map; others may act in it. */
extern void *(*reader_lookup)(enum reader_map map, const void *key);

/* Is it protected? `out`: as the answer to the packet goes out. The number of the set is read first. */
bool reader_ask(const struct flow_packet *out, uint32_t ifindex);

#endif /* FLOW_READER_H */
