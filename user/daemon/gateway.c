// SPDX-License-Identifier: Apache-2.0
#include "user/daemon/gateway.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>

#include "user/config/file.h"
#include "user/config/ifname.h"
#include "user/config/iftable.h"
#include "user/config/keys.h"
#include "user/ctl/debug.h"
#include "user/ctl/rates.h"
#include "user/ctl/sa_base.h"
#include "user/daemon/apply.h"
#include "user/daemon/devices.h"
#include "user/daemon/logging.h"
#include "user/dataplane/protect.h"
#include "user/lib/hash.h"
#include "user/lib/log.h"

/* Lines of one configuration, or objects of one change, that are logged; the rest is counted. */
#define LOG_MAX		50

/* A kernel that does not answer is asked each second, and told about once a minute. */
#define LOG_NS		(60 * 1000000000ULL)

#define TUNNEL_SAS_MAX	65536

/* Numbers that may be sent between a look at an SA and its end. */
#define NUMBER_MARGIN	65536

/* The newest outbound SA of one of our devices: its transform decides the MTU. */
struct device_sa {
	uint32_t	if_id;		/* of the table */
	struct sa_info	sa;
};

/* Where an outbound SA begins that had one before it with the same key. */
struct kept_number {
	struct xi_sa_key key;		/* of the table */
	uint64_t	oseq;
};

struct gateway_private {
	struct kobj_nl	*nl;
	struct iftable	names;
	struct hash	sas;		/* struct device_sa */
	struct hash	numbers;	/* struct kept_number */
	struct kobj_set	found;		/* when the kernel was asked; else plan.objects is what it has */
	bool		ask;		/* the kernel is to be asked: a change did not go well */
	bool		due;
	bool		look;		/* the machine may have changed since the last plan */
	uint64_t	machine;	/* struct devices, digest: what that was made for */
	const char	*const *ifs;
	unsigned int	nifs;
	struct apply_report last;
	struct log_limit limit;
};

/* --- what the planner wants to know ------------------------------------------------------- */

const char *gateway_device(const struct gateway *gw, const char *name)
{
	const char *dev = gw->priv ? iftable_device(&gw->priv->names, name) : NULL;

	if (dev)
		return dev;
	/* A name of Linux stands for itself; one of IOS begins with a capital letter. */
	return name[0] >= 'A' && name[0] <= 'Z' ? NULL : name;
}

const char *gateway_ios_name(const struct gateway *gw, const char *device, char buf[static 48])
{
	static const struct {
		const char *ours, *ios;
	} made[] = { { "xi-tun", "Tunnel" }, { "xi-lo", "Loopback" } };
	size_t i;

	for (i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
		size_t len = strlen(made[i].ours);

		if (strncmp(device, made[i].ours, len))
			continue;
		snprintf(buf, 48, "%s%.16s", made[i].ios, device + len);
		return buf;
	}
	snprintf(buf, 48, "%s", gw->priv ? iftable_ios(&gw->priv->names, device) : device);
	return buf;
}

static const char *env_device(void *ctx, const char *name)
{
	return gateway_device(ctx, name);
}

static const struct sa_info *env_outbound_sa(void *ctx, uint32_t if_id)
{
	const struct gateway *gw = ctx;
	const struct device_sa *d = hash_find(&gw->priv->sas, &if_id);

	return d ? &d->sa : NULL;
}

static bool is_device_sa(const struct gateway *gw, const struct sa_info *sa)
{
	return sa->if_id >> 24 == XI_ID_TUNNEL && !sad_is_inbound(gw->guard.sad, sa);
}

