// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include <sys/socket.h>

#include "gateway.h"
#include "ref_clear.h"
#include "ref_outer.h"

/* A view of what is left; `short_read` remembers that somebody wanted more. */
struct view {
	const uint8_t *at;
	size_t n;
	int short_read;
};

struct ipsec {
	uint8_t family;
	int tagged;		/* with a VID */
	uint8_t src[16], dst[16];
	uint8_t proto;
	uint32_t spi, seq;
};

static unsigned long get(struct view *v, size_t offset, size_t bytes)
{
	unsigned long x = 0;
	size_t i;

	if (offset + bytes > v->n) {
		v->short_read = 1;
		return 0;
	}
	for (i = 0; i < bytes; i++)
		x = x << 8 | v->at[offset + i];
	return x;
}

static void skip(struct view *v, size_t n)
{
	if (n > v->n)
		n = v->n;
	v->at += n;
	v->n -= n;
}

/* --- the verdict on a number ----------------------------------------------------- */

static enum xi_reason judge(const struct gateway_sa *sa, uint32_t seq)
{
	__int128 number = seq, left = (__int128)sa->top - sa->size + 1;
	int i;

	if (sa->flags & XI_WIN_SHARED)
		return XI_R_SA_SHARED;
	if (!sa->size)
		return XI_R_SA_NO_WINDOW;
	if (!sa->started)
		return XI_R_SA_UNSTARTED;
	if (sa->flags & XI_WIN_ESN) {
		number += (__int128)(sa->top >> 32 << 32) - ((__int128)1 << 32);
		while (number < left)
			number += (__int128)1 << 32;
	}
	if (number < 0 || number > sa->top)
		return XI_R_SA_NEW;
	if (number == 0)
		return XI_R_SEQ_ZERO;
	if (number < left)
		return XI_R_REPLAY_OLD;
	if (number == sa->top)
		return XI_R_REPLAY_DUP;
	for (i = 0; i < 4 && sa->seen[i]; i++) {
		if (number == sa->seen[i])
			return XI_R_REPLAY_DUP;
	}
	return XI_R_SA_NEW;
}

static int same_host(const struct ipsec *p, unsigned int host)
{
	struct xi_sa_key key = sa_key(p->family, 0, 0, host);

	return !memcmp(key.daddr, p->dst, sizeof(p->dst));
}

static enum xi_reason judge_ipsec(const struct ipsec *p)
{
	unsigned int i;
	int local = 0;

	for (i = 0; i < 4; i++)
		local |= same_host(p, i) && gateway_is_local(p->family, i);
	if (!p->spi)
		return local ? XI_R_SPI_ZERO : XI_R_TRANSIT;
	for (i = 0; i < gateway_n_sas; i++) {
		const struct gateway_sa *sa = &gateway_sas[i];

		if (sa->family == p->family && sa->proto == p->proto && sa->spi == p->spi &&
		    same_host(p, sa->host))
			return judge(sa, p->seq);
	}
	return local ? XI_R_NO_SA : XI_R_TRANSIT;
}

/* --- headers -------------------------------------------------------------------------- */

static enum xi_reason read_spi(struct view *v, struct ipsec *p, uint8_t proto)
{
	size_t at = proto == AH ? 4 : 0;

	p->proto = proto;
	p->spi = get(v, at, 4);
	p->seq = get(v, at + 4, 4);
	return v->short_read ? XI_R_TRUNCATED : judge_ipsec(p);
}

/* How a clear packet ends; `otherwise` when nothing is wrong with it. */
static enum xi_reason judge_clear(const struct view *v, const struct ipsec *p, uint8_t proto,
				  int later, enum xi_reason otherwise)
{
	struct ref_packet r = {
		.family = p->family, .proto = proto, .later = later, .l4 = v->at, .l4_len = v->n,
	};

	memcpy(r.src, p->src, sizeof(r.src));
	memcpy(r.dst, p->dst, sizeof(r.dst));
	return !p->tagged && ref_clear(&gateway_flows()->groups, &r) ? XI_R_UNPROTECTED : otherwise;
}

static enum xi_reason read_udp(struct view *v, struct ipsec *p)
{
	unsigned long port = get(v, 2, 2), len = get(v, 4, 2), first;

