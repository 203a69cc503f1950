// SPDX-License-Identifier: Apache-2.0
/*
 * A datagram as anyone may send it: what it is, its header, its chain of payloads, its form.
 * The first byte says which port it comes on, or that it is the opened inside of an SK payload,
 * of which exchange and way. A message that is taken has what its form says; its payloads
 * read again; a refusal always has a reason.
 */
#include "selftests/fuzz/ikev2_unit.h"

static void check_taken(const struct message *m)
{
	struct pld_notify n;
	uint16_t i;

	CHECK(m->form != FORM_NONE && m->n <= MSG_PAYLOADS_MAX && !m->unsupported);
	for (i = 0; i < m->n; i++) {
		CHECK(payload_known(m->pld[i].type) && message_has(m, m->pld[i].type));
		CHECK(message_find(m, m->pld[i].type, i) == &m->pld[i]);
	}
	if (m->form == FORM_INIT)
		CHECK(message_has(m, PLD_SA) && message_has(m, PLD_KE) && message_has(m, PLD_NONCE));
	if (m->form == FORM_AUTH)
		CHECK(message_has(m, PLD_AUTH) && message_has(m, PLD_TSI) && message_has(m, PLD_TSR));
	if (m->form == FORM_SEALED)
		CHECK(m->sk.aad + m->sk.sealed.n == m->bytes.n && m->sk.sealed.n);
	message_error(m, &n);
	message_notify(m, N_COOKIE, &n);
}

static void check_refused(int rc, const struct message *m, const struct err *e)
{
	uint8_t buf[64];
	struct wr w = wr_of(buf, sizeof(buf));
	struct span data;
	uint16_t type = message_fault_notify(rc, m, &data);

	CHECK(rc == -EBADMSG || rc == -EPROTO || rc == -ENOTSUP);
	CHECK(e->code == rc && e->text[0] && type);
	/* The answer is one that we would take, and smaller than most that cause it. */
	message_refuse(&w, &m->h, type, data);
	CHECK(!w.bad && w.n <= IKE_HEADER_LEN + 9);
}

static void datagram(enum ike_port port, struct span in)
{
	static struct message m;
	struct ike_header h;
	struct span msg;
	struct err e = {};
	int rc;

	switch (ike_demux(port, in, &h, &msg, &e)) {
	case IKE_DG_BAD:
		CHECK(e.text[0]);
		return;
	case IKE_DG_V2:
		break;
	default:
		return;
	}
	rc = message_parse(msg, &h, &m, &e);
	if (rc)
		check_refused(rc, &m, &e);
	else
		check_taken(&m);
}

static void inside(uint8_t how, struct span in)
{
	static const uint8_t exchanges[] = { EX_IKE_AUTH, EX_CREATE_CHILD_SA, EX_INFORMATIONAL,
					     EX_IKE_INTERMEDIATE, EX_IKE_FOLLOWUP_KE };
	static struct message m;
	struct cur c = cur_of(in);
	uint8_t first = cur_u8(&c);
	struct err e = {};
	int rc;

	memset(&m, 0, sizeof(m));
	m.h.exchange = exchanges[(how >> 3) % sizeof(exchanges)];
	m.h.flags = how & 4 ? IKE_F_RESPONSE : IKE_F_INITIATOR;
	m.h.spi_i = m.h.spi_r = 1;
	rc = message_inner(&m, cur_rest(&c), first, &e);
	if (rc) {
		CHECK(rc == -EBADMSG || rc == -EPROTO);
		CHECK(e.text[0]);
	} else {
		check_taken(&m);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cur c = cur_of(span_of(data, size));
	uint8_t how = cur_u8(&c), *exact;
	struct span in = cur_rest(&c);

	/* Of its own size, so that a byte too far is seen. */
	exact = malloc(in.n ? in.n : 1);
	if (in.n)
		memcpy(exact, in.p, in.n);
	in.p = exact;
	if (how & 2)
		inside(how, in);
	else
		datagram(how & 1 ? IKE_PORT_NATT : IKE_PORT_500, in);
	free(exact);
	return 0;
}
