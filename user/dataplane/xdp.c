// SPDX-License-Identifier: Apache-2.0
/*
 * xi_outer on an interface. Through libxdp's dispatcher where the kernel lets
 * programs replace functions of another, alone where it does not; native mode
 * first, generic where the driver has none. Each interface runs a copy of its
 * own (a dispatcher binds a program to itself), all over the same pinned maps.
 *
 * A copy that is attached already and runs the same code in the same variant is
 * left alone: a restart of the daemon is no event for the packets.
 */
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <xdp/libxdp.h>

#include "user/dataplane/bpf_priv.h"
#include "user/dataplane/outer.skel.h"
#include "user/lib/log.h"

#define OUTER_NAME	"xi_outer"
#define OUTER_SECTION	"xdp.frags"

static struct outer_bpf *outer_open(const struct bpf *b, struct err *e)
{
	struct bpf_object_open_opts opts = bpf_open_opts();
	struct outer_bpf *skel = outer_bpf__open_opts(&opts);

	if (!skel) {
		err_set(e, -errno, OUTER_NAME ": %s", strerror(errno));
		return NULL;
	}
	bpf_map__set_max_entries(skel->maps.xi_window, b->slots);
	skel->rodata->xi_slot_mask = b->slots - 1;
	skel->rodata->xi_kfunc = b->kfunc;
	skel->rodata->xi_variant = b->variant == BPF_VARIANT_LIVE;
	return skel;
}

/* Loads once, unattached: makes the maps, and says early what the kernel refuses. */
int xdp_probe_load(struct bpf *b, struct err *e)
{
	struct outer_bpf *skel = outer_open(b, e);
	int ret;

	if (!skel)
		return e ? e->code : -ENOMEM;
	ret = outer_bpf__load(skel);
	if (ret && b->kfunc) {
		/* An unstable interface: another prototype than the one we know counts as none. */
		outer_bpf__destroy(skel);
		b->kfunc = false;
		skel = outer_open(b, e);
		if (!skel)
			return e ? e->code : -ENOMEM;
		ret = outer_bpf__load(skel);
	}
	if (ret)
		err_set(e, ret, "loading " OUTER_NAME ": %s", bpf_errno_text(ret));
	outer_bpf__destroy(skel);
	return ret;
}

/* Ours among what is attached, or NULL; *mp is to be closed in any case. */
static struct xdp_program *find_ours(int ifindex, struct xdp_multiprog **mp)
{
	struct xdp_program *prog = NULL;

	*mp = xdp_multiprog__get_from_ifindex(ifindex);
	if (libxdp_get_error(*mp)) {
		*mp = NULL;
		return NULL;
	}
	if (xdp_multiprog__is_legacy(*mp)) {
		prog = xdp_multiprog__main_prog(*mp);
		return prog && !strcmp(xdp_program__name(prog), OUTER_NAME) ? prog : NULL;
	}
	while ((prog = xdp_multiprog__next_prog(prog, *mp)))
		if (!strcmp(xdp_program__name(prog), OUTER_NAME))
			return prog;
	return NULL;
}

static void describe(struct bpf_if *i, const struct xdp_multiprog *mp)
{
	i->hook = xdp_multiprog__is_legacy(mp) ? BPF_HOOK_PLAIN : BPF_HOOK_DISPATCHER;
	i->native = xdp_multiprog__attach_mode(mp) == XDP_MODE_NATIVE;
	i->why[0] = 0;
	if (!i->native)
		snprintf(i->why, sizeof(i->why), "generic mode: slower, after the kernel's buffer is made");
	if (i->hook == BPF_HOOK_PLAIN) {
		size_t n = strlen(i->why);

		snprintf(i->why + n, sizeof(i->why) - n,
			 "%splain attachment: this kernel refuses extension programs, no other XDP program beside ours",
			 n ? "; " : "");
	}
}

/* The same instructions, loaded for the same variant? */
static bool is_current(const struct bpf *b, struct xdp_program *prog)
{
	struct outer_bpf *skel;
	struct bpf_prog_info info = {};
	__u32 len = sizeof(info);
	bool same = false;

	if (!b->adopted || b->old_variant != b->variant || b->old_kfunc != b->kfunc)
		return false;
	skel = outer_open(b, NULL);
	if (!skel)
		return false;
	if (!outer_bpf__load(skel) &&
	    !bpf_obj_get_info_by_fd(bpf_program__fd(skel->progs.xi_outer), &info, &len))
		same = !memcmp(info.tag, xdp_program__tag(prog), BPF_TAG_SIZE);
	outer_bpf__destroy(skel);
	return same;
}

static bool mode_fits(const struct bpf *b, const struct xdp_multiprog *mp)
{
	bool native = xdp_multiprog__attach_mode(mp) == XDP_MODE_NATIVE;

	return b->mode == XDP_MODE_AUTO || native == (b->mode == XDP_MODE_NATIVE_ONLY);
}

static int attach_mode(struct xdp_program *prog, int ifindex, enum xdp_mode want, bool *native)
{
	int ret = -EOPNOTSUPP;

	if (want != XDP_MODE_GENERIC_ONLY) {
		ret = xdp_program__attach(prog, ifindex, XDP_MODE_NATIVE, 0);
		*native = true;
	}
	if (ret && want != XDP_MODE_NATIVE_ONLY) {
		ret = xdp_program__attach(prog, ifindex, XDP_MODE_SKB, 0);
		*native = false;
	}
	return ret;
}

