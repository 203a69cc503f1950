/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What xi_outer should say of a packet, worked out a second time: byte offsets
 * and plain C, from the RFCs and the list of SAs in gateway.c. It shares no
 * code with bpf/ and none with window.h.
 */
#ifndef REF_OUTER_H
#define REF_OUTER_H

#include <stddef.h>
#include <stdint.h>
#include <xipsec/reasons.h>

enum xi_reason ref_outer(const uint8_t *packet, size_t len);

#endif /* REF_OUTER_H */
