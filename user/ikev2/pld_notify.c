// SPDX-License-Identifier: Apache-2.0
#include "user/ikev2/pld_notify.h"

#include <errno.h>

#include "user/ike/transform.h"

enum spi_rule { ANY, CHILD };

static const struct row {
	uint16_t	type;
	const char	*name;
	enum spi_rule	spi;
	uint16_t	least, most;
} known[] = {
#define X(NUMBER, NAME, ...) { NUMBER, #NAME, __VA_ARGS__ },
	NOTIFIES(X)
#undef X
};

static const struct row *row_of(uint16_t type)
{
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].type == type)
			return &known[i];
	return NULL;
}

const char *notify_name(uint16_t type)
{
	const struct row *r = row_of(type);

	return r ? r->name : NULL;
}

static bool is_child(uint8_t protocol)
{
	return protocol == IKE_PROTO_ESP || protocol == IKE_PROTO_AH;
}

static int check(const struct row *r, const struct pld_notify *n, struct err *e)
{
	/* CVE-2023-38710: a REKEY_SA for no protocol must not get as far as its answer. */
	if (r->spi == CHILD && (!is_child(n->protocol) || !n->spi_len))
		return err_set(e, -EBADMSG, "%s for protocol %u with an SPI of %u bytes", r->name,
			       n->protocol, n->spi_len);
	if (n->data.n < r->least || n->data.n > r->most)
		return err_set(e, -EBADMSG, "%s with %zu bytes (%u to %u)", r->name, n->data.n,
			       r->least, r->most);
	if (n->type == N_SIGNATURE_HASH_ALGORITHMS && n->data.n % 2)
		return err_set(e, -EBADMSG, "%s with %zu bytes", r->name, n->data.n);
	return 0;
}

int pld_notify_parse(struct span body, struct pld_notify *out, struct err *e)
{
	struct cur c = cur_of(body), spi;
	const struct row *r;

	out->protocol = cur_u8(&c);
	out->spi_len = cur_u8(&c);
	out->type = cur_u16(&c);
	spi = cur_sub(&c, out->spi_len);
	out->data = cur_rest(&c);
	if (c.bad)
		return err_set(e, -EBADMSG, "notify: %zu bytes with an SPI of %u", body.n,
			       out->spi_len);
	if (out->spi_len && out->spi_len != 8 && out->spi_len != 4)
		return err_set(e, -EBADMSG, "notify: SPI of %u bytes", out->spi_len);
	if (is_child(out->protocol) && out->spi_len == 8)
		return err_set(e, -EBADMSG, "notify: SPI of 8 bytes for protocol %u",
			       out->protocol);
	out->spi = out->spi_len == 8 ? cur_u64(&spi) : out->spi_len ? cur_u32(&spi) : 0;
	r = row_of(out->type);
	return r ? check(r, out, e) : 0;
}

void pld_notify_build(struct wr *w, const struct pld_notify *n)
{
	wr_u8(w, n->protocol);
	wr_u8(w, n->spi_len);
	wr_u16(w, n->type);
	if (n->spi_len == 8)
		wr_u64(w, n->spi);
	else if (n->spi_len == 4)
		wr_u32(w, (uint32_t)n->spi);
	else if (n->spi_len)
		w->bad = true;
	wr_span(w, n->data);
}

/* --- Delete --------------------------------------------------------------------------------- */

int pld_delete_parse(struct span body, struct pld_delete *out, struct err *e)
{
	struct cur c = cur_of(body);
	uint8_t spi_len;

	out->protocol = cur_u8(&c);
	spi_len = cur_u8(&c);
	out->n = cur_u16(&c);
	out->spis = cur_rest(&c);
	if (c.bad)
		return err_set(e, -EBADMSG, "delete: %zu bytes (< 4)", body.n);
	if (out->protocol == IKE_PROTO_IKE) {
		if (spi_len || out->spis.n)
			return err_set(e, -EBADMSG, "delete: SPIs for the IKE SA");
		out->n = 0;
		return 0;
	}
	if (!is_child(out->protocol))
		return err_set(e, -EBADMSG, "delete: protocol %u", out->protocol);
	if (spi_len != 4 || out->spis.n != 4 * (size_t)out->n)
		return err_set(e, -EBADMSG, "delete: %u SPIs of %u bytes in %zu", out->n, spi_len,
			       out->spis.n);
	return 0;
}

void pld_delete_build(struct wr *w, const struct pld_delete *d)
{
	bool child = d->protocol != IKE_PROTO_IKE;

	wr_u8(w, d->protocol);
	wr_u8(w, child ? 4 : 0);
	wr_u16(w, child ? d->n : 0);
	if (d->spis.n != (child ? 4 * (size_t)d->n : 0))
		w->bad = true;
	wr_span(w, d->spis);
}

uint32_t pld_delete_spi(const struct pld_delete *d, uint16_t i)
{
	struct cur c = cur_of(d->spis);

	cur_take(&c, 4 * (size_t)i);
	return cur_u32(&c);
}
