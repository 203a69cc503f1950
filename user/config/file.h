/* SPDX-License-Identifier: Apache-2.0 */
/* Configurations in files: reading them within bounds, and the check of `xipsecd -t`. */
#ifndef XIPSEC_CONFIG_FILE_H
#define XIPSEC_CONFIG_FILE_H

#include <stdio.h>

#include "user/config/load.h"
#include "user/crypto/master.h"

/*
 * All of a file up to LEX_FILE_MAX bytes; a pipe too. *text is the caller's to free(),
 * also when only a part could be read.
 */
int file_read(const char *path, char **text, size_t *len, struct err *e);

/*
 * Reads `path` and judges it, type 6 keys with the master key of `keys` (NULL:
 * there is none). *t and *d are made here, finished by the caller in any case.
 * 0: read, *d says how well; else what kept us from reading, in *e.
 */
int file_load(const char *path, const struct master_store *keys, struct tree *t, struct diags *d,
	      struct err *e);

/*
 * `xipsecd -t -c FILE`: every diagnostic, and the counts. master_key: path of the
 * master key, which need not be there. Returns the exit status.
 */
int file_check(const char *path, const char *master_key, FILE *out);

#endif /* XIPSEC_CONFIG_FILE_H */
