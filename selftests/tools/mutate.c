// SPDX-License-Identifier: Apache-2.0
#include "mutate.h"

#include <net/ethernet.h>

#include "frame.h"

#define L2_ADDRS 12			/* both MAC addresses: tags go behind them */

static bool changes_seq(const struct mutation *m)
{
	return m->seq_set_on || m->seq_add_on || m->seq_step;
}

static bool changes_addr(const struct mutation *m)
{
	return m->src.len || m->dst.len || m->src_random.addr.len;
}

bool mutation_is_none(const struct mutation *m)
{
	return !changes_seq(m) && !changes_addr(m) && !m->flip_icv && m->spi.how == SPI_KEEP &&
	       !m->src_mac_on && !m->dst_mac_on && !m->untag && !m->tags && !m->truncate;
}

static bool put_addr(const struct frame *f, uint8_t *p, size_t at, const struct addr *a)
{
	if (a->len != frame_addr_len(f))
		return false;
	memcpy(p + at, a->bytes, a->len);
	return true;
}

/* Every function below returns false when a change it was asked for found no place. */
static bool mutate_addrs(const struct mutation *m, struct rng *rng,
			 const struct frame *f, uint8_t *p)
{
	struct addr random;
	bool ok = true;

	if (m->src.len)
		ok &= put_addr(f, p, frame_src(f), &m->src);
	if (m->src_random.addr.len) {
		addr_random(&m->src_random, rng, &random);
		ok &= put_addr(f, p, frame_src(f), &random);
	}
	if (m->dst.len)
		ok &= put_addr(f, p, frame_dst(f), &m->dst);
	if (f->version == 4)
		ipv4_checksum_fix(p + f->l3);
	return ok;
}

static bool mutate_seq(const struct mutation *m, uint64_t nth, const struct frame *f, uint8_t *p)
{
	uint32_t seq;

	if (!f->seq)
		return false;
	seq = m->seq_set_on ? m->seq_set : get32(p + f->seq);
	put32(p + f->seq, seq + m->seq_add + (uint32_t)(m->seq_step * nth));
	return true;
}

static bool mutate_spi(const struct mutation *m, struct rng *rng,
		       const struct frame *f, uint8_t *p)
{
	uint32_t spi = m->spi.how == SPI_RANDOM ? rng_spi(rng) : m->spi.spi;

	if (!f->spi)
		return false;
	put32(p + f->spi, spi);
	return true;
}

static bool mutate_l3(const struct mutation *m, struct rng *rng, uint64_t nth,
		      uint8_t *p, size_t len)
{
	struct frame f;
	bool ok = true;

	if (!changes_addr(m) && !changes_seq(m) && !m->flip_icv && m->spi.how == SPI_KEEP)
		return true;
	frame_parse(&f, p, len);
	if (changes_addr(m))
		ok &= mutate_addrs(m, rng, &f, p);
	if (changes_seq(m))
		ok &= mutate_seq(m, nth, &f, p);
	if (m->spi.how != SPI_KEEP)
		ok &= mutate_spi(m, rng, &f, p);
	if (m->flip_icv && f.icv_last)
		p[f.icv_last] ^= 1;
	else if (m->flip_icv)
		ok = false;
	udp_checksum_fix(&f, p);
	return ok;
}

static size_t tags_drop(uint8_t *p, size_t len)
{
	struct frame f;
	size_t cut;

	frame_parse(&f, p, len);
	cut = f.tags * 4;
	if (!cut || !f.l3)
		return len;
	memmove(p + L2_ADDRS, p + L2_ADDRS + cut, len - L2_ADDRS - cut);
	return len - cut;
}

static size_t tags_push(const struct mutation *m, uint8_t *p, size_t len)
{
	size_t room = m->tags * 4;

	memmove(p + L2_ADDRS + room, p + L2_ADDRS, len - L2_ADDRS);
	for (unsigned int i = 0; i < m->tags; i++) {
		uint8_t *tag = p + L2_ADDRS + i * 4;

		put16(tag, i + 1 < m->tags ? (uint16_t)m->outer_type : ETHERTYPE_VLAN);
		put16(tag + 2, m->vid[i]);
	}
	return len + room;
}

enum mutate_result mutate(const struct mutation *m, struct rng *rng, uint64_t nth,
			  const uint8_t *in, size_t len, uint8_t *out, size_t *out_len)
{
	bool ok;

	memcpy(out, in, len);
	ok = mutate_l3(m, rng, nth, out, len);
	if (len < 14) {
		*out_len = len;
		return MUTATE_MISSED;
	}
	if (m->dst_mac_on)
		memcpy(out, m->dst_mac, 6);
	if (m->src_mac_on)
		memcpy(out + 6, m->src_mac, 6);
	if (m->untag)
		len = tags_drop(out, len);
	if (m->tags)
		len = tags_push(m, out, len);
	if (m->truncate && m->truncate < len)
		len = m->truncate;
	*out_len = len;
	return ok ? MUTATE_DONE : MUTATE_MISSED;
}
