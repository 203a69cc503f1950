// SPDX-License-Identifier: Apache-2.0
#include "user/ikev2/pld_cp.h"

#include <errno.h>

static bool size_fits(uint16_t type, size_t n)
{
	switch (type) {
	case CP_IP4_ADDRESS:
	case CP_IP4_NETMASK:
	case CP_IP4_DNS:
	case CP_IP4_NBNS:
	case CP_IP4_DHCP:
		return !n || n == 4;
	case CP_IP4_SUBNET:
		return !n || n == 8;
	case CP_IP6_ADDRESS:
		/* 16: without the prefix length, as some clients ask. */
		return !n || n == 16 || n == 17;
	case CP_IP6_DNS:
	case CP_IP6_DHCP:
		return !n || n == 16;
	case CP_IP6_SUBNET:
		return !n || n == 17;
	case CP_SUPPORTED_ATTRIBUTES:
		return !(n % 2);
	}
	return true;
}

int pld_cp_parse(struct span body, struct pld_cp *out, struct err *e)
{
	struct cur c = cur_of(body);

	out->n = out->over = 0;
	out->type = cur_u8(&c);
	cur_take(&c, 3);
	while (c.n) {
		uint16_t type = cur_u16(&c) & 0x7fff;
		size_t len = cur_u16(&c);
		struct span value = cur_take(&c, len);

		if (c.bad)
			break;
		if (!size_fits(type, len))
			return err_set(e, -EBADMSG, "CP: attribute %u with %zu bytes", type, len);
		if (out->n == CP_ATTRS_MAX) {
			out->over++;
			continue;
		}
		out->attr[out->n].type = type;
		out->attr[out->n++].value = value;
	}
	if (c.bad)
		return err_set(e, -EBADMSG,
			       "CP: an attribute is longer than the payload of %zu bytes", body.n);
	return 0;
}

void pld_cp_build(struct wr *w, const struct pld_cp *cp)
{
	uint16_t i;

	wr_u8(w, cp->type);
	wr_zero(w, 3);
	for (i = 0; i < cp->n; i++) {
		size_t at = w->n + 2;

		wr_u16(w, cp->attr[i].type & 0x7fff);
		wr_u16(w, 0);
		wr_u16_at(w, at, cp->attr[i].value.n);
		wr_span(w, cp->attr[i].value);
	}
}

int pld_eap_parse(struct span body, struct pld_eap *out, struct err *e)
{
	struct cur c = cur_of(body);
	size_t len;
	bool ends;

	out->code = cur_u8(&c);
	out->id = cur_u8(&c);
	len = cur_u16(&c);
	out->data = cur_rest(&c);
	if (c.bad || len != body.n)
		return err_set(e, -EBADMSG, "EAP: length %zu in %zu bytes", len, body.n);
	if (out->code < EAP_REQUEST || out->code > EAP_FAILURE)
		return err_set(e, -EBADMSG, "EAP: code %u", out->code);
	/* Nothing rides along with success (RFC 3748 section 4.2), all else has a type. */
	ends = out->code >= EAP_SUCCESS;
	if (ends != !out->data.n)
		return err_set(e, -EBADMSG, "EAP: code %u with %zu bytes", out->code, body.n);
	return 0;
}

void pld_eap_build(struct wr *w, const struct pld_eap *eap)
{
	size_t at = w->n;

	wr_u8(w, eap->code);
	wr_u8(w, eap->id);
	wr_u16(w, 0);
	wr_span(w, eap->data);
	wr_u16_at(w, at + 2, w->n - at);
}
