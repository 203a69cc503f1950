// SPDX-License-Identifier: Apache-2.0
#include "user/ikev2/pld_ke.h"

#include <errno.h>

#include "user/ike/transform.h"

int pld_ke_parse(struct span body, struct pld_ke *out, struct err *e)
{
	struct cur c = cur_of(body);

	out->method = cur_u16(&c);
	cur_u16(&c);
	out->data = cur_rest(&c);
	if (c.bad || !out->data.n)
		return err_set(e, -EBADMSG, "KE: %zu bytes (< 5)", body.n);
	return 0;
}

void pld_ke_build(struct wr *w, const struct pld_ke *ke)
{
	wr_u16(w, ke->method);
	wr_u16(w, 0);
	wr_span(w, ke->data);
}

bool pld_ke_fits(const struct pld_ke *ke, enum ike_role sender)
{
	const struct transform_info *info = transform_info(T_KE, ke->method);

	return info && ke->method != KE_NONE &&
	       ke->data.n == (sender == IKE_INITIATOR ? info->ke_i : info->ke_r);
}

int pld_nonce_parse(struct span body, struct span *out, struct err *e)
{
	*out = body;
	if (body.n < NONCE_MIN || body.n > NONCE_MAX)
		return err_set(e, -EBADMSG, "nonce of %zu bytes (%d to %d)", body.n, NONCE_MIN,
			       NONCE_MAX);
	return 0;
}

void pld_nonce_build(struct wr *w, struct span nonce)
{
	wr_span(w, nonce);
}
