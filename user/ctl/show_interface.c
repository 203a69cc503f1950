// SPDX-License-Identifier: Apache-2.0
/* `show interface` (R-VTI-7) and `show ip interface` (R-FRAG-9): Linux' values, the router's names. */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/config/ifname.h"
#include "user/ctl/answer.h"
#include "user/ctl/rates.h"
#include "user/ctl/sadb.h"
#include "user/kernel/rtnl.h"

/* What routers reckon with where no speed is known; microseconds of delay by kind. */
#define BW_TUNNEL_KBIT		100
#define BW_LOOPBACK_KBIT	8000000
#define DELAY_TUNNEL		50000
#define DELAY_LOOPBACK		5000

struct iface {
	struct gateway	*gw;
	char		name[48];	/* as configured, or Linux' */
	char		device[IF_NAMESIZE];	/* "": not present */
	const struct node *node;	/* NULL: not configured */
	const struct plan_item *item;	/* of Tunnel and Loopback */
	struct rtnl_link link;
	bool		present;
};

static const struct plan_item *iface_item(const struct plan *p, const char *name)
{
	size_t i;

	for (i = 0; i < p->nitems; i++) {
		const struct plan_item *it = p->item[i];

		if ((it->kind == PLAN_TUNNEL || it->kind == PLAN_LOOPBACK) && it->node &&
		    !strcmp(node_name(it->node), name))
			return it;
	}
	return NULL;
}

/* A device that the configuration knows by another name is shown by that name. */
static void iface_name(struct iface *f, const struct defs *d, const char *asked)
{
	char ios[48];

	snprintf(f->name, sizeof(f->name), "%s", asked);
	f->node = defs_node(d, O_IF, asked);
	if (!f->node) {
		gateway_ios_name(f->gw, asked, ios);
		f->node = defs_node(d, O_IF, ios);
		if (f->node)
			snprintf(f->name, sizeof(f->name), "%s", ios);
	}
}

static int iface_find(struct iface *f, struct gateway *gw, const struct defs *d, const char *asked,
		      struct err *e)
{
	const char *device;
	int ret;

	*f = (struct iface){ .gw = gw };
	iface_name(f, d, asked);
	f->item = iface_item(&gw->plan, f->name);
	device = f->item && f->item->dev[0] ? f->item->dev : gateway_device(gw, asked);
	if (device && strlen(device) < sizeof(f->device))
		strcpy(f->device, device);
	ret = f->device[0] ? rtnl_get_link(f->device, &f->link, e) : -ENODEV;
	f->present = !ret;
	if (ret && ret != -ENODEV)
		return ret;
	if (ret && !f->node)
		return err_set(e, -ENODEV, "there is no interface %s", asked);
	return 0;
}

static bool iface_is_tunnel(const struct iface *f)
{
	return ifname_is_tunnel(f->name);
}

static bool iface_is_loopback(const struct iface *f)
{
	return f->link.loopback || !strncmp(f->name, "Loopback", 8);
}

static json_t *iface_arg(const struct iface *f, const char *words, const char *arg)
{
	const struct node *n = defs_child(f->node, words);

	return n && node_arg(n, arg) ? answer_text(node_arg(n, arg)) : json_null();
}

/* --- up or down ------------------------------------------------------------------------------- */

/* R-VTI-7: up only while there is an SA of each direction. */
static int iface_has_sas(const struct iface *f, bool *has, struct err *e)
{
	struct sadb s;
	size_t i;
	int ret = sadb_init(&s, f->gw, e);

	*has = false;
	for (i = 0; !ret && i < s.n; i++)
		*has |= s.entry[i].item == f->item && sadb_count(&s.entry[i], true) &&
			sadb_count(&s.entry[i], false);
	sadb_fini(&s);
	return ret;
}

static const char *iface_state(const struct iface *f)
{
	if (defs_child(f->node, "shutdown"))
		return "administratively down";
	if (!f->present)
		return "not present";
	if (!f->link.up)
		return "administratively down";
	return f->link.running ? "up" : "down";
}

