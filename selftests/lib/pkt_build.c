// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>

#include "pkt_build.h"

#define MAX_LAYERS	24
#define MAX_FIELDS	8

struct field {
	char name[8];
	unsigned long value;
};

struct layer {
	const struct kind *kind;
	size_t at;
	struct field fields[MAX_FIELDS];
	int n_fields;
};

struct builder {
	struct pkt_buf *buf;
	struct layer layers[MAX_LAYERS];
	int n;
};

/* `number` is what the layer before says of this one: EtherType or IP protocol. */
struct kind {
	const char *name;
	unsigned int number;
	int is_ether;		/* number is an EtherType */
	size_t next_at;		/* where this layer names the next; its size is 2 for EtherTypes */
	void (*write)(struct builder *, const struct layer *);
	void (*finish)(struct builder *, const struct layer *);
};

static int has(const struct layer *l, const char *name)
{
	int i;

	for (i = 0; i < l->n_fields; i++) {
		if (!strcmp(l->fields[i].name, name))
			return 1;
	}
	return 0;
}

static unsigned long field(const struct layer *l, const char *name, unsigned long otherwise)
{
	int i;

	for (i = 0; i < l->n_fields; i++) {
		if (!strcmp(l->fields[i].name, name))
			return l->fields[i].value;
	}
	return otherwise;
}

static void put(struct builder *b, const void *data, size_t n)
{
	if (b->buf->len + n > PKT_MAX)
		n = PKT_MAX - b->buf->len;
	memcpy(b->buf->data + b->buf->len, data, n);
	b->buf->len += n;
}

static void fill(struct builder *b, uint8_t byte, size_t n)
{
	while (n--)
		put(b, &byte, 1);
}

static void put8(struct builder *b, unsigned long v)
{
	fill(b, v, 1);
}

static void put16(struct builder *b, unsigned long v)
{
	put8(b, v >> 8);
	put8(b, v);
}

static void put32(struct builder *b, unsigned long v)
{
	put16(b, v >> 16);
	put16(b, v);
}

static void set16(struct builder *b, size_t at, unsigned long v)
{
	b->buf->data[at] = v >> 8;
	b->buf->data[at + 1] = v;
}

void pkt_addr6_src(uint8_t *addr, unsigned int net, unsigned int host)
{
	static const uint8_t prefix[] = { 0x20, 0x01, 0x0d, 0xb8, 0, 1 };

	memset(addr, 0, 16);
	memcpy(addr, prefix, sizeof(prefix));
	addr[6] = net >> 8;
	addr[7] = net;
	addr[14] = host >> 8;
	addr[15] = host;
}

void pkt_addr6_dst(uint8_t *addr, unsigned int host)
{
	static const uint8_t prefix[] = { 0x20, 0x01, 0x0d, 0xb8 };

	memset(addr, 0, 16);
	memcpy(addr, prefix, sizeof(prefix));
	addr[14] = host >> 8;
	addr[15] = host;
}

/* --- layers ---------------------------------------------------------------------- */

static void write_eth(struct builder *b, const struct layer *l)
{
	static const uint8_t macs[] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2 };

	put(b, macs, sizeof(macs));
	put16(b, field(l, "type", 0));
}

static void write_vlan(struct builder *b, const struct layer *l)
{
	put16(b, field(l, "id", 5));
	put16(b, field(l, "type", 0));
}

static void write_ip4(struct builder *b, const struct layer *l)
{
	unsigned long ihl = field(l, "ihl", 5);

	put8(b, field(l, "ver", 4) << 4 | ihl);
	put8(b, 0);
	put16(b, field(l, "tot", 0));
	put16(b, 0x4242);
	put16(b, field(l, "mf", 0) << 13 | field(l, "off", 0));
	put8(b, field(l, "ttl", 64));
	put8(b, field(l, "proto", 0));
	put16(b, 0);
	put32(b, PKT_IP4_SRC + field(l, "src", 7));
	put32(b, PKT_IP4_DST + field(l, "dst", 1));
	if (ihl > 5)
		fill(b, 1, (ihl - 5) * 4);	/* no-operation options */
}

