/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `clear crypto sa counters`: the kernel's counters of an SA cannot be set to 0,
 * so what they were is remembered and taken off whatever is shown later. An SA
 * that was made anew under the same SPI begins at 0 again.
 */
#ifndef XIPSEC_CTL_SA_BASE_H
#define XIPSEC_CTL_SA_BASE_H

#include <stdbool.h>
#include <stddef.h>

#include "user/kernel/xfrm_msg.h"

/* Counted since the last clearing, or since the SA was made. */
struct sa_counts {
	uint64_t	packets, bytes;
	uint64_t	integrity, replay, replay_window;	/* refused by the kernel */
	uint64_t	xdp_duplicate, xdp_too_old, xdp_seq_zero;	/* refused in XDP */
};

/* drop may be NULL: nothing was refused in XDP. */
void sa_base_counts(const struct sa_info *sa, const struct xi_sa_drop *drop, struct sa_counts *out);

/* Counts of this SA begin at 0 from now on. false: no memory. */
bool sa_base_clear(const struct sa_info *sa, const struct xi_sa_drop *drop);

/* Before and after clearing: what is remembered of SAs that are gone is forgotten. */
void sa_base_begin(void);
void sa_base_end(void);

void sa_base_fini(void);

#endif /* XIPSEC_CTL_SA_BASE_H */
