/* SPDX-License-Identifier: Apache-2.0 */
/* From the result of a command to the text that IOS would print. */
#ifndef XIPSEC_CLI_SHOW_H
#define XIPSEC_CLI_SHOW_H

#include <stdio.h>

#include <jansson.h>

#include "user/ctl/command.h"

typedef void show_fn(FILE *out, const json_t *result, const struct command *c);

show_fn show_cleared, show_drop_sources, show_drops, show_engine, show_ipsec_sa, show_logging,
	show_version;
show_fn show_access_lists, show_cleared_sa, show_crypto_map, show_debug, show_debugging,
	show_dynamic_map, show_ikev2_proposal, show_interface, show_ip_interface, show_ip_route,
	show_isakmp_key, show_isakmp_policy, show_running_config, show_session, show_startup_config, show_transform_set;
show_fn show_reloaded, show_saved;

/* What the daemon has to say about showing or saving a configuration, if anything. */
void show_advice(FILE *out, const json_t *result);

/* By the words that the command's row begins with; what has no text of its own is shown as JSON. */
void show_result(FILE *out, const json_t *result, const struct command *c);

#endif /* XIPSEC_CLI_SHOW_H */
