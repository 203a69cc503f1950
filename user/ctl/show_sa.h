/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of `show crypto ipsec sa`: one SA, and what was refused for it. */
#ifndef XIPSEC_CTL_SHOW_SA_H
#define XIPSEC_CTL_SHOW_SA_H

#include <jansson.h>

#include "user/ctl/flows.h"
#include "user/ctl/maps.h"
#include "user/ctl/sa_base.h"
#include "user/ctl/sadb.h"

/* What was counted since the last `clear crypto sa counters`, by the kernel and in XDP. */
void sa_counts_get(const struct bpf_maps *maps, const struct sa_info *sa, struct sa_counts *out);

/* Packets that the replay check refused: before decryption by us, after it by the kernel. */
uint64_t sa_counts_replay(const struct sa_counts *c);

/* "encaps", "decaps" and so on of an entry, all its SAs together. */
json_t *sa_counters_json(const struct gateway *gw, const struct sadb_entry *en);

/*
 * Pairs of prefixes that an entry protects; *more that are not told, *source is
 * "acl" for what is configured, else where in the kernel they were found.
 */
json_t *sa_idents_json(const struct sadb *s, const struct sadb_entry *en, unsigned int *more,
		       const char **source);

/* {"kilobytes", "seconds"} until the SA has to go; null each: no limit. */
json_t *sa_remaining_json(const struct env *env, const struct sa_info *sa);

/* In full, as a leaf of the flow's list. */
json_t *sa_json(const struct guard *g, const struct flow *f, const struct flow_sa *s);

#endif /* XIPSEC_CTL_SHOW_SA_H */