static int iface_state_json(const struct iface *f, json_t *o, struct err *e)
{
	const char *state = iface_state(f);
	bool line = !strcmp(state, "up");
	int ret = 0;

	if (line && iface_is_tunnel(f) && f->item)
		ret = iface_has_sas(f, &line, e);
	json_object_set_new(o, "state", json_string(state));
	json_object_set_new(o, "line-protocol", json_string(line ? "up" : "down"));
	json_object_set_new(o, "inactive", f->item && f->item->inactive[0] ?
			    answer_text(f->item->inactive) :
			    f->node && f->node->inactive && f->node->why ?
			    answer_text(f->node->why) : json_null());
	return ret;
}

/* --- addresses -------------------------------------------------------------------------------- */

static void iface_add_addr(void *ctx, const struct rtnl_addr *a)
{
	json_array_append_new(ctx, json_pack("{s:o, s:i, s:b, s:o}", "address", answer_addr(&a->addr),
					     "prefix-length", a->plen, "secondary", a->secondary,
					     "peer", a->peer.family ? answer_addr(&a->peer) :
								      json_null()));
}

static int iface_addrs(const struct iface *f, json_t *o, struct err *e)
{
	json_t *list = json_array();

	json_object_set_new(o, "addresses", list);
	return f->present ? rtnl_each_addr(f->link.ifindex, iface_add_addr, list, e) : 0;
}

/* --- what it is ------------------------------------------------------------------------------- */

/* Mbit/s as the driver says; 0: it does not. */
static long iface_speed(const char *device)
{
	char path[64 + IF_NAMESIZE], text[32];
	long speed = 0;
	FILE *f;

	if (strchr(device, '/'))
		return 0;
	snprintf(path, sizeof(path), "/sys/class/net/%s/speed", device);
	f = fopen(path, "re");
	if (!f)
		return 0;
	if (fgets(text, sizeof(text), f))
		speed = strtol(text, NULL, 10);
	fclose(f);
	return speed > 0 ? speed : 0;
}

static json_t *iface_bandwidth(const struct iface *f)
{
	long mbit = f->present ? iface_speed(f->device) : 0;

	if (iface_is_tunnel(f))
		return json_integer(BW_TUNNEL_KBIT);
	if (iface_is_loopback(f))
		return json_integer(BW_LOOPBACK_KBIT);
	return mbit ? json_integer(mbit * 1000) : json_null();
}

static int iface_delay(const struct iface *f)
{
	long mbit = f->present ? iface_speed(f->device) : 0;

	if (iface_is_tunnel(f))
		return DELAY_TUNNEL;
	if (iface_is_loopback(f))
		return DELAY_LOOPBACK;
	return mbit >= 1000 ? 10 : mbit >= 100 ? 100 : 1000;
}

static const char *iface_hardware(const struct iface *f)
{
	if (iface_is_tunnel(f))
		return "Tunnel";
	if (iface_is_loopback(f))
		return "Loopback";
	if (!strcmp(f->link.kind, "vlan"))
		return "802.1Q Virtual LAN";
	return f->link.has_mac ? "Ethernet" : "Linux device";
}

/* "0011.2233.4455" */
static json_t *iface_mac(const struct iface *f)
{
	const struct rtnl_link *l = &f->link;

	/* A dummy device has one; a loopback interface of a router does not. */
	if (!l->has_mac || iface_is_loopback(f))
		return json_null();
	return json_sprintf("%02x%02x.%02x%02x.%02x%02x", l->mac[0], l->mac[1], l->mac[2], l->mac[3],
			    l->mac[4], l->mac[5]);
}

/* --- the tunnel ------------------------------------------------------------------------------- */

static json_t *iface_tunnel(const struct iface *f)
{
	const struct node *source = defs_child(f->node, "tunnel source");
	const struct node *dest = defs_child(f->node, "tunnel destination");
	const struct node *mode = defs_child(f->node, "tunnel mode");
	const char *local = source ? node_arg(source, "address") : NULL;
	const char *peer = dest ? node_arg(dest, "address") : NULL;
	bool ipsec = mode && node_has(mode, "ipsec");

	if (!iface_is_tunnel(f))
		return json_null();
	if (!peer && dest)
		peer = node_arg(dest, "host");
	return json_pack("{s:o, s:o, s:o, s:s, s:o, s:o}",
		"source", f->item && f->item->local.family ? answer_addr(&f->item->local) :
			  local ? answer_text(local) : json_null(),
		"source-interface", iface_arg(f, "tunnel source", "interface"),
		"destination", peer ? answer_text(peer) : json_null(),
		"protocol", ipsec ? "IPSEC" : "GRE",
		"transport", json_string(ipsec && node_has(mode, "ipv6") ? "IPV6" : "IP"),
		"profile", iface_arg(f, "tunnel protection", "ipsec-profile"));
}

