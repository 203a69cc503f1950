// SPDX-License-Identifier: Apache-2.0
/* R-SHOW-5. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "user/cli/show.h"
#include "user/cli/view.h"

/* "10.1.0.0/16" -> "10.1.0.0/255.255.0.0", a whole address "host 10.1.0.1". */
static void session_prefix(FILE *out, const char *prefix)
{
	const char *slash = strchr(prefix, '/');
	bool v6 = strchr(prefix, ':');
	long len = slash ? strtol(slash + 1, NULL, 10) : -1;
	char mask[INET_ADDRSTRLEN];
	struct in_addr m;

	if (!slash || len < 0 || len > (v6 ? 128 : 32)) {
		fputs(prefix, out);
	} else if (len == (v6 ? 128 : 32)) {
		fprintf(out, "host %.*s", (int)(slash - prefix), prefix);
	} else if (v6) {
		fputs(prefix, out);
	} else {
		m.s_addr = len ? htonl(0xffffffffU << (32 - len)) : 0;
		inet_ntop(AF_INET, &m, mask, sizeof(mask));
		fprintf(out, "%.*s/%s", (int)(slash - prefix), prefix, mask);
	}
}

static void session_port(FILE *out, long long port)
{
	if (port)
		fprintf(out, " port %lld", port);
}

static void session_ident(FILE *out, const json_t *ts)
{
	long long proto = (long long)view_int(ts, "inner-protocol");

	fputs("  IPSEC FLOW: permit ", out);
	if (proto)
		fprintf(out, "%lld ", proto);
	else
		fputs("ip ", out);
	session_prefix(out, view_str(ts, "local-prefix"));
	session_port(out, (long long)view_int(ts, "local-port"));
	fputc(' ', out);
	session_prefix(out, view_str(ts, "remote-prefix"));
	session_port(out, (long long)view_int(ts, "remote-port"));
	fputc('\n', out);
}

static void session_left(FILE *out, const json_t *life, const char *leaf)
{
	if (!life || json_is_null(life))
		fputc('0', out);
	else if (view_is_null(life, leaf))
		fputs("no limit", out);
	else
		fprintf(out, "%lld", (long long)view_int(life, leaf));
}

static void session_life_line(FILE *out, const char *head, long long packets, long long drop,
			      const json_t *life)
{
	fprintf(out, "        %s %lld drop %lld life (KB/Sec) ", head, packets, drop);
	session_left(out, life, "kilobytes");
	fputc('/', out);
	session_left(out, life, "seconds");
	fputc('\n', out);
}

static void session_show_flow(FILE *out, const json_t *f, bool detail)
{
	const json_t *list = view_at(f, "traffic-selectors"), *ts;
	long long more = (long long)view_int(f, "traffic-selectors-more");
	size_t i;

	json_array_foreach(list, i, ts)
		session_ident(out, ts);
	if (more)
		fprintf(out, "  IPSEC FLOW: and %lld more\n", more);
	fprintf(out, "        Active SAs: %lld, origin: %s\n", (long long)view_int(f, "active-sas"),
		view_str(f, "origin"));
	if (!detail)
		return;
	session_life_line(out, "Inbound:  #pkts dec'ed", (long long)view_int(f, "counters.decaps"),
			  (long long)view_int(f, "counters.recv-errors"),
			  view_at(f, "remaining-in"));
	session_life_line(out, "Outbound: #pkts enc'ed", (long long)view_int(f, "counters.encaps"),
			  (long long)view_int(f, "counters.send-errors"),
			  view_at(f, "remaining-out"));
}

static void session_show(FILE *out, const json_t *s, bool detail)
{
	const json_t *flows = view_at(s, "flows"), *f;
	size_t i;

	fprintf(out, "\nInterface: %s\n", view_str(s, "interface"));
	if (!view_is_null(s, "profile"))
		fprintf(out, "Profile: %s\n", view_str(s, "profile"));
	fprintf(out, "Session status: %s\nPeer: %s port %lld", view_str(s, "status"),
		view_str(s, "peer"), (long long)view_int(s, "port"));
	if (detail)
		fprintf(out, " fvrf: (none) ivrf: (none)\n      Phase1_id: (none)\n      Desc: %s",
			view_is_null(s, "description") ? "(none)" : view_str(s, "description"));
	fputc('\n', out);
	json_array_foreach(flows, i, f)
		session_show_flow(out, f, detail);
}

void show_session(FILE *out, const json_t *result, const struct command *c)
{
	const json_t *list = view_at(result, "sessions"), *s;
	bool detail = command_has(c, "detail");
	size_t i;

	fputs("Crypto session current status\n", out);
	if (detail)
		fputs("\nCode: C - IKE Configuration mode, D - Dead Peer Detection\n"
		      "K - Keepalives, N - NAT-traversal, T - cTCP encapsulation\n"
		      "X - IKE Extended Authentication, F - IKE Fragmentation\n", out);
	json_array_foreach(list, i, s)
		session_show(out, s, detail);
	if (view_bool(result, "truncated"))
		fputs("% There are more sessions than shown\n", out);
}
