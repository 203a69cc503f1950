/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers to commands, one function each: the gateway's state as a JSON object.
 * Leaf names are RFC 9061's where it has one, else in the same manner
 * (kebab-case). Text for people is made by the client (user/cli).
 */
#ifndef XIPSEC_CTL_ANSWER_H
#define XIPSEC_CTL_ANSWER_H

#include <jansson.h>

#include "user/ctl/command.h"
#include "user/daemon/gateway.h"

/* The object (the caller's), or NULL: *e says why. */
typedef json_t *answer_fn(struct gateway *gw, const struct command *c, struct err *e);

answer_fn answer_clear_counters, answer_drop_sources, answer_drops, answer_engine, answer_logging,
	answer_reload, answer_sa, answer_save, answer_version;
answer_fn answer_access_lists, answer_clear_sa, answer_crypto_map, answer_debug, answer_debugging,
	answer_dynamic_map, answer_ikev2_proposal, answer_interface, answer_ip_interface,
	answer_ip_route, answer_isakmp_key, answer_isakmp_policy, answer_running_config,
	answer_session, answer_startup_config, answer_transform_set;

/* Text from the kernel or a file system: what is not printable ASCII becomes '?'. */
json_t *answer_text(const char *text);
json_t *answer_addr(const struct addr *a);
json_t *answer_key_addr(uint8_t family, const uint8_t bytes[static 16]);

/* JSON integers are signed. */
json_int_t answer_int(uint64_t v);

/* "0x1214F0D", as R-LOG-11 writes it. spi: host byte order. */
json_t *answer_spi(uint32_t spi);

/* "esp", "ah", "comp", else "none". */
const char *answer_proto(uint8_t proto);

/* Milliseconds since a moment of CLOCK_MONOTONIC; null when it never was. */
json_t *answer_age(const struct env *env, uint64_t then_ns);

#endif /* XIPSEC_CTL_ANSWER_H */
