// SPDX-License-Identifier: Apache-2.0
/*
 * Lists change as a whole: an image of the new ones is made in memory, written
 * into the half of the maps that is not in use, and switched to by one word. What
 * an earlier daemon left in that half, dead in the middle of its work or not, is
 * swept before.
 */
#include "user/dataplane/protect.h"

#include <errno.h>
#include <linux/if_vlan.h>
#include <linux/sockios.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/if_link.h>
#include <xipsec/flows.h>

#include "user/lib/log.h"

#define VLAN_DEPTH	2	/* tags that xi_outer reads */

/* A half, as it will be in the maps. */
struct image {
	struct xi_flow_half half;
	struct xi_flow_group group[XI_FLOW_GROUPS];
	struct xi_flow_key *key;	/* of targets, in the order of groups */
	struct xi_flow	*target;
	size_t		nifs, ngroups, ntargets;
};

/* --- the image ---------------------------------------------------------------------------- */

static void mask_set(__u8 mask[16], unsigned int len)
{
	unsigned int i;

	memset(mask, 0, 16);
	for (i = 0; i < len && i < 128; i++)
		mask[i / 8] |= 0x80 >> i % 8;
}

static void net_set(__u8 net[16], __u8 mask[16], const struct addr *a, unsigned int len)
{
	mask_set(mask, len);
	memcpy(net, a->b, 16);
}

static bool any_ports(const struct flow_sel *s)
{
	return !s->sport_lo && s->sport_hi == 65535 && !s->dport_lo && s->dport_hi == 65535;
}

/* first: of this interface in the image; groups from `end` on are cut off. */
static void group_set(struct xi_flow_group *g, const struct flow_group *from, size_t first,
		      size_t end)
{
	const struct flow_sel *s = &from->sel;
	size_t next = first + from->next;

	*g = (struct xi_flow_group){
		.sport_lo = s->sport_lo, .sport_hi = s->sport_hi,
		.dport_lo = s->dport_lo, .dport_hi = s->dport_hi,
		.family = s->family, .proto = s->proto,
		.flags = any_ports(s) ? 0 : XI_FLOW_PORTS,
	};
	net_set(g->src, g->src_mask, &s->src, s->splen);
	if (!from->deny)
		return;
	net_set(g->dst, g->dst_mask, &s->dst, s->dplen);
	g->flags |= XI_FLOW_DENY;
	g->next = (__u16)(next < end ? next : end);
}

static size_t targets_add(struct image *im, const struct flow_groups *fs, const struct flow_group *g,
			  size_t index, __u8 half)
{
	size_t i, room = XI_FLOW_TARGETS - im->ntargets, n = g->n < room ? g->n : room;

	for (i = 0; i < n; i++) {
		const struct flow_target *t = &fs->target[g->first + i];
		struct xi_flow_key *key = &im->key[im->ntargets];

		*key = (struct xi_flow_key){
			.prefixlen = XI_FLOW_KEY_BITS + t->dplen,
			.half = half, .group = (__u8)index,
		};
		memcpy(key->addr, t->dst.b, sizeof(key->addr));
		im->target[im->ntargets++] = (struct xi_flow){ t->id, t->line };
	}
	return g->n - n;
}

/* The end of a list may be cut off: packets that reach it are let through. */
static struct xi_flow_if groups_add(struct image *im, const struct plan_flows *f, __u8 half,
				    struct protect_stats *st)
{
	const struct flow_groups *fs = &f->groups;
	size_t first = im->ngroups, room = XI_FLOW_GROUPS - first;
	size_t n = fs->ngroups < room ? fs->ngroups : room, i;

	for (i = 0; i < n; i++) {
		group_set(&im->group[first + i], &fs->group[i], first, first + n);
		if (!fs->group[i].deny)
			st->targets_out += targets_add(im, fs, &fs->group[i], first + i, half);
	}
	for (; i < fs->ngroups; i++)
		st->targets_out += fs->group[i].deny ? 0 : fs->group[i].n;
	im->ngroups += n;
	st->groups_out += fs->ngroups - n;
	return (struct xi_flow_if){ .first = (__u16)first, .end = (__u16)(first + n) };
}

/* Not attached yet, in generic mode, or in both: it is not known to see packets once only. */
static bool in_driver(int ifindex)
{
	LIBBPF_OPTS(bpf_xdp_query_opts, o);

	return !bpf_xdp_query(ifindex, 0, &o) &&
	       (o.attach_mode == XDP_ATTACHED_DRV || o.attach_mode == XDP_ATTACHED_HW);
}

