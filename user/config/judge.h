/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Judgement of single lines as they come: what section E refuses, warns about or
 * only notes, and values that contradict each other. false: refused, and said so.
 * What needs other lines is judged at the end (check.h).
 */
#ifndef XIPSEC_CONFIG_JUDGE_H
#define XIPSEC_CONFIG_JUDGE_H

#include <stdbool.h>

struct load;
struct node;

bool judge_acl_entry(struct load *l, struct node *n);
bool judge_aggressive(struct load *l, struct node *n);
bool judge_algorithm(struct load *l, struct node *n);
bool judge_class_default(struct load *l, struct node *n);
bool judge_ezvpn(struct load *l, struct node *n);
bool judge_group(struct load *l, struct node *n);
bool judge_if_address(struct load *l, struct node *n);
bool judge_if_address6(struct load *l, struct node *n);
bool judge_if_fragmentation(struct load *l, struct node *n);
bool judge_isakmp_authentication(struct load *l, struct node *n);
bool judge_isakmp_encryption(struct load *l, struct node *n);
bool judge_key(struct load *l, struct node *n);
/* R-CMAP-3 */
#define CMAP_NEW_NOTE \
	"NOTE: This new crypto map will remain disabled until a peer and a valid access list have been configured."

bool judge_map(struct load *l, struct node *n);
bool judge_modulus(struct load *l, struct node *n);
bool judge_pfs(struct load *l, struct node *n);
bool judge_pool(struct load *l, struct node *n);
bool judge_pubkey(struct load *l, struct node *n);
bool judge_replay(struct load *l, struct node *n);
bool judge_route(struct load *l, struct node *n);
bool judge_route6(struct load *l, struct node *n);
bool judge_session_key(struct load *l, struct node *n);
bool judge_ssp(struct load *l, struct node *n);
bool judge_standby_timers(struct load *l, struct node *n);
bool judge_transform_set(struct load *l, struct node *n);
bool judge_tunnel(struct load *l, struct node *n);
bool judge_wildcard(struct load *l, struct node *n);

#endif /* XIPSEC_CONFIG_JUDGE_H */