/* In a rekey two stand beside each other; the kernel sends with the newer one. */
static void on_sa(void *ctx, const struct sa_info *sa, bool is_new)
{
	struct gateway *gw = ctx;
	struct device_sa *d;

	if (is_new)
		debug_ipsec_sa(gw, sa, true);
	if (!is_device_sa(gw, sa))
		return;
	d = hash_find(&gw->priv->sas, &sa->if_id);
	if (d && (!memcmp(&d->sa.key, &sa->key, sizeof(sa->key)) || d->sa.add_time > sa->add_time))
		return;
	if (!d)
		d = hash_add(&gw->priv->sas, &sa->if_id);
	if (!d)
		return;
	d->sa = *sa;
	gw->priv->due = true;
}

/*
 * Somebody took away what the plan wants: the kernel is asked, and it is made
 * again. What the kernel refused goes by our own hand, and would go round for ever.
 */
static void look_for(struct gateway *gw, const struct kobj *like)
{
	const struct kobj *o = kobj_set_find(&gw->plan.objects, like);

	if (o && !apply_failure_of(&gw->priv->last, o->owner))
		gw->priv->ask = gw->priv->due = true;
}

static void on_sa_gone(void *ctx, const struct xi_sa_key *key)
{
	const struct sa_info gone = { .key = *key };
	const struct kobj like = { .kind = KOBJ_SA, .sa = { .key = *key } };
	struct gateway *gw = ctx;
	struct hash_iter it = {};
	struct device_sa *d;

	debug_ipsec_sa(gw, &gone, false);
	look_for(gw, &like);
	while ((d = hash_next(&gw->priv->sas, &it))) {
		if (memcmp(&d->sa.key, key, sizeof(*key)))
			continue;
		hash_del(&gw->priv->sas, d);
		gw->priv->due = true;
		sad_ask_sync(gw->guard.sad);	/* another one may be left */
		return;
	}
}

static void on_machine(void *ctx, const char *gone)
{
	struct kobj like = { .kind = KOBJ_LINK };
	struct gateway *gw = ctx;

	gw->priv->look = true;
	if (!gone)
		return;
	snprintf(like.link.name, sizeof(like.link.name), "%s", gone);
	look_for(gw, &like);
}

/* --- plan and kernel ---------------------------------------------------------------------- */

static struct plan_item *item_of(struct plan *p, const char *owner)
{
	size_t i;

	for (i = 0; i < p->nitems; i++)
		if (!strcmp(p->item[i]->owner, owner))
			return p->item[i];
	return NULL;
}

/* A failure that was told before and is still there is not told again. */
static void tell_failures(struct plan *p, const struct apply_report *now,
			  const struct apply_report *before)
{
	const struct apply_failure *old;
	struct plan_item *item;
	size_t i, told = 0;

	for (i = 0; i < now->n; i++) {
		const struct apply_failure *f = &now->failure[i];

		item = item_of(p, f->owner);
		if (item)
			snprintf(item->inactive, sizeof(item->inactive), "%.199s", f->why);
		old = apply_failure_of(before, f->owner);
		if (old && !strcmp(old->why, f->why))
			continue;
		if (told++ < LOG_MAX)
			log_xi(SEV_ERROR, "KERNEL", "%s is not set up: %s",
			       *f->owner ? f->owner : "configuration", f->why);
	}
	if (told > LOG_MAX)
		log_xi(SEV_ERROR, "KERNEL", "%zu further objects are not set up", told - LOG_MAX);
}

static const struct kobj_set *what_there_is(struct gateway *gw, struct err *e)
{
	struct gateway_private *p = gw->priv;

	if (!p->ask)
		return &gw->plan.objects;
	kobj_set_fini(&p->found);
	if (kobj_nl_dump(p->nl, &p->found, e)) {
		err_prefix(e, "what the kernel has of ours");
		return NULL;
	}
	return &p->found;
}

