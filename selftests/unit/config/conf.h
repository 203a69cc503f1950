/* SPDX-License-Identifier: Apache-2.0 */
/* A text loaded, for tests: what it became and what was said about it. */
#ifndef XIPSEC_UNIT_CONFIG_CONF_H
#define XIPSEC_UNIT_CONFIG_CONF_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "user/config/load.h"
#include "user/config/print.h"

struct conf {
	struct tree	t;
	struct diags	d;
	struct load	l;
};

const struct grammar *conf_grammar(void);

void conf_load(struct conf *c, const char *text);
void conf_load_n(struct conf *c, const char *text, size_t len);
void conf_fini(struct conf *c);

/* Whether something of this kind with `says` in it was said about the line; 0: any line. */
bool conf_said(const struct conf *c, enum diag_severity sev, unsigned int line, const char *says);
/* The same, or the test fails and shows all that was said. */
void conf_expect(const struct conf *c, enum diag_severity sev, unsigned int line, const char *says);
void conf_expect_counts(const struct conf *c, size_t errors, size_t warnings);

/* As print_config(); to be freed. */
char *conf_print(const struct conf *c, enum print_secrets secrets);
/* The printed form holds exactly these lines, `!` and `end` left out. */
void conf_expect_text(const struct conf *c, const char *text);

/* A whole file, NUL-terminated; NULL: cannot be read. */
char *conf_read(const char *path, size_t *len);

#endif /* XIPSEC_UNIT_CONFIG_CONF_H */
