// SPDX-License-Identifier: Apache-2.0
/* R-VTI-7, R-FRAG-9: the lines of a router; what Linux does not count is 0 there. */
#include <string.h>

#include "user/cli/show.h"
#include "user/cli/view.h"

static long long if_count(const json_t *o, const char *leaf)
{
	return (long long)view_int(o, leaf);
}

static void if_head(FILE *out, const json_t *o)
{
	fprintf(out, "%s is %s, line protocol is %s\n", view_str(o, "name"), view_str(o, "state"),
		view_str(o, "line-protocol"));
	if (!view_is_null(o, "inactive"))
		fprintf(out, "  Inactive: %s\n", view_str(o, "inactive"));
}

/* Of IPv6 the addresses that somebody gave it; those of links are in the JSON. */
static void if_address(FILE *out, const json_t *a, bool v4_only)
{
	const char *address = view_str(a, "address");
	bool v6 = strchr(address, ':');

	if (v6 && (v4_only || !strncmp(address, "fe80:", 5)))
		return;
	fprintf(out, "  %s is %s/%lld\n", v6 ? "IPv6 address" :
		view_bool(a, "secondary") ? "Secondary address" : "Internet address", address,
		if_count(a, "prefix-length"));
}

static void if_addresses(FILE *out, const json_t *o, bool v4_only)
{
	const json_t *list = view_at(o, "addresses"), *a;
	size_t i;

	json_array_foreach(list, i, a)
		if_address(out, a, v4_only);
}

static bool if_has_v4(const json_t *o)
{
	const json_t *list = view_at(o, "addresses"), *a;
	size_t i;

	json_array_foreach(list, i, a)
		if (!strchr(view_str(a, "address"), ':'))
			return true;
	return false;
}

static const char *if_or(const json_t *o, const char *leaf, const char *none)
{
	return view_is_null(o, leaf) ? none : view_str(o, leaf);
}

static void if_tunnel(FILE *out, const json_t *o)
{
	const json_t *t = view_at(o, "tunnel");

	if (!t || json_is_null(t))
		return;
	fprintf(out, "  Tunnel source %s", if_or(t, "source", "unknown"));
	if (!view_is_null(t, "source-interface"))
		fprintf(out, " (%s)", view_str(t, "source-interface"));
	fprintf(out, ", destination %s\n", if_or(t, "destination", "unknown"));
	fprintf(out, "  Tunnel protocol/transport %s/%s\n  Tunnel TTL 255\n",
		view_str(t, "protocol"), view_str(t, "transport"));
	fprintf(out, "  Tunnel transport MTU %lld bytes\n", if_count(o, "mtu"));
	if (!view_is_null(t, "profile"))
		fprintf(out, "  Tunnel protection via IPsec (profile \"%s\")\n",
			view_str(t, "profile"));
}

static void if_last(FILE *out, const json_t *o)
{
	char in[VIEW_TIME_MAX], sent[VIEW_TIME_MAX];

	fprintf(out, "  Last input %s, ", view_age(o, "rates.last-input-age-ms", in));
	fprintf(out, "output %s, output hang never\n",
		view_age(o, "rates.last-output-age-ms", sent));
	fputs("  Last clearing of \"show interface\" counters never\n", out);
}

static void if_counters(FILE *out, const json_t *o)
{
	const json_t *c = view_at(o, "counters"), *r = view_at(o, "rates");

	fprintf(out, "  Input queue: 0/0/%lld/0 (size/max/drops/flushes); Total output drops: %lld\n",
		if_count(c, "in-drops"), if_count(c, "out-drops"));
	fprintf(out, "  Output queue: 0/%lld (size/max)\n", if_count(o, "output-queue-max"));
	fprintf(out, "  5 minute input rate %lld bits/sec, %lld packets/sec\n",
		if_count(r, "in-bits"), if_count(r, "in-packets"));
	fprintf(out, "  5 minute output rate %lld bits/sec, %lld packets/sec\n",
		if_count(r, "out-bits"), if_count(r, "out-packets"));
	fprintf(out, "     %lld packets input, %lld bytes, 0 no buffer\n",
		if_count(c, "in-packets"), if_count(c, "in-bytes"));
	fprintf(out, "     Received %lld multicasts, 0 runts, 0 giants, 0 throttles\n",
		if_count(c, "in-multicast"));
	fprintf(out, "     %lld input errors, %lld CRC, %lld frame, %lld overrun, 0 ignored, 0 abort\n",
		if_count(c, "in-errors"), if_count(c, "in-crc"), if_count(c, "in-frame"),
		if_count(c, "in-overrun"));
	fprintf(out, "     %lld packets output, %lld bytes, 0 underruns\n",
		if_count(c, "out-packets"), if_count(c, "out-bytes"));
	fprintf(out, "     %lld output errors, %lld collisions, 0 interface resets\n",
		if_count(c, "out-errors"), if_count(c, "collisions"));
}

static void if_hardware(FILE *out, const json_t *o)
{
	fprintf(out, "  Hardware is %s", view_str(o, "hardware"));
	if (!view_is_null(o, "mac"))
		fprintf(out, ", address is %s (bia %s)", view_str(o, "mac"), view_str(o, "mac"));
	fputc('\n', out);
	if (!view_is_null(o, "description"))
		fprintf(out, "  Description: %s\n", view_str(o, "description"));
}

static void if_medium(FILE *out, const json_t *o)
{
	const char *hardware = view_str(o, "hardware");

	fprintf(out, "  MTU %lld bytes, BW ", if_count(o, "mtu"));
	if (view_is_null(o, "bandwidth-kbit"))
		fputs("unknown", out);
	else
		fprintf(out, "%lld Kbit/sec", if_count(o, "bandwidth-kbit"));
	fprintf(out, ", DLY %lld usec,\n     reliability 255/255, txload 1/255, rxload 1/255\n",
		if_count(o, "delay-usec"));
	fprintf(out, "  Encapsulation %s, loopback not set\n",
		!strcmp(hardware, "Tunnel") ? "TUNNEL" :
		!strcmp(hardware, "Loopback") ? "LOOPBACK" : "ARPA");
}

void show_interface(FILE *out, const json_t *result, const struct command *c)
{
	(void)c;
	if_head(out, result);
	if_hardware(out, result);
	if_addresses(out, result, false);
	if_medium(out, result);
	if_tunnel(out, result);
	if_last(out, result);
	if_counters(out, result);
}

static void if_list(FILE *out, const json_t *o, const char *leaf, const char *title)
{
	fprintf(out, "  %s access list is %s\n", title, if_or(o, leaf, "not set"));
}

void show_ip_interface(FILE *out, const json_t *result, const struct command *c)
{
	(void)c;
	if_head(out, result);
	if_addresses(out, result, true);
	if (!if_has_v4(result))
		fputs("  Internet protocol processing disabled\n", out);
	fprintf(out, "  MTU is %lld bytes\n", if_count(result, "mtu"));
	if_list(out, result, "access-list-out", "Outgoing");
	if_list(out, result, "access-list-in", "Inbound ");
}
