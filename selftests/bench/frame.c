// SPDX-License-Identifier: Apache-2.0
/*
 * Frames of the benchmark: Ethernet, IPv4, and ESP in tunnel mode (RFC 4303)
 * with AES-GCM (RFC 4106) or AES-CBC and HMAC-SHA-256-128 (RFC 3602, 4868).
 * That the kernel decrypts all of them is asserted by its counters.
 */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "selftests/bench/frame.h"

#define ICV_LEN		16
#define GCM_SALT_LEN	4
#define GCM_IV_LEN	8

static const __u8 mac_gateway[6] = { 2, 0, 0, 0, 0, 1 };
static const __u8 mac_peer[6] = { 2, 0, 0, 0, 0, 2 };

/* The GCM key has its salt behind it. */
static const __u8 key_gcm[20] = "bench-gcm-key-16salt";
static const __u8 key_cbc[16] = "bench-cbc-key-16";
static const __u8 key_hmac[32] = "bench-hmac-sha-256-key-32-octets";

static void hex(char *out, const __u8 *key, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		sprintf(out + 2 * i, "%02x", key[i]);
}

const char *flow_keys(enum cipher cipher)
{
	static char text[256];
	char enc[41] = "", auth[65] = "";

	if (cipher == CIPHER_GCM) {
		hex(enc, key_gcm, sizeof(key_gcm));
		snprintf(text, sizeof(text), "aead 'rfc4106(gcm(aes))' 0x%s 128", enc);
	} else {
		hex(enc, key_cbc, sizeof(key_cbc));
		hex(auth, key_hmac, sizeof(key_hmac));
		snprintf(text, sizeof(text),
			 "auth-trunc 'hmac(sha256)' 0x%s 128 enc 'cbc(aes)' 0x%s", auth, enc);
	}
	return text;
}

static __u16 ip_checksum(const void *data, size_t len)
{
	const __u16 *p = data;
	__u32 sum = 0;

	for (; len > 1; len -= 2)
		sum += *p++;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

static void put_ip(__u8 *at, __u32 saddr, __u32 daddr, __u8 proto, __u16 len)
{
	struct iphdr ip = {
		.version = 4, .ihl = 5, .ttl = 64, .protocol = proto,
		.tot_len = htons(len), .saddr = htonl(saddr), .daddr = htonl(daddr),
	};

	ip.check = ip_checksum(&ip, sizeof(ip));
	memcpy(at, &ip, sizeof(ip));
}

/* An IP packet of `len` octets; UDP checksum 0: none. */
static void put_udp(__u8 *at, __u32 saddr, __u32 daddr, __u16 port, __u16 len)
{
	struct udphdr udp = {
		.source = htons(4000), .dest = htons(port),
		.len = htons(len - sizeof(struct iphdr)),
	};

	memset(at, 'x', len);
	put_ip(at, saddr, daddr, IPPROTO_UDP, len);
	memcpy(at + sizeof(struct iphdr), &udp, sizeof(udp));
}

/* Ethernet, and room for `ip_len` octets behind it: their address. */
static __u8 *frame_start(struct frame *f, __u32 ip_len)
{
	struct ethhdr *eth = (struct ethhdr *)f->data;

	memset(f, 0, sizeof(*f));
	memcpy(eth->h_dest, mac_gateway, sizeof(eth->h_dest));
	memcpy(eth->h_source, mac_peer, sizeof(eth->h_source));
	eth->h_proto = htons(ETH_P_IP);
	f->len = sizeof(*eth) + ip_len;
	if (f->len > FRAME_MAX)
		abort();
	return f->data + sizeof(*eth);
}

static void must(int ok, const char *what)
{
	if (ok > 0)
		return;
	fprintf(stderr, "bench: libcrypto: %s failed\n", what);
	exit(2);
}

/* In place; the ICV goes behind the text. aad: SPI and number, in full with ESN. */
static void seal_gcm(const __u8 *iv, const __u8 *aad, int aad_len, __u8 *text, int len)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	__u8 nonce[GCM_SALT_LEN + GCM_IV_LEN];
	int n;

	memcpy(nonce, key_gcm + 16, GCM_SALT_LEN);
	memcpy(nonce + GCM_SALT_LEN, iv, GCM_IV_LEN);
	must(EVP_EncryptInit_ex(ctx, EVP_aes_128_gcm(), NULL, key_gcm, nonce), "GCM");
	must(EVP_EncryptUpdate(ctx, NULL, &n, aad, aad_len), "AAD");
	must(EVP_EncryptUpdate(ctx, text, &n, text, len), "encryption");
	must(EVP_EncryptFinal_ex(ctx, text + len, &n), "encryption");
	must(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, ICV_LEN, text + len), "ICV");
	EVP_CIPHER_CTX_free(ctx);
}

