/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What BPF programs and user space agree on: the number of this agreement, the
 * place of the pins, the names of the maps and every limit of a map.
 *
 * Any change to a struct in maps.h, flows.h or events.h, to a map's name or type, or to
 * the numbers in reasons.h is a new XI_ABI. A daemon that finds pins of another
 * number takes them down and loads its own (docs/dataplane.md, "Restart").
 */
#ifndef XIPSEC_ABI_H
#define XIPSEC_ABI_H

#define XI_ABI		2

#define XI_PIN_DIR	"/sys/fs/bpf/xipsec"

/* Map names are pin names too: 15 characters at most (BPF_OBJ_NAME_LEN). */
#define XI_MAP_WINDOW	"xi_window"	/* slot -> SA, its replay window, its drops (slots.h) */
#define XI_MAP_REASON	"xi_reason"	/* reason -> packets, last packet; per CPU */
#define XI_MAP_SOURCE	"xi_source"	/* source -> token buckets of unknown SPIs; LRU */
#define XI_MAP_LOCAL	"xi_local"	/* our addresses; an SPI for another host is transit */
#define XI_MAP_CONFIG	"xi_config"	/* one struct xi_config */
#define XI_MAP_FLOW_SET	"xi_flow_set"	/* which of the two halves of the flows, by interface (flows.h) */
#define XI_MAP_FLOW_GROUP "xi_flow_group" /* protected flows, all but the remote network */
#define XI_MAP_FLOW	"xi_flow"	/* remote networks of a group: the longest prefix */
#define XI_MAP_EVENTS	"xi_events"	/* ring buffer of struct xi_event */

/*
 * Slots of xi_window: a power of two, chosen when the map is made, at least
 * twice the SAs expected. The map is an array and takes its memory at once:
 * 1.2 kB a slot.
 */
#define XI_SLOTS_MIN	1024
#define XI_SLOTS_MAX	(1 << 17)

/*
 * Slots that are searched for an SA. With half of them taken at random, one SA in
 * 220 finds no place, with a quarter one in 30,000 (simulated); it is left to the
 * kernel and said in the log.
 */
#define XI_PROBES	8

/*
 * Sources of unknown SPIs that are remembered. A stranger chooses them, so the
 * map is an LRU of fixed size: 16384 times 40 bytes.
 */
#define XI_MAX_SOURCE	16384

#define XI_MAX_LOCAL	4096

/* Bytes; a power of two and a multiple of the page size. About 2,700 events. */
#define XI_EVENTS_SIZE	(256 * 1024)

/*
 * The largest window of the kernel is 4096 numbers (XFRMA_REPLAY_ESN_MAX). A
 * ring of RFC 6479 needs one word more than the window, and a power of two
 * makes the index a mask: 128 words of 64 bits.
 */
#define XI_WINDOW_MAX	4096
#define XI_RING_WORDS	128

#endif /* XIPSEC_ABI_H */
