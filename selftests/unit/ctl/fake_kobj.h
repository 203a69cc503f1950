/* SPDX-License-Identifier: Apache-2.0 */
/* In place of the kernel's objects: what was to be done is written down. */
#ifndef SELFTESTS_UNIT_CTL_FAKE_KOBJ_H
#define SELFTESTS_UNIT_CTL_FAKE_KOBJ_H

#include "user/kernel/kobj_nl.h"

#define FAKE_KOBJ_MAX	16

extern struct fake_kobj {
	struct kobj	deleted[FAKE_KOBJ_MAX];
	size_t		n;
	int		open_fails;	/* 0, or a negative errno */
	uint32_t	refused;	/* SPI, host byte order, that the kernel will not delete */
} fake_kobj;

#endif /* SELFTESTS_UNIT_CTL_FAKE_KOBJ_H */
