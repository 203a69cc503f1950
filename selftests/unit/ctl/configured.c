// SPDX-License-Identifier: Apache-2.0
#include "configured.h"

#include <stdlib.h>
#include <string.h>

#include "selftests/unit/config/conf.c"
#include "user/cli/show.h"
#include "user/cli/view.h"
#include "user/ctl/ctl.h"

void configured_init(struct configured *c, const char *text)
{
	fake_init(&c->fake);
	conf_load(&c->conf, text);
	c->fake.gw.configured = true;
	c->fake.gw.running = &c->conf.t;
	c->fake.gw.plan.item = c->item;
}

const struct node *configured_node(struct configured *c, const char *words, const char *name,
				   unsigned int sequence)
{
	const struct node *n;

	for (n = c->conf.t.root.first; n; n = n->next)
		if (node_is(n, words) && !strcmp(node_name(n), name) &&
		    node_num(n, "sequence", 0) == sequence)
			return n;
	fail_msg("no %s %s %u", words, name, sequence);
	return NULL;
}

static struct plan_item *add_item(struct configured *c, enum plan_kind kind, uint32_t id,
				  const char *peer)
{
	size_t at = c->fake.gw.plan.nitems++;
	struct plan_item *i = &c->items[at];

	assert_true(at < CONFIGURED_ITEMS);
	c->item[at] = i;
	*i = (struct plan_item){ .kind = kind, .id = id };
	addr_parse("192.0.2.1", &i->local);
	addr_parse(peer, &i->peer);
	return i;
}

struct plan_item *configured_map(struct configured *c, const char *map, unsigned int sequence,
				 const char *interface, uint32_t number, const char *peer)
{
	struct plan_item *i = add_item(c, PLAN_MAP, XI_ID(XI_ID_MAP, number), peer);

	i->node = configured_node(c, "crypto map", map, sequence);
	i->interface = configured_node(c, "interface", interface, 0);
	i->manual = node_has(i->node, "ipsec-manual");
	strcpy(i->outside, "lo");
	snprintf(i->dev, sizeof(i->dev), "xi-m%u", number);
	return i;
}

struct plan_item *configured_tunnel(struct configured *c, const char *tunnel, uint32_t number,
				    const char *peer)
{
	struct plan_item *i = add_item(c, PLAN_TUNNEL, XI_ID(XI_ID_TUNNEL, number), peer);

	i->node = i->interface = configured_node(c, "interface", tunnel, 0);
	strcpy(i->outside, "lo");
	snprintf(i->dev, sizeof(i->dev), "xi-t%u", number);
	return i;
}

void configured_fini(struct configured *c)
{
	conf_fini(&c->conf);
}

static json_t *reply_of(struct configured *c, const char *command)
{
	json_t *request = json_pack("{s:s}", "command", command), *reply;
	char *line = json_dumps(request, 0);

	reply = ctl_handle(&c->fake.gw, line, strlen(line));
	free(line);
	json_decref(request);
	return reply;
}

json_t *configured_ask(struct configured *c, const char *command)
{
	json_t *reply = reply_of(c, command), *result;

	if (!view_bool(reply, "ok"))
		fail_msg("%s: %s", command, view_str(reply, "error"));
	result = json_incref(json_object_get(reply, "result"));
	json_decref(reply);
	view_clean(result);
	return result;
}

char *configured_error(struct configured *c, const char *command)
{
	json_t *reply = reply_of(c, command);
	char *text;

	if (view_bool(reply, "ok"))
		fail_msg("%s: done, and should not be", command);
	text = strdup(view_str(reply, "error"));
	json_decref(reply);
	return text;
}

char *configured_show(struct configured *c, const char *command)
{
	json_t *result = configured_ask(c, command);
	static struct command_line line;
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	assert_int_equal(command_read(&line, command), MATCH_OK);
	show_result(f, result, &line.command);
	fclose(f);
	json_decref(result);
	return text;
}

void configured_expect(struct configured *c, const char *command, const char *want)
{
	char *got = configured_show(c, command);

	assert_string_equal(got, want);
	free(got);
}

void configured_expect_json(struct configured *c, const char *command, const char *path,
			    const char *want)
{
	json_t *result = configured_ask(c, command);
	const json_t *at = *path >= '0' && *path <= '9' ? NULL : view_at(result, path);
	char *got = at ? json_dumps(at, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY) : NULL, *p;

	for (p = got; p && (p = strchr(p, '"')); p++)
		*p = '\'';
	assert_string_equal(got ? got : "(nothing)", want);
	free(got);
	json_decref(result);
}
