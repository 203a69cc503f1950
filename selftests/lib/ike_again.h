/* SPDX-License-Identifier: Apache-2.0 */
/* One payload read and written again, for unit tests and fuzz harnesses alike. */
#ifndef XIPSEC_SELFTESTS_IKE_AGAIN_H
#define XIPSEC_SELFTESTS_IKE_AGAIN_H

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/ikev2/pld_auth.h"
#include "user/ikev2/pld_cp.h"
#include "user/ikev2/pld_ke.h"
#include "user/ikev2/pld_notify.h"
#include "user/ikev2/pld_sa.h"
#include "user/ikev2/pld_ts.h"

#define AGAIN(TYPE, PARSE, BUILD)				\
	do {							\
		TYPE x;						\
								\
		rc = PARSE(body, &x, e);			\
		if (!rc)					\
			BUILD(w, &x);				\
		return rc;					\
	} while (0)

/* 0 and what was read, written to w; or the parser's error, nothing written. */
static inline int payload_again(uint8_t type, struct span body, struct wr *w, struct err *e)
{
	struct span nonce;
	int rc;

	switch (type) {
	case PLD_SA:
		AGAIN(struct proposals, pld_sa_parse, pld_sa_build);
	case PLD_KE:
		AGAIN(struct pld_ke, pld_ke_parse, pld_ke_build);
	case PLD_IDI:
	case PLD_IDR:
		AGAIN(struct identity, pld_id_parse, pld_id_build);
	case PLD_CERT:
		AGAIN(struct pld_cert, pld_cert_parse, pld_cert_build);
	case PLD_CERTREQ:
		AGAIN(struct pld_cert, pld_certreq_parse, pld_cert_build);
	case PLD_AUTH:
		AGAIN(struct pld_auth, pld_auth_parse, pld_auth_build);
	case PLD_NONCE:
		rc = pld_nonce_parse(body, &nonce, e);
		if (!rc)
			pld_nonce_build(w, nonce);
		return rc;
	case PLD_NOTIFY:
		AGAIN(struct pld_notify, pld_notify_parse, pld_notify_build);
	case PLD_DELETE:
		AGAIN(struct pld_delete, pld_delete_parse, pld_delete_build);
	case PLD_TSI:
	case PLD_TSR:
		AGAIN(struct ts_list, pld_ts_parse, pld_ts_build);
	case PLD_CP:
		AGAIN(struct pld_cp, pld_cp_parse, pld_cp_build);
	case PLD_EAP:
		AGAIN(struct pld_eap, pld_eap_parse, pld_eap_build);
	}
	return -ENOTSUP;
}

#endif /* XIPSEC_SELFTESTS_IKE_AGAIN_H */
