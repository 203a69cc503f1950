// SPDX-License-Identifier: Apache-2.0
/*
 * Programs, maps and pins as a whole: what must be there before anything can
 * be loaded, adoption of what an earlier daemon left, choice of the variant,
 * and the way back to nothing.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <linux/magic.h>
#include <xdp/libxdp.h>

#include "user/dataplane/bpf_priv.h"
#include "user/lib/log.h"

#define BPFFS	"/sys/fs/bpf"

/* The floor of docs/dataplane.md: tracing, XDP fragments, fetching atomics, bpf memory allocator. */
#define KERNEL_MAJOR	6
#define KERNEL_MINOR	1

#define CLOCK_STEP_NS	20000000ULL

const struct bpf_limits bpf_limits_default = {
	.unknown_pps = 100,
	.unknown_burst = 200,
	.event_interval_ms = 1000,
	.events_pps = 20,
	.replay_log_s = 60,
};

const char *bpf_errno_text(int err)
{
	switch (err < 0 ? -err : err) {
	case EPERM:
		return "not permitted (capabilities, or kernel lockdown)";
	case EINVAL:
		return "refused as invalid by this kernel";
	default:
		return strerror(err < 0 ? -err : err);
	}
}

struct bpf_object_open_opts bpf_open_opts(void)
{
	return (struct bpf_object_open_opts){
		.sz = sizeof(struct bpf_object_open_opts),
		.pin_root_path = XI_PIN_DIR,
	};
}

/* libbpf's and libxdp's own words are for people who debug the loading. */
static bool bpf_debug(void)
{
	return getenv("XI_BPF_DEBUG") != NULL;
}

static int print_libbpf(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	(void)level;
	return bpf_debug() ? vfprintf(stderr, fmt, ap) : 0;
}

static int print_libxdp(enum libxdp_print_level level, const char *fmt, va_list ap)
{
	(void)level;
	return bpf_debug() ? vfprintf(stderr, fmt, ap) : 0;
}

static int check_kernel(struct err *e)
{
	unsigned int major = 0, minor = 0;
	struct utsname u;

	uname(&u);
	if (sscanf(u.release, "%u.%u", &major, &minor) != 2 || major < KERNEL_MAJOR ||
	    (major == KERNEL_MAJOR && minor < KERNEL_MINOR))
		return err_set(e, -ENOTSUP, "kernel %s is too old: %u.%u or later is needed",
			       u.release, KERNEL_MAJOR, KERNEL_MINOR);
	if (access("/sys/kernel/btf/vmlinux", R_OK))
		return err_set(e, -ENOTSUP,
			       "this kernel has no BTF (/sys/kernel/btf/vmlinux): one built with CONFIG_DEBUG_INFO_BTF is needed");
	return 0;
}

static int check_bpffs(struct err *e)
{
	struct statfs fs;

	if (statfs(BPFFS, &fs) || fs.f_type != BPF_FS_MAGIC)
		return err_set(e, -ENODEV,
			       "no BPF file system on " BPFFS ": run `mount -t bpf bpf " BPFFS "`");
	return 0;
}

int bpf_check_machine(struct err *e)
{
	struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };

	if (geteuid())
		return err_set(e, -EPERM, "must be root (loading BPF needs CAP_BPF and CAP_NET_ADMIN)");
	setrlimit(RLIMIT_MEMLOCK, &all);	/* not accounted since 5.11; harmless */
	libbpf_set_print(print_libbpf);
	libxdp_set_print(print_libxdp);
	return check_kernel(e) ?: check_bpffs(e);
}

static __u32 netns_inode(void)
{
	struct stat st;

	return stat("/proc/self/ns/net", &st) ? 0 : (__u32)st.st_ino;
}

static bool kernel_has_kfunc(void)
{
	struct btf *btf = btf__load_vmlinux_btf();
	bool has;

	if (!btf)
		return false;
	has = btf__find_by_name_kind(btf, "bpf_xdp_get_xfrm_state", BTF_KIND_FUNC) > 0 &&
	      btf__find_by_name_kind(btf, "bpf_xdp_xfrm_state_release", BTF_KIND_FUNC) > 0;
	btf__free(btf);
	return has;
}

static int map_get(const char *name)
{
	char path[PIN_PATH_MAX];

	pin_path(path, name);
	return bpf_obj_get(path);
}

