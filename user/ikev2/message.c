// SPDX-License-Identifier: Apache-2.0
#include "user/ikev2/message.h"

#include <errno.h>

#include "user/ikev2/pld_auth.h"
#include "user/ikev2/pld_cp.h"
#include "user/ikev2/pld_ke.h"
#include "user/ikev2/pld_notify.h"
#include "user/ikev2/pld_sa.h"
#include "user/ikev2/pld_ts.h"

const char *exchange_name(uint8_t exchange)
{
	switch (exchange) {
	case EX_IKE_SA_INIT:
		return "IKE_SA_INIT";
	case EX_IKE_AUTH:
		return "IKE_AUTH";
	case EX_CREATE_CHILD_SA:
		return "CREATE_CHILD_SA";
	case EX_INFORMATIONAL:
		return "INFORMATIONAL";
	case EX_IKE_INTERMEDIATE:
		return "IKE_INTERMEDIATE";
	case EX_IKE_FOLLOWUP_KE:
		return "IKE_FOLLOWUP_KE";
	}
	return NULL;
}

/* --- the forms ------------------------------------------------------------------------------ */

enum way { REQUEST = 1, RESPONSE = 2, BOTH = REQUEST | RESPONSE };

struct form {
	enum msg_form	id;
	uint8_t		exchange;	/* 0: any but IKE_SA_INIT */
	enum way	way;
	bool		sealed;
	uint64_t	need, may;
};

#define SA	PLD_BIT(PLD_SA)
#define KE	PLD_BIT(PLD_KE)
#define IDI	PLD_BIT(PLD_IDI)
#define IDR	PLD_BIT(PLD_IDR)
#define CERT	PLD_BIT(PLD_CERT)
#define REQ	PLD_BIT(PLD_CERTREQ)
#define AUTH	PLD_BIT(PLD_AUTH)
#define NONCE	PLD_BIT(PLD_NONCE)
#define N	PLD_BIT(PLD_NOTIFY)
#define D	PLD_BIT(PLD_DELETE)
#define V	PLD_BIT(PLD_VENDOR)
#define TS	(PLD_BIT(PLD_TSI) | PLD_BIT(PLD_TSR))
#define CP	PLD_BIT(PLD_CP)
#define EAP	PLD_BIT(PLD_EAP)

/* These may come more than once; all others are one or none (appendix C). */
#define MANY	(N | V | D | CERT | REQ)

/* What an initiator may add to its IDi. */
#define OFFERS	(CERT | REQ | IDR | CP)

/* Searched from the top: what needs more stands first. */
// clang-format off
static const struct form forms[] = {
	{ FORM_INIT,		EX_IKE_SA_INIT,	REQUEST,  false, SA | KE | NONCE,	0 },
	{ FORM_INIT,		EX_IKE_SA_INIT,	RESPONSE, false, SA | KE | NONCE,	REQ },
	{ FORM_REFUSED,		EX_IKE_SA_INIT,	RESPONSE, false, N,			0 },
	{ FORM_CLEAR_NOTICE,	0,		BOTH,	  false, N,			0 },

	{ FORM_AUTH,		EX_IKE_AUTH, REQUEST, true, IDI | AUTH | SA | TS, OFFERS },
	{ FORM_AUTH_CHILDLESS,	EX_IKE_AUTH, REQUEST, true, IDI | AUTH,		  OFFERS },
	{ FORM_AUTH_EAP_START,	EX_IKE_AUTH, REQUEST, true, IDI | SA | TS,	  OFFERS },
	{ FORM_AUTH_EAP_CHILDLESS, EX_IKE_AUTH, REQUEST, true, IDI,		  OFFERS },
	{ FORM_AUTH_EAP,	EX_IKE_AUTH, REQUEST, true, EAP,		  0 },
	{ FORM_AUTH_EAP_END,	EX_IKE_AUTH, REQUEST, true, AUTH,		  0 },

	{ FORM_AUTH,		EX_IKE_AUTH, RESPONSE, true, IDR | AUTH | SA | TS, CERT | CP },
	{ FORM_AUTH_EAP_START,	EX_IKE_AUTH, RESPONSE, true, IDR | EAP,		   CERT | AUTH },
	{ FORM_AUTH_CHILDLESS,	EX_IKE_AUTH, RESPONSE, true, IDR | AUTH,	   CERT | CP },
	{ FORM_AUTH_EAP_END,	EX_IKE_AUTH, RESPONSE, true, AUTH | SA | TS,	   CP },
	{ FORM_AUTH_EAP,	EX_IKE_AUTH, RESPONSE, true, EAP,		   0 },
	{ FORM_AUTH_EAP_END_CHILDLESS, EX_IKE_AUTH, RESPONSE, true, AUTH,	   CP },
	{ FORM_REFUSED,		EX_IKE_AUTH, RESPONSE, true, N,			   0 },

	{ FORM_CHILD,		EX_CREATE_CHILD_SA, BOTH,     true, SA | NONCE | TS, KE | CP },
	{ FORM_IKE_REKEY,	EX_CREATE_CHILD_SA, BOTH,     true, SA | NONCE | KE, 0 },
	{ FORM_REFUSED,		EX_CREATE_CHILD_SA, RESPONSE, true, N,		     0 },

	{ FORM_INFORMATIONAL,	EX_INFORMATIONAL,    BOTH,     true, 0,	 D | CP },
	{ FORM_INTERMEDIATE,	EX_IKE_INTERMEDIATE, BOTH,     true, 0,	 KE },
	{ FORM_FOLLOWUP_KE,	EX_IKE_FOLLOWUP_KE,  BOTH,     true, KE, 0 },
	{ FORM_REFUSED,		EX_IKE_FOLLOWUP_KE,  RESPONSE, true, N,	 0 },
};
// clang-format on

