/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The fixed-width types and the few macros that both worlds need. */
#ifndef XIPSEC_TYPES_H
#define XIPSEC_TYPES_H

#include <linux/types.h>

#ifndef __always_inline
#define __always_inline inline __attribute__((always_inline))
#endif

#define XI_READ_ONCE(x)		(*(const volatile __typeof__(x) *)&(x))
#define XI_WRITE_ONCE(x, v)	(*(volatile __typeof__(x) *)&(x) = (v))

#define xi_likely(x)	__builtin_expect(!!(x), 1)
#define xi_unlikely(x)	__builtin_expect(!!(x), 0)

#endif /* XIPSEC_TYPES_H */
