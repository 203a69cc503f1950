// SPDX-License-Identifier: Apache-2.0
/*
 * Writes the seeds of fuzz_outer from the rows of test_outer: each reason twice
 * at most, so that the corpus is small and every path is in it.
 *
 *   cc -Iinclude -I. selftests/fuzz/seed_outer.c selftests/bpf/rows_outer.c \
 *	selftests/lib/pkt_build.c -o build/seed_outer
 *   build/seed_outer selftests/fuzz/corpus/outer
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "selftests/bpf/rows_outer.h"
#include "selftests/lib/pkt_build.h"

#define PER_REASON	2
#define LEN_MAX		600	/* larger frames say nothing new */
#define SETTING		0x06	/* fuzz_outer.c: unknown SPIs are limited */
#define SETTING_FLOWS	0x86	/* and flows are protected */

/* "ESP over IPv6, new" -> "esp-over-ipv6-new" */
static void file_name(char *to, size_t size, const char *dir, const char *name)
{
	size_t n = snprintf(to, size, "%s/", dir);

	for (; *name && n + 1 < size; name++) {
		if (isalnum((unsigned char)*name))
			to[n++] = tolower((unsigned char)*name);
		else if (to[n - 1] != '-' && to[n - 1] != '/')
			to[n++] = '-';
	}
	to[n] = 0;
}

static int seed_write(const char *dir, const struct outer_row *row, const struct pkt_buf *b)
{
	char path[512];
	FILE *f;

	file_name(path, sizeof(path), dir, row->name);
	f = fopen(path, "wb");
	if (!f) {
		perror(path);
		return -1;
	}
	fputc(row->reason == XI_R_UNPROTECTED ? SETTING_FLOWS : SETTING, f);
	fwrite(b->data, 1, b->len, f);
	return fclose(f);
}

int main(int argc, char **argv)
{
	static struct pkt_buf b;
	unsigned int written[XI_R_MAX] = {}, i;

	if (argc != 2) {
		fprintf(stderr, "usage: seed_outer FOLDER\n");
		return 2;
	}
	for (i = 0; i < outer_n_rows; i++) {
		const struct outer_row *row = &outer_rows[i];

		if (pkt_build(&b, row->packet, NULL))
			return 1;
		if (b.len > LEN_MAX || written[row->reason] == PER_REASON)
			continue;
		written[row->reason]++;
		if (seed_write(argv[1], row, &b))
			return 1;
	}
	return 0;
}
