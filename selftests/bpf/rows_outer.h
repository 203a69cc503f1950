/* SPDX-License-Identifier: Apache-2.0 */
/* Packets to the gateway of gateway.h, and what xi_outer has to say of each. */
#ifndef ROWS_OUTER_H
#define ROWS_OUTER_H

#include <xipsec/reasons.h>

struct outer_row {
	const char *name;
	const char *packet;	/* pkt_build.h */
	int verdict;		/* XDP_PASS or XDP_DROP */
	enum xi_reason reason;
};

extern const struct outer_row outer_rows[];
extern const unsigned int outer_n_rows;

#endif /* ROWS_OUTER_H */
