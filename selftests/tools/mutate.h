/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an attacker changes in a frame seen on the wire. A change that finds no place (a sequence
 * number in an ARP frame) leaves that part alone and is reported, so the sender can count it.
 */
#ifndef XI_MUTATE_H
#define XI_MUTATE_H

#include "opt.h"

#define MUTATE_ROOM (FRAME_MAX + 2 * 4)		/* a frame and the tags pushed on it */

struct mutation {
	bool seq_set_on, seq_add_on;
	uint32_t seq_set, seq_add;
	uint64_t seq_step;		/* times the number of frames sent before */
	bool flip_icv;
	struct spi_choice spi;
	struct addr src, dst;		/* len 0: keep */
	struct prefix src_random;
	bool src_mac_on, dst_mac_on;
	uint8_t src_mac[6], dst_mac[6];
	bool untag;			/* drop the tags the frame has, before pushing */
	unsigned int tags;
	uint16_t vid[2];		/* outermost first */
	uint32_t outer_type;		/* of the outer one of two tags */
	uint64_t truncate;		/* 0: whole */
};

enum mutate_result { MUTATE_DONE, MUTATE_MISSED };

/* Writes the changed frame to out (MUTATE_ROOM bytes) and its length to *out_len. */
enum mutate_result mutate(const struct mutation *m, struct rng *rng, uint64_t nth,
			  const uint8_t *in, size_t len, uint8_t *out, size_t *out_len);
bool mutation_is_none(const struct mutation *m);

#endif