/* What the plan wants guarded, and what the command line does. */
static void set_guarded(struct gateway *gw, const struct plan *plan)
{
	size_t n = plan->nguards + gw->priv->nifs, i;
	char (*names)[IF_NAMESIZE] = calloc(n + 1, sizeof(*names));

	if (!names) {
		log_xi(SEV_ERROR, "MEMORY", "out of memory: the guarded interfaces stay as they are");
		return;
	}
	for (i = 0; i < gw->priv->nifs; i++)
		snprintf(names[i], IF_NAMESIZE, "%s", gw->priv->ifs[i]);
	for (i = 0; i < plan->nguards; i++)
		memcpy(names[gw->priv->nifs + i], plan->guard[i], IF_NAMESIZE);
	guard_set_ifs(&gw->guard, (const char (*)[IF_NAMESIZE])names, n);
	free(names);
}

/*
 * Clear packets that should have come encrypted end in XDP. Where that does not
 * work, the policies of the plan drop them in the kernel.
 */
static void set_protected(struct gateway *gw, const struct plan *plan)
{
	struct err e = {};

	if (protect_set(bpf_maps(gw->guard.bpf), plan->flows, plan->nflows, NULL, &e))
		log_xi(SEV_ERROR, "FLOWS", "the check of clear packets in XDP stays as it was: %s",
		       e.text);
}

void gateway_keep_number(struct gateway *gw, const struct xi_sa_key *key, uint64_t oseq)
{
	struct kept_number *k;

	if (!gw->priv)
		return;
	k = hash_find(&gw->priv->numbers, key);
	if (!k)
		k = hash_add(&gw->priv->numbers, key);
	if (k && oseq + NUMBER_MARGIN > k->oseq)
		k->oseq = oseq + NUMBER_MARGIN;
}

/* SAs that are about to go may come back with the same keys: an entry taken out and put back. */
static void keep_numbers(struct gateway *gw, const struct kobj_set *was, const struct plan *next)
{
	struct sa_info sa;
	size_t i;

	for (i = 0; i < was->n; i++) {
		const struct kobj *o = was->list[i];

		if (!o || o->kind != KOBJ_SA || kobj_set_find(&next->objects, o))
			continue;
		if (!xfrm_nl_get_sa(gw->guard.xfrm, &o->sa.key, &sa, NULL) &&
		    !sad_is_inbound(gw->guard.sad, &sa))
			gateway_keep_number(gw, &sa.key, sa.replay_oseq);
	}
}

static void set_numbers(const struct gateway *gw, struct plan *plan)
{
	const struct kept_number *k;
	size_t i;

	for (i = 0; gw->priv->numbers.count && i < plan->objects.n; i++) {
		struct kobj *o = plan->objects.list[i];

		if (!o || o->kind != KOBJ_SA || o->sa.inbound)
			continue;
		k = hash_find(&gw->priv->numbers, &o->sa.key);
		if (k)
			o->sa.oseq = k->oseq;
	}
}

static int make_plan(struct gateway *gw, struct plan *plan, struct err *e)
{
	struct devices d;
	struct plan_env env = { .device = env_device, .outbound_sa = env_outbound_sa, .ctx = gw };
	int ret = devices_read(gw->guard.link, &d, e);

	if (!ret) {
		env.dev = d.dev;
		env.ndevs = d.ndevs;
		gw->priv->machine = d.digest;
		ret = plan_build(gw->running, &env, plan, e);
	}
	if (!ret)
		set_numbers(gw, plan);
	devices_fini(&d);
	return ret;
}

int gateway_apply(struct gateway *gw, struct err *e)
{
	struct gateway_private *p = gw->priv;
	struct apply_report report = {};
	const struct kobj_set *was;
	struct plan next = {};
	int ret;

	if (!gw->running)
		return 0;
	p->due = p->look = false;
	logging_configure(gw->running);
	ret = make_plan(gw, &next, e);
	was = ret ? NULL : what_there_is(gw, e);
	if (was)
		keep_numbers(gw, was, &next);
	if (was)
		ret = apply_difference(p->nl, was, &next.objects, &report, e);
	else if (!ret)
		ret = e->code;
	if (ret) {
		/*
		 * Half done perhaps: the next try, with the next tick, asks the kernel.
		 * The plan before may point to lines that are gone by now.
		 */
		p->ask = p->due = true;
		plan_fini(&gw->plan);
		gw->plan = (struct plan){};
		plan_fini(&next);
		apply_report_fini(&report);
		return ret;
	}
	tell_failures(&next, &report, &p->last);
	set_guarded(gw, &next);
	set_protected(gw, &next);
	plan_fini(&gw->plan);
	gw->plan = next;
	p->ask = report.n > 0;
	kobj_set_fini(&p->found);
	apply_report_fini(&p->last);
	p->last = report;
	return 0;
}