static void if_add(struct image *im, struct xi_flow_if entry, int ifindex, __u32 vlan,
		   struct protect_stats *st)
{
	if (im->nifs == XI_FLOW_IFS) {
		st->interfaces_out++;
		return;
	}
	entry.ifindex = (__u32)ifindex;
	entry.vlan = vlan;
	entry.flags = in_driver(ifindex) ? 0 : XI_FLOW_IF_TWICE;
	im->half.ifs[im->nifs++] = entry;
	im->half.mask |= 1ULL << (ifindex % 64);
}

static bool vlan_ask(int fd, const char *dev, int cmd, struct vlan_ioctl_args *a)
{
	*a = (struct vlan_ioctl_args){ .cmd = cmd };
	strncpy(a->device1, dev, sizeof(a->device1) - 1);
	return !ioctl(fd, SIOCGIFVLAN, a);
}

/*
 * xi_outer may sit on the device below a VLAN device, and see its packets with
 * their tag: they are that interface's there too.
 */
static void ifs_below_add(struct image *im, struct xi_flow_if entry, const char *device,
			  struct protect_stats *st)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), depth;
	struct vlan_ioctl_args vid, real;
	char dev[IF_NAMESIZE];
	__u32 vlan = 0;

	strncpy(dev, device, sizeof(dev) - 1);
	dev[sizeof(dev) - 1] = 0;
	for (depth = 0; fd >= 0 && depth < VLAN_DEPTH; depth++) {
		if (!vlan_ask(fd, dev, GET_VLAN_VID_CMD, &vid) ||
		    !vlan_ask(fd, dev, GET_VLAN_REALDEV_NAME_CMD, &real))
			break;
		vlan |= ((__u32)vid.u.VID & 0xfff) << 16 * depth;
		memcpy(dev, real.u.device2, sizeof(dev));
		dev[sizeof(dev) - 1] = 0;
		if (if_nametoindex(dev))
			if_add(im, entry, (int)if_nametoindex(dev), vlan, st);
	}
	if (fd >= 0)
		close(fd);
}

static int image_make(struct image *im, const struct plan_flows *flows, size_t n, __u8 half,
		      struct protect_stats *st, struct err *e)
{
	size_t i, targets = 0;

	for (i = 0; i < n; i++)
		targets += flows[i].groups.ntargets;
	if (targets > XI_FLOW_TARGETS)
		targets = XI_FLOW_TARGETS;
	im->key = calloc(targets + 1, sizeof(*im->key));
	im->target = calloc(targets + 1, sizeof(*im->target));
	if (!im->key || !im->target)
		return err_set(e, -ENOMEM, "out of memory");
	for (i = 0; i < n; i++) {
		struct xi_flow_if entry;

		if (!flows[i].ifindex || !flows[i].groups.ngroups)
			continue;
		entry = groups_add(im, &flows[i], half, st);
		if_add(im, entry, flows[i].ifindex, 0, st);
		ifs_below_add(im, entry, flows[i].outside, st);
	}
	st->interfaces = im->nifs;
	st->groups = im->ngroups;
	st->targets = im->ntargets;
	return 0;
}

static void image_fini(struct image *im)
{
	free(im->key);
	free(im->target);
}

/* --- the maps --------------------------------------------------------------------------------- */

static int map_error(struct err *e, const char *map)
{
	int ret = -errno;

	return err_set(e, ret, "writing %s: %s", map, strerror(-ret));
}

/* Kernels may lack batches of a map type: then one by one. */
static int flows_write(int fd, const struct image *im)
{
	LIBBPF_OPTS(bpf_map_batch_opts, opts, .elem_flags = BPF_ANY);
	__u32 done = (__u32)im->ntargets;
	size_t i;

	if (!im->ntargets ||
	    !bpf_map_update_batch(fd, im->key, im->target, &done, &opts))
		return 0;
	for (i = 0; i < im->ntargets; i++) {
		if (bpf_map_update_elem(fd, &im->key[i], &im->target[i], BPF_ANY))
			return -errno;
	}
	return 0;
}

static int groups_write(int fd, const struct xi_flow_group *group, size_t n, __u8 half)
{
	__u32 i, key;

	for (i = 0; i < n; i++) {
		key = half * XI_FLOW_GROUPS + i;
		if (bpf_map_update_elem(fd, &key, &group[i], BPF_ANY))
			return -errno;
	}
	return 0;
}

