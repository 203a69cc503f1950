// SPDX-License-Identifier: Apache-2.0
/*
 * faultnl.so (LD_PRELOAD) - what a process changes through netlink, and its death
 * at one of these places:
 *
 *	FAULTNL=DIR LD_PRELOAD=build/selftests/faultnl.so xipsecd ...
 *	echo 7 before >DIR/arm		# SIGKILL instead of the 7th write from now on
 *	echo 7 after >DIR/arm		# ... behind it: done, but nobody hears the answer
 *
 * Writes are counted that have a message that changes something: between two of them
 * the kernel stays as it is, whatever is asked. The file `arm` is taken away at the
 * first write that sees it. With DIR/log, each write of any kind adds a line to it:
 * number, protocol, how many of its messages change something, and the type of each:
 *
 *	3 route 2 24,24
 *
 * Built apart from xi-wire, with libc alone, so that it fits into any process.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/xfrm.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define BUF_MAX	(1 << 20)

static unsigned long count, kill_at;	/* kill_at 0: live */
static bool kill_after;
static unsigned char whole[BUF_MAX];	/* one write, put together */

static int option(int fd, int name)
{
	socklen_t len = sizeof(int);
	int value;

	return getsockopt(fd, SOL_SOCKET, name, &value, &len) ? -1 : value;
}

static bool path_of(const char *name, char *path, size_t size)
{
	const char *dir = getenv("FAULTNL");

	return dir && snprintf(path, size, "%s/%s", dir, name) < (int)size;
}

static void read_arm(void)
{
	char path[4096], when[8] = "";
	unsigned long at;
	FILE *f;

	if (!path_of("arm", path, sizeof(path)))
		return;
	f = fopen(path, "re");
	if (!f)
		return;
	if (fscanf(f, "%lu %7s", &at, when) == 2) {
		count = 0;
		kill_at = at;
		kill_after = !strcmp(when, "after");
		unlink(path);
	}
	fclose(f);
}

static bool changes(int protocol, unsigned int type)
{
	if (protocol == NETLINK_ROUTE)
		return type >= RTM_BASE && (type & 3) != 2;	/* 2: RTM_GET* */
	switch (type) {
	case XFRM_MSG_GETSA:
	case XFRM_MSG_GETPOLICY:
	case XFRM_MSG_GETAE:
	case XFRM_MSG_GETSADINFO:
	case XFRM_MSG_GETSPDINFO:
	case XFRM_MSG_GETDEFAULT:
		return false;
	default:
		return type >= XFRM_MSG_BASE;
	}
}

/* How many of the messages in `whole` change something; their types as text. */
static unsigned int read_messages(int protocol, size_t len, char *types, size_t size)
{
	size_t at = 0, used = 0;
	struct nlmsghdr h;
	unsigned int n = 0;

	types[0] = '\0';
	for (; at + sizeof(h) <= len; at += NLMSG_ALIGN(h.nlmsg_len)) {
		memcpy(&h, whole + at, sizeof(h));
		if (h.nlmsg_len < sizeof(h))
			break;
		n += changes(protocol, h.nlmsg_type);
		if (used + 8 < size)
			used += (size_t)snprintf(types + used, size - used, "%s%u",
						 used ? "," : "", h.nlmsg_type);
	}
	return n;
}

static void add_log(int protocol, unsigned int n, const char *types)
{
	char path[4096];
	FILE *f;

	if (!path_of("log", path, sizeof(path)) || access(path, W_OK))
		return;
	f = fopen(path, "ae");
	if (!f)
		return;
	fprintf(f, "%lu %s %u %s\n", count, protocol == NETLINK_ROUTE ? "route" : "xfrm", n, types);
	fclose(f);
}

static size_t gather(const struct iovec *iov, size_t n, size_t at)
{
	for (size_t i = 0; i < n; i++) {
		size_t len = iov[i].iov_len < BUF_MAX - at ? iov[i].iov_len : BUF_MAX - at;

		memcpy(whole + at, iov[i].iov_base, len);
		at += len;
	}
	return at;
}

/* Of a write to netlink that changes something: true. */
static bool counted(int fd, const struct iovec *iov, size_t n)
{
	int protocol = option(fd, SO_DOMAIN) == AF_NETLINK ? option(fd, SO_PROTOCOL) : -1;
	unsigned int changing;
	char types[2048];

	if (protocol != NETLINK_ROUTE && protocol != NETLINK_XFRM)
		return false;
	read_arm();
	changing = read_messages(protocol, gather(iov, n, 0), types, sizeof(types));
	if (changing && ++count == kill_at && !kill_after)
		raise(SIGKILL);
	add_log(protocol, changing, types);
	return changing > 0;
}

static void done(bool ours)
{
	if (ours && count == kill_at && kill_after)
		raise(SIGKILL);
}

#define NEXT(name)	((typeof(&name))dlsym(RTLD_NEXT, #name))

ssize_t sendto(int fd, const void *buf, size_t len, int flags, const struct sockaddr *to,
	       socklen_t tolen)
{
	struct iovec iov = { (void *)buf, len };
	bool ours = counted(fd, &iov, 1);
	ssize_t ret = NEXT(sendto)(fd, buf, len, flags, to, tolen);

	done(ours);
	return ret;
}

ssize_t send(int fd, const void *buf, size_t len, int flags)
{
	return sendto(fd, buf, len, flags, NULL, 0);
}

ssize_t sendmsg(int fd, const struct msghdr *m, int flags)
{
	bool ours = counted(fd, m->msg_iov, m->msg_iovlen);
	ssize_t ret = NEXT(sendmsg)(fd, m, flags);

	done(ours);
	return ret;
}

/* One write each, as far as killing goes: so a process may die between two of them. */
int sendmmsg(int fd, struct mmsghdr *m, unsigned int n, int flags)
{
	unsigned int i;
	ssize_t ret = 0;

	if (option(fd, SO_DOMAIN) != AF_NETLINK)
		return NEXT(sendmmsg)(fd, m, n, flags);
	for (i = 0; i < n; i++) {
		ret = sendmsg(fd, &m[i].msg_hdr, flags);
		if (ret < 0)
			break;
		m[i].msg_len = (unsigned int)ret;
	}
	return i || !n ? (int)i : -1;
}

ssize_t write(int fd, const void *buf, size_t len)
{
	struct iovec iov = { (void *)buf, len };
	bool ours = counted(fd, &iov, 1);
	ssize_t ret = NEXT(write)(fd, buf, len);

	done(ours);
	return ret;
}

ssize_t writev(int fd, const struct iovec *iov, int n)
{
	bool ours = counted(fd, iov, (size_t)n);
	ssize_t ret = NEXT(writev)(fd, iov, n);

	done(ours);
	return ret;
}
