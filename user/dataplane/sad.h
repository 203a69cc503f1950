/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daemon's view of the kernel's SAD, and the one place in user space that
 * adds and removes elements of xi_window. What is inside a window belongs to
 * xi_mirror (I1); here an SA is made known (an element without a started
 * window) and what is stale is swept.
 *
 * The kernel is the truth: an event makes us look, a lost event makes us dump.
 */
#ifndef XIPSEC_DATAPLANE_SAD_H
#define XIPSEC_DATAPLANE_SAD_H

#include <stdbool.h>
#include <stdint.h>

#include "user/dataplane/bpf.h"
#include "user/kernel/xfrm_nl.h"
#include "user/lib/env.h"

struct sad;

struct sad_stats {
	uint64_t	inbound;	/* SAs now */
	uint64_t	outbound;
	uint64_t	dumps;		/* whole looks at the SAD since the start */
	uint64_t	lost;		/* times events were lost (ENOBUFS) */
	uint64_t	swept;		/* stale elements removed */
	uint64_t	map_full;	/* SAs that found no place */
};

/* nl, maps and env are borrowed until sad_free(). */
struct sad *sad_new(struct xfrm_nl *nl, const struct bpf_maps *maps, const struct env *env);
void sad_free(struct sad *s);

/* Who wants to know when SAs come and go. `sa` is told again when a dump shows it changed. */
struct sad_watch {
	void (*sa)(void *ctx, const struct sa_info *sa, bool is_new);
	void (*gone)(void *ctx, const struct xi_sa_key *key);
	void *ctx;
};
void sad_watch(struct sad *s, const struct sad_watch *w);

/* Our addresses, from link events; kept in xi_local too. A change of them asks for a new dump. */
void sad_addr_add(struct sad *s, const struct addr *a, int ifindex);
void sad_addr_del(struct sad *s, const struct addr *a, int ifindex);

/* Dumps the SAD, adds what xi_window lacks, sweeps what the kernel does not have. */
int sad_sync(struct sad *s, struct err *e);

/* The event socket is readable. Dumps again by itself where events were lost. */
int sad_read(struct sad *s, struct err *e);

/* A dump is due (addresses changed, events lost, map incomplete): the loop calls sad_sync(). */
bool sad_wants_sync(const struct sad *s);

/* A hint that the map is behind: the next tick dumps, however many hints there were. */
void sad_ask_sync(struct sad *s);

/* Whether an SA is inbound: XFRMA_SA_DIR, else its destination is an address of ours. */
bool sad_is_inbound(const struct sad *s, const struct sa_info *sa);

/* The interface that carries one of our addresses; 0: not ours. */
int sad_addr_ifindex(const struct sad *s, const struct addr *a);

/*
 * Connection id (R-SHOW-3): unique per SA and direction while the daemon runs.
 * 0: unknown SA.
 */
uint32_t sad_conn_id(const struct sad *s, const struct xi_sa_key *key);

void sad_stats(const struct sad *s, struct sad_stats *out);

#endif /* XIPSEC_DATAPLANE_SAD_H */
