/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `show interface`: rates over five minutes, and when packets were last seen. The
 * kernel only counts, so the counters are looked at every five seconds and the
 * rates decay as those of routers do.
 */
#ifndef XIPSEC_CTL_RATES_H
#define XIPSEC_CTL_RATES_H

#include <stdbool.h>
#include <stdint.h>

#include "user/lib/env.h"

struct rates {
	uint64_t	in_bits, in_packets, out_bits, out_packets;	/* per second */
	uint64_t	last_in_ns, last_out_ns;	/* CLOCK_MONOTONIC; 0: not seen by us */
};

/* Once a second, or whenever there is time: looks when five seconds are over. */
void rates_tick(const struct env *env);

/* false: the device was not looked at yet. */
bool rates_get(const char *device, struct rates *r);

void rates_fini(void);

#endif /* XIPSEC_CTL_RATES_H */
