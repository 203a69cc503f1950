/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A gateway for the answers to look at: SAs and policies from arrays, windows in
 * memory, maps of the running kernel where it lets us. Takes the place of user/dataplane and
 * user/kernel when the tests of this folder are linked.
 */
#ifndef SELFTESTS_UNIT_CTL_FAKE_H
#define SELFTESTS_UNIT_CTL_FAKE_H

#include "user/daemon/gateway.h"

#define FAKE_MAX	16
#define FAKE_SLOTS	2048
#define FAKE_WALL_NS	1700000000000000000ULL
#define FAKE_MONO_NS	5000000000000ULL

struct bpf {
	struct bpf_maps	maps;
	enum bpf_variant variant;
	const char	*why;
	bool		adopted, attached;
};

struct sad {
	struct sad_stats stats;
	struct addr	local;		/* ours; all else is remote */
	int		ifindex;
};

struct xfrm_nl {
	struct sa_info	sas[FAKE_MAX];
	struct policy_info pols[FAKE_MAX];
	size_t		nsas, npols;
	int		fails;		/* the dump's result */
};

/* Set and counted by the gateway's stand-ins in fake.c. */
extern struct fake_gateway {
	unsigned int	applied;	/* gateway_apply() */
	const char	*failed_owner, *failed_why;	/* of gateway_each_failure(); NULL: none */
	int		apply_fails;	/* its result */
	struct xi_sa_key kept_key;	/* of the last gateway_keep_number() */
	uint64_t	kept_oseq;
	unsigned int	kept;
} fake_gateway;

struct fake {
	struct gateway	gw;
	struct bpf	bpf;
	struct sad	sad;
	struct xfrm_nl	xfrm;
};

/* A configuration to run with; fake_unconfigure() lets it go. Lines in error fail the test. */
void fake_configure(struct fake *f, const char *text);
void fake_unconfigure(struct fake *f);

/* An interface "lo" that carries 192.0.2.1; no maps. */
void fake_init(struct fake *f);

/* false: the kernel does not let us make maps; the test skips. */
bool fake_maps_open(struct fake *f);
void fake_maps_close(struct fake *f);

/* The slot of an SA, made if there is none. */
struct xi_window *fake_slot(struct fake *f, const struct xi_sa_key *key);

/* An ESP tunnel SA, inbound when dst is 192.0.2.1. */
struct sa_info fake_sa(const char *src, const char *dst, uint32_t spi, uint32_t reqid);
struct policy_info fake_policy(uint8_t dir, const char *src, uint8_t splen, const char *dst,
			       uint8_t dplen);

/* Tunnel mode when the endpoints are given, else transport. */
void fake_template(struct policy_info *p, uint8_t proto, uint32_t reqid, const char *src,
		   const char *dst);

#endif /* SELFTESTS_UNIT_CTL_FAKE_H */