int gateway_reapply(struct gateway *gw, struct err *e)
{
	if (!gw->priv)
		return 0;
	gw->priv->ask = true;
	return gateway_apply(gw, e);
}

void gateway_each_failure(const struct gateway *gw,
			  void (*each)(void *ctx, const char *owner, const char *why), void *ctx)
{
	size_t i;

	for (i = 0; gw->priv && i < gw->priv->last.n; i++)
		each(ctx, gw->priv->last.failure[i].owner, gw->priv->last.failure[i].why);
}

/*
 * Our own devices come and go with what we do, so they are no reason to do more:
 * an entry that the kernel refuses would be made and taken back for ever.
 */
static bool machine_changed(struct gateway *gw)
{
	struct devices d;
	struct err e = {};
	bool changed = devices_read(gw->guard.link, &d, &e) || d.digest != gw->priv->machine;

	devices_fini(&d);
	gw->priv->look = false;
	return changed;
}

bool gateway_is_due(const struct gateway *gw)
{
	return gw->priv && gw->running && (gw->priv->due || gw->priv->look);
}

int gateway_catch_up(struct gateway *gw, struct err *e)
{
	if (!gateway_is_due(gw) || (!gw->priv->due && !machine_changed(gw)))
		return 0;
	return gateway_apply(gw, e);
}

void gateway_tick(struct gateway *gw)
{
	struct err e = {};

	guard_tick(&gw->guard);
	rates_tick(gw->env);
	if (gateway_catch_up(gw, &e))
		log_limited(&gw->priv->limit, LOG_NS, "XIPSEC", SEV_ERROR, "APPLY", "%s", e.text);
}

/* --- configuration ------------------------------------------------------------------------ */

static struct tree *tree_new(void)
{
	struct tree *t = calloc(1, sizeof(*t));

	if (t && tree_init(t)) {
		free(t);
		t = NULL;
	}
	return t;
}

static void tree_delete(struct tree *t)
{
	if (t)
		tree_fini(t);
	free(t);
}

static void log_diags(const struct diags *d, const char *path)
{
	size_t i, told = 0;

	for (i = 0; i < d->n; i++) {
		const struct diag *g = &d->list[i];

		if (g->severity == DIAG_NOTICE || told++ >= LOG_MAX)
			continue;
		log_xi(g->severity == DIAG_ERROR ? SEV_ERROR : SEV_WARNING, "CONFIG", "%s:%u: %s", path,
		       g->line, g->text);
	}
	log_xi(d->count[DIAG_ERROR] ? SEV_ERROR : SEV_NOTICE, "CONFIG",
	       "%s: %zu errors, %zu warnings, %zu notices (xipsecd -t -c %s tells them all)", path,
	       d->count[DIAG_ERROR], d->count[DIAG_WARNING], d->count[DIAG_NOTICE], path);
}

/* Without a usable one the gateway runs all the same: only type 6 keys need it. */
static void read_master_key(struct gateway *gw, const struct gateway_opts *o)
{
	struct err e = {};

	if (master_store_open(&gw->master, o->master_key ? o->master_key : MASTER_KEY_PATH, &e))
		log_xi(SEV_ERROR, "TYPE6", "%s", e.text);
}