	get(v, 0, 8);
	if (v->short_read)
		return XI_R_TRUNCATED;
	if (port == 500)
		return XI_R_IKE;
	if (port != 4500)
		return judge_clear(v, p, 17, 0, XI_R_NOT_IPSEC);
	if (len < 8)
		return XI_R_BAD_HEADER;
	skip(v, 8);
	len -= 8;
	if (len == 1 && v->n && v->at[0] == 0xff)
		return XI_R_KEEPALIVE;
	if (len < 9)
		return XI_R_NATT_OTHER;
	first = get(v, 0, 4);
	if (v->short_read)
		return XI_R_TRUNCATED;
	return first ? read_spi(v, p, ESP) : XI_R_IKE;
}

static int is_ipsec_or_udp(unsigned long proto)
{
	return proto == 17 || proto == ESP || proto == AH;
}

static enum xi_reason read_transport(struct view *v, struct ipsec *p, uint8_t proto, int fragment)
{
	if (!is_ipsec_or_udp(proto))
		return judge_clear(v, p, proto, 0, XI_R_NOT_IPSEC);
	if (fragment) {
		unsigned long port = v->n < 8 ? 500 : get(v, 2, 2);

		return proto != 17 || port == 500 || port == 4500 ?
		       XI_R_FRAG_FIRST : judge_clear(v, p, 17, 0, XI_R_FRAG_FIRST);
	}
	return proto == 17 ? read_udp(v, p) : read_spi(v, p, proto);
}

static enum xi_reason read_ip4(struct view *v, struct ipsec *p)
{
	unsigned long first = get(v, 0, 1), total = get(v, 2, 2), frag = get(v, 6, 2);
	unsigned long proto = get(v, 9, 1), words = first & 15;

	get(v, 0, 20);
	if (v->short_read)
		return XI_R_TRUNCATED;
	if (first >> 4 != 4 || words < 5 || total < words * 4)
		return XI_R_BAD_HEADER;
	p->family = AF_INET;
	memcpy(p->src, v->at + 12, 4);
	memcpy(p->dst, v->at + 16, 4);
	skip(v, words * 4);
	if (frag % 8192)
		return is_ipsec_or_udp(proto) ? XI_R_FRAG_LATER :
						judge_clear(v, p, proto, 1, XI_R_NOT_IPSEC);
	return read_transport(v, p, proto, frag / 8192 % 2);
}

static int is_option(unsigned long next)
{
	return next == 0 || next == 43 || next == 44 || next == 60;
}

static enum xi_reason read_ip6(struct view *v, struct ipsec *p)
{
	unsigned long next = get(v, 6, 1);
	int headers, fragment = 0;

	get(v, 0, 40);
	if (v->short_read)
		return XI_R_TRUNCATED;
	if (v->at[0] >> 4 != 6)
		return XI_R_BAD_HEADER;
	p->family = AF_INET6;
	memcpy(p->src, v->at + 8, 16);
	memcpy(p->dst, v->at + 24, 16);
	skip(v, 40);
	for (headers = 0; headers < 6; headers++) {
		unsigned long kind = next, size;

		if (!is_option(kind))
			return read_transport(v, p, kind, fragment);
		size = (get(v, 1, 1) + 1) * 8;
		get(v, 0, 8);
		if (v->short_read)
			return XI_R_TRUNCATED;
		if (kind == 43 && v->at[3])
			return XI_R_TRANSIT;
		if (kind == 44) {
			if (get(v, 2, 2) / 8)
				return is_ipsec_or_udp(v->at[0]) || is_option(v->at[0]) ?
				       XI_R_FRAG_LATER :
				       judge_clear(v, p, v->at[0], 1, XI_R_NOT_IPSEC);
			fragment |= v->at[3] % 2;
			size = 8;
		}
		next = v->at[0];
		skip(v, size);
	}
	return XI_R_EXT_DEPTH;
}

enum xi_reason ref_outer(const uint8_t *packet, size_t len)
{
	struct view v = { packet, len, 0 };
	struct ipsec p = {};
	unsigned long type = get(&v, 12, 2);
	int tags;

	skip(&v, 14);
	for (tags = 0; type == 0x8100 || type == 0x88a8; tags++) {
		if (tags == 2)
			return XI_R_VLAN_DEPTH;
		p.tagged |= get(&v, 0, 2) % 4096 != 0;
		type = get(&v, 2, 2);
		skip(&v, 4);
	}
	if (v.short_read)
		return XI_R_TRUNCATED;
	if (type == 0x0800)
		return read_ip4(&v, &p);
	return type == 0x86dd ? read_ip6(&v, &p) : XI_R_NOT_IP;
}
