// SPDX-License-Identifier: Apache-2.0
#include "frame.h"

#include <net/ethernet.h>
#include <netinet/in.h>
#include <stdio.h>

#define ETHERTYPE_8021AD 0x88a8
#define PORT_IKE 500
#define PORT_NATT 4500
#define V6_EXTENSIONS_MAX 8

static bool is_tag(uint16_t type)
{
	return type == ETHERTYPE_VLAN || type == ETHERTYPE_8021AD;
}

/* n bytes at `at` lie inside the IP packet that was really captured. */
static bool inside(const struct frame *f, size_t at, size_t n)
{
	return at <= f->end && n <= f->end - at;
}

static void set_end(struct frame *f, size_t len, size_t ip_len)
{
	f->end = ip_len < len - f->l3 ? f->l3 + ip_len : len;
}

/* Returns the offset behind Ethernet and tags, 0 when the frame ends before. */
static size_t parse_l2(struct frame *f, const uint8_t *p, size_t len)
{
	size_t at = 14;

	if (len < at)
		return 0;
	f->ethertype = get16(p + 12);
	while (is_tag(f->ethertype) && f->tags < FRAME_TAGS_MAX) {
		if (len - at < 4)
			return 0;
		f->vid[f->tags++] = get16(p + at) & 0xfff;
		f->ethertype = get16(p + at + 2);
		at += 4;
	}
	return at;
}

static void parse_ipv4(struct frame *f, const uint8_t *p, size_t len)
{
	const uint8_t *ip = p + f->l3;
	uint16_t frag;
	size_t ihl;

	if (len - f->l3 < 20 || ip[0] >> 4 != 4)
		return;
	ihl = (ip[0] & 0xfu) * 4;
	set_end(f, len, get16(ip + 2));
	if (ihl < 20 || !inside(f, f->l3, ihl))
		return;
	f->version = 4;
	f->proto = ip[9];
	frag = get16(ip + 6);
	f->fragment = frag & 0x3fff;
	if (!(frag & 0x1fff))
		f->l4 = f->l3 + ihl;
}

static bool is_extension(uint8_t proto)
{
	return proto == IPPROTO_HOPOPTS || proto == IPPROTO_ROUTING || proto == IPPROTO_DSTOPTS ||
	       proto == IPPROTO_FRAGMENT;
}

static void parse_ipv6(struct frame *f, const uint8_t *p, size_t len)
{
	const uint8_t *ip = p + f->l3;
	size_t at = f->l3 + 40;

	if (len - f->l3 < 40 || ip[0] >> 4 != 6)
		return;
	set_end(f, len, 40u + get16(ip + 4));
	f->version = 6;
	f->proto = ip[6];
	for (int n = 0; is_extension(f->proto) && n < V6_EXTENSIONS_MAX; n++) {
		bool later = false;

		if (!inside(f, at, 8))
			return;
		if (f->proto == IPPROTO_FRAGMENT) {
			f->fragment = get16(p + at + 2) & 0xfff9;
			later = get16(p + at + 2) & 0xfff8;
		}
		ip = p + at;
		at += f->proto == IPPROTO_FRAGMENT ? 8 : (ip[1] + 1u) * 8;
		f->proto = ip[0];
		if (later)
			return;
	}
	if (at <= f->end)
		f->l4 = at;
}

static void parse_esp(struct frame *f, size_t at, enum frame_kind kind)
{
	if (!inside(f, at, 8))
		return;
	f->kind = kind;
	f->spi = at;
	f->seq = at + 4;
	if (!f->fragment && f->end > at + 8)
		f->icv_last = f->end - 1;
}

/* RFC 4302, 2: the length field counts 32-bit words less two; 12 fixed bytes, then the ICV. */
static void parse_ah(struct frame *f, const uint8_t *p)
{
	size_t hlen;

	if (!inside(f, f->l4, 12))
		return;
	f->kind = FRAME_AH;
	f->spi = f->l4 + 4;
	f->seq = f->l4 + 8;
	hlen = (p[f->l4 + 1] + 2u) * 4;
	if (hlen > 12 && inside(f, f->l4, hlen))
		f->icv_last = f->l4 + hlen - 1;
}

