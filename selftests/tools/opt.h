/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Options as a table: a row names the option, its kind and where the value goes. A wrong option
 * ends the program with one line on stderr and exit 2, so callers only see good values.
 */
#ifndef XI_OPT_H
#define XI_OPT_H

#include "wire.h"

enum opt_kind { OPT_KIND_FLAG, OPT_KIND_NUM, OPT_KIND_STR, OPT_KIND_CALL };
enum opt_need { OPT_MAY, OPT_MUST };

struct opt {
	const char *name;			/* "-i" or "--seq-add"; NULL ends the table */
	enum opt_kind kind;
	enum opt_need need;
	void *out;				/* where the value goes: by kind */
	uint64_t min, max;			/* of a number */
	bool (*call)(const char *text, void *out);	/* false: not a good value */
	const char *expect;			/* what a good value looks like */
	bool seen;
};

#define OPT_FLAG(n, o) { .name = n, .kind = OPT_KIND_FLAG, .out = o }
#define OPT_NUM(n, w, o, lo, hi) \
	{ .name = n, .kind = OPT_KIND_NUM, .need = w, .out = o, .min = lo, .max = hi }
#define OPT_STR(n, w, o) { .name = n, .kind = OPT_KIND_STR, .need = w, .out = o }
#define OPT_CALL(n, w, o, f, e) \
	{ .name = n, .kind = OPT_KIND_CALL, .need = w, .out = o, .call = f, .expect = e }
#define OPT_END { .name = NULL }

void opts_parse(struct opt *table, int argc, char **argv);
bool opts_seen(const struct opt *table, const char *name);

/* Values for OPT_CALL. */
bool opt_addr(const char *text, void *addr);		/* struct addr */
bool opt_prefix(const char *text, void *prefix);	/* struct prefix */
bool opt_mac(const char *text, void *mac);		/* uint8_t[6] */
bool opt_seconds(const char *text, void *ns);		/* "2", "0.5" -> uint64_t nanoseconds */
bool opt_hex32(const char *text, void *u32);		/* "c0ffee", "0xc0ffee" */

struct spi_choice {
	enum { SPI_KEEP, SPI_FIXED, SPI_RANDOM } how;
	uint32_t spi;
};

bool opt_spi(const char *text, void *choice);		/* hex or "random" */

#endif
