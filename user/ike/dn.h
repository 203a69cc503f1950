/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Distinguished names as DER (RFC 5280 section 4.1.2.4), for printing and comparing
 * them as identities. Whether a certificate may claim one is not decided here.
 */
#ifndef XIPSEC_IKE_DN_H
#define XIPSEC_IKE_DN_H

#include "user/ike/cursor.h"

/* In one name, all RDNs together. */
#define DN_ATTRS_MAX	64

/* One TLV of DER with definite length. false: not one; *c is as it was or bad. */
bool der_take(struct cur *c, uint8_t *tag, struct span *value);

/* Well formed down to the attributes. */
bool dn_check(struct span der);

/*
 * Attribute by attribute in order; values of character strings without regard to case, to the
 * kind of string and to how many blanks stand in a row (RFC 5280 section 7.1). False if
 * either is bad.
 */
bool dn_equal(struct span a, struct span b);

/* "C=DE, O=Example, CN=gw"; other bytes than printable ASCII as '?'. Returns buf. */
const char *dn_str(struct span der, char *buf, size_t size);

#endif /* XIPSEC_IKE_DN_H */
