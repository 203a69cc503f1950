/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The master key in its file: readable by root only, replaced as a whole. The
 * passphrase itself is in there, since strings of other boxes need it with their
 * salts (docs/type6.md says what that means).
 *
 * A new master key keeps the ones before it, for reading: between the new file
 * and the next `copy running-config startup-config` the saved configuration
 * still has strings of the old one, and a crash then must not cost the keys.
 */
#ifndef XIPSEC_CRYPTO_MASTER_H
#define XIPSEC_CRYPTO_MASTER_H

#include "user/crypto/type6.h"
#include "user/lib/env.h"

#define MASTER_KEY_PATH		"/etc/xipsec/master-key"
#define MASTER_FILE_MAX		2048	/* bytes; all generations take less */

/* A gateway's master key: where it is kept, and what came of reading it. */
struct master_store {
	char		path[256];
	struct type6	*t6;		/* owned; NULL: none, or it cannot be read */
	bool		unreadable;	/* there is one, or may be: its file was refused */
	unsigned int	wrong;		/* old keys given wrong, one after the other */
	uint64_t	blocked_until;	/* CLOCK_MONOTONIC, ns: none is taken before */
};

/*
 * Reads the file. 0: there is a key, or none; else the reason in *e, and the
 * store is good all the same, without a key. master_store_close() in each case.
 */
int master_store_open(struct master_store *s, const char *path, struct err *e);
void master_store_close(struct master_store *s);

/*
 * The startup configuration was written from the running one: master keys before
 * the one in use are needed no more. 0, or why they are still in the file.
 */
int master_store_settle(struct master_store *s, struct err *e);

/*
 * 0; -ENOENT: there is none; -EACCES: we may not read it; others: it must not be
 * used, *e says why (a link, others may read it, not ours, damaged). *t is set
 * when 0 only.
 */
int master_load(const char *path, struct type6 **t, struct err *e);

/* All or nothing, and on the disk when it returns 0. The folder has to exist. */
int master_save(const char *path, const struct type6 *t, struct err *e);
/* Gone from the folder; 0 too if it was not there. */
int master_delete(const char *path, struct err *e);

/*
 * The same with `text` in front and a fresh salt; `was` (may be NULL) stays as
 * it is. Not if text is the one in use already: then a copy. NULL: *e says why.
 */
struct type6 *master_change(const struct type6 *was, const char *text, const struct env *env,
			    struct err *e);

/* Whether it is the one in use; the time tells the length only. */
bool master_is(const struct type6 *t, const char *text);

#endif /* XIPSEC_CRYPTO_MASTER_H */
