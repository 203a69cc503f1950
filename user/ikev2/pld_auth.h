/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a peer shows of itself: identification, certificates and requests for them, and
 * authentication (RFC 7296 sections 3.5 to 3.8, RFC 7427).
 */
#ifndef XIPSEC_IKEV2_PLD_AUTH_H
#define XIPSEC_IKEV2_PLD_AUTH_H

#include "user/ike/identity.h"
#include "user/ikev2/payload.h"

/*
 * A type of identity that we do not know is no fault of the syntax: it is taken as it is, and
 * matches nothing.
 */
int pld_id_parse(struct span body, struct identity *out, struct err *e);
void pld_id_build(struct wr *w, const struct identity *id);

enum cert_encoding {
	CERT_PKCS7		= 1,
	CERT_X509		= 4,
	CERT_CRL		= 7,
	CERT_URL_X509		= 12,	/* SHA-1 and URL of a certificate */
	CERT_URL_BUNDLE		= 13,
	CERT_OCSP		= 14,	/* RFC 4806 */
	CERT_RAW_KEY		= 15,	/* RFC 7670 */
};

struct pld_cert {
	uint8_t		encoding;	/* enum cert_encoding, or another */
	struct span	data;		/* borrowed */
};

#define CERTREQ_HASH_LEN	20	/* SHA-1 of a CA's SubjectPublicKeyInfo */

/* CERT: data is not empty. */
int pld_cert_parse(struct span body, struct pld_cert *out, struct err *e);
/* CERTREQ: data is any number of hashes where the encoding says so, also none. */
int pld_certreq_parse(struct span body, struct pld_cert *out, struct err *e);
/* Both. */
void pld_cert_build(struct wr *w, const struct pld_cert *cert);

enum auth_method {
	AUTH_RSA		= 1,	/* PKCS #1 v1.5, in practice with SHA-1 */
	AUTH_PSK		= 2,
	AUTH_DSS		= 3,
	AUTH_ECDSA_256		= 9,	/* RFC 4754 */
	AUTH_ECDSA_384		= 10,
	AUTH_ECDSA_521		= 11,
	AUTH_NULL		= 13,	/* RFC 7619 */
	AUTH_SIGNATURE		= 14,	/* RFC 7427: the algorithm is in it */
};

struct pld_auth {
	uint8_t		method;		/* enum auth_method, or another */
	struct span	algorithm;	/* AUTH_SIGNATURE: DER, AlgorithmIdentifier; else empty */
	struct span	data;		/* borrowed, not empty */
};

int pld_auth_parse(struct span body, struct pld_auth *out, struct err *e);
void pld_auth_build(struct wr *w, const struct pld_auth *auth);

#endif /* XIPSEC_IKEV2_PLD_AUTH_H */