/* The ICV covers the ESP packet, and the upper half of the number with ESN. */
static void seal_cbc(const __u8 *iv, __u8 *esp, __u8 *text, int len, const __be32 *seq_hi)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	__u8 input[FRAME_MAX + 4], mac[EVP_MAX_MD_SIZE];
	size_t esp_len = text + len - esp;
	int n;

	must(EVP_EncryptInit_ex(ctx, EVP_aes_128_cbc(), NULL, key_cbc, iv), "CBC");
	EVP_CIPHER_CTX_set_padding(ctx, 0);
	must(EVP_EncryptUpdate(ctx, text, &n, text, len), "encryption");
	EVP_CIPHER_CTX_free(ctx);

	memcpy(input, esp, esp_len);
	if (seq_hi) {
		memcpy(input + esp_len, seq_hi, sizeof(*seq_hi));
		esp_len += sizeof(*seq_hi);
	}
	must(HMAC(EVP_sha256(), key_hmac, sizeof(key_hmac), input, esp_len, mac, NULL) != NULL,
	     "HMAC");
	memcpy(text + len, mac, ICV_LEN);
}

void frame_esp(struct frame *f, const struct flow *flow, __u64 seq)
{
	__u32 iv_len = flow->cipher == CIPHER_GCM ? GCM_IV_LEN : 16;
	__u32 block = flow->cipher == CIPHER_GCM ? 4 : 16;
	__u32 pad = (block - (flow->inner_len + 2) % block) % block, i;
	__u32 text_len = flow->inner_len + pad + 2;
	__u32 ip_len = sizeof(struct iphdr) + 8 + iv_len + text_len + ICV_LEN;
	__u8 *ip = frame_start(f, ip_len), *esp = ip + sizeof(struct iphdr);
	__u8 *iv = esp + 8, *text = iv + iv_len;
	__be32 spi = htonl(BENCH_SPI), lo = htonl((__u32)seq), hi = htonl(seq >> 32);
	__be32 aad[3] = { spi, flow->esn ? hi : lo, lo };

	put_ip(ip, ADDR_PEER, ADDR_GATEWAY, IPPROTO_ESP, ip_len);
	memcpy(esp, &spi, 4);
	memcpy(esp + 4, &lo, 4);
	memcpy(iv, &seq, sizeof(seq));
	put_udp(text, ADDR_INNER_SRC, ADDR_INNER_DST, 9, flow->inner_len);
	for (i = 0; i < pad; i++)
		text[flow->inner_len + i] = i + 1;
	text[flow->inner_len + pad] = pad;
	text[flow->inner_len + pad + 1] = IPPROTO_IPIP;
	if (flow->cipher == CIPHER_GCM)
		seal_gcm(iv, (__u8 *)aad, flow->esn ? 12 : 8, text, text_len);
	else
		seal_cbc(iv, esp, text, text_len, flow->esn ? &hi : NULL);
}

void frame_esp_fake(struct frame *f, __u32 daddr, __u32 spi, __u32 seq, __u32 ip_len)
{
	__u8 *ip = frame_start(f, ip_len), *esp = ip + sizeof(struct iphdr);
	__be32 words[2] = { htonl(spi), htonl(seq) };

	put_ip(ip, ADDR_PEER, daddr, IPPROTO_ESP, ip_len);
	memcpy(esp, words, sizeof(words));
}

void frame_udp(struct frame *f, __u32 saddr, __u32 daddr, __u16 port, __u32 ip_len)
{
	put_udp(frame_start(f, ip_len), saddr, daddr, port, ip_len);
}
