/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xi_window in user space: the array of slots mapped into memory, searched and
 * filled by the same lines as in BPF (include/xipsec/slots.h). The daemon makes
 * SAs known and removes them; it never writes into a window (I1).
 */
#ifndef XIPSEC_DATAPLANE_WINDOWS_H
#define XIPSEC_DATAPLANE_WINDOWS_H

#include <stddef.h>

#include <xipsec/maps.h>

struct xi_slots {
	struct xi_window *base;		/* NULL: no data plane */
	__u32	mask;			/* slots less one */
};

static inline struct xi_window *xi_slot_at(const struct xi_slots *t, __u32 i)
{
	return t->base ? &t->base[i] : NULL;
}

/* Whoever is in our way is a BPF program, and soon out of it. */
#define XI_ADD_TRIES	1000
#include <xipsec/slots.h>

/* Maps the array behind fd; it stays valid when fd is closed. 0 or a negative errno. */
int windows_map(struct xi_slots *t, int fd);
void windows_unmap(struct xi_slots *t);

/* The n-th slot if it has an SA, else NULL: for (i = 0; i < windows_slots(t); i++). */
struct xi_window *windows_live(const struct xi_slots *t, __u32 i);

static inline __u32 windows_slots(const struct xi_slots *t)
{
	return t->base ? t->mask + 1 : 0;
}

/* A power of two with room for `sas` security associations. */
__u32 windows_slots_for(__u32 sas);

#endif /* XIPSEC_DATAPLANE_WINDOWS_H */
