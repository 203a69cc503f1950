// SPDX-License-Identifier: Apache-2.0
/*
 * xi-wire capture: frames of one interface into a pcap file, through a TPACKET_V3 ring that is
 * large enough to hold what the disk cannot take at once. Frames the kernel could not put there
 * make the capture untrue and the exit status 1.
 */
#include "wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "frame.h"
#include "opt.h"
#include "pcap.h"

#define BLOCK_SIZE (1u << 20)
#define RETIRE_MS 10			/* a block with frames is handed over after so long */
#define POLL_MS 50
#define FLUSH_NS (200 * 1000000ull)	/* after a stop signal: several retire times */

enum filter { FILTER_ANY, FILTER_IPSEC, FILTER_ESP, FILTER_AH, FILTER_NATT, FILTER_IKE };
enum direction { DIR_BOTH, DIR_IN, DIR_OUT };

struct capture {
	const char *iface, *path, *ready;
	uint64_t count, timeout, ring_mb;
	enum filter filter;
	enum direction dir;
	struct addr dst;
	bool promisc;

	int fd;
	uint8_t *ring;
	unsigned int blocks, next;
	struct pcap_out out;
	uint64_t frames, bytes, cut;
	uint64_t start, last;		/* last: of a frame that matched */
	const char *end;
};

struct word {
	const char *name;
	int value;
};

static bool find_word(const struct word *words, const char *text, int *value)
{
	for (; words->name; words++) {
		if (!strcmp(words->name, text)) {
			*value = words->value;
			return true;
		}
	}
	return false;
}

static bool parse_filter(const char *text, void *out)
{
	static const struct word words[] = {
		{ "any", FILTER_ANY }, { "ipsec", FILTER_IPSEC }, { "esp", FILTER_ESP },
		{ "ah", FILTER_AH }, { "natt", FILTER_NATT }, { "ike", FILTER_IKE }, { 0 },
	};
	int v;

	if (!find_word(words, text, &v))
		return false;
	*(enum filter *)out = v;
	return true;
}

static bool parse_dir(const char *text, void *out)
{
	static const struct word words[] = {
		{ "both", DIR_BOTH }, { "in", DIR_IN }, { "out", DIR_OUT }, { 0 },
	};
	int v;

	if (!find_word(words, text, &v))
		return false;
	*(enum direction *)out = v;
	return true;
}

static void options(struct capture *c, int argc, char **argv)
{
	struct opt table[] = {
		OPT_STR("-i", OPT_MUST, &c->iface),
		OPT_STR("-w", OPT_MUST, &c->path),
		OPT_NUM("-n", OPT_MAY, &c->count, 1, UINT64_MAX),
		OPT_CALL("--filter", OPT_MAY, &c->filter, parse_filter,
			 "any, ipsec, esp, ah, natt or ike"),
		OPT_CALL("--dir", OPT_MAY, &c->dir, parse_dir, "in, out or both"),
		OPT_CALL("--dst", OPT_MAY, &c->dst, opt_addr, "an IP address"),
		OPT_CALL("--timeout", OPT_MAY, &c->timeout, opt_seconds, "a number of seconds"),
		OPT_STR("--ready", OPT_MAY, &c->ready),
		OPT_NUM("--ring", OPT_MAY, &c->ring_mb, 1, 1024),
		OPT_FLAG("--promisc", &c->promisc),
		OPT_END
	};

	opts_parse(table, argc, argv);
}

/* Halves the ring until the kernel has the memory for it. */
static void map_ring(struct capture *c)
{
	struct tpacket_req3 req = {
		.tp_block_size = BLOCK_SIZE,
		.tp_frame_size = TPACKET_ALIGNMENT << 7,
		.tp_retire_blk_tov = RETIRE_MS,
	};
	void *map;

	for (c->blocks = (unsigned int)c->ring_mb; c->blocks; c->blocks /= 2) {
		req.tp_block_nr = c->blocks;
		req.tp_frame_nr = c->blocks * (BLOCK_SIZE / req.tp_frame_size);
		if (!setsockopt(c->fd, SOL_PACKET, PACKET_RX_RING, &req, sizeof(req)))
			break;
		if (errno != ENOMEM)
			fail("PACKET_RX_RING: %s", strerror(errno));
	}
	if (!c->blocks)
		fail("no memory for a capture ring");
	map = mmap(NULL, (size_t)c->blocks * BLOCK_SIZE, PROT_READ | PROT_WRITE,
		   MAP_SHARED | MAP_POPULATE, c->fd, 0);
	if (map == MAP_FAILED)
		fail("cannot map the capture ring: %s", strerror(errno));
	c->ring = map;
}

static void open_socket(struct capture *c)
{
	struct sockaddr_ll ll = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL) };
	struct packet_mreq mr = { .mr_type = PACKET_MR_PROMISC };
	int version = TPACKET_V3;

	ll.sll_ifindex = mr.mr_ifindex = (int)if_nametoindex(c->iface);
	if (!ll.sll_ifindex)
		usage("no interface '%s' in this network namespace", c->iface);
	/* Protocol 0 until bind: no frame of another interface gets in. */
	c->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (c->fd < 0)
		fail("cannot open a packet socket: %s", strerror(errno));
	if (setsockopt(c->fd, SOL_PACKET, PACKET_VERSION, &version, sizeof(version)))
		fail("TPACKET_V3: %s", strerror(errno));
	map_ring(c);
	if (bind(c->fd, (struct sockaddr *)&ll, sizeof(ll)))
		fail("%s: cannot bind: %s", c->iface, strerror(errno));
	if (c->promisc &&
	    setsockopt(c->fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &mr, sizeof(mr)))
		fail("%s: promiscuous mode: %s", c->iface, strerror(errno));
}

