/* SPDX-License-Identifier: Apache-2.0 */
#include "user/ctl/netif.h"

#include <linux/xfrm.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

union sockaddr_any {
	struct sockaddr	sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

static socklen_t fill(union sockaddr_any *s, const struct addr *a, uint16_t port)
{
	memset(s, 0, sizeof(*s));
	s->sa.sa_family = a->family;
	if (a->family == AF_INET) {
		memcpy(&s->in.sin_addr, a->b, sizeof(s->in.sin_addr));
		s->in.sin_port = htons(port);
		return sizeof(s->in);
	}
	memcpy(&s->in6.sin6_addr, a->b, sizeof(s->in6.sin6_addr));
	s->in6.sin6_port = htons(port);
	return sizeof(s->in6);
}

unsigned int netif_mtu(const char *name)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq r = {};
	int ret;

	if (fd < 0)
		return 0;
	snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", name);
	ret = ioctl(fd, SIOCGIFMTU, &r);
	close(fd);
	return ret ? 0 : (unsigned int)r.ifr_mtu;
}

/* The path of encrypted packets is asked for, so the tunnel's own policy must not apply. */
static void bypass_xfrm(int fd, bool v4)
{
	struct xfrm_userpolicy_info p = {
		.dir = XFRM_POLICY_OUT,
		.action = XFRM_POLICY_ALLOW,
		.sel.family = v4 ? AF_INET : AF_INET6,
	};

	/* Without the capability the answer is somewhat small; nothing else. */
	(void)!setsockopt(fd, v4 ? IPPROTO_IP : IPPROTO_IPV6, v4 ? IP_XFRM_POLICY : IPV6_XFRM_POLICY,
			  &p, sizeof(p));
}

/* Connecting a datagram socket asks for a route and sends nothing. */
unsigned int netif_path_mtu(const struct addr *local, const struct addr *remote)
{
	bool v4 = remote->family == AF_INET;
	int fd = socket(remote->family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	union sockaddr_any l, r;
	socklen_t len = sizeof(int);
	int mtu = 0;

	if (fd < 0)
		return 0;
	bypass_xfrm(fd, v4);
	if (bind(fd, &l.sa, fill(&l, local, 0)) || connect(fd, &r.sa, fill(&r, remote, 500)) ||
	    getsockopt(fd, v4 ? IPPROTO_IP : IPPROTO_IPV6, v4 ? IP_MTU : IPV6_MTU, &mtu, &len))
		mtu = 0;
	close(fd);
	return mtu > 0 ? (unsigned int)mtu : 0;
}