static int maps_open(struct bpf_maps *m)
{
	int fd = map_get(XI_MAP_WINDOW), err = fd < 0 ? -ENOENT : windows_map(&m->windows, fd);

	if (fd >= 0)
		close(fd);
	m->reason = map_get(XI_MAP_REASON);
	m->source = map_get(XI_MAP_SOURCE);
	m->local = map_get(XI_MAP_LOCAL);
	m->config = map_get(XI_MAP_CONFIG);
	m->events = map_get(XI_MAP_EVENTS);
	m->flow_set = map_get(XI_MAP_FLOW_SET);
	m->flow_group = map_get(XI_MAP_FLOW_GROUP);
	m->flow = map_get(XI_MAP_FLOW);
	return err || m->reason < 0 || m->source < 0 || m->local < 0 || m->config < 0 ||
	       m->events < 0 || m->flow_set < 0 || m->flow_group < 0 || m->flow < 0 ? -ENOENT : 0;
}

static void maps_close(struct bpf_maps *m)
{
	int *fd[] = { &m->reason, &m->source, &m->local, &m->config, &m->events,
		      &m->flow_set, &m->flow_group, &m->flow };
	size_t i;

	windows_unmap(&m->windows);
	for (i = 0; i < sizeof(fd) / sizeof(*fd); i++) {
		if (*fd[i] >= 0)
			close(*fd[i]);
		*fd[i] = -1;
	}
}

#define FOREIGN_NETNS \
	"%s guards another network namespace (inode %u): run `xipsecd --detach` there, or give each its own bpffs"

/* Interfaces of this name space, links of the mirror, pins: in the order of their use. */
static int everything_off(struct err *e)
{
	int ret = xdp_detach_all(e);

	if (ret)
		return ret;
	mirror_stop();
	ret = pins_remove(e);
	/* libxdp's directory stays behind empty; it is nobody's when nothing is in it. */
	rmdir(BPFFS "/xdp");
	return ret;
}

/* A map cannot grow. What was asked for decides; otherwise a larger one than needed is fine. */
static bool slots_fit(const struct bpf *b, const struct bpf_opts *opts)
{
	__u32 have = pins_slots();

	return opts->max_sa ? have == b->slots : have >= b->slots;
}

/* Programs and pins off; the lock moves to a new directory. */
static int start_afresh(struct bpf *b, struct err *e)
{
	int ret = everything_off(e);

	close(b->lock);
	b->lock = ret ? -1 : pins_lock(e);
	return b->lock < 0 ? e->code : 0;
}

static int adopt_or_clear(struct bpf *b, const struct bpf_opts *opts, struct err *e)
{
	struct xi_config cfg = {};

	if (!pins_slots())	/* a directory that we have just made */
		return 0;
	if (!pins_config(&cfg)) {
		log_xi(SEV_NOTICE, "ABI", "pins below %s are of another version: removed",
		       XI_PIN_DIR);
		return start_afresh(b, e);
	}
	if (cfg.netns != b->netns)
		return err_set(e, -EBUSY, FOREIGN_NETNS, XI_PIN_DIR, cfg.netns);
	if (!slots_fit(b, opts)) {
		log_xi(SEV_NOTICE, "RESIZE", "room for %u SAs instead of %u: programs and maps are made anew",
		       b->slots / 2, pins_slots() / 2);
		return start_afresh(b, e);
	}
	b->slots = pins_slots();
	b->adopted = true;
	b->salt = cfg.salt;
	b->old_variant = cfg.variant;
	b->old_kfunc = cfg.kfunc;
	return 0;
}

static uint64_t per_second(uint32_t pps)
{
	return pps ? 1000000000ULL / pps : 0;
}

static int config_write(struct bpf *b, const struct bpf_limits *l, struct err *e)
{
	struct xi_config cfg = {};
	__u32 zero = 0;

	bpf_map_lookup_elem(b->maps.config, &zero, &cfg);
	cfg.abi = XI_ABI;
	cfg.variant = b->variant;
	cfg.kfunc = b->kfunc;
	cfg.netns = b->netns;
	cfg.salt = b->salt;
	/* Nobody tells us of a new SA in time: then an unknown SPI may well be one of ours. */
	cfg.unknown_cost_ns = b->variant == BPF_VARIANT_NONE ? 0 : per_second(l->unknown_pps);
	/* The coarse clock moves in steps of up to 10 ms: what comes in one must fit. */
	cfg.unknown_burst_ns = cfg.unknown_cost_ns * (l->unknown_burst ?: 1);
	if (cfg.unknown_cost_ns && cfg.unknown_burst_ns < CLOCK_STEP_NS)
		cfg.unknown_burst_ns = CLOCK_STEP_NS;
	cfg.event_cost_ns = l->event_interval_ms * 1000000ULL;
	cfg.event_burst_ns = cfg.event_cost_ns * 4;
	cfg.event_all_cost_ns = per_second(l->events_pps ?: 1);
	cfg.event_all_burst_ns = cfg.event_all_cost_ns * (l->events_pps ?: 1);
	cfg.replay_log_ns = l->replay_log_s * 1000000000ULL;
	if (bpf_map_update_elem(b->maps.config, &zero, &cfg, BPF_ANY))
		return err_set(e, -errno, "writing %s: %s", XI_MAP_CONFIG, strerror(errno));
	return 0;
}