static bool direction_wanted(const struct capture *c, const struct sockaddr_ll *ll)
{
	bool out = ll->sll_pkttype == PACKET_OUTGOING;

	return c->dir == DIR_BOTH || out == (c->dir == DIR_OUT);
}

static bool kind_wanted(enum filter filter, enum frame_kind kind)
{
	switch (filter) {
	case FILTER_ANY:
		return true;
	case FILTER_IPSEC:
		return kind == FRAME_ESP || kind == FRAME_AH || kind == FRAME_NATT;
	case FILTER_ESP:
		return kind == FRAME_ESP;
	case FILTER_AH:
		return kind == FRAME_AH;
	case FILTER_NATT:
		return kind == FRAME_NATT;
	case FILTER_IKE:
		return kind == FRAME_IKE;
	}
	return false;
}

static bool frame_wanted(const struct capture *c, const uint8_t *p, size_t len)
{
	struct frame f;

	frame_parse(&f, p, len);
	if (!kind_wanted(c->filter, f.kind))
		return false;
	return !c->dst.len || (c->dst.len == frame_addr_len(&f) &&
			       !memcmp(p + frame_dst(&f), c->dst.bytes, c->dst.len));
}

/* The frame as it was on the wire: a tag the kernel took off goes back in. */
static const uint8_t *whole_frame(const struct tpacket3_hdr *h, size_t *len)
{
	static uint8_t tagged[FRAME_MAX + 4];
	const uint8_t *p = (const uint8_t *)h + h->tp_mac;
	bool known = h->tp_status & TP_STATUS_VLAN_TPID_VALID;

	*len = h->tp_snaplen;
	if (!(h->tp_status & TP_STATUS_VLAN_VALID) || *len < 12 || *len > FRAME_MAX)
		return p;
	memcpy(tagged, p, 12);
	put16(tagged + 12, known ? h->hv1.tp_vlan_tpid : ETH_P_8021Q);
	put16(tagged + 14, (uint16_t)h->hv1.tp_vlan_tci);
	memcpy(tagged + 16, p + 12, *len - 12);
	*len += 4;
	return tagged;
}

static void take_frame(struct capture *c, const struct tpacket3_hdr *h)
{
	const void *ll = (const uint8_t *)h + TPACKET_ALIGN(sizeof(*h));
	const uint8_t *p;
	size_t len;

	if (!direction_wanted(c, ll))
		return;
	p = whole_frame(h, &len);
	if (!frame_wanted(c, p, len))
		return;
	pcap_write(&c->out, h->tp_sec * NS_PER_SEC + h->tp_nsec, p, len);
	c->frames++;
	c->bytes += len;
	c->cut += h->tp_snaplen < h->tp_len;
	c->last = clock_ns();
}

static bool full(const struct capture *c)
{
	return c->count && c->frames >= c->count;
}

/* Takes every block the kernel has handed over. */
static void drain(struct capture *c)
{
	while (!full(c)) {
		struct tpacket_block_desc *b = (void *)(c->ring + (size_t)c->next * BLOCK_SIZE);
		struct tpacket_hdr_v1 *bh = &b->hdr.bh1;
		const uint8_t *at;

		if (!(__atomic_load_n(&bh->block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER))
			return;
		at = (const uint8_t *)b + bh->offset_to_first_pkt;
		for (uint32_t i = 0; i < bh->num_pkts && !full(c); i++) {
			const struct tpacket3_hdr *h = (const void *)at;

			take_frame(c, h);
			at += h->tp_next_offset;
		}
		__atomic_store_n(&bh->block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
		c->next = (c->next + 1) % c->blocks;
	}
}

static void run(struct capture *c)
{
	uint64_t stop_at = 0;

	c->start = c->last = clock_ns();
	while (!c->end) {
		struct pollfd pfd = { .fd = c->fd, .events = POLLIN };
		int n = poll(&pfd, 1, POLL_MS);
		uint64_t now;

		if (n > 0 && (pfd.revents & (POLLERR | POLLNVAL)))
			fail("%s: the interface went away", c->iface);
		drain(c);
		now = clock_ns();
		if (stop_asked && !stop_at)
			stop_at = now + FLUSH_NS;
		if (full(c))
			c->end = "count";
		else if (stop_at && now >= stop_at)
			c->end = "signal";
		else if (c->timeout && now - c->last >= c->timeout)
			c->end = "idle";
	}
}

static uint64_t kernel_drops(const struct capture *c)
{
	struct tpacket_stats_v3 st = { 0 };
	socklen_t len = sizeof(st);

	if (getsockopt(c->fd, SOL_PACKET, PACKET_STATISTICS, &st, &len))
		fail("PACKET_STATISTICS: %s", strerror(errno));
	return st.tp_drops;
}

int cmd_capture(int argc, char **argv)
{
	struct capture c = { .ring_mb = 64 };
	uint64_t drops;

	options(&c, argc, argv);
	stop_on_signals();
	pcap_create(&c.out, c.path);
	open_socket(&c);
	ready_touch(c.ready);
	run(&c);
	drops = kernel_drops(&c);
	pcap_finish(&c.out);
	close(c.fd);
	if (drops)
		warn_line("%s: the kernel dropped %llu frames: the capture is not whole (--ring)",
			  c.iface, (unsigned long long)drops);
	if (c.cut)
		warn_line("%s: %llu frames were cut", c.iface, (unsigned long long)c.cut);
	printf("frames=%llu bytes=%llu kernel_drops=%llu cut=%llu seconds=%.6f end=%s\n",
	       (unsigned long long)c.frames, (unsigned long long)c.bytes,
	       (unsigned long long)drops, (unsigned long long)c.cut,
	       (double)(c.last - c.start) / 1e9, c.end);
	return drops || c.cut ? 1 : 0;
}
