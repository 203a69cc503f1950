/* SPDX-License-Identifier: Apache-2.0 */
/* Objects of each kind, for tests. */
#ifndef KOBJS_H
#define KOBJS_H

#include "user/kernel/kobj.h"

struct addr kobjs_addr(const char *text);

struct kobj kobjs_link(const char *name, uint32_t if_id);	/* if_id 0: dummy */
struct kobj kobjs_address(const char *dev, const char *addr, uint8_t plen);
struct kobj kobjs_sa(const char *daddr, uint32_t spi);		/* ESP, AES-CBC, SHA-256, inbound */
struct kobj kobjs_full_sa(void);	/* with all that an inbound SA may have */
struct kobj kobjs_gcm(const char *daddr, uint32_t spi);		/* outbound, ESN */
struct kobj kobjs_ah(const char *daddr, uint32_t spi);		/* inbound */
struct kobj kobjs_policy(uint8_t dir, uint32_t if_id, const char *src, const char *dst,
			 uint8_t plen);		/* one ESP tunnel template */
struct kobj kobjs_route(const char *dst, uint8_t plen, uint32_t table, const char *dev);
struct kobj kobjs_rule(uint32_t priority, const char *src, uint8_t plen, uint32_t table);

#endif /* KOBJS_H */