static void finish_ip4(struct builder *b, const struct layer *l)
{
	uint8_t *ip = b->buf->data + l->at;
	size_t i, n = (ip[0] & 15) * 4;
	uint32_t sum = 0;

	if (!has(l, "tot"))
		set16(b, l->at + 2, b->buf->len - l->at);
	for (i = 0; i + 1 < n && l->at + i + 1 < b->buf->len; i += 2)
		sum += ip[i] << 8 | ip[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	set16(b, l->at + 10, ~sum);
}

static void write_ip6(struct builder *b, const struct layer *l)
{
	uint8_t addr[16];

	put32(b, field(l, "ver", 6) << 28);
	put16(b, field(l, "plen", 0));
	put8(b, field(l, "nh", 59));
	put8(b, 64);
	pkt_addr6_src(addr, field(l, "net", 0), field(l, "src", 7));
	put(b, addr, sizeof(addr));
	pkt_addr6_dst(addr, field(l, "dst", 1));
	put(b, addr, sizeof(addr));
}

static void finish_ip6(struct builder *b, const struct layer *l)
{
	if (!has(l, "plen"))
		set16(b, l->at + 4, b->buf->len - l->at - 40);
}

static void write_ext(struct builder *b, const struct layer *l)
{
	unsigned long units = field(l, "units", 0);

	put8(b, field(l, "nh", 59));
	put8(b, units);
	put8(b, field(l, "rtype", 4));
	put8(b, field(l, "left", 0));
	fill(b, 0, 4 + units * 8);
}

static void write_frag6(struct builder *b, const struct layer *l)
{
	put8(b, field(l, "nh", 59));
	put8(b, field(l, "reserved", 0));
	put16(b, field(l, "off", 0) << 3 | field(l, "m", 0));
	put32(b, 0x42424242);
}

static void write_udp(struct builder *b, const struct layer *l)
{
	put16(b, field(l, "sport", 4500));
	put16(b, field(l, "dport", 4500));
	put16(b, field(l, "len", 0));
	put16(b, 0);
}

static void finish_udp(struct builder *b, const struct layer *l)
{
	if (!has(l, "len"))
		set16(b, l->at + 4, b->buf->len - l->at);
}

static void write_esp(struct builder *b, const struct layer *l)
{
	put32(b, field(l, "spi", 0x1000));
	put32(b, field(l, "seq", 1));
	b->buf->spi_end = b->buf->len;
	fill(b, 0xe5, field(l, "len", 32));
}

static void write_ah(struct builder *b, const struct layer *l)
{
	put8(b, field(l, "nh", 59));
	put8(b, 4);
	put16(b, 0);
	put32(b, field(l, "spi", 0x1000));
	put32(b, field(l, "seq", 1));
	b->buf->spi_end = b->buf->len;
	fill(b, 0xa5, field(l, "len", 12));
}

static void write_tcp(struct builder *b, const struct layer *l)
{
	put16(b, field(l, "sport", 0x5050));
	put16(b, field(l, "dport", 0x5050));
	fill(b, 0x50, 16);
}

static void write_icmp6(struct builder *b, const struct layer *l)
{
	put8(b, field(l, "type", 0x80));
	fill(b, 0x80, 7);
}

static void write_zero(struct builder *b, const struct layer *l)
{
	fill(b, 0, field(l, "n", 4));
}

static void write_data(struct builder *b, const struct layer *l)
{
	fill(b, 0xda, field(l, "n", 16));
}

static void write_byte(struct builder *b, const struct layer *l)
{
	put8(b, field(l, "v", 0xff));
}

#define NO_NEXT	SIZE_MAX

static const struct kind kinds[] = {
	{ "eth",	0,	0, 12,		write_eth,	NULL },
	{ "vlan",	0x8100,	1, 2,		write_vlan,	NULL },
	{ "qinq",	0x88a8,	1, 2,		write_vlan,	NULL },
	{ "ip4",	0x0800,	1, 9,		write_ip4,	finish_ip4 },
	{ "ip6",	0x86dd,	1, 6,		write_ip6,	finish_ip6 },
	{ "arp",	0x0806,	1, NO_NEXT,	write_data,	NULL },
	{ "hop",	0,	0, 0,		write_ext,	NULL },
	{ "route",	43,	0, 0,		write_ext,	NULL },
	{ "frag6",	44,	0, 0,		write_frag6,	NULL },
	{ "dest",	60,	0, 0,		write_ext,	NULL },
	{ "mobility",	135,	0, 0,		write_ext,	NULL },
	{ "tcp",	6,	0, NO_NEXT,	write_tcp,	NULL },
	{ "udp",	17,	0, NO_NEXT,	write_udp,	finish_udp },
	{ "esp",	50,	0, NO_NEXT,	write_esp,	NULL },
	{ "ah",		51,	0, 0,		write_ah,	NULL },
	{ "icmp6",	58,	0, NO_NEXT,	write_icmp6,	NULL },
	{ "zero",	59,	0, NO_NEXT,	write_zero,	NULL },
	{ "data",	59,	0, NO_NEXT,	write_data,	NULL },
	{ "byte",	59,	0, NO_NEXT,	write_byte,	NULL },
};

/* --- the text ------------------------------------------------------------------------ */

static const struct kind *kind_find(const char *name, size_t n)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strlen(kinds[i].name) == n && !memcmp(kinds[i].name, name, n))
			return &kinds[i];
	}
	return NULL;
}

