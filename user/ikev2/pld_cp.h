/* SPDX-License-Identifier: Apache-2.0 */
/* Configuration and EAP payloads (RFC 7296 sections 3.15 and 3.16). */
#ifndef XIPSEC_IKEV2_PLD_CP_H
#define XIPSEC_IKEV2_PLD_CP_H

#include "user/ikev2/payload.h"

enum cp_type { CP_REQUEST = 1, CP_REPLY, CP_SET, CP_ACK };

enum cp_attr {
	CP_IP4_ADDRESS = 1, CP_IP4_NETMASK, CP_IP4_DNS, CP_IP4_NBNS, CP_IP4_DHCP = 6,
	CP_APPLICATION_VERSION, CP_IP6_ADDRESS, CP_IP6_DNS = 10, CP_IP6_DHCP = 12, CP_IP4_SUBNET,
	CP_SUPPORTED_ATTRIBUTES, CP_IP6_SUBNET, CP_DNS_DOMAIN = 25,
};

#define CP_ATTRS_MAX	64		/* a large list of split networks */

struct pld_cp {
	uint8_t		type;		/* enum cp_type, or another */
	uint16_t	n, over;	/* over: attributes left out, no room */
	struct {
		uint16_t	type;	/* enum cp_attr, or another: 15 bits */
		struct span	value;	/* borrowed */
	} attr[CP_ATTRS_MAX];
};

/* Values of attributes that we know have one of their sizes, or none (a request). */
int pld_cp_parse(struct span body, struct pld_cp *out, struct err *e);
void pld_cp_build(struct wr *w, const struct pld_cp *cp);

enum eap_code { EAP_REQUEST = 1, EAP_RESPONSE, EAP_SUCCESS, EAP_FAILURE };

/* RFC 3748 section 4; what a method says in it is opaque. */
struct pld_eap {
	uint8_t		code;		/* enum eap_code */
	uint8_t		id;
	struct span	data;		/* borrowed: type and data; empty of success, failure */
};

int pld_eap_parse(struct span body, struct pld_eap *out, struct err *e);
void pld_eap_build(struct wr *w, const struct pld_eap *eap);

#endif /* XIPSEC_IKEV2_PLD_CP_H */
