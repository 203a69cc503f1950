// SPDX-License-Identifier: Apache-2.0
#include "user/ikev2/pld_auth.h"

#include <errno.h>

#include "user/ike/dn.h"

#define TAG_SEQUENCE	0x30
#define TAG_OID		0x06

int pld_id_parse(struct span body, struct identity *out, struct err *e)
{
	struct cur c = cur_of(body);
	int rc;

	out->type = cur_u8(&c);
	cur_take(&c, 3);
	out->data = cur_rest(&c);
	if (c.bad)
		return err_set(e, -EBADMSG, "ID: %zu bytes (< 4)", body.n);
	rc = identity_check(out, e);
	return rc == -ENOTSUP ? 0 : rc;
}

void pld_id_build(struct wr *w, const struct identity *id)
{
	wr_u8(w, id->type);
	wr_zero(w, 3);
	wr_span(w, id->data);
}

int pld_cert_parse(struct span body, struct pld_cert *out, struct err *e)
{
	struct cur c = cur_of(body);

	out->encoding = cur_u8(&c);
	out->data = cur_rest(&c);
	if (c.bad || !out->data.n)
		return err_set(e, -EBADMSG, "CERT: %zu bytes (< 2)", body.n);
	return 0;
}

static bool has_hashes(uint8_t encoding)
{
	return encoding == CERT_X509 || encoding == CERT_URL_X509 || encoding == CERT_URL_BUNDLE;
}

int pld_certreq_parse(struct span body, struct pld_cert *out, struct err *e)
{
	struct cur c = cur_of(body);

	out->encoding = cur_u8(&c);
	out->data = cur_rest(&c);
	if (c.bad)
		return err_set(e, -EBADMSG, "CERTREQ: %zu bytes (< 1)", body.n);
	if (has_hashes(out->encoding) && out->data.n % CERTREQ_HASH_LEN)
		return err_set(e, -EBADMSG, "CERTREQ: %zu bytes are no whole number of hashes",
			       out->data.n);
	return 0;
}

void pld_cert_build(struct wr *w, const struct pld_cert *cert)
{
	wr_u8(w, cert->encoding);
	wr_span(w, cert->data);
}

/* SEQUENCE { OBJECT IDENTIFIER, parameters }, no byte less or more. */
static bool is_algorithm(struct span s)
{
	struct cur c = cur_of(s);
	struct span seq, oid, params;
	uint8_t tag;

	if (!der_take(&c, &tag, &seq) || tag != TAG_SEQUENCE || !cur_done(&c))
		return false;
	c = cur_of(seq);
	if (!der_take(&c, &tag, &oid) || tag != TAG_OID || !oid.n)
		return false;
	return cur_done(&c) || (der_take(&c, &tag, &params) && cur_done(&c));
}

int pld_auth_parse(struct span body, struct pld_auth *out, struct err *e)
{
	struct cur c = cur_of(body);

	*out = (struct pld_auth){ .method = cur_u8(&c) };
	cur_take(&c, 3);
	if (out->method == AUTH_SIGNATURE) {
		out->algorithm = cur_take(&c, cur_u8(&c));
		if (c.bad || !is_algorithm(out->algorithm))
			return err_set(e, -EBADMSG, "AUTH: malformed signature algorithm");
	}
	out->data = cur_rest(&c);
	if (c.bad || !out->data.n)
		return err_set(e, -EBADMSG, "AUTH: %zu bytes have no authentication data", body.n);
	return 0;
}

void pld_auth_build(struct wr *w, const struct pld_auth *auth)
{
	wr_u8(w, auth->method);
	wr_zero(w, 3);
	if (auth->method == AUTH_SIGNATURE) {
		size_t at = w->n;

		wr_u8(w, 0);
		wr_u8_at(w, at, auth->algorithm.n);
		wr_span(w, auth->algorithm);
	}
	wr_span(w, auth->data);
}
