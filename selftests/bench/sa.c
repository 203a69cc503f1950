// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/netlink.h>
#include <linux/xfrm.h>

#include "selftests/bench/sa.h"

#define SA_ID	"src 198.51.100.2 dst 198.51.100.1 proto esp spi 0x%08x"

#define TRIES	5

static int shell(const char *command)
{
	fflush(stdout);
	return system(command);
}

/*
 * Guest time leaps when a guest under -icount is idle: the kernel may stop
 * waiting for a cipher's module while the host is still reading it. Once more
 * is enough then.
 */
void sa_add(const struct flow *flow)
{
	char command[512];
	int tries;

	snprintf(command, sizeof(command),
		 "ip xfrm state add " SA_ID " reqid 1 mode tunnel replay-window %u %s %s",
		 BENCH_SPI, flow->window, flow->esn ? "flag esn" : "", flow_keys(flow->cipher));
	for (tries = 0; tries < TRIES; tries++)
		if (!shell(command))
			return;
	fprintf(stderr, "bench: failed: %s\n", command);
	exit(2);
}

void sa_del(void)
{
	char command[256];

	snprintf(command, sizeof(command), "ip xfrm state delete " SA_ID " 2>/dev/null",
		 BENCH_SPI);
	if (shell(command))
		return;		/* there was none */
}

static int sa_message(const struct nlmsghdr *msg, void *data)
{
	const struct xfrm_usersa_info *sa = mnl_nlmsg_get_payload(msg);
	struct kernel_counts *c = data;

	if (msg->nlmsg_type == XFRM_MSG_NEWSA) {
		c->sa_packets = sa->curlft.packets;
		c->sa_replay = sa->stats.replay;
	}
	return MNL_CB_STOP;
}

static void sa_counts(struct kernel_counts *c)
{
	struct mnl_socket *nl = mnl_socket_open(NETLINK_XFRM);
	char buf[8192];
	struct nlmsghdr *msg = mnl_nlmsg_put_header(buf);
	struct xfrm_usersa_id *id = mnl_nlmsg_put_extra_header(msg, sizeof(*id));
	ssize_t n;

	msg->nlmsg_type = XFRM_MSG_GETSA;
	msg->nlmsg_flags = NLM_F_REQUEST;
	id->daddr.a4 = htonl(ADDR_GATEWAY);
	id->spi = htonl(BENCH_SPI);
	id->family = AF_INET;
	id->proto = IPPROTO_ESP;
	if (!nl || mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) ||
	    mnl_socket_sendto(nl, msg, msg->nlmsg_len) < 0 ||
	    (n = mnl_socket_recvfrom(nl, buf, sizeof(buf))) < 0) {
		perror("bench: netlink");
		exit(2);
	}
	mnl_cb_run(buf, n, 0, 0, sa_message, c);	/* no such SA: an error message, counts 0 */
	mnl_socket_close(nl);
}

static void xfrm_stat(struct kernel_counts *c)
{
	FILE *f = fopen("/proc/net/xfrm_stat", "r");
	unsigned long v;
	char name[64];

	while (f && fscanf(f, "%63s %lu", name, &v) == 2) {
		c->errors += v;
		if (!strcmp(name, "XfrmInStateSeqError"))
			c->seq_error = v;
		else if (!strcmp(name, "XfrmInNoStates"))
			c->no_states = v;
	}
	if (f)
		fclose(f);
}

static uint64_t number_in(const char *path)
{
	FILE *f = fopen(path, "r");
	unsigned long v = 0;

	if (f) {
		if (fscanf(f, "%lu", &v) != 1)
			v = 0;
		fclose(f);
	}
	return v;
}

void kernel_counts(struct kernel_counts *c)
{
	memset(c, 0, sizeof(*c));
	xfrm_stat(c);
	sa_counts(c);
	c->forwarded = number_in("/sys/class/net/xb-in/statistics/tx_packets");
}