/* RFC 3948, 2: on port 4500 four zero bytes announce IKE, a single 0xff a keepalive. */
static void parse_udp(struct frame *f, const uint8_t *p)
{
	uint16_t sport, dport;
	size_t payload = f->l4 + 8;

	if (!inside(f, f->l4, 8))
		return;
	f->udp = f->l4;
	sport = get16(p + f->udp);
	dport = get16(p + f->udp + 2);
	if (sport == PORT_IKE || dport == PORT_IKE)
		f->kind = FRAME_IKE;
	if ((sport != PORT_NATT && dport != PORT_NATT) || !inside(f, payload, 8))
		return;
	if (get32(p + payload))
		parse_esp(f, payload, FRAME_NATT);
	else
		f->kind = FRAME_IKE;
}

void frame_parse(struct frame *f, const uint8_t *p, size_t len)
{
	memset(f, 0, sizeof(*f));
	f->l3 = parse_l2(f, p, len);
	f->end = len;
	if (f->l3 && f->ethertype == ETHERTYPE_IP)
		parse_ipv4(f, p, len);
	else if (f->l3 && f->ethertype == ETHERTYPE_IPV6)
		parse_ipv6(f, p, len);
	if (!f->l4)
		return;
	if (f->proto == IPPROTO_ESP)
		parse_esp(f, f->l4, FRAME_ESP);
	else if (f->proto == IPPROTO_AH)
		parse_ah(f, p);
	else if (f->proto == IPPROTO_UDP)
		parse_udp(f, p);
}

const char *frame_proto_name(const struct frame *f, char buf[static 8])
{
	static const struct {
		uint8_t proto;
		const char *name;
	} names[] = {
		{ IPPROTO_ICMP, "icmp" }, { IPPROTO_IPIP, "ipip" }, { IPPROTO_TCP, "tcp" },
		{ IPPROTO_UDP, "udp" }, { IPPROTO_GRE, "gre" }, { IPPROTO_ESP, "esp" },
		{ IPPROTO_AH, "ah" }, { IPPROTO_ICMPV6, "icmp6" },
	};

	if (f->kind == FRAME_NATT)
		return "natt";
	if (f->kind == FRAME_IKE)
		return "ike";
	if (!f->version) {
		snprintf(buf, 8, "0x%04x", f->ethertype);
		return f->ethertype == ETHERTYPE_ARP ? "arp" : buf;
	}
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (names[i].proto == f->proto)
			return names[i].name;
	snprintf(buf, 8, "%u", f->proto);
	return buf;
}

static uint32_t sum16(uint32_t sum, const uint8_t *p, size_t n)
{
	for (; n > 1; n -= 2, p += 2)
		sum += get16(p);
	return n ? sum + (uint32_t)(*p << 8) : sum;
}

static uint16_t fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

void ipv4_checksum_fix(uint8_t *ip)
{
	put16(ip + 10, 0);
	put16(ip + 10, fold(sum16(0, ip, (ip[0] & 0xfu) * 4)));
}

void udp_checksum_fix(const struct frame *f, uint8_t *p)
{
	size_t len = f->udp ? get16(p + f->udp + 4) : 0;
	uint32_t pseudo;
	uint16_t sum;

	if (!f->udp)
		return;
	put16(p + f->udp + 6, 0);
	if (f->version == 4 || f->fragment || len < 8 || !inside(f, f->udp, len))
		return;
	pseudo = sum16((uint32_t)len + IPPROTO_UDP, p + frame_src(f), 32);
	sum = fold(sum16(pseudo, p + f->udp, len));
	put16(p + f->udp + 6, sum ? sum : 0xffff);
}
