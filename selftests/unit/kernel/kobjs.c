// SPDX-License-Identifier: Apache-2.0
#include "selftests/unit/kernel/kobjs.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "user/kernel/xfrm_compat.h"

struct addr kobjs_addr(const char *text)
{
	struct addr a;

	if (!addr_parse(text, &a))
		abort();
	return a;
}

struct kobj kobjs_link(const char *name, uint32_t if_id)
{
	struct kobj o = { .kind = KOBJ_LINK, .owner = "test" };

	snprintf(o.link.name, sizeof(o.link.name), "%s", name);
	o.link.type = if_id ? KOBJ_LINK_XFRM : KOBJ_LINK_DUMMY;
	o.link.if_id = if_id;
	o.link.mtu = 1400;
	o.link.up = true;
	snprintf(o.link.alias, sizeof(o.link.alias), "crypto map lab 10");
	return o;
}

struct kobj kobjs_address(const char *dev, const char *addr, uint8_t plen)
{
	struct kobj o = { .kind = KOBJ_ADDR };

	snprintf(o.addr.dev, sizeof(o.addr.dev), "%s", dev);
	o.addr.addr = kobjs_addr(addr);
	o.addr.plen = plen;
	return o;
}

static struct kobj sa_of(const char *daddr, uint32_t spi, uint8_t proto)
{
	struct addr a = kobjs_addr(daddr);
	struct kobj o = { .kind = KOBJ_SA };

	o.sa.key = (struct xi_sa_key){ .spi = htonl(spi), .proto = proto, .family = a.family };
	memcpy(o.sa.key.daddr, a.b, sizeof(o.sa.key.daddr));
	o.sa.saddr = kobjs_addr(a.family == AF_INET ? "192.0.2.9" : "2001:db8::9");
	o.sa.mode = XFRM_MODE_TUNNEL;
	o.sa.reqid = XI_ID(XI_ID_MAP, spi);
	return o;
}

struct kobj kobjs_sa(const char *daddr, uint32_t spi)
{
	struct kobj o = sa_of(daddr, spi, IPPROTO_ESP);

	o.sa.inbound = true;
	o.sa.window = 64;
	strcpy(o.sa.enc, "cbc(aes)");
	secret_set(&o.sa.enc_key, "0123456789abcdef", 16);
	strcpy(o.sa.auth, "hmac(sha256)");
	secret_set(&o.sa.auth_key, "0123456789abcdef0123456789abcdef", 32);
	o.sa.icv_bits = 128;
	return o;
}

struct kobj kobjs_full_sa(void)
{
	struct kobj o = kobjs_sa("192.0.2.1", 0x1001);

	o.sa.if_id = XI_ID(XI_ID_MAP, 3);
	o.sa.esn = true;
	o.sa.window = 4096;
	o.sa.encap_sport = 4500;
	o.sa.encap_dport = 1024;
	o.sa.soft_seconds = 3000;
	o.sa.hard_seconds = 3600;
	o.sa.soft_bytes = 1ULL << 40;
	o.sa.hard_bytes = (1ULL << 40) + 1;
	return o;
}

struct kobj kobjs_gcm(const char *daddr, uint32_t spi)
{
	struct kobj o = sa_of(daddr, spi, IPPROTO_ESP);

	o.sa.nopmtudisc = true;
	o.sa.esn = true;
	o.sa.oseq = 0x123456789;
	strcpy(o.sa.aead, "rfc4106(gcm(aes))");
	secret_set(&o.sa.aead_key, "0123456789abcdefsalt", 20);
	o.sa.icv_bits = 128;
	o.sa.out_mark = XI_MARK;
	return o;
}

struct kobj kobjs_ah(const char *daddr, uint32_t spi)
{
	struct kobj o = sa_of(daddr, spi, IPPROTO_AH);

	o.sa.inbound = true;
	o.sa.window = 1024;
	strcpy(o.sa.auth, "hmac(sha1)");
	secret_set(&o.sa.auth_key, "0123456789abcdef0123", 20);
	o.sa.icv_bits = 96;
	return o;
}

struct kobj kobjs_policy(uint8_t dir, uint32_t if_id, const char *src, const char *dst,
			 uint8_t plen)
{
	struct kobj o = { .kind = KOBJ_POLICY };
	bool v4;

	o.policy.dir = dir;
	o.policy.if_id = if_id;
	o.policy.sel.src = kobjs_addr(src);
	o.policy.sel.dst = kobjs_addr(dst);
	o.policy.sel.splen = o.policy.sel.dplen = plen;
	o.policy.priority = XI_POLICY_FIRST;
	o.policy.action = XFRM_POLICY_ALLOW;
	o.policy.ntmpl = 1;
	v4 = o.policy.sel.src.family == AF_INET;
	o.policy.tmpl[0] = (struct kobj_tmpl){
		.proto = IPPROTO_ESP,
		.mode = XFRM_MODE_TUNNEL,
		.saddr = kobjs_addr(v4 ? "192.0.2.1" : "2001:db8::1"),
		.daddr = kobjs_addr(v4 ? "192.0.2.2" : "2001:db8::2"),
		.reqid = XI_ID(XI_ID_MAP, if_id),
	};
	return o;
}

struct kobj kobjs_route(const char *dst, uint8_t plen, uint32_t table, const char *dev)
{
	struct kobj o = { .kind = KOBJ_ROUTE };

	o.route.dst = kobjs_addr(dst);
	o.route.plen = plen;
	o.route.table = table;
	snprintf(o.route.dev, sizeof(o.route.dev), "%s", dev);
	return o;
}

struct kobj kobjs_rule(uint32_t priority, const char *src, uint8_t plen, uint32_t table)
{
	struct kobj o = { .kind = KOBJ_RULE };

	o.rule.priority = priority;
	o.rule.src = kobjs_addr(src);
	o.rule.splen = plen;
	o.rule.family = o.rule.src.family;
	o.rule.dst.family = o.rule.family;
	o.rule.to = table;
	return o;
}
