/* SPDX-License-Identifier: Apache-2.0 */
/*
 * <linux/xfrm.h> of the oldest headers we build with (Linux 6.1), and what
 * newer kernels say beyond it. The numbers are the kernel's ABI. Its own are
 * enumerators, which a macro of the same value may shadow.
 */
#ifndef XIPSEC_KERNEL_XFRM_COMPAT_H
#define XIPSEC_KERNEL_XFRM_COMPAT_H

#include <linux/xfrm.h>

#ifndef XFRMA_SA_DIR
#define XFRMA_SA_DIR		33	/* __u8, Linux 6.10 */
#endif
#ifndef XFRM_SA_DIR_IN
#define XFRM_SA_DIR_IN		1
#endif
#ifndef XFRM_SA_DIR_OUT
#define XFRM_SA_DIR_OUT		2
#endif
#ifndef XFRM_OFFLOAD_PACKET
#define XFRM_OFFLOAD_PACKET	4	/* Linux 6.2 */
#endif

#endif /* XIPSEC_KERNEL_XFRM_COMPAT_H */
