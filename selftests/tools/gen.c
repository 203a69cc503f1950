// SPDX-License-Identifier: Apache-2.0
/* xi-wire gen-unknown: ESP, AH or ESP-in-UDP for SPIs nobody has, from many sources. */
#include "wire.h"

#include <net/ethernet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>

#include "frame.h"
#include "opt.h"
#include "tx.h"

#define PORT_NATT 4500
#define ICV_LEN 12			/* of AH: HMAC-SHA1-96 */
#define PAYLOAD_MAX 8900
#define ROOM (14 + 40 + 8 + 12 + ICV_LEN + PAYLOAD_MAX)

struct gen {
	const char *iface, *out;
	enum frame_kind kind;
	struct addr src, dst;
	uint8_t src_mac[6], dst_mac[6];
	struct spi_choice spi;
	uint64_t count, sources, size, rate, cpu, seed;

	uint8_t model[ROOM];		/* the frame all others copy */
	size_t len;
	struct frame at;
	struct tx tx;
	struct rng rng;
};

static bool parse_proto(const char *text, void *out)
{
	static const struct {
		const char *name;
		enum frame_kind kind;
	} protos[] = { { "esp", FRAME_ESP }, { "ah", FRAME_AH }, { "natt", FRAME_NATT } };

	for (size_t i = 0; i < ARRAY_LEN(protos); i++) {
		if (!strcmp(protos[i].name, text)) {
			*(enum frame_kind *)out = protos[i].kind;
			return true;
		}
	}
	return false;
}

static void options(struct gen *g, int argc, char **argv)
{
	struct opt table[] = {
		OPT_STR("-i", OPT_MAY, &g->iface),
		OPT_STR("-w", OPT_MAY, &g->out),
		OPT_CALL("--proto", OPT_MUST, &g->kind, parse_proto, "esp, ah or natt"),
		OPT_CALL("--src", OPT_MUST, &g->src, opt_addr, "an IP address"),
		OPT_CALL("--dst", OPT_MUST, &g->dst, opt_addr, "an IP address"),
		OPT_CALL("--src-mac", OPT_MUST, g->src_mac, opt_mac, "a MAC address"),
		OPT_CALL("--dst-mac", OPT_MUST, g->dst_mac, opt_mac, "a MAC address"),
		OPT_CALL("--spi", OPT_MUST, &g->spi, opt_spi, "a hex SPI or 'random'"),
		OPT_NUM("--count", OPT_MUST, &g->count, 1, UINT64_MAX),
		OPT_NUM("--sources", OPT_MAY, &g->sources, 1, UINT32_MAX),
		OPT_NUM("--size", OPT_MAY, &g->size, 4, PAYLOAD_MAX),
		OPT_NUM("--rate", OPT_MAY, &g->rate, 1, NS_PER_SEC),
		OPT_NUM("--cpu", OPT_MAY, &g->cpu, 0, 1023),
		OPT_NUM("--seed", OPT_MAY, &g->seed, 0, UINT64_MAX),
		OPT_END
	};

	opts_parse(table, argc, argv);
	if (!g->iface == !g->out)
		usage("gen-unknown: give one of -i IFACE and -w FILE");
	if (g->src.len != g->dst.len)
		usage("gen-unknown: --src and --dst are not of one IP version");
	if (opts_seen(table, "--cpu"))
		pin_cpu(g->cpu);
}

static uint8_t *put_ip(const struct gen *g, uint8_t *ip, uint8_t proto, size_t payload)
{
	if (g->src.len == 4) {
		ip[0] = 0x45;
		put16(ip + 2, (uint16_t)(20 + payload));
		put16(ip + 6, 0x4000);		/* DF */
		ip[8] = 64;
		ip[9] = proto;
		return ip + 20;
	}
	ip[0] = 0x60;
	put16(ip + 4, (uint16_t)payload);
	ip[6] = proto;
	ip[7] = 64;
	return ip + 40;
}

static uint8_t *put_udp(uint8_t *p, size_t payload)
{
	put16(p, PORT_NATT);
	put16(p + 2, PORT_NATT);
	put16(p + 4, (uint16_t)(8 + payload));
	return p + 8;
}

static uint8_t *put_ah(uint8_t *p)
{
	p[0] = IPPROTO_IPIP;
	p[1] = (12 + ICV_LEN) / 4 - 2;
	return p + 12 + ICV_LEN;
}

/* Writes one whole frame, then finds its fields with the parser all other commands use. */
static void make_model(struct gen *g)
{
	size_t head = g->kind == FRAME_AH ? 12 + ICV_LEN : 8, body = head + g->size;
	uint8_t *p = g->model + 14;

	memcpy(g->model, g->dst_mac, 6);
	memcpy(g->model + 6, g->src_mac, 6);
	put16(g->model + 12, g->src.len == 4 ? ETHERTYPE_IP : ETHERTYPE_IPV6);
	if (g->kind == FRAME_NATT)
		p = put_udp(put_ip(g, p, IPPROTO_UDP, body + 8), body) + 8;
	else if (g->kind == FRAME_ESP)
		p = put_ip(g, p, IPPROTO_ESP, body) + 8;
	else
		p = put_ah(put_ip(g, p, IPPROTO_AH, body));
	for (uint64_t i = 0; i < g->size; i++)
		*p++ = (uint8_t)rng_u64(&g->rng);
	g->len = (size_t)(p - g->model);
	if (g->kind == FRAME_NATT)
		put32(g->model + g->len - body, 1);	/* SPI 0 in UDP would read as IKE */
	frame_parse(&g->at, g->model, g->len);
	memcpy(g->model + frame_dst(&g->at), g->dst.bytes, g->dst.len);
}

static size_t make_frame(struct gen *g, uint64_t nth, uint8_t *out)
{
	struct addr src = g->src;

	addr_advance(&src, nth % g->sources);
	memcpy(out, g->model, g->len);
	memcpy(out + frame_src(&g->at), src.bytes, src.len);
	put32(out + g->at.spi, g->spi.how == SPI_RANDOM ? rng_spi(&g->rng) : g->spi.spi);
	put32(out + g->at.seq, (uint32_t)(nth / g->sources + 1));
	if (g->at.version == 4)
		ipv4_checksum_fix(out + g->at.l3);
	udp_checksum_fix(&g->at, out);
	return g->len;
}

static void run(struct gen *g, uint8_t *slots)
{
	struct iovec burst[TX_BURST];

	while (g->tx.sent < g->count && !stop_asked) {
		uint64_t n = tx_room(&g->tx, g->count - g->tx.sent);

		for (uint64_t i = 0; i < n; i++) {
			burst[i].iov_base = slots + i * ROOM;
			burst[i].iov_len = make_frame(g, g->tx.sent + i, burst[i].iov_base);
		}
		tx_burst(&g->tx, burst, (unsigned int)n);
	}
}

int cmd_gen_unknown(int argc, char **argv)
{
	struct gen g = { .sources = 1, .size = 64 };
	uint8_t *slots = must_alloc(TX_BURST, ROOM);
	uint64_t lost;

	options(&g, argc, argv);
	g.rng.state = g.seed;
	make_model(&g);
	stop_on_signals();
	if (g.iface)
		tx_open_iface(&g.tx, g.iface, TX_BYPASS, g.rate);
	else
		tx_open_file(&g.tx, g.out);
	run(&g, slots);
	lost = tx_finish(&g.tx);
	tx_print(&g.tx);
	printf(" lost=%llu end=%s\n", (unsigned long long)lost,
	       g.tx.sent < g.count ? "signal" : "count");
	free(slots);
	return lost ? 1 : 0;
}
