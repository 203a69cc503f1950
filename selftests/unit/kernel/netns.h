/* SPDX-License-Identifier: Apache-2.0 */
/* Tests that ask the running kernel do so in a network namespace of their own. */
#ifndef NETNS_H
#define NETNS_H

#include <stdbool.h>

/* A new, empty namespace with lo up; false: not allowed here. */
bool netns_enter(void);

/* Adds or removes an IPv4 address on lo. Asserts. */
void netns_addr(bool add, const char *addr, int prefix_len);

#endif /* NETNS_H */
