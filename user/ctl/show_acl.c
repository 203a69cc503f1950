// SPDX-License-Identifier: Apache-2.0
/* `show access-lists` (R-CFG-10), and lists inside other answers. */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "user/config/net.h"
#include "user/config/print.h"
#include "user/ctl/acl.h"
#include "user/ctl/answer.h"

#define ACL_STEP	10	/* numbers of lines, as routers count them */

/* --- what a line protects --------------------------------------------------------------------- */

/* Reads "any", "host A" or "A WILDCARD" and a port behind it; *at moves on. */
static bool acl_side(const struct node *line, unsigned int *at, const char *arg, struct addr *addr,
		     uint8_t *plen, uint16_t *port)
{
	uint32_t wildcard = ~0u;
	unsigned int i = *at, left = 0;
	char any[] = "0.0.0.0";

	*port = 0;
	addr_parse(any, addr);
	if (i < line->ntokens && line->token[i].el->word)	/* any, host */
		wildcard = !strcmp(line->token[i++].text, "any") ? ~0u : 0;
	for (; i < line->ntokens && line->token[i].el->name &&
	       !strcmp(line->token[i].el->name, arg); i++, left++) {
		if (!left)
			addr_parse(line->token[i].text, addr);
		else
			wildcard = net_v4(line->token[i].text);
	}
	if (i + 1 < line->ntokens && line->token[i].el->word && line->token[i + 1].el->name) {
		bool eq = !strcmp(line->token[i].text, "eq");

		*port = eq ? (uint16_t)arg_port(line->token[i + 1].text) : 0;
		i += !strcmp(line->token[i].text, "range") ? 3 : 2;
	}
	*at = i;
	*plen = (uint8_t)net_bits(~wildcard);
	if (!net_is_mask(~wildcard))
		return false;
	wildcard = htonl(~wildcard);
	for (i = 0; i < 4; i++)
		addr->b[i] &= ((const uint8_t *)&wildcard)[i];
	return true;
}

static uint8_t acl_protocol(const char *name)
{
	static const struct {
		const char	*name;
		uint8_t		number;
	} known[] = {
		{ "ip", 0 }, { "ahp", 51 }, { "eigrp", 88 }, { "esp", 50 }, { "gre", 47 },
		{ "icmp", 1 }, { "igmp", 2 }, { "ipinip", 4 }, { "ospf", 89 }, { "pim", 103 },
		{ "sctp", 132 }, { "tcp", 6 }, { "udp", 17 },
	};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!strcmp(name, known[i].name))
			return known[i].number;
	return (uint8_t)strtoul(name, NULL, 10);
}

bool acl_ident_of(const struct node *line, struct acl_ident *id)
{
	unsigned int at = 0;

	*id = (struct acl_ident){};
	if (!node_has(line, "permit"))
		return false;
	while (at < line->ntokens && !(line->token[at].el->name &&
				       !strcmp(line->token[at].el->name, "protocol")))
		at++;
	if (at == line->ntokens)
		return false;
	id->proto = acl_protocol(line->token[at++].text);
	return acl_side(line, &at, "source", &id->src, &id->splen, &id->sport) &&
	       acl_side(line, &at, "destination", &id->dst, &id->dplen, &id->dport);
}

/* --- as text ---------------------------------------------------------------------------------- */

/* Behind `access-list 101`; the lines of a named list are whole. */
static char *acl_text(const struct node *line)
{
	char *text = NULL, *rest;
	size_t len;
	FILE *f = open_memstream(&text, &len);
	unsigned int skip = node_is(line, "access-list") ? 2 : 0;

	if (!f)
		return NULL;
	print_node(line, PRINT_MASKED, f);
	if (fclose(f)) {
		free(text);
		return NULL;
	}
	for (rest = text; skip && *rest; rest++)
		skip -= *rest == ' ';
	memmove(text, rest, strlen(rest) + 1);
	return text;
}

struct acl_lines {
	json_t		*list;
	unsigned int	sequence;
};

static void acl_add_line(void *ctx, const struct node *line)
{
	struct acl_lines *l = ctx;
	char *text;

	if (!line->p || node_has(line, "remark"))
		return;
	text = acl_text(line);
	l->sequence += ACL_STEP;
	json_array_append_new(l->list, json_pack("{s:i, s:o}", "sequence", (int)l->sequence, "text",
						 answer_text(text ? text : "")));
	free(text);
}

json_t *acl_json(const struct defs *d, const char *name)
{
	struct acl_lines l = { .list = json_array() };
	size_t n;

	defs_of(d, O_ACL, name, &n);
	defs_acl(d, name, acl_add_line, &l);
	return json_pack("{s:o, s:b, s:o}", "name", answer_text(name), "defined", n > 0, "lines",
			 l.list);
}

json_t *answer_access_lists(struct gateway *gw, const struct command *c, struct err *e)
{
	const char *name = command_arg(c, "list");
	json_t *list = json_array();
	const struct def *acl;
	struct defs d;
	size_t n, i;

	if (defs_init(&d, gw->running)) {
		json_decref(list);
		err_set(e, -ENOMEM, "out of memory");
		return NULL;
	}
	acl = defs_of(&d, O_ACL, name, &n);
	for (i = 0; i < n; i++)
		if (!i || strcmp(acl[i].name, acl[i - 1].name))
			json_array_append_new(list, acl_json(&d, acl[i].name));
	defs_fini(&d);
	return json_pack("{s:o}", "access-lists", list);
}
