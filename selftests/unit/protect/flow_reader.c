// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>

#include "flow_reader.h"

static void *mock_lookup(void *map, const void *key);

#define bpf_map_lookup_elem(map, key)	mock_lookup(map, key)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmissing-prototypes"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#include "bpf/lib/flow.h"
#pragma GCC diagnostic pop

void *(*reader_lookup)(enum reader_map map, const void *key);

static void *mock_lookup(void *map, const void *key)
{
	if (map == &xi_local)	/* none of the addresses is ours */
		return NULL;
	return reader_lookup(map == &xi_flow_set   ? READER_SET :
			     map == &xi_flow_group ? READER_GROUP : READER_FLOW, key);
}

bool reader_ask(const struct flow_packet *out, uint32_t ifindex)
{
	struct flow_query q = {
		.ifindex = ifindex, .family = out->family, .proto = out->proto,
		.seen = out->has_ports, .sport = out->sport, .dport = out->dport,
	};

	memcpy(q.src, out->src.b, sizeof(q.src));
	memcpy(q.dst, out->dst.b, sizeof(q.dst));
	q.number = flow_set_get()->number;
	return flow_search(&q);
}
