// SPDX-License-Identifier: Apache-2.0
/* `show ip route` (R-VTI-9): the kernel's main table with the letters of routers. */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "user/config/check.h"
#include "user/config/net.h"
#include "user/ctl/answer.h"
#include "user/kernel/kobj.h"
#include "user/kernel/rtnl.h"

/* Making an answer stops the event loop: a table of the whole Internet is cut. */
#define ROUTES_MAX	20000

/* Of the kernel's protocols: letter and administrative distance. */
static const struct {
	uint8_t		protocol;
	char		code;
	unsigned int	distance;
} route_codes[] = {
	{ XI_RTPROT, 'S', 1 }, { RTPROT_BOOT, 'S', 1 }, { RTPROT_STATIC, 'S', 1 },
	{ RTPROT_DHCP, 'S', 254 }, { RTPROT_BGP, 'B', 20 }, { RTPROT_EIGRP, 'D', 90 },
	{ RTPROT_OSPF, 'O', 110 }, { RTPROT_ISIS, 'i', 115 }, { RTPROT_RIP, 'R', 120 },
};

struct route_list {
	struct rtnl_route *r;
	size_t		n, room;
	bool		cut;
};

static int route_add(void *ctx, const struct rtnl_route *r)
{
	struct route_list *l = ctx;
	struct rtnl_route *more;

	if (r->type != RTN_UNICAST && r->type != RTN_BLACKHOLE)
		return 0;
	if (l->n == ROUTES_MAX) {
		l->cut = true;
		return 1;
	}
	if (l->n == l->room) {
		more = reallocarray(l->r, l->room * 2 + 64, sizeof(*more));
		if (!more)
			return -ENOMEM;
		l->r = more;
		l->room = l->room * 2 + 64;
	}
	l->r[l->n++] = *r;
	return 0;
}

static int route_compare(const void *x, const void *y)
{
	const struct rtnl_route *a = x, *b = y;
	int d = memcmp(a->dst.b, b->dst.b, sizeof(a->dst.b));

	if (d)
		return d;
	if (a->plen != b->plen)
		return a->plen < b->plen ? -1 : 1;
	if (a->metric != b->metric)
		return a->metric < b->metric ? -1 : 1;
	d = memcmp(a->via.b, b->via.b, sizeof(a->via.b));
	return d ? d : (a->ifindex > b->ifindex) - (a->ifindex < b->ifindex);
}

/* What is configured, sorted by network: the distance is not in the kernel. */
struct distance {
	uint32_t	net;
	uint32_t	plen;
	unsigned int	distance;
};

struct distances {
	struct distance	*d;
	size_t		n;
};

static int distance_compare(const void *x, const void *y)
{
	const struct distance *a = x, *b = y;

	if (a->net != b->net)
		return a->net < b->net ? -1 : 1;
	return (a->plen > b->plen) - (a->plen < b->plen);
}

static int distances_init(struct distances *l, const struct tree *t)
{
	const struct node *n;
	size_t room = 1;

	*l = (struct distances){};
	if (t)
		for_each_child(n, &t->root)
			room += node_is(n, "ip route");
	l->d = calloc(room, sizeof(*l->d));
	if (!l->d)
		return -ENOMEM;
	if (t)
		for_each_child(n, &t->root)
			if (node_is(n, "ip route"))
				l->d[l->n++] = (struct distance){
					net_v4(node_arg(n, "prefix")),
					net_bits(net_v4(node_arg(n, "mask"))),
					node_num(n, "distance", 1) };
	qsort(l->d, l->n, sizeof(*l->d), distance_compare);
	return 0;
}

/* R-CFG-9: 1 where none is given. */
static unsigned int distance_of(const struct distances *l, const struct rtnl_route *r)
{
	struct distance key = { .plen = r->plen }, *found;

	memcpy(&key.net, r->dst.b, sizeof(key.net));
	key.net = ntohl(key.net);
	found = bsearch(&key, l->d, l->n, sizeof(key), distance_compare);
	return found ? found->distance : 1;
}

/* 'X': a protocol without a letter; 'C': the kernel's own, of an address. */
static char route_code(const struct rtnl_route *r, unsigned int *distance)
{
	size_t i;

	*distance = 0;
	if (r->protocol == RTPROT_KERNEL)
		return 'C';
	for (i = 0; i < sizeof(route_codes) / sizeof(route_codes[0]); i++) {
		if (route_codes[i].protocol != r->protocol)
			continue;
		*distance = route_codes[i].distance;
		return route_codes[i].code;
	}
	return 'X';
}

static json_t *route_json(const struct gateway *gw, const struct distances *l,
			  const struct rtnl_route *r)
{
	bool ours = r->protocol == XI_RTPROT;
	char device[IF_NAMESIZE] = "", ios[48], dst[ADDR_STR_MAX], code[2] = "";
	unsigned int distance;

	code[0] = route_code(r, &distance);
	if (ours)
		distance = distance_of(l, r);
	if (r->ifindex && !if_indextoname((unsigned int)r->ifindex, device))
		device[0] = '\0';
	addr_str(&r->dst, dst);
	return json_pack("{s:s, s:s, s:i, s:i, s:I, s:o, s:o, s:o, s:i, s:b}", "code", code,
		"prefix", dst, "prefix-length", r->plen, "distance", (int)distance,
		/* Of ours the kernel's metric is the distance; IOS' is 0. */
		"metric", (json_int_t)(ours ? 0 : r->metric),
		"via", r->via.family ? answer_addr(&r->via) : json_null(),
		"interface", r->type == RTN_BLACKHOLE ? json_string("Null0") :
			device[0] ? answer_text(gateway_ios_name(gw, device, ios)) : json_null(),
		"device", device[0] ? answer_text(device) : json_null(),
		"protocol", r->protocol, "ours", ours);
}

static json_t *routes_json(const struct gateway *gw, const struct distances *d,
			   struct route_list *l)
{
	json_t *list = json_array(), *last = json_null();
	size_t i;

	if (l->n)
		qsort(l->r, l->n, sizeof(*l->r), route_compare);
	for (i = 0; i < l->n; i++) {
		/* A dump that was disturbed begins again. */
		if (i && !route_compare(&l->r[i - 1], &l->r[i]) &&
		    l->r[i - 1].protocol == l->r[i].protocol)
			continue;
		if (!l->r[i].plen && l->r[i].via.family && json_is_null(last))
			last = answer_addr(&l->r[i].via);
		json_array_append_new(list, route_json(gw, d, &l->r[i]));
	}
	return json_pack("{s:b, s:o, s:o}", "truncated", l->cut, "gateway-of-last-resort", last,
			 "routes", list);
}

json_t *answer_ip_route(struct gateway *gw, const struct command *c, struct err *e)
{
	struct route_list l = {};
	json_t *result = NULL;
	struct distances d;
	int ret = distances_init(&d, gw->running);

	(void)c;
	if (!ret)
		ret = rtnl_each_route(AF_INET, RT_TABLE_MAIN, route_add, &l, e);
	if (ret == -ENOMEM)
		err_set(e, ret, "out of memory for %zu routes", l.n);
	if (ret >= 0)
		result = routes_json(gw, &d, &l);
	free(d.d);
	free(l.r);
	return result;
}
