/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which Linux device an IOS interface is (R-CFG-8): a file of lines
 * `FastEthernet0/0 eth0`, with `!` or `#` before comments. Names of Linux stand
 * for themselves and need no line.
 */
#ifndef XIPSEC_CONFIG_IFTABLE_H
#define XIPSEC_CONFIG_IFTABLE_H

#include <net/if.h>
#include <stddef.h>

#include "user/config/diag.h"
#include "user/config/ifname.h"

#define IFTABLE_MAX	4096	/* lines that name a device */

struct iftable_entry {
	char	ios[IFNAME_MAX];	/* as printed: "FastEthernet0/0" */
	char	device[IF_NAMESIZE];
};

struct iftable {
	struct iftable_entry *entry;	/* sorted by name */
	size_t	n;
};

/*
 * Reads a text; what is wrong is told in *d, with its line, and left out. 0, -ENOMEM.
 * *m is iftable_fini()'s in both cases.
 */
int iftable_parse(struct iftable *m, const char *text, size_t len, struct diags *d);
void iftable_fini(struct iftable *m);

/* The device of a printed interface name, IOS or Linux; NULL: no line names it. */
const char *iftable_device(const struct iftable *m, const char *name);

/* The other way: the IOS name of a device, or the device's own name. */
const char *iftable_ios(const struct iftable *m, const char *device);

#endif /* XIPSEC_CONFIG_IFTABLE_H */
