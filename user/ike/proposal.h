/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proposals of both versions in one neutral form, and the choice among them. The
 * initiator's order decides (R-IKE-23): its proposals from the first to the last,
 * and for each type its transforms from the first to the last. RFC 7296 sections
 * 2.7 and 3.3, AEAD by RFC 5282, additional key exchanges by RFC 9370.
 *
 * A type that a proposal does not have counts as NONE, so one rule serves all: for
 * each type the first transform of the offer that ours has too. What must not be
 * NONE is asked for afterwards.
 */
#ifndef XIPSEC_IKE_PROPOSAL_H
#define XIPSEC_IKE_PROPOSAL_H

#include "user/ike/transform.h"

/*
 * strongSwan's default for IKE has 2 proposals with about 45 transforms; with a
 * proposal for each combination some devices come to 20.
 */
#define PROPOSALS_MAX	32
#define TRANSFORMS_MAX	256	/* of all proposals together */
#define SPI_MAX		8	/* bytes */

struct proposal {
	uint8_t		number;		/* from 1 */
	uint8_t		protocol;	/* enum ike_protocol, or one that we do not know */
	uint8_t		spi_len;	/* 0, 4 or 8 */
	uint64_t	spi;		/* host order */
	uint16_t	first, n;	/* its transforms, in the set's pool */
};

/* As offered, as answered, or as configured. About 3 KB. */
struct proposals {
	struct proposal	p[PROPOSALS_MAX];
	struct transform t[TRANSFORMS_MAX];
	uint16_t	n, nt;
	uint16_t	over;		/* proposals left out: no room, or nothing we could use */
};

/* For building. false: no room, nothing changed. proposals_add_transform() goes to the last one. */
bool proposals_add(struct proposals *s, uint8_t protocol, uint64_t spi, uint8_t spi_len);
bool proposals_add_transform(struct proposals *s, uint8_t type, uint16_t id, uint16_t keylen);

/* What the SA is for: which transforms belong to it. */
enum proposal_use {
	PROPOSAL_IKE,
	PROPOSAL_CHILD,
	PROPOSAL_CHILD_AUTH,	/* the first child, in IKE_AUTH: key exchange is not looked at */
};

/* How far the nearest pair came: larger is nearer. */
enum proposal_why {
	PROPOSAL_EMPTY,		/* nothing offered, or nothing configured */
	PROPOSAL_PROTOCOL,	/* no pair of the same protocol */
	PROPOSAL_UNKNOWN_TYPE,	/* .type in the offer is not known to us, or not of this protocol */
	PROPOSAL_LACKS,		/* the offer lacks .type, which is mandatory */
	PROPOSAL_NO_COMMON,	/* .type: no transform in both */
	PROPOSAL_PAIRS,		/* encryption and integrity, each in both, do not go together */
	PROPOSAL_KE_TWICE,	/* the same additional key exchange would be done twice */
	PROPOSAL_CHOSEN,
};

struct proposal_diag {
	enum proposal_why why;
	uint8_t		type;		/* enum transform_type, or 0 */
	uint16_t	offered, own;	/* indexes of the nearest pair */
	uint16_t	common;		/* types that agreed in it */
};

/*
 * Chooses. true: *chosen has one proposal with one transform for each type that the
 * offer has (the answer of RFC 7296 section 3.3.6, with the offer's number and SPI);
 * *d is PROPOSAL_CHOSEN. false: *d says why not. d may be NULL.
 */
bool proposal_choose(const struct proposals *offer, const struct proposals *own,
		     enum proposal_use use, struct proposals *chosen, struct proposal_diag *d);

/*
 * The initiator's check of an answer (RFC 7296 section 2.7): one proposal, one transform
 * of each type, each of them offered under that number, none left out that was not offered
 * as NONE. NULL: good; else what is wrong.
 */
const char *proposal_answer_fault(const struct proposals *offer, const struct proposals *answer,
				  enum proposal_use use);

/* The chosen transform of a type; NULL: none. `s` has one proposal. */
const struct transform *proposal_chosen(const struct proposals *s, uint8_t type);

/*
 * Texts for the log of the side that knows. Bounded, with " ..." where there is more; returns buf.
 *   proposal_list_str: "1: ESP AES_GCM_16-256 NO_ESN; 2: ESP ..."
 *   proposal_diag_str: "key exchange: peer offers ECP_256, we have MODP_2048 (proposal 2)"
 */
const char *proposal_list_str(const struct proposals *s, char *buf, size_t size);
const char *proposal_diag_str(const struct proposals *offer, const struct proposals *own,
			      const struct proposal_diag *d, char *buf, size_t size);

#endif /* XIPSEC_IKE_PROPOSAL_H */
