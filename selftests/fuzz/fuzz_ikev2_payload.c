// SPDX-License-Identifier: Apache-2.0
/*
 * Every payload's parser, by the first byte. What is taken comes back the same from the second
 * round trip on, is printed without a control character, and is put through what decides by it:
 * the choice of a proposal, narrowing, the comparison of identities.
 */
#include "selftests/fuzz/ikev2_unit.h"

#include "selftests/lib/ike_again.h"

static const uint8_t kinds[] = { PLD_SA, PLD_KE, PLD_IDI, PLD_CERT, PLD_CERTREQ, PLD_AUTH, PLD_NONCE,
				 PLD_NOTIFY, PLD_DELETE, PLD_TSI, PLD_CP, PLD_EAP };

static void check_clean(const char *str, size_t size)
{
	size_t i;

	CHECK(strnlen(str, size) < size);
	for (i = 0; str[i]; i++)
		CHECK(str[i] >= ' ' && str[i] <= '~');
}

/* With itself, and with what we would have. */
static void use_sa(struct span body)
{
	static struct proposals offer, got, own;
	struct proposal_diag d;
	char str[256];
	int use;

	if (pld_sa_parse(body, &offer, NULL))
		return;
	CHECK(offer.n <= PROPOSALS_MAX && offer.nt <= TRANSFORMS_MAX);
	memset(&own, 0, sizeof(own));
	proposals_add(&own, IKE_PROTO_IKE, 0, 0);
	proposals_add_transform(&own, T_ENCR, ENCR_AES_GCM_16, 256);
	proposals_add_transform(&own, T_PRF, PRF_HMAC_SHA2_256, 0);
	proposals_add_transform(&own, T_KE, KE_CURVE25519, 0);
	check_clean(proposal_list_str(&offer, str, sizeof(str)), sizeof(str));
	for (use = PROPOSAL_IKE; use <= PROPOSAL_CHILD_AUTH; use++) {
		if (proposal_choose(&offer, &own, use, &got, &d))
			CHECK(!proposal_answer_fault(&offer, &got, use));
		else
			check_clean(proposal_diag_str(&offer, &own, &d, str, sizeof(str)), sizeof(str));
		if (proposal_choose(&offer, &offer, use, &got, &d)) {
			/* Two proposals may have one number only where there is but one. */
			CHECK(got.n == 1 && got.p[0].n <= T_TYPES);
			CHECK(offer.over || !proposal_answer_fault(&offer, &got, use));
		} else {
			check_clean(proposal_diag_str(&offer, &offer, &d, str, sizeof(str)), sizeof(str));
		}
		proposal_answer_fault(&own, &offer, use);
	}
}

static void use_id(struct span body)
{
	struct identity id;
	char str[IDENTITY_STR_MAX];
	struct id_pattern p = { .kind = ID_PAT_EXACT };

	if (pld_id_parse(body, &id, NULL))
		return;
	check_clean(identity_str(&id, str), sizeof(str));
	p.id = id;
	CHECK(!!id_pattern_match(&p, &id) == identity_equal(&id, &id));
	CHECK(identity_equal(&id, &id) == (!identity_check(&id, NULL) && id.type != ID_NULL));
	p = (struct id_pattern){ .kind = ID_PAT_DOMAIN, .text = span_of("a", 1) };
	id_pattern_match(&p, &id);
	p.kind = ID_PAT_EMAIL_DOMAIN;
	id_pattern_match(&p, &id);
}

static void use_ts(struct span body)
{
	static struct ts_pair offer, policy, out;
	static struct ts_net nets[TS_NETS_MAX];
	struct ts_port ports[TS_PORTS_MAX];
	char str[TS_STR_MAX];
	uint16_t i;

	if (pld_ts_parse(body, &offer.i, NULL))
		return;
	offer.r = offer.i;
	policy = offer;
	policy.i.n = policy.i.n > 1 ? policy.i.n / 2 : policy.i.n;
	for (i = 0; i < offer.i.n; i++) {
		size_t n = ts_nets(&offer.i.ts[i], nets);

		CHECK(n >= 1 && addr_equal(&nets[0].addr, &offer.i.ts[i].lo));
		CHECK(ts_opaque(&offer.i.ts[i]) == !ts_ports(&offer.i.ts[i], ports));
		check_clean(ts_str(&offer.i.ts[i], str), sizeof(str));
	}
	ts_list_str(&offer.i, str, sizeof(str));
	if (ts_narrow(&offer, &policy, &out) != TS_NOTHING) {
		CHECK(out.i.over || out.r.over || ts_answer_fits(&offer, &out));
		CHECK(out.i.n && out.r.n);
	} else {
		CHECK(!offer.i.n);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t once[1 << 17], twice[1 << 17];
	struct wr w = wr_of(once, sizeof(once)), w2 = wr_of(twice, sizeof(twice));
	struct cur c = cur_of(span_of(data, size));
	uint8_t type = kinds[cur_u8(&c) % sizeof(kinds)], *exact;
	struct span body = cur_rest(&c);
	struct err e = {};

	if (body.n > 65531)
		return 0;
	exact = malloc(body.n ? body.n : 1);
	if (body.n)
		memcpy(exact, body.p, body.n);
	body.p = exact;
	if (payload_again(type, body, &w, &e)) {
		CHECK(e.code == -EBADMSG && e.text[0]);
		CHECK(!w.n);
	} else if (!w.bad && w.n) {
		/* Of unknown things alone nothing is left, which is no payload. */
		if (!payload_again(type, wr_since(&w, 0), &w2, NULL))
			CHECK(w.n == w2.n && !memcmp(once, twice, w.n));
		else
			CHECK(type == PLD_SA || type == PLD_TSI);
	}
	use_sa(type == PLD_SA ? body : (struct span){});
	use_id(type == PLD_IDI ? body : (struct span){});
	use_ts(type == PLD_TSI ? body : (struct span){});
	free(exact);
	return 0;
}
