/* SPDX-License-Identifier: Apache-2.0 */
/* Numbered datagrams: the payload opens with a 64-bit counter in network order. */
#ifndef XI_UDP_H
#define XI_UDP_H

#include "wire.h"

#include <sys/socket.h>

#define UDP_HEAD 8			/* the counter */
#define UDP_PAYLOAD_MAX 65507
#define UDP_BURST 64

socklen_t udp_sockaddr(const struct addr *a, uint64_t port, struct sockaddr_storage *ss);

#endif
