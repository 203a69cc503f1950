/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tree as text in canonical order: families in the order of the tables, objects
 * by name or number, the rest as entered. Default values are left out (R-CFG-3).
 */
#ifndef XIPSEC_CONFIG_PRINT_H
#define XIPSEC_CONFIG_PRINT_H

#include <stdio.h>

#include "user/config/tree.h"

#define PRINT_MASK	"********"	/* instead of a clear key */

enum print_secrets { PRINT_MASKED, PRINT_CLEAR };

/* One instance without its children, no line end. */
void print_node(const struct node *n, enum print_secrets secrets, FILE *out);

/* What stands between "Current configuration" and "end", that included. */
void print_config(const struct tree *t, enum print_secrets secrets, FILE *out);

/* The whole answer to `show running-config`. 0, -ENOMEM */
int print_running(const struct tree *t, FILE *out);

/* "crypto map mymap 10": keywords and identity, for messages. Returns buf. */
const char *print_name(const struct node *n, char *buf, size_t size);

/* Compares as words and numbers: Ethernet2 before Ethernet10. */
int natural_compare(const char *a, const char *b);

#endif /* XIPSEC_CONFIG_PRINT_H */
