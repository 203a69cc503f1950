/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of interfaces: those of IOS, shortened or not, with or without a blank
 * (`fas0/0`, `tunnel 0`), and those of Linux as they are (`eth0`). A name with a
 * capital letter is one of IOS; `eth0` in small letters and without a slash is
 * the Linux device, although IOS would read it as Ethernet0.
 */
#ifndef XIPSEC_CONFIG_IFNAME_H
#define XIPSEC_CONFIG_IFNAME_H

#include <stdbool.h>

#define IFNAME_MAX	48

enum ifname_verdict {
	IFNAME_ONE,		/* `word` alone */
	IFNAME_TWO,		/* `word` and `next` */
	IFNAME_TYPE,		/* no such type */
	IFNAME_AMBIGUOUS,
	IFNAME_BAD,		/* the number, or not a name at all */
};

/* out: printed form, for the first two. next: the word behind, "" for none. */
enum ifname_verdict ifname_parse(const char *word, const char *next, char out[static IFNAME_MAX]);

/* Interfaces that the gateway makes itself (R-CFG-8). */
bool ifname_is_tunnel(const char *name);

#endif /* XIPSEC_CONFIG_IFNAME_H */
