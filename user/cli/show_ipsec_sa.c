/* SPDX-License-Identifier: Apache-2.0 */
/* `show crypto ipsec sa`: order and wording of lines are R-SHOW-2's. */
#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "user/cli/show.h"
#include "user/cli/view.h"
#include "user/config/print.h"

static const struct {
	const char	*title;
	const char	*leaf;
} lists[] = {
	{ "inbound esp sas:",	"inbound-esp-sas" },
	{ "inbound ah sas:",	"inbound-ah-sas" },
	{ "inbound pcp sas:",	"inbound-pcp-sas" },
	{ "outbound esp sas:",	"outbound-esp-sas" },
	{ "outbound ah sas:",	"outbound-ah-sas" },
	{ "outbound pcp sas:",	"outbound-pcp-sas" },
};

#define NLISTS	(sizeof(lists) / sizeof(lists[0]))

/* "10.0.0.0/24" -> "10.0.0.0/255.255.255.0"; an IPv6 prefix keeps its length. */
static void show_prefix(FILE *out, const char *prefix)
{
	const char *slash = strchr(prefix, '/');
	char mask[INET_ADDRSTRLEN];
	struct in_addr m;
	long len;

	if (!slash || strchr(prefix, ':')) {
		fputs(prefix, out);
		return;
	}
	len = strtol(slash + 1, NULL, 10);
	m.s_addr = len > 0 && len <= 32 ? htonl(0xffffffffU << (32 - len)) : 0;
	inet_ntop(AF_INET, &m, mask, sizeof(mask));
	fprintf(out, "%.*s/%s", (int)(slash - prefix), prefix, mask);
}

static void show_ident(FILE *out, const char *side, const json_t *ts, const char *prefix,
		       const char *port)
{
	fprintf(out, "   %s ident (addr/mask/prot/port): (", side);
	show_prefix(out, view_str(ts, prefix));
	fprintf(out, "/%lld/%lld)\n", (long long)view_int(ts, "inner-protocol"),
		(long long)view_int(ts, port));
}

static void show_idents(FILE *out, const json_t *flow)
{
	const json_t *list = view_at(flow, "traffic-selectors"), *ts;
	long long more = (long long)view_int(flow, "traffic-selectors-more");
	size_t i;

	json_array_foreach(list, i, ts) {
		show_ident(out, "local ", ts, "local-prefix", "local-port");
		show_ident(out, "remote", ts, "remote-prefix", "remote-port");
	}
	if (more)
		fprintf(out, "   and %lld more pairs of idents\n", more);
}

static long long count(const json_t *c, const char *leaf)
{
	return (long long)view_int(c, leaf);
}

static void show_counters(FILE *out, const json_t *c)
{
	fprintf(out, "    #pkts encaps: %lld, #pkts encrypt: %lld, #pkts digest: %lld\n",
		count(c, "encaps"), count(c, "encrypt"), count(c, "digest"));
	fprintf(out, "    #pkts decaps: %lld, #pkts decrypt: %lld, #pkts verify: %lld\n",
		count(c, "decaps"), count(c, "decrypt"), count(c, "verify"));
	fprintf(out, "    #pkts compressed: %lld, #pkts decompressed: %lld\n",
		count(c, "compressed"), count(c, "decompressed"));
	fputs("    #pkts not compressed: 0, #pkts compr. failed: 0\n", out);
	fputs("    #pkts not decompressed: 0, #pkts decompress failed: 0\n", out);
	fprintf(out, "    #send errors %lld, #recv errors %lld\n", count(c, "send-errors"),
		count(c, "recv-errors"));
}

/* R-ARW-13, with what died in XDP apart from what the kernel had to decrypt. */
static void show_counter_detail(FILE *out, const json_t *c)
{
	fprintf(out, "    #pkts verify failed: %lld\n", count(c, "verify-failed"));
	fprintf(out, "    #pkts replay failed: %lld\n", count(c, "replay-failed"));
	fprintf(out, "      in XDP: duplicate: %lld, too old: %lld, number zero: %lld\n",
		count(c, "replay-failed-xdp.duplicate"), count(c, "replay-failed-xdp.too-old"),
		count(c, "replay-failed-xdp.sequence-zero"));
	fprintf(out, "      in the kernel: %lld\n", count(c, "replay-failed-kernel"));
	fprintf(out, "    #bytes out: %lld, #bytes in: %lld\n", count(c, "bytes-out"),
		count(c, "bytes-in"));
}

/* "tunnel" -> "Tunnel" */
static void show_mode(FILE *out, const json_t *sa)
{
	const char *mode = view_str(sa, "mode");

	fprintf(out, "        in use settings ={%c%s%s, }\n", toupper((unsigned char)*mode),
		*mode ? mode + 1 : "",
		view_is_null(sa, "encapsulation-type") ? "" : " UDP-Encaps");
}

