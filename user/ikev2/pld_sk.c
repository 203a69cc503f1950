// SPDX-License-Identifier: Apache-2.0
#include "user/ikev2/pld_sk.h"

#include <errno.h>

int pld_sk_parse(struct span msg, const struct payload *p, struct pld_sk *out, struct err *e)
{
	struct cur c = cur_of(p->body);

	*out = (struct pld_sk){ .first = p->next };
	if (p->type == PLD_SKF) {
		out->number = cur_u16(&c);
		out->total = cur_u16(&c);
		if (c.bad || !out->number || out->number > out->total)
			return err_set(e, -EBADMSG, "SKF: fragment %u of %u", out->number,
				       out->total);
		if (!out->first != (out->number > 1))
			return err_set(e, -EBADMSG, "SKF: fragment %u names payload %u",
				       out->number, out->first);
	}
	out->sealed = cur_rest(&c);
	if (!out->sealed.n)
		return err_set(e, -EBADMSG, "%s: nothing in it", payload_name(p->type));
	/* It is the last payload, so all before it is the rest. */
	out->aad = msg.n - out->sealed.n;
	return 0;
}

size_t pld_sk_begin(struct wr *w, uint8_t first, uint16_t number, uint16_t total)
{
	size_t at = w->n;

	wr_u8(w, number > 1 ? PLD_NONE : first);
	wr_u8(w, 0);
	wr_u16(w, 0);
	if (total) {
		wr_u16(w, number);
		wr_u16(w, total);
	}
	return at;
}

void pld_sk_finish(struct wr *w, size_t at)
{
	wr_u16_at(w, at + 2, w->n - at);
}
