// SPDX-License-Identifier: Apache-2.0
#include "user/ike/proposal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool proposals_add(struct proposals *s, uint8_t protocol, uint64_t spi, uint8_t spi_len)
{
	if (s->n == PROPOSALS_MAX)
		return false;
	s->p[s->n] = (struct proposal){
		.number = (uint8_t)(s->n + 1),
		.protocol = protocol,
		.spi = spi,
		.spi_len = spi_len,
		.first = s->nt,
	};
	s->n++;
	return true;
}

bool proposals_add_transform(struct proposals *s, uint8_t type, uint16_t id, uint16_t keylen)
{
	/* The wire has one byte for their number. */
	if (!s->n || s->nt == TRANSFORMS_MAX || s->p[s->n - 1].n == 255)
		return false;
	s->t[s->nt++] = (struct transform){ .type = type, .id = id, .keylen = keylen };
	s->p[s->n - 1].n++;
	return true;
}

/* --- what goes together --------------------------------------------------------------------- */

#define T(X)	(1U << (X))
#define T_ADDKE	(0x7fU << T_ADDKE1)

struct rule {
	uint8_t		protocol;
	unsigned int	known, must;	/* types of transforms */
};

/* RFC 7296 section 3.3.3, types 6 and on by RFC 9370. */
static const struct rule rules[] = {
	{ IKE_PROTO_IKE, T(T_ENCR) | T(T_PRF) | T(T_INTEG) | T(T_KE) | T_ADDKE,
	  T(T_ENCR) | T(T_PRF) | T(T_KE) },
	{ IKE_PROTO_ESP, T(T_ENCR) | T(T_INTEG) | T(T_KE) | T(T_ESN) | T_ADDKE,
	  T(T_ENCR) | T(T_ESN) },
	{ IKE_PROTO_AH, T(T_INTEG) | T(T_KE) | T(T_ESN) | T_ADDKE, T(T_INTEG) | T(T_ESN) },
};