/* "name=value,name=value" up to the end of the word. */
static int fields_parse(struct layer *l, const char *s, const char *end)
{
	char *after;

	while (s < end) {
		struct field *f = &l->fields[l->n_fields];
		size_t n = strcspn(s, "=");

		if (l->n_fields == MAX_FIELDS || n >= sizeof(f->name) || s + n >= end)
			return -1;
		memcpy(f->name, s, n);
		f->name[n] = 0;
		f->value = strtoul(s + n + 1, &after, 0);
		if (after > end || (after < end && *after != ','))
			return -1;
		l->n_fields++;
		s = after + 1;
	}
	return 0;
}

static int says_next(const struct layer *l)
{
	return has(l, "type") || has(l, "proto") || has(l, "nh");
}

static void name_next(struct builder *b, const struct layer *before, const struct kind *kind)
{
	size_t at = before->at + before->kind->next_at;

	if (before->kind->next_at == NO_NEXT || says_next(before))
		return;
	if (kind->is_ether)
		set16(b, at, kind->number);
	else if (before->kind->is_ether || before->kind->number || before->kind->write == write_ext)
		b->buf->data[at] = kind->number;
}

static int layer_add(struct builder *b, const char *word, size_t n)
{
	struct layer *l = &b->layers[b->n];
	size_t name = strcspn(word, ": ");

	if (b->n == MAX_LAYERS)
		return -1;
	memset(l, 0, sizeof(*l));
	l->kind = kind_find(word, name < n ? name : n);
	if (!l->kind || (name < n && fields_parse(l, word + name + 1, word + n)))
		return -1;
	l->at = b->buf->len;
	if (b->n)
		name_next(b, l - 1, l->kind);
	l->kind->write(b, l);
	b->n++;
	return 0;
}

int pkt_build(struct pkt_buf *buf, const char *text, const char **bad)
{
	static struct builder b;
	int i;

	memset(&b, 0, sizeof(b));
	b.buf = buf;
	buf->len = buf->spi_end = 0;
	while (*text) {
		size_t n = strcspn(text, " ");

		if (n && layer_add(&b, text, n)) {
			if (bad)
				*bad = text;
			return -1;
		}
		text += n;
		text += strspn(text, " ");
	}
	for (i = b.n - 1; i >= 0; i--) {
		if (b.layers[i].kind->finish)
			b.layers[i].kind->finish(&b, &b.layers[i]);
	}
	return 0;
}
