/* SPDX-License-Identifier: Apache-2.0 */
/* Notify and Delete payloads (RFC 7296 sections 3.10 and 3.11), and all notifications we know. */
#ifndef XIPSEC_IKEV2_PLD_NOTIFY_H
#define XIPSEC_IKEV2_PLD_NOTIFY_H

#include "user/ikev2/payload.h"

/*
 * X(number, NAME, SPI, least, most): bytes of data, and whether an SPI of ESP or AH has
 * to be there. Numbers below 16384 are errors. Sizes stand where reading the data
 * depends on them; FREE where the content does not matter to us.
 */
#define FREE	0, 65535
// clang-format off
#define NOTIFIES(X)							\
	/* RFC 7296 */							\
	X(    1, UNSUPPORTED_CRITICAL_PAYLOAD,		ANY, FREE)	\
	X(    4, INVALID_IKE_SPI,			ANY, FREE)	\
	X(    5, INVALID_MAJOR_VERSION,			ANY, FREE)	\
	X(    7, INVALID_SYNTAX,			ANY, FREE)	\
	X(    9, INVALID_MESSAGE_ID,			ANY, FREE)	\
	X(   11, INVALID_SPI,				ANY, FREE)	\
	X(   14, NO_PROPOSAL_CHOSEN,			ANY, FREE)	\
	X(   17, INVALID_KE_PAYLOAD,			ANY, 2, 2)	\
	X(   24, AUTHENTICATION_FAILED,			ANY, FREE)	\
	X(   34, SINGLE_PAIR_REQUIRED,			ANY, FREE)	\
	X(   35, NO_ADDITIONAL_SAS,			ANY, FREE)	\
	X(   36, INTERNAL_ADDRESS_FAILURE,		ANY, FREE)	\
	X(   37, FAILED_CP_REQUIRED,			ANY, FREE)	\
	X(   38, TS_UNACCEPTABLE,			ANY, FREE)	\
	X(   39, INVALID_SELECTORS,			ANY, FREE)	\
	X(   40, UNACCEPTABLE_ADDRESSES,		ANY, FREE)	/* RFC 4555 */ \
	X(   41, UNEXPECTED_NAT_DETECTED,		ANY, FREE)	/* RFC 4555 */ \
	X(   42, USE_ASSIGNED_HoA,			ANY, FREE)	\
	X(   43, TEMPORARY_FAILURE,			ANY, FREE)	\
	X(   44, CHILD_SA_NOT_FOUND,			ANY, FREE)	\
	X(   45, INVALID_GROUP_ID,			ANY, FREE)	\
	X(   46, AUTHORIZATION_FAILED,			ANY, FREE)	\
	X(   47, STATE_NOT_FOUND,			ANY, FREE)	/* RFC 9370 */ \
	X(16384, INITIAL_CONTACT,			ANY, FREE)	\
	X(16385, SET_WINDOW_SIZE,			ANY, 4, 4)	\
	X(16386, ADDITIONAL_TS_POSSIBLE,		ANY, FREE)	\
	X(16387, IPCOMP_SUPPORTED,			ANY, 3, 3)	\
	X(16388, NAT_DETECTION_SOURCE_IP,		ANY, 20, 20)	\
	X(16389, NAT_DETECTION_DESTINATION_IP,		ANY, 20, 20)	\
	X(16390, COOKIE,				ANY, 1, 64)	\
	X(16391, USE_TRANSPORT_MODE,			ANY, FREE)	\
	X(16392, HTTP_CERT_LOOKUP_SUPPORTED,		ANY, FREE)	\
	X(16393, REKEY_SA,				CHILD, FREE)	\
	X(16394, ESP_TFC_PADDING_NOT_SUPPORTED,		ANY, FREE)	\
	X(16395, NON_FIRST_FRAGMENTS_ALSO,		ANY, FREE)	\
	/* MOBIKE, RFC 4555 */						\
	X(16396, MOBIKE_SUPPORTED,			ANY, FREE)	\
	X(16397, ADDITIONAL_IP4_ADDRESS,		ANY, 4, 4)	\
	X(16398, ADDITIONAL_IP6_ADDRESS,		ANY, 16, 16)	\
	X(16399, NO_ADDITIONAL_ADDRESSES,		ANY, FREE)	\
	X(16400, UPDATE_SA_ADDRESSES,			ANY, FREE)	\
	X(16401, COOKIE2,				ANY, 8, 64)	\
	X(16402, NO_NATS_ALLOWED,			ANY, 12, 36)	\
	X(16403, AUTH_LIFETIME,				ANY, 4, 4)	/* RFC 4478 */ \
	X(16404, MULTIPLE_AUTH_SUPPORTED,		ANY, FREE)	/* RFC 4739 */ \
	X(16405, ANOTHER_AUTH_FOLLOWS,			ANY, FREE)	/* RFC 4739 */ \
	X(16406, REDIRECT_SUPPORTED,			ANY, FREE)	/* RFC 5685 */ \
	X(16407, REDIRECT,				ANY, FREE)	/* RFC 5685 */ \
	X(16408, REDIRECTED_FROM,			ANY, FREE)	/* RFC 5685 */ \
	X(16409, TICKET_LT_OPAQUE,			ANY, FREE)	/* RFC 5723 */ \
	X(16410, TICKET_REQUEST,			ANY, FREE)	/* RFC 5723 */ \
	X(16411, TICKET_ACK,				ANY, FREE)	/* RFC 5723 */ \
	X(16412, TICKET_NACK,				ANY, FREE)	/* RFC 5723 */ \
	X(16413, TICKET_OPAQUE,				ANY, FREE)	/* RFC 5723 */ \
	X(16415, USE_WESP_MODE,				ANY, FREE)	/* RFC 5840 */ \
	X(16416, ROHC_SUPPORTED,			ANY, FREE)	/* RFC 5857 */ \
	X(16417, EAP_ONLY_AUTHENTICATION,		ANY, FREE)	/* RFC 5998 */ \
	X(16418, CHILDLESS_IKEV2_SUPPORTED,		ANY, FREE)	/* RFC 6023 */ \
	X(16419, QUICK_CRASH_DETECTION,			ANY, 16, 128)	/* RFC 6290 */ \
	X(16420, IKEV2_MESSAGE_ID_SYNC_SUPPORTED,	ANY, FREE)	/* RFC 6311 */ \
	X(16421, IPSEC_REPLAY_COUNTER_SYNC_SUPPORTED,	ANY, FREE)	/* RFC 6311 */ \
	X(16422, IKEV2_MESSAGE_ID_SYNC,			ANY, 12, 12)	/* RFC 6311 */ \
	X(16423, IPSEC_REPLAY_COUNTER_SYNC,		ANY, 4, 8)	/* RFC 6311 */ \
	X(16424, SECURE_PASSWORD_METHODS,		ANY, FREE)	/* RFC 6467 */ \
	X(16430, IKEV2_FRAGMENTATION_SUPPORTED,		ANY, FREE)	/* RFC 7383 */ \
	X(16431, SIGNATURE_HASH_ALGORITHMS,		ANY, 2, 65534)	/* RFC 7427 */ \
	X(16432, CLONE_IKE_SA_SUPPORTED,		ANY, FREE)	/* RFC 7791 */ \
	X(16433, CLONE_IKE_SA,				ANY, FREE)	/* RFC 7791 */ \
	X(16434, PUZZLE,				ANY, FREE)	/* RFC 8019 */ \
	X(16435, USE_PPK,				ANY, FREE)	/* RFC 8784 */ \
	X(16436, PPK_IDENTITY,				ANY, 2, 65535)	/* RFC 8784 */ \
	X(16437, NO_PPK_AUTH,				ANY, 1, 65535)	/* RFC 8784 */ \
	X(16438, INTERMEDIATE_EXCHANGE_SUPPORTED,	ANY, FREE)	/* RFC 9242 */ \
	X(16439, IP4_ALLOWED,				ANY, FREE)	/* RFC 8983 */ \
	X(16440, IP6_ALLOWED,				ANY, FREE)	/* RFC 8983 */ \
	X(16441, ADDITIONAL_KEY_EXCHANGE,		ANY, 1, 65535)	/* RFC 9370 */ \
	X(16442, USE_AGGFRAG,				ANY, FREE)	/* RFC 9347 */
