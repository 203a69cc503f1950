/* SPDX-License-Identifier: Apache-2.0 */
/* Section E in answers: every object that needs an opt-in says so wherever it is listed. */
#ifndef XIPSEC_CTL_LEGACY_H
#define XIPSEC_CTL_LEGACY_H

#include <jansson.h>

#include "user/config/tree.h"

/* Classes (enum legacy) that a node and the lines below it need. n may be NULL. */
unsigned int legacy_of(const struct node *n);

/* ["3des", "dh-weak"]: the words behind `crypto legacy permit`. */
json_t *legacy_json(unsigned int classes);

/* Why a node is not used: its reason, or null. */
json_t *inactive_json(const struct node *n);

#endif /* XIPSEC_CTL_LEGACY_H */