static int load_startup(struct gateway *gw, const struct gateway_opts *o, struct err *e)
{
	struct diags d = {};
	int ret;

	gw->running = calloc(1, sizeof(*gw->running));
	if (!gw->running)
		return err_set(e, -ENOMEM, "out of memory");
	read_master_key(gw, o);
	ret = file_load(gw->startup, &gw->master, gw->running, &d, e);
	if (ret == -ENOENT && o->may_be_missing) {
		tree_delete(gw->running);
		gw->running = tree_new();
		ret = gw->running ? 0 : err_set(e, -ENOMEM, "out of memory");
		log_xi(SEV_NOTICE, "CONFIG", "%s: not there, the configuration begins empty",
		       gw->startup);
	} else if (ret) {
		err_prefix(e, "%s", gw->startup);
	} else {
		log_diags(&d, gw->startup);
		ret = keys_protect(gw->running, gw->master.t6, NULL, e);
	}
	diag_fini(&d);
	return ret;
}

static void read_names(struct gateway *gw, const struct gateway_opts *o)
{
	char path[512], copy[512], *text = NULL;
	struct diags d = {};
	struct err e = {};
	size_t len, i;
	int ret;

	snprintf(copy, sizeof(copy), "%s", gw->startup);
	if (o->iftable)
		snprintf(path, sizeof(path), "%s", o->iftable);
	else
		snprintf(path, sizeof(path), "%.400s/interfaces", dirname(copy));
	ret = file_read(path, &text, &len, &e);
	if (ret == -ENOENT && !o->iftable)
		return;		/* Linux names need no table */
	if (!ret)
		ret = iftable_parse(&gw->priv->names, text, len, &d);
	if (ret)
		log_xi(SEV_ERROR, "INTERFACES", "%s: %s", path, *e.text ? e.text : strerror(-ret));
	for (i = 0; i < d.n; i++)
		log_xi(SEV_ERROR, "INTERFACES", "%s:%u: %s", path, d.list[i].line, d.list[i].text);
	diag_fini(&d);
	free(text);
}

int gateway_reload(struct gateway *gw, const char *path, struct diags *d, struct err *e)
{
	struct tree *was = gw->running, *t;
	int ret;

	*d = (struct diags){};
	if (!gw->configured)
		return err_set(e, -EINVAL, "guard mode: xipsecd was started without a configuration");
	if (!path)
		path = gw->startup;
	t = calloc(1, sizeof(*t));
	if (!t)
		return err_set(e, -ENOMEM, "out of memory");
	ret = file_load(path, &gw->master, t, d, e);
	if (ret)
		err_prefix(e, "%s", path);
	else if (d->count[DIAG_ERROR])
		ret = err_set(e, -EINVAL, "%s: %zu errors, nothing is changed", path,
			      d->count[DIAG_ERROR]);
	/* Before they are compared: a clear key in the file is the same as its type 6 form. */
	if (!ret)
		ret = keys_protect(t, gw->master.t6, NULL, e);
	if (!ret) {
		gw->running = t;
		gw->priv->ask = true;	/* a reload also mends what others took away */
		ret = gateway_apply(gw, e);
		if (ret)
			gw->running = was;
	}
	if (ret) {
		log_xi(SEV_ERROR, "RELOAD", "%s", e->text);
		tree_delete(t);
		return ret;
	}
	tree_delete(was);
	log_diags(d, path);
	return 0;
}

/* --- up and down -------------------------------------------------------------------------- */

static int open_private(struct gateway *gw, const struct gateway_opts *o, struct err *e)
{
	struct gateway_private *p = calloc(1, sizeof(*p));
	int ret;

	gw->priv = p;
	if (!p)
		return err_set(e, -ENOMEM, "out of memory");
	p->ifs = o->ifs;
	p->nifs = o->nifs;
	p->ask = true;
	ret = hash_init(&p->sas, sizeof(uint32_t), sizeof(struct device_sa), TUNNEL_SAS_MAX, gw->env);
	if (!ret)
		ret = hash_init(&p->numbers, sizeof(struct xi_sa_key), sizeof(struct kept_number),
				TUNNEL_SAS_MAX, gw->env);
	if (ret)
		return err_set(e, ret, "table of SAs: %s", strerror(-ret));
	p->nl = kobj_nl_open(e);
	return p->nl ? 0 : e->code;
}

