/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel holds SAs one by one and policies one by one; `show crypto ipsec
 * sa` tells flows: what is protected between two gateways, with the SAs of both
 * directions, ESP and AH. This file finds which belong together.
 *
 * SAs are of one flow when their endpoints (and the peer's port, behind a NAT)
 * agree and they were made for the same request id, or for the ids that one
 * policy names together. Without a request id, the selector tells them apart.
 */
#ifndef XIPSEC_CTL_FLOWS_H
#define XIPSEC_CTL_FLOWS_H

#include <stddef.h>

#include "user/kernel/xfrm_msg.h"

#define FLOW_TS_MAX	16	/* pairs of traffic selectors that are told; more are counted */

struct flow_ts {
	struct addr	local, remote;
	uint8_t		local_plen, remote_plen;
	uint8_t		proto;
	uint16_t	local_port, remote_port;	/* host byte order, 0: any */
};

enum flow_ts_source { FLOW_TS_NONE, FLOW_TS_SA, FLOW_TS_POLICY };

struct flow_sa {
	const struct sa_info *sa;	/* borrowed from the caller's array */
	bool		inbound;
	unsigned int	rank;		/* 0: newest of its direction and protocol */
};

struct flow {
	struct addr	local, remote;
	uint16_t	remote_port;	/* UDP encapsulation; 0: none */
	uint32_t	reqid;		/* 0: none */
	uint32_t	if_id;
	const struct flow_sa *sas;	/* inbound first; ESP, AH, IPComp; newest first */
	size_t		nsas;
	enum flow_ts_source ts_source;
	unsigned int	nts;
	unsigned int	ts_more;	/* pairs beyond FLOW_TS_MAX */
	struct flow_ts	ts[FLOW_TS_MAX];
};

struct flows {
	struct flow	*flow;
	size_t		n;
	struct flow_sa	*sas;
};

/*
 * inbound[i] is sas[i]'s direction. 0 or -ENOMEM; *out is flows_free()'s in both cases.
 * SAs that are being asked for (SPI 0) belong to no flow.
 */
int flows_build(const struct sa_info *sas, const bool *inbound, size_t n,
		const struct policy_info *pols, size_t npols, struct flows *out);
void flows_free(struct flows *f);

/* The SA of `proto` that was set up together with this one: AH and ESP of a bundle. NULL: none. */
const struct flow_sa *flow_bundle_mate(const struct flow *f, const struct flow_sa *sa,
				       uint8_t proto);

#endif /* XIPSEC_CTL_FLOWS_H */
