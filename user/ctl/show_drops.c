/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>
#include <sys/socket.h>

#include "user/ctl/answer.h"
#include "user/ctl/maps.h"

#define TOP_SOURCES	20

static const struct {
	const char	*name;		/* as in C; spelled as a leaf by reason_name() */
	enum xi_action	action;
	const char	*text;
} reasons[XI_R_MAX] = {
#define X(name, action, text) { #name, XI_##action, text },
	XI_REASONS(X)
#undef X
};

/* REPLAY_DUP -> "replay-dup" */
static json_t *reason_name(const char *name)
{
	char leaf[32];
	size_t i;

	for (i = 0; i + 1 < sizeof(leaf) && name[i]; i++)
		leaf[i] = name[i] == '_' ? '-' : (char)tolower((unsigned char)name[i]);
	leaf[i] = '\0';
	return json_string(leaf);
}

static json_t *reason_json(const struct env *env, int r, const struct xi_reason_stat *s)
{
	uint32_t spi = ntohl(s->last_spi);

	return json_pack("{s:o, s:s, s:s, s:I, s:I, s:o, s:I, s:o, s:s, s:o}",
			 "reason", reason_name(reasons[r].name), "text", reasons[r].text,
			 "action", reasons[r].action == XI_DROP ? "drop" : "pass",
			 "packets", answer_int(s->packets), "bytes", answer_int(s->bytes),
			 "last-source", answer_key_addr(s->last_family, s->last_saddr),
			 "last-spi", (json_int_t)spi, "last-spi-hex", answer_spi(spi),
			 "last-protocol", answer_proto(s->last_proto),
			 "last-age-ms", answer_age(env, s->last_ns));
}

json_t *answer_drops(struct gateway *gw, const struct command *c, struct err *e)
{
	int r, fd = maps_of(&gw->guard).reason;
	json_t *list = json_array();
	uint64_t packets[2] = {}, bytes[2] = {};

	(void)e;
	for (r = 0; r < XI_R_MAX; r++) {
		enum xi_action a = reasons[r].action;
		struct xi_reason_stat s;

		if (!maps_reason(fd, r, &s) && fd >= 0)
			continue;
		packets[a] += s.packets;
		bytes[a] += s.bytes;
		if (s.packets || command_has(c, "all"))
			json_array_append_new(list, reason_json(gw->guard.env, r, &s));
	}
	return json_pack("{s:b, s:o, s:{s:I, s:I}, s:{s:I, s:I}}", "data-plane", fd >= 0,
			 "reasons", list,
			 "passed", "packets", answer_int(packets[XI_PASS]),
			 "bytes", answer_int(bytes[XI_PASS]),
			 "dropped", "packets", answer_int(packets[XI_DROP]),
			 "bytes", answer_int(bytes[XI_DROP]));
}

/* IPv6 sources are remembered by their /64. */
static json_t *source_json(const struct maps_source *s)
{
	struct addr a = { .family = s->key.family };
	char text[ADDR_STR_MAX];

	memcpy(a.b, s->key.saddr, sizeof(s->key.saddr));
	return json_pack("{s:o, s:I}", "source",
			 json_sprintf("%s%s", addr_str(&a, text),
				      a.family == AF_INET6 ? "/64" : ""),
			 "packets", answer_int(s->value.packets));
}

json_t *answer_drop_sources(struct gateway *gw, const struct command *c, struct err *e)
{
	struct maps_source top[TOP_SOURCES];
	json_t *list = json_array();
	unsigned int all;
	size_t i, n = maps_top_sources(maps_of(&gw->guard).source, top, TOP_SOURCES, &all);

	(void)c;
	(void)e;
	for (i = 0; i < n; i++)
		json_array_append_new(list, source_json(&top[i]));
	return json_pack("{s:i, s:i, s:o}", "remembered", (int)all, "max", XI_MAX_SOURCE,
			 "sources", list);
}