/* --- counters --------------------------------------------------------------------------------- */

static json_t *iface_counters(const struct rtnl_link_stats64 *s)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}",
		"in-packets", answer_int(s->rx_packets), "in-bytes", answer_int(s->rx_bytes),
		"in-drops", answer_int(s->rx_dropped), "in-multicast", answer_int(s->multicast),
		"in-errors", answer_int(s->rx_errors), "in-crc", answer_int(s->rx_crc_errors),
		"in-frame", answer_int(s->rx_frame_errors), "in-overrun",
		answer_int(s->rx_over_errors + s->rx_fifo_errors),
		"out-packets", answer_int(s->tx_packets), "out-bytes", answer_int(s->tx_bytes),
		"out-drops", answer_int(s->tx_dropped), "out-errors", answer_int(s->tx_errors),
		"collisions", answer_int(s->collisions));
}

static json_t *iface_rates(const struct iface *f)
{
	const struct env *env = f->gw->guard.env;
	struct rates r;

	if (!f->present || !rates_get(f->device, &r))
		return json_null();
	return json_pack("{s:I, s:I, s:I, s:I, s:o, s:o}", "in-bits", answer_int(r.in_bits),
			 "in-packets", answer_int(r.in_packets), "out-bits", answer_int(r.out_bits),
			 "out-packets", answer_int(r.out_packets),
			 "last-input-age-ms", answer_age(env, r.last_in_ns),
			 "last-output-age-ms", answer_age(env, r.last_out_ns));
}

/* --- answers ---------------------------------------------------------------------------------- */

/* What both commands tell. */
static json_t *iface_json(const struct iface *f, struct err *e)
{
	json_t *o = json_pack("{s:o, s:o, s:b, s:o, s:i}", "name", answer_text(f->name),
			      "device", f->device[0] ? answer_text(f->device) : json_null(),
			      "present", f->present,
			      "description", iface_arg(f, "description", "text"),
			      "mtu", (int)f->link.mtu);

	if (!iface_state_json(f, o, e) && !iface_addrs(f, o, e))
		return o;
	json_decref(o);
	return NULL;
}

static void iface_add_details(const struct iface *f, json_t *o)
{
	json_t *more = json_pack("{s:s, s:o, s:o, s:i, s:o, s:o, s:o, s:i}",
				 "hardware", iface_hardware(f), "mac", iface_mac(f),
				 "bandwidth-kbit", iface_bandwidth(f), "delay-usec", iface_delay(f),
				 "tunnel", iface_tunnel(f),
				 "counters", iface_counters(&f->link.stats),
				 "rates", iface_rates(f), "output-queue-max", (int)f->link.txqlen);

	json_object_update(o, more);
	json_decref(more);
}

static json_t *iface_group(const struct iface *f, const char *way)
{
	const struct node *g;

	if (f->node)
		for_each_child(g, f->node)
			if (node_is(g, "ip access-group") && node_has(g, way))
				return answer_text(node_arg(g, "list"));
	return json_null();
}

static void iface_add_ip(const struct iface *f, json_t *o)
{
	json_object_set_new(o, "access-list-in", iface_group(f, "in"));
	json_object_set_new(o, "access-list-out", iface_group(f, "out"));
}

static json_t *iface_answer(struct gateway *gw, const struct command *c,
			    void (*add)(const struct iface *f, json_t *o), struct err *e)
{
	json_t *o = NULL;
	struct iface f;
	struct defs d;

	if (defs_init(&d, gw->running))
		err_set(e, -ENOMEM, "out of memory");
	else if (!iface_find(&f, gw, &d, command_arg(c, "interface"), e))
		o = iface_json(&f, e);
	if (o)
		add(&f, o);
	defs_fini(&d);
	return o;
}

json_t *answer_interface(struct gateway *gw, const struct command *c, struct err *e)
{
	return iface_answer(gw, c, iface_add_details, e);
}

json_t *answer_ip_interface(struct gateway *gw, const struct command *c, struct err *e)
{
	return iface_answer(gw, c, iface_add_ip, e);
}