static const struct rule *rule_of(uint8_t protocol)
{
	size_t i;

	for (i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (rules[i].protocol == protocol)
			return &rules[i];
	return NULL;
}

/* The order of the search, and so of what a diagnosis names first. */
static const uint8_t types[] = {
	T_ENCR, T_PRF, T_INTEG, T_KE, T_ESN, T_ADDKE1, T_ADDKE1 + 1, T_ADDKE1 + 2, T_ADDKE1 + 3,
	T_ADDKE1 + 4, T_ADDKE1 + 5, T_ADDKE7,
};

struct pair {				/* one proposal of each side */
	const struct proposals *offer, *own;
	const struct proposal *po, *pw;
	const struct rule *rule;
	bool no_ke;
	unsigned int encr_from, encr_at; /* ciphers not tried before this one; the one chosen */
	struct transform got[T_TYPES]; /* got[type].type is 0: not chosen yet */
};

static unsigned int types_in(const struct proposals *s, const struct proposal *p)
{
	unsigned int mask = 0;
	uint16_t i;

	for (i = 0; i < p->n; i++)
		if (s->t[p->first + i].type < T_TYPES)
			mask |= T(s->t[p->first + i].type);
	return mask;
}

/* A transform as no cipher takes it is not acceptable; others of its type may be (3.3.6). */
static bool is_sane(const struct transform *t)
{
	const struct transform_info *info = transform_info(t->type, t->id);

	return info && !(t->flags & TF_ATTR) && (info->keylen == KEYLEN_MUST) == !!t->keylen;
}

static bool has(const struct proposals *s, const struct proposal *p, const struct transform *t)
{
	uint16_t i;

	for (i = 0; i < p->n; i++)
		if (transform_equal(&s->t[p->first + i], t))
			return true;
	return !(types_in(s, p) & T(t->type)) && !t->id && !t->keylen && !t->flags;
}

/* The i-th of a type that the offer has; NONE once if it has none. */
static bool nth_offered(const struct pair *x, uint8_t type, unsigned int nth, struct transform *t)
{
	bool any = false;
	uint16_t i;

	for (i = 0; i < x->po->n; i++) {
		const struct transform *at = &x->offer->t[x->po->first + i];

		if (at->type != type)
			continue;
		any = true;
		if (!nth--) {
			*t = *at;
			return true;
		}
	}
	*t = (struct transform){ .type = type };
	return !any && !nth;
}

static bool is_aead(const struct transform *encr)
{
	const struct transform_info *info = transform_info(encr->type, encr->id);

	return info && info->aead;
}

/* AEAD has its integrity in it, all else needs one (RFC 7296 section 3.3.3, RFC 5282 section 8). */
static bool integ_fits(const struct pair *x, const struct transform *integ)
{
	if (x->rule->protocol == IKE_PROTO_AH)
		return integ->id != INTEG_NONE;
	return is_aead(&x->got[T_ENCR]) == (integ->id == INTEG_NONE);
}

/*
 * Key exchanges after the first must differ from each other and from it (RFC 9370 section 2.2.2).
 * The search takes none back: an offer whose first choices exclude its later ones is not
 * ours to solve.
 */
static bool is_repeated(const struct pair *x, const struct transform *t)
{
	uint8_t type;

	if (t->id == KE_NONE)
		return false;
	for (type = T_KE; type <= T_ADDKE7; type++)
		if (transform_is_ke(type) && type != t->type && x->got[type].type == type &&
		    x->got[type].id == t->id)
			return true;
	return false;
}

static bool is_needed(const struct pair *x, uint8_t type)
{
	return x->rule->must & T(type) && !(x->no_ke && transform_is_ke(type));
}

/* One type. PROPOSAL_CHOSEN, or why none. */
static enum proposal_why choose_type(struct pair *x, uint8_t type)
{
	enum proposal_why why = PROPOSAL_NO_COMMON;
	struct transform t;
	unsigned int i;

	for (i = type == T_ENCR ? x->encr_from : 0; nth_offered(x, type, i, &t); i++) {
		bool none = !t.id && type != T_ESN;

		if ((!none && !is_sane(&t)) || (none && is_needed(x, type)) ||
		    !has(x->own, x->pw, &t))
			continue;
		if (type == T_INTEG && !integ_fits(x, &t)) {
			why = PROPOSAL_PAIRS;
			continue;
		}
		if (type > T_KE && transform_is_ke(type) && is_repeated(x, &t)) {
			why = PROPOSAL_KE_TWICE;
			continue;
		}
		/* IKE's own messages are never sent in clear (section 5). */
		if (type == T_ENCR && x->rule->protocol == IKE_PROTO_IKE &&
		    (t.id == ENCR_NULL || t.id == ENCR_NULL_AUTH_AES_GMAC))
			continue;
		if (type == T_ENCR)
			x->encr_at = i;
		x->got[type] = t;
		return PROPOSAL_CHOSEN;
	}
	return why;
}

static void note(struct proposal_diag *best, struct proposal_diag now)
{
	if (now.common > best->common || (now.common == best->common && now.why > best->why))
		*best = now;
}

/* From types[i] on; d tells how far it came. */
static bool choose_types(struct pair *x, struct proposal_diag *d)
{
	size_t i;

	for (i = 0; i < sizeof(types); i++) {
		if (!(x->rule->known & T(types[i])) || (x->no_ke && transform_is_ke(types[i])))
			continue;
		d->type = types[i];
		d->why = choose_type(x, types[i]);
		if (d->why != PROPOSAL_CHOSEN)
			return false;
		d->common++;
	}
	return true;
}

static uint8_t unknown_type(const struct pair *x)
{
	uint16_t i;

	for (i = 0; i < x->po->n; i++) {
		uint8_t type = x->offer->t[x->po->first + i].type;

		if (type >= T_TYPES || !(x->rule->known & T(type)))
			return type;
	}
	return 0;
}

static uint8_t lacking_type(const struct pair *x)
{
	unsigned int in = types_in(x->offer, x->po);
	size_t i;

	for (i = 0; i < sizeof(types); i++)
		if (is_needed(x, types[i]) && !(in & T(types[i])))
			return types[i];
	return 0;
}

static bool choose_pair(struct pair *x, struct proposal_diag *best, struct proposal_diag now)
{
	if ((now.type = unknown_type(x))) {
		now.why = PROPOSAL_UNKNOWN_TYPE;
		note(best, now);
		return false;
	}
	if ((now.type = lacking_type(x))) {
		now.why = PROPOSAL_LACKS;
		note(best, now);
		return false;
	}
	for (;;) {
		now.common = 0;
		if (choose_types(x, &now)) {
			*best = now;
			return true;
		}
		note(best, now);
		if (now.why != PROPOSAL_PAIRS || now.type != T_INTEG || !x->got[T_ENCR].type)
			return false;
		/* A cipher that does not go with the integrity must not keep the next one out. */
		x->encr_from = x->encr_at + 1;
		memset(x->got, 0, sizeof(x->got));
	}
}

static void answer(const struct pair *x, const struct proposal *offered, unsigned int in,
		   struct proposals *chosen)
{
	uint8_t type;

	memset(chosen, 0, sizeof(*chosen));
	chosen->p[0] = (struct proposal){
		.number = offered->number,
		.protocol = offered->protocol,
		.spi = offered->spi,
		.spi_len = offered->spi_len,
	};
	chosen->n = 1;
	for (type = 1; type < T_TYPES; type++) {
		if (!(in & T(type)) || !x->got[type].type)
			continue;
		chosen->t[chosen->nt++] = x->got[type];
		chosen->p[0].n++;
	}
}

/* IKE's SPI is in the header at first and 8 bytes when it is rekeyed; ESP's is never 0. */
static bool fits_use(const struct proposal *p, enum proposal_use use)
{
	if (use == PROPOSAL_IKE)
		return p->protocol == IKE_PROTO_IKE;
	return p->protocol == IKE_PROTO_ESP || p->protocol == IKE_PROTO_AH;
}

bool proposal_choose(const struct proposals *offer, const struct proposals *own,
		     enum proposal_use use, struct proposals *chosen, struct proposal_diag *d)
{
	struct proposal_diag best = {
		.why = offer->n && own->n ? PROPOSAL_PROTOCOL : PROPOSAL_EMPTY,
	};
	uint16_t i, j;

	for (i = 0; i < offer->n; i++) {
		for (j = 0; j < own->n && fits_use(&offer->p[i], use); j++) {
			struct proposal_diag now = { .offered = i, .own = j };
			struct pair x = {
				.offer = offer,
				.own = own,
				.po = &offer->p[i],
				.pw = &own->p[j],
				.rule = rule_of(offer->p[i].protocol),
				.no_ke = use == PROPOSAL_CHILD_AUTH,
			};

			if (own->p[j].protocol != offer->p[i].protocol)
				continue;
			if (!choose_pair(&x, &best, now))
				continue;
			answer(&x, &offer->p[i], types_in(offer, &offer->p[i]), chosen);
			best.why = PROPOSAL_CHOSEN;
			best.type = 0;
			if (d)
				*d = best;
			return true;
		}
	}
	if (d)
		*d = best;
	return false;
}

const struct transform *proposal_chosen(const struct proposals *s, uint8_t type)
{
	uint16_t i;

	for (i = 0; s->n && i < s->p[0].n; i++)
		if (s->t[s->p[0].first + i].type == type)
			return &s->t[s->p[0].first + i];
	return NULL;
}

const char *proposal_answer_fault(const struct proposals *offer, const struct proposals *answer,
				  enum proposal_use use)
{
	const struct proposal *a = &answer->p[0], *o = NULL;
	bool no_ke = use == PROPOSAL_CHILD_AUTH;
	struct pair x = {};
	unsigned int seen = 0;
	uint16_t i;

	if (answer->n != 1 || answer->over)
		return "not one proposal";
	for (i = 0; i < offer->n; i++)
		if (offer->p[i].number == a->number)
			o = &offer->p[i];
	if (!o || o->protocol != a->protocol || o->spi_len != a->spi_len)
		return "a proposal that was not offered";
	x.rule = rule_of(o->protocol);
	for (i = 0; i < a->n; i++) {
		const struct transform *t = &answer->t[a->first + i];

		if (t->type >= T_TYPES || !has(offer, o, t))
			return "a transform that was not offered";
		if (seen & T(t->type))
			return "two transforms of one type";
		seen |= T(t->type);
		x.got[t->type] = *t;
	}
	for (i = 1; i < T_TYPES; i++) {
		struct transform none = { .type = (uint8_t)i };

		if (seen & T(i) || (no_ke && transform_is_ke((uint8_t)i)))
			continue;
		if (!has(offer, o, &none) || (x.rule && x.rule->must & T(i)))
			return "a type of transform left out";
	}
	if (!x.rule || !integ_fits(&x, &x.got[T_INTEG]))
		return "encryption and integrity do not go together";
	for (i = T_ADDKE1; i <= T_ADDKE7; i++)
		if (x.got[i].type && is_repeated(&x, &x.got[i]))
			return "the same key exchange twice";
	return NULL;
}

/* --- texts ---------------------------------------------------------------------------------- */

struct text {
	char	*buf;
	size_t	size, n;
	bool	full;
};

static void say(struct text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Whole pieces only; what does not fit is marked once. */
static void say(struct text *t, const char *fmt, ...)
{
	char piece[128];
	va_list ap;
	size_t len;

	if (t->full)
		return;
	va_start(ap, fmt);
	vsnprintf(piece, sizeof(piece), fmt, ap);
	va_end(ap);
	len = strlen(piece);
	if (t->n + len + sizeof(" ...") > t->size) {
		t->full = true;
		if (t->n + sizeof(" ...") <= t->size)
			memcpy(t->buf + t->n, " ...", sizeof(" ..."));
		return;
	}
	memcpy(t->buf + t->n, piece, len + 1);
	t->n += len;
}

static struct text text_of(char *buf, size_t size)
{
	if (size)
		buf[0] = '\0';
	return (struct text){ .buf = buf, .size = size };
}

static const char *protocol_name(uint8_t protocol)
{
	static const char *const name[] = { "none", "IKE", "AH", "ESP" };

	return protocol < sizeof(name) / sizeof(name[0]) ? name[protocol] : "unknown protocol";
}

static unsigned int say_transforms(struct text *t, const struct proposals *s,
				   const struct proposal *p, uint8_t type)
{
	char one[TRANSFORM_STR_MAX];
	unsigned int n = 0;
	uint16_t i;

	for (i = 0; i < p->n; i++) {
		const struct transform *at = &s->t[p->first + i];

		if (type && at->type != type)
			continue;
		say(t, " %s", transform_str(at, one));
		n++;
	}
	return n;
}

const char *proposal_list_str(const struct proposals *s, char *buf, size_t size)
{
	struct text t = text_of(buf, size);
	uint16_t i;

	for (i = 0; i < s->n; i++) {
		say(&t, "%s%u: %s", i ? "; " : "", s->p[i].number, protocol_name(s->p[i].protocol));
		say_transforms(&t, s, &s->p[i], 0);
	}
	if (!s->n)
		say(&t, "nothing");
	if (s->over)
		say(&t, "; %u more", s->over);
	return buf;
}

static void say_side(struct text *t, const char *who, const struct proposals *s,
		     const struct proposal *p, uint8_t type)
{
	say(t, "%s", who);
	if (!say_transforms(t, s, p, type))
		say(t, " none");
}

const char *proposal_diag_str(const struct proposals *offer, const struct proposals *own,
			      const struct proposal_diag *d, char *buf, size_t size)
{
	struct text t = text_of(buf, size);
	const struct proposal *po = &offer->p[d->offered], *pw = &own->p[d->own];

	switch (d->why) {
	case PROPOSAL_CHOSEN:
		say(&t, "proposal %u fits", po->number);
		return buf;
	case PROPOSAL_EMPTY:
		say(&t,
		    offer->n ? "no proposal is configured" : "the peer offers nothing we can use");
		return buf;
	case PROPOSAL_PROTOCOL:
		say(&t, "protocol: peer offers %s, we have %s", protocol_name(offer->p[0].protocol),
		    protocol_name(own->p[0].protocol));
		return buf;
	case PROPOSAL_UNKNOWN_TYPE:
		say(&t, "%s %u in proposal %u is not known for %s", transform_type_name(d->type),
		    d->type, po->number, protocol_name(po->protocol));
		return buf;
	case PROPOSAL_LACKS:
		say(&t, "proposal %u lacks %s", po->number, transform_type_name(d->type));
		return buf;
	case PROPOSAL_KE_TWICE:
		say(&t, "%s would repeat one that is done already", transform_type_name(d->type));
		break;
	case PROPOSAL_PAIRS:
		say(&t, "encryption and integrity do not go together");
		break;
	case PROPOSAL_NO_COMMON:
		say(&t, "%s", transform_type_name(d->type));
		break;
	}
	say_side(&t, ": peer offers", offer, po, d->type);
	say_side(&t, ", we have", own, pw, d->type);
	say(&t, " (proposal %u)", po->number);
	return buf;
}
