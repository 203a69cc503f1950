/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What went wrong, said once by the function that knows it. Functions return 0
 * or a negative errno and, where the reason is more than that number, fill a
 * struct err that the caller owns. Callers add context with err_prefix().
 */
#ifndef XIPSEC_LIB_ERR_H
#define XIPSEC_LIB_ERR_H

#define ERR_TEXT_MAX	512

struct err {
	int	code;			/* negative errno, 0: none */
	char	text[ERR_TEXT_MAX];	/* one line, no final newline */
};

/* Returns `code`, so that `return err_set(e, -ENOENT, ...)` reads well. e may be NULL. */
int err_set(struct err *e, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* "context: what was there". Returns the code that was there. */
int err_prefix(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif /* XIPSEC_LIB_ERR_H */
