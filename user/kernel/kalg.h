/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the running kernel has an algorithm, asked without making an SA (R-LOG-31). */
#ifndef XIPSEC_KERNEL_KALG_H
#define XIPSEC_KERNEL_KALG_H

enum kalg_kind { KALG_CIPHER, KALG_AEAD, KALG_HASH };

enum kalg_verdict {
	KALG_UNKNOWN,		/* the kernel does not let us ask */
	KALG_MISSING,
	KALG_THERE,		/* its module is loaded now */
};

/* name: the crypto API's, "cbc(aes)". */
enum kalg_verdict kalg_ask(enum kalg_kind kind, const char *name);

#endif /* XIPSEC_KERNEL_KALG_H */