static bool applies(const struct form *f, const struct message *m, bool sealed)
{
	enum way way = ike_is_response(&m->h) ? RESPONSE : REQUEST;
	bool exchange =
		f->exchange ? f->exchange == m->h.exchange : m->h.exchange != EX_IKE_SA_INIT;

	return exchange && f->way & way && f->sealed == sealed;
}

static const char *first_name(uint64_t types)
{
	return payload_name((uint8_t)__builtin_ctzll(types));
}

/* What keeps it from the nearest form. */
static int no_form(const struct message *m, bool sealed, struct err *e)
{
	const struct form *f, *best = NULL;
	int least = 1000, faults;

	for (f = forms; f < forms + sizeof(forms) / sizeof(forms[0]); f++) {
		if (!applies(f, m, sealed))
			continue;
		faults = __builtin_popcountll(f->need & ~m->have) +
			 __builtin_popcountll(m->have & ~(f->need | f->may | N | V));
		if (faults < least) {
			least = faults;
			best = f;
		}
	}
	if (!best)
		return err_set(e, -EBADMSG, "%s may not be %s", exchange_name(m->h.exchange),
			       sealed ? "protected" : "unprotected");
	if (best->need & ~m->have)
		return err_set(e, -EBADMSG, "%s %s lacks the %s payload",
			       exchange_name(m->h.exchange),
			       ike_is_response(&m->h) ? "response" : "request",
			       first_name(best->need & ~m->have));
	return err_set(e, -EBADMSG, "%s %s has a %s payload", exchange_name(m->h.exchange),
		       ike_is_response(&m->h) ? "response" : "request",
		       first_name(m->have & ~(best->need | best->may | N | V)));
}

static int find_form(struct message *m, bool sealed, struct err *e)
{
	const struct form *f;

	for (f = forms; f < forms + sizeof(forms) / sizeof(forms[0]); f++) {
		if (!applies(f, m, sealed) || f->need & ~m->have ||
		    m->have & ~(f->need | f->may | N | V))
			continue;
		m->form = f->id;
		return 0;
	}
	return no_form(m, sealed, e);
}

/* --- each payload --------------------------------------------------------------------------- */

