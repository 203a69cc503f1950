// SPDX-License-Identifier: Apache-2.0
/* `show crypto session [detail]` (R-SHOW-5): one block for each interface and peer. */
#include <linux/xfrm.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "user/config/print.h"
#include "user/ctl/answer.h"
#include "user/ctl/show_sa.h"

#define SESSION_PORT	500
#define SESSIONS_MAX	4096	/* in one answer, as `show crypto ipsec sa` */

struct session_entry {
	const struct sadb_entry *en;
	char		interface[48];
	struct addr	remote;
};

static int session_compare(const struct session_entry *a, const struct session_entry *b)
{
	int d = natural_compare(a->interface, b->interface);

	return d ? d : memcmp(&a->remote, &b->remote, sizeof(a->remote));
}

static int session_order(const void *x, const void *y)
{
	const struct session_entry *a = x, *b = y;
	int d = session_compare(a, b);

	return d ? d : (a->en > b->en) - (a->en < b->en);
}

/* The profile that IKE was or would be done by. */
static const char *session_profile(const struct sadb *s, const struct plan_item *it)
{
	const struct node *from = it->node, *p;

	if (it->kind == PLAN_TUNNEL) {
		p = defs_child(it->node, "tunnel protection");
		from = p ? defs_node(&s->defs, O_IPSEC_PROFILE, node_arg(p, "ipsec-profile")) : NULL;
	}
	p = defs_child(from, "set ikev2-profile");
	if (p)
		return node_arg(p, "ikev2-profile");
	p = defs_child(from, "set isakmp-profile");
	return p ? node_arg(p, "isakmp-profile") : NULL;
}

/* The newest SA of a direction, ESP before AH; null without one. */
static json_t *session_life(const struct gateway *gw, const struct sadb_entry *en, bool inbound)
{
	size_t i;

	for (i = 0; en->flow && i < en->flow->nsas; i++)
		if (en->flow->sas[i].inbound == inbound && !en->flow->sas[i].rank)
			return sa_remaining_json(gw->guard.env, en->flow->sas[i].sa);
	return json_null();
}

static json_t *session_flow(const struct sadb *s, const struct sadb_entry *en)
{
	unsigned int more;
	const char *source;
	json_t *idents = sa_idents_json(s, en, &more, &source);

	return json_pack("{s:o, s:i, s:i, s:s, s:o, s:o, s:o}", "traffic-selectors", idents,
			 "traffic-selectors-more", (int)more,
			 "active-sas", (int)(sadb_count(en, true) + sadb_count(en, false)),
			 "origin", en->item ? "crypto map" : "kernel",
			 "counters", sa_counters_json(s->gw, en),
			 "remaining-in", session_life(s->gw, en, true),
			 "remaining-out", session_life(s->gw, en, false));
}

static json_t *session_head(const struct sadb *s, const struct session_entry *e)
{
	const struct plan_item *it = e->en->item;
	const char *profile = it ? session_profile(s, it) : NULL;
	const struct node *d = it ? defs_child(it->node, "description") : NULL;
	struct addr local = sadb_local(e->en);
	unsigned int port = e->en->flow ? e->en->flow->remote_port : 0;

	return json_pack("{s:o, s:o, s:o, s:o, s:i, s:o}", "interface", answer_text(e->interface),
			 "profile", profile ? answer_text(profile) : json_null(),
			 "local", answer_addr(&local), "peer", answer_addr(&e->remote),
			 "port", port ? (int)port : SESSION_PORT,
			 "description", d ? answer_text(node_arg(d, "text")) : json_null());
}

/* Of `n` entries with one interface and peer. There is no IKE SA of ours behind any. */
static json_t *session_json(const struct sadb *s, const struct session_entry *e, size_t n)
{
	json_t *o = session_head(s, e), *list = json_array();
	unsigned int sas = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		sas += sadb_count(e[i].en, true) + sadb_count(e[i].en, false);
		json_array_append_new(list, session_flow(s, e[i].en));
	}
	json_object_set_new(o, "status", json_string(sas ? "UP-NO-IKE" : "DOWN"));
	json_object_set_new(o, "flows", list);
	return o;
}

static json_t *sessions_json(const struct sadb *s, bool *more)
{
	struct session_entry *list = calloc(s->n + 1, sizeof(*list));
	json_t *o = json_array();
	size_t i, n;

	*more = false;
	if (!list)
		return o;
	for (i = 0; i < s->n; i++) {
		list[i].en = &s->entry[i];
		list[i].remote = sadb_remote(&s->entry[i]);
		sadb_interface(s, &s->entry[i], list[i].interface);
	}
	qsort(list, s->n, sizeof(*list), session_order);
	for (i = 0; i < s->n && !*more; i += n) {
		for (n = 1; i + n < s->n && !session_compare(&list[i], &list[i + n]); n++)
			;
		*more = json_array_size(o) == SESSIONS_MAX;
		if (!*more)
			json_array_append_new(o, session_json(s, &list[i], n));
	}
	free(list);
	return o;
}

json_t *answer_session(struct gateway *gw, const struct command *c, struct err *e)
{
	json_t *result = NULL, *list;
	struct sadb s;
	bool more;

	(void)c;
	if (!sadb_init(&s, gw, e)) {
		list = sessions_json(&s, &more);
		result = json_pack("{s:b, s:o}", "truncated", more || sadb_is_cut(&s), "sessions",
				   list);
	}
	sadb_fini(&s);
	return result;
}
