// SPDX-License-Identifier: Apache-2.0
/* R-CMAP-7, R-CLEAR-5, R-DYN-5. */
#include <string.h>

#include "user/cli/notes.h"
#include "user/cli/show.h"
#include "user/cli/view.h"

#define IN1	"        "
#define IN2	"            "

static void map_list(FILE *out, const char *title, const json_t *acl)
{
	const json_t *lines = view_at(acl, "lines"), *l;
	const char *name = view_str(acl, "name");
	bool numbered = !name[strspn(name, "0123456789")];
	size_t i;

	if (!acl || json_is_null(acl))
		return;
	fprintf(out, IN1 "%s %s %s\n",
		strcmp(view_str(acl, "family"), "ipv6") ? "Extended IP" : "IPv6", title, name);
	if (!view_bool(acl, "defined"))
		fputs(IN2 "not defined\n", out);
	json_array_foreach(lines, i, l)
		fprintf(out, IN2 "%s%s%s%s\n", numbered ? "access-list " : "", numbered ? name : "",
			numbered ? " " : "", view_str(l, "text"));
}

static void map_peers(FILE *out, const json_t *entry)
{
	const json_t *list = view_at(entry, "peers"), *p;
	size_t i;

	json_array_foreach(list, i, p)
		fprintf(out, IN1 "Peer = %s%s%s\n", view_str(p, "peer"),
			view_bool(p, "dynamic") ? " (dynamic)" : "",
			view_bool(p, "default") ? " (default)" : "");
}

static void map_current_peer(FILE *out, const json_t *entry)
{
	const json_t *first = json_array_get(view_at(entry, "peers"), 0);

	if (!view_is_null(entry, "current-peer"))
		fprintf(out, IN1 "Current peer: %s\n", view_str(entry, "current-peer"));
	else
		fprintf(out, IN1 "Current peer: %s\n", first ? view_str(first, "peer") : "0.0.0.0");
}

static void map_lifetime(FILE *out, const json_t *entry)
{
	fputs(IN1 "Security-association lifetime: ", out);
	if (view_is_null(entry, "lifetime.kilobytes"))
		fputs("no volume limit", out);
	else
		fprintf(out, "%lld kilobytes", (long long)view_int(entry, "lifetime.kilobytes"));
	fprintf(out, "/%lld seconds\n", (long long)view_int(entry, "lifetime.seconds"));
}

static void map_pfs(FILE *out, const json_t *entry)
{
	if (view_is_null(entry, "pfs"))
		fputs(IN1 "PFS (Y/N): N\n", out);
	else
		fprintf(out, IN1 "PFS (Y/N): Y\n" IN1 "DH group:  %s\n", view_str(entry, "pfs"));
}

static void map_sets(FILE *out, const json_t *entry)
{
	fputs(IN1 "Transform sets={ ", out);
	notes_words(out, view_at(entry, "transform-sets"), ", ");
	fputs("}\n", out);
}

/* One direction and protocol of an entry with keys by hand; the keys are not shown. */
static void map_session_key(FILE *out, const json_t *entry, const char *direction,
			    const char *proto, const char *title)
{
	const json_t *list = view_at(entry, "session-keys"), *k;
	size_t i;

	json_array_foreach(list, i, k) {
		if (strcmp(view_str(k, "direction"), direction) ||
		    strcmp(view_str(k, "protocol"), proto))
			continue;
		fprintf(out, IN1 "%s spi: %lld,\n", title, (long long)view_int(k, "spi"));
		if (view_bool(k, "cipher-key"))
			fputs(IN1 " cipher key: ********,\n", out);
		if (view_bool(k, "auth-key"))
			fprintf(out, IN1 " %s: ********,\n",
				strcmp(proto, "esp") ? "key" : "auth key");
	}
}

static void map_session_keys(FILE *out, const json_t *entry)
{
	map_session_key(out, entry, "inbound", "esp", "Inbound esp");
	map_session_key(out, entry, "inbound", "ah", "Inbound ah");
	map_session_key(out, entry, "outbound", "esp", "Outbound esp");
	map_session_key(out, entry, "outbound", "ah", "Outbound ah");
}

