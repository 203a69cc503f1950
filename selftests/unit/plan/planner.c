// SPDX-License-Identifier: Apache-2.0
#include "selftests/unit/plan/planner.h"

#include <linux/xfrm.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define A4(a, b, c, d)	{ AF_INET, { a, b, c, d } }

static const struct addr eth0_addr[] = {
	A4(198, 51, 100, 1), { AF_INET6, { 0xfe, 0x80, [15] = 1 } },
	{ AF_INET6, { 0x20, 0x01, 0x0d, 0xb8, 0, 0xa, [15] = 1 } },
};
static const struct addr eth1_addr[] = { A4(192, 0, 2, 1) };
static const struct addr eth2_addr[] = { A4(203, 0, 113, 1) };
static const struct addr old_addr[] = { A4(10, 91, 0, 1) };
static const uint8_t eth0_plen[] = { 24, 64, 64 }, eth_plen[] = { 24 };

static const struct plan_dev machine[] = {
	{ "eth0", 2, 1500, eth0_addr, eth0_plen, 3 },
	{ "eth1", 3, 1500, eth1_addr, eth_plen, 1 },
	{ "eth2", 4, 9000, eth2_addr, eth_plen, 1 },
	{ "xi-tun9", 9, 1400, old_addr, eth_plen, 1 },
};

static const char *device(void *ctx, const char *name)
{
	if (!strcmp(name, "GigabitEthernet0/0"))
		return "eth0";
	return name[0] >= 'a' && name[0] <= 'z' ? name : NULL;
}

static const struct sa_info *outbound_sa(void *ctx, uint32_t if_id)
{
	const struct planned *p = ctx;

	return p->sa && p->sa->if_id == if_id ? p->sa : NULL;
}

void plan_again(struct planned *p)
{
	const struct plan_env env = {
		.dev = machine, .ndevs = sizeof(machine) / sizeof(machine[0]), .device = device,
		.outbound_sa = outbound_sa, .ctx = p,
	};

	plan_fini(&p->plan);
	p->err = (struct err){};
	p->ret = plan_build(&p->t, &env, &p->plan, &p->err);
}

void plan_text(struct planned *p, const char *text)
{
	struct err e = {};
	const struct grammar *g = grammar_get(&e);

	if (!g)
		fail_msg("%s", e.text);
	*p = (struct planned){};
	assert_int_equal(tree_init(&p->t), 0);
	load_init(&p->l, g, &p->t, &p->d);
	load_text(&p->l, text, strlen(text));
	plan_again(p);
	if (p->ret)
		print_error("%s\n", p->err.text);
}

void planned_fini(struct planned *p)
{
	plan_fini(&p->plan);
	load_fini(&p->l);
	diag_fini(&p->d);
	tree_fini(&p->t);
}

static void add_tmpl(FILE *f, const struct kobj_tmpl *t)
{
	char a[ADDR_STR_MAX], b[ADDR_STR_MAX];

	fprintf(f, " %s %s %s > %s reqid %x", t->proto == IPPROTO_AH ? "ah" : "esp",
		t->mode == XFRM_MODE_TUNNEL ? "tunnel" : "transport", addr_str(&t->saddr, a),
		addr_str(&t->daddr, b), t->reqid);
}

static void add_policy(FILE *f, const struct kobj_policy *p)
{
	uint8_t i;

	fprintf(f, " +%u", p->priority - XI_POLICY_FIRST);
	if (p->action == XFRM_POLICY_BLOCK)
		fprintf(f, " block");
	else if (!p->ntmpl)
		fprintf(f, " let");
	for (i = 0; i < p->ntmpl; i++)
		add_tmpl(f, &p->tmpl[i]);
}

static void add_sa(FILE *f, const struct kobj_sa *sa)
{
	char a[ADDR_STR_MAX];

	fprintf(f, " from %s %s", addr_str(&sa->saddr, a),
		sa->mode == XFRM_MODE_TUNNEL ? "tunnel" : "transport");
	if (*sa->enc)
		fprintf(f, " %s/%zu", sa->enc, sa->enc_key.len);
	if (*sa->auth)
		fprintf(f, " %s/%zu icv %u", sa->auth, sa->auth_key.len, sa->icv_bits);
	fprintf(f, " reqid %x if_id %x %s window %u mark %x%s", sa->reqid, sa->if_id,
		sa->inbound ? "in" : "out", sa->window, sa->out_mark,
		sa->nopmtudisc ? " nopmtudisc" : "");
}

const char *object_text(const struct kobj *o, char buf[static OBJECT_TEXT_MAX])
{
	char text[KOBJ_STR_MAX];
	FILE *f = fmemopen(buf, OBJECT_TEXT_MAX, "w");

	assert_non_null(f);
	fprintf(f, "%s", kobj_str(o, text));
	if (o->kind == KOBJ_LINK)
		fprintf(f, " mtu %u %s \"%s\"", o->link.mtu, o->link.up ? "up" : "down", o->link.alias);
	if (o->kind == KOBJ_POLICY)
		add_policy(f, &o->policy);
	if (o->kind == KOBJ_SA)
		add_sa(f, &o->sa);
	fclose(f);
	return buf;
}

char *plan_objects(const struct planned *p, const char *begin)
{
	char *text = NULL, line[OBJECT_TEXT_MAX];
	size_t len, i;
	FILE *f = open_memstream(&text, &len);

	assert_non_null(f);
	for (i = 0; i < p->plan.objects.n; i++) {
		if (!p->plan.objects.list[i])
			continue;
		object_text(p->plan.objects.list[i], line);
		if (!strncmp(line, begin, strlen(begin)))
			fprintf(f, "%s\n", line);
	}
	fclose(f);
	return text;
}

void expect_objects(const struct planned *p, const char *begin, const char *want)
{
	char *text = plan_objects(p, begin);

	if (strcmp(text, want))
		print_error("wanted:\n%s\nthere is:\n%s\n", want, text);
	assert_string_equal(text, want);
	free(text);
}

const struct plan_item *plan_item_of(const struct planned *p, const char *owner)
{
	size_t i;

	for (i = 0; i < p->plan.nitems; i++)
		if (!strcmp(p->plan.item[i]->owner, owner))
			return p->plan.item[i];
	fail_msg("no item \"%s\"", owner);
	return NULL;
}

void expect_item(const struct planned *p, const char *owner, const char *why)
{
	const struct plan_item *item = plan_item_of(p, owner);

	if (why ? !strstr(item->inactive, why) : *item->inactive)
		fail_msg("%s: \"%s\" instead of \"%s\"", owner, item->inactive, why ? why : "");
}