/* Before anything is touched: a configuration that cannot be read ends the start. */
static int read_all(struct gateway *gw, const struct gateway_opts *o, struct err *e)
{
	int ret;

	gw->configured = true;
	if (snprintf(gw->startup, sizeof(gw->startup), "%s", o->config) >= (int)sizeof(gw->startup))
		return err_set(e, -ENAMETOOLONG, "%s: the name is too long", o->config);
	ret = open_private(gw, o, e);
	if (ret)
		return ret;
	read_names(gw, o);
	return load_startup(gw, o, e);
}

/*
 * SAs that the configuration may come to have: ESP and AH, in and out, for each
 * entry and tunnel. The maps are sized once, at the start.
 */
static uint32_t sas_expected(const struct gateway *gw)
{
	const struct node *n;
	uint32_t sas = 0;

	for (n = gw->running->root.first; n; n = n->next)
		if (n->p && (n->p->row->enters == M_MAP ||
			     (n->p->row->enters == M_IF && ifname_is_tunnel(node_name(n)))))
			sas += 4;
	return sas;
}

static int begin(struct gateway *gw, struct err *e)
{
	const struct sad_watch watch = { .sa = on_sa, .gone = on_sa_gone, .ctx = gw };
	int ret;

	gw->guard.changed = on_machine;
	gw->guard.changed_ctx = gw;
	sad_watch(gw->guard.sad, &watch);
	/* Again, so that the watch hears of SAs that are there already. */
	ret = sad_sync(gw->guard.sad, e);
	return ret ? ret : gateway_apply(gw, e);
}

int gateway_open(struct gateway *gw, const struct env *env, const struct gateway_opts *o,
		 struct err *e)
{
	struct bpf_opts bpf = o->bpf;
	int ret = 0;

	*gw = (struct gateway){ .env = env };
	if (o->config) {
		ret = read_all(gw, o, e);
		if (!ret)
			bpf.sas_now = sas_expected(gw);
	}
	if (!ret)
		ret = guard_open(&gw->guard, env, &bpf, o->ifs, o->nifs, e);
	if (ret) {
		gateway_close(gw);
		return ret;
	}
	if (o->config)
		ret = begin(gw, e);
	else
		set_protected(gw, &gw->plan);	/* what a configured daemon left is no more */
	if (ret) {
		bpf_undo(gw->guard.bpf);
		gateway_close(gw);
		return ret;
	}
	guard_settle(&gw->guard);
	return 0;
}

void gateway_undo(struct gateway *gw)
{
	bpf_undo(gw->guard.bpf);
}

void gateway_close(struct gateway *gw)
{
	struct gateway_private *p = gw->priv;

	guard_close(&gw->guard);
	rates_fini();
	sa_base_fini();
	master_store_close(&gw->master);
	plan_fini(&gw->plan);
	tree_delete(gw->running);
	gw->running = NULL;
	if (!p)
		return;
	kobj_set_fini(&p->found);
	apply_report_fini(&p->last);
	hash_fini(&p->sas);
	hash_fini(&p->numbers);
	iftable_fini(&p->names);
	kobj_nl_close(p->nl);
	free(p);
	gw->priv = NULL;
}

int gateway_remove_all(struct err *e)
{
	const struct kobj_set nothing = {};
	struct apply_report report = {};
	struct kobj_set found = {};
	struct kobj_nl *nl = kobj_nl_open(e);
	int ret = nl ? kobj_nl_dump(nl, &found, e) : e->code;

	if (!ret)
		ret = apply_difference(nl, &found, &nothing, &report, e);
	apply_report_fini(&report);
	kobj_set_fini(&found);
	kobj_nl_close(nl);
	return ret;
}