/* Newer lines, appended, and only when they are set. */
static void map_options(FILE *out, const json_t *entry)
{
	long long window = (long long)view_int(entry, "replay-window");

	if (!view_is_null(entry, "replay-window") && window)
		fprintf(out, IN1 "Replay window size: %lld\n", window);
	else if (!view_is_null(entry, "replay-window"))
		fputs(IN1 "Replay detection disabled\n", out);
	if (!view_is_null(entry, "idle-time"))
		fprintf(out, IN1 "Idle timeout: %lld seconds\n",
			(long long)view_int(entry, "idle-time"));
	if (!view_is_null(entry, "isakmp-profile"))
		fprintf(out, IN1 "ISAKMP Profile: %s\n", view_str(entry, "isakmp-profile"));
	if (!view_is_null(entry, "ikev2-profile"))
		fprintf(out, IN1 "IKEv2 Profile: %s\n", view_str(entry, "ikev2-profile"));
	if (view_bool(entry, "reverse-route"))
		fputs(IN1 "Reverse Route Injection Enabled\n", out);
}

/* Why it is not used, here or there. */
static void map_inactive(FILE *out, const json_t *entry)
{
	const json_t *list = view_at(entry, "instances"), *i;
	size_t n;

	notes_show(out, entry, 8);
	if (!view_is_null(entry, "inactive"))
		return;
	json_array_foreach(list, n, i)
		if (!view_is_null(i, "inactive"))
			fprintf(out, IN1 "Inactive on %s: %s\n", view_str(i, "interface"),
				view_str(i, "inactive"));
}

static void map_entry_lines(FILE *out, const json_t *entry)
{
	bool manual = !strcmp(view_str(entry, "kind"), "ipsec-manual");

	if (!view_is_null(entry, "description"))
		fprintf(out, IN1 "Description: %s\n", view_str(entry, "description"));
	map_peers(out, entry);
	map_list(out, "access list", view_at(entry, "access-list"));
	if (view_is_null(entry, "access-list"))
		fputs(IN1 "No matching address list set.\n", out);
	map_list(out, "access check IN list", view_at(entry, "access-check-in"));
	map_list(out, "access check OUT list", view_at(entry, "access-check-out"));
	map_current_peer(out, entry);
	if (!manual) {
		map_lifetime(out, entry);
		map_pfs(out, entry);
	}
	map_sets(out, entry);
	if (manual)
		map_session_keys(out, entry);
	map_options(out, entry);
	map_inactive(out, entry);
}

static void map_entry(FILE *out, const json_t *entry)
{
	fprintf(out, "\nCrypto Map \"%s\" %lld %s\n", view_str(entry, "name"),
		(long long)view_int(entry, "sequence"), view_str(entry, "kind"));
	if (view_is_null(entry, "dynamic-map")) {
		map_entry_lines(out, entry);
		return;
	}
	fprintf(out, IN1 "Dynamic map template tag: %s\n", view_str(entry, "dynamic-map"));
	map_inactive(out, entry);
}

static void map_used_by(FILE *out, const json_t *map)
{
	const json_t *list = view_at(map, "interfaces"), *i;
	size_t n;

	fprintf(out, IN1 "Interfaces using crypto map %s:\n", view_str(map, "name"));
	json_array_foreach(list, n, i)
		fprintf(out, IN1 IN1 "%s\n", view_str(i, "name"));
}

static void map_show(FILE *out, const json_t *map)
{
	const json_t *list = view_at(map, "interfaces"), *i, *entries = view_at(map, "entries"), *e;
	size_t n;

	json_array_foreach(list, n, i)
		fprintf(out, "%sCrypto Map: \"%s\" idb: %s local address: %s\n", n ? "" : "\n",
			view_str(map, "name"), view_str(i, "name"), view_str(i, "local-address"));
	json_array_foreach(entries, n, e)
		map_entry(out, e);
	map_used_by(out, map);
}

void show_crypto_map(FILE *out, const json_t *result, const struct command *c)
{
	const json_t *list = view_at(result, "maps"), *failures = view_at(result, "failures"), *m;
	size_t i;

	(void)c;
	if (!json_array_size(list))
		fputs("No crypto maps found.\n", out);
	json_array_foreach(list, i, m)
		map_show(out, m);
	json_array_foreach(failures, i, m)
		fprintf(out, "%s%% %s: %s\n", i ? "" : "\n", view_str(m, "owner"),
			view_str(m, "why"));
}

void show_dynamic_map(FILE *out, const json_t *result, const struct command *c)
{
	const json_t *list = view_at(result, "templates"), *t;
	size_t i;

	(void)c;
	if (!json_array_size(list))
		fputs("No crypto map templates found.\n", out);
	json_array_foreach(list, i, t) {
		fprintf(out, "\nCrypto Map Template\"%s\" %lld\n", view_str(t, "name"),
			(long long)view_int(t, "sequence"));
		map_entry_lines(out, t);
	}
}
