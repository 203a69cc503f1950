// SPDX-License-Identifier: Apache-2.0
/* `show access-lists` (R-CFG-10), and lists inside other answers. */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "user/config/arg.h"
#include "user/config/net.h"
#include "user/config/print.h"
#include "user/ctl/acl.h"
#include "user/ctl/answer.h"

#define ACL_STEP	10	/* numbers of lines, as routers count them */

/* --- what a line protects --------------------------------------------------------------------- */

/* The tokens of an entry from left to right. */
struct acl_words {
	const struct node *n;
	unsigned int	at;
	uint8_t		family;
};

static bool acl_word(struct acl_words *w, const char *keyword)
{
	const char *is = w->at < w->n->ntokens ? w->n->token[w->at].el->word : NULL;

	if (!is || strcmp(is, keyword))
		return false;
	w->at++;
	return true;
}

static const char *acl_value(struct acl_words *w)
{
	return w->at < w->n->ntokens ? w->n->token[w->at++].text : "";
}

static void acl_mask(struct addr *a, uint8_t plen)
{
	unsigned int i, bits;

	for (i = 0; i < sizeof(a->b); i++) {
		bits = plen > i * 8 ? plen - i * 8 : 0;
		a->b[i] &= bits >= 8 ? 0xff : (uint8_t)(0xff00 >> bits);
	}
}

/* `any`, `host A`, `A WILDCARD`, `X:X::X/n`; false: a wildcard that is not that of a prefix. */
static bool acl_address(struct acl_words *w, struct addr *a, uint8_t *plen)
{
	const char *text;
	uint32_t wildcard;

	*a = (struct addr){ .family = w->family };
	*plen = 0;
	if (acl_word(w, "any"))
		return true;
	if (acl_word(w, "host")) {
		*plen = w->family == AF_INET6 ? 128 : 32;
		return addr_parse(acl_value(w), a);
	}
	text = acl_value(w);
	if (w->family == AF_INET6) {
		if (!arg_prefix(text, a, plen))
			return false;
	} else {
		wildcard = net_v4(acl_value(w));
		*plen = (uint8_t)(32 - net_bits(wildcard));
		if (!addr_parse(text, a) || !net_is_mask(~wildcard))
			return false;
	}
	acl_mask(a, *plen);
	return true;
}

/* One port by its number; 0 stands for all that one number cannot say. */
static uint16_t acl_port(struct acl_words *w)
{
	if (acl_word(w, "eq"))
		return (uint16_t)arg_port(acl_value(w));
	if (acl_word(w, "range")) {
		acl_value(w);
		acl_value(w);
	} else if (acl_word(w, "gt") || acl_word(w, "lt") || acl_word(w, "neq")) {
		acl_value(w);
	}
	return 0;
}

bool acl_ident_of(const struct node *line, struct acl_ident *id)
{
	bool v6 = line->parent && line->parent->p && line->parent->p->row->enters == M_ACL6;
	struct acl_words w = { .n = line, .family = v6 ? AF_INET6 : AF_INET };

	*id = (struct acl_ident){};
	while (w.at < line->ntokens && !acl_word(&w, "permit"))
		w.at++;
	if (w.at == line->ntokens)
		return false;
	id->proto = (uint8_t)arg_protocol(acl_value(&w), v6);
	if (!acl_address(&w, &id->src, &id->splen))
		return false;
	id->sport = acl_port(&w);
	if (!acl_address(&w, &id->dst, &id->dplen))
		return false;
	id->dport = acl_port(&w);
	return true;
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
	const struct def *first;
	size_t n;

	first = defs_of(d, O_ACL, name, &n);
	defs_acl(d, name, acl_add_line, &l);
	return json_pack("{s:o, s:s, s:b, s:o}", "name", answer_text(name),
			 "family", n && first->node->p->row->enters == M_ACL6 ? "ipv6" : "ipv4",
			 "defined", n > 0, "lines", l.list);
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
