// SPDX-License-Identifier: Apache-2.0
/* xi-wire dump: one line per frame, for people or (--fields) for awk. */
#include "wire.h"

#include <arpa/inet.h>
#include <stdio.h>

#include "frame.h"
#include "opt.h"
#include "pcap.h"

struct texts {
	char l2[FRAME_TAGS_MAX * 5 + 1], src[INET6_ADDRSTRLEN], dst[INET6_ADDRSTRLEN];
	char proto_buf[8], spi[11], seq[11];
	const char *proto;
};

static void tags_text(const struct frame *f, char *buf, size_t size)
{
	size_t at = 0;

	snprintf(buf, size, "-");
	for (unsigned int i = 0; i < f->tags; i++)
		at += (size_t)snprintf(buf + at, size - at, "%s%u", i ? "," : "", f->vid[i]);
}

static void texts_make(struct texts *t, const struct frame *f, const uint8_t *p)
{
	int family = f->version == 4 ? AF_INET : AF_INET6;

	memset(t, 0, sizeof(*t));
	tags_text(f, t->l2, sizeof(t->l2));
	t->src[0] = t->dst[0] = t->spi[0] = t->seq[0] = '-';
	if (f->version) {
		inet_ntop(family, p + frame_src(f), t->src, sizeof(t->src));
		inet_ntop(family, p + frame_dst(f), t->dst, sizeof(t->dst));
	}
	t->proto = frame_proto_name(f, t->proto_buf);
	if (f->spi)
		snprintf(t->spi, sizeof(t->spi), "0x%08x", get32(p + f->spi));
	if (f->seq)
		snprintf(t->seq, sizeof(t->seq), "%u", get32(p + f->seq));
}

int cmd_dump(int argc, char **argv)
{
	const char *path = NULL;
	bool fields = false;
	struct opt table[] = {
		OPT_STR("-r", OPT_MUST, &path), OPT_FLAG("--fields", &fields), OPT_END
	};
	struct pcap pcap;

	opts_parse(table, argc, argv);
	pcap_load(&pcap, path);
	for (size_t i = 0; i < pcap.count; i++) {
		const struct pcap_frame *r = &pcap.frames[i];
		struct frame f;
		struct texts t;

		frame_parse(&f, r->data, r->len);
		texts_make(&t, &f, r->data);
		printf(fields ? "%zu %s %s %s %s %s %s %u\n"
			      : "%zu vlan=%s %s > %s %s spi=%s seq=%s len=%u\n",
		       i, t.l2, t.src, t.dst, t.proto, t.spi, t.seq, r->len);
	}
	if (!fields)
		printf("frames=%zu\n", pcap.count);
	pcap_unload(&pcap);
	return 0;
}
