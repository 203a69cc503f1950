/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole messages of IKEv2: which payloads an exchange has in a request and a response,
 * as a table of forms (RFC 7296 sections 1.2 to 1.5 and appendix C, RFC 6023, 9242,
 * 9370), each payload well formed, in any order (section 2.5). What does not fit is
 * refused here, so that a handler gets what its form says or nothing.
 *
 * A protected message is read in two steps: message_parse() finds SK or SKF, the
 * caller opens it, message_inner() reads what was inside.
 */
#ifndef XIPSEC_IKEV2_MESSAGE_H
#define XIPSEC_IKEV2_MESSAGE_H

#include "user/ike/header.h"
#include "user/ikev2/payload.h"
#include "user/ikev2/pld_sk.h"

enum exchange {
	EX_IKE_SA_INIT		= 34,
	EX_IKE_AUTH		= 35,
	EX_CREATE_CHILD_SA	= 36,
	EX_INFORMATIONAL	= 37,
	EX_IKE_INTERMEDIATE	= 43,	/* RFC 9242 */
	EX_IKE_FOLLOWUP_KE	= 44,	/* RFC 9370 */
};

/* NULL: not one of ours. */
const char *exchange_name(uint8_t exchange);

/* What a message is, by the payloads it has. N and V may be in each. */
enum msg_form {
	FORM_NONE,
	FORM_SEALED,		/* SK or SKF, not opened yet */
	FORM_CLEAR_NOTICE,	/* unprotected N where protection is due: a hint (section 1.5) */
	FORM_REFUSED,		/* a response with N alone: error, COOKIE, INVALID_KE_PAYLOAD */

	FORM_INIT,		/* SA KE Nonce; in a response CERTREQ */

	FORM_AUTH,		/* request IDi AUTH SA TSi TSr, response IDr AUTH SA TSi TSr */
	FORM_AUTH_CHILDLESS,	/* the same without SA and TS: RFC 6023, or the child was refused */
	FORM_AUTH_EAP_START,	/* request: IDi SA TSi TSr; response: IDr EAP, may be AUTH */
	FORM_AUTH_EAP_CHILDLESS, /* request: IDi alone */
	FORM_AUTH_EAP,		/* EAP */
	FORM_AUTH_EAP_END,	/* request: AUTH; response: AUTH SA TSi TSr */
	FORM_AUTH_EAP_END_CHILDLESS, /* response: AUTH */

	FORM_CHILD,		/* SA Nonce TSi TSr, may be KE: new, or a rekey by N(REKEY_SA) */
	FORM_IKE_REKEY,		/* SA Nonce KE */

	FORM_INFORMATIONAL,	/* N D CP, or nothing */
	FORM_INTERMEDIATE,	/* may be KE */
	FORM_FOLLOWUP_KE,	/* KE */
};

/*
 * Certificates are what comes in numbers: a chain of 10 and requests for each. With all
 * notifications that anyone sends, half of this is reached. Counted with those that we skip.
 */
#define MSG_PAYLOADS_MAX	64

struct message {
	struct ike_header h;
	struct span	bytes;		/* borrowed: the message without marker */
	enum msg_form	form;
	uint16_t	n;
	uint16_t	skipped;	/* payloads of unknown types that were not critical */
	uint64_t	have;		/* PLD_BIT() of each type in pld */
	uint8_t		unsupported;	/* of -EPROTO: the critical type that we do not know */
	struct pld_sk	sk;		/* FORM_SEALED, and after message_inner() */
	struct payload	pld[MSG_PAYLOADS_MAX];
};

/*
 * `bytes` and `h` are those of ike_demux(). 0; *e with the reason of
 *   -EBADMSG	INVALID_SYNTAX (section 2.21)
 *   -EPROTO	UNSUPPORTED_CRITICAL_PAYLOAD with m->unsupported (section 2.5)
 *   -ENOTSUP	an exchange that we do not know
 * Whether it may be answered at all is the caller's knowledge: responses never are, and
 * before authentication only what section 2.21 says.
 */
int message_parse(struct span bytes, const struct ike_header *h, struct message *m, struct err *e);

/*
 * What was inside m's SK, or of all its fragments: `first` is the type of its first payload. The
 * payloads of m are then these. `plain` has to live as long. Errors as above.
 */
int message_inner(struct message *m, struct span plain, uint8_t first, struct err *e);

/* The first payload of the type at or behind index `from`; NULL: none. */
const struct payload *message_find(const struct message *m, uint8_t type, uint16_t from);

static inline bool message_has(const struct message *m, uint8_t type)
{
	return m->have & PLD_BIT(type);
}

/* The Notify payload of that type; false: not there. */
struct pld_notify;
bool message_notify(const struct message *m, uint16_t type, struct pld_notify *out);
/* The first one that is an error, of whatever type. */
bool message_error(const struct message *m, struct pld_notify *out);

/* --- writing -------------------------------------------------------------------------------- */

/*
 *	message_begin(&mw, &w, &h);
 *	chain_add(&mw.chain, PLD_KE);
 *	pld_ke_build(&w, &ke);
 *	message_end(&mw);		// then ask w.bad
 */
struct message_writer {
	struct wr	*w;		/* borrowed */
	size_t		at;		/* of the header */
	struct payload_chain chain;
};

/* Version 2.0; next payload and length come at the end. */
void message_begin(struct message_writer *mw, struct wr *w, const struct ike_header *h);
void message_end(struct message_writer *mw);

/*
 * The unprotected response to a request, with one notification (sections 1.5, 2.5, 2.21): SPIs,
 * exchange and message ID are the request's. A stranger gets no more bytes for its own.
 */
void message_refuse(struct wr *w, const struct ike_header *request, uint16_t notify,
		    struct span data);

/* The notification for an error of message_parse(), 0: none; *data: its one byte, or empty. */
uint16_t message_fault_notify(int rc, const struct message *m, struct span *data);

#endif /* XIPSEC_IKEV2_MESSAGE_H */
