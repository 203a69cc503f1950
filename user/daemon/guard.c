// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "user/daemon/guard.h"
#include "user/lib/log.h"

static struct bpf_if *if_by_name(struct guard *g, const char *name)
{
	unsigned int i;

	for (i = 0; i < g->nifs; i++)
		if (!strcmp(g->ifs[i].name, name))
			return &g->ifs[i];
	return NULL;
}

static const char *hook_text(const struct bpf_if *i)
{
	return i->hook == BPF_HOOK_DISPATCHER ? "dispatcher" : "plain";
}

static void log_attached(const struct bpf_if *i)
{
	log_xi(SEV_NOTICE, "ATTACHED", "interface=%s ifindex=%d mode=%s hook=%s%s%s", i->name,
	       i->ifindex, i->native ? "native" : "generic", hook_text(i),
	       *i->why ? " note=" : "", i->why);
}

#define SEC_NS		1000000000ULL
#define MAX_BACKOFF	6	/* 64 s */

static int if_attach(struct guard *g, struct bpf_if *i, struct err *e)
{
	struct guard_retry *r = &g->retry[i - g->ifs];
	int ret = bpf_attach(g->bpf, i, e);

	if (!ret) {
		r->failures = 0;
		log_attached(i);
		return 0;
	}
	r->next_ns = env_mono_ns(g->env) + (SEC_NS << r->failures);
	if (r->failures < MAX_BACKOFF)
		r->failures++;
	return ret;
}

static void if_lost(struct bpf_if *i, const char *why)
{
	log_xi(SEV_WARNING, "IF_GONE",
	       "interface=%s ifindex=%d: %s, attaching again when it comes back", i->name,
	       i->ifindex, why);
	i->ifindex = 0;
	i->hook = BPF_HOOK_NONE;
	snprintf(i->why, sizeof(i->why), "no such interface");
}

/* A guarded device got another name: it is not the one that was named to us any more. */
static void renamed(struct guard *g, const struct link_info *l)
{
	struct err e = {};
	unsigned int n;

	for (n = 0; n < g->nifs; n++) {
		struct bpf_if *i = &g->ifs[n];

		if (i->ifindex != l->ifindex || !strcmp(i->name, l->name))
			continue;
		if (bpf_detach(g->bpf, i, &e))
			log_xi(SEV_ERROR, "DETACH_FAILED", "%s", e.text);
		if_lost(i, "renamed");
	}
}

static void changed(struct guard *g, const char *gone)
{
	if (g->changed)
		g->changed(g->changed_ctx, gone);
}

static void on_link(void *ctx, const struct link_info *l)
{
	struct guard *g = ctx;
	struct bpf_if *i = if_by_name(g, l->name);
	struct err e = {};

	changed(g, NULL);
	renamed(g, l);
	if (!i || i->ifindex == l->ifindex)
		return;
	if (i->ifindex != l->ifindex)
		log_xi(SEV_NOTICE, "IF_FOUND", "interface=%s ifindex=%d: attaching", l->name,
		       l->ifindex);
	if (if_attach(g, i, &e))
		log_xi(SEV_ERROR, "ATTACH_FAILED", "%s", e.text);
}

static void on_link_gone(void *ctx, const struct link_info *l)
{
	struct guard *g = ctx;
	unsigned int n;

	changed(g, l->name);
	for (n = 0; n < g->nifs; n++)
		if (g->ifs[n].ifindex == l->ifindex)
			if_lost(&g->ifs[n], "gone");
}

static void on_addr(void *ctx, const struct link_addr *a)
{
	struct guard *g = ctx;

	sad_addr_add(g->sad, &a->addr, a->ifindex);
	changed(g, NULL);
}

static void on_addr_gone(void *ctx, const struct link_addr *a)
{
	struct guard *g = ctx;

	sad_addr_del(g->sad, &a->addr, a->ifindex);
	changed(g, NULL);
}

static struct link_nl_events link_events(struct guard *g)
{
	return (struct link_nl_events){
		.link = on_link,
		.link_gone = on_link_gone,
		.addr = on_addr,
		.addr_gone = on_addr_gone,
		.ctx = g,
	};
}

static void ignore_link(void *ctx, const struct link_info *l)
{
	(void)ctx;
	(void)l;
}

/* Addresses only: at the start, interfaces are attached when the maps are filled. */
static int addresses_load(struct guard *g, struct err *e)
{
	struct link_nl_events ev = { .link = ignore_link, .addr = on_addr, .ctx = g };

	return link_nl_dump(g->link, &ev, e);
}

static int ifs_attach(struct guard *g, struct err *e)
{
	unsigned int i;
	int ret;

	for (i = 0; i < g->nifs; i++) {
		ret = if_attach(g, &g->ifs[i], e);
		if (ret == -ENODEV)
			log_xi(SEV_WARNING, "IF_MISSING",
			       "interface=%s: no such interface yet, waiting for it", g->ifs[i].name);
		else if (ret)
			return ret;
	}
	return 0;
}

static int count_sa(void *ctx, const struct sa_info *sa)
{
	(void)sa;
	++*(uint32_t *)ctx;
	return 0;
}

/* Of both directions: outbound ones make room for inbound ones to come. */
static int sas_count(struct xfrm_nl *nl, uint32_t *n, struct err *e)
{
	*n = 0;
	return xfrm_nl_dump_sa(nl, count_sa, n, e);
}

