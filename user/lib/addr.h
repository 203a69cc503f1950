/* SPDX-License-Identifier: Apache-2.0 */
/* An IPv4 or IPv6 address as the maps hold it: 16 bytes, IPv4 in the first four. */
#ifndef XIPSEC_LIB_ADDR_H
#define XIPSEC_LIB_ADDR_H

#include <stdbool.h>
#include <stdint.h>

#define ADDR_STR_MAX	46	/* INET6_ADDRSTRLEN */

struct addr {
	uint8_t	family;		/* AF_INET, AF_INET6; 0: none */
	uint8_t	b[16];		/* network byte order; unused bytes are 0 */
};

/* bytes: 4 or 16 by family. */
struct addr addr_make(uint8_t family, const void *bytes);
bool addr_equal(const struct addr *a, const struct addr *b);
bool addr_is_any(const struct addr *a);

/* Writes at most ADDR_STR_MAX bytes to buf and returns it; "-" without a family. */
const char *addr_str(const struct addr *a, char buf[static ADDR_STR_MAX]);

/* false: not an address; *a unchanged. */
bool addr_parse(const char *text, struct addr *a);

#endif /* XIPSEC_LIB_ADDR_H */
