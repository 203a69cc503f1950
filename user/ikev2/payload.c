// SPDX-License-Identifier: Apache-2.0
#include "user/ikev2/payload.h"

#include <errno.h>

static const char *const names[] = {
	[PLD_SA] = "SA",
	[PLD_KE] = "KE",
	[PLD_IDI] = "IDi",
	[PLD_IDR] = "IDr",
	[PLD_CERT] = "CERT",
	[PLD_CERTREQ] = "CERTREQ",
	[PLD_AUTH] = "AUTH",
	[PLD_NONCE] = "Nonce",
	[PLD_NOTIFY] = "N",
	[PLD_DELETE] = "D",
	[PLD_VENDOR] = "V",
	[PLD_TSI] = "TSi",
	[PLD_TSR] = "TSr",
	[PLD_SK] = "SK",
	[PLD_CP] = "CP",
	[PLD_EAP] = "EAP",
	[PLD_SKF] = "SKF",
};

bool payload_known(uint8_t type)
{
	return type < sizeof(names) / sizeof(names[0]) && names[type];
}

const char *payload_name(uint8_t type)
{
	return payload_known(type) ? names[type] : "unknown";
}

struct payload_walk payload_walk_of(struct span chain, uint8_t first)
{
	return (struct payload_walk){ .c = cur_of(chain), .next = first };
}

int payload_next(struct payload_walk *w, struct payload *p, struct err *e)
{
	size_t len, left = w->c.n;

	if (!w->next)
		return left ? err_set(e, -EBADMSG, "%zu bytes behind the last payload", left) : 0;
	p->type = w->next;
	p->next = w->next = cur_u8(&w->c);
	p->critical = cur_u8(&w->c) & 0x80;
	len = cur_u16(&w->c);
	/* A length below its own header would never come to an end. */
	if (w->c.bad || len < PLD_HEADER_LEN)
		return err_set(e, -EBADMSG, "%s payload: length %zu (< %d)", payload_name(p->type),
			       len, PLD_HEADER_LEN);
	p->body = cur_take(&w->c, len - PLD_HEADER_LEN);
	if (w->c.bad)
		return err_set(e, -EBADMSG, "%s payload: length %zu (> %zu)", payload_name(p->type),
			       len, left);
	if (p->type == PLD_SK || p->type == PLD_SKF) {
		w->next = PLD_NONE;
		if (w->c.n)
			return err_set(e, -EBADMSG, "%zu bytes behind the %s payload", w->c.n,
				       payload_name(p->type));
	}
	return 1;
}

void chain_begin(struct payload_chain *ch, struct wr *w)
{
	*ch = (struct payload_chain){ .w = w, .at = w->n };
}

static void close_last(struct payload_chain *ch)
{
	if (ch->first)
		wr_u16_at(ch->w, ch->at + 2, ch->w->n - ch->at);
}

void chain_add(struct payload_chain *ch, uint8_t type)
{
	close_last(ch);
	if (ch->first)
		wr_u8_at(ch->w, ch->at, type);
	else
		ch->first = type;
	ch->at = ch->w->n;
	wr_u32(ch->w, 0);
}

uint8_t chain_end(struct payload_chain *ch)
{
	close_last(ch);
	return ch->first;
}