/* By the parser that its user will call later. */
static int check_payload(const struct payload *p, struct err *e)
{
	union {
		struct proposals sa;
		struct pld_ke ke;
		struct identity id;
		struct pld_cert cert;
		struct pld_auth auth;
		struct span nonce;
		struct pld_notify n;
		struct pld_delete d;
		struct ts_list ts;
		struct pld_cp cp;
		struct pld_eap eap;
	} u;

	switch (p->type) {
	case PLD_SA:
		return pld_sa_parse(p->body, &u.sa, e);
	case PLD_KE:
		return pld_ke_parse(p->body, &u.ke, e);
	case PLD_IDI:
	case PLD_IDR:
		return pld_id_parse(p->body, &u.id, e);
	case PLD_CERT:
		return pld_cert_parse(p->body, &u.cert, e);
	case PLD_CERTREQ:
		return pld_certreq_parse(p->body, &u.cert, e);
	case PLD_AUTH:
		return pld_auth_parse(p->body, &u.auth, e);
	case PLD_NONCE:
		return pld_nonce_parse(p->body, &u.nonce, e);
	case PLD_NOTIFY:
		return pld_notify_parse(p->body, &u.n, e);
	case PLD_DELETE:
		return pld_delete_parse(p->body, &u.d, e);
	case PLD_TSI:
	case PLD_TSR:
		return pld_ts_parse(p->body, &u.ts, e);
	case PLD_CP:
		return pld_cp_parse(p->body, &u.cp, e);
	case PLD_EAP:
		return pld_eap_parse(p->body, &u.eap, e);
	}
	return 0; /* Vendor IDs are any bytes; SK and SKF are looked at apart */
}

static int take_payload(struct message *m, const struct payload *p, struct err *e)
{
	if (!payload_known(p->type)) {
		m->skipped++;
		if (p->critical && !m->unsupported)
			m->unsupported = p->type;
		return 0;
	}
	if (m->have & PLD_BIT(p->type) & ~MANY)
		return err_set(e, -EBADMSG, "two %s payloads", payload_name(p->type));
	m->have |= PLD_BIT(p->type);
	m->pld[m->n++] = *p;
	return 0;
}

static int read_chain(struct message *m, struct span chain, uint8_t first, struct err *e)
{
	struct payload_walk w = payload_walk_of(chain, first);
	struct payload p;
	int rc;

	m->form = FORM_NONE;
	m->n = m->skipped = 0;
	m->have = 0;
	m->unsupported = 0;
	while ((rc = payload_next(&w, &p, e)) > 0) {
		if (m->n + m->skipped == MSG_PAYLOADS_MAX)
			return err_set(e, -EBADMSG, "more than %d payloads", MSG_PAYLOADS_MAX);
		if ((rc = take_payload(m, &p, e)))
			return rc;
	}
	if (rc)
		return rc;
	if (m->unsupported)
		return err_set(e, -EPROTO, "unknown critical payload of type %u", m->unsupported);
	return 0;
}

static int check_payloads(const struct message *m, struct err *e)
{
	uint16_t i;
	int rc;

	for (i = 0; i < m->n; i++)
		if ((rc = check_payload(&m->pld[i], e)))
			return rc;
	return 0;
}

/* --- the header ----------------------------------------------------------------------------- */

/* Sections 2.2, 2.6 and 3.1: what the first exchange has to have, and all others must not. */
static int check_header(const struct ike_header *h, struct err *e)
{
	bool response = ike_is_response(h), initiator = ike_sender(h) == IKE_INITIATOR;

	if (!exchange_name(h->exchange))
		return err_set(e, -ENOTSUP, "exchange type %u is not known", h->exchange);
	if (h->exchange != EX_IKE_SA_INIT)
		return 0;
	if (h->id)
		return err_set(e, -EBADMSG, "IKE_SA_INIT with message ID %u", h->id);
	if (initiator == response)
		return err_set(e, -EBADMSG, "IKE_SA_INIT %s with the flags 0x%02x",
			       response ? "response" : "request", h->flags);
	if (!response && h->spi_r)
		return err_set(e, -EBADMSG, "IKE_SA_INIT request with a responder's SPI");
	return 0;
}

static int take_sealed(struct message *m, struct err *e)
{
	const struct payload *last = &m->pld[m->n - 1];
	int rc;

	if (m->h.exchange == EX_IKE_SA_INIT)
		return err_set(e, -EBADMSG, "IKE_SA_INIT may not be protected");
	/* Beside SK they would be seen by nobody's rules but this one. */
	if (m->n > 1)
		return err_set(e, -EBADMSG, "a %s payload outside of %s",
			       payload_name(m->pld[0].type), payload_name(last->type));
	if (!m->h.spi_r)
		return err_set(e, -EBADMSG, "protected, without a responder's SPI");
	if ((rc = pld_sk_parse(m->bytes, last, &m->sk, e)))
		return rc;
	m->form = FORM_SEALED;
	return 0;
}