static void show_transform(FILE *out, const json_t *sa)
{
	const json_t *list = view_at(sa, "transform"), *name;
	size_t i;

	fputs("        transform: ", out);
	json_array_foreach(list, i, name)
		fprintf(out, "%s ", view_str(name, ""));
	fputs(",\n", out);
}

/* Section E: wherever it is listed. */
static void show_obsolete(FILE *out, const json_t *sa)
{
	const json_t *list = view_at(sa, "transform"), *name;
	size_t i;

	json_array_foreach(list, i, name)
		if (!strcmp(view_str(name, ""), "esp-3des"))
			fputs("        WARNING: esp-3des is obsolete (RFC 8221)\n", out);
}

static void show_left(FILE *out, const json_t *sa, const char *leaf)
{
	if (view_is_null(sa, leaf))
		fputs("no limit", out);
	else
		fprintf(out, "%lld", (long long)view_int(sa, leaf));
}

static void show_window(FILE *out, const json_t *sa)
{
	const json_t *x = view_at(sa, "replay-stats.xdp");
	long long top = (long long)view_int(sa, "replay-stats.replay-window.t");
	char age[VIEW_TIME_MAX];

	fprintf(out, "        replay window size: %lld\n",
		(long long)view_int(sa, "replay-stats.replay-window.w"));
	fprintf(out, "        replay window top: %lld (0x%llX)\n", top, (unsigned long long)top);
	if (!view_is_null(x, "last-rejected"))
		fprintf(out, "        last rejected: %lld, %s ago\n",
			(long long)view_int(x, "last-rejected"),
			view_age(x, "last-rejected-age-ms", age));
}

static void show_sa_detail(FILE *out, const json_t *sa)
{
	const json_t *r = view_at(sa, "replay-stats");

	fprintf(out, "        extended sequence numbers: %s\n",
		view_bool(sa, "ext-seq-num") ? "Y" : "N");
	if (view_is_null(r, "replay-window")) {
		fprintf(out, "        last number sent: %lld\n", count(r, "seq-number-counter"));
		return;
	}
	fprintf(out, "        #pkts replay failed: %lld (in XDP: duplicate: %lld, too old: %lld,"
		" number zero: %lld; in the kernel: duplicate: %lld, too old: %lld)\n",
		count(r, "packet-dropped"), count(r, "xdp.duplicate"), count(r, "xdp.too-old"),
		count(r, "xdp.sequence-zero"), count(r, "kernel.duplicate"),
		count(r, "kernel.too-old"));
}

static void show_sa(FILE *out, const json_t *sa, const char *tag, bool detail)
{
	bool replay = view_int(sa, "anti-replay-window-size") > 0;

	fprintf(out, "      spi: %s(%lld)\n", view_str(sa, "spi-hex"),
		(long long)view_int(sa, "spi"));
	show_transform(out, sa);
	show_mode(out, sa);
	fprintf(out, "        slot: 0, conn id: %lld, flow_id: %lld, crypto map: %s\n",
		(long long)view_int(sa, "conn-id"), (long long)view_int(sa, "flow-id"), tag);
	fprintf(out, "        crypto engine type: %s\n", view_str(sa, "crypto-engine-type"));
	fputs("        sa timing: remaining key lifetime (k/sec): (", out);
	show_left(out, sa, "remaining.kilobytes");
	fputc('/', out);
	show_left(out, sa, "remaining.seconds");
	fputs(")\n", out);
	if (!view_is_null(sa, "iv-bytes"))
		fprintf(out, "        IV size: %lld bytes\n", (long long)view_int(sa, "iv-bytes"));
	fprintf(out, "        replay detection support: %s\n", replay ? "Y" : "N");
	if (replay && !view_is_null(sa, "replay-stats.replay-window"))
		show_window(out, sa);
	show_obsolete(out, sa);
	if (detail)
		show_sa_detail(out, sa);
}

static void show_lists(FILE *out, const json_t *flow, bool detail)
{
	const json_t *sa;
	size_t i, n;

	for (i = 0; i < NLISTS; i++) {
		fprintf(out, "\n     %s\n", lists[i].title);
		json_array_foreach(view_at(flow, lists[i].leaf), n, sa)
			show_sa(out, sa, view_str(flow, "crypto-map-tag"), detail);
	}
}

