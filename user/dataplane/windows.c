// SPDX-License-Identifier: Apache-2.0
#include "user/dataplane/windows.h"

#include <errno.h>
#include <sys/mman.h>

#include <bpf/bpf.h>

/* The kernel rounds a value up to 8 bytes, and so is the struct's size. */
_Static_assert(sizeof(struct xi_window) % 8 == 0, "stride of a mapped array");

int windows_map(struct xi_slots *t, int fd)
{
	struct bpf_map_info info = {};
	__u32 len = sizeof(info);
	void *base;

	*t = (struct xi_slots){};
	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return -errno;
	if (info.value_size != sizeof(struct xi_window) || !info.max_entries ||
	    info.max_entries & (info.max_entries - 1))
		return -EINVAL;
	base = mmap(NULL, (size_t)info.max_entries * sizeof(struct xi_window),
		    PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (base == MAP_FAILED)
		return -errno;
	t->base = base;
	t->mask = info.max_entries - 1;
	return 0;
}

void windows_unmap(struct xi_slots *t)
{
	if (t->base)
		munmap(t->base, (size_t)windows_slots(t) * sizeof(struct xi_window));
	*t = (struct xi_slots){};
}

struct xi_window *windows_live(const struct xi_slots *t, __u32 i)
{
	struct xi_window *w = xi_slot_at(t, i & t->mask);

	return w && XI_READ_ONCE(w->state) == XI_SLOT_LIVE ? w : NULL;
}

__u32 windows_slots_for(__u32 sas)
{
	__u32 slots = XI_SLOTS_MIN;

	while (slots < XI_SLOTS_MAX && slots / 2 < sas)
		slots *= 2;
	return slots;
}
