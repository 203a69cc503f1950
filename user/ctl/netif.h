/* SPDX-License-Identifier: Apache-2.0 */
#ifndef XIPSEC_CTL_NETIF_H
#define XIPSEC_CTL_NETIF_H

#include <net/if.h>

#include "user/lib/addr.h"

/* The interface's MTU; 0: unknown. */
unsigned int netif_mtu(const char *name);

/* What the kernel knows of the path (its route, and what ICMP told it); 0: no route. */
unsigned int netif_path_mtu(const struct addr *local, const struct addr *remote);

#endif /* XIPSEC_CTL_NETIF_H */