int message_parse(struct span bytes, const struct ike_header *h, struct message *m, struct err *e)
{
	struct cur c = cur_of(bytes);
	int rc;

	m->h = *h;
	m->bytes = bytes;
	m->form = FORM_NONE;
	m->n = m->skipped = 0;
	m->have = 0;
	m->unsupported = 0;
	m->sk = (struct pld_sk){};
	cur_take(&c, IKE_HEADER_LEN);
	if (c.bad)
		return err_set(e, -EBADMSG, "%zu bytes are no message", bytes.n);
	if ((rc = check_header(h, e)) || (rc = read_chain(m, cur_rest(&c), h->next, e)))
		return rc;
	if (m->have & (PLD_BIT(PLD_SK) | PLD_BIT(PLD_SKF)))
		return take_sealed(m, e);
	if ((rc = find_form(m, false, e)) || (rc = check_payloads(m, e)))
		return rc;
	if (m->form == FORM_INIT && ike_is_response(h) && !h->spi_r)
		return err_set(e, -EBADMSG, "IKE_SA_INIT response without a responder's SPI");
	return 0;
}

int message_inner(struct message *m, struct span plain, uint8_t first, struct err *e)
{
	int rc;

	if ((rc = read_chain(m, plain, first, e)))
		return rc;
	if (m->have & (PLD_BIT(PLD_SK) | PLD_BIT(PLD_SKF)))
		return err_set(e, -EBADMSG, "an encrypted payload inside of another");
	if ((rc = find_form(m, true, e)))
		return rc;
	return check_payloads(m, e);
}

const struct payload *message_find(const struct message *m, uint8_t type, uint16_t from)
{
	for (; from < m->n; from++)
		if (m->pld[from].type == type)
			return &m->pld[from];
	return NULL;
}

static bool find_notify(const struct message *m, int type, struct pld_notify *out)
{
	uint16_t i;

	for (i = 0; i < m->n; i++)
		if (m->pld[i].type == PLD_NOTIFY && !pld_notify_parse(m->pld[i].body, out, NULL) &&
		    (type < 0 ? notify_is_error(out->type) : out->type == type))
			return true;
	return false;
}

bool message_notify(const struct message *m, uint16_t type, struct pld_notify *out)
{
	return find_notify(m, type, out);
}

bool message_error(const struct message *m, struct pld_notify *out)
{
	return find_notify(m, -1, out);
}

/* --- writing -------------------------------------------------------------------------------- */

void message_begin(struct message_writer *mw, struct wr *w, const struct ike_header *h)
{
	struct ike_header out = *h;

	out.major = 2;
	out.minor = 0;
	out.flags &= IKE_F_INITIATOR | IKE_F_RESPONSE;
	out.next = PLD_NONE;
	out.length = 0;
	mw->w = w;
	mw->at = w->n;
	ike_header_build(w, &out);
	chain_begin(&mw->chain, w);
}

void message_end(struct message_writer *mw)
{
	wr_u8_at(mw->w, mw->at + IKE_NEXT_AT, chain_end(&mw->chain));
	ike_header_finish(mw->w, mw->at);
}

void message_refuse(struct wr *w, const struct ike_header *request, uint16_t notify,
		    struct span data)
{
	struct pld_notify n = { .type = notify, .data = data };
	struct ike_header h = *request;
	struct message_writer mw;

	h.flags = IKE_F_RESPONSE | (~request->flags & IKE_F_INITIATOR);
	message_begin(&mw, w, &h);
	chain_add(&mw.chain, PLD_NOTIFY);
	pld_notify_build(w, &n);
	message_end(&mw);
}

uint16_t message_fault_notify(int rc, const struct message *m, struct span *data)
{
	*data = (struct span){};
	switch (rc) {
	case -EPROTO:
		*data = span_of(&m->unsupported, 1);
		return N_UNSUPPORTED_CRITICAL_PAYLOAD;
	case -EBADMSG:
	case -ENOTSUP:
		return N_INVALID_SYNTAX;
	}
	return 0;
}
