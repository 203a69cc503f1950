/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What should have come encrypted, by flow_lookup(): the model of the stage in
 * bpf/lib/clear.h. Knows nothing of maps.
 */
#ifndef REF_CLEAR_H
#define REF_CLEAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "user/plan/flow.h"

/* A clear packet as it comes in; addresses as in struct addr. */
struct ref_packet {
	uint8_t family, proto;
	uint8_t src[16], dst[16];
	bool later;		/* fragment */
	const uint8_t *l4;
	size_t l4_len;
};

bool ref_clear(const struct flow_groups *g, const struct ref_packet *p);

#endif /* REF_CLEAR_H */
