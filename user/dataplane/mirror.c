// SPDX-License-Identifier: Apache-2.0
/*
 * The programs of mirror.bpf.c: loaded, attached, and their links pinned so that
 * they outlive us. Links of an earlier daemon that run the same code stay as
 * they are. Others are replaced, new before old: for a moment both write the
 * same windows from the same events, which changes nothing.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "user/dataplane/bpf_priv.h"
#include "user/dataplane/mirror.skel.h"
#include "user/lib/log.h"

/* Delete before all else: from the moment windows are written, they are also taken away. */
static const char *const hooks[] = { "xi_sa_delete", "xi_sa_event", "xi_mirror" };
#define HOOKS	(sizeof(hooks) / sizeof(*hooks))

static int prog_tag(int fd, __u8 tag[static BPF_TAG_SIZE])
{
	struct bpf_prog_info info = {};
	__u32 len = sizeof(info);

	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return -errno;
	memcpy(tag, info.tag, BPF_TAG_SIZE);
	return 0;
}

/* The program behind a pinned link. -1: no such pin. */
static int pinned_link_tag(const char *name, __u8 tag[static BPF_TAG_SIZE])
{
	struct bpf_link_info info = {};
	__u32 len = sizeof(info);
	char path[PIN_PATH_MAX];
	int link, prog, ret = -1;

	pin_path(path, name);
	link = bpf_obj_get(path);
	if (link < 0)
		return -1;
	if (!bpf_obj_get_info_by_fd(link, &info, &len)) {
		prog = bpf_prog_get_fd_by_id(info.prog_id);
		if (prog >= 0) {
			ret = prog_tag(prog, tag);
			close(prog);
		}
	}
	close(link);
	return ret;
}

static bool is_running(const struct bpf_program *prog)
{
	__u8 ours[BPF_TAG_SIZE], theirs[BPF_TAG_SIZE];

	return !prog_tag(bpf_program__fd(prog), ours) &&
	       !pinned_link_tag(bpf_program__name(prog), theirs) &&
	       !memcmp(ours, theirs, sizeof(ours));
}

/* Attaches and pins under a name that is free, then takes the place of the old pin. */
static int attach_and_pin(struct bpf_program *prog, struct err *e)
{
	char path[PIN_PATH_MAX], fresh[PIN_PATH_MAX];
	struct bpf_link *link;
	int ret;

	pin_path(path, bpf_program__name(prog));
	pin_path(fresh, "xi_new_link");
	link = bpf_program__attach(prog);
	if (!link)
		return err_set(e, -errno, "attaching %s: %s", bpf_program__name(prog),
			       bpf_errno_text(errno));
	unlink(fresh);
	ret = bpf_link__pin(link, fresh);
	if (!ret) {
		unlink(path);
		ret = rename(fresh, path) ? -errno : 0;
	}
	if (ret)
		err_set(e, ret, "pinning %s: %s", path, strerror(-ret));
	bpf_link__destroy(link);	/* the pin keeps it */
	return ret;
}

static bool hooks_pinned(void)
{
	__u8 tag[BPF_TAG_SIZE];
	size_t i;

	for (i = 0; i < HOOKS; i++)
		if (pinned_link_tag(hooks[i], tag))
			return false;
	return true;
}

int mirror_start(struct bpf *b, struct err *e)
{
	struct bpf_object_open_opts opts = bpf_open_opts();
	struct mirror_bpf *skel = mirror_bpf__open_opts(&opts);
	struct bpf_program *prog;
	size_t i;
	int ret;

	if (!skel)
		return err_set(e, -errno, "mirror: %s", strerror(errno));
	skel->rodata->xi_netns = b->netns;
	skel->rodata->xi_salt = b->salt;
	skel->rodata->xi_slot_mask = b->slots - 1;
	bpf_map__set_max_entries(skel->maps.xi_window, b->slots);
	ret = mirror_bpf__load(skel);
	if (ret) {
		ret = err_set(e, ret, "tracing programs: %s", bpf_errno_text(ret));
		goto out;
	}
	b->mirror_went_on = b->adopted && hooks_pinned();
	for (i = 0; i < HOOKS && !ret; i++) {
		prog = bpf_object__find_program_by_name(skel->obj, hooks[i]);
		if (!is_running(prog))
			ret = attach_and_pin(prog, e);
	}
	if (ret)
		mirror_stop();
out:
	mirror_bpf__destroy(skel);
	return ret;
}

void mirror_stop(void)
{
	char path[PIN_PATH_MAX];
	size_t i;

	for (i = HOOKS; i-- > 0;) {
		pin_path(path, hooks[i]);
		unlink(path);
	}
}