static void show_flow(FILE *out, const json_t *f, const struct command *c)
{
	bool detail = command_has(c, "detail"), is_acl = !strcmp(view_str(f, "origin"), "acl");
	long long port = (long long)view_int(f, "tunnel.remote-port");

	fprintf(out, "    Crypto map tag: %s, local addr. %s\n\n", view_str(f, "crypto-map-tag"),
		view_str(f, "tunnel.local"));
	fputs("   protected vrf: (none)\n", out);
	show_idents(out, f);
	fprintf(out, "   current_peer: %s", view_str(f, "tunnel.remote"));
	if (port)
		fprintf(out, " port %lld", port);	/* R-NAT-8 */
	else if (is_acl && !view_bool(f, "manual"))
		fputs(":500", out);			/* where IKE speaks with it */
	fprintf(out, "\n     PERMIT, flags={origin_is_%s,}\n", is_acl ? "acl" : "kernel");
	show_counters(out, view_at(f, "counters"));
	if (detail)
		show_counter_detail(out, view_at(f, "counters"));
	fprintf(out, "\n     local crypto endpt.: %s, remote crypto endpt.: %s\n",
		view_str(f, "tunnel.local"), view_str(f, "tunnel.remote"));
	fprintf(out, "     path mtu %lld, media mtu %lld\n", (long long)view_int(f, "path-mtu"),
		(long long)view_int(f, "media-mtu"));
	fprintf(out, "     current outbound spi: %llX\n",
		(unsigned long long)view_int(f, "current-outbound-spi"));
	if (!view_is_null(f, "inactive"))
		fprintf(out, "     Inactive: %s\n", view_str(f, "inactive"));
	if (!command_has(c, "identity"))
		show_lists(out, f, detail);
	fputc('\n', out);
}

/* Flows of one interface stand together, in the order they came. */
struct sorted_flow {
	const json_t	*flow;
	size_t		at;
};

static int by_interface(const void *x, const void *y)
{
	const struct sorted_flow *a = x, *b = y;
	int d = natural_compare(view_str(a->flow, "interface"), view_str(b->flow, "interface"));

	return d ? d : (a->at > b->at) - (a->at < b->at);
}

static void show_flows(FILE *out, const json_t **flow, size_t n, const struct command *c)
{
	struct sorted_flow *list = calloc(n + 1, sizeof(*list));
	const char *name, *before = NULL;
	size_t i;

	if (!list)
		return;
	for (i = 0; i < n; i++)
		list[i] = (struct sorted_flow){ flow[i], i };
	qsort(list, n, sizeof(*list), by_interface);
	for (i = 0; i < n; i++, before = name) {
		name = view_str(list[i].flow, "interface");
		if (!before || strcmp(before, name))
			fprintf(out, "%sinterface: %s\n", i ? "" : "\n", name);
		show_flow(out, list[i].flow, c);
	}
	free(list);
}

/* One SA with what decides its place in the list by address. */
struct placed {
	const char	*dest, *proto, *tag;
	const json_t	*sa;
};

static int by_dest(const void *x, const void *y)
{
	const struct placed *a = x, *b = y;
	int c = strcmp(a->dest, b->dest);

	return c ? c : strcmp(a->proto, b->proto);
}

static size_t place_flow(struct placed *p, const json_t *flow)
{
	size_t i, k, n = 0;
	const json_t *sa;

	for (i = 0; i < NLISTS; i++) {
		const json_t *list = view_at(flow, lists[i].leaf);
		bool inbound = lists[i].title[0] == 'i';

		json_array_foreach(list, k, sa) {
			if (p)
				p[n] = (struct placed){
					view_str(flow, inbound ? "tunnel.local" : "tunnel.remote"),
					view_str(sa, "protocol-parameters"),
					view_str(flow, "crypto-map-tag"), sa };
			n++;
		}
	}
	return n;
}

static void show_protocol(FILE *out, const char *proto)
{
	fputs("   protocol: ", out);
	for (; *proto; proto++)
		fputc(toupper((unsigned char)*proto), out);
	fputc('\n', out);
}

static void show_by_address(FILE *out, const json_t **flow, size_t n, bool detail)
{
	struct placed *p;
	size_t i, all = 0, k = 0;

	for (i = 0; i < n; i++)
		all += place_flow(NULL, flow[i]);
	p = calloc(all + 1, sizeof(*p));
	if (!p)
		return;
	for (i = 0; i < n; i++)
		k += place_flow(p + k, flow[i]);
	qsort(p, all, sizeof(*p), by_dest);
	for (i = 0; i < all; i++) {
		bool dest = !i || strcmp(p[i].dest, p[i - 1].dest);

		if (dest)
			fprintf(out, "%sfvrf/address: (none)/%s\n", i ? "\n" : "", p[i].dest);
		if (dest || strcmp(p[i].proto, p[i - 1].proto))
			show_protocol(out, p[i].proto);
		show_sa(out, p[i].sa, p[i].tag, detail);
	}
	free(p);
}

void show_ipsec_sa(FILE *out, const json_t *result, const struct command *c)
{
	const json_t *list = view_at(result, "flows"), *f;
	const json_t **flow = calloc(json_array_size(list) + 1, sizeof(*flow));
	size_t i;

	if (!flow)
		return;
	json_array_foreach(list, i, f)
		flow[i] = f;
	if (!json_array_size(list))
		fputs("\nNo SAs found\n", out);
	else if (command_has(c, "address"))
		show_by_address(out, flow, json_array_size(list), command_has(c, "detail"));
	else
		show_flows(out, flow, json_array_size(list), c);
	if (view_bool(result, "truncated"))
		fputs("% There are more flows than shown: name a peer, an interface or a map\n", out);
	free(flow);
}