/* *n keys of one half, in memory the caller frees. */
static int keys_of_half(int fd, __u8 half, struct xi_flow_key **keys, __u32 *n)
{
	struct xi_flow_key key, *more;
	const void *last = NULL;
	size_t room = 0;

	*keys = NULL;
	*n = 0;
	while (!bpf_map_get_next_key(fd, last, &key)) {
		last = &key;
		if (key.half != half)
			continue;
		if (*n == room) {
			room = room ? 2 * room : 1024;
			more = realloc(*keys, room * sizeof(*more));
			if (!more)
				return -ENOMEM;
			*keys = more;
		}
		(*keys)[(*n)++] = key;
	}
	return errno == ENOENT ? 0 : -errno;
}

static int flows_sweep(int fd, __u8 half)
{
	LIBBPF_OPTS(bpf_map_batch_opts, opts);
	struct xi_flow_key *keys;
	__u32 n, i, done;
	int ret = keys_of_half(fd, half, &keys, &n);

	done = n;
	if (!ret && n && bpf_map_delete_batch(fd, keys, &done, &opts)) {
		for (i = 0; i < n && !ret; i++) {
			if (bpf_map_delete_elem(fd, &keys[i]) && errno != ENOENT)
				ret = -errno;
		}
	}
	free(keys);
	return ret;
}

static int set_write(const struct bpf_maps *m, const struct xi_flow_set *set)
{
	__u32 zero = 0;

	return bpf_map_update_elem(m->flow_set, &zero, set, BPF_ANY) ? -errno : 0;
}

/* A half that is not in use: empty afterwards. */
static int half_clear(const struct bpf_maps *m, struct xi_flow_set *set, __u8 half, struct err *e)
{
	static const struct xi_flow_group none[XI_FLOW_GROUPS];

	memset(&set->half[half], 0, sizeof(set->half[half]));
	if ((errno = -set_write(m, set)))
		return map_error(e, XI_MAP_FLOW_SET);
	if ((errno = -groups_write(m->flow_group, none, XI_FLOW_GROUPS, half)))
		return map_error(e, XI_MAP_FLOW_GROUP);
	if ((errno = -flows_sweep(m->flow, half)))
		return map_error(e, XI_MAP_FLOW);
	return 0;
}

/* Targets and groups first, then the interfaces that lead to them. */
static int half_fill(const struct bpf_maps *m, struct xi_flow_set *set, __u8 half,
		     const struct image *im, struct err *e)
{
	if ((errno = -flows_write(m->flow, im)))
		return map_error(e, XI_MAP_FLOW);
	if ((errno = -groups_write(m->flow_group, im->group, im->ngroups, half)))
		return map_error(e, XI_MAP_FLOW_GROUP);
	set->half[half] = im->half;
	if ((errno = -set_write(m, set)))
		return map_error(e, XI_MAP_FLOW_SET);
	return 0;
}

static void tell_of_cuts(const struct protect_stats *st)
{
	if (st->groups_out || st->targets_out || st->interfaces_out)
		log_xi(SEV_NOTICE, "FLOWS_LIMIT",
		       "no room for %zu of %zu groups, %zu of %zu networks, %zu of %zu interfaces: clear packets of these are dropped by the kernel's policies, not in XDP",
		       st->groups_out, st->groups_out + st->groups, st->targets_out,
		       st->targets_out + st->targets, st->interfaces_out,
		       st->interfaces_out + st->interfaces);
}

int protect_set(const struct bpf_maps *m, const struct plan_flows *flows, size_t n,
		struct protect_stats *st, struct err *e)
{
	struct protect_stats counted = {};
	struct image im = {};
	struct xi_flow_set set;
	__u32 zero = 0;
	__u8 old, fresh;
	int ret;

	if (bpf_map_lookup_elem(m->flow_set, &zero, &set))
		return err_set(e, -errno, "reading %s: %s", XI_MAP_FLOW_SET, strerror(errno));
	old = set.number & 1;
	fresh = !old;
	ret = image_make(&im, flows, n, fresh, &counted, e);
	if (!ret)
		ret = half_clear(m, &set, fresh, e);
	if (!ret)
		ret = half_fill(m, &set, fresh, &im, e);
	if (!ret) {
		set.number++;
		ret = set_write(m, &set);
		if (ret)
			err_set(e, ret, "writing %s: %s", XI_MAP_FLOW_SET, strerror(-ret));
	}
	image_fini(&im);
	if (ret)
		return ret;
	/* Leftovers cost memory only, and the next change sweeps them. */
	half_clear(m, &set, old, NULL);
	tell_of_cuts(&counted);
	if (st)
		*st = counted;
	return 0;
}
