/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Netlink messages as bytes, for tests of decoders. image_save() keeps them as
 * seeds of the fuzz corpus when XI_CORPUS names a directory.
 */
#ifndef IMAGE_H
#define IMAGE_H

#include <stdint.h>

#include <libmnl/libmnl.h>

#include "user/kernel/xfrm_compat.h"

#define IMAGE_MAX	4096

struct image {
	_Alignas(8) uint8_t bytes[IMAGE_MAX];
};

/* SPI 0x1234, ESP, 198.51.100.1 -> 192.0.2.1 (or 2001:db8::1 -> 2001:db8::2), tunnel. */
struct xfrm_usersa_info image_sa_info(int family);

struct nlmsghdr *image_start(struct image *im, uint16_t type, const void *header, size_t size);

/* struct xfrm_algo, or with icv_bits >= 0 struct xfrm_algo_auth/_aead; the key is all 0xa5. */
void image_put_alg(struct nlmsghdr *nlh, uint16_t type, const char *name, unsigned int key_bits,
		   int icv_bits);
void image_put_replay(struct nlmsghdr *nlh, uint32_t oseq, uint32_t seq);
void image_put_esn(struct nlmsghdr *nlh, uint32_t bmp_len, uint32_t window, uint64_t oseq,
		   uint64_t seq);

/* A copy of the first `len` bytes that ends where its memory ends, and says so. free() it. */
struct nlmsghdr *image_cut(const struct nlmsghdr *nlh, size_t len);

void image_save(const struct nlmsghdr *nlh, const char *name);

#endif /* IMAGE_H */