int guard_open(struct guard *g, const struct env *env, const struct bpf_opts *opts,
	       const char *const *ifs, unsigned int nifs, struct err *e)
{
	struct bpf_opts sized = *opts;
	uint32_t sas_now;
	unsigned int i;

	*g = (struct guard){ .env = env, .nifs = nifs, .started_ns = env_wall_ns(env) };
	for (i = 0; i < nifs; i++) {
		snprintf(g->ifs[i].name, sizeof(g->ifs[i].name), "%s", ifs[i]);
		snprintf(g->ifs[i].why, sizeof(g->ifs[i].why), "not attached yet");
	}
	if (bpf_check_machine(e))
		return e->code;
	g->xfrm = xfrm_nl_open(e);
	if (!g->xfrm || sas_count(g->xfrm, &sas_now, e)) {
		guard_close(g);
		return e->code;
	}
	if (sas_now > sized.sas_now)
		sized.sas_now = sas_now;
	g->bpf = bpf_open(&sized, e);
	if (!g->bpf) {
		guard_close(g);
		return e->code;
	}
	g->link = link_nl_open(e);
	g->sad = g->link ? sad_new(g->xfrm, bpf_maps(g->bpf), env) : NULL;
	if (!g->sad || addresses_load(g, e) || sad_sync(g->sad, e) || ifs_attach(g, e)) {
		int code = e->code ?: err_set(e, -ENOMEM, "out of memory");

		bpf_undo(g->bpf);
		guard_close(g);
		return code;
	}
	return 0;
}

void guard_settle(struct guard *g)
{
	bpf_detach_others(g->bpf, g->ifs, g->nifs);
}

static bool is_named(const char (*names)[IF_NAMESIZE], size_t n, const char *name)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

static void if_drop(struct guard *g, unsigned int n)
{
	struct err e = {};

	if (g->ifs[n].hook != BPF_HOOK_NONE && bpf_detach(g->bpf, &g->ifs[n], &e))
		log_xi(SEV_ERROR, "DETACH_FAILED", "%s", e.text);
	else
		log_xi(SEV_NOTICE, "UNGUARDED", "interface=%s: no longer guarded", g->ifs[n].name);
	g->nifs--;
	memmove(&g->ifs[n], &g->ifs[n + 1], (g->nifs - n) * sizeof(g->ifs[0]));
	memmove(&g->retry[n], &g->retry[n + 1], (g->nifs - n) * sizeof(g->retry[0]));
}

static void if_take(struct guard *g, const char *name)
{
	struct bpf_if *i;
	struct err e = {};
	int ret;

	if (g->nifs == GUARD_MAX_IF) {
		log_xi(SEV_WARNING, "IF_MANY", "interface=%s: not guarded, there are %d already", name,
		       GUARD_MAX_IF);
		return;
	}
	i = &g->ifs[g->nifs];
	*i = (struct bpf_if){};
	snprintf(i->name, sizeof(i->name), "%s", name);
	snprintf(i->why, sizeof(i->why), "not attached yet");
	g->retry[g->nifs++] = (struct guard_retry){};
	ret = if_attach(g, i, &e);
	if (ret == -ENODEV)
		log_xi(SEV_WARNING, "IF_MISSING", "interface=%s: no such interface yet, waiting for it",
		       name);
	else if (ret)
		log_xi(SEV_ERROR, "ATTACH_FAILED", "%s", e.text);
}

void guard_set_ifs(struct guard *g, const char (*names)[IF_NAMESIZE], size_t n)
{
	unsigned int at;
	size_t i;

	for (at = g->nifs; at-- > 0;)
		if (!is_named(names, n, g->ifs[at].name))
			if_drop(g, at);
	for (i = 0; i < n; i++)
		if (!if_by_name(g, names[i]))
			if_take(g, names[i]);
}

void guard_close(struct guard *g)
{
	sad_free(g->sad);
	link_nl_close(g->link);
	xfrm_nl_close(g->xfrm);
	bpf_close(g->bpf);
	g->sad = NULL;
	g->link = NULL;
	g->xfrm = NULL;
	g->bpf = NULL;
}

void guard_read_xfrm(struct guard *g)
{
	struct err e = {};

	if (sad_read(g->sad, &e))
		log_xi(SEV_ERROR, "XFRM", "%s", e.text);
}

void guard_read_link(struct guard *g)
{
	struct link_nl_events ev = link_events(g);
	struct err e = {};
	int ret = link_nl_read(g->link, &ev);

	if (ret == -ENOBUFS)
		ret = link_nl_dump(g->link, &ev, &e);
	if (ret)
		log_xi(SEV_ERROR, "LINK", "%s", *e.text ? e.text : strerror(-ret));
}

/* Somebody took our program off, or an attachment failed before: once more. */
static void ifs_check(struct guard *g)
{
	unsigned int n;

	for (n = 0; n < g->nifs; n++) {
		struct bpf_if *i = &g->ifs[n];
		struct err e = {};

		if (!i->ifindex || (i->hook != BPF_HOOK_NONE && bpf_is_attached(g->bpf, i)))
			continue;
		if (i->hook == BPF_HOOK_NONE && env_mono_ns(g->env) < g->retry[n].next_ns)
			continue;
		if (i->hook != BPF_HOOK_NONE)
			log_xi(SEV_WARNING, "DETACHED", "interface=%s: detached by somebody, attaching again",
			       i->name);
		if (!if_attach(g, i, &e) || e.code == -ENODEV)
			continue;
		log_xi(SEV_ERROR, "ATTACH_FAILED", "%s", e.text);
	}
}

void guard_tick(struct guard *g)
{
	struct err e = {};

	if (sad_wants_sync(g->sad) && sad_sync(g->sad, &e))
		log_xi(SEV_ERROR, "XFRM", "%s", e.text);
	ifs_check(g);
}