static int attach_error(const struct bpf_if *i, int ret, struct err *e)
{
	if (ret == -EBUSY || ret == -EEXIST)
		return err_set(e, ret,
			       "%s: another XDP program is there and does not share: see `bpftool net`, or run `ip link set dev %s xdp off`",
			       i->name, i->name);
	return err_set(e, ret, "%s: attaching XDP: %s", i->name, bpf_errno_text(ret));
}

static int attach_new(struct bpf *b, struct bpf_if *i, struct err *e)
{
	struct outer_bpf *skel = outer_open(b, e);
	struct xdp_program *prog;
	bool native = false;
	int ret;

	if (!skel)
		return e ? e->code : -ENOMEM;
	prog = xdp_program__from_bpf_obj(skel->obj, OUTER_SECTION);
	ret = libxdp_get_error(prog);
	if (ret) {
		err_set(e, ret, OUTER_NAME ": %s", strerror(-ret));
		goto out;
	}
	ret = attach_mode(prog, i->ifindex, b->mode, &native);
	if (ret)
		attach_error(i, ret, e);
	xdp_program__close(prog);
out:
	outer_bpf__destroy(skel);
	return ret;
}

int bpf_attach(struct bpf *b, struct bpf_if *i, struct err *e)
{
	struct xdp_multiprog *mp;
	struct xdp_program *ours;
	int ret = 0;

	i->ifindex = if_nametoindex(i->name);
	i->hook = BPF_HOOK_NONE;
	if (!i->ifindex) {
		snprintf(i->why, sizeof(i->why), "no such interface");
		return err_set(e, -ENODEV, "%s: no such interface", i->name);
	}
	ours = find_ours(i->ifindex, &mp);
	if (ours && mode_fits(b, mp) && is_current(b, ours)) {
		describe(i, mp);
		goto out;
	}
	if (ours)
		xdp_program__detach(ours, i->ifindex, xdp_multiprog__attach_mode(mp), 0);
	xdp_multiprog__close(mp);
	mp = NULL;
	ret = attach_new(b, i, e);
	if (ret) {
		snprintf(i->why, sizeof(i->why), "%.150s", e ? e->text : "not attached");
		goto out;
	}
	if (find_ours(i->ifindex, &mp))
		describe(i, mp);
out:
	xdp_multiprog__close(mp);
	return ret;
}

static int detach_ifindex(int ifindex, const char *name, struct err *e)
{
	struct xdp_multiprog *mp;
	struct xdp_program *ours;
	int ret = 0;

	while (!ret && (ours = find_ours(ifindex, &mp))) {
		ret = xdp_program__detach(ours, ifindex, xdp_multiprog__attach_mode(mp), 0);
		if (ret)
			err_set(e, ret, "%s: detaching XDP: %s", name, bpf_errno_text(ret));
		xdp_multiprog__close(mp);
		mp = NULL;
	}
	xdp_multiprog__close(mp);
	return ret;
}

int bpf_detach(struct bpf *b, struct bpf_if *i, struct err *e)
{
	int ret = i->ifindex ? detach_ifindex(i->ifindex, i->name, e) : 0;

	(void)b;
	if (!ret)
		i->hook = BPF_HOOK_NONE;
	return ret;
}

bool bpf_is_attached(struct bpf *b, const struct bpf_if *i)
{
	struct xdp_multiprog *mp;
	bool there = find_ours(i->ifindex, &mp);

	(void)b;
	xdp_multiprog__close(mp);
	return there;
}

/*
 * The gateway's own tunnel devices (user/kernel/kobj.h): no program of ours is ever
 * on one, there may be thousands, and libbpf asks for all devices to tell of one.
 */
static bool is_made_by_us(const char *name)
{
	return !strncmp(name, "xi-", 3);
}

void bpf_detach_others(struct bpf *b, const struct bpf_if *ifs, unsigned int n)
{
	struct if_nameindex *all = if_nameindex(), *i;
	struct xdp_multiprog *mp;
	struct err e = {};
	unsigned int k;

	(void)b;
	for (i = all; i && i->if_index; i++) {
		for (k = 0; k < n && ifs[k].ifindex != (int)i->if_index; k++)
			;
		if (k < n || is_made_by_us(i->if_name))
			continue;
		if (find_ours(i->if_index, &mp)) {
			log_xi(SEV_NOTICE, "DETACHED", "interface=%s: no longer guarded", i->if_name);
			if (detach_ifindex(i->if_index, i->if_name, &e))
				log_xi(SEV_ERROR, "DETACH_FAILED", "%s", e.text);
		}
		xdp_multiprog__close(mp);
	}
	if_freenameindex(all);
}

int xdp_detach_all(struct err *e)
{
	struct if_nameindex *all = if_nameindex(), *i;
	int ret = 0;

	for (i = all; i && i->if_index && !ret; i++)
		if (!is_made_by_us(i->if_name))
			ret = detach_ifindex(i->if_index, i->if_name, e);
	if_freenameindex(all);
	return ret;
}
