// SPDX-License-Identifier: Apache-2.0
/* As fuzz_xfrm_msg.c, for devices and addresses. */
#include <stdlib.h>

#include "user/kernel/nl.c"
#include "user/kernel/link.c"
#include "user/lib/addr.c"
#include "user/lib/env.c"
#include "user/lib/err.c"
#include "user/lib/hash.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(x)	do { if (!(x)) abort(); } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nlmsghdr *nlh;
	struct link_addr la;
	struct link_info l;

	if (size < sizeof(*nlh) || size > 65536)
		return 0;
	nlh = malloc(size);
	memcpy(nlh, data, size);
	nlh->nlmsg_len = (uint32_t)size;
	if (link_msg_link(nlh, &l) == 0)
		CHECK(memchr(l.name, '\0', sizeof(l.name)));
	if (link_msg_addr(nlh, &la) == 0)
		CHECK(la.addr.family == AF_INET || la.addr.family == AF_INET6);
	free(nlh);
	return 0;
}
