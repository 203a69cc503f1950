// SPDX-License-Identifier: Apache-2.0
#include "selftests/unit/kernel/image.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct xfrm_usersa_info image_sa_info(int family)
{
	const char *src = family == AF_INET ? "198.51.100.1" : "2001:db8::1";
	const char *dst = family == AF_INET ? "192.0.2.1" : "2001:db8::2";
	struct xfrm_usersa_info p = {
		.id = { .spi = htonl(0x1234), .proto = IPPROTO_ESP },
		.family = (uint16_t)family,
		.mode = XFRM_MODE_TUNNEL,
		.reqid = 7,
	};

	inet_pton(family, src, &p.saddr);
	inet_pton(family, dst, &p.id.daddr);
	return p;
}

struct nlmsghdr *image_start(struct image *im, uint16_t type, const void *header, size_t size)
{
	struct nlmsghdr *nlh;

	memset(im, 0, sizeof(*im));
	nlh = mnl_nlmsg_put_header(im->bytes);
	nlh->nlmsg_type = type;
	memcpy(mnl_nlmsg_put_extra_header(nlh, size), header, size);
	return nlh;
}

void image_put_alg(struct nlmsghdr *nlh, uint16_t type, const char *name, unsigned int key_bits,
		   int icv_bits)
{
	size_t header = icv_bits < 0 ? sizeof(struct xfrm_algo) : sizeof(struct xfrm_algo_auth);
	uint8_t buf[256] = {};
	struct xfrm_algo_auth *h = (void *)buf;

	strncpy(h->alg_name, name, sizeof(h->alg_name));
	h->alg_key_len = key_bits;
	if (icv_bits >= 0)
		h->alg_trunc_len = (unsigned int)icv_bits;
	memset(buf + header, 0xa5, (key_bits + 7) / 8);
	mnl_attr_put(nlh, type, header + (key_bits + 7) / 8, buf);
}

void image_put_replay(struct nlmsghdr *nlh, uint32_t oseq, uint32_t seq)
{
	struct xfrm_replay_state r = { .oseq = oseq, .seq = seq, .bitmap = 0xffffffff };

	mnl_attr_put(nlh, XFRMA_REPLAY_VAL, sizeof(r), &r);
}

void image_put_esn(struct nlmsghdr *nlh, uint32_t bmp_len, uint32_t window, uint64_t oseq,
		   uint64_t seq)
{
	uint32_t buf[6 + 128] = { bmp_len, (uint32_t)oseq, (uint32_t)seq, (uint32_t)(oseq >> 32),
				  (uint32_t)(seq >> 32), window };

	_Static_assert(sizeof(struct xfrm_replay_state_esn) == 24, "six words, then the bitmap");
	mnl_attr_put(nlh, XFRMA_REPLAY_ESN_VAL, (6 + bmp_len) * sizeof(uint32_t), buf);
}

struct nlmsghdr *image_cut(const struct nlmsghdr *nlh, size_t len)
{
	struct nlmsghdr *cut = malloc(len);

	memcpy(cut, nlh, len);
	cut->nlmsg_len = (uint32_t)len;
	return cut;
}

void image_save(const struct nlmsghdr *nlh, const char *name)
{
	const char *dir = getenv("XI_CORPUS");
	char path[256];
	FILE *f;

	if (!dir)
		return;
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	if (!f)
		return;
	fwrite(nlh, 1, nlh->nlmsg_len, f);
	fclose(f);
}
