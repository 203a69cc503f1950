// SPDX-License-Identifier: Apache-2.0
#include "pcap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC_US 0xa1b2c3d4u
#define MAGIC_NS 0xa1b23c4du
#define MAGIC_NG 0x0a0d0d0au
#define LINK_ETHERNET 1
#define SNAPLEN 262144

struct file_header {
	uint32_t magic;
	uint16_t major, minor;
	uint32_t zone, sigfigs, snaplen, link;
};

struct record_header {
	uint32_t sec, frac, len, wire_len;
};

_Static_assert(sizeof(struct file_header) == 24, "pcap file header");
_Static_assert(sizeof(struct record_header) == 16, "pcap record header");

struct order {
	bool swap;
	uint32_t frac_ns;		/* nanoseconds per unit of `frac` */
};

static uint32_t u32(const struct order *o, uint32_t v)
{
	return o->swap ? __builtin_bswap32(v) : v;
}

static void map_file(struct pcap *p)
{
	int fd = open(p->path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *map;

	if (fd < 0 || fstat(fd, &st))
		fail("%s: %s", p->path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		fail("%s: not a regular file", p->path);
	if ((size_t)st.st_size < sizeof(struct file_header))
		fail("%s: not a pcap file: %lld bytes is less than its header", p->path,
		     (long long)st.st_size);
	p->size = (size_t)st.st_size;
	map = mmap(NULL, p->size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		fail("%s: cannot map: %s", p->path, strerror(errno));
	p->map = map;
	close(fd);
}

static struct order read_header(const struct pcap *p)
{
	struct order o = { .swap = false, .frac_ns = 1000 };
	struct file_header h;
	uint32_t magic;

	memcpy(&h, p->map, sizeof(h));
	if (h.magic == MAGIC_NG)
		fail("%s: pcapng is not read; convert it: editcap -F pcap IN OUT", p->path);
	o.swap = h.magic == __builtin_bswap32(MAGIC_US) || h.magic == __builtin_bswap32(MAGIC_NS);
	magic = u32(&o, h.magic);
	if (magic != MAGIC_US && magic != MAGIC_NS)
		fail("%s: not a pcap file: magic %08x", p->path, h.magic);
	if (magic == MAGIC_NS)
		o.frac_ns = 1;
	if (u32(&o, h.link) != LINK_ETHERNET)
		fail("%s: link type %u, only Ethernet (%d) is read", p->path, u32(&o, h.link),
		     LINK_ETHERNET);
	return o;
}

/* Advances *at past one record; false at the end of the file. */
static bool next_record(const struct pcap *p, const struct order *o, size_t *at, size_t index,
			struct pcap_frame *f)
{
	size_t left = p->size - *at;
	struct record_header r;

	if (!left)
		return false;
	if (left < sizeof(r))
		fail("%s: ends inside the header of frame %zu", p->path, index);
	memcpy(&r, p->map + *at, sizeof(r));
	f->len = u32(o, r.len);
	if (f->len > SNAPLEN)
		fail("%s: frame %zu claims %u bytes (> %d)", p->path, index, f->len, SNAPLEN);
	if (f->len > left - sizeof(r))
		fail("%s: ends inside frame %zu", p->path, index);
	f->data = p->map + *at + sizeof(r);
	f->ns = u32(o, r.sec) * NS_PER_SEC + (uint64_t)u32(o, r.frac) * o->frac_ns;
	*at += sizeof(r) + f->len;
	return true;
}

void pcap_load(struct pcap *p, const char *path)
{
	size_t at = sizeof(struct file_header), room = 0;
	struct pcap_frame f;
	struct order o;

	memset(p, 0, sizeof(*p));
	p->path = path;
	map_file(p);
	o = read_header(p);
	while (next_record(p, &o, &at, p->count, &f)) {
		if (p->count == room) {
			room = room ? room * 2 : 1024;
			p->frames = reallocarray(p->frames, room, sizeof(*p->frames));
			if (!p->frames)
				fail("%s: out of memory for %zu frames", path, room);
		}
		p->frames[p->count++] = f;
	}
}

void pcap_unload(struct pcap *p)
{
	munmap((void *)(uintptr_t)p->map, p->size);
	free(p->frames);
	memset(p, 0, sizeof(*p));
}

void pcap_create(struct pcap_out *o, const char *path)
{
	struct file_header h = {
		.magic = MAGIC_US,
		.major = 2,
		.minor = 4,
		.snaplen = SNAPLEN,
		.link = LINK_ETHERNET,
	};

	struct stat st;

	/* A new file, not a shorter old one: the old one may be mapped as our own input. */
	if (!stat(path, &st) && S_ISREG(st.st_mode))
		unlink(path);
	o->path = path;
	o->file = fopen(path, "we");
	if (!o->file)
		fail("cannot create %s: %s", path, strerror(errno));
	setvbuf(o->file, NULL, _IOFBF, 1 << 20);
	fwrite(&h, sizeof(h), 1, o->file);
}

void pcap_write(struct pcap_out *o, uint64_t ns, const uint8_t *data, size_t len)
{
	struct record_header r = {
		.sec = (uint32_t)(ns / NS_PER_SEC),
		.frac = (uint32_t)(ns % NS_PER_SEC / 1000),
		.len = (uint32_t)len,
		.wire_len = (uint32_t)len,
	};

	fwrite(&r, sizeof(r), 1, o->file);
	fwrite(data, 1, len, o->file);
}

void pcap_finish(struct pcap_out *o)
{
	bool bad = ferror(o->file);

	if (fclose(o->file) || bad)
		fail("%s: cannot write: %s", o->path, strerror(errno));
	o->file = NULL;
}
