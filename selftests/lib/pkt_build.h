/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packets from one line of text: "eth vlan ip4:mf=1 udp:dport=4500 esp:spi=0x1000,seq=7".
 *
 * Each word is a layer; after the colon stand fields that differ from what is
 * right. A layer writes its number into the one before it, lengths and the IPv4
 * checksum are filled in at the end, unless a field says otherwise. So a test
 * names only what it is about.
 *
 *   eth:type=          vlan:id=,type=  qinq:id=,type=
 *   ip4:ver=,ihl=,tot=,proto=,mf=,off=,ttl=,src=,dst=     198.51.100.src -> 192.0.2.dst
 *   ip6:ver=,nh=,plen=,src=,net=,dst=                     2001:db8:1:net::src -> 2001:db8::dst
 *   hop dest route:left= mobility :units=,nh=             units of 8 octets after the first
 *   frag6:off=,m=,nh=  (off in units of 8 octets)
 *   udp:sport=,dport=,len=   tcp:sport=,dport=   icmp6:type=
 *   esp:spi=,seq=,len=       ah:spi=,seq=,len=            len: octets behind the number
 *   zero:n=  data:n=  byte:v=                             payload
 */
#ifndef PKT_BUILD_H
#define PKT_BUILD_H

#include <stddef.h>
#include <stdint.h>

#define PKT_MAX		10240

struct pkt_buf {
	uint8_t data[PKT_MAX];
	size_t len;
	size_t spi_end;		/* behind the sequence number of the last ESP or AH; 0: none */
};

#define PKT_IP4_SRC	0xc6336400	/* 198.51.100.0 */
#define PKT_IP4_DST	0xc0000200	/* 192.0.2.0 */

/* 0, or -1 with the word that is not understood in *bad (may be NULL). */
int pkt_build(struct pkt_buf *b, const char *text, const char **bad);

/* The addresses that src=, net= and dst= stand for; 16 octets each. */
void pkt_addr6_src(uint8_t *addr, unsigned int net, unsigned int host);
void pkt_addr6_dst(uint8_t *addr, unsigned int host);

#endif /* PKT_BUILD_H */
