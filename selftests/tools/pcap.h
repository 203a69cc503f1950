/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Classic pcap files, Ethernet only. The reader maps the file and indexes its frames; it takes
 * both byte orders and both time resolutions, and refuses a file that ends inside a frame. The
 * writer gives microseconds in host order. Every error names the file and ends the program.
 */
#ifndef XI_PCAP_H
#define XI_PCAP_H

#include "wire.h"

#include <stdio.h>

struct pcap_frame {
	const uint8_t *data;		/* borrows from the map */
	uint32_t len;
	uint64_t ns;			/* since 1970 */
};

struct pcap {
	const char *path;
	const uint8_t *map;
	size_t size;
	struct pcap_frame *frames;	/* owned */
	size_t count;
};

struct pcap_out {
	const char *path;
	FILE *file;
};

void pcap_load(struct pcap *p, const char *path);
void pcap_unload(struct pcap *p);

void pcap_create(struct pcap_out *o, const char *path);
void pcap_write(struct pcap_out *o, uint64_t ns, const uint8_t *data, size_t len);
void pcap_finish(struct pcap_out *o);	/* the file is whole, or the program fails */

#endif