// clang-format on

enum notify_type {
#define X(NUMBER, NAME, ...) N_##NAME = NUMBER,
	NOTIFIES(X)
#undef X
};

/* Below this they are errors: in a response they say that the request failed (section 3.10.1). */
#define NOTIFY_STATUS	16384

struct pld_notify {
	uint8_t		protocol;	/* enum ike_protocol; means something with an SPI only */
	uint8_t		spi_len;	/* 0, 4 or 8 */
	uint64_t	spi;		/* host order */
	uint16_t	type;		/* enum notify_type, or one that we do not know */
	struct span	data;		/* borrowed */
};

/* Types that we do not know are no fault: errors then mean failure, status is ignored. */
int pld_notify_parse(struct span body, struct pld_notify *out, struct err *e);
void pld_notify_build(struct wr *w, const struct pld_notify *n);

/* "INVALID_SYNTAX"; NULL: not known. */
const char *notify_name(uint16_t type);

static inline bool notify_is_error(uint16_t type)
{
	return type < NOTIFY_STATUS;
}

/* --- Delete --------------------------------------------------------------------------------- */

struct pld_delete {
	uint8_t		protocol;	/* IKE_PROTO_IKE: the IKE SA itself, no SPIs */
	uint16_t	n;
	struct span	spis;		/* borrowed; n times 4 bytes */
};

int pld_delete_parse(struct span body, struct pld_delete *out, struct err *e);
void pld_delete_build(struct wr *w, const struct pld_delete *d);

/* i < n. Host order. The same SPI may stand there twice. */
uint32_t pld_delete_spi(const struct pld_delete *d, uint16_t i);

#endif /* XIPSEC_IKEV2_PLD_NOTIFY_H */
