// SPDX-License-Identifier: Apache-2.0
/*
 * Fragments in any order, of any numbers and sizes, into three sets that share a budget:
 * never more bytes than it has, none left in the end, and a set that is whole joins to what was
 * put in. Then a text cut and put together in an order that the input chooses.
 */
#include "selftests/fuzz/ikev2_unit.h"

#define SETS	3

static uint8_t pattern[FRAGMENT_BYTES_MAX + 2];

static void any(struct cur *c)
{
	static uint8_t out[FRAGMENT_BYTES_MAX];
	struct fragment_budget budget = { .most = 150000 };
	struct fragment_set set[SETS];
	struct span plain;
	uint8_t first;
	int i;

	for (i = 0; i < SETS; i++)
		fragment_set_init(&set[i], &budget);
	while (c->n) {
		uint8_t how = cur_u8(c);
		struct fragment_set *s = &set[how % SETS];
		struct pld_sk sk = { .first = how & 0x80 ? 0 : PLD_IDI };
		struct fragment_set before = *s;
		enum fragment_verdict v;
		size_t n;

		sk.number = how & 0x40 ? cur_u16(c) : cur_u8(c);
		sk.total = how & 0x40 ? cur_u16(c) : cur_u8(c);
		n = how & 0x20 ? cur_u16(c) + 1U : cur_u8(c);
		v = fragment_look(s, how >> 2 & 3, &sk);
		CHECK(!memcmp(&before, s, sizeof(before)));
		v = fragment_add(s, how >> 2 & 3, &sk, span_of(pattern, n));
		CHECK(budget.used <= budget.most && s->bytes <= FRAGMENT_BYTES_MAX);
		CHECK(s->have <= s->total && s->total <= FRAGMENTS_MAX);
		CHECK((v == FRAGMENT_WHOLE) <= (s->have == s->total));
		if (fragment_join(s, out, sizeof(out), &plain, &first))
			CHECK(plain.n == s->bytes && first == PLD_IDI);
		else
			CHECK(!s->part || s->have < s->total);
		if (how & 0x10)
			fragment_clear(s);
	}
	for (i = 0; i < SETS; i++)
		fragment_clear(&set[i]);
	CHECK(!budget.used);
}

static void shuffled(struct cur *c)
{
	static uint8_t out[FRAGMENT_BYTES_MAX];
	struct fragment_budget budget = { .most = 200000 };
	size_t n = cur_u16(c), most = cur_u16(c);
	uint16_t total = fragment_count(n, most), left = total, k;
	bool sent[FRAGMENTS_MAX] = {};
	struct fragment_set set;
	struct span plain;
	uint8_t first;

	fragment_set_init(&set, &budget);
	while (left) {
		uint16_t number = (uint16_t)(1 + (c->n ? cur_u8(c) : left - 1) % total);

		/* Whoever was sent already: the next one that was not. */
		for (k = 0; !c->n && k < total && sent[number - 1]; k++)
			number = (uint16_t)(number % total + 1);
		struct fragment f = fragment_get(span_of(pattern, n), PLD_SA, number, total);
		struct pld_sk sk = { .first = f.first, .number = number, .total = total };
		enum fragment_verdict v = fragment_add(&set, 7, &sk, f.plain);

		CHECK(f.plain.n && f.plain.n <= most);
		CHECK((v == FRAGMENT_TWICE) == sent[number - 1]);
		left -= !sent[number - 1];
		sent[number - 1] = true;
		CHECK((v == FRAGMENT_WHOLE) <= !left);
	}
	if (total) {
		CHECK(fragment_join(&set, out, sizeof(out), &plain, &first) && first == PLD_SA);
		CHECK(span_equal(plain, span_of(pattern, n)));
	}
	fragment_clear(&set);
	CHECK(!budget.used);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cur c = cur_of(span_of(data, size)), again = c;
	size_t i;

	for (i = 0; !pattern[1] && i < sizeof(pattern); i++)
		pattern[i] = (uint8_t)(i + i / 251);
	any(&c);
	shuffled(&again);
	return 0;
}
