/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where made frames go: out of an interface, or into a pcap file. On an interface a frame counts
 * as sent only when the kernel took it; a refused one (queue full) is offered again, in order.
 * Some drivers drop silently; the interface's own drop counter, less our refusals, tells.
 */
#ifndef XI_TX_H
#define XI_TX_H

#include "pcap.h"

#include <sys/uio.h>

#define TX_BURST 64

enum tx_path { TX_BYPASS, TX_QDISC };

struct tx {
	const char *iface;		/* NULL: to the file */
	int fd;
	struct pcap_out file;
	struct pace pace;
	uint64_t start, last;
	uint64_t sent, bytes, retries;
	uint64_t drops_before;
};

void tx_open_iface(struct tx *t, const char *iface, enum tx_path path, uint64_t rate);
void tx_open_file(struct tx *t, const char *path);
uint64_t tx_room(struct tx *t, uint64_t want);		/* frames to make now, at most TX_BURST */
void tx_burst(struct tx *t, const struct iovec *frames, unsigned int n);
uint64_t tx_finish(struct tx *t);			/* frames the driver lost silently */
void tx_print(const struct tx *t);			/* key=value, no newline */

#endif
