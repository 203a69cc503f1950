// SPDX-License-Identifier: Apache-2.0
/*
 * What the kernel says of SAs and policies, decoded from any bytes at all. The
 * input is one netlink message; its length field is set to what there is. Each
 * of the three decoders sees every input, from memory that ends with it.
 */
#include <stdlib.h>

#include "user/kernel/nl.c"
#include "user/kernel/xfrm_msg.c"
#include "user/lib/addr.c"
#include "user/lib/err.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(x)	do { if (!(x)) abort(); } while (0)

static void check_addr(const struct addr *a)
{
	char buf[ADDR_STR_MAX];

	CHECK(a->family == 0 || a->family == AF_INET || a->family == AF_INET6);
	CHECK(strlen(addr_str(a, buf)) < sizeof(buf));
}

static void check_alg(const struct sa_alg *alg)
{
	CHECK(memchr(alg->name, '\0', sizeof(alg->name)));
}

static void check_key(const struct xi_sa_key *key)
{
	static const uint8_t zero[12];

	CHECK(key->family == AF_INET || key->family == AF_INET6);
	CHECK(key->pad == 0);
	CHECK(key->family == AF_INET6 || !memcmp(key->daddr + 4, zero, sizeof(zero)));
}

static void check_sa(const struct sa_info *sa)
{
	check_key(&sa->key);
	check_addr(&sa->saddr);
	check_addr(&sa->sel.saddr);
	check_addr(&sa->sel.daddr);
	CHECK(sa->sel.splen <= 128 && sa->sel.dplen <= 128);
	check_alg(&sa->enc);
	check_alg(&sa->auth);
	check_alg(&sa->aead);
	check_alg(&sa->comp);
	CHECK(sa->esn || !(sa->replay_top >> 32 || sa->replay_oseq >> 32));
	CHECK(sa->replay_window <= 0xffff * 8);	/* the bitmap was in the attribute */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct policy_info pol;
	struct nlmsghdr *nlh;
	struct xi_sa_key key;
	struct sa_info sa;
	unsigned int i;
	bool hard;

	if (size < sizeof(*nlh) || size > 65536)
		return 0;
	nlh = malloc(size);
	memcpy(nlh, data, size);
	nlh->nlmsg_len = (uint32_t)size;
	if (xfrm_msg_sa(nlh, &sa) == 0)
		check_sa(&sa);
	if (xfrm_msg_sa_gone(nlh, &key, &hard) == 0)
		check_key(&key);
	if (xfrm_msg_policy(nlh, &pol) == 0) {
		CHECK(pol.ntmpl <= sizeof(pol.tmpl) / sizeof(pol.tmpl[0]));
		for (i = 0; i < pol.ntmpl; i++)
			check_addr(&pol.tmpl[i].daddr);
	}
	free(nlh);
	return 0;
}
