/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of `show crypto ipsec sa`: one SA, and what was refused for it. */
#ifndef XIPSEC_CTL_SHOW_SA_H
#define XIPSEC_CTL_SHOW_SA_H

#include <jansson.h>

#include "user/ctl/flows.h"
#include "user/ctl/maps.h"

/* Packets that the replay check refused: before decryption by us, after it by the kernel. */
struct replay_drops {
	struct xi_sa_drop xdp;
	uint64_t	kernel;
};

void replay_drops_get(const struct bpf_maps *maps, const struct sa_info *sa,
		      struct replay_drops *d);
uint64_t replay_drops_sum(const struct replay_drops *d);

/* In full, as a leaf of the flow's list. */
json_t *sa_json(const struct guard *g, const struct flow *f, const struct flow_sa *s);

#endif /* XIPSEC_CTL_SHOW_SA_H */
