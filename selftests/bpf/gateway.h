/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The gateway that packets are sent to in these tests: its addresses and its
 * SAs, one list for the maps (gateway_setup) and for the reference (ref_outer).
 */
#ifndef GATEWAY_H
#define GATEWAY_H

#include "harness.h"

#define ESP	50
#define AH	51

struct gateway_sa {
	const char *name;
	uint8_t family, proto;
	uint32_t spi;
	unsigned int host;
	uint32_t flags, size;
	bool started;
	uint64_t top;
	uint64_t seen[4];	/* authenticated besides the top; 0 ends */
};

extern const struct gateway_sa gateway_sas[];
extern const unsigned int gateway_n_sas;

/*
 * Protected on the loopback, where packets of BPF_PROG_RUN come from; hosts as in
 * pkt_build.h, ours is the destination:
 *	tcp, icmp	64/26 <- 128/25, but not to port 22
 *	udp		64/26, ports 1000 to 2000 <- 128/25
 *	any		128/25 <- 192/26
 *	any, IPv6	100/120 <- net 5
 */
const struct plan_flows *gateway_flows(void);

/* Local are host 1 and 2 of IPv4, host 1 of IPv6. Unknown SPIs are never dropped. */
void gateway_setup(struct outer *o);
bool gateway_is_local(uint8_t family, unsigned int host);

#endif /* GATEWAY_H */
