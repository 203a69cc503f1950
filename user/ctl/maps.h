/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading the data plane's maps for people. Every function takes a descriptor
 * that may be -1 (no data plane) and then finds nothing.
 */
#ifndef XIPSEC_CTL_MAPS_H
#define XIPSEC_CTL_MAPS_H

#include <stdbool.h>
#include <stddef.h>

#include <xipsec/maps.h>

#include "user/daemon/guard.h"

/* All descriptors, -1 each without a data plane. */
struct bpf_maps maps_of(const struct guard *g);

/* Sum over the CPUs; last_... of the CPU that saw one last. false: cannot be read. */
bool maps_reason(int fd, enum xi_reason r, struct xi_reason_stat *sum);

bool maps_lookup(int fd, const void *key, void *value);

struct maps_window_count {
	unsigned int used;
	unsigned int started;
};

void maps_count_windows(const struct xi_slots *t, struct maps_window_count *c);

struct maps_source {
	struct xi_source_key key;
	struct xi_source value;
};

/* The busiest sources, at most `max`, in order; returns how many. *all: how many there are. */
size_t maps_top_sources(int fd, struct maps_source *top, size_t max, unsigned int *all);

/* Set every counter to 0; returns how many elements, or a negative errno. */
int maps_clear_reasons(int fd);
int maps_clear_sources(int fd);
int maps_clear_sa_drop(const struct xi_slots *t);

#endif /* XIPSEC_CTL_MAPS_H */