static int choose_variant(struct bpf *b, enum bpf_variant want, struct err *e)
{
	struct err why = {};
	int ret;

	if (want == BPF_VARIANT_AUTO || want == BPF_VARIANT_MIRROR) {
		ret = mirror_start(b, &why);
		if (!ret) {
			b->variant = BPF_VARIANT_MIRROR;
			return 0;
		}
		if (want == BPF_VARIANT_MIRROR)
			return err_set(e, ret, "%s", why.text);
		snprintf(b->why, sizeof(b->why), "%.150s", why.text);
	} else {
		mirror_stop();
		snprintf(b->why, sizeof(b->why), "chosen by option");
	}
	if (want == BPF_VARIANT_LIVE && !b->kfunc)
		return err_set(e, -ENOTSUP,
			       "this kernel has no bpf_xdp_get_xfrm_state() (Linux 6.8 or later)");
	b->variant = b->kfunc && want != BPF_VARIANT_NONE ? BPF_VARIANT_LIVE : BPF_VARIANT_NONE;
	if (b->variant == BPF_VARIANT_LIVE && xdp_probe_load(b, &why)) {
		if (want == BPF_VARIANT_LIVE)
			return err_set(e, why.code, "%s", why.text);
		b->variant = BPF_VARIANT_NONE;
	}
	return 0;
}

/*
 * Windows stand still while no mirror writes: an SPI may have been reused, numbers
 * set back. Readers pass until the mirror starts each anew.
 */
static void windows_forget(const struct xi_slots *t)
{
	struct xi_window *w;
	__u32 i;

	for (i = 0; i < windows_slots(t); i++) {
		w = windows_live(t, i);
		if (!w)
			continue;
		xi_window_stop(w);
		XI_WRITE_ONCE(w->cookie, 0);
	}
}

struct bpf *bpf_open(const struct bpf_opts *opts, struct err *e)
{
	struct bpf *b;

	if (bpf_check_machine(e))
		return NULL;
	b = calloc(1, sizeof(*b));
	if (!b) {
		err_set(e, -ENOMEM, "out of memory");
		return NULL;
	}
	b->maps = BPF_MAPS_NONE;
	b->lock = -1;
	b->mode = opts->mode;
	b->netns = netns_inode();
	b->kfunc = kernel_has_kfunc();
	/* A slot for each SA twice over, and for as many again at the next rekey. */
	b->slots = windows_slots_for(opts->max_sa ?: 2 * opts->sas_now);
	b->lock = pins_lock(e);
	if (b->lock < 0)
		goto fail;
	if (adopt_or_clear(b, opts, e))
		goto foreign;
	if (!b->adopted && getrandom(&b->salt, sizeof(b->salt), 0) != sizeof(b->salt)) {
		err_set(e, -EIO, "no randomness");
		goto fail;
	}
	if (xdp_probe_load(b, e) || choose_variant(b, opts->variant, e))
		goto fail;
	if (maps_open(&b->maps)) {
		err_set(e, -ENOENT, "maps missing below %s: run `xipsecd --detach` and start again",
			XI_PIN_DIR);
		goto fail;
	}
	if (b->variant != BPF_VARIANT_MIRROR || !b->mirror_went_on)
		windows_forget(&b->maps.windows);
	if (config_write(b, &opts->limits, e))
		goto fail;
	return b;
fail:
	bpf_undo(b);
foreign:
	bpf_close(b);
	return NULL;
}

void bpf_undo(struct bpf *b)
{
	if (b && !b->adopted && b->lock >= 0)
		everything_off(NULL);
}

void bpf_close(struct bpf *b)
{
	if (!b)
		return;
	maps_close(&b->maps);
	if (b->lock >= 0)
		close(b->lock);
	free(b);
}

int bpf_detach_all(bool force, struct err *e)
{
	struct xi_config cfg = {};
	int ret = bpf_check_machine(e), lock;

	if (ret)
		return ret;
	lock = pins_lock(e);
	if (lock < 0)
		return lock;
	if (!force && pins_config(&cfg) && cfg.netns != netns_inode())
		ret = err_set(e, -EBUSY, FOREIGN_NETNS "; --force if it is gone", XI_PIN_DIR,
			      cfg.netns);
	else
		ret = everything_off(e);
	close(lock);
	return ret;
}

const struct bpf_maps *bpf_maps(const struct bpf *b)
{
	return &b->maps;
}

enum bpf_variant bpf_variant(const struct bpf *b)
{
	return b->variant;
}

const char *bpf_variant_why(const struct bpf *b)
{
	return b->why;
}

bool bpf_adopted(const struct bpf *b)
{
	return b->adopted;
}

bool bpf_has_kfunc(const struct bpf *b)
{
	return b->kfunc;
}
